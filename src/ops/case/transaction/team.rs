//! The experts of a consultation, and the news for those who stay while the others, its fields or its mode change: each act
//! tells them once (`docs/spec/lifecycle.md` §5).
use std::collections::BTreeSet;

use domain::{
    actor::Actor,
    booking::appointment::Appointment,
    consultation::State,
    field::Fields,
    id::ExpertId,
    intake::company::Mode,
    routing::assignment::{Assignment, still_open},
};

use super::CaseTransaction;
use crate::{
    mail::{
        mail_event::{MailEvent, PartChange},
        outgoing_mail::OutgoingMail,
    },
    problem::Problem,
};

/// The experts of a consultation and what they serve, before the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServedCase {
    pub experts: Vec<ExpertId>,
    pub fields: Fields,
    pub mode: Mode,
}

impl CaseTransaction<'_> {
    /// Returns the assignments that are offered or accepted.
    pub fn live(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(|it| it.is_live())
    }

    /// Returns the experts who have accepted, each once.
    pub fn accepted(&self) -> Vec<ExpertId> {
        let experts: BTreeSet<_> =
            self.assignments.iter().filter(|it| it.is_accepted()).map(|it| it.expert).collect();
        experts.into_iter().collect()
    }

    /// Returns the fields that no expert has accepted.
    pub fn still_open(&self) -> Option<Fields> {
        still_open(self.record.wanted_fields(), &self.assignments)
    }

    pub fn names(&self, experts: &[ExpertId]) -> Vec<String> {
        experts.iter().map(|&it| self.context.experts.name(it).to_owned()).collect()
    }

    /// Tells the experts who had accepted before and go on that other experts serve the consultation with them, or that its
    /// fields or mode have changed. An expert who has acted, or whom another mail of this change tells, gets none.
    pub(super) fn tell_those_who_stay(&mut self) -> Result<(), Problem> {
        let Some(before) = self.before.clone().filter(|_| self.is_served()) else { return Ok(()) };
        let experts = self.accepted();
        let changed_fields = before.fields != self.record.consultation.fields;
        let changed_mode = before.mode != self.record.mode;
        if experts == before.experts && !changed_fields && !changed_mode {
            return Ok(());
        }
        let (names, were) = (self.names(&experts), self.names(&before.experts));
        let change = PartChange {
            experts: &names,
            was_experts: if experts == before.experts { &[] } else { &were },
            was_fields: changed_fields.then_some(before.fields),
            mode: self.record.mode,
            was_mode: changed_mode.then_some(before.mode),
            is_open: self.still_open().is_some(),
        };
        for &expert in experts.iter().filter(|it| before.experts.contains(it)) {
            if !self.is_told(expert) {
                self.mail_expert(expert, MailEvent::PartChanged(change))?;
            }
        }
        Ok(())
    }

    /// Returns whether experts serve the consultation, or are to serve it.
    fn is_served(&self) -> bool {
        let is_over = |it: &Appointment| it.is_confirmed() && it.starts_at <= self.context.now;
        let is_ahead = match self.record.consultation.state {
            State::Checking | State::WaitingCompany | State::Matching | State::Scheduling => true,
            State::Booked => !self.appointment.as_ref().is_some_and(is_over),
            State::Received
            | State::Consulted
            | State::FollowUp
            | State::Completed
            | State::Withdrawn
            | State::Unfulfilled { .. }
            | State::Referred { .. } => false,
        };
        is_ahead && self.record.consultation.merged_into.is_none()
    }

    /// Returns whether an expert has acted, or gets another mail about this change.
    fn is_told(&self, expert: ExpertId) -> bool {
        let acts = |by: Actor| by.principal() == Actor::Expert(expert);
        let address = self.context.experts.get(expert).map(|it| it.email.as_str());
        let tells = |it: &OutgoingMail| {
            Some(it.to.as_str()) == address && it.due_at <= self.now() && !it.kind.announces_entry()
        };
        self.events.iter().any(|it| acts(it.event.by)) || self.mails.iter().any(tells)
    }
}
