//! The exit codes of `madoguchi mail receive` when a message cannot be stored: the mail server keeps it and delivers it
//! again.
use std::{
    net::TcpListener,
    process::Stdio,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DbBackend};

use super::{Pipe, give};
use crate::{cases::CONTACT, inbound::raw_mail};

/// The time within which the command must give up. Mail servers wait for a minute at least, most of them much longer.
const PATIENCE: Duration = Duration::from_secs(15);

fn mail() -> String {
    raw_mail(CONTACT, "madoguchi@example.jp", "件", "本文")
}

impl Pipe {
    /// Returns the exit code with one setting changed, and how long the command took.
    fn with(&self, key: &str, value: &str) -> (Option<i32>, Duration) {
        let mut command = self.command();
        command.env(key, value);
        let begun = Instant::now();
        (self.code(command, mail().as_bytes()), begun.elapsed())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_settings_make_the_mail_server_try_again() {
    let pipe = Pipe::new().await;
    for (key, value) in [
        ("MADOGUCHI_SECRET_FILE", "/proc/none/secret"),
        ("MADOGUCHI_CONFIG", "/proc/none/madoguchi.toml"),
        ("SMTP_URL", "gopher://example.jp"),
        ("IMAP_URL", "imaps://nobody"),
        ("MAIL_SIZE_LIMIT", "much"),
        ("MADOGUCHI_PORT", "no such key"),
        ("DKIM_SELECTOR", "alone"),
        ("DATABASE_URL", "mysql://example.jp/madoguchi"),
    ] {
        assert_eq!(pipe.with(key, value).0, Some(75), "{key}={value}");
    }
    let mut odd = pipe.command();
    odd.args(["--to", "a@example.jp", "--to", "b@example.jp"]);
    assert_eq!(pipe.code(odd, mail().as_bytes()), Some(75));
    // An unreadable input is not the end of a message.
    let mut unreadable = pipe.command();
    unreadable.stdin(Stdio::from(std::fs::File::open("/").unwrap()));
    assert_eq!(unreadable.status().unwrap().code(), Some(75));
    assert!(pipe.rows().await.is_empty());
    assert_eq!(pipe.receive(mail().as_bytes()), Some(0), "and once nothing is wrong, it is taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_or_silent_is_given_up_soon() {
    let pipe = Pipe::new().await;
    // The listener accepts the connection and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for port in [silent.local_addr().unwrap().port(), gone] {
        let (code, took) = pipe.with("DATABASE_URL", &format!("postgres://u:p@127.0.0.1:{port}/none"));
        assert_eq!(code, Some(75));
        assert!(took < PATIENCE, "{took:?}");
    }
}

/// Another transaction holds SQLite's one writer, or a row.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_database_is_given_up_soon_and_nothing_is_lost() {
    let pipe = Pipe::new().await;
    let db = &pipe.site.app.db;
    let held = pipe.site.app.begin().await.unwrap();
    if held.get_database_backend() == DbBackend::Postgres {
        held.execute_unprepared("LOCK TABLE inbound_mail IN ACCESS EXCLUSIVE MODE").await.unwrap();
    }
    let (code, took) = pipe.with("MADOGUCHI_LOG", "off");
    assert_eq!(code, Some(75));
    assert!(took < PATIENCE, "{took:?}");
    held.rollback().await.unwrap();
    let mut child = pipe.command().spawn().unwrap();
    give(&mut child, mail().as_bytes());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(pipe.rows().await.len(), 1, "{db:?}");
}

/// As on a full disk, the row could be written and the octets could not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_half_stored_mail_is_not_kept() {
    let pipe = Pipe::new().await;
    let full = if pipe.site.app.db.get_database_backend() == DbBackend::Postgres {
        "ALTER TABLE inbound_raw ADD CONSTRAINT disk_full CHECK (inbound_id IS NULL)"
    } else {
        "CREATE TRIGGER disk_full BEFORE INSERT ON inbound_raw BEGIN SELECT RAISE(FAIL, 'disk full'); END"
    };
    pipe.site.app.db.execute_unprepared(full).await.unwrap();
    for raw in [mail().as_bytes(), b"no mail at all", b""] {
        assert_eq!(pipe.receive(raw), Some(75));
    }
    assert!(pipe.rows().await.is_empty());
}

/// Exit code 65 returns the mail to its sender: only for a mail that can never be read, and only after it is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_that_is_no_mail_is_kept_and_refused_for_good() {
    let pipe = Pipe::new().await;
    for (n, raw) in
        [&b""[..], b"\r\n\r\n", b"\0\0\0", b"\xff\xfe\x00", b"hello\r\nworld\r\n"].iter().enumerate()
    {
        assert_eq!(pipe.receive(raw), Some(65), "{raw:?}");
        let rows = pipe.rows().await;
        assert_eq!(rows.len(), n + 1, "{raw:?}");
        assert!(rows.iter().all(|it| it.state.code() == "quarantined" && it.open), "{rows:?}");
    }
}
