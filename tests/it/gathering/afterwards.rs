//! The day itself and after it: the meeting link, attendance, the letter, the questionnaire, and the erasure.
use super::*;

#[actix_web::test]
async fn the_meeting_link_is_shown_to_participants_alone_from_the_day_before() {
    let (site, _, it) = held(Some(5), Some(5)).await;
    let secret = "https://meet.example.jp/abc";
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let desk = format!("/staff/events/{}", it.id);
    assert_eq!(site.post(&format!("{desk}/online-link"), &[("online_link", "x")]).await.status, 422);
    assert_eq!(site.post(&format!("{desk}/online-link"), &[("online_link", secret)]).await.status, 303);
    signed_up(&site, it.id, "a@example.co.jp", SeatKind::Online).await;
    signed_up(&site, it.id, "b@example.co.jp", SeatKind::Venue).await;
    let visitor = site.visitor();
    let online = link(&mails_to(&site, "a@example.co.jp").await, "sign_up_seated");
    let venue = link(&mails_to(&site, "b@example.co.jp").await, "sign_up_seated");
    assert_eq!(visitor.post(&online, &[("act", "join")]).await.status, 409, "too early");
    go_to(&site, "2026-12-09T13:00:00");
    visitor.get(&online).await.shows("接続先を表示する");
    visitor.post(&online, &[("act", "join")]).await.shows(secret);
    assert_eq!(
        sign_up_of(&site, it.id, "a@example.co.jp").await.attended_at,
        None,
        "a look is no attendance"
    );
    assert_eq!(visitor.post(&venue, &[("act", "join")]).await.status, 409);
    for path in ["/events/10001", "/events.ics", "/events/10001.ics", "/events.atom"] {
        assert!(!visitor.get(path).await.body.contains("meet.example.jp"), "{path}");
    }
    go_to(&site, "2026-12-10T12:10:00");
    visitor.post(&online, &[("act", "join")]).await.shows(secret);
    assert!(sign_up_of(&site, it.id, "a@example.co.jp").await.attended_at.is_some());
    while worker::outbox::step(&site.app).await.unwrap() {}
    let sent = mails_to(&site, "a@example.co.jp").await;
    assert!(sent.iter().any(|it| it.kind == "event_soon" && it.state.code() == "sent"));
    assert!(sent.iter().all(|it| !it.text_body.contains("meet.example.jp")), "the link is on the page alone");
    assert!(!kinds(&site, "b@example.co.jp").await.contains(&"event_soon".to_owned()));
    sound(&site).await;
}

