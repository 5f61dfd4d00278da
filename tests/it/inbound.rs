//! Mail that comes in: which senders are accepted, what their mail does, and what is kept for a coordinator.
use chrono::TimeDelta;
use domain::{
    actor::Party,
    consultation::UnfulfilledReason,
    id::{ConsultationId, MailId},
    text::Prose,
};
use entity::inbound_mail;
use madoguchi::{
    ops::{self, consultation::Ending, correspondence::inbound_mail::IncomingMail},
    store::{
        self,
        correspondence::{
            inbound_mail::Source,
            message::{Audience, ThreadEntry},
        },
    },
    worker,
};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::Site,
};

/// Writes a mail as a person's mail program does: an answer that quotes our mail below.
pub fn raw_mail(from: &str, to: &str, subject: &str, text: &str) -> String {
    let id = uuid::Uuid::new_v4().simple();
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Fri, 20 Nov 2026 14:06:00 +0900\r\n\
         Message-ID: <{id}@mail.example.co.jp>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    )
}

/// Stores a mail as a mail server's pipe delivers it.
pub async fn keep(site: &Site, raw: &[u8], envelope_from: &str) -> MailId {
    let it =
        IncomingMail { source: Source::Pipe, envelope_to: "", envelope_from, bytes: raw, size: raw.len() };
    ops::correspondence::inbound_mail::store_raw(&site.app, &it).await.unwrap()
}

/// Stores a mail and lets the worker process it.
pub async fn arrives(site: &Site, raw: &str) -> inbound_mail::Model {
    let id = keep(site, raw.as_bytes(), "").await;
    while worker::inbound_mail::step(&site.app).await.unwrap() {}
    store::correspondence::inbound_mail::find(&site.app.db, id).await.unwrap().unwrap()
}

pub async fn thread(site: &Site, case: Case, audience: Audience) -> Vec<ThreadEntry> {
    store::correspondence::message::of(&site.app.db, case.id, audience).await.unwrap()
}

/// Makes a case whose company was asked a question.
pub async fn waiting(site: &Site, cast: &Cast, email: &str) -> Case {
    let case = cases::received(site, cast, email).await;
    let version = cases::record(site, case).await.version;
    let question = Prose::parse("質問", "端末は何台ですか。", 100).unwrap();
    ops::correspondence::message::ask(&site.app, case.id, version, cast.center(), &question).await.unwrap();
    case
}

#[actix_web::test]
async fn a_companys_answer_by_mail_is_its_answer() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = waiting(&site, &cast, CONTACT).await;
    assert_eq!(cases::state(&site, case).await, "waiting_company");
    let to = site.app.reply_address(case.id, CONTACT);
    let text = "28台です。\r\nよろしくお願いします。\r\n\r\n\
        2026年11月20日(金) 14:05 Madoguchi <madoguchi@example.jp>:\r\n> 端末は何台ですか。\r\n";
    let raw = raw_mail("田中 一郎 <Contact@example.co.jp>", &to, "Re: 確認", text);
    let mail = arrives(&site, &raw).await;
    assert_eq!((mail.state.code(), mail.open), ("attached", false), "{}", mail.reason.code());
    assert_eq!(cases::state(&site, case).await, "checking");
    let thread = thread(&site, case, Audience::Everyone).await;
    let entry = thread.last().unwrap();
    assert_eq!((entry.author, entry.channel.code()), (Party::Company, "mail"));
    assert!(entry.body.starts_with("28台です。\nよろしくお願いします。\n\n2026年"), "{}", entry.body);
    let mails = cases::mails_to(&site, "center@example.jp").await;
    assert!(mails.iter().any(|it| it.kind == "new_message"));

    // A pipe that did not receive our answer delivers the mail again.
    let again = arrives(&site, &raw).await;
    assert_eq!(again.id, mail.id);
    // The same mail comes by another way: a mailing list of the receiver, or a second address.
    let other = arrives(&site, &format!("Delivered-To: {to}\r\n{raw}")).await;
    assert_eq!((other.state.code(), other.reason.code()), ("discarded", "duplicate"));
    assert_eq!(self::thread(&site, case, Audience::Everyone).await.len(), thread.len());
}

