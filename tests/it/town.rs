//! A programme with one person of every kind and a path for every route.
use chrono::TimeDelta;
use codes::ImportKind;
use domain::{
    actor::{Actor, Role},
    booking::{
        appointment::{AppointmentState, Owner},
        waiting_list::{TimePreference, WaitingListEntry, WaitingOffer, WaitingOfferState},
    },
    gathering::SeatKind,
    id::{
        AccountId, AppointmentId, ConsultationId, DeskEntryId, DeskId, ExpertId, PublicationId, WaitingId,
        WaitingOfferId,
    },
    intake::desk_entry::{DeskEntryForm, NotedRequest, OTHER_THEME},
    publication::{Period, PublicationKind, example::consent::ExampleConsentStatus},
    text::{Prose, TextLine},
};
use entity::{
    appointment, assignment, consultation, contact, example_consent, follow_up, outbox, report, theme,
};
use madoguchi::{
    demo::fill,
    ops::{self, calendars::external::CalendarAccess},
    secret::Purpose,
    store::{
        self,
        accounts::session::Holder,
        booking::waiting_list::{HeldOffer, WaitingCompany},
        correspondence::message::Audience,
    },
    web::kit::session::{COMPANY_COOKIE, STAFF_COOKIE},
};
use sea_orm::{EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use crate::{campaign, cases, gathering, network, publishing, site::Site, survey};

const OBSERVER: &str = "observer@example.jp";
const EDITOR: &str = "editor@example.jp";
const ADMINISTRATOR: &str = "administrator@example.jp";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// A visitor who is not signed in.
    Visitor,
    Company,
    Coordinator,
    Expert,
    Desk,
    Observer,
    Editor,
    Administrator,
}

impl Person {
    pub const ALL: [Self; 8] = [
        Self::Visitor,
        Self::Company,
        Self::Coordinator,
        Self::Expert,
        Self::Desk,
        Self::Observer,
        Self::Editor,
        Self::Administrator,
    ];
}

pub struct Town {
    pub site: Site,
    /// A consultation with a confirmed appointment.
    booked: Case,
    /// A consultation whose report is approved and whose survey was sent.
    reported: Case,
    /// A consultation whose expert has not answered yet.
    matching: Case,
    /// A consultation that the desk of the town has handed over.
    handed_over: Case,
    /// The values for the variable parts of a path: the pattern up to its end, or the part alone, and the value.
    parts: Vec<(&'static str, String)>,
}

/// A consultation, and the persons who take part in it.
struct Case {
    number: String,
    email_key: String,
    expert: ExpertId,
}

impl Town {
    pub async fn new() -> Self {
        let site = Site::new().await;
        fill::run(&site.app.db, 150, 40, 1, site.app.clock.now()).await.unwrap();
        site.account(Role::Observer, OBSERVER).await;
        site.account(Role::Administrator, ADMINISTRATOR).await;
        let editor = site.account(Role::Editor, EDITOR).await.id;
        let db = &site.app.db;
        let of_state = |state: &str| appointment::Entity::find().filter(appointment::COLUMN.state.eq(state));
        let appointment = of_state(AppointmentState::Confirmed.code()).one(db).await.unwrap().unwrap();
        let booked = Case::find(&site, appointment.consultation_id.unwrap()).await;
        let approved = report::Entity::find().filter(report::COLUMN.state.eq("approved"));
        let surveyed = follow_up::Entity::find()
            .filter(follow_up::COLUMN.kind.eq("survey"))
            .filter(follow_up::COLUMN.state.is_in(["sent", "answered"]))
            .order_by_desc(follow_up::COLUMN.sent_at)
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let approved = approved
            .filter(report::COLUMN.consultation_id.eq(surveyed.consultation_id))
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let reported = Case::find(&site, approved.consultation_id).await;
        let offered = assignment::Entity::find().filter(assignment::COLUMN.state.eq("offered"));
        let offered = offered.one(db).await.unwrap().unwrap();
        let matching =
            Case { expert: ExpertId(offered.expert_id), ..Case::find(&site, offered.consultation_id).await };
        let mut parts = parts(&site, approved.appointment_id, offered.id, surveyed.id).await;
        parts.extend(desk_parts(&site).await);
        parts.extend(calendars(&site, booked.expert, appointment.id).await);
        let earlier = earlier_time(&site, &appointment).await;
        parts.push(("/o/{token}", earlier));
        parts.push(("/admin/retention/holds/{id}", held(&site).await));
        parts.extend(conversation(&site, ConsultationId(appointment.consultation_id.unwrap())).await);
        parts.extend(published(&site, editor, approved.consultation_id).await);
        parts.extend(registered(&site, editor).await);
        parts.extend(survey_parts(&site, editor).await);
        parts.extend(network::parts(&site).await);
        let (handed_over, file) = handed_over(&site).await;
        parts.push(("/desk/{number}/files/{id}", file));
        Self { site, booked, reported, matching, handed_over, parts }
    }

