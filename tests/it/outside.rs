//! External calendars that experts subscribe to: they take time, they fail, and they may hold something else.
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::{actor::Actor, id::AccountId};
use entity::{external_busy, external_calendar};
use madoguchi::{
    fetch::{Fetcher, Limits},
    ops::{self, calendars::external::RefreshOutcome},
    store, worker,
};
use sea_orm::EntityTrait;

use crate::{
    calendar_host::{Host, Manner, calendar, page},
    cases::{self, CONTACT, Cast},
    site::{PASSWORD, Reply, Site},
};

/// Thursday, 26 November 2026, 10:00 to 11:00 in Japan, on the first day on offer.
const AT_TEN: &str = "SUMMARY:歯医者\nDTSTART;TZID=Tokyo Standard Time:20261126T100000\nDURATION:PT1H";
const TEN: &str = "2026-11-26T01:00:00Z";
const NINE: &str = "2026-11-26T00:00:00Z";

/// A service that may fetch from this machine, with a coordinator and an expert who have a browser each.
struct Service {
    site: Site,
    cast: Cast,
    expert: Site,
    center: Site,
    draft: String,
}

impl Service {
    async fn new() -> Self {
        Self::allowing("127.0.0.1").await
    }

    async fn allowing(networks: &str) -> Self {
        let site = Site::with_settings(&[("MADOGUCHI_FETCH_ALLOW", networks)]).await;
        let cast = Cast::new(&site).await;
        let (expert, center) = (site.visitor(), site.visitor());
        let draft = ops::intake::apply::start(&site.app, "network".to_owned()).await.unwrap();
        ops::intake::apply::save(&site.app, draft, |it| *it = cases::form(CONTACT)).await.unwrap();
        let service = Self { site, cast, expert, center, draft: format!("/apply/{draft}/slot") };
        service.sign_in().await;
        service
    }

    /// Signs both in again, which is needed after half a day.
    async fn sign_in(&self) {
        for (browser, email) in [(&self.expert, "expert@example.jp"), (&self.center, "center@example.jp")] {
            assert_eq!(browser.sign_in(email, PASSWORD).await.status, 303);
        }
    }

    async fn subscribe(&self, url: &str) -> Reply {
        let form = [("form", "ics"), ("ics_name", "仕事"), ("ics_url", url)];
        self.expert.post("/expert/calendars", &form).await
    }

    async fn subscribed(&self, url: &str) {
        let reply = self.subscribe(url).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }

    /// Returns whether companies are offered this start.
    async fn offers(&self, slot: &str) -> bool {
        let page = self.site.visitor().get(&self.draft).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.body.contains(slot)
    }

    /// Advances the clock and lets the worker work.
    async fn later(&self, time: TimeDelta) {
        self.site.app.clock.advance(time);
        worker::once(&self.site.app).await;
    }

    /// Returns how many busy periods are stored for experts.
    async fn blocked(&self) -> usize {
        store::calendars::external::busy(&self.site.app.db, 0..i64::MAX, None).await.unwrap().len()
    }

    async fn source(&self) -> external_calendar::Model {
        external_calendar::Entity::find().one(&self.site.app.db).await.unwrap().unwrap()
    }
}

#[actix_web::test]
async fn a_private_appointment_takes_its_time_and_stays_private() {
    let service = Service::new().await;
    let host = Host::open(page(&[AT_TEN]));
    assert!(service.offers(TEN).await);
    service.subscribed(&host.url()).await;
    assert!(!service.offers(TEN).await, "10:00 is taken outside");
    assert!(service.offers("2026-11-26T02:00:00Z").await, "11:00 is free");
    assert!(!service.offers(NINE).await, "from 9:00 on there is no room for the quarter of an hour after it");

    let page = service.expert.get("/expert/calendars").await;
    page.shows("仕事");
    page.shows("読み込めています");
    for page in ["/expert/calendars", "/expert/calendar?week=2026-W48", "/expert/availability"] {
        assert!(!service.expert.get(page).await.body.contains("歯医者"), "{page}");
    }
    let week = service.expert.get("/expert/calendar?week=2026-W48").await;
    week.shows("10:00から11:00<br>ほかのカレンダーの予定");
    week.shows("11:00から12:00<br>空き");
    assert!(!service.center.get("/staff/schedule?week=2026-11-23").await.body.contains("歯医者"));
    let kept = format!("{:?}", service.source().await);
    assert!(
        !kept.contains("歯医者") && !kept.contains("calendar.ics"),
        "the address alone opens the calendar: {kept}"
    );

    // The worker sees changes, and a removed event gives its time back.
    host.set(crate::calendar_host::page(&[&AT_TEN.replace("T10", "T13")]));
    service.later(TimeDelta::minutes(31)).await;
    assert!(service.offers(TEN).await);
    assert!(!service.offers("2026-11-26T04:00:00Z").await);
    let id = service.source().await.id;
    assert_eq!(service.expert.post(&format!("/expert/calendars/{id}/remove"), &[]).await.status, 303);
    assert!(service.offers("2026-11-26T04:00:00Z").await);
    assert!(external_busy::Entity::find().one(&service.site.app.db).await.unwrap().is_none());
}

