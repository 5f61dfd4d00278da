//! One consultation from its receipt to its goal, made only with the actions of the domain: a filled database contains
//! nothing that could not have happened.
mod after;
mod appointment;
mod booking;
mod closing;

use std::ops::ControlFlow;

use chrono::{DateTime, TimeDelta, Utc};
use codes::{AssignmentStatus, Channel, Origin};
use domain::{
    actor::Actor,
    booking::appointment::AppointmentMode,
    consultation::{Action, ActionRefused, Consultation, Event},
    due::{self, Due},
    field::{Field, Fields},
    id::{AccountId, ConsultationId, DeskId, ExpertId},
    prefecture::Prefecture,
};
use entity::{assignment, follow_up, message, report};
use uuid::Uuid;

use super::{
    World,
    diary::{self, Arrangement, Diary},
    dice::Dice,
    plan::{Goal, Outline},
};
use crate::demo::names;
pub(super) use booking::FilledAppointment;

/// The result of a story: the parts from which rows are made.
pub(super) struct Story {
    pub it: Consultation,
    pub due: Option<Due>,
    pub history: Vec<(Event, Option<&'static str>)>,
    pub address_confirmed_at: Option<DateTime<Utc>>,
    pub coordinator: Option<Uuid>,
    pub messages: Vec<message::Model>,
    pub assignments: Vec<assignment::Model>,
    pub appointments: Vec<FilledAppointment>,
    pub reports: Vec<report::Model>,
    pub follow_ups: Vec<follow_up::Model>,
    pub appointments_done: i16,
}

/// The data that is known when the application is received.
pub(super) struct Opening {
    pub outline: Outline,
    pub by: Actor,
    pub fields: Fields,
    pub mode: AppointmentMode,
    pub site: Prefecture,
    pub address: String,
}

pub(super) struct Teller<'a> {
    pub world: &'a World,
    pub diary: &'a mut Diary,
    pub dice: &'a mut Dice,
}

/// A story in progress.
struct Telling<'a> {
    world: &'a World,
    diary: &'a mut Diary,
    dice: &'a mut Dice,
    opening: &'a Opening,
    coordinator: Uuid,
    /// The moment that the story has reached; never later than the world's `now`.
    at: DateTime<Utc>,
    arrangement: Arrangement,
    rounds: Vec<after::Round>,
    story: Story,
}

type Step = Result<ControlFlow<()>, ActionRefused>;

const ON: Step = Ok(ControlFlow::Continue(()));
const END: Step = Ok(ControlFlow::Break(()));

impl Teller<'_> {
    pub fn tell(&mut self, opening: &Opening) -> Result<Story, ActionRefused> {
        let at = opening.outline.received_at;
        let goal = opening.outline.goal;
        let confirmed = goal != Goal::Received || self.dice.chance(60);
        let id = ConsultationId(self.dice.id(at));
        let (it, event) = Consultation::submit(id, opening.fields, confirmed, opening.by, at)?;
        let due = Due::first_contact(self.world.programme.settings_at(at), &self.world.calendar, at);
        let confirmed_at = (at + self.dice.hours(0, 1)).min(self.world.now);
        let coordinator = self.dice.pick(&self.world.staff.coordinators).unwrap_or_default();
        let team = diary::team(self.world, opening.fields, opening.mode, opening.site, self.dice);
        let telling = Telling {
            world: self.world,
            diary: &mut *self.diary,
            dice: &mut *self.dice,
            opening,
            coordinator,
            at: confirmed_at,
            arrangement: Arrangement { team, mode: opening.mode, site: opening.site },
            rounds: Vec::new(),
            story: Story {
                it,
                due: Some(due),
                history: vec![(event, None)],
                address_confirmed_at: confirmed.then_some(confirmed_at),
                coordinator: None,
                messages: Vec::new(),
                assignments: Vec::new(),
                appointments: Vec::new(),
                reports: Vec::new(),
                follow_ups: Vec::new(),
                appointments_done: 0,
            },
        };
        telling.to(goal)
    }
}

