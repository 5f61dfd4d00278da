//! Corrects what was recorded as the outcome of an appointment, with everything that follows from it.
use domain::{
    actor::Actor,
    aftercare::report::{Report, ReportState, report_author},
    booking::appointment::{Appointment, AppointmentOutcome, Owner, RecordedOutcome},
    consultation::{Action, ActionKind, OutcomeCorrection, State, plans_further},
    due::{Due, DueKind},
    id::{AppointmentId, ExpertId},
    routing::assignment::AssignmentState,
    text::TextLine,
    wording,
};

use super::{notify_desk, result_for_desk, skip_follow_ups};
use crate::{
    app::App,
    ops::{
        aftercare::{
            held::{held, keep_report_due},
            report_gap::{tell_of_report, writers},
        },
        booking::{
            appointment::{plan_report, recorded, when},
            notices::{
                notify_expert_missed, notify_expert_missed_part, notify_no_show, notify_outcome_corrected,
            },
            owed_field::{follow_owed, wait_for_owed},
        },
        case::{actor::ActorAt, save::TookPlace, transaction::CaseTransaction},
        routing::{
            presence::{RemainingTeam, release_missing, tell_away},
            requests::withdraw_untold,
        },
    },
    problem::Problem,
    store,
};

/// Replaces the outcome that was recorded of an appointment. The center may always do so, an expert for an appointment
/// of their own until the consultation ends. Correcting again takes it back.
pub async fn correct(
    app: &App,
    id: AppointmentId,
    by: impl Into<ActorAt>,
    to: impl Into<RecordedOutcome>,
    reason: &TextLine,
) -> Result<(), Problem> {
    let actor_at = by.into();
    let by = actor_at.actor;
    let found = store::booking::appointment::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let Owner::Consultation(case) = found.owner else { return Err(Problem::NotFound) };
    let mut work = CaseTransaction::begin_for(app, case, actor_at).await?;
    work.check(ActionKind::CorrectOutcome, by)?;
    // Read again under the lock: another person may have corrected it in between.
    let all = store::booking::appointment::of(work.read(), case).await?;
    let current = all.iter().find(|it| it.id == id).cloned().ok_or(Problem::NotFound)?;
    if let Actor::Expert(expert) = by.principal()
        && !current.experts.contains(&expert)
    {
        return Err(Problem::NotFound);
    }
    let corrected = current.clone().correct_outcome(to.into())?;
    let from = current.recorded().ok_or(Problem::NotFound)?;
    let to = corrected.recorded().ok_or(Problem::NotFound)?;
    let report = store::aftercare::report::of_appointment(work.read(), id).await?;
    let facts = facts(&work, &all, &current, (from, to), report.as_ref()).await?;
    // Another appointment is to be chosen: with the experts who can give one.
    let team = match leads_back(&work, facts) {
        true => release_missing(&mut work).await?,
        false => RemainingTeam { covered: true, away: Vec::new() },
    };
    let facts = OutcomeCorrection { covered: team.covered, ..facts };
    let report = report.map(|it| it.state);
    let (when, reason) = (when(&current), reason.as_str());
    let (was, now) = (label(&work, from), label(&work, to));
    let note = format!("{when}の相談：「{was}」から「{now}」に訂正しました。理由：{reason}");
    let due = work.record.due.clone();
    let told_desk = result_for_desk(&work);
    work.act(Action::CorrectOutcome(facts), by, Some(note))?;
    work.save(&corrected).await?;
    work.save(TookPlace(id, to.outcome == AppointmentOutcome::Done)).await?;
    match (from.outcome, to.outcome) {
        (AppointmentOutcome::Done, AppointmentOutcome::Done) => {
            ask_the_other(&mut work, (&current, &corrected), report.as_ref())?;
        }
        (_, AppointmentOutcome::Done) => took_place(&mut work, &corrected, due, report.as_ref()).await?,
        (AppointmentOutcome::Done, _) => did_not_take_place(&mut work, due).await?,
        (AppointmentOutcome::NoShow | AppointmentOutcome::ExpertNoShow, _) => {}
    }
    let was_owed = work.record.owed;
    follow_owed(&mut work, &corrected).await?;
    wait_for_owed(&mut work, was_owed);
    tell_away(&mut work, &team.away, &recorded(&corrected, to.outcome.label()), None)?;
    tell(&mut work, &corrected, (by, &team.away), (from, to))?;
    // The expert who held an appointment without the other one gets no mail about that.
    tell_of_report(&mut work)?;
    if result_for_desk(&work) != told_desk {
        notify_desk(&mut work, "").await?;
    }
    work.commit().await?;
    Ok(())
}

/// Returns the outcome in the words of the history.
fn label(work: &CaseTransaction<'_>, it: RecordedOutcome) -> String {
    wording::with_absent(it.outcome.label(), it.absent.map(|it| work.context.experts.name(it)))
}