#[actix_web::test]
async fn a_failed_fetch_frees_nothing_and_is_told_with_its_age_and_reason() {
    let service = Service::new().await;
    let host = Host::open(page(&[AT_TEN]));
    service.subscribed(&host.url()).await;
    for bad in [
        Manner::Status(500),
        Manner::Status(404),
        Manner::Page("<html>sign in</html>".to_owned(), vec![]),
        Manner::Page(calendar(&[])[..40].to_owned(), vec![]),
        Manner::HangUp(calendar(&[])),
    ] {
        host.set(bad.clone());
        service.later(TimeDelta::hours(2)).await;
        let source = service.source().await;
        assert!(source.error.is_some() && source.failing_since.is_some(), "{bad:?}");
        assert!(!service.offers(TEN).await, "{bad:?} freed a time");
    }
    let page = service.expert.get("/expert/calendars").await;
    page.shows("読み込めません");
    page.shows("10時間前");
    assert!(!page.body.contains("24時間以上読み込めていません"));

    host.set(Manner::Status(503));
    service.later(TimeDelta::hours(15)).await;
    service.sign_in().await;
    let page = service.expert.get("/expert/calendars").await;
    page.shows("「仕事」を24時間以上読み込めていません");
    page.shows("サーバーがエラーを返しました（503）");
    let page = service.center.get("/staff/schedule").await;
    page.shows("24時間以上読み込めていない外部カレンダー（1件）");
    page.shows("山田 太郎「仕事」：1日前に読み込んだまま。理由：サーバーがエラーを返しました（503）。");
    let slot = "2026-11-27T01:00:00Z";
    assert!(service.offers(slot).await);

    // The expert may free the time; once the calendar can be read again, it counts again.
    let id = service.source().await.id;
    let form = [("stale", "free")];
    assert_eq!(service.expert.post(&format!("/expert/calendars/{id}/policy"), &form).await.status, 303);
    assert_eq!(service.blocked().await, 0, "stale and not to block");
    host.set(crate::calendar_host::page(&[AT_TEN]));
    let reply = service.expert.post(&format!("/expert/calendars/{id}/refresh"), &[]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(service.blocked().await, 1);
    service.expert.get("/expert/calendars").await.shows("読み込めています");
}

#[actix_web::test]
async fn two_fetches_at_once_send_one_request() {
    let service = Service::new().await;
    let host = Host::open(page(&[AT_TEN]));
    service.subscribed(&host.url()).await;
    let id = service.source().await.id;
    host.set(Manner::Drip(Duration::from_millis(200)));
    let mut app = service.site.app.clone();
    app.fetch =
        Fetcher::new(&app.config.fetch_allow, Limits { total: Duration::from_secs(2), ..Limits::default() });
    let second = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        ops::calendars::external::refresh(&app, id).await.unwrap()
    };
    let (first, second) =
        tokio::join!(async { ops::calendars::external::refresh(&app, id).await.unwrap() }, second);
    assert_eq!(first, RefreshOutcome::Failed("時間内に応答がありませんでした".to_owned()));
    assert_eq!(second, RefreshOutcome::InHand);
    assert_eq!(host.seen().len(), 2, "when it was added, and once since");
    // A worker that was killed while it fetched delays the next fetch only until its lease ends.
    let tx = app.begin().await.unwrap();
    let (now, later) = (app.clock.now(), app.clock.now() + TimeDelta::minutes(5));
    assert!(store::calendars::external::lease(&tx, id, now, later).await.unwrap().is_some());
    tx.commit().await.unwrap();
    host.set(crate::calendar_host::page(&[AT_TEN]));
    service.later(TimeDelta::minutes(10)).await;
    assert_eq!(service.source().await.error, None);
}