impl Telling<'_> {
    fn to(mut self, goal: Goal) -> Result<Story, ActionRefused> {
        if goal == Goal::Received {
            self.hold_while_unconfirmed();
            return Ok(self.story);
        }
        if self.check(goal)?.is_continue() && self.find_experts(goal)?.is_continue() {
            self.appointments(goal)?;
        }
        self.plan_follow_ups();
        Ok(self.story)
    }

    /// Plays the center's check, before any expert is asked.
    fn check(&mut self, goal: Goal) -> Step {
        self.pass(1, 20);
        self.story.coordinator = Some(self.coordinator);
        self.act(Action::StartCheck, self.center(), None)?;
        if goal == Goal::Checking {
            return END;
        }
        if goal == Goal::WaitingCompany || self.dice.chance(25) {
            self.pass(0, 3);
            self.act(
                Action::Ask,
                self.center(),
                Some("テレワークの対象にしたい業務と人数を確認したいです。"),
            )?;
            self.say(self.center(), false);
            if goal == Goal::WaitingCompany {
                return END;
            }
            self.pass(4, 72);
            self.say(Actor::Company, false);
            self.act(Action::Answer, Actor::Company, None)?;
        }
        if is_cut_short(goal) && self.dice.chance(55) {
            return self.cut_short(goal);
        }
        ON
    }

    /// Plays the story from the request to a booking, or as far as the goal goes.
    fn find_experts(&mut self, goal: Goal) -> Step {
        self.pass(1, 20);
        if goal == Goal::Matching {
            // So that no answer is overdue yet.
            let lately = self.world.now - self.dice.hours(1, 12);
            self.at = self.at.max(lately);
        }
        let by = if self.dice.chance(60) { Actor::System } else { self.center() };
        self.act(Action::RequestExperts, by, None)?;
        self.offer();
        if goal == Goal::Matching {
            if self.dice.chance(70) {
                self.hold(None);
            }
            return END;
        }
        if self.dice.chance(12) {
            self.pass(2, 20);
            self.decline()?;
        }
        self.pass(2, 30);
        let slot_held = goal != Goal::Scheduling && self.dice.chance(60) && self.book_for(goal);
        self.accept(slot_held)?;
        if slot_held {
            return ON;
        }
        self.say(self.center(), false);
        self.pass(2, 40);
        if goal == Goal::Scheduling || !self.book_for(goal) {
            return END;
        }
        self.act(Action::ChooseSlot, Actor::Company, None)?;
        ON
    }

    /// Asks the team of `arrangement`.
    fn offer(&mut self) {
        let settings = self.world.programme.settings_at(self.at);
        let due = Due::reply(settings, &self.world.calendar, self.at);
        let due_at = due.at().unwrap_or(self.at);
        let deadline = serde_json::to_value(&due).unwrap_or_default();
        for &(place, fields) in &self.arrangement.team {
            let Some(expert) = self.world.staff.experts.get(place) else { continue };
            self.story.assignments.push(assignment::Model {
                id: self.dice.id(self.at),
                consultation_id: self.story.it.id.0,
                expert_id: expert.id,
                ict: fields.contains(Field::Ict),
                labor: fields.contains(Field::Labor),
                state: AssignmentStatus::Offered.into(),
                offered_at: self.at,
                due_at,
                deadline: deadline.clone(),
                answered_at: None,
                decline_reason: None,
                release_reason: None,
                reasons: serde_json::json!([{"reason": "never_asked"}]),
                instead_of: None,
            });
        }
    }

    /// Lets one expert decline, withdraws the other requests, and asks another team.
    fn decline(&mut self) -> Result<(), ActionRefused> {
        let reason = names::decline_reason(self.dice.index(100));
        let mut who = None;
        for it in &mut self.story.assignments {
            it.answered_at = Some(self.at);
            if who.is_none() {
                who = Some(ExpertId(it.expert_id));
                it.state = AssignmentStatus::Declined.into();
                it.decline_reason = Some(reason.to_owned());
            } else {
                it.state = AssignmentStatus::Withdrawn.into();
            }
        }
        self.act(
            Action::Decline { next_candidate: true },
            who.map_or(Actor::System, Actor::Expert),
            Some(reason),
        )?;
        self.arrangement.team = diary::team(
            self.world,
            self.opening.fields,
            self.arrangement.mode,
            self.arrangement.site,
            self.dice,
        );
        self.offer();
        Ok(())
    }

    fn accept(&mut self, slot_held: bool) -> Result<(), ActionRefused> {
        let mut open = Some(self.opening.fields);
        for n in 0..self.story.assignments.len() {
            let Some(it) =
                self.story.assignments.get_mut(n).filter(|it| it.state == AssignmentStatus::Offered)
            else {
                continue;
            };
            it.state = AssignmentStatus::Accepted.into();
            it.answered_at = Some(self.at);
            let expert = ExpertId(it.expert_id);
            let accepted = Fields::from_flags(it.ict, it.labor);
            open = open.and_then(|left| accepted.map_or(Some(left), |taken| left.without(taken)));
            self.act(Action::Accept { still_open: open, slot_held }, Actor::Expert(expert), None)?;
        }
        Ok(())
    }

    fn act(&mut self, action: Action, by: Actor, note: Option<&'static str>) -> Result<(), ActionRefused> {
        let kind = action.kind();
        let (it, event) = self.story.it.clone().act(action, by, self.at)?;
        let settings = self.world.programme.settings_at(self.at);
        let before = self.story.due.take();
        self.story.due = due::after(kind, &it.state, (before, None), settings, &self.world.calendar, self.at);
        self.story.history.push((event, note));
        self.story.it = it;
        Ok(())
    }

    /// Adds one entry to the thread.
    fn say(&mut self, by: Actor, internal: bool) {
        let (author_id, from_company, channel) = match by {
            Actor::Company => (None, true, self.dice.pick(&[Channel::Portal, Channel::Mail, Channel::Mail])),
            Actor::Coordinator(id) | Actor::Stead(id, _) => {
                (Some(id.0), false, self.dice.pick(&[Channel::Portal, Channel::Phone]))
            }
            Actor::Expert(id) => (Some(id.0), false, Some(Channel::Portal)),
            Actor::Desk(id, _) => (Some(id.0), false, Some(Channel::Phone)),
            Actor::System => (None, false, Some(Channel::System)),
        };
        self.story.messages.push(message::Model {
            id: self.dice.id(self.at),
            consultation_id: self.story.it.id.0,
            author_kind: by.party().into(),
            author_id,
            channel: channel.unwrap_or(Channel::Portal).into(),
            internal,
            body: names::message(from_company, self.dice.index(1000)).to_owned(),
            created_at: self.at,
            read_by_company_at: None,
            automatic: false,
            center_only: false,
            with_desk: false,
        });
    }

    fn pass(&mut self, low: i64, high: i64) {
        let time = self.dice.hours(low, high);
        self.at = (self.at + time).min(self.world.now);
    }

    fn center(&self) -> Actor {
        Actor::Coordinator(AccountId(self.coordinator))
    }

    /// Returns whether more than this number of days is left.
    fn has_days(&self, days: i64) -> bool {
        self.world.now - self.at > TimeDelta::days(days)
    }
}

/// Returns whether the consultation ends before its purpose is reached.
const fn is_cut_short(goal: Goal) -> bool {
    matches!(goal, Goal::Withdrawn | Goal::Unfulfilled | Goal::Referred)
}

/// Returns the actor who typed the application.
pub(super) fn applicant(origin: Origin, world: &World, dice: &mut Dice) -> Actor {
    match origin {
        Origin::Desk => Actor::Desk(DeskId(dice.pick(&world.staff.desks).unwrap_or_default()), None),
        Origin::Phone => {
            Actor::Coordinator(AccountId(dice.pick(&world.staff.coordinators).unwrap_or_default()))
        }
        Origin::Web | Origin::Mail | Origin::Visit | Origin::Event => Actor::Company,
    }
}
