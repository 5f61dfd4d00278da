use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{Answer, Reply, parse};

fn object(method: &str, event: &str) -> String {
    let event = event.replace('\n', "\r\n");
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

#[test]
fn an_answer_says_who_answers_what() {
    let event = "UID:0191@example.jp\nSEQUENCE:3\nORGANIZER:mailto:reply+1@example.jp\n\
        ATTENDEE;CN=\"Yamada, Taro\";PARTSTAT=ACCEPTED:MAILTO:Expert@Example.jp\nCOMMENT:よろしく\\nお願いします";
    let expected = Reply {
        answer: Answer::Accepted,
        uid: "0191@example.jp".to_owned(),
        sequence: 3,
        attendee: "expert@example.jp".to_owned(),
        delegate: None,
        proposed: None,
        comment: "よろしく\nお願いします".to_owned(),
    };
    assert_eq!(parse(&object("REPLY", event)), Some(expected));
}

#[test]
fn a_proposal_is_in_utc_whatever_zone_it_names() {
    for (start, end) in [
        ("DTSTART:20261125T010000Z", "DTEND:20261125T020000Z"),
        ("DTSTART;TZID=Asia/Tokyo:20261125T100000", "DTEND;TZID=Asia/Tokyo:20261125T110000"),
        (
            "DTSTART;TZID=Tokyo Standard Time:20261125T100000",
            "DTEND;TZID=Tokyo Standard Time:20261125T110000",
        ),
        ("DTSTART;TZID=America/New_York:20261124T200000", "DTEND;TZID=America/New_York:20261124T210000"),
        ("DTSTART:20261125T100000", "DTEND:20261125T110000"),
        ("DTSTART;TZID=Asia/Tokyo:20261125T100000", "DURATION:PT1H"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/Asia/Tokyo:20261125T100000", "DURATION:PT1H"),
    ] {
        let event = format!("UID:x\n{start}\n{end}\nATTENDEE;PARTSTAT=TENTATIVE:mailto:a@example.jp");
        let it = parse(&object("COUNTER", &event)).unwrap();
        let expected = at("2026-11-25T01:00:00Z")..at("2026-11-25T02:00:00Z");
        assert_eq!((it.answer, it.proposed), (Answer::Countered, Some(expected)), "{start}");
        assert_eq!(it.sequence, 0);
    }
}

/// Outlook names a zone by its Windows name and describes it in the object.
#[test]
fn a_zone_is_what_the_object_says_of_it() {
    let vtimezone = |name: &str, offset: &str| {
        format!(
            "BEGIN:VTIMEZONE\r\nTZID:{name}\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n\
             TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        )
    };
    for (name, offset, start) in [
        ("Tokyo Standard Time", "+0900", "2026-11-25T01:00:00Z"),
        ("Head Office", "+0900", "2026-11-25T01:00:00Z"),
        // Only the object knows this name: without the description, the time would be read as Japan time.
        ("Branch", "+0800", "2026-11-25T02:00:00Z"),
    ] {
        let event = format!(
            "UID:x\nDTSTART;TZID={name}:20261125T100000\nDTEND;TZID={name}:20261125T110000\n\
             ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@example.jp"
        );
        let object = object("COUNTER", &event)
            .replace("BEGIN:VEVENT", &format!("{}BEGIN:VEVENT", vtimezone(name, offset)));
        let proposed = parse(&object).unwrap().proposed.unwrap();
        assert_eq!(proposed.start, at(start), "{name}");
        let reply = object.replace("METHOD:COUNTER", "METHOD:REPLY").replace("TENTATIVE", "ACCEPTED");
        assert_eq!(parse(&reply).unwrap().answer, Answer::Accepted, "{name}");
    }
}

#[test]
fn a_delegation_is_the_delegators() {
    let event = "UID:x\nATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:b@example.jp\":mailto:a@example.jp\n\
        ATTENDEE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM=\"mailto:a@example.jp\":mailto:b@example.jp";
    let it = parse(&object("REPLY", event)).unwrap();
    assert_eq!((it.answer, it.attendee.as_str()), (Answer::Delegated, "a@example.jp"));
    assert_eq!(it.delegate.as_deref(), Some("b@example.jp"));
}

#[test]
fn a_calendar_without_one_clear_answer_is_no_reply() {
    let attendee = "UID:x\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.jp";
    assert!(parse(&object("REQUEST", attendee)).is_none());
    assert!(parse(&object("REPLY", "UID:x")).is_none());
    assert!(parse(&object("REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.jp")).is_none());
    assert!(parse(&object("REPLY", "UID:x\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@example.jp")).is_none());
    assert!(
        parse(&object("REPLY", &format!("{attendee}\nATTENDEE;PARTSTAT=DECLINED:mailto:b@example.jp")))
            .is_none()
    );
    assert!(parse(&object("REPLY", &format!("{attendee}\nSEQUENCE:99999999999"))).is_none());
    assert!(parse("").is_none());
    assert!(parse(&"BEGIN:VCALENDAR\r\n".repeat(50_000)).is_none());
}

proptest! {
    #[test]
    fn any_reply_is_read_or_refused(text in "(BEGIN:|END:|VEVENT|VCALENDAR|METHOD:REPLY|UID:|ATTENDEE|;|:|=|\"|\\\\|\r\n| |DTSTART:2026|[a-z0-9T]|あ){0,80}") {
        let _ = parse(&text);
        let _ = parse(&object("REPLY", &text));
    }
}
