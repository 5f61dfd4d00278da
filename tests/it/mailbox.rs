//! A mailbox on a real IMAP server: each mail in it is stored once, marked only then, and survives every interruption.
use std::{
    fs,
    io::Write,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use entity::{imap_mailbox, inbound_mail};
use madoguchi::clock::Clock;
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait, sea_query::Expr};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    certificate::certify,
    inbound::raw_mail,
    site::Site,
};

/// A running Dovecot, with one user `reply@example.jp` and the password `geheim`.
struct Server {
    folder: PathBuf,
    plain: u16,
    tls: u16,
    child: Option<Child>,
}

impl Server {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("madoguchi-imap-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir_all(folder.join("mail")).unwrap();
        let mut server = Self { folder, plain: free_port(), tls: free_port(), child: None };
        certify(&server.folder);
        server.configure();
        server.run();
        server
    }

    fn configure(&self) {
        let folder = self.folder.display();
        let config = format!(
            "protocols = imap\nlisten = 127.0.0.1\nbase_dir = {folder}/run\nlog_path = {folder}/log\n\
             ssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\n\
             auth_mechanisms = plain login\ndisable_plaintext_auth = no\nfirst_valid_uid = 1\n\
             mail_location = maildir:{folder}/mail/%u\nmailbox_list_index = no\n\
             passdb {{\n driver = static\n args = password=geheim\n}}\n\
             userdb {{\n driver = static\n args = uid=nobody gid=nogroup home={folder}/mail/%u\n}}\n\
             service imap-login {{\n inet_listener imap {{\n  port = {}\n }}\n inet_listener imaps {{\n  port = {}\n  ssl = yes\n }}\n}}\n\
             service stats {{\n unix_listener stats-writer {{\n  mode = 0666\n }}\n}}\n",
            self.plain, self.tls,
        );
        fs::write(self.folder.join("dovecot.conf"), config).unwrap();
        let opened = Command::new("chmod").args(["-R", "a+rwX"]).arg(&self.folder).status();
        assert!(opened.unwrap().success());
    }

