//! Reminders after random events: whatever happens to appointments, in whatever order, and whenever the worker works,
//! both sides are reminded once of each active appointment, and of nothing else.
use std::{cell::Cell, collections::BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    booking::{appointment::Appointment, availability::Slot, notice::reminder_at},
    calendar::BusinessCalendar,
    field::Fields,
    routing::assignment::AssignmentState,
    settings::Settings,
};
use entity::outbox;
use madoguchi::{
    mail::transport::{Memory, Transport},
    ops,
    problem::Problem,
    store, worker,
};
use proptest::prelude::*;
use sea_orm::{EntityTrait, QueryFilter};

use crate::{
    cases::{self, Case, Cast},
    site::Site,
};

/// A random event. `n` selects the consultation.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Chooses one of the next times, or moves the appointment to it.
    Settle {
        n: usize,
        pick: usize,
    },
    Cancel {
        n: usize,
        who: Who,
    },
    /// The expert who was asked accepts or declines.
    Answer {
        n: usize,
        yes: bool,
    },
    /// Hours pass, and the worker works in each.
    Wait(u16),
    /// Hours pass, and the worker works only at their end.
    Sleep(u16),
}

#[derive(Clone, Copy, Debug)]
enum Who {
    Center,
    Company,
    Expert,
}

const CASES: usize = 4;

fn act() -> impl Strategy<Value = Act> {
    let n = || 0..CASES;
    let who = prop::sample::select(vec![Who::Center, Who::Company, Who::Expert]);
    prop_oneof![
        6 => (n(), 0..90_usize).prop_map(|(n, pick)| Act::Settle { n, pick }),
        2 => (n(), who).prop_map(|(n, who)| Act::Cancel { n, who }),
        3 => (n(), any::<bool>()).prop_map(|(n, yes)| Act::Answer { n, yes }),
        6 => (1..40_u16).prop_map(Act::Wait),
        1 => (1..100_u16).prop_map(Act::Sleep),
    ]
}

#[test]
fn each_booked_appointment_is_reminded_of_once() {
    let (reminded, dropped) = (Cell::new(0), Cell::new(0));
    let config =
        ProptestConfig { max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::with_cases(16) };
    proptest!(config, |(acts in prop::collection::vec(act(), 8..40))| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut diary = Diary::open().await;
            for act in acts {
                diary.play(act).await;
            }
            for _ in 0..60 {
                diary.play(Act::Sleep(6)).await;
            }
            reminded.set(reminded.get() + diary.expected.len());
            dropped.set(dropped.get() + diary.dropped);
            prop_assert_eq!(diary.reminded().await, diary.expected);
            Ok(())
        })?;
    });
    // The random events have to reach the behaviour that is tested.
    assert!(reminded.get() > 30 && dropped.get() > 10, "{} {}", reminded.get(), dropped.get());
}

/// Some consultations with two experts, and the reminders that must have been sent for them.
struct Diary {
    site: Site,
    cast: Cast,
    cases: Vec<Case>,
    /// The booked appointment of each consultation.
    standing: Vec<Option<Standing>>,
    memory: Memory,
    /// Keys of the reminders that became due while their appointment was booked and ahead.
    expected: BTreeSet<String>,
    /// Reminders that were planned for an appointment which was moved or cancelled before.
    dropped: usize,
}

/// A booked appointment, and when both sides are to be reminded of it.
struct Standing {
    appointment: Appointment,
    remind_at: Option<DateTime<Utc>>,
}

impl Diary {
    /// Makes the consultations. In half of them a time is held and an expert asked; in the others the expert has
    /// accepted, and a time is to be chosen.
    async fn open() -> Self {
        let mut site = Site::new().await;
        let memory = Memory::default();
        site.change(|app| app.mail.transport = Transport::Memory(memory.clone()));
        let cast = Cast::new(&site).await;
        cases::expert(&site, "second@example.jp", "佐藤 次郎", Fields::Both).await;
        let mut cases = Vec::new();
        for n in 0..CASES {
            cases.push(match n % 2 {
                0 => cases::scheduling(&site, &cast, &contact(n)).await,
                _ => requested(&site, n).await,
            });
        }
        let standing = (0..CASES).map(|_| None).collect();
        Self { site, cast, cases, standing, memory, expected: BTreeSet::new(), dropped: 0 }
    }

    async fn play(&mut self, act: Act) {
        let done = match act {
            Act::Settle { n, pick } => self.settle(n, pick).await,
            Act::Cancel { n, who } => self.cancel(n, who).await,
            Act::Answer { n, yes } => self.answer(n, yes).await,
            Act::Wait(hours) => {
                for _ in 0..hours {
                    self.work_in(TimeDelta::hours(1)).await;
                }
                Ok(())
            }
            Act::Sleep(hours) => {
                self.work_in(TimeDelta::hours(i64::from(hours))).await;
                Ok(())
            }
        };
        match done {
            // An event that is impossible now is skipped.
            Ok(()) | Err(Problem::Refused(_)) => self.look().await,
            Err(other) => panic!("{act:?}: {other:?}"),
        }
    }

