//! Waiting for an earlier time: companies are asked one after the other, each for four opening hours, and nothing is
//! offered twice.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use domain::{
    actor::{Actor, Represented},
    booking::{
        availability::Slot,
        waiting_list::{HalfDay, TimePreference, WaitingOfferState},
    },
};
use entity::{outbox, waiting_list_entry};
use madoguchi::{
    doctor,
    ops::{self, booking::waiting_list::WaitingResult, consultation::Ending},
    store,
    worker::{self, waiting_list::LastCheck},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::{OTHER, hides, leads_to, my, sign_in};
use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::{PASSWORD, Site},
};

/// A day on which the expert takes no more appointments, and the consultations that have one.
struct Full {
    site: Site,
    cast: Cast,
    day: NaiveDate,
    rivals: Vec<Case>,
}

impl Full {
    async fn new() -> Self {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        let day = "2026-12-03".parse().unwrap();
        let mut rivals = Vec::new();
        for n in 0..4 {
            let case = cases::scheduling(&site, &cast, &format!("rival{n}@example.co.jp")).await;
            let slot = first_on(&site, case, day).await;
            ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
            rivals.push(case);
        }
        Self { site, cast, day, rivals }
    }

    /// Makes a company that has an appointment on the day after and waits for the full day.
    async fn waits(&self, email: &str) -> Case {
        let case = cases::scheduling(&self.site, &self.cast, email).await;
        let slot = first_on(&self.site, case, self.day.succ_opt().unwrap()).await;
        ops::booking::appointment::choose_slot(&self.site.app, case.id, Actor::Company, slot).await.unwrap();
        let waits = ops::booking::waiting_list::wait(
            &self.site.app,
            case.id,
            Actor::Company,
            vec![self.preference()],
        )
        .await
        .unwrap();
        assert_eq!(waits, WaitingResult::Yes);
        // A later entry has waited for a shorter time.
        self.site.app.clock.advance(TimeDelta::seconds(1));
        case
    }

    fn preference(&self) -> TimePreference {
        TimePreference { from: Some(self.day), until: Some(self.day), ..TimePreference::default() }
    }

    async fn frees_up(&self, rival: usize) -> DateTime<Utc> {
        let was = cases::appointment(&self.site, self.rivals[rival]).await.starts_at;
        let id = self.rivals[rival].id;
        ops::booking::appointment::cancel(&self.site.app, id, Actor::Company, "都合により".to_owned())
            .await
            .unwrap();
        was
    }

    async fn look(&self) -> bool {
        worker::waiting_list::step(&self.site.app, &mut LastCheck::default()).await.unwrap()
    }

    async fn offers(&self, to: &str) -> Vec<outbox::Model> {
        let all = cases::mails_to(&self.site, to).await;
        all.into_iter().filter(|it| it.kind == "earlier_time").collect()
    }

    async fn sound(&self) {
        let app = &self.site.app;
        assert_eq!(doctor::examine(&app.db, app.clock.now()).await.unwrap(), []);
    }
}

async fn first_on(site: &Site, case: Case, day: NaiveDate) -> Slot {
    cases::free_slots(site, case).await.into_iter().find(|it| it.date() == day).unwrap()
}

