//! HTML mails: who may see them, and which parts of them are shown.
use crate::{
    cases::{CONTACT, link, mails_to},
    conversation::everyone,
    inbound::arrives,
    site::{Reply, Site},
};

/// Writes a mail whose only text is HTML.
pub fn html_mail(from: &str, to: &str, html: &str) -> String {
    let id = uuid::Uuid::new_v4().simple();
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: =?UTF-8?B?6LOH5paZ?=\r\nDate: Fri, 20 Nov 2026 14:06:00 +0900\r\n\
         Message-ID: <{id}@mail.example.co.jp>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{html}\r\n"
    )
}

const HOSTILE: &str = "<html><head><meta http-equiv=refresh content='0;url=http://e.example/'><base href=//e.example/>\
    <style>@import '//e.example/s'; p{background:url(//e.example/u)}</style></head><body onload=alert(1)>\
    <p style='background:url(//e.example/p)'>お世話になっております。</p><script src=//e.example/x></script>\
    <img src=//e.example/pixel width=1 height=1><img src=cid:logo alt=会社のロゴ><svg onload=alert(1)></svg>\
    <form action=//e.example/><input name=q></form><a href='https://e.example/wiki'>資料</a><table><tr><td>端末</td>\
    <td>28台</td></tr></table></body></html>";

/// Returns the address of the HTML on a page of the thread.
fn shown_at(page: &Reply) -> Option<String> {
    let links = page.body.split("href=\"").skip(1).filter_map(|it| it.split('"').next());
    links.into_iter().find(|it| it.contains("/mail/")).map(str::to_owned)
}

/// Asserts that a document can do nothing, and holds nothing of `HOSTILE` that a browser would fetch.
#[track_caller]
fn is_harmless(page: &Reply) {
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("sandbox; default-src 'none'; style-src 'unsafe-inline'"), "{policy}");
    assert!(!policy.contains("allow-") && !policy.contains("script") && !policy.contains("http"), "{policy}");
    let (_, document) = page.body.split_once("<main>").unwrap();
    for gone in ["=\"", "='", "<script", "<style", "<svg", "<form", "<img", "<meta", "<base", "<a "] {
        assert!(!document.contains(gone), "{gone} in {document}");
    }
    page.shows("お世話になっております。");
    page.shows("［画像：会社のロゴ］資料 &lt;https://e.example/wiki&gt;");
    page.shows("<td>端末</td>");
}

#[actix_web::test]
async fn a_companys_mail_is_seen_as_html_by_those_of_the_case() {
    let all = everyone(Site::new().await).await;
    let site = &all.center;
    let to = site.app.reply_address(all.case.id, CONTACT);
    let ours = format!("http://127.0.0.1:8080{}", link(&mails_to(site, CONTACT).await, "booked"));
    let token = ours.rsplit('/').next().unwrap().to_owned();
    let quoted = format!("{HOSTILE}<blockquote><a href=\"{ours}\">予約</a> {ours}</blockquote>");
    let came = arrives(site, &html_mail(CONTACT, &to, &quoted)).await;
    assert_eq!(came.state.code(), "attached", "{}", came.reason.code());
    for (who, page) in [
        (&all.company, format!("/my/{}/messages", all.number)),
        (&all.center, format!("/staff/consultations/{}?view=messages", all.number)),
        (&all.expert, format!("/expert/consultations/{}", all.number)),
    ] {
        let page = who.get(&page).await;
        // The text version shows the mail as well.
        page.shows("［画像：会社のロゴ］資料 &#60;https://e.example/wiki&#62;");
        let html = who.get(&shown_at(&page).unwrap()).await;
        is_harmless(&html);
        for page in [page, html] {
            assert!(!page.body.contains(&token), "our link lets in whoever has it: {}", page.body);
        }
    }
    let entry = came.entry_id.unwrap();
    let other = all.company.visitor();
    assert_eq!(other.get(&format!("/my/{}/mail/{entry}", all.number)).await.status, 303);
    let elsewhere = format!("/staff/consultations/R08-009999/mail/{entry}");
    assert_eq!(site.get(&elsewhere).await.status, 404);
}

/// An expert's mail quotes the center's mail in HTML too, which the company must not see.
#[actix_web::test]
async fn only_the_center_sees_the_html_of_an_experts_mail() {
    let all = everyone(Site::new().await).await;
    let site = &all.center;
    let to = site.app.reply_address(all.case.id, "expert@example.jp");
    let html = format!("{HOSTILE}<blockquote>先方は急いでいます。</blockquote>");
    let entry = arrives(site, &html_mail("expert@example.jp", &to, &html)).await.entry_id.unwrap();
    let company = all.company.get(&format!("/my/{}/messages", all.number)).await;
    company.shows("お世話になっております。");
    assert_eq!(shown_at(&company), None);
    assert_eq!(all.company.get(&format!("/my/{}/mail/{entry}", all.number)).await.status, 404);
    let path = format!("/expert/consultations/{}/mail/{entry}", all.number);
    assert_eq!(all.expert.get(&path).await.status, 404);
    let center = site.get(&format!("/staff/consultations/{}?view=messages", all.number)).await;
    let html = site.get(&shown_at(&center).unwrap()).await;
    is_harmless(&html);
    html.shows("先方は急いでいます。");
}

#[actix_web::test]
async fn a_mail_that_waits_for_a_coordinator_is_shown_as_html_too() {
    let all = everyone(Site::new().await).await;
    let site = &all.center;
    let came = arrives(site, &html_mail("stranger@example.com", "madoguchi@example.jp", HOSTILE)).await;
    assert_eq!(came.state.code(), "quarantined");
    let page = site.get(&format!("/staff/mail/in/{}", came.id)).await;
    page.shows(&format!("href=\"/staff/mail/in/{}/html\">HTMLで表示</a>", came.id));
    is_harmless(&site.get(&format!("/staff/mail/in/{}/html", came.id)).await);
    // A mail without HTML offers no HTML view.
    let plain = crate::inbound::raw_mail("stranger@example.com", "madoguchi@example.jp", "件", "本文");
    let plain = arrives(site, &plain).await.id;
    assert!(!site.get(&format!("/staff/mail/in/{plain}")).await.body.contains("HTMLで表示"));
    assert_eq!(site.get(&format!("/staff/mail/in/{plain}/html")).await.status, 404);
}
