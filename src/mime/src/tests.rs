use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Address, Piece, ReceivedMail, Remark, pieces, read};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/mails/", $name, ".eml"))
    };
}

const SAMPLES: &[&[u8]] = &[
    sample!("outlook"),
    sample!("gmail"),
    sample!("gmail_html"),
    sample!("iphone"),
    sample!("thunderbird"),
    sample!("docomo"),
    sample!("mislabelled"),
    sample!("bounce"),
    sample!("away"),
    sample!("calendar"),
    sample!("winmail"),
    sample!("smime"),
    sample!("pgp"),
    sample!("related"),
    sample!("uuencode"),
    sample!("flowed"),
    sample!("broken_base64"),
    sample!("continuations"),
    sample!("utf7"),
    sample!("iso2022jp_ms"),
    sample!("tnef"),
    sample!("answers/outlook"),
    sample!("answers/google"),
    sample!("answers/apple"),
    sample!("answers/thunderbird"),
    sample!("bounces/postfix"),
    sample!("bounces/exchange"),
    sample!("bounces/qmail"),
    sample!("bounces/docomo"),
    sample!("bounces/au"),
];

const OURS: &str = "0192f0aa-7c11-7d3e-9c8a-1d2f3a4b5c6d@example.jp";
const REPLY: &str = "reply+0123456789abcdef@example.jp";

fn remarks(read: &ReceivedMail) -> Vec<Remark> {
    read.remarks.iter().copied().collect()
}

fn person(name: &str, address: &str) -> Address {
    Address { name: name.to_owned(), address: address.to_owned() }
}

pub fn written(text: &str) -> Vec<String> {
    let written = pieces(text).into_iter().filter_map(|it| match it {
        Piece::Written(it) => Some(it.trim().to_owned()),
        Piece::Quoted(_) | Piece::Signature(_) => None,
    });
    written.collect()
}

#[test]
fn outlook_in_iso_2022_jp_with_the_characters_of_vendors() {
    let mail = read(sample!("outlook"));
    assert_eq!(mail.author(), Some(&person("総務部（見本株式会社）", "soumu@mihon.example.co.jp")));
    assert_eq!(mail.to, [person("", REPLY)]);
    assert_eq!(mail.subject, "RE: 【R08-000123】ご確認のお願い");
    assert_eq!(mail.in_reply_to, [OURS]);
    assert_eq!(mail.references, [OURS]);
    assert_eq!(mail.date.unwrap().to_rfc3339(), "2026-11-20T02:02:01+00:00");
    assert!(mail.body.contains("②当日は㈱見本の髙橋も参加します。ﾃﾚﾜｰｸ規程も持参します。"), "{}", mail.body);
    let html = mail.html.unwrap();
    assert!(html.contains("①日時は") && !html.contains("img") && !html.contains("style"), "{html}");
    let [file] = &*mail.attachments else { panic!("{:?}", mail.attachments) };
    assert_eq!((&*file.name, &*file.bytes), ("テレワーク規程①.docx", &b"PK\x03\x04\x0a"[..]));
    assert_eq!(mail.remarks.len(), 0, "{:?}", mail.remarks);
    let said = written(&mail.body);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].ends_with("よろしくお願いいたします。"), "{said:?}");
}

#[test]
fn a_reply_from_gmail_is_read_with_its_quotation() {
    let mail = read(sample!("gmail"));
    assert_eq!(mail.from, [person("見本株式会社 総務部", "soumu.mihon@gmail.example.com")]);
    assert_eq!(mail.to, [person("テレワーク相談窓口", REPLY)]);
    assert_eq!(mail.delivered_to, [person("", REPLY)]);
    assert_eq!(mail.return_path.as_deref(), Some("soumu.mihon@gmail.example.com"));
    assert_eq!(written(&mail.body), ["ご連絡ありがとうございます。\n参加者は2名です。"]);
}

