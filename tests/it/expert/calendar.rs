//! The expert's calendar: availability, the week, and the feed for calendar programs.
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use domain::{field::Fields, id::ExpertId};
use madoguchi::{ops, store};

use super::{hides, path, sign_in, site, with_slot};
use crate::cases::{self, CONTACT, free_slots, state};

#[actix_web::test]
async fn availability_changes_what_companies_are_offered() {
    let (site, cast) = site().await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let day = |it: &domain::booking::availability::Slot| it.date().to_string();
    let offered = || async { free_slots(&site, case).await.iter().map(day).collect::<Vec<_>>() };
    assert!(offered().await.contains(&"2026-11-26".to_owned()));
    let on = [("on_year", "R8"), ("on_month", "11"), ("on_day", "26")];
    let page = "/expert/availability";

    let none = [&[("form", "exception"), ("kind", "none")], &on[..]].concat();
    assert_eq!(site.post(page, &none).await.status, 303);
    assert!(!offered().await.contains(&"2026-11-26".to_owned()));
    let shown = site.get(page).await;
    shown.shows("2026年（令和8年）11月26日（木）　終日空きなし");
    let id = shown.body.split("/expert/availability/exception/").nth(1).unwrap().split('/').next().unwrap();
    site.post(&format!("{page}/exception/{id}/remove"), &[]).await;
    assert!(offered().await.contains(&"2026-11-26".to_owned()));

    let away = [
        ("form", "absence"),
        ("first_year", "2026"),
        ("first_month", "11"),
        ("first_day", "26"),
        ("last_year", "２０２６"),
        ("last_month", "12"),
        ("last_day", "4"),
        ("note", "出張"),
    ];
    assert_eq!(site.post(page, &away).await.status, 303);
    assert_eq!(offered().await.first().map(String::as_str), Some("2026-12-07"));
    site.get(page).await.shows("（出張）");

    let evening =
        [("form", "rule"), ("weekday", "mon"), ("weekday", "tue"), ("rule_start", "40"), ("rule_end", "52")];
    site.post(page, &evening).await;
    let shown = site.get(page).await;
    shown.shows("合わせて1つの空きになります");
    shown.shows("月曜日　9:00から19:00");
    shown.shows("火曜日　9:00から19:00");
    let slots = free_slots(&site, case).await;
    assert!(slots.iter().any(|it| it.quarter() == 48), "18:00 is offered");
}

#[actix_web::test]
async fn availability_says_what_is_wrong_and_what_is_booked_stays() {
    let (site, cast) = site().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let page = "/expert/availability";
    for (form, sentence) in [
        (vec![("form", "rule"), ("rule_start", "12"), ("rule_end", "20")], "曜日を選択してください"),
        (
            vec![("form", "rule"), ("weekday", "mon"), ("rule_start", "60"), ("rule_end", "4")],
            "日をまたぐ時間は、日ごとに分けて登録してください",
        ),
        (
            vec![("form", "rule"), ("weekday", "mon"), ("rule_start", "12"), ("rule_end", "65")],
            "6:00から22:00まで",
        ),
        (vec![("form", "exception"), ("kind", "none"), ("on_year", "2026")], "実在する年月日"),
        (vec![("form", "exception")], "変更の内容を選択してください"),
    ] {
        let reply = site.post(page, &form).await;
        assert_eq!(reply.status, 422, "{form:?}");
        reply.shows(sentence);
        reply.shows("<title>エラー：");
    }
    assert_eq!(site.post(page, &[("form", "else")]).await.status, 422);
    assert_eq!(site.post(&format!("{page}/rule/nonsense/remove"), &[]).await.status, 404);
    hides(&site.get(page).await, "センターにご連絡ください");
    let none =
        [("form", "exception"), ("kind", "none"), ("on_year", "2026"), ("on_month", "11"), ("on_day", "26")];
    site.post(page, &none).await;
    let shown = site.get(page).await;
    shown.shows("空きの外にある予約（1件）");
    shown.shows("センターにご連絡ください");
    assert_eq!(state(&site, case).await, "booked");
}

#[actix_web::test]
async fn an_expert_cannot_remove_rows_of_another() {
    let (site, _) = site().await;
    let other = cases::expert(&site, "other@example.jp", "別の 専門家", Fields::Both).await;
    let rules = |id: ExpertId| {
        let db = site.app.db.clone();
        async move { store::routing::expert::entries(&db, id).await.unwrap().rules }
    };
    let id = rules(other).await[0].0;
    site.post(&format!("/expert/availability/rule/{id}/remove"), &[]).await;
    assert_eq!(rules(other).await.len(), 5);
}

#[actix_web::test]
async fn the_week_shows_bookings_holidays_and_free_time() {
    let (site, cast) = site().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let page = site.get("/expert/calendar?week=2026-W48").await;
    page.shows("2026年（令和8年）11月23日（月・祝）から11月29日（日）の予定");
    page.shows("23日（月・祝）<span class=\"vh\">の空きを変更する</span></a><br>勤労感謝の日");
    page.shows("予約1件、仮予約0件、空き");
    page.shows(&format!(r#"href="{}""#, path(case)));
    page.shows("9:00から10:00");
    page.shows("week=2026-W47");
    page.shows("week=2026-W49");
    hides(&page, "aria-current=\"date\"");
    site.get("/expert/calendar").await.shows("aria-current=\"date\"");
    hides(&site.get("/expert/calendar?week=2026-W48&view=list").await, "<table");
    site.get("/expert/calendar?week=2026-W60").await.shows("aria-current=\"date\"");
    site.get("/expert/calendar?week=2026-W53").await.shows("年末年始");
}

#[actix_web::test]
async fn a_calendar_program_reads_the_feed() {
    let (site, cast) = site().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let page = site.post("/expert/availability/feed", &[("action", "make")]).await;
    assert_eq!(page.status, 200);
    let path = page.body.split("http://127.0.0.1:8080").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(path.starts_with("/calendar/") && path.ends_with(".ics"), "{path}");
    hides(&site.get("/expert/availability").await, &path);

    let feed = site.get(&path).await;
    assert_eq!((feed.status, feed.header("referrer-policy")), (200, Some("same-origin")));
    assert_eq!(feed.header("content-type"), Some("text/calendar; charset=utf-8"));
    feed.shows("STATUS:CONFIRMED");
    feed.shows("みなと製作所");
    let tag = feed.header("etag").unwrap().to_owned();
    site.app.clock.advance(TimeDelta::minutes(5));
    let ask = || site.send(TestRequest::get().uri(&path).insert_header(("If-None-Match", tag.clone())));
    let again = ask().await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));

    let reason = "体調不良".to_owned();
    let by = domain::actor::Actor::Expert(cast.expert);
    ops::booking::appointment::cancel(&site.app, case.id, by, reason).await.unwrap();
    let changed = ask().await;
    assert_eq!(changed.status, 200);
    changed.shows("STATUS:CANCELLED");
    site.app.clock.advance(TimeDelta::days(31));
    hides(&site.get(&path).await, "BEGIN:VEVENT");

    sign_in(&site, "expert@example.jp").await;
    with_slot(&site, cases::form("second@example.co.jp")).await;
    let held = site.get(&path).await;
    held.shows("STATUS:TENTATIVE");
    hides(&held, "みなと");
    site.post("/expert/availability/feed", &[("action", "revoke")]).await;
    assert_eq!(site.get(&path).await.status, 404);
    assert_eq!(site.get("/calendar/AAAA.ics").await.status, 404);
}
