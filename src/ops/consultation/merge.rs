//! Two cases about one request that a coordinator makes one, and the undoing of that.
use domain::{
    actor::Actor,
    booking::appointment::Appointment,
    consultation::{
        MergeRefused, MergeValue, MergedCase,
        correction::{CaseValues, CorrectionSection},
        merge_obstacles,
    },
    correspondence::company_channel::CompanyChannel,
    due::{Due, DueKind},
    id::{AccountId, ConsultationId},
    routing::assignment::Assignment,
    text::TextLine,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::correction::{CorrectionCause, correct_in, undo_in};
use crate::{
    app::App,
    mail::mail_event::{CaseNumberEvent, MailEvent},
    ops::case::{context::Context, transaction::CaseTransaction},
    problem::Problem,
    store::{
        self,
        consultation::{
            Record,
            case_merge::{CaseMarks, CaseMerge, MergeChange},
        },
    },
};

/// A case with the version at which a coordinator saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenCase {
    pub id: ConsultationId,
    pub version: i32,
}

/// Merges a case into another. The absorbed one keeps its state and its history; its thread is shown with the kept one's,
/// its tasks, tags and drafts go to it, and everything that is addressed to it reaches the kept one. `taken` names the
/// values of which the kept case takes over the absorbed one's version: these are corrections, with all that follows from
/// them.
pub async fn merge(
    app: &App,
    kept: SeenCase,
    absorbed: SeenCase,
    taken: &[MergeValue],
    reason: &TextLine,
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
    check(&tx, &kept_record, &record).await?;
    let (before, marks) = (CaseMarks::of(&kept_record), CaseMarks::of(&record));
    let why = reason.as_str();

    let number = record.number;
    let is_told = record.consultation.state.is_open();
    let (tx, channel) = absorb(app, context, tx, record, &kept_record, (Actor::Coordinator(by), why)).await?;

    let mut work = Box::pin(CaseTransaction::with(app, other_context, tx, kept_record)).await?;
    let first_seq = work.next_seq();
    joined(&before, &marks, work.person.email.is_some()).restore(&mut work.record);
    if is_told && !channel.is_mail() {
        // The absorbed case changes no more: the call is the kept one's.
        work.record.to_call_since.get_or_insert(now);
    }
    take_over(&mut work, absorbed.id, taken, reason, Actor::Coordinator(by)).await?;
    work.note(Actor::Coordinator(by), format!("{number}をこの案件に統合しました（{why}）{}", named(taken)));
    let (tx, record) = work.flush().await?;
    let corrections = store::consultation::correction::of(&tx, kept.id).await?;
    let change = MergeChange {
        absorbed: marks,
        kept: [before, CaseMarks::of(&record)],
        corrections: corrections.iter().map(|it| it.seq).filter(|it| *it >= first_seq).collect(),
        moved: store::consultation::case_merge::hand_over(&tx, absorbed.id, kept.id).await?,
        is_told,
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

/// Ends the clocks of the absorbed case and has it lead to the kept one. Its contact is told the number under which it goes
/// on, unless the case had ended, of which the contact was told. Returns how the contact hears.
async fn absorb(
    app: &App,
    context: Context,
    tx: DatabaseTransaction,
    record: Record,
    kept: &Record,
    (by, why): (Actor, &str),
) -> Result<(DatabaseTransaction, CompanyChannel), Problem> {
    let mut work = Box::pin(CaseTransaction::with(app, context, tx, record)).await?;
    let left = CaseMarks {
        last_inbound_at: work.record.last_inbound_at,
        number_unconfirmed: work.record.number_unconfirmed,
        ..CaseMarks::default()
    };
    left.restore(&mut work.record);
    work.record.consultation.merged_into = Some(kept.consultation.id);
    work.note(by, format!("{}に統合しました（{why}）", kept.number));
    let channel = work.company_channel().await?;
    if work.record.consultation.state.is_open() && channel.is_mail() {
        let portal = work.portal()?;
        let contact_due = kept.due.as_ref().filter(|it| it.kind == DueKind::FirstContact).and_then(Due::at);
        let event = CaseNumberEvent::Merged { portal: &portal, kept: &kept.number, contact_due };
        work.mail_company(MailEvent::CaseNumber(event))?;
    }
    Ok((work.flush().await?.0, channel))
}

/// Takes over the chosen values of the absorbed case. An address that was confirmed there is confirmed here.
async fn take_over(
    work: &mut CaseTransaction<'_>,
    absorbed: ConsultationId,
    taken: &[MergeValue],
    reason: &TextLine,
    by: Actor,
) -> Result<(), Problem> {
    if taken.is_empty() {
        return Ok(());
    }
    let theirs = store::consultation::correction::values(work.read(), absorbed).await?;
    let theirs = MergeValue::taken_from(&theirs.ok_or(Problem::NotFound)?, taken);
    let confirmed = store::consultation::correction::confirmed_at(work.read(), absorbed).await?;
    let cause = CorrectionCause::merge(reason, confirmed);
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

/// Undoes a merge: both cases have their clocks, values, tasks, tags and drafts as before it. Refused if a value that was
/// taken over has been changed since. Messages that reached the kept case stay with it, and so does a clock that has moved
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
    work.note(Actor::Coordinator(by), format!("{kept_number}への統合を取り消しました"));
    if merge.change.is_told {
        let portal = work.portal()?;
        let event = CaseNumberEvent::Unmerged { portal: &portal, kept: &kept_number };
        work.mail_company(MailEvent::CaseNumber(event))?;
    }
    let (tx, _) = work.flush().await?;

    let mut work = Box::pin(CaseTransaction::with(app, other_context, tx, kept)).await?;
    let marks = CaseMarks::of(&work.record).back(&merge.change.kept);
    Box::pin(undo_in(&mut work, Actor::Coordinator(by), &merge.change.corrections)).await?;
    marks.restore(&mut work.record);
    work.keep_clock();
    work.note(Actor::Coordinator(by), format!("{number}の統合を取り消しました"));
    let (tx, _) = work.flush().await?;
    let moved = &merge.change.moved;
    store::consultation::case_merge::give_back(&tx, moved, merge.kept, merge.absorbed).await?;
    merge.set_undone(&tx, by, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Checks that the rules allow the merge. A refusal names everything that stands in the way.
async fn check(tx: &DatabaseTransaction, kept: &Record, absorbed: &Record) -> Result<(), Problem> {
    let found = obstacles(tx, kept, absorbed).await?;
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
) -> Result<Vec<MergeRefused>, Problem> {
    let live = async |it: &Record| -> Result<bool, Problem> {
        let id = it.consultation.id;
        let assignments = store::routing::assignment::of(db, id).await?;
        let times = store::booking::appointment::of(db, id).await?;
        Ok(assignments.iter().any(Assignment::is_live) || times.iter().any(Appointment::is_live))
    };
    let (kept_live, absorbed_live) = (live(kept).await?, live(absorbed).await?);
    let has_absorbed = store::consultation::case_merge::has_absorbed(db, absorbed.consultation.id).await?;
    Ok(merge_obstacles(&facts(kept, kept_live, false), &facts(absorbed, absorbed_live, has_absorbed)))
}

const fn facts(it: &Record, is_live: bool, has_absorbed: bool) -> MergedCase<'_> {
    MergedCase {
        number: it.number,
        is_live,
        appointments_done: it.appointments_done,
        has_absorbed,
        consultation: &it.consultation,
    }
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
