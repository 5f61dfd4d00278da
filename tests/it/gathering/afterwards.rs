//! The day itself and after it: the meeting link, attendance, the mail, the questionnaire, and the erasure.
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
    assert_eq!(visitor.post(&online, &[("action", "join")]).await.status, 409, "too early");
    go_to(&site, "2026-12-09T13:00:00");
    visitor.get(&online).await.shows("接続先を表示する");
    visitor.post(&online, &[("action", "join")]).await.shows(secret);
    assert_eq!(
        sign_up_of(&site, it.id, "a@example.co.jp").await.attended_at,
        None,
        "a look is no attendance"
    );
    assert_eq!(visitor.post(&venue, &[("action", "join")]).await.status, 409);
    for path in ["/events/10001", "/events.ics", "/events/10001.ics", "/events.atom"] {
        assert!(!visitor.get(path).await.body.contains("meet.example.jp"), "{path}");
    }
    go_to(&site, "2026-12-10T12:10:00");
    visitor.post(&online, &[("action", "join")]).await.shows(secret);
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
    let reply = visitor.post(&page, &[("action", "answer"), ("usefulness", "very")]).await;
    assert_eq!(reply.status, 422);
    let answers = [
        ("action", "answer"),
        ("usefulness", "very"),
        ("next_step", "consult"),
        ("comment", "わかりやすかった"),
    ];
    assert_eq!(visitor.post(&page, &answers).await.status, 303);
    let answers = [
        ("action", "answer"),
        ("usefulness", "fairly"),
        ("next_step", "consult"),
        ("comment", "わかりやすかった"),
    ];
    assert_eq!(visitor.post(&page, &answers).await.status, 303, "an answer can be changed");
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let shown = site.get(&desk).await;
    visitor.get("/events?past=1&prefecture=05").await.shows(TITLE);
    for other in ["/events", "/events?past=1&prefecture=13"] {
        assert!(!visitor.get(other).await.body.contains(TITLE), "{other}");
    }
    let stats = visitor.get("/stats").await;
    assert!(!stats.body.contains("開催したイベント"), "{}", stats.body);
    site.account(Role::Coordinator, "figures@example.jp").await;
    let official = site.visitor();
    assert_eq!(official.sign_in("figures@example.jp", PASSWORD).await.status, 303);
    official.get("/stats").await.shows("<th scope=\"row\">開催したイベント</th><td class=\"num\">1</td>");
    let csv = official.get("/stats.csv").await.body;
    for line in ["events,イベント,1,開催したイベント,1\r\n", "events,イベント,5,アンケートの回答,1\r\n"]
    {
        assert!(csv.contains(line), "{line}: {csv}");
    }
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

#[actix_web::test]
async fn materials_are_pdf_files_that_are_downloads_after_the_event_once_the_scanner_has_seen_them() {
    let script = std::env::temp_dir().join(format!("madoguchi-scan-{}.sh", uuid::Uuid::new_v4()));
    std::fs::write(&script, "read -r line; case $line in *BAD*) echo 'Test FOUND'; exit 1;; esac").unwrap();
    let command = format!("sh {}", script.display());
    let site = Site::with_settings(&[("MADOGUCHI_SCAN_COMMAND", &command)]).await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let it = published(&site, editor, event(Some(5), Some(5))).await;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let page = format!("/staff/files/{}", it.id);
    let send = crate::conversation::send;
    for (name, bytes) in [("a.png", &b"\x89PNG\r\n\x1a\n"[..]), ("a.pdf", b"<html>")] {
        let reply = send(&site, &page, &[], &[(name, "application/pdf", bytes)]).await;
        assert_eq!(reply.status, 422, "{name}");
        reply.shows("PDFのファイルにしてください");
    }
    for (name, bytes) in [("発表資料.pdf", &b"%PDF-1.7 GOOD\n"[..]), ("感染.pdf", b"%PDF-1.7 BAD\n")] {
        assert_eq!(send(&site, &page, &[], &[(name, "application/pdf", bytes)]).await.status, 303);
    }
    site.get(&page).await.shows("ウイルス検査を待っています");
    signed_up(&site, it.id, "a@example.co.jp", SeatKind::Online).await;
    let own = link(&mails_to(&site, "a@example.co.jp").await, "sign_up_seated");
    let files = store::publication::file::of(&site.app.db, it.id).await.unwrap();
    let address = |n: usize| format!("/events/10001/files/{}", files[n].id);
    let visitor = site.visitor();
    assert_eq!(visitor.get(&address(0)).await.status, 409, "the event is not over");
    go_to(&site, "2026-12-10T16:00:00");
    assert_eq!(visitor.get(&address(0)).await.status, 404, "the scanner has not seen it");
    while worker::attachment_scan::step(&site.app).await.unwrap() {}
    visitor.get("/events/10001").await.shows("発表資料.pdf</a>（PDF、");
    visitor.get(&own).await.shows("発表資料.pdf</a>（PDF、");
    assert!(!visitor.get("/events/10001").await.body.contains("感染.pdf"));
    let reply = visitor.get(&address(0)).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/pdf")));
    assert!(reply.header("content-disposition").unwrap().starts_with("attachment"));
    assert_eq!(visitor.get(&address(1)).await.status, 404);
    std::fs::remove_file(script).unwrap();
    sound(&site).await;
}

