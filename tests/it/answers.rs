//! Answers to invitations, as calendar programs write them, have exactly the effect of the button on the page.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor, booking::appointment::Appointment, calendar::jst, id::AssignmentId,
    routing::assignment::AssignmentState,
};
use entity::inbound_mail;
use madoguchi::{
    ops,
    store::{self, correspondence::message::Audience},
};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    company,
    inbound::{arrives, thread},
    site::{PASSWORD, Site},
};

const PROGRAMS: [(&str, &str); 4] = [
    ("Outlook", include_str!("../mails/answers/outlook.eml")),
    ("Google", include_str!("../mails/answers/google.eml")),
    ("Apple", include_str!("../mails/answers/apple.eml")),
    ("Thunderbird", include_str!("../mails/answers/thunderbird.eml")),
];
const EXPERT: &str = "expert@example.jp";

/// The content of an answer to an invitation.
struct Says<'a> {
    from: &'a str,
    to: String,
    partstat: &'a str,
    method: &'a str,
    uid: &'a str,
    sequence: i32,
    starts_at: DateTime<Utc>,
    comment: &'a str,
}

impl<'a> Says<'a> {
    fn of(site: &Site, case: Case, appointment: &'a Appointment, from: &'a str, partstat: &'a str) -> Self {
        Self {
            from,
            to: site.app.reply_address(case.id, from),
            partstat,
            method: "REPLY",
            uid: &appointment.uid,
            sequence: appointment.sequence,
            starts_at: appointment.starts_at,
            comment: "",
        }
    }

    fn written(&self, program: &str) -> String {
        let japan = |at: DateTime<Utc>| at.with_timezone(&jst()).format("%Y%m%dT%H%M%S").to_string();
        let utc = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
        let ends_at = self.starts_at + TimeDelta::hours(1);
        let id = uuid::Uuid::new_v4().simple().to_string();
        let mut mail = program.to_owned();
        for (name, value) in [
            ("from", self.from),
            ("to", &self.to),
            ("name", "Yamada Taro"),
            ("subject", "Re: Telework"),
            ("partstat", self.partstat),
            ("method", self.method),
            ("uid", self.uid),
            ("sequence", &self.sequence.to_string()),
            ("start", &japan(self.starts_at)),
            ("end", &japan(ends_at)),
            ("startz", &utc(self.starts_at)),
            ("endz", &utc(ends_at)),
            ("comment", self.comment),
            ("messageid", &id),
        ] {
            mail = mail.replace(&format!("{{{name}}}"), value);
        }
        mail.replace('\n', "\r\n")
    }
}

/// An expert who is asked for a slot that is held.
struct Asked {
    site: Site,
    cast: Cast,
    case: Case,
    assignment: AssignmentId,
    appointment: Appointment,
}

impl Asked {
    async fn new() -> Self {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        let case = held(&site, &cast, CONTACT).await;
        let assignment =
            store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap().id;
        let appointment = cases::appointment(&site, case).await;
        assert_eq!(cases::state(&site, case).await, "matching");
        Self { site, cast, case, assignment, appointment }
    }

    fn says<'a>(&'a self, from: &'a str, partstat: &'a str) -> Says<'a> {
        Says::of(&self.site, self.case, &self.appointment, from, partstat)
    }

    async fn answers(&self, says: &Says<'_>, program: &str) -> inbound_mail::Model {
        arrives(&self.site, &says.written(program)).await
    }

    async fn assignment(&self) -> AssignmentState {
        store::routing::assignment::find(&self.site.app.db, self.assignment).await.unwrap().unwrap().state
    }
}

/// Makes a consultation in `Matching`, with the slot that the company chose when it applied.
pub async fn held(site: &Site, cast: &Cast, email: &str) -> Case {
    held_on(site, cast, email, 0).await
}

/// Makes a consultation like `held`, with a time on the `n`th day that is on offer.
pub async fn held_on(site: &Site, cast: &Cast, email: &str, n: usize) -> Case {
    let app = &site.app;
    let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    let saved = ops::intake::apply::save(app, draft, |it| *it = cases::form(email)).await.unwrap();
    let offers = ops::intake::apply::slots(app, &saved).await.unwrap();
    let slot = offers.days()[n].1[0];
    ops::intake::apply::hold(app, draft, slot).await.unwrap();
    let record = ops::intake::apply::submit(app, draft, |_| ()).await.unwrap();
    let case = Case { id: record.consultation.id, number: record.number };
    // Routing is automatic: confirming asks the best expert for the slot.
    ops::consultation::confirm_address(app, case.id, cast.center()).await.unwrap();
    case
}

