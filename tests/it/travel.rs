//! Visits beside each other: the way between them counts, in whatever order they are booked and cancelled, and the
//! database guarantees it.
use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    booking::availability::{Absence, Slot},
    field::Fields,
    wording::iso_date_time,
};
use entity::{appointment, calendar_cell};
use madoguchi::{
    demo::fill,
    doctor,
    ops::{self, booking::substitute::SubstituteConsent, routing::expert::AvailabilityChange},
    problem::Problem,
    store::{self, booking::substitute::Participation},
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    cases::{self, Case, Cast},
    company::{my, sign_in},
    site::Site,
};

const DAY: &str = "2026-12-03";

/// Returns a slot of the day; `quarter` counts from 9:00, when the center's day begins.
fn at(quarter: u8) -> Slot {
    Slot::new(DAY.parse().unwrap(), 12 + quarter).unwrap()
}

/// Makes a consultation in this prefecture which the expert has accepted, without a chosen time.
async fn promised(site: &Site, cast: &Cast, n: u8, mode: &str, prefecture: &str) -> Case {
    let mut form = cases::form(&format!("contact{n}@example.co.jp"));
    form.company_name = format!("株式会社見本{n}");
    form.mode = mode.to_owned();
    form.prefecture = prefecture.to_owned();
    let case = cases::unconfirmed(site, cast, &form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let version = cases::record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
    case
}

async fn book(site: &Site, cast: &Cast, case: Case, slot: Slot) -> Result<(), Problem> {
    ops::booking::appointment::choose_slot(&site.app, case.id, cast.center(), slot).await
}

async fn cancel(site: &Site, cast: &Cast, case: Case) {
    ops::booking::appointment::cancel(&site.app, case.id, cast.center(), "都合により".to_owned())
        .await
        .unwrap();
}

/// Returns the starts that a company could choose on the day, in quarter hours after 9:00.
async fn free(site: &Site, case: Case) -> Vec<u8> {
    let all = cases::free_slots(site, case).await;
    all.into_iter().filter(|it| it.date() == at(0).date()).map(|it| it.quarter() - 12).collect()
}

/// Asserts that the doctor finds nothing and that no quarter hour has a lane above an empty one, and returns how many
/// quarter hours have two.
async fn shared(site: &Site) -> usize {
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
    let mut lanes: BTreeMap<_, Vec<i16>> = BTreeMap::new();
    for it in calendar_cell::Entity::find().all(&site.app.db).await.unwrap() {
        lanes.entry((it.expert_id, it.quarter)).or_default().push(it.lane);
    }
    for (key, lanes) in &mut lanes {
        lanes.sort_unstable();
        assert!(lanes.iter().copied().eq(0..i16::try_from(lanes.len()).unwrap()), "{key:?}: {lanes:?}");
    }
    lanes.values().filter(|it| it.len() > 1).count()
}

#[actix_web::test]
async fn two_visits_far_away_are_an_hour_apart() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    cases::visits_too(&site, cast.expert, &[40, 47]).await;
    let [first, second, third] = [
        promised(&site, &cast, 1, "visit", "47").await,
        promised(&site, &cast, 2, "visit", "47").await,
        promised(&site, &cast, 3, "visit", "47").await,
    ];
    let fukuoka = promised(&site, &cast, 4, "visit", "40").await;
    let online = promised(&site, &cast, 5, "online", "13").await;
    book(&site, &cast, first, at(0)).await.unwrap();
    assert_eq!(shared(&site).await, 0);

    // The first visit lasts until 11:00. Another company in the same prefecture can follow from 12:00, one in the next
    // prefecture from 13:00, one in Tokyo from 15:00.
    assert_eq!(free(&site, second).await.first(), Some(&12));
    assert_eq!(free(&site, fukuoka).await.first(), Some(&16));
    assert_eq!(free(&site, online).await, [24, 26, 28]);

    // The company moves it itself.
    sign_in(&site, "contact2@example.co.jp").await;
    let slot = iso_date_time(at(12).start());
    let reply = site.post(&my(second, "/reschedule"), &[("slot", &slot)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert!(shared(&site).await > 0, "ways that nobody goes");
    assert_eq!(free(&site, online).await, [0_u8; 0], "the way back from the second one");
    assert_eq!(free(&site, third).await, [24]);
    assert!(matches!(book(&site, &cast, third, at(11)).await, Err(Problem::SlotTaken)));
    assert!(matches!(book(&site, &cast, online, at(24)).await, Err(Problem::SlotTaken)));

    // The visit between two others is booked last and cancelled first; then the first one is cancelled.
    book(&site, &cast, third, at(24)).await.unwrap();
    shared(&site).await;
    cancel(&site, &cast, second).await;
    shared(&site).await;
    cancel(&site, &cast, first).await;
    assert_eq!(shared(&site).await, 0, "one visit has its ways for itself");
    assert_eq!(free(&site, online).await, [0, 2], "before the way to the last one");
    assert_eq!(free(&site, first).await.last(), Some(&12));
    book(&site, &cast, first, at(12)).await.unwrap();
    ops::booking::appointment::reschedule(&site.app, first.id, cast.center(), at(8)).await.unwrap();
    shared(&site).await;
    ops::booking::appointment::reschedule(&site.app, third.id, cast.center(), at(20)).await.unwrap();
    shared(&site).await;
    book(&site, &cast, fukuoka, at(20)).await.unwrap_err();
    cancel(&site, &cast, third).await;
    assert_eq!(shared(&site).await, 0);
    book(&site, &cast, fukuoka, at(24)).await.unwrap();
    assert!(shared(&site).await > 0);
}

#[actix_web::test]
async fn a_substitute_may_have_a_visit_nearby() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let other = cases::expert(&site, "other@example.jp", "佐藤 次郎", Fields::Both).await;
    for expert in [cast.expert, other] {
        cases::visits_too(&site, expert, &[47]).await;
    }
    let of_other = Cast { expert: other, ..cast };
    let theirs = promised(&site, &of_other, 1, "visit", "47").await;
    book(&site, &cast, theirs, at(0)).await.unwrap();
    let case = promised(&site, &cast, 2, "visit", "47").await;
    book(&site, &cast, case, at(12)).await.unwrap();
    assert_eq!(shared(&site).await, 0);
    let day: NaiveDate = DAY.parse().unwrap();
    let away = Absence { first: day, last: day, stand_in: None };
    ops::routing::expert::change_availability(
        &site.app,
        cast.expert,
        AvailabilityChange::AddAbsence(away, String::new()),
    )
    .await
    .unwrap();

    let participation =
        Participation { appointment: cases::appointment(&site, case).await.id, expert: cast.expert };
    let ask = async |agreement| {
        let version = cases::record(&site, case).await.version;
        ops::booking::substitute::ask(&site.app, participation, other, version, cast.center(), agreement)
            .await
            .unwrap();
    };
    ask(SubstituteConsent::Asked).await;
    assert!(shared(&site).await > 0, "kept beside their own visit");
    let version = cases::record(&site, case).await.version;
    ops::booking::substitute::withdraw_request(&site.app, participation, version, cast.center())
        .await
        .unwrap();
    assert_eq!(shared(&site).await, 0);
    ask(SubstituteConsent::Given).await;
    assert!(shared(&site).await > 0);
    assert_eq!(cases::appointment(&site, case).await.experts, [other]);
    cancel(&site, &cast, theirs).await;
    assert_eq!(shared(&site).await, 0);
}

#[actix_web::test]
async fn the_doctor_finds_visits_that_are_too_near() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    cases::visits_too(&site, cast.expert, &[47]).await;
    let (first, second) =
        (promised(&site, &cast, 1, "visit", "47").await, promised(&site, &cast, 2, "visit", "47").await);
    book(&site, &cast, first, at(0)).await.unwrap();
    book(&site, &cast, second, at(12)).await.unwrap();
    shared(&site).await;
    let rules = async || -> Vec<_> {
        let found = doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap();
        found.into_iter().map(|it| it.rule).collect()
    };
    // The prefecture is as far from Tokyo, but two hours from Okinawa.
    let of = appointment::COLUMN.consultation_id.eq(second.id.0);
    let there = |code: i16| {
        appointment::Entity::update_many()
            .col_expr(appointment::Column::Site, sea_orm::sea_query::Expr::value(code))
            .filter(of.clone())
    };
    there(40).exec(&site.app.db).await.unwrap();
    assert_eq!(rules().await, ["room"]);
    there(47).exec(&site.app.db).await.unwrap();
    assert_eq!(rules().await, [""; 0]);
    let gone = "DELETE FROM calendar_cell WHERE lane = 0 AND quarter IN (SELECT quarter FROM calendar_cell WHERE lane = 1)";
    site.app.db.execute_unprepared(gone).await.unwrap();
    assert!(rules().await.contains(&"lane"));
}

