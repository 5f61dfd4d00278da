//! The files of incoming mails, and which parts of their texts are shown to others.
use base64::{Engine, engine::general_purpose::STANDARD};
use encoding_rs::ISO_2022_JP;
use madoguchi::store::{
    self,
    correspondence::{attachment::Trust, message::Audience},
};

use crate::{
    cases::{self, CONTACT},
    conversation::{self, Everyone, files},
    inbound::{arrives, thread},
    site::{Reply, Site},
};

const PDF: &[u8] = b"%PDF-1.4 \x00\xff\r\n--mixed not a boundary";

/// Writes a mail in ISO-2022-JP, as Japanese programs do. A file's name is encoded as in RFC 2231.
pub fn mail(from: &str, to: &str, text: &str, files: &[(&str, &str, &[u8])]) -> String {
    let jis = |it: &str| String::from_utf8(ISO_2022_JP.encode(it).0.into_owned()).unwrap();
    let subject = STANDARD.encode(jis("Re: 予約のご案内"));
    let id = uuid::Uuid::new_v4().simple();
    let mut mail = format!(
        "From: =?ISO-2022-JP?B?{}?= <{from}>\r\nTo: {to}\r\nSubject: =?ISO-2022-JP?B?{subject}?=\r\n\
         Date: Fri, 20 Nov 2026 14:06:00 +0900\r\nMessage-ID: <{id}@mail.example.co.jp>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"mixed\"\r\n\r\n--mixed\r\n\
         Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{}\r\n",
        STANDARD.encode(jis("田中 一郎")),
        jis(&text.replace('\n', "\r\n")),
    );
    for (name, kind, bytes) in files {
        mail += &format!(
            "--mixed\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename*=UTF-8''{name}\r\n\r\n{}\r\n",
            STANDARD.encode(bytes)
        );
    }
    mail + "--mixed--\r\n"
}

/// Returns a mail of one text part with a file of four octets added.
pub fn with_file(raw: &str) -> String {
    let (head, text) = raw.split_once("Content-Type: ").unwrap();
    format!(
        "{head}Content-Type: multipart/mixed; boundary=\"mixed\"\r\n\r\n--mixed\r\nContent-Type: {text}\
         --mixed\r\nContent-Type: text/plain; name=kitei.txt\r\nContent-Disposition: attachment\r\n\r\nrule\r\n\
         --mixed--\r\n"
    )
}

/// Opens the conversation's page as each of the three persons.
async fn pages(all: &Everyone) -> [(&Site, Reply); 3] {
    [
        (&all.center, all.center.get(&format!("/staff/consultations/{}?view=messages", all.number)).await),
        (&all.company, all.company.get(&format!("/my/{}/messages", all.number)).await),
        (&all.expert, all.expert.get(&format!("/expert/consultations/{}", all.number)).await),
    ]
}

#[actix_web::test]
async fn a_japanese_reply_keeps_its_files_and_its_quotation_is_folded() {
    let all = conversation::everyone(Site::new().await).await;
    let site = &all.center;
    let ours =
        cases::mails_to(site, CONTACT).await.into_iter().rfind(|it| it.text_body.contains("/l/")).unwrap();
    let token = ours.text_body.split("/l/").nth(1).unwrap().split('?').next().unwrap();
    let quoted: Vec<_> = ours.text_body.trim_end().lines().map(|it| format!("> {it}")).collect();
    let text = format!(
        "端末は28台です。\n規程をお送りします。\n\n-- \n株式会社みなと製作所 総務部\n田中 一郎\n電話 03-0000-0000\n\n\
         2026年11月20日(金) 14:05 Madoguchi <madoguchi@example.jp>:\n{}\n",
        quoted.join("\n")
    );
    let sent: [(&str, &str, &[u8]); 2] =
        [("%E8%A6%8F%E7%A8%8B%E2%91%A0.pdf", "application/pdf", PDF), ("run.exe", "application/pdf", b"MZ")];
    let to = site.app.reply_address(all.case.id, CONTACT);
    let came = arrives(site, &mail(CONTACT, &to, &text, &sent)).await;
    assert_eq!((came.state.code(), came.open), ("attached", false), "{}", came.reason.code());
    assert_eq!(came.subject, "Re: 予約のご案内");

    for (who, page) in pages(&all).await {
        page.shows("<p class=\"msg-body\">端末は28台です。\n規程をお送りします。</p>");
        page.shows(&format!("<summary>引用を表示する（{}行）</summary>", quoted.len() + 1));
        page.shows("<summary>署名を表示する</summary>");
        page.shows(&format!("規程①.pdf</a>（{}バイト）", PDF.len()));
        page.shows("run.exe（2バイト）　<b>受け付けていない種類のファイルです（保存していません）</b>");
        let [file] = &*files(&page) else { panic!("{}", page.body) };
        assert_eq!(who.get(file).await.status, 200);
        assert_eq!(who.send_bytes(file).await, PDF);
        // The link in our mail signs in any reader, so it is not shown.
        assert!(!page.body.contains(token), "{}", page.body);
    }
    // The file's bytes are not on any page, so there is nothing to fetch.
    let kept =
        store::correspondence::attachment::of(&site.app.db, all.case.id, Audience::Internal).await.unwrap();
    let refused = kept.into_values().flatten().find(|it| it.name == "run.exe").unwrap();
    assert_eq!((refused.trust, refused.sha256), (Trust::Refused, None));
    let path = format!("/staff/consultations/{}/files/{}", all.number, refused.id);
    assert_eq!(site.get(&path).await.status, 409);
}