#[actix_web::test]
async fn a_stale_calendar_lets_go_by_itself_where_its_owner_wants_that() {
    let service = Service::new().await;
    let host = Host::open(page(&[AT_TEN]));
    service.subscribed(&host.url()).await;
    let id = service.source().await.id;
    service.expert.post(&format!("/expert/calendars/{id}/policy"), &[("stale", "free")]).await;
    assert!(!service.offers(TEN).await, "it is fresh");
    host.set(Manner::Status(500));
    service.later(TimeDelta::hours(23)).await;
    assert!(service.source().await.blocking);
    service.later(TimeDelta::hours(2)).await;
    assert!(!service.source().await.blocking);
}

#[actix_web::test]
async fn only_changes_are_requested_and_everything_once_a_day() {
    let service = Service::new().await;
    let far = "Tue, 01 Jan 2999 00:00:00 GMT".to_owned();
    let headers = vec![("ETag", "\"v1\"".to_owned()), ("Last-Modified", far.clone()), ("Date", far.clone())];
    let odd = format!("DTSTAMP:29990101T000000Z\nLAST-MODIFIED:19700101T000000Z\n{AT_TEN}");
    let host = Host::open(Manner::Page(calendar(&[&odd]), headers));
    service.subscribed(&host.url()).await;
    service.later(TimeDelta::minutes(31)).await;
    assert!(host.seen()[1].contains("if-none-match: \"v1\""), "{}", host.seen()[1]);
    let source = service.source().await;
    assert_eq!(
        (source.error, source.fetched_at),
        (None, service.site.app.clock.now()),
        "our clock, not the server's"
    );
    assert!(!service.offers(TEN).await);
    service.later(TimeDelta::hours(25)).await;
    assert!(!host.seen().last().unwrap().contains("if-none-match"), "a day is long enough to believe it");

    // The server's clock is wrong, and it decides by that clock alone.
    host.set(Manner::Page(calendar(&[AT_TEN]), vec![("Last-Modified", far.clone())]));
    service.later(TimeDelta::hours(25)).await;
    service.later(TimeDelta::minutes(31)).await;
    let last = host.seen().pop().unwrap();
    assert!(last.contains(&format!("if-modified-since: {}", far.to_ascii_lowercase())), "{last}");
}

#[actix_web::test]
async fn a_private_appointment_over_a_booking_is_told_and_changes_nothing() {
    let service = Service::new().await;
    let booked = cases::booked(&service.site, &service.cast, "other@example.co.jp").await;
    let appointment = cases::appointment(&service.site, booked).await;
    let lines = format!(
        "DTSTART:{}\nDURATION:PT30M",
        (appointment.starts_at + TimeDelta::minutes(15)).format("%Y%m%dT%H%M%SZ")
    );
    let host = Host::open(page(&[&lines]));
    service.subscribed(&host.url()).await;
    let page = service.expert.get("/expert/calendars").await;
    page.shows("予約と重なる予定（1件）");
    page.shows(&booked.number.to_string());
    service.expert.get("/expert").await.shows("確認が必要なことが1件あります");
    let page = service.center.get("/staff/schedule").await;
    page.shows("予約と重なる外部の予定（1件）");
    page.shows(&booked.number.to_string());
    assert_eq!(cases::state(&service.site, booked).await, "booked");
    assert!(cases::appointment(&service.site, booked).await.is_confirmed());

    // Our own invitation in that calendar is not a private appointment.
    let ours = format!("UID:{}\n{lines}", appointment.uid);
    host.set(Manner::Page(calendar(&[&ours]).replace("UID:0@private.example\r\n", ""), vec![]));
    service.later(TimeDelta::minutes(31)).await;
    assert!(!service.expert.get("/expert/calendars").await.body.contains("予約と重なる予定"));
    ops::booking::appointment::cancel(
        &service.site.app,
        booked.id,
        Actor::Company,
        "都合が悪くなりました".to_owned(),
    )
    .await
    .unwrap();
}