/// A database from before there were places and lanes: the migration is undone by hand and applied again.
#[actix_web::test]
async fn earlier_bookings_get_a_place_by_the_migration() {
    let site = Site::on_disk().await;
    let db = &site.app.db;
    fill::run(db, 150, 12, 3, site.app.clock.now()).await.unwrap();
    let expert = cases::expert(&site, "expert@example.jp", "山田 太郎", Fields::Ict).await;
    let mut form = cases::form(cases::CONTACT);
    form.mode = "visit".to_owned();
    let draft = ops::intake::apply::start(&site.app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(&site.app, draft, |it| *it = form).await.unwrap();
    assert!(!ops::intake::apply::hold(&site.app, draft, at(0)).await.unwrap().experts.is_empty());
    let rows = async || {
        let sites = appointment::Entity::find().order_by_asc(appointment::Column::Id).all(db).await.unwrap();
        let cells = calendar_cell::Entity::find()
            .order_by_asc(calendar_cell::Column::ExpertId)
            .order_by_asc(calendar_cell::Column::Quarter)
            .all(db);
        (sites, cells.await.unwrap())
    };
    let before = rows().await;
    assert!(before.0.iter().any(|it| it.draft_id.is_some() && it.site == Some(13)), "of {expert}");
    let tx = site.app.begin().await.unwrap();
    for statement in [
        "CREATE TABLE copy_of_cells AS SELECT expert_id, quarter, appointment_id FROM calendar_cell",
        "DROP TABLE calendar_cell",
        "ALTER TABLE copy_of_cells RENAME TO calendar_cell",
        "ALTER TABLE appointment DROP COLUMN site",
        "DELETE FROM seaql_migrations WHERE version LIKE '%000015%'",
    ] {
        tx.execute_unprepared(statement).await.unwrap();
    }
    tx.commit().await.unwrap();
    site.migrate_again().await;
    assert_eq!(rows().await, before);
    assert_eq!(shared(&site).await, 0);
}
