//! What becomes of a mail: put off, given up, sent once more with the same name, or dropped because it is no longer true.
use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Role,
    application::{Application, Intake},
    appointment::Appointment,
    availability::Slot,
    calendar::BusinessCalendar,
    id::MailId,
    notice::reminder_at,
    outgoing::{MailState, pace::Pace},
    settings::Settings,
    text::Line,
};
use entity::outbox;
use madoguchi::{
    mail::{
        letter::Letter,
        transport::{Memory, SmtpOptions, Transport},
    },
    ops::{self, outbox::Deed},
    problem::Problem,
    store::{
        self,
        outbox::{Fate, Lease, Room, Settled},
    },
    worker,
};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

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
        let waits = mail.due_at - site.app.clock.now();
        assert!((60 * minutes..=75 * minutes).contains(&waits.num_seconds()), "{waits}");
        assert_eq!((state(&site, &mail), mail.attempts), (MailState::Deferred, attempts));
        assert!(mail.last_reply.unwrap().contains("451"));
        assert!(!worker::outbox::step(&site.app).await.unwrap(), "it is not due yet");
        site.app.clock.advance(waits);
    }
    // The answer is lost on the way. Nobody can know whether it was taken; but the company waits for it.
    sink.set(Manner::HangUp);
    assert!(worker::outbox::step(&site.app).await.unwrap());
    let mail = the_mail(&site).await;
    assert_eq!((state(&site, &mail), mail.unknowns), (MailState::Deferred, 1));
    sink.set(Manner::Take(Duration::ZERO));
    site.app.clock.advance(mail.due_at - site.app.clock.now());
    assert!(worker::outbox::step(&site.app).await.unwrap());
    let mail = the_mail(&site).await;
    assert_eq!((state(&site, &mail), mail.attempts), (MailState::Sent, 5));
    assert_eq!(mail.last_reply.as_deref(), Some("250 taken"));
    assert_eq!(sink.taken().into_iter().collect::<Vec<_>>(), [(mail.message_id, 2)]);
    assert_eq!(log(&site, mail.id).await, ["deferred", "deferred", "deferred", "unknown", "sent"]);
}

#[actix_web::test]
async fn what_nobody_knows_is_kept_apart_after_two_copies_or_at_once() {
    for (kind, copies) in [("acknowledgement", 3), ("survey", 1)] {
        let (site, sink) = sending_to(Manner::HangUp).await;
        let renamed = outbox::Entity::update_many().col_expr(outbox::Column::Kind, Expr::value(kind));
        renamed.exec(&site.app.db).await.unwrap();
        for _ in 0..6 {
            while worker::outbox::step(&site.app).await.unwrap() {}
            site.app.clock.advance(TimeDelta::hours(3));
        }
        let mail = the_mail(&site).await;
        assert_eq!((state(&site, &mail), mail.unknowns), (MailState::Unknown, copies), "{kind}");
        let times = usize::try_from(copies).unwrap();
        assert_eq!(sink.taken().into_iter().collect::<Vec<_>>(), [(mail.message_id, times)]);
    }
}

