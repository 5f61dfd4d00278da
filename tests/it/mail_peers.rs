//! Our mail as others read it: Python's `email`, another implementation of DKIM, and an independent mail server.
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use domain::{correspondence::outgoing_mail::MailState, id::MailId};
use entity::outbox;
use madoguchi::{
    mail::{
        dkim::Dkim,
        message::mailbox,
        outgoing_mail::{CalendarMethod, InvitationPart, MailKind, OutgoingMail, QueuedMail},
        sender::Sender,
        transport::{Memory, SmtpOptions, Transport},
    },
    store, worker,
};
use sea_orm::EntityTrait;

use crate::site::Site;

/// Returns the command for Python with the packages of `tests/requirements.txt`.
fn python(script: &str) -> Command {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    assert!(Command::new("bash").arg(tests.join("tools.sh")).status().unwrap().success());
    let mut python = Command::new(tests.join(".tools/venv/bin/python"));
    python.arg(tests.join("peers").join(script));
    python
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("madoguchi-peers-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    /// Makes a private key with OpenSSL, and stores its public key as a name server would publish it.
    fn key(&self, selector: &str, algorithm: &[&str], kind: &str) -> Dkim {
        let run = |args: &[&str]| {
            let done = Command::new("openssl").args(args).current_dir(&self.0).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            done.stdout
        };
        let pem = format!("{selector}.pem");
        run(&[&["genpkey", "-out", &pem], algorithm].concat());
        let public = run(&["pkey", "-in", &pem, "-pubout", "-outform", "DER"]);
        // RFC 8463: the record holds the bare key, which is the end of OpenSSL's output.
        let public = if kind == "ed25519" { &public[public.len() - 32..] } else { &public };
        let public = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, public);
        std::fs::write(self.0.join(format!("{selector}.txt")), format!("v=DKIM1; k={kind}; p={public}"))
            .unwrap();
        let pem = std::fs::read_to_string(self.0.join(pem)).unwrap();
        Dkim::new(selector, "example.jp", &pem).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

#[tokio::test]
async fn other_programs_read_our_mail_and_verify_its_signature() {
    let folder = Folder::new();
    let keys = [
        folder.key("rsa2026", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "rsa"),
        folder.key("ed2026", &["-algorithm", "ED25519"], "ed25519"),
    ];
    let plain =
        QueuedMail { message_id: "0191@example.jp".into(), follows: Vec::new(), outgoing: outgoing_mail() };
    let part = InvitationPart {
        method: CalendarMethod::Request,
        body: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".into(),
    };
    let invitation = QueuedMail {
        message_id: "0193@example.jp".into(),
        follows: vec!["0191@example.jp".into(), "0192@example.jp".into()],
        outgoing: OutgoingMail { calendar: Some(part), ..outgoing_mail() },
    };
    let unsubscribe = Some(format!("https://soudan.example.jp/u/weekly_digest/{}", "a".repeat(80)));
    let digest = QueuedMail { outgoing: OutgoingMail { unsubscribe, ..outgoing_mail() }, ..plain.clone() };
    let reply_to = mailbox("テレワーク相談センター <reply+0123456789abcdef@example.jp>").unwrap();
    let mails = [("digest", &digest), ("invitation", &invitation), ("plain", &plain)];
    for (n, key) in keys.into_iter().enumerate() {
        let sender = Sender {
            transport: Transport::Memory(Memory::default()),
            from: mailbox("テレワーク相談センター（東京） <madoguchi@example.jp>").unwrap(),
            dkim: Some(Arc::new(key)),
        };
        for (name, mail) in mails {
            let reply_to = (name != "digest").then_some(&reply_to);
            let message = sender.message(mail, reply_to, now()).unwrap();
            std::fs::write(folder.0.join(format!("{name}{n}.eml")), message.formatted()).unwrap();
        }
    }
    let read = python("read_mail.py").arg(&folder.0).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let read = String::from_utf8(read.stdout).unwrap();
    let read: Vec<serde_json::Value> = read.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(read.len(), 6);
    for it in &read {
        let name = it["name"].as_str().unwrap();
        check_headers(it, name);
        check_parts(it, &name[..name.len() - 1], digest.outgoing.unsubscribe.as_deref().unwrap());
    }
}

fn check_headers(it: &serde_json::Value, name: &str) {
    assert_eq!(it["signed"], true, "{name}: {it:#}");
    assert_eq!((&it["forged_subject"], &it["forged_reader"]), (&false.into(), &false.into()), "{name}");
    assert_eq!(it["defects"], serde_json::json!([]), "{name}");
    assert_eq!(it["from"], serde_json::json!([["テレワーク相談センター（東京）", "madoguchi@example.jp"]]));
    assert_eq!(it["to"], serde_json::json!([["髙橋 﨑子, 𠮷田", "suzuki@minato.example.co.jp"]]));
    assert_eq!(it["headers"]["Subject"][0], outgoing_mail().subject);
    assert_eq!(it["headers"]["Auto-Submitted"][0], "auto-generated");
    assert_eq!(
        it["text"].as_str().unwrap().replace("\r\n", "\n").trim_end(),
        outgoing_mail().text.trim_end()
    );
    assert_eq!(
        it["html"].as_str().unwrap().replace("\r\n", "\n").trim_end(),
        outgoing_mail().html.trim_end()
    );
    assert!(it["longest_line"].as_u64().unwrap() <= 998);
    assert_eq!(it["bare_line_feeds"], 0);
}

/// Asserts what the parts of a mail hold. `stop` is the address of the digest's one-click stop.
fn check_parts(it: &serde_json::Value, name: &str, stop: &str) {
    let structure: Vec<_> =
        it["structure"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let texts = ["multipart/alternative", "text/plain", "text/html"];
    match name {
        "invitation" => {
            let whole = [&["multipart/mixed"], &texts[..], &["text/calendar", "application/ics"]].concat();
            assert_eq!(structure, whole);
            let body = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".replace("\r\n", "");
            for it in it["calendars"].as_array().unwrap() {
                assert_eq!(it.as_str().unwrap().replace(['\r', '\n'], ""), body);
            }
            assert_eq!(it["headers"]["In-Reply-To"][0], "<0192@example.jp>");
            assert_eq!(it["headers"]["References"][0], "<0191@example.jp> <0192@example.jp>");
        }
        "digest" => {
            assert_eq!(structure, texts);
            assert_eq!(it["headers"]["List-Unsubscribe"][0], format!("<{stop}>"));
            assert_eq!(it["headers"]["List-Unsubscribe-Post"][0], "List-Unsubscribe=One-Click");
            assert!(it["headers"]["Reply-To"].is_null());
        }
        _ => assert_eq!(structure, texts),
    }
}

/// A running aiosmtpd, which prints the mails that it is given.
struct Peer {
    process: Child,
    port: u16,
    given: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    fn open() -> Self {
        let mut process = python("mail_server.py").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.next().unwrap().unwrap().parse().unwrap();
        let given = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&given);
        thread::spawn(move || lines.map_while(Result::ok).for_each(|it| kept.lock().unwrap().push(it)));
        Self { process, port, given }
    }

    /// Returns the printed mails, once there are so many lines: the server prints while it answers.
    fn given(&self, lines: usize) -> Vec<String> {
        let waiting = Instant::now();
        loop {
            let given = self.given.lock().unwrap().clone();
            if given.len() >= lines || waiting.elapsed() > Duration::from_secs(60) {
                return given;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[actix_web::test]
async fn another_mail_server_takes_defers_refuses_or_breaks_off() {
    let peer = Peer::open();
    let mut site = Site::new().await;
    let url = format!("smtp://127.0.0.1:{}", peer.port);
    let transport =
        Transport::from_settings(Some(&url), Path::new("unused"), SmtpOptions::default()).unwrap();
    site.change(|app| app.mail.transport = transport);
    let wanted = [
        ("suzuki", MailKind::Booked, MailState::Sent),
        ("sato", MailKind::Survey, MailState::Sent),
        ("defer", MailKind::Booked, MailState::Deferred),
        ("refuse", MailKind::Booked, MailState::Failed),
        ("unknown", MailKind::Survey, MailState::Unknown),
        ("tanaka", MailKind::Booked, MailState::Sent),
    ];
    let tx = site.app.begin().await.unwrap();
    let mails = wanted.iter().map(|(local, kind, _)| OutgoingMail {
        kind: *kind,
        to: format!("{local}@minato.example.co.jp"),
        due_at: site.app.clock.now(),
        ..outgoing_mail()
    });
    store::correspondence::outbox::push(&tx, mails.collect(), "example.jp", site.app.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    while worker::outbox::step(&site.app).await.unwrap() {}
    let is_given = |state| matches!(state, MailState::Sent | MailState::Unknown);
    let given = peer.given(wanted.iter().filter(|it| is_given(it.2)).count());
    let mails = outbox::Entity::find().all(&site.app.db).await.unwrap();
    let by_reader: BTreeMap<_, _> = mails.iter().map(|it| (it.recipient.as_str(), it)).collect();
    for (local, _, state) in wanted {
        let mail = by_reader[format!("{local}@minato.example.co.jp").as_str()];
        assert_eq!(
            store::correspondence::outbox::state(mail, site.app.clock.now()),
            state,
            "{local}: {:?}",
            mail.last_reply
        );
        let log = store::correspondence::outbox::log_of(&site.app.db, MailId(mail.id)).await.unwrap();
        assert_eq!(log.len(), 1, "{local}");
        let was_given = given.iter().any(|it| it.starts_with(&mail.message_id));
        assert_eq!(was_given, is_given(state), "{local}");
    }
}

fn outgoing_mail() -> OutgoingMail {
    OutgoingMail {
        kind: MailKind::Booked,
        consultation: None,
        to: "suzuki@minato.example.co.jp".into(),
        to_name: "髙橋 﨑子, 𠮷田".into(),
        subject: "【テレワーク相談センター】相談の日時が決まりました（受付番号 R08-000123）".into(),
        text: format!("髙橋 様\n\n.\n.点で始まる行\n{}\n", "長い行です。".repeat(200)),
        html: "<p>髙橋 様</p>\n<p>①㈱🙂</p>\n".into(),
        calendar: None,
        due_at: now(),
        dedup_key: None,
        send_condition: None,
        unsubscribe: None,
        over_limit: false,
        relay: None,
        by_telephone: false,
        awaits_address: false,
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-20T05:05:00Z".parse().unwrap()
}
