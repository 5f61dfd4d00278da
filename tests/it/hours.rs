//! When mail reaches people: what they did themselves at once, what others did in opening hours, and what cannot wait
//! in time.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    calendar::{BusinessCalendar, at_japan},
    notice::told_at,
    settings::Settings,
    text::Prose,
};
use entity::outbox;
use madoguchi::{mail::letter::MailKind, ops, store::message::Audience};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::Site,
};

/// Sunday, 22 November 2026, 3:00. The Monday after is a holiday.
fn night() -> DateTime<Utc> {
    at_japan("2026-11-22".parse().unwrap(), 3, 0)
}

fn tuesday(hour: u8) -> DateTime<Utc> {
    at_japan("2026-11-24".parse().unwrap(), hour, 0)
}

/// What others cause in that night reaches nobody before Tuesday, but for what lets its reader in or answers them.
#[test]
fn every_kind_has_its_hours() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let at_once = [
        MailKind::Acknowledgement,
        MailKind::SignIn,
        MailKind::ResumeDraft,
        MailKind::Invitation,
        MailKind::PasswordReset,
        MailKind::NoDelegates,
    ];
    for kind in MailKind::ALL {
        let due = if kind.keeps_hours() { told_at(night(), None, &settings, &calendar) } else { night() };
        let expected = if at_once.contains(&kind) { night() } else { tuesday(9) };
        assert_eq!(due, expected, "{}", kind.code());
    }
}

/// The latest mail of a kind to an address.
async fn latest(site: &Site, to: &str, kind: &str) -> outbox::Model {
    let letters = cases::letters(site, to).await;
    letters.into_iter().rfind(|it| it.kind == kind).unwrap_or_else(|| panic!("no {kind} to {to}"))
}

fn in_the_night(site: &Site) {
    site.app.clock.advance(night() - site.app.clock.now());
}

const EXPERT: &str = "expert@example.jp";
const CENTER: &str = "center@example.jp";

#[actix_web::test]
async fn who_does_something_at_night_is_told_then_and_the_others_in_the_morning() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let asked = cases::matching(&site, &cast, CONTACT).await;
    let booked = cases::booked(&site, &cast, "second@example.co.jp").await;
    // A session far ahead.
    let far = *cases::free_slots(&site, booked).await.last().unwrap();
    ops::appointment::reschedule(&site.app, booked.id, cast.center(), far).await.unwrap();
    in_the_night(&site);

    let of_expert = store_assignment(&site, asked).await;
    ops::assignment::accept(&site.app, of_expert, cast.expert).await.unwrap();
    assert_eq!(latest(&site, CONTACT, "slots_to_choose").await.due_at, tuesday(9));

    let text = Prose::parse("メッセージ", "よろしくお願いします。", 100).unwrap();
    let expert = Actor::Expert(cast.expert);
    ops::message::post(&site.app, asked.id, expert, Audience::Everyone, &text).await.unwrap();
    assert_eq!(latest(&site, CONTACT, "new_message").await.due_at, tuesday(9));

    let other = cases::free_slots(&site, booked).await.into_iter().rev().find(|it| *it != far).unwrap();
    ops::appointment::reschedule(&site.app, booked.id, Actor::Company, other).await.unwrap();
    assert_eq!(latest(&site, "second@example.co.jp", "moved").await.due_at, night());
    assert_eq!(latest(&site, EXPERT, "moved").await.due_at, tuesday(9));

    ops::appointment::cancel(&site.app, booked.id, expert, "都合により".to_owned()).await.unwrap();
    assert_eq!(latest(&site, EXPERT, "cancelled").await.due_at, night());
    assert_eq!(latest(&site, "second@example.co.jp", "cancelled").await.due_at, tuesday(9));
}

#[actix_web::test]
async fn what_concerns_the_next_day_wakes_people() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let booked = cases::booked(&site, &cast, CONTACT).await;
    let session = cases::session(&site, booked).await;
    site.app.clock.advance(session.starts_at - chrono::TimeDelta::hours(7) - site.app.clock.now());
    ops::appointment::cancel(&site.app, booked.id, cast.center(), "急病のため".to_owned()).await.unwrap();
    for to in [CONTACT, EXPERT] {
        assert_eq!(latest(&site, to, "cancelled").await.due_at, site.app.clock.now(), "{to}");
    }
}

/// An application and a link are answered at any hour.
#[actix_web::test]
async fn what_somebody_waits_for_comes_at_night() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    in_the_night(&site);
    let case = cases::unconfirmed(&site, &cast, &cases::form(CONTACT)).await;
    assert_eq!(latest(&site, CONTACT, "acknowledgement").await.due_at, night());
    ops::consultation::confirm_address(&site.app, case.id, Actor::Company).await.unwrap();
    let email = domain::contact::EmailAddress::parse(CONTACT).unwrap();
    ops::contact::request_link(&site.app, &email, "network").await.unwrap();
    assert_eq!(latest(&site, CONTACT, "sign_in").await.due_at, night());
    // The expert is asked when at work.
    let version = cases::record(&site, case).await.version;
    ops::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert]).await.unwrap();
    assert_eq!(latest(&site, EXPERT, "request").await.due_at, tuesday(9));
    assert!(!cases::letters(&site, CENTER).await.iter().any(|it| it.due_at < tuesday(9)));
}

async fn store_assignment(site: &Site, case: Case) -> domain::id::AssignmentId {
    madoguchi::store::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap().id
}
