//! Appointments that take place or are missed, and their reports.
use codes::{AppointmentStatus, ReportStatus};
use domain::{
    actor::Actor,
    aftercare::report::ReportBody,
    consultation::{Action, ActionRefused},
    id::ExpertId,
};
use entity::report;

use super::{Telling, after::Round, is_cut_short};
use crate::demo::{fill::plan::Goal, names};

const CANNOT: &str = "社内の都合がつかなくなったため。";
const ABSENT: &str = "開始時刻を過ぎても連絡がありませんでした。";

impl Telling<'_> {
    /// Plays the story from the first booking to the goal.
    pub(super) fn appointments(&mut self, goal: Goal) -> Result<(), ActionRefused> {
        if goal == Goal::Booked {
            return Ok(());
        }
        if is_cut_short(goal) {
            return self.cut_short(goal).map(|_| ());
        }
        loop {
            self.miss()?;
            self.hold_appointment()?;
            let approved = goal != Goal::Consulted;
            self.report(approved);
            if !approved {
                return Ok(());
            }
            self.act(Action::ApproveReport, self.center(), None)?;
            let ended_at = self.story.appointments.last().map_or(self.at, |it| it.row.ends_at);
            let n = self.story.appointments_done;
            self.rounds.push(Round { n, ended_at, planned_at: self.at, closed_at: None });
            if !(self.has_days(60) && n < 3 && self.dice.chance(25)) {
                break;
            }
            self.further_appointment()?;
        }
        if goal == Goal::Completed {
            self.pass(24 * 7, 24 * 200);
            self.close_round();
            self.act(Action::Complete, self.center(), None)?;
        }
        Ok(())
    }

    fn further_appointment(&mut self) -> Result<(), ActionRefused> {
        self.pass(48, 300);
        self.close_round();
        let appointments = u16::try_from(self.story.appointments_done).unwrap_or_default();
        let act = Action::PlanFurtherAppointment {
            appointments,
            cap: 3,
            overridden: false,
            makes_up: false,
            covered: true,
        };
        self.act(act, self.center(), None)?;
        self.say(Actor::Company, false);
        self.pass(4, 60);
        self.book_for(Goal::Completed);
        self.act(Action::ChooseSlot, Actor::Company, None)
    }

    /// Lets the company sometimes miss or cancel the appointment, and chooses another time.
    fn miss(&mut self) -> Result<(), ActionRefused> {
        if !self.has_days(45) || !self.dice.chance(9) {
            return Ok(());
        }
        let (absent, by) = (self.dice.chance(50), self.lead());
        let Some(appointment) = self.story.appointments.last_mut() else { return Ok(()) };
        if absent {
            let starts_at = appointment.row.starts_at;
            self.at = self.at.max(appointment.row.ends_at);
            appointment.end(AppointmentStatus::NoShow, self.at);
            self.act(Action::RecordNoShow { starts_at, covered: true }, by, Some(ABSENT))?;
        } else {
            appointment.end(AppointmentStatus::CancelledByCompany, self.at);
            appointment.row.end_reason = Some(CANNOT.to_owned());
            appointment.row.sequence = 1;
            self.act(Action::CancelAppointment { until: None, covered: true }, Actor::Company, Some(CANNOT))?;
        }
        self.pass(12, 60);
        self.book_for(Goal::Completed);
        self.act(Action::ChooseSlot, Actor::Company, None)
    }

    /// Records that the appointment took place.
    fn hold_appointment(&mut self) -> Result<(), ActionRefused> {
        let (after, by) = (self.dice.hours(0, 3), self.lead());
        let Some(appointment) = self.story.appointments.last_mut() else { return Ok(()) };
        self.at = self.at.max(appointment.row.ends_at + after).min(self.world.now);
        appointment.end(AppointmentStatus::Done, self.at);
        let starts_at = appointment.row.starts_at;
        self.story.appointments_done += 1;
        self.act(Action::RecordDone { starts_at }, by, None)
    }

    /// Writes the expert's report. Time passes until it is approved.
    fn report(&mut self, approved: bool) {
        let Some(appointment) = self.story.appointments.last() else { return };
        let (Some(&author_id), appointment_id) = (appointment.experts.first(), appointment.row.id) else {
            return;
        };
        let text = names::report(self.dice.index(1000));
        let body = ReportBody {
            attendees: "代表者、総務担当者".to_owned(),
            present_state: text.present_state.to_owned(),
            advice: text.advice.to_owned(),
            next_steps: text.next_steps.to_owned(),
            documents: text.documents.to_owned(),
            publishable: self.dice.chance(20),
            ..ReportBody::default()
        };
        let mut submitted_at = None;
        if approved || self.dice.chance(50) {
            self.pass(10, 120);
            submitted_at = Some(self.at);
        }
        if approved {
            self.pass(2, 60);
        }
        let state = match (approved, submitted_at) {
            (true, _) => ReportStatus::Approved,
            (false, Some(_)) => ReportStatus::Submitted,
            (false, None) => ReportStatus::Draft,
        };
        self.story.reports.push(report::Model {
            id: self.dice.id(self.at),
            consultation_id: self.story.it.id.0,
            appointment_id,
            author_id,
            state: state.into(),
            body: serde_json::to_value(&body).unwrap_or_default(),
            submitted_at,
            decided_at: approved.then_some(self.at),
            decided_by: approved.then_some(self.coordinator),
            returned_reason: None,
            took_place: true,
            version: 1,
            updated_at: self.at,
        });
    }

    /// Returns the expert who was asked first.
    fn lead(&self) -> Actor {
        let lead = self.arrangement.team.first().and_then(|&(place, _)| self.world.staff.experts.get(place));
        lead.map_or_else(|| self.center(), |it| Actor::Expert(ExpertId(it.id)))
    }
}