#[actix_web::test]
async fn accepting_in_any_calendar_program_books_the_appointment() {
    for (name, program) in PROGRAMS {
        let it = Asked::new().await;
        let mail = it.answers(&it.says(EXPERT, "ACCEPTED"), program).await;
        assert_eq!((mail.state.code(), mail.open), ("calendar", false), "{name}: {}", mail.reason.code());
        assert!(matches!(it.assignment().await, AssignmentState::Accepted { .. }), "{name}");
        assert_eq!(cases::state(&it.site, it.case).await, "booked", "{name}");
        assert!(cases::appointment(&it.site, it.case).await.is_confirmed(), "{name}");
        assert!(cases::mails_to(&it.site, CONTACT).await.iter().any(|it| it.kind == "booked"), "{name}");
        // A repeated answer, as a machine may send it, changes nothing.
        let again = it.answers(&it.says(EXPERT, "ACCEPTED"), program).await;
        assert_eq!((again.state.code(), again.open), ("calendar", false), "{name}");
    }
}

#[actix_web::test]
async fn declining_in_any_calendar_declines_with_its_reason() {
    for (name, program) in PROGRAMS {
        let it = Asked::new().await;
        let says = Says { comment: "Sick leave", ..it.says(EXPERT, "DECLINED") };
        let mail = it.answers(&says, program).await;
        assert_eq!(mail.state.code(), "calendar", "{name}: {}", mail.reason.code());
        let AssignmentState::Declined { reason, .. } = it.assignment().await else { panic!("{name}") };
        if name != "Google" {
            assert_eq!(reason, "Sick leave", "{name}");
        }
        // No other expert exists: the consultation goes back to the center, and the company is told.
        assert_eq!(cases::state(&it.site, it.case).await, "checking", "{name}");
        assert!(cases::mails_to(&it.site, CONTACT).await.iter().any(|it| it.kind == "back_at_center"));
        let mails = cases::mails_to(&it.site, EXPERT).await;
        assert!(!mails.iter().any(|it| it.kind == "request_withdrawn"), "{name}: the calendar knows");
    }
}

/// The invitation that comes back with an answer is not kept as a file.
#[actix_web::test]
async fn the_files_that_come_with_an_answer_are_kept() {
    let file = "--000000000000a1b2c30643f0aaaa\r\nContent-Type: text/plain; name=\"memo.txt\"\r\n\
                Content-Disposition: attachment; filename=\"memo.txt\"\r\n\r\nmemo\r\n\
                --000000000000a1b2c30643f0aaaa--";
    for partstat in ["ACCEPTED", "TENTATIVE", "DECLINED"] {
        let it = Asked::new().await;
        let mail = it.says(EXPERT, partstat).written(PROGRAMS[1].1);
        let mail = arrives(&it.site, &mail.replace("--000000000000a1b2c30643f0aaaa--", file)).await;
        assert_eq!(mail.state.code(), "calendar", "{partstat}: {}", mail.reason.code());
        it.site.sign_in("center@example.jp", PASSWORD).await;
        let page = it.site.get(&format!("/staff/consultations/{}?view=messages", it.case.number)).await;
        page.shows("memo.txt</a>（4バイト）");
        assert!(!page.body.contains("invite.ics"), "{partstat}: {}", page.body);
        let [file] = &*crate::conversation::files(&page) else { panic!("{}", page.body) };
        assert_eq!(it.site.send_bytes(file).await, b"memo");
        // The files that an expert sends to the center are not shown to the company.
        assert!(thread(&it.site, it.case, Audience::Everyone).await.is_empty(), "{partstat}");
    }
}

#[actix_web::test]
async fn tentative_leaves_it_open_and_is_shown() {
    for (name, program) in PROGRAMS {
        let it = Asked::new().await;
        let mail = it.answers(&it.says(EXPERT, "TENTATIVE"), program).await;
        assert_eq!(mail.state.code(), "calendar", "{name}: {}", mail.reason.code());
        assert_eq!(it.assignment().await, AssignmentState::Offered, "{name}");
        assert_eq!(cases::state(&it.site, it.case).await, "matching", "{name}");
        let entry = thread(&it.site, it.case, Audience::Internal).await.pop().unwrap();
        assert!(entry.internal && entry.body.contains("仮承諾"), "{name}: {}", entry.body);
        // The expert can still accept with the button.
        ops::routing::assignment::accept(&it.site.app, it.assignment, it.cast.expert).await.unwrap();
    }
}