#[actix_web::test]
async fn a_freed_time_is_offered_held_and_taken() {
    let full = Full::new().await;
    let site = &full.site;
    let case = cases::scheduling(site, &full.cast, CONTACT).await;
    let late = first_on(site, case, full.day.succ_opt().unwrap()).await;
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, late).await.unwrap();
    sign_in(site, CONTACT).await;
    site.get(&my(case, "")).await.shows("早い日時が空いたら知らせる");
    let page = site.get(&my(case, "/waiting")).await;
    page.shows("いまの予約より早い日時だけです");
    page.shows(r#"<option value="2026-11-30">11月30日（月）からの週</option>"#);
    hides(&page, "12月7日（月）からの週");
    let preference = [("week-1", "2026-11-30"), ("weekday-1", "thu")];
    leads_to(&site.post(&my(case, "/waiting"), &preference).await, &my(case, "/waiting"));
    let again = site.post(&my(case, "/waiting"), &preference).await;
    assert_eq!(again.status, 409);
    again.shows("すでに空き待ちを受け付けています。");
    site.get(&my(case, "/waiting")).await.shows("11月30日（月）から12月4日（金）　木曜日");

    assert!(!full.look().await, "nothing is free");
    let freed = full.frees_up(0).await;
    assert!(full.look().await);
    assert!(!full.look().await, "it is offered once");
    let offers = full.offers(CONTACT).await;
    assert_eq!(offers.len(), 1);
    assert!(offers[0].text_body.contains("12月3日（木）"), "{}", offers[0].text_body);
    // It is Friday, 14:05, and Monday is a holiday.
    assert!(offers[0].text_body.contains("11月24日（火）10:05まで"), "{}", offers[0].text_body);
    full.sound().await;
    let other = cases::scheduling(site, &full.cast, OTHER).await;
    let free = cases::free_slots(site, other).await;
    assert!(free.iter().all(|it| it.start() != freed), "it is held");

    let visitor = site.visitor();
    let link = cases::link(&offers, "earlier_time");
    let page = visitor.get(&link).await;
    page.shows("お待ちの日時が空きました");
    page.shows("押すまでは、いまの予約はそのままです。");
    assert_eq!(cases::appointment(site, case).await.starts_at, late.start(), "looking takes nothing");
    assert_eq!(visitor.post(&link, &[("answer", "perhaps")]).await.status, 422);
    leads_to(&visitor.post(&link, &[("answer", "take")]).await, &link);
    leads_to(&visitor.post(&link, &[("answer", "take")]).await, &link);
    visitor.get(&link).await.shows("この日時で予約が確定しています。");
    let appointment = cases::appointment(site, case).await;
    assert_eq!((appointment.starts_at, appointment.sequence), (freed, 1), "moved in one go, and once");
    let mails = cases::mails_to(site, CONTACT).await;
    let moved = mails.iter().find(|it| it.kind == "moved").unwrap();
    assert_eq!(moved.calendar_method.as_ref().map(entity::Coded::code), Some("REQUEST"));
    assert_eq!(store::booking::waiting_list::of(&site.app.db, case.id).await.unwrap(), None);
    assert_eq!(visitor.post(&link, &[("answer", "decline")]).await.status, 409);
    full.sound().await;
}

#[actix_web::test]
async fn companies_are_asked_one_after_the_other() {
    let full = Full::new().await;
    let site = &full.site;
    let first = full.waits(CONTACT).await;
    let second = full.waits(OTHER).await;
    full.frees_up(0).await;
    while full.look().await {}
    let mailed = [full.offers(CONTACT).await.len(), full.offers(OTHER).await.len()];
    assert_eq!(mailed, [1, 0], "whoever waits longest");
    site.account(domain::actor::Role::Coordinator, "center2@example.jp").await;
    let center = site.visitor();
    center.sign_in("center2@example.jp", crate::site::PASSWORD).await;
    let page = center.get("/staff/waiting").await;
    page.shows("12月3日（木）");
    let (a, b) = (page.body.find(&first.number.to_string()), page.body.find(&second.number.to_string()));
    assert!(a.unwrap() < b.unwrap());
    center.get(&format!("/staff/consultations/{}", first.number)).await.shows("空き待ち");

    let link = cases::link(&full.offers(CONTACT).await, "earlier_time");
    leads_to(&site.visitor().post(&link, &[("answer", "decline")]).await, &link);
    site.visitor().get(&link).await.shows("見送りとして承りました");
    while full.look().await {}
    assert_eq!(full.offers(OTHER).await.len(), 1, "the next is asked about the same time");
    full.sound().await;

    // Another time is freed. Both companies have had today's mail.
    full.frees_up(1).await;
    while full.look().await {}
    assert_eq!([full.offers(CONTACT).await.len(), full.offers(OTHER).await.len()], [1, 1]);
    let link = cases::link(&full.offers(OTHER).await, "earlier_time");
    // It is 10:05 of the next business day, and the second company has not answered.
    site.app.clock.advance("2026-11-24T01:05:10Z".parse::<DateTime<Utc>>().unwrap() - site.app.clock.now());
    while full.look().await {}
    site.visitor().get(&link).await.shows("日時は、次にお待ちの方にご案内しています。");
    let late = site.visitor().post(&link, &[("answer", "take")]).await;
    assert_eq!(late.status, 409);
    late.shows("このご案内の期限は過ぎました。");
    // Each company has declined one offer. The one that has waited longest is asked about the other time.
    assert_eq!(full.offers(CONTACT).await.len(), 2);
    while worker::outbox::step(&site.app).await.unwrap() {}
    full.sound().await;
    let state = store::booking::waiting_list::of(&site.app.db, second.id).await.unwrap().unwrap();
    assert_eq!(state.turned_down, 1);
}

