//! The marks of the center's daily work: messages that wait for a response, calls, cases that are put aside, tags, and who
//! has looked at a case.
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use codes::{Channel, Party};
use domain::{
    calendar::{at_japan, japan_date},
    worklist::AwaitedResponse,
};
use entity::{case_tag, case_visit, message};

use super::{
    World,
    dice::Dice,
    rows::Rows,
    story::{FilledAppointment, Story},
};
use crate::demo::names;

/// The words by which the center groups cases.
const TAGS: [&str; 6] = ["至急", "助成金", "見学希望", "要フォロー", "育児・介護", "再相談"];

/// The shares of open cases, in percent: those with a message that waits, those that are called, and those that are put
/// aside.
const UNANSWERED: u32 = 8;
const CALLED: u32 = 5;
const SNOOZED: u32 = 5;
/// The share of all cases that have a tag, in percent.
const TAGGED: u32 = 12;
/// The share of the looks that came after the latest message: the other cases are unread.
const READ: u32 = 85;

/// The marks of one consultation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    pub response: Option<AwaitedResponse>,
    pub last_inbound_at: Option<DateTime<Utc>>,
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Since when the company, which has only a telephone, has to be called.
    pub to_call_since: Option<DateTime<Utc>>,
}

impl Marks {
    /// Invents the marks of a consultation. A message that waits for a response is added to its thread.
    pub fn invent(world: &World, dice: &mut Dice, received_at: DateTime<Utc>, story: &mut Story) -> Self {
        let is_open = story.it.state.is_open();
        let has_arisen = received_at.max(story.it.state_since);
        let mut marks = Self::default();
        if is_open && dice.chance(UNANSWERED) {
            let since = (world.now - dice.hours(1, 60)).max(has_arisen);
            let settings = world.programme.settings_at(since);
            marks.response = Some(AwaitedResponse::after_message(None, settings, &world.calendar, since));
            story.messages.push(of_company(dice, story, since));
        }
        if is_open && dice.chance(SNOOZED) && marks.response.is_none() {
            let day = japan_date(world.now) + TimeDelta::days(dice.number(1, 14));
            marks.snoozed_until = Some(at_japan(day, world.programme.settings_at(world.now).opens_hour, 0));
        }
        // A company without an address is called at the time of each mail about an appointment: none is near here.
        let is_booked = story.appointments.iter().any(FilledAppointment::is_live);
        if is_open && !is_booked && story.address_confirmed_at.is_some() && dice.chance(CALLED) {
            marks.to_call_since = Some(has_arisen);
        }
        let by_others =
            |it: &&message::Model| it.author_kind == Party::Company || it.author_kind == Party::Expert;
        marks.last_inbound_at = story.messages.iter().filter(by_others).map(|it| it.created_at).max();
        marks
    }
}

impl Rows {
    /// Adds the tags of a consultation, and the last look of its coordinator.
    pub(super) fn add_marks(&mut self, world: &World, dice: &mut Dice, story: &Story, marks: Marks) {
        let id = story.it.id.0;
        if dice.chance(TAGGED) {
            let tags = [dice.pick(&TAGS), dice.pick(&TAGS).filter(|_| dice.chance(30))];
            let mut tags: Vec<_> = tags.into_iter().flatten().collect();
            tags.dedup();
            let tag = |it: &str| case_tag::Model { consultation_id: id, tag: it.to_owned() };
            self.case_tags.extend(tags.into_iter().map(tag));
        }
        let Some(account_id) = story.coordinator else { return };
        let latest = marks.last_inbound_at.unwrap_or(story.it.state_since);
        let look = if dice.chance(READ) { dice.hours(0, 24) } else { -dice.hours(1, 24) };
        let seen_at = (latest + look).min(world.now);
        // A look is exact to a minute.
        let seen_at = seen_at.with_second(0).unwrap_or(seen_at);
        self.case_visits.push(case_visit::Model { account_id, consultation_id: id, seen_at });
    }
}

/// Returns a message of the company.
fn of_company(dice: &mut Dice, story: &Story, at: DateTime<Utc>) -> message::Model {
    message::Model {
        id: dice.id(at),
        consultation_id: story.it.id.0,
        author_kind: Party::Company.into(),
        author_id: None,
        channel: dice.pick(&[Channel::Portal, Channel::Mail, Channel::Mail]).unwrap_or(Channel::Mail).into(),
        internal: false,
        body: names::message(true, dice.index(1000)).to_owned(),
        created_at: at,
        read_by_company_at: None,
        automatic: false,
        center_only: false,
        with_desk: false,
    }
}
