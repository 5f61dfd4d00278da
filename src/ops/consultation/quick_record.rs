//! Taking back what the center recorded with one click: a call, a message as handled, an address as confirmed.
use chrono::{DateTime, Utc};
use codes::{CorrectedField, Party};
use domain::{
    actor::Actor,
    consultation::{ActionKind, event_word},
    id::{AccountId, ConsultationId},
    worklist::{
        AwaitedResponse,
        quick_record::{
            QuickRecord, QuickRecordEvent, QuickRecordFacts, QuickRecordKind, RecordObstacle, to_take_back,
        },
    },
};
use sea_orm::ConnectionTrait;

use super::correction::confirmed_by_mistake;
use crate::{
    app::App,
    ops::case::transaction::CaseTransaction,
    problem::Problem,
    store::{self, audit::event::HistoryEntry, consultation::Record},
};

/// Takes a record back: what it ended stands in the worklist again, with its clocks. Refused if something was built on it.
pub async fn take_back(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: AccountId,
    seq: i32,
) -> Result<QuickRecord, Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    let history = store::audit::event::of(work.read(), id).await?;
    let found = find(work.read(), &work.record, &history, seq).await?;
    let quick = found.map_err(|all| Problem::Refused(said(&all)))?;
    let recorded_at = history.iter().find(|it| it.seq == seq).map(|it| it.at);
    match quick.kind {
        QuickRecordKind::Called { to_call_since } => call_again(&mut work, to_call_since),
        QuickRecordKind::MessageHandled { since, due_at } => {
            let waits = AwaitedResponse { since, due_at };
            work.record.response = Some(waits.restored(work.record.response));
        }
        QuickRecordKind::AddressConfirmed { confirmed_number, to_call_since } => {
            confirmed_by_mistake(&mut work).await?;
            work.record.number_unconfirmed |= confirmed_number;
            if let Some(since) = to_call_since {
                call_again(&mut work, since);
            }
        }
    }
    // The record has started the clock of silence anew, unless a person has acted since.
    let is_of_record = work.record.silence.is_none_or(|it| Some(it.since) == recorded_at);
    let is_address = matches!(quick.kind, QuickRecordKind::AddressConfirmed { .. });
    if let Some(silence) = quick.silence.filter(|_| is_of_record || is_address) {
        work.record.silence = Some(silence);
        work.record.stalled_since = quick.stalled_since;
    }
    work.keep_clock();
    let note = format!("{}の記録を取り消しました", quick.kind.label());
    work.note_taken_back(Actor::Coordinator(by), seq, note);
    work.commit().await?;
    Ok(quick)
}

/// Makes the company an item of the calls since the earlier time.
fn call_again(work: &mut CaseTransaction<'_>, since: DateTime<Utc>) {
    let earlier = work.record.to_call_since.map_or(since, |it| it.min(since));
    work.record.to_call_since = Some(earlier);
}

/// Returns the record at a position of the history of a consultation, or what stands in the way of taking it back.
pub async fn find(
    db: &impl ConnectionTrait,
    record: &Record,
    history: &[HistoryEntry],
    seq: i32,
) -> Result<Result<QuickRecord, Vec<RecordObstacle>>, Problem> {
    let facts = facts(db, record).await?;
    let mut was_open = true;
    let mut events = Vec::with_capacity(history.len());
    for it in history {
        let is_open = it.to.is_open();
        events.push(event(it, was_open && !is_open));
        was_open = is_open;
    }
    Ok(to_take_back(&events, seq, &facts))
}

fn event(it: &HistoryEntry, ended: bool) -> QuickRecordEvent<'_> {
    QuickRecordEvent {
        seq: it.seq,
        at: it.at,
        by: it.by,
        word: event_word(it.action, it.by.party(), it.to.status()),
        is_note: it.action == ActionKind::Note,
        ended,
        quick: it.quick,
        takes_back: it.takes_back,
    }
}

async fn facts(db: &impl ConnectionTrait, record: &Record) -> Result<QuickRecordFacts, Problem> {
    let id = record.consultation.id;
    let corrections = store::consultation::correction::of(db, id).await?;
    let person = store::consultation::person(db, id).await?;
    let signed_in_at = match person.and_then(|it| it.email) {
        Some(email) => store::accounts::session::contact_since(db, &email.to_lowercase()).await?,
        None => None,
    };
    let requests = store::routing::assignment::of(db, id).await?;
    let thread = store::correspondence::message::of(db, id, store::correspondence::message::Audience::Center);
    let written = thread
        .await?
        .into_iter()
        .rfind(|it| it.author == Party::Coordinator && !it.automatic && (!it.center_only || it.with_desk));
    Ok(QuickRecordFacts {
        is_open: record.consultation.state.is_open(),
        address_confirmed: record.consultation.address_confirmed,
        address_corrected: corrections
            .iter()
            .filter(|it| it.field == CorrectedField::Email)
            .map(|it| it.seq)
            .max(),
        signed_in_at,
        asked_at: requests.iter().filter(|it| it.is_live()).map(|it| it.offered_at).max(),
        written_at: written.map(|it| it.at),
    })
}

/// Returns what stands in the way, in one sentence after the other.
fn said(all: &[RecordObstacle]) -> String {
    all.iter().map(ToString::to_string).collect()
}
