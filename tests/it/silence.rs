//! Silence: whatever state a case is in, while no person acts the people concerned are told in time, each of them once.
mod holds;
mod overlooked;
mod waiting;
mod years;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use codes::{ConsultationStatus, SilenceKind, Turn};
use domain::{
    actor::Actor,
    aftercare::follow_up::{FollowUpState, WAITS_DAYS},
    booking::notice::in_business_hours,
    calendar::{BusinessCalendar, at_japan, japan_date},
    consultation::State,
    due::Due,
    field::Fields,
    id::ExpertId,
    intake::application::ApplicationForm,
    settings::Settings,
    text::Prose,
};
use entity::outbox;
use madoguchi::{
    mail::outgoing_mail::MailKind,
    ops::{self, consultation::Ending},
    problem::Problem,
    store::{self, consultation::Record, correspondence::message::Audience},
    worker,
};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    deadlines::{applied, go_to, sound, work},
    site::{PASSWORD, Site},
};

/// A case with the name of its state and when a person last heard of it.
struct Watched {
    name: &'static str,
    case: Case,
    heard: DateTime<Utc>,
    /// The longest time, in business days, in which nobody may hear of it in its present state.
    limit: usize,
}

impl Watched {
    fn of(name: &'static str, case: Case, now: DateTime<Utc>) -> Self {
        Self { name, case, heard: now, limit: usize::MAX }
    }
}

/// Returns the longest time, in business days, in which nobody may hear of a case: that between two steps of its state by the
/// settings, and the day on which the next digest goes out. `heard` is when a person last heard of it.
async fn limit(site: &Site, case: Case, record: &Record, heard: DateTime<Utc>) -> usize {
    let (settings, now) = (Settings::default(), site.app.clock.now());
    if record.response.is_some() {
        // The digest counts it every business day, as it counts what was received.
        return 2;
    }
    let reminders = [
        settings.first_reminder_days,
        settings.second_reminder_days - settings.first_reminder_days,
        settings.stalled_days - settings.second_reminder_days,
    ];
    let days = match record.consultation.state {
        State::Checking => usize::from(settings.first_contact_days),
        State::WaitingCompany | State::Scheduling => reminders.into_iter().map(usize::from).max().unwrap(),
        State::Matching => usize::from(settings.reply_days),
        // Until the appointment the proof of a corrected address is asked for.
        State::Booked if record.silence.is_some_and(|it| it.kind == SilenceKind::Address) => {
            reminders.into_iter().map(usize::from).max().unwrap()
        }
        State::Booked => {
            let starts_at = cases::appointment(site, case).await.starts_at;
            if starts_at > now {
                business_days(heard, starts_at)
            } else {
                usize::from(settings.missing_outcome_days)
            }
        }
        State::Consulted if record.approves_report() => usize::from(settings.missing_outcome_days),
        // The days of a week on which the center works.
        State::Consulted => usize::from(settings.report_days) * 5 / 7,
        State::FollowUp if waits_for_contact(record) => usize::from(settings.first_contact_days),
        State::Received
        | State::FollowUp
        | State::Completed
        | State::Withdrawn
        | State::Unfulfilled { .. }
        | State::Referred { .. } => 1,
    };
    days + 1
}

/// Returns whether a case that is followed up waits for the center too, beside its questions.
const fn waits_for_contact(record: &Record) -> bool {
    record.wants_help_since.is_some() || record.owed.is_some()
}

