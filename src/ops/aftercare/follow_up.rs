//! Sends follow-up questions and takes the answers.
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Party},
    aftercare::follow_up::{
        Addressee, FollowUp, FollowUpAnswer, FollowUpRefused, FollowUpState, Kind, StepDecision, ready,
    },
    consultation::{Action, ActionKind, State},
    due::Due,
    id::{ConsultationId, FollowUpId},
};

use crate::{
    app::App,
    mail::{
        mail_event::{MailEvent, ReaderSide},
        outgoing_mail::SendCondition,
    },
    ops::{
        case::{context::Context, transaction::CaseTransaction},
        consultation::to_call::{is_asked_by_telephone, settle},
    },
    problem::Problem,
    secret::Purpose,
    store,
};

/// The time for which the link in a question is valid. Whether the question can still be answered is decided by its
/// state.
const ANSWER_LINK: TimeDelta = TimeDelta::days(400);

/// Sends a planned question, once, or drops it if it must not be asked any more. For a question to the center a
/// deadline for the center starts instead.
pub async fn send(app: &App, id: FollowUpId) -> Result<(), Problem> {
    let (mut work, it) = begin_follow_up(app, id).await?;
    if it.state != FollowUpState::Planned || it.due_at > work.now() {
        return Ok(());
    }
    let round = round_of(&work, &it).await?;
    if let StepDecision::Drop(why) = ready(&it, &round, work.record.consultation.fields, work.now()) {
        let what = format!("{}：{why}", it.step.label);
        work.save(&it.skip()).await?;
        work.note(Actor::System, what);
        complete_if_over(&mut work).await?;
        work.commit().await?;
        return Ok(());
    }
    let sent = it.send(work.now()).map_err(refused)?;
    work.save(&sent).await?;
    let is_mailed = match sent.step.to {
        Addressee::Company => ask(&mut work, &sent)?,
        Addressee::Center => false,
    };
    let label = &sent.step.label;
    let what = match (is_mailed, sent.step.to) {
        (true, _) => format!("{label}を送りました"),
        (false, Addressee::Center) => {
            format!("{label}の時期になりました。電話で確認してください：{}", sent.step.lead())
        }
        (false, Addressee::Company) => {
            format!("{label}の時期になりました。メールアドレスがないため、電話での確認が必要です")
        }
    };
    if !is_mailed {
        wait_for_center(&mut work);
        let now = work.now();
        work.record.to_call_since.get_or_insert(now);
    }
    work.note(Actor::System, what);
    work.commit().await?;
    Ok(())
}

/// Mails the question to the company. Returns whether there is an address.
fn ask(work: &mut CaseTransaction<'_>, it: &FollowUp) -> Result<bool, Problem> {
    if work.person.email.is_none() {
        return Ok(false);
    }
    let token = work.app.secret.sign(Purpose::FollowUp, it.id.0, work.now() + ANSWER_LINK);
    let answer = work.app.site.follow_up(&token);
    let lead = it.step.lead();
    let mail_event = match it.kind {
        Kind::Survey => MailEvent::Survey { answer: &answer },
        Kind::ThreeMonths | Kind::SixMonths | Kind::NextYear | Kind::Custom => {
            MailEvent::FollowUp { lead: &lead, answer: &answer }
        }
    };
    let Some(mail) = work.mail_company(mail_event)? else { return Ok(false) };
    mail.dedup_key = Some(format!("follow_up/{}", it.id));
    mail.send_condition = Some(SendCondition::FollowUpOpen { follow_up: it.id });
    Ok(true)
}

/// Saves the company's answer. If the company wishes for help, the center is told.
pub async fn answer(app: &App, id: FollowUpId, answer: FollowUpAnswer) -> Result<(), Problem> {
    answer_by(app, id, Actor::Company, answer).await
}

/// Saves the company's answer as `answer` does. A coordinator may have asked by telephone and acts in the company's
/// stead.
pub async fn answer_by(app: &App, id: FollowUpId, by: Actor, answer: FollowUpAnswer) -> Result<(), Problem> {
    let (mut work, it) = begin_follow_up(app, id).await?;
    let wants_help = answer.wants_help();
    let (wanted_help, is_asked) = (it.asks_for_help(), is_asked_by_telephone(&work, &it));
    let is_late = it.takes_answer(Party::Company, work.now()).is_err();
    let answered = it.answer(answer.clone(), by.party(), work.now()).map_err(refused)?;
    work.save(&answered).await?;
    let what = if is_late {
        "への回答を、変更の期間のあとに訂正しました"
    } else {
        "に回答しました"
    };
    work.note(by, format!("{}{what}", answered.step.label));
    stop(&mut work, &answered, &answer).await?;
    // A wish that an old answer had already was heard at that time.
    if wants_help && !(is_late && wanted_help) {
        work.note(by, "相談の継続を希望しています");
        if !wanted_help {
            wait_to_be_heard(&mut work);
        }
        wait_for_center(&mut work);
        // A coordinator who has heard the answer need not be told of it.
        if by == Actor::Company {
            work.mail_center(MailEvent::NewMessage { side: ReaderSide::Center })?;
        }
    }
    if wanted_help && !wants_help {
        take_wish_back(&mut work, &answered).await?;
    } else if is_asked {
        end_wait(&mut work).await?;
    }
    end_call(&mut work, by).await?;
    complete_if_over(&mut work).await?;
    work.commit().await?;
    Ok(())
}

/// The refusal of a wish that is not there any more.
pub const NO_WISH: &str = "次回の相談の希望は、すでに取り下げられているか、対応済みです。";