#[actix_web::test]
async fn another_time_is_a_proposal_for_the_center() {
    for (name, program) in PROGRAMS {
        let it = Asked::new().await;
        let starts_at = it.appointment.starts_at + TimeDelta::days(1);
        let says = Says { method: "COUNTER", starts_at, ..it.says(EXPERT, "TENTATIVE") };
        let mail = it.answers(&says, program).await;
        assert_eq!((mail.state.code(), mail.open), ("calendar", true), "{name}: {}", mail.reason.code());
        assert_eq!(mail.proposed_start, Some(starts_at), "{name}");
        assert_eq!(it.assignment().await, AssignmentState::Offered, "{name}");
        assert_eq!(cases::appointment(&it.site, it.case).await.starts_at, it.appointment.starts_at, "{name}");
        let waits = cases::record(&it.site, it.case).await.response;
        assert!(waits.is_some_and(|it| it.due_at > it.since), "{name}: the center has until a day to answer");
        it.site.sign_in("center@example.jp", PASSWORD).await;
        let page = it.site.get(&format!("/staff/consultations/{}", it.case.number)).await;
        it.site.get(&format!("/staff/mail/in/{}", mail.id)).await.shows("提案された日時");
        let proposed = domain::wording::long_date_time_range(starts_at, starts_at + TimeDelta::hours(1));
        page.shows("山田 太郎　カレンダーからの返信");
        page.shows(&format!("提案された日時：<b>{proposed}</b>"));
        page.shows("専門家の回答を待つ間は、日時を変更できません。");
        assert_eq!(page.body.matches("別の日時").count(), 0, "{name}: told once");
        it.site.get("/staff").await.shows(&format!("提案された日時：{proposed}"));
    }
}

/// A proposal ends when the coordinator decides, and when its appointment ends.
#[actix_web::test]
async fn a_proposal_is_turned_down_or_followed() {
    let it = Asked::new().await;
    ops::routing::assignment::accept(&it.site.app, it.assignment, it.cast.expert).await.unwrap();
    let propose = async || {
        let now = cases::appointment(&it.site, it.case).await;
        let starts_at = now.starts_at + TimeDelta::days(1);
        let of = Says::of(&it.site, it.case, &now, EXPERT, "TENTATIVE");
        let mail = Says { method: "COUNTER", starts_at, ..of }.written(PROGRAMS[0].1);
        (arrives(&it.site, &mail).await, starts_at)
    };
    it.site.sign_in("center@example.jp", PASSWORD).await;
    let of_case = format!("/staff/consultations/{}", it.case.number);
    let before = cases::appointment(&it.site, it.case).await;

    let (mail, _) = propose().await;
    let keep = format!("{of_case}/proposals/{}/keep", mail.id);
    it.site.get(&of_case).await.shows(&keep);
    assert_eq!(it.site.post(&keep, &[]).await.status, 303);
    it.site.get(&of_case).await.shows("変更の提案を対応済みにしました");
    assert!(!it.site.get("/staff").await.body.contains("変更の提案"));
    assert_eq!(cases::appointment(&it.site, it.case).await, before);
    assert_eq!(cases::record(&it.site, it.case).await.response, None, "it is answered");
    it.site.post(&keep, &[]).await;
    it.site.get(&of_case).await.shows("この提案は、すでに対応済みです。");

    let (mail, starts_at) = propose().await;
    let slot = domain::booking::availability::Slot::at(starts_at).unwrap();
    let by = Actor::Coordinator(it.cast.coordinator);
    ops::booking::appointment::reschedule(&it.site.app, it.case.id, by, slot).await.unwrap();
    assert!(!it.site.get(&of_case).await.body.contains("変更の提案（"));
    let mail = store::correspondence::inbound_mail::find(&it.site.app.db, domain::id::MailId(mail.id))
        .await
        .unwrap()
        .unwrap();
    assert!(!mail.open, "it is what the appointment has become");
    assert_eq!(cases::record(&it.site, it.case).await.response, None);
}

#[actix_web::test]
async fn a_delegated_invitation_is_not_accepted() {
    let it = Asked::new().await;
    let says = it.says(EXPERT, "DELEGATED;DELEGATED-TO=\"mailto:friend@example.com\"");
    let mail = it.answers(&says, PROGRAMS[3].1).await;
    assert_eq!(mail.state.code(), "calendar", "{}", mail.reason.code());
    assert!(mail.outcome.contains("friend@example.com"), "{}", mail.outcome);
    assert_eq!(it.assignment().await, AssignmentState::Offered);
    let mails =
        cases::mails_to(&it.site, EXPERT).await.into_iter().rfind(|it| it.kind == "no_delegates").unwrap();
    assert!(mails.text_body.contains("代理の方への変更を受け付けていません"), "{}", mails.text_body);
    assert!(cases::mails_to(&it.site, "friend@example.com").await.is_empty());
}