#[actix_web::test]
async fn the_sheet_at_the_door_has_names_by_their_reading_and_no_address() {
    let (site, _, it) = held(Some(5), None).await;
    for (email, name, kana) in [
        ("a@example.co.jp", "渡辺 花子", "ワタナベ ハナコ"),
        ("b@example.co.jp", "安藤 次郎", "アンドウ ジロウ"),
    ] {
        let form = person(email, SeatKind::Venue);
        let who = Participant { name: line(name), kana: Some(line(kana)), organization: None };
        let form = SignUpForm { person: who, ..form };
        ops::gathering::request(&site.app, it.id, form, email).await.unwrap();
        let id = sign_up_of(&site, it.id, email).await.id;
        ops::gathering::confirm(&site.app, id).await.unwrap();
    }
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    site.get(&format!("/staff/events/{}", it.id)).await.shows("紙の出席表");
    let sheet = site.get(&format!("/staff/events/{}/sheet", it.id)).await;
    let place = |words: &str| sheet.body.find(words).unwrap_or_else(|| panic!("{words}: {}", sheet.body));
    assert!(place("安藤 次郎") < place("渡辺 花子"));
    sheet.shows("アンドウ ジロウ");
    assert!(!sheet.body.contains("example.co.jp"));
}

/// People who take part online are not sent to a page without a link: editors and center hear of it a business day before,
/// and the participants once the link is there.
#[actix_web::test]
async fn a_missing_meeting_link_is_asked_for_and_nobody_is_led_to_nothing() {
    let (site, _, it) = held(Some(5), Some(5)).await;
    signed_up(&site, it.id, "a@example.co.jp", SeatKind::Online).await;
    signed_up(&site, it.id, "b@example.co.jp", SeatKind::Venue).await;
    go_to(&site, "2026-12-09T09:00:00");
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    site.get("/staff/publish/events").await.shows("オンラインの接続先が登録されていません");
    sound(&site).await;
    let center = site.app.programme().await.unwrap().settings_at(site.app.clock.now()).center_email.clone();
    assert!(!kinds(&site, &center).await.contains(&"link_missing".to_owned()));
    go_to(&site, "2026-12-09T10:00:00");
    sound(&site).await;
    for to in ["editor@example.jp", center.as_str()] {
        assert_eq!(kinds(&site, to).await.iter().filter(|it| *it == "link_missing").count(), 1, "{to}");
    }
    let page = link(&mails_to(&site, "a@example.co.jp").await, "sign_up_seated");
    go_to(&site, "2026-12-09T14:00:00");
    let visitor = site.visitor();
    visitor.get(&page).await.shows("接続先は準備中です。");
    go_to(&site, "2026-12-10T12:10:00");
    sound(&site).await;
    let soon =
        mails_to(&site, "a@example.co.jp").await.into_iter().find(|it| it.kind == "event_soon").unwrap();
    assert_eq!(soon.state.code(), "suppressed");
    let desk = format!("/staff/events/{}/online-link", it.id);
    let entered = [("online_link", "https://meet.example.jp/abc")];
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    assert_eq!(site.post(&desk, &entered).await.status, 303);
    sound(&site).await;
    assert_eq!(kinds(&site, "a@example.co.jp").await.iter().filter(|it| *it == "event_link").count(), 1);
    assert!(!kinds(&site, "b@example.co.jp").await.contains(&"event_link".to_owned()));
    assert_eq!(site.post(&desk, &entered).await.status, 303);
    sound(&site).await;
    assert_eq!(kinds(&site, "a@example.co.jp").await.iter().filter(|it| *it == "event_link").count(), 1);
}