#[actix_web::test]
async fn an_answer_to_one_of_our_mails_needs_no_token() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = waiting(&site, &cast, CONTACT).await;
    let question =
        cases::mails_to(&site, CONTACT).await.into_iter().rfind(|it| it.kind == "question").unwrap();
    let raw = raw_mail(CONTACT, "madoguchi@example.jp", "Re: 確認", "28台です。");
    let raw = format!("In-Reply-To: <{}>\r\n{raw}", question.message_id);
    let mail = arrives(&site, &raw).await;
    assert_eq!(mail.state.code(), "attached", "{}", mail.reason.code());
    assert_eq!(cases::state(&site, case).await, "checking");
}

#[actix_web::test]
async fn experts_and_center_speak_for_themselves_and_inside() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let to = site.app.reply_address(case.id, "expert@example.jp");
    let expert =
        arrives(&site, &raw_mail("expert@example.jp", &to, "Re: 予約", "資料をお送りします。")).await;
    assert_eq!(expert.state.code(), "attached", "{}", expert.reason.code());
    let open = thread(&site, case, Audience::Everyone).await.pop().unwrap();
    assert_eq!((open.author, open.body.as_str()), (Party::Expert, "資料をお送りします。"));

    let inside = raw_mail("expert@example.jp", &to, "Re: 予約", "#internal\r\n先方は急いでいます。");
    assert_eq!(arrives(&site, &inside).await.state.code(), "attached");
    // Mail to the center goes to an address that its people share.
    let shared = site.app.programme().await.unwrap().settings_at(site.app.clock.now()).center_email.clone();
    let to = site.app.reply_address(case.id, &shared);
    let center = raw_mail("center@example.jp", &to, "Re: 予約", "#Internal 承知しました。");
    assert_eq!(arrives(&site, &center).await.state.code(), "attached");
    let seen = thread(&site, case, Audience::Everyone).await;
    assert!(seen.iter().all(|it| !it.body.contains("急いで") && !it.body.contains("承知")));
    let all = thread(&site, case, Audience::Internal).await;
    let inside: Vec<_> =
        all.iter().filter(|it| it.internal).map(|it| (it.author, it.body.as_str())).collect();
    assert_eq!(inside, [(Party::Expert, "先方は急いでいます。"), (Party::Coordinator, "承知しました。")]);

    // The mark for internal notes has no effect in a company's mail.
    let to = site.app.reply_address(case.id, CONTACT);
    arrives(&site, &raw_mail(CONTACT, &to, "Re: 予約", "#internal とは何ですか。")).await;
    assert!(thread(&site, case, Audience::Everyone).await.last().unwrap().body.starts_with("#internal"));
}

#[actix_web::test]
async fn an_expert_who_is_only_asked_writes_to_the_center() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    let to = site.app.reply_address(case.id, "expert@example.jp");
    let mail = arrives(&site, &raw_mail("expert@example.jp", &to, "Re: 依頼", "場所はどこですか。")).await;
    assert_eq!(mail.state.code(), "attached");
    assert!(thread(&site, case, Audience::Everyone).await.is_empty());
    assert_eq!(thread(&site, case, Audience::Internal).await.len(), 1);
}

