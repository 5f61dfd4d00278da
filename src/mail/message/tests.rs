use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use proptest::prelude::*;

use super::{MessageParts, build, mailbox};
use crate::mail::outgoing_mail::{CalendarMethod, InvitationPart, MailKind, OutgoingMail, QueuedMail};

#[test]
fn headers_are_ours_and_decode_to_what_was_written() {
    let mail = OutgoingMail { to_name: "髙橋 﨑子, 𠮷田".to_owned(), ..sample() };
    let raw = formatted(&mail);
    let headers = headers(&raw);
    assert_eq!(one(&headers, "Message-ID"), "<0191@example.jp>");
    assert_eq!(one(&headers, "Date"), "Fri, 20 Nov 2026 05:05:00 +0000");
    assert_eq!(one(&headers, "Auto-Submitted"), "auto-generated");
    assert_eq!(one(&headers, "From"), "テレワーク相談センター <madoguchi@example.jp>");
    assert_eq!(one(&headers, "To"), "髙橋 﨑子, 𠮷田 <suzuki@minato.example.co.jp>");
    assert_eq!(one(&headers, "Subject"), mail.subject);
    assert!(raw.lines().all(|it| it.len() <= 998 && it.is_ascii()));
}

#[test]
fn answers_and_failures_go_to_the_address_for_answers() {
    let from = mailbox("madoguchi@example.jp").unwrap();
    for (reply_to, return_path) in [
        ("reply+0123@example.jp", "reply+0123@example.jp"),
        ("reply+0123@mail.example.jp", "reply+0123@mail.example.jp"),
        // Servers may refuse an envelope sender of another domain, so it is not used.
        ("reply+0123@other.example", "madoguchi@example.jp"),
        ("reply+0123@notexample.jp", "madoguchi@example.jp"),
    ] {
        let reply_to = mailbox(reply_to).unwrap();
        let mail =
            QueuedMail { message_id: "0191@example.jp".into(), follows: Vec::new(), outgoing: sample() };
        let outgoing =
            MessageParts { mail: &mail, date: now(), from: &from, reply_to: Some(&reply_to), dkim: None };
        let message = build(&outgoing).unwrap();
        assert_eq!(message.envelope().from().unwrap().to_string(), return_path);
        let raw = String::from_utf8(message.formatted()).unwrap();
        let headers = headers(&raw);
        assert_eq!(one(&headers, "Reply-To"), reply_to.to_string());
        assert_eq!(one(&headers, "X-Loop"), "example.jp");
    }
}

