//! Asking after the consultation, and taking the answers.
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    consultation::{Act, Deed, State},
    due::Due,
    follow_up::{Answer, FollowUp, FollowUpRefused, FollowUpState, Kind},
    id::FollowUpId,
};

use super::work::Work;
use crate::{
    app::App,
    mail::{
        letter::{Letter, MustHold},
        occasion::{Occasion, Side},
    },
    problem::Problem,
    secret::Purpose,
    store,
};

/// How long the link in a question is understood; whether it may still be answered is the question's own affair.
const ANSWER_LINK: TimeDelta = TimeDelta::days(400);

/// Sends a planned question, once.
pub async fn send(app: &App, id: FollowUpId) -> Result<(), Problem> {
    let (mut work, it) = take_up(app, id).await?;
    if it.state != FollowUpState::Planned || it.due_at > work.now {
        return Ok(());
    }
    let kind = it.kind;
    let sent = it.send(work.now).map_err(refused)?;
    store::follow_up::save(&work.tx, &sent).await?;
    let token = app.secret.sign(Purpose::FollowUp, id.0, work.now + ANSWER_LINK);
    let answer = app.site.follow_up(&token);
    let occasion = match kind {
        Kind::Survey => Occasion::Survey { answer: &answer },
        Kind::ThreeMonths | Kind::SixMonths | Kind::NextYear => Occasion::FollowUp { kind, answer: &answer },
    };
    let letter = work.to_company(occasion)?.map(|letter| Letter {
        dedup_key: Some(format!("follow_up/{id}")),
        must_hold: Some(MustHold::FollowUpOpen { follow_up: id }),
        ..letter
    });
    let what = if letter.is_some() {
        format!("{}を送りました", kind.label())
    } else {
        format!("{}の時期になりました。メールアドレスがないため、電話での確認が必要です", kind.label())
    };
    work.post(letter);
    work.note(Actor::System, what);
    work.commit().await?;
    Ok(())
}

/// Takes the company's answer. A wish for help is told to the center.
pub async fn answer(app: &App, id: FollowUpId, answer: Answer) -> Result<(), Problem> {
    let (mut work, it) = take_up(app, id).await?;
    let kind = it.kind;
    let wants_help = answer.wants_help();
    let answered = it.answer(answer, work.now).map_err(refused)?;
    store::follow_up::save(&work.tx, &answered).await?;
    work.note(Actor::Company, format!("{}に回答しました", kind.label()));
    if wants_help {
        work.note(Actor::Company, "相談の継続を希望しています");
        wait_for_center(&mut work);
        let letter = work.to_center(Occasion::NewMessage { side: Side::Center })?;
        work.post(letter);
    }
    // Whoever asked for help is not closed away, even by the last answer.
    if !wants_help {
        complete_if_over(&mut work).await?;
    }
    work.commit().await?;
    Ok(())
}

/// Nobody answered; it is asked no longer.
pub async fn lapse(app: &App, id: FollowUpId) -> Result<(), Problem> {
    let (mut work, it) = take_up(app, id).await?;
    let kind = it.kind;
    let lapsed = it.lapse(work.now).map_err(refused)?;
    store::follow_up::save(&work.tx, &lapsed).await?;
    work.note(Actor::System, format!("{}への回答はありませんでした", kind.label()));
    complete_if_over(&mut work).await?;
    work.commit().await?;
    Ok(())
}

/// A wish for help waits for the center as a new application does.
fn wait_for_center(work: &mut Work<'_>) {
    if work.record.consultation.state == State::FollowUp && work.record.due.is_none() {
        work.record.due = Some(Due::first_contact(&work.settings, &work.calendar, work.now));
    }
}

/// The plan is finished: so is the consultation.
async fn complete_if_over(work: &mut Work<'_>) -> Result<(), Problem> {
    let plan = store::follow_up::of(&work.tx, work.record.consultation.id).await?;
    let over = plan.iter().all(FollowUp::is_over);
    if over && work.check(Deed::Complete, Actor::System).is_ok() {
        work.act(Act::Complete, Actor::System, None)?;
        super::consultation::tell_desk_the_result(work).await?;
    }
    Ok(())
}

async fn take_up(app: &App, id: FollowUpId) -> Result<(Work<'_>, FollowUp), Problem> {
    let found = store::follow_up::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let work = Work::begin(app, found.consultation).await?;
    // Read again under the lock: somebody may have answered in between.
    let it = store::follow_up::find(&work.tx, id).await?.ok_or(Problem::NotFound)?;
    Ok((work, it))
}

fn refused(refused: FollowUpRefused) -> Problem {
    Problem::Refused(refused.to_string())
}
