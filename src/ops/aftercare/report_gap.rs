//! Sees that a report does not wait for an expert who cannot write it: it goes to the other expert of the appointment,
//! or stands in the center's worklist.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    aftercare::report::{ReportGap, ReportWriter, report_author, report_gap},
    booking::appointment::Appointment,
    calendar::japan_date,
    due::{Due, DueKind},
    id::{ConsultationId, ExpertId},
};

use super::held::held;
use crate::{
    app::App,
    mail::mail_event::MailEvent,
    ops::case::{context::Context, transaction::CaseTransaction},
    problem::Problem,
    store::routing::expert::Roster,
};

/// Returns the experts of an appointment as writers of its report, which is due at `due_at`.
pub fn writers(context: &Context, held: &Appointment, due_at: DateTime<Utc>) -> Vec<ReportWriter> {
    let day = japan_date(due_at.max(context.now));
    let writer = |&expert: &ExpertId| {
        let profile = context.experts.get(expert);
        ReportWriter {
            expert,
            can_write: profile.is_some_and(|it| it.active) && held.absent != Some(expert),
            is_absent: profile.is_some_and(|it| it.schedule.is_absent(day)),
        }
    };
    held.experts.iter().map(writer).collect()
}

/// Returns the expert who rewrites a report that is returned: its author, or another expert of the appointment if the
/// author's account is closed or the author was not there. `None` if the center rewrites it.
pub fn rewriter(experts: &Roster, held: &Appointment, author: ExpertId) -> Option<ExpertId> {
    let can_write =
        |it: &ExpertId| held.absent != Some(*it) && experts.get(*it).is_some_and(|profile| profile.active);
    Some(author).filter(can_write).or_else(|| held.experts.iter().copied().find(can_write))
}

/// Sees whether the center has to see to a report that is due: no expert can write it, or all who can are absent when it is
/// due. A report that was overdue stays with the center until it is submitted, and so does one that no expert can write.
pub async fn follow_gap(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    let held = held(work).await?;
    if !held.is_report_missing() {
        work.record.report_by_center = None;
        return Ok(());
    }
    let missing = held.all.iter().filter(|it| held.unreported.contains(&it.id));
    // A case that has gone on to its next appointment has no deadline of a report, and no absence falls on it.
    let due_at = due_at(work);
    let gaps = missing.filter_map(|it| report_gap(&writers(&work.context, it, due_at.unwrap_or(work.now()))));
    let gap = gaps.filter(|it| due_at.is_some() || *it == ReportGap::NoExpert).min_by_key(rank);
    if due_at.is_some() || gap.is_some() {
        set_gap(work, gap);
    }
    Ok(())
}

/// Tells the expert who writes the report now, unless another mail has said so.
pub fn tell_of_report(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    if let Some((expert, due_at)) = work.untold_report() {
        work.mail_expert(expert, MailEvent::ReportDue { due_at, overdue: false })?;
    }
    Ok(())
}

/// Sets why the center sees to a report, with a note if that is new.
pub fn set_gap(work: &mut CaseTransaction<'_>, gap: Option<ReportGap>) {
    let before = work.record.report_by_center;
    let stays = matches!(before, Some(ReportGap::NoExpert | ReportGap::Overdue));
    let after = if stays && gap != Some(ReportGap::NoExpert) { before } else { gap };
    work.record.report_by_center = after;
    if after != before {
        let note = match after {
            Some(ReportGap::NoExpert) => "報告書を書ける専門家がいないため、センターが実施報告書を作成します",
            Some(ReportGap::Absent) => "専門家が報告書の期限に不在のため、報告書をセンターの対応に載せました",
            Some(ReportGap::Overdue) | None => "専門家が報告書を書けるため、センターの対応から外しました",
        };
        work.note(Actor::System, note);
    }
}

/// Gives a report that is overdue beyond its last reminder to the center.
pub async fn give_overdue(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    if held(work).await?.is_report_missing() {
        work.record.report_by_center.get_or_insert(ReportGap::Overdue);
    }
    Ok(())
}

/// Sees to the reports of a case after days of absence of `expert` were recorded or taken back. If another expert of the
/// appointment is there, that expert is asked for the report in place of `was`, who was asked before.
pub async fn follow_absence(
    app: &App,
    id: ConsultationId,
    expert: ExpertId,
    was: Option<ExpertId>,
) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    let (before, events) = (work.record.report_by_center, work.next_seq());
    follow_gap(&mut work).await?;
    if let Some(due_at) = due_at(&work).filter(|_| was == Some(expert)) {
        let held = held(&work).await?;
        let missing = held.all.iter().filter(|it| held.unreported.contains(&it.id));
        let writers = missing.map(|it| writers(&work.context, it, due_at));
        let requested: Vec<_> =
            writers.filter(|it| report_gap(it).is_none()).filter_map(|it| report_author(&it)).collect();
        if let Some(other) = requested.into_iter().find(|it| *it != expert) {
            let overdue = due_at <= work.now();
            work.mail_expert(other, MailEvent::ReportDue { due_at, overdue })?;
            let (from, to) = (work.context.experts.name(expert), work.context.experts.name(other));
            let note = format!("{from}さんが不在のため、実施報告書を{to}さんに依頼しました");
            work.note(Actor::System, note);
        }
    }
    if work.record.report_by_center != before || work.next_seq() != events {
        work.commit().await?;
    }
    Ok(())
}

fn due_at(work: &CaseTransaction<'_>) -> Option<DateTime<Utc>> {
    work.record.due.as_ref().filter(|it| it.kind == DueKind::Report).and_then(Due::at)
}

/// Returns the order in which reasons are told: the one that no expert can change comes first.
const fn rank(gap: &ReportGap) -> u8 {
    match gap {
        ReportGap::NoExpert => 0,
        ReportGap::Absent => 1,
        ReportGap::Overdue => 2,
    }
}
