//! The public pages, and the headers of every answer.
use actix_web::test::TestRequest;

use crate::site::Site;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[actix_web::test]
async fn everyone_may_read_the_pages_about_the_service() {
    let site = Site::new().await;
    for path in ["/", "/privacy", "/accessibility", "/help", "/staff/sign-in"] {
        let page = site.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        page.shows(r#"<html lang="ja">"#);
        page.shows("｜テレワーク相談窓口</title>");
        page.shows(r##"<a class="skip" href="#main">"##);
        page.shows("0120-000-000");
        page.shows("平日9時から17時");
        assert_eq!(page.body.matches("<h1>").count(), 1, "{path}");
        assert!(!page.body.contains("style=") && !page.body.contains("<script"), "{path}");
    }
}

/// Search engines read questions and answers in the page, because no script may stand in it.
#[actix_web::test]
async fn the_questions_on_the_help_page_are_marked_for_search_engines() {
    let page = Site::new().await.get("/help").await;
    page.shows("itemtype=\"https://schema.org/FAQPage\"");
    let count = |words: &str| page.body.matches(words).count();
    let questions = count("itemtype=\"https://schema.org/Question\"");
    assert!(questions >= 5, "{}", page.body);
    for part in ["itemprop=\"acceptedAnswer\"", "<summary itemprop=\"name\">", "<p itemprop=\"text\">"] {
        assert_eq!(count(part), questions, "{part}");
    }
}

#[actix_web::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let site = Site::new().await;
    for (path, status) in [("/", 200), ("/nowhere", 404), ("/staff/set-password/x", 410), ("/healthz", 200)] {
        let reply = site.get(path).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("content-security-policy"), Some(CSP), "{path}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
        assert!(reply.header("permissions-policy").is_some(), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(reply.header("strict-transport-security"), None, "{path}");
        assert!(reply.header("x-request-id").is_some(), "{path}");
    }
    assert_eq!(site.get("/").await.header("referrer-policy"), Some("same-origin"));
    assert_eq!(site.get("/staff/set-password/x").await.header("referrer-policy"), Some("same-origin"));
}

#[actix_web::test]
async fn a_site_under_https_sends_strict_transport_security() {
    let site = Site::with_settings(&[("MADOGUCHI_PUBLIC_URL", "https://soudan.example.jp")]).await;
    let reply = site.get("/").await;
    assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"));
}

#[actix_web::test]
async fn assets_are_kept_by_browsers_for_ever_and_small_on_the_way() {
    let site = Site::new().await;
    let page = site.get("/").await.body;
    let address = page.split('"').find(|it| it.ends_with("/app.css")).unwrap();
    let plain = site.get(address).await;
    assert_eq!(plain.status, 200);
    assert_eq!(plain.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(plain.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(site.get("/assets/000000000000/app.css").await.header("cache-control"), Some("no-cache"));
    assert_eq!(site.get("/assets/000000000000/nothing.css").await.status, 404);
}

#[actix_web::test]
async fn a_failure_has_a_page_that_says_what_to_do() {
    let site = Site::new().await;
    let page = site.get("/nowhere?name=secret").await;
    assert_eq!(page.status, 404);
    page.shows("<title>ページが見つかりません｜テレワーク相談窓口</title>");
    page.shows("0120-000-000");
    assert!(!page.body.contains("secret"));

    let long = format!("email={}", "x".repeat(300_000));
    let form = ("content-type", "application/x-www-form-urlencoded");
    let page =
        site.send(TestRequest::post().uri("/staff/sign-in").insert_header(form).set_payload(long)).await;
    assert_eq!(page.status, 413);
    page.shows("送信された内容が長すぎます");

    let shift_jis = TestRequest::post().uri("/staff/sign-in").insert_header(form).set_payload("email=%8E%52");
    let page = site.send(shift_jis).await;
    assert_eq!(page.status, 422);
    page.shows("内容を読み取れませんでした");
}

#[actix_web::test]
async fn a_lost_database_has_a_page_that_says_what_is_kept() {
    let site = Site::new().await;
    site.app.db.clone().close().await.unwrap();
    let page = site.get("/").await;
    assert!(page.status >= 500, "{}", page.status);
    page.shows("これまでに保存した内容は残っています");
    page.shows(page.header("x-request-id").unwrap());
    assert_eq!(page.header("content-security-policy"), Some(CSP));
}

#[actix_web::test]
async fn people_who_find_a_fault_of_security_learn_whom_to_write_to() {
    let site = Site::with_settings(&[("MADOGUCHI_PUBLIC_URL", "https://soudan.example.jp")]).await;
    let reply = site.get("/.well-known/security.txt").await;
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    let expected = "Contact: mailto:center@example.jp\nExpires: 2027-02-18T00:00:00Z\nPreferred-Languages: ja, en\n\
                    Canonical: https://soudan.example.jp/.well-known/security.txt\n";
    assert_eq!(reply.body, expected);
}