/// Makes a case in every open state, and further ones that wait for something special.
async fn every_state(site: &Site, cast: &Cast) -> Vec<Watched> {
    let contact = |name: &str| format!("{name}@example.co.jp");
    let mut all = Vec::new();
    let mut add = |name, case| all.push((name, case));
    add("unconfirmed", cases::unconfirmed(site, cast, &cases::form(&contact("a"))).await);
    add("held", applied(site, &contact("b"), &["ict"]).await);
    let mut by_phone = cases::form("");
    by_phone.email = String::new();
    add("by phone", cases::unconfirmed(site, cast, &by_phone).await);
    add("received", cases::received(site, cast, &contact("c")).await);
    let checking = cases::received(site, cast, &contact("d")).await;
    let version = cases::record(site, checking).await.version;
    ops::consultation::start_check(&site.app, checking.id, version, cast.coordinator).await.unwrap();
    add("checking", checking);
    let waiting = cases::received(site, cast, &contact("e")).await;
    let version = cases::record(site, waiting).await.version;
    let question = Prose::parse("確認したいこと", "端末は何台ですか。", 2000).unwrap();
    ops::correspondence::message::ask(&site.app, waiting.id, version, cast.center(), &question)
        .await
        .unwrap();
    add("waiting_company", waiting);
    add("matching", cases::matching(site, cast, &contact("f")).await);
    add("scheduling", cases::scheduling(site, cast, &contact("g")).await);
    add("booked", cases::booked(site, cast, &contact("h")).await);
    add("follow_up", cases::approved(site, cast, &contact("i")).await);
    add("consulted", cases::consulted(site, cast, &contact("j")).await);
    add("one accepted", one_accepted(site, cast, &contact("k")).await);
    let mut by_phone = cases::form("");
    by_phone.email = String::new();
    add("choosing by phone", scheduling_by_phone(site, cast, &by_phone).await);
    every_open_state_is_among(site, &all).await;
    let now = site.app.clock.now();
    all.into_iter().map(|(name, case)| Watched::of(name, case, now)).collect()
}

