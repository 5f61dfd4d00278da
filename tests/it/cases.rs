//! People and consultations for tests, made through the operations as the programme makes them.
//!
//! Every function continues from the state that the preceding function reaches.
use chrono::{NaiveTime, TimeDelta, Weekday};
use domain::{
    actor::{Actor, Role},
    aftercare::report::ReportBody,
    booking::{
        appointment::Appointment,
        availability::{Slot, Span, WeeklyRule},
    },
    field::{Field, Fields},
    id::{AccountId, ConsultationId, DeskId, ExpertId},
    intake::{
        application::{Application, ApplicationForm, Intake},
        contact::EmailAddress,
        desk::{DeskForm, DeskProfile},
    },
    number::CaseNumber,
};
use entity::{expert, outbox};
use madoguchi::{
    ops::{
        self,
        accounts::account::NewAccount,
        aftercare::report::{ReportDecision, Saving},
        routing::expert::AvailabilityChange,
    },
    password::Password,
    store::{self, consultation::Record, reference::revision::RevisedPart},
};
use sea_orm::{EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::site::{PASSWORD, Site};

/// The contact of the company, unless a test says otherwise.
pub const CONTACT: &str = "contact@example.co.jp";

/// The staff who work on the consultations; both can sign in with `PASSWORD`.
#[derive(Clone, Copy, Debug)]
pub struct Cast {
    /// The coordinator `center@example.jp`.
    pub coordinator: AccountId,
    /// The expert 山田 太郎, `expert@example.jp`, for both fields, at `https://video.example.jp/expert`.
    pub expert: ExpertId,
}

#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub id: ConsultationId,
    pub number: CaseNumber,
}

impl Cast {
    pub async fn new(site: &Site) -> Self {
        let coordinator = site.account(Role::Coordinator, "center@example.jp").await.id;
        let expert = expert(site, "expert@example.jp", "山田 太郎", Fields::Both).await;
        Self { coordinator, expert }
    }

    pub const fn center(&self) -> Actor {
        Actor::Coordinator(self.coordinator)
    }
}

/// Makes an expert in Tokyo who is free on weekdays from 9 to 17, online and for visits, and can sign in with
/// `PASSWORD`.
pub async fn expert(site: &Site, email: &str, name: &str, fields: Fields) -> ExpertId {
    let new = NewAccount {
        email: EmailAddress::parse(email).unwrap(),
        name: name.to_owned(),
        role: Role::Expert,
        desk: None,
    };
    let invitation = ops::accounts::account::invite(&site.app, &new).await.unwrap();
    let password = Password::parse(PASSWORD, "", "").unwrap();
    let id = ops::accounts::account::set_password(&site.app, &invitation.token, password).await.unwrap().id.0;
    let local = email.split('@').next().unwrap();
    let row = expert::Model {
        id,
        ict: fields.contains(Field::Ict),
        labor: fields.contains(Field::Labor),
        works_online: true,
        works_visit: true,
        home_prefecture: 13,
        daily_limit: 4,
        weekly_limit: 12,
        open_limit: 20,
        capacity: 20,
        video_url: format!("https://video.example.jp/{local}"),
        profile: "中小企業のテレワーク導入を支援しています。".to_owned(),
        active: true,
        feed_hash: None,
    };
    let tx = site.app.begin().await.unwrap();
    expert::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await.unwrap();
    let visits = entity::expert_prefecture::Model { expert_id: id, prefecture: 13 };
    entity::expert_prefecture::Entity::insert(visits.into_active_model())
        .exec_without_returning(&tx)
        .await
        .unwrap();
    store::reference::revision::touch(&tx, RevisedPart::Experts).await.unwrap();
    tx.commit().await.unwrap();
    let hour = |it| NaiveTime::from_hms_opt(it, 0, 0).unwrap();
    let span = Span::between(hour(9), hour(17)).unwrap();
    for weekday in [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri] {
        let rule = WeeklyRule { weekday, span, valid_from: None, valid_until: None };
        ops::routing::expert::change_availability(&site.app, ExpertId(id), AvailabilityChange::AddRule(rule))
            .await
            .unwrap();
    }
    ExpertId(id)
}

