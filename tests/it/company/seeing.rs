//! The data that the company's pages show to each visitor, and the data that they hide.
use actix_web::{http::Method, test::TestRequest};
use chrono::TimeDelta;
use domain::text::Prose;
use madoguchi::{
    ops,
    store::{self, correspondence::message::Audience},
};

use super::{OTHER, everything, hides, leads_to, link_for, my, sign_in};
use crate::{
    cases::{self, CONTACT, Cast},
    site::{PASSWORD, Site},
};

#[actix_web::test]
async fn a_get_of_any_page_of_the_company_changes_nothing() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let scheduling = cases::scheduling(&site, &cast, CONTACT).await;
    let booked = cases::booked(&site, &cast, CONTACT).await;
    let followed_up = cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(7)).await;
    let center = cast.center();
    let text = Prose::parse("本文", "ご準備をお願いします。", 100).unwrap();
    ops::correspondence::message::post(&site.app, booked.id, center, Audience::Everyone, &text)
        .await
        .unwrap();
    let survey = cases::link(&cases::mails_to(&site, CONTACT).await, "survey");
    let unused = link_for(&site, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let before = everything(&site).await;
    let mut paths = vec!["/login".to_owned(), "/login/sent".to_owned(), "/my".to_owned(), survey, unused];
    for case in [scheduling, booked, followed_up] {
        for page in [
            "",
            "/messages",
            "/reschedule",
            "/reschedule?from=2026-12-10",
            "/cancel",
            "/cancel?action=cancel",
            "/cancel?action=withdraw",
            "/report",
            "/survey",
            "/appointment.ics",
        ] {
            paths.push(my(case, page));
        }
    }
    for path in paths {
        for method in [Method::GET, Method::HEAD] {
            let request = TestRequest::with_uri(&path).method(method);
            let status = site.send(request).await.status;
            assert!([200, 303, 404].contains(&status), "{path}: {status}");
        }
        assert_eq!(everything(&site).await, before, "{path}");
    }
}

#[actix_web::test]
async fn another_companys_case_is_not_found() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let own = cases::booked(&site, &cast, CONTACT).await;
    let other = cases::booked(&site, &cast, OTHER).await;
    let number = my(other, "");
    leads_to(&site.get(&number).await, "/login");
    sign_in(&site, CONTACT).await;
    assert_eq!(site.get(&my(own, "")).await.status, 200);
    let before = everything(&site).await;
    for page in ["", "/messages", "/reschedule", "/cancel", "/report", "/survey", "/appointment.ics"] {
        let reply = site.get(&my(other, page)).await;
        assert_eq!(reply.status, 404, "{page}");
        hides(&reply, &other.number.to_string());
    }
    for (page, form) in [
        ("/messages", vec![("message", "こんにちは")]),
        ("/messages/read", vec![]),
        ("/reschedule", vec![("slot", "2026-12-01T10:00:00+09:00")]),
        ("/cancel", vec![("action", "withdraw")]),
        ("/survey", vec![]),
        ("/further", vec![]),
        ("/confirm", vec![]),
    ] {
        assert_eq!(site.post(&my(other, page), &form).await.status, 404, "{page}");
    }
    assert_eq!(everything(&site).await, before);
    for path in ["/my/R08-999999", "/my/nonsense", "/my/R08-999999/messages"] {
        assert_eq!(site.get(path).await.status, 404, "{path}");
    }
    // A password opens the center's pages, not a company's.
    site.post("/my/sign-out", &[]).await;
    site.sign_in("center@example.jp", PASSWORD).await;
    leads_to(&site.get(&my(own, "")).await, "/login");
}