/// Makes a case of both fields, and an expert for each.
async fn of_both_fields(site: &Site, cast: &Cast, email: &str) -> (Case, ExpertId, ExpertId) {
    let ict = cases::expert(site, "ict@example.jp", "伊藤 一", Fields::Ict).await;
    let labor = cases::expert(site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    let mut form = cases::form(email);
    form.field = vec!["ict".to_owned(), "labor".to_owned()];
    let case = cases::unconfirmed(site, cast, &form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    (case, ict, labor)
}

/// Makes a case of both fields of which one expert has accepted a part.
async fn one_accepted(site: &Site, cast: &Cast, email: &str) -> Case {
    let (case, ict, labor) = of_both_fields(site, cast, email).await;
    let version = cases::record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[ict, labor])
        .await
        .unwrap();
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let request = all.iter().find(|it| it.expert == ict).unwrap().id;
    ops::routing::assignment::accept(&site.app, request, ict).await.unwrap();
    case
}

/// Makes a case whose company has only a telephone and has to choose a time.
async fn scheduling_by_phone(site: &Site, cast: &Cast, form: &ApplicationForm) -> Case {
    let case = cases::unconfirmed(site, cast, form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let version = cases::record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap().id;
    ops::routing::assignment::accept(&site.app, request, cast.expert).await.unwrap();
    case
}

/// Asserts that there is a case in every state that is open, and one for everything that a case can wait for.
async fn every_open_state_is_among(site: &Site, all: &[(&'static str, Case)]) {
    let (mut states, mut waits) = (BTreeSet::new(), BTreeSet::new());
    for (_, case) in all {
        let record = cases::record(site, *case).await;
        states.insert(record.consultation.state.code());
        waits.extend(record.silence.map(|it| it.kind.code()));
    }
    let open = ConsultationStatus::ALL.into_iter().filter(|it| match it {
        ConsultationStatus::Received
        | ConsultationStatus::Checking
        | ConsultationStatus::WaitingCompany
        | ConsultationStatus::Matching
        | ConsultationStatus::Scheduling
        | ConsultationStatus::Booked
        | ConsultationStatus::Consulted
        | ConsultationStatus::FollowUp => true,
        ConsultationStatus::Completed
        | ConsultationStatus::Withdrawn
        | ConsultationStatus::Unfulfilled
        | ConsultationStatus::Referred => false,
    });
    assert_eq!(states, open.map(ConsultationStatus::code).collect());
    assert_eq!(waits, SilenceKind::ALL.into_iter().map(SilenceKind::code).collect());
}

/// Lets every job work until nothing is due.
async fn work_all(site: &Site) {
    Box::pin(worker::once(&site.app)).await;
}

/// Notes who was told of the case since the last look: a mail about it was sent, or today's digest for the center counts
/// it. A case that only waits for its questions is heard of on the day after the one that is planned or lapses next.
async fn listen(site: &Site, watched: &mut [Watched], since: DateTime<Utc>) {
    let now = site.app.clock.now();
    let sent = outbox::Entity::find()
        .filter(outbox::COLUMN.sent_at.gt(since))
        .filter(outbox::COLUMN.sent_at.lte(now))
        .all(&site.app.db)
        .await
        .unwrap();
    let digest = sent.iter().any(|it| it.kind == "digest");
    let (mut new, mut overdue, mut stalled, mut calls, mut unanswered, mut reports) = (0, 0, 0, 0, 0, 0);
    for it in watched {
        let record = cases::record(site, it.case).await;
        let due = record.due.as_ref().and_then(Due::at);
        let turn = record.consultation.state.turn();
        let is_late =
            due.is_some_and(|due| due < now) && [Turn::Center, Turn::Expert, Turn::Company].contains(&turn);
        let is_new = record.consultation.state == State::Received;
        let is_stalled = record.stalled_since.is_some();
        (new, overdue, stalled) =
            (new + u64::from(is_new), overdue + u64::from(is_late), stalled + u64::from(is_stalled));
        let is_called = record.to_call_since.is_some();
        calls += u64::from(is_called);
        let is_unanswered = record.response.is_some();
        unanswered += u64::from(is_unanswered);
        let in_digest = is_new || is_late || is_stalled || is_called || is_unanswered;
        let about = sent.iter().any(|mail| mail.consultation_id == Some(it.case.id.0));
        let questions = store::aftercare::follow_up::of(&site.app.db, it.case.id).await.unwrap();
        // The plan decides in this state alone, and only until the day after: then it is late.
        let only_plan = record.consultation.state == State::FollowUp && !waits_for_contact(&record);
        let planned = questions.iter().any(|it| match it.state {
            FollowUpState::Planned => it.due_at + TimeDelta::days(1) > now,
            FollowUpState::Sent { at } => at + TimeDelta::days(WAITS_DAYS + 1) > now,
            FollowUpState::Answered { .. } | FollowUpState::Skipped | FollowUpState::Lapsed => false,
        });
        let planned = only_plan && planned;
        // Nothing is left of a case that has ended, unless a report on what took place is due: the digest counts it.
        let is_over = !record.consultation.state.is_open() && record.due.is_none();
        let is_reported = !record.consultation.state.is_open() && record.due.is_some();
        reports += u64::from(is_reported);
        if about || (digest && (in_digest || is_reported)) || planned || is_over {
            it.heard = now;
        }
        it.limit = limit(site, it.case, &record, it.heard).await;
    }
    // The digest counts exactly the cases that the test takes to be in it.
    let counted = store::worklist::center_digest::center_digest(&site.app.db, now, 0).await.unwrap();
    assert!(counted.reports >= reports, "{} of {reports}", counted.reports);
    let counted = (counted.new, counted.overdue, counted.stalled, counted.calls, counted.unanswered);
    assert_eq!(counted, (new, overdue, stalled, calls, unanswered));
}

fn business_days(from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
    BusinessCalendar::default().business_days_between(japan_date(from), japan_date(to))
}

/// Lets sixty business days pass in which nobody acts. Fails if nobody hears of a case for longer than its state allows.
async fn for_sixty_business_days(site: &Site, watched: &mut [Watched]) {
    Box::pin(work_all(site)).await;
    let begun = site.app.clock.now();
    let mut before = begun - TimeDelta::seconds(1);
    let mut silent = BTreeSet::new();
    while business_days(begun, site.app.clock.now()) < 60 {
        site.app.clock.advance(TimeDelta::hours(8));
        Box::pin(work_all(site)).await;
        Box::pin(listen(site, watched, before)).await;
        before = site.app.clock.now();
        for it in watched.iter() {
            let gap = business_days(it.heard, before);
            if gap > it.limit {
                let state = cases::state(site, it.case).await;
                silent.insert((it.name, state, gap, it.limit));
            }
        }
    }
    assert!(silent.is_empty(), "silent for more business days than allowed: {silent:?}");
}

/// The state × time table: for every state, sixty business days in which nobody acts.
#[actix_web::test]
async fn no_state_is_silent_for_sixty_business_days() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let mut watched = Box::pin(every_state(&site, &cast)).await;
    Box::pin(for_sixty_business_days(&site, &mut watched)).await;
    // Nothing closes by itself, and the center has an item for everything that waits for a company.
    for name in ["unconfirmed", "held", "waiting_company", "scheduling"] {
        let case = watched.iter().find(|it| it.name == name).unwrap().case;
        let record = cases::record(&site, case).await;
        assert!(record.consultation.state.is_open(), "{name}");
        assert!(record.stalled_since.is_some(), "{name}");
        assert!(record.silence.unwrap().proposes_closing(), "{name}");
        assert_eq!(reminders(&site, case).await, 2, "{name}");
    }
    // The company never chose, so that the booked case is one whose outcome is missing.
    let booked = watched.iter().find(|it| it.name == "booked").unwrap().case;
    let record = cases::record(&site, booked).await;
    assert_eq!(record.consultation.state, State::Booked);
    assert!(record.stalled_since.is_some());
    keeps_hours(&site).await;
    sound(&site).await;
}

async fn reminders(site: &Site, case: Case) -> usize {
    let sent = outbox::Entity::find()
        .filter(outbox::COLUMN.consultation_id.eq(case.id.0))
        .filter(outbox::COLUMN.kind.eq("company_reminder"))
        .all(&site.app.db)
        .await
        .unwrap();
    sent.iter().filter(|it| it.state.code() == "sent").count()
}

/// Asserts that no mail that can wait was sent outside of opening hours.
async fn keeps_hours(site: &Site) {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    for mail in outbox::Entity::find().all(&site.app.db).await.unwrap() {
        let Some(sent_at) = mail.sent_at else { continue };
        if MailKind::from_code(&mail.kind).unwrap().keeps_hours() {
            let hours = in_business_hours(sent_at, &settings, &calendar);
            assert_eq!(hours, sent_at, "{} was sent at {sent_at}", mail.subject);
        }
    }
}

#[actix_web::test]
async fn a_company_that_acts_is_not_reminded() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    go_to(&site, "2026-11-26T10:00:00");
    work(&site).await;
    // The mail is written, and the company chooses before it is sent.
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    Box::pin(work_all(&site)).await;
    let reminder = cases::mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "company_reminder");
    assert_eq!(reminder.unwrap().state.code(), "suppressed");
}

#[actix_web::test]
async fn a_message_of_the_company_starts_the_clock_anew() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let before = cases::record(&site, case).await.silence.unwrap();
    go_to(&site, "2026-11-25T10:00:00");
    write(&site, case, "来週、選びます。").await;
    let after = cases::record(&site, case).await.silence.unwrap();
    assert!(after.since > before.since && after.next_at > before.next_at, "{after:?}");
}

