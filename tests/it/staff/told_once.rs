//! One act, one mail: whatever a composite act does to a case, each reader is sent once, and the mail agrees with what
//! is true afterwards.
mod fields;
mod team;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use domain::{
    actor::{Actor, Represented},
    aftercare::report::ReportBody,
    booking::{
        appointment::{Appointment, AppointmentState},
        availability::Absence,
    },
    calendar::japan_date,
    consultation::{ActionKind, MergeValue, UnfulfilledReason},
    due::{Due, DueKind},
    field::Fields,
    id::{AccountId, ExpertId},
    routing::assignment::Assignment,
    text::{Prose, TextLine},
};
use entity::outbox;
use madoguchi::{
    doctor,
    ops::{
        self,
        accounts::deactivation::{Successors, deactivate},
        aftercare::report::{ReportDecision, Saving},
        booking::substitute::SubstituteConsent,
        consultation::{
            Ending,
            merge::{MergeChoice, SeenCase},
        },
        intake::apply::{AwaitedIn, SplitOff},
        routing::{expert::AvailabilityChange, replacement::Successor},
    },
    store::{self, booking::substitute::Participation},
    worker,
};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, record, state},
    deadlines::asked_both,
    site::Site,
};

/// The mails that are planned for later.
const PLANNED: [&str; 3] = ["reminder", "request_reminder", "hold_ending"];

const EXPERT: &str = "expert@example.jp";
const ICT: &str = "ict@example.jp";
const LABOR: &str = "labor@example.jp";

/// The mails of one act, by reader.
struct Sent(BTreeMap<String, outbox::Model>);

impl Sent {
    /// Returns the mail to a reader, which has to be of this kind.
    #[track_caller]
    fn mail(&self, to: &str, kind: &str) -> &str {
        let it = self.0.get(to).unwrap_or_else(|| panic!("no mail to {to}: {:?}", self.kinds()));
        assert_eq!(it.kind, kind, "{to}: {}", it.text_body);
        &it.text_body
    }

    fn kinds(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(to, it)| (to.as_str(), it.kind.as_str())).collect()
    }
}

async fn written(site: &Site) -> Vec<outbox::Model> {
    outbox::Entity::find().all(&site.app.db).await.unwrap()
}

/// Plays an act on cases, and fails if any reader gets two mails about one of them, or one that is not true afterwards.
/// Returns the mails about the first of them.
async fn once<T>(site: &Site, cases: &[Case], act: impl Future<Output = T>) -> Sent {
    let before: BTreeSet<Uuid> = written(site).await.into_iter().map(|it| it.id).collect();
    Box::pin(act).await;
    let mut sent: BTreeMap<(Option<Uuid>, String), outbox::Model> = BTreeMap::new();
    for it in written(site).await {
        let is_planned = PLANNED.contains(&it.kind.as_str()) || is_later_report(&it);
        if before.contains(&it.id) || is_planned {
            continue;
        }
        let key = (it.consultation_id, it.recipient.clone());
        if let Some(first) = sent.get(&key) {
            panic!("{} gets two mails:\n{}\n----\n{}", key.1, first.text_body, it.text_body);
        }
        sent.insert(key, it);
    }
    for case in cases {
        for it in sent.values().filter(|it| it.consultation_id == Some(case.id.0)) {
            agrees(site, *case, it).await;
        }
    }
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
    let first = cases.first().map(|it| it.id.0);
    Sent(sent.into_iter().filter(|(key, _)| key.0 == first).map(|(key, it)| (key.1, it)).collect())
}

/// Returns whether the mail is the one for a report that will be overdue.
fn is_later_report(it: &outbox::Model) -> bool {
    it.kind == "report_due" && it.dedup_key.is_some()
}

