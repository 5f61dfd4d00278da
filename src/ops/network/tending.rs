//! The steps of the network that the worker takes when they are due.
use chrono::{DateTime, Utc};
use domain::{
    calendar::japan_date,
    id::{MentorId, NetworkQuestionId},
    network::{MentorStatus, QuestionReturn, QuestionState, center_reminder_at},
};
use sea_orm::DatabaseTransaction;

use super::{
    mails::{key_of_mentor, key_of_question},
    relaying::come_back,
    transaction::NetworkTransaction,
};
use crate::{
    app::App,
    mail::{
        mail_event::{AccountMailEvent, NetworkMailEvent, Recipient},
        outgoing_mail::OutgoingMail,
    },
    ops::case::context::Context,
    problem::Problem,
    store::{
        correspondence::outbox,
        network::{
            mentor::{self, Mentor},
            message, question,
        },
    },
    url,
};

/// Takes the step of a question that is due: one without an answer comes back, the center is reminded of one that waits
/// for it, one without a word for long ends, and one that ended long ago is erased.
pub async fn tend_question(app: &App, id: NetworkQuestionId) -> Result<(), Problem> {
    let mut work = NetworkTransaction::begin(app, id).await?;
    if work.question.due_at.is_none_or(|at| work.now() < at) {
        return Ok(());
    }
    match work.question.life.state {
        QuestionState::Unproved { .. } => work.question.due_at = None,
        QuestionState::AtCenter { .. } => {
            remind(app, &work.context, &work.tx).await?;
            let (settings, calendar) = (&work.context.settings, &work.context.calendar);
            work.question.due_at = Some(center_reminder_at(work.now(), settings, calendar));
        }
        QuestionState::WithMentor { .. } => {
            drop(work);
            return come_back(app, id, QuestionReturn::Unanswered).await;
        }
        QuestionState::Answered { .. } => {
            let life = work.question.life.end();
            work.live(life);
        }
        QuestionState::Ended { .. } => {
            work.question.is_erased = true;
            work.question.due_at = None;
            message::delete_of(&work.tx, id).await?;
            outbox::erase_by_key(&work.tx, &key_of_question(id)).await?;
        }
    }
    work.commit().await
}

/// Takes the step of a mentor that is due: the center is reminded of one that waits, and one who left or was rejected long
/// ago is erased.
pub async fn tend_mentor(app: &App, id: MentorId) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let Some(it) = mentor::lock(&tx, id).await? else { return Ok(()) };
    if it.due_at.is_none_or(|at| context.now < at) {
        return Ok(());
    }
    let after = match it.status {
        MentorStatus::Applied => {
            remind(app, &context, &tx).await?;
            let due_at = Some(center_reminder_at(context.now, &context.settings, &context.calendar));
            Mentor { due_at, ..it }
        }
        MentorStatus::Rejected | MentorStatus::Departed => {
            outbox::erase_by_key(&tx, &key_of_mentor(id)).await?;
            Mentor { is_erased: true, reason: None, due_at: None, ..it }
        }
        MentorStatus::Unproved | MentorStatus::Listed | MentorStatus::Paused => Mentor { due_at: None, ..it },
    };
    mentor::save(&tx, &after).await?;
    Ok(tx.commit().await?)
}

/// Deletes mentors and questions whose address was not proved in time, with the address in the mails to them. Returns
/// their number.
pub async fn forget_unproved(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, sea_orm::DbErr> {
    let mut count = 0;
    for id in mentor::delete_unproved(tx, now).await? {
        outbox::erase_by_key(tx, &key_of_mentor(id)).await?;
        count += 1;
    }
    for id in question::delete_unproved(tx, now).await? {
        outbox::erase_by_key(tx, &key_of_question(id)).await?;
        count += 1;
    }
    Ok(count)
}

/// Reminds the center of everything of the network that waits for it, once a day.
async fn remind(app: &App, context: &Context, tx: &DatabaseTransaction) -> Result<(), Problem> {
    let (questions, since) = question::waiting(tx).await?;
    let (mentors, mentors_since) = mentor::waiting(tx).await?;
    let Some(since) = since.into_iter().chain(mentors_since).min() else { return Ok(()) };
    let page = app.site.absolute(url::NETWORK_DESK);
    let to = Recipient { address: &context.settings.center_email, name: &context.settings.center_name };
    let mut mails = context.mails(app);
    let event = NetworkMailEvent::Waiting { questions, mentors, since, page: &page };
    let outgoing = mails.mail(AccountMailEvent::Network(event), to)?.clone();
    let key = format!("network/waiting/{}", japan_date(context.now));
    let outgoing = OutgoingMail { dedup_key: Some(key), ..outgoing };
    outbox::push(tx, vec![outgoing], &app.config.mail_reply_domain, context.now).await?;
    Ok(())
}
