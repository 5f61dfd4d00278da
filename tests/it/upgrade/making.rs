//! A database with rows in every table, made by the operations of this version. Its dump is what later versions are
//! tested with.
use std::{fs::File, io::Write, path::Path, process::Command};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use codes::ImportKind;
use domain::{
    actor::{Actor, Role},
    aftercare::report::ReportBody,
    booking::{
        availability::{Absence, Exception, ExceptionChange as Hours, Slot},
        waiting_list::TimePreference,
    },
    consultation::correction::{CaseValues, CorrectedField, CorrectionSection},
    correspondence::outgoing_mail::topic::NotificationTopic,
    gathering::{NextStep, SeatKind, Usefulness},
    id::{AccountId, AppointmentId, ConsultationId},
    number::FiscalYear,
    publication::PublicationKind,
    text::{Prose, TextLine},
};
use entity::{conflict_of_interest, consultation, report};
use flate2::{Compression, write::GzEncoder};
use madoguchi::{
    demo::fill,
    doctor,
    mail::text::TextKind,
    ops::{
        self,
        booking::waiting_list::WaitingResult,
        calendars::external::CalendarAccess,
        consultation::correction::CorrectionCause,
        publication::import::{ImportedContent, TakenAs},
        routing::expert::AvailabilityChange,
    },
    store::{
        self,
        calendars::external::{Source, entry},
        correspondence::message::Audience,
    },
    worker,
};
use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    answers, campaign,
    cases::{self, CONTACT, Case, Cast},
    gathering, inbound, inbound_html, publishing,
    site::{PASSWORD, Site},
    survey, tables, town,
};

/// The day on which the expert of the cast is booked out.
const FULL: &str = "2026-12-03";
/// The company that has an appointment on the day after, and waits for an earlier one.
const WAITER: &str = "waiting@example.co.jp";
/// A mailbox that was read once.
const MAILBOX: &str = "madoguchi@mail.example.jp/INBOX";

/// Makes a small programme in which every event has happened at least once.
async fn everything() -> Site {
    // The limit is so high that no mail waits for it.
    let site = Site::on_disk_with_settings(&[("SMTP_DOMAIN_PER_MINUTE", "60000")]).await;
    fill::run(&site.app.db, 24, 6, 1, site.app.clock.now()).await.unwrap();
    let cast = Cast::new(&site).await;
    let administrator = site.account(Role::Administrator, "administrator@example.jp").await.id;
    administered(&site, administrator).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    marked(&site, &cast, case).await;
    merged(&site, &cast).await;
    retained(&site, &cast).await;
    written(&site, &cast, case).await;
    corrected(&site, &cast, case).await;
    routed(&site, &cast).await;
    offered(&site, &cast).await;
    calendars(&site, &cast, case).await;
    consented(&site, &cast).await;
    received(&site, case).await;
    guarded(&site, administrator).await;
    assert_eq!(site.get("/readyz").await.status, 200);
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    worker::once(&site.app).await;
    site
}

/// Makes an administrator's second factor, and a wrong password.
async fn guarded(site: &Site, administrator: AccountId) {
    let app = &site.app;
    let account = store::accounts::account::find(&app.db, administrator).await.unwrap().unwrap();
    let new = ops::accounts::second_factor::new_secret(app, administrator).unwrap();
    let secret = totp_rs::Secret::try_from_base32(&new.secret).unwrap();
    let codes = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let code = codes.generate(app.clock.now().timestamp().try_into().unwrap()).to_string();
    ops::accounts::own_account::set_up_factor(app, &account, &new, &code).await.unwrap().unwrap();
    assert_eq!(site.visitor().sign_in("administrator@example.jp", "not the password").await.status, 422);
}

