//! A corrected mail address: proved anew, with the bounced and the planned mails.
use domain::{actor::Actor, consultation::correction::CorrectionSection};
use entity::outbox;
use madoguchi::{ops, store, worker};
use sea_orm::{EntityTrait, QueryFilter, Set};

use super::{at, center, correct, done, is_sound, last, undo};
use crate::{
    cases::{self, CONTACT, Case},
    company::{my, sign_in},
    site::Site,
};

const NEW: &str = "correct@example.co.jp";

/// Lets the server refuse every mail that was written to the contact.
async fn bounce(site: &Site, kinds: &[&str]) {
    for mail in cases::mails_to(site, CONTACT).await {
        if kinds.contains(&mail.kind.as_str()) {
            let failed = outbox::ActiveModel {
                id: Set(mail.id),
                state: Set(codes::MailStatus::Failed.into()),
                last_reply: Set(Some("550 5.1.1 no such user".to_owned())),
                ..Default::default()
            };
            outbox::Entity::update(failed).exec(&site.app.db).await.unwrap();
        }
    }
}

async fn send_again(site: &Site, case: Case) -> crate::site::Reply {
    let version = cases::record(site, case).await.version.to_string();
    site.post(&at(case.number, "/send-again"), &[("version", &version)]).await
}

#[actix_web::test]
async fn a_new_address_is_proved_anew_and_bounced_mail_goes_there_by_one_click() {
    let (site, cast) = center().await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    bounce(&site, &["acknowledgement", "slots_to_choose"]).await;
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", NEW)]).await);
    assert!(!cases::record(&site, case).await.consultation.address_confirmed);
    let page = site.get(&at(case.number, "")).await;
    page.shows("新しいメールアドレスに、確認のメールを送りました。");
    page.shows("連絡先未確認");
    page.shows("前のアドレスに届かなかったメールが2件あります。");
    let first = cases::mails_to(&site, NEW).await;
    assert_eq!(first.iter().map(|it| it.kind.as_str()).collect::<Vec<_>>(), ["address_changed"]);
    assert!(!first[0].text_body.contains("みなと製作所"), "an unconfirmed address may be a stranger's");

    done(&send_again(&site, case).await);
    let again = cases::mails_to(&site, NEW).await;
    let held: Vec<_> = again.iter().map(|it| (it.kind.as_str(), it.hold_reason.is_some())).collect();
    assert_eq!(
        held,
        [("address_changed", false), ("acknowledgement", false), ("slots_to_choose", true)],
        "words of the form wait for the confirmation"
    );
    let at_once = again.iter().filter(|it| it.hold_reason.is_none());
    assert!(at_once.map(|it| it.recipient_name.as_str()).all(str::is_empty), "not even a name goes out");
    let twice = send_again(&site, case).await;
    assert_eq!(twice.status, 409);
    twice.shows("送り直すメールはありません。");
    assert!(!site.get(&at(case.number, "")).await.body.contains("メール不達"));

    // The link of the mail that is sent again is for the new address.
    let company = site.visitor();
    let old = cases::link(&cases::mails_to(&site, CONTACT).await, "slots_to_choose");
    done(&company.post(&old, &[]).await);
    assert_eq!(company.get(&my(case, "")).await.status, 404, "the old address opens nothing any more");
    let company = site.visitor();
    let link = cases::link(&again, "slots_to_choose");
    done(&company.post(&link, &[]).await);
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
    company.get(&my(case, "")).await.shows("ご相談の状況");
    let released = cases::mails_to(&site, NEW).await;
    assert!(released.iter().all(|it| it.hold_reason.is_none()), "{released:?}");
    worker::once(&site.app).await;
    is_sound(&site).await;
}

