//! An appointment in which an expert has no part any more leaves that expert's calendars: the feed, and the invitation
//! by mail.
use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{field::Fields, id::ExpertId, routing::assignment::Assignment};
use madoguchi::{doctor, ops, store, worker};

use crate::{
    answers::held_on,
    cases::{self, CONTACT, Case, Cast},
    site::Site,
};

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Declined,
    Lapsed,
    Withdrawn,
}

/// Makes a new address of the expert's feed and returns it.
pub async fn feed(site: &Site, expert: ExpertId) -> String {
    let token = ops::routing::expert::make_feed(&site.app, expert).await.unwrap();
    format!("/calendar/{token}.ics")
}

/// The properties of an event, by name.
pub type Event = BTreeMap<String, String>;

pub async fn events(site: &Site, feed: &str) -> Vec<Event> {
    let reply = site.get(feed).await;
    assert_eq!(reply.status, 200);
    read(&reply.body)
}

/// Returns the only event of the feed.
pub async fn only(site: &Site, feed: &str) -> Event {
    let mut all = events(site, feed).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn read(calendar: &str) -> Vec<Event> {
    let property = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_owned(), value.to_owned())
    };
    let whole = calendar.replace("\r\n ", "");
    let events = whole.split("BEGIN:VEVENT\r\n").skip(1);
    events.map(|it| it.split("END:VEVENT").next().unwrap().lines().map(property).collect()).collect()
}

pub fn sequence(event: &Event) -> i32 {
    event["SEQUENCE"].parse().unwrap()
}

/// Returns the kind of the latest mail with an invitation, and the event that it gave the expert's own calendar.
pub async fn last_word(site: &Site, to: &str) -> (String, Event) {
    let mails = cases::mails_to(site, to).await;
    let mail = mails.iter().rfind(|it| it.calendar.is_some()).unwrap();
    let calendar = mail.calendar.clone().unwrap();
    (mail.kind.clone(), [read(&calendar), vec![method(&calendar)]].concat().into_iter().flatten().collect())
}

fn method(calendar: &str) -> Event {
    let method = calendar.lines().find_map(|it| it.strip_prefix("METHOD:")).unwrap();
    BTreeMap::from([("METHOD".to_owned(), method.to_owned())])
}

async fn request_of(site: &Site, case: Case) -> Assignment {
    store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap()
}

async fn end_it(site: &Site, cast: &Cast, case: Case, request: &Assignment, end: End) {
    match end {
        End::Declined => {
            let reason = "多忙のため".to_owned();
            ops::routing::assignment::decline(&site.app, request.id, request.expert, reason).await.unwrap();
        }
        End::Lapsed => {
            site.app.clock.advance(request.due_at - site.app.clock.now());
            worker::deadlines::step(&site.app).await.unwrap();
        }
        End::Withdrawn => {
            let ending = ops::consultation::Ending::Withdraw { reason: None };
            ops::consultation::end(&site.app, case.id, None, cast.center(), ending).await.unwrap();
        }
    }
}

#[actix_web::test]
async fn a_request_that_ends_is_cancelled_in_the_feed_and_by_mail() {
    for end in [End::Declined, End::Lapsed, End::Withdrawn] {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
        let (hers, his) = (feed(&site, cast.expert).await, feed(&site, sato).await);
        let case = held_on(&site, &cast, CONTACT, 4).await;
        let request = request_of(&site, case).await;
        let first = request.expert == cast.expert;
        let (to, mine, others) =
            if first { ("expert@example.jp", &hers, &his) } else { ("sato@example.jp", &his, &hers) };
        let before = only(&site, mine).await;
        assert_eq!(before["STATUS"], "TENTATIVE");
        assert!(events(&site, others).await.is_empty());

        end_it(&site, &cast, case, &request, end).await;
        let after = only(&site, mine).await;
        assert_eq!(
            (&after["STATUS"], &after["TRANSP"]),
            (&"CANCELLED".to_owned(), &"TRANSPARENT".to_owned())
        );
        for same in ["UID", "DTSTART", "DTEND"] {
            assert_eq!(after[same], before[same], "{end:?}");
        }
        assert!(sequence(&after) > sequence(&before), "{end:?}");
        let (kind, entry) = last_word(&site, to).await;
        assert_eq!(kind, if end == End::Lapsed { "request_lapsed" } else { "request_withdrawn" });
        assert_eq!(
            (&entry["METHOD"][..], &entry["UID"], &entry["SEQUENCE"]),
            ("CANCEL", &after["UID"], &after["SEQUENCE"])
        );
        let text = cases::mails_to(&site, to).await.pop().unwrap().text_body;
        assert_eq!(text.contains("辞退を受け付けました"), end == End::Declined, "{text}");
        assert!(text.contains("invite.ics"), "{text}");

        // The expert who is asked instead is invited to the same appointment.
        let next = events(&site, others).await;
        let stands: Vec<_> = next.iter().map(|it| (&it["UID"], &it["STATUS"][..])).collect();
        let expected = if end == End::Withdrawn { vec![] } else { vec![(&before["UID"], "TENTATIVE")] };
        assert_eq!(stands, expected, "{end:?}");

        while worker::outbox::step(&site.app).await.unwrap() {}
        assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), [], "{end:?}");
        site.app.clock.advance(TimeDelta::days(31));
        assert!(events(&site, mine).await.is_empty(), "{end:?}: after thirty days nobody asks any more");
    }
}

/// A held time for which the expert was not asked leaves their calendar without a notice when it is released.
#[actix_web::test]
async fn a_released_time_disappears_without_a_cancellation() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let feed = feed(&site, cast.expert).await;
    let app = &site.app;
    let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    let saved = ops::intake::apply::save(app, draft, |it| *it = cases::form(CONTACT)).await.unwrap();
    let slot = ops::intake::apply::slots(app, &saved).await.unwrap().days()[0].1[0];
    ops::intake::apply::hold(app, draft, slot).await.unwrap();
    assert_eq!(events(&site, &feed).await.len(), 1);
    app.clock.advance(TimeDelta::hours(1));
    worker::deadlines::step(app).await.unwrap();
    assert!(events(&site, &feed).await.is_empty());
}
