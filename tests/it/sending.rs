//! What becomes of a mail: put off, given up, sent once more with the same name, or dropped because it is no longer true.
use std::{collections::BTreeSet, path::Path, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    application::{Application, Intake},
    appointment::Appointment,
    availability::Slot,
    calendar::BusinessCalendar,
    notice::reminder_at,
    settings::Settings,
};
use entity::outbox;
use madoguchi::{
    mail::transport::{Memory, Transport},
    ops,
    problem::Problem,
    store, worker,
};
use sea_orm::{EntityTrait, QueryFilter};

use crate::{
    cases::{self, Case, Cast},
    site::Site,
    smtp::{Manner, Sink},
};

#[actix_web::test]
async fn a_mail_that_is_deferred_waits_longer_each_time_and_keeps_its_name() {
    let (site, sink) = sending_to(Manner::Answer("451 4.7.1 later, please")).await;
    for (attempts, minutes) in [(1, 1), (2, 2), (3, 4)] {
        assert!(worker::outbox::step(&site.app).await.unwrap());
        let mail = the_mail(&site).await;
        let due = site.app.clock.now() + TimeDelta::minutes(minutes);
        assert_eq!((mail.state.as_str(), mail.attempts, mail.due_at), ("waiting", attempts, due));
        assert!(mail.last_reply.unwrap().contains("451"));
        assert!(!worker::outbox::step(&site.app).await.unwrap(), "it is not due yet");
        site.app.clock.advance(TimeDelta::minutes(minutes));
    }
    // The answer is lost on the way: nobody can know whether it was taken, so it is sent once more.
    sink.set(Manner::HangUp);
    assert!(worker::outbox::step(&site.app).await.unwrap());
    assert_eq!(the_mail(&site).await.state, "waiting");
    sink.set(Manner::Take(Duration::ZERO));
    site.app.clock.advance(TimeDelta::minutes(8));
    assert!(worker::outbox::step(&site.app).await.unwrap());
    let mail = the_mail(&site).await;
    assert_eq!((mail.state.as_str(), mail.attempts), ("sent", 5));
    assert_eq!(sink.taken().into_iter().collect::<Vec<_>>(), [(mail.message_id, 2)]);
}