#[actix_web::test]
async fn people_who_were_there_get_materials_and_questionnaire_once() {
    let (site, _, it) = held(Some(5), Some(5)).await;
    for (email, seat) in [
        ("there@example.co.jp", SeatKind::Venue),
        ("missed@example.co.jp", SeatKind::Venue),
        ("unknown@example.co.jp", SeatKind::Online),
    ] {
        signed_up(&site, it.id, email, seat).await;
    }
    go_to(&site, "2026-12-10T12:50:00");
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let desk = format!("/staff/events/{}", it.id);
    let found = site.get(&format!("{desk}?q=%EF%BC%91")).await;
    found.shows("佐藤 一郎");
    let there = sign_up_of(&site, it.id, "there@example.co.jp").await.id.to_string();
    let mark = [("sign_up", there.as_str()), ("was_there", "yes")];
    assert_eq!(site.post(&format!("{desk}/attendance"), &mark).await.status, 303);
    let walk_in = [("seat", "venue"), ("name", "飛び入り 太郎")];
    assert_eq!(site.post(&format!("{desk}/walk-in"), &walk_in).await.status, 303);
    site.get(&desk).await.shows("飛び入り 太郎");

    go_to(&site, "2026-12-10T18:00:00");
    let typed = [("materials", "発表資料 https://www.example.jp/a.pdf")];
    assert_eq!(site.post(&format!("{desk}/materials"), &typed).await.status, 303);
    work(&site).await;
    assert!(!kinds(&site, "there@example.co.jp").await.contains(&"event_thanks".to_owned()), "not at night");
    go_to(&site, "2026-12-11T10:00:00");
    work(&site).await;
    work(&site).await;
    for (email, times) in
        [("there@example.co.jp", 1), ("missed@example.co.jp", 0), ("unknown@example.co.jp", 1)]
    {
        let all = kinds(&site, email).await;
        assert_eq!(all.iter().filter(|it| *it == "event_thanks").count(), times, "{email}");
    }
    let page = link(&mails_to(&site, "there@example.co.jp").await, "event_thanks");
    let visitor = site.visitor();
    visitor.get(&page).await.shows("https://www.example.jp/a.pdf");
    let reply = visitor.post(&page, &[("act", "answer"), ("usefulness", "very")]).await;
    assert_eq!(reply.status, 422);
    let answers = [
        ("act", "answer"),
        ("usefulness", "very"),
        ("next_step", "consult"),
        ("comment", "わかりやすかった"),
    ];
    assert_eq!(visitor.post(&page, &answers).await.status, 303);
    let answers = [
        ("act", "answer"),
        ("usefulness", "fairly"),
        ("next_step", "consult"),
        ("comment", "わかりやすかった"),
    ];
    assert_eq!(visitor.post(&page, &answers).await.status, 303, "an answer can be changed");
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let shown = site.get(&desk).await;
    let stats = visitor.get("/stats").await;
    stats.shows("開催したイベント");
    stats.shows("1から4");
    shown.shows("アンケート（1件）");
    shown.shows("わかりやすかった");
    site.app.clock.advance(TimeDelta::days(31));
    assert_eq!(visitor.post(&page, &answers).await.status, 409, "the time for answers is over");
    sound(&site).await;
}

#[actix_web::test]
async fn without_materials_the_mail_waits_three_business_days() {
    let (site, _, it) = held(Some(5), None).await;
    signed_up(&site, it.id, "a@example.co.jp", SeatKind::Venue).await;
    for (at, is_there) in [("2026-12-11T10:00:00", false), ("2026-12-15T10:00:00", true)] {
        go_to(&site, at);
        work(&site).await;
        assert_eq!(
            kinds(&site, "a@example.co.jp").await.contains(&"event_thanks".to_owned()),
            is_there,
            "{at}"
        );
    }
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    site.get(&format!("/staff/events/{}", it.id)).await.shows("出席が記録されていない席");
    sound(&site).await;
}

#[actix_web::test]
async fn names_and_addresses_are_erased_after_ninety_days() {
    let (site, _, it) = held(Some(5), None).await;
    signed_up(&site, it.id, "a@example.co.jp", SeatKind::Venue).await;
    let page = link(&mails_to(&site, "a@example.co.jp").await, "sign_up_seated");
    go_to(&site, "2026-12-16T10:00:00");
    work(&site).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    site.app.clock.advance(TimeDelta::days(90));
    work(&site).await;
    let rows = sign_up::Entity::find().all(&site.app.db).await.unwrap();
    assert_eq!(rows.len(), 1, "the number of participants stays");
    assert_eq!((&rows[0].name, &rows[0].email, &rows[0].organization), (&None, &None, &None));
    let kept = outbox::Entity::find().all(&site.app.db).await.unwrap();
    let personal = |it: &outbox::Model| {
        let all = format!("{}{}{}{}", it.recipient, it.recipient_name, it.text_body, it.html_body);
        ["a@example.co.jp", "佐藤"].iter().any(|word| all.contains(word)) || all.contains("/e/")
    };
    assert!(!kept.iter().any(personal));
    assert!(kept.iter().any(|it| it.kind == "sign_up_seated"), "that a mail was sent stays known");
    assert_eq!(site.get(&page).await.status, 410);
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    site.get(&format!("/staff/events/{}", it.id)).await.shows("消去しました");
    assert_eq!(store::gathering::find(&site.app.db, it.id).await.unwrap().unwrap().due_at, None);
    sound(&site).await;
}
