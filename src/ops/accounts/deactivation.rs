//! The end of an account's use: what it holds, and how that is handed over in the same step.
//!
//! The account is closed first: from then on it is asked no more and accepts nothing, so that what it holds only becomes
//! less. Then everything is handed over, each consultation in a transaction of its own. If that is interrupted, or another
//! change comes in between, the rest stays with the closed account: the administrator's pages name it, the center sees
//! its bookings among those that need a substitute, and the same step hands over what is left.
mod reports;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    actor::{Actor, Role},
    booking::appointment::Appointment,
    consultation::State,
    id::{AccountId, AppointmentId, ConsultationId, ExpertId},
    routing::assignment::Assignment,
    text::TextLine,
};

use super::{
    account::set_active,
    unstaffed_desk::{UnstaffedDesk, left_behind},
};
use crate::{
    app::App,
    ops::{
        aftercare::report_gap::tell_of_report,
        booking::{
            slot_offers::TeamMember,
            substitute::{self, SubstituteConsent},
        },
        case::transaction::CaseTransaction,
        consultation::transfer::{successor, transfer},
        routing::replacement::{Successor, release_in, vacancy},
        worklist::task,
    },
    problem::Problem,
    store::{
        self,
        accounts::account::Account,
        booking::{expert_agenda::AgendaReport, substitute::Participation},
        consultation::Record,
        worklist::task::{Task, TaskFilter},
    },
};

/// The work that an account holds.
#[derive(Default)]
pub struct Holdings {
    /// The open consultations of which a coordinator is in charge.
    pub cases: Vec<Record>,
    /// The open tasks of a coordinator.
    pub tasks: Vec<Task>,
    /// The requests that wait for an expert's answer, and those that the expert has accepted without a booking.
    pub requests: Vec<(Record, Assignment)>,
    pub bookings: Vec<HeldBooking>,
    /// The appointments whose report is still to be written.
    pub reports: Vec<AgendaReport>,
    /// The submitted reports that wait for the center's approval. Nothing has to be done for them now; one that is
    /// returned is rewritten by the other expert of the appointment, or by the center.
    pub submitted: Vec<AgendaReport>,
    /// The consultations with an appointment that has begun and has no outcome yet. The center records it; nothing has to
    /// be done for that.
    pub outcomes: Vec<Record>,
    /// The desk at which no person is left. Nothing can be handed over: the center is told.
    pub desk: Option<UnstaffedDesk>,
}

/// An expert's part in a booked appointment, with the teams that could take it over.
pub struct HeldBooking {
    pub record: Record,
    pub assignment: Assignment,
    pub appointment: Appointment,
    pub teams: Vec<Vec<TeamMember>>,
}

/// The people who take over.
#[derive(Default)]
pub struct Successors {
    /// The coordinator who takes over all consultations and tasks.
    pub coordinator: Option<AccountId>,
    /// For each booking the team that has agreed to take it over; `None` cancels the appointment, and the center searches
    /// again.
    pub bookings: BTreeMap<AppointmentId, Option<Vec<ExpertId>>>,
}

/// The most tasks that are handed over in one step.
const MOST_TASKS: u64 = 1000;

impl Holdings {
    /// Returns whether there is nothing that is to be seen before the account is closed.
    pub const fn is_empty(&self) -> bool {
        self.to_hand_over() == 0
            && self.outcomes.is_empty()
            && self.submitted.is_empty()
            && self.desk.is_none()
    }

    /// Returns whether another coordinator has to take over.
    pub const fn needs_coordinator(&self) -> bool {
        !self.cases.is_empty() || !self.tasks.is_empty()
    }

    /// Returns how much has to be handed over.
    pub const fn to_hand_over(&self) -> usize {
        self.cases.len() + self.tasks.len() + self.requests.len() + self.bookings.len() + self.reports.len()
    }
}