#[actix_web::test]
async fn a_sender_without_proof_is_not_accepted() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let other = cases::received(&site, &cast, "other@example.co.jp").await;
    let mine = site.app.reply_address(case.id, CONTACT);
    let experts = site.app.reply_address(case.id, "expert@example.jp");
    let token = experts.split(['+', '@']).nth(1).unwrap();
    let swapped = format!("reply+{}{}@example.jp", other.id.0.simple(), &token[32..]);
    let number = format!("Re: 予約（受付番号 {}）", case.number);
    let elsewhere = mine.replace("@example.jp", "@example.com");
    let stranger = "attacker@example.com";
    for (from, to, subject, reason) in [
        // The consultation's number alone does not authorise a sender.
        (CONTACT, "madoguchi@example.jp", number.as_str(), "no_case"),
        (stranger, "madoguchi@example.jp", number.as_str(), "no_case"),
        // The token was sent to another address, is invented, or belongs to another consultation.
        (stranger, mine.as_str(), "Re: 予約", "stranger"),
        (CONTACT, swapped.as_str(), "Re: 予約", "no_case"),
        (
            CONTACT,
            "reply+0123456789abcdef0123456789abcdef0123456789abcdef01234567@example.jp",
            "x",
            "no_case",
        ),
        // The company cannot write as its expert, nor the expert as the company.
        ("expert@example.jp", mine.as_str(), "Re: 予約", "stranger"),
        (CONTACT, experts.as_str(), "Re: 予約", "stranger"),
        // The token is right and the domain is wrong.
        (CONTACT, elsewhere.as_str(), "Re: 予約", "no_case"),
    ] {
        let mail = arrives(&site, &raw_mail(from, to, subject, "書き込みます。")).await;
        assert_eq!((mail.state.code(), mail.reason.code()), ("quarantined", reason), "{from} to {to}");
        assert!(mail.open);
    }
    // A mail with two senders has no valid sender.
    let two = raw_mail(CONTACT, &mine, "Re: 予約", "書き込みます。");
    let two = arrives(&site, &format!("From: attacker@example.com\r\n{two}")).await;
    assert_eq!((two.state.code(), two.reason.code()), ("quarantined", "stranger"));
    let threads =
        [thread(&site, case, Audience::Internal).await, thread(&site, other, Audience::Internal).await];
    assert!(threads.iter().all(Vec::is_empty), "{threads:?}");
}

#[actix_web::test]
async fn an_ended_consultation_stays_ended_and_the_center_is_asked() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let ending = Ending::CloseUnfulfilled { reason: UnfulfilledReason::NoSuitableTime };
    ops::consultation::end(&site.app, case.id, None, cast.center(), ending).await.unwrap();
    let to = site.app.reply_address(case.id, CONTACT);
    let mail = arrives(&site, &raw_mail(CONTACT, &to, "Re: お知らせ", "やはりお願いします。")).await;
    assert_eq!((mail.state.code(), mail.open), ("attached", true));
    assert_eq!(cases::state(&site, case).await, "unfulfilled");
    assert_eq!(thread(&site, case, Audience::Everyone).await.len(), 1);

    let reply = site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    assert_eq!(reply.status, 303);
    site.get("/staff").await.shows("受信したメールを確認する（1件）");
    site.get(&format!("/staff/consultations/{}", case.number)).await.shows("終了した相談への返信です");
    let done = site.post(&format!("/staff/mail/in/{}/done", mail.id), &[]).await;
    assert_eq!(done.status, 303);
    assert!(!site.get("/staff").await.body.contains("受信したメールを確認する"));
}

#[actix_web::test]
async fn absence_notices_are_kept_and_move_nothing() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = waiting(&site, &cast, CONTACT).await;
    let to = site.app.reply_address(case.id, CONTACT);
    for (n, header) in [
        "Auto-Submitted: auto-replied",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "Precedence: bulk",
        "Subject: 自動返信: 確認",
        "Subject: Automatic reply: 確認",
    ]
    .into_iter()
    .enumerate()
    {
        let raw = raw_mail(CONTACT, &to, "確認", &format!("ただいま不在にしております。{n}"));
        let raw = if header.starts_with("Subject") {
            raw.replace("Subject: 確認", header)
        } else {
            format!("{header}\r\n{raw}")
        };
        let mail = arrives(&site, &raw).await;
        assert_eq!((mail.state.code(), mail.open), ("auto_reply", false), "{header}");
        assert_eq!(mail.consultation_id, Some(case.id.0));
    }
    assert_eq!(cases::state(&site, case).await, "waiting_company");
    let (small, others): (Vec<_>, Vec<_>) =
        thread(&site, case, Audience::Internal).await.into_iter().partition(|it| it.automatic);
    assert_eq!((small.len(), others.len()), (6, 1), "beside the question");
    let mails = cases::mails_to(&site, "center@example.jp").await;
    assert!(mails.iter().all(|it| it.kind != "new_message"));
}