#[actix_web::test]
async fn an_offer_that_no_longer_stands_is_not_mailed() {
    let full = Full::new().await;
    let site = &full.site;
    while worker::outbox::step(&site.app).await.unwrap() {}
    let first = full.waits(CONTACT).await;
    let second = full.waits(OTHER).await;
    full.frees_up(0).await;
    full.look().await;
    let ending = Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, first.id, None, Actor::Company, ending).await.unwrap();
    full.sound().await;
    while full.look().await {}
    // The second company chooses another time by itself, which ends its offer.
    let earlier = "2026-12-01".parse().unwrap();
    let slot = first_on(site, second, earlier).await;
    ops::booking::appointment::reschedule(&site.app, second.id, Actor::Company, slot).await.unwrap();
    full.sound().await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    for to in [CONTACT, OTHER] {
        let offers = full.offers(to).await;
        assert_eq!((offers.len(), offers[0].state.code()), (1, "suppressed"), "{to}");
    }
    let page = site.visitor().get(&cases::link(&full.offers(OTHER).await, "earlier_time")).await;
    page.shows("このご案内は、終わりました。");
    // It stays on the waiting list for a time that is earlier than its new one; there is none.
    assert!(store::booking::waiting_list::of(&site.app.db, second.id).await.unwrap().is_some());
    while full.look().await {}
    assert_eq!(full.offers(OTHER).await.len(), 1);
}

/// Returns the id of the open offer to a company.
async fn open_offer(site: &Site, case: Case) -> String {
    let db = &site.app.db;
    let waiting = store::booking::waiting_list::of(db, case.id).await.unwrap().unwrap();
    let offers = store::booking::waiting_list::offers(db, waiting.id).await.unwrap();
    let open = offers.into_iter().find(|it| it.offer.state == WaitingOfferState::Open).unwrap();
    open.offer.id.to_string()
}

#[actix_web::test]
async fn the_center_records_what_a_waiting_company_says() {
    let full = Full::new().await;
    let site = &full.site;
    let first = full.waits(CONTACT).await;
    let second = full.waits(OTHER).await;
    full.frees_up(0).await;
    while full.look().await {}
    let coordinator = site.account(domain::actor::Role::Coordinator, "center2@example.jp").await.id;
    let center = site.visitor();
    center.sign_in("center2@example.jp", crate::site::PASSWORD).await;
    let at = |case: Case| format!("/staff/consultations/{}/waiting", case.number);
    let waits = async |case: Case| store::booking::waiting_list::of(&site.app.db, case.id).await.unwrap();

    center.get("/staff/waiting").await.shows("企業の申し出");
    let offer = open_offer(site, first).await;
    let form = [("answer", "decline"), ("offer", &*offer)];
    leads_to(&center.post(&at(first), &form).await, "/staff/waiting");
    assert_eq!(waits(first).await.unwrap().turned_down, 1);
    let events = store::audit::event::of(&site.app.db, first.id).await.unwrap();
    assert_eq!(events.last().unwrap().by, Actor::Stead(coordinator, Represented::Company));

    while full.look().await {}
    let offer = open_offer(site, second).await;
    let form = [("answer", "take"), ("offer", &*offer)];
    assert_eq!(center.post(&at(first), &form).await.status, 404, "another company's offer");
    leads_to(&center.post(&at(second), &form).await, "/staff/waiting");
    assert_eq!(waits(second).await, None);
    let page = center.get(&format!("/staff/consultations/{}?view=history", second.number)).await;
    page.shows("企業の代行");

    leads_to(&center.post(&at(first), &[("answer", "stop")]).await, "/staff/waiting");
    assert_eq!(waits(first).await, None);
    let late = [("answer", "decline"), ("offer", &*offer)];
    assert_eq!(center.post(&at(second), &late).await.status, 409, "it was taken");
    full.sound().await;
}

