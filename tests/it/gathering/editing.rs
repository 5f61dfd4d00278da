//! An event that is moved or called off, and its page for editors.
use domain::{actor::Actor, field::Fields};

use super::*;
use crate::cases;

/// Returns the content with the start moved by `by`.
fn moved(by: TimeDelta) -> Content {
    let mut content = event(Some(1), Some(5));
    if let Facts::Gathering(facts) = &mut content.facts {
        facts.starts_at += by;
        facts.ends_at += by;
        facts.deadline += by;
    }
    content
}

#[actix_web::test]
async fn a_moved_event_tells_everybody_once_with_a_new_calendar_entry() {
    let (site, editor, it) = held(Some(1), Some(5)).await;
    signed_up(&site, it.id, "a@example.co.jp", SeatKind::Venue).await;
    signed_up(&site, it.id, "b@example.co.jp", SeatKind::Venue).await;
    let seen = Seen { id: it.id, revision: it.revision };
    let edited = ops::publication::edit(&site.app, seen, moved(TimeDelta::days(1)), editor).await.unwrap();
    assert_eq!(kinds(&site, "a@example.co.jp").await.len(), 3, "an edit alone tells nobody");
    let it = publish_again(&site, editor, &edited).await;
    let mail = mails_to(&site, "a@example.co.jp").await;
    let news: Vec<_> = mail.iter().filter(|it| it.kind == "event_moved").collect();
    assert_eq!(news.len(), 1);
    assert!(news[0].calendar.as_deref().unwrap().contains("SEQUENCE:1"));
    assert!(
        news[0].text_body.contains("12月11日（金）13:00")
            && news[0].text_body.contains("12月10日（木）13:00")
    );
    let waits = mails_to(&site, "b@example.co.jp").await;
    let news = waits.iter().find(|it| it.kind == "event_moved").unwrap();
    assert!(news.calendar.is_none() && !news.text_body.contains("invite.ics"));
    // Publishing again without another time mails no participant.
    let it = publish_again(&site, editor, &it).await;
    assert_eq!(kinds(&site, "a@example.co.jp").await.iter().filter(|it| *it == "event_moved").count(), 1);
    // Only the reminder of the new day is sent.
    go_to(&site, "2026-12-10T10:00:00");
    while worker::outbox::step(&site.app).await.unwrap() {}
    let mail = mails_to(&site, "a@example.co.jp").await;
    let reminders: Vec<_> =
        mail.iter().filter(|it| it.kind == "event_reminder").map(|it| it.state.code()).collect();
    assert_eq!(reminders, ["suppressed", "sent"]);
    site.get("/events/10001.ics").await.shows("SEQUENCE:1");
    let _ = it;
    sound(&site).await;
}

