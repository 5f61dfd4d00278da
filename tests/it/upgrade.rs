//! A database that an earlier version has made opens, migrates, and has no findings: with rows in every table, on both
//! databases.
mod making;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
    path::Path,
};

use chrono::TimeDelta;
use entity::consultation;
use flate2::read::GzDecoder;
use madoguchi::{database, doctor, worker};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait};

use crate::{
    cases::{self, CONTACT},
    scratch::Scratch,
    site::{PASSWORD, Site},
    tables,
};

/// The dumps of earlier versions, which `tests/upgrade/README.md` describes.
const DUMPS: [&str; 2] = ["first", "second"];

/// Renamed tables: the name in the dump, and the current one.
const RENAMED: &[(&str, &str)] = &[
    ("calendar_busy", "external_busy"),
    ("calendar_entry", "external_entry"),
    ("calendar_source", "external_calendar"),
    ("counter", "case_number_counter"),
    ("dated_exception", "schedule_exception"),
    ("former_seat", "cancelled_invitation"),
    ("mail_pace", "mail_rate"),
    ("unwanted_mail", "notification_opt_out"),
    ("waiting", "waiting_list_entry"),
    ("worker_beat", "worker_heartbeat"),
];

/// The table in which the migrator records the migrations that have run.
const MIGRATIONS: &str = "seaql_migrations";

/// Makes a database from the dump of that version.
async fn restored(dump: &str) -> Scratch {
    let scratch = Scratch::bare_file().await;
    let kind = if is_sqlite(&scratch.db) { "sqlite" } else { "postgres" };
    let place = format!("tests/upgrade/{dump}.{kind}.sql.gz");
    let packed = File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join(place)).unwrap();
    let mut sql = String::new();
    GzDecoder::new(packed).read_to_string(&mut sql).unwrap();
    // The dump sets options of its own connection, and of no other.
    let mut options = ConnectOptions::new(scratch.url.clone());
    options.max_connections(1);
    let own = Database::connect(options).await.unwrap();
    own.execute_unprepared(&sql).await.unwrap();
    own.close().await.unwrap();
    scratch
}

#[actix_web::test]
async fn a_database_of_an_earlier_version_becomes_one_of_this_version() {
    for dump in DUMPS {
        becomes_current(dump).await;
    }
}

async fn becomes_current(dump: &str) {
    let old = restored(dump).await;
    let before = counts(&old.db).await;
    // A sound database has nothing set aside.
    let empty: Vec<_> = before.iter().filter(|it| *it.1 == 0 && it.0 != "set_aside").collect();
    assert!(empty.is_empty(), "the dump proves nothing of {empty:?}");

    database::migrate(&old.db).await.unwrap();
    assert!(database::is_current(&old.db).await.unwrap());
    let after = counts(&old.db).await;
    for (table, rows) in &before {
        let now = RENAMED.iter().find(|it| it.0 == table).map_or(table.as_str(), |it| it.1);
        assert_eq!(after.get(now), Some(rows), "{table}");
    }
    let fresh = Scratch::file().await;
    assert_eq!(schema(&old.db).await, schema(&fresh.db).await);

    let (kept, shape) = (tables::fingerprint(&old.db, &[]).await, schema(&old.db).await);
    database::migrate(&old.db).await.unwrap();
    assert_eq!(tables::fingerprint(&old.db, &[]).await, kept, "a second time changes nothing");
    assert_eq!(schema(&old.db).await, shape);
}

#[actix_web::test]
async fn people_go_on_where_they_were_in_the_earlier_version() {
    for dump in DUMPS {
        go_on(dump).await;
    }
}