/// Fails unless the claims of a mail to the company agree with the state of its case.
async fn agrees(site: &Site, case: Case, mail: &outbox::Model) {
    let contact = store::consultation::person(&site.app.db, case.id).await.unwrap().unwrap();
    if contact.email.as_deref() != Some(mail.recipient.as_str()) {
        return;
    }
    let (it, text) = (record(site, case).await, &mail.text_body);
    let state = it.consultation.state.code();
    let all = store::booking::appointment::of(&site.app.db, case.id).await.unwrap();
    let live = all.iter().find(|it| it.is_live());
    let claims = [
        ("選んでください", state == "scheduling"),
        ("手続きは必要ありません", state != "scheduling" && state != "waiting_company"),
        ("変わりません", live.is_some_and(Appointment::is_confirmed)),
        ("決まりました\n", live.is_some_and(Appointment::is_confirmed)),
        ("取り消しました", live.is_none()),
        ("仮予約を解除しました", live.is_none()),
        ("仮予約のままです", live.is_some_and(|it| !it.is_confirmed())),
        ("専門家の回答の期限", due(&it.due) == Some(DueKind::Reply)),
        ("センターからご連絡します", due(&it.due) == Some(DueKind::FirstContact)),
        ("選ぶこともできます", live.is_none() && ["received", "checking"].contains(&state)),
    ];
    for (claim, is_true) in claims {
        assert!(is_true || !text.contains(claim), "{state}: {claim} in {text}");
    }
}

fn due(it: &Option<Due>) -> Option<DueKind> {
    it.as_ref().map(|it| it.kind)
}

fn reason(text: &str) -> TextLine {
    TextLine::parse("理由", text, 200).unwrap()
}

async fn live(site: &Site, case: Case, expert: ExpertId) -> Assignment {
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    all.into_iter().find(|it| it.is_live() && it.expert == expert).unwrap()
}

async fn accept(site: &Site, case: Case, expert: ExpertId) {
    let id = live(site, case, expert).await.id;
    ops::routing::assignment::accept(&site.app, id, expert).await.unwrap();
}

async fn release(site: &Site, case: Case, expert: ExpertId, by: Actor, next: Successor) {
    let id = live(site, case, expert).await.id;
    let why = reason("入院のため");
    ops::routing::replacement::release(&site.app, id, None, by, &why, next).await.unwrap();
}

/// Makes a consultation of both fields with an expert for each, booked with `slot`, else to be scheduled.
pub async fn of_two(slot: bool) -> (Site, Cast, Case, [ExpertId; 2]) {
    let (site, cast) = center().await;
    let (case, ict, labor) = asked_both(&site, &cast, slot).await;
    accept(&site, case, ict).await;
    accept(&site, case, labor).await;
    (site, cast, case, [ict, labor])
}

#[actix_web::test]
async fn a_booked_expert_who_is_released_is_one_event_and_one_mail_to_each() {
    let (site, cast) = center().await;
    for (n, said_by, wish, principal) in [
        (1, "center".to_owned(), "センターの都合により", cast.center()),
        (2, "company".to_owned(), "お申し出により", Actor::Company),
        (3, cast.expert.to_string(), "専門家の都合により", Actor::Expert(cast.expert)),
    ] {
        let contact = format!("contact{n}@example.co.jp");
        let case = cases::booked(&site, &cast, &contact).await;
        let path = format!("/experts/{}", live(&site, case, cast.expert).await.id);
        site.get(&at(case.number, &path)).await.shows("だれの申し出ですか");
        let form = [("action", "release"), ("reason", "入院のため"), ("said_by", &*said_by)];
        let sent = once(&site, &[case], async { done(&act(&site, case, &path, &form).await) }).await;
        let mail = sent.mail(&contact, "team_changing");
        for said in [
            wish,
            "山田 太郎さんが担当から外れました",
            "取り消しました",
            "> 入院のため",
            "までに、センターから",
        ] {
            assert!(mail.contains(said), "{said} in {mail}");
        }
        assert!(mail.contains("選ぶこともできます"), "{mail}");
        crate::company::sign_in(&site, &contact).await;
        let page = site.get(&crate::company::my(case, "")).await;
        page.shows("予約を取り消しました");
        page.shows("日時を選び直す");
        site.sign_in("center@example.jp", crate::site::PASSWORD).await;
        let left = sent.mail(EXPERT, "request_withdrawn");
        assert!(left.contains("> 入院のため") && left.contains("invite.ics"), "{left}");
        assert_eq!(sent.0.len(), 2, "{:?}", sent.kinds());
        assert_eq!(state(&site, case).await, "checking");
        let history = store::audit::event::of(&site.app.db, case.id).await.unwrap();
        let last = history.last().unwrap();
        assert_eq!((last.action, last.from.as_deref()), (ActionKind::ReleaseExpert, Some("booked")));
        assert_eq!((last.by.principal(), last.by.represented().is_some()), (principal, n > 1));
        let cancelled = appointment(&site, case).await.state;
        let by_company = matches!(cancelled, AppointmentState::CancelledByCompany { .. });
        assert_eq!(by_company, n == 2, "{cancelled:?}");
    }
}

