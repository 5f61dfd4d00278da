//! The network of companies that have introduced telework: mentors and their approval, questions that the center sees
//! first, the words of both sides through our addresses, limits, and what comes back.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Role,
    id::{MentorId, NetworkQuestionId},
    intake::application::TICKED,
    network::{
        MentorEntry, MentorForm, MentorStatus, NetworkQuestionStatus, NetworkSide, QuestionEntry,
        QuestionForm, QuestionReturn, QuestionState,
    },
    text::Prose,
};
use entity::{mentor as mentor_row, network_message, network_pass, network_question, outbox};
use madoguchi::{
    doctor,
    mail::transport::{SendError, Transport},
    ops::{self, network::SeenMentor},
    secret::Purpose,
    store::network::{mentor, question, statistics},
    worker,
};
use sea_orm::{EntityTrait, QueryFilter};

use crate::{
    cases::{self, CONTACT, Cast, link, mails_to},
    inbound::{arrives, raw_mail},
    site::{PASSWORD, Site},
};

const ASKER: &str = "asker@example.co.jp";
const MENTOR: &str = "mentor@example.com";

fn mentor_form(name: &str, email: &str, a_month: &str) -> MentorForm {
    MentorForm {
        name: name.to_owned(),
        industry: "E".to_owned(),
        employees: "48".to_owned(),
        prefecture: "05".to_owned(),
        topics: "在宅勤務の始め方".to_owned(),
        a_month: a_month.to_owned(),
        contact_name: "見本 太郎".to_owned(),
        email: email.to_owned(),
        consent: TICKED.to_owned(),
        ..MentorForm::default()
    }
}

/// Makes a mentor that is listed.
async fn listed(site: &Site, name: &str, email: &str, a_month: &str) -> MentorId {
    let entry = MentorEntry::parse(&mentor_form(name, email, a_month), false).unwrap();
    ops::network::register(&site.app, entry, email).await.unwrap();
    let id = mentor::of_address(&site.app.db, email).await.unwrap().unwrap().id;
    ops::network::prove_mentor(&site.app, id).await.unwrap();
    let version = mentor::find(&site.app.db, id).await.unwrap().unwrap().version;
    ops::network::decide(&site.app, SeenMentor { id, version }, None).await.unwrap();
    id
}

/// Makes a question that waits for the center.
async fn question_of(site: &Site, email: &str, wanted: Option<MentorId>) -> NetworkQuestionId {
    let form = QuestionForm {
        company_name: "みほん質問社".to_owned(),
        industry: "E".to_owned(),
        size: "20".to_owned(),
        prefecture: "05".to_owned(),
        contact_name: "見本 花子".to_owned(),
        email: email.to_owned(),
        text: "残業はどう管理しますか。".to_owned(),
        consent: TICKED.to_owned(),
    };
    let entry = QuestionEntry::parse(&form).unwrap();
    ops::network::ask(&site.app, entry, wanted, email).await.unwrap();
    let row = network_question::Entity::find()
        .filter(network_question::COLUMN.email_key.eq(email))
        .filter(network_question::COLUMN.status.eq("unproved"))
        .one(&site.app.db)
        .await
        .unwrap()
        .unwrap();
    let id = NetworkQuestionId(row.id);
    ops::network::prove_question(&site.app, id).await.unwrap();
    id
}

async fn pass(site: &Site, id: NetworkQuestionId, to: MentorId) -> Result<(), madoguchi::problem::Problem> {
    let version = question::find(&site.app.db, id).await.unwrap().unwrap().version;
    ops::network::pass_on(&site.app, id, version, to).await
}

async fn status(site: &Site, id: NetworkQuestionId) -> NetworkQuestionStatus {
    question::find(&site.app.db, id).await.unwrap().unwrap().status()
}

