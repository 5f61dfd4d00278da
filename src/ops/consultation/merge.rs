//! Two cases about one request that a coordinator makes one, and the undoing of that.
mod released;

use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    booking::appointment::Appointment,
    consultation::{
        ActionKind, MergeContact, MergeRefused, MergeValue, MergedCase,
        correction::{CaseValues, CorrectionSection},
        merge_contact, merge_obstacles,
    },
    correspondence::company_channel::CompanyChannel,
    due::{Due, DueKind},
    id::{AccountId, ConsultationId, MessageId},
    number::CaseNumber,
    routing::assignment::Assignment,
    text::TextLine,
    wording::month_day_weekday,
    worklist::AwaitedResponse,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::correction::{CorrectionCause, correct_in, undo_in};
use crate::{
    app::App,
    mail::mail_event::{CaseNumberEvent, MailEvent, TimeNews},
    ops::{
        booking::{appointment::when, notices::appointment_text},
        case::{context::Context, transaction::CaseTransaction},
    },
    problem::Problem,
    store::{
        self,
        audit::event::HistoryEntry,
        consultation::{
            ContactPerson, Record,
            case_merge::{CaseMarks, CaseMerge, MergeChange, MovedRows, ReleasedTeam},
        },
    },
};

/// A case with the version at which a coordinator saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenCase {
    pub id: ConsultationId,
    pub version: i32,
}

/// The changes that a split made in the first case, which its undoing takes back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SplitChange {
    /// The positions in the first case's history of the corrections by which fields and themes left it.
    pub corrections: Vec<i32>,
    /// The messages that went to the case that was split off.
    pub messages: Vec<MessageId>,
}

/// The decisions of a coordinator about a merge.
#[derive(Clone, Copy, Debug)]
pub struct MergeChoice<'a> {
    /// The values of which the kept case takes over the absorbed one's version.
    pub taken: &'a [MergeValue],
    pub reason: &'a TextLine,
    /// Whether the requests and the booking of the absorbed case end. Without it, they stand in the way.
    pub releases: bool,
    /// The changes that are taken back, if the absorbed case was split from the kept one and the split is undone.
    pub split: Option<&'a SplitChange>,
}

