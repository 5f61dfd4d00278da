//! The whole way of a company that uses only its mail program: our mail goes out over SMTP, its mail comes in through a
//! mail server's pipe to the real process, and the coordinator's pages show all of it.
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Role},
    id::ExpertId,
};
use madoguchi::{
    mail::transport::Transport,
    ops::{
        self,
        aftercare::report::{ReportDecision, Saving},
    },
    store, worker,
};
use mime::ReceivedMail;

use super::{Pipe, Server};
use crate::{
    apply::setting::{answer_all, draft_at, expert, programme, values_of},
    cases::{self, Case, Cast},
    conversation::files,
    inbound::raw_mail,
    inbound_files::mail,
    site::{PASSWORD, Site},
};

/// The applicant of `apply::setting`.
const HANAKO: &str = "hanako@minato.example.jp";
const CENTER: &str = "center@example.jp";

/// Returns every mail that was sent to this address, as its mail program got it, oldest first.
async fn got(site: &Site, address: &str) -> Vec<(ReceivedMail, String)> {
    while worker::outbox::step(&site.app).await.unwrap() {}
    let Transport::Memory(memory) = &site.app.mail.transport else { panic!() };
    let all = memory.messages().into_iter().map(|raw| (mime::read(&raw), String::from_utf8(raw).unwrap()));
    all.filter(|(it, _)| it.to.iter().any(|to| to.address == address)).collect()
}

/// Returns the path of the first link in a mail that begins with `begins`.
fn link_in(mail: &ReceivedMail, begins: &str) -> String {
    let at = mail.body.find(&format!("http://127.0.0.1:8080{begins}")).unwrap();
    let link = mail.body[at..].split_whitespace().next().unwrap();
    link["http://127.0.0.1:8080".len()..].to_owned()
}

/// Applies on the web at the first free time, and confirms the address by the link in the mail.
async fn applied(site: &Site) -> (Case, ReceivedMail) {
    let company = site.visitor();
    let draft = draft_at(&company).await;
    answer_all(&company, &draft).await;
    let slot = values_of(&company.get(&format!("{draft}/slot")).await.body, "slot").remove(0);
    assert_eq!(company.post(&format!("{draft}/slot"), &[("slot", &slot)]).await.status, 303);
    let sent = company.post(&format!("{draft}/confirm"), &[("consent", "1")]).await;
    assert_eq!(sent.location, Some(format!("{draft}/done")), "{}", sent.body);
    let (acknowledgement, _) = got(site, HANAKO).await.remove(0);
    assert!(acknowledgement.body.contains("R08-000001"), "{}", acknowledgement.body);
    let link = link_in(&acknowledgement, "/l/");
    company.get(&link).await.shows("メールアドレスを確認します");
    assert_eq!(company.post(&link, &[]).await.status, 303);
    let number = "R08-000001".parse().unwrap();
    let record = store::consultation::by_number(&site.app.db, number).await.unwrap().unwrap();
    (Case { id: record.consultation.id, number: record.number }, acknowledgement)
}

