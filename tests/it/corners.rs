//! Rare events in a consultation's life: answers that come too late, and consultations that are taken up again.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::{Actor, Role},
    aftercare::report::ReportBody,
    booking::{
        appointment::{Appointment, AppointmentState},
        notice::heard_by,
    },
    calendar::BusinessCalendar,
    id::{AccountId, ConsultationId},
    intake::application::{Application, ApplicationForm, Intake},
    number::FiscalYear,
    routing::assignment::Assignment,
    settings::{RoutingMode, Settings},
    text::TextLine,
};
use madoguchi::{
    demo, doctor,
    ops::{
        self,
        aftercare::report::{ReportDecision, Saving},
        case::actor::ActorAt,
        consultation::Ending,
    },
    problem::Problem,
    store, worker,
};
use uuid::Uuid;

use crate::{
    cases::{self, Cast},
    site::Site,
};

#[actix_web::test]
async fn an_expert_who_accepts_after_the_slot_has_passed_books_nothing_in_the_past() {
    let site = with_experts().await;
    let id = applied(&site).await;
    let held = live(&site, id).await.unwrap();
    site.app.clock.advance(held.starts_at - site.app.clock.now() + TimeDelta::minutes(1));
    let request = offered(&site, id).await.unwrap();
    ops::routing::assignment::accept(&site.app, request.id, request.expert).await.unwrap();
    assert_eq!(state(&site, id).await, "scheduling");
    assert_eq!(live(&site, id).await, None);
    sound(&site).await;
}

#[actix_web::test]
async fn no_expert_is_asked_for_a_past_slot() {
    let site = with_experts().await;
    let id = applied(&site).await;
    let held = live(&site, id).await.unwrap();
    site.app.clock.advance(held.starts_at - site.app.clock.now() + TimeDelta::minutes(1));
    let request = offered(&site, id).await.unwrap();
    ops::routing::assignment::decline(&site.app, request.id, request.expert, "多忙".to_owned())
        .await
        .unwrap();
    assert_eq!(state(&site, id).await, "checking");
    assert_eq!((offered(&site, id).await, live(&site, id).await), (None, None));
    sound(&site).await;
}

#[actix_web::test]
async fn a_confirmed_company_keeps_its_slot_until_the_center_has_looked() {
    let site = with_experts().await;
    let (now, by) = (site.app.clock.now(), center(&site).await);
    let year = FiscalYear::of(domain::calendar::japan_date(now)).unwrap();
    let reviewed = Settings { routing: RoutingMode::Reviewed, ..Settings::default() };
    ops::reference::settings::save(&site.app, year, &reviewed, 0, by).await.unwrap();
    let id = applied(&site).await;
    let held = live(&site, id).await.unwrap();
    assert_eq!(state(&site, id).await, "received");
    let limit = heard_by(held.starts_at, &reviewed, &BusinessCalendar::default());
    assert_eq!(held.state, AppointmentState::Held { until: Some(limit) }, "the company hears in time");
    site.app.clock.advance(TimeDelta::hours(25));
    worker::once(&site.app).await;
    assert!(live(&site, id).await.is_some(), "24 hours are the limit of an unconfirmed address");
    site.app.clock.advance(held.starts_at - site.app.clock.now());
    worker::once(&site.app).await;
    assert_eq!(live(&site, id).await, None);
}

#[actix_web::test]
async fn a_consultation_that_ended_after_its_appointment_is_sound_and_goes_on_after_it_when_reopened() {
    let site = with_experts().await;
    let by = center(&site).await;
    let id = followed(&site, by).await;
    ops::consultation::end(&site.app, id, None, Actor::Company, Ending::Withdraw { reason: None })
        .await
        .unwrap();
    sound(&site).await;
    let version = store::consultation::find(&site.app.db, id).await.unwrap().unwrap().version;
    let reason = TextLine::parse("理由", "改めて相談したいとのこと", 100).unwrap();
    ops::consultation::reopening::reopen(&site.app, id, version, Actor::Coordinator(by), &reason)
        .await
        .unwrap();
    let record = store::consultation::find(&site.app.db, id).await.unwrap().unwrap();
    assert_eq!(record.consultation.state.code(), "follow_up", "what took place stays");
    assert!(record.due.is_some(), "the center has something to do");
    sound(&site).await;
}

#[actix_web::test]
async fn a_question_without_an_address_is_left_to_the_telephone() {
    let site = with_experts().await;
    let by = center(&site).await;
    let id = followed(&site, by).await;
    let questions = store::aftercare::follow_up::of(&site.app.db, id).await.unwrap();
    site.app.clock.advance(questions[0].due_at - site.app.clock.now());
    worker::once(&site.app).await;
    let notes: Vec<_> = notes_of(&site, id).await;
    assert!(notes.iter().any(|it| it.contains("電話での確認が必要です")), "{notes:?}");
    assert!(!notes.iter().any(|it| it.contains("アンケートを送りました")), "{notes:?}");
}

/// Makes a site with forty experts and nothing else.
async fn with_experts() -> Site {
    let site = Site::new().await;
    demo::fill::run(&site.app.db, 0, 40, 1, site.app.clock.now()).await.unwrap();
    site
}

async fn center(site: &Site) -> AccountId {
    site.account(Role::Coordinator, "someone@example.jp").await.id
}

