//! Our invitations and feeds as other programs read them: Python's icalendar and feedparser, and ical.js, which Thunderbird
//! uses.
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use domain::{
    actor::{Actor, Role},
    text::Prose,
};
use entity::outbox;
use madoguchi::ops;
use serde::Deserialize;
use serde_json::json;

use crate::{
    cases::{self, CONTACT, Cast},
    gathering, publishing,
    site::Site,
};

/// Returns the folder of the peers, and installs them once if they are missing.
pub fn tools() -> &'static Path {
    static THERE: OnceLock<PathBuf> = OnceLock::new();
    THERE.get_or_init(|| {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let brought = Command::new("bash").arg(tests.join("tools.sh")).output().unwrap();
        let said = String::from_utf8_lossy(&brought.stderr);
        assert!(
            brought.status.success(),
            "the peers of the tests are missing; run bash tests/tools.sh\n{said}"
        );
        tests.join(".tools")
    })
}

/// The properties that a reader finds in an invitation.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Found {
    method: String,
    uid: String,
    sequence: i32,
    start: String,
    summary: String,
    description: String,
    organizer: (String, String),
    attendees: Vec<(String, String, String)>,
}

fn python(text: &str) -> Found {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/read.py");
    found(Command::new(tools().join("venv/bin/python")).arg(script), text)
}

/// Returns what a script of `tests/peers` finds in a feed.
fn feed(script: &str, text: &str) -> serde_json::Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script);
    read(Command::new(tools().join("venv/bin/python")).arg(script), text)
}

fn ical_js(text: &str) -> Found {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/read.mjs");
    found(Command::new("node").arg(script).current_dir(tools().join("node")), text)
}

fn found(reader: &mut Command, text: &str) -> Found {
    read(reader, text)
}

fn read<T: serde::de::DeserializeOwned>(reader: &mut Command, text: &str) -> T {
    let mut reader =
        reader.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    reader.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let done = reader.wait_with_output().unwrap();
    assert!(done.status.success(), "{}\n{text}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

#[actix_web::test]
async fn two_other_programs_read_in_our_invitations_what_we_mean() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let booked = cases::appointment(&site, case).await;
    let center = Actor::Coordinator(cast.coordinator);
    let slot = cases::free_slots(&site, case).await[5];
    ops::booking::appointment::reschedule(&site.app, case.id, center, slot).await.unwrap();
    let moved = cases::appointment(&site, case).await;
    ops::booking::appointment::cancel(&site.app, case.id, center, "都合が悪くなりました".to_owned())
        .await
        .unwrap();
    let cancelled = cases::appointment(&site, case).await;
    for to in [CONTACT, "expert@example.jp"] {
        let mails = cases::mails_to(&site, to).await;
        for (kind, appointment, method) in [
            ("booked", &booked, "REQUEST"),
            ("moved", &moved, "REQUEST"),
            ("cancelled", &cancelled, "CANCEL"),
        ] {
            let mail = mails.iter().find(|it| it.kind == kind).unwrap();
            let text = mail.calendar.as_deref().unwrap();
            let (python, ical_js) = (python(text), ical_js(text));
            assert_eq!(python, ical_js, "both read the same");
            says(&python, mail, method);
            assert_eq!(
                (python.uid.as_str(), python.sequence),
                (appointment.uid.as_str(), appointment.sequence)
            );
            assert_eq!(python.start, appointment.starts_at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        }
    }
}

fn says(it: &Found, mail: &outbox::Model, method: &str) {
    assert_eq!(it.method, method);
    assert_eq!(Some(method), mail.calendar_method.as_ref().map(entity::Coded::code));
    assert!(it.summary.contains("相談"), "{}", it.summary);
    assert!(!it.description.contains('\u{fffd}'));
    assert!(it.organizer.0.starts_with("mailto:"), "{:?}", it.organizer);
    assert!(it.organizer.1.contains("センター"), "{:?}", it.organizer);
    let to = format!("mailto:{}", mail.recipient);
    let attendee =
        it.attendees.iter().find(|it| it.0 == to).unwrap_or_else(|| panic!("{to}: {:?}", it.attendees));
    assert_eq!(attendee.1, mail.recipient_name);
}

#[actix_web::test]
async fn other_programs_read_the_feeds_of_news_and_events() {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    gathering::published(&site, editor, publishing::news("お知らせ「1」と<2>")).await;
    gathering::published(&site, editor, gathering::event(Some(5), None)).await;
    let off = gathering::published(&site, editor, gathering::event(None, Some(5))).await;
    let reason = Prose::parse("", "大雪のため", 100).unwrap();
    ops::gathering::call_off(&site.app, off.id, &reason, editor).await.unwrap();

    for (path, titles) in
        [("/news.atom", vec!["お知らせ「1」と<2>"]), ("/events.atom", vec![gathering::TITLE; 2])]
    {
        let found = feed("read_feed.py", &site.get(path).await.body);
        assert_eq!((&found["fault"], &found["version"]), (&json!(""), &json!("atom10")), "{found}");
        let entries = found["entries"].as_array().unwrap();
        assert_eq!(entries.iter().map(|it| &it["title"]).collect::<Vec<_>>(), titles);
        for it in entries {
            assert_eq!(it["link"], it["id"]);
            let link = url::Url::parse(it["link"].as_str().unwrap()).unwrap();
            assert_eq!(site.get(link.path()).await.status, 200, "{link}");
        }
    }
    let found = feed("read_events.py", &site.get("/events.ics").await.body);
    let events = found.as_array().unwrap();
    assert_eq!(events.len(), 2);
    for it in events {
        assert_eq!(
            (&it["start"], &it["end"]),
            (&json!("2026-12-10T04:00:00Z"), &json!("2026-12-10T06:00:00Z"))
        );
        assert!(it["summary"].as_str().unwrap().contains(gathering::TITLE), "{it}");
    }
    let mut statuses: Vec<_> = events.iter().map(|it| it["status"].as_str().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["CANCELLED", "CONFIRMED"]);
}
