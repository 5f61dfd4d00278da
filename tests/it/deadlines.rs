//! Deadlines that betray no company: an answer comes before the company has to hear, the next candidates are asked, an
//! acceptance stands, a mail says what happened, and a new closing day moves what is running.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::{Actor, Role},
    booking::{
        appointment::{Appointment, AppointmentState},
        availability::Slot,
        notice::heard_by,
    },
    calendar::{BusinessCalendar, at_japan, japan_date},
    due::Due,
    field::Fields,
    id::ExpertId,
    routing::assignment::{Assignment, AssignmentState},
    settings::Settings,
    text::TextLine,
};
use madoguchi::{
    doctor,
    ops::{self, routing::replacement::Successor},
    problem::Problem,
    store, worker,
};
use sea_orm::EntityTrait;

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::Site,
};

/// Makes an application with a held time on 3 December at 10:00, whose address is not confirmed.
pub async fn applied(site: &Site, email: &str, field: &[&str]) -> Case {
    let mut form = cases::form(email);
    form.field = field.iter().map(|it| (*it).to_owned()).collect();
    let draft = ops::intake::apply::start(&site.app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(&site.app, draft, |it| *it = form).await.unwrap();
    ops::intake::apply::hold(&site.app, draft, wished()).await.unwrap();
    let record = ops::intake::apply::submit(&site.app, draft, |_| ()).await.unwrap();
    Case { id: record.consultation.id, number: record.number }
}

pub fn wished() -> Slot {
    Slot::new("2026-12-03".parse().unwrap(), 16).unwrap()
}

pub fn go_to(site: &Site, at: &str) {
    let at: DateTime<Utc> = format!("{at}+09:00").parse().unwrap();
    site.app.clock.advance(at - site.app.clock.now());
}

pub async fn work(site: &Site) {
    while worker::deadlines::step(&site.app).await.unwrap() {}
}

async fn confirm(site: &Site, case: Case) {
    ops::consultation::confirm_address(&site.app, case.id, Actor::Company).await.unwrap();
}

async fn offered(site: &Site, case: Case) -> Vec<Assignment> {
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    all.into_iter().filter(|it| it.state == AssignmentState::Offered).collect()
}

async fn latest(site: &Site, kind: &str) -> entity::outbox::Model {
    cases::mails_to(site, CONTACT).await.into_iter().rfind(|it| it.kind == kind).unwrap()
}

pub async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn an_answer_is_due_before_the_company_has_to_hear() {
    let site = Site::new().await;
    Cast::new(&site).await;
    let second = cases::expert(&site, "second@example.jp", "佐藤 次郎", Fields::Both).await;
    let case = applied(&site, CONTACT, &["ict"]).await;
    // Two business days before the appointment. The rule alone would give its day.
    go_to(&site, "2026-12-01T12:00:00");
    confirm(&site, case).await;
    assert_eq!(cases::state(&site, case).await, "matching");
    let request = offered(&site, case).await.pop().unwrap();
    let limit = heard_by(wished().start(), &Settings::default(), &BusinessCalendar::default());
    assert_eq!(request.due_at, limit);
    let due = cases::record(&site, case).await.due.unwrap();
    assert_eq!(due.at(), Some(limit), "the consultation waits no longer than the request");
    assert!(due.explain().last().unwrap().contains("企業へお知らせする"), "{:?}", due.explain());

    // No expert answers. No further expert can answer in time, and the company hears on the day before.
    go_to(&site, "2026-12-02T17:00:00");
    work(&site).await;
    assert_eq!(cases::state(&site, case).await, "checking");
    let mail = latest(&site, "back_at_center").await;
    assert!(mail.text_body.contains("ご希望の日時までに"), "{}", mail.text_body);
    assert!(!mail.text_body.contains("見つかりませんでした"), "not everybody was asked");
    assert!(mail.due_at < wished().start());
    let others = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    assert!(others.iter().all(|it| it.expert != second || request.expert == second), "only one was asked");
    sound(&site).await;
}

#[actix_web::test]
async fn a_time_that_is_too_near_goes_back_to_the_center_at_once() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = applied(&site, CONTACT, &["ict"]).await;
    go_to(&site, "2026-12-02T17:30:00");
    confirm(&site, case).await;
    assert_eq!(cases::state(&site, case).await, "received");
    assert!(offered(&site, case).await.is_empty());
    work(&site).await;
    assert!(cases::mails_to(&site, CONTACT).await.iter().any(|it| it.kind == "hold_released"));
    sound(&site).await;

    // A coordinator's request for a time that is too near is refused as well.
    let case = applied_near(&site, &cast).await;
    let version = cases::record(&site, case).await.version;
    let refused =
        ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert]).await;
    assert!(matches!(refused, Err(Problem::Refused(_))), "{refused:?}");
}