/// Lets an expert visit these prefectures too, by their codes.
pub async fn visits_too(site: &Site, expert: ExpertId, prefectures: &[i16]) {
    let tx = site.app.begin().await.unwrap();
    let rows = prefectures.iter().map(|&prefecture| {
        entity::expert_prefecture::Model { expert_id: expert.0, prefecture }.into_active_model()
    });
    entity::expert_prefecture::Entity::insert_many(rows).exec_without_returning(&tx).await.unwrap();
    store::reference::revision::touch(&tx, RevisedPart::Experts).await.unwrap();
    tx.commit().await.unwrap();
}

/// Returns a complete and valid application form: ICT, online, 「みなと製作所」 in Tokyo.
pub fn form(email: &str) -> ApplicationForm {
    ApplicationForm {
        field: vec!["ict".to_owned()],
        description: "在宅勤務の勤怠管理に困っています。".to_owned(),
        mode: "online".to_owned(),
        company_name: "株式会社みなと製作所".to_owned(),
        company_kana: "ミナトセイサクショ".to_owned(),
        organization: "kk".to_owned(),
        postal_code: "105-0001".to_owned(),
        prefecture: "13".to_owned(),
        city: "港区".to_owned(),
        street: "見本1-2-3".to_owned(),
        industry: "E".to_owned(),
        employees: "28".to_owned(),
        regular_employees: "20".to_owned(),
        telework_status: "none".to_owned(),
        contact_name: "田中 一郎".to_owned(),
        contact_kana: "タナカ イチロウ".to_owned(),
        email: email.to_owned(),
        phone: "03-0000-0000".to_owned(),
        consent: "yes".to_owned(),
        ..ApplicationForm::default()
    }
}

/// Makes a consultation that the center has taken down and whose address is not confirmed.
pub async fn unconfirmed(site: &Site, cast: &Cast, form: &ApplicationForm) -> Case {
    let application = Application::parse(form, Intake::OnBehalf).unwrap();
    let taken =
        ops::intake::apply::take_down(&site.app, &application, cast.center(), Uuid::new_v4(), false).await;
    let taken = taken.unwrap();
    Case { id: taken.consultation.id, number: taken.number }
}

/// Makes a consultation in `Received`, with the address of the contact confirmed.
pub async fn received(site: &Site, cast: &Cast, email: &str) -> Case {
    received_of(site, cast, &form(email)).await
}