/// Sends a message of the company.
async fn write(site: &Site, case: Case, text: &str) {
    let text = Prose::parse("メッセージ", text, 2000).unwrap();
    ops::correspondence::message::post(&site.app, case.id, Actor::Company, Audience::Everyone, &text)
        .await
        .unwrap();
}

#[actix_web::test]
async fn two_workers_take_a_step_once() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    go_to(&site, "2026-11-26T10:00:00");
    let step = || ops::consultation::silence::take_step(&site.app, case.id);
    let (one, other, third) = tokio::join!(step(), step(), step());
    one.and(other).and(third).unwrap();
    let mails = cases::mails_to(&site, CONTACT).await;
    assert_eq!(mails.iter().filter(|it| it.kind == "company_reminder").count(), 1);
    assert_eq!(cases::record(&site, case).await.silence.unwrap().stage, 1);
}

#[actix_web::test]
async fn the_closing_is_proposed_and_done_by_one_click() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let path = format!("/staff/consultations/{}", case.number);
    for day in ["2026-11-26", "2026-12-02", "2026-12-07"] {
        go_to(&site, &format!("{day}T10:00:00"));
        work(&site).await;
    }
    site.sign_in("center@example.jp", PASSWORD).await;
    site.get("/staff?tab=stalled").await.shows(&case.number.to_string());
    let page = site.get(&path).await;
    page.shows("動きがありません");
    assert!(!page.body.contains("返事がないため終了する"), "not yet");
    let version = cases::record(&site, case).await.version.to_string();
    let early = site.post(&format!("{path}/close-in-silence"), &[("version", &version)]).await;
    assert_eq!(early.status, 409);
    go_to(&site, "2026-12-14T10:00:00");
    work(&site).await;
    site.sign_in("center@example.jp", PASSWORD).await;
    site.get(&path).await.shows("返事がないため終了する");
    assert_eq!(cases::state(&site, case).await, "scheduling", "nothing closes silently");
    let version = cases::record(&site, case).await.version.to_string();
    let reply = site.post(&format!("{path}/close-in-silence"), &[("version", &version)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(cases::state(&site, case).await, "unfulfilled");
    let mail = cases::mails_to(&site, CONTACT).await.pop().unwrap();
    assert_eq!(mail.kind, "closed_in_silence");
    assert!(mail.text_body.contains("再開できます"));
}

#[actix_web::test]
async fn a_proposed_closing_is_refused_once_the_company_has_answered() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    for day in ["2026-11-26", "2026-12-02", "2026-12-07", "2026-12-14"] {
        go_to(&site, &format!("{day}T10:00:00"));
        work(&site).await;
    }
    assert!(cases::record(&site, case).await.silence.unwrap().proposes_closing());
    write(&site, case, "返事が遅くなりました。").await;
    let version = cases::record(&site, case).await.version;
    let closed =
        ops::consultation::end(&site.app, case.id, Some(version), cast.center(), Ending::CloseInSilence)
            .await;
    assert!(matches!(closed, Err(Problem::Stale)), "{closed:?}");
}

