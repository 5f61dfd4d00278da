//! The follow-up questions after the appointments, and the companies' answers.
use chrono::{DateTime, TimeDelta, Utc};
use codes::FollowUpStatus;
use domain::aftercare::follow_up::{self, Anchors, FollowUpStep, WAITS_DAYS};
use entity::follow_up as row;

use super::Telling;
use crate::demo::answers::answer;

/// An appointment with the questions that follow it.
pub(super) struct Round {
    pub n: i16,
    pub ended_at: DateTime<Utc>,
    pub planned_at: DateTime<Utc>,
    /// The time from which no more questions are asked.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Telling<'_> {
    /// Ends the questions about the latest appointment: a further one follows, or the end.
    pub(super) fn close_round(&mut self) {
        if let Some(round) = self.rounds.last_mut() {
            round.closed_at = Some(self.at);
        }
    }

    pub(super) fn plan_follow_ups(&mut self) {
        for round in std::mem::take(&mut self.rounds) {
            let settings = self.world.programme.settings_at(round.ended_at);
            let anchors = Anchors { appointment_ended: round.ended_at, approved: round.planned_at };
            let steps = FollowUpStep::shipped(settings);
            for (step, due_at) in follow_up::plan(&steps, anchors, settings, &self.world.calendar) {
                let row = self.follow_up(&round, &step, anchors, due_at);
                self.story.follow_ups.push(row);
            }
        }
    }

    fn follow_up(
        &mut self,
        round: &Round,
        step: &FollowUpStep,
        anchors: Anchors,
        due_at: DateTime<Utc>,
    ) -> row::Model {
        let kind = step.kind;
        let now = self.world.now;
        let mut row = row::Model {
            id: self.dice.id(round.planned_at),
            consultation_id: self.story.it.id.0,
            kind: kind.into(),
            step_id: step.id.clone(),
            round: round.n,
            state: FollowUpStatus::Planned.into(),
            due_at,
            sent_at: None,
            answered_at: None,
            answer: None,
            wants_help: false,
            step: serde_json::to_value(step).ok(),
            appointment_ended_at: Some(anchors.appointment_ended),
            approved_at: Some(anchors.approved),
        };
        let sent_at = due_at.max(round.planned_at);
        if round.closed_at.is_some_and(|it| it < sent_at) {
            row.state = FollowUpStatus::Skipped.into();
            return row;
        }
        if sent_at > now {
            return row;
        }
        row.sent_at = Some(sent_at);
        let answered_at = sent_at + self.dice.hours(1, 200);
        if answered_at <= now && self.dice.chance(48) {
            row.state = FollowUpStatus::Answered.into();
            row.answered_at = Some(answered_at);
            let answer = answer(kind, self.dice);
            row.wants_help = answer.wants_help();
            row.answer = serde_json::to_value(answer).ok();
        } else if now - sent_at > TimeDelta::days(WAITS_DAYS) || !self.story.it.state.is_open() {
            row.state = FollowUpStatus::Lapsed.into();
        } else {
            row.state = FollowUpStatus::Sent.into();
        }
        row
    }
}