#[test]
fn a_mail_names_those_before_it_and_how_to_get_no_more() {
    let from = mailbox("madoguchi@example.jp").unwrap();
    let unsubscribe = Some("https://soudan.example.jp/u/abc".to_owned());
    let mail = QueuedMail {
        message_id: "0193@example.jp".into(),
        follows: vec!["0191@example.jp".into(), "0192@example.jp".into()],
        outgoing: OutgoingMail { unsubscribe, ..sample() },
    };
    let message = build(&MessageParts { mail: &mail, date: now(), from: &from, reply_to: None, dkim: None });
    let raw = String::from_utf8(message.unwrap().formatted()).unwrap();
    let headers = headers(&raw);
    assert_eq!(one(&headers, "In-Reply-To"), "<0192@example.jp>");
    assert_eq!(one(&headers, "References"), "<0191@example.jp> <0192@example.jp>");
    assert_eq!(one(&headers, "List-Unsubscribe"), "<https://soudan.example.jp/u/abc>");
    assert_eq!(one(&headers, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
}

#[test]
fn an_invitation_is_an_alternative_and_an_attachment() {
    let part = InvitationPart {
        method: CalendarMethod::Request,
        body: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".into(),
    };
    let raw = formatted(&OutgoingMail { calendar: Some(part), ..sample() });
    let order = [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain; charset=utf-8",
        "text/html; charset=utf-8",
        "text/calendar; method=REQUEST; charset=",
        "attachment; filename=\"invite.ics\"",
        "application/ics; name=\"invite.ics\"",
    ];
    let mut rest = raw.as_str();
    for wanted in order {
        rest = rest.split_once(wanted).unwrap_or_else(|| panic!("{wanted} in {raw}")).1;
    }
    let raw = formatted(&sample());
    assert!(raw.contains("multipart/alternative") && !raw.contains("text/calendar"));
}

#[test]
fn addresses_that_carriers_once_gave_out_are_quoted() {
    for (address, written) in [
        ("a..b@docomo.example.jp", "\"a..b\"@docomo.example.jp"),
        ("ab.@docomo.example.jp", "\"ab.\"@docomo.example.jp"),
        ("a.b@example.jp", "a.b@example.jp"),
    ] {
        let raw = formatted(&OutgoingMail { to: address.into(), to_name: String::new(), ..sample() });
        assert_eq!(one(&headers(&raw), "To"), written);
    }
    for bad in ["", "a", "a@", "@b.jp", "a b@c.jp", "a@b.jp\r\nBcc: c@d.jp", "a,c@b.jp", "a\"b@c.jp"] {
        let mail = OutgoingMail { to: bad.into(), ..sample() };
        assert!(try_build(&mail).is_err(), "{bad}");
    }
}

#[test]
fn a_sender_may_be_written_in_three_ways() {
    for (raw, name) in [
        ("a@example.jp", None),
        ("Madoguchi <a@example.jp>", Some("Madoguchi")),
        ("\"相談センター, 東京\" <a@example.jp>", Some("相談センター, 東京")),
        ("相談センター<a@example.jp>", Some("相談センター")),
    ] {
        let it = mailbox(raw).unwrap();
        assert_eq!((it.name.as_deref(), it.email.to_string().as_str()), (name, "a@example.jp"));
    }
    assert!(mailbox("相談センター").is_err());
}

proptest! {
    #[test]
    fn no_name_or_subject_adds_a_header(
        name in any::<String>(),
        subject in "[ -~\r\nあ-ん\u{2028}\u{202e}]{0,120}",
    ) {
        let mail = OutgoingMail { to_name: name, subject: subject.clone(), ..sample() };
        let raw = formatted(&mail);
        let headers = headers(&raw);
        let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let machine = ["Auto-Submitted", "X-Auto-Response-Suppress", "X-Loop"];
        let expected =
            [&["Message-ID", "Date", "From", "To", "Subject"], &machine[..], &["MIME-Version", "Content-Type"]];
        prop_assert_eq!(names, expected.concat());
        prop_assert!(one(&headers, "To").ends_with("suzuki@minato.example.co.jp") || one(&headers, "To").ends_with('>'));
        prop_assert_eq!(super::line(&one(&headers, "Subject")), super::line(&subject));
    }
}

fn sample() -> OutgoingMail {
    OutgoingMail {
        kind: MailKind::Booked,
        consultation: None,
        to: "suzuki@minato.example.co.jp".into(),
        to_name: "鈴木 一郎".into(),
        subject: "【テレワーク相談センター】相談の日時が決まりました（受付番号 R08-000123）".into(),
        text: "本文\n".into(),
        html: "<p>本文</p>\n".into(),
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

fn try_build(mail: &OutgoingMail) -> Result<lettre::Message, super::Unsendable> {
    let from: Mailbox = mailbox("テレワーク相談センター <madoguchi@example.jp>").unwrap();
    let mail =
        QueuedMail { message_id: "0191@example.jp".into(), follows: Vec::new(), outgoing: mail.clone() };
    build(&MessageParts { mail: &mail, date: now(), from: &from, reply_to: None, dkim: None })
}

fn formatted(mail: &OutgoingMail) -> String {
    String::from_utf8(try_build(mail).unwrap().formatted()).unwrap()
}

/// Returns the names and decoded values of the headers, in order.
fn headers(raw: &str) -> Vec<(String, String)> {
    let (headers, _) = raw.split_once("\r\n\r\n").unwrap();
    let lines: Vec<_> = headers.split("\r\n").collect();
    let mut unfolded: Vec<String> = Vec::new();
    for line in lines {
        match unfolded.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
            _ => unfolded.push(line.to_owned()),
        }
    }
    let split = |it: String| {
        it.split_once(": ").or_else(|| it.split_once(':')).map(|(n, v)| (n.to_owned(), decoded(v)))
    };
    unfolded.into_iter().map(|it| split(it).unwrap()).collect()
}

fn one(headers: &[(String, String)], name: &str) -> String {
    let found: Vec<_> = headers.iter().filter(|it| it.0 == name).collect();
    assert_eq!(found.len(), 1, "{name} in {headers:?}");
    found[0].1.clone()
}

/// Decodes encoded words. White space between two of them is not part of the text (RFC 2047).
fn decoded(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, from)) = rest.split_once("=?utf-8?b?") {
        if !(after_word && before.trim().is_empty()) {
            text.push_str(before);
        }
        let (word, after) = from.split_once("?=").unwrap();
        text.push_str(&String::from_utf8(STANDARD.decode(word).unwrap()).unwrap());
        (rest, after_word) = (after, true);
    }
    text + rest
}