    async fn settle(&self, n: usize, pick: usize) -> Result<(), Problem> {
        let (app, center, case) = (&self.site.app, self.cast.center(), self.cases[n]);
        let record = cases::record(&self.site, case).await;
        let state = record.consultation.state.code();
        if !["scheduling", "booked"].contains(&state) {
            return Ok(());
        }
        let offers = ops::booking::appointment::joint_offers(app, &record, center).await?;
        let now = app.clock.now();
        let mut soon = offers.days().into_iter().flat_map(|(_, slots)| slots).filter(|it| it.start() > now);
        let Some(slot) = soon.clone().nth(pick).or_else(|| soon.next_back()) else { return Ok(()) };
        match state {
            "booked" => ops::booking::appointment::reschedule(app, case.id, center, slot).await,
            _ => ops::booking::appointment::choose_slot(app, case.id, center, slot).await,
        }
    }

    async fn cancel(&self, n: usize, who: Who) -> Result<(), Problem> {
        let Some(standing) = &self.standing[n] else { return Ok(()) };
        let by = match who {
            Who::Center => self.cast.center(),
            Who::Company => Actor::Company,
            Who::Expert => Actor::Expert(standing.appointment.experts[0]),
        };
        ops::booking::appointment::cancel(&self.site.app, self.cases[n].id, by, "都合により".to_owned()).await
    }

    async fn answer(&self, n: usize, yes: bool) -> Result<(), Problem> {
        let app = &self.site.app;
        let assignments = store::routing::assignment::of(&app.db, self.cases[n].id).await.unwrap();
        let Some(it) = assignments.into_iter().find(|it| it.state == AssignmentState::Offered) else {
            return Ok(());
        };
        if yes {
            ops::routing::assignment::accept(app, it.id, it.expert).await
        } else {
            ops::routing::assignment::decline(app, it.id, it.expert, "多忙のため".to_owned()).await
        }
    }

    /// Advances the clock, and lets the worker do what is due then.
    async fn work_in(&mut self, time: TimeDelta) {
        let app = &self.site.app;
        app.clock.advance(time);
        while worker::outbox::step(app).await.unwrap() {}
        let now = app.clock.now();
        for (n, it) in self.standing.iter().enumerate() {
            let Some(Standing { appointment, remind_at: Some(at) }) = it else { continue };
            // Outside of opening hours a reminder waits, and is dropped if its appointment begins before.
            let settings = domain::settings::Settings::default();
            let calendar = domain::calendar::BusinessCalendar::default();
            let is_open = domain::booking::notice::in_business_hours(now, &settings, &calendar) <= now;
            if *at <= now && appointment.starts_at > now && is_open {
                let key = |to: &str| format!("reminder/{}/{}/{to}", appointment.id, appointment.sequence);
                self.expected.insert(key(&contact(n)));
                for &expert in &appointment.experts {
                    let is_first = expert == self.cast.expert;
                    let to = if is_first { "expert@example.jp" } else { "second@example.jp" };
                    self.expected.insert(key(to));
                }
            }
        }
        while worker::deadlines::step(app).await.unwrap() {}
        self.look().await;
    }

    /// Reads the booked appointments. A newly booked or moved appointment is reminded of on the business day before, if
    /// that is still to come.
    async fn look(&mut self) {
        let now = self.site.app.clock.now();
        for n in 0..CASES {
            let all = store::booking::appointment::of(&self.site.app.db, self.cases[n].id).await.unwrap();
            let appointment = all.into_iter().find(Appointment::is_confirmed);
            let name = |it: &Appointment| (it.id, it.sequence);
            if self.standing[n].as_ref().map(|it| name(&it.appointment)) == appointment.as_ref().map(name) {
                continue;
            }
            let gone = self.standing[n].as_ref().and_then(|it| it.remind_at);
            self.dropped += usize::from(gone.is_some_and(|it| it > now));
            self.standing[n] = appointment.map(|appointment| {
                let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
                Standing {
                    remind_at: reminder_at(appointment.starts_at, now, &settings, &calendar),
                    appointment,
                }
            });
        }
    }

    /// Returns the keys of the reminders that were handed over, and asserts that none was sent twice.
    async fn reminded(&self) -> BTreeSet<String> {
        let handed_over: Vec<_> =
            self.memory.messages().into_iter().map(|it| String::from_utf8(it).unwrap()).collect();
        let reminders = outbox::Entity::find().filter(outbox::COLUMN.kind.eq("reminder"));
        let mut keys = BTreeSet::new();
        for mail in reminders.all(&self.site.app.db).await.unwrap() {
            let name = format!("Message-ID: <{}>", mail.message_id);
            let times = handed_over.iter().filter(|it| it.contains(&name)).count();
            assert_eq!(times, usize::from(mail.state.code() == "sent"), "{}", mail.subject);
            if times == 1 {
                assert!(keys.insert(mail.dedup_key.unwrap()));
            }
        }
        keys
    }
}

/// Makes a consultation that holds a time, whose address is confirmed, and for which the best expert is asked.
async fn requested(site: &Site, n: usize) -> Case {
    let form = cases::form(&contact(n));
    let draft = ops::intake::apply::start(&site.app, "network".to_owned()).await.unwrap();
    let typed = form.clone();
    ops::intake::apply::save(&site.app, draft, |it| *it = typed).await.unwrap();
    let slot = Slot::new("2026-12-03".parse().unwrap(), 16).unwrap();
    ops::intake::apply::hold(&site.app, draft, slot).await.unwrap();
    let record = ops::intake::apply::submit(&site.app, draft, |_| ()).await.unwrap();
    ops::consultation::confirm_address(&site.app, record.consultation.id, Actor::Company).await.unwrap();
    Case { id: record.consultation.id, number: record.number }
}

fn contact(n: usize) -> String {
    format!("contact{n}@example.co.jp")
}
