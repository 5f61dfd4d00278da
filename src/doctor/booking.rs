//! Checks that requests and bookings agree with the consultation's state, and that no time is held for ever.
use chrono::{DateTime, TimeDelta, Utc};
use codes::{ActionKind, AppointmentStatus, AssignmentStatus, ConsultationStatus};
use domain::{
    consultation::correction::{TeamEvent, team_fields},
    field::Fields,
};
use entity::{Coded, account, appointment, assignment, consultation, event};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::{Findings, page::Case};

/// The minutes for which a hold may wait for the worker after its limit.
const HOLD_GRACE: i64 = 10;
/// The hours for which a request may wait for the worker after it is due.
const OFFER_GRACE: i64 = 24;

/// The states in which a slot may be held without a limit, until an expert has answered.
const MAY_HOLD: [ConsultationStatus; 4] = [
    ConsultationStatus::Received,
    ConsultationStatus::Checking,
    ConsultationStatus::WaitingCompany,
    ConsultationStatus::Matching,
];

/// The states in which a clock runs while nothing happens.
const HAVE_CLOCK: [ConsultationStatus; 5] = [
    ConsultationStatus::WaitingCompany,
    ConsultationStatus::Matching,
    ConsultationStatus::Scheduling,
    ConsultationStatus::Booked,
    ConsultationStatus::Consulted,
];

pub(super) fn examine(case: &Case<'_>, now: DateTime<Utc>, findings: &mut Findings) {
    let number = &case.row.number;
    let has_clock = case.row.silence_kind.is_some() || case.row.next_step_at.is_some();
    let is_merged = case.row.merged_into.is_some();
    let state = &case.row.state;
    let is_one_of = |states: &[ConsultationStatus]| state.known().is_some_and(|it| states.contains(&it));
    if is_one_of(&HAVE_CLOCK) && !has_clock && !is_merged {
        findings.add("silence", number, "no step follows if nothing happens");
    }
    if is_merged {
        return merged(case, findings);
    }
    let is_confirmed = |it: &&appointment::Model| it.state == AppointmentStatus::Confirmed;
    let confirmed: Vec<_> = case.appointments.iter().filter(is_confirmed).collect();
    if *state == ConsultationStatus::Booked {
        match confirmed.as_slice() {
            [one] => covered(case, one, findings),
            all => findings.add("booked", number, format!("{} of its appointments are confirmed", all.len())),
        }
    } else if !confirmed.is_empty() {
        findings.add("booked", number, "an appointment is confirmed, and it is not booked");
    } else if *state == ConsultationStatus::Matching && !case.assignments.iter().any(is_offered) {
        findings.add("matching", number, "no expert is being asked");
    }
    if case.row.ended_at.is_some() {
        ended(case, findings);
    } else if !is_one_of(&MAY_HOLD) {
        let endless =
            |it: &&appointment::Model| it.state == AppointmentStatus::Held && it.held_until.is_none();
        for it in case.appointments.iter().filter(endless) {
            findings.add("hold", number, format!("appointment {} is held, and no expert is asked", it.id));
        }
    }
    for it in case.assignments.iter().filter(|it| is_offered(it) && it.instead_of.is_some()) {
        let replaced = case.assignments.iter().find(|of| Some(of.id) == it.instead_of);
        let sits = replaced.is_some_and(|replaced| {
            let in_it = |one: &&appointment::Model| case.experts(one.id).contains(&replaced.expert_id);
            is_accepted(replaced) && confirmed.iter().any(in_it)
        });
        if !sits {
            let what = format!("expert {} is asked to replace an expert who has no part", it.expert_id);
            findings.add("substitute", number, what);
        }
    }
    for it in case.assignments.iter().filter(|it| is_offered(it)) {
        if now - it.due_at > TimeDelta::hours(OFFER_GRACE) {
            findings.add("offer", number, format!("the answer of expert {} is long due", it.expert_id));
        }
    }
}

fn is_offered(it: &assignment::Model) -> bool {
    it.state == AssignmentStatus::Offered
}

fn is_accepted(it: &assignment::Model) -> bool {
    it.state == AssignmentStatus::Accepted
}

/// Checks that a case that was merged into another holds no time and no expert.
fn merged(case: &Case<'_>, findings: &mut Findings) {
    for it in case.assignments.iter().filter(|it| is_offered(it) || is_accepted(it)) {
        let what = format!("it was merged, and expert {} is still {}", it.expert_id, it.state.code());
        findings.add("merge", &case.row.number, what);
    }
    for it in case.appointments.iter().filter(|it| it.ended_at.is_none()) {
        let what = format!("it was merged, and appointment {} is still {}", it.id, it.state.code());
        findings.add("merge", &case.row.number, what);
    }
}

