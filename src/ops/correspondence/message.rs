//! The thread between company, center and experts.
use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Party, Represented},
    booking::notice::in_business_hours,
    calendar::{at_japan, japan_date},
    consultation::{Action, ActionKind},
    id::{AccountId, ConsultationId, MessageId},
    intake::contact::Telephone,
    text::Prose,
    worklist::{AwaitedResponse, quick_record::QuickRecordKind},
};
use uuid::Uuid;

use super::attachment::{self, AttachedFiles, UploadedFile};
use crate::{
    app::App,
    mail::mail_event::{MailEvent, ReaderSide},
    ops::{
        booking::notices::notify_hand_over_accepted,
        case::{
            context::Context,
            save::{FinishedDraft, ReadMessages},
            transaction::CaseTransaction,
        },
        consultation::to_call::settle,
        routing::assignment::settle_after_answer,
    },
    problem::Problem,
    store::{
        self,
        correspondence::{
            message::{Audience, Channel, NewMessage, ThreadEntry},
            message_draft::DraftWriter,
        },
    },
};

const NEW_MESSAGE: &str =
    "この画面を開いたあとに、新しいメッセージが届きました。内容を確認してから、もう一度押してください。";

/// The length of a draft in characters: it may exceed that of a message, but not without limit.
const LONGEST_DRAFT: usize = 20_000;

/// A message that is sent from a page.
#[derive(Debug)]
pub struct PostedMessage<'a> {
    pub by: Actor,
    pub audience: Audience,
    pub text: &'a Prose,
    pub files: Vec<UploadedFile>,
    /// The form in which the message was written; the draft in this form is deleted.
    pub form: &'a str,
    /// The time of the latest message on the page where the center wrote; `None` if it does not matter.
    pub seen: Option<DateTime<Utc>>,
}

/// Adds a message to the thread and notifies the other participants. A company's message counts as its answer while the
/// consultation is waiting for one.
pub async fn post(
    app: &App,
    id: ConsultationId,
    by: Actor,
    audience: Audience,
    text: &Prose,
) -> Result<(), Problem> {
    post_whole(app, id, PostedMessage { by, audience, text, files: Vec::new(), form: "", seen: None }).await
}

/// Posts a message with files as `post` does, and deletes the draft of its form.
pub async fn post_whole(app: &App, id: ConsultationId, post: PostedMessage<'_>) -> Result<(), Problem> {
    let PostedMessage { by, audience, text, files, form, seen } = post;
    let files = attachment::keep(app, files).await?;
    let mut work = CaseTransaction::begin(app, id).await?;
    check_seen(&work, seen)?;
    let message = enter(&mut work, by, Channel::Portal, audience, text).await?;
    work.save(AttachedFiles(message, &files)).await?;
    if let Some(writer) = writer(by) {
        work.save(FinishedDraft(id, writer, form)).await?;
    }
    if by == Actor::Company {
        // A company that writes has read what it was asked.
        work.save(ReadMessages(id)).await?;
    }
    work.commit().await?;
    Ok(())
}

/// Adds an entry to the thread and notifies the other participants, as part of another operation. Returns the new
/// entry.
pub async fn enter(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    channel: Channel,
    audience: Audience,
    text: &Prose,
) -> Result<MessageId, Problem> {
    let entry = write(work, by, channel, audience, text).await?;
    if channel == Channel::Mail && by == Actor::Company && work.person.email.is_some() {
        // Mail comes from the address, so that it can be reached again.
        settle(work, true, &[]).await?;
    }
    if work.check(ActionKind::Answer, by).is_ok() {
        work.act(Action::Answer, by, None)?;
        if by == Actor::Company {
            work.record.last_inbound_at = Some(work.now());
        }
        Box::pin(settle_after_answer(work)).await?;
    } else {
        work.note(by, noted_as(audience));
        match by.party() {
            Party::Company | Party::Expert | Party::Desk => work.await_response(),
            Party::Coordinator => responded(work, audience).await?,
            Party::System => {}
        }
    }
    notify_others(work, by, audience).await?;
    Ok(entry)
}