/// Makes a mentor and a question that is with it, and returns the parts of their addresses.
pub async fn parts(site: &Site) -> Vec<(&'static str, String)> {
    let app = &site.app;
    let to = listed(site, "みほん精機", "listed@example.com", "3").await;
    let id = question_of(site, "question@example.co.jp", Some(to)).await;
    pass(site, id, to).await.unwrap();
    let words = Prose::parse("", "記録しています。", 100).unwrap();
    ops::network::write(app, id, NetworkSide::Mentor, &words).await.unwrap();
    let until = app.clock.now() + TimeDelta::days(1);
    vec![
        ("/network/mentor/{token}", app.secret.sign(Purpose::Mentor, to.0, until)),
        ("/network/question/{token}", app.secret.sign(Purpose::NetworkQuestion, id.0, until)),
        ("/network/answer/{token}", app.secret.sign(Purpose::NetworkAnswer, id.0, until)),
        ("/staff/network/mentors/{id}", to.to_string()),
        ("/staff/network/questions/{id}", id.to_string()),
    ]
}

async fn work(site: &Site) {
    while worker::deadlines::step(&site.app).await.unwrap() {}
}

async fn sound(site: &Site) {
    work(site).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

async fn send(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
}

fn go_to(site: &Site, at: &str) {
    let at: DateTime<Utc> = format!("{at}+09:00").parse().unwrap();
    site.app.clock.advance(at - site.app.clock.now());
}

async fn kinds(site: &Site, to: &str) -> Vec<String> {
    mails_to(site, to).await.into_iter().map(|it| it.kind).collect()
}

/// Returns the relay address of a side, as its mail program answers it.
async fn relay(site: &Site, to: &str) -> String {
    let mail = mails_to(site, to).await.into_iter().rev().find(|it| it.relay_id.is_some()).unwrap();
    let token = site.app.secret.reply_token(mail.relay_id.unwrap(), to);
    format!("reply+{token}@{}", site.app.config.mail_reply_domain)
}

/// Registers a mentor by the pages, approves it, and returns its id.
async fn registers(site: &Site, visitor: &Site) -> MentorId {
    visitor.get("/network").await.shows("いま質問を受け付けている企業はありません");
    let wrong = visitor.post("/network/register", &[("name", "みほん")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("入力内容を確認してください（8件）");
    let typed = [
        ("name", "みほん精機"),
        ("industry", "E"),
        ("employees", "48"),
        ("prefecture", "05"),
        ("topics", "在宅勤務の始め方"),
        ("a_month", "3"),
        ("contact_name", "見本 太郎"),
        ("email", MENTOR),
        ("consent", TICKED),
    ];
    let reply = visitor.post("/network/register", &typed).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor.get(&reply.location.unwrap()).await.shows("まだ確定していません");
    let own = link(&mails_to(site, MENTOR).await, "mentor_prove");
    assert!(
        !mails_to(site, MENTOR).await[0].text_body.contains("見本"),
        "a stranger hears nothing of the form"
    );
    assert_eq!(visitor.post(&own, &[("action", "prove")]).await.status, 303);
    site.get("/staff").await.shows("質問0件、企業1件");
    let id = mentor_row::Entity::find().one(&site.app.db).await.unwrap().unwrap().id;
    let page = format!("/staff/network/mentors/{id}");
    site.get(&page).await.shows("承認して掲載する");
    assert_eq!(site.post(&page, &[("action", "approve"), ("version", "2")]).await.status, 303);
    let list = visitor.get("/network").await;
    list.shows("みほん精機");
    list.shows("秋田県・製造業・21人から100人");
    for private in ["見本 太郎", MENTOR, "48人"] {
        assert!(!list.body.contains(private), "{private}");
    }
    MentorId(id)
}

/// Asks by the pages, passes the question on, and returns its id and the address of the asker's page.
async fn is_passed_on(site: &Site, visitor: &Site, id: MentorId) -> (NetworkQuestionId, String) {
    let mentor_id = id.to_string();
    let typed = [
        ("mentor", &*mentor_id),
        ("text", "残業はどう管理しますか。"),
        ("company_name", "みほん質問社"),
        ("industry", "E"),
        ("size", "20"),
        ("prefecture", "05"),
        ("contact_name", "見本 花子"),
        ("email", ASKER),
        ("consent", TICKED),
    ];
    assert_eq!(visitor.post("/network/ask", &typed).await.status, 303);
    site.get("/staff").await.shows("<h2>");
    assert!(!site.get("/staff/network").await.body.contains("みほん質問社"), "the address is not proved");
    let asker = link(&mails_to(site, ASKER).await, "network_prove");
    assert_eq!(visitor.post(&asker, &[("action", "prove")]).await.status, 303);
    site.get("/staff").await.shows("質問1件、企業0件");
    let row = network_question::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    let desk = format!("/staff/network/questions/{}", row.id);
    site.get(&desk).await.shows("残業はどう管理しますか");
    let version = row.version.to_string();
    let form = [("action", "pass"), ("version", &*version), ("mentor", &*mentor_id)];
    assert_eq!(site.post(&desk, &form).await.status, 303);
    let again = site.post(&desk, &form).await;
    assert_eq!(again.status, 409, "another coordinator was first");
    let mail = mails_to(site, MENTOR).await.pop().unwrap();
    assert!(
        mail.text_body.contains("残業はどう管理しますか")
            && mail.text_body.contains("秋田県・製造業・20人以下")
    );
    for private in [ASKER, "みほん質問社", "見本 花子"] {
        assert!(!mail.text_body.contains(private), "{private}");
    }
    visitor.get(&asker).await.shows("みほん精機の回答を待っています");
    (NetworkQuestionId(row.id), asker)
}

/// Lets both sides write by mail.
async fn they_write(site: &Site) {
    // The mentor answers by mail; an address in the words is masked, and so is the one of the sender.
    let to = relay(site, MENTOR).await;
    let text =
        "勤怠システムで記録します。taro@example.com まで。\r\n\r\n-- \r\n見本 太郎 taro@example.com\r\n";
    let taken = arrives(site, &raw_mail(&format!("見本 太郎 <{MENTOR}>"), &to, "Re: 質問", text)).await;
    assert_eq!(taken.outcome, "推進企業ネットワークの相手に送りました。");
    let mail = mails_to(site, ASKER).await.pop().unwrap();
    assert!(mail.text_body.contains("勤怠システムで記録します") && mail.text_body.contains("みほん精機"));
    assert!(!mail.text_body.contains("taro@") && !mail.text_body.contains(MENTOR), "{}", mail.text_body);
    // An automatic answer is kept and not passed on.
    let away = raw_mail(MENTOR, &to, "Re: 質問", "休みです。")
        .replace("MIME-Version", "Auto-Submitted: auto-replied\r\nMIME-Version");
    assert_eq!(arrives(site, &away).await.state.code(), "auto_reply");
    assert_eq!(network_message::Entity::find().all(&site.app.db).await.unwrap().len(), 1);
    let stranger = arrives(site, &raw_mail("別人 <other@example.net>", &to, "Re: 質問", "割り込み")).await;
    assert_eq!(stranger.state.code(), "quarantined");
    let to = relay(site, ASKER).await;
    arrives(site, &raw_mail(&format!("花子 <{ASKER}>"), &to, "Re", "ありがとうございます。")).await;
    assert_eq!(kinds(site, MENTOR).await.last().unwrap(), "network_words");
    assert_eq!(network_message::Entity::find().all(&site.app.db).await.unwrap().len(), 2);
}

/// The whole way over the pages: a company registers and is listed, another one asks, the center passes it on, and both
/// write through us.
#[actix_web::test]
async fn a_question_goes_by_the_center_to_a_mentor_and_the_answer_comes_back() {
    let site = Site::signed_in(Role::Coordinator).await;
    let visitor = site.visitor();
    let id = registers(&site, &visitor).await;
    let (question, asker) = is_passed_on(&site, &visitor, id).await;
    they_write(&site).await;
    // Both have to agree before either hears an address.
    let answering = link(&mails_to(&site, MENTOR).await, "network_words");
    assert_eq!(visitor.post(&asker, &[("action", "agree")]).await.status, 303);
    assert!(!kinds(&site, ASKER).await.contains(&"network_introduced".to_owned()));
    assert_eq!(visitor.post(&answering, &[("action", "agree")]).await.status, 303);
    let introductions =
        |mails: Vec<outbox::Model>| mails.into_iter().filter(|it| it.kind == "network_introduced").count();
    let both = (introductions(mails_to(&site, ASKER).await), introductions(mails_to(&site, MENTOR).await));
    assert_eq!(both, (1, 1));
    assert!(mails_to(&site, ASKER).await.pop().unwrap().text_body.contains(MENTOR));

    let at = crate::editions::at;
    let span = (at("2026-11-01T00:00:00Z"), at("2026-11-30T15:00:00Z"));
    let counted = statistics::of(&site.app.db, span).await.unwrap();
    let received = (counted.mentors, counted.by_form, counted.by_case);
    assert_eq!((received, counted.answered_by_mentor, counted.answered_by_center), ((1, 1, 0), 1, 0));
    site.get("/stats").await.shows("<th scope=\"row\">推進企業が回答した質問</th><td class=\"num\">1</td>");
    let csv = site.get("/stats.csv").await.body;
    assert!(csv.contains("network,推進企業ネットワーク,1,掲載中の推進企業,1\r\n"), "{csv}");
    // A month without a word ends it, and a year later it is erased.
    site.app.clock.advance(TimeDelta::days(31));
    work(&site).await;
    assert_eq!(status(&site, question).await, NetworkQuestionStatus::Ended);
    site.app.clock.advance(TimeDelta::days(366));
    work(&site).await;
    let row = network_question::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    assert_eq!((row.email, row.words, row.contact_name), (None, None, None));
    assert_eq!(statistics::of(&site.app.db, span).await.unwrap().by_form, 1, "the counts stay");
    assert!(network_message::Entity::find().all(&site.app.db).await.unwrap().is_empty());
    assert!(mails_to(&site, ASKER).await.is_empty());
    sound(&site).await;
}

#[actix_web::test]
async fn a_question_comes_back_when_the_mentor_does_not_answer_pauses_or_cannot_be_reached() {
    let site = Site::new().await;
    let to = listed(&site, "みほん精機", MENTOR, "5").await;
    let first = question_of(&site, ASKER, Some(to)).await;
    pass(&site, first, to).await.unwrap();
    // 20 November 2026 is a Friday, and Monday is a holiday: seven business days are over on 2 December, ten on 7 December.
    let reminders = async || {
        work(&site).await;
        send(&site).await;
        let mails = mails_to(&site, MENTOR).await;
        let of: Vec<_> = mails.into_iter().filter(|it| it.kind == "mentor_reminder").collect();
        of.iter().map(|it| it.state.code().to_owned()).collect::<Vec<_>>()
    };
    go_to(&site, "2026-12-02T09:59:00");
    assert_eq!(reminders().await, ["waiting"]);
    go_to(&site, "2026-12-02T10:00:00");
    assert_eq!(reminders().await, ["sent"]);
    go_to(&site, "2026-12-07T09:59:00");
    work(&site).await;
    assert_eq!(status(&site, first).await, NetworkQuestionStatus::WithMentor);
    go_to(&site, "2026-12-07T10:00:00");
    work(&site).await;
    work(&site).await;
    assert_eq!(status(&site, first).await, NetworkQuestionStatus::AtCenter);
    assert_eq!(kinds(&site, ASKER).await.iter().filter(|it| *it == "network_back").count(), 1);
    let late = Prose::parse("", "遅くなりました。", 100).unwrap();
    assert!(ops::network::write(&site.app, first, NetworkSide::Mentor, &late).await.is_err());

    // A pause gives open questions back, with words for the asker.
    pass(&site, first, to).await.unwrap();
    ops::network::pause(&site.app, to).await.unwrap();
    let it = question::find(&site.app.db, first).await.unwrap().unwrap();
    assert!(matches!(it.life.state, QuestionState::AtCenter { back: Some(_) }));
    assert_eq!(kinds(&site, ASKER).await.iter().filter(|it| *it == "network_back").count(), 2);
    assert!(pass(&site, first, to).await.is_err(), "a mentor who pauses gets nothing");
    assert!(!site.get("/network").await.body.contains("みほん精機"));
    ops::network::resume(&site.app, to).await.unwrap();

    go_to(&site, "2027-01-20T10:00:00");
    assert_eq!(reminders().await, ["sent", "suppressed"], "the question was taken away");
    // A mail that does not reach the mentor brings it back at once.
    pass(&site, first, to).await.unwrap();
    let relay = relay(&site, MENTOR).await;
    let report = format!(
        "From: MAILER-DAEMON@example.com\r\nTo: {relay}\r\nSubject: Undelivered Mail\r\n\
         Date: Fri, 20 Nov 2026 14:06:00 +0900\r\nMessage-ID: <b1@example.com>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; {MENTOR}\r\nAction: failed\r\n\
         Status: 5.1.1\r\n\r\n--b--\r\n"
    );
    let taken = arrives(&site, &report).await;
    assert_eq!(taken.state.code(), "bounce", "{}", taken.outcome);
    assert_eq!(status(&site, first).await, NetworkQuestionStatus::AtCenter);

    // No question is passed on to a mentor who has left. The center answers itself; a year later the mentor is erased.
    ops::network::leave(&site.app, to).await.unwrap();
    let refused = pass(&site, first, to).await.unwrap_err();
    assert!(refused.to_string().contains("企業"), "{refused}");
    let words = Prose::parse("", "センターからお答えします。", 100).unwrap();
    ops::network::write(&site.app, first, NetworkSide::Center, &words).await.unwrap();
    assert!(mails_to(&site, ASKER).await.pop().unwrap().text_body.contains("センターからお答えします"));
    site.app.clock.advance(TimeDelta::days(366));
    work(&site).await;
    let row = mentor_row::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    assert_eq!((row.status.code(), row.email, row.contact_name), ("departed", None, None));
    sound(&site).await;
}

/// No report comes of a mail that the server refuses, nor of one that is not sent because its address is known as dead.
#[actix_web::test]
async fn a_question_whose_mail_is_not_taken_is_back_at_the_center_at_once() {
    let site = Site::new().await;
    let to = listed(&site, "みほん精機", MENTOR, "5").await;
    let question = question_of(&site, ASKER, Some(to)).await;
    send(&site).await;
    let back = async || {
        let it = question::find(&site.app.db, question).await.unwrap().unwrap();
        it.life.state == QuestionState::AtCenter { back: Some(QuestionReturn::Undelivered) }
    };
    let Transport::Memory(memory) = &site.app.mail.transport else { panic!("no mail in memory") };
    pass(&site, question, to).await.unwrap();
    assert!(!back().await, "the mentor has it");
    memory.fail_with(Some(SendError::NoSuchAddress("550 5.1.1 no such user".to_owned())));
    assert!(worker::outbox::step(&site.app).await.unwrap());
    assert!(back().await);
    memory.fail_with(None);
    send(&site).await;
    assert!(kinds(&site, ASKER).await.contains(&"network_back".to_owned()));

    // Passed on to the same address again, the mail is not even tried.
    pass(&site, question, to).await.unwrap();
    assert!(!back().await);
    send(&site).await;
    assert!(back().await);

    // A lost mail to the asker takes no question away from its mentor.
    let other = question_of(&site, "other@example.co.jp", None).await;
    let reached = listed(&site, "みほん工業", "reached@example.com", "5").await;
    pass(&site, other, reached).await.unwrap();
    ops::network::mail_lost(&site.app, other, "other@example.co.jp").await.unwrap();
    assert_eq!(status(&site, other).await, NetworkQuestionStatus::WithMentor);
    sound(&site).await;
}

/// Two coordinators pass on one question at once, and several questions meet the last place of a month.
#[actix_web::test]
async fn one_question_is_passed_on_once_and_a_month_is_never_overfull() {
    let site = Site::on_disk().await;
    let to = listed(&site, "みほん精機", MENTOR, "2").await;
    let other = listed(&site, "みほん建設", "other@example.com", "2").await;
    let first = question_of(&site, "a@example.co.jp", None).await;
    let version = question::find(&site.app.db, first).await.unwrap().unwrap().version;
    let both = futures_util::future::join(
        ops::network::pass_on(&site.app, first, version, to),
        ops::network::pass_on(&site.app, first, version, other),
    );
    let both = both.await;
    assert_eq!(usize::from(both.0.is_ok()) + usize::from(both.1.is_ok()), 1);
    let taken = network_pass::Entity::find().all(&site.app.db).await.unwrap();
    assert_eq!(taken.len(), 1);
    let mut more = Vec::new();
    for n in 0..4 {
        more.push(question_of(&site, &format!("n{n}@example.co.jp"), None).await);
    }
    let all = futures_util::future::join_all(more.iter().map(|id| pass(&site, *id, other))).await;
    let of_other = network_pass::Entity::find()
        .filter(network_pass::COLUMN.mentor_id.eq(other.0))
        .all(&site.app.db)
        .await
        .unwrap();
    assert_eq!(of_other.len(), 2, "two a month");
    let before = taken.iter().filter(|it| it.mentor_id == other.0).count();
    assert_eq!(all.iter().filter(|it| it.is_ok()).count() + before, 2);
    go_to(&site, "2026-12-01T09:00:00");
    let left = more.iter().zip(&all).find(|(_, it)| it.is_err()).map(|(id, _)| *id).unwrap();
    pass(&site, left, other).await.unwrap();
    sound(&site).await;
}

#[actix_web::test]
async fn the_center_is_reminded_and_what_was_never_proved_is_forgotten() {
    let site = Site::new().await;
    site.account(Role::Coordinator, "center@example.jp").await;
    let programme = site.app.programme().await.unwrap();
    let center = programme.settings_at(site.app.clock.now()).center_email.clone();
    let visitor = site.visitor();
    let form = mentor_form("みほん", "never@example.com", "1");
    let entry = MentorEntry::parse(&form, false).unwrap();
    ops::network::register(&site.app, entry.clone(), "n").await.unwrap();
    ops::network::register(&site.app, entry, "n").await.unwrap();
    assert_eq!(
        mentor_row::Entity::find().all(&site.app.db).await.unwrap().len(),
        1,
        "one mentor for an address"
    );
    let id = question_of(&site, ASKER, None).await;
    let reminders = async || {
        work(&site).await;
        kinds(&site, &center).await.iter().filter(|it| *it == "network_waiting").count()
    };
    go_to(&site, "2026-11-25T09:59:00");
    assert_eq!(reminders().await, 0);
    go_to(&site, "2026-11-25T10:00:00");
    assert_eq!(reminders().await, 1);
    worker::housekeeping::forget_expired(&site.app).await.unwrap();
    assert!(mentor_row::Entity::find().all(&site.app.db).await.unwrap().is_empty());
    assert!(mails_to(&site, "never@example.com").await.is_empty());
    go_to(&site, "2026-11-27T10:00:00");
    assert_eq!(reminders().await, 2);
    ops::network::end(&site.app, id).await.unwrap();
    go_to(&site, "2026-12-10T10:00:00");
    assert_eq!(reminders().await, 2);
    assert_eq!(visitor.get("/network/mentor/AAAA").await.status, 410);
    // A change of what is listed is approved anew; another one is not.
    let to = listed(&site, "みほん精機", MENTOR, "1").await;
    let fewer = MentorEntry::parse(&mentor_form("みほん精機", MENTOR, "3"), true).unwrap();
    ops::network::change(&site.app, to, fewer).await.unwrap();
    let renamed = MentorEntry::parse(&mentor_form("新しい名称", MENTOR, "3"), true).unwrap();
    assert_eq!(mentor::find(&site.app.db, to).await.unwrap().unwrap().status, MentorStatus::Listed);
    ops::network::change(&site.app, to, renamed).await.unwrap();
    assert_eq!(mentor::find(&site.app.db, to).await.unwrap().unwrap().status, MentorStatus::Applied);
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let page = format!("/staff/network/mentors/{to}");
    let version = mentor::find(&site.app.db, to).await.unwrap().unwrap().version.to_string();
    let empty = site.post(&page, &[("action", "reject"), ("version", &version), ("reason", "")]).await;
    assert_eq!(empty.status, 422);
    sound(&site).await;
}

#[actix_web::test]
async fn a_company_asks_from_the_page_of_its_consultation() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = site.visitor();
    crate::company::sign_in(&company, CONTACT).await;
    let number = cases::record(&site, case).await.number;
    company.get(&format!("/my/{number}")).await.shows("同じような会社に聞く");
    let page = format!("/my/{number}/network");
    company.get(&page).await.shows("言葉を変えずにお渡しします");
    assert_eq!(company.post(&page, &[("text", "")]).await.status, 422);
    let typed = [
        ("text", "始め方は。"),
        ("industry", "E"),
        ("size", "20"),
        ("prefecture", "05"),
        ("consent", TICKED),
    ];
    let reply = company.post(&page, &typed).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let row = network_question::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    assert_eq!((row.status.code(), row.consultation_id), ("at_center", Some(case.id.0)));
    assert_eq!(row.email_key.as_deref(), Some(CONTACT));
    sound(&site).await;
}