#[actix_web::test]
async fn a_company_with_several_cases_sees_a_list_of_them() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    sign_in(&site, CONTACT).await;
    site.get("/my").await.shows("申込みはまだありません");
    let first = cases::received(&site, &cast, CONTACT).await;
    leads_to(&site.get("/my").await, &my(first, ""));
    let second = cases::booked(&site, &cast, CONTACT).await;
    let list = site.get("/my").await;
    for (case, state) in [(first, "受付済み"), (second, "予約確定")] {
        list.shows(&my(case, ""));
        list.shows(state);
    }
    // A mail's link leads to the consultation that the mail is about.
    let booked = cases::link(&cases::mails_to(&site, CONTACT).await, "booked");
    let page = site.get(&booked).await;
    page.shows(&format!(r#"name="case" value="{}""#, second.number));
    let (path, _) = booked.split_once('?').unwrap();
    leads_to(&site.post(path, &[("case", &second.number.to_string())]).await, &my(second, ""));
}

#[actix_web::test]
async fn internal_messages_are_not_shown() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    hides(&site.get(&my(case, "")).await, "山田");
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    let reason = "取引先のため辞退します".to_owned();
    ops::routing::assignment::decline(&site.app, request.id, cast.expert, reason).await.unwrap();
    let memo = Prose::parse("メモ", "内部の所見です。", 100).unwrap();
    ops::correspondence::message::post(&site.app, case.id, cast.center(), Audience::Internal, &memo)
        .await
        .unwrap();
    let page = site.get(&my(case, "")).await;
    page.shows("担当する専門家と日時を再調整しています");
    for secret in ["取引先", "山田", "内部", "expert@example.jp", "center@example.jp\"", "鈴木"] {
        hides(&page, secret);
        hides(&site.get(&my(case, "/messages")).await, secret);
    }
    page.shows("全0件");

    let done = cases::consulted(&site, &cast, CONTACT).await;
    site.get(&my(done, "/report")).await.shows("作成中です");
    let done = cases::approved(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let report = site.get(&my(done, "/report")).await;
    report.shows("クラウドの勤怠管理を段階的に始めてください。");
    report.shows("この報告書を印刷する");
    hides(&report, "内部だけの所見");
    hides(&report, "expert@example.jp");
    hides(&report, "video.example.jp");
    let page = site.get(&my(done, "")).await;
    page.shows("（1件）");
    page.shows("報告書を読む");
}

#[actix_web::test]
async fn a_message_while_the_center_waits_is_the_answer() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    site.get(&my(case, "/messages")).await.shows("まだメッセージはありません");
    let question = Prose::parse("質問", "従業員数を教えてください。", 100).unwrap();
    let version = cases::record(&site, case).await.version;
    ops::correspondence::message::ask(&site.app, case.id, version, cast.center(), &question).await.unwrap();
    let memo = Prose::parse("メモ", "内部の所見です。", 100).unwrap();
    ops::correspondence::message::post(&site.app, case.id, cast.center(), Audience::Internal, &memo)
        .await
        .unwrap();
    let page = site.get(&my(case, "")).await;
    page.shows("メッセージに回答してください。");
    page.shows("新着1件");
    let page = site.get(&my(case, "/messages")).await;
    page.shows("従業員数を教えてください。");
    page.shows("回答をお待ちしています");
    hides(&page, "内部の所見");

    let empty = site.post(&my(case, "/messages"), &[("message", " ")]).await;
    assert_eq!(empty.status, 422);
    empty.shows("回答を入力してください");
    let form = [("message", "28人です。")];
    leads_to(&site.post(&my(case, "/messages"), &form).await, &my(case, "/messages"));
    leads_to(&site.post(&my(case, "/messages"), &form).await, &my(case, "/messages"));
    assert_eq!(cases::state(&site, case).await, "checking");
    let thread = store::correspondence::message::of(&site.app.db, case.id, Audience::Everyone).await.unwrap();
    assert_eq!(thread.len(), 2, "sent twice, kept once");
    assert!(thread.iter().all(|it| it.read_by_company_at.is_some()));
    hides(&site.get(&my(case, "")).await, "新着");

    let text = Prose::parse("本文", "ありがとうございます。", 100).unwrap();
    ops::correspondence::message::post(&site.app, case.id, cast.center(), Audience::Everyone, &text)
        .await
        .unwrap();
    site.get(&my(case, "/messages")).await.shows("読みました</button>");
    leads_to(&site.post(&my(case, "/messages/read"), &[]).await, &my(case, "/messages"));
    hides(&site.get(&my(case, "/messages")).await, "新着");
    let long = "あ".repeat(2001);
    let reply = site.post(&my(case, "/messages"), &[("message", &long)]).await;
    assert_eq!(reply.status, 422);
    reply.shows("メッセージは2,000文字以内で入力してください（現在2,001文字）");
    reply.shows(&long);
}

#[actix_web::test]
async fn a_booked_appointment_is_downloaded_as_a_calendar_entry() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let reply = site.get(&my(case, "/appointment.ics")).await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").is_some_and(|it| it.starts_with("text/calendar; charset=utf-8")));
    let appointment = cases::appointment(&site, case).await;
    for line in [
        "METHOD:PUBLISH".to_owned(),
        format!("UID:{}", appointment.uid),
        "DTSTART:20261126T000000Z".to_owned(),
        "DTEND:20261126T010000Z".to_owned(),
        "LOCATION:https://video.example.jp/expert".to_owned(),
    ] {
        reply.shows(&line);
    }
    hides(&reply, "expert@example.jp");
    let before = cases::scheduling(&site, &cast, CONTACT).await;
    assert_eq!(site.get(&my(before, "/appointment.ics")).await.status, 404);
}