/// Returns what an account holds, so that it is seen before the account is closed.
pub async fn holdings(app: &App, account: &Account) -> Result<Holdings, Problem> {
    match account.role {
        Role::Coordinator => {
            let cases = store::consultation::of_coordinator(&app.db, account.id).await?;
            let tasks = store::worklist::task::list(&app.db, TaskFilter::Of(account.id), MOST_TASKS).await?;
            Ok(Holdings { cases, tasks, ..Holdings::default() })
        }
        Role::Expert => of_expert(app, ExpertId(account.id.0)).await,
        Role::Desk => Ok(Holdings { desk: left_behind(&app.db, account).await?, ..Holdings::default() }),
        Role::Observer | Role::Editor | Role::Administrator => Ok(Holdings::default()),
    }
}

async fn of_expert(app: &App, expert: ExpertId) -> Result<Holdings, Problem> {
    let mut held = Holdings::default();
    for assignment in store::routing::assignment::live_of(&app.db, expert).await? {
        let Some(record) = store::consultation::find(&app.db, assignment.consultation).await? else {
            continue;
        };
        match record.consultation.state {
            State::Booked if assignment.is_accepted() => match vacancy(app, &record, &assignment).await? {
                Some(it) if it.appointment.starts_at > app.clock.now() => {
                    let (teams, appointment) = (it.teams(), it.appointment);
                    held.bookings.push(HeldBooking { record, assignment, appointment, teams });
                }
                Some(_) => held.outcomes.push(record),
                None => {}
            },
            State::Booked
            | State::Matching
            | State::Scheduling
            | State::Checking
            | State::Received
            | State::WaitingCompany => held.requests.push((record, assignment)),
            // The assignment shows who carried the consultation out, and stays.
            State::Consulted
            | State::FollowUp
            | State::Completed
            | State::Withdrawn
            | State::Unfulfilled { .. }
            | State::Referred { .. } => {}
        }
    }
    // An expert with fields of their own in one appointment has several assignments for it.
    held.bookings.dedup_by_key(|it| it.appointment.id);
    held.outcomes.dedup_by_key(|it| it.consultation.id);
    let reports = store::booking::expert_agenda::reports(&app.db, expert).await?;
    (held.reports, held.submitted) = reports.into_iter().partition(AgendaReport::is_to_be_written);
    Ok(held)
}

/// Closes an account and hands over what it holds. Returns how much it still holds afterwards: after another change at
/// the same time, the step is taken again for the rest.
pub async fn deactivate(
    app: &App,
    id: AccountId,
    by: AccountId,
    successors: &Successors,
) -> Result<usize, Problem> {
    let account = store::accounts::account::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    check(app, &account, &holdings(app, &account).await?, successors).await?;
    set_active(app, id, false).await?;
    // An answer or a request that came before the end of the account is among these.
    let held = holdings(app, &account).await?;
    hand_over(app, &held, ExpertId(id.0), by, successors).await?;
    Ok(holdings(app, &account).await?.to_hand_over())
}

/// Hands over what a closed account holds. A step that is refused or overtaken leaves its part with the account.
async fn hand_over(
    app: &App,
    held: &Holdings,
    leaving: ExpertId,
    by: AccountId,
    successors: &Successors,
) -> Result<(), Problem> {
    let by_center = Actor::Coordinator(by);
    for it in &held.cases {
        if let Some(to) = successors.coordinator {
            done(transfer(app, it.consultation.id, None, by, to).await.map(drop))?;
        }
    }
    for it in &held.tasks {
        if successors.coordinator.is_some() {
            done(task::plan(app, it.id, successors.coordinator, it.due_on, by).await)?;
        }
    }
    let reason = reason()?;
    let mut informed = BTreeSet::new();
    for (record, assignment) in &held.requests {
        let reports = reports_of(held, record.consultation.id);
        if done(release_request(app, assignment, &reports, by_center, &reason).await)? {
            informed.insert(record.consultation.id);
        }
    }
    for it in &held.bookings {
        // A booking that was made in the meantime was not shown, and waits for a decision.
        if let Some(taken) = successors.bookings.get(&it.appointment.id) {
            let case = it.record.consultation.id;
            let reports = reports_of(held, case);
            if done(hand_over_booking(app, it, taken.as_deref(), &reports, by_center, &reason).await)? {
                informed.insert(case);
            }
        }
    }
    for it in held.reports.iter().filter(|it| !informed.contains(&it.case.id)) {
        done(hand_over_report(app, it, leaving, by_center).await)?;
    }
    Ok(())
}

