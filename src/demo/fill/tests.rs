use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{appointment, calendar_cell, case_tag, case_visit, consultation, event, expert};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, EntityTrait, PaginatorTrait, QueryOrder};

use super::{FillError, run};
use crate::doctor;

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-20T05:00:00Z".parse().unwrap()
}

/// Returns an empty, migrated database in memory.
pub(crate) async fn test_database() -> DatabaseConnection {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    db
}

#[tokio::test]
async fn a_fresh_fill_has_no_findings_and_shows_every_state() {
    let db = test_database().await;
    run(&db, 300, 40, 1, now()).await.unwrap();
    assert_eq!(doctor::examine(&db, now()).await.unwrap(), []);

    let rows = consultation::Entity::find().all(&db).await.unwrap();
    assert_eq!(rows.len(), 300);
    let states: BTreeSet<_> = rows.iter().map(|it| it.state.code()).collect();
    assert_eq!(states.len(), 12, "{states:?}");
    let years: BTreeSet<_> = rows.iter().map(|it| it.fiscal_year).collect();
    assert_eq!(years.into_iter().collect::<Vec<_>>(), [2025, 2026]);
    let appointments = appointment::Entity::find().all(&db).await.unwrap();
    for state in ["held", "confirmed", "done", "no_show", "cancelled_by_company"] {
        assert!(appointments.iter().any(|it| it.state.code() == state), "{state}");
    }
    assert!(calendar_cell::Entity::find().count(&db).await.unwrap() > 0);
}

/// The worklist is measured with the clocks and marks that a day at the center has.
#[tokio::test]
async fn a_filled_database_has_the_marks_of_daily_work() {
    let db = test_database().await;
    run(&db, 900, 40, 6, now()).await.unwrap();
    assert_eq!(doctor::examine(&db, now()).await.unwrap(), []);
    let rows = consultation::Entity::find().all(&db).await.unwrap();
    assert!(rows.iter().any(|it| it.response_due_at.is_some() && it.unanswered_since.is_some()));
    assert!(rows.iter().any(|it| it.snoozed_until.is_some_and(|until| until > now())));
    assert!(rows.iter().any(|it| it.to_call_since.is_some()));
    assert!(rows.iter().filter(|it| it.ended_at.is_some()).all(|it| it.response_due_at.is_none()));
    assert!(case_tag::Entity::find().count(&db).await.unwrap() > 0);
    let visits = case_visit::Entity::find().all(&db).await.unwrap();
    let unread = |it: &&case_visit::Model| {
        let case = rows.iter().find(|row| row.id == it.consultation_id);
        case.and_then(|row| row.last_inbound_at).is_some_and(|at| at > it.seen_at)
    };
    let unread = visits.iter().filter(unread).count();
    assert!(unread > 0 && unread < visits.len() / 2, "{unread} of {} are unread", visits.len());
}

/// One or two experts are overbooked: only the goals give way.
#[tokio::test]
async fn few_experts_are_never_booked_twice() {
    for (experts, seed) in [(1, 2), (2, 3)] {
        let db = test_database().await;
        run(&db, 200, experts, seed, now()).await.unwrap();
        assert_eq!(doctor::examine(&db, now()).await.unwrap(), []);
        assert_eq!(expert::Entity::find().count(&db).await.unwrap(), experts as u64);
    }
}

#[tokio::test]
async fn a_seed_gives_the_same_database_and_another_gives_another() {
    let mut hashes = Vec::new();
    for seed in [7, 7, 8] {
        let db = test_database().await;
        run(&db, 60, 5, seed, now()).await.unwrap();
        let events = event::Entity::find().order_by_asc(event::Column::Id).all(&db).await.unwrap();
        hashes.push(events.into_iter().map(|it| it.hash).collect::<Vec<_>>());
    }
    assert_eq!(hashes[0], hashes[1]);
    assert_ne!(hashes[0], hashes[2]);
}

/// On the first day of a fiscal year, the year itself is only a day long.
#[tokio::test]
async fn synthetic_data_can_be_written_on_any_day() {
    for now in ["2026-03-31T15:00:00Z", "2027-01-03T01:00:00Z", "2028-02-29T14:59:59Z"] {
        let (db, now) = (test_database().await, now.parse().unwrap());
        run(&db, 120, 12, 4, now).await.unwrap();
        assert_eq!(doctor::examine(&db, now).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_database_in_use_is_left_alone() {
    let db = test_database().await;
    assert!(matches!(run(&db, 10, 0, 1, now()).await, Err(FillError::NoExperts)));
    run(&db, 0, 1, 1, now()).await.unwrap();
    let refused = run(&db, 10, 3, 1, now()).await;
    assert!(matches!(refused, Err(FillError::NotEmpty("accounts"))));
    assert_eq!(consultation::Entity::find().count(&db).await.unwrap(), 0);
}