/// Makes a consultation whose kept time is too near to ask experts for it.
async fn applied_near(site: &Site, cast: &Cast) -> Case {
    let case = cases::received(site, cast, "other@example.co.jp").await;
    let held = Appointment {
        owner: domain::booking::appointment::Owner::Consultation(case.id),
        state: AppointmentState::Held { until: Some(site.app.clock.now() + TimeDelta::hours(1)) },
        starts_at: Slot::new("2026-12-03".parse().unwrap(), 28).unwrap().start(),
        ends_at: Slot::new("2026-12-03".parse().unwrap(), 32).unwrap().start(),
        id: domain::id::AppointmentId(uuid::Uuid::now_v7()),
        mode: domain::booking::appointment::AppointmentMode::Online,
        experts: vec![cast.expert],
        place: String::new(),
        uid: "near@example.jp".to_owned(),
        sequence: 0,
        absent: None,
        makes_up: false,
    };
    let tx = site.app.begin().await.unwrap();
    store::booking::appointment::insert(&tx, &held, &[], site.app.clock.now()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    case
}

#[actix_web::test]
async fn silence_without_a_time_asks_the_next_candidates() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let second = cases::expert(&site, "second@example.jp", "佐藤 次郎", Fields::Both).await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    go_to(&site, "2026-11-26T17:00:00");
    work(&site).await;
    assert_eq!(cases::state(&site, case).await, "matching");
    let request = offered(&site, case).await.pop().unwrap();
    assert_eq!(request.expert, second);
    assert!(cases::mails_to(&site, CONTACT).await.iter().all(|it| it.kind != "back_at_center"));

    ops::routing::assignment::decline(&site.app, request.id, second, "多忙のため".to_owned()).await.unwrap();
    assert_eq!(cases::state(&site, case).await, "checking");
    let mail = latest(&site, "back_at_center").await;
    assert!(mail.subject.contains("担当の専門家を調整しています"), "{}", mail.subject);
    assert!(!mail.text_body.contains("ご希望の日時"), "no time was wished: {}", mail.text_body);
}

#[actix_web::test]
async fn a_company_hears_that_no_expert_is_free_only_if_it_is_true() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = applied(&site, CONTACT, &["ict"]).await;
    confirm(&site, case).await;
    let request = offered(&site, case).await.pop().unwrap();
    ops::routing::assignment::decline(&site.app, request.id, cast.expert, "多忙のため".to_owned())
        .await
        .unwrap();
    let mail = latest(&site, "back_at_center").await;
    assert!(mail.text_body.contains("ご希望の日時に担当できる専門家が見つかりませんでした"));
    sound(&site).await;
}

/// Makes a consultation of both fields for which an expert of each is asked, and returns both.
pub async fn asked_both(site: &Site, cast: &Cast, slot: bool) -> (Case, ExpertId, ExpertId) {
    let ict = cases::expert(site, "ict@example.jp", "伊藤 一", Fields::Ict).await;
    let labor = cases::expert(site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    let tx = site.app.begin().await.unwrap();
    entity::expert::Entity::update(entity::expert::ActiveModel {
        id: sea_orm::Set(cast.expert.0),
        active: sea_orm::Set(false),
        ..Default::default()
    })
    .exec(&tx)
    .await
    .unwrap();
    store::reference::revision::touch(&tx, store::reference::revision::RevisedPart::Experts).await.unwrap();
    tx.commit().await.unwrap();
    let case = if slot {
        let case = applied(site, CONTACT, &["ict", "labor"]).await;
        confirm(site, case).await;
        case
    } else {
        let mut form = cases::form(CONTACT);
        form.field = vec!["ict".to_owned(), "labor".to_owned()];
        let case = cases::unconfirmed(site, cast, &form).await;
        confirm(site, case).await;
        let version = cases::record(site, case).await.version;
        ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[ict, labor])
            .await
            .unwrap();
        case
    };
    assert_eq!(offered(site, case).await.len(), 2);
    (case, ict, labor)
}