/// Returns the reports in one case. They are handed over together with a booking or a request in it, so that the other
/// expert gets one mail.
fn reports_of(held: &Holdings, case: ConsultationId) -> Vec<&AgendaReport> {
    held.reports.iter().filter(|it| it.case.id == case).collect()
}

/// Releases an expert who was asked, or who has accepted without a booking. A booking that was made in the meantime is
/// left alone: the person who closes the account has not decided about it.
async fn release_request(
    app: &App,
    assignment: &Assignment,
    reports: &[&AgendaReport],
    by: Actor,
    reason: &TextLine,
) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, assignment.consultation).await?;
    if work.record.consultation.state == State::Booked && !assignment.is_asked_instead() {
        return Err(Problem::Stale);
    }
    let leaving = live(&work, assignment)?;
    reports::pass_on(&mut work, reports, leaving.expert, by).await?;
    release_in(&mut work, leaving, by, reason, Successor::Best).await?;
    tell_of_report(&mut work)?;
    work.commit().await?;
    Ok(())
}

/// Returns the assignment as it is now; `Stale` if it has ended since.
fn live(work: &CaseTransaction<'_>, assignment: &Assignment) -> Result<Assignment, Problem> {
    let found = work.live().find(|it| it.id == assignment.id);
    found.cloned().ok_or(Problem::Stale)
}

/// Refuses to close an account while a person who takes over is not named.
async fn check(
    app: &App,
    account: &Account,
    held: &Holdings,
    successors: &Successors,
) -> Result<(), Problem> {
    if held.needs_coordinator() {
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
    taken: Option<&[ExpertId]>,
    reports: &[&AgendaReport],
    by: Actor,
    reason: &TextLine,
) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, it.record.consultation.id).await?;
    let leaving = live(&work, &it.assignment)?;
    reports::pass_on(&mut work, reports, leaving.expert, by).await?;
    match taken {
        Some(team) => {
            let participation = Participation { appointment: it.appointment.id, expert: leaving.expert };
            let consent = SubstituteConsent::Given;
            substitute::ask_team_in(&mut work, participation, team, by, consent).await?;
        }
        None => release_in(&mut work, leaving, by, reason, Successor::Later).await?,
    }
    tell_of_report(&mut work)?;
    work.commit().await?;
    Ok(())
}

/// Hands over the report in a case in which the account holds nothing else.
async fn hand_over_report(app: &App, it: &AgendaReport, leaving: ExpertId, by: Actor) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, it.case.id).await?;
    reports::pass_on(&mut work, &[it], leaving, by).await?;
    tell_of_report(&mut work)?;
    work.commit().await?;
    Ok(())
}

fn reason() -> Result<TextLine, Problem> {
    let text = TextLine::parse("理由", "担当の専門家が、続けて担当できなくなったため", 200);
    text.map_err(|err| anyhow::anyhow!("the reason: {err}").into())
}

/// Passes a failure on, unless the step was refused or overtaken: then its part stays with the account. Returns whether
/// the step was done.
fn done(outcome: Result<(), Problem>) -> Result<bool, Problem> {
    match outcome {
        Ok(()) => Ok(true),
        Err(Problem::Refused(_) | Problem::Stale | Problem::SlotTaken | Problem::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}