#[actix_web::test]
async fn planned_mail_waits_for_the_confirmation_and_an_undone_correction_needs_none() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let planned = |mails: &[outbox::Model]| {
        mails.iter().filter(|it| it.kind == "reminder").map(|it| it.hold_reason.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(planned(&cases::mails_to(&site, CONTACT).await), [false]);
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", NEW)]).await);
    assert_eq!(planned(&cases::mails_to(&site, NEW).await), [true]);
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    assert_eq!(planned(&cases::mails_to(&site, NEW).await), [false]);
    done(&undo(&site, case, last(&site, case).await).await);
    assert_eq!(planned(&cases::mails_to(&site, CONTACT).await), [false]);
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
    let mails = cases::mails_to(&site, CONTACT).await;
    assert!(!mails.iter().any(|it| it.kind == "address_changed"), "it was confirmed before");
    is_sound(&site).await;
}

#[actix_web::test]
async fn the_page_after_the_application_shows_the_state_and_corrects_a_mistyped_address() {
    let site = Site::new().await;
    let app = &site.app;
    let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(app, draft, |it| *it = cases::form("mistyped@example.co.jp")).await.unwrap();
    ops::intake::apply::release(app, draft).await.unwrap();
    let record = ops::intake::apply::submit(app, draft, |_| ()).await.unwrap();
    let case = Case { id: record.consultation.id, number: record.number };
    let page = site.get(&format!("/apply/{draft}/done")).await;
    page.shows("現在の状況");
    page.shows("受付済み");
    page.shows("mistyped@example.co.jp");
    assert!(!page.body.contains("状況を見る"), "it would lead to a sign-in form");
    let path = format!("/apply/{draft}/address");
    let wrong = site.post(&path, &[("email", "nobody")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("name@example.jp のような形で入力してください");
    done(&site.post(&path, &[("email", NEW)]).await);
    site.get(&format!("/apply/{draft}/done")).await.shows(NEW);
    let link = cases::link(&cases::mails_to(&site, NEW).await, "address_changed");
    done(&site.post(&link, &[]).await);
    let page = site.get(&format!("/apply/{draft}/done")).await;
    page.shows("状況を見る");
    assert!(!page.body.contains("メールアドレスを訂正する"));
    let late = site.post(&path, &[("email", "third@example.co.jp")]).await;
    assert_eq!(late.status, 409);
    late.shows("すでに確認されています");
    let person = store::consultation::person(&app.db, case.id).await.unwrap().unwrap();
    assert_eq!(person.email.as_deref(), Some(NEW));
    is_sound(&site).await;
}

#[actix_web::test]
async fn only_so_many_mails_a_day_follow_from_corrected_addresses() {
    let site = Site::new().await;
    let app = &site.app;
    let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(app, draft, |it| *it = cases::form(CONTACT)).await.unwrap();
    ops::intake::apply::release(app, draft).await.unwrap();
    ops::intake::apply::submit(app, draft, |_| ()).await.unwrap();
    let path = format!("/apply/{draft}/address");
    for n in 0..40 {
        done(&site.post(&path, &[("email", &format!("victim{n}@example.co.jp"))]).await);
    }
    let sent = outbox::Entity::find()
        .filter(outbox::COLUMN.kind.eq("address_changed"))
        .filter(outbox::COLUMN.state.ne("suppressed"))
        .all(&app.db)
        .await
        .unwrap();
    assert!(sent.len() < 30, "{} mails", sent.len());
}

#[actix_web::test]
async fn a_company_that_corrects_its_own_address_opens_the_link_there() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    let reply = company.post(&my(case, "/correct/contact"), &[("email", NEW)]).await;
    assert_eq!((reply.status, reply.location), (303, Some(my(case, ""))), "{}", reply.body);
    company.get(&my(case, "")).await.shows(NEW);
    let link = cases::link(&cases::mails_to(&site, NEW).await, "address_changed");
    done(&company.post(&link, &[]).await);
    company.get(&my(case, "")).await.shows("ご相談の状況");
    let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    assert!(
        events
            .iter()
            .any(|it| it.by == Actor::Company
                && it.note.as_deref() == Some("「メールアドレス」を訂正しました"))
    );
}

/// Returns the properties of the mail's calendar part that name people, unfolded.
fn people(mail: &outbox::Model) -> Vec<String> {
    let whole = mail.calendar.as_ref().unwrap().replace("\r\n ", "");
    let of = |it: &&str| it.starts_with("ATTENDEE") || it.starts_with("ORGANIZER");
    whole.lines().filter(of).map(str::to_owned).collect()
}

/// The invitation names its reader, and answers go to the reply address of that reader: whether the mail was still
/// waiting for the old address, or had bounced there and is sent again.
#[actix_web::test]
async fn the_calendar_parts_name_the_new_address() {
    for bounced in [false, true] {
        let (site, cast) = center().await;
        let case = cases::booked(&site, &cast, CONTACT).await;
        if bounced {
            bounce(&site, &["booked"]).await;
        }
        let typed = [("email", NEW), ("contact_name", "鈴木 次郎")];
        done(&correct(&site, case, CorrectionSection::Contact, &typed).await);
        if bounced {
            done(&send_again(&site, case).await);
        }
        let mails = cases::mails_to(&site, NEW).await;
        let booked = mails.iter().find(|it| it.kind == "booked").unwrap();
        let reply = site.app.reply_address(case.id, NEW);
        let people = people(booked);
        assert_eq!(people.len(), 2, "{people:?}");
        assert!(people[0].starts_with("ORGANIZER;CN=") && people[0].ends_with(&format!(":mailto:{reply}")));
        assert!(people[1].contains("CN=鈴木 次郎;PARTSTAT=ACCEPTED"), "{}", people[1]);
        assert!(people[1].ends_with(&format!(":mailto:{NEW}")), "{}", people[1]);
        assert!(!mails.iter().any(|it| it.calendar.as_ref().is_some_and(|it| it.contains(CONTACT))));
        is_sound(&site).await;
    }
}

/// Mails that were written after the first one had bounced were never sent to the old address. They did not arrive
/// either.
#[actix_web::test]
async fn mails_that_were_withheld_from_a_dead_address_are_sent_again_too() {
    let (mut site, cast) = center().await;
    let sink = crate::smtp::Sink::open(crate::smtp::Manner::Answer("550 5.1.1 no such person"));
    let transport = madoguchi::mail::transport::Transport::from_settings(
        Some(&sink.url()),
        std::path::Path::new("unused"),
        madoguchi::mail::transport::SmtpOptions::default(),
    );
    site.change(|app| app.mail.transport = transport.unwrap());
    let case = cases::received(&site, &cast, CONTACT).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    let question = [("text", "台数を教えてください。")];
    let version = cases::record(&site, case).await.version.to_string();
    done(&site.post(&at(case.number, "/ask"), &[question[0], ("version", &version)]).await);
    while worker::outbox::step(&site.app).await.unwrap() {}
    let states: Vec<_> = cases::mails_to(&site, CONTACT).await;
    let states: Vec<_> = states.iter().map(|it| (it.kind.as_str(), it.state.code())).collect();
    assert_eq!(states, [("acknowledgement", "failed"), ("question", "suppressed")]);

    sink.set(crate::smtp::Manner::Take(std::time::Duration::ZERO));
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", NEW)]).await);
    site.get(&at(case.number, "")).await.shows("前のアドレスに届かなかったメールが2件あります。");
    done(&send_again(&site, case).await);
    assert_eq!(send_again(&site, case).await.status, 409, "each once");
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    while worker::outbox::step(&site.app).await.unwrap() {}
    let sent = cases::mails_to(&site, NEW).await;
    let sent: Vec<_> =
        sent.iter().filter(|it| it.state.code() == "sent").map(|it| it.kind.as_str()).collect();
    assert_eq!(sent, ["address_changed", "acknowledgement", "question"]);
    is_sound(&site).await;
}

/// Without an address nothing can be mailed: what waited is dropped, and the company is called instead.
#[actix_web::test]
async fn an_address_that_is_removed_gets_no_mail_and_the_company_is_called() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let section = CorrectionSection::Contact;
    done(&correct(&site, case, section, &[("email", "")]).await);
    let waiting = |mails: Vec<outbox::Model>| {
        mails.into_iter().filter(|it| it.state.code() == "waiting").map(|it| it.kind).collect::<Vec<_>>()
    };
    assert_eq!(waiting(cases::mails_to(&site, CONTACT).await), Vec::<String>::new());
    assert!(cases::record(&site, case).await.to_call_since.is_some());
    site.get("/staff?tab=calls").await.shows(&case.number.to_string());
    is_sound(&site).await;
    // With an address again, the reminder is planned again.
    done(&undo(&site, case, last(&site, case).await).await);
    assert_eq!(waiting(cases::mails_to(&site, CONTACT).await), ["reminder"]);
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
    is_sound(&site).await;
}

/// An acknowledgement after a telephone call greets the company by its name: it waits until the corrected address is
/// confirmed, since that may be a stranger's.
#[actix_web::test]
async fn an_acknowledgement_with_a_name_waits_for_the_confirmation() {
    let (site, cast) = center().await;
    let application = domain::intake::application::Application::parse(
        &cases::form(CONTACT),
        domain::intake::application::Intake::OnBehalf,
    )
    .unwrap();
    let key = uuid::Uuid::new_v4();
    let taken = ops::intake::apply::take_down(&site.app, &application, cast.center(), key, true).await;
    let taken = taken.unwrap();
    let case = Case { id: taken.consultation.id, number: taken.number };
    assert!(cases::mails_to(&site, CONTACT).await[0].text_body.contains("みなと製作所"));
    bounce(&site, &["acknowledgement"]).await;
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", NEW)]).await);
    done(&send_again(&site, case).await);
    let held = |mails: Vec<outbox::Model>| {
        let again = mails.into_iter().find(|it| it.kind == "acknowledgement").unwrap();
        again.hold_reason.is_some()
    };
    assert!(held(cases::mails_to(&site, NEW).await));
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    assert!(!held(cases::mails_to(&site, NEW).await));
    is_sound(&site).await;
}

/// The center's words wait for the proof of an address that replaces a proved one: the company is called meanwhile.
#[actix_web::test]
async fn a_message_that_waits_for_a_corrected_address_is_a_call() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", "new@example.co.jp")]).await);
    assert_eq!(cases::record(&site, case).await.to_call_since, None);
    let text = domain::text::Prose::parse("本文", "資料をお送りします。", 2000).unwrap();
    let by = cast.center();
    let audience = store::correspondence::message::Audience::Everyone;
    madoguchi::ops::correspondence::message::post(&site.app, case.id, by, audience, &text).await.unwrap();
    let mails = cases::mails_to(&site, "new@example.co.jp").await;
    assert!(mails.iter().any(|it| it.kind == "new_message" && it.hold_reason.is_some()), "{mails:?}");
    assert!(cases::record(&site, case).await.to_call_since.is_some());
    site.get("/staff?tab=calls").await.shows(&case.number.to_string());

    // Until a new application is confirmed, its contact is asked for that.
    let fresh = cases::unconfirmed(&site, &cast, &cases::form("fresh@example.co.jp")).await;
    madoguchi::ops::correspondence::message::post(&site.app, fresh.id, by, audience, &text).await.unwrap();
    assert_eq!(cases::record(&site, fresh).await.to_call_since, None);
    is_sound(&site).await;
}
