//! Silence in cases that are easily overlooked: one that was put aside, one whose new address nobody has proved, one whose
//! expert is absent, one in which a field is owed, and one that has ended while a report is due.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    booking::{availability::Absence, notice::heard_by},
    calendar::{BusinessCalendar, at_japan, japan_date},
    consultation::{State, correction::CorrectionSection},
    due::Due,
    field::{Field, Fields},
    id::ExpertId,
    settings::Settings,
};
use madoguchi::{
    ops::{
        self,
        aftercare::report::{ReportDecision, Saving},
        consultation::Ending,
        routing::expert::AvailabilityChange,
    },
    store,
};

use super::{Watched, business_days, for_sixty_business_days, of_both_fields};
use crate::{
    cases::{self, Case, Cast},
    correcting,
    deadlines::sound,
    site::{PASSWORD, Site},
};

/// The time between two looks of the worker in this table. A mail that is planned at one look is sent at the next.
const LOOKS: TimeDelta = TimeDelta::hours(8);

/// The words of the mail about a report that is overdue.
const OVERDUE: &str = "報告書の提出期限を過ぎています。";

/// A person who has to be told of a case: the address, the kind of the mail, what the mail says, and until when it is sent.
struct Told {
    name: &'static str,
    to: String,
    kind: &'static str,
    says: String,
    until: DateTime<Utc>,
}

/// Returns the end of a business day.
fn end_of(from: DateTime<Utc>, business_days: u16) -> DateTime<Utc> {
    at_japan(BusinessCalendar::default().add_business_days(japan_date(from), business_days), 23, 59)
}

async fn again(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

/// Lets these experts be asked for a case and accept.
async fn accepted(site: &Site, cast: &Cast, case: Case, experts: &[ExpertId]) {
    let version = cases::record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), experts).await.unwrap();
    for it in store::routing::assignment::of(&site.app.db, case.id).await.unwrap() {
        ops::routing::assignment::accept(&site.app, it.id, it.expert).await.unwrap();
    }
}

