//! The end of an account's use: what it holds, and how that is handed over in the same step.
//!
//! The account is closed first, so that nobody asks it any more. Then each consultation is handed over in a transaction
//! of its own. What could not be handed over is still shown as held, and the step can be repeated.
use std::collections::BTreeMap;

use domain::{
    actor::{Actor, Role},
    booking::appointment::Appointment,
    consultation::State,
    id::{AccountId, AppointmentId, ExpertId},
    routing::assignment::Assignment,
    text::TextLine,
};

use super::account::set_active;
use crate::{
    app::App,
    mail::mail_event::MailEvent,
    ops::{
        booking::substitute::{self, SubstituteConsent, SubstituteProposal},
        case::transaction::CaseTransaction,
        consultation::transfer::{successor, transfer},
        routing::replacement::{Successor, release, vacancy},
    },
    problem::Problem,
    store::{
        self,
        accounts::account::Account,
        booking::{expert_agenda::AgendaReport, substitute::Participation},
        consultation::Record,
    },
};

/// The work that an account holds.
#[derive(Default)]
pub struct Holdings {
    /// The open consultations of which a coordinator is in charge.
    pub cases: Vec<Record>,
    /// The requests that wait for an expert's answer, and those that the expert has accepted without a booking.
    pub requests: Vec<(Record, Assignment)>,
    pub bookings: Vec<HeldBooking>,
    /// The appointments whose report is not approved yet.
    pub reports: Vec<AgendaReport>,
}

/// An expert's part in a booked appointment, with the experts who could take it over.
pub struct HeldBooking {
    pub record: Record,
    pub assignment: Assignment,
    pub appointment: Appointment,
    pub proposals: Vec<SubstituteProposal>,
}

/// The people who take over.
#[derive(Default)]
pub struct Successors {
    /// The coordinator who takes over all consultations.
    pub coordinator: Option<AccountId>,
    /// For each booking the expert who has agreed to take it over; `None` cancels the appointment, and the center
    /// searches again.
    pub bookings: BTreeMap<AppointmentId, Option<ExpertId>>,
}

impl Holdings {
    pub const fn is_empty(&self) -> bool {
        self.cases.is_empty()
            && self.requests.is_empty()
            && self.bookings.is_empty()
            && self.reports.is_empty()
    }
}

/// Returns what an account holds, so that it is seen before the account is closed.
pub async fn holdings(app: &App, account: &Account) -> Result<Holdings, Problem> {
    match account.role {
        Role::Coordinator => {
            let cases = store::consultation::of_coordinator(&app.db, account.id).await?;
            Ok(Holdings { cases, ..Holdings::default() })
        }
        Role::Expert => of_expert(app, ExpertId(account.id.0)).await,
        Role::Desk | Role::Observer | Role::Editor | Role::Administrator => Ok(Holdings::default()),
    }
}

async fn of_expert(app: &App, expert: ExpertId) -> Result<Holdings, Problem> {
    let mut held = Holdings::default();
    for assignment in store::routing::assignment::live_of(&app.db, expert).await? {
        let Some(record) = store::consultation::find(&app.db, assignment.consultation).await? else {
            continue;
        };
        match record.consultation.state {
            State::Booked if assignment.is_accepted() => {
                if let Some(it) = vacancy(app, &record, &assignment).await? {
                    let (appointment, proposals) = (it.appointment, it.proposals);
                    held.bookings.push(HeldBooking { record, assignment, appointment, proposals });
                }
            }
            State::Booked | State::Matching | State::Scheduling | State::Checking | State::Received => {
                held.requests.push((record, assignment));
            }
            // The assignment shows who carried the consultation out, and stays.
            State::WaitingCompany
            | State::Consulted
            | State::FollowUp
            | State::Completed
            | State::Withdrawn
            | State::Unfulfilled { .. }
            | State::Referred { .. } => {}
        }
    }
    // An expert with fields of their own in one appointment has several assignments for it.
    held.bookings.dedup_by_key(|it| it.appointment.id);
    let written = |it: &AgendaReport| it.state.as_ref().is_some_and(|it| it.code() == "submitted");
    let reports = store::booking::expert_agenda::reports(&app.db, expert).await?;
    held.reports = reports.into_iter().filter(|it| !written(it)).collect();
    Ok(held)
}

