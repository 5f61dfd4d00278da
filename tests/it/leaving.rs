//! The end of an account: it can be interrupted at any moment and finished later, it races with answers and requests,
//! and no mail goes out after it.
use std::{collections::BTreeMap, future::poll_fn, path::Path, task::Poll, time::Duration};

use domain::{
    actor::{Actor, Role},
    field::Fields,
    id::{AccountId, ExpertId},
    routing::assignment::Assignment,
};
use madoguchi::{
    doctor,
    mail::transport::{SmtpOptions, Transport},
    ops::{
        self,
        accounts::deactivation::{Successors, deactivate, holdings},
    },
    problem::Problem,
    store::{self, reference::revision::RevisedPart},
    worker,
};
use sea_orm::{EntityTrait, QueryFilter, sea_query::Expr};
use tokio::task::JoinSet;

use crate::{
    cases::{self, CONTACT, Case, Cast, mails_to, state},
    company,
    site::{PASSWORD, Site},
    smtp::{Manner, Sink},
};

/// Polls a future at most `n` times and then drops it, as the end of the process would. Returns its output if it ended.
async fn cut<T>(future: impl Future<Output = T>, n: usize) -> Option<T> {
    let mut future = Box::pin(future);
    let mut polls = 0;
    poll_fn(move |cx| {
        if polls == n {
            return Poll::Ready(None);
        }
        polls += 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

async fn account(site: &Site, id: ExpertId) -> store::accounts::account::Account {
    store::accounts::account::find(&site.app.db, AccountId(id.0)).await.unwrap().unwrap()
}

async fn left(site: &Site, id: ExpertId) -> usize {
    holdings(&site.app, &account(site, id).await).await.unwrap().to_hand_over()
}

/// Returns whether the administrator's pages say that the account still holds work.
async fn is_named(site: &Site, id: ExpertId) -> bool {
    let now = site.app.clock.now();
    store::accounts::unfinished::unfinished(&site.app.db, now).await.unwrap().contains(&AccountId(id.0))
}

async fn close(site: &Site, id: ExpertId) {
    ops::accounts::account::set_active(&site.app, AccountId(id.0), false).await.unwrap();
}

/// Closes an account that has no booking ahead and hands over what it holds. Returns how much is left.
async fn finish(site: &Site, id: ExpertId, by: AccountId) -> usize {
    deactivate(&site.app, AccountId(id.0), by, &Successors::default()).await.unwrap()
}

async fn assignments(site: &Site, case: Case) -> Vec<Assignment> {
    store::routing::assignment::of(&site.app.db, case.id).await.unwrap()
}

async fn administrator(site: &Site) -> AccountId {
    let id = site.account(Role::Administrator, "admin@example.jp").await.id;
    assert_eq!(site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    id
}

async fn examined(site: &Site) {
    // The clock has moved, and the worker has not run meanwhile.
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// Examines as `examined` does while `left` parts are not handed over yet. The doctor finds the companies that cannot choose
/// a time meanwhile.
async fn examined_with(site: &Site, left: usize) {
    worker::once(&site.app).await;
    let mut found = doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap();
    found.retain(|it| left == 0 || it.rule != "choice");
    assert_eq!(found, []);
}

async fn count_of_mails(site: &Site, to: &str, kind: &str) -> usize {
    mails_to(site, to).await.iter().filter(|it| it.kind == kind).count()
}

/// The end of an account is cut off at one moment after another: every time the account is open and has everything, or
/// closed, and what it still holds is shown and handed over by the same step.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_an_account_can_be_interrupted_anywhere_and_finished() {
    // On a busy machine one try more can be as fast as all the rest, and then the middle is not seen.
    for _ in 0..5 {
        if interrupted_and_finished().await > 0 {
            return;
        }
    }
    panic!("the step was never cut off in the middle");
}

/// Cuts the end of an account off again and again, until it is finished. Returns how many cuts were in the middle.
async fn interrupted_and_finished() -> usize {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let reported = cases::consulted(&site, &cast, "report@example.co.jp").await;
    let accepted = cases::scheduling(&site, &cast, "accepted@example.co.jp").await;
    let moved = cases::booked(&site, &cast, "moved@example.co.jp").await;
    let cancelled = cases::booked(&site, &cast, "cancelled@example.co.jp").await;
    let matching = cases::matching(&site, &cast, CONTACT).await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    let admin = administrator(&site).await;
    let bookings = BTreeMap::from([
        (cases::appointment(&site, moved).await.id, Some(vec![sato])),
        (cases::appointment(&site, cancelled).await.id, None),
    ]);
    let successors = Successors { coordinator: None, bookings };
    assert_eq!(left(&site, cast.expert).await, 5);
    let (mut partly, mut polls, mut before) = (0, 1, (false, 5));
    loop {
        let step = deactivate(&site.app, AccountId(cast.expert.0), admin, &successors);
        let done = cut(step, polls).await;
        let after = (!account(&site, cast.expert).await.active, left(&site, cast.expert).await);
        let (is_closed, left) = after;
        if let Some(outcome) = done {
            assert_eq!((outcome.unwrap(), left), (0, 0));
            examined(&site).await;
            break;
        }
        assert!(is_closed || left == 5, "{left} left of an open account");
        polls += 1;
        if after == before {
            continue;
        }
        // Something was committed: the next cuts look for the middle of the rest.
        (before, polls) = (after, 1);
        examined_with(&site, left).await;
        assert_eq!(is_named(&site, cast.expert).await, is_closed && left > 0);
        if is_closed && (1..5).contains(&left) {
            partly += 1;
            site.get("/admin/users").await.shows("引継ぎが残っています");
            site.get(&format!("/admin/users/{}/deactivate", cast.expert)).await.shows("残りを引き継ぐ");
        }
    }
    assert!(!is_named(&site, cast.expert).await);
    assert_eq!(cases::appointment(&site, moved).await.experts, [sato]);
    for case in [accepted, cancelled, matching] {
        assert_eq!(state(&site, case).await, "checking");
        assert!(!assignments(&site, case).await.iter().any(Assignment::is_live));
    }
    // Everything was done and said once.
    assert_eq!(count_of_mails(&site, "accepted@example.co.jp", "team_changing").await, 1);
    assert_eq!(count_of_mails(&site, "moved@example.co.jp", "expert_changed").await, 1);
    assert_eq!(count_of_mails(&site, "cancelled@example.co.jp", "team_changing").await, 1);
    assert_eq!(count_of_mails(&site, "cancelled@example.co.jp", "cancelled").await, 0, "one mail says both");
    let history = store::audit::event::of(&site.app.db, reported.id).await.unwrap();
    let handed = |it: &Option<String>| it.as_deref().is_some_and(|it| it.contains("センターが作成します"));
    assert_eq!(history.iter().filter(|it| handed(&it.note)).count(), 1);
    partly
}

#[actix_web::test]
async fn holdings_that_a_closed_account_still_has_are_shown_and_handed_over() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let reported = cases::consulted(&site, &cast, "report@example.co.jp").await;
    let choosing = cases::scheduling(&site, &cast, "choosing@example.co.jp").await;
    let booked = cases::booked(&site, &cast, CONTACT).await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    // The step ended right after the account was closed.
    close(&site, cast.expert).await;
    assert!(cases::free_slots(&site, choosing).await.is_empty(), "a closed account is offered nowhere");
    company::sign_in(&site, CONTACT).await;
    assert!(!site.get(&company::my(booked, "/reschedule")).await.body.contains("name=\"slot\""));
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    site.get("/staff").await.shows("/staff/absences");
    let page = site.get("/staff/absences").await;
    page.shows(&booked.number.to_string());
    page.shows("山田 太郎（利用を停止）");
    page.shows("佐藤 次郎");

    administrator(&site).await;
    site.get("/admin").await.shows("利用を停止した1人の引継ぎが終わっていません");
    site.get("/admin/users").await.shows("引継ぎが残っています");
    let user = format!("/admin/users/{}", cast.expert);
    site.get(&user).await.shows("残りを引き継ぐ");
    let path = format!("{user}/deactivate");
    let page = site.get(&path).await;
    for it in [reported, choosing, booked] {
        page.shows(&it.number.to_string());
    }
    page.shows("残りは3件です");
    let control = format!("booking-{}", cases::appointment(&site, booked).await.id);
    let reply = site.post(&path, &[(&*control, &*sato.to_string())]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(cases::appointment(&site, booked).await.experts, [sato]);
    assert_eq!((left(&site, cast.expert).await, is_named(&site, cast.expert).await), (0, false));
    site.get(&path).await.shows("引き継ぐ仕事は残っていません");
    assert!(!site.get("/admin").await.body.contains("引継ぎが終わっていません"));
    examined(&site).await;
}

/// An appointment whose time has come keeps its expert: the center records the outcome.
#[actix_web::test]
async fn an_outcome_falls_to_the_center() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let ends_at = cases::appointment(&site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    let admin = administrator(&site).await;
    let user = format!("/admin/users/{}", cast.expert);
    let shown = site.post(&format!("{user}/active"), &[("active", "no")]).await;
    assert_eq!(shown.location.as_deref(), Some(&*format!("{user}/deactivate")), "it is shown first");
    site.get(&format!("{user}/deactivate")).await.shows("実施の記録は、センターが行います");
    assert_eq!(finish(&site, cast.expert, admin).await, 0);
    assert!(!is_named(&site, cast.expert).await);
    ops::booking::appointment::record_done(&site.app, case.id, cast.center()).await.unwrap();
    assert_eq!(state(&site, case).await, "consulted");
    assert!(is_named(&site, cast.expert).await, "now a report is due");
    assert_eq!((finish(&site, cast.expert, admin).await, is_named(&site, cast.expert).await), (0, false));
}

/// Answers by the expert and by the link of the mail, and the end of the account at once: each request was accepted before
/// the end or never, and nothing stays with the closed account unseen.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_end_of_an_account_races_acceptances() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let admin = administrator(&site).await;
    let mut wanted = Vec::new();
    for n in 0..10 {
        wanted.push(cases::matching(&site, &cast, &format!("contact{n}@example.co.jp")).await);
    }
    let mut accepting = JoinSet::new();
    for &case in &wanted {
        let request = assignments(&site, case).await.pop().unwrap().id;
        let app = site.app.clone();
        accepting.spawn(async move { ops::routing::assignment::accept(&app, request, cast.expert).await });
    }
    let app = site.app.clone();
    let id = AccountId(cast.expert.0);
    let closing = tokio::spawn(async move { deactivate(&app, id, admin, &Successors::default()).await });
    while let Some(done) = accepting.join_next().await {
        match done.unwrap() {
            Ok(()) | Err(Problem::Refused(_) | Problem::Stale) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    let left_over = closing.await.unwrap().unwrap();
    assert_eq!(left(&site, cast.expert).await, left_over);
    assert_eq!(is_named(&site, cast.expert).await, left_over > 0);
    assert_eq!(finish(&site, cast.expert, admin).await, 0);
    for &case in &wanted {
        assert_eq!(state(&site, case).await, "checking");
        assert!(!assignments(&site, case).await.iter().any(Assignment::is_live));
    }
    examined(&site).await;
}

/// An operation that has read the experts before the end of an account, and writes after it, gives the account nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_began_before_the_end_gives_nothing_to_the_account() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let matching = cases::matching(&site, &cast, CONTACT).await;
    let link = cases::link(&mails_to(&site, "expert@example.jp").await, "request");
    let request = assignments(&site, matching).await.pop().unwrap().id;
    let fresh = cases::received(&site, &cast, "fresh@example.co.jp").await;
    let version = cases::record(&site, fresh).await.version;
    // The account is being closed, and both operations still see it open when they begin.
    let closing = site.app.begin().await.unwrap();
    store::accounts::account::save_active(&closing, AccountId(cast.expert.0), false).await.unwrap();
    store::reference::revision::touch(&closing, RevisedPart::Experts).await.unwrap();
    let end = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        closing.commit().await.unwrap();
    };
    let experts = [cast.expert];
    let (accepted, requested, ()) = tokio::join!(
        ops::routing::assignment::accept(&site.app, request, cast.expert),
        ops::routing::assignment::request(&site.app, fresh.id, version, cast.center(), &experts),
        end
    );
    assert!(matches!(accepted, Err(Problem::Refused(_))), "{accepted:?}");
    assert!(matches!(requested, Err(Problem::Stale)), "{requested:?}");
    assert!(assignments(&site, fresh).await.is_empty());
    let page = site.visitor().get(&link).await;
    assert!(!page.body.contains("引き受ける"), "an old link opens nothing");
    let by_link = site.visitor().post(&link, &[("answer", "accept")]).await;
    assert_ne!(by_link.status, 303, "an old link accepts nothing");
    assert_eq!(state(&site, matching).await, "matching");
}

/// On one thread the mails take the only connection in the order of their lease.
#[tokio::test]
async fn a_mail_in_hand_does_not_go_to_an_account_that_is_closed() {
    let mut site = Site::on_disk_with_settings(&[("SMTP_CONNECTIONS", "1")]).await;
    let cast = Cast::new(&site).await;
    // Closing the account takes far less time than the mails before the request.
    let sink = Sink::open(Manner::Take(Duration::from_secs(1)));
    let transport =
        Transport::from_settings(Some(&sink.url()), Path::new("unused"), SmtpOptions::default()).unwrap();
    site.change(|app| app.mail.transport = transport);
    // The expert is the contact of a company too.
    let own = cases::received(&site, &cast, "expert@example.jp").await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    let all = mails_to(&site, "expert@example.jp").await;
    let is_request =
        |it: &&entity::outbox::Model| it.consultation_id == Some(case.id.0) && it.kind == "request";
    let request = all.iter().find(is_request).unwrap().id;
    // All mails are leased at once, and the request is the last to be sent.
    let now = site.app.clock.now();
    let later = entity::outbox::Entity::update_many()
        .col_expr(entity::outbox::Column::DueAt, Expr::value(now - chrono::TimeDelta::minutes(1)))
        .filter(entity::outbox::COLUMN.id.ne(request))
        .filter(entity::outbox::COLUMN.state.eq("waiting"))
        .filter(entity::outbox::COLUMN.due_at.lte(now));
    later.exec(&site.app.db).await.unwrap();
    let app = site.app.clone();
    let sending = tokio::spawn(async move { worker::outbox::step(&app).await });
    let mail = async |id| entity::outbox::Entity::find_by_id(id).one(&site.app.db).await.unwrap().unwrap();
    while mail(request).await.state.code() != "sending" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    close(&site, cast.expert).await;
    assert!(sending.await.unwrap().unwrap());
    let request = mail(request).await;
    assert_eq!(request.state.code(), "suppressed", "{request:?}");
    assert_eq!(request.last_reply.as_deref(), Some("the account is not active"));
    assert!(!sink.taken().contains_key(&request.message_id));
    // The mails of the company whose contact has this address were sent.
    let own = mails_to(&site, "expert@example.jp")
        .await
        .into_iter()
        .find(|it| it.consultation_id == Some(own.id.0));
    assert_eq!(own.unwrap().state.code(), "sent");
}

/// Makes one expert for each field beside the expert of the cast, who has both.
async fn one_for_each_field(site: &Site) -> [ExpertId; 2] {
    [
        cases::expert(site, "ict@example.jp", "伊藤 一", Fields::Ict).await,
        cases::expert(site, "labor@example.jp", "高橋 三郎", Fields::Labor).await,
    ]
}

/// Makes a consultation of both fields for which the expert of the cast is asked.
async fn both_asked(site: &Site, cast: &Cast, email: &str) -> Case {
    let mut form = cases::form(email);
    form.field = vec!["ict".to_owned(), "labor".to_owned()];
    let case = cases::unconfirmed(site, cast, &form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let version = cases::record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    case
}

/// Makes a booking of both fields with the expert of the cast. `later` takes the last free time instead of the first.
async fn both_booked(site: &Site, cast: &Cast, email: &str, later: bool) -> Case {
    let case = both_asked(site, cast, email).await;
    let request = assignments(site, case).await.pop().unwrap().id;
    ops::routing::assignment::accept(&site.app, request, cast.expert).await.unwrap();
    let free = cases::free_slots(site, case).await;
    let slot = if later { free[free.len() - 1] } else { free[0] };
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    case
}

fn parts(all: &[Assignment]) -> BTreeMap<ExpertId, Fields> {
    all.iter().filter(|it| it.is_live()).map(|it| (it.expert, it.fields)).collect()
}

async fn replace(site: &Site, cast: &Cast, case: Case, action: &str, team: &str) -> crate::site::Reply {
    let all = assignments(site, case).await;
    let leaving = all.iter().find(|it| it.is_live() && it.expert == cast.expert).unwrap().id;
    let path = format!("/staff/consultations/{}/experts/{leaving}", case.number);
    site.get(&path).await.shows("伊藤 一さん（ICT）と高橋 三郎さん（労務管理）");
    let version = cases::record(site, case).await.version.to_string();
    let form = [("action", action), ("expert", team), ("reason", "長期の出張"), ("version", &*version)];
    site.post(&path, &form).await
}

#[actix_web::test]
async fn an_expert_of_both_fields_is_replaced_by_one_for_each() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let [ict, labor] = one_for_each_field(&site).await;
    let pair = format!("{ict},{labor}");
    let wanted = BTreeMap::from([(ict, Fields::Ict), (labor, Fields::Labor)]);
    site.sign_in("center@example.jp", PASSWORD).await;

    let matching = both_asked(&site, &cast, CONTACT).await;
    let reply = replace(&site, &cast, matching, "ask", &pair).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let all = assignments(&site, matching).await;
    assert_eq!((state(&site, matching).await, parts(&all)), ("matching", wanted.clone()));
    for it in all.into_iter().filter(Assignment::is_live) {
        ops::routing::assignment::accept(&site.app, it.id, it.expert).await.unwrap();
    }
    assert_eq!(state(&site, matching).await, "scheduling");

    // A booked appointment passes to a pair that has agreed; the two are not asked by mail.
    let booked = both_booked(&site, &cast, "b@example.co.jp", false).await;
    let before = cases::appointment(&site, booked).await;
    let by_mail = replace(&site, &cast, booked, "ask", &pair).await;
    assert_eq!(by_mail.status, 409);
    by_mail.shows("先に二人に引受けを確かめて");
    let reply = replace(&site, &cast, booked, "settle", &pair).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let after = cases::appointment(&site, booked).await;
    assert_eq!((after.starts_at, &after.experts), (before.starts_at, &vec![ict, labor]));
    assert!(after.sequence > before.sequence);
    assert_eq!(parts(&assignments(&site, booked).await), wanted);
    for to in ["ict@example.jp", "labor@example.jp"] {
        assert_eq!(count_of_mails(&site, to, "booked").await, 1, "{to}");
    }
    assert_eq!(count_of_mails(&site, "b@example.co.jp", "expert_changed").await, 1);
    assert_eq!(count_of_mails(&site, "expert@example.jp", "expert_changed").await, 1);
    examined(&site).await;

    // The same when the account is closed. The pair is not free any more at the first time.
    let left = both_booked(&site, &cast, "c@example.co.jp", true).await;
    administrator(&site).await;
    let path = format!("/admin/users/{}/deactivate", cast.expert);
    site.get(&path).await.shows("伊藤 一さん（ICT）と高橋 三郎さん（労務管理）に交代する");
    let control = format!("booking-{}", cases::appointment(&site, left).await.id);
    let reply = site.post(&path, &[(&*control, &*pair)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(cases::appointment(&site, left).await.experts, [ict, labor]);
    examined(&site).await;
}

/// A coordinator's tasks go to the same successor as the consultations.
#[actix_web::test]
async fn tasks_are_handed_over_too() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let other = site.account(Role::Coordinator, "other@example.jp").await.id;
    let case = cases::received(&site, &cast, CONTACT).await;
    let title = domain::text::TextLine::parse("作業", "資料を送る", 100).unwrap();
    let day = "2026-12-01".parse().unwrap();
    let owner = Some(cast.coordinator);
    ops::worklist::task::add(&site.app, case.id, &title, owner, day, other).await.unwrap();
    administrator(&site).await;
    let path = format!("/admin/users/{}/deactivate", cast.coordinator);
    site.get(&path).await.shows("資料を送る");
    assert_eq!(site.post(&path, &[]).await.status, 422);
    assert_eq!(site.post(&path, &[("to", &other.to_string())]).await.status, 303);
    let mine = store::worklist::task::TaskFilter::Of(other);
    let tasks = store::worklist::task::list(&site.app.db, mine, 10).await.unwrap();
    assert_eq!((tasks.len(), tasks[0].due_on), (1, day));
    site.sign_in("other@example.jp", PASSWORD).await;
    let history = site.get(&format!("/staff/consultations/{}?view=history", case.number)).await;
    history.shows("作業「資料を送る」の担当を鈴木 花子さんから鈴木 花子さんに変更しました");
}

/// An expert who has accepted one part, while no expert is found for the other, is let go too.
#[actix_web::test]
async fn an_expert_who_waits_for_the_other_field_is_let_go() {
    for slot in [true, false] {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        let (case, ict, labor) = crate::deadlines::asked_both(&site, &cast, slot).await;
        let all = assignments(&site, case).await;
        let of = |expert| all.iter().find(|it| it.expert == expert).unwrap().id;
        ops::routing::assignment::accept(&site.app, of(ict), ict).await.unwrap();
        let why = "多忙のため".to_owned();
        ops::routing::assignment::decline(&site.app, of(labor), labor, why).await.unwrap();
        assert_eq!(state(&site, case).await, "checking");
        site.sign_in("center@example.jp", PASSWORD).await;
        let path = format!("/staff/consultations/{}/experts/{}", case.number, of(ict));
        site.get(&path).await.shows("専門家を外す");

        let admin = administrator(&site).await;
        assert_eq!(left(&site, ict).await, 1);
        close(&site, ict).await;
        assert!(is_named(&site, ict).await);
        assert_eq!((finish(&site, ict, admin).await, is_named(&site, ict).await), (0, false));
        assert!(!assignments(&site, case).await.iter().any(Assignment::is_live));
        assert_eq!(state(&site, case).await, "checking");
        assert_eq!(count_of_mails(&site, CONTACT, "team_changing").await, 1);
        assert_eq!(count_of_mails(&site, CONTACT, "hold_released").await, 0, "one mail says both");
        if slot {
            let released = domain::booking::appointment::AppointmentState::Released;
            assert_eq!(cases::appointment(&site, case).await.state, released);
        }
        examined(&site).await;
    }
}

/// A choice that was not offered is refused before anything is closed, and can be made again.
#[actix_web::test]
async fn a_team_that_was_not_offered_closes_no_account() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    site.account(Role::Administrator, "admin9@example.jp").await;
    assert_eq!(site.sign_in("admin9@example.jp", PASSWORD).await.status, 303);
    let path = format!("/admin/users/{}/deactivate", cast.expert);
    let control = format!("booking-{}", cases::appointment(&site, case).await.id);
    for wrong in [uuid::Uuid::nil().to_string(), "rubbish".to_owned(), cast.expert.to_string()] {
        let reply = site.post(&path, &[(control.as_str(), wrong.as_str())]).await;
        assert_eq!(reply.status, 422, "{wrong}");
        reply.shows("選んだ専門家は候補にありません");
        assert!(account(&site, cast.expert).await.active, "{wrong}");
    }
    assert_eq!(left(&site, cast.expert).await, 1);
}