/// Both programs write none of the headers by which automatic mail is recognised.
#[actix_web::test]
async fn two_machines_that_face_each_other_end_within_three_mails() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let machines = [(CONTACT, "受け取りました。後ほどご連絡します。"), ("expert@example.jp", "I am away.")];
    let mut entries = Vec::new();
    let mut answered = [0; 2];
    for turn in (0..2).cycle().take(12) {
        let (from, text) = machines[turn];
        // Each program answers every new mail that it got; the first one begins by itself.
        let got =
            cases::mails_to(&site, from).await.into_iter().filter(|it| it.kind == "new_message").count();
        if got <= answered[turn] && !entries.is_empty() {
            break;
        }
        answered[turn] = got;
        let to = site.app.reply_address(case.id, from);
        entries.push(
            arrives(&site, &raw_mail(from, &to, "Re: 新しいメッセージ", text)).await.state.code().to_owned(),
        );
        site.app.clock.advance(TimeDelta::seconds(20));
    }
    assert_eq!(entries, ["attached", "attached", "auto_reply"]);
}

#[actix_web::test]
async fn our_own_mail_that_comes_back_does_nothing() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let ours = cases::mails_to(&site, CONTACT).await.pop().unwrap();
    let to = site.app.reply_address(case.id, CONTACT);
    let raw = raw_mail(CONTACT, &to, "受付", "受け付けました。");
    let returned =
        raw.replacen("Message-ID: <", &format!("Message-ID: <{}>\r\nX-Old: <", ours.message_id), 1);
    for raw in [returned, format!("X-Loop: example.jp\r\n{raw}")] {
        let mail = arrives(&site, &raw).await;
        assert_eq!((mail.state.code(), mail.reason.code()), ("discarded", "own_mail"), "{raw}");
    }
}

#[actix_web::test]
async fn a_sender_who_does_not_stop_is_stopped() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let to = site.app.reply_address(case.id, CONTACT);
    let mut states = Vec::new();
    for n in 0..32 {
        let mail = arrives(&site, &raw_mail(CONTACT, &to, "Re: 受付", &format!("{n}回目です。"))).await;
        states.push((mail.state.code().to_owned(), mail.reason.code().to_owned()));
    }
    let attached = states.iter().filter(|it| it.0 == "attached").count();
    assert_eq!(attached, 30);
    assert_eq!(states[31], ("quarantined".to_owned(), "too_many".to_owned()));
    site.app.clock.advance(TimeDelta::hours(2));
    assert_eq!(
        arrives(&site, &raw_mail(CONTACT, &to, "Re: 受付", "また今度。")).await.state.code(),
        "attached"
    );
}