#[actix_web::test]
async fn an_older_answer_undoes_nothing() {
    let it = Asked::new().await;
    let old = it.says(EXPERT, "DECLINED");
    ops::routing::assignment::accept(&it.site.app, it.assignment, it.cast.expert).await.unwrap();
    let slot = cases::free_slots(&it.site, it.case).await[3];
    ops::booking::appointment::reschedule(&it.site.app, it.case.id, Actor::Expert(it.cast.expert), slot)
        .await
        .unwrap();
    let mail = it.answers(&old, PROGRAMS[0].1).await;
    assert_eq!((mail.state.code(), mail.open), ("calendar", false), "{}", mail.reason.code());
    assert!(mail.outcome.contains("以前の予定"), "{}", mail.outcome);
    assert_eq!(cases::state(&it.site, it.case).await, "booked");
    // An answer to the current version is recorded, and decides nothing by itself.
    let now = cases::appointment(&it.site, it.case).await;
    let declined = Says::of(&it.site, it.case, &now, EXPERT, "DECLINED").written(PROGRAMS[0].1);
    let mail = arrives(&it.site, &declined).await;
    assert_eq!((mail.state.code(), mail.open), ("calendar", true));
    assert_eq!(cases::state(&it.site, it.case).await, "booked");
}

#[actix_web::test]
async fn a_company_that_cannot_come_is_phoned() {
    let it = Asked::new().await;
    ops::routing::assignment::accept(&it.site.app, it.assignment, it.cast.expert).await.unwrap();
    let now = cases::appointment(&it.site, it.case).await;
    for (partstat, open) in [("ACCEPTED", false), ("DECLINED", true)] {
        let mail = Says::of(&it.site, it.case, &now, CONTACT, partstat).written(PROGRAMS[1].1);
        let mail = arrives(&it.site, &mail).await;
        assert_eq!((mail.state.code(), mail.open), ("calendar", open), "{partstat}: {}", mail.reason.code());
        assert_eq!(cases::state(&it.site, it.case).await, "booked");
        assert_eq!(cases::record(&it.site, it.case).await.response.is_some(), open, "{partstat}");
    }
    // The sender hears that the appointment stands, and reads no sentence that is meant for the center.
    declined_is_answered(&it, CONTACT, "日時の変更と取消しができます。").await;
    company::sign_in(&it.site, CONTACT).await;
    let thread = it.site.get(&company::my(it.case, "/messages")).await;
    thread.shows("カレンダーで、予約に「欠席」と回答しました。予約はそのままです。");
    assert!(!thread.body.contains("本人に連絡"), "{}", thread.body);
    let mail = Says::of(&it.site, it.case, &now, EXPERT, "DECLINED").written(PROGRAMS[0].1);
    arrives(&it.site, &mail).await;
    declined_is_answered(&it, EXPERT, "それまで、予約はそのままです。").await;
}

/// Fails unless the person got one mail that says until when the center answers the decline, and what the person can do.
async fn declined_is_answered(it: &Asked, to: &str, next: &str) {
    let mut mails = cases::mails_to(&it.site, to).await;
    mails.retain(|it| it.kind == "decline_noted");
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    for words in ["までに、センターからご連絡します。", next] {
        assert!(mail.text_body.contains(words), "{words} in {}", mail.text_body);
    }
}

#[actix_web::test]
async fn a_forged_answer_changes_nothing_and_is_kept() {
    let it = Asked::new().await;
    let good = || it.says(EXPERT, "ACCEPTED");
    let others = it.site.app.reply_address(it.case.id, CONTACT);
    for (what, says) in [
        ("another sender", Says { from: "attacker@example.com", to: good().to, ..good() }),
        ("another's token", Says { to: others, ..good() }),
        ("no token", Says { to: "madoguchi@example.jp".to_owned(), ..good() }),
        ("another invitation", Says { uid: "0123@example.jp", ..good() }),
        ("the company for the expert", Says { from: CONTACT, to: good().to, ..good() }),
    ] {
        for (name, program) in PROGRAMS {
            let mail = it.answers(&says, program).await;
            let got = (mail.state.code(), mail.reason.code(), mail.open);
            assert_eq!(got, ("quarantined", "foreign_invitation", true), "{what}, {name}");
        }
    }
    // The mail is the expert's own, and the answer in it is another person's.
    let mixed = good().written(PROGRAMS[3].1).replace("mailto:expert@example.jp", "mailto:other@example.jp");
    assert_eq!(arrives(&it.site, &mixed).await.state.code(), "quarantined");
    assert_eq!(it.assignment().await, AssignmentState::Offered);
    assert_eq!(cases::state(&it.site, it.case).await, "matching");
    // The right answer still takes effect.
    it.answers(&good(), PROGRAMS[0].1).await;
    assert_eq!(cases::state(&it.site, it.case).await, "booked");
}