#[actix_web::test]
async fn a_mail_that_is_refused_is_given_up_and_can_be_tried_again_by_hand() {
    let (site, sink) = sending_to(Manner::Answer("550 5.1.1 no such person")).await;
    assert!(worker::outbox::step(&site.app).await.unwrap());
    let mail = the_mail(&site).await;
    assert_eq!((state(&site, &mail), mail.attempts), (MailState::Failed, 1));
    assert!(mail.last_reply.unwrap().contains("no such person"));
    site.app.clock.advance(TimeDelta::days(4));
    assert!(!worker::outbox::step(&site.app).await.unwrap());

    // Nothing else is sent to an address that is not there, until somebody says that it is.
    sink.set(Manner::Take(Duration::ZERO));
    let other = Letter { dedup_key: None, ..store::outbox::letter(the_mail(&site).await).unwrap() };
    let tx = site.app.begin().await.unwrap();
    let other = Letter { due_at: site.app.clock.now(), ..other };
    store::outbox::push(&tx, vec![other], "example.jp", site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(worker::outbox::step(&site.app).await.unwrap());
    let all = outbox::Entity::find().order_by_asc(outbox::COLUMN.id).all(&site.app.db).await.unwrap();
    assert_eq!(
        all.iter().map(|it| state(&site, it)).collect::<Vec<_>>(),
        [MailState::Failed, MailState::Suppressed]
    );
    assert!(sink.taken().is_empty());
    assert_eq!(all[1].follows.as_deref(), Some(all[0].message_id.as_str()));

    let person = site.account(Role::Coordinator, "center9@example.jp").await;
    let reason = Line::parse("理由", "電話で確認した", 100).unwrap();
    ops::outbox::act(&site.app, MailId(mail.id), Deed::Resend, person.id, &reason).await.unwrap();
    assert!(worker::outbox::step(&site.app).await.unwrap());
    assert_eq!(sink.taken().get(&mail.message_id), Some(&1));
    assert!(store::bounce::find(&site.app.db, cases::CONTACT).await.unwrap().is_none());
}

#[actix_web::test]
async fn a_mail_that_nobody_can_read_is_set_aside_and_keeps_no_other_waiting() {
    let (site, sink) = sending_to(Manner::Take(Duration::ZERO)).await;
    let letter = store::outbox::letter(the_mail(&site).await).unwrap();
    let renamed = outbox::Entity::update_many().col_expr(outbox::Column::Kind, Expr::value("of_tomorrow"));
    renamed.exec(&site.app.db).await.unwrap();
    let tx = site.app.begin().await.unwrap();
    store::outbox::push(&tx, vec![letter], "example.jp", site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(worker::outbox::step(&site.app).await.unwrap());
    let all = outbox::Entity::find().order_by_asc(outbox::COLUMN.id).all(&site.app.db).await.unwrap();
    assert_eq!(
        all.iter().map(|it| state(&site, it)).collect::<Vec<_>>(),
        [MailState::Failed, MailState::Sent]
    );
    assert_eq!(log(&site, all[0].id).await, ["refused"]);
    assert_eq!(sink.taken().len(), 1);
}

/// A worker that sleeps through its lease can mark nothing, and one that comes back to it sends nothing.
#[actix_web::test]
async fn who_lost_the_lease_marks_nothing() {
    let (site, _sink) = sending_to(Manner::Take(Duration::ZERO)).await;
    let room = Room { mails: 10, per_domain: 10, in_hand: &HashMap::new(), pace: Pace(0) };
    let lease = async |length| {
        let tx = site.app.begin().await.unwrap();
        let lease = store::outbox::lease(&tx, site.app.clock.now(), length, room).await.unwrap();
        tx.commit().await.unwrap();
        lease
    };
    let settle = async |lease: &Lease, fate| {
        let id = MailId(the_mail(&site).await.id);
        let settled = [Settled { id, token: lease.token, fate, detail: "250".to_owned() }];
        let tx = site.app.begin().await.unwrap();
        let n = store::outbox::settle(&tx, &settled, site.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        n
    };
    let first = lease(TimeDelta::minutes(5)).await;
    assert_eq!((first.mails.len(), lease(TimeDelta::minutes(5)).await.mails.len()), (1, 0));
    site.app.clock.advance(TimeDelta::minutes(6));
    let second = lease(TimeDelta::minutes(5)).await;
    assert_eq!((second.mails.len(), second.mails[0].unknowns), (1, 1));
    assert_eq!(settle(&first, Fate::Sent).await, 0);
    assert_eq!(state(&site, &the_mail(&site).await), MailState::Sending);
    assert_eq!(settle(&second, Fate::Sent).await, 1);
    assert_eq!(settle(&second, Fate::Failed).await, 0);
    assert_eq!(state(&site, &the_mail(&site).await), MailState::Sent);
}

/// Twenty mails to a domain that is full do not keep the one behind them waiting; and no minute sees more of them than
/// its pace.
#[actix_web::test]
async fn one_domain_does_not_hold_up_another() {
    let (site, _sink) = sending_to(Manner::Take(Duration::ZERO)).await;
    let letter = store::outbox::letter(the_mail(&site).await).unwrap();
    let now = site.app.clock.now();
    let to = |to: String, ago| Letter { to, due_at: now - TimeDelta::minutes(ago), ..letter.clone() };
    let mut letters: Vec<_> = (0..20).map(|n| to(format!("c{n}@slow.example"), 30)).collect();
    letters.push(to("c@quick.example".to_owned(), 1));
    let tx = site.app.begin().await.unwrap();
    store::outbox::push(&tx, letters, "example.jp", now).await.unwrap();
    let in_hand = HashMap::from([("slow.example".to_owned(), 1)]);
    let room = Room { mails: 8, per_domain: 3, in_hand: &in_hand, pace: Pace(0) };
    let domains = |lease: Lease| lease.mails.into_iter().map(|it| it.domain).collect::<Vec<_>>();
    let taken = domains(store::outbox::lease(&tx, now, TimeDelta::minutes(5), room).await.unwrap());
    assert_eq!(taken, ["slow.example", "slow.example", "quick.example", "example.co.jp"]);
    let room = Room { mails: 8, per_domain: 8, in_hand: &HashMap::new(), pace: Pace(30) };
    for expected in [5, 0] {
        let taken = domains(store::outbox::lease(&tx, now, TimeDelta::minutes(5), room).await.unwrap());
        assert_eq!(taken, vec!["slow.example"; expected]);
    }
    let later = now + TimeDelta::seconds(4);
    let taken = domains(store::outbox::lease(&tx, later, TimeDelta::minutes(5), room).await.unwrap());
    assert_eq!(taken.len(), 2);
    tx.rollback().await.unwrap();
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
    site.app.mail.transport =
        Transport::from_settings(Some(&sink.url()), Path::new("unused"), SmtpOptions::default()).unwrap();
    let draft = ops::apply::start(&site.app, "network".to_owned()).await.unwrap();
    let application = Application::parse(&cases::form(cases::CONTACT), Intake::Company).unwrap();
    ops::apply::submit(&site.app, draft, &application).await.unwrap();
    (site, sink)
}

fn state(site: &Site, mail: &outbox::Model) -> MailState {
    store::outbox::state(mail, site.app.clock.now())
}

async fn log(site: &Site, id: Uuid) -> Vec<String> {
    let log = store::outbox::log_of(&site.app.db, MailId(id)).await.unwrap();
    log.into_iter().map(|it| it.what).collect()
}

async fn the_mail(site: &Site) -> outbox::Model {
    outbox::Entity::find().one(&site.app.db).await.unwrap().unwrap()
}
