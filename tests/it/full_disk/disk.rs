//! A small disk of its own for a database, which can be filled to the last page.
use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};

/// The unit in which a file system in memory allocates space. Octets.
const PAGE: usize = 4096;

/// The environment variable of a test that runs with mounts of its own.
const OWN_MOUNTS: &str = "MADOGUCHI_TEST_OWN_MOUNTS";

/// Runs the body of the test of this name in a process with mounts of its own, which end with the process.
///
/// # Panics
///
/// If the body fails, or if the system allows no mounts: the test is never skipped.
pub fn with_own_mounts<F: Future<Output = ()>>(name: &str, body: impl FnOnce() -> F) {
    if std::env::var_os(OWN_MOUNTS).is_some() {
        return actix_web::rt::System::new().block_on(body());
    }
    let mut command = Command::new("unshare");
    if !is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let done = command
        // Every process that it starts ends with it.
        .args(["--pid", "--fork", "--kill-child", "--mount", "--propagation", "private", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(OWN_MOUNTS, "yes")
        .output()
        .expect("unshare (util-linux) is missing");
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && out.contains("1 passed"), "{out}\n{err}");
}

/// A file system in memory with a database on it: an SQLite file, or a PostgreSQL server with all its files.
pub struct Disk {
    folder: PathBuf,
    server: Option<Server>,
}

struct Server {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Disk {
    pub async fn mount() -> Self {
        let folder = std::env::temp_dir().join(format!("madoguchi-disk-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir(&folder).unwrap();
        let is_postgres = std::env::var_os("MADOGUCHI_TEST_POSTGRES").is_some();
        let size = if is_postgres { "size=192m" } else { "size=64m" };
        run(Command::new("mount").args(["-t", "tmpfs", "-o", size, "madoguchi"]).arg(&folder));
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let server = is_postgres.then(|| Server::make(&folder));
        let disk = Self { folder, server };
        disk.recover().await;
        disk
    }

    pub fn database_url(&self) -> String {
        match &self.server {
            Some(it) => format!("postgres://postgres@127.0.0.1:{}/postgres", it.port),
            None => format!("sqlite://{}/madoguchi.db", self.folder.display()),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Fills the disk until so many pages of 4 KiB are free.
    pub fn fill(&self, pages: u64) {
        let mut file = File::create(self.filler()).unwrap();
        let page = vec![b'x'; PAGE];
        while file.write_all(&page).is_ok() {}
        let length = file.metadata().unwrap().len() / PAGE as u64 * PAGE as u64;
        file.set_len(length.saturating_sub(pages * PAGE as u64)).unwrap();
    }

    /// Uses up the segment of PostgreSQL's log and those that are kept for reuse, so that the next change needs space. SQLite
    /// needs space for every change.
    pub async fn use_up_log(&self) {
        if self.server.is_none() {
            return;
        }
        let db = Database::connect(self.database_url()).await.unwrap();
        let number = async |sql: &str| -> i64 {
            let found = Statement::from_string(DbBackend::Postgres, sql);
            db.query_one_raw(found).await.unwrap().unwrap().try_get_by_index(0).unwrap()
        };
        let emit = async |octets: i64| {
            let sql = format!("SELECT pg_logical_emit_message(false, 'test', repeat('x', {octets}))");
            db.execute_unprepared(&sql).await.unwrap();
        };
        let kept = "SELECT count(*) FROM pg_ls_waldir() \
                    WHERE name ~ '^[0-9A-F]{24}$' AND name > pg_walfile_name(pg_current_wal_insert_lsn())";
        while number(kept).await > 0 {
            emit(1_000_000).await;
        }
        let rest = "SELECT 1048576 - mod(pg_current_wal_insert_lsn() - '0/0'::pg_lsn, 1048576)::bigint";
        let rest = number(rest).await;
        // A page of the log has a head of its own.
        if rest > 8192 {
            emit(rest - rest / 128 - 4096).await;
        }
        db.close().await.unwrap();
    }

    /// Frees all the space, and waits until the database works again.
    pub async fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
        self.recover().await;
    }

    async fn recover(&self) {
        let Some(server) = &self.server else { return };
        let begun = Instant::now();
        while Database::connect(self.database_url()).await.is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "PostgreSQL does not come back");
            // A server that could not recover for lack of space has ended.
            server.start();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Server {
    fn make(disk: &Path) -> Self {
        let bin = newest_postgres();
        let folder = disk.join("postgres");
        fs::create_dir(&folder).unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { bin, folder, port };
        let mut init = server.command("initdb");
        init.args(["-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]);
        run(init.args(["--wal-segsize=1", "-D"]).arg(server.folder.join("data")));
        server.start();
        server
    }

    /// Starts the server, unless it runs already.
    fn start(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=60 -c shared_buffers=16MB \
             -c min_wal_size=2MB -c max_wal_size=8MB -c autovacuum=off",
            self.port,
            self.folder.display()
        );
        let mut start = self.command("pg_ctl");
        start.arg("-D").arg(self.folder.join("data")).arg("-l").arg(self.folder.join("log"));
        start.args(["-w", "-t", "20", "-o", &options, "start"]);
        drop(start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status());
    }

    /// Returns the command that runs a program of PostgreSQL, which refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&program) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(program);
        }
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(fs::remove_file(self.filler()));
        if let Some(server) = &self.server {
            let mut stop = server.command("pg_ctl");
            stop.arg("-D").arg(server.folder.join("data")).args(["-m", "immediate", "stop"]);
            drop(stop.stdout(Stdio::null()).stderr(Stdio::null()).status());
        }
        drop(Command::new("umount").arg("--lazy").arg(&self.folder).status());
        drop(fs::remove_dir(&self.folder));
    }
}

fn newest_postgres() -> PathBuf {
    let mut found: Vec<_> =
        fs::read_dir("/usr/lib/postgresql").unwrap().map(|it| it.unwrap().path()).collect();
    found.sort();
    found.pop().expect("PostgreSQL is missing").join("bin")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

#[track_caller]
fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}