#[actix_web::test]
async fn the_other_expert_of_a_cancelled_appointment_is_told_once_too() {
    let (site, cast, case, [ict, labor]) = of_two(true).await;
    assert_eq!(state(&site, case).await, "booked");
    let sent = once(&site, &[case], release(&site, case, ict, cast.center(), Successor::Later)).await;
    assert!(sent.mail(CONTACT, "team_changing").contains("伊藤 一さんが担当から外れました"));
    assert!(sent.mail(LABOR, "cancelled").contains("もう一人の専門家が担当から外れ"));
    sent.mail(ICT, "request_withdrawn");
    assert_eq!((sent.0.len(), state(&site, case).await), (3, "checking"));
    // The other one is let go as well, while the consultation waits for an expert.
    let stead = Actor::Stead(cast.coordinator, Represented::Expert(labor));
    let sent = once(&site, &[case], release(&site, case, labor, stead, Successor::Later)).await;
    let mail = sent.mail(CONTACT, "team_changing");
    assert!(mail.contains("専門家の都合により、高橋 三郎さん"), "{mail}");
    assert!(!mail.contains("選ぶこともできます"), "the time was lost before: {mail}");
    // No expert speaks for another.
    let foreign = Actor::Stead(cast.coordinator, Represented::Expert(ict));
    let case = cases::matching(&site, &Cast { expert: ict, ..cast }, "b@example.co.jp").await;
    let id = live(&site, case, ict).await.id;
    let wrong = Actor::Stead(cast.coordinator, Represented::Expert(labor));
    let why = reason("別の人");
    let next = Successor::Later;
    assert!(ops::routing::replacement::release(&site.app, id, None, wrong, &why, next).await.is_err());
    ops::routing::replacement::release(&site.app, id, None, foreign, &why, next).await.unwrap();
}

#[actix_web::test]
async fn an_expert_who_was_asked_or_chosen_is_replaced_with_one_mail_at_most() {
    let (site, cast) = center().await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    let choosing = cases::scheduling(&site, &cast, CONTACT).await;
    let next = Successor::Expert(sato);
    let sent = once(&site, &[choosing], release(&site, choosing, cast.expert, cast.center(), next)).await;
    let mail = sent.mail(CONTACT, "team_changing");
    assert!(mail.contains("山田 太郎さん") && mail.contains("専門家の回答の期限"), "{mail}");
    sent.mail("sato@example.jp", "request");
    sent.mail(EXPERT, "request_withdrawn");
    let matching = cases::matching(&site, &cast, "b@example.co.jp").await;
    let sent = once(&site, &[matching], release(&site, matching, cast.expert, cast.center(), next)).await;
    assert_eq!(sent.kinds().len(), 2, "the company knew of nobody: {:?}", sent.kinds());
    let sent =
        once(&site, &[matching], release(&site, matching, sato, cast.center(), Successor::Later)).await;
    let mail = sent.mail("b@example.co.jp", "team_changing");
    assert!(!mail.contains("担当から外れました"), "{mail}");
}

