//! Databases for one test each: made quickly, and removed when the test is over.
use std::{
    path::{Path, PathBuf},
    thread,
};

use madoguchi::{database, store};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::tables::{fingerprint, texts};

/// A migrated, empty database. Dropped with its last user.
pub struct Scratch {
    pub db: DatabaseConnection,
    pub writer: DatabaseConnection,
    /// The address, as `DATABASE_URL` takes it.
    pub url: String,
    /// The folder of the files of messages.
    pub files: PathBuf,
    kind: Kind,
}

enum Kind {
    Memory,
    Elsewhere,
    /// SQLite in a file in this folder.
    File(PathBuf),
    /// A database on this server, under this name.
    Postgres {
        server: String,
        name: String,
    },
}

/// The connections to PostgreSQL of a test that SQLite gives a single one, and of any other.
const FEW: u32 = 1;
const MANY: u32 = 16;

/// The name of the migrated database that the other databases of this process are copies of.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// The statements that make a migrated database in SQLite, which takes much longer to migrate than to make anew.
static SCHEMA: OnceCell<String> = OnceCell::const_new();

impl Scratch {
    /// Makes a database in SQLite's memory, or one of its own on the server that `MADOGUCHI_TEST_POSTGRES` names.
    pub async fn memory() -> Self {
        match std::env::var("MADOGUCHI_TEST_POSTGRES") {
            Ok(server) => Self::postgres(server, FEW).await,
            Err(_) => Self::migrated("sqlite::memory:".to_owned(), Kind::Memory).await,
        }
    }

    /// Makes a database like `memory`, but with SQLite in a file, which several connections and processes can share.
    pub async fn file() -> Self {
        if let Ok(server) = std::env::var("MADOGUCHI_TEST_POSTGRES") {
            return Self::postgres(server, MANY).await;
        }
        let folder = folder("test");
        Self::migrated(format!("sqlite://{}/test.db", folder.display()), Kind::File(folder)).await
    }

    /// Uses a database at a place that the caller makes and removes.
    pub async fn at_place(url: &str, files: &Path) -> Self {
        let mut made = Self::at(url.to_owned(), Kind::Elsewhere, MANY).await;
        database::migrate(&made.db).await.unwrap();
        made.files = files.to_owned();
        made
    }

    /// Makes a database without any table, for tests of migrations.
    pub async fn bare() -> Self {
        if let Ok(server) = std::env::var("MADOGUCHI_TEST_POSTGRES") {
            return Self::copied(server, "template1", MANY).await;
        }
        Self::at("sqlite::memory:".to_owned(), Kind::Memory, FEW).await
    }

    /// Makes a database like `bare`, but with SQLite in a file.
    pub async fn bare_file() -> Self {
        if let Ok(server) = std::env::var("MADOGUCHI_TEST_POSTGRES") {
            return Self::copied(server, "template1", MANY).await;
        }
        let folder = folder("test");
        Self::at(format!("sqlite://{}/test.db", folder.display()), Kind::File(folder), MANY).await
    }

    async fn migrated(url: String, kind: Kind) -> Self {
        let made = Self::at(url, kind, MANY).await;
        made.db.execute_unprepared(SCHEMA.get_or_init(schema).await).await.unwrap();
        store::table_sizes::learn(&made.db).await.unwrap();
        made
    }

    async fn at(url: String, kind: Kind, connections: u32) -> Self {
        let db = database::connect_at_most(&url, connections).await.unwrap();
        let writer = database::writer(&url, &db).await.unwrap();
        Self { db, writer, url, files: folder("files"), kind }
    }

    async fn postgres(server: String, connections: u32) -> Self {
        let template = TEMPLATE.get_or_init(|| template(server.clone())).await;
        Self::copied(server, template, connections).await
    }