async fn go_on(dump: &str) {
    let old = restored(dump).await;
    database::migrate(&old.db).await.unwrap();
    // The dump was made at the time and with the key that tests use.
    let site = Site::on(old, &[]);
    let (db, now) = (&site.app.db, site.app.clock.now());
    assert_eq!(doctor::examine(db, now).await.unwrap(), []);

    let company = site.visitor();
    let mails = cases::mails_to(&site, CONTACT).await;
    let entered = company.post(&cases::link(&mails, "booked"), &[]).await;
    assert_eq!(entered.status, 303, "{}", entered.body);
    let about = mails.iter().find_map(|it| it.consultation_id).unwrap();
    let number = consultation::Entity::find_by_id(about).one(db).await.unwrap().unwrap().number;
    company.get(&format!("/my/{number}")).await.shows("予約確定");
    company.get(&format!("/my/{number}/messages")).await.shows("規程の案をお送りします。");

    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.location.as_deref(), Some("/expert"));
    for page in ["/expert", "/expert/availability", "/expert/calendars"] {
        assert_eq!(expert.get(page).await.status, 200, "{page}");
    }
    let administrator = site.visitor();
    administrator.sign_in("administrator@example.jp", PASSWORD).await;
    for page in ["/admin", "/admin/settings", "/admin/audit", "/admin/users", "/admin/masters"] {
        assert_eq!(administrator.get(page).await.status, 200, "{page}");
    }
    let reply = site.sign_in("center@example.jp", PASSWORD).await;
    assert_eq!(reply.location.as_deref(), Some("/staff"), "{}", reply.body);
    for page in ["/staff", "/staff/mail", "/staff/mail/in", "/staff/waiting", "/staff/absences", "/stats"] {
        assert_eq!(site.get(page).await.status, 200, "{page}");
    }
    for case in consultation::Entity::find().all(db).await.unwrap() {
        let page = format!("/staff/consultations/{}?view=history", case.number);
        site.get(&page).await.shows(&case.number);
    }

    // The worker can continue, too.
    site.app.clock.advance(TimeDelta::days(1));
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(db, site.app.clock.now()).await.unwrap(), []);
}

/// The migrations that the dump has run are the first of the current ones, in their order: a shipped migration never
/// changes.
#[actix_web::test]
async fn the_history_of_the_dump_is_the_beginning_of_todays() {
    for dump in DUMPS {
        let old = restored(dump).await;
        let ran = tables::texts(&old.db, "SELECT version FROM seaql_migrations").await;
        let known = Migrator::migrations();
        let beginning: BTreeSet<_> = known.iter().take(ran.len()).map(|it| it.name().to_owned()).collect();
        assert_eq!(ran.into_iter().collect::<BTreeSet<_>>(), beginning, "{dump}");
    }
}

/// Files that were imported, and logos, before there was one table for all kinds of each.
const FILES_BEFORE: [&str; 10] = [
    "INSERT INTO publication (id, kind, number, revision, public_revision, status, public_from, updated_at, change_number) \
     SELECT id, 'month', 2026, 1, 1, 'published', created_at, created_at, 1 FROM account ORDER BY id LIMIT 1",
    "INSERT INTO campaign (publication_id, year, title, starts_on, ends_on, opens_on, closes_on, rules_revision, last_number) \
     SELECT id, number, '', '2026-11-01', '2026-11-30', '2026-09-01', '2026-11-30', 1, 1 FROM publication",
    "INSERT INTO campaign_logo (id, publication_id, name, content_type, size, sha256, created_at) \
     SELECT id, id, 'a.png', 'image/png', 1, 'x', updated_at FROM publication",
    "INSERT INTO example_import (id, file_name, content, created_by, created_at, taken_at, undone_at) \
     SELECT id, 'a.csv', '', id, created_at, created_at, created_at FROM account ORDER BY id LIMIT 1",
    "INSERT INTO example_import_entry (publication_id, import_id) \
     SELECT p.id, i.id FROM publication p, example_import i",
    "INSERT INTO registration_import (id, publication_id, file_name, content, created_by, created_at, taken_at) \
     SELECT a.id, p.id, 'b.csv', '', a.id, a.created_at, a.created_at FROM account a, publication p \
     ORDER BY a.id LIMIT 1 OFFSET 1",
    "INSERT INTO registration (id, publication_id, kind, name, industry, prefecture, activities, telework_status, status, \
     state_since, version, created_at, import_id) SELECT i.id, i.publication_id, 'company', 'A', 'E', 5, '', 'none', \
     'withdrawn', i.created_at, 1, i.created_at, i.id FROM registration_import i",
    "INSERT INTO desk_import (id, file_name, content, created_by, created_at) \
     SELECT id, 'c.csv', 'text', id, created_at FROM account ORDER BY id LIMIT 1 OFFSET 2",
    "INSERT INTO adoption_import (id, file_name, content, created_by, created_at, taken_at) \
     SELECT id, 'd.csv', '', id, created_at, created_at FROM account ORDER BY id LIMIT 1 OFFSET 3",
    "INSERT INTO adoption_figure (id, import_id, survey, year, stage, dimension, category, base, rate, source_title, \
     source_address) SELECT id, id, 'a', 2024, 'final', 'national', 'all', 'b', 400, 'c', 'd' FROM adoption_import",
];

