//! The demo: a realistic programme in which the doctor finds no fault.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    account, appointment, assignment, consultation, event, expert, expert_prefecture, follow_up, message,
};
use entity::{outbox, report};
use madoguchi::{
    app::App,
    demo::programme::{self, Found, PASSWORD},
    doctor,
};
use sea_orm::{EntityTrait, QueryOrder};

use crate::site::Site;

#[actix_web::test]
async fn the_demo_is_sound_shows_everything_and_is_the_same_on_the_same_day() {
    let site = Site::new().await;
    let (db, now) = (&site.app.db, site.app.clock.now());
    assert_eq!(programme::look(db, now).await.unwrap(), Found::Empty);
    programme::fill(&site.app, now).await.unwrap();
    assert_eq!(doctor::examine(db, now).await.unwrap(), []);
    assert_eq!(programme::look(db, now).await.unwrap(), Found::Ours);
    assert_eq!(programme::look(db, now + TimeDelta::days(1)).await.unwrap(), Found::Outdated);
    assert_eq!(site.app.clock.now(), now, "the clock of the service is left alone");

    every_state_has_its_cases(&site.app, now).await;
    the_people_are_there(&site.app, now).await;
    what_follows_is_there(&site.app, now).await;
    every_role_signs_in(&site).await;

    let again = Site::new().await;
    programme::fill(&again.app, now).await.unwrap();
    assert_eq!(cases(&again.app).await, cases(&site.app).await);
}

/// Returns of every case what a reader of the worklist sees first.
async fn cases(app: &App) -> Vec<impl PartialEq + std::fmt::Debug> {
    let cases = consultation::Entity::find().order_by_asc(consultation::Column::Number).all(&app.db);
    let seen = |it: consultation::Model| (it.number, it.company_name, it.state, it.state_since, it.due_at);
    cases.await.unwrap().into_iter().map(seen).collect()
}

/// The demo can be filled on any day, also after the year's last appointment and in the holidays of the new year.
#[actix_web::test]
async fn the_demo_can_be_filled_on_any_day() {
    for now in ["2027-03-31T05:00:00Z", "2027-01-03T01:00:00Z"] {
        let (site, now) = (Site::new().await, now.parse().unwrap());
        programme::fill(&site.app, now).await.unwrap();
        assert_eq!(doctor::examine(&site.app.db, now).await.unwrap(), []);
        let cases = consultation::Entity::find().all(&site.app.db).await.unwrap();
        assert_eq!(cases.len(), 120);
    }
}

#[actix_web::test]
async fn a_database_with_other_data_is_foreign() {
    let site = Site::new().await;
    site.account(domain::actor::Role::Coordinator, "someone@example.jp").await;
    let found = programme::look(&site.app.db, site.app.clock.now()).await.unwrap();
    assert_eq!(found, Found::Foreign);
}

async fn every_state_has_its_cases(app: &App, now: DateTime<Utc>) {
    let cases = consultation::Entity::find().all(&app.db).await.unwrap();
    assert_eq!(cases.len(), 120);
    let states = counted(cases.iter().map(|it| it.state.code()));
    assert_eq!(states.len(), 12, "{states:?}");
    assert!(states.values().all(|&it| it >= 4), "{states:?}");
    let overdue = |state: &str| {
        cases.iter().filter(|it| it.state.code() == state && it.due_at.is_some_and(|it| it < now)).count()
    };
    assert!(overdue("received") >= 1 && overdue("checking") >= 1 && overdue("consulted") >= 1);
    let unconfirmed = cases.iter().filter(|it| it.address_confirmed_at.is_none()).count();
    assert!(unconfirmed >= 3, "{unconfirmed}");
    let origins = counted(cases.iter().map(|it| it.origin.code()));
    assert!(["web", "desk", "phone"].iter().all(|it| origins[it] >= 4), "{origins:?}");

    // The yearly cap is reached and never exceeded.
    let company: BTreeMap<_, _> = cases.iter().map(|it| (it.id, it.company_id)).collect();
    let appointments = appointment::Entity::find().all(&app.db).await.unwrap();
    let mut had = BTreeMap::new();
    for it in appointments.iter().filter(|it| it.state.code() == "done") {
        *had.entry(it.consultation_id.and_then(|it| company.get(&it))).or_insert(0) += 1;
    }
    assert!(had.values().any(|&it| it == 3), "{had:?}");

    let assignments = assignment::Entity::find().all(&app.db).await.unwrap();
    let half = cases.iter().filter(|it| it.state.code() == "matching").any(|case| {
        let states: BTreeSet<_> =
            assignments.iter().filter(|it| it.consultation_id == case.id).map(|it| it.state.code()).collect();
        states.contains("offered") && states.contains("accepted")
    });
    assert!(half, "a case in both fields, of which one is answered");
    let kinds = counted(appointments.iter().map(|it| it.state.code()));
    for state in ["held", "confirmed", "done", "no_show", "cancelled_by_company", "cancelled_by_expert"] {
        assert!(kinds.contains_key(state), "{state} in {kinds:?}");
    }
}