#[actix_web::test]
async fn the_waiting_list_is_closed_to_companies_that_can_choose_and_can_be_left() {
    let full = Full::new().await;
    let site = &full.site;
    let case = cases::scheduling(site, &full.cast, CONTACT).await;
    sign_in(site, CONTACT).await;
    let page = site.post(&my(case, "/waiting"), &[("weekday-1", "fri")]).await;
    assert_eq!(page.status, 409);
    page.shows("ご希望に合う日時が、いま空いています");
    page.shows(r#"<option value="fri" selected>"#);
    assert_eq!(store::booking::waiting_list::of(&site.app.db, case.id).await.unwrap(), None);
    assert_eq!(site.post(&my(case, "/waiting"), &[("weekday-1", "sun")]).await.status, 422);

    let day = full.preference();
    let preferred_times = vec![day, TimePreference { part: Some(HalfDay::Morning), ..day }];
    let id = case.id;
    assert_eq!(
        ops::booking::waiting_list::wait(&site.app, id, Actor::Company, preferred_times).await.unwrap(),
        WaitingResult::Yes
    );
    full.frees_up(0).await;
    full.look().await;
    let page = site.get(&my(case, "/waiting")).await;
    page.shows("お取り置きしています");
    leads_to(&site.post(&my(case, "/waiting/stop"), &[]).await, &my(case, ""));
    leads_to(&site.post(&my(case, "/waiting/stop"), &[]).await, &my(case, ""));
    full.sound().await;
    let thursday = cases::free_slots(site, case).await.into_iter().find(|it| it.date() == full.day);
    assert!(thursday.is_some(), "the time is free for everybody again");

    // If the company has no appointment, taking an offered time books it.
    let weekday = TimePreference { weekday: Some(Weekday::Thu), ..day };
    let slot = thursday.unwrap();
    ops::booking::appointment::choose_slot(&site.app, full.rivals[0].id, Actor::Company, slot).await.unwrap();
    assert_eq!(
        ops::booking::waiting_list::wait(&site.app, id, Actor::Company, vec![weekday]).await.unwrap(),
        WaitingResult::Yes
    );
    site.app.clock.advance(TimeDelta::days(3));
    full.frees_up(0).await;
    full.look().await;
    let link = cases::link(&full.offers(CONTACT).await, "earlier_time");
    leads_to(&site.visitor().post(&link, &[("answer", "take")]).await, &link);
    assert_eq!(cases::state(site, case).await, "booked");
    assert_eq!(cases::appointment(site, case).await.starts_at, slot.start());
    while worker::outbox::step(&site.app).await.unwrap() {}
    full.sound().await;
}

#[actix_web::test]
async fn an_entry_that_cannot_be_read_keeps_no_other_company_waiting() {
    let full = Full::new().await;
    let site = &full.site;
    let (broken, _) = (full.waits("broken@example.co.jp").await, full.waits(OTHER).await);
    let row =
        waiting_list_entry::Entity::find().filter(waiting_list_entry::COLUMN.consultation_id.eq(broken.id.0));
    let row = row.one(&site.app.db).await.unwrap().unwrap();
    let replace = async |times: &sea_orm::JsonValue| {
        let change = waiting_list_entry::Entity::update_many()
            .col_expr(
                waiting_list_entry::Column::PreferredTimes,
                sea_orm::sea_query::Expr::value(times.clone()),
            )
            .filter(waiting_list_entry::COLUMN.id.eq(row.id));
        assert_eq!(change.exec(&site.app.db).await.unwrap().rows_affected, 1);
    };
    replace(&serde_json::json!({"no": "times"})).await;
    full.frees_up(0).await;
    assert!(full.look().await);
    assert_eq!(full.offers(OTHER).await.len(), 1);
    let aside = store::set_aside::all(&site.app.db).await.unwrap();
    assert_eq!(
        aside.iter().map(|it| (it.job.code(), it.row_id)).collect::<Vec<_>>(),
        [("offer_time", row.id)]
    );
    replace(&row.preferred_times).await;
    full.frees_up(1).await;
    assert!(!full.look().await, "it is left alone for a minute");
    site.app.clock.advance(TimeDelta::minutes(1));
    assert!(full.look().await);
    assert_eq!(full.offers("broken@example.co.jp").await.len(), 1);
}

/// A company without an address waits too: the center puts it on the list, calls it with the offer, and records its answer.
#[actix_web::test]
async fn a_company_joins_by_telephone_and_is_called_with_the_offer() {
    let full = Full::new().await;
    let site = &full.site;
    let case = cases::scheduling(site, &full.cast, CONTACT).await;
    let late = first_on(site, case, full.day.succ_opt().unwrap()).await;
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, late).await.unwrap();
    let contact = entity::contact::Entity::find_by_id(case.id.0).one(&site.app.db).await.unwrap().unwrap();
    let mut contact = contact.into_active_model();
    (contact.email, contact.email_key) = (Set(None), Set(None));
    contact.update(&site.app.db).await.unwrap();
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let at = |rest: &str| format!("/staff/consultations/{}{rest}", case.number);
    site.get(&at("")).await.shows("早い日時の空き待ちに登録する");
    site.get(&at("/wait")).await.shows("案内は「電話する」に表示します。");
    let version = cases::record(site, case).await.version.to_string();
    let form = [("version", version.as_str()), ("week-1", "2026-11-30"), ("weekday-1", "thu")];
    assert_eq!(site.post(&at("/wait"), &form).await.status, 303);
    let page = site.get(&at("")).await;
    page.shows("空き待ちに登録しました。空きが出たときは、「電話する」に表示します。");
    page.shows("11月30日（月）から12月4日（金）　木曜日");
    hides(&page, "早い日時の空き待ちに登録する");
    let stale = site.post(&at("/wait"), &form).await;
    assert_eq!(stale.status, 409, "another has changed the case since");
    let history = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    assert_eq!(history.last().unwrap().by, Actor::Stead(full.cast.coordinator, Represented::Company));

    full.frees_up(0).await;
    assert!(full.look().await);
    let calls = site.get("/staff?tab=calls").await;
    calls.shows(&case.number.to_string());
    calls.shows("お待ちの日時が空きました");
    let offer =
        store::booking::waiting_list::open(&site.app.db).await.unwrap().remove(0).offer.id.to_string();
    let declined = site.post(&at("/waiting"), &[("answer", "decline"), ("offer", &offer)]).await;
    assert_eq!(declined.status, 303, "{}", declined.body);
    assert_eq!(cases::record(site, case).await.to_call_since, None, "the company has heard it");
    full.frees_up(1).await;
    assert!(!full.look().await, "it is called with one offer a day");
}