/// Closes an account and hands over what it holds. Returns how much could not be handed over.
pub async fn deactivate(
    app: &App,
    id: AccountId,
    by: AccountId,
    successors: &Successors,
) -> Result<usize, Problem> {
    let account = store::accounts::account::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let held = holdings(app, &account).await?;
    check(app, &account, &held, successors).await?;
    set_active(app, id, false).await?;
    let by_center = Actor::Coordinator(by);
    let mut left = 0;
    for it in &held.cases {
        if let Some(to) = successors.coordinator {
            left += usize::from(!done(transfer(app, it.consultation.id, None, by, to).await)?);
        }
    }
    let reason = reason()?;
    for (_, assignment) in &held.requests {
        let next = Successor::Best;
        left += usize::from(!done(release(app, assignment.id, None, by_center, &reason, next).await)?);
    }
    for it in &held.bookings {
        let taken = successors.bookings.get(&it.appointment.id).copied().flatten();
        left += usize::from(!done(hand_over_booking(app, it, taken, by_center, &reason).await)?);
    }
    for it in &held.reports {
        left += usize::from(!done(hand_over_report(app, it, ExpertId(id.0), by_center).await)?);
    }
    Ok(left)
}

/// Refuses to close an account while somebody who takes over is not named.
async fn check(
    app: &App,
    account: &Account,
    held: &Holdings,
    successors: &Successors,
) -> Result<(), Problem> {
    if !held.cases.is_empty() {
        let to = successors.coordinator.filter(|it| *it != account.id);
        let to =
            to.ok_or_else(|| Problem::Refused("担当の案件を引き継ぐ人を選択してください。".to_owned()))?;
        successor(app, to).await?;
    }
    if held.bookings.iter().any(|it| !successors.bookings.contains_key(&it.appointment.id)) {
        let why = "予約が増えました。代わりの専門家を確認して、もう一度押してください。";
        return Err(Problem::Refused(why.to_owned()));
    }
    Ok(())
}

async fn hand_over_booking(
    app: &App,
    it: &HeldBooking,
    taken: Option<ExpertId>,
    by: Actor,
    reason: &TextLine,
) -> Result<(), Problem> {
    let Some(expert) = taken else {
        return release(app, it.assignment.id, None, by, reason, Successor::Later).await;
    };
    let participation = Participation { appointment: it.appointment.id, expert: it.assignment.expert };
    let record = store::consultation::find(&app.db, it.record.consultation.id).await?;
    let version = record.ok_or(Problem::NotFound)?.version;
    substitute::ask(app, participation, expert, version, by, SubstituteConsent::Given).await
}

/// Records that the center sees to the report, and tells the other expert of the appointment if there is one.
async fn hand_over_report(app: &App, it: &AgendaReport, leaving: ExpertId, by: Actor) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, it.case.id).await?;
    let active = |id: &ExpertId| work.context.experts.get(*id).is_some_and(|it| it.active);
    let other = it.appointment.experts.iter().copied().find(|id| *id != leaving && active(id));
    let name = work.context.experts.name(leaving).to_owned();
    match other {
        Some(other) => {
            let due_at = it.case.report_due.unwrap_or(work.now());
            work.mail_expert(other, MailEvent::ReportDue { due_at, overdue: false })?;
            let to = work.context.experts.name(other).to_owned();
            work.note(by, format!("実施報告書の作成を、{name}さんから{to}さんに引き継ぎました"));
        }
        None => work.note(by, format!("実施報告書は、{name}さんに代わりセンターが作成します")),
    }
    work.commit().await?;
    Ok(())
}

fn reason() -> Result<TextLine, Problem> {
    let text = TextLine::parse("理由", "担当の専門家が交代するため", 200);
    text.map_err(|err| anyhow::anyhow!("the reason: {err}").into())
}

/// Returns whether the step was done; false if it was refused or overtaken.
fn done(outcome: Result<(), Problem>) -> Result<bool, Problem> {
    match outcome {
        Ok(()) => Ok(true),
        Err(Problem::Refused(_) | Problem::Stale | Problem::SlotTaken | Problem::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}
