use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{
    Entry, Feed, Status, entry,
    invite::{Attendee, Invitation, Participation, Person, cancel, readdressed, request},
};

#[test]
fn an_invitation_asks_and_a_cancellation_takes_back() {
    let [starts_at, ends_at, now] = times();
    let base = sample(starts_at, ends_at);
    let attendees = [Attendee {
        person: Person { address: "expert01@example.jp", name: "山田 花子" },
        participation: Participation::Awaited,
    }];
    let organizer = Person { address: "desk@example.jp", name: "テレワーク相談センター" };
    let invitation = Invitation { entry: base, organizer, attendees: &attendees };

    insta::assert_snapshot!(unfolded(&request(&invitation, now)).join("\n"), @r#"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Madoguchi//Madoguchi//JA
    CALSCALE:GREGORIAN
    METHOD:REQUEST
    BEGIN:VEVENT
    DESCRIPTION:相談分野：ICT、労務管理\n実施方法：オンライン\; 60分\, 無料
    DTEND:20261124T020000Z
    DTSTAMP:20261120T050500Z
    DTSTART:20261124T010000Z
    LOCATION:https://meet.example.jp/abc
    ORGANIZER;CN=テレワーク相談センター:mailto:desk@example.jp
    SEQUENCE:2
    STATUS:TENTATIVE
    SUMMARY:テレワーク相談（R08-000123）
    TRANSP:OPAQUE
    UID:0191@example.jp
    URL:https://soudan.example.jp/expert/consultations/R08-000123
    ATTENDEE;CN=山田 花子;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:expert01@example.jp
    END:VEVENT
    END:VCALENDAR
    "#);
    let cancelled = unfolded(&cancel(&invitation, now));
    for line in ["METHOD:CANCEL", "STATUS:CANCELLED", "UID:0191@example.jp", "SEQUENCE:2"] {
        assert!(cancelled.iter().any(|it| it == line), "{line}");
    }
}

#[test]
fn an_invitation_goes_to_another_address() {
    let [starts_at, ends_at, now] = times();
    let base = sample(starts_at, ends_at);
    let organizer = |address| Person { address, name: "\"a\":mailto:b, 相談センター" };
    let of = |address, name, participation| Attendee { person: Person { address, name }, participation };
    for participation in [Participation::Awaited, Participation::Accepted] {
        let old = of("a.very.long.address.that.was.mistyped@example.co.jp", "山田 花子", participation);
        let new = of("b@example.co.jp", "山田:mailto:太郎", participation);
        let written = |at, attendee: Attendee<'_>| {
            request(&Invitation { entry: base, organizer: organizer(at), attendees: &[attendee] }, now)
        };
        let changed = readdressed(&written("reply+old@example.jp", old), "reply+new@example.jp", new);
        assert_eq!(changed, written("reply+new@example.jp", new));
        assert!(!unfolded(&changed).join("").contains("mistyped"));
    }
}

#[test]
fn a_download_and_a_feed_ask_nobody() {
    let [starts_at, ends_at, now] = times();
    let base = sample(starts_at, ends_at);
    let download = unfolded(&entry(&base, now));
    assert!(download.contains(&"METHOD:PUBLISH".to_owned()));
    assert!(!download.iter().any(|it| it.starts_with("ATTENDEE")));

    let other = Entry { uid: "0192@example.jp", ..base };
    let lines = unfolded(&Feed::new("山田 花子の相談予約", &[base, other]).at(now));
    assert_eq!(lines.iter().filter(|it| *it == "BEGIN:VEVENT").count(), 2);
    assert!(lines.contains(&"X-WR-CALNAME:山田 花子の相談予約".to_owned()));
}

#[test]
fn a_name_cannot_leave_its_place() {
    let [starts_at, ends_at, now] = times();
    let evil = "\"x\";CN=\"y\":z,\r\nATTENDEE:mailto:evil@example.jp\r\n\"";
    let base = Entry {
        summary: evil,
        location: evil,
        description: evil,
        uid: evil,
        url: Some(evil),
        ..sample(starts_at, ends_at)
    };
    let person = Person { address: "a@example.jp\r\nX-EVIL:1", name: evil };
    let attendees = [Attendee { person, participation: Participation::Accepted }];
    let lines =
        unfolded(&request(&Invitation { entry: base, organizer: person, attendees: &attendees }, now));
    let names: Vec<_> = lines.iter().map(|it| it.split([':', ';']).next().unwrap()).collect();
    assert_eq!(names.iter().filter(|it| **it == "ATTENDEE").count(), 1);
    assert!(!names.contains(&"X-EVIL"));
    assert_eq!(names.len(), 21, "{names:?}");
    let attendee = lines.iter().find(|it| it.starts_with("ATTENDEE")).unwrap();
    assert!(attendee.ends_with(":mailto:a@example.jpX-EVIL:1"), "{attendee}");
    assert_eq!(attendee.matches('"').count(), 2, "{attendee}");
}

proptest! {
    #[test]
    fn lines_are_folded_between_characters(text in "[ -~あ-んーア-ン一-十\n𠮷髙]{0,400}", name in any::<String>()) {
        let [starts_at, ends_at, now] = times();
        let base = Entry { summary: &text, description: &text, location: &name, ..sample(starts_at, ends_at) };
        let person = Person { address: "a@example.jp", name: &name };
        let attendees = [Attendee { person, participation: Participation::Awaited }];
        let written = request(&Invitation { entry: base, organizer: person, attendees: &attendees }, now);
        for line in written.split("\r\n") {
            prop_assert!(line.len() <= 75, "{} octets: {line}", line.len());
            prop_assert!(!line.contains(['\r', '\n']));
        }
        let lines = unfolded(&written);
        let description = lines.iter().find_map(|it| it.strip_prefix("DESCRIPTION:")).unwrap();
        prop_assert_eq!(unescaped(description), text);
    }
}

fn times() -> [DateTime<Utc>; 3] {
    ["2026-11-24T01:00:00Z", "2026-11-24T02:00:00Z", "2026-11-20T05:05:00Z"].map(|it| it.parse().unwrap())
}

fn sample<'a>(starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> Entry<'a> {
    Entry {
        uid: "0191@example.jp",
        sequence: 2,
        starts_at,
        ends_at,
        status: Status::Tentative,
        summary: "テレワーク相談（R08-000123）",
        description: "相談分野：ICT、労務管理\n実施方法：オンライン; 60分, 無料",
        location: "https://meet.example.jp/abc",
        url: Some("https://soudan.example.jp/expert/consultations/R08-000123"),
    }
}

fn unfolded(written: &str) -> Vec<String> {
    assert!(written.ends_with("\r\n"));
    written.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value.chars();
    while let Some(it) = rest.next() {
        text.push(match it {
            '\\' => match rest.next().unwrap() {
                'n' => '\n',
                it => it,
            },
            it => it,
        });
    }
    text
}
