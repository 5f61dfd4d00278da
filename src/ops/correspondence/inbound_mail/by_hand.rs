//! The decisions of a coordinator on a received mail that is waiting for one.
use domain::{
    actor::Actor,
    correspondence::inbound_mail::InboundState,
    id::{AccountId, ConsultationId, MailId},
    number::CaseNumber,
    text::{Prose, TextLine},
};
use entity::inbound_mail as row;
use sea_orm::DatabaseTransaction;

use super::{InboundMail, entry};
use crate::{
    app::App,
    ops::{
        case::transaction::CaseTransaction,
        correspondence::{attachment::AttachedFiles, message},
    },
    problem::Problem,
    store::{
        self,
        correspondence::message::{Audience, Channel},
    },
};

/// The way in which a mail is added to a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachAs {
    /// As the company's answer: the coordinator knows that the company wrote it.
    Company,
    /// As an internal note for center and experts.
    Note,
}

impl AttachAs {
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "company" => Some(Self::Company),
            "note" => Some(Self::Note),
            _ => None,
        }
    }
}

/// Adds a mail with its files to the consultation that a coordinator has chosen.
pub async fn attach(
    app: &App,
    id: MailId,
    case: ConsultationId,
    by: AccountId,
    voice: AttachAs,
) -> Result<CaseNumber, Problem> {
    let row = store::correspondence::inbound_mail::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let row = as_waiting(row)?;
    let raw = store::correspondence::inbound_mail::raw(&app.db, id).await?.unwrap_or_default();
    let letter = tokio::task::spawn_blocking(move || InboundMail::of(id, row, &raw)).await;
    let mut letter = letter.map_err(anyhow::Error::from)?;
    let text = entry::whole(app, &letter)?;
    let files = entry::files(app, &mut letter).await?;
    let from = sender(&letter.row);
    let case = store::consultation::case_merge::leading(&app.db, case).await?;
    let mut work = CaseTransaction::begin(app, case).await?;
    as_waiting(open(&work.tx, id).await?)?;
    let entry = match voice {
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
    store::correspondence::inbound_mail::describe(&work.tx, &letter.row).await?;
    store::correspondence::inbound_mail::attach(&work.tx, id, case, entry).await?;
    store::correspondence::inbound_mail::handle(&work.tx, id, by, "", work.now()).await?;
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
    let change = async |tx: &DatabaseTransaction, now| {
        let row = open(tx, id).await?;
        if discards && row.state == InboundState::Quarantined {
            store::correspondence::inbound_mail::set_state(tx, id, InboundState::Discarded).await?;
        }
        store::correspondence::inbound_mail::handle(tx, id, by, note, now).await?;
        Ok::<_, Problem>(())
    };
    match row.consultation_id.map(ConsultationId) {
        Some(case) => {
            let mut work = CaseTransaction::begin_even_merged(app, case).await?;
            change(&work.tx, work.now()).await?;
            let why = if note.is_empty() { String::new() } else { format!("（{note}）") };
            work.note(Actor::Coordinator(by), format!("{action}：{}{why}", sender(&row)));
            work.commit().await?;
        }
        None => {
            let now = app.clock.now();
            let tx = app.begin().await?;
            change(&tx, now).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Returns the row, locked, if the mail is still open.
async fn open(tx: &DatabaseTransaction, id: MailId) -> Result<row::Model, Problem> {
    let row = store::correspondence::inbound_mail::lock(tx, id).await?.ok_or(Problem::NotFound)?;
    if row.open { Ok(row) } else { Err(Problem::Refused(DEALT_WITH.to_owned())) }
}

/// Returns the row if the mail is in quarantine and still open.
fn as_waiting(row: row::Model) -> Result<row::Model, Problem> {
    let waits = row.open && row.state == InboundState::Quarantined;
    if waits { Ok(row) } else { Err(Problem::Refused(DEALT_WITH.to_owned())) }
}

const DEALT_WITH: &str = "このメールは、すでに対応済みです。";

fn sender(row: &row::Model) -> &str {
    if row.from_address.is_empty() { "差出人不明" } else { &row.from_address }
}
