//! A company that corrects its own mail address: its page stays open, the address that was proved speaks for it until the
//! new one is proved, and is told.
use chrono::TimeDelta;
use domain::{actor::Actor, consultation::correction::CorrectionSection};
use entity::outbox;
use madoguchi::{ops, store, worker};

use super::{at, center, correct, done, is_sound};
use crate::{
    cases::{self, CONTACT, Case},
    company::{my, sign_in},
    deadlines,
    site::{Reply, Site},
};

const NEW: &str = "correct@example.co.jp";
const TYPO: &str = "corect@example.co.jp";

/// A company that is signed in with the address that it had proved corrects it.
async fn corrects(company: &Site, case: Case, email: &str) -> Reply {
    company.post(&my(case, "/correct/contact"), &[("email", email)]).await
}

async fn kinds(site: &Site, to: &str) -> Vec<(String, bool)> {
    cases::mails_to(site, to).await.into_iter().map(|it| (it.kind, it.hold_reason.is_some())).collect()
}

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    is_sound(site).await;
}

fn count_of(mails: &[outbox::Model], kind: &str) -> usize {
    mails.iter().filter(|it| it.kind == kind).count()
}

#[actix_web::test]
async fn the_page_stays_open_and_asks_for_the_proof_which_can_be_sent_again_and_corrected_again() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    let reply = corrects(&company, case, TYPO).await;
    assert_eq!((reply.status, reply.location), (303, Some(my(case, ""))), "{}", reply.body);
    let page = company.get(&my(case, "")).await;
    page.shows("新しいアドレスを確認してください");
    page.shows(TYPO);
    page.shows(&my(case, "/prove-again"));
    page.shows(&my(case, "/correct/contact"));

    // The address that was proved confirms nothing for the new one.
    done(&company.post(&my(case, "/confirm"), &[]).await);
    assert!(!cases::record(&site, case).await.consultation.address_confirmed);

    done(&company.post(&my(case, "/prove-again"), &[]).await);
    company.get(&my(case, "")).await.shows("確認のメールをもう一度送りました。");
    assert_eq!(count_of(&cases::mails_to(&site, TYPO).await, "address_changed"), 2);
    done(&corrects(&company, case, NEW).await);
    company.get(&my(case, "")).await.shows(NEW);
    let mails = cases::mails_to(&site, TYPO).await;
    assert!(mails.iter().all(|it| it.state.code() == "suppressed"), "{mails:?}");
    // The address that was proved is told once, and can still sign in.
    assert_eq!(count_of(&cases::mails_to(&site, CONTACT).await, "address_replaced"), 1);
    let again = site.visitor();
    sign_in(&again, CONTACT).await;
    again.get(&my(case, "")).await.shows("新しいアドレスを確認してください");

    let link = cases::link(&cases::mails_to(&site, NEW).await, "address_changed");
    let elsewhere = site.visitor();
    done(&elsewhere.post(&link, &[]).await);
    elsewhere.get(&my(case, "")).await.shows("ご相談の状況");
    assert_eq!(company.get(&my(case, "")).await.status, 404, "the old address speaks no more");
    sound(&site).await;
}

/// Until the new address is proved, nothing but its proof goes there.
#[actix_web::test]
async fn mails_go_to_the_proved_address_until_the_new_one_is_proved() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    done(&corrects(&company, case, NEW).await);
    let planned =
        |all: Vec<(String, bool)>| all.into_iter().filter(|it| it.0 == "reminder").collect::<Vec<_>>();
    assert_eq!(planned(kinds(&site, CONTACT).await), [("reminder".to_owned(), false)]);

    let ends_at = cases::appointment(&site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    ops::booking::appointment::record_no_show(&site.app, case.id, Actor::Expert(cast.expert)).await.unwrap();
    assert_eq!(kinds(&site, NEW).await, [("address_changed".to_owned(), false)]);
    let missed = cases::mails_to(&site, CONTACT).await;
    let missed = missed.iter().find(|it| it.kind == "missed_appointment").unwrap();
    assert!(missed.hold_reason.is_none() && missed.text_body.contains("田中 一郎"), "{missed:?}");
    let visitor = site.visitor();
    done(&visitor.post(&cases::link(std::slice::from_ref(missed), "missed_appointment"), &[]).await);
    visitor.get(&my(case, "")).await.shows("新しいアドレスを確認してください");

    // From the proof on, everything goes to the new address.
    let link = cases::link(&cases::mails_to(&site, NEW).await, "address_changed");
    done(&site.visitor().post(&link, &[]).await);
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let new = kinds(&site, NEW).await;
    assert!(new.iter().any(|it| it.0 == "booked") && new.iter().all(|it| !it.1), "{new:?}");
    sound(&site).await;
}

