//! Events of the programme: from the draft over sign-up, seats and waiting list to the mail afterwards.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Role,
    calendar::at_japan,
    gathering::{SeatKind, SignUpState, SignUpStatus},
    id::{AccountId, PublicationId},
    intake::contact::EmailAddress,
    prefecture::Prefecture,
    publication::{
        Content, Facts, Period, Publication,
        gathering::{GatheringFacts, GatheringKind, Venue},
    },
    text::{Prose, TextLine},
};
use entity::{outbox, sign_up};
use madoguchi::{
    doctor,
    ops::{
        self,
        gathering::{Participant, SignUpForm},
        publication::Seen,
    },
    store, worker,
};
use sea_orm::{EntityTrait, QueryFilter};

use crate::{
    cases::{link, mails_to},
    site::{PASSWORD, Site},
};

mod afterwards;
mod editing;
mod seats;

pub const TITLE: &str = "テレワーク導入セミナー";

/// Returns an event on 10 December 2026 from 13:00 to 15:00 with these numbers of seats.
pub fn event(venue_seats: Option<u16>, online_seats: Option<u16>) -> Content {
    let starts_at = at_japan("2026-12-10".parse().unwrap(), 13, 0);
    let facts = GatheringFacts {
        kind: GatheringKind::Seminar,
        starts_at,
        ends_at: starts_at + TimeDelta::hours(2),
        deadline: starts_at - TimeDelta::days(1),
        venue: Some(Venue {
            prefecture: Prefecture::from_code(5).unwrap(),
            address: line("見本会館 秋田市見本町1-1"),
            access: None,
            barrier_free: Some(line("入口に段差なし")),
        }),
        venue_seats,
        online_seats,
        organizers: line("見本省"),
        supporters: None,
        programme: Some(Prose::parse("", "13:00 開会\n13:10 講演", 100).unwrap()),
        experts: Vec::new(),
    };
    let body = Prose::parse("", "# ご案内\n\nどなたでも参加できます。", 100).unwrap();
    Content { title: line(TITLE), body: Some(body), facts: Facts::Gathering(facts) }
}

fn line(text: &str) -> TextLine {
    TextLine::parse("", text, 100).unwrap()
}

/// Publishes an event and returns it.
pub async fn published(site: &Site, by: AccountId, content: Content) -> Publication {
    let draft = ops::publication::create(&site.app, content, by).await.unwrap();
    publish_again(site, by, &draft).await
}

/// Publishes the newest revision of an event from now on.
async fn publish_again(site: &Site, by: AccountId, it: &Publication) -> Publication {
    let period = Period::new(site.app.clock.now(), None).unwrap();
    let seen = Seen { id: it.id, revision: it.revision };
    ops::publication::publish(&site.app, seen, period, by).await.unwrap()
}

/// Makes a site with an editor and an event.
async fn held(venue_seats: Option<u16>, online_seats: Option<u16>) -> (Site, AccountId, Publication) {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let it = published(&site, editor, event(venue_seats, online_seats)).await;
    (site, editor, it)
}

pub fn person(email: &str, seat: SeatKind) -> SignUpForm {
    SignUpForm {
        seat,
        person: Participant {
            name: line("佐藤 一郎"),
            kana: Some(line("サトウ イチロウ")),
            organization: Some(line("秋田見本製作所")),
        },
        email: EmailAddress::parse(email).unwrap(),
    }
}

/// Signs up and confirms the address.
async fn signed_up(
    site: &Site,
    event: PublicationId,
    email: &str,
    seat: SeatKind,
) -> store::gathering::sign_up::SignUp {
    ops::gathering::request(&site.app, event, person(email, seat), email).await.unwrap();
    let found = store::gathering::sign_up::of_address(&site.app.db, event, email).await.unwrap().unwrap();
    ops::gathering::confirm(&site.app, found.id).await.unwrap();
    sign_up_of(site, event, email).await
}

async fn sign_up_of(site: &Site, event: PublicationId, email: &str) -> store::gathering::sign_up::SignUp {
    let row = sign_up::Entity::find()
        .filter(sign_up::COLUMN.publication_id.eq(event.0))
        .filter(sign_up::COLUMN.email_key.eq(email))
        .one(&site.app.db)
        .await
        .unwrap()
        .unwrap();
    store::gathering::sign_up::find(&site.app.db, domain::id::SignUpId(row.id)).await.unwrap().unwrap()
}

