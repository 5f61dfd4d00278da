//! An absence laid over bookings: the expert is told first, the center finds a substitute, and no appointment
//! disappears.
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    booking::{appointment::Appointment, availability::Absence},
    calendar::japan_date,
    field::Fields,
    id::{AccountId, ExpertId},
    routing::assignment::Assignment,
};
use madoguchi::{
    doctor,
    ops::{self, booking::substitute::SubstituteConsent, routing::expert::AvailabilityChange},
    problem::Problem,
    store::{self, booking::substitute::Participation},
    worker,
};
use tokio::task::JoinSet;

use crate::{
    cancelled_invitation::{events, feed, last_word, only, sequence},
    cases::{self, CONTACT, Case, Cast, appointment, free_slots, link, mails_to, record, state},
    site::{PASSWORD, Reply, Site},
};

const AVAILABILITY: &str = "/expert/availability";
const ABSENCES: &str = "/staff/absences";

/// A booking of 山田, with 佐藤 and 高橋 as possible substitutes.
struct Scene {
    site: Site,
    cast: Cast,
    case: Case,
    sato: ExpertId,
    takahashi: ExpertId,
}

impl Scene {
    async fn new() -> Self {
        Self::on(Site::new().await).await
    }

    async fn on(site: Site) -> Self {
        let cast = Cast::new(&site).await;
        let case = cases::booked(&site, &cast, CONTACT).await;
        let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
        let takahashi = cases::expert(&site, "takahashi@example.jp", "高橋 三郎", Fields::Both).await;
        Self { site, cast, case, sato, takahashi }
    }

    async fn sign_in(&self, email: &str) {
        assert_eq!(self.site.sign_in(email, PASSWORD).await.status, 303);
    }

    async fn participation(&self) -> Participation {
        Participation { appointment: appointment(&self.site, self.case).await.id, expert: self.cast.expert }
    }

    async fn version(&self) -> i32 {
        record(&self.site, self.case).await.version
    }

    /// Enters an absence of 山田 on the day of the booking.
    async fn away(&self) {
        let day = japan_date(appointment(&self.site, self.case).await.starts_at);
        let absence = Absence { first: day, last: day, stand_in: Some(self.takahashi) };
        let change = AvailabilityChange::AddAbsence(absence, String::new());
        ops::routing::expert::change_availability(&self.site.app, self.cast.expert, change).await.unwrap();
    }

    async fn ask(&self, substitute: ExpertId, agreement: SubstituteConsent) -> Result<(), Problem> {
        let (participation, version) = (self.participation().await, self.version().await);
        ops::booking::substitute::ask(
            &self.site.app,
            participation,
            substitute,
            version,
            self.cast.center(),
            agreement,
        )
        .await
    }

    async fn request(&self) -> Assignment {
        store::routing::assignment::of(&self.site.app.db, self.case.id).await.unwrap().pop().unwrap()
    }

    async fn proposed(&self) -> Vec<ExpertId> {
        let (vacancies, _) = ops::booking::substitute::vacancies(&self.site.app, 10).await.unwrap();
        vacancies.iter().flat_map(|it| &it.proposals).map(|it| it.expert).collect()
    }

    /// Sends a button of the page.
    async fn press(&self, action: &str, substitute: Option<ExpertId>) -> Reply {
        let (participation, version) = (self.participation().await, self.version().await.to_string());
        let (appointment, absent) = (participation.appointment.to_string(), self.cast.expert.to_string());
        let substitute = substitute.map(|it| it.to_string()).unwrap_or_default();
        let form = [
            ("appointment", appointment.as_str()),
            ("absent", &absent),
            ("version", &version),
            ("substitute", &substitute),
            ("action", action),
        ];
        self.site.post(ABSENCES, &form).await
    }

    /// Sends everything that is due, and asserts that the doctor finds nothing.
    async fn sound(&self) {
        while worker::outbox::step(&self.site.app).await.unwrap() {}
        let findings = doctor::examine(&self.site.app.db, self.site.app.clock.now()).await.unwrap();
        assert!(findings.is_empty(), "{findings:?}");
    }