/// Makes an administrator's settings of a year, and people's notification preferences.
async fn administered(site: &Site, by: AccountId) {
    let app = &site.app;
    let year = FiscalYear::new(2026).unwrap();
    let programme = app.programme().await.unwrap();
    ops::reference::settings::save(app, year, programme.settings(year), 0, by).await.unwrap();
    let note = TextLine::parse("メモ", "年末の休業", 60).unwrap();
    ops::reference::closing_day::add(app, day("2026-12-28"), &note).await.unwrap();
    ops::aftercare::follow_up_programme::take(app, year, 0, &programme.follow_up(year), by).await.unwrap();
    let words = TextKind::Survey.shipped_words();
    ops::correspondence::mail_text::save(app, year, TextKind::Survey, 0, Some(&words), by).await.unwrap();
    ops::correspondence::notification_preferences::unsubscribe(app, by, NotificationTopic::DailyDigest)
        .await
        .unwrap();
    let desk = store::accounts::account::find_by_email(&app.db, "desk1@example.jp").await.unwrap().unwrap();
    town::desk_entry(site, desk.desk.unwrap(), desk.id).await;
    publishing::kept(site, ImportKind::Desk, None, "都道府県,名称\n秋田県,見本の窓口\n", by).await;
    crate::editions::october(site, by).await;
    let figures = crate::adoption::regions();
    let figures = publishing::kept(site, ImportKind::Figures, None, &figures, by).await;
    ops::statistics::adoption::take(app, figures, &domain::statistics::adoption::shipped()).await.unwrap();
    let draft = ops::publication::create(app, publishing::grant("導入の助成金"), by).await.unwrap();
    let seen = ops::publication::Seen { id: draft.id, revision: draft.revision };
    let period = domain::publication::Period::new(app.clock.now(), None).unwrap();
    let grant = ops::publication::publish(app, seen, period, by).await.unwrap();
    let next = domain::publication::news::WebAddress::parse("/guide").unwrap();
    ops::publication::successor::save(app, grant.id, Some(&next), by).await.unwrap();
    event_held(site, by).await;
    month_held(site, by).await;
    survey_held(site, by).await;
    crate::network::parts(site).await;
    let import = publishing::kept(site, ImportKind::Example, None, publishing::CSV, by).await;
    let rows = vec![ImportedContent { content: publishing::example("見本の取込み"), period: None }];
    let kind = PublicationKind::Example;
    ops::publication::import::take(app, (kind, import), rows, TakenAs::Drafts, by).await.unwrap();
    let draft = ops::publication::create(app, publishing::news("消す下書き"), by).await.unwrap();
    let seen = ops::publication::Seen { id: draft.id, revision: draft.revision };
    ops::publication::deletion::delete(app, seen, by).await.unwrap();
    let entry = store::publication::newest(&app.db, PublicationKind::Guide, 1).await.unwrap().remove(0);
    app.readers.count(entry.publication.id, day("2026-11-20"));
    ops::publication::readers::keep(app).await.unwrap();
    let (name, body) =
        (TextLine::parse("名前", "参加者", 60), Prose::parse("本文", "当日の参加者を教えてください。", 100));
    ops::correspondence::reply_template::save(app, None, &name.unwrap(), &body.unwrap(), by).await.unwrap();
}

/// Makes a consent to an example, and an example with a picture.
async fn consented(site: &Site, cast: &Cast) {
    let app = &site.app;
    let completed = consultation::Entity::find().filter(consultation::COLUMN.state.eq("completed"));
    let completed = completed.order_by_asc(consultation::Column::Number).all(&app.db).await.unwrap();
    let mut agreed = 0;
    for case in completed {
        let id = ConsultationId(case.id);
        agreed += usize::from(ops::publication::consent::agree(app, id, true).await.is_ok());
        if agreed == 1 {
            break;
        }
    }
    assert_eq!(agreed, 1);
    let approved = report::Entity::find().filter(report::COLUMN.state.eq("approved")).one(&app.db).await;
    let id = AppointmentId(approved.unwrap().unwrap().appointment_id);
    let delivered = store::aftercare::report::of_appointment(&app.db, id).await.unwrap().unwrap();
    let body = ReportBody { advice: "訂正した助言です。".to_owned(), ..delivered.body };
    let reason = TextLine::parse("理由", "誤記", 200).unwrap();
    ops::aftercare::report::correct(app, id, cast.coordinator, (body, delivered.version), &reason)
        .await
        .unwrap();
    let it =
        ops::publication::create(app, publishing::example("画像のある事例"), cast.coordinator).await.unwrap();
    publishing::pictures::added(site, &it, cast.coordinator).await;
}