    fn run(&mut self) {
        let child = Command::new("dovecot")
            .arg("-F")
            .arg("-c")
            .arg(self.folder.join("dovecot.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child = Some(child.expect("Dovecot is missing; run: apt-get install dovecot-imapd"));
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.plain)).is_err() {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(60), "Dovecot does not listen: {log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        drop(Command::new("kill").args(["-TERM", &child.id().to_string()]).status());
        drop(child.wait());
    }

    fn doveadm(&self, args: &[&str], input: &[u8]) -> String {
        let mut child = Command::new("doveadm")
            .arg("-c")
            .arg(self.folder.join("dovecot.conf"))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn put(&self, raw: &str) {
        self.doveadm(&["save", "-u", USER], raw.as_bytes());
    }

    /// Returns how many mails of the mailbox match.
    fn count(&self, mailbox: &str, query: &str) -> usize {
        self.doveadm(&["search", "-u", USER, "mailbox", mailbox, query], b"").lines().count()
    }

    fn url(&self, scheme: &str, rest: &str) -> String {
        let (host, port) = match scheme {
            "imaps" => ("localhost", self.tls),
            _ => ("localhost", self.plain),
        };
        format!("{scheme}://reply%40example.jp:geheim@{host}:{port}/{rest}")
    }
}

const USER: &str = "reply@example.jp";

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// A service whose worker reads the mailbox.
struct Service {
    site: Site,
    server: Server,
    case: Case,
}

impl Service {
    async fn new() -> Self {
        let mut site = Site::on_disk().await;
        let cast = Cast::new(&site).await;
        let case = cases::received(&site, &cast, CONTACT).await;
        site.change(|app| app.clock = Clock::System);
        // No mail is to be sent here.
        entity::outbox::Entity::update_many()
            .col_expr(entity::outbox::Column::State, Expr::value("suppressed"))
            .exec(&site.app.db)
            .await
            .unwrap();
        Self { site, server: Server::start(), case }
    }

    fn command(&self, args: &[&str], url: &str, trusted: bool) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(args).current_dir(&self.server.folder).env_clear();
        command.env("DATABASE_URL", self.site.database_url()).env("IMAP_URL", url);
        command.env("MADOGUCHI_LOG", "off").env("MADOGUCHI_SECRET_FILE", self.secret());
        command.env("SSL_CERT_DIR", "/nonexistent").stdout(Stdio::null());
        let certificate = if trusted { "cert.pem" } else { "nothing.pem" };
        command.env("SSL_CERT_FILE", self.server.folder.join(certificate));
        command
    }

    /// Returns the path of the service's key, so that the process understands a token that the test makes.
    fn secret(&self) -> PathBuf {
        let path = self.server.folder.join("secret");
        if !path.exists() {
            fs::write(&path, madoguchi::secret::hex(self.site.app.secret.bytes())).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }

    fn once(&self, url: &str, trusted: bool) {
        assert!(self.command(&["worker", "--once"], url, trusted).status().unwrap().success());
    }

    fn mail(&self, n: usize) -> String {
        let to = self.site.app.reply_address(self.case.id, CONTACT);
        raw_mail(CONTACT, &to, &format!("Re: 受付 {n}"), &format!("{n}通目です。"))
    }

    async fn rows(&self) -> Vec<inbound_mail::Model> {
        inbound_mail::Entity::find().all(&self.site.app.db).await.unwrap()
    }

    async fn until_rows(&self, wanted: usize) {
        let begun = Instant::now();
        while self.rows().await.len() < wanted {
            let log = fs::read_to_string(self.server.folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(60), "{} mails: {log}", self.rows().await.len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_into_the_mailbox_is_secured_and_takes_new_mail() {
    let service = Service::new().await;
    service.server.put(&service.mail(1));
    // The certificate is not trusted: no mail is read, and the center can see why.
    service.once(&service.server.url("imaps", ""), false);
    assert!(service.rows().await.is_empty());
    let kept = imap_mailbox::Entity::find().one(&service.site.app.db).await.unwrap().unwrap();
    assert!(kept.failure.contains("certificate"), "{}", kept.failure);
    assert!(!kept.name.contains("geheim") && kept.lease_token.is_none());
    assert_eq!(service.server.count("INBOX", "UNSEEN"), 1);

    service.once(&service.server.url("imaps", ""), true);
    let row = service.rows().await.remove(0);
    assert_eq!((row.state.code(), row.source.code()), ("attached", "imap"), "{}", row.reason.code());
    assert_eq!(service.server.count("INBOX", "SEEN"), 1);

    // The mailbox is read by STARTTLS, and the mails are moved afterwards.
    service.server.doveadm(&["mailbox", "create", "-u", USER, "Done"], b"");
    service.server.put(&service.mail(2));
    service.once(&service.server.url("imap", "?moved_to=Done"), true);
    assert_eq!(service.rows().await.len(), 2);
    assert_eq!((service.server.count("INBOX", "ALL"), service.server.count("Done", "ALL")), (1, 1));
    // No mail is taken twice, not even if the server has renumbered every mail.
    service.once(&service.server.url("imaps", ""), true);
    let anew = imap_mailbox::ActiveModel { uid_validity: Set(Some(1)), ..Default::default() };
    imap_mailbox::Entity::update_many().set(anew).exec(&service.site.app.db).await.unwrap();
    service.once(&service.server.url("imaps", ""), true);
    assert_eq!(service.rows().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_hears_at_once_and_comes_back_when_the_server_does() {
    let mut service = Service::new().await;
    let url = service.server.url("imap", "");
    let worker = || Running(service.command(&["worker"], &url, true).spawn().unwrap());
    let (first, second) = (worker(), worker());
    service.server.put(&service.mail(1));
    service.until_rows(1).await;
    // The worker is connected and waits: now the server notifies it.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begun = Instant::now();
    service.server.put(&service.mail(2));
    service.until_rows(2).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());

    service.server.stop();
    service.server.run();
    service.server.put(&service.mail(3));
    service.until_rows(3).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(service.rows().await.len(), 3);
    // When asked to stop, the worker does not wait for the mailbox.
    let begun = Instant::now();
    for mut worker in [first, second] {
        let id = worker.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(worker.0.wait().unwrap().code(), Some(0));
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_every_mail_is_taken_once() {
    const MAILS: usize = 30;
    let service = Service::new().await;
    let url = service.server.url("imap", "");
    for n in 0..MAILS {
        service.server.put(&service.mail(n));
    }
    for n in 0..8_u64 {
        let worker = Running(service.command(&["worker"], &url, true).spawn().unwrap());
        tokio::time::sleep(Duration::from_millis(120 + n * 7919 % 170)).await;
        drop(worker);
        // Ends the lease of the mailbox, as three minutes would.
        imap_mailbox::Entity::update_many()
            .col_expr(imap_mailbox::Column::LeaseToken, Expr::value(None::<uuid::Uuid>))
            .col_expr(imap_mailbox::Column::LeaseUntil, Expr::value(None::<chrono::DateTime<chrono::Utc>>))
            .exec(&service.site.app.db)
            .await
            .unwrap();
        let seen = service.server.count("INBOX", "SEEN");
        let stored =
            inbound_mail::Entity::find().count(&service.site.app.db).await.map(usize::try_from).unwrap();
        assert!(seen <= stored.unwrap(), "a mail was marked before it was stored");
    }
    service.once(&url, true);
    let mut subjects: Vec<_> = service.rows().await.into_iter().map(|it| it.subject).collect();
    subjects.sort();
    subjects.dedup();
    assert_eq!((subjects.len(), service.rows().await.len()), (MAILS, MAILS));
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
