//! The real process on a full disk, and the data that the next process finds.
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use domain::id::DraftId;
use entity::consultation;
use madoguchi::{clock::Clock, doctor};
use sea_orm::{Database, EntityTrait, PaginatorTrait};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Disk, draft, with_own_mounts};
use crate::{conversation::everyone, site::Site};

/// A running `madoguchi serve`, killed if the test ends before it does.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    async fn start(disk: &Disk) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let child = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .arg("serve")
            .current_dir(disk.folder())
            .env_clear()
            .env("DATABASE_URL", disk.database_url())
            .env("MADOGUCHI_LISTEN", &address)
            .env("MADOGUCHI_LOG", "off")
            .stdout(Stdio::null())
            .spawn();
        let process = Self { child: child.unwrap(), address };
        process.becomes(200).await;
        process
    }

    async fn get(&self, path: &str) -> Option<u16> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\n"), "").await
    }

    async fn submit(&self, draft: DraftId) -> u16 {
        let head = format!(
            "POST /apply/{draft}/confirm HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        );
        self.exchange(&head, "consent=1").await.unwrap()
    }

    /// Sends a request and returns the status; none while no process listens.
    async fn exchange(&self, head: &str, body: &str) -> Option<u16> {
        let mut stream = TcpStream::connect(&self.address).await.ok()?;
        let rest =
            format!("Host: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", self.address, body.len());
        stream.write_all(format!("{head}{rest}{body}").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
    }

    /// Waits until the readiness page answers with this status.
    async fn becomes(&self, status: u16) {
        let begun = Instant::now();
        while self.get("/readyz").await != Some(status) {
            assert!(begun.elapsed() < Duration::from_secs(60), "/readyz is not {status}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_process_that_met_a_full_disk_says_so_goes_on_and_has_kept_what_it_acknowledged() {
    const NAME: &str = "full_disk::process::a_process_that_met_a_full_disk_says_so_goes_on_and_has_kept_what_it_acknowledged";
    with_own_mounts(NAME, || async {
        let disk = Disk::mount().await;
        let site = Site::on_disk_at(&disk.database_url(), &disk.folder().join("files")).await;
        site.app.clock.advance(Clock::System.now() - site.app.clock.now());
        let all = everyone(site).await;
        let mut expected = count(&disk).await;
        let is_sqlite = disk.database_url().starts_with("sqlite:");
        let mut refused = 0;
        let mut drafts = Vec::new();
        for _ in 0..16 {
            drafts.push(draft(&all).await);
        }
        let process = Process::start(&disk).await;
        for of_fill in drafts.chunks(4) {
            disk.fill(0);
            for &draft in &of_fill[..3] {
                match process.submit(draft).await {
                    503 => refused += 1,
                    // PostgreSQL may find room on the pages that it has.
                    303 if !is_sqlite => expected += 1,
                    other => panic!("answered {other} on a full disk"),
                }
            }
            assert_eq!(process.get("/healthz").await, Some(200));
            // PostgreSQL still changes rows on the pages that it has; SQLite writes nothing at all.
            if is_sqlite {
                process.becomes(503).await;
            }
            disk.free().await;
            process.becomes(200).await;
            assert_eq!(process.submit(of_fill[3]).await, 303);
            expected += 1;
            assert_eq!(count(&disk).await, expected, "seen by a process that starts now");
        }
        drop(process);
        assert!(refused > 0, "the disk was never full");
        assert_eq!(count(&disk).await, expected, "after a kill");
        let process = Process::start(&disk).await;
        assert_eq!(process.submit(drafts[0]).await, 303, "the draft is still there");
        drop(process);
        let db = Database::connect(disk.database_url()).await.unwrap();
        assert_eq!(doctor::examine(&db, Clock::System.now()).await.unwrap(), []);
    });
}

async fn count(disk: &Disk) -> u64 {
    let db = Database::connect(disk.database_url()).await.unwrap();
    let count = consultation::Entity::find().count(&db).await.unwrap();
    db.close().await.unwrap();
    count
}