/// Checks that every field of a booked consultation is accepted by an expert who takes part in its appointment. A field
/// that was added since is for the next one.
fn covered(case: &Case<'_>, one: &appointment::Model, findings: &mut Findings) {
    let experts = case.experts(one.id);
    let accepted = |it: &&assignment::Model| is_accepted(it) && experts.contains(&it.expert_id);
    // An appointment that makes up for what an expert owes, or that was planned for one field, is for that field alone.
    let fields = Fields::from_flags(case.row.ict, case.row.labor);
    let owed = case.row.owed_field.as_ref().and_then(Coded::known);
    let next = case.row.next_field.as_ref().and_then(Coded::known);
    let next = next.filter(|it| fields.is_some_and(|fields| fields.contains(*it)));
    let only = owed.or(next).map(Fields::from);
    let wanted = only.or_else(|| fields.and_then(|it| team_fields(it, &team_events(case))));
    let left = case
        .assignments
        .iter()
        .filter(accepted)
        .filter_map(|it| Fields::from_flags(it.ict, it.labor))
        .try_fold(wanted, |left, taken| left.map(|it| it.without(taken)));
    if left.flatten().is_some() {
        findings.add("covered", &case.row.number, "none of the experts of its booking has accepted a field");
    }
}

/// Returns the events that decide which fields the team covers, in the order of the history.
fn team_events(case: &Case<'_>) -> Vec<TeamEvent> {
    let of_event = |it: &event::Model| {
        let to = it.to_state.known()?;
        let settles = matches!(
            (it.act.known()?, to),
            (
                ActionKind::Accept | ActionKind::SettleTeam | ActionKind::PlanFurtherAppointment,
                ConsultationStatus::Scheduling | ConsultationStatus::Booked
            )
        );
        if settles {
            return Some(TeamEvent::Settled);
        }
        let corrected = case.corrections.iter().find(|correction| correction.seq == it.seq)?;
        let fields = |it: &Option<String>| it.as_deref().and_then(Fields::from_code);
        Some(TeamEvent::Corrected { old: fields(&corrected.old_value)?, new: fields(&corrected.new_value)? })
    };
    case.events.iter().filter_map(of_event).collect()
}

/// Checks that nothing continues after the end. An accepted assignment may stay if an appointment took place.
fn ended(case: &Case<'_>, findings: &mut Findings) {
    let carried_out = case.row.appointments_done > 0;
    let alive = |it: &&assignment::Model| is_offered(it) || is_accepted(it) && !carried_out;
    for it in case.assignments.iter().filter(alive) {
        findings.add(
            "ended",
            &case.row.number,
            format!("expert {} is still {}", it.expert_id, it.state.code()),
        );
    }
    for it in case.appointments.iter().filter(|it| it.ended_at.is_none()) {
        findings.add(
            "ended",
            &case.row.number,
            format!("appointment {} is still {}", it.id, it.state.code()),
        );
    }
}

/// Reports holds of drafts and consultations that should have been released.
pub(super) async fn examine_holds(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let overdue = Condition::all()
        .add(appointment::Column::State.eq(AppointmentStatus::Held.code()))
        .add(appointment::Column::HeldUntil.lt(now - TimeDelta::minutes(HOLD_GRACE)));
    let held = appointment::Entity::find()
        .filter(overdue)
        .order_by_asc(appointment::Column::HeldUntil)
        .all(db)
        .await?;
    for it in held {
        findings.add("hold", format!("appointment {}", it.id), "it is held past its limit");
    }
    Ok(())
}

/// Reports consultations whose company is to choose a time although no expert has accepted whose account is open: no time
/// can be offered to it.
pub(super) async fn examine_choices(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    let open_accounts = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::Active.eq(true));
    let with_expert = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ConsultationId)
        .filter(assignment::Column::State.eq(AssignmentStatus::Accepted.code()))
        .filter(assignment::Column::ExpertId.in_subquery(open_accounts.into_query()));
    let without = consultation::Entity::find()
        .filter(consultation::Column::State.eq(ConsultationStatus::Scheduling.code()))
        .filter(consultation::Column::MergedInto.is_null())
        .filter(consultation::Column::Id.not_in_subquery(with_expert.into_query()));
    for it in without.all(db).await? {
        findings.add(
            "choice",
            &it.number,
            "its company chooses a time, and no expert with an account has accepted",
        );
    }
    Ok(())
}
