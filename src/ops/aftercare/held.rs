//! The appointments of a consultation that took place, and whether their reports are there.
use domain::{
    aftercare::report::ReportState,
    booking::appointment::{Appointment, AppointmentState},
    consultation::State,
    due::{Due, DueKind},
    id::AppointmentId,
};

use crate::{
    ops::case::{context::Context, transaction::CaseTransaction},
    problem::Problem,
    store,
};

/// The appointments that took place.
pub struct HeldAppointments {
    /// Oldest first.
    pub all: Vec<Appointment>,
    /// The appointments whose report is still to be written or revised.
    pub unreported: Vec<AppointmentId>,
    /// Whether every report is approved.
    pub is_reported: bool,
}

impl HeldAppointments {
    /// Returns whether a report is still to be written or revised.
    pub const fn is_report_missing(&self) -> bool {
        !self.unreported.is_empty()
    }
}

/// Returns the appointments of the consultation that took place.
pub async fn held(work: &CaseTransaction<'_>) -> Result<HeldAppointments, Problem> {
    let id = work.record.consultation.id;
    let mut all = store::booking::appointment::of(work.read(), id).await?;
    all.retain(|it| it.state == AppointmentState::Done);
    let states = store::aftercare::report::states(work.read(), all.iter().map(|it| it.id)).await?;
    let state = |it: &Appointment| states.get(&it.id);
    let is_there =
        |it: &ReportState| matches!(it, ReportState::Submitted { .. } | ReportState::Approved { .. });
    let is_approved = |it: &ReportState| matches!(it, ReportState::Approved { .. });
    Ok(HeldAppointments {
        unreported: all.iter().filter(|it| !state(it).is_some_and(is_there)).map(|it| it.id).collect(),
        is_reported: all.iter().all(|it| state(it).is_some_and(is_approved)),
        all,
    })
}

/// Starts the center's deadline for the approval, once no report is missing any more. Returns whether it did.
pub async fn await_approval(work: &mut CaseTransaction<'_>) -> Result<bool, Problem> {
    let is_there =
        work.record.consultation.state == State::Consulted && !held(work).await?.is_report_missing();
    if is_there {
        let Context { settings, calendar, now, .. } = &work.context;
        work.record.due = Some(Due::approval(settings, calendar, *now));
    }
    Ok(is_there)
}

/// Keeps or ends the deadline of the report in a consultation that has ended: a report on what took place is due all the
/// same. `before` is the deadline before the end.
pub async fn keep_report_due(work: &mut CaseTransaction<'_>, before: Option<Due>) -> Result<(), Problem> {
    if work.record.consultation.state.is_open() {
        return Ok(());
    }
    let is_missing = work.record.appointments_done > 0 && held(work).await?.is_report_missing();
    let before = before.filter(|it| it.kind == DueKind::Report);
    let due =
        || before.unwrap_or_else(|| Due::report(&work.context.settings, &work.context.calendar, work.now()));
    let due = is_missing.then(due);
    work.record.due = due;
    if !is_missing {
        work.record.report_by_center = None;
    }
    Ok(())
}