/// Merges a case into another. The absorbed one keeps its state and its history; its thread is shown with the kept one's,
/// its tasks, tags and drafts go to it, and everything that is addressed to it reaches the kept one. Values that
/// are taken over are corrections, with all that follows from them.
pub async fn merge(
    app: &App,
    kept: SeenCase,
    absorbed: SeenCase,
    choice: MergeChoice<'_>,
    by: AccountId,
) -> Result<(), Problem> {
    // Each unit of work has one. Within the transaction there may be no further connection to read it.
    let (context, other_context) = (Context::of(app).await?, Context::of(app).await?);
    let now = context.now;
    let tx = app.begin().await?;
    let both = [kept.id, absorbed.id];
    let [kept_record, record] =
        store::consultation::case_merge::lock_both(&tx, both).await?.ok_or(Problem::NotFound)?;
    if kept.id != absorbed.id && (kept_record.version, record.version) != (kept.version, absorbed.version) {
        return Err(Problem::Stale);
    }
    check(&tx, (&kept_record, &record), choice.releases, now).await?;
    let (before, marks) = (CaseMarks::of(&kept_record), CaseMarks::of(&record));
    let MergeChoice { reason, split, .. } = choice;
    let why = reason.as_str();

    let number = record.number;
    let is_told = record.consultation.state.is_open();
    // A case that is put together again waits for what it waited for before.
    let begins = |it: &Contact| it.response.is_some() && split.is_some();
    let contact = promised(&context, &kept_record).filter(|it| is_told && !begins(it));
    let merged = (&kept_record, contact, split.is_some());
    let (tx, Absorbed { channel, released, ended }) =
        absorb(app, context, tx, record, merged, (Actor::Coordinator(by), why)).await?;

    let mut work = Box::pin(CaseTransaction::with(app, other_context, tx, kept_record)).await?;
    let first_seq = work.next_seq();
    joined(&before, &marks, work.person.email.is_some()).restore(&mut work.record);
    if split.is_some() {
        work.keep_clock();
    }
    wait_for_both(&mut work, contact, is_told && !channel.is_mail());
    let proved_besides = is_told && channel.is_mail();
    change_values(&mut work, absorbed.id, choice, proved_besides, Actor::Coordinator(by)).await?;
    work.note(Actor::Coordinator(by), merged_note(number, choice, ended.as_ref()));
    let (tx, record) = work.flush().await?;
    let corrections = store::consultation::correction::of(&tx, kept.id).await?;
    let change = MergeChange {
        absorbed: marks,
        kept: [before, CaseMarks::of(&record)],
        corrections: corrections.iter().map(|it| it.seq).filter(|it| *it >= first_seq).collect(),
        moved: hand_over(&tx, absorbed.id, kept.id, split).await?,
        is_told,
        released,
    };
    let merge = CaseMerge {
        id: Uuid::now_v7(),
        kept: kept.id,
        absorbed: absorbed.id,
        merged_at: now,
        reason: why.to_owned(),
        change,
    };
    store::consultation::case_merge::insert(&tx, &merge, by).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets the kept case wait for what the company of the absorbed one was promised, and for the call to it.
fn wait_for_both(work: &mut CaseTransaction<'_>, contact: Option<Contact>, is_called: bool) {
    if let Some(Contact { response: Some(response), .. }) = contact {
        // Nothing else in the kept case would remind the center of the request.
        work.record.response.get_or_insert(response);
        work.record.snoozed_until = None;
    }
    if is_called {
        // The absorbed case changes no more: the call is the kept one's.
        work.record.to_call_since.get_or_insert(work.now());
    }
}

/// The center's contact with the company of an absorbed case.
#[derive(Clone, Copy, Debug)]
struct Contact {
    due_at: DateTime<Utc>,
    /// The clock of a response that begins with the merge.
    response: Option<AwaitedResponse>,
}

/// Returns when the center contacts the company of an open case that is merged into `kept`; `None` if others act first.
fn promised(context: &Context, kept: &Record) -> Option<Contact> {
    let Context { settings, calendar, now, .. } = context;
    let due = kept.due.as_ref().filter(|it| it.kind == DueKind::FirstContact).and_then(Due::at);
    match merge_contact(&kept.consultation.state, due, *now) {
        MergeContact::Promised(due_at) => Some(Contact { due_at, response: None }),
        MergeContact::Owed => {
            let response = AwaitedResponse::after_message(None, settings, calendar, *now);
            Some(Contact { due_at: response.due_at, response: Some(response) })
        }
        MergeContact::Follows => None,
    }
}

/// The consequences of a merge for the absorbed case.
struct Absorbed {
    /// How its contact hears.
    channel: CompanyChannel,
    /// The requests and the booking that have ended.
    released: Option<ReleasedTeam>,
    /// The time that has ended with them.
    ended: Option<Appointment>,
}

/// Ends the clocks of the absorbed case, and its requests and booking, and has it lead to the kept one. Its contact is told the number under which it goes
/// on and when the center contacts it, unless the case had ended, of which the contact was told; and so is its desk.
async fn absorb(
    app: &App,
    context: Context,
    tx: DatabaseTransaction,
    record: Record,
    (kept, contact, was_split): (&Record, Option<Contact>, bool),
    (by, why): (Actor, &str),
) -> Result<(DatabaseTransaction, Absorbed), Problem> {
    let stands = store::booking::appointment::of(&tx, kept.consultation.id).await?;
    let stands = stands.into_iter().find(Appointment::is_confirmed);
    let mut work = Box::pin(CaseTransaction::with(app, context, tx, record)).await?;
    let left = CaseMarks {
        last_inbound_at: work.record.last_inbound_at,
        number_unconfirmed: work.record.number_unconfirmed,
        ..CaseMarks::default()
    };
    left.restore(&mut work.record);
    work.record.consultation.merged_into = Some(kept.consultation.id);
    let is_open = work.record.consultation.state.is_open();
    let (released, ended) = match is_open {
        true => released::release(&mut work, by, (kept.number, stands.as_ref())).await?,
        false => (None, None),
    };
    let done = if was_split { "に戻しました" } else { "に統合しました" };
    work.note(by, format!("{}{done}（{why}）", kept.number));
    let channel = work.company_channel();
    if is_open && (channel.is_mail() || ended.is_some()) {
        let contact_due = contact.map(|it| it.due_at);
        let times = (ended.as_ref(), stands.as_ref());
        tell_merged(&mut work, &kept.number, (contact_due, was_split), times)?;
    }
    if is_open {
        let by = contact
            .map(|it| format!("{}までに、センターから企業へ連絡します。", month_day_weekday(it.due_at)));
        let result = format!(
            "同じ企業のご相談（受付番号 {}）と1つにまとめ、続けて対応します。{}",
            kept.number,
            by.unwrap_or_default()
        );
        tell_desk(&mut work, &result).await?;
    }
    Ok((work.flush().await?.0, Absorbed { channel, released, ended }))
}

/// Tells the contact of the absorbed case the number under which it goes on, which time has ended with the merge, and which
/// one stands.
fn tell_merged(
    work: &mut CaseTransaction<'_>,
    kept: &CaseNumber,
    (contact_due, was_split): (Option<DateTime<Utc>>, bool),
    (ended, stands): (Option<&Appointment>, Option<&Appointment>),
) -> Result<(), Problem> {
    let portal = work.portal()?;
    let names = ended.map(|it| work.names(&it.experts)).unwrap_or_default();
    let lost = ended.map(|it| {
        let news = if it.state.cancelled_by().is_some() { TimeNews::Cancelled } else { TimeNews::Released };
        (appointment_text(it, &names), news)
    });
    let stands = stands.map(|it| it.starts_at);
    let event = CaseNumberEvent::Merged { portal: &portal, kept, contact_due, lost, stands, was_split };
    work.mail_company(MailEvent::CaseNumber(event))?;
    Ok(())
}

async fn tell_desk(work: &mut CaseTransaction<'_>, result: &str) -> Result<(), Problem> {
    let event = MailEvent::HandOverResult { result, organization: "", note: "", is_back: false };
    work.mail_desk(event).await
}

/// Returns the note in the history of the kept case. `ended` is the time of the absorbed case that has ended.
fn merged_note(number: CaseNumber, choice: MergeChoice<'_>, ended: Option<&Appointment>) -> String {
    if choice.split.is_some() {
        return format!("{number}に分けたことを取り消し、この案件に戻しました");
    }
    let lost = ended.map(|it| format!("。{number}の{}は取り消しました", when(it))).unwrap_or_default();
    format!("{number}をこの案件に統合しました（{}）{}{lost}", choice.reason.as_str(), named(choice.taken))
}

/// Gives what the center works on to the kept case, and the messages back that the split had moved.
async fn hand_over(
    tx: &DatabaseTransaction,
    absorbed: ConsultationId,
    kept: ConsultationId,
    split: Option<&SplitChange>,
) -> Result<MovedRows, Problem> {
    let moved = store::consultation::case_merge::hand_over(tx, absorbed, kept).await?;
    let Some(split) = split else { return Ok(moved) };
    store::correspondence::message::move_to(tx, absorbed, kept, &split.messages).await?;
    Ok(MovedRows { messages: split.messages.iter().map(|it| it.0).collect(), ..moved })
}

/// Takes over the values that were chosen, or takes back by which values the split had changed the kept case.
async fn change_values(
    work: &mut CaseTransaction<'_>,
    absorbed: ConsultationId,
    choice: MergeChoice<'_>,
    proved_besides: bool,
    by: Actor,
) -> Result<(), Problem> {
    match choice.split {
        Some(split) => Box::pin(undo_in(work, by, &split.corrections, true)).await,
        None => take_over(work, absorbed, choice.taken, (choice.reason, proved_besides), by).await,
    }
}

/// Takes over the chosen values of the absorbed case. An address that was confirmed there is confirmed here.
/// `proved_besides` says that the mail about the merge has it proved: its link proves the address of both cases.
async fn take_over(
    work: &mut CaseTransaction<'_>,
    absorbed: ConsultationId,
    taken: &[MergeValue],
    (reason, proved_besides): (&TextLine, bool),
    by: Actor,
) -> Result<(), Problem> {
    if taken.is_empty() {
        return Ok(());
    }
    let theirs = store::consultation::correction::values(work.read(), absorbed).await?;
    let theirs = MergeValue::taken_from(&theirs.ok_or(Problem::NotFound)?, taken);
    let confirmed = store::consultation::correction::confirmed_at(work.read(), absorbed).await?;
    let cause = CorrectionCause::merge(reason, confirmed, proved_besides);
    for section in CorrectionSection::ALL {
        let mut typed = CaseValues::default();
        for field in section.fields().iter().filter(|it| theirs.has(**it)) {
            typed.set(*field, theirs.get(*field));
        }
        if section.fields().iter().any(|it| typed.has(*it)) {
            Box::pin(correct_in(work, by, section, &typed, cause)).await?;
        }
    }
    Ok(())
}

/// Returns which values are those of the absorbed case; empty if none is.
fn named(taken: &[MergeValue]) -> String {
    let labels: Vec<_> = taken.iter().map(|it| it.label()).collect();
    if labels.is_empty() {
        String::new()
    } else {
        format!("。統合した案件の内容にしたもの：{}", labels.join("、"))
    }
}

/// Undoes a merge: both cases have their clocks, values, tasks, tags and drafts as before it, and a booking that ended with
/// it is booked again. Refused if a value that was taken over has been changed since, or if the time is not free any more.
/// Messages that reached the kept case stay with it, and so does a clock that has moved
/// on. A contact who was told of the merge is told once that it was undone.
pub async fn undo(app: &App, id: Uuid, by: AccountId) -> Result<(), Problem> {
    // Each unit of work has one. Within the transaction there may be no further connection to read it.
    let (context, other_context) = (Context::of(app).await?, Context::of(app).await?);
    let now = context.now;
    let tx = app.begin().await?;
    let merge = store::consultation::case_merge::lock_merge(&tx, id).await?;
    let merge = merge.ok_or_else(|| Problem::Refused("この統合は、すでに取り消されています。".to_owned()))?;
    let both = [merge.kept, merge.absorbed];
    let [kept, absorbed] =
        store::consultation::case_merge::lock_both(&tx, both).await?.ok_or(Problem::NotFound)?;
    let (number, kept_number) = (absorbed.number, kept.number);
    let mut work = Box::pin(CaseTransaction::with(app, context, tx, absorbed)).await?;
    merge.change.absorbed.clone().restore(&mut work.record);
    work.record.consultation.merged_into = None;
    work.keep_clock();
    let again = Box::pin(released::restore(&mut work, merge.change.released.as_ref(), &kept_number)).await?;
    let booked = again.as_ref().map(|it| format!("。{}の予約を元に戻しました", when(it))).unwrap_or_default();
    work.note(Actor::Coordinator(by), format!("{kept_number}への統合を取り消しました{booked}"));
    if merge.change.is_told {
        let portal = work.portal()?;
        let names = again.as_ref().map(|it| work.names(&it.experts)).unwrap_or_default();
        let booked = again.as_ref().map(|it| appointment_text(it, &names));
        let event = CaseNumberEvent::Unmerged { portal: &portal, kept: &kept_number, booked };
        work.mail_company(MailEvent::CaseNumber(event))?;
        tell_desk(&mut work, "1つにまとめたご相談を、もとの受付番号に戻し、続けて対応します。").await?;
    }
    let (tx, _) = work.flush().await?;

    let mut work = Box::pin(CaseTransaction::with(app, other_context, tx, kept)).await?;
    let marks = CaseMarks::of(&work.record).back(&merge.change.kept);
    let before = work.person.clone();
    let corrections = &merge.change.corrections;
    Box::pin(undo_in(&mut work, Actor::Coordinator(by), corrections, merge.change.is_told)).await?;
    marks.restore(&mut work.record);
    work.keep_clock();
    if is_another_reader(&before, &work.person) {
        check_nothing_booked(&work, &before.name, corrections).await?;
        tell_restored(&mut work, &number)?;
    }
    work.note(Actor::Coordinator(by), format!("{number}の統合を取り消しました"));
    let (tx, _) = work.flush().await?;
    let moved = &merge.change.moved;
    store::consultation::case_merge::give_back(&tx, moved, merge.kept, merge.absorbed).await?;
    merge.set_undone(&tx, by, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Returns whether the mails or calls for `before` reach another person than those for `after`.
fn is_another_reader(before: &ContactPerson, after: &ContactPerson) -> bool {
    let key = |it: &ContactPerson| it.email.as_ref().map(|it| it.to_lowercase());
    key(before) != key(after) || (key(after).is_none() && before.phone != after.phone)
}

/// Refuses to undo a merge while a time is booked that was agreed with the contact who was taken over: that contact alone
/// knows of it. `name` is the contact's, and `corrections` are the positions of the values that were taken over.
async fn check_nothing_booked(
    work: &CaseTransaction<'_>,
    name: &str,
    corrections: &[i32],
) -> Result<(), Problem> {
    let (Some(booked), Some(first)) = (&work.appointment, corrections.iter().min()) else { return Ok(()) };
    let history = store::audit::event::of(work.read(), work.record.consultation.id).await?;
    let is_agreed = |it: &HistoryEntry| {
        use ActionKind::{Accept, ChooseSlot, Reschedule, SettleTeam};
        it.seq > *first && matches!(it.action, Accept | ChooseSlot | Reschedule | SettleTeam)
    };
    if !history.iter().any(is_agreed) {
        return Ok(());
    }
    Err(Problem::Refused(format!(
        "統合のあとに、引き継いだ連絡先（{name}）と{}の予約を決めています。先にその予約を取り消してください。",
        when(booked)
    )))
}

/// Tells the contact to whom the case belongs again. A contact whose address has to be proved gets the mail that asks for
/// the proof; one whose case has ended is told nothing.
fn tell_restored(work: &mut CaseTransaction<'_>, other: &CaseNumber) -> Result<(), Problem> {
    let consultation = &work.record.consultation;
    let asks_for_proof = work.person.email.is_some() && !consultation.address_confirmed;
    if asks_for_proof || !consultation.state.is_open() {
        return Ok(());
    }
    let portal = work.portal()?;
    work.mail_company(MailEvent::CaseNumber(CaseNumberEvent::Restored { portal: &portal, other }))?;
    Ok(())
}

/// Checks that the rules allow the merge. A refusal names everything that stands in the way. With `releases`, the requests
/// and the booking of the absorbed case end and do not.
async fn check(
    tx: &DatabaseTransaction,
    (kept, absorbed): (&Record, &Record),
    releases: bool,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let mut found = obstacles(tx, kept, absorbed, now).await?;
    found.retain(|it| !(releases && it.ends_by_choice()));
    if found.is_empty() {
        return Ok(());
    }
    Err(Problem::Refused(found.iter().map(ToString::to_string).collect()))
}

/// Returns everything that stands in the way of merging `absorbed` into `kept`.
pub async fn obstacles(
    db: &impl ConnectionTrait,
    kept: &Record,
    absorbed: &Record,
    now: DateTime<Utc>,
) -> Result<Vec<MergeRefused>, Problem> {
    let has_absorbed = store::consultation::case_merge::has_absorbed(db, absorbed.consultation.id).await?;
    let absorbed = MergedCase { has_absorbed, ..facts(db, absorbed, now).await? };
    Ok(merge_obstacles(&facts(db, kept, now).await?, &absorbed))
}

async fn facts<'a>(
    db: &impl ConnectionTrait,
    it: &'a Record,
    now: DateTime<Utc>,
) -> Result<MergedCase<'a>, Problem> {
    let id = it.consultation.id;
    let assignments = store::routing::assignment::of(db, id).await?;
    let times = store::booking::appointment::of(db, id).await?;
    Ok(MergedCase {
        number: it.number,
        is_live: assignments.iter().any(Assignment::is_live) || times.iter().any(Appointment::is_live),
        has_begun: times.iter().any(|it| it.is_confirmed() && it.starts_at <= now),
        appointments_done: it.appointments_done,
        has_absorbed: false,
        consultation: &it.consultation,
    })
}

/// Returns the marks of the kept case, with what waits in the absorbed one: its earlier response, its wish for help, and
/// the call to a company that no mail reaches.
fn joined(kept: &CaseMarks, absorbed: &CaseMarks, has_address: bool) -> CaseMarks {
    let earlier = |a: Option<_>, b: Option<_>| a.into_iter().chain(b).min();
    let response = [kept.response, absorbed.response].into_iter().flatten().min_by_key(|it| it.1);
    CaseMarks {
        wants_help_since: earlier(kept.wants_help_since, absorbed.wants_help_since),
        to_call_since: earlier(kept.to_call_since, absorbed.to_call_since.filter(|_| !has_address)),
        response,
        last_inbound_at: kept.last_inbound_at.max(absorbed.last_inbound_at),
        // The work that waits in the absorbed case has not been put aside.
        snoozed_until: kept.snoozed_until.filter(|_| absorbed.response.is_none()),
        ..kept.clone()
    }
}