#[actix_web::test]
async fn mails_that_wait_for_the_proved_address_go_to_the_new_one_after_the_proof() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    done(&corrects(&company, case, NEW).await);
    let link = cases::link(&cases::mails_to(&site, NEW).await, "address_changed");
    done(&site.visitor().post(&link, &[]).await);
    assert!(kinds(&site, NEW).await.contains(&("reminder".to_owned(), false)));
    let left = cases::mails_to(&site, CONTACT).await;
    let left: Vec<_> =
        left.iter().filter(|it| it.state.code() == "waiting").map(|it| it.kind.as_str()).collect();
    assert!(!left.contains(&"reminder"), "{left:?}");
    sound(&site).await;
}

/// The center's correction says that the old address is not the right one: it speaks no more, and mails wait.
#[actix_web::test]
async fn after_a_correction_by_the_center_mails_wait_and_the_company_is_called() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", NEW)]).await);
    assert_eq!(count_of(&cases::mails_to(&site, CONTACT).await, "address_replaced"), 1);
    let ends_at = cases::appointment(&site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    ops::booking::appointment::record_no_show(&site.app, case.id, cast.center()).await.unwrap();
    let missed: Vec<_> =
        kinds(&site, NEW).await.into_iter().filter(|it| it.0 == "missed_appointment").collect();
    assert_eq!(missed, [("missed_appointment".to_owned(), true)]);
    assert_eq!(count_of(&cases::mails_to(&site, CONTACT).await, "missed_appointment"), 0);
    assert!(cases::record(&site, case).await.to_call_since.is_some());
    assert_eq!(site.sign_in("center@example.jp", crate::site::PASSWORD).await.status, 303);
    let page = site.get("/staff?tab=calls").await;
    page.shows("の確認がまだのため");
    page.shows("相談の日時を選んでもらい、登録してください。");
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    assert!(kinds(&site, NEW).await.contains(&("missed_appointment".to_owned(), false)));
    assert!(cases::record(&site, case).await.to_call_since.is_none());
    sound(&site).await;
}

#[actix_web::test]
async fn the_reader_of_the_proved_address_takes_an_unproved_one_back() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let intruder = site.visitor();
    sign_in(&intruder, CONTACT).await;
    done(&corrects(&intruder, case, NEW).await);
    let object = cases::link(&cases::mails_to(&site, CONTACT).await, "address_replaced");
    let owner = site.visitor();
    owner.get(&object).await.shows("変更に心当たりがないことを伝える");
    assert!(!cases::record(&site, case).await.consultation.address_confirmed, "looking changes nothing");
    let reply = owner.post(&object, &[]).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.shows("変更を取り消しました");
    let person = store::consultation::person(&site.app.db, case.id).await.unwrap().unwrap();
    assert_eq!(person.email.as_deref(), Some(CONTACT));
    let record = cases::record(&site, case).await;
    assert!(record.consultation.address_confirmed && record.response.is_some());
    let reply = intruder.get(&my(case, "")).await;
    assert!(reply.location.is_some_and(|it| it.starts_with("/login")), "its session is over");
    let stale = cases::link(&cases::mails_to(&site, NEW).await, "address_changed");
    done(&site.visitor().post(&stale, &[]).await);
    let person = store::consultation::person(&site.app.db, case.id).await.unwrap().unwrap();
    assert_eq!(person.email.as_deref(), Some(CONTACT), "the link of the address that is gone proves nothing");
    let thread = site.get(&at(case.number, "?view=messages")).await;
    thread.shows("変更に心当たりがないと連絡がありました");
    assert!(!owner.get(&object).await.body.contains(NEW));
    sound(&site).await;
}

