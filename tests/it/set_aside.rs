//! A row that a background job cannot handle is set aside: the others are handled, the operator is told, and the row is
//! tried again.
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use codes::Job;
use entity::consultation;
use madoguchi::{doctor, store, store::set_aside::SetAside, worker};
use sea_orm::{EntityTrait, JsonValue, QueryFilter, sea_query::Expr};

use crate::{
    cases::{self, Case, Cast},
    site::Site,
};

const BROKEN: &str = "broken@example.co.jp";
const SOUND: &str = "sound@example.co.jp";

async fn aside(site: &Site) -> Vec<SetAside> {
    store::set_aside::all(&site.app.db).await.unwrap()
}

/// Replaces the deadline of a consultation, and returns the one before. One that is no deadline makes the row
/// unreadable, as an edit by hand could.
async fn replace_deadline(site: &Site, case: Case, by: Option<JsonValue>) -> Option<JsonValue> {
    let row = consultation::Entity::find_by_id(case.id.0).one(&site.app.db).await.unwrap().unwrap();
    let change = consultation::Entity::update_many()
        .col_expr(consultation::Column::Deadline, Expr::value(by))
        .filter(consultation::COLUMN.id.eq(case.id.0));
    assert_eq!(change.exec(&site.app.db).await.unwrap().rows_affected, 1);
    row.deadline
}

/// Checks that the broken case's row is set aside by this job while the sound one's is handled, and that it is handled
/// once the case can be read again.
async fn is_set_aside_alone(
    site: &Site,
    job: Job,
    broken: Case,
    wait: TimeDelta,
    done: impl AsyncFn(&str) -> bool,
) {
    let deadline = replace_deadline(site, broken, Some(serde_json::json!({"no": "deadline"}))).await;
    site.app.clock.advance(wait);
    let step = async || worker::deadlines::step(&site.app).await.unwrap();
    assert!(step().await, "{job}");
    assert!(done(SOUND).await, "{job}: the sound row waits");
    assert!(!done(BROKEN).await, "{job}: the broken row is done");
    // Another clock of the broken case may be due as well.
    let of_job = async || {
        let mut all = aside(site).await;
        all.retain(|it| it.job.known() == Some(job));
        all
    };
    let first = of_job().await;
    assert_eq!(first.len(), 1, "{job}: {first:?}");
    assert_eq!(first[0].failures, 1);
    assert!(first[0].failure.contains("consultation"), "{job}: {}", first[0].failure);

    // It is not tried again at once, but a minute later.
    assert!(!step().await, "{job}");
    assert_eq!(of_job().await, first, "{job}");
    site.app.clock.advance(TimeDelta::minutes(1));
    assert!(!step().await, "{job}");
    assert_eq!(of_job().await[0].failures, 2, "{job}");

    let metrics =
        site.send(TestRequest::get().uri("/metrics").peer_addr("127.0.0.1:1".parse().unwrap())).await;
    metrics.shows(&format!("madoguchi_set_aside_rows{{job=\"{job}\"}} 1"));
    let before = replace_deadline(site, broken, deadline).await;
    let found = doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap();
    let row = format!("{} {}", job.table(), first[0].row_id);
    assert!(found.iter().any(|it| it.rule == "set_aside" && it.subject == row), "{job}: {found:?}");
    assert_eq!(before.unwrap()["no"], "deadline");

    site.app.clock.advance(TimeDelta::minutes(2));
    assert!(step().await, "{job}");
    assert!(done(BROKEN).await, "{job}: the mended row waits");
    assert_eq!(of_job().await, [], "{job}");
}

#[actix_web::test]
async fn a_request_that_cannot_lapse_keeps_no_other_request_waiting() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let broken = cases::matching(&site, &cast, BROKEN).await;
    let sound = cases::matching(&site, &cast, SOUND).await;
    let done = async |email: &str| {
        let case = if email == SOUND { sound } else { broken };
        let assignments = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
        assignments.iter().all(|it| !it.is_live())
    };
    is_set_aside_alone(&site, Job::LapseRequest, broken, TimeDelta::days(14), done).await;
}

#[actix_web::test]
async fn a_question_that_cannot_be_sent_keeps_no_other_question_waiting() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let broken = cases::approved(&site, &cast, BROKEN).await;
    cases::approved(&site, &cast, SOUND).await;
    let done = async |email: &str| cases::mails_to(&site, email).await.iter().any(|it| it.kind == "survey");
    is_set_aside_alone(&site, Job::SendFollowUp, broken, TimeDelta::days(7), done).await;
}

#[actix_web::test]
async fn a_row_that_is_handled_leaves_nothing_behind() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    cases::matching(&site, &cast, SOUND).await;
    site.app.clock.advance(TimeDelta::days(14));
    assert!(worker::deadlines::step(&site.app).await.unwrap());
    assert_eq!(aside(&site).await, []);
    // What is not tried again, because it is not due any more, is forgotten after a day.
    let tx = site.app.begin().await.unwrap();
    store::set_aside::record(&tx, Job::ReleaseHold, uuid::Uuid::nil(), "away", site.app.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    site.app.clock.advance(TimeDelta::hours(23));
    worker::housekeeping::forget_expired(&site.app).await.unwrap();
    assert_eq!(aside(&site).await.len(), 1);
    site.app.clock.advance(TimeDelta::hours(2));
    worker::housekeeping::forget_expired(&site.app).await.unwrap();
    assert_eq!(aside(&site).await, []);
}