    async fn copied(server: String, template: &str, connections: u32) -> Self {
        let name = format!("madoguchi_test_{}_{}", std::process::id(), Uuid::new_v4().simple());
        // The other strategy writes every page to the log as well.
        let statement = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy");
        on_server(&server, &statement).await;
        let url = database_url(&server, &name);
        Self::at(url, Kind::Postgres { server, name }, connections).await
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.files));
        match &self.kind {
            Kind::Memory | Kind::Elsewhere => {}
            // An open connection keeps its file until it is closed.
            Kind::File(folder) => drop(std::fs::remove_dir_all(folder)),
            Kind::Postgres { server, name } => {
                let (server, statement) = (server.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
                // A destructor cannot wait within the runtime of the test.
                drop(thread::spawn(move || waiting(on_server(&server, &statement))).join());
            }
        }
    }
}

/// Returns the path of a folder with a unique name, which does not exist yet.
fn folder(what: &str) -> PathBuf {
    std::env::temp_dir().join(format!("madoguchi-{what}-{}", Uuid::new_v4().simple()))
}

/// Makes the template, after dropping the databases that interrupted runs on this machine have left behind.
async fn template(server: String) -> String {
    let admin = Database::connect(&server).await.unwrap();
    let names = Statement::from_string(
        DbBackend::Postgres,
        "SELECT datname::text FROM pg_database WHERE datname ~ '^madoguchi_(test|template)_[0-9]+(_|$)'",
    );
    for row in admin.query_all_raw(names).await.unwrap() {
        let name: String = row.try_get_by_index(0).unwrap();
        let maker = name.split('_').nth(2).unwrap_or_default();
        if !std::path::Path::new("/proc").join(maker).exists() {
            // Another run may be dropping the same databases.
            drop(admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await);
        }
    }
    admin.close().await.unwrap();
    let name = format!("madoguchi_template_{}", std::process::id());
    on_server(&server, &format!("CREATE DATABASE {name}")).await;
    let db = Database::connect(database_url(&server, &name)).await.unwrap();
    database::migrate(&db).await.unwrap();
    // PostgreSQL copies a database only while it has no connections.
    db.close().await.unwrap();
    name
}

/// Migrates a database in SQLite's memory, and returns the statements that make its copy.
async fn schema() -> String {
    let db = database::connect("sqlite::memory:").await.unwrap();
    database::migrate(&db).await.unwrap();
    let own = "FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let mut statements = texts(&db, &format!("SELECT sql {own} ORDER BY rowid")).await;
    for table in texts(&db, &format!("SELECT name {own} AND type = 'table' ORDER BY rowid")).await {
        let quoted =
            format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}') ORDER BY cid");
        let row = texts(&db, &quoted).await.join(" || ',' || ");
        let rows = format!("SELECT 'INSERT INTO \"{table}\" VALUES (' || {row} || ')' FROM \"{table}\"");
        statements.extend(texts(&db, &rows).await);
    }
    db.close().await.unwrap();
    format!("BEGIN; PRAGMA defer_foreign_keys = ON; {}; COMMIT;", statements.join("; "))
}

async fn on_server(server: &str, statement: &str) {
    let admin = Database::connect(server).await.unwrap();
    admin.execute_unprepared(statement).await.unwrap();
    admin.close().await.unwrap();
}

fn database_url(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(name);
    url.into()
}

fn waiting<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[tokio::test]
async fn a_database_that_is_made_by_statements_is_the_migrated_one() {
    let migrated = database::connect("sqlite::memory:").await.unwrap();
    database::migrate(&migrated).await.unwrap();
    let made = Scratch::migrated("sqlite::memory:".to_owned(), Kind::Memory).await;
    let objects = "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name";
    assert_eq!(texts(&made.db, objects).await, texts(&migrated, objects).await);
    // A migration is stored with the time at which it ran.
    let rows = ["seaql_migrations"];
    assert_eq!(fingerprint(&made.db, &rows).await, fingerprint(&migrated, &rows).await);
    assert!(database::is_current(&made.db).await.unwrap());
}
