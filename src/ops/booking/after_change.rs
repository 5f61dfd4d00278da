//! The steps that follow every change of a consultation, in its transaction. They are called by the unit of work and
//! know the change only by its rows.
use chrono::{DateTime, Utc};
use domain::{
    booking::{appointment::Appointment, availability::Slot, waiting_list::WaitingEndReason},
    consultation::{Consultation, State},
};
use sea_orm::DatabaseTransaction;

use super::waiting_offer;
use crate::{problem::Problem, store};

/// A change that is about to be written.
pub struct CaseChange<'a> {
    pub tx: &'a DatabaseTransaction,
    pub now: DateTime<Utc>,
    pub consultation: &'a Consultation,
    /// The appointment that is held or confirmed after the change.
    pub appointment: Option<&'a Appointment>,
}

/// Runs every step.
pub async fn follow(change: &CaseChange<'_>) -> Result<(), Problem> {
    drop_stale_mails(change).await?;
    end_waiting(change).await
}

/// Drops the planned mails about an appointment that was moved or cancelled, so that no page shows them as planned.
async fn drop_stale_mails(change: &CaseChange<'_>) -> Result<(), Problem> {
    let booked = change.appointment.filter(|it| it.is_confirmed()).map(|it| (it.id, it.sequence));
    Ok(store::correspondence::outbox::drop_stale(change.tx, change.consultation.id, booked).await?)
}

/// Ends the waiting for an earlier time if the company has a time that it wished for, or if the consultation is neither
/// booked nor being scheduled, or was merged into another. An open offer is withdrawn in any case: the time that the company had may just have been
/// settled or lost.
async fn end_waiting(change: &CaseChange<'_>) -> Result<(), Problem> {
    let CaseChange { tx, now, consultation, appointment } = *change;
    let Some(waiting) = store::booking::waiting_list::of(tx, consultation.id).await? else { return Ok(()) };
    store::booking::appointment::take_turns(tx).await?;
    waiting_offer::withdraw_open(tx, waiting.id, now).await?;
    let booked = appointment.filter(|it| it.is_confirmed());
    let settled = booked.and_then(|it| Slot::at(it.starts_at)).is_some_and(|it| waiting.wants(it));
    let why = match consultation.state {
        _ if consultation.merged_into.is_some() => WaitingEndReason::Over,
        State::Booked if settled => WaitingEndReason::Fulfilled,
        State::Booked | State::Scheduling => return Ok(()),
        State::Received
        | State::Checking
        | State::WaitingCompany
        | State::Matching
        | State::Consulted
        | State::FollowUp
        | State::Completed
        | State::Withdrawn
        | State::Unfulfilled { .. }
        | State::Referred { .. } => WaitingEndReason::Over,
    };
    store::booking::waiting_list::end(tx, waiting.id, why, now).await?;
    Ok(())
}