/// Records the answer that the company gave by telephone, on behalf of a coordinator who saw this version.
pub async fn answer_in_stead(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: AccountId,
    answer: &Prose,
) -> Result<(), Problem> {
    let by = Actor::Stead(by, Represented::Company);
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    work.check(ActionKind::Answer, by)?;
    // The company has heard the question; it has not read the thread.
    enter(&mut work, by, Channel::Phone, Audience::Everyone, answer).await?;
    work.commit().await?;
    Ok(())
}

/// Returns what the history says of an entry.
const fn noted_as(audience: Audience) -> &'static str {
    match audience {
        Audience::Center => "センター内のメモ",
        Audience::Desk => "一次相談窓口とのメッセージ",
        Audience::Internal => "内部メモ",
        Audience::Everyone => "メッセージ",
    }
}

/// Ends the clock of the center's response after an entry of the center, as far as those who wait can read it.
async fn responded(work: &mut CaseTransaction<'_>, audience: Audience) -> Result<(), Problem> {
    let Some(waits) = work.record.response else { return Ok(()) };
    let id = work.record.consultation.id;
    let thread = store::correspondence::message::of(work.read(), id, Audience::Center).await?;
    let entries: Vec<_> = thread.iter().filter(|it| !it.automatic).map(ThreadEntry::written).collect();
    let Context { settings, calendar, .. } = &work.context;
    work.record.response = waits.after_response(&entries, audience.readers(), settings, calendar);
    Ok(())
}

/// Ends the clock of the center's response without a message, because none is needed or it was given by telephone. `seen`
/// is the time of the latest message that the coordinator has seen: a later one is shown first.
pub async fn mark_answered(
    app: &App,
    id: ConsultationId,
    by: AccountId,
    seen: Option<DateTime<Utc>>,
) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    check_seen(&work, seen)?;
    let Some(AwaitedResponse { since, due_at }) = work.record.response.take() else { return Ok(()) };
    let kind = QuickRecordKind::MessageHandled { since, due_at };
    work.note_record(Actor::Coordinator(by), kind, "メッセージを対応済みにしました");
    work.commit().await?;
    Ok(())
}

/// Refuses an act of the center that was begun before the latest message came. `seen` is the time of the latest message
/// on the page where the act was begun; with `None` nothing is checked.
fn check_seen(work: &CaseTransaction<'_>, seen: Option<DateTime<Utc>>) -> Result<(), Problem> {
    let is_new = seen.is_some_and(|seen| work.record.last_inbound_at.is_some_and(|it| it > seen));
    if is_new { Err(Problem::Refused(NEW_MESSAGE.to_owned())) } else { Ok(()) }
}

/// Asks the company a question on behalf of a coordinator. The deadline of the first contact is suspended until the
/// company answers.
pub async fn ask(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: Actor,
    question: &Prose,
) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    notify_hand_over_accepted(&mut work).await?;
    work.act(Action::Ask, by, None)?;
    responded(&mut work, Audience::Everyone).await?;
    write(&mut work, by, Channel::Portal, Audience::Everyone, question).await?;
    let portal = work.portal()?;
    work.mail_company(MailEvent::Question { portal: &portal, text: question.as_str() })?;
    work.commit().await?;
    Ok(())
}