#[actix_web::test]
async fn a_time_that_is_lost_with_a_request_is_told_in_the_same_mail() {
    for accepts in [false, true] {
        let (site, cast) = center().await;
        let (case, ict, labor) = asked_both(&site, &cast, true).await;
        if accepts {
            accept(&site, case, labor).await;
        }
        let sent = once(&site, &[case], release(&site, case, ict, cast.center(), Successor::Later)).await;
        let mail = sent.mail(CONTACT, "team_changing");
        assert!(mail.contains("仮予約を解除しました"), "{mail}");
        assert_eq!(mail.contains("選ぶこともできます"), !accepts, "{mail}");
        sent.mail(LABOR, if accepts { "cancelled" } else { "request_withdrawn" });
        assert_eq!((sent.0.len(), state(&site, case).await), (3, "checking"));
    }
}

#[actix_web::test]
async fn the_end_of_an_account_tells_each_reader_once_about_each_case() {
    let (site, cast) = center().await;
    let accepted = cases::scheduling(&site, &cast, "accepted@example.co.jp").await;
    let moved = cases::booked(&site, &cast, "moved@example.co.jp").await;
    let cancelled = cases::booked(&site, &cast, "cancelled@example.co.jp").await;
    let matching = cases::matching(&site, &cast, "asked@example.co.jp").await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    let bookings = BTreeMap::from([
        (appointment(&site, moved).await.id, Some(vec![sato])),
        (appointment(&site, cancelled).await.id, None),
    ]);
    let successors = Successors { coordinator: None, bookings };
    let all = [cancelled, accepted, moved, matching];
    let closing = async {
        deactivate(&site.app, AccountId(cast.expert.0), cast.coordinator, &successors).await.unwrap()
    };
    let sent = once(&site, &all, closing).await;
    let mail = sent.mail("cancelled@example.co.jp", "team_changing");
    assert!(mail.contains("センターの都合により、山田 太郎さん"), "{mail}");
    assert_eq!(sent.0.len(), 1, "{:?}", sent.kinds());
}

#[actix_web::test]
async fn a_substitute_and_an_absence_tell_each_reader_once() {
    let (site, cast) = center().await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let day = japan_date(appointment(&site, case).await.starts_at);
    let absence = Absence { first: day, last: day, stand_in: Some(sato) };
    let change = AvailabilityChange::AddAbsence(absence, String::new());
    once(&site, &[case], ops::routing::expert::change_availability(&site.app, cast.expert, change)).await;
    let (app, by) = (&site.app, cast.center());
    let participation = Participation { appointment: appointment(&site, case).await.id, expert: cast.expert };
    let ask = async || {
        let version = record(&site, case).await.version;
        let consent = SubstituteConsent::Asked;
        ops::booking::substitute::ask(app, participation, sato, version, by, consent).await.unwrap();
    };
    assert_eq!(once(&site, &[case], ask()).await.0.len(), 1);
    let version = record(&site, case).await.version;
    let taken_back = ops::booking::substitute::withdraw_request(app, participation, version, by);
    assert_eq!(once(&site, &[case], taken_back).await.0.len(), 1);
    ask().await;
    let sent = once(&site, &[case], accept(&site, case, sato)).await;
    assert!(sent.mail(CONTACT, "expert_changed").contains("日時は変わりません"));
    sent.mail(EXPERT, "expert_changed");
    sent.mail("sato@example.jp", "booked");

    // The substitute who is asked hears once if the appointment goes with its expert.
    let other = cases::booked(&site, &Cast { expert: sato, ..cast }, "b@example.co.jp").await;
    let participation = Participation { appointment: appointment(&site, other).await.id, expert: sato };
    let version = record(&site, other).await.version;
    let third = cases::expert(&site, "third@example.jp", "伊藤 一", Fields::Both).await;
    let consent = SubstituteConsent::Asked;
    ops::booking::substitute::ask(app, participation, third, version, by, consent).await.unwrap();
    let sent = once(&site, &[other], release(&site, other, sato, by, Successor::Later)).await;
    sent.mail("third@example.jp", "request_withdrawn");
    sent.mail("b@example.co.jp", "team_changing");
    assert_eq!(sent.0.len(), 3, "{:?}", sent.kinds());
}