#[actix_web::test]
async fn a_mail_that_cannot_be_understood_is_kept() {
    let site = Site::new().await;
    Cast::new(&site).await;
    for raw in [&b""[..], b"\r\n\r\n", b"\x00\xff\xfe garbage without a header", b"hello\n"] {
        let id = keep(&site, raw, "").await;
        while worker::inbound_mail::step(&site.app).await.unwrap() {}
        let mail = store::correspondence::inbound_mail::find(&site.app.db, id).await.unwrap().unwrap();
        assert_eq!((mail.state.code(), mail.reason.code()), ("quarantined", "unreadable"), "{raw:?}");
        assert_eq!(store::correspondence::inbound_mail::raw(&site.app.db, id).await.unwrap().unwrap(), raw);
    }
    // Only the beginning of the mail was received.
    let raw = raw_mail(CONTACT, "madoguchi@example.jp", "大きな資料", "添付します。");
    let it = IncomingMail {
        source: Source::Pipe,
        envelope_to: "",
        envelope_from: "",
        bytes: raw.as_bytes(),
        size: 80_000_000,
    };
    let id = ops::correspondence::inbound_mail::store_raw(&site.app, &it).await.unwrap();
    while worker::inbound_mail::step(&site.app).await.unwrap() {}
    let mail = store::correspondence::inbound_mail::find(&site.app.db, id).await.unwrap().unwrap();
    assert_eq!((mail.reason.code(), mail.truncated, mail.size), ("too_large", true, 80_000_000));
    assert_eq!(mail.from_key, CONTACT);
    let site_reply = site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    assert_eq!(site_reply.status, 303);
    for mail in store::correspondence::inbound_mail::page(
        &site.app.db,
        store::correspondence::inbound_mail::InboundFilter::All,
        None,
        10,
    )
    .await
    .unwrap()
    {
        let page = site.get(&format!("/staff/mail/in/{}", mail.id)).await;
        assert_eq!(page.status, 200);
    }
}