#[test]
fn an_html_mail_is_cleaned_and_read_as_text() {
    let mail = read(sample!("gmail_html"));
    let html = mail.html.clone().unwrap();
    for gone in ["script", "alert", "img", "onclick", "class", "style"] {
        assert!(!html.contains(gone), "{gone} in {html}");
    }
    assert!(html.contains("名簿はこちら &lt;https://files.example.com/list?a=1&amp;b=2&gt;"), "{html}");
    let said = written(&mail.body);
    let expected = "ご連絡ありがとうございます。\n参加者は2名です。\n名簿はこちら <https://files.example.com/list?a=1&b=2>";
    assert_eq!(said, [expected], "{}", mail.body);
    assert!(mail.body.contains("\n> 当日の参加者を教えてください。"), "{}", mail.body);
}

#[test]
fn a_telephone_in_plain_iso_2022_jp() {
    let mail = read(sample!("iphone"));
    assert_eq!(mail.author().unwrap().name, "総務部");
    assert_eq!(written(&mail.body), ["承知しました。当日よろしくお願いします。"]);
    let Some(Piece::Signature(signature)) = pieces(&mail.body).into_iter().nth(1) else { panic!() };
    assert_eq!(signature.trim(), "iPhoneから送信");
}

#[test]
fn thunderbird_flowed_with_an_answer_below() {
    let mail = read(sample!("thunderbird"));
    assert_eq!(written(&mail.body), ["総務部と情報システム部の 2名です。資料を添付します。"]);
    assert_eq!(mail.attachments[0].name, "想定する参加者名簿.pdf");
    assert_eq!(mail.attachments[0].bytes, b"%PDF-1.4\n");
}

#[test]
fn a_carriers_address_and_bare_shift_jis() {
    let mail = read(sample!("docomo"));
    assert_eq!(mail.author(), Some(&person("担当者", "a..mihon.@docomo.ne.jp")));
    assert_eq!(mail.subject, "参加者について");
    assert_eq!(mail.body, "了解です〓\nよろしくお願いします〓");
}

#[test]
fn shift_jis_that_calls_itself_iso_2022_jp() {
    let mail = read(sample!("mislabelled"));
    assert_eq!(mail.subject, "参加者のご連絡");
    assert_eq!(mail.body, "㈱見本の髙橋です。①名簿を送ります。");
    assert_eq!(remarks(&mail), [Remark::Charset]);
}

#[test]
fn a_delivery_report_names_its_recipient_and_status() {
    let mail = read(sample!("bounce"));
    assert_eq!(mail.return_path.as_deref(), Some(""));
    assert!(mail.automatic.is());
    let report = mail.delivery_report.unwrap();
    assert_eq!(report.original_message_id().as_deref(), Some(OURS));
    let [recipient] = &*report.recipients else { panic!("{:?}", report.recipients) };
    let field = |it| super::DeliveryReport::field(recipient, it);
    assert_eq!(field("final-recipient"), Some("nobody@mihon.example.co.jp"));
    assert_eq!(field("action"), Some("failed"));
    assert_eq!(field("status"), Some("5.1.1"));
    assert_eq!(field("diagnostic-code"), Some("550 5.1.1 User unknown"));
    assert!(mail.attachments.is_empty(), "{:?}", mail.attachments);
}

#[test]
fn an_automatic_answer_is_recognised() {
    let mail = read(sample!("away"));
    assert!(mail.automatic.is());
    assert_eq!(mail.automatic.auto_response_suppress.as_deref(), Some("all"));
    assert!(!read(sample!("gmail")).automatic.is());
}

#[test]
fn an_answer_to_an_invitation_keeps_its_calendar_part() {
    let mail = read(sample!("calendar"));
    assert_eq!(mail.calendar.len(), 1);
    assert_eq!(mail.calendar[0].method.as_deref(), Some("REPLY"));
    assert!(mail.calendar[0].text.contains("PARTSTAT=ACCEPTED"));
    assert_eq!(mail.attachments[0].name, "invite.ics");
    assert_eq!(mail.body, "総務部さんが招待を承諾しました。");
}

#[test]
fn winmail_dat_is_an_attachment() {
    let mail = read(sample!("winmail"));
    assert_eq!(mail.body, "資料をお送りします。");
    assert_eq!(mail.attachments[0].name, "winmail.dat");
    assert_eq!(remarks(&mail), [Remark::Tnef]);
}