/// Makes an event with a participant who has answered the questionnaire.
async fn event_held(site: &Site, by: AccountId) {
    let app = &site.app;
    let event = gathering::published(site, by, gathering::event(Some(1), Some(5))).await;
    let form = gathering::person("participant@example.co.jp", SeatKind::Online);
    ops::gathering::request(app, event.id, form, "network").await.unwrap();
    let found = store::gathering::sign_up::of_address(&app.db, event.id, "participant@example.co.jp").await;
    let sign_up = found.unwrap().unwrap();
    ops::gathering::confirm(app, sign_up.id).await.unwrap();
    let answers = store::gathering::questionnaire::QuestionnaireAnswer {
        usefulness: Usefulness::Very,
        next_step: NextStep::Consult,
        comment: Some("参考になりました".to_owned()),
    };
    let tx = app.begin().await.unwrap();
    store::gathering::questionnaire::save(&tx, sign_up.id, &answers, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Makes a telework month with a registration in force, one that waits, one from a file, and a logo.
async fn month_held(site: &Site, by: AccountId) {
    let app = &site.app;
    let month = campaign::published(site, by, campaign::month(2026)).await.id;
    let it = campaign::approved(site, month, by, "みほん", "registrant@example.co.jp", true).await;
    ops::campaign::invite(app, month, &[it.id], by).await.unwrap();
    campaign::waiting(site, month, "まつみほん", "waits@example.co.jp", false).await;
    campaign::logo(site, month, by).await;
    let import = publishing::kept(site, ImportKind::Registration, Some(month), campaign::CSV, by).await;
    ops::campaign::import::take(app, import, vec![it.entry], by).await.unwrap_err();
    let other = campaign::company("取込みの会社", "file@example.co.jp", false, 1).entry;
    ops::campaign::import::take(app, import, vec![other], by).await.unwrap();
}

/// Makes a survey with a code and an answer, and a report of a doubtful request.
async fn survey_held(site: &Site, by: AccountId) {
    let draft = ops::publication::create(&site.app, survey::notice(survey::form()), by).await.unwrap();
    let it = survey::publish(site, by, &draft).await;
    ops::survey::print_codes(&site.app, it.id, 2, by).await.unwrap();
    let code = survey::codes(site, it.id).await.remove(0);
    survey::begun(site, it.id, &code).await;
    survey::doubt(site).await;
    let member = store::survey::member::NewMember {
        email: "member@example.co.jp".to_owned(),
        email_key: "member@example.co.jp".to_owned(),
        name: "見本 花子".to_owned(),
        prefecture: None,
        industry: None,
        status: None,
    };
    ops::survey::join(&site.app, &member).await.unwrap();
    let tx = site.app.begin().await.unwrap();
    store::survey::result::insert(&tx, it.id, &[], (by, site.app.clock.now())).await.unwrap();
    tx.commit().await.unwrap();
    crate::editions::indicator(site, by).await;
}

/// Makes a conversation with a file, and an unfinished message.
async fn written(site: &Site, cast: &Cast, case: Case) {
    let app = &site.app;
    let text = Prose::parse("本文", "規程の案をお送りします。", 100).unwrap();
    let file = ops::correspondence::attachment::UploadedFile::new(
        "規程案.pdf",
        "application/pdf",
        b"%PDF-1.4".to_vec(),
    );
    let post = ops::correspondence::message::PostedMessage {
        by: Actor::Company,
        audience: Audience::Everyone,
        text: &text,
        files: vec![file],
        form: "message",
        seen: None,
    };
    ops::correspondence::message::post_whole(app, case.id, post).await.unwrap();
    ops::correspondence::message::save_draft(
        app,
        case.id,
        cast.center(),
        "message",
        "ありがとうございます。",
    )
    .await
    .unwrap();
}

/// Makes a correction with its reason.
async fn corrected(site: &Site, cast: &Cast, case: Case) {
    let mut typed = CaseValues::default();
    typed.set(CorrectedField::Participants, "社長、総務部長");
    let reason = TextLine::parse("理由", "電話で確認", 60).unwrap();
    let cause = CorrectionCause::reason(Some(&reason));
    let section = CorrectionSection::Request;
    ops::consultation::correction::correct(&site.app, case.id, cast.center().into(), section, &typed, cause)
        .await
        .unwrap();
}

/// Makes a request that an expert has declined, so that another was asked for the same time, and the rows that keep
/// experts from being asked.
async fn routed(site: &Site, cast: &Cast) {
    let app = &site.app;
    let case = answers::held(site, cast, "routed@example.co.jp").await;
    let request = store::routing::assignment::of(&app.db, case.id).await.unwrap().pop().unwrap();
    let reason = "多忙のため".to_owned();
    ops::routing::assignment::decline(app, request.id, request.expert, reason).await.unwrap();
    let company_id =
        consultation::Entity::find_by_id(case.id.0).one(&app.db).await.unwrap().unwrap().company_id;
    let known =
        conflict_of_interest::Model { expert_id: cast.expert.0, company_id, reason: "顧問先".to_owned() };
    conflict_of_interest::Entity::insert(known.into_active_model())
        .exec_without_returning(&app.db)
        .await
        .unwrap();
    let away = Absence { first: day("2027-01-12"), last: day("2027-01-15"), stand_in: None };
    let closed = Exception { date: day("2027-01-20"), change: Hours::RemoveAll };
    for change in
        [AvailabilityChange::AddAbsence(away, "出張".to_owned()), AvailabilityChange::AddException(closed)]
    {
        ops::routing::expert::change_availability(app, cast.expert, change).await.unwrap();
    }
    let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(app, draft, |it| *it = cases::form("unfinished@example.co.jp")).await.unwrap();
}

/// Makes a company that is offered the time which another one has given back.
async fn offered(site: &Site, cast: &Cast) {
    let app = &site.app;
    let full = day(FULL);
    let mut rivals = Vec::new();
    for n in 0..4 {
        rivals.push(booked_on(site, cast, &format!("rival{n}@example.co.jp"), full).await);
    }
    let case = booked_on(site, cast, WAITER, full.succ_opt().unwrap()).await;
    let preference = TimePreference { from: Some(full), until: Some(full), ..TimePreference::default() };
    let waits =
        ops::booking::waiting_list::wait(app, case.id, Actor::Company, vec![preference]).await.unwrap();
    assert_eq!(waits, WaitingResult::Yes);
    ops::booking::appointment::cancel(app, rivals[0].id, Actor::Company, "都合により".to_owned())
        .await
        .unwrap();
}

async fn booked_on(site: &Site, cast: &Cast, email: &str, day: NaiveDate) -> Case {
    let case = cases::scheduling(site, cast, email).await;
    let slots = cases::free_slots(site, case).await;
    let slot: Slot = slots.into_iter().find(|it| it.date() == day).unwrap();
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    case
}

/// Makes an external calendar of the expert, at an address that may not be fetched, with a busy hour and a booking of
/// ours, and a mailbox with its reading position.
async fn calendars(site: &Site, cast: &Cast, case: Case) {
    let (app, now) = (&site.app, site.app.clock.now());
    let id = Uuid::now_v7();
    let access = CalendarAccess {
        url: "https://127.0.0.1/calendar/".parse().unwrap(),
        user: "expert".to_owned(),
        password: "secret".to_owned(),
    };
    let source = Source {
        id,
        expert_id: cast.expert.0,
        kind: codes::CalendarKind::CalDav.into(),
        name: "仕事".to_owned(),
        host: "127.0.0.1".to_owned(),
        access: app.secret.encrypt(id, &serde_json::to_string(&access).unwrap()).unwrap(),
        writes: true,
        blocks_when_stale: false,
        blocking: false,
        version: Some("1".to_owned()),
        created_at: now,
        due_at: now + TimeDelta::minutes(30),
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
    let appointment = cases::appointment(site, case).await;
    let put = entry::Entry {
        id: Uuid::now_v7(),
        source_id: id,
        appointment_id: appointment.id.0,
        href: "/calendar/entry.ics".to_owned(),
        state: codes::CalendarEntryStatus::Written.into(),
        sequence: appointment.sequence,
        etag: Some("\"1\"".to_owned()),
        moved_from: None,
        moved_to: None,
        noticed_at: None,
        failures: 0,
        due_at: now,
        error: None,
    };
    let quarter = (now + TimeDelta::days(60)).timestamp() / 900;
    let tx = app.begin().await.unwrap();
    store::calendars::external::insert(&tx, source, &[quarter..quarter + 4, quarter + 8..quarter + 12])
        .await
        .unwrap();
    entry::insert(&tx, put).await.unwrap();
    read_mailbox(&tx, now).await;
    tx.commit().await.unwrap();
}

/// Makes the row of a mailbox that was read once.
async fn read_mailbox(tx: &DatabaseTransaction, now: DateTime<Utc>) {
    use store::correspondence::mailbox;
    let (token, _) = mailbox::lease(tx, MAILBOX, TimeDelta::minutes(5), now).await.unwrap().unwrap();
    let place = mailbox::ReadPosition { uid_validity: Some(1), last_uid: 7 };
    assert!(mailbox::renew(tx, MAILBOX, token, TimeDelta::minutes(5), now).await.unwrap());
    assert!(mailbox::advance(tx, MAILBOX, token, place).await.unwrap());
    mailbox::give_back(tx, MAILBOX, token, "").await.unwrap();
}

/// Makes incoming mail: an answer, a stranger's mail, and a report of failure.
async fn received(site: &Site, case: Case) {
    let to = site.app.reply_address(case.id, CONTACT);
    let answer = inbound_html::html_mail(CONTACT, &to, "<p>当日は<b>2名</b>で参加します。</p>");
    assert_eq!(inbound::arrives(site, &answer).await.state.code(), "attached");
    let stray =
        inbound::raw_mail("stranger@example.com", "madoguchi@example.jp", "お問い合わせ", "資料をください。");
    inbound::arrives(site, &stray).await;
    let gone = cases::mails_to(site, "rival3@example.co.jp").await.remove(0);
    let report = include_str!("../../mails/bounces/postfix.eml")
        .replace("{own}", &Uuid::new_v4().simple().to_string())
        .replace("{address}", &gone.recipient)
        .replace("{id}", &gone.message_id)
        .replace("{to}", "madoguchi@example.jp")
        .replace("{action}", "failed")
        .replace("{status}", "5.1.1")
        .replace('\n', "\r\n");
    assert_eq!(inbound::arrives(site, &report).await.state.code(), "bounce");
}

/// The center marks a case for its own work.
async fn marked(site: &Site, cast: &Cast, case: Case) {
    let (app, by) = (&site.app, cast.coordinator);
    let title = TextLine::parse("作業", "資料を探す", 100).unwrap();
    ops::worklist::task::add(app, case.id, &title, Some(by), day("2026-12-01"), by).await.unwrap();
    ops::worklist::tag::add(app, case.id, &[domain::worklist::Tag::parse("至急").unwrap()], by)
        .await
        .unwrap();
    ops::worklist::visit::record(app, by, case.id, &[]).await.unwrap();
}

/// Holds a consultation, erases another one at request, and announces what is due.
async fn retained(site: &Site, cast: &Cast) {
    let (app, by) = (&site.app, cast.coordinator);
    let mut both = Vec::new();
    for email in ["held@example.co.jp", "erased@example.co.jp"] {
        let case = cases::received(site, cast, email).await;
        let ending = ops::consultation::Ending::Withdraw { reason: None };
        ops::consultation::end(app, case.id, None, cast.center(), ending).await.unwrap();
        both.push(case);
    }
    let reason = TextLine::parse("理由", "監査のため", 200).unwrap();
    ops::retention::place_hold(app, both[0].number, &reason, by).await.unwrap();
    let record = domain::retention::RetentionPart::Record;
    ops::retention::erase_at_request(app, both[1].number, record, by).await.unwrap();
    let tx = app.begin().await.unwrap();
    let (settings, now) = (domain::settings::Settings::default(), app.clock.now());
    madoguchi::store::retention::notice::insert(&tx, day("2026-04-01"), &settings, now).await.unwrap();
    tx.commit().await.unwrap();
}

/// Makes two companies one, and two cases, and relates a third one to them.
async fn merged(site: &Site, cast: &Cast) {
    let reason = TextLine::parse("理由", "電話で確認", 200).unwrap();
    let (app, by) = (&site.app, cast.coordinator);
    let mut seen = Vec::new();
    for email in ["once@example.co.jp", "twice@example.co.jp", "apart@example.co.jp"] {
        let case = cases::received(site, cast, email).await;
        let record = cases::record(site, case).await;
        seen.push((
            ops::consultation::merge::SeenCase { id: case.id, version: record.version },
            record.company,
        ));
    }
    let choice =
        ops::consultation::merge::MergeChoice { taken: &[], reason: &reason, releases: false, split: None };
    ops::consultation::merge::merge(app, seen[0].0, seen[1].0, choice, by).await.unwrap();
    ops::consultation::related_case::relate(app, seen[0].0.id, seen[2].0.id, None, by).await.unwrap();
    let choice = ops::intake::company_merge::CompanyChoice::default();
    ops::intake::company_merge::merge(app, seen[0].1, seen[1].1, choice, &reason, by).await.unwrap();
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[actix_web::test]
async fn every_table_has_rows_and_the_doctor_finds_nothing() {
    let site = everything().await;
    let db = &site.app.db;
    // A sound database has nothing set aside.
    let filled = tables::fingerprint(db, &["set_aside"]).await;
    let empty: Vec<_> = filled.into_iter().filter(|it| it.1.0 == 0).collect();
    assert_eq!(empty, [], "fill these tables above too");
    assert_eq!(doctor::examine(db, site.app.clock.now()).await.unwrap(), []);
    // `tests/upgrade/README.md` describes this variable.
    if let Ok(name) = std::env::var("MADOGUCHI_TEST_DUMP") {
        write_dump(&site, &name);
    }
}

/// Writes `NAME.sqlite.sql.gz` or `NAME.postgres.sql.gz`, where `name` is the path up to `NAME`.
fn write_dump(site: &Site, name: &str) {
    let url = site.database_url();
    let (kind, mut dump) = match url.strip_prefix("sqlite://") {
        Some(file) => {
            let mut dump = Command::new("sqlite3");
            dump.args([file, ".dump"]);
            ("sqlite", dump)
        }
        None => {
            let mut dump = Command::new("pg_dump");
            dump.args(["--no-owner", "--no-privileges", "--inserts", url]);
            ("postgres", dump)
        }
    };
    let dumped = dump.output().unwrap();
    assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
    let sql = String::from_utf8(dumped.stdout).unwrap();
    let path = format!("{name}.{kind}.sql.gz");
    let mut packed = GzEncoder::new(File::create(Path::new(&path)).unwrap(), Compression::best());
    // The skipped lines are commands to psql.
    for line in sql
        .split_inclusive('\n')
        .filter(|it| !it.starts_with("\\restrict") && !it.starts_with("\\unrestrict"))
    {
        packed.write_all(line.as_bytes()).unwrap();
    }
    packed.finish().unwrap();
}