/// 「ご案内のメールは、1日に1通までです。」
#[actix_web::test]
async fn a_waiting_company_gets_one_mail_a_day() {
    let full = Full::new().await;
    let site = &full.site;
    let case = full.waits(CONTACT).await;
    sign_in(site, CONTACT).await;
    site.get(&my(case, "/waiting")).await.shows("ご案内のメールは、1日に1通までです。");
    full.frees_up(0).await;
    assert!(full.look().await);
    let offer = store::booking::waiting_list::open(&site.app.db).await.unwrap().remove(0).offer.id;
    ops::booking::waiting_list::decline(&site.app, offer, Actor::Company).await.unwrap();
    full.frees_up(1).await;
    assert!(!full.look().await, "today it has had its mail");
    site.app.clock.advance(TimeDelta::days(1));
    assert!(full.look().await);
    assert_eq!(full.offers(CONTACT).await.len(), 2);
}

#[actix_web::test]
async fn a_time_that_is_free_already_is_named_to_the_center() {
    let full = Full::new().await;
    let site = &full.site;
    let case = cases::scheduling(site, &full.cast, CONTACT).await;
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let path = format!("/staff/consultations/{}/wait", case.number);
    let version = cases::record(site, case).await.version.to_string();
    let free = site.post(&path, &[("version", version.as_str())]).await;
    assert_eq!(free.status, 409);
    free.shows("が、いま空いています。");
    free.shows("空いている日時を見る");
    assert_eq!(store::booking::waiting_list::of(&site.app.db, case.id).await.unwrap(), None);
}