/// Checks the body and the file names of rare kinds of mail.
#[test]
fn rare_forms_of_mail_are_read_too() {
    for (mail, body, files) in [
        (&sample!("smime")[..], "署名したメールです。", &["smime.p7s"][..]),
        (sample!("pgp"), "", &["添付1.bin", "encrypted.asc"]),
        (sample!("related"), "図をお送りします。\n[image: 構成図.png]", &["構成図.png"]),
        (
            sample!("uuencode"),
            "Please find the rule below.\n\nbegin 644 rule.txt\n#0V%T\n`\nend\n\n-- \nYamada",
            &[],
        ),
        (
            sample!("flowed"),
            "一つの文がここで折り返され、ここまで続きます。\n\n> 前のメールも折り返されています。\n>> もっと前\n-- \n山田",
            &[],
        ),
        (sample!("continuations"), "ok", &["就業規則.pdf", "就.pdf"]),
        (sample!("utf7"), "お返事いたします。", &[]),
        (sample!("iso2022jp_ms"), "①㈱髙橋です。\n～―∥－\nｱ", &[]),
        (sample!("tnef"), "資料です。", &["winmail.dat"]),
    ] {
        let mail = in_time(mail);
        let names: Vec<_> = mail.attachments.iter().map(|it| it.name.as_str()).collect();
        assert_eq!((mail.body.as_str(), &*names), (body, files), "{}", mail.subject);
        assert!(!mail.remarks.contains(&Remark::Unreadable), "{:?}", mail.remarks);
    }
    assert_eq!(read(sample!("utf7")).subject, "あいう");
    assert!(read(sample!("related")).html.unwrap().contains("［画像：構成図.png］"));
    // Damage is reported in the remarks, and the readable rest is read.
    let broken = in_time(sample!("broken_base64"));
    assert_eq!(remarks(&broken), [Remark::Unreadable, Remark::BadEncoding]);
    assert!(broken.body.starts_with("これは壊れた"), "{}", broken.body);
    assert_eq!(broken.attachments[0].name, "a.pdf");
}

/// A time limit far above what any of these mails takes, even in an unoptimised build on a busy machine, and
/// far below what a quadratic algorithm would take.
const PATIENCE: Duration = Duration::from_secs(20);

#[track_caller]
fn in_time(raw: &[u8]) -> ReceivedMail {
    let begun = Instant::now();
    let read = read(raw);
    assert!(begun.elapsed() < PATIENCE, "{:?} for {} bytes", begun.elapsed(), raw.len());
    super::fuzz::check(&read);
    read
}

#[test]
fn an_empty_mail_and_one_of_blanks() {
    for raw in [&b""[..], b"\r\n\r\n", b"   ", b"\0\0\0", b"\xff\xfe"] {
        let mail = in_time(raw);
        assert!(mail.remarks.contains(&Remark::NoFrom) && mail.remarks.contains(&Remark::NoDate));
    }
    assert!(in_time(b"").remarks.contains(&Remark::Empty));
}

#[test]
fn a_mail_with_two_from_headers_has_no_sender() {
    let mail = in_time(
        b"From: a@example.jp\r\nFrom: b@example.jp\r\nDate: Fri, 20 Nov 2026 10:00:00 +0900\r\n\r\nx",
    );
    assert_eq!((mail.author(), mail.from.len()), (None, 2));
    assert_eq!(remarks(&mail), [Remark::SeveralFrom]);
    let mail = in_time(b"From: a@example.jp, b@example.jp\r\n\r\nx");
    assert_eq!(mail.author(), None);
}

#[test]
fn names_with_line_breaks_commas_and_addresses_stay_names() {
    let words = [
        ("\"a, b\" <c@example.jp>", "a, b"),
        ("=?utf-8?B?YQ0KQmNjOiB4QGV4YW1wbGUuanA=?= <c@example.jp>", "a Bcc: x@example.jp"),
        ("=?utf-8?B?PGJvc3NAZXhhbXBsZS5qcD4=?= <c@example.jp>", "<boss@example.jp>"),
        ("=?utf-8?Q?a=2C_b_=3Cd=40e=2Ejp=3E=2C?= <c@example.jp>", "a, b <d@e.jp>,"),
        ("\"boss@example.jp\" <c@example.jp>", "boss@example.jp"),
    ];
    for (header, name) in words {
        let mail = in_time(format!("From: {header}\r\n\r\nx").as_bytes());
        assert_eq!(mail.author(), Some(&person(name, "c@example.jp")), "{header}");
    }
}