#[actix_web::test]
async fn an_outcome_that_is_missing_is_asked_for() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let ends_at = cases::appointment(&site, case).await.ends_at;
    let next = BusinessCalendar::default().add_business_days(japan_date(ends_at), 1);
    site.app.clock.advance(at_japan(next, 10, 0) - site.app.clock.now());
    Box::pin(work_all(&site)).await;
    for to in ["expert@example.jp", "center@example.jp"] {
        let mails = cases::mails_to(&site, to).await;
        assert!(mails.iter().any(|it| it.kind == "outcome_missing" && it.sent_at.is_some()), "{to}");
    }
    assert_eq!(cases::record(&site, case).await.stalled_since, None);
    let third = BusinessCalendar::default().add_business_days(japan_date(ends_at), 3);
    site.app.clock.advance(at_japan(third, 10, 0) - site.app.clock.now());
    Box::pin(work_all(&site)).await;
    assert!(cases::record(&site, case).await.stalled_since.is_some());
    // The outcome settles the item.
    ops::booking::appointment::record_done(&site.app, case.id, cast.center()).await.unwrap();
    assert_eq!(cases::record(&site, case).await.stalled_since, None);
}

#[actix_web::test]
async fn mail_that_can_wait_keeps_opening_hours_after_an_outage() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    // No worker runs on the day of the reminder until late in the evening.
    go_to(&site, "2026-11-26T23:00:00");
    Box::pin(work_all(&site)).await;
    let sent =
        |mails: &[outbox::Model], kind: &str| mails.iter().any(|it| it.kind == kind && it.sent_at.is_some());
    assert!(!sent(&cases::mails_to(&site, CONTACT).await, "company_reminder"));
    assert!(!sent(&cases::mails_to(&site, "center@example.jp").await, "digest"));
    go_to(&site, "2026-11-27T09:00:00");
    Box::pin(work_all(&site)).await;
    assert!(sent(&cases::mails_to(&site, CONTACT).await, "company_reminder"));
    assert_eq!(reminders(&site, case).await, 1);
    keeps_hours(&site).await;
}

/// The step reads what is due along its index, however many cases there are.
#[actix_web::test]
async fn due_steps_are_found_along_an_index() {
    let site = Site::new().await;
    if site.app.db.get_database_backend() != DbBackend::Sqlite {
        return;
    }
    let explain = "EXPLAIN QUERY PLAN SELECT id FROM consultation WHERE next_step_at <= '2026-11-20' \
        ORDER BY next_step_at LIMIT 100";
    let rows = site.app.db.query_all_raw(Statement::from_string(DbBackend::Sqlite, explain)).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|it| it.try_get("", "detail").unwrap()).collect();
    assert!(plan.iter().any(|it| it.contains("ix_consultation_next_step_at")), "{plan:?}");
    assert!(!plan.iter().any(|it| it.contains("TEMP B-TREE")), "{plan:?}");
}