/// Saves the draft of a message, for its writer alone. An empty text deletes the draft.
pub async fn save_draft(
    app: &App,
    id: ConsultationId,
    by: Actor,
    form: &str,
    body: &str,
) -> Result<(), Problem> {
    let Some(writer) = writer(by) else { return Ok(()) };
    let body: String = body.chars().filter(|it| *it != '\0').take(LONGEST_DRAFT).collect();
    let tx = app.begin().await?;
    if body.trim().is_empty() {
        store::correspondence::message_draft::remove(&tx, id, writer, form).await?;
    } else {
        store::correspondence::message_draft::save(&tx, id, writer, form, &body, app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Returns the owner of an actor's drafts. The contacts of a company share theirs.
pub const fn writer(by: Actor) -> Option<DraftWriter> {
    match by {
        Actor::Coordinator(id) | Actor::Stead(id, _) => Some(DraftWriter::Account(id.0)),
        Actor::Expert(id) => Some(DraftWriter::Account(id.0)),
        Actor::Desk(id, _) => Some(DraftWriter::Account(id.0)),
        Actor::Company => Some(DraftWriter::Company),
        Actor::System => None,
    }
}

/// Marks all messages as read by the company.
pub async fn mark_read(app: &App, id: ConsultationId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::correspondence::message::mark_read(&tx, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes an entry without notifying any reader, as part of another operation.
pub async fn write(
    work: &mut CaseTransaction<'_>,
    author: Actor,
    channel: Channel,
    audience: Audience,
    text: &Prose,
) -> Result<MessageId, Problem> {
    let message = NewMessage {
        id: MessageId(Uuid::now_v7()),
        consultation: work.record.consultation.id,
        author,
        channel,
        audience,
        body: text.as_str(),
    };
    work.save(&message).await?;
    Ok(message.id)
}

async fn notify_others(work: &mut CaseTransaction<'_>, by: Actor, audience: Audience) -> Result<(), Problem> {
    match (audience, by.party()) {
        (Audience::Center, _) => return Ok(()),
        (Audience::Desk, Party::Coordinator) => {
            check_desk(work).await?;
            return work.mail_desk(MailEvent::DeskMessage).await;
        }
        (Audience::Desk | Audience::Internal | Audience::Everyone, _) => {}
    }
    if by.principal() != Actor::Company && audience == Audience::Everyone {
        let portal = work.portal()?;
        work.mail_company(MailEvent::NewMessage { side: ReaderSide::Company { portal: &portal } })?;
    }
    if by.party() != Party::Coordinator {
        let address = work.context.settings.center_email.clone();
        let (due_at, key) = next_notice(work, &address).await?;
        if let Some(mail) = work.mail_center(MailEvent::NewMessage { side: ReaderSide::Center })? {
            mail.due_at = due_at;
            mail.dedup_key = Some(key);
        }
    }
    if audience == Audience::Desk {
        return Ok(());
    }
    for expert in work.accepted().into_iter().filter(|&it| by.principal() != Actor::Expert(it)) {
        let Some(address) = work.context.experts.get(expert).map(|it| it.email.clone()) else { continue };
        let (due_at, key) = next_notice(work, &address).await?;
        if let Some(mail) = work.mail_expert(expert, MailEvent::NewMessage { side: ReaderSide::Expert })? {
            mail.due_at = due_at;
            mail.dedup_key = Some(key);
        }
    }
    Ok(())
}

/// Refuses a message to a desk at which no person can read it.
async fn check_desk(work: &CaseTransaction<'_>) -> Result<(), Problem> {
    let Some(desk) = work.record.desk else { return Ok(()) };
    if !store::reference::desk::addresses(work.read(), desk).await?.is_empty() {
        return Ok(());
    }
    let desk = store::reference::desk::find(work.read(), desk).await?;
    let phone = desk.as_ref().and_then(|it| it.details.phone.as_ref());
    let way =
        phone.map(|it| format!("電話（{}）で伝えるか、", Telephone::shown(it.as_str()))).unwrap_or_default();
    Err(Problem::Refused(format!(
        "この窓口には、画面を使う人がいないため、メッセージを送れません。{way}管理者に、窓口の利用者の登録を依頼してください。"
    )))
}

/// Returns the time at which a member of staff or an expert is notified of something new, and the key of that notice:
/// within business hours, and once a day for each consultation. A later message is announced once on the next business
/// day.
async fn next_notice(work: &CaseTransaction<'_>, address: &str) -> Result<(DateTime<Utc>, String), Problem> {
    let Context { settings, calendar, now, .. } = &work.context;
    let key = |at| format!("{}{address}/{}", notice_prefix(work.record.consultation.id), japan_date(at));
    let mut due_at = in_business_hours(*now, settings, calendar);
    if store::correspondence::outbox::is_gone_out(work.read(), &key(due_at)).await? {
        let next = calendar.add_business_days(japan_date(due_at), 1);
        due_at = at_japan(next, settings.opens_hour, 0);
    }
    Ok((due_at, key(due_at)))
}

/// Returns the beginning of the keys of the notices about new messages of a consultation.
pub(super) fn notice_prefix(id: ConsultationId) -> String {
    format!("new_message/{id}/")
}