/// Asks the other expert for the report that is not there yet, if the one who was asked did not come.
fn ask_the_other(
    work: &mut CaseTransaction<'_>,
    (was, now): (&Appointment, &Appointment),
    report: Option<&ReportState>,
) -> Result<(), Problem> {
    let author = |it: &Appointment| {
        let due_at = work.record.due.as_ref().and_then(Due::at).unwrap_or(work.now());
        report_author(&writers(&work.context, it, due_at))
    };
    let is_there = matches!(report, Some(ReportState::Submitted { .. } | ReportState::Approved { .. }));
    if is_there || author(was) == author(now) { Ok(()) } else { ask_besides(work, now) }
}

/// Lets the mail that tells an expert of the corrected outcome ask for the report too.
fn ask_besides(work: &mut CaseTransaction<'_>, held: &Appointment) -> Result<(), Problem> {
    if let Some((author, due_at)) = plan_report(work, held)? {
        work.ask_for_report_besides(author, due_at);
    }
    Ok(())
}

/// Returns whether the company has another time to get after this correction.
fn leads_back(work: &CaseTransaction<'_>, it: OutcomeCorrection) -> bool {
    let done = |outcome| outcome == AppointmentOutcome::Done;
    done(it.from)
        && !done(it.to)
        && it.is_latest
        && matches!(work.record.consultation.state, State::Consulted | State::FollowUp)
}

/// Returns the facts that decide whether the outcome can be corrected, and where the correction leads.
async fn facts(
    work: &CaseTransaction<'_>,
    all: &[Appointment],
    current: &Appointment,
    (from, to): (RecordedOutcome, RecordedOutcome),
    report: Option<&Report>,
) -> Result<OutcomeCorrection, Problem> {
    let history = store::audit::event::of(work.read(), work.record.consultation.id).await?;
    let is_later = |it: &Appointment| it.state.outcome().is_some() && it.starts_at > current.starts_at;
    Ok(OutcomeCorrection {
        from: from.outcome,
        to: to.outcome,
        changes_absent: from.absent != to.absent,
        is_latest: !all.iter().any(is_later),
        plans_further: plans_further(store::audit::event::plan_steps(&history)),
        is_booked: work.appointment.is_some(),
        is_asked: work.live().any(|it| it.state == AssignmentState::Offered),
        is_report_sent: report.is_some_and(|it| {
            let stands = to.outcome == AppointmentOutcome::Done && to.absent != Some(it.author);
            matches!(it.state, ReportState::Approved { .. }) && !stands
        }),
        covered: true,
    })
}

/// Asks for the report on an appointment that took place after all, unless it is there, and drops the questions that
/// were planned without it.
async fn took_place(
    work: &mut CaseTransaction<'_>,
    corrected: &Appointment,
    due: Option<Due>,
    report: Option<&ReportState>,
) -> Result<(), Problem> {
    work.record.appointments_done += 1;
    keep_report_due(work, due).await?;
    if work.record.consultation.state == State::Consulted {
        skip_follow_ups(work).await?;
    }
    match report {
        Some(ReportState::Submitted { .. } | ReportState::Approved { .. }) => Ok(()),
        None | Some(ReportState::Draft | ReportState::Returned { .. }) => ask_besides(work, corrected),
    }
}

/// Takes the report away that is not due any more, and the questions that were planned. What was written of the report
/// stays.
async fn did_not_take_place(work: &mut CaseTransaction<'_>, due: Option<Due>) -> Result<(), Problem> {
    work.record.appointments_done -= 1;
    let is_open = work.record.consultation.state.is_open();
    if is_open {
        let is_missing = held(work).await?.is_report_missing();
        if !is_missing {
            work.record.report_by_center = None;
        }
        if !is_missing
            && work
                .record
                .due
                .as_ref()
                .is_some_and(|it| matches!(it.kind, DueKind::Report | DueKind::Approval))
        {
            work.record.due = None;
        }
    } else {
        keep_report_due(work, due).await?;
    }
    if !is_open && work.record.appointments_done == 0 {
        // Nothing took place, so that no expert has a part in the consultation that has ended.
        let all = work.live().cloned().collect();
        withdraw_untold(work, all).await?;
    }
    if work.record.consultation.state == State::Scheduling {
        skip_follow_ups(work).await?;
    }
    Ok(())
}

/// Tells both sides. A company that gets another time, or whose experts the center asks first, gets the mail of an
/// appointment that was missed. Another mail tells the experts of `told_besides`.
fn tell(
    work: &mut CaseTransaction<'_>,
    corrected: &Appointment,
    (by, told_besides): (Actor, &[ExpertId]),
    (from, to): (RecordedOutcome, RecordedOutcome),
) -> Result<(), Problem> {
    let goes_on = matches!(work.record.consultation.state, State::Scheduling | State::Checking);
    match to.outcome {
        AppointmentOutcome::Done if to.absent.is_some() => {
            notify_expert_missed_part(work, corrected, by, true)
        }
        AppointmentOutcome::ExpertNoShow if goes_on => {
            notify_expert_missed(work, corrected, (by, told_besides), true)
        }
        AppointmentOutcome::NoShow if goes_on => {
            notify_no_show(work, corrected, true)?;
            notify_outcome_corrected(work, corrected, (from, to), (false, told_besides))
        }
        AppointmentOutcome::Done | AppointmentOutcome::NoShow | AppointmentOutcome::ExpertNoShow => {
            notify_outcome_corrected(work, corrected, (from, to), (true, told_besides))
        }
    }
}
