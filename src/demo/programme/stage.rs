//! The stage of the demo: the service with a clock that is moved, and its people.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    actor::Actor,
    booking::availability::{Absence, Exception, ExceptionChange as OnDay, Span},
    calendar::{BusinessCalendar, at_japan, japan_date},
    intake::application::ApplicationForm,
    text::Prose,
};

use super::{cast::Cast, editions, plot::Goal};
use crate::{
    app::App,
    clock::Clock,
    demo::dice::Dice,
    mail::{
        sender::Sender,
        transport::{Memory, Transport},
    },
    ops::{self, routing::expert::AvailabilityChange},
    problem::Problem,
    worker,
};

pub(super) struct Stage {
    pub app: App,
    pub cast: Cast,
    pub dice: Dice,
    pub calendar: BusinessCalendar,
    /// The end of the story: the real present.
    pub end: DateTime<Utc>,
    next_work: DateTime<Utc>,
}

/// The hours in Japan at which the worker runs on a business day: mails are planned for 10:00, deadlines end at 17:00.
const WORKS_AT: [u8; 2] = [10, 17];
/// The hour at which it runs on any other day, and at which the editions of the statistics are looked at.
const WORKS_DAILY_AT: u8 = 10;

impl Stage {
    pub async fn open(
        app: &App,
        cast: Cast,
        dice: Dice,
        begins: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let app = App { clock: Clock::fixed(begins), mail: nowhere(&app.mail), ..app.clone() };
        let calendar = app.programme().await?.calendar(end);
        Ok(Self { next_work: next_work(begins, &calendar), app, cast, dice, calendar, end })
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// Moves the clock, and runs the worker on the way.
    pub async fn go_on_until(&mut self, at: DateTime<Utc>) -> Result<(), Problem> {
        while self.next_work <= at {
            self.move_clock(self.next_work);
            if self.next_work == at_japan(japan_date(self.next_work), WORKS_DAILY_AT, 0) {
                self.work().await?;
            } else {
                self.run_worker().await?;
            }
            // A new transport, so that delivered mails are not kept.
            self.app.mail = nowhere(&self.app.mail);
            self.next_work = next_work(self.next_work, &self.calendar);
        }
        self.move_clock(at);
        Ok(())
    }

    /// Does all work that the worker would do now.
    pub async fn work(&self) -> Result<(), Problem> {
        editions::keep(&self.app, self.cast.coordinators[0]).await?;
        self.run_worker().await
    }

    async fn run_worker(&self) -> Result<(), Problem> {
        while worker::deadlines::step(&self.app).await? | worker::outbox::step(&self.app).await? {}
        Ok(())
    }

    pub async fn send_mail(&self) -> Result<(), Problem> {
        while worker::outbox::step(&self.app).await? {}
        Ok(())
    }

    /// Returns a moment in the center's hours, from `low` to `high` hours from now or later.
    pub fn office(&mut self, low: i64, high: i64) -> DateTime<Utc> {
        let at = self.now() + self.dice.hours(low, high);
        let day = japan_date(at);
        let (opens, closes) = (at_japan(day, 9, 0), at_japan(day, 17, 0));
        let open = self.calendar.is_open(day);
        if open && (opens..closes).contains(&at) {
            return at;
        }
        let next = if open && at < opens { day } else { self.calendar.next_business_day(day) };
        at_japan(next, 9, 0) + TimeDelta::seconds(self.dice.number(60, 7200))
    }

    /// Returns a moment at which companies write, from `low` to `high` hours from now or later.
    pub fn daytime(&mut self, low: i64, high: i64) -> DateTime<Utc> {
        let at = self.now() + self.dice.hours(low, high);
        self.awake(at)
    }

    /// Returns the moment itself, or a time in the next morning if people sleep at that moment.
    pub fn awake(&mut self, at: DateTime<Utc>) -> DateTime<Utc> {
        let day = japan_date(at);
        if (at_japan(day, 7, 0)..at_japan(day, 22, 0)).contains(&at) {
            return at;
        }
        let next = if at < at_japan(day, 7, 0) { day } else { day + TimeDelta::days(1) };
        at_japan(next, 7, 30) + TimeDelta::seconds(self.dice.number(60, 14_400))
    }

    pub async fn write(
        &self,
        case: domain::id::ConsultationId,
        by: Actor,
        audience: crate::store::correspondence::message::Audience,
        text: &str,
    ) -> Result<(), Problem> {
        ops::correspondence::message::post(&self.app, case, by, audience, &prose(text)?).await
    }

    /// Enters holidays of experts, and different hours on single days around now.
    pub async fn plan_absences(&mut self) -> Result<(), Problem> {
        let today = japan_date(self.end);
        let experts = self.cast.experts.clone();
        for (n, &expert) in experts.iter().enumerate() {
            let days_ahead = |days: usize| today + TimeDelta::days(i64::try_from(days).unwrap_or_default());
            let changes = match n % 8 {
                3 => vec![AvailabilityChange::AddAbsence(away(days_ahead(12 + n), 4), "出張".to_owned())],
                5 => vec![AvailabilityChange::AddAbsence(away(days_ahead(20 + n), 6), "休暇".to_owned())],
                1 => vec![AvailabilityChange::AddException(Exception {
                    date: self.calendar.add_business_days(today, 4),
                    change: OnDay::RemoveAll,
                })],
                0 | 6 => morning_off(self.calendar.add_business_days(today, 6)),
                _ => Vec::new(),
            };
            for change in changes {
                ops::routing::expert::change_availability(&self.app, expert, change).await?;
            }
        }
        Ok(())
    }

    /// Leaves some unfinished drafts.
    pub async fn leave_drafts(&mut self) -> Result<(), Problem> {
        for (field, text) in [
            ("ict", "社外から基幹システムを使えるようにしたいです。"),
            ("labor", "在宅勤務の規程を見直したいです。"),
        ] {
            let id = ops::intake::apply::start(&self.app, format!("demo-draft-{field}")).await?;
            let form = ApplicationForm {
                field: vec![field.to_owned()],
                description: text.to_owned(),
                mode: "online".to_owned(),
                ..ApplicationForm::default()
            };
            ops::intake::apply::save(&self.app, id, |it| *it = form).await?;
        }
        Ok(())
    }

    /// Returns the period in which an appointment may take place, so that the story can reach its goal.
    pub fn appointment_days(&self, goal: Goal) -> (DateTime<Utc>, DateTime<Utc>) {
        match goal {
            Goal::Booked | Goal::Withdrawn => {
                (self.end + TimeDelta::hours(1), self.end + TimeDelta::days(11))
            }
            Goal::Received
            | Goal::Checking
            | Goal::WaitingCompany
            | Goal::Matching
            | Goal::Scheduling
            | Goal::Consulted
            | Goal::FollowUp
            | Goal::Completed
            | Goal::Unfulfilled
            | Goal::Referred => (self.now(), self.end - TimeDelta::hours(4)),
        }
    }

    fn move_clock(&self, at: DateTime<Utc>) {
        self.app.clock.advance(at.max(self.now()) - self.now());
    }
}

pub(super) fn prose(text: &str) -> Result<Prose, Problem> {
    Prose::parse("メッセージ", text, 4000).map_err(|err| Problem::Refused(err.to_string()))
}

fn nowhere(mail: &Sender) -> Sender {
    Sender { transport: Transport::Memory(Memory::default()), ..mail.clone() }
}

/// Returns the next time at which the worker runs.
fn next_work(after: DateTime<Utc>, calendar: &BusinessCalendar) -> DateTime<Utc> {
    let day = japan_date(after);
    let on = |day: NaiveDate| {
        let hours: &[u8] = if calendar.is_open(day) { &WORKS_AT } else { &[WORKS_DAILY_AT] };
        hours.iter().map(move |hour| at_japan(day, *hour, 0))
    };
    let tomorrow = day + TimeDelta::days(1);
    on(day).find(|it| *it > after).or_else(|| on(tomorrow).next()).unwrap_or(after + TimeDelta::days(1))
}

fn away(first: NaiveDate, days: i64) -> Absence {
    Absence { first, last: first + TimeDelta::days(days), stand_in: None }
}

/// Closes 9:00 to 12:00, given in quarter hours after 6:00.
fn morning_off(date: NaiveDate) -> Vec<AvailabilityChange> {
    let morning = Span::new(12, 24).ok();
    morning
        .map(|it| AvailabilityChange::AddException(Exception { date, change: OnDay::Remove(it) }))
        .into_iter()
        .collect()
}