#[actix_web::test]
async fn an_acceptance_stands_when_the_other_expert_declines() {
    for slot in [true, false] {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        let (case, ict, labor) = asked_both(&site, &cast, slot).await;
        let of = |all: Vec<Assignment>, expert| all.into_iter().find(|it| it.expert == expert).unwrap().id;
        let accepted = of(offered(&site, case).await, ict);
        ops::routing::assignment::accept(&site.app, accepted, ict).await.unwrap();
        let declined = of(offered(&site, case).await, labor);
        ops::routing::assignment::decline(&site.app, declined, labor, "多忙のため".to_owned()).await.unwrap();
        assert_eq!(cases::state(&site, case).await, "checking");
        let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
        assert!(all.iter().any(|it| it.expert == ict && it.is_accepted()), "{all:?}");
        let mail = latest(&site, "back_at_center").await;
        assert!(mail.text_body.contains("一部"), "{}", mail.text_body);
        if slot {
            let held = cases::appointment(&site, case).await;
            assert_eq!(held.experts, [ict]);
            let limit = heard_by(wished().start(), &Settings::default(), &BusinessCalendar::default());
            assert_eq!(held.held_until(), Some(limit));
        }
        sound(&site).await;

        // The center asks another expert for the open field alone, for the same time.
        let third = cases::expert(&site, "third@example.jp", "中村 四郎", Fields::Labor).await;
        let version = cases::record(&site, case).await.version;
        ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[third])
            .await
            .unwrap();
        let request = offered(&site, case).await.pop().unwrap();
        assert_eq!((request.expert, request.fields), (third, Fields::Labor));
        ops::routing::assignment::accept(&site.app, request.id, third).await.unwrap();
        assert_eq!(cases::state(&site, case).await, if slot { "booked" } else { "scheduling" });
        sound(&site).await;
    }
}

/// An acceptance for one field must not rest where no expert is asked for the other one.
#[actix_web::test]
async fn a_case_whose_one_request_is_withdrawn_goes_back_to_the_center() {
    for accepts_first in [true, false] {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        let (case, ict, labor) = asked_both(&site, &cast, false).await;
        let of = |all: &[Assignment], expert| all.iter().find(|it| it.expert == expert).unwrap().id;
        let all = offered(&site, case).await;
        if accepts_first {
            ops::routing::assignment::accept(&site.app, of(&all, labor), labor).await.unwrap();
        }
        let reason = TextLine::parse("理由", "長期の出張", 200).unwrap();
        let later = Successor::Later;
        ops::routing::replacement::release(&site.app, of(&all, ict), None, cast.center(), &reason, later)
            .await
            .unwrap();
        assert_eq!(cases::state(&site, case).await, "checking");
        assert_eq!(offered(&site, case).await, [], "nobody is left whose answer would change nothing");
        let mails = cases::mails_to(&site, "labor@example.jp").await;
        let withdrawn = mails.iter().filter(|it| it.kind == "request_withdrawn").count();
        assert_eq!(withdrawn, usize::from(!accepts_first));
        sound(&site).await;
    }
}

#[actix_web::test]
async fn two_requests_that_are_as_late_end_together() {
    for slot in [true, false] {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        let (case, ict, labor) = asked_both(&site, &cast, slot).await;
        let due = offered(&site, case).await.into_iter().map(|it| it.due_at).max().unwrap();
        site.app.clock.advance(due - site.app.clock.now() + TimeDelta::minutes(1));
        work(&site).await;
        assert_eq!(cases::state(&site, case).await, "checking");
        let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
        for expert in [ict, labor] {
            let ended = all.iter().find(|it| it.expert == expert).unwrap();
            assert!(matches!(ended.state, AssignmentState::Lapsed { .. }), "{ended:?}");
        }
        for address in ["ict@example.jp", "labor@example.jp"] {
            let mails = cases::mails_to(&site, address).await;
            let kinds: Vec<_> = mails.iter().map(|it| it.kind.as_str()).collect();
            assert_eq!(kinds.iter().filter(|it| **it == "request_lapsed").count(), 1, "{kinds:?}");
            assert!(!kinds.contains(&"request_withdrawn"), "{kinds:?}");
        }
        sound(&site).await;
    }
}