#[test]
fn bare_line_feeds_are_read_alike() {
    for sample in SAMPLES {
        let bare: Vec<u8> = sample.iter().copied().filter(|it| *it != b'\r').collect();
        let (whole, bare) = (in_time(sample), in_time(&bare));
        assert_eq!((whole.subject, whole.body, whole.from), (bare.subject, bare.body, bare.from));
        assert_eq!(whole.attachments.len(), bare.attachments.len());
    }
}

#[test]
fn a_long_subject_is_cut() {
    let subject = "件".repeat(64 * 1024);
    let mail = in_time(format!("From: a@example.jp\r\nSubject: {subject}\r\n\r\nx").as_bytes());
    assert_eq!(mail.subject.chars().count(), super::LONGEST_SUBJECT);
    assert!(mail.remarks.contains(&Remark::SubjectCut));
    assert_eq!(mail.body, "x");
}

#[test]
fn an_unknown_charset_is_remarked_and_read() {
    for charset in ["x-unknown-9", "utf-88", "", "iso-2022-jp-99"] {
        let head = format!("From: a@example.jp\r\nContent-Type: text/plain; charset=\"{charset}\"\r\n\r\n");
        for bytes in
            ["日本語の本文です".as_bytes(), b"\x93\xfa\x96{\x8c\xea\x82\xcc\x96{\x95\xb6\x82\xc5\x82\xb7"]
        {
            let mail = in_time(&[head.as_bytes(), bytes].concat());
            assert_eq!(mail.body, "日本語の本文です", "{charset}");
            assert!(mail.remarks.contains(&Remark::Charset));
        }
    }
}

#[test]
fn a_mail_of_ten_thousand_parts_is_read_in_time() {
    let mut raw = b"From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec();
    for n in 0..10_000 {
        raw.extend(format!("--b\r\nContent-Type: application/pdf; name=\"{n}.pdf\"\r\n\r\nx\r\n").bytes());
    }
    let mail = in_time(&raw);
    assert!(
        mail.remarks.contains(&Remark::TooManyParts) && mail.remarks.contains(&Remark::TooManyAttachments)
    );
    assert_eq!(mail.attachments[7].name, "7.pdf");
}

#[test]
fn a_mail_nested_five_hundred_deep_is_read_in_time() {
    for kind in ["multipart/mixed; boundary=b", "message/rfc822", "multipart/digest; boundary=b"] {
        let mut raw = b"From: a@example.jp\r\n".to_vec();
        for n in 0..500 {
            let kind = kind.replace("=b", &format!("=b{n}"));
            raw.extend(format!("Content-Type: {kind}\r\n\r\n--b{n}\r\n").bytes());
        }
        let mail = in_time(&raw);
        assert_eq!(mail.remarks.contains(&Remark::TooDeep), kind.starts_with("multipart"), "{kind}");
    }
}

#[test]
fn boundaries_without_an_end_are_read_in_time() {
    let mut raw = b"From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec();
    for n in 0..20_000 {
        raw.extend(format!("--b\r\nContent-Type: multipart/mixed; boundary=none{n}\r\n\r\ntext\r\n").bytes());
    }
    in_time(&raw);
}

#[test]
fn a_mail_of_fifty_megabytes_is_read_in_time() {
    let mut raw = b"From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nbody\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n".to_vec();
    let line = [&[b'A'; 76][..], b"\r\n"].concat();
    while raw.len() < 50_000_000 {
        raw.extend(&line);
    }
    raw.extend(b"--b--\r\n");
    let mail = in_time(&raw);
    assert_eq!(mail.body, "body");
    assert!(mail.attachments[0].bytes.len() > 36_000_000);
    // Archives are never unpacked, so their unpacked size does not matter.
    let text = [b"From: a@example.jp\r\n\r\n", &vec![b'a'; 50_000_000][..]].concat();
    assert!(in_time(&text).remarks.contains(&Remark::BodyCut));
}

