//! The meeting link of an online appointment: the same link in the mail, on the page and in the calendar, and the
//! effects of changing it.
use domain::{actor::Role, field::Fields};
use madoguchi::{
    doctor,
    ops::{self, accounts::account},
    store::{accounts::link::Purpose, routing::expert::ExpertFacts},
    worker,
};

use crate::{
    cases::{self, CONTACT, Cast},
    site::{PASSWORD, Site},
};

const OWN: &str = "https://video.example.jp/expert";
const OTHER: &str = "https://video.example.jp/other";

async fn company(site: &Site) -> Site {
    let company = site.visitor();
    let tx = site.app.begin().await.unwrap();
    let purpose = Purpose::SignIn { email_key: CONTACT.to_owned() };
    let token = account::company_link(&tx, &purpose, site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(company.post(&format!("/l/{token}"), &[]).await.status, 303);
    company
}

#[actix_web::test]
async fn a_changed_link_is_told_everywhere_alike() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = company(&site).await;
    let my = format!("/my/{}", case.number);
    company.get(&my).await.shows(OWN);
    let file = company.get(&format!("{my}/appointment.ics")).await;
    file.shows(OWN);
    file.shows("SEQUENCE:0");

    site.sign_in("expert@example.jp", PASSWORD).await;
    let path = format!("/expert/consultations/{}", case.number);
    site.get(&path).await.shows("接続先を変更する");
    site.get(&format!("{path}/room")).await.shows(&format!(r#"value="{OWN}""#));
    for wrong in ["", "video.example.jp/other", "http://video.example.jp/other", "javascript:alert(1)"] {
        let reply = site.post(&format!("{path}/room"), &[("video_url", wrong)]).await;
        assert_eq!(reply.status, 422, "{wrong}");
    }
    for _twice in 0..2 {
        assert_eq!(site.post(&format!("{path}/room"), &[("video_url", OTHER)]).await.status, 303);
    }
    let appointment = cases::appointment(&site, case).await;
    assert_eq!((appointment.place.as_str(), appointment.sequence), (OTHER, 1), "sent twice, changed once");
    let page = company.get(&my).await;
    page.shows(OTHER);
    assert!(!page.body.contains(OWN));
    let file = company.get(&format!("{my}/appointment.ics")).await;
    file.shows(OTHER);
    file.shows("SEQUENCE:1");
    for to in [CONTACT, "expert@example.jp"] {
        let mails = cases::mails_to(&site, to).await;
        let mails: Vec<_> = mails.iter().filter(|it| it.kind == "room").collect();
        assert_eq!(mails.len(), 1, "{to}");
        assert!(mails[0].text_body.contains(OTHER), "{to}");
        assert!(mails[0].text_body.contains("日時は変わりません"), "{to}");
        assert_eq!(mails[0].calendar_method.as_ref().map(entity::Coded::code), Some("REQUEST"));
        let entry = mails[0].calendar.as_deref().unwrap();
        assert!(entry.contains("SEQUENCE:1") && entry.contains(OTHER), "{entry}");
    }

    // The center may change it too; its request is checked against the version that it saw.
    site.account(Role::Coordinator, "center2@example.jp").await;
    let center = site.visitor();
    center.sign_in("center2@example.jp", PASSWORD).await;
    let staff = format!("/staff/consultations/{}", case.number);
    center.get(&staff).await.shows("接続先を変更する");
    let version = cases::record(&site, case).await.version.to_string();
    let form = [("video_url", OWN), ("version", version.as_str())];
    assert_eq!(center.post(&format!("{staff}/room"), &form).await.status, 303);
    assert_eq!(center.post(&format!("{staff}/room"), &form).await.status, 409, "it has changed since");

    // Only the reminders with the last link are sent.
    let appointment = cases::appointment(&site, case).await;
    site.app.clock.advance(appointment.starts_at - chrono::TimeDelta::hours(22) - site.app.clock.now());
    while worker::outbox::step(&site.app).await.unwrap() {}
    let reminders = cases::mails_to(&site, CONTACT).await.into_iter().filter(|it| it.kind == "reminder");
    let reminders: Vec<_> =
        reminders.map(|it| (it.state.code().to_owned(), it.text_body.contains(OWN))).collect();
    let sent: Vec<_> = reminders.iter().filter(|it| it.0 == "sent").collect();
    assert_eq!((reminders.len(), sent.len()), (3, 1), "{reminders:?}");
    assert!(sent[0].1);
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// Returns the facts of the expert with another standing link.
async fn facts(site: &Site, cast: &Cast, video_url: &str) -> ExpertFacts {
    let (_, roster) = site.app.programme_and_experts().await.unwrap();
    let profile = roster.get(cast.expert).unwrap();
    ExpertFacts {
        fields: Fields::Both,
        themes: profile.themes.clone(),
        industries: profile.industries.clone(),
        works_online: true,
        visits: profile.visits.clone(),
        home: profile.home.unwrap(),
        daily_limit: 4,
        weekly_limit: 12,
        open_limit: 20,
        capacity: 20,
        video_url: video_url.to_owned(),
        profile: profile.profile.clone(),
    }
}

#[actix_web::test]
async fn appointments_follow_the_expert_to_another_room() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let elsewhere = cases::booked(&site, &cast, "other@example.co.jp").await;
    let special = "https://video.example.jp/special";
    ops::booking::meeting_link::change(&site.app, elsewhere.id, cast.center(), special, None).await.unwrap();
    let facts = facts(&site, &cast, OTHER).await;
    ops::routing::expert::change_facts(&site.app, cast.expert, &facts).await.unwrap();
    assert_eq!(cases::appointment(&site, case).await.place, OTHER);
    assert_eq!(cases::appointment(&site, elsewhere).await.place, special, "it had a room of its own");
    let mails = cases::mails_to(&site, CONTACT).await;
    assert_eq!(mails.iter().filter(|it| it.kind == "room").count(), 1);
}

/// The confirmation of an online appointment without a link promises it.
#[actix_web::test]
async fn the_first_link_of_an_expert_is_given_to_appointments_without_one() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let none = facts(&site, &cast, "").await;
    ops::routing::expert::change_facts(&site.app, cast.expert, &none).await.unwrap();
    let case = cases::booked(&site, &cast, CONTACT).await;
    assert_eq!(cases::appointment(&site, case).await.place, "");
    let booked = cases::mails_to(&site, CONTACT).await.into_iter().rfind(|it| it.kind == "booked").unwrap();
    assert!(booked.text_body.contains("接続先は、決まりしだいお知らせします。"), "{}", booked.text_body);
    let first = facts(&site, &cast, OTHER).await;
    ops::routing::expert::change_facts(&site.app, cast.expert, &first).await.unwrap();
    assert_eq!(cases::appointment(&site, case).await.place, OTHER);
    for to in [CONTACT, "expert@example.jp"] {
        let mails = cases::mails_to(&site, to).await;
        let changed: Vec<_> = mails.iter().filter(|it| it.kind == "room").collect();
        assert_eq!(changed.len(), 1, "{to}");
        assert!(changed[0].text_body.contains(OTHER), "{to}");
    }
}