#[actix_web::test]
async fn a_time_that_waits_for_the_other_field_is_released_in_time() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let (case, ict, labor) = asked_both(&site, &cast, true).await;
    let of = |all: Vec<Assignment>, expert| all.into_iter().find(|it| it.expert == expert).unwrap().id;
    let accepted = of(offered(&site, case).await, ict);
    ops::routing::assignment::accept(&site.app, accepted, ict).await.unwrap();
    let declined = of(offered(&site, case).await, labor);
    ops::routing::assignment::decline(&site.app, declined, labor, "多忙のため".to_owned()).await.unwrap();
    go_to(&site, "2026-12-02T17:00:00");
    work(&site).await;
    assert_eq!(cases::appointment(&site, case).await.state, AppointmentState::Released);
    assert!(cases::mails_to(&site, CONTACT).await.iter().any(|it| it.kind == "hold_released"));
    let to_expert = cases::mails_to(&site, "ict@example.jp").await;
    assert_eq!(to_expert.last().unwrap().kind, "cancelled", "the expert's calendar is told");
    sound(&site).await;
}

#[actix_web::test]
async fn a_substitute_is_not_asked_too_late() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let second = cases::expert(&site, "second@example.jp", "佐藤 次郎", Fields::Both).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let booked = cases::appointment(&site, case).await;
    let limit = heard_by(booked.starts_at, &Settings::default(), &BusinessCalendar::default());
    let participation =
        store::booking::substitute::Participation { appointment: booked.id, expert: cast.expert };
    let ask = async |consent| {
        let version = cases::record(&site, case).await.version;
        ops::booking::substitute::ask(&site.app, participation, second, version, cast.center(), consent).await
    };
    site.app.clock.advance(limit - site.app.clock.now());
    let refused = ask(ops::booking::substitute::SubstituteConsent::Asked).await;
    assert!(matches!(refused, Err(Problem::Refused(_))), "{refused:?}");
    ask(ops::booking::substitute::SubstituteConsent::Given).await.unwrap();
    assert_eq!(cases::appointment(&site, case).await.experts, [second]);
}

#[actix_web::test]
async fn a_substitute_has_to_answer_before_the_company_has_to_hear() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let second = cases::expert(&site, "second@example.jp", "佐藤 次郎", Fields::Both).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let booked = cases::appointment(&site, case).await;
    let limit = heard_by(booked.starts_at, &Settings::default(), &BusinessCalendar::default());
    let participation =
        store::booking::substitute::Participation { appointment: booked.id, expert: cast.expert };
    site.app.clock.advance(limit - TimeDelta::hours(5) - site.app.clock.now());
    let version = cases::record(&site, case).await.version;
    let consent = ops::booking::substitute::SubstituteConsent::Asked;
    ops::booking::substitute::ask(&site.app, participation, second, version, cast.center(), consent)
        .await
        .unwrap();
    assert_eq!(offered(&site, case).await.pop().unwrap().due_at, limit);
}