#[actix_web::test]
async fn a_split_and_a_merge_tell_each_reader_once() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let off = SplitOff {
        fields: Fields::Labor,
        leave: false,
        description: Prose::parse("相談内容", "就業規則について。", 2000).unwrap(),
        messages: Vec::new(),
        awaited: AwaitedIn::Both,
        key: Uuid::new_v4(),
    };
    let version = record(&site, case).await.version;
    once(&site, &[case], ops::intake::apply::split(&site.app, case.id, version, &off, cast.coordinator))
        .await;
    let kept = cases::booked(&site, &cast, "kept@example.co.jp").await;
    let other = cases::received(&site, &cast, "other@example.co.jp").await;
    let seen = async |case: Case| SeenCase { id: case.id, version: record(&site, case).await.version };
    let (kept_seen, other_seen) = (seen(kept).await, seen(other).await);
    let why = reason("同じ相談");
    let choice = MergeChoice { taken: &MergeValue::ALL, reason: &why, releases: false, split: None };
    let merged = ops::consultation::merge::merge(&site.app, kept_seen, other_seen, choice, cast.coordinator);
    once(&site, &[kept, other], merged).await;
}

#[actix_web::test]
async fn the_end_of_a_case_tells_each_reader_once() {
    let (site, cast) = center().await;
    let organization = TextLine::parse("機関", "商工の窓口", 100).unwrap();
    let endings = [
        Ending::Withdraw { reason: None },
        Ending::CloseUnfulfilled { reason: UnfulfilledReason::NoExpert },
        Ending::Refer { organization, note: None },
    ];
    for (n, ending) in endings.into_iter().enumerate() {
        for (m, over) in [(0, false), (1, true), (2, false)] {
            let contact = format!("contact{n}-{m}@example.co.jp");
            let case = match m {
                0 | 1 => cases::booked(&site, &cast, &contact).await,
                _ => cases::matching(&site, &cast, &contact).await,
            };
            if over {
                let ends_at = appointment(&site, case).await.ends_at;
                site.app.clock.advance(ends_at - site.app.clock.now() + TimeDelta::minutes(1));
            }
            let end = ops::consultation::end(&site.app, case.id, None, cast.center(), ending.clone());
            let sent = once(&site, &[case], async { end.await.unwrap() }).await;
            let kinds = sent.kinds();
            assert!(kinds.len() <= 2, "{kinds:?}");
        }
    }
}

/// Withdrawing after the appointment keeps it, and its expert is asked for the report and sent nothing else.
#[actix_web::test]
async fn an_expert_whose_appointment_is_over_is_asked_for_the_report_alone() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let ends_at = appointment(&site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now() + TimeDelta::minutes(1));
    let ending = Ending::Withdraw { reason: None };
    let end = ops::consultation::end(&site.app, case.id, None, Actor::Company, ending);
    let sent = once(&site, &[case], end).await;
    sent.mail(EXPERT, "report_due");
    sent.mail(CONTACT, "finished");
    assert!(live(&site, case, cast.expert).await.is_accepted(), "it shows who carried it out");
}

#[actix_web::test]
async fn a_report_and_a_further_appointment_are_one_mail() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let id = appointment(&site, case).await.id;
    let body = ReportBody {
        present_state: "紙のタイムカードを使っています。".to_owned(),
        advice: "クラウドの勤怠管理を始めてください。".to_owned(),
        next_steps: "規程の案を作ります。".to_owned(),
        ..ReportBody::default()
    };
    ops::aftercare::report::write(&site.app, id, cast.expert, body, 0, Saving::Submit).await.unwrap();
    let further = ReportDecision::ApproveAndContinue { override_reason: None };
    let decided = ops::aftercare::report::decide(&site.app, id, cast.coordinator, further);
    let sent = once(&site, &[case], decided).await;
    let mail = sent.mail(CONTACT, "further_appointment");
    assert!(mail.contains("報告書ができました") && mail.contains("候補の日時から"), "{mail}");
    assert_eq!(sent.0.len(), 1, "{:?}", sent.kinds());
}
