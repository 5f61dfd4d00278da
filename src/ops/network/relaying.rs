//! The words of both sides, which go through us: by the page, or by a mail to our relay address. Neither side hears the
//! other's address before both agree.
use domain::{
    id::NetworkQuestionId,
    network::{NetworkRefused, NetworkSide, QuestionReturn, QuestionState},
    text::Prose,
};

use super::{
    mails::question_page,
    transaction::{NetworkTransaction, refused},
};
use crate::{
    app::App,
    mail::mail_event::NetworkMailEvent,
    problem::Problem,
    secret::Purpose,
    store::network::{
        mentor::{self, Mentor},
        message,
        question::{self, NetworkQuestion},
    },
};

/// Returns the question of a mentor's answering page; `None` if the token is not ours or has expired, or the question is
/// with no mentor any more or was erased.
pub async fn answering_of(app: &App, token: &str) -> Result<Option<NetworkQuestion>, Problem> {
    let Some(id) = app.secret.verify(Purpose::NetworkAnswer, token, app.clock.now()) else { return Ok(None) };
    let found = question::find(&app.db, NetworkQuestionId(id)).await?;
    Ok(found.filter(|it| !it.is_erased && it.life.state.mentor().is_some()))
}

/// Takes words of a side, and mails them to the other one.
pub async fn write(
    app: &App,
    id: NetworkQuestionId,
    side: NetworkSide,
    words: &Prose,
) -> Result<(), Problem> {
    let mut work = NetworkTransaction::begin(app, id).await?;
    write_in(&mut work, side, words).await?;
    work.commit().await
}

/// Takes words of a side as `write` does, within a transaction that also settles the mail by which they came.
pub async fn write_in(
    work: &mut NetworkTransaction<'_>,
    side: NetworkSide,
    words: &Prose,
) -> Result<(), Problem> {
    let life = work.question.life.write(side).map_err(refused)?;
    work.live(life);
    // A question that waits for the mentor goes on waiting until then.
    if let QuestionState::WithMentor { until, .. } = life.state {
        work.question.due_at = Some(until);
    }
    let (app, id, now) = (work.app, work.question.id, work.now());
    let shown = work.shown_words(words);
    message::insert(&work.tx, id, side, &shown, now).await?;
    let mentor = work.mentor().await?;
    match (side, mentor) {
        (NetworkSide::Asker, Some(mentor)) => {
            let page = question_page(app, id, NetworkSide::Mentor);
            work.tell_mentor(
                &mentor,
                NetworkMailEvent::Words { page: &page, words: &shown, from: "質問した方" },
            )
        }
        (NetworkSide::Asker, None) => Ok(()),
        (NetworkSide::Mentor | NetworkSide::Center, mentor) => {
            let page = question_page(app, id, NetworkSide::Asker);
            let from = mentor.as_ref().map_or("センター", |it| it.entry.name.as_str()).to_owned();
            work.tell_asker(NetworkMailEvent::Words { page: &page, words: &shown, from: &from })
        }
    }
}

/// Records whether a side agrees that the other hears its address. When both have agreed, each gets the other's by mail.
pub async fn agree(app: &App, id: NetworkQuestionId, side: NetworkSide, agrees: bool) -> Result<(), Problem> {
    let mut work = NetworkTransaction::begin(app, id).await?;
    let before = work.question.life;
    let life = before.agree(side, agrees).map_err(refused)?;
    work.live(life);
    if life.is_open_to_both() && !before.is_open_to_both() {
        let mentor = work.mentor().await?.ok_or_else(|| refused(NetworkRefused::NotNow))?;
        introduce(&mut work, &mentor)?;
    }
    work.commit().await
}

fn introduce(work: &mut NetworkTransaction<'_>, mentor: &Mentor) -> Result<(), Problem> {
    let asker = work.question.entry.clone();
    let (name, address) = (mentor.entry.contact_name.to_string(), mentor.entry.email.to_string());
    work.tell_asker(NetworkMailEvent::Introduced {
        company: mentor.entry.name.as_str(),
        person: &name,
        address: &address,
    })?;
    let address = asker.email.to_string();
    work.tell_mentor(
        mentor,
        NetworkMailEvent::Introduced {
            company: asker.company_name.as_str(),
            person: asker.contact_name.as_str(),
            address: &address,
        },
    )
}

/// Gives a question back that the mentor does not answer.
pub async fn decline(app: &App, id: NetworkQuestionId) -> Result<(), Problem> {
    come_back(app, id, QuestionReturn::Declined).await
}

/// Takes a question back whose mail did not reach the mentor. One that is not with a mentor stays as it is.
pub async fn undelivered(app: &App, id: NetworkQuestionId) -> Result<(), Problem> {
    match come_back(app, id, QuestionReturn::Undelivered).await {
        Err(Problem::Refused(_)) => Ok(()),
        other => other,
    }
}

/// Takes a question back one of whose mails will not reach the mentor at this address. A mail to the asker, or to a mentor who
/// does not have the question any more, changes nothing.
pub async fn mail_lost(app: &App, id: NetworkQuestionId, address: &str) -> Result<(), Problem> {
    let Some(it) = question::find(&app.db, id).await? else { return Ok(()) };
    let Some(mentor) = it.life.state.mentor() else { return Ok(()) };
    let found = mentor::find(&app.db, mentor).await?;
    if found.is_some_and(|it| it.entry.email.key() == address.to_lowercase()) {
        undelivered(app, id).await?;
    }
    Ok(())
}

/// Takes a question back to the center, with words for the asker. One that was answered meanwhile stays.
pub(super) async fn come_back(app: &App, id: NetworkQuestionId, why: QuestionReturn) -> Result<(), Problem> {
    let mut work = NetworkTransaction::begin(app, id).await?;
    let life = work.question.life.come_back(why).map_err(refused)?;
    work.live(life);
    let page = question_page(app, id, NetworkSide::Asker);
    work.tell_asker(NetworkMailEvent::Back { page: &page, why: why.label() })?;
    work.commit().await
}