#[actix_web::test]
async fn a_closing_day_moves_what_is_running() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let received = cases::received(&site, &cast, "a@example.co.jp").await;
    let matching = cases::matching(&site, &cast, "b@example.co.jp").await;
    let booked = cases::booked(&site, &cast, "c@example.co.jp").await;
    let held = applied(&site, CONTACT, &["ict"]).await;
    let message = domain::text::Prose::parse("メッセージ", "いつごろになりますか。", 2000).unwrap();
    let audience = store::correspondence::message::Audience::Everyone;
    ops::correspondence::message::post(&site.app, received.id, Actor::Company, audience, &message)
        .await
        .unwrap();
    let day = cases::appointment(&site, booked).await.starts_at;
    let due = |it: &Option<Due>| it.as_ref().and_then(Due::at);
    let before = due(&cases::record(&site, received).await.due);
    let request = offered(&site, matching).await.pop().unwrap();
    let until = cases::appointment(&site, held).await.held_until().unwrap();
    assert_eq!(until, "2026-11-24T14:05:00+09:00".parse::<DateTime<Utc>>().unwrap());

    let note = TextLine::parse("理由", "設備点検", 60).unwrap();
    for date in ["2026-11-24", "2026-11-26"] {
        ops::reference::closing_day::add(&site.app, date.parse().unwrap(), &note).await.unwrap();
    }
    let record = cases::record(&site, received).await;
    assert_eq!(before, Some("2026-11-26T17:00:00+09:00".parse().unwrap()));
    assert_eq!(due(&record.due), Some("2026-11-30T17:00:00+09:00".parse().unwrap()));
    let text = record.due.unwrap().explain().join("\n");
    assert!(text.contains("センターの休業日"), "{text}");
    let moved = offered(&site, matching).await.pop().unwrap();
    assert!(moved.due_at > request.due_at);
    assert_eq!(due(&cases::record(&site, matching).await.due), Some(moved.due_at));
    let kept = store::routing::assignment::deadline(&site.app.db, moved.id).await.unwrap().unwrap();
    assert_eq!(kept.at(), Some(moved.due_at));
    assert!(kept.explain().join("\n").contains("センターの休業日"));
    // One reminder is planned, for the new deadline.
    let reminders: Vec<_> = cases::mails_to(&site, "expert@example.jp")
        .await
        .into_iter()
        .filter(|it| it.kind == "request_reminder" && it.consultation_id == Some(matching.id.0))
        .filter(|it| it.state.code() == "waiting")
        .collect();
    assert_eq!(reminders.len(), 1);
    assert!(reminders[0].due_at > request.due_at);
    let until = cases::appointment(&site, held).await.held_until().unwrap();
    assert_eq!(until, "2026-11-25T14:05:00+09:00".parse::<DateTime<Utc>>().unwrap());
    let response = cases::record(&site, received).await.response.unwrap();
    assert_eq!(response.due_at, "2026-11-25T17:00:00+09:00".parse::<DateTime<Utc>>().unwrap());

    // Taking a closing day back makes nothing earlier.
    ops::reference::closing_day::remove(&site.app, "2026-11-26".parse().unwrap()).await.unwrap();
    assert_eq!(offered(&site, matching).await.pop().unwrap().due_at, moved.due_at);
    sound(&site).await;

    // The appointments on a closing day are listed, for the administrator and for the center.
    site.account(Role::Administrator, "admin@example.jp").await;
    site.sign_in("admin@example.jp", crate::site::PASSWORD).await;
    let date = domain::calendar::japan_date(day);
    let parts = domain::wording::iso_date(date);
    let parts: Vec<_> = parts.split('-').collect();
    let form = [("year", parts[0]), ("month", parts[1]), ("day", parts[2]), ("note", "設備点検")];
    let reply = site.post("/admin/holidays", &form).await;
    assert_eq!(reply.status, 303);
    let page = site.get(reply.location.as_deref().unwrap()).await;
    page.shows("確定した予約が1件あります");
    page.shows("休業日にある予約（1件）");
    page.shows(&booked.number.to_string());
    let center = site.visitor();
    center.sign_in("center@example.jp", crate::site::PASSWORD).await;
    center.get("/staff").await.shows("休業日の予約を見る（1件）");
    center.get("/staff/closing-days").await.shows(&booked.number.to_string());
}

/// The reminders of a company, and the item and the proposed closing after them, come as many business days later as
/// before. Those that went out and those of other cases stay.
#[actix_web::test]
async fn a_closing_day_moves_the_steps_of_silence() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let choosing = cases::scheduling(&site, &cast, CONTACT).await;
    let matching = cases::matching(&site, &cast, "b@example.co.jp").await;
    let next = async |case: Case| cases::record(&site, case).await.silence.unwrap().next_at.unwrap();
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    assert_eq!(next(choosing).await, at("2026-11-26T10:00:00+09:00"));
    let before = next(matching).await;
    let note = TextLine::parse("理由", "設備点検", 60).unwrap();
    let close =
        async |day: &str| ops::reference::closing_day::add(&site.app, day.parse().unwrap(), &note).await;
    assert!(close("2026-11-25").await.unwrap().moved >= 2);
    assert_eq!(next(choosing).await, at("2026-11-27T10:00:00+09:00"));
    assert!(next(matching).await > before);
    let history = store::audit::event::of(&site.app.db, choosing.id).await.unwrap();
    let note = history.last().unwrap().note.clone().unwrap();
    assert!(note.contains("「日時の選択」を待つ間の次のお知らせを11月27日（金）に変更"), "{note}");
    // The clock goes on: the reminder is sent on the new day, once, and the next one follows from there.
    go_to(&site, "2026-11-26T10:00:00");
    work(&site).await;
    assert!(!cases::mails_to(&site, CONTACT).await.iter().any(|it| it.kind == "company_reminder"));
    go_to(&site, "2026-11-27T10:00:00");
    work(&site).await;
    assert!(cases::mails_to(&site, CONTACT).await.iter().any(|it| it.kind == "company_reminder"));
    let second = next(choosing).await;
    ops::reference::closing_day::remove(&site.app, "2026-11-25".parse().unwrap()).await.unwrap();
    assert_eq!(next(choosing).await, second, "taking a closing day back makes nothing earlier");
    close("2026-11-28").await.unwrap();
    assert_eq!(next(choosing).await, second, "a Saturday was closed already");
    sound(&site).await;
}

