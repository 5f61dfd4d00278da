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