/// Takes the company's wish for further help back, however long ago the answer was given that made it: a coordinator has
/// heard so, and acts in the company's stead. The answer stays as it was given.
pub async fn drop_help(app: &App, id: ConsultationId, version: i32, by: Actor) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    if work.record.wants_help_since.take().is_none() {
        return Err(Problem::Refused(NO_WISH.to_owned()));
    }
    work.note(by, "次回の相談の希望を取り下げました");
    end_wait(&mut work).await?;
    complete_if_over(&mut work).await?;
    work.commit().await?;
    Ok(())
}

/// Ends the deadline of a contact that a wish for help or a question by telephone has started. If another question has to be
/// asked, its own deadline runs, from the day on which it was to be asked.
async fn end_wait(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    let is_awaited = work.record.wants_help_since.is_some() || work.record.owed.is_some();
    if work.record.consultation.state != State::FollowUp || is_awaited {
        return Ok(());
    }
    let all = store::aftercare::follow_up::of(work.read(), work.record.consultation.id).await?;
    let asked_at =
        all.iter().filter(|it| is_asked_by_telephone(work, it)).filter_map(FollowUp::sent_at).min();
    let Context { settings, calendar, .. } = &work.context;
    work.record.due = asked_at.map(|at| Due::first_contact(settings, calendar, at));
    Ok(())
}

/// Ends the call for which a question was, if the company has no mail address or was on the telephone, and no other
/// question is asked by telephone.
async fn end_call(work: &mut CaseTransaction<'_>, by: Actor) -> Result<(), Problem> {
    let is_called = work.person.email.is_none() || by.represented().is_some();
    if work.record.to_call_since.is_none() || !is_called {
        return Ok(());
    }
    // The coordinator who has asked the question has told the news too.
    settle(work, by.represented().is_some(), &[]).await
}

/// Closes a question that was not answered in time.
pub async fn lapse(app: &App, id: FollowUpId) -> Result<(), Problem> {
    let (mut work, it) = begin_follow_up(app, id).await?;
    let is_asked = is_asked_by_telephone(&work, &it);
    let lapsed = it.lapse(work.now()).map_err(refused)?;
    work.save(&lapsed).await?;
    if is_asked {
        end_wait(&mut work).await?;
    }
    work.note(Actor::System, format!("{}への回答はありませんでした", lapsed.step.label));
    end_call(&mut work, Actor::System).await?;
    complete_if_over(&mut work).await?;
    work.commit().await?;
    Ok(())
}

/// Drops the questions that are not asked any more after this answer.
async fn stop(
    work: &mut CaseTransaction<'_>,
    answered: &FollowUp,
    answer: &FollowUpAnswer,
) -> Result<(), Problem> {
    for it in round_of(work, answered).await? {
        if it.state == FollowUpState::Planned && it.id != answered.id && it.step.is_stopped_by(answer) {
            let what = format!("{}：回答により、送らないことになりました", it.step.label);
            work.save(&it.skip()).await?;
            work.note(Actor::System, what);
        }
    }
    Ok(())
}

/// Returns all questions that were planned in the same round as `it`.
async fn round_of(work: &CaseTransaction<'_>, it: &FollowUp) -> Result<Vec<FollowUp>, Problem> {
    let all = store::aftercare::follow_up::of(work.read(), it.consultation).await?;
    Ok(all.into_iter().filter(|of| of.round == it.round).collect())
}

/// Marks that the company wishes for further help, unless the consultation is being worked on at present.
fn wait_to_be_heard(work: &mut CaseTransaction<'_>) {
    let state = &work.record.consultation.state;
    if *state == State::FollowUp || !state.is_open() {
        work.record.wants_help_since.get_or_insert(work.now());
    }
}

/// Removes the mark that the company wishes for further help, unless another answer of the round still asks for help.
async fn take_wish_back(work: &mut CaseTransaction<'_>, changed: &FollowUp) -> Result<(), Problem> {
    if !round_of(work, changed).await?.iter().any(FollowUp::asks_for_help) {
        work.record.wants_help_since = None;
        end_wait(work).await?;
    }
    Ok(())
}

/// Starts the deadline of a first contact for the wish for help, as for a new application.
fn wait_for_center(work: &mut CaseTransaction<'_>) {
    if work.record.consultation.state == State::FollowUp && work.record.due.is_none() {
        work.record.due =
            Some(Due::first_contact(&work.context.settings, &work.context.calendar, work.now()));
    }
}

/// Completes the consultation if all its questions are over. A consultation whose company wishes for help, or is still owed
/// a field, stays open, even after the last answer.
pub(in crate::ops) async fn complete_if_over(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    if work.record.wants_help_since.is_some() || work.record.owed.is_some() {
        return Ok(());
    }
    let plan = store::aftercare::follow_up::of(work.read(), work.record.consultation.id).await?;
    let over = plan.iter().all(FollowUp::is_over);
    if over && work.check(ActionKind::Complete, Actor::System).is_ok() {
        work.act(Action::Complete, Actor::System, None)?;
        crate::ops::consultation::notify_desk(work, "").await?;
    }
    Ok(())
}

async fn begin_follow_up(app: &App, id: FollowUpId) -> Result<(CaseTransaction<'_>, FollowUp), Problem> {
    let found = store::aftercare::follow_up::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let work = CaseTransaction::begin(app, found.consultation).await?;
    // Read again under the lock: the question may have been answered in between.
    let it = store::aftercare::follow_up::find(work.read(), id).await?.ok_or(Problem::NotFound)?;
    Ok((work, it))
}

fn refused(refused: FollowUpRefused) -> Problem {
    Problem::Refused(refused.to_string())
}
