//! The end of an account's use: what it holds, and how that is handed over in the same step.
//!
//! The account is closed first: from then on it is asked no more and accepts nothing, so that what it holds only becomes
//! less. Then everything is handed over, each consultation in a transaction of its own. If that is interrupted, or another
//! change comes in between, the rest stays with the closed account: the administrator's pages name it, the center sees
//! its bookings among those that need a substitute, and the same step hands over what is left.
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
        booking::{
            slot_offers::TeamMember,
            substitute::{self, SubstituteConsent},
        },
        case::{save::HandedOverReport, transaction::CaseTransaction},
        consultation::transfer::{successor, transfer},
        routing::replacement::{Successor, release, vacancy},
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
    /// The consultations with an appointment that has begun and has no outcome yet. The center records it; nothing has to
    /// be done for that.
    pub outcomes: Vec<Record>,
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
        self.to_hand_over() == 0 && self.outcomes.is_empty()
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
    held.reports = reports.into_iter().filter(AgendaReport::is_to_be_written).collect();
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
    for (_, assignment) in &held.requests {
        done(release_request(app, assignment, by_center, &reason).await)?;
    }
    for it in &held.bookings {
        // A booking that was made in the meantime was not shown, and waits for a decision.
        if let Some(taken) = successors.bookings.get(&it.appointment.id) {
            done(hand_over_booking(app, it, taken.as_deref(), by_center, &reason).await)?;
        }
    }
    for it in &held.reports {
        done(hand_over_report(app, it, leaving, by_center).await)?;
    }
    Ok(())
}

/// Releases an expert who was asked, or who has accepted without a booking. A booking that was made in the meantime is
/// left alone: the person who closes the account has not decided about it.
async fn release_request(
    app: &App,
    assignment: &Assignment,
    by: Actor,
    reason: &TextLine,
) -> Result<(), Problem> {
    let record = store::consultation::find(&app.db, assignment.consultation).await?;
    let record = record.ok_or(Problem::NotFound)?;
    if record.consultation.state == State::Booked && !assignment.is_asked_instead() {
        return Err(Problem::Stale);
    }
    release(app, assignment.id, Some(record.version), by, reason, Successor::Best).await
}

/// Refuses to close an account while somebody who takes over is not named.
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
    by: Actor,
    reason: &TextLine,
) -> Result<(), Problem> {
    let Some(team) = taken else {
        return release(app, it.assignment.id, None, by, reason, Successor::Later).await;
    };
    let participation = Participation { appointment: it.appointment.id, expert: it.assignment.expert };
    let record = store::consultation::find(&app.db, it.record.consultation.id).await?;
    let version = record.ok_or(Problem::NotFound)?.version;
    substitute::ask_team(app, participation, team, version, by, SubstituteConsent::Given).await
}

/// Records that the other expert of the appointment writes the report, and tells that expert; or that the center does.
async fn hand_over_report(app: &App, it: &AgendaReport, leaving: ExpertId, by: Actor) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, it.case.id).await?;
    let active = |id: &ExpertId| work.context.experts.get(*id).is_some_and(|it| it.active);
    let other = it.appointment.experts.iter().copied().find(|id| *id != leaving && active(id));
    let name = work.context.experts.name(leaving).to_owned();
    work.save(HandedOverReport(it.appointment.id, leaving)).await?;
    match other {
        Some(other) => {
            let due_at = it.case.report_due.unwrap_or(work.now());
            work.mail_expert(other, MailEvent::ReportDue { due_at, overdue: false })?;
            let to = work.context.experts.name(other).to_owned();
            work.note(by, format!("実施報告書の作成を、{name}さんから{to}さんに引き継ぎました"));
        }
        None => {
            work.record.report_by_center = true;
            work.note(by, format!("実施報告書は、{name}さんに代わりセンターが作成します"));
        }
    }
    work.commit().await?;
    Ok(())
}

fn reason() -> Result<TextLine, Problem> {
    let text = TextLine::parse("理由", "担当の専門家が交代するため", 200);
    text.map_err(|err| anyhow::anyhow!("the reason: {err}").into())
}

/// Passes a failure on, unless the step was refused or overtaken: then its part stays with the account.
fn done(outcome: Result<(), Problem>) -> Result<(), Problem> {
    match outcome {
        Ok(()) | Err(Problem::Refused(_) | Problem::Stale | Problem::SlotTaken | Problem::NotFound) => Ok(()),
        Err(other) => Err(other),
    }
}
