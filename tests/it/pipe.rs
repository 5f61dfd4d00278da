//! `madoguchi mail receive` as mail servers call it: killed at any moment, at full speed, and behind a real server.
mod bad_mails;
mod company;
mod failing;
mod server;

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use domain::id::MailId;
use entity::inbound_mail;
use madoguchi::{clock::Clock, store};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

use crate::{
    cases::{self, CONTACT, Cast},
    inbound::raw_mail,
    site::Site,
};
pub use server::Server;

/// The command that a mail server's pipe starts.
pub struct Pipe {
    pub site: Site,
    folder: PathBuf,
}

impl Pipe {
    pub async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("madoguchi-pipe-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir(&folder).unwrap();
        Self { site: Site::on_disk().await, folder }
    }

    fn command(&self) -> Command {
        let mut command = self.program();
        command.args(["mail", "receive"]);
        command
    }

    /// Returns the command of the real program, with the settings of the site.
    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.current_dir(&self.folder).env_clear();
        command.env("DATABASE_URL", self.site.database_url()).env("MADOGUCHI_LOG", "off");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn code(&self, mut command: Command, raw: &[u8]) -> Option<i32> {
        let mut child = command.spawn().unwrap();
        give(&mut child, raw);
        child.wait().unwrap().code()
    }

    fn receive(&self, raw: &[u8]) -> Option<i32> {
        self.code(self.command(), raw)
    }

    pub async fn rows(&self) -> Vec<inbound_mail::Model> {
        let rows = inbound_mail::Entity::find().order_by_asc(inbound_mail::Column::Id);
        rows.all(&self.site.app.db).await.unwrap()
    }
}