    /// Returns a browser in which this person is signed in, so that the consultation in the path is theirs.
    pub async fn browser(&self, person: Person, pattern: &str) -> Site {
        let case = self.case(pattern);
        let browser = self.site.visitor();
        let holder = match person {
            Person::Visitor => return browser,
            Person::Company => Holder::Contact(case.email_key.clone()),
            Person::Expert => Holder::Account(AccountId(case.expert.0)),
            Person::Coordinator => self.account("center1@example.jp").await,
            Person::Desk => self.account("desk1@example.jp").await,
            Person::Observer => self.account(OBSERVER).await,
            Person::Editor => self.account(EDITOR).await,
            Person::Administrator => self.account(ADMINISTRATOR).await,
        };
        let app = &self.site.app;
        let tx = app.begin().await.unwrap();
        let token = ops::accounts::account::open_session(&tx, &holder, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let cookie = if person == Person::Company { COMPANY_COOKIE } else { STAFF_COOKIE };
        browser.set_cookie(cookie, &token).await;
        browser
    }

    /// Returns the pattern with an existing value in every variable part.
    pub fn path(&self, pattern: &str) -> String {
        let mut path = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            path.push_str(before);
            let (part, after) = after.split_once('}').unwrap();
            rest = after;
            let name = part.split(':').next().unwrap();
            let until = &pattern[..pattern.len() - rest.len()];
            let known = |key: &str| self.parts.iter().find(|it| it.0 == key).map(|it| it.1.as_str());
            path.push_str(match name {
                "number" => &self.case(pattern).number,
                _ => known(until)
                    .or_else(|| known(name))
                    .unwrap_or_else(|| panic!("what is {name} of {pattern}?")),
            });
        }
        path + rest
    }

    fn case(&self, pattern: &str) -> &Case {
        let about = |words: &[&str]| words.iter().any(|it| pattern.contains(it));
        match () {
            () if pattern.starts_with("/desk/") || about(&["/desk-message"]) => &self.handed_over,
            () if about(&["/answer", "/requests/", "/experts/"]) => &self.matching,
            () if about(&["/report", "/survey", "/questions/", "/outcome/", "/example"]) => &self.reported,
            () => &self.booked,
        }
    }

