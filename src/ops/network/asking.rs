//! The acts of the person who asks, and of the center that passes a question on. The center changes no word of it.
use domain::{
    calendar::japan_date,
    id::{ConsultationId, MentorId, NetworkQuestionId},
    network::{
        MentorStatus, NetworkRefused, NetworkSide, PROVE_WITHIN, QuestionEntry, QuestionLife, QuestionState,
        answer_due, answer_reminder_at, center_reminder_at, month_of,
    },
};
use uuid::Uuid;

use super::{
    mails::{key_of_question, question_page},
    mentoring::SCOPE,
    transaction::{NetworkTransaction, refused},
};
use crate::{
    app::App,
    mail::mail_event::NetworkMailEvent,
    ops::{
        case::context::Context,
        correspondence::mail_budget::{MailBudget, RequestedMail, spend},
    },
    problem::Problem,
    secret::Purpose,
    store::{
        correspondence::outbox,
        network::{
            mentor,
            question::{self, NetworkQuestion},
        },
    },
};

/// Takes a question and mails the link that proves the address. `network` is a keyed hash. Returns `TooMany` if the day's
/// mails are used up, before anything is kept.
pub async fn ask(
    app: &App,
    entry: QuestionEntry,
    wanted: Option<MentorId>,
    network: &str,
) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let key = entry.email.key();
    let requested = RequestedMail { scope: SCOPE, email_key: &key, network, proved: false };
    if spend(app, &tx, requested, &context.settings, now).await? == MailBudget::Spent {
        tx.commit().await?;
        return Err(Problem::TooMany);
    }
    let until = now + PROVE_WITHIN;
    let new = new(entry, wanted, None, QuestionState::Unproved { until }, now);
    question::insert(&tx, &new).await?;
    let mut work = NetworkTransaction { app, context, tx, question: new, mails: Vec::new() };
    let page = question_page(app, work.question.id, NetworkSide::Asker);
    work.tell_asker(NetworkMailEvent::ProveQuestion { page: &page, until })?;
    work.commit().await
}

/// Takes a question from the page of a consultation, whose contact's address is proved.
pub async fn ask_from_case(
    app: &App,
    entry: QuestionEntry,
    wanted: Option<MentorId>,
    consultation: ConsultationId,
) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let state = QuestionState::AtCenter { back: None };
    let new = new(entry, wanted, Some(consultation), state, now);
    let due_at = Some(center_reminder_at(now, &context.settings, &context.calendar));
    let tx = app.begin().await?;
    question::insert(&tx, &NetworkQuestion { due_at, ..new }).await?;
    Ok(tx.commit().await?)
}

fn new(
    entry: QuestionEntry,
    wanted: Option<MentorId>,
    consultation: Option<ConsultationId>,
    state: QuestionState,
    now: chrono::DateTime<chrono::Utc>,
) -> NetworkQuestion {
    NetworkQuestion {
        id: NetworkQuestionId(Uuid::now_v7()),
        life: QuestionLife::new(state),
        entry,
        wanted,
        consultation,
        state_since: now,
        agreed_at: now,
        is_erased: false,
        version: 1,
        created_at: now,
        due_at: None,
    }
}

/// Returns the question of an asker's page; `None` if the token is not ours or has expired, or the question was erased.
pub async fn asker_of(app: &App, token: &str) -> Result<Option<NetworkQuestion>, Problem> {
    let Some(id) = app.secret.verify(Purpose::NetworkQuestion, token, app.clock.now()) else {
        return Ok(None);
    };
    Ok(question::find(&app.db, NetworkQuestionId(id)).await?.filter(|it| !it.is_erased))
}

/// Proves the address of the asker: the question waits for the center. Doing so twice changes nothing.
pub async fn prove_question(app: &App, id: NetworkQuestionId) -> Result<(), Problem> {
    let mut work = NetworkTransaction::begin(app, id).await?;
    let life = work.question.life.prove(work.now()).map_err(refused)?;
    if life == work.question.life {
        return Ok(());
    }
    work.live(life);
    work.commit().await
}

/// Passes a question on to a mentor, at the version that the coordinator's page showed. The places of the mentor in a month
/// are given under its lock, and a key keeps a place from being taken twice.
pub async fn pass_on(app: &App, id: NetworkQuestionId, version: i32, to: MentorId) -> Result<(), Problem> {
    let mut work = NetworkTransaction::begin_seen(app, id, version).await?;
    let now = work.now();
    let today = japan_date(now);
    let it = mentor::lock(&work.tx, to).await?.ok_or(Problem::NotFound)?;
    if it.status != MentorStatus::Listed || !it.entry.is_open(today) {
        return Err(refused(NetworkRefused::MentorClosed));
    }
    let month = month_of(today);
    let passed = mentor::passed(&work.tx, to, month).await?;
    if passed >= u64::from(it.entry.a_month) {
        return Err(refused(NetworkRefused::MonthFull));
    }
    let until = answer_due(now, &work.context.settings, &work.context.calendar);
    let life = work.question.life.pass(to, until).map_err(refused)?;
    let slot = i32::try_from(passed + 1).unwrap_or(i32::MAX);
    mentor::take_place(&work.tx, to, (month, slot), id).await?;
    work.live(life);
    let page = question_page(app, id, NetworkSide::Mentor);
    let words = work.shown_words(&work.question.entry.text);
    let outline = outline(&work.question.entry);
    let event = NetworkMailEvent::Question { page: &page, words: &words, outline: &outline, until };
    work.tell_mentor(&it, event)?;
    let reminder = NetworkMailEvent::Reminder { page: &page, words: &words, outline: &outline, until };
    let at = answer_reminder_at(now, &work.context.settings, &work.context.calendar);
    work.remind_mentor(&it, reminder, (at, until))?;
    let page = question_page(app, id, NetworkSide::Asker);
    work.tell_asker(NetworkMailEvent::Passed { page: &page, mentor: it.entry.name.as_str(), until })?;
    work.commit().await
}

/// Ends a question, by the asker or the center. One whose address is not proved is forgotten with the mail to it.
pub async fn end(app: &App, id: NetworkQuestionId) -> Result<(), Problem> {
    let mut work = NetworkTransaction::begin(app, id).await?;
    let life = work.question.life.end();
    if life == work.question.life {
        return Ok(());
    }
    if matches!(work.question.life.state, QuestionState::Unproved { .. }) {
        outbox::erase_by_key(&work.tx, &key_of_question(id)).await?;
    }
    work.live(life);
    work.commit().await
}

/// Returns what a mentor hears about the asker: industry, size band and prefecture.
pub fn outline(it: &QuestionEntry) -> String {
    format!("{}・{}・{}", it.prefecture.name(), it.industry.label(), it.size.label())
}