/// Makes a case that is followed up while the field of an expert who did not come is owed. The center has responded.
async fn owed(site: &Site, cast: &Cast, email: &str) -> Case {
    let (case, ict, labor) = of_both_fields(site, cast, email).await;
    accepted(site, cast, case, &[ict, labor]).await;
    let slot = cases::free_slots(site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let held = cases::appointment(site, case).await;
    site.app.clock.advance(held.ends_at - site.app.clock.now());
    let missing = Some(labor);
    ops::booking::attendance::record_absent_expert(&site.app, case.id, cast.center(), missing).await.unwrap();
    ops::aftercare::report::write(&site.app, held.id, ict, cases::report(), 0, Saving::Submit).await.unwrap();
    let decision = ReportDecision::Approve;
    ops::aftercare::report::decide(&site.app, held.id, cast.coordinator, decision).await.unwrap();
    ops::correspondence::message::mark_answered(&site.app, case.id, cast.coordinator, None).await.unwrap();
    case
}

/// Makes a booked case whose expert is absent on its day.
async fn expert_away(site: &Site, cast: &Cast, email: &str) -> Case {
    let expert = cases::expert(site, "away@example.jp", "中村 四郎", Fields::Ict).await;
    let case = cases::received(site, cast, email).await;
    accepted(site, cast, case, &[expert]).await;
    let slot = *cases::free_slots(site, case).await.last().unwrap();
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let absence = Absence { first: slot.date(), last: slot.date(), stand_in: None };
    let change = AvailabilityChange::AddAbsence(absence, "出張".to_owned());
    ops::routing::expert::change_availability(&site.app, expert, change).await.unwrap();
    case
}

/// Makes a case that is booked three weeks ahead, whose address the center has corrected since.
async fn unproved(site: &Site, cast: &Cast, email: &str, new: &str) -> Case {
    let case = cases::scheduling(site, cast, email).await;
    let now = site.app.clock.now();
    let ahead = |it: &domain::booking::availability::Slot| business_days(now, it.start()) >= 13;
    let slot = cases::free_slots(site, case).await.into_iter().find(ahead).unwrap();
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    again(site).await;
    let reply = correcting::correct(site, case, CorrectionSection::Contact, &[("email", new)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    case
}

/// Makes a case that its company has ended before the report on its appointment was written.
async fn ended(site: &Site, cast: &Cast, email: &str) -> Case {
    let case = cases::consulted(site, cast, email).await;
    let ending = Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, case.id, None, Actor::Company, ending).await.unwrap();
    assert!(cases::record(site, case).await.due.is_some(), "the report is due all the same");
    case
}

/// Makes a case that the center looks into and puts aside for a month.
async fn put_aside(site: &Site, cast: &Cast, email: &str) -> Case {
    let case = cases::received(site, cast, email).await;
    let version = cases::record(site, case).await.version;
    ops::consultation::start_check(&site.app, case.id, version, cast.coordinator).await.unwrap();
    let until = site.app.clock.now() + TimeDelta::days(30);
    ops::worklist::snooze::until(&site.app, case.id, Some(until), cast.coordinator).await.unwrap();
    case
}

/// Fails unless each of these mails was sent in time.
async fn all_are_told(site: &Site, all: &[Told]) {
    let mut silent = Vec::new();
    for it in all {
        let mails = cases::mails_to(site, &it.to).await;
        let of_kind = mails.iter().filter(|mail| mail.kind == it.kind && mail.text_body.contains(&it.says));
        let sent_at = of_kind.filter_map(|mail| mail.sent_at).min();
        if sent_at.is_none_or(|at| at > it.until) {
            silent.push(format!("{}: {} to {} by {}, but {sent_at:?}", it.name, it.kind, it.to, it.until));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// Rows of the state × time table: who is told, by when, and what has moved after sixty business days in which nobody acts.
#[actix_web::test]
async fn a_case_that_is_easily_overlooked_is_not_silent() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let contact = |name: &str| format!("{name}@example.co.jp");
    // All of them begin to wait at the same time.
    let owed = owed(&site, &cast, &contact("a")).await;
    let ended = ended(&site, &cast, &contact("b")).await;
    let away = expert_away(&site, &cast, &contact("c")).await;
    let unproved = unproved(&site, &cast, &contact("d"), &contact("new")).await;
    let aside = put_aside(&site, &cast, &contact("e")).await;
    let now = site.app.clock.now();
    assert_eq!(cases::record(&site, owed).await.owed, Some(Field::Labor));
    let page = site.get("/staff").await;
    assert!(!page.body.contains(&aside.number.to_string()), "it is put aside: {}", page.body);

    let center = crate::substitute::center_email(&site).await;
    let starts_at = cases::appointment(&site, away).await.starts_at;
    let heard = heard_by(starts_at, &settings, &calendar);
    let report_due = cases::record(&site, ended).await.due.as_ref().and_then(Due::at).unwrap();
    let mail =
        |name, to: &str, kind, says: String, until| Told { name, to: to.to_owned(), kind, says, until };
    let contact_days = settings.first_contact_days + 1;
    let expected = [
        mail("put aside", &center, "digest", aside.number.to_string(), end_of(now, contact_days)),
        mail("owed", &center, "digest", owed.number.to_string(), end_of(now, contact_days)),
        mail(
            "unproved",
            &contact("new"),
            "company_reminder",
            unproved.number.to_string(),
            end_of(now, settings.first_reminder_days + 1),
        ),
        mail("expert away", &contact("c"), "expert_away", away.number.to_string(), heard + LOOKS * 2),
        mail("expert away", &center, "expert_away", away.number.to_string(), heard + LOOKS * 2),
        mail("ended", "expert@example.jp", "report_due", OVERDUE.to_owned(), end_of(report_due, 1)),
        mail("ended", &center, "digest", "報告書　：1件".to_owned(), end_of(now, 1)),
    ];
    let mut watched = [
        Watched::of("owed", owed, now),
        Watched::of("ended", ended, now),
        Watched::of("expert away", away, now),
        Watched::of("unproved", unproved, now),
        Watched::of("put aside", aside, now),
    ];
    Box::pin(for_sixty_business_days(&site, &mut watched)).await;
    all_are_told(&site, &expected).await;

    let after = cases::record(&site, owed).await;
    assert_eq!(after.consultation.state, State::FollowUp, "it does not end while a field is owed");
    assert!(after.due.as_ref().and_then(Due::at).is_some_and(|due| due < site.app.clock.now()));
    let after = cases::record(&site, away).await;
    assert!(after.response.is_some(), "the company is promised a contact");
    let after = cases::record(&site, unproved).await;
    assert!(after.stalled_since.is_some(), "its outcome is missing too");
    let reminded = cases::mails_to(&site, &contact("new")).await;
    assert_eq!(reminded.iter().filter(|it| it.kind == "company_reminder").count(), 2);
    again(&site).await;
    site.get("/staff").await.shows(&aside.number.to_string());
    site.get("/staff?tab=reports").await.shows(&ended.number.to_string());
    sound(&site).await;
}