    async fn kinds(&self, to: &str) -> Vec<String> {
        mails_to(&self.site, to).await.into_iter().map(|it| it.kind).collect()
    }
}

fn absence_form(it: &Appointment, stand_in: ExpertId) -> Vec<(String, String)> {
    let day = japan_date(it.starts_at).format("%Y %m %d").to_string();
    let mut day = day.split(' ');
    let mut next = || day.next().unwrap().to_owned();
    let (year, month, day) = (next(), next(), next());
    let mut form = vec![("form".to_owned(), "absence".to_owned()), ("note".to_owned(), "出張".to_owned())];
    for end in ["first", "last"] {
        for (part, value) in [("year", &year), ("month", &month), ("day", &day)] {
            form.push((format!("{end}_{part}"), value.clone()));
        }
    }
    form.push(("stand_in".to_owned(), stand_in.to_string()));
    form
}

async fn post(site: &Site, path: &str, form: &[(String, String)]) -> Reply {
    let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    site.post(path, &form).await
}

#[track_caller]
fn hides(reply: &Reply, text: &str) {
    assert!(!reply.body.contains(text), "{text:?} in {}", reply.body);
}

#[actix_web::test]
async fn bookings_are_shown_before_an_absence_takes_effect() {
    let scene = Scene::new().await;
    scene.sign_in("expert@example.jp").await;
    let booked = appointment(&scene.site, scene.case).await;
    let mut form = absence_form(&booked, scene.takahashi);
    let page = post(&scene.site, AVAILABILITY, &form).await;
    assert_eq!(page.status, 200);
    page.shows("不在の期間に予約があります");
    page.shows("11月26日（木）9:00から10:00");
    page.shows("代わり：高橋 三郎");
    page.shows(&format!(r#"name="known" value="{}""#, booked.id));
    let entries = || store::routing::expert::entries(&scene.site.app.db, scene.cast.expert);
    assert!(entries().await.unwrap().absences.is_empty(), "nothing has happened yet");

    form.push(("action".to_owned(), "back".to_owned()));
    post(&scene.site, AVAILABILITY, &form).await.shows(r#"value="出張""#);
    form.pop();
    assert!(entries().await.unwrap().absences.is_empty());

    form.push(("known".to_owned(), booked.id.to_string()));
    let done = post(&scene.site, AVAILABILITY, &form).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some(AVAILABILITY)));
    assert_eq!(entries().await.unwrap().absences[0].1.stand_in, Some(scene.takahashi));
    let page = scene.site.get(AVAILABILITY).await;
    page.shows("期間内の予約1件は、センターが代わりの専門家を探します。");
    page.shows("（出張）　代わり：高橋 三郎");
    assert_eq!(state(&scene.site, scene.case).await, "booked");
    assert_eq!(appointment(&scene.site, scene.case).await, booked);

    let mails = mails_to(&scene.site, &center_email(&scene.site).await).await;
    let mail = mails.iter().find(|it| it.kind == "substitute_needed").unwrap();
    assert!(mail.text_body.contains("株式会社みなと製作所"), "{}", mail.text_body);
    assert_eq!(link(&mails, "substitute_needed"), ABSENCES);
    scene.sound().await;
}

pub async fn center_email(site: &Site) -> String {
    let programme = site.app.programme().await.unwrap();
    programme.settings_at(site.app.clock.now()).center_email.clone()
}

#[actix_web::test]
async fn the_expert_can_name_only_an_eligible_stand_in() {
    let scene = Scene::new().await;
    scene.sign_in("expert@example.jp").await;
    let booked = appointment(&scene.site, scene.case).await;
    for odd in [scene.cast.expert, ExpertId(scene.cast.coordinator.0)] {
        let reply = post(&scene.site, AVAILABILITY, &absence_form(&booked, odd)).await;
        assert_eq!(reply.status, 422);
        reply.shows("代わりの専門家は、一覧から選択してください");
    }
}

async fn company_and_center_hear_that_the_time_stays(scene: &Scene) {
    for to in [CONTACT, center_email(&scene.site).await.as_str()] {
        let mails = mails_to(&scene.site, to).await;
        let mail = mails.iter().rfind(|it| it.kind == "expert_changed").unwrap();
        assert!(mail.text_body.contains("日時は変わりません"), "{to}: {}", mail.text_body);
    }
}

#[actix_web::test]
async fn the_stand_in_is_asked_and_takes_the_place() {
    let scene = Scene::new().await;
    scene.away().await;
    scene.sign_in("center@example.jp").await;
    scene.site.get("/staff").await.shows("代わりの専門家を選ぶ（1件）");
    let page = scene.site.get(ABSENCES).await;
    page.shows("株式会社みなと製作所");
    page.shows("本人が指定");
    assert_eq!(scene.proposed().await, [scene.takahashi, scene.sato]);
    let before = appointment(&scene.site, scene.case).await;

    let reply = scene.press("ask", Some(scene.takahashi)).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    scene.site.get(ABSENCES).await.shows("高橋 三郎さんに依頼しています");
    hides(&scene.site.get("/staff").await, "代わりの専門家を選ぶ");
    assert_eq!(appointment(&scene.site, scene.case).await, before, "the place stays until it is taken");
    scene.sound().await;

    // The expert who is asked sees the time, but not yet the company's name.
    scene.sign_in("takahashi@example.jp").await;
    scene.site.get("/expert").await.shows("回答待ちの依頼 <b>1件</b>");
    let week = scene.site.get("/expert/calendar?week=2026-W48").await;
    week.shows("仮予約1件");
    week.shows("交代の依頼");
    let mails = mails_to(&scene.site, "takahashi@example.jp").await;
    let invitation = mails.iter().find(|it| it.kind == "request").unwrap().calendar.clone().unwrap();
    for line in ["METHOD:REQUEST", "PARTSTAT=NEEDS-ACTION", &before.uid] {
        assert!(invitation.replace("\r\n ", "").contains(line), "{line}");
    }
    let answer = link(&mails, "request");
    let page = scene.site.get(&answer).await;
    page.shows("11月26日（木）9:00から10:00");
    hides(&page, "みなと");

    assert_eq!(scene.site.post(&answer, &[("answer", "accept")]).await.status, 303);
    assert_eq!(state(&scene.site, scene.case).await, "booked");
    let after = appointment(&scene.site, scene.case).await;
    assert_eq!(
        (after.id, after.starts_at, &after.uid, &after.experts[..]),
        (before.id, before.starts_at, &before.uid, &[scene.takahashi][..])
    );
    assert_eq!(after.place, "https://video.example.jp/takahashi");
    assert!(after.sequence > before.sequence);
    scene.sound().await;
    scene.site.get(&format!("/expert/consultations/{}", scene.case.number)).await.shows("みなと製作所");

    for (to, kind, method) in [
        ("expert@example.jp", "expert_changed", "METHOD:CANCEL"),
        ("takahashi@example.jp", "booked", "METHOD:REQUEST"),
        (CONTACT, "expert_changed", "METHOD:REQUEST"),
    ] {
        let mails = mails_to(&scene.site, to).await;
        let mail = mails.iter().rfind(|it| it.kind == kind).unwrap();
        let calendar = mail.calendar.clone().unwrap().replace("\r\n ", "");
        assert!(calendar.contains(method) && calendar.contains(&before.uid), "{to}: {calendar}");
        assert!(calendar.contains(&format!("SEQUENCE:{}", after.sequence)), "{to}: {calendar}");
    }
    company_and_center_hear_that_the_time_stays(&scene).await;

    // The first expert is free again, and has no access to the consultation any more.
    scene.sign_in("expert@example.jp").await;
    let gone = scene.site.get(&format!("/expert/consultations/{}", scene.case.number)).await;
    assert_eq!(gone.status, 404);
    hides(&scene.site.get("/expert/calendar?week=2026-W48").await, "みなと");
    scene.sign_in("center@example.jp").await;
    scene.site.get(ABSENCES).await.shows("不在の期間に重なる予約はありません。");
    let history = format!("/staff/consultations/{}?view=history", scene.case.number);
    scene.site.get(&history).await.shows("担当を交代しました：山田 太郎さんから高橋 三郎さんへ");
}

#[actix_web::test]
async fn an_expert_who_declines_or_is_silent_is_followed_by_the_next() {
    let scene = Scene::new().await;
    scene.away().await;
    scene.ask(scene.takahashi, SubstituteConsent::Asked).await.unwrap();
    let again = scene.ask(scene.sato, SubstituteConsent::Asked).await;
    assert!(matches!(again, Err(Problem::Refused(why)) if why.contains("すでに")), "one is asked at a time");
    let request = scene.request().await;
    let stranger = ops::routing::assignment::accept(&scene.site.app, request.id, scene.sato).await;
    assert!(matches!(stranger, Err(Problem::NotFound)));
    let reason = "先約があります".to_owned();
    ops::routing::assignment::decline(&scene.site.app, request.id, scene.takahashi, reason).await.unwrap();
    assert_eq!(state(&scene.site, scene.case).await, "booked");
    assert_eq!(appointment(&scene.site, scene.case).await.experts, [scene.cast.expert]);
    let proposed = scene.proposed().await;
    assert_eq!(proposed, [scene.sato, scene.takahashi], "who has declined is proposed last");
    scene.sound().await;

    scene.ask(scene.sato, SubstituteConsent::Asked).await.unwrap();
    let request = scene.request().await;
    assert!(request.due_at <= appointment(&scene.site, scene.case).await.starts_at);
    scene.site.app.clock.advance(request.due_at - scene.site.app.clock.now());
    worker::deadlines::step(&scene.site.app).await.unwrap();
    assert_eq!(state(&scene.site, scene.case).await, "booked");
    assert_eq!(scene.proposed().await.len(), 2, "the center may ask them once more");
    let center = scene.kinds(&center_email(&scene.site).await).await;
    assert_eq!(center.iter().filter(|it| *it == "substitute_needed").count(), 3);
    scene.sign_in("center@example.jp").await;
    let page = scene.site.get(ABSENCES).await;
    page.shows("この相談を辞退したか、期限までに回答がなかったか、担当から外れています");
    assert!(!page.body.contains("checked"), "neither is chosen by itself: {}", page.body);
    scene.sound().await;
    let late = ops::routing::assignment::accept(&scene.site.app, request.id, scene.sato).await;
    assert!(matches!(late, Err(Problem::Refused(_))));
}

/// The participation passes from expert to expert, and every calendar is told under the same UID with a higher
/// SEQUENCE.
#[actix_web::test]
async fn an_expert_who_leaves_an_appointment_sees_it_cancelled_in_the_calendar() {
    let scene = Scene::new().await;
    let site = &scene.site;
    let hers = feed(site, scene.cast.expert).await;
    let theirs = feed(site, scene.takahashi).await;
    scene.away().await;
    let booked = only(site, &hers).await;
    assert_eq!(booked["STATUS"], "CONFIRMED");

    // A request that ends is cancelled, and a second request counts as new.
    let mut last = -1;
    for _ in 0..2 {
        scene.ask(scene.takahashi, SubstituteConsent::Asked).await.unwrap();
        let requested = only(site, &theirs).await;
        assert_eq!((&requested["UID"], &requested["STATUS"][..]), (&booked["UID"], "TENTATIVE"));
        assert!(sequence(&requested) > last);
        assert_eq!(last_word(site, "takahashi@example.jp").await.1["SEQUENCE"], requested["SEQUENCE"]);
        let (participation, version) = (scene.participation().await, scene.version().await);
        ops::booking::substitute::withdraw_request(&site.app, participation, version, scene.cast.center())
            .await
            .unwrap();
        let gone = only(site, &theirs).await;
        assert_eq!((&gone["UID"], &gone["STATUS"][..]), (&booked["UID"], "CANCELLED"));
        assert!(sequence(&gone) > sequence(&requested));
        let (_, entry) = last_word(site, "takahashi@example.jp").await;
        assert_eq!((&entry["METHOD"][..], &entry["SEQUENCE"]), ("CANCEL", &gone["SEQUENCE"]));
        last = sequence(&gone);
    }
    assert_eq!(only(site, &hers).await, booked, "all that was none of the one who has the seat");

    scene.ask(scene.takahashi, SubstituteConsent::Asked).await.unwrap();
    let request = scene.request().await;
    ops::routing::assignment::accept(&site.app, request.id, scene.takahashi).await.unwrap();
    let (left, has) = (only(site, &hers).await, only(site, &theirs).await);
    assert_eq!((&left["UID"], &left["STATUS"][..]), (&booked["UID"], "CANCELLED"));
    assert_eq!((&has["UID"], &has["STATUS"][..]), (&booked["UID"], "CONFIRMED"));
    assert!(sequence(&left) > sequence(&booked) && sequence(&has) > last);
    let (_, entry) = last_word(site, "expert@example.jp").await;
    assert_eq!((&entry["METHOD"][..], &entry["SEQUENCE"]), ("CANCEL", &left["SEQUENCE"]));
    assert!(!left.values().any(|it| it.contains("みなと")), "{left:?}");
    site.app.clock.advance(TimeDelta::days(31));
    assert!(events(site, &hers).await.is_empty());
}

#[actix_web::test]
async fn the_time_of_an_asked_substitute_is_kept() {
    let scene = Scene::new().await;
    scene.away().await;
    let second = Cast { expert: scene.takahashi, ..scene.cast };
    let other = cases::scheduling(&scene.site, &second, "second@example.co.jp").await;
    let at = appointment(&scene.site, scene.case).await.starts_at;
    let same = free_slots(&scene.site, other).await.into_iter().find(|it| it.start() == at).unwrap();
    scene.ask(scene.takahashi, SubstituteConsent::Asked).await.unwrap();
    let taken = ops::booking::appointment::choose_slot(&scene.site.app, other.id, Actor::Company, same).await;
    assert!(matches!(taken, Err(Problem::SlotTaken)));

    let by = scene.cast.center();
    let (participation, version) = (scene.participation().await, scene.version().await);
    ops::booking::substitute::withdraw_request(&scene.site.app, participation, version, by).await.unwrap();
    ops::booking::appointment::choose_slot(&scene.site.app, other.id, Actor::Company, same).await.unwrap();
    assert_eq!(scene.proposed().await, [scene.sato], "the stand-in is not free any more");
    let late = scene.ask(scene.takahashi, SubstituteConsent::Asked).await;
    assert!(matches!(late, Err(Problem::Refused(_))));
    scene.sound().await;
}

#[actix_web::test]
async fn a_request_to_a_substitute_ends_with_its_appointment() {
    let scene = Scene::new().await;
    scene.away().await;
    let app = &scene.site.app;
    scene.ask(scene.takahashi, SubstituteConsent::Asked).await.unwrap();
    let request = scene.request().await;
    let later = free_slots(&scene.site, scene.case).await.into_iter().last().unwrap();
    ops::booking::appointment::reschedule(app, scene.case.id, Actor::Company, later).await.unwrap();
    scene.sound().await;
    let late = ops::routing::assignment::accept(app, request.id, scene.takahashi).await;
    assert!(matches!(late, Err(Problem::Refused(_))));
    let mails = mails_to(&scene.site, "takahashi@example.jp").await;
    let mail = mails.iter().find(|it| it.kind == "request_withdrawn").unwrap();
    assert!(mail.calendar.as_deref().unwrap().contains("METHOD:CANCEL"));
    assert!(scene.proposed().await.is_empty(), "the appointment has left the days of absence");

    // A substitute is asked again for another appointment, and the request ends with the booking, or with the
    // consultation.
    let day = japan_date(later.start());
    let change =
        AvailabilityChange::AddAbsence(Absence { first: day, last: day, stand_in: None }, String::new());
    ops::routing::expert::change_availability(app, scene.cast.expert, change).await.unwrap();
    scene.ask(scene.takahashi, SubstituteConsent::Asked).await.unwrap();
    let invitation = |it: &entity::outbox::Model| it.calendar.clone().unwrap_or_default();
    let mails = cases::mails_to(&scene.site, "takahashi@example.jp").await;
    let sequence = |text: String| -> i32 {
        text.split("SEQUENCE:").nth(1).unwrap().split('\r').next().unwrap().parse().unwrap()
    };
    let withdrawn = sequence(invitation(mails.iter().find(|it| it.kind == "request_withdrawn").unwrap()));
    let again = sequence(invitation(mails.iter().rfind(|it| it.kind == "request").unwrap()));
    assert!(again >= withdrawn, "an old cancellation does not hide a new request: {again}, {withdrawn}");
    ops::booking::appointment::cancel(app, scene.case.id, scene.cast.center(), "日程の都合".to_owned())
        .await
        .unwrap();
    assert_eq!(state(&scene.site, scene.case).await, "scheduling");
    assert!(!scene.request().await.is_live());
    scene.sound().await;

    let other = cases::booked(&scene.site, &scene.cast, "second@example.co.jp").await;
    let scene = Scene { case: other, ..scene };
    scene.away().await;
    scene.ask(scene.sato, SubstituteConsent::Asked).await.unwrap();
    let ending = ops::consultation::Ending::Withdraw { reason: None };
    let app = &scene.site.app;
    ops::consultation::end(app, other.id, None, scene.cast.center(), ending).await.unwrap();
    assert!(!scene.request().await.is_live());
    scene.sound().await;
}

#[actix_web::test]
async fn one_of_two_experts_changes_and_the_other_is_told() {
    let site = Site::new().await;
    let center = site.account(domain::actor::Role::Coordinator, "center@example.jp").await.id;
    let ict = cases::expert(&site, "ict@example.jp", "山田 太郎", Fields::Ict).await;
    let labor = cases::expert(&site, "labor@example.jp", "鈴木 四郎", Fields::Labor).await;
    let cast = Cast { coordinator: AccountId(center.0), expert: ict };
    let mut form = cases::form(CONTACT);
    form.field.push("labor".to_owned());
    let case = cases::unconfirmed(&site, &cast, &form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let version = record(&site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[ict, labor])
        .await
        .unwrap();
    for it in store::routing::assignment::of(&site.app.db, case.id).await.unwrap() {
        ops::routing::assignment::accept(&site.app, it.id, it.expert).await.unwrap();
    }
    let slot = free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Labor).await;
    let takahashi = cases::expert(&site, "takahashi@example.jp", "高橋 三郎", Fields::Ict).await;
    let scene = Scene { site, cast, case, sato, takahashi };
    scene.away().await;
    assert_eq!(scene.proposed().await, [takahashi], "the field of the one who will be away is covered");

    // The substitute has accepted on the telephone.
    scene.sign_in("center@example.jp").await;
    let nobody = scene.press("settle", None).await;
    assert_eq!(nobody.status, 422);
    nobody.shows("代わりの専門家を選択してください");
    let reply = scene.press("settle", Some(takahashi)).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let mut experts = vec![takahashi, labor];
    experts.sort_unstable();
    assert_eq!(appointment(&scene.site, case).await.experts, experts);
    assert!(scene.kinds("labor@example.jp").await.contains(&"expert_changed".to_owned()));
    assert!(!scene.kinds("takahashi@example.jp").await.contains(&"request".to_owned()));
    scene.sound().await;
}

#[actix_web::test]
async fn a_page_that_is_out_of_date_changes_nothing() {
    let scene = Scene::new().await;
    scene.away().await;
    scene.sign_in("center@example.jp").await;
    let (participation, version) = (scene.participation().await, scene.version().await);
    ops::correspondence::message::post(
        &scene.site.app,
        scene.case.id,
        Actor::Company,
        store::correspondence::message::Audience::Everyone,
        &domain::text::Prose::parse("本文", "よろしくお願いします", 100).unwrap(),
    )
    .await
    .unwrap();
    let by = scene.cast.center();
    let stale = ops::booking::substitute::ask(
        &scene.site.app,
        participation,
        scene.sato,
        version,
        by,
        SubstituteConsent::Asked,
    )
    .await;
    assert!(matches!(stale, Err(Problem::Stale)), "{stale:?}");
    // No substitute can take part in an appointment that has begun.
    let begun = appointment(&scene.site, scene.case).await.starts_at;
    scene.site.app.clock.advance(begun - scene.site.app.clock.now());
    let late = scene.ask(scene.sato, SubstituteConsent::Asked).await;
    assert!(matches!(late, Err(Problem::Refused(_))), "{late:?}");
    let odd = scene.site.send(TestRequest::post().uri(ABSENCES).set_form([("action", "ask")])).await;
    assert!(matches!(odd.status, 303 | 422), "{}", odd.status);
    scene.sound().await;
}

/// Answers, moves and other bookings come at once: in whatever order, the calendar and the requests agree.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acceptances_moves_and_cancellations_at_once_leave_no_contradiction() {
    let mut scene = Scene::on(Site::on_disk().await).await;
    let mut wanted = Vec::new();
    for n in 0..12 {
        if n > 0 {
            scene.case = cases::booked(&scene.site, &scene.cast, &format!("contact{n}@example.co.jp")).await;
        }
        wanted.push(scene.case);
        scene.site.app.clock.advance(TimeDelta::seconds(1));
    }
    let last = appointment(&scene.site, scene.case).await.starts_at;
    let first = japan_date(appointment(&scene.site, wanted[0]).await.starts_at);
    let absence = Absence { first, last: japan_date(last), stand_in: None };
    let change = AvailabilityChange::AddAbsence(absence, String::new());
    ops::routing::expert::change_availability(&scene.site.app, scene.cast.expert, change).await.unwrap();
    let mut requests = Vec::new();
    for &case in &wanted {
        scene.case = case;
        let substitute = if case.id.0.as_u128() % 2 == 0 { scene.sato } else { scene.takahashi };
        // Some substitutes are booked out by now; a request that succeeds is answered below.
        if scene.ask(substitute, SubstituteConsent::Asked).await.is_ok() {
            requests.push((case, scene.request().await));
        }
    }
    assert!(requests.len() >= 4, "{}", requests.len());
    let mut all = JoinSet::new();
    for (n, (case, request)) in requests.into_iter().enumerate() {
        let (app, center) = (scene.site.app.clone(), scene.cast.center());
        let accepting = app.clone();
        all.spawn(
            async move { ops::routing::assignment::accept(&accepting, request.id, request.expert).await },
        );
        all.spawn(async move {
            if n % 2 == 0 {
                ops::booking::appointment::cancel(&app, case.id, center, "日程の都合".to_owned()).await
            } else {
                ops::routing::assignment::decline(&app, request.id, request.expert, "先約".to_owned()).await
            }
        });
    }
    while let Some(done) = all.join_next().await {
        match done.unwrap() {
            Ok(()) | Err(Problem::Refused(_) | Problem::Stale) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    scene.sound().await;
    for &case in &wanted {
        let assignments = store::routing::assignment::of(&scene.site.app.db, case.id).await.unwrap();
        assert!(
            !assignments.iter().any(Assignment::is_asked_instead),
            "every request is answered or taken back"
        );
    }
}