async fn the_people_are_there(app: &App, now: DateTime<Utc>) {
    let accounts = account::Entity::find().all(&app.db).await.unwrap();
    let roles = counted(accounts.iter().map(|it| it.role.code()));
    let expected = [
        ("administrator", 1),
        ("coordinator", 3),
        ("desk", 5),
        ("editor", 1),
        ("expert", 40),
        ("observer", 2),
    ];
    assert_eq!(roles, expected.into_iter().collect());
    let visited = expert_prefecture::Entity::find().all(&app.db).await.unwrap();
    let visited: BTreeSet<_> = visited.iter().map(|it| it.prefecture).collect();
    assert_eq!(visited.len(), 47, "somebody visits every prefecture");
    assert!(expert::Entity::find().all(&app.db).await.unwrap().iter().any(|it| it.works_online));

    // The expert whose page is opened first has an appointment in this week or the next, and a request to answer.
    let first = accounts.iter().find(|it| it.email == "expert01@example.jp").unwrap().id;
    let first = domain::id::ExpertId(first);
    let week = TimeDelta::days(11);
    let booked = madoguchi::store::booking::appointment::of_expert(&app.db, first, now - week, now + week)
        .await
        .unwrap();
    assert!(booked.iter().filter(|it| it.is_confirmed()).count() >= 4, "{booked:?}");
    assert!(booked.iter().any(|it| it.state.code() == "done"));
    assert!(!madoguchi::store::routing::assignment::offered_to(&app.db, first).await.unwrap().is_empty());
}

async fn what_follows_is_there(app: &App, now: DateTime<Utc>) {
    let reports = report::Entity::find().all(&app.db).await.unwrap();
    let reports = counted(reports.iter().map(|it| it.state.code()));
    assert_eq!(reports.len(), 4, "{reports:?}");
    let questions = follow_up::Entity::find().all(&app.db).await.unwrap();
    let answers = counted(questions.iter().map(|it| it.state.code()));
    assert_eq!(answers.len(), 5, "{answers:?}");
    assert!(answers["answered"] > 20, "{answers:?}");
    assert!(message::Entity::find().all(&app.db).await.unwrap().len() > 30);

    let mails = outbox::Entity::find().all(&app.db).await.unwrap();
    let sent: Vec<_> = mails.iter().filter_map(|it| it.sent_at).collect();
    assert!(sent.len() > 500 && sent.iter().all(|&it| it <= now));
    assert!(sent.iter().any(|&it| it > now - TimeDelta::days(1)), "some are fresh");
    assert!(mails.iter().all(|it| it.state.code() != "failed"));
    let events = event::Entity::find().all(&app.db).await.unwrap();
    assert!(events.iter().all(|it| it.at <= now));
}

async fn every_role_signs_in(site: &Site) {
    for (who, home) in [
        ("admin", "/admin"),
        ("center1", "/staff"),
        ("center3", "/staff"),
        ("expert01", "/expert"),
        ("expert40", "/expert"),
        ("desk1", "/desk"),
        ("desk5", "/desk"),
        ("soumu", "/stats"),
        ("mhlw", "/stats"),
    ] {
        let reply = site.sign_in(&format!("{who}@example.jp"), PASSWORD).await;
        assert_eq!((reply.status, reply.location.as_deref()), (303, Some(home)), "{who}");
    }
}

fn counted<'a>(all: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for it in all {
        *counts.entry(it).or_default() += 1;
    }
    counts
}