#[actix_web::test]
async fn an_experts_reply_brings_its_file_without_its_quotation() {
    let all = conversation::everyone(Site::new().await).await;
    let site = &all.center;
    let to = site.app.reply_address(all.case.id, "expert@example.jp");
    let text = "資料です。\n\n2026年11月20日(金) 14:05 センター <center@example.jp>:\n> 先方は急いでいます。";
    let sent: [(&str, &str, &[u8]); 1] = [("shiryo.pdf", "application/pdf", PDF)];
    assert_eq!(arrives(site, &mail("expert@example.jp", &to, text, &sent)).await.state.code(), "attached");
    let inside =
        mail("expert@example.jp", &to, "#internal\n所見です。", &[("shoken.pdf", "application/pdf", PDF)]);
    assert_eq!(arrives(site, &inside).await.state.code(), "attached");
    let [(_, center), (_, company), _] = pages(&all).await;
    assert_eq!((files(&center).len(), files(&company).len()), (2, 1));
    company.shows("shiryo.pdf</a>");
    for hidden in ["先方は急いで", "所見です", "shoken.pdf"] {
        assert!(!company.body.contains(hidden), "{hidden}: {}", company.body);
    }
}

#[actix_web::test]
async fn an_absence_notice_is_shown_small_and_that_of_an_expert_inside() {
    let all = conversation::everyone(Site::new().await).await;
    let site = &all.center;
    for (from, text) in [(CONTACT, "休業日です。"), ("expert@example.jp", "出張しています。")] {
        let to = site.app.reply_address(all.case.id, from);
        let sent: [(&str, &str, &[u8]); 1] = [("calendar.pdf", "application/pdf", PDF)];
        let raw = format!("Auto-Submitted: auto-replied\r\n{}", mail(from, &to, text, &sent));
        assert_eq!(arrives(site, &raw).await.state.code(), "auto_reply");
    }
    let [(_, center), (_, company), _] = pages(&all).await;
    let small = |page: &Reply| page.body.matches("<details><summary>自動応答：").count();
    assert_eq!((small(&center), small(&company)), (2, 1));
    assert_eq!((files(&center).len(), files(&company).len()), (2, 1));
    assert!(!company.body.contains("出張しています"), "{}", company.body);
}

#[actix_web::test]
async fn a_mail_added_by_a_coordinator_brings_its_files() {
    let all = conversation::everyone(Site::new().await).await;
    let site = &all.center;
    for (attach_as, name) in [("company", "a.pdf"), ("note", "b.pdf")] {
        let sent: [(&str, &str, &[u8]); 2] = [(name, "application/pdf", PDF), ("run.exe", "", b"MZ")];
        let came = arrives(site, &mail("tanaka@example.com", "madoguchi@example.jp", attach_as, &sent)).await;
        assert_eq!(came.state.code(), "quarantined");
        let form = [("number", all.number.as_str()), ("attach_as", attach_as)];
        let path = format!("/staff/mail/in/{}/attach", came.id);
        assert_eq!(site.post(&path, &form).await.status, 303);
        assert_eq!(site.post(&path, &form).await.status, 409);
    }
    let [(center, on_page), (_, company), _] = pages(&all).await;
    assert_eq!((files(&on_page).len(), files(&company).len()), (2, 1));
    on_page.shows("b.pdf</a>");
    company.shows("a.pdf</a>");
    for file in files(&on_page) {
        assert_eq!(center.send_bytes(&file).await, PDF);
    }
    assert_eq!(on_page.body.matches("run.exe（2バイト）").count(), 2);
}

#[actix_web::test]
async fn a_truncated_mail_keeps_no_file() {
    let all = conversation::everyone(Site::new().await).await;
    let site = &all.center;
    let sent: [(&str, &str, &[u8]); 1] = [("large.pdf", "application/pdf", PDF)];
    let raw = mail("tanaka@example.com", "madoguchi@example.jp", "資料です。", &sent);
    let it = madoguchi::ops::correspondence::inbound_mail::IncomingMail {
        source: store::correspondence::inbound_mail::Source::Pipe,
        envelope_to: "",
        envelope_from: "",
        bytes: raw.as_bytes(),
        size: 80_000_000,
    };
    let id = madoguchi::ops::correspondence::inbound_mail::store_raw(&site.app, &it).await.unwrap();
    while madoguchi::worker::inbound_mail::step(&site.app).await.unwrap() {}
    let form = [("number", all.number.as_str()), ("attach_as", "company")];
    assert_eq!(site.post(&format!("/staff/mail/in/{id}/attach"), &form).await.status, 303);
    let before = thread(site, all.case, Audience::Everyone).await;
    assert_eq!(before.last().unwrap().body, "資料です。");
    let [(_, page), ..] = pages(&all).await;
    page.shows("　<b>メールが大きすぎるため、保存していません</b>");
    assert_eq!(files(&page).len(), 0);
}
