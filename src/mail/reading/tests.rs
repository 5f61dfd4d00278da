use super::{Address, Piece, Read, Remark, pieces, read};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/mails/", $name, ".eml"))
    };
}

const OURS: &str = "0192f0aa-7c11-7d3e-9c8a-1d2f3a4b5c6d@example.jp";
const REPLY: &str = "reply+0123456789abcdef@example.jp";

fn remarks(read: &Read) -> Vec<Remark> {
    read.remarks.iter().copied().collect()
}

fn person(name: &str, address: &str) -> Address {
    Address { name: name.to_owned(), address: address.to_owned() }
}

fn written(text: &str) -> Vec<String> {
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
fn gmail_with_its_quotation() {
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
    assert!(html.contains("名簿はこちら</a> &lt;https://files.example.com/list?a=1&amp;b=2&gt;"), "{html}");
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
fn a_delivery_report() {
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
fn an_answer_that_nobody_wrote() {
    let mail = read(sample!("away"));
    assert!(mail.automatic.is());
    assert_eq!(mail.automatic.auto_response_suppress.as_deref(), Some("all"));
    assert!(!read(sample!("gmail")).automatic.is());
}

#[test]
fn an_answer_to_an_invitation() {
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