/// Applies with the first slot on offer, and confirms the address.
async fn applied(site: &Site) -> ConsultationId {
    let app = &site.app;
    let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(app, draft, |it| *it = form("contact@example.co.jp")).await.unwrap();
    let offers =
        ops::intake::apply::slots(app, &ops::intake::apply::draft(app, draft).await.unwrap()).await.unwrap();
    let first = offers.days()[0].1[0];
    ops::intake::apply::hold(app, draft, first).await.unwrap();
    let id = ops::intake::apply::submit(app, draft, |_| ()).await.unwrap().consultation.id;
    ops::consultation::confirm_address(app, id, Actor::Company).await.unwrap();
    id
}

/// Makes a consultation that was taken down on the telephone without an address, was held, and was reported on.
async fn followed(site: &Site, by: AccountId) -> ConsultationId {
    let (app, center) = (&site.app, Actor::Coordinator(by));
    let application = Application::parse(&form(""), Intake::OnBehalf).unwrap();
    let record =
        ops::intake::apply::take_down(app, &application, center, Uuid::new_v4(), true).await.unwrap();
    let id = record.consultation.id;
    let roster = app.programme_and_experts().await.unwrap().1;
    let expert = roster.all().iter().find(|it| it.fields.covers(domain::field::Fields::Both)).unwrap().id;
    ops::routing::assignment::request(app, id, record.version, center, &[expert]).await.unwrap();
    let request = offered(site, id).await.unwrap();
    ops::routing::assignment::accept(app, request.id, expert).await.unwrap();
    let record = store::consultation::find(&app.db, id).await.unwrap().unwrap();
    let offers = ops::booking::appointment::joint_offers(app, &record, center).await.unwrap();
    let slot = offers.days().into_iter().flat_map(|it| it.1).find(|it| it.start() > app.clock.now()).unwrap();
    ops::booking::appointment::choose_slot(app, id, center, slot).await.unwrap();
    app.clock.advance(slot.start() + TimeDelta::hours(1) - app.clock.now());
    let appointment = live(site, id).await.unwrap().id;
    ops::booking::appointment::record_done(app, id, Actor::Expert(expert)).await.unwrap();
    let body = ReportBody {
        present_state: "紙の勤怠管理".to_owned(),
        advice: "段階的な導入".to_owned(),
        next_steps: "規程の案を作る".to_owned(),
        ..ReportBody::default()
    };
    ops::aftercare::report::write(app, appointment, expert, body, 0, Saving::Submit).await.unwrap();
    ops::aftercare::report::decide(app, appointment, by, ReportDecision::Approve).await.unwrap();
    assert_eq!(state(site, id).await, "follow_up");
    id
}

fn form(email: &str) -> ApplicationForm {
    let text = str::to_owned;
    ApplicationForm {
        field: vec![text("ict")],
        description: text("社外から社内のデータを見たいです。"),
        mode: text("online"),
        company_name: text("株式会社なぎさ堂製作所"),
        company_kana: text("ナギサドウセイサクショ"),
        organization: text("kk"),
        postal_code: text("1000001"),
        prefecture: text("13"),
        city: text("千代田区"),
        street: text("本町1-1"),
        industry: text("E"),
        employees: text("25"),
        regular_employees: text("20"),
        telework_status: text("planned"),
        contact_name: text("青木　明子"),
        contact_kana: text("アオキ　アキコ"),
        email: text(email),
        phone: text("03-0000-0000"),
        ..ApplicationForm::default()
    }
}

async fn live(site: &Site, id: ConsultationId) -> Option<Appointment> {
    let all = store::booking::appointment::of(&site.app.db, id).await.unwrap();
    all.into_iter().find(Appointment::is_live)
}

async fn offered(site: &Site, id: ConsultationId) -> Option<Assignment> {
    let all = store::routing::assignment::of(&site.app.db, id).await.unwrap();
    all.into_iter().find(|it| it.state.code() == "offered")
}

async fn state(site: &Site, id: ConsultationId) -> &'static str {
    store::consultation::find(&site.app.db, id).await.unwrap().unwrap().consultation.state.code()
}

async fn notes_of(site: &Site, id: ConsultationId) -> Vec<String> {
    let lines = store::audit::event::of(&site.app.db, id).await.unwrap();
    lines.into_iter().filter_map(|it| it.note).collect()
}

async fn sound(site: &Site) {
    let now: DateTime<Utc> = site.app.clock.now();
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(&site.app.db, now).await.unwrap(), []);
}

#[actix_web::test]
async fn the_second_to_move_an_appointment_from_the_same_page_is_told() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, cases::CONTACT).await;
    let seen = ActorAt::new(cast.center(), cases::record(&site, case).await.version);
    let slots = cases::free_slots(&site, case).await;

    ops::booking::appointment::reschedule(&site.app, case.id, seen, slots[3]).await.unwrap();
    let second = ops::booking::appointment::reschedule(&site.app, case.id, seen, slots[9]).await;
    assert!(matches!(second, Err(Problem::Stale)), "{second:?}");
    let third = ops::booking::appointment::cancel(&site.app, case.id, seen, "都合により".to_owned()).await;
    assert!(matches!(third, Err(Problem::Stale)), "{third:?}");
    assert_eq!(cases::appointment(&site, case).await.starts_at, slots[3].start());
}
