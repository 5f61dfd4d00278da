//! A received mail that was added to the wrong consultation leaves it again, with what it changed there.
use chrono::TimeDelta;
use domain::id::MailId;
use entity::inbound_mail;
use madoguchi::{
    doctor,
    store::{self, correspondence::message::Audience},
    worker,
};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    inbound::{arrives, raw_mail, thread, waiting},
    inbound_files::with_file,
    site::{PASSWORD, Reply, Site},
};

const OTHER: &str = "other@example.co.jp";

async fn center() -> (Site, Cast) {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    (site, cast)
}

/// Lets a mail of a stranger arrive, with a file, which waits for a decision.
async fn stranger(site: &Site) -> inbound_mail::Model {
    let raw = raw_mail("tanaka@example.com", "madoguchi@example.jp", "資料の件", "資料をお送りします。");
    let mail = arrives(site, &with_file(&raw)).await;
    assert_eq!(mail.state.code(), "quarantined");
    mail
}

async fn attach(site: &Site, mail: &inbound_mail::Model, case: Case, attach_as: &str) {
    let number = case.number.to_string();
    let form = [("number", number.as_str()), ("attach_as", attach_as)];
    let done = site.post(&format!("/staff/mail/in/{}/attach", mail.id), &form).await;
    assert_eq!(done.status, 303, "{}", done.body);
}

async fn take_back(site: &Site, mail: &inbound_mail::Model, reason: &str) -> Reply {
    site.post(&format!("/staff/mail/in/{}/take-back", mail.id), &[("reason", reason)]).await
}

async fn is_sound(site: &Site) {
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn a_mail_in_the_wrong_case_leaves_it_and_goes_to_the_right_one() {
    let (site, cast) = center().await;
    let (wrong, right) =
        (cases::booked(&site, &cast, CONTACT).await, cases::received(&site, &cast, OTHER).await);
    let mail = stranger(&site).await;
    let before = cases::record(&site, wrong).await;
    let entries = thread(&site, wrong, Audience::Center).await;
    attach(&site, &mail, wrong, "company").await;
    let added = cases::record(&site, wrong).await;
    assert!(added.response.is_some() && added.last_inbound_at.is_some());

    let path = format!("/staff/mail/in/{}", mail.id);
    let page = site.get(&path).await;
    page.shows("別の案件のメールだったときは、追加を取り消す");
    page.shows("この案件の企業は、まだメッセージを開いていません。");
    page.shows("は、すでに読んでいることがあります。");
    let empty = take_back(&site, &mail, " ").await;
    assert_eq!(empty.status, 422);
    let done = take_back(&site, &mail, "別の企業のメール").await;
    assert_eq!(done.status, 303, "{}", done.body);
    let page = site.get(&path).await;
    page.shows("追加を取り消しました。このメールの相談案件を選び直してください。");

    let after = cases::record(&site, wrong).await;
    assert_eq!((after.response, after.last_inbound_at), (before.response, before.last_inbound_at));
    assert_eq!(after.silence, before.silence, "nobody has acted in the case");
    assert_eq!(thread(&site, wrong, Audience::Center).await, entries);
    let history = site.get(&format!("/staff/consultations/{}?view=history", wrong.number)).await;
    history.shows("受信したメールを追加：tanaka@example.com");
    history.shows("受信したメールの追加を取り消しました：tanaka@example.com（別の企業のメール）");
    assert!(!history.body.contains("資料をお送りします"), "the text is gone");
    let page = site.get(&path).await;
    page.shows("企業からのメールとして追加する");
    assert_eq!(take_back(&site, &mail, "もう一度").await.status, 409, "it belongs to no case now");

    attach(&site, &mail, right, "company").await;
    let moved = thread(&site, right, Audience::Everyone).await;
    assert_eq!(moved.last().unwrap().body, "資料をお送りします。");
    site.get(&format!("/staff/consultations/{}?view=messages", right.number)).await.shows("kitei.txt");
    is_sound(&site).await;
}

#[actix_web::test]
async fn an_answer_that_was_none_is_taken_out_and_the_state_stays() {
    let (site, cast) = center().await;
    let case = waiting(&site, &cast, CONTACT).await;
    let mail = stranger(&site).await;
    attach(&site, &mail, case, "company").await;
    assert_eq!(cases::state(&site, case).await, "checking");
    let page = site.get(&format!("/staff/mail/in/{}", mail.id)).await;
    page.shows("案件は「確認中」に進みました。状態は戻りません。");
    assert_eq!(take_back(&site, &mail, "別の企業のメール").await.status, 303);
    assert_eq!(cases::state(&site, case).await, "checking", "the center asks again");
    let left = thread(&site, case, Audience::Everyone).await;
    assert_eq!(left.len(), 1, "the question is there: {left:?}");
    is_sound(&site).await;
}

#[actix_web::test]
async fn a_message_that_came_since_waits_on_and_an_answer_given_since_stays() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let mail = stranger(&site).await;
    attach(&site, &mail, case, "company").await;
    site.app.clock.advance(TimeDelta::minutes(30));
    let to = site.app.reply_address(case.id, CONTACT);
    let own = arrives(&site, &raw_mail(CONTACT, &to, "Re: 予約", "駐車場はありますか。")).await;
    assert_eq!(own.state.code(), "attached");
    let came_at = cases::record(&site, case).await.last_inbound_at;
    let refused = take_back(&site, &own, "試し").await;
    assert_eq!(refused.status, 409);
    refused.shows("センターが追加したメールではないため、取り消せません。");
    assert_eq!(take_back(&site, &mail, "別の企業のメール").await.status, 303);
    let record = cases::record(&site, case).await;
    assert_eq!(record.response.map(|it| it.since), came_at, "the company's own question waits");
    assert_eq!(record.last_inbound_at, came_at);
    is_sound(&site).await;
}