#[actix_web::test]
async fn imported_files_and_logos_are_carried_over_into_their_common_tables() {
    let old = restored(DUMPS[1]).await;
    let known = Migrator::migrations();
    let ran = tables::texts(&old.db, "SELECT version FROM seaql_migrations").await.len();
    let first = known.iter().position(|it| it.name().contains("_000121_")).unwrap();
    Migrator::up(&old.db, Some(u32::try_from(first - ran).unwrap())).await.unwrap();
    for statement in FILES_BEFORE {
        old.db.execute_unprepared(statement).await.unwrap_or_else(|err| panic!("{statement}: {err}"));
    }
    database::migrate(&old.db).await.unwrap();
    let files = tables::texts(
        &old.db,
        "SELECT kind || ' ' || file_name || ' ' || content || ' ' || CASE WHEN taken_at IS NULL THEN '-' ELSE 'taken' END \
         || ' ' || CASE WHEN undone_at IS NULL THEN '-' ELSE 'undone' END FROM file_import ORDER BY kind",
    );
    assert_eq!(
        files.await,
        [
            "cases a.csv  taken undone",
            "desk c.csv text - -",
            "figures d.csv  taken -",
            "month b.csv  taken -"
        ]
    );
    let entries = "SELECT f.kind FROM file_import_entry e JOIN file_import f ON f.id = e.import_id";
    assert_eq!(tables::texts(&old.db, entries).await, ["cases"]);
    let registrations = "SELECT f.kind FROM registration r JOIN file_import f ON f.id = r.import_id";
    assert_eq!(tables::texts(&old.db, registrations).await, ["month"]);
    let figures = "SELECT f.kind FROM adoption_figure a JOIN file_import f ON f.id = a.import_id";
    assert_eq!(tables::texts(&old.db, figures).await, ["figures"]);
    for (kind, whose) in [("month", "a registration"), ("figures", "a figure")] {
        let statement = format!("DELETE FROM file_import WHERE kind = '{kind}'");
        assert!(old.db.execute_unprepared(&statement).await.is_err(), "{whose} refers to it");
    }
    assert_eq!(tables::texts(&old.db, "SELECT state FROM publication_file").await, ["unscanned"]);
}

/// Returns the number of rows of every table.
async fn counts(db: &DatabaseConnection) -> BTreeMap<String, usize> {
    let all = tables::fingerprint(db, &[MIGRATIONS]).await;
    all.into_iter().map(|(table, (rows, _))| (table, rows)).collect()
}

/// Returns the tables, columns, constraints and indexes of the database.
async fn schema(db: &DatabaseConnection) -> BTreeSet<String> {
    let queries: &[&str] = if is_sqlite(db) {
        // The statements that made them are read; the objects that SQLite makes by itself follow from these.
        &["SELECT type || ' ' || tbl_name || ' ' || name || ': ' || sql FROM sqlite_master \
            WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'sqlite_%'"]
    } else {
        &[
            // Dropped columns are left out, which PostgreSQL still numbers.
            "SELECT format('column %s %s %s: %s %s %s', c.relname, \
                row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, \
                format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) \
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
                LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S') \
                AND a.attnum > 0 AND NOT a.attisdropped",
            "SELECT format('constraint %s %s: %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) \
                FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
            "SELECT format('index %s %s: %s', tablename, indexname, indexdef) \
                FROM pg_indexes WHERE schemaname = 'public'",
        ]
    };
    let mut found = BTreeSet::new();
    for query in queries {
        found.extend(tables::texts(db, query).await);
    }
    assert!(found.len() > 100, "{} parts", found.len());
    found
}

fn is_sqlite(db: &DatabaseConnection) -> bool {
    db.get_database_backend() == DbBackend::Sqlite
}