#[actix_web::test]
async fn an_overdue_report_is_asked_for_at_the_new_deadline() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let before = cases::record(&site, case).await.due.unwrap().at().unwrap();
    let note = TextLine::parse("理由", "設備点検", 60).unwrap();
    let day = domain::calendar::japan_date(before);
    assert_eq!(ops::reference::closing_day::add(&site.app, day, &note).await.unwrap().moved, 1);
    let after = cases::record(&site, case).await.due.unwrap().at().unwrap();
    assert!(after > before);
    let overdue: Vec<_> = cases::mails_to(&site, "expert@example.jp")
        .await
        .into_iter()
        .filter(|it| it.kind == "report_due" && it.state.code() == "waiting" && it.due_at > before)
        .collect();
    assert_eq!(overdue.len(), 1);
    assert_eq!(overdue[0].due_at, after);
}

/// The company was told until when it can change its appointment. A closing day that is added later takes nothing away.
#[actix_web::test]
async fn a_closing_day_shortens_no_time_that_a_company_was_told() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let book = async |email: &str, quarter: u8| {
        let case = cases::scheduling(&site, &cast, email).await;
        let slot = Slot::new("2026-12-03".parse().unwrap(), quarter).unwrap();
        ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
        case
    };
    let before = book(CONTACT, 16).await;
    let note = TextLine::parse("理由", "設備点検", 60).unwrap();
    site.app.clock.advance(TimeDelta::minutes(1));
    ops::reference::closing_day::add(&site.app, "2026-12-02".parse().unwrap(), &note).await.unwrap();
    let after = book("after@example.co.jp", 26).await;

    let until = at_japan("2026-12-02".parse().unwrap(), 17, 0);
    site.app.clock.advance(until - TimeDelta::minutes(1) - site.app.clock.now());
    crate::company::sign_in(&site, CONTACT).await;
    site.get(&crate::company::my(before, "")).await.shows(&domain::wording::month_day_time(until));
    let cancel = async |case: Case| {
        ops::booking::appointment::cancel(&site.app, case.id, Actor::Company, "都合により".to_owned()).await
    };
    // The company that booked after the day was added was told an earlier time.
    assert!(matches!(cancel(after).await, Err(Problem::Refused(_))));
    cancel(before).await.unwrap();
    sound(&site).await;
}

#[actix_web::test]
async fn a_reminder_goes_out_before_a_closing_day_that_was_added_later() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let starts_at = cases::appointment(&site, case).await.starts_at;
    let calendar = BusinessCalendar::default();
    let day_before = calendar.previous_business_day(japan_date(starts_at));
    let note = TextLine::parse("理由", "設備点検", 60).unwrap();
    ops::reference::closing_day::add(&site.app, day_before, &note).await.unwrap();
    let planned = at_japan(calendar.previous_business_day(day_before), 10, 0);
    for to in [CONTACT, "expert@example.jp"] {
        let mails = cases::mails_to(&site, to).await;
        let reminders: Vec<_> =
            mails.iter().filter(|it| it.kind == "reminder").map(|it| (it.due_at, it.state.code())).collect();
        assert_eq!(reminders, [(planned, "waiting")], "{to}");
    }
    site.app.clock.advance(planned - site.app.clock.now());
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert!(latest(&site, "reminder").await.sent_at.is_some());
}