async fn status(site: &Site, event: PublicationId, email: &str) -> SignUpStatus {
    sign_up_of(site, event, email).await.state.status()
}

async fn kinds(site: &Site, to: &str) -> Vec<String> {
    mails_to(site, to).await.into_iter().map(|it| it.kind).collect()
}

fn go_to(site: &Site, at: &str) {
    let at: DateTime<Utc> = format!("{at}+09:00").parse().unwrap();
    site.app.clock.advance(at - site.app.clock.now());
}

async fn work(site: &Site) {
    while worker::deadlines::step(&site.app).await.unwrap() {}
}

async fn sound(site: &Site) {
    work(site).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// The whole way over the pages: an editor publishes, a visitor signs up, confirms by the mailed link, and cancels.
#[actix_web::test]
async fn a_visitor_signs_up_confirms_and_cancels() {
    let site = Site::signed_in(Role::Editor).await;
    let form = [
        ("title", TITLE),
        ("event_kind", "seminar"),
        ("starts_date", "2026-12-10"),
        ("starts_time", "13:00"),
        ("ends_date", "2026-12-10"),
        ("ends_time", "15:00"),
        ("deadline_date", "2026-12-09"),
        ("deadline_time", "17:00"),
        ("online_seats", "１０"),
        ("organizers", "見本省"),
        ("programme", "13:00 開会"),
        ("body", "# ご案内\n\nどなたでも参加できます。"),
    ];
    let reply = site.post("/staff/publish/events/new", &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let address = reply.location.unwrap();
    let visitor = site.visitor();
    assert_eq!(visitor.get("/events/10001").await.status, 404, "a draft has no page");
    let reply = site
        .post(
            &format!("{address}/publish"),
            &[("revision", "1"), ("from_date", "2026-11-20"), ("from_time", "14:05")],
        )
        .await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    for (path, text) in [
        ("/events", "受付中"),
        ("/", TITLE),
        ("/events/10001", "残り10席"),
        ("/events/10001", "itemtype=\"https://schema.org/Event\""),
        ("/events.atom", TITLE),
        ("/events.ics", "SUMMARY:"),
        ("/events/10001.ics", "DTSTART:20261210T040000Z"),
        ("/sitemap.xml", "/events/10001"),
        ("/events/10001/sign-up", "お名前"),
    ] {
        visitor.get(path).await.shows(text);
    }
    let wrong = visitor.post("/events/10001/sign-up", &[("email", "x")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("入力内容を確認してください（3件）");

    let typed = [("seat", "online"), ("name", "佐藤 一郎"), ("email", "sato@example.co.jp")];
    let reply = visitor.post("/events/10001/sign-up", &typed).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor.get(&reply.location.unwrap()).await.shows("まだ確定していません");
    let mail = mails_to(&site, "sato@example.co.jp").await;
    assert_eq!(mail.len(), 1);
    assert!(!mail[0].text_body.contains("佐藤"), "a stranger's address hears nothing of the form");
    assert!(mail[0].calendar.is_none());
    let page = link(&mail, "sign_up_confirm");
    let shown = visitor.get(&page).await;
    shown.shows("申込みを確定する");
    assert!(!shown.body.contains("佐藤"));
    visitor.get("/events/10001").await.shows("残り10席");

    let reply = visitor.post(&page, &[("action", "confirm")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor.get(&page).await.shows("参加予定");
    visitor.get("/events/10001").await.shows("残り9席");
    let mail = mails_to(&site, "sato@example.co.jp").await;
    let seated = mail.iter().find(|it| it.kind == "sign_up_seated").unwrap();
    let calendar = seated.calendar.as_deref().unwrap();
    assert!(calendar.contains("METHOD:REQUEST") && calendar.contains("SEQUENCE:0"), "{calendar}");
    assert!(!calendar.replace("\r\n ", "").contains("/e/"), "a shared calendar gives no access");
    assert_eq!(mail.iter().filter(|it| it.kind == "event_reminder" || it.kind == "event_soon").count(), 2);

    let reply = visitor.post(&page, &[("action", "cancel")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor.get(&page).await.shows("取り消されています");
    visitor.get("/events/10001").await.shows("残り10席");
    let mail = mails_to(&site, "sato@example.co.jp").await;
    let cancelled = mail.iter().find(|it| it.kind == "seat_cancelled").unwrap();
    assert!(cancelled.calendar.as_deref().unwrap().contains("METHOD:CANCEL"));
    // The reminders of a seat that was given back are dropped when they are due.
    go_to(&site, "2026-12-10T12:30:00");
    while worker::outbox::step(&site.app).await.unwrap() {}
    let reminders =
        mails_to(&site, "sato@example.co.jp").await.into_iter().filter(|it| it.due_at > seated.due_at);
    assert!(reminders.filter(|it| it.kind != "seat_cancelled").all(|it| it.state.code() == "suppressed"));
    sound(&site).await;
}

#[actix_web::test]
async fn the_answer_is_the_same_for_an_address_that_has_signed_up() {
    let (site, _, it) = held(Some(5), None).await;
    signed_up(&site, it.id, "sato@example.co.jp", SeatKind::Venue).await;
    let typed = [("seat", "venue"), ("name", "別の名前"), ("email", "SATO@example.co.jp")];
    let reply = site.visitor().post("/events/10001/sign-up", &typed).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(
        kinds(&site, "sato@example.co.jp").await,
        ["sign_up_confirm", "sign_up_seated", "event_reminder", "sign_up_known"]
    );
    let known = sign_up_of(&site, it.id, "sato@example.co.jp").await;
    assert_eq!(known.name.as_deref(), Some("佐藤 一郎"), "a stranger changes nothing");
    sound(&site).await;
}

#[actix_web::test]
async fn a_sign_up_that_nobody_confirms_takes_no_seat_and_is_forgotten() {
    let (site, _, it) = held(Some(1), None).await;
    ops::gathering::request(&site.app, it.id, person("a@example.co.jp", SeatKind::Venue), "n").await.unwrap();
    let page = link(&mails_to(&site, "a@example.co.jp").await, "sign_up_confirm");
    assert_eq!(signed_up(&site, it.id, "b@example.co.jp", SeatKind::Venue).await.state.number(), Some(1));
    site.app.clock.advance(TimeDelta::hours(24));
    let late = site.post(&page, &[("action", "confirm")]).await;
    assert_eq!(late.status, 409);
    late.shows("確認の期限が過ぎました");
    worker::housekeeping::forget_expired(&site.app).await.unwrap();
    let gone = site.get(&page).await;
    assert_eq!(gone.status, 410);
    gone.shows("24時間");
    let left = sign_up::Entity::find().filter(sign_up::COLUMN.email_key.eq("a@example.co.jp"));
    assert!(left.one(&site.app.db).await.unwrap().is_none(), "the address is forgotten");
    // The same person may sign up again, and waits this time.
    assert_eq!(
        signed_up(&site, it.id, "a@example.co.jp", SeatKind::Venue).await.state.status(),
        SignUpStatus::Waiting
    );
    sound(&site).await;
}

#[actix_web::test]
async fn the_mails_that_a_visitor_can_cause_are_bounded() {
    let (site, _, it) = held(None, Some(50)).await;
    let visitor = site.visitor();
    let post = async |n: usize| {
        let email = format!("n{n}@example{n}.co.jp");
        visitor
            .post("/events/10001/sign-up", &[("seat", "online"), ("name", "名前"), ("email", &email)])
            .await
    };
    for n in 0..30 {
        assert_eq!(post(n).await.status, 303);
    }
    assert_eq!(post(30).await.status, 429, "thirty mails a day from one network");
    let rows = sign_up::Entity::find().all(&site.app.db).await.unwrap();
    assert_eq!(rows.len(), 30, "nothing is kept of a refused one");
    let outside = site.get("/e/AAAA").await;
    assert_eq!(outside.status, 410);
    let _ = it;
}

#[actix_web::test]
async fn a_sign_up_after_the_deadline_is_refused() {
    let (site, _, it) = held(None, Some(5)).await;
    go_to(&site, "2026-12-09T13:00:00");
    site.get("/events/10001").await.shows("受付は終わりました");
    let typed = [("seat", "online"), ("name", "佐藤"), ("email", "sato@example.co.jp")];
    let reply = site.post("/events/10001/sign-up", &typed).await;
    assert_eq!(reply.status, 409);
    assert!(mails_to(&site, "sato@example.co.jp").await.is_empty());
    go_to(&site, "2026-12-10T15:00:00");
    site.get("/events/10001").await.shows("このイベントは終わりました");
    site.get("/events").await.shows("予定されているイベントはありません");
    site.get("/events?past=1&prefecture=05").await.shows(TITLE);
    site.get("/events?past=1&prefecture=13").await.shows("終わったイベントはありません");
    let _ = it;
}