impl Pipe {
    /// Waits until so many mails have arrived, and processes them. The process that stores them runs in real time, so
    /// their times are set to the site's clock.
    pub async fn understood(&self, count: usize) -> Vec<inbound_mail::Model> {
        let begun = Instant::now();
        while self.rows().await.len() < count {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing arrived");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let now = self.site.app.clock.now();
        inbound_mail::Entity::update_many()
            .col_expr(inbound_mail::Column::ReceivedAt, Expr::value(now))
            .col_expr(inbound_mail::Column::NextTryAt, Expr::value(now))
            .filter(inbound_mail::COLUMN.state.eq("stored"))
            .exec(&self.site.app.db)
            .await
            .unwrap();
        while madoguchi::worker::inbound_mail::step(&self.site.app).await.unwrap() {}
        self.rows().await
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Writes the mail to the process; a process that was killed does not read any more.
fn give(child: &mut Child, raw: &[u8]) {
    drop(child.stdin.take().unwrap().write_all(raw));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exit_code_tells_the_outcome() {
    let pipe = Pipe::new().await;
    let raw = raw_mail(CONTACT, "madoguchi@example.jp", "件", "本文");
    assert_eq!(pipe.receive(raw.as_bytes()), Some(0));
    assert_eq!(pipe.receive(raw.as_bytes()), Some(0), "the same once more");
    assert_eq!(pipe.rows().await.len(), 1);
    assert_eq!(pipe.receive(b"\x00\xff no mail at all"), Some(65));
    let odd = pipe.rows().await.into_iter().find(|it| it.state.code() == "quarantined").unwrap();
    assert_eq!((odd.reason.code(), odd.open), ("unreadable", true));

    // If the mail cannot be stored for any reason, the mail server tries again.
    let mut wrong = pipe.command();
    wrong.env("DATABASE_URL", "sqlite:///proc/none/none.db");
    assert_eq!(pipe.code(wrong, raw.as_bytes()), Some(75), "no database");
    let mut empty = pipe.command();
    empty.env("DATABASE_URL", "sqlite://not-migrated.db");
    assert_eq!(pipe.code(empty, raw.as_bytes()), Some(75), "no tables");
    let mut bad = pipe.command();
    bad.env("MADOGUCHI_LISTEN", "everywhere");
    assert_eq!(pipe.code(bad, raw.as_bytes()), Some(75), "bad settings");
    let mut odd = pipe.command();
    odd.arg("--no-such-option");
    assert_eq!(pipe.code(odd, raw.as_bytes()), Some(75), "bad arguments");
    assert_eq!(pipe.rows().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_megabytes_are_kept_and_more_is_cut() {
    let pipe = Pipe::new().await;
    let mut raw = raw_mail(CONTACT, "madoguchi@example.jp", "大きな資料", "添付します。").into_bytes();
    raw.extend(std::iter::repeat_n(b"0123456789abcdef0123456789abcdef\r\n", 50_000_000 / 34).flatten());
    assert_eq!(pipe.receive(&raw), Some(0));
    let whole = pipe.rows().await.remove(0);
    assert!(!whole.truncated);
    let kept =
        store::correspondence::inbound_mail::raw(&pipe.site.app.db, MailId(whole.id)).await.unwrap().unwrap();
    assert!(kept == raw, "{} of {} octets", kept.len(), raw.len());
    let mut small = pipe.command();
    small.env("MAIL_SIZE_LIMIT", "65536");
    assert_eq!(pipe.code(small, &raw), Some(0), "kept, so the server may forget it");
    let cut = pipe.rows().await.into_iter().find(|it| it.truncated).unwrap();
    assert_eq!(usize::try_from(cut.size), Ok(raw.len()));
    let kept =
        store::correspondence::inbound_mail::raw(&pipe.site.app.db, MailId(cut.id)).await.unwrap().unwrap();
    assert!(kept == raw[..65536]);
}

/// As a mail server does, the test delivers a mail again until the command exits with 0.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_every_mail_is_there_once() {
    let pipe = Pipe::new().await;
    let mails: Vec<_> = (0..24)
        .map(|n| {
            let filler = "い".repeat(n * 20_000);
            raw_mail(CONTACT, "madoguchi@example.jp", &format!("{n}通目"), &filler).into_bytes()
        })
        .collect();
    let (mut killed, mut taken) = (0, 0);
    for (n, raw) in mails.iter().enumerate() {
        let mut child = pipe.command().spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let copy = raw.clone();
        let writer = std::thread::spawn(move || drop(stdin.write_all(&copy)));
        // The delays differ, so that the kills fall on different moments of the work.
        std::thread::sleep(Duration::from_millis(n as u64 * 7919 % 61));
        match child.try_wait().unwrap() {
            Some(status) => taken += usize::from(status.code() == Some(0)),
            None => {
                child.kill().unwrap();
                killed += 1;
            }
        }
        child.wait().unwrap();
        writer.join().unwrap();
    }
    let before = pipe.rows().await.len();
    assert!(before >= taken, "{before} of {taken} taken mails");
    assert!(killed > 0, "nothing was killed");
    for raw in &mails {
        assert_eq!(pipe.receive(raw), Some(0));
    }
    let rows = pipe.rows().await;
    let mut kept = Vec::new();
    for row in &rows {
        kept.push(
            store::correspondence::inbound_mail::raw(&pipe.site.app.db, MailId(row.id))
                .await
                .unwrap()
                .unwrap(),
        );
    }
    // A mail of which a killed process got only half is stored as another mail; the server delivers the whole again.
    for raw in &mails {
        assert_eq!(kept.iter().filter(|it| *it == raw).count(), 1);
    }
    assert!(kept.iter().all(|it| mails.iter().any(|raw| raw.starts_with(it))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_mail_server_hands_over_its_mail() {
    let mut pipe = Pipe::new().await;
    let cast = Cast::new(&pipe.site).await;
    let case = cases::received(&pipe.site, &cast, CONTACT).await;
    // The process runs in real time, and so does the mail that it stores.
    pipe.site.change(|app| app.clock = Clock::System);
    let server = Server::start(&pipe);
    let to = pipe.site.app.reply_address(case.id, CONTACT);
    // The address is not in the headers: only the envelope holds it.
    let raw = raw_mail(CONTACT, "undisclosed-recipients:;", "Re: 受付", ".\r\n点で始まる行も届きます。");
    server.deliver(CONTACT, &to, &raw);
    let begun = Instant::now();
    while pipe.rows().await.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing arrived");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    while madoguchi::worker::inbound_mail::step(&pipe.site.app).await.unwrap() {}
    let mail = pipe.rows().await.remove(0);
    assert_eq!(
        (mail.state.code(), mail.envelope_to.as_str()),
        ("attached", to.as_str()),
        "{}",
        mail.reason.code()
    );
    let thread =
        crate::inbound::thread(&pipe.site, case, store::correspondence::message::Audience::Everyone).await;
    assert_eq!(thread.last().unwrap().body, ".\n点で始まる行も届きます。");
}
