//! Two cases that are one, although an expert is asked or a time is booked in each: the center says which one stays, and
//! nothing is lost.
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentState},
        availability::Slot,
    },
    field::Fields,
    id::ExpertId,
};
use entity::outbox;
use madoguchi::{doctor, ops, store, store::consultation::case_merge, worker};

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, mails_to, record, state},
    site::{PASSWORD, Reply, Site},
};

const OTHER: &str = "other@example.co.jp";
const SECOND: &str = "second@example.jp";

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// Signs the coordinator in again, whose session has ended with the days that have passed.
async fn signed_in(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

/// Makes a booked consultation with this expert.
async fn booked_with(site: &Site, cast: &Cast, email: &str, expert: ExpertId) -> Case {
    let case = cases::received(site, cast, email).await;
    let version = record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[expert]).await.unwrap();
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    ops::routing::assignment::accept(&site.app, request.id, expert).await.unwrap();
    let slot = cases::free_slots(site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    case
}

/// Sends the form that merges `absorbed` into `kept`.
async fn merge(site: &Site, kept: Case, absorbed: Case, booking: &str) -> Reply {
    let version = record(site, absorbed).await.version.to_string();
    let with = absorbed.number.to_string();
    let mut form = vec![("with", with.as_str()), ("with_version", &version), ("reason", "二重の申込み")];
    if !booking.is_empty() {
        form.push(("booking", booking));
    }
    act(site, kept, "/merge", &form).await
}

async fn undo(site: &Site, kept: Case) -> Reply {
    let merge = case_merge::into(&site.app.db, kept.id).await.unwrap().pop().unwrap().0.id.to_string();
    site.post(&at(kept.number, "/unmerge"), &[("merge", &merge)]).await
}

async fn of_kind(site: &Site, to: &str, kind: &str) -> Vec<outbox::Model> {
    mails_to(site, to).await.into_iter().filter(|it| it.kind == kind).collect()
}

fn when(it: &Appointment) -> String {
    domain::wording::long_date_time_range(it.starts_at, it.ends_at)
}

fn has_calendar(mail: &outbox::Model, method: &str) -> bool {
    mail.calendar.as_deref().is_some_and(|it| it.contains(&format!("METHOD:{method}")))
}

#[actix_web::test]
async fn of_two_booked_cases_the_center_says_which_booking_stays_and_the_other_is_cancelled_once() {
    let (site, cast) = center().await;
    let second = cases::expert(&site, SECOND, "鈴木 次郎", Fields::Both).await;
    // At the same time, with two experts: the company cannot be at both.
    let kept = booked_with(&site, &cast, CONTACT, cast.expert).await;
    let absorbed = booked_with(&site, &cast, OTHER, second).await;
    let (stays, goes) = (appointment(&site, kept).await, appointment(&site, absorbed).await);
    assert_eq!(stays.starts_at, goes.starts_at);
    let page = site.get(&at(kept.number, &format!("/merge?with={}", absorbed.number))).await;
    for shown in [when(&stays), "山田 太郎さん".to_owned(), "鈴木 次郎さん".to_owned(), "残す予約".to_owned()]
    {
        page.shows(&shown);
    }
    page.shows("これからの予約は1つだけです");
    let unsaid = merge(&site, kept, absorbed, "").await;
    assert_eq!(unsaid.status, 422, "{}", unsaid.body);
    unsaid.shows("残す予約または依頼を選択してください");
    unsaid.shows("二重の申込み");
    assert!(appointment(&site, absorbed).await.is_confirmed(), "nothing has happened");
    // The other booking stays: the same question from the other side, before anything is done.
    let other = merge(&site, kept, absorbed, "absorbed").await;
    let page = site.get(&other.location.unwrap()).await;
    page.shows(&format!("残す案件：{}", absorbed.number));
    page.shows("二重の申込み");
    assert!(appointment(&site, kept).await.is_confirmed());

    done(&merge(&site, kept, absorbed, "kept").await);
    assert!(appointment(&site, kept).await.is_confirmed());
    assert_eq!(state(&site, kept).await, "booked");
    let ended = appointment(&site, absorbed).await;
    assert!(matches!(ended.state, AppointmentState::CancelledByCenter { .. }));
    let assignments = store::routing::assignment::of(&site.app.db, absorbed.id).await.unwrap();
    assert!(assignments.iter().all(|it| !it.is_live()));
    // The company is told once: the number, the time that is gone, and the one that stays.
    let mails = of_kind(&site, OTHER, "case_merged").await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    for said in [when(&goes), "取り消しました".to_owned(), domain::wording::long_date_time(stays.starts_at)]
    {
        assert!(mail.text_body.contains(&said), "{said} in {}", mail.text_body);
    }
    assert!(has_calendar(mail, "CANCEL"));
    assert!(of_kind(&site, OTHER, "cancelled").await.is_empty());
    assert!(of_kind(&site, CONTACT, "cancelled").await.is_empty(), "its time stays");
    // The expert is told once, and why.
    let mails = of_kind(&site, SECOND, "cancelled").await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert!(mail.text_body.contains("1つにまとめたため"), "{}", mail.text_body);
    assert!(has_calendar(mail, "CANCEL"));
    assert!(of_kind(&site, SECOND, "request_withdrawn").await.is_empty());
    assert!(of_kind(&site, "expert@example.jp", "cancelled").await.is_empty());
    for number in [kept.number, absorbed.number] {
        let history = site.get(&at(number, "?view=history")).await;
        history.shows(&when(&goes));
        history.shows("取り消しました");
    }
    sound(&site).await;

    // The reminders of the cancelled time are not sent.
    site.app.clock.advance(stays.starts_at - TimeDelta::hours(12) - site.app.clock.now());
    sound(&site).await;
    let reminders = of_kind(&site, SECOND, "reminder").await;
    assert!(reminders.iter().all(|it| it.state.code() != "sent"), "{reminders:?}");
}

#[actix_web::test]
async fn undoing_the_merge_books_the_time_again_exactly_or_says_what_stands_in_the_way() {
    let (site, cast) = center().await;
    let second = cases::expert(&site, SECOND, "鈴木 次郎", Fields::Both).await;
    let kept = booked_with(&site, &cast, CONTACT, cast.expert).await;
    let absorbed = booked_with(&site, &cast, OTHER, second).await;
    let before = (record(&site, absorbed).await, appointment(&site, absorbed).await);
    done(&merge(&site, kept, absorbed, "kept").await);
    done(&undo(&site, kept).await);
    let (case, again) = (record(&site, absorbed).await, appointment(&site, absorbed).await);
    assert_eq!(
        (&case.consultation, &case.due, case.silence),
        (&before.0.consultation, &before.0.due, before.0.silence)
    );
    assert_eq!(again, Appointment { sequence: again.sequence, ..before.1.clone() });
    assert!(again.sequence > before.1.sequence, "calendars take the entry again");
    let undone = of_kind(&site, OTHER, "case_merged").await.pop().unwrap();
    assert!(undone.text_body.contains(&when(&again)), "{}", undone.text_body);
    assert!(has_calendar(&undone, "REQUEST"));
    assert!(has_calendar(of_kind(&site, SECOND, "booked").await.last().unwrap(), "REQUEST"));
    site.get(&at(absorbed.number, "?view=history")).await.shows("の予約を元に戻しました");
    sound(&site).await;

    // The time is another company's now: nothing is undone, and the center reads why and how to go on.
    done(&merge(&site, kept, absorbed, "kept").await);
    let third = booked_with(&site, &cast, "third@example.co.jp", second).await;
    assert_eq!(appointment(&site, third).await.starts_at, again.starts_at);
    let refused = undo(&site, kept).await;
    assert_eq!(refused.status, 409);
    refused.shows(&when(&again));
    refused.shows("鈴木 次郎さんの空きがありません");
    refused.shows("案件を分ける");
    assert_eq!(record(&site, absorbed).await.consultation.merged_into, Some(kept.id));
    assert!(!appointment(&site, absorbed).await.is_live(), "nothing is undone in part");
    sound(&site).await;
    ops::booking::appointment::cancel(&site.app, third.id, Actor::Company, "都合".to_owned()).await.unwrap();
    done(&undo(&site, kept).await);
    assert!(appointment(&site, absorbed).await.is_confirmed());
    sound(&site).await;
    done(&merge(&site, kept, absorbed, "kept").await);
    site.app.clock.advance(again.starts_at - site.app.clock.now());
    signed_in(&site).await;
    let refused = undo(&site, kept).await;
    assert_eq!(refused.status, 409);
    refused.shows("の時間を過ぎています");
}

#[actix_web::test]
async fn requests_and_kept_times_end_with_the_merge_too() {
    let (site, cast) = center().await;
    let kept = cases::consulted(&site, &cast, CONTACT).await;
    // An appointment took place in the one, so that only the other's booking can go.
    let absorbed = cases::booked(&site, &cast, OTHER).await;
    let goes = appointment(&site, absorbed).await;
    signed_in(&site).await;
    let page = site.get(&at(kept.number, &format!("/merge?with={}", absorbed.number))).await;
    page.shows(&format!("{}の担当（山田 太郎さん）を残す", kept.number));
    page.shows("同じ日時で続けるときは");
    let bookings: Vec<_> = page.body.lines().filter(|it| it.contains(r#"name="booking""#)).collect();
    assert!(bookings.len() == 1 && bookings[0].contains(r#"value="kept""#), "{bookings:?}");
    done(&merge(&site, kept, absorbed, "kept").await);
    assert_eq!(state(&site, kept).await, "consulted");
    sound(&site).await;
    done(&undo(&site, kept).await);
    assert_eq!(appointment(&site, absorbed).await.starts_at, goes.starts_at);
    sound(&site).await;

    for (n, make) in ["matching", "scheduling"].into_iter().enumerate() {
        let email = format!("again{n}@example.co.jp");
        let case = match make {
            "matching" => cases::matching(&site, &cast, &email).await,
            _ => cases::scheduling(&site, &cast, &email).await,
        };
        let before = of_kind(&site, "expert@example.jp", "request_withdrawn").await.len();
        assert_eq!(merge(&site, absorbed, case, "").await.status, 422);
        done(&merge(&site, absorbed, case, "kept").await);
        let mails = of_kind(&site, "expert@example.jp", "request_withdrawn").await;
        assert_eq!(mails.len(), before + 1, "{make}");
        let said = &mails.last().unwrap().text_body;
        assert!(said.contains("1つにまとめたため") && said.contains(&when(&goes)), "{said}");
        sound(&site).await;
        let refused = undo(&site, absorbed).await;
        assert_eq!(refused.status, 409, "{make}");
        refused.shows("統合の前のとおりには戻せません");
        refused.shows("案件を分ける");
    }
}

#[actix_web::test]
async fn an_appointment_that_has_begun_cannot_be_cancelled_by_a_merge() {
    let (site, cast) = center().await;
    let absorbed = cases::booked(&site, &cast, OTHER).await;
    let goes = appointment(&site, absorbed).await;
    site.app.clock.advance(goes.starts_at - site.app.clock.now());
    let kept = cases::received(&site, &cast, CONTACT).await;
    signed_in(&site).await;
    let page = site.get(&at(kept.number, &format!("/merge?with={}", absorbed.number))).await;
    page.shows("結果が記録されていません");
    page.shows("結果を記録する");
    assert_eq!(merge(&site, kept, absorbed, "kept").await.status, 409);
    assert!(appointment(&site, absorbed).await.is_confirmed());
    let slot = Slot::at(goes.starts_at);
    assert!(slot.is_some());
    sound(&site).await;
}