/// Each address is refused at its field with the input kept, and nothing of it is stored.
#[actix_web::test]
async fn an_unreadable_calendar_is_refused_at_its_field() {
    let mut service = Service::new().await;
    let limits = Limits { total: Duration::from_secs(5), bytes: 1024 * 1024, redirects: 3 };
    let fetch = Fetcher::new(&service.site.app.config.fetch_allow, limits);
    service.expert.change(|app| app.fetch = fetch.clone());
    service.site.change(|app| app.fetch = fetch);
    let host = Host::open(Manner::Status(500));
    let url = host.url();
    let text = |it: &str| Manner::Page(it.to_owned(), vec![]);
    let whole = calendar(&[AT_TEN]);
    for (manner, sentence) in [
        (Manner::Status(500), "サーバーがエラーを返しました（500）"),
        (Manner::Status(404), "アドレスが見つかりません（404）"),
        (Manner::Status(401), "ユーザー名またはパスワードが違います"),
        (text("<!doctype html><title>Sign in</title>"), "カレンダー（iCalendar形式）ではありません"),
        (text(""), "カレンダー（iCalendar形式）ではありません"),
        (text(&whole[..whole.len() - 20]), "カレンダーの内容が途中で切れています"),
        (Manner::HangUp(whole.clone()), "サーバーの応答を読み取れませんでした"),
        (Manner::Redirect(url.clone()), "転送が多すぎます"),
        (Manner::Redirect("http://127.0.0.2/".to_owned()), "内部のネットワーク"),
        (Manner::Redirect("http://[::ffff:127.0.0.2]/".to_owned()), "内部のネットワーク"),
        (Manner::Redirect("http://169.254.169.254/latest/meta-data/".to_owned()), "内部のネットワーク"),
        (Manner::Redirect("http://1.1.1.1/".to_owned()), "暗号化されないアドレス"),
        (Manner::Redirect("file:///etc/passwd".to_owned()), "https:// で始まるアドレス"),
        (Manner::Drip(Duration::from_millis(100)), "時間内に応答がありませんでした"),
        (Manner::Long(50 * 1024 * 1024), "内容が大きすぎます"),
        (Manner::Packed(50 * 1024 * 1024), "内容が大きすぎます"),
    ] {
        host.set(manner.clone());
        let begun = Instant::now();
        let page = service.subscribe(&url).await;
        assert_eq!(page.status, 422, "{manner:?}");
        page.shows(sentence);
        page.shows(&url);
        assert!(begun.elapsed() < Duration::from_secs(10), "{manner:?} took {:?}", begun.elapsed());
    }
    for (typed, sentence) in [
        ("", "https:// で始まるアドレスを入力してください"),
        ("カレンダー", "https:// で始まるアドレスを入力してください"),
        ("https://me:secret@cal.example.jp/", "ユーザー名やパスワードを含めることはできません"),
        ("https://10.0.0.1/a.ics", "内部のネットワーク"),
        ("https://[::1]/a.ics", "内部のネットワーク"),
        ("https://nobody.invalid/a.ics", "サーバーの名前が見つかりません"),
    ] {
        let page = service.subscribe(typed).await;
        assert_eq!(page.status, 422, "{typed}");
        page.shows(sentence);
    }
    assert!(external_calendar::Entity::find().one(&service.site.app.db).await.unwrap().is_none());
}

/// A host name is checked by the address that it resolves to at the moment of fetching.
#[actix_web::test]
async fn nothing_inside_is_fetched_unless_the_operator_allows_it() {
    let service = Service::allowing("").await;
    let host = Host::open(page(&[AT_TEN]));
    for url in
        [host.url(), format!("http://localhost:{}/a.ics", host.port()), host.url().replace("http", "https")]
    {
        let page = service.subscribe(&url).await;
        assert_eq!(page.status, 422, "{url}");
        page.shows("内部のネットワーク");
    }
    assert!(host.seen().is_empty(), "nobody has knocked");
    let service = Service::allowing("127.0.0.0/8").await;
    service.subscribed(&format!("http://localhost:{}/a.ics", host.port())).await;
}

#[actix_web::test]
async fn a_hundred_thousand_appointments_are_read_and_an_endless_one_is_told() {
    let mut service = Service::new().await;
    service.expert.change(|app| {
        let limits = Limits { total: Duration::from_secs(60), ..Limits::default() };
        app.fetch = Fetcher::new(&app.config.fetch_allow, limits);
    });
    let many: Vec<_> = (0..100_000)
        .map(|n| {
            format!(
                "DTSTART:{}0101T{:02}0000Z\nDTEND:{}0101T{:02}3000Z",
                1990 + n % 30,
                n % 24,
                1990 + n % 30,
                n % 24
            )
        })
        .collect();
    let mut lines: Vec<_> = many.iter().map(String::as_str).collect();
    lines.push(AT_TEN);
    lines.push("DTSTART:20200101T000000Z\nRRULE:FREQ=SECONDLY");
    let host = Host::open(page(&lines));
    let begun = Instant::now();
    service.subscribed(&host.url()).await;
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert!(!service.offers(TEN).await);
    service.expert.get("/expert/calendars").await.shows("読み取れない予定が1件あり");
}

