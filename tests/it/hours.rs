//! The hours at which mail is sent: mail that moves a consultation on goes out at once, other mail in opening hours.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    booking::notice::in_business_hours,
    calendar::{BusinessCalendar, at_japan},
    settings::Settings,
    text::Prose,
};
use entity::outbox;
use madoguchi::{mail::outgoing_mail::MailKind, ops, store::correspondence::message::Audience};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::Site,
};

/// Returns Sunday, 22 November 2026, 3:00 in Japan. The Monday after is a holiday.
fn night() -> DateTime<Utc> {
    at_japan("2026-11-22".parse().unwrap(), 3, 0)
}

fn tuesday(hour: u8) -> DateTime<Utc> {
    at_japan("2026-11-24".parse().unwrap(), hour, 0)
}

/// Mail that can wait is not sent in that night.
#[test]
fn every_kind_has_its_hours() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let can_wait = [
        MailKind::Reminder,
        MailKind::Survey,
        MailKind::FollowUp,
        MailKind::RequestReminder,
        MailKind::ReportDue,
        MailKind::ReportReturned,
        MailKind::ReportWritten,
        MailKind::Digest,
        MailKind::WeeklyDigest,
        MailKind::HandOverResult,
        MailKind::HandOverReopened,
        MailKind::Undelivered,
        MailKind::HoldEnding,
        MailKind::CompanyReminder,
        MailKind::OutcomeMissing,
        MailKind::ExampleWanted,
        MailKind::ExampleReminder,
        MailKind::ExampleTold,
        MailKind::EventReminder,
        MailKind::EventThanks,
        MailKind::RegistrationLapsed,
        MailKind::RegistrationInvitation,
        MailKind::RegistrationsWaiting,
        MailKind::EditionClosed,
        MailKind::ErasureAhead,
        MailKind::SurveyInvitation,
        MailKind::SurveyReminder,
        MailKind::DoubtsWaiting,
        MailKind::NetworkWaiting,
        MailKind::MentorReminder,
        MailKind::Searching,
        MailKind::HandedBackReminder,
        MailKind::DeskUnstaffed,
    ];
    for kind in MailKind::ALL {
        let due = if kind.keeps_hours() { in_business_hours(night(), &settings, &calendar) } else { night() };
        let expected = if can_wait.contains(&kind) { tuesday(9) } else { night() };
        assert_eq!(due, expected, "{}", kind.code());
    }
}

/// Returns the latest mail of a kind to an address.
async fn latest(site: &Site, to: &str, kind: &str) -> outbox::Model {
    let mails = cases::mails_to(site, to).await;
    mails.into_iter().rfind(|it| it.kind == kind).unwrap_or_else(|| panic!("no {kind} to {to}"))
}

fn in_the_night(site: &Site) {
    site.app.clock.advance(night() - site.app.clock.now());
}

const EXPERT: &str = "expert@example.jp";
const CENTER: &str = "center@example.jp";

#[actix_web::test]
async fn urgent_mail_goes_out_at_night_and_news_wait_for_opening_hours() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let matching = cases::matching(&site, &cast, CONTACT).await;
    let booked = cases::booked(&site, &cast, "second@example.co.jp").await;
    // An appointment far ahead.
    let far = *cases::free_slots(&site, booked).await.last().unwrap();
    ops::booking::appointment::reschedule(&site.app, booked.id, cast.center(), far).await.unwrap();
    in_the_night(&site);

    let of_expert = store_assignment(&site, matching).await;
    ops::routing::assignment::accept(&site.app, of_expert, cast.expert).await.unwrap();
    assert_eq!(latest(&site, CONTACT, "slots_to_choose").await.due_at, night());

    let text = Prose::parse("メッセージ", "よろしくお願いします。", 100).unwrap();
    ops::correspondence::message::post(&site.app, matching.id, Actor::Company, Audience::Everyone, &text)
        .await
        .unwrap();
    assert_eq!(latest(&site, EXPERT, "new_message").await.due_at, tuesday(9));
    assert_eq!(latest(&site, CENTER, "new_message").await.due_at, tuesday(9));
    let expert = Actor::Expert(cast.expert);
    ops::correspondence::message::post(&site.app, matching.id, expert, Audience::Everyone, &text)
        .await
        .unwrap();
    assert_eq!(latest(&site, CONTACT, "new_message").await.due_at, night());

    let other = cases::free_slots(&site, booked).await.into_iter().rev().find(|it| *it != far).unwrap();
    ops::booking::appointment::reschedule(&site.app, booked.id, Actor::Company, other).await.unwrap();
    ops::booking::appointment::cancel(&site.app, booked.id, expert, "都合により".to_owned()).await.unwrap();
    for (to, kind) in [(EXPERT, "moved"), (EXPERT, "cancelled"), ("second@example.co.jp", "cancelled")] {
        assert_eq!(latest(&site, to, kind).await.due_at, night(), "{to} {kind}");
    }
}

/// An application and a requested link are answered at any hour.
#[actix_web::test]
async fn requested_mail_is_sent_at_night() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    in_the_night(&site);
    let case = cases::unconfirmed(&site, &cast, &cases::form(CONTACT)).await;
    assert_eq!(latest(&site, CONTACT, "acknowledgement").await.due_at, night());
    ops::consultation::confirm_address(&site.app, case.id, Actor::Company).await.unwrap();
    let email = domain::intake::contact::EmailAddress::parse(CONTACT).unwrap();
    ops::accounts::contact_sign_in::request_link(&site.app, &email, "network").await.unwrap();
    assert_eq!(latest(&site, CONTACT, "sign_in").await.due_at, night());
    let version = cases::record(&site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    assert_eq!(latest(&site, EXPERT, "request").await.due_at, night());
}

async fn store_assignment(site: &Site, case: Case) -> domain::id::AssignmentId {
    madoguchi::store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap().id
}