#[actix_web::test]
async fn a_coordinator_decides_what_becomes_of_a_mail() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = waiting(&site, &cast, CONTACT).await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let subject = format!("Re: 確認（受付番号 {}）", case.number);
    let raw =
        raw_mail("tanaka.private@example.com", "madoguchi@example.jp", &subject, "28台です。<b>太字</b>");
    let mail = arrives(&site, &raw).await;
    assert_eq!(mail.state.code(), "quarantined");
    site.get("/staff/mail/in").await.shows("要対応");
    let page = site.get(&format!("/staff/mail/in/{}", mail.id)).await;
    page.shows("件名に受付番号があります");
    page.shows("どの相談への返信か分かりませんでした");
    assert!(!page.body.contains("<b>太字"), "{}", page.body);
    let bytes = site.send_bytes(&format!("/staff/mail/in/{}/raw", mail.id)).await;
    assert_eq!(bytes, raw.as_bytes());

    let wrong = site.post(&format!("/staff/mail/in/{}/attach", mail.id), &[("number", "R08-999999")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("受付番号を、R08-000123のように入力してください");
    let number = case.number.to_string();
    let form = [("number", number.as_str()), ("attach_as", "company")];
    let done = site.post(&format!("/staff/mail/in/{}/attach", mail.id), &form).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(cases::state(&site, case).await, "checking");
    let entry = thread(&site, case, Audience::Everyone).await.pop().unwrap();
    assert_eq!((entry.author, entry.body.as_str()), (Party::Company, "28台です。<b>太字</b>"));
    let again = site.post(&format!("/staff/mail/in/{}/attach", mail.id), &form).await;
    assert_eq!(again.status, 409);
    again.shows("すでに対応済みです");
    let history = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    assert!(history.iter().any(|it| it.by == cast.center()
        && it.note.as_deref() == Some("受信したメールを追加：tanaka.private@example.com")));

    let spam = arrives(&site, &raw_mail("ads@example.com", "madoguchi@example.jp", "広告", "安い！")).await;
    let empty = site.post(&format!("/staff/mail/in/{}/discard", spam.id), &[("reason", " ")]).await;
    assert_eq!(empty.status, 422);
    let gone = site.post(&format!("/staff/mail/in/{}/discard", spam.id), &[("reason", "広告のため")]).await;
    assert_eq!(gone.status, 303);
    let spam =
        store::correspondence::inbound_mail::find(&site.app.db, MailId(spam.id)).await.unwrap().unwrap();
    assert_eq!(
        (spam.state.code(), spam.open, spam.handled_note.as_str()),
        ("discarded", false, "広告のため")
    );
    site.get(&format!("/staff/mail/in/{}", spam.id)).await.shows("広告のため");

    let note =
        arrives(&site, &raw_mail("boss@example.com", "madoguchi@example.jp", "件", "進み具合は？")).await;
    let form = [("number", number.as_str()), ("attach_as", "note")];
    site.post(&format!("/staff/mail/in/{}/attach", note.id), &form).await;
    let inside = thread(&site, case, Audience::Internal).await.pop().unwrap();
    assert!(inside.internal && inside.body.starts_with("受信したメール（boss@example.com）"), "{inside:?}");
}

#[actix_web::test]
async fn a_mail_becomes_a_new_consultation() {
    let site = Site::new().await;
    Cast::new(&site).await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let raw = raw_mail(
        "佐藤 花子 <sato@example.co.jp>",
        "madoguchi@example.jp",
        "相談したい",
        "在宅勤務の規程がありません。",
    );
    let raw = crate::inbound_files::with_file(&raw);
    let mail = arrives(&site, &raw).await;
    let form = site.get(&format!("/staff/new?mail={}", mail.id)).await;
    form.shows("在宅勤務の規程がありません。");
    form.shows("value=\"sato@example.co.jp\"");
    form.shows("value=\"佐藤 花子\"");
    let id = mail.id.to_string();
    let typed = [
        ("key", uuid::Uuid::new_v4().to_string()),
        ("mail", id),
        ("company_name", "株式会社みなと製作所".to_owned()),
        ("contact_name", "佐藤 花子".to_owned()),
        ("email", "sato@example.co.jp".to_owned()),
        ("field", "labor".to_owned()),
        ("description", "在宅勤務の規程がありません。".to_owned()),
        ("mode", "online".to_owned()),
        ("consent", "yes".to_owned()),
    ];
    let typed: Vec<_> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let made = site.post("/staff/new", &typed).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let mail =
        store::correspondence::inbound_mail::find(&site.app.db, MailId(mail.id)).await.unwrap().unwrap();
    assert_eq!((mail.state.code(), mail.open), ("attached", false));
    let case = store::consultation::of_contact(&site.app.db, "sato@example.co.jp").await.unwrap();
    assert_eq!(mail.consultation_id.map(ConsultationId), Some(case[0].consultation.id));
    let files =
        store::correspondence::attachment::of(&site.app.db, case[0].consultation.id, Audience::Everyone)
            .await
            .unwrap();
    let files: Vec<_> = files.into_values().flatten().map(|it| (it.name, it.size)).collect();
    assert_eq!(files, [("kitei.txt".to_owned(), 4)]);
}

#[actix_web::test]
async fn the_doctor_finds_an_unprocessed_mail() {
    let site = Site::new().await;
    let raw = raw_mail(CONTACT, "madoguchi@example.jp", "件", "本文");
    let id = keep(&site, raw.as_bytes(), "").await;
    let findings = madoguchi::doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    site.app.clock.advance(TimeDelta::hours(2));
    let findings = madoguchi::doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap();
    let found: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(&id.to_string()), "{found:?}");
}

/// Every mail says at its end that it can be answered, or, if answers are not read, that it cannot.
#[actix_web::test]
async fn mails_say_that_they_can_be_answered() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    let madoguchi::mail::transport::Transport::Memory(memory) = &site.app.mail.transport else { panic!() };
    let mut proved = 0;
    for raw in memory.messages() {
        let raw = String::from_utf8(raw).unwrap();
        let to_contact = raw.contains(&format!("<{CONTACT}>"));
        let address = site.app.reply_address(case.id, CONTACT);
        if to_contact && raw.contains("Reply-To: ") {
            assert!(raw.replace("\r\n ", " ").contains(&address), "{raw}");
            proved += 1;
        }
    }
    assert!(proved >= 2, "{proved}");
    let booked = cases::mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "booked").unwrap();
    assert!(booked.text_body.contains("このメールに返信すると"), "{}", booked.text_body);
    let calendar = booked.calendar.unwrap().replace("\r\n ", "");
    let organizer = format!("mailto:{}", site.app.reply_address(case.id, CONTACT));
    assert!(calendar.contains(&organizer), "{calendar}");
}