#[actix_web::test]
async fn a_mail_that_is_refused_is_given_up_and_can_be_tried_again_by_hand() {
    let (site, sink) = sending_to(Manner::Answer("550 5.1.1 no such person")).await;
    assert!(worker::outbox::step(&site.app).await.unwrap());
    let mail = the_mail(&site).await;
    assert_eq!((mail.state.as_str(), mail.attempts), ("failed", 1));
    assert!(mail.last_reply.unwrap().contains("no such person"));
    site.app.clock.advance(TimeDelta::days(4));
    assert!(!worker::outbox::step(&site.app).await.unwrap());

    sink.set(Manner::Take(Duration::ZERO));
    let tx = site.app.begin().await.unwrap();
    assert!(store::outbox::retry(&tx, domain::id::MailId(mail.id), site.app.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    assert!(worker::outbox::step(&site.app).await.unwrap());
    assert_eq!(sink.taken().into_iter().collect::<Vec<_>>(), [(mail.message_id, 1)]);
}

/// Whatever order sessions are booked, moved and cancelled in: both sides are reminded once of what stands on the
/// business day before, and of nothing else.
#[actix_web::test]
async fn what_stands_is_reminded_of_once_and_nothing_else_is() {
    let mut diary = Diary::open().await;
    let mut dice = 0x2026_1120_u64;
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let mut acts = 0;
    for _ in 0..90 {
        diary.wait(roll(7)).await;
        let n = usize::try_from(roll(CASES as u64)).unwrap();
        acts += usize::from(diary.act(n, roll(4) == 0, roll(1000)).await);
    }
    assert!(acts > 60, "{acts}");
    diary.wait(24 * 14).await;
    assert!(diary.dropped > 10 && diary.expected.len() > 20, "{} {}", diary.dropped, diary.expected.len());
    assert_eq!(diary.reminded().await, diary.expected);
}

/// Some consultations with one expert, and which reminders have to have been sent for them.
struct Diary {
    site: Site,
    cast: Cast,
    cases: Vec<Case>,
    /// Of each case, what is booked.
    standing: Vec<Option<Standing>>,
    memory: Memory,
    /// Keys of the reminders whose time came while their session stood.
    expected: BTreeSet<String>,
    /// Reminders of sessions that were moved or cancelled before.
    dropped: usize,
}

/// A booked session, and when both sides are to be reminded of it.
struct Standing {
    session: Appointment,
    remind_at: Option<DateTime<Utc>>,
}

const CASES: usize = 8;

impl Diary {
    async fn open() -> Self {
        let mut site = Site::new().await;
        let memory = Memory::default();
        site.app.mail.transport = Transport::Memory(memory.clone());
        let cast = Cast::new(&site).await;
        let mut cases = Vec::new();
        for n in 0..CASES {
            cases.push(cases::scheduling(&site, &cast, &contact(n)).await);
        }
        let standing = (0..CASES).map(|_| None).collect();
        Self { site, cast, cases, standing, memory, expected: BTreeSet::new(), dropped: 0 }
    }

    /// Lets hours pass, in each of which the worker works.
    async fn wait(&mut self, hours: u64) {
        for _ in 0..hours {
            self.site.app.clock.advance(TimeDelta::hours(1));
            while worker::outbox::step(&self.site.app).await.unwrap() {}
            let now = self.site.app.clock.now();
            for (n, it) in self.standing.iter().enumerate() {
                let Some(Standing { session, remind_at: Some(at) }) = it else { continue };
                if *at <= now {
                    let key = |to: &str| format!("reminder/{}/{}/{to}", session.id, session.sequence);
                    self.expected.extend([key(&contact(n)), key("expert@example.jp")]);
                }
            }
        }
    }

    /// Books, or moves or cancels what is booked; `false` where its time has come.
    async fn act(&mut self, n: usize, cancel: bool, pick: u64) -> bool {
        let (app, center, case) = (&self.site.app, self.cast.center(), self.cases[n]);
        let done = if self.standing[n].is_none() {
            ops::appointment::choose_slot(app, case.id, center, self.slot(n, pick).await).await
        } else if cancel {
            ops::appointment::cancel(app, case.id, center, "都合により".to_owned()).await
        } else {
            ops::appointment::reschedule(app, case.id, center, self.slot(n, pick).await).await
        };
        match done {
            Ok(()) => {}
            Err(Problem::Refused(_)) => return false,
            Err(other) => panic!("{other:?}"),
        }
        let now = app.clock.now();
        let gone = self.standing[n].as_ref().and_then(|it| it.remind_at).is_some_and(|at| at > now);
        self.dropped += usize::from(gone);
        let session = cases::session(&self.site, case).await;
        self.standing[n] = session.is_confirmed().then(|| {
            let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
            Standing { remind_at: reminder_at(session.starts_at, now, &settings, &calendar), session }
        });
        true
    }

    /// One of the next that the center can choose.
    async fn slot(&self, n: usize, pick: u64) -> Slot {
        let record = cases::record(&self.site, self.cases[n]).await;
        let offers =
            ops::appointment::joint_offers(&self.site.app, &record, self.cast.center()).await.unwrap();
        let now = self.site.app.clock.now();
        let soon = offers.days().into_iter().flat_map(|(_, slots)| slots).filter(|it| it.start() > now);
        let soon: Vec<_> = soon.take(150).collect();
        soon[usize::try_from(pick).unwrap() % soon.len()]
    }

    /// Keys of the reminders that were handed over; none twice.
    async fn reminded(&self) -> BTreeSet<String> {
        let handed_over: Vec<_> =
            self.memory.messages().into_iter().map(|it| String::from_utf8(it).unwrap()).collect();
        let reminders = outbox::Entity::find().filter(outbox::COLUMN.kind.eq("reminder"));
        let mut keys = BTreeSet::new();
        for mail in reminders.all(&self.site.app.db).await.unwrap() {
            let name = format!("Message-ID: <{}>", mail.message_id);
            let times = handed_over.iter().filter(|it| it.contains(&name)).count();
            assert_eq!(times, usize::from(mail.state == "sent"), "{}", mail.subject);
            if times == 1 {
                assert!(keys.insert(mail.dedup_key.unwrap()));
            }
        }
        keys
    }
}

fn contact(n: usize) -> String {
    format!("contact{n}@example.co.jp")
}

/// One acknowledgement is waiting, and this server is to take it.
async fn sending_to(manner: Manner) -> (Site, Sink) {
    let mut site = Site::new().await;
    let sink = Sink::open(manner);
    site.app.mail.transport = Transport::from_settings(Some(&sink.url()), Path::new("unused")).unwrap();
    let draft = ops::apply::start(&site.app, "network".to_owned()).await.unwrap();
    let application = Application::parse(&cases::form(cases::CONTACT), Intake::Company).unwrap();
    ops::apply::submit(&site.app, draft, &application).await.unwrap();
    (site, sink)
}

async fn the_mail(site: &Site) -> outbox::Model {
    outbox::Entity::find().one(&site.app.db).await.unwrap().unwrap()
}
