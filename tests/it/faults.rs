//! A database that fails or does not answer: a page reports the truth in time, and nothing is reported as done that is
//! not stored.
use std::time::{Duration, Instant};

use entity::{case_number_counter, message};
use madoguchi::{app::App, database, fault::Fault};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait};

use crate::{cases::CONTACT, conversation::everyone, site::Site};

/// A COMMIT itself fails, as on a full disk: PostgreSQL by a constraint that is checked only then. Full-disk tests
/// cover SQLite's failure.
#[actix_web::test]
async fn a_commit_that_fails_is_an_error_to_the_person_and_the_next_one_works() {
    let all = everyone(Site::on_disk().await).await;
    let db = &all.center.app.db;
    if db.get_database_backend() == DbBackend::Sqlite {
        return;
    }
    let at_commit = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$; \
        CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON message DEFERRABLE INITIALLY DEFERRED \
        FOR EACH ROW EXECUTE FUNCTION full_disk()";
    db.execute_unprepared(at_commit).await.unwrap();
    let path = format!("/my/{}/messages", all.number);
    for _ in 0..20 {
        let reply = all.company.post(&path, &[("message", "規程の案を送ります")]).await;
        assert_eq!(reply.status, 503, "{}", reply.body);
        reply.shows("保存されていません。メールも送られていません。");
    }
    assert_eq!(message::Entity::find().count(db).await.unwrap(), 0);
    db.execute_unprepared("DROP TRIGGER full_disk ON message").await.unwrap();
    assert_eq!(all.company.post(&path, &[("message", "規程の案を送ります")]).await.status, 303);
    assert_eq!(message::Entity::find().count(db).await.unwrap(), 1);
}

/// Another connection holds the rows, or all of SQLite, and does not release them.
#[actix_web::test]
async fn a_page_ends_after_its_limit_and_says_that_it_does_not_know() {
    let settings = [("MADOGUCHI_PAGE_SECONDS", "1")];
    let all = everyone(Site::on_disk_with_settings(&settings).await).await;
    let path = format!("/my/{}/messages", all.number);
    let held = all.center.app.begin().await.unwrap();
    if held.get_database_backend() == DbBackend::Postgres {
        held.execute_unprepared("LOCK TABLE consultation, message IN ACCESS EXCLUSIVE MODE").await.unwrap();
    }
    let begun = Instant::now();
    let reply = all.company.post(&path, &[("message", "規程の案を送ります")]).await;
    let took = begun.elapsed();
    assert_eq!(reply.status, 503, "{}", reply.body);
    reply.shows("保存されたかどうかを、システムの不具合のため確認できませんでした");
    for header in ["content-security-policy", "x-request-id", "retry-after", "cache-control"] {
        assert!(reply.header(header).is_some(), "{header}");
    }
    reply.shows("お問い合わせ番号");
    assert!((Duration::from_millis(900)..Duration::from_secs(8)).contains(&took), "{took:?}");
    if held.get_database_backend() == DbBackend::Postgres {
        let page = all.company.get(&path).await;
        assert_eq!(page.status, 503);
        page.shows("ただいま、画面を表示できません");
    }
    held.rollback().await.unwrap();
    assert_eq!(all.company.post(&path, &[("message", "規程の案です")]).await.status, 303);
}

/// PostgreSQL does not continue a statement of a page that has ended.
#[actix_web::test]
async fn a_statement_of_a_page_ends_after_the_limit() {
    let site = Site::on_disk().await;
    if site.app.db.get_database_backend() == DbBackend::Sqlite {
        return;
    }
    let limit = Duration::from_secs(1);
    let db = database::connect_for_pages(site.database_url(), limit).await.unwrap();
    let begun = Instant::now();
    let err = db.execute_unprepared("SELECT pg_sleep(30)").await.unwrap_err();
    assert!(begun.elapsed() < limit * 8);
    assert_eq!(Fault::of_database(&err), Some(Fault::NotSaved), "{err:?}");
    db.execute_unprepared("SELECT 1").await.unwrap();
}

/// If the first transaction is committed and the second one refused, the page must not say that nothing was saved.
#[actix_web::test]
async fn after_two_transactions_it_is_not_said_that_nothing_was_saved() {
    let (app, of_two) = (Fault::NotSaved.after_transactions(1), Fault::NotSaved.after_transactions(2));
    assert_eq!((app, of_two), (Fault::NotSaved, Fault::Unknown));
    let site = Site::new().await;
    let begin_twice = async {
        for _ in 0..2 {
            site.app.begin().await.unwrap().commit().await.unwrap();
        }
    };
    assert_eq!(madoguchi::fault::counting_transactions(begin_twice).await.1, 2);
}

/// A transaction that is dropped half way leaves nothing behind, also for the next user of the connection.
#[actix_web::test]
async fn a_transaction_dropped_half_way_is_taken_back() {
    let site = Site::on_disk().await;
    let app: &App = &site.app;
    for n in 0..20 {
        let tx = app.begin().await.unwrap();
        tx.execute_unprepared("INSERT INTO case_number_counter (fiscal_year, last) VALUES (1900, 1)")
            .await
            .unwrap();
        if n % 2 == 0 {
            // The transaction is dropped in the middle of a statement.
            let statement = tx.execute_unprepared("UPDATE case_number_counter SET last = last + 1000");
            drop(tokio::time::timeout(Duration::ZERO, statement).await);
        }
        drop(tx);
        let account = site.post("/login", &[("email", CONTACT)]).await;
        assert!(account.status == 303 || account.status == 429, "{}", account.body);
    }
    assert_eq!(case_number_counter::Entity::find().count(&app.db).await.unwrap(), 0);
}