#[actix_web::test]
async fn a_note_is_taken_out_and_its_files_go_with_it() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let mail = stranger(&site).await;
    attach(&site, &mail, case, "note").await;
    let messages = format!("/staff/consultations/{}?view=messages", case.number);
    site.get(&messages).await.shows("kitei.txt");
    let page = site.get(&format!("/staff/mail/in/{}", mail.id)).await;
    assert!(!page.body.contains("この案件の企業は"), "a note is not for the company");
    assert_eq!(take_back(&site, &mail, "別の企業のメール").await.status, 303);
    let page = site.get(&messages).await;
    assert!(!page.body.contains("kitei.txt"), "{}", page.body);
    let row =
        store::correspondence::inbound_mail::find(&site.app.db, MailId(mail.id)).await.unwrap().unwrap();
    assert_eq!((row.state.code(), row.open, row.entry_id), ("quarantined", true, None));
    is_sound(&site).await;
}

/// Returns the states of the notices of new messages to an address.
async fn notices(site: &Site, to: &str) -> Vec<String> {
    let mails = cases::mails_to(site, to).await.into_iter().filter(|it| it.kind == "new_message");
    mails.map(|it| it.state.code().to_owned()).collect()
}

#[actix_web::test]
async fn a_notice_of_the_mail_is_withdrawn_unless_it_announces_another_message_too() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let mail = stranger(&site).await;
    attach(&site, &mail, case, "company").await;
    let readers = ["center@example.jp", "expert@example.jp"];
    for to in readers {
        assert_eq!(notices(&site, to).await, ["waiting"], "{to}");
    }
    assert_eq!(take_back(&site, &mail, "別の企業のメール").await.status, 303);
    for to in readers {
        assert_eq!(notices(&site, to).await, ["suppressed"], "{to}");
    }

    // Another message is announced once, at its time, whether it comes before the mail leaves the case or afterwards.
    attach(&site, &mail, case, "company").await;
    site.app.clock.advance(TimeDelta::minutes(5));
    let to = site.app.reply_address(case.id, CONTACT);
    arrives(&site, &raw_mail(CONTACT, &to, "Re: 予約", "駐車場はありますか。")).await;
    assert_eq!(take_back(&site, &mail, "別の企業のメール").await.status, 303);
    site.app.clock.advance(TimeDelta::days(4));
    while worker::outbox::step(&site.app).await.unwrap() {}
    for to in readers {
        assert_eq!(notices(&site, to).await, ["suppressed", "sent"], "{to}");
    }
    is_sound(&site).await;
}