#[actix_web::test]
async fn an_objection_to_a_proved_address_is_left_to_the_center() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    done(&corrects(&company, case, NEW).await);
    let link = cases::link(&cases::mails_to(&site, NEW).await, "address_changed");
    done(&site.visitor().post(&link, &[]).await);
    let object = cases::link(&cases::mails_to(&site, CONTACT).await, "address_replaced");
    site.visitor().post(&object, &[]).await.shows("相談センターに伝えました");
    let person = store::consultation::person(&site.app.db, case.id).await.unwrap().unwrap();
    assert_eq!(person.email.as_deref(), Some(NEW));
    assert!(cases::record(&site, case).await.response.is_some());
    site.get("/staff?tab=unanswered").await.shows(&case.number.to_string());
    site.app.clock.advance(TimeDelta::days(31));
    assert_eq!(site.visitor().get(&object).await.status, 410);
    assert_eq!(site.visitor().get("/address-objection/rubbish").await.status, 410);
    sound(&site).await;
}

/// The browser that applied knows the page after the application; it must not replace an address that was proved.
#[actix_web::test]
async fn the_page_after_the_application_replaces_no_proved_address() {
    let site = Site::new().await;
    let app = &site.app;
    let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(app, draft, |it| *it = cases::form(CONTACT)).await.unwrap();
    ops::intake::apply::release(app, draft).await.unwrap();
    let record = ops::intake::apply::submit(app, draft, |_| ()).await.unwrap();
    let case = Case { id: record.consultation.id, number: record.number };
    ops::consultation::confirm_address(app, case.id, Actor::Company).await.unwrap();
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    done(&corrects(&company, case, NEW).await);
    let late = site.post(&format!("/apply/{draft}/address"), &[("email", "third@example.co.jp")]).await;
    assert_eq!(late.status, 409);
    // Back to the address that was proved: nothing has to be proved again.
    done(&corrects(&company, case, CONTACT).await);
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
    company.get(&my(case, "")).await.shows("確認済みのメールアドレスに戻しました。");
    sound(&site).await;
}

/// The warning before a held time ends asks for the confirmation, so that it does not wait for it.
#[actix_web::test]
async fn the_warning_before_a_hold_ends_goes_to_the_corrected_address() {
    let site = Site::new().await;
    let cast = cases::Cast::new(&site).await;
    let case = deadlines::applied(&site, TYPO, &["ict"]).await;
    let mut typed = domain::consultation::correction::CaseValues::default();
    typed.set(domain::consultation::correction::CorrectedField::Email, NEW);
    ops::consultation::correction::correct(
        &site.app,
        case.id,
        cast.center().into(),
        CorrectionSection::Contact,
        &typed,
        ops::consultation::correction::CorrectionCause::default(),
    )
    .await
    .unwrap();
    deadlines::go_to(&site, "2026-11-24T10:05:00");
    while worker::outbox::step(&site.app).await.unwrap() {}
    let warned = cases::mails_to(&site, NEW).await;
    let warned = warned.iter().find(|it| it.kind == "hold_ending").unwrap();
    assert_eq!(warned.state.code(), "sent", "{warned:?}");
    done(&site.visitor().post(&cases::link(std::slice::from_ref(warned), "hold_ending"), &[]).await);
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
    sound(&site).await;
}

/// A mail to an earlier address goes to the present one, and the bounce of the earlier one stays.
#[actix_web::test]
async fn a_mail_to_an_earlier_address_is_sent_again_to_the_present_one() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", NEW)]).await);
    let mail = cases::mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "booked").unwrap();
    let bounce = store::correspondence::bounce::Bounce {
        reported_by: None,
        address: CONTACT.to_owned(),
        mail: Some(domain::id::MailId(mail.id)),
        consultation: None,
        permanent: true,
        status: String::new(),
        diagnostic: "550 no such user".to_owned(),
    };
    let tx = site.app.begin().await.unwrap();
    store::correspondence::bounce::note(&tx, bounce, site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let path = format!("/staff/mail/{}", mail.id);
    site.get(&path).await.shows(&format!("{NEW} に訂正されています"));
    done(&site.post(&path, &[("action", "resend"), ("reason", "届いていない")]).await);
    site.get(&path).await.shows(&format!("いまの宛先（{NEW}）のアドレスが確認されると送信します。"));
    assert!(kinds(&site, NEW).await.contains(&("booked".to_owned(), true)), "it waits for the proof");
    assert_eq!(count_of(&cases::mails_to(&site, CONTACT).await, "booked"), 1);
    assert!(store::correspondence::bounce::find(&site.app.db, CONTACT).await.unwrap().is_some());

    // The link that had the earlier address confirmed is of no use any more.
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", "third@example.co.jp")]).await);
    let old = cases::mails_to(&site, NEW).await.into_iter().find(|it| it.kind == "address_changed").unwrap();
    let refused =
        site.post(&format!("/staff/mail/{}", old.id), &[("action", "resend"), ("reason", "x")]).await;
    assert_eq!(refused.status, 409);
    refused.shows("訂正前のメールアドレスについてのメールのため");
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", "")]).await);
    let refused = site.post(&path, &[("action", "resend"), ("reason", "x")]).await;
    assert_eq!(refused.status, 409);
    refused.shows("いまの連絡先にはメールアドレスがない");
    sound(&site).await;
}

