//! A real CalDAV server: Radicale, in both directions.
use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use domain::{
    actor::Actor,
    booking::{appointment::Appointment, availability::Slot},
    field::Fields,
};
use entity::{external_calendar, external_entry};
use http::{HeaderMap, HeaderValue, Method};
use madoguchi::{
    fetch::{Answer, Ask, Login},
    ops::{
        self, booking::substitute::SubstituteConsent, calendars::external::AccessChange,
        intake::apply::slot_value,
    },
    store::{self, booking::substitute::Participation, calendars::time_proposal::ProposalScope},
    worker,
};
use sea_orm::{EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    peers::tools,
    site::{PASSWORD, Site},
};

mod killed;
mod proposed;

const USER: &str = "taro";
const APP_PASSWORD: &str = "app-password-for-tests";
const TEN: &str = "2026-11-26T01:00:00Z";

/// The server in a folder of its own, with one calendar. Dropping it removes both.
struct Radicale {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl Radicale {
    fn start() -> Self {
        let folder =
            std::env::temp_dir().join(format!("madoguchi-radicale-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("users"), format!("{USER}:{APP_PASSWORD}\n")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            "[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {0}/users\n\
             htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {0}/data\n[web]\ntype = none\n",
            folder.display()
        );
        std::fs::write(folder.join("config"), config).unwrap();
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let process = Command::new(tools().join("venv/bin/radicale"))
            .arg("--config")
            .arg(folder.join("config"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { process, folder, port }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/{USER}/work/", self.port)
    }

    /// Sends a request as a calendar program does.
    async fn ask(
        &self,
        site: &Site,
        method: &str,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> Answer {
        let mut ask = Ask {
            method: Method::from_bytes(method.as_bytes()).unwrap(),
            url: format!("http://127.0.0.1:{}{path}", self.port).parse().unwrap(),
            headers: HeaderMap::new(),
            body: body.to_owned(),
            login: Some(Login { user: USER, password: APP_PASSWORD }),
        };
        for (name, value) in headers {
            ask.headers.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        site.app.fetch.fetch(ask).await.unwrap()
    }

    /// Waits until the server answers, then makes the calendar.
    async fn ready(&self, site: &Site) {
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = || std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(60), "Radicale does not start: {}", log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let made = self.ask(site, "MKCALENDAR", &format!("/{USER}/work/"), &[], "").await;
        assert!(made.status.is_success(), "{made:?}");
    }

    async fn put(&self, site: &Site, name: &str, lines: &str) {
        let text = crate::calendar_host::calendar(&[lines]).replace("UID:0@", &format!("UID:{name}@"));
        let kind = ("Content-Type", "text/calendar");
        let done = self
            .ask(site, "PUT", &format!("/{USER}/work/{name}.ics"), &[("content-type", kind.1)], &text)
            .await;
        assert!(done.status.is_success(), "{done:?}");
    }

    /// Returns the text of an object, if it exists.
    async fn read(&self, site: &Site, href: &str) -> Option<String> {
        let found = self.ask(site, "GET", href, &[], "").await;
        found.status.is_success().then(|| String::from_utf8(found.body).unwrap().replace("\r\n ", ""))
    }
}

impl Drop for Radicale {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// A service whose expert has entered a calendar of the server, to be read and written.
struct Service {
    site: Site,
    cast: Cast,
    expert: Site,
    center: Site,
    server: Radicale,
}

impl Service {
    async fn new() -> Self {
        let server = Radicale::start();
        let site = Site::with_settings(&[("MADOGUCHI_FETCH_ALLOW", "127.0.0.1")]).await;
        let cast = Cast::new(&site).await;
        let (expert, center) = (site.visitor(), site.visitor());
        assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
        assert_eq!(center.sign_in("center@example.jp", PASSWORD).await.status, 303);
        server.ready(&site).await;
        let service = Self { site, cast, expert, center, server };
        let wrong = service.connect("wrong").await;
        assert_eq!(wrong.status, 422);
        wrong.shows("ユーザー名またはパスワードが違います");
        assert!(!wrong.body.contains("value=\"wrong\""), "a password never comes back");
        let done = service.connect(APP_PASSWORD).await;
        assert_eq!(done.status, 303, "{}", done.body);
        service
    }

    async fn connect(&self, password: &str) -> crate::site::Reply {
        let url = self.server.url();
        let form = [
            ("form", "dav"),
            ("dav_name", "仕事"),
            ("dav_url", url.as_str()),
            ("dav_user", USER),
            ("dav_password", password),
            ("dav_writes", "1"),
        ];
        self.expert.post("/expert/calendars", &form).await
    }

    async fn later(&self, time: TimeDelta) {
        self.site.app.clock.advance(time);
        worker::once(&self.site.app).await;
        let source = external_calendar::Entity::find().one(&self.site.app.db).await.unwrap().unwrap();
        assert_eq!(source.error, None);
    }

    async fn entry(&self) -> external_entry::Model {
        external_entry::Entity::find().one(&self.site.app.db).await.unwrap().unwrap()
    }

    async fn slot_page(&self) -> String {
        let app = &self.site.app;
        let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
        ops::intake::apply::save(app, draft, |it| *it = cases::form(CONTACT)).await.unwrap();
        self.site.visitor().get(&format!("/apply/{draft}/slot")).await.body
    }

    /// Gives our entry another start in the calendar, as dragging it in a calendar program does.
    async fn drag(&self, case: Case, by: TimeDelta) {
        let appointment = cases::appointment(&self.site, case).await;
        let entry = self.entry().await;
        let stamp = |at: chrono::DateTime<chrono::Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
        let text = self.server.read(&self.site, &entry.href).await.unwrap();
        // The text is changed line by line, because the old end may be the new start.
        let moved = |name: &str, at: chrono::DateTime<chrono::Utc>| {
            (format!("{name}:{}", stamp(at)), format!("{name}:{}", stamp(at + by)))
        };
        let (start, end) = (moved("DTSTART", appointment.starts_at), moved("DTEND", appointment.ends_at));
        let text = text.replace(&start.0, &start.1).replace(&end.0, &end.1);
        let kind = [("content-type", "text/calendar")];
        let done = self.server.ask(&self.site, "PUT", &entry.href, &kind, &text).await;
        assert!(done.status.is_success(), "{done:?}");
    }
}

/// A private event is handled as a new expert would try it.
#[actix_web::test]
async fn a_private_event_in_the_collection_makes_the_slot_disappear() {
    let service = Service::new().await;
    assert!(service.slot_page().await.contains(TEN));
    service
        .server
        .put(&service.site, "dentist", "SUMMARY:歯医者\nDTSTART:20261126T010000Z\nDURATION:PT1H")
        .await;
    service.later(TimeDelta::minutes(31)).await;
    let page = service.slot_page().await;
    assert!(!page.contains(TEN), "10:00 is taken");
    assert!(page.contains("2026-11-26T02:00:00Z"), "11:00 is free");
    // A repeating event has its first start far in the past and is found by its repetitions.
    let daily = "DTSTART;TZID=Asia/Tokyo:20260101T130000\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    service.server.put(&service.site, "lunch", daily).await;
    service.later(TimeDelta::minutes(31)).await;
    assert!(!service.slot_page().await.contains("2026-11-27T04:00:00Z"), "13:00 is taken every day");
    service.server.ask(&service.site, "DELETE", &format!("/{USER}/work/dentist.ics"), &[], "").await;
    service.later(TimeDelta::minutes(31)).await;
    assert!(service.slot_page().await.contains(TEN));
}

#[actix_web::test]
async fn a_booking_is_put_into_the_calendar_moved_with_it_and_taken_out() {
    let service = Service::new().await;
    let case = cases::booked(&service.site, &service.cast, CONTACT).await;
    service.later(TimeDelta::zero()).await;
    let (appointment, entry) = (cases::appointment(&service.site, case).await, service.entry().await);
    assert_eq!((entry.state.code(), entry.sequence), ("written", appointment.sequence));
    let text = service.server.read(&service.site, &entry.href).await.unwrap();
    assert!(text.contains(&format!("UID:{}", appointment.uid)) && text.contains("みなと製作所"), "{text}");
    assert!(!text.contains("METHOD:"), "an object of a collection has no method");
    // Our own entry is not a private appointment, and is not written twice.
    assert!(
        store::calendars::external::busy(&service.site.app.db, 0..i64::MAX, None).await.unwrap().is_empty()
    );
    service.later(TimeDelta::minutes(31)).await;
    assert_eq!(service.entry().await, entry);
    assert!(!service.expert.get("/expert/calendars").await.body.contains("予約と重なる予定"));

    let slot: Slot = cases::free_slots(&service.site, case).await[3];
    ops::booking::appointment::reschedule(
        &service.site.app,
        case.id,
        Actor::Coordinator(service.cast.coordinator),
        slot,
    )
    .await
    .unwrap();
    service.later(TimeDelta::zero()).await;
    let moved = service.server.read(&service.site, &entry.href).await.unwrap();
    assert!(moved.contains(&format!("DTSTART:{}", slot.start().format("%Y%m%dT%H%M%SZ"))), "{moved}");
    assert_eq!(service.entry().await.href, entry.href);

    ops::booking::appointment::cancel(&service.site.app, case.id, Actor::Company, "都合が悪い".to_owned())
        .await
        .unwrap();
    service.later(TimeDelta::zero()).await;
    assert_eq!(service.server.read(&service.site, &entry.href).await, None);
    assert!(external_entry::Entity::find().one(&service.site.app.db).await.unwrap().is_none());
}

#[actix_web::test]
async fn the_password_can_be_changed_alone() {
    let service = Service::new().await;
    let case = cases::booked(&service.site, &service.cast, CONTACT).await;
    service.later(TimeDelta::zero()).await;
    let entry = service.entry().await;
    let users = service.server.folder.join("users");
    std::fs::write(users, format!("{USER}:another-password\n")).unwrap();
    let source = external_calendar::Entity::find().one(&service.site.app.db).await.unwrap().unwrap();
    let path = format!("/expert/calendars/{}/access", source.id);
    let wrong = service.expert.post(&path, &[("password", "wrong")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("ユーザー名またはパスワードが違います");
    assert!(!wrong.body.contains("value=\"wrong\""), "a password never comes back");
    let done = service.expert.post(&path, &[("password", "another-password")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(service.entry().await, entry, "what was written stays known");
    service.later(TimeDelta::minutes(31)).await;
    assert!(cases::appointment(&service.site, case).await.is_confirmed());
}

#[actix_web::test]
async fn an_expert_who_is_replaced_loses_the_calendar_entry() {
    let service = Service::new().await;
    let case = cases::booked(&service.site, &service.cast, CONTACT).await;
    let sato = cases::expert(&service.site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    service.later(TimeDelta::zero()).await;
    let entry = service.entry().await;
    assert!(service.server.read(&service.site, &entry.href).await.is_some());
    let participation = Participation {
        appointment: cases::appointment(&service.site, case).await.id,
        expert: service.cast.expert,
    };
    let version = cases::record(&service.site, case).await.version;
    let (by, given) = (service.cast.center(), SubstituteConsent::Given);
    ops::booking::substitute::ask(&service.site.app, participation, sato, version, by, given).await.unwrap();
    service.later(TimeDelta::zero()).await;
    assert_eq!(service.server.read(&service.site, &entry.href).await, None);
    assert!(external_entry::Entity::find().one(&service.site.app.db).await.unwrap().is_none());
}

/// Our entries are taken out of the calendar of a closed account, and then its address and login are erased.
#[actix_web::test]
async fn the_calendar_of_a_closed_account_loses_our_entries_and_is_erased() {
    let service = Service::new().await;
    let case = cases::booked(&service.site, &service.cast, CONTACT).await;
    service.later(TimeDelta::zero()).await;
    let (app, entry) = (&service.site.app, service.entry().await);
    let account = domain::id::AccountId(service.cast.expert.0);
    ops::accounts::account::set_active(app, account, false).await.unwrap();
    worker::once(app).await;
    let kept = external_calendar::Entity::find().one(&app.db).await.unwrap();
    assert!(kept.is_some(), "the booking waits for its hand-over");
    let (by, reason) = (service.cast.center(), "担当者の退任".to_owned());
    ops::booking::appointment::cancel(app, case.id, by, reason).await.unwrap();
    worker::once(app).await;
    assert_eq!(service.server.read(&service.site, &entry.href).await, None);
    assert!(external_calendar::Entity::find().one(&app.db).await.unwrap().is_none());
}

/// Asserts that the center sees both times on the consultation's page and in its worklist, with the new time already
/// chosen.
async fn is_shown_to_the_center(service: &Service, case: Case, before: &Appointment) {
    let page = service.center.get("/staff/schedule").await;
    page.shows("カレンダーからの変更の提案（1件）");
    let there = Slot::at(before.starts_at + TimeDelta::hours(1)).unwrap();
    let slots =
        format!("/staff/consultations/{}/slots?from=2026-11-26&slot={}", case.number, slot_value(there));
    page.shows(&slots.replace('&', "&#38;"));
    // The change shows on the consultation's page and in the center's worklist.
    let of_case = format!("/staff/consultations/{}", case.number);
    for path in [of_case.as_str(), "/staff"] {
        let page = service.center.get(path).await;
        page.shows("山田 太郎　外部カレンダー「仕事」");
        page.shows(&domain::wording::long_date_time_range(before.starts_at, before.ends_at));
        let there = before.starts_at + TimeDelta::hours(1)..before.ends_at + TimeDelta::hours(1);
        page.shows(&domain::wording::long_date_time_range(there.start, there.end));
    }
    service.center.get("/staff").await.shows("対応が必要（1）");
    service.center.get(&slots).await.shows(&format!("value=\"{}\" checked", slot_value(there)));
    let outside_hours = format!("{of_case}/slots?slot=2026-11-26T20:00:00Z");
    assert_eq!(service.center.get(&outside_hours).await.status, 200);
    let taken = Slot::new("2026-11-26".parse().unwrap(), 0).unwrap();
    let page = service.center.get(&format!("{of_case}/slots?slot={}", slot_value(taken))).await;
    page.shows("からは、担当の専門家がそろって空いていません");
}

#[actix_web::test]
async fn a_change_in_the_calendar_is_a_proposal_only() {
    let service = Service::new().await;
    let case = cases::booked(&service.site, &service.cast, CONTACT).await;
    service.later(TimeDelta::zero()).await;
    let before = cases::appointment(&service.site, case).await;
    service.drag(case, TimeDelta::hours(1)).await;
    service.later(TimeDelta::minutes(31)).await;
    assert_eq!(cases::appointment(&service.site, case).await, before, "nothing follows by itself");
    let page = service.expert.get("/expert/calendars").await;
    page.shows("外部カレンダーで変更されています（1件）");
    page.shows(&format!("/expert/consultations/{}/slot", case.number));
    is_shown_to_the_center(&service, case, &before).await;
    let of_case = format!("/staff/consultations/{}", case.number);

    // The expert puts the entry back.
    let id = service.entry().await.id;
    let path = format!("/expert/calendars/entries/{id}/restore");
    assert_eq!(service.expert.post(&path, &[]).await.status, 303);
    service.later(TimeDelta::zero()).await;
    let starts_at = format!("DTSTART:{}", before.starts_at.format("%Y%m%dT%H%M%SZ"));
    let href = service.entry().await.href;
    assert!(service.server.read(&service.site, &href).await.unwrap().contains(&starts_at));
    assert!(!service.expert.get("/expert/calendars").await.body.contains("変更されています"));

    // The entry is deleted there, and the center puts it back.
    service.server.ask(&service.site, "DELETE", &href, &[], "").await;
    service.later(TimeDelta::minutes(31)).await;
    service.expert.get("/expert/calendars").await.shows("では削除されています");
    service.center.get("/staff/schedule").await.shows("専門家のカレンダーでは削除されています");
    service.center.get("/staff").await.shows("専門家のカレンダーでは削除されています");
    assert!(cases::appointment(&service.site, case).await.is_confirmed());
    service.center.get(&of_case).await.shows(&format!("{of_case}/proposals/{id}/keep"));
    let path = format!("{of_case}/proposals/{id}/keep");
    assert_eq!(service.center.post(&path, &[]).await.status, 303);
    service.center.get(&format!("{of_case}?view=history")).await.shows("予約をそのままにしました");
    assert!(!service.center.get("/staff").await.body.contains("変更の提案"));
    let strange = format!("{of_case}/proposals/{}/keep", uuid::Uuid::new_v4());
    assert_eq!(service.center.post(&strange, &[]).await.status, 404);
    service.later(TimeDelta::zero()).await;
    assert!(service.server.read(&service.site, &href).await.unwrap().contains(&starts_at));

    // The expert follows the change and moves the booking, and the calendar is right again.
    service.drag(case, TimeDelta::hours(1)).await;
    service.later(TimeDelta::minutes(31)).await;
    let slot = Slot::at(before.starts_at + TimeDelta::hours(1)).unwrap();
    ops::booking::appointment::reschedule(
        &service.site.app,
        case.id,
        Actor::Expert(service.cast.expert),
        slot,
    )
    .await
    .unwrap();
    service.later(TimeDelta::zero()).await;
    assert_eq!(service.entry().await.state.code(), "written");
    assert!(!service.center.get("/staff/schedule").await.body.contains("変更の提案"));
}

/// At whatever moment a write was interrupted, the next look reads the calendar and writes what is missing.
#[actix_web::test]
async fn a_write_that_was_cut_off_is_finished_once() {
    let service = Service::new().await;
    let case = cases::booked(&service.site, &service.cast, CONTACT).await;
    service.later(TimeDelta::zero()).await;
    let entry = service.entry().await;
    // The write was interrupted after the PUT and before it was recorded; then, before the PUT of a move was recorded.
    for (state, etag) in [("wanted", None), ("wanted", Some("\"old\"")), ("written", Some("\"old\""))] {
        external_entry::Entity::update_many()
            .col_expr(external_entry::Column::State, Expr::value(state))
            .col_expr(external_entry::Column::Etag, Expr::value(etag))
            .filter(external_entry::COLUMN.id.eq(entry.id))
            .exec(&service.site.app.db)
            .await
            .unwrap();
        service.later(TimeDelta::minutes(31)).await;
        let now = service.entry().await;
        assert_eq!((now.state.code(), now.failures, now.error), ("written", 0, None), "{state} {etag:?}");
    }
    let listed =
        service.server.ask(&service.site, "PROPFIND", &format!("/{USER}/work/"), &[("depth", "1")], "").await;
    let listed = String::from_utf8(listed.body).unwrap();
    assert_eq!(listed.matches(".ics").count(), 1, "{listed}");
    let appointment = cases::appointment(&service.site, case).await;
    assert!(service.server.read(&service.site, &entry.href).await.unwrap().contains(&appointment.uid));
}

#[actix_web::test]
async fn a_server_that_is_gone_loses_nothing() {
    let mut service = Service::new().await;
    service.server.put(&service.site, "dentist", "DTSTART:20261126T010000Z\nDURATION:PT1H").await;
    service.later(TimeDelta::minutes(31)).await;
    service.server.process.kill().unwrap();
    service.server.process.wait().unwrap();
    let case = cases::booked(&service.site, &service.cast, CONTACT).await;
    service.site.app.clock.advance(TimeDelta::hours(25));
    worker::once(&service.site.app).await;
    assert_eq!(
        store::calendars::external::busy(&service.site.app.db, 0..i64::MAX, None).await.unwrap().len(),
        1
    );
    service.expert.sign_in("expert@example.jp", PASSWORD).await;
    service.expert.get("/expert/calendars").await.shows("「仕事」を24時間以上読み込めていません");
    // The server comes back and gets the changes that it has missed.
    let old = std::mem::replace(&mut service.server, Radicale::start());
    let url = service.server.url();
    let access = madoguchi::ops::calendars::external::CalendarAccess {
        url: url.parse().unwrap(),
        user: USER.to_owned(),
        password: APP_PASSWORD.to_owned(),
    };
    drop(old);
    service.server.ready(&service.site).await;
    let source = external_calendar::Entity::find().one(&service.site.app.db).await.unwrap().unwrap();
    let encrypted =
        service.site.app.secret.encrypt(source.id, &serde_json::to_string(&access).unwrap()).unwrap();
    external_calendar::Entity::update_many()
        .col_expr(external_calendar::Column::Access, Expr::value(encrypted))
        .exec(&service.site.app.db)
        .await
        .unwrap();
    service.later(TimeDelta::hours(3)).await;
    let appointment = cases::appointment(&service.site, case).await;
    assert!(
        service
            .server
            .read(&service.site, &service.entry().await.href)
            .await
            .unwrap()
            .contains(&appointment.uid)
    );
}

/// The owner gives the calendar another address at the moment in which the worker writes to the old one.
#[actix_web::test]
async fn a_new_address_during_a_write_proposes_nothing() {
    let service = Service::new().await;
    let app = &service.site.app;
    let made = service.server.ask(&service.site, "MKCALENDAR", &format!("/{USER}/private/"), &[], "").await;
    assert!(made.status.is_success(), "{made:?}");
    let source = external_calendar::Entity::find().one(&app.db).await.unwrap().unwrap().id;
    for n in 0..8 {
        cases::booked(&service.site, &service.cast, &format!("contact{n}@example.co.jp")).await;
        let name = if n % 2 == 0 { "private" } else { "work" };
        let url = service.server.url().replace("/work/", &format!("/{name}/")).parse().unwrap();
        let change = AccessChange { url: Some(url), ..AccessChange::default() };
        let later = async {
            tokio::time::sleep(Duration::from_millis(n * 4)).await;
            ops::calendars::external::change(app, service.cast.expert, source, change).await
        };
        let (looked, changed) = tokio::join!(ops::calendars::external::refresh(app, source), later);
        assert!(looked.is_ok(), "{looked:?}");
        assert!(changed.unwrap().is_ok());
        service.later(TimeDelta::minutes(31)).await;
        let proposals = store::calendars::time_proposal::time_proposals(
            &app.db,
            ProposalScope::Everybody,
            app.clock.now(),
        )
        .await
        .unwrap();
        assert!(proposals.is_empty(), "{proposals:?}");
        let entries = external_entry::Entity::find().all(&app.db).await.unwrap();
        assert_eq!(u64::try_from(entries.len()).unwrap(), n + 1);
        for it in entries {
            assert_eq!(it.state.code(), "written", "{it:?}");
            assert!(it.href.contains(&format!("/{name}/")), "{it:?}");
        }
    }
}
