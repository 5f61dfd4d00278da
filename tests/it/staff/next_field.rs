//! A further appointment for one field alone: the center or the company chooses it, and only experts of that field are asked.
use domain::{
    actor::Actor,
    field::{Field, Fields},
    id::ExpertId,
};
use entity::outbox;
use madoguchi::{doctor, ops, store, worker};

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, mails_to, record, state},
    company,
    site::{PASSWORD, Site},
};

const LABOR: &str = "labor@example.jp";
const ICT: &str = "ict@example.jp";

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// Returns the fields that a mail writes into its reader's calendar.
fn in_calendar(mail: &outbox::Model) -> String {
    let text = mail.calendar.as_deref().unwrap().replace("\r\n ", "");
    let (_, rest) = text.split_once("相談分野：").unwrap();
    rest.split("\\n").next().unwrap().to_owned()
}

/// Makes a case of these fields in which this expert has held an appointment.
async fn held_by(site: &Site, cast: &Cast, fields: &[&str], expert: ExpertId) -> Case {
    let mut form = cases::form(CONTACT);
    form.field = fields.iter().map(|it| (*it).to_owned()).collect();
    let case = cases::unconfirmed(site, cast, &form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    requested(site, cast, case, expert).await;
    booked(site, case).await;
    held(site, case, expert).await;
    case
}

async fn requested(site: &Site, cast: &Cast, case: Case, expert: ExpertId) {
    let version = record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[expert]).await.unwrap();
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let request = all.iter().rfind(|it| it.is_live() && !it.is_accepted()).unwrap().id;
    ops::routing::assignment::accept(&site.app, request, expert).await.unwrap();
}

async fn booked(site: &Site, case: Case) {
    let slot = cases::free_slots(site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
}

async fn held(site: &Site, case: Case, expert: ExpertId) {
    let ends_at = appointment(site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    ops::booking::appointment::record_done(&site.app, case.id, Actor::Expert(expert)).await.unwrap();
}

#[actix_web::test]
async fn after_an_ict_appointment_the_center_plans_one_for_labor_alone() {
    let (site, cast) = center().await;
    let ict = cases::expert(&site, ICT, "佐藤 情子", Fields::Ict).await;
    let labor = cases::expert(&site, LABOR, "鈴木 労子", Fields::Labor).await;
    let case = held_by(&site, &cast, &["ict"], ict).await;
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let page = site.get(&at(case.number, "/further")).await;
    page.shows(r#"value="labor""#);
    let keep = ict.to_string();
    done(&act(&site, case, "/further", &[("fields", "labor"), ("keep", &keep)]).await);
    let after = record(&site, case).await;
    assert_eq!((state(&site, case).await, after.consultation.fields), ("checking", Fields::Both));
    assert_eq!((after.wanted_fields(), after.owed), (Fields::Labor, None));
    let mail =
        mails_to(&site, CONTACT).await.into_iter().rfind(|it| it.kind == "further_appointment").unwrap();
    assert!(mail.text_body.contains("相談分野：労務管理（これまではICT）"), "{}", mail.text_body);
    let mail = mails_to(&site, ICT).await.into_iter().rfind(|it| it.kind == "request_withdrawn").unwrap();
    assert!(mail.text_body.contains("労務管理の相談だけを行います"), "{}", mail.text_body);
    site.get(&at(case.number, "")).await.shows("次回の相談は、労務管理だけを行います");
    // Only experts of the field are asked, and the request says so.
    let page = site.get(&at(case.number, "?view=candidates")).await;
    page.shows("鈴木 労子");
    assert!(page.body.contains(&format!("value=\"{labor}\"")), "{}", page.body);
    assert!(!page.body.contains(&format!("value=\"{ict}\"")), "an expert without the field is no candidate");
    requested(&site, &cast, case, labor).await;
    let request = mails_to(&site, LABOR).await.into_iter().find(|it| it.kind == "request").unwrap();
    assert!(
        request.text_body.contains("労務管理") && !request.text_body.contains("ICT"),
        "{}",
        request.text_body
    );
    assert_eq!(state(&site, case).await, "scheduling", "one expert covers the appointment");
    booked(&site, case).await;
    let mail = mails_to(&site, CONTACT).await.into_iter().rfind(|it| it.kind == "booked").unwrap();
    assert_eq!(in_calendar(&mail), "労務管理");
    assert_eq!(appointment(&site, case).await.experts, [labor]);
    sound(&site).await;
    held(&site, case, labor).await;
    let after = record(&site, case).await;
    assert_eq!((state(&site, case).await, after.owed, after.appointments_done), ("consulted", None, 2));
    assert!(mails_to(&site, LABOR).await.iter().any(|it| it.kind == "report_due"));
    let year = domain::number::FiscalYear::new(2026).unwrap();
    let used = store::intake::company::appointments_in(&site.app.db, &after, year).await.unwrap();
    assert_eq!(used, 2, "it is an appointment of its own");
    let filter = store::statistics::StatisticsFilter { year, field: None, prefecture: None };
    let figures = store::statistics::of(&site.app.db, &filter).await.unwrap();
    assert_eq!(figures.by_fields.iter().sum::<u64>(), 1);
    sound(&site).await;
    // Its outcome is corrected: the next time is for the same field, and nothing is owed.
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let path = format!("/outcome/{}", appointment(&site, case).await.id);
    let form = [("outcome", "no_show"), ("reason", "企業が来なかった"), ("said_by", "center")];
    done(&act(&site, case, &path, &form).await);
    let after = record(&site, case).await;
    assert_eq!((after.wanted_fields(), after.owed), (Fields::Labor, None));
    sound(&site).await;
}

#[actix_web::test]
async fn the_company_chooses_one_of_two_fields_and_takes_it_back() {
    let (site, cast) = center().await;
    let case = held_by(&site, &cast, &["ict", "labor"], cast.expert).await;
    let browser = site.visitor();
    company::sign_in(&browser, CONTACT).await;
    let page = browser.get(&company::my(case, "/further")).await;
    page.shows("次回の相談の分野");
    assert_eq!(browser.post(&company::my(case, "/further"), &[("fields", "labor")]).await.status, 303);
    let after = record(&site, case).await;
    assert_eq!((state(&site, case).await, after.wanted_fields()), ("scheduling", Fields::Labor));
    assert_eq!(after.next_field, Some(Field::Labor));
    assert_eq!(after.consultation.fields, Fields::Both, "the case keeps both");
    browser.get(&company::my(case, "")).await.shows("次回の相談の分野：労務管理");
    booked(&site, case).await;
    let mail = mails_to(&site, CONTACT).await.into_iter().rfind(|it| it.kind == "booked").unwrap();
    assert_eq!(in_calendar(&mail), "労務管理");
    sound(&site).await;
    held(&site, case, cast.expert).await;
    assert_eq!(record(&site, case).await.owed, None, "the other field was given before");
    company::sign_in(&browser, CONTACT).await;
    // The next one is for both again unless something is chosen, and a choice is taken back with the appointment.
    assert_eq!(browser.post(&company::my(case, "/further"), &[]).await.status, 303);
    assert_eq!(record(&site, case).await.wanted_fields(), Fields::Both);
    assert_eq!(browser.post(&company::my(case, "/further/back"), &[]).await.status, 303);
    assert_eq!(browser.post(&company::my(case, "/further"), &[("fields", "ict")]).await.status, 303);
    assert_eq!(record(&site, case).await.wanted_fields(), Fields::Ict);
    assert_eq!(browser.post(&company::my(case, "/further/back"), &[]).await.status, 303);
    assert_eq!(record(&site, case).await.next_field, None);
    sound(&site).await;
}