/// A company cannot have mail sent to any number of addresses.
#[actix_web::test]
async fn a_company_has_only_so_many_addresses_asked_for_proof_a_day() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    let mut refused = 0;
    for n in 0..40 {
        let reply = corrects(&company, case, &format!("victim{n}@example.co.jp")).await;
        refused += usize::from(reply.status == 409);
    }
    assert!(refused > 5, "{refused}");
    sound(&site).await;
}

/// A correction that is taken back before its address was proved leaves what was before it: the address that was proved
/// speaks for the case at once.
#[actix_web::test]
async fn the_second_of_two_pending_corrections_is_taken_back_and_the_proved_address_speaks_at_once() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    for by_center in [false, true] {
        done(&corrects(&company, case, TYPO).await);
        if by_center {
            done(&correct(&site, case, CorrectionSection::Contact, &[("email", NEW)]).await);
            assert_eq!(company.get(&my(case, "")).await.status, 404, "the center says that it is wrong");
        } else {
            done(&corrects(&company, case, NEW).await);
        }
        done(&super::undo(&site, case, super::last(&site, case).await).await);
        let person = store::consultation::person(&site.app.db, case.id).await.unwrap().unwrap();
        assert_eq!(person.email.as_deref(), Some(TYPO));
        assert_eq!(person.proven.map(|it| it.email).as_deref(), Some(CONTACT));
        assert!(!cases::record(&site, case).await.consultation.address_confirmed);
        let again = site.visitor();
        sign_in(&again, CONTACT).await;
        again.get(&my(case, "")).await.shows("新しいアドレスを確認してください");
        // Mails go there, and the page can be used without another proof.
        let before = count_of(&cases::mails_to(&site, CONTACT).await, "new_message");
        let text = domain::text::Prose::parse("メッセージ", "お返事です。", 200).unwrap();
        let audience = store::correspondence::message::Audience::Everyone;
        let by = Actor::Coordinator(cast.coordinator);
        ops::correspondence::message::post(&site.app, case.id, by, audience, &text).await.unwrap();
        let mails = cases::mails_to(&site, CONTACT).await;
        assert_eq!(count_of(&mails, "new_message"), before + 1);
        let held = mails.iter().filter(|it| it.kind == "new_message" && it.hold_reason.is_some());
        assert_eq!(held.count(), 0);
        // Taken back to the proved address itself, nothing is to be proved.
        done(&super::undo(&site, case, super::last_to(&site, case, TYPO).await).await);
        assert!(cases::record(&site, case).await.consultation.address_confirmed);
        sound(&site).await;
    }
}

/// An address that was proved since is not passed over: taking its correction back leaves no earlier one to speak.
#[actix_web::test]
async fn a_proved_correction_that_is_taken_back_has_the_earlier_address_proved_anew() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    done(&corrects(&company, case, TYPO).await);
    done(&corrects(&company, case, NEW).await);
    let link = cases::link(&cases::mails_to(&site, NEW).await, "address_changed");
    done(&site.visitor().post(&link, &[]).await);
    done(&super::undo(&site, case, super::last(&site, case).await).await);
    let person = store::consultation::person(&site.app.db, case.id).await.unwrap().unwrap();
    assert_eq!((person.email.as_deref(), person.proven), (Some(TYPO), None));
    sound(&site).await;
}
