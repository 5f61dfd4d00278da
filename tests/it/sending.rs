//! The outcomes of sending a mail: deferred, given up, sent once more with the same Message-ID, or dropped because its
//! condition no longer holds.
use std::{collections::HashMap, path::Path, time::Duration};

use chrono::TimeDelta;
use domain::{
    actor::Role,
    correspondence::outgoing_mail::{MailState, rate_limit::RateLimit},
    id::MailId,
    text::TextLine,
};
use entity::outbox;
use madoguchi::{
    mail::{
        outgoing_mail::OutgoingMail,
        transport::{SmtpOptions, Transport},
    },
    ops::{self, correspondence::outbox::MailAction},
    store::{
        self,
        correspondence::outbox::{Lease, SendCapacity, SendOutcome, SettledMail},
    },
    worker,
};
use sea_orm::{EntityTrait, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use crate::{
    cases,
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
    // The answer is lost on the way. The outcome is unknown, but the company waits for the mail.
    sink.set(Manner::HangUp);
    assert!(worker::outbox::step(&site.app).await.unwrap());
    let mail = the_mail(&site).await;
    assert_eq!((state(&site, &mail), mail.unknown_outcomes), (MailState::Deferred, 1));
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
async fn an_unknown_outcome_is_held_after_two_copies_or_at_once() {
    for (kind, copies) in [("acknowledgement", 3), ("survey", 1)] {
        let (site, sink) = sending_to(Manner::HangUp).await;
        let renamed = outbox::Entity::update_many().col_expr(outbox::Column::Kind, Expr::value(kind));
        renamed.exec(&site.app.db).await.unwrap();
        for _ in 0..6 {
            while worker::outbox::step(&site.app).await.unwrap() {}
            site.app.clock.advance(TimeDelta::hours(3));
        }
        let mail = the_mail(&site).await;
        assert_eq!((state(&site, &mail), mail.unknown_outcomes), (MailState::Unknown, copies), "{kind}");
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

    // No other mail is sent to an unknown address, until a person confirms that it exists.
    sink.set(Manner::Take(Duration::ZERO));
    let other = OutgoingMail {
        dedup_key: None,
        ..store::correspondence::outbox::outgoing_mail(the_mail(&site).await).unwrap()
    };
    let tx = site.app.begin().await.unwrap();
    let other = OutgoingMail { due_at: site.app.clock.now(), ..other };
    store::correspondence::outbox::push(&tx, vec![other], "example.jp", site.app.clock.now()).await.unwrap();
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
    let reason = TextLine::parse("理由", "電話で確認した", 100).unwrap();
    ops::correspondence::outbox::apply(&site.app, MailId(mail.id), MailAction::Resend, person.id, &reason)
        .await
        .unwrap();
    assert!(worker::outbox::step(&site.app).await.unwrap());
    assert_eq!(sink.taken().get(&mail.message_id), Some(&1));
    assert!(store::correspondence::bounce::find(&site.app.db, cases::CONTACT).await.unwrap().is_none());
}

#[actix_web::test]
async fn an_unreadable_mail_is_held_and_delays_no_other() {
    let (site, sink) = sending_to(Manner::Take(Duration::ZERO)).await;
    let mail = store::correspondence::outbox::outgoing_mail(the_mail(&site).await).unwrap();
    let renamed = outbox::Entity::update_many().col_expr(outbox::Column::Kind, Expr::value("of_tomorrow"));
    renamed.exec(&site.app.db).await.unwrap();
    let tx = site.app.begin().await.unwrap();
    store::correspondence::outbox::push(&tx, vec![mail], "example.jp", site.app.clock.now()).await.unwrap();
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

/// A worker that sleeps through its lease can mark nothing, and when it wakes up it sends nothing.
#[actix_web::test]
async fn a_worker_that_lost_its_lease_marks_nothing() {
    let (site, _sink) = sending_to(Manner::Take(Duration::ZERO)).await;
    let capacity = SendCapacity {
        mails: 10,
        per_domain: 10,
        in_hand: &HashMap::new(),
        rate_limit: RateLimit(0),
        closed_until: None,
    };
    let lease = async |length| {
        let tx = site.app.begin().await.unwrap();
        let lease =
            store::correspondence::outbox::lease(&tx, site.app.clock.now(), length, capacity).await.unwrap();
        tx.commit().await.unwrap();
        lease
    };
    let settle = async |lease: &Lease, outcome| {
        let id = MailId(the_mail(&site).await.id);
        let settled = [SettledMail { id, token: lease.token, outcome, detail: "250".to_owned() }];
        let tx = site.app.begin().await.unwrap();
        let n = store::correspondence::outbox::settle(&tx, &settled, site.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        n
    };
    let first = lease(TimeDelta::minutes(5)).await;
    assert_eq!((first.mails.len(), lease(TimeDelta::minutes(5)).await.mails.len()), (1, 0));
    site.app.clock.advance(TimeDelta::minutes(6));
    let second = lease(TimeDelta::minutes(5)).await;
    assert_eq!((second.mails.len(), second.mails[0].unknown_outcomes), (1, 1));
    assert_eq!(settle(&first, SendOutcome::Sent).await, 0);
    assert_eq!(state(&site, &the_mail(&site).await), MailState::Sending);
    assert_eq!(settle(&second, SendOutcome::Sent).await, 1);
    assert_eq!(settle(&second, SendOutcome::Failed).await, 0);
    assert_eq!(state(&site, &the_mail(&site).await), MailState::Sent);
}

/// Twenty mails to a domain at its rate limit do not delay the mail behind them, and no minute has more of them than
/// the limit.
#[actix_web::test]
async fn one_domain_does_not_hold_up_another() {
    let (site, _sink) = sending_to(Manner::Take(Duration::ZERO)).await;
    let mail = store::correspondence::outbox::outgoing_mail(the_mail(&site).await).unwrap();
    let now = site.app.clock.now();
    let to = |to: String, ago| OutgoingMail { to, due_at: now - TimeDelta::minutes(ago), ..mail.clone() };
    let mut mails: Vec<_> = (0..20).map(|n| to(format!("c{n}@slow.example"), 30)).collect();
    mails.push(to("c@quick.example".to_owned(), 1));
    let tx = site.app.begin().await.unwrap();
    store::correspondence::outbox::push(&tx, mails, "example.jp", now).await.unwrap();
    let in_hand = HashMap::from([("slow.example".to_owned(), 1)]);
    let capacity = SendCapacity {
        mails: 8,
        per_domain: 3,
        in_hand: &in_hand,
        rate_limit: RateLimit(0),
        closed_until: None,
    };
    let domains = |lease: Lease| lease.mails.into_iter().map(|it| it.domain).collect::<Vec<_>>();
    let taken = domains(
        store::correspondence::outbox::lease(&tx, now, TimeDelta::minutes(5), capacity).await.unwrap(),
    );
    assert_eq!(taken, ["slow.example", "slow.example", "quick.example", "example.co.jp"]);
    let capacity = SendCapacity {
        mails: 8,
        per_domain: 8,
        in_hand: &HashMap::new(),
        rate_limit: RateLimit(30),
        closed_until: None,
    };
    for expected in [5, 0] {
        let taken = domains(
            store::correspondence::outbox::lease(&tx, now, TimeDelta::minutes(5), capacity).await.unwrap(),
        );
        assert_eq!(taken, vec!["slow.example"; expected]);
    }
    let later = now + TimeDelta::seconds(4);
    let taken = domains(
        store::correspondence::outbox::lease(&tx, later, TimeDelta::minutes(5), capacity).await.unwrap(),
    );
    assert_eq!(taken.len(), 2);
    tx.rollback().await.unwrap();
}

/// Makes a site with one waiting acknowledgement, and the server that is to take it.
async fn sending_to(manner: Manner) -> (Site, Sink) {
    let mut site = Site::new().await;
    let sink = Sink::open(manner);
    let transport =
        Transport::from_settings(Some(&sink.url()), Path::new("unused"), SmtpOptions::default()).unwrap();
    site.change(|app| app.mail.transport = transport);
    let draft = ops::intake::apply::start(&site.app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(&site.app, draft, |it| *it = cases::form(cases::CONTACT)).await.unwrap();
    ops::intake::apply::release(&site.app, draft).await.unwrap();
    ops::intake::apply::submit(&site.app, draft, |_| ()).await.unwrap();
    (site, sink)
}

fn state(site: &Site, mail: &outbox::Model) -> MailState {
    store::correspondence::outbox::state(mail, site.app.clock.now())
}

async fn log(site: &Site, id: Uuid) -> Vec<String> {
    let log = store::correspondence::outbox::log_of(&site.app.db, MailId(id)).await.unwrap();
    log.into_iter().map(|it| it.event.code().to_owned()).collect()
}

async fn the_mail(site: &Site) -> outbox::Model {
    outbox::Entity::find().one(&site.app.db).await.unwrap().unwrap()
}