#[actix_web::test]
async fn an_event_that_is_called_off_says_so_everywhere() {
    let (site, editor, it) = held(Some(1), Some(5)).await;
    signed_up(&site, it.id, "a@example.co.jp", SeatKind::Venue).await;
    signed_up(&site, it.id, "b@example.co.jp", SeatKind::Venue).await;
    let desk = format!("/staff/events/{}", it.id);
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let archive = site.post(&format!("/staff/publish/events/{}/archive", it.id), &[("revision", "2")]).await;
    assert_eq!(archive.status, 409, "people would lose their event without a word");
    assert_eq!(site.post(&format!("{desk}/call-off"), &[("reason", " ")]).await.status, 422);
    let reply = site.post(&format!("{desk}/call-off"), &[("reason", "大雪のため")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    site.post(&format!("{desk}/call-off"), &[("reason", "大雪のため")]).await;
    for (email, has_calendar) in [("a@example.co.jp", true), ("b@example.co.jp", false)] {
        let mail = mails_to(&site, email).await;
        let news: Vec<_> = mail.iter().filter(|it| it.kind == "event_called_off").collect();
        assert_eq!(news.len(), 1, "{email}");
        assert!(news[0].text_body.contains("> 大雪のため"));
        let calendar = news[0].calendar.as_deref();
        assert_eq!(calendar.is_some_and(|it| it.contains("METHOD:CANCEL")), has_calendar, "{email}");
    }
    let visitor = site.visitor();
    visitor.get("/events/10001").await.shows("大雪のため");
    visitor.get("/events").await.shows("中止");
    visitor.get("/events.ics").await.shows("STATUS:CANCELLED");
    let page = link(&mails_to(&site, "a@example.co.jp").await, "sign_up_seated");
    visitor.get(&page).await.shows("中止になりました");
    let typed = [("seat", "online"), ("name", "佐藤"), ("email", "late@example.co.jp")];
    assert_eq!(visitor.post("/events/10001/sign-up", &typed).await.status, 409);
    let seen = Seen { id: it.id, revision: it.revision };
    let period = Period::new(site.app.clock.now(), None).unwrap();
    let again = ops::publication::publish(&site.app, seen, period, editor).await.unwrap_err();
    assert!(again.to_string().contains("中止したイベント"), "{again}");
    go_to(&site, "2026-12-20T10:00:00");
    work(&site).await;
    assert!(!kinds(&site, "a@example.co.jp").await.contains(&"event_thanks".to_owned()));
    sound(&site).await;
}

#[actix_web::test]
async fn a_list_of_a_bad_form_names_every_fault() {
    let site = Site::signed_in(Role::Editor).await;
    let form = [
        ("title", TITLE),
        ("event_kind", "seminar"),
        ("starts_date", "2026-12-10"),
        ("starts_time", "13:00"),
        ("ends_date", "2026-12-10"),
        ("ends_time", "12:00"),
        ("deadline_date", "2026-12-11"),
        ("deadline_time", "9:00"),
        ("organizers", "見本省"),
        ("body", "本文"),
    ];
    let reply = site.post("/staff/publish/events/new", &form).await;
    assert_eq!(reply.status, 422);
    for text in ["終わる日時は、始まる日時より後", "締切りは、始まる日時まで", "席の数を入力"]
    {
        reply.shows(text);
    }
    site.get("/staff/publish/events/new").await.shows("会場の席の数");
}

/// Returns a consultation day of these experts on 10 December 2026 from 13:00 to 15:00.
fn consultation_day(experts: Vec<domain::id::ExpertId>) -> Content {
    let mut content = event(None, None);
    if let Facts::Gathering(facts) = &mut content.facts {
        facts.kind = GatheringKind::ConsultationDay;
        facts.venue = None;
        facts.experts = experts;
    }
    content
}

#[actix_web::test]
async fn a_time_of_a_consultation_day_is_a_booking_like_any() {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let cast = cases::Cast::new(&site).await;
    let chosen = cases::expert(&site, "day@example.jp", "高橋 花子", Fields::Both).await;
    let it = published(&site, editor, consultation_day(vec![chosen])).await;
    let visitor = site.visitor();
    visitor.get("/events/10001").await.shows("日時を選んで相談を申し込む");
    assert_eq!(visitor.get("/events/10001/sign-up").await.status, 303, "it has no seats");
    let reply = visitor.post("/events/10001/apply", &[]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let draft = reply.location.unwrap();
    let id = domain::id::DraftId(draft.strip_prefix("/apply/").unwrap().parse().unwrap());
    ops::intake::apply::save(&site.app, id, |it| {
        let mode = std::mem::take(&mut it.mode);
        *it = cases::form("sato@example.co.jp");
        it.mode = mode;
    })
    .await
    .unwrap();
    visitor.get(&format!("{draft}/slot")).await.shows("個別相談会は、オンラインで行います");
    let found =
        ops::intake::apply::slots(&site.app, &ops::intake::apply::draft(&site.app, id).await.unwrap())
            .await
            .unwrap();
    let slots: Vec<_> = found.days().into_iter().flat_map(|(_, slots)| slots).collect();
    // From 13:00 to 14:00 every half hour, so that an hour fits before 15:00.
    assert_eq!(
        slots.iter().map(|it| it.start()).collect::<Vec<_>>(),
        [0, 30, 60].map(|m| at_japan("2026-12-10".parse().unwrap(), 13, 0) + TimeDelta::minutes(m))
    );
    let elsewhere = domain::booking::availability::Slot::new("2026-12-09".parse().unwrap(), 20).unwrap();
    assert!(ops::intake::apply::hold(&site.app, id, elsewhere).await.is_err());
    ops::intake::apply::hold(&site.app, id, slots[1]).await.unwrap();
    let record = ops::intake::apply::submit(&site.app, id, |_| ()).await.unwrap();
    assert_eq!(record.origin, codes::Origin::Event);
    ops::consultation::confirm_address(&site.app, record.consultation.id, Actor::Company).await.unwrap();
    let requests = store::routing::assignment::of(&site.app.db, record.consultation.id).await.unwrap();
    assert_eq!(
        requests.iter().map(|it| it.expert).collect::<Vec<_>>(),
        [chosen],
        "the expert of the day is asked"
    );
    ops::routing::assignment::accept(&site.app, requests[0].id, Actor::Expert(chosen)).await.unwrap();
    let case = cases::Case { id: record.consultation.id, number: record.number };
    assert_eq!(cases::state(&site, case).await, "booked");
    // A called off day takes no more applications; the booking stays with its consultation.
    let reason = Prose::parse("", "大雪のため", 100).unwrap();
    ops::gathering::call_off(&site.app, it.id, &reason, editor).await.unwrap();
    assert_eq!(visitor.post("/events/10001/apply", &[]).await.status, 409);
    assert_eq!(cases::state(&site, case).await, "booked");
    let _ = cast;
    sound(&site).await;
}