#[actix_web::test]
async fn a_new_address_counts_once_it_can_be_read() {
    let service = Service::new().await;
    let (first, second) = (Host::open(page(&[AT_TEN])), Host::open(page(&[&AT_TEN.replace("T10", "T13")])));
    service.subscribed(&first.url()).await;
    let path = format!("/expert/calendars/{}/access", service.source().await.id);
    service.expert.get("/expert/calendars").await.shows(&path);
    service.expert.get(&path).await.shows("「仕事」（127.0.0.1）");
    let before = service.source().await;
    second.set(Manner::Status(404));
    for (typed, sentence) in [
        ("", "変更する項目を入力してください"),
        ("カレンダー", "https:// で始まるアドレスを入力してください"),
        (&second.url(), "アドレスが見つかりません（404）"),
    ] {
        let reply = service.expert.post(&path, &[("url", typed)]).await;
        assert_eq!(reply.status, 422, "{typed}");
        reply.shows(sentence);
        reply.shows(&format!("value=\"{typed}\""));
    }
    assert_eq!(service.source().await, before, "the old one stands");
    second.set(crate::calendar_host::page(&[&AT_TEN.replace("T10", "T13")]));
    let done = service.expert.post(&path, &[("url", &second.url())]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(service.offers(TEN).await && !service.offers("2026-11-26T04:00:00Z").await);
    let after = service.source().await;
    assert_eq!((after.id, after.name, after.error), (before.id, before.name, None));
    service.later(TimeDelta::minutes(31)).await;
    assert_eq!(first.seen().len(), 1, "the old one is asked no more");
}

/// Errors in single events are reported, and the other events count.
#[actix_web::test]
async fn wrong_time_zones_and_broken_lines_are_told() {
    let service = Service::new().await;
    let office = AT_TEN.replace("Tokyo Standard Time", "Head Office");
    let host =
        Host::open(page(&[&office, "DTSTART:yesterday", "DTSTART:20261126T060000Z\nDURATION:an hour"]));
    service.subscribed(&host.url()).await;
    assert!(!service.offers(TEN).await, "the likeliest zone is Japan's");
    let page = service.expert.get("/expert/calendars").await;
    page.shows("タイムゾーンが分からない予定が1件あり");
    page.shows("読み取れない予定が2件あり");
}

#[actix_web::test]
async fn an_expert_cannot_change_the_calendars_of_another() {
    let service = Service::new().await;
    let host = Host::open(page(&[AT_TEN]));
    service.subscribed(&host.url()).await;
    cases::expert(&service.site, "other@example.jp", "佐藤 次郎", domain::field::Fields::Both).await;
    let other = service.site.visitor();
    other.sign_in("other@example.jp", PASSWORD).await;
    let id = service.source().await.id;
    assert_eq!(other.get(&format!("/expert/calendars/{id}/access")).await.status, 404);
    for act in ["refresh", "policy", "remove", "access"] {
        let reply = other.post(&format!("/expert/calendars/{id}/{act}"), &[("stale", "free")]).await;
        assert_eq!(reply.status, 404, "{act}");
    }
    assert!(!other.get("/expert/calendars").await.body.contains("仕事"));
    assert!(service.source().await.blocks_when_stale);
    for _ in 0..4 {
        service.subscribed(&host.url()).await;
    }
    let page = service.subscribe(&host.url()).await;
    assert_eq!(page.status, 422);
    page.shows("5つまで");
}

/// The private calendar of a closed account is read no more, and nothing of it is kept.
#[actix_web::test]
async fn the_calendar_of_a_closed_account_is_erased() {
    let service = Service::new().await;
    let host = Host::open(page(&[AT_TEN]));
    service.subscribed(&host.url()).await;
    let (app, read) = (&service.site.app, host.seen().len());
    let account = AccountId(service.cast.expert.0);
    ops::accounts::account::set_active(app, account, false).await.unwrap();
    assert!(external_calendar::Entity::find().one(&app.db).await.unwrap().is_none());
    assert!(external_busy::Entity::find().one(&app.db).await.unwrap().is_none());
    service.later(TimeDelta::minutes(31)).await;
    assert_eq!(host.seen().len(), read, "nothing was fetched since");
}
