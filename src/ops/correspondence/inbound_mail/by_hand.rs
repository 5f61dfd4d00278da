//! The decisions of a coordinator on a received mail that is waiting for one.
use chrono::{DateTime, Utc};
use codes::codes;
use domain::{
    actor::Actor,
    consultation::State,
    correspondence::{
        added_mail::{AddedMail, AddedMailMarks},
        inbound_mail::InboundState,
    },
    id::{AccountId, ConsultationId, MailId, MessageId},
    number::CaseNumber,
    text::{Prose, TextLine},
};
use entity::inbound_mail as row;
use sea_orm::DatabaseTransaction;

use super::{InboundMail, entry};
use crate::{
    app::App,
    ops::{
        case::{
            save::{HandledMail, Lock, Save, Target},
            transaction::CaseTransaction,
        },
        correspondence::{attachment::AttachedFiles, message},
    },
    problem::Problem,
    store::{
        self,
        consultation::Record,
        correspondence::message::{Audience, Channel},
    },
};

codes! {
    /// The way in which a mail is added to a consultation.
    pub enum AttachAs {
        /// As the company's answer: the coordinator knows that the company wrote it.
        Company = "company",
        /// As an internal note for center and experts.
        Note = "note",
    }
}

/// Adds a mail with its files to the consultation that a coordinator has chosen.
pub async fn attach(
    app: &App,
    id: MailId,
    case: ConsultationId,
    by: AccountId,
    attach_as: AttachAs,
) -> Result<CaseNumber, Problem> {
    let row = store::correspondence::inbound_mail::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let row = as_waiting(row)?;
    let raw = store::correspondence::inbound_mail::raw(&app.db, id).await?.unwrap_or_default();
    let received = tokio::task::spawn_blocking(move || InboundMail::of(id, row, &raw)).await;
    let mut received = received.map_err(anyhow::Error::from)?;
    let text = entry::whole(app, &received)?;
    let files = entry::files(app, &mut received).await?;
    let from = sender(&received.row);
    let case = store::consultation::case_merge::leading(&app.db, case).await?;
    let mut work = CaseTransaction::begin(app, case).await?;
    let waiting = as_waiting(still_open(work.lock(id).await?)?)?;
    let (before, was) = (marks(&work.record), work.record.consultation.state.clone());
    let entry = match attach_as {
        AttachAs::Company => {
            message::enter(&mut work, Actor::Company, Channel::Mail, Audience::Everyone, &text).await?
        }
        AttachAs::Note => {
            let text = Prose::try_from(format!("受信したメール（{from}）\n\n{text}"));
            let text = text.map_err(|err| anyhow::anyhow!("the text of a mail: {err}"))?;
            let coordinator = Actor::Coordinator(by);
            message::enter(&mut work, coordinator, Channel::Mail, Audience::Internal, &text).await?
        }
    };
    work.save(AttachedFiles(entry, &files)).await?;
    work.note(Actor::Coordinator(by), format!("受信したメールを追加：{from}"));
    let added = AddedMail {
        at: work.now(),
        case,
        named: waiting.consultation_id.map(ConsultationId),
        answered: was == State::WaitingCompany && work.record.consultation.state != was,
        before,
        after: marks(&work.record),
    };
    work.save(AttachedMail { id, row: &received.row, entry, added: &added }).await?;
    work.save(HandledMail(id, by, "")).await?;
    Ok(work.commit().await?.number)
}

/// Discards a mail, with the reason.
pub async fn discard(app: &App, id: MailId, by: AccountId, reason: &TextLine) -> Result<(), Problem> {
    finish(app, id, by, reason.as_str(), "受信したメールを破棄", true).await
}

/// Marks a mail as handled: the coordinator has done what it asked for.
pub async fn done(app: &App, id: MailId, by: AccountId) -> Result<(), Problem> {
    finish(app, id, by, "", "受信したメールに対応", false).await
}

async fn finish(
    app: &App,
    id: MailId,
    by: AccountId,
    note: &str,
    action: &str,
    discards: bool,
) -> Result<(), Problem> {
    let row = store::correspondence::inbound_mail::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let finished = FinishedMail { id, by, note, discards };
    match row.consultation_id.map(ConsultationId) {
        Some(case) => {
            let mut work = CaseTransaction::begin_even_merged(app, case).await?;
            work.save(finished).await?;
            let why = if note.is_empty() { String::new() } else { format!("（{note}）") };
            work.note(Actor::Coordinator(by), format!("{action}：{}{why}", sender(&row)));
            work.commit().await?;
        }
        None => {
            let now = app.clock.now();
            let tx = app.begin().await?;
            finished.write(&tx, now).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// A mail that a coordinator has finished with: it is handled, and discarded if it was in quarantine and `discards`.
struct FinishedMail<'a> {
    id: MailId,
    by: AccountId,
    note: &'a str,
    discards: bool,
}

impl FinishedMail<'_> {
    async fn write(self, tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<(), Problem> {
        let row = still_open(self.id.lock(tx).await?)?;
        if self.discards && row.state == InboundState::Quarantined {
            store::correspondence::inbound_mail::set_state(tx, self.id, InboundState::Discarded).await?;
        }
        Ok(store::correspondence::inbound_mail::handle(tx, self.id, self.by, self.note, now).await?)
    }
}

impl Save for FinishedMail<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        self.write(to.tx, to.now).await
    }
}

/// A mail that becomes this entry of the thread of a consultation, with its effects there.
struct AttachedMail<'a> {
    id: MailId,
    row: &'a row::Model,
    entry: MessageId,
    added: &'a AddedMail,
}

impl Save for AttachedMail<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        store::correspondence::inbound_mail::describe(to.tx, self.row).await?;
        Ok(store::correspondence::inbound_mail::attach(to.tx, self.id, self.entry, self.added).await?)
    }
}

impl Lock for MailId {
    type Row = row::Model;

    async fn lock(self, tx: &DatabaseTransaction) -> Result<Option<row::Model>, Problem> {
        Ok(store::correspondence::inbound_mail::lock(tx, self).await?)
    }
}

/// Returns the locked row if the mail is still open.
fn still_open(locked: Option<row::Model>) -> Result<row::Model, Problem> {
    let row = locked.ok_or(Problem::NotFound)?;
    if row.open { Ok(row) } else { Err(Problem::Refused(DEALT_WITH.to_owned())) }
}

/// Returns the row if the mail is in quarantine and still open.
fn as_waiting(row: row::Model) -> Result<row::Model, Problem> {
    let waits = row.open && row.state == InboundState::Quarantined;
    if waits { Ok(row) } else { Err(Problem::Refused(DEALT_WITH.to_owned())) }
}

const DEALT_WITH: &str = "このメールは、すでに対応済みです。";

/// Returns the marks of a case that an added mail can change.
pub(super) const fn marks(record: &Record) -> AddedMailMarks {
    AddedMailMarks {
        response: record.response,
        last_inbound_at: record.last_inbound_at,
        snoozed_until: record.snoozed_until,
        to_call_since: record.to_call_since,
        silence: record.silence,
        stalled_since: record.stalled_since,
    }
}

pub(super) fn sender(row: &row::Model) -> &str {
    if row.from_address.is_empty() { "差出人不明" } else { &row.from_address }
}