    async fn account(&self, email: &str) -> Holder {
        let found = store::accounts::account::find_by_email(&self.site.app.db, email).await.unwrap();
        Holder::Account(found.unwrap().id)
    }
}

/// Holds a consultation that has ended, and returns the hold.
async fn held(site: &Site) -> String {
    let by = store::accounts::account::find_by_email(&site.app.db, ADMINISTRATOR).await.unwrap().unwrap().id;
    let ended = consultation::Entity::find().filter(consultation::COLUMN.state.eq("completed"));
    let ended = ended.one(&site.app.db).await.unwrap().unwrap();
    let reason = TextLine::parse("理由", "監査のため", 100).unwrap();
    let number = ended.number.parse().unwrap();
    ops::retention::place_hold(&site.app, number, &reason, by).await.unwrap();
    store::retention::hold::open(&site.app.db).await.unwrap()[0].id.to_string()
}

impl Case {
    async fn find(site: &Site, id: Uuid) -> Self {
        let db = &site.app.db;
        let row = consultation::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        let contact = contact::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        let assignments = store::routing::assignment::of(db, ConsultationId(id)).await.unwrap();
        let expert = assignments.iter().find(|it| it.is_accepted()).or(assignments.last()).unwrap().expert;
        Self { number: row.number, email_key: contact.email_key.unwrap_or_default(), expert }
    }
}

/// Returns a consultation that desk 1 has handed over, and a file in its messages.
async fn handed_over(site: &Site) -> (Case, String) {
    let app = &site.app;
    let desk = store::accounts::account::find_by_email(&app.db, "desk1@example.jp").await.unwrap().unwrap();
    let desk = desk.desk.unwrap();
    let assignments = assignment::Entity::find().all(&app.db).await.unwrap();
    let id = assignments[0].consultation_id;
    let moved = consultation::ActiveModel { id: Set(id), desk_id: Set(Some(desk.0)), ..Default::default() };
    consultation::Entity::update(moved).exec(&app.db).await.unwrap();
    let text = Prose::parse("本文", "資料です", 100).unwrap();
    let file =
        ops::correspondence::attachment::UploadedFile::new("desk.pdf", "application/pdf", b"PDF".to_vec());
    let post = ops::correspondence::message::PostedMessage {
        by: Actor::Desk(desk, None),
        audience: Audience::Desk,
        text: &text,
        files: vec![file],
        form: "message",
        seen: None,
    };
    ops::correspondence::message::post_whole(app, ConsultationId(id), post).await.unwrap();
    let files =
        store::correspondence::attachment::of(&app.db, ConsultationId(id), Audience::Desk).await.unwrap();
    let file = files.into_values().flatten().next().unwrap().id.to_string();
    (Case::find(site, id).await, file)
}

/// Makes an offer of an earlier time to the company with this appointment, and returns its link.
async fn earlier_time(site: &Site, appointment: &appointment::Model) -> String {
    let now = site.app.clock.now();
    let consultation = ConsultationId(appointment.consultation_id.unwrap());
    let waiting = WaitingListEntry {
        id: WaitingId(Uuid::now_v7()),
        since: now,
        preferred_times: vec![TimePreference::default()],
        turned_down: 0,
    };
    let mut held = store::booking::appointment::find(&site.app.db, AppointmentId(appointment.id))
        .await
        .unwrap()
        .unwrap();
    let until = now + TimeDelta::hours(4);
    held.id = AppointmentId(Uuid::now_v7());
    held.owner = Owner::Offer { consultation, waiting: waiting.id };
    held.state = AppointmentState::Held { until: Some(until) };
    held.uid = held.id.to_string();
    let offer = WaitingOffer {
        id: WaitingOfferId(Uuid::now_v7()),
        waiting: waiting.id,
        starts_at: held.starts_at,
        until,
        state: WaitingOfferState::Open,
    };
    let tx = site.app.begin().await.unwrap();
    store::booking::waiting_list::insert(&tx, &WaitingCompany { consultation, waiting }).await.unwrap();
    store::booking::appointment::insert(&tx, &held, &[], now).await.unwrap().unwrap();
    let kept = HeldOffer { offer: offer.clone(), appointment: held.id, offered_at: now };
    store::booking::waiting_list::insert_offer(&tx, &kept).await.unwrap();
    tx.commit().await.unwrap();
    site.app.secret.sign(Purpose::WaitingOffer, offer.id.0, until)
}

/// Makes a message with a file, a mail in HTML, and a reply template.
async fn conversation(site: &Site, id: ConsultationId) -> Vec<(&'static str, String)> {
    let app = &site.app;
    let text = Prose::parse("本文", "資料です", 100).unwrap();
    let file =
        ops::correspondence::attachment::UploadedFile::new("file.pdf", "application/pdf", b"PDF".to_vec());
    let (by, audience) = (Actor::Company, Audience::Everyone);
    let post = ops::correspondence::message::PostedMessage {
        by,
        audience,
        text: &text,
        files: vec![file],
        form: "message",
        seen: None,
    };
    ops::correspondence::message::post_whole(app, id, post).await.unwrap();
    let contact = store::consultation::person(&app.db, id).await.unwrap().unwrap().email.unwrap();
    let to = app.reply_address(id, &contact);
    let answer = crate::inbound_html::html_mail(&contact, &to, "<p>本文</p>");
    let entry = crate::inbound::arrives(site, &answer).await.entry_id.unwrap().to_string();
    let files = store::correspondence::attachment::of(&app.db, id, audience).await.unwrap();
    let file = files.into_values().flatten().next().unwrap().id.to_string();
    let center =
        store::accounts::account::find_by_email(&app.db, "center1@example.jp").await.unwrap().unwrap();
    let name = TextLine::parse("名前", "参加者", 60).unwrap();
    ops::correspondence::reply_template::save(app, None, &name, &text, center.id).await.unwrap();
    let template = store::correspondence::reply_template::all(&app.db).await.unwrap()[0].id.to_string();
    let day = "2027-01-15".parse().unwrap();
    ops::worklist::task::add(app, id, &name, None, day, center.id).await.unwrap();
    let open = store::worklist::task::TaskFilter::Open;
    let task = store::worklist::task::list(&app.db, open, 1).await.unwrap()[0].id.to_string();
    vec![
        ("/staff/tasks/{id}", task),
        ("/my/{number}/files/{id}", file.clone()),
        ("/expert/consultations/{number}/files/{id}", file.clone()),
        ("/staff/consultations/{number}/files/{id}", file),
        ("/staff/templates/{id}", template),
        ("entry", entry),
    ]
}

async fn parts(site: &Site, appointment: Uuid, offered: Uuid, survey: Uuid) -> Vec<(&'static str, String)> {
    let (app, now) = (&site.app, site.app.clock.now());
    let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(app, draft, |it| *it = cases::form(cases::CONTACT)).await.unwrap();
    let submitted = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(app, submitted, |it| *it = cases::form(cases::CONTACT)).await.unwrap();
    ops::intake::apply::release(app, submitted).await.unwrap();
    let objecting = ops::intake::apply::submit(app, submitted, |_| ()).await.unwrap().consultation.id;
    let desk = store::accounts::account::find_by_email(&app.db, "desk5@example.jp").await.unwrap().unwrap();
    let invitation = ops::accounts::account::invite_again(app, desk.id).await.unwrap();
    let expert =
        store::accounts::account::find_by_email(&app.db, "expert01@example.jp").await.unwrap().unwrap();
    let feed = ops::routing::expert::make_feed(app, ExpertId(expert.id.0)).await.unwrap();
    let tx = app.begin().await.unwrap();
    let sign_in = store::accounts::link::Purpose::SignIn { email_key: cases::CONTACT.to_owned() };
    let link = ops::accounts::account::company_link(&tx, &sign_in, now).await.unwrap();
    tx.commit().await.unwrap();
    let mail = outbox::Entity::find().one(&app.db).await.unwrap().unwrap();
    let stray = crate::inbound_html::html_mail("stranger@example.com", "madoguchi@example.jp", "<p>本文</p>");
    let received = crate::inbound::arrives(site, &stray).await.id;
    let theme = theme::Entity::find().one(&app.db).await.unwrap().unwrap();
    let signed = |purpose, id| app.secret.sign(purpose, id, now + TimeDelta::days(1));
    let DeskId(desk_id) = desk.desk.unwrap();
    vec![
        ("draft", draft.to_string()),
        ("question", "company".to_owned()),
        ("action", "ask".to_owned()),
        ("section", "request".to_owned()),
        ("seq", "1".to_owned()),
        ("appointment", appointment.to_string()),
        ("kind", "absence".to_owned()),
        ("year", "2026".to_owned()),
        ("step", "survey".to_owned()),
        ("/admin/mail-texts/{year}/{kind}", "survey".to_owned()),
        ("/admin/masters/themes/{code}", theme.code),
        ("/stats/pref/{code}", "13".to_owned()),
        ("month", "2026-10".to_owned()),
        ("version", "any".to_owned()),
        ("name", "app.css".to_owned()),
        ("/staff/mail/{id}", mail.id.to_string()),
        ("/staff/mail/in/{id}", received.to_string()),
        ("/admin/users/{id}", desk.id.to_string()),
        ("/admin/masters/desks/{id}", desk_id.to_string()),
        ("/expert/availability/{kind}/{id}", Uuid::nil().to_string()),
        ("/staff/set-password/{token}", invitation.token),
        ("/a/{token}", signed(Purpose::Assignment, offered)),
        ("assignment", offered.to_string()),
        ("/staff/consultations/{number}/questions/{id}", survey.to_string()),
        ("/my/{number}/questions/{id}", survey.to_string()),
        ("/f/{token}", signed(Purpose::FollowUp, survey)),
        ("/address-objection/{token}", signed(Purpose::AddressObjection, objecting.0)),
        ("/l/{token}", link),
        ("topic", "weekly_digest".to_owned()),
        ("/u/{topic}/{token}", signed(Purpose::Unsubscribe, expert.id.0)),
        ("/calendar/{token}", feed),
    ]
}

/// Makes a request of a desk and a file of desks.
async fn desk_parts(site: &Site) -> Vec<(&'static str, String)> {
    let app = &site.app;
    let first = store::accounts::account::find_by_email(&app.db, "desk1@example.jp").await.unwrap().unwrap();
    let entry = desk_entry(site, first.desk.unwrap(), first.id).await;
    let administrator =
        store::accounts::account::find_by_email(&app.db, ADMINISTRATOR).await.unwrap().unwrap();
    let file = "都道府県,名称\n秋田県,見本の窓口\n";
    let desks = publishing::kept(site, ImportKind::Desk, None, file, administrator.id).await;
    crate::editions::october(site, administrator.id).await;
    let figures = crate::adoption::regions();
    let figures = publishing::kept(site, ImportKind::Figures, None, &figures, administrator.id).await;
    crate::editions::indicator(site, administrator.id).await;
    let indicator = store::statistics::indicator::all(&app.db).await.unwrap()[0].id;
    vec![
        ("/admin/indicators/{id}", indicator.to_string()),
        ("/admin/masters/desks/import/{id}", desks.to_string()),
        ("/admin/figures/{id}", figures.to_string()),
        ("/desk/calls/{id}", entry.to_string()),
    ]
}

/// Notes a request at a desk.
pub async fn desk_entry(site: &Site, desk: DeskId, by: AccountId) -> DeskEntryId {
    let form = DeskEntryForm {
        name: "見本の人".to_owned(),
        theme: OTHER_THEME.to_owned(),
        ..DeskEntryForm::default()
    };
    let request = NotedRequest::parse(&form, |_| false).unwrap();
    let id = DeskEntryId(Uuid::now_v7());
    ops::intake::desk_entry::note(&site.app, id, (desk, by), request, false).await.unwrap();
    id
}

/// Makes an item of news, an entry of the guide and an example, all public.
async fn published(site: &Site, editor: AccountId, reported: Uuid) -> Vec<(&'static str, String)> {
    let (app, now) = (&site.app, site.app.clock.now());
    let mut made = Vec::new();
    for content in [
        publishing::news("休業日のお知らせ"),
        publishing::grant("導入の助成金"),
        publishing::example("見本の事例"),
        gathering::event(Some(5), Some(5)),
    ] {
        let mut draft = ops::publication::create(app, content, editor).await.unwrap();
        if draft.kind() == PublicationKind::Example {
            draft = publishing::pictures::added(site, &draft, editor).await;
        }
        let seen = ops::publication::Seen { id: draft.id, revision: draft.revision };
        let period = Period::new(now, None).unwrap();
        made.push(ops::publication::publish(app, seen, period, editor).await.unwrap());
    }
    let event = made[3].id;
    ops::gathering::request(app, event, gathering::person("sato@example.co.jp", SeatKind::Online), "n")
        .await
        .unwrap();
    let sign_up =
        store::gathering::sign_up::of_address(&app.db, event, "sato@example.co.jp").await.unwrap().unwrap();
    let participant = app.secret.sign(Purpose::SignUp, sign_up.id.0, now + TimeDelta::days(1));
    let import = publishing::kept(site, ImportKind::News, None, publishing::NEWS_CSV, editor).await;
    let preview = app.secret.sign(Purpose::Preview, made[2].id.0, now + TimeDelta::days(1));
    consented(site, reported, made[2].id, made[2].revision).await;
    vec![
        ("/staff/publish/{kind}", "news".to_owned()),
        ("/staff/publish/{kind}/{id}", made[0].id.to_string()),
        ("revision", "1".to_owned()),
        ("/news/{id}", made[0].number.to_string()),
        ("/guide/{id}", made[1].number.to_string()),
        ("/cases/{id}", made[2].number.to_string()),
        ("/staff/publish/cases/{id}", made[2].id.to_string()),
        ("/staff/publish/{kind:cases|surveys}", "cases".to_owned()),
        ("/staff/publish/{kind:cases|surveys}/{id}", made[2].id.to_string()),
        ("sha256", publishing::pictures::sha256(&made[2])),
        ("/awards/{year}", "2025".to_owned()),
        ("/staff/publish/{kind}/import/{id}", import.to_string()),
        ("/events/{id}", made[3].number.to_string()),
        ("/staff/events/{id}", event.to_string()),
        ("/e/{token}", participant),
        ("/preview/{token}", preview),
    ]
}

/// Makes a telework month with a registration, a file of others, and a logo.
async fn registered(site: &Site, editor: AccountId) -> Vec<(&'static str, String)> {
    let (app, now) = (&site.app, site.app.clock.now());
    let month = campaign::published(site, editor, campaign::month(2026)).await.id;
    let it = campaign::approved(site, month, editor, "みほん", "registrant@example.co.jp", true).await;
    let import = publishing::kept(site, ImportKind::Registration, Some(month), campaign::CSV, editor).await;
    campaign::logo(site, month, editor).await;
    let logo = store::publication::file::of(&app.db, month).await.unwrap()[0].id;
    let registrant = app.secret.sign(Purpose::Registration, it.id.0, now + TimeDelta::days(1));
    vec![
        ("/m/{token}", registrant),
        ("/staff/month/{id}", month.to_string()),
        ("registration", it.id.to_string()),
        ("import", import.to_string()),
        ("logo", logo.to_string()),
        ("/staff/files/{id}", month.to_string()),
        ("file", logo.to_string()),
    ]
}

/// Makes a survey with questions, a picture and answers that are not given, and a report of a doubtful request.
async fn survey_parts(site: &Site, editor: AccountId) -> Vec<(&'static str, String)> {
    let app = &site.app;
    let draft = ops::publication::create(app, survey::notice(survey::open_form()), editor).await.unwrap();
    let draft = publishing::pictures::added(site, &draft, editor).await;
    let it = survey::publish(site, editor, &draft).await;
    let token = survey::begun(site, it.id, "").await;
    let doubt = survey::doubt(site).await;
    vec![
        ("/staff/surveys/{id}", it.id.to_string()),
        ("/surveys/{id}", it.number.to_string()),
        ("/surveys/{id}/pictures/{sha256}", publishing::pictures::sha256(&it)),
        ("/q/{token}", token),
        ("/staff/doubts/{id}", doubt.to_string()),
    ]
}

/// Makes a consent under which the company of a consultation reads a revision of an example.
async fn consented(site: &Site, consultation: Uuid, example: PublicationId, revision: i32) {
    let now = site.app.clock.now();
    let row = example_consent::Model {
        consultation_id: consultation,
        status: ExampleConsentStatus::Review.into(),
        is_named: true,
        given_at: Some(now),
        wording: Some("同意の文章".to_owned()),
        publication_id: Some(example.0),
        shown_revision: Some(revision),
        approved_revision: None,
        wish: None,
        due_at: None,
        updated_at: now,
    };
    let tx = site.app.begin().await.unwrap();
    example_consent::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// Makes two external calendars of an expert, at an address that may not be fetched, one with an entry.
async fn calendars(site: &Site, expert: ExpertId, appointment: Uuid) -> Vec<(&'static str, String)> {
    let (app, now) = (&site.app, site.app.clock.now());
    let ids = [Uuid::now_v7(), Uuid::now_v7()];
    let tx = app.begin().await.unwrap();
    for id in ids {
        let access = CalendarAccess {
            url: "https://127.0.0.1/calendar/".parse().unwrap(),
            user: "expert".to_owned(),
            password: "secret".to_owned(),
        };
        let source = store::calendars::external::Source {
            id,
            expert_id: expert.0,
            kind: codes::CalendarKind::CalDav.into(),
            name: "仕事".to_owned(),
            host: "127.0.0.1".to_owned(),
            access: app.secret.encrypt(id, &serde_json::to_string(&access).unwrap()).unwrap(),
            writes: true,
            blocks_when_stale: true,
            blocking: true,
            version: None,
            created_at: now,
            due_at: now,
            fetched_at: now,
            read_at: now,
            failing_since: None,
            failures: 0,
            error: None,
            unread: 0,
            unknown_zones: 0,
            lease_token: None,
            lease_until: None,
        };
        store::calendars::external::insert(&tx, source, &[]).await.unwrap();
    }
    let entry = store::calendars::external::entry::Entry {
        id: Uuid::now_v7(),
        source_id: ids[1],
        appointment_id: appointment,
        href: "/calendar/entry.ics".to_owned(),
        state: codes::CalendarEntryStatus::Deleted.into(),
        sequence: 0,
        etag: None,
        moved_from: None,
        moved_to: None,
        noticed_at: Some(now),
        failures: 0,
        due_at: now,
        error: None,
    };
    let entry_id = entry.id.to_string();
    store::calendars::external::entry::insert(&tx, entry).await.unwrap();
    tx.commit().await.unwrap();
    vec![
        ("/expert/calendars/{id}", ids[0].to_string()),
        ("/expert/calendars/entries/{id}", entry_id.clone()),
        ("/staff/consultations/{number}/proposals/{id}", entry_id),
    ]
}