/// Holds the appointment, approves its report, and sends the questions of the months after it.
async fn a_quarter_later(site: &Site, case: Case, expert: ExpertId, cast: &Cast) {
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    ops::routing::assignment::accept(&site.app, request.id, expert).await.unwrap();
    let appointment = cases::appointment(site, case).await;
    site.app.clock.advance(appointment.ends_at - site.app.clock.now());
    ops::booking::appointment::record_done(&site.app, case.id, Actor::Expert(expert)).await.unwrap();
    let body = cases::report();
    ops::aftercare::report::write(&site.app, appointment.id, expert, body, 0, Saving::Submit).await.unwrap();
    ops::aftercare::report::decide(&site.app, appointment.id, cast.coordinator, ReportDecision::Approve)
        .await
        .unwrap();
    site.app.clock.advance(TimeDelta::days(100));
    for due in store::aftercare::follow_up::due(&site.app.db, site.app.clock.now(), &[], 10).await.unwrap() {
        ops::aftercare::follow_up::send(&site.app, domain::id::FollowUpId(due)).await.unwrap();
    }
    // Four days pass, so that opening hours come whatever the weekday is.
    site.app.clock.advance(TimeDelta::days(4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_a_company_does_from_its_mail_program_is_seen_by_the_center() {
    let pipe = Pipe::new().await;
    let site = &pipe.site;
    programme(site, |_| {}).await;
    let expert = expert(site, "taro@example.jp").await;
    let cast = Cast { coordinator: site.account(Role::Coordinator, CENTER).await.id, expert };
    let (case, acknowledgement) = applied(site).await;

    // The answer comes from a Japanese mail program: the whole mail quoted, a signature, a file with a Japanese name.
    let to = acknowledgement.reply_to[0].address.clone();
    let quoted: Vec<_> = acknowledgement.body.lines().map(|it| format!("> {it}")).collect();
    let text = format!(
        "ご連絡ありがとうございます。\n当日は2名で参加します。規程をお送りします。\n\n\
         2026年11月20日(金) 14:05 テレワーク相談窓口 <madoguchi@example.jp>:\n{}\n\n\
         -- \n株式会社みなと製作所 総務部\n山田 花子\nTEL 045-000-0000\n",
        quoted.join("\n")
    );
    let file: (&str, &str, &[u8]) =
        ("%E5%B0%B1%E6%A5%AD%E8%A6%8F%E5%89%87%E2%91%A0.pdf", "application/pdf", b"%PDF-1.4\n");
    let server = Server::start(&pipe);
    server.deliver(HANAKO, &to, &mail(HANAKO, &to, &text, &[file]));
    let came = pipe.understood(1).await.remove(0);
    assert_eq!((came.state.code(), came.open), ("attached", false), "{:?}", came.reason);

    assert_eq!(site.sign_in(CENTER, PASSWORD).await.status, 303);
    let page = site.get(&format!("/staff/consultations/{}?view=messages", case.number)).await;
    page.shows(
        "<p class=\"msg-body\">ご連絡ありがとうございます。\n当日は2名で参加します。規程をお送りします。</p>",
    );
    page.shows(&format!("<summary>引用を表示する（{}行）</summary>", quoted.len() + 1));
    page.shows("<summary>署名を表示する</summary>");
    page.shows("就業規則①.pdf</a>（9バイト）");
    let secret = link_in(&acknowledgement, "/l/");
    assert!(!page.body.contains(&secret), "our link lets in whoever has it");
    assert_eq!(site.send_bytes(&files(&page)[0]).await, b"%PDF-1.4\n");
    site.get("/staff/mail/in?state=attached").await.shows("メッセージとして追加しました。");

    // Three months after the appointment, the company answers by one click in the mail and one button.
    a_quarter_later(site, case, expert, &cast).await;
    let (question, _) =
        got(site, HANAKO).await.into_iter().rfind(|it| it.0.body.contains("?answer=")).unwrap();
    let link = link_in(&question, "/f/");
    let mailed = site.visitor();
    mailed.get(&link).await.shows(" checked");
    let path = link.split('?').next().unwrap();
    let answer = [("answer", "introduced"), ("help", "1"), ("comment", "評価制度も相談したいです。")];
    assert_eq!(mailed.post(path, &answer).await.status, 303);

    assert_eq!(site.sign_in(CENTER, PASSWORD).await.status, 303);
    let worklist = site.get("/staff?tab=wishes").await;
    worklist.shows("R08-000001");
    worklist.shows("相談継続の希望");
    let page = site.get(&format!("/staff/consultations/{}", case.number)).await;
    page.shows("企業が相談の継続を希望しています。");
    let answers = site.get(&format!("/staff/consultations/{}?view=sessions", case.number)).await;
    answers.shows("導入した");
    answers.shows("評価制度も相談したいです。");
    let statistics = site.get("/stats").await;
    statistics.shows("<h2>フォローアップの回答</h2>");
    statistics.shows("3か月後");
}

/// Both programs answer every mail, and write none of the headers by which automatic mail is recognised.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_machines_that_face_each_other_through_mail_servers_end_within_three_mails() {
    let pipe = Pipe::new().await;
    let site = &pipe.site;
    let cast = Cast::new(site).await;
    let case = cases::booked(site, &cast, cases::CONTACT).await;
    let machines =
        [(cases::CONTACT, "受け取りました。後ほどご連絡します。"), ("expert@example.jp", "I am away.")];
    let mut heard = [0; 2];
    for (turn, (address, _)) in machines.iter().enumerate() {
        heard[turn] = got(site, address).await.len();
    }
    let server = Server::start(&pipe);
    // One of them begins by itself.
    let to = site.app.reply_address(case.id, machines[0].0);
    server.deliver(machines[0].0, &to, &raw_mail(machines[0].0, &to, "Re: 予約", machines[0].1));
    let mut sent = 1;
    let mut states = Vec::new();
    for _ in 0..10 {
        states = pipe.understood(sent).await.into_iter().map(|it| it.state.code().to_owned()).collect();
        let before = sent;
        for (turn, (address, words)) in machines.iter().enumerate() {
            for (mail, _) in got(site, address).await.split_off(heard[turn]) {
                heard[turn] += 1;
                let to = &mail.reply_to[0].address;
                server.deliver(address, to, &raw_mail(address, to, &format!("Re: {}", mail.subject), words));
                sent += 1;
            }
        }
        site.app.clock.advance(TimeDelta::seconds(20));
        if sent == before {
            break;
        }
    }
    assert_eq!(states, ["attached", "attached", "auto_reply"]);
    let thread = site.app.db.clone();
    let thread = store::correspondence::message::of(
        &thread,
        case.id,
        store::correspondence::message::Audience::Internal,
    )
    .await
    .unwrap();
    assert_eq!(thread.iter().filter(|it| !it.automatic).count(), 2, "{thread:?}");
}