async fn received_of(site: &Site, cast: &Cast, form: &ApplicationForm) -> Case {
    let case = unconfirmed(site, cast, form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    case
}

/// Makes a consultation in `Matching`: the expert of the cast is asked.
pub async fn matching(site: &Site, cast: &Cast, email: &str) -> Case {
    matching_of(site, cast, &form(email)).await
}

/// Makes a consultation like `matching`, of another form.
pub async fn matching_of(site: &Site, cast: &Cast, form: &ApplicationForm) -> Case {
    let case = received_of(site, cast, form).await;
    let version = record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    case
}

/// Makes a consultation in `Scheduling`: the expert has accepted, and no time is chosen.
pub async fn scheduling(site: &Site, cast: &Cast, email: &str) -> Case {
    scheduling_of(site, cast, &form(email)).await
}

/// Makes a consultation like `scheduling`, of another form.
pub async fn scheduling_of(site: &Site, cast: &Cast, form: &ApplicationForm) -> Case {
    let case = matching_of(site, cast, form).await;
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
    case
}

/// Makes a consultation in `Booked`, at the first slot on offer.
pub async fn booked(site: &Site, cast: &Cast, email: &str) -> Case {
    let case = scheduling(site, cast, email).await;
    let slot = free_slots(site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    case
}

/// Makes a consultation in `Consulted`: the clock stands at the end of the appointment, and the report is due.
pub async fn consulted(site: &Site, cast: &Cast, email: &str) -> Case {
    let case = booked(site, cast, email).await;
    let ends_at = appointment(site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    ops::booking::appointment::record_done(&site.app, case.id, Actor::Expert(cast.expert)).await.unwrap();
    case
}

/// Makes a consultation in `FollowUp`: the report is approved, and the survey and follow-ups are planned.
pub async fn approved(site: &Site, cast: &Cast, email: &str) -> Case {
    let case = consulted(site, cast, email).await;
    let id = appointment(site, case).await.id;
    let body = ReportBody {
        advice: "クラウドの勤怠管理を段階的に始めてください。".to_owned(),
        internal_note: "内部だけの所見です。".to_owned(),
        ..report()
    };
    ops::aftercare::report::write(&site.app, id, cast.expert, body, 0, Saving::Submit).await.unwrap();
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, ReportDecision::Approve).await.unwrap();
    case
}

/// Returns a report in which nothing is missing.
pub fn report() -> ReportBody {
    ReportBody {
        present_state: "紙のタイムカードを使っています。".to_owned(),
        advice: "クラウドの勤怠管理を始めてください。".to_owned(),
        next_steps: "3月までに規程の案を作ります。".to_owned(),
        ..ReportBody::default()
    }
}

/// Makes a consultation in `FollowUp` and sends every question that is due within `wait`; the clock stands at the end
/// of `wait`.
pub async fn followed_up(site: &Site, cast: &Cast, email: &str, wait: TimeDelta) -> Case {
    let case = approved(site, cast, email).await;
    site.app.clock.advance(wait);
    for due in store::aftercare::follow_up::due(&site.app.db, site.app.clock.now(), &[], 10).await.unwrap() {
        ops::aftercare::follow_up::send(&site.app, domain::id::FollowUpId(due)).await.unwrap();
    }
    case
}

/// Adds a desk of which nothing but the name and the prefecture is known.
pub async fn desk(site: &Site, name: &str, prefecture: &str) -> DeskId {
    let (name, prefecture) = (name.to_owned(), prefecture.to_owned());
    let form = DeskForm { name, prefecture, ..DeskForm::default() };
    ops::reference::desk::add(&site.app, &DeskProfile::parse(&form).unwrap()).await.unwrap()
}

pub async fn record(site: &Site, case: Case) -> Record {
    store::consultation::find(&site.app.db, case.id).await.unwrap().unwrap()
}

/// Returns the code of the consultation's state.
pub async fn state(site: &Site, case: Case) -> &'static str {
    record(site, case).await.consultation.state.code()
}

/// Returns the latest appointment, in whatever state it is.
pub async fn appointment(site: &Site, case: Case) -> Appointment {
    store::booking::appointment::of(&site.app.db, case.id).await.unwrap().pop().unwrap()
}

/// Returns the slots that the company could choose now, earliest first.
pub async fn free_slots(site: &Site, case: Case) -> Vec<Slot> {
    let record = record(site, case).await;
    let offers = ops::booking::appointment::joint_offers(&site.app, &record, Actor::Company).await.unwrap();
    offers.days().into_iter().flat_map(|(_, slots)| slots).collect()
}

/// Returns every mail that was written to this address, oldest first, whether it is sent or still waiting.
pub async fn mails_to(site: &Site, to: &str) -> Vec<outbox::Model> {
    outbox::Entity::find()
        .filter(outbox::COLUMN.recipient.eq(to))
        .order_by_asc(outbox::COLUMN.created_at)
        .order_by_asc(outbox::COLUMN.id)
        .all(&site.app.db)
        .await
        .unwrap()
}

/// Returns the path of the last link in the last mail of this kind, such as `/l/…`.
#[track_caller]
pub fn link(mails: &[outbox::Model], kind: &str) -> String {
    let mail = mails.iter().rfind(|it| it.kind == kind).unwrap();
    let line = mail.text_body.lines().rfind(|it| it.starts_with("http")).unwrap();
    let url = url::Url::parse(line).unwrap();
    url[url::Position::BeforePath..].to_owned()
}

#[actix_web::test]
async fn every_case_is_in_the_state_that_its_name_says() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    assert_eq!(state(&site, unconfirmed(&site, &cast, &form("a@example.co.jp")).await).await, "received");
    let matching = matching(&site, &cast, "b@example.co.jp").await;
    assert_eq!(state(&site, matching).await, "matching");
    assert_eq!(matching.number.to_string(), "R08-000002");
    let scheduling = scheduling(&site, &cast, "c@example.co.jp").await;
    assert_eq!(state(&site, scheduling).await, "scheduling");
    assert!(!free_slots(&site, scheduling).await.is_empty());
    let booked = booked(&site, &cast, CONTACT).await;
    assert_eq!(state(&site, booked).await, "booked");
    assert!(appointment(&site, booked).await.is_confirmed());
    let case = followed_up(&site, &cast, "d@example.co.jp", TimeDelta::days(7)).await;
    assert_eq!(state(&site, case).await, "follow_up");
    let mail = mails_to(&site, "d@example.co.jp").await;
    assert!(link(&mail, "survey").starts_with("/f/"));
    assert!(link(&mail, "booked").starts_with("/l/"));
}