#[test]
fn html_that_is_built_to_take_long() {
    for (piece, times) in [
        ("<div>", 100_000),
        ("<b><i><a href=x>", 30_000),
        ("<table><tr><td>", 30_000),
        ("<", 500_000),
        ("&amp", 100_000),
        ("<p>x</p>", 9_000),
        ("<div>", 9_000),
        ("<b>", 9_999),
    ] {
        let body = piece.repeat(times);
        in_time(format!("From: a@example.jp\r\nContent-Type: text/html\r\n\r\n{body}").as_bytes());
    }
}

#[test]
fn headers_that_are_built_to_take_long() {
    for piece in ["=?", "=?a?B?", "=?a?Q?=", ",", "(", "<", "\"", ";a*0*=", "=?utf-8?Q?a?= "] {
        for header in ["From", "Subject", "Content-Type", "References"] {
            in_time(format!("{header}: {}\r\n\r\nx", piece.repeat(30_000)).as_bytes());
        }
    }
}

#[test]
fn dialects_of_japanese_are_read() {
    use super::charset::decode;
    let sjis = |text: &str| encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
    let euc = |text: &str| encoding_rs::EUC_JP.encode(text).0.into_owned();
    let text = "お世話になっております。①㈱髙橋 ﾃｽﾄです。";
    for label in
        [None, Some("iso-2022-jp"), Some("utf-8"), Some("us-ascii"), Some("iso-8859-1"), Some("x-none")]
    {
        assert_eq!(decode(&sjis(text), label).text, text, "Shift_JIS as {label:?}");
        assert_eq!(
            decode(&euc("お世話になっております。本日の件です。"), label).text,
            "お世話になっております。本日の件です。",
            "EUC-JP as {label:?}"
        );
        assert_eq!(decode(text.as_bytes(), label).text, text, "UTF-8 as {label:?}");
        assert_eq!(
            decode(b"\x1b$B$\"\x1b(B \x1b$B\x1b(B\x1b(I1\x1b(B", label).text,
            "あ ｱ",
            "ISO-2022-JP as {label:?}"
        );
    }
    assert_eq!(decode(b"\x1b$B-!-j|b\x1b(B", Some("cp50220")).text, "①㈱髙");
    assert_eq!(decode(b"caf\xe9", Some("iso-8859-1")).text, "café");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_mutation_of_a_real_mail_breaks_the_reader(
        sample in 0..SAMPLES.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6_u8, any::<u8>(), any::<prop::sample::Index>()), 1..30),
    ) {
        let mut raw = SAMPLES[sample].to_vec();
        for (at, kind, byte, other) in edits {
            if raw.is_empty() {
                break;
            }
            let at = at.index(raw.len());
            let other = other.index(raw.len());
            match kind {
                0 => raw[at] = byte,
                1 => raw.insert(at, byte),
                2 => drop(raw.drain(at.min(other)..at.max(other))),
                // Copies a piece of the mail to another position.
                3 => {
                    let piece = raw[at.min(other)..at.max(other)].to_vec();
                    raw.splice(at..at, piece);
                }
                4 => raw.splice(at..at, [&b"\r\n"[..], b"\n", b"--", b"=?", b"\x1b$B", b"\0", b"Content-Type: message/rfc822\r\n\r\n"][usize::from(byte % 7)].to_vec()).for_each(drop),
                _ => raw.truncate(at),
            }
            raw.truncate(200_000);
        }
        in_time(&raw);
    }

    #[test]
    fn no_bytes_at_all_break_the_reader(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
        in_time(&raw);
    }

    #[test]
    fn japanese_is_read_in_every_encoding(text in "[ぁ-んァ-ヶ一二三四五六七八九十会社様、。]{6,60}") {
        let text = format!("の{text}です。");
        for encoding in [encoding_rs::SHIFT_JIS, encoding_rs::EUC_JP, encoding_rs::ISO_2022_JP, encoding_rs::UTF_8] {
            let bytes = encoding.encode(&text).0;
            prop_assert_eq!(&super::charset::decode(&bytes, Some(encoding.name())).text, &text);
            prop_assert_eq!(&super::charset::decode(&bytes, None).text, &text);
        }
    }
}
