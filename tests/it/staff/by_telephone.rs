//! A company without a mail address is called: whatever a mail would have said is an item of the calls, and no sentence
//! promises it a mail.
use chrono::TimeDelta;
use domain::{
    calendar::{BusinessCalendar, at_japan, japan_date},
    consultation::correction::CorrectionSection,
};
use madoguchi::{doctor, ops, store, store::correspondence::bounce::Bounce, worker};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, mails_to, record, state},
    correcting, deadlines,
    site::{PASSWORD, Site},
};

async fn again(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

/// Lets `days` business days pass, until the hour of mails, and lets every job work.
async fn pass(site: &Site, days: u16) {
    let now = site.app.clock.now();
    let day = BusinessCalendar::default().add_business_days(japan_date(now), days);
    site.app.clock.advance(at_japan(day, 10, 0) - now);
    Box::pin(worker::once(&site.app)).await;
    again(site).await;
}

pub async fn called(site: &Site, case: Case) {
    let reply = act(site, case, "/called", &[("back", "calls")]).await;
    done(&reply);
    assert_eq!(record(site, case).await.to_call_since, None);
}

/// Makes a case whose company has only a telephone and chooses a time.
pub async fn choosing(site: &Site, cast: &Cast) -> Case {
    let mut form = cases::form("");
    form.email = String::new();
    let case = cases::unconfirmed(site, cast, &form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let version = record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap().id;
    ops::routing::assignment::accept(&site.app, request, cast.expert).await.unwrap();
    case
}

#[actix_web::test]
async fn each_reminder_is_a_call_and_the_closing_follows_as_after_mails() {
    let (site, cast) = center().await;
    let case = choosing(&site, &cast).await;
    assert_eq!(state(&site, case).await, "scheduling");
    called(&site, case).await;
    let page = site.get(&at(case.number, "")).await;
    page.shows("までに返事がないときは、「電話する」に表示します。");
    assert!(!page.body.contains("企業にもう一度お知らせします"), "{}", page.body);
    // The two reminders, after 3 and 7 business days.
    for (days, stage) in [(3, 1), (4, 2)] {
        pass(&site, days).await;
        let it = record(&site, case).await;
        assert!(it.to_call_since.is_some(), "after {days}");
        assert_eq!((it.silence.unwrap().stage, it.stalled_since), (stage, None));
        let calls = site.get("/staff?tab=calls").await;
        calls.shows(&case.number.to_string());
        calls.shows("相談の日時を選んでもらい、登録してください");
        site.get(&at(case.number, "?view=history"))
            .await
            .shows("メールでお知らせできないため、「電話する」に載せました");
        called(&site, case).await;
        assert_eq!(record(&site, case).await.silence.unwrap().stage, stage, "the call is the reminder");
    }
    // Neither call has led to an answer: the item, then the proposed closing.
    pass(&site, 3).await;
    assert!(record(&site, case).await.stalled_since.is_some());
    pass(&site, 5).await;
    let page = site.get(&at(case.number, "")).await;
    page.shows("2回の電話のお願いのあとも、返事がありません");
    assert!(!page.body.contains("お知らせを2回送りました"), "{}", page.body);
    let mail = mails_to(&site, &crate::substitute::center_email(&site).await).await;
    let digest = mail.iter().rfind(|it| it.kind == "digest").unwrap();
    assert!(digest.text_body.contains("動きなし：1件"), "{}", digest.text_body);
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn the_digest_counts_the_calls() {
    let (site, cast) = center().await;
    choosing(&site, &cast).await;
    pass(&site, 1).await;
    let mail = mails_to(&site, &crate::substitute::center_email(&site).await).await;
    let digest = mail.iter().rfind(|it| it.kind == "digest").unwrap();
    assert!(digest.text_body.contains("電話する：1件"), "{}", digest.text_body);
}

#[actix_web::test]
async fn the_pages_of_acts_promise_no_mail_to_a_company_without_an_address() {
    let (site, cast) = center().await;
    let case = choosing(&site, &cast).await;
    for rest in ["/withdraw", "/unfulfilled", "/refer"] {
        let page = site.get(&at(case.number, rest)).await;
        page.shows("メールアドレスの登録がないため、企業にメールは送られません。電話で伝えてください。");
        for promised in ["メールで知らせます", "企業へのメールに書かれます"] {
            assert!(!page.body.contains(promised), "{rest}: {promised}");
        }
    }
    let slot = ops::intake::apply::slot_value(cases::free_slots(&site, case).await[0]);
    done(&act(&site, case, "/slots", &[("slot", &slot), ("said_by", "center")]).await);
    site.get(&at(case.number, "")).await.shows("日時を決めました。企業には、電話で伝えてください。");
    for rest in ["/cancel", "/slots"] {
        let page = site.get(&at(case.number, rest)).await;
        page.shows("メールアドレスの登録がないため");
        assert!(!page.body.contains("メールで知らせます"), "{rest}");
    }
}

/// A time that is held for a company without an address: it is called at the time at which others get the mail, once.
#[actix_web::test]
async fn the_end_of_a_hold_is_a_call_at_the_time_of_the_mail() {
    let (site, cast) = center().await;
    let case = deadlines::applied(&site, "phone@example.co.jp", &["ict"]).await;
    let contact = entity::contact::Entity::find_by_id(case.id.0).one(&site.app.db).await.unwrap().unwrap();
    let mut contact = contact.into_active_model();
    (contact.email, contact.email_key) = (Set(None), Set(None));
    contact.update(&site.app.db).await.unwrap();
    let held = cases::appointment(&site, case).await;
    let until = held.held_until().unwrap();
    let warned = domain::booking::notice::hold_warned_at(
        until,
        &domain::settings::Settings::default(),
        &BusinessCalendar::default(),
    );
    site.app.clock.advance(warned - site.app.clock.now() - TimeDelta::minutes(1));
    worker::once(&site.app).await;
    assert_eq!(record(&site, case).await.to_call_since, None, "not before its time");
    site.app.clock.advance(TimeDelta::minutes(1));
    worker::once(&site.app).await;
    assert!(record(&site, case).await.to_call_since.is_some());
    again(&site).await;
    let page = site.get("/staff?tab=calls").await;
    page.shows("仮に押さえた日時の期限は");
    let version = record(&site, case).await.version;
    ops::consultation::called(&site.app, case.id, version, cast.center()).await.unwrap();
    worker::once(&site.app).await;
    assert_eq!(record(&site, case).await.to_call_since, None, "it is asked for once");
    assert_eq!(cases::appointment(&site, case).await.held_until(), Some(until), "the hold stands");
}

/// Records that mail to the contact's address has come back.
pub async fn bounces(site: &Site, case: Case, address: &str) {
    let bounce = Bounce {
        reported_by: None,
        address: address.to_owned(),
        mail: None,
        consultation: Some(case.id),
        permanent: true,
        status: "5.1.1".to_owned(),
        diagnostic: "550 5.1.1 no such user".to_owned(),
    };
    let tx = site.app.begin().await.unwrap();
    store::correspondence::bounce::note(&tx, bounce, site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The reminder of an appointment is a call, once, for a company without an address and for one whose mail comes back.
#[actix_web::test]
async fn the_reminder_of_an_appointment_is_a_call_on_the_business_day_before() {
    let (site, cast) = center().await;
    let silent = choosing(&site, &cast).await;
    let slot = cases::free_slots(&site, silent).await[0];
    ops::booking::appointment::choose_slot(&site.app, silent.id, cast.center(), slot).await.unwrap();
    let returned = cases::booked(&site, &cast, "gone@example.co.jp").await;
    bounces(&site, returned, "gone@example.co.jp").await;
    let heard = cases::booked(&site, &cast, "heard@example.co.jp").await;
    let both = [silent, returned];
    let mut due = None;
    for case in both {
        // The booking itself was told on the telephone.
        let version = record(&site, case).await.version;
        drop(ops::consultation::called(&site.app, case.id, version, cast.center()).await);
        let day = japan_date(cases::appointment(&site, case).await.starts_at);
        let before = at_japan(BusinessCalendar::default().previous_business_day(day), 10, 0);
        assert_eq!(*due.get_or_insert(before), before, "both are on the same day");
    }
    let minute = TimeDelta::minutes(1);
    site.app.clock.advance(due.unwrap() - site.app.clock.now() - minute);
    worker::once(&site.app).await;
    for case in both {
        assert_eq!(record(&site, case).await.to_call_since, None, "not before its time");
    }
    site.app.clock.advance(minute);
    worker::once(&site.app).await;
    again(&site).await;
    let page = site.get("/staff?tab=calls").await;
    page.shows("予約の日時と場所を伝え");
    for case in both {
        assert!(record(&site, case).await.to_call_since.is_some(), "{}", case.number);
        page.shows(&case.number.to_string());
        called(&site, case).await;
    }
    worker::once(&site.app).await;
    for case in both {
        assert_eq!(record(&site, case).await.to_call_since, None, "it is asked for once");
    }
    assert_eq!(record(&site, heard).await.to_call_since, None, "this company gets the mail");
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// A sentence after an act follows the rule by which the company hears, also if it has an address.
#[actix_web::test]
async fn no_act_promises_mail_to_an_address_from_which_mail_comes_back() {
    let (site, cast) = center().await;
    let case = cases::scheduling(&site, &cast, "gone@example.co.jp").await;
    bounces(&site, case, "gone@example.co.jp").await;
    let slot = ops::intake::apply::slot_value(cases::free_slots(&site, case).await[0]);
    done(&act(&site, case, "/slots", &[("slot", &slot), ("said_by", "center")]).await);
    site.get(&at(case.number, "")).await.shows("日時を決めました。企業には、電話で伝えてください。");
    site.get(&at(case.number, "/hand-back")).await.shows("企業には、電話で伝えてください。");
    let other = cases::scheduling(&site, &cast, "heard@example.co.jp").await;
    site.get(&at(other.number, "/hand-back")).await.shows("企業には、メールで知らせます。");
}

/// An expert does not read that a company without an address was sent a letter.
#[actix_web::test]
async fn the_mail_to_the_expert_says_that_the_center_calls_the_company() {
    let (site, cast) = center().await;
    let case = choosing(&site, &cast).await;
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, cast.center(), slot).await.unwrap();
    let ends_at = cases::appointment(&site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    ops::booking::appointment::record_no_show(&site.app, case.id, cast.center()).await.unwrap();
    let mails = mails_to(&site, "expert@example.jp").await;
    let mail = mails.iter().rfind(|it| it.kind == "missed_appointment").unwrap();
    assert!(mail.text_body.contains("センターが電話でお伝えします。"), "{}", mail.text_body);
    assert!(!mail.text_body.contains("お送りしています"), "{}", mail.text_body);
}

/// A letter about news that waits until an address is proved does not say that the company was sent it.
#[actix_web::test]
async fn news_that_waits_for_the_proof_of_an_address_is_told_in_a_call_in_every_word() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let proved = cases::booked(&site, &cast, "heard@example.co.jp").await;
    let corrected = [("email", "new@example.co.jp")];
    done(&correcting::correct(&site, case, CorrectionSection::Contact, &corrected).await);
    site.get(&at(case.number, "/hand-back")).await.shows("企業には、メールで知らせます。");
    let ends =
        [cases::appointment(&site, case).await.ends_at, cases::appointment(&site, proved).await.ends_at];
    site.app.clock.advance(ends.into_iter().max().unwrap() - site.app.clock.now());
    for (case, called) in [(case, true), (proved, false)] {
        ops::booking::appointment::record_no_show(&site.app, case.id, cast.center()).await.unwrap();
        let mails = mails_to(&site, "expert@example.jp").await;
        let number = case.number.to_string();
        let about = |kind: &str, text: &str| kind == "missed_appointment" && text.contains(&number);
        let mail = mails.iter().find(|it| about(&it.kind, &it.text_body)).unwrap();
        assert_eq!(mail.text_body.contains("センターが電話でお伝えします。"), called, "{}", mail.text_body);
        assert_eq!(record(&site, case).await.to_call_since.is_some(), called, "{}", case.number);
    }
    again(&site).await;
    let slot = ops::intake::apply::slot_value(cases::free_slots(&site, case).await[0]);
    done(&act(&site, case, "/slots", &[("slot", &slot), ("said_by", "center")]).await);
    site.get(&at(case.number, "")).await.shows("日時を決めました。企業には、電話で伝えてください。");
}
