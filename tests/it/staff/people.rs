//! People change: another coordinator, another expert, and accounts that end.
use domain::{
    actor::{Actor, Role},
    booking::appointment::AppointmentState,
    consultation::ActionKind,
    field::Fields,
    id::ExpertId,
    routing::assignment::Assignment,
    text::TextLine,
};
use madoguchi::{
    doctor,
    ops::{self, routing::replacement::Successor},
    problem::Problem,
    store, worker,
};
use tokio::task::JoinSet;

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, mails_to, record, state},
    site::{PASSWORD, Site},
};

async fn assignments(site: &Site, case: Case) -> Vec<Assignment> {
    store::routing::assignment::of(&site.app.db, case.id).await.unwrap()
}

/// Returns the assignment of an expert that is offered or accepted.
async fn live(site: &Site, case: Case, expert: ExpertId) -> Assignment {
    let all = assignments(site, case).await;
    all.into_iter().find(|it| it.is_live() && it.expert == expert).unwrap()
}

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    let findings = doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}

async fn count_of_mails(site: &Site, to: &str, kind: &str) -> usize {
    mails_to(site, to).await.iter().filter(|it| it.kind == kind).count()
}

#[actix_web::test]
async fn a_case_is_taken_over_and_handed_over_one_or_many() {
    let (site, cast) = center().await;
    let other = site.account(Role::Coordinator, "other@example.jp").await.id;
    let desk = site.account(Role::Observer, "observer@example.jp").await.id;
    let case = cases::received(&site, &cast, CONTACT).await;
    site.get(&at(case.number, "")).await.shows("担当を替える");
    site.get(&at(case.number, "/coordinator")).await.shows("（自分）");
    done(&act(&site, case, "/coordinator", &[("to", &cast.coordinator.to_string())]).await);
    assert_eq!(record(&site, case).await.coordinator, Some(cast.coordinator));
    let none = act(&site, case, "/coordinator", &[("to", "")]).await;
    assert_eq!(none.status, 422);
    let wrong = act(&site, case, "/coordinator", &[("to", &desk.to_string())]).await;
    assert_eq!(wrong.status, 409);
    wrong.shows("相談センターの担当になれません");
    done(&act(&site, case, "/coordinator", &[("to", &other.to_string())]).await);
    assert_eq!(record(&site, case).await.coordinator, Some(other));
    site.get(&at(case.number, "?view=history")).await.shows("センターの担当を替えました");

    let second = cases::received(&site, &cast, "b@example.co.jp").await;
    let ended = cases::received(&site, &cast, "c@example.co.jp").await;
    done(&act(&site, ended, "/withdraw", &[("reason", "社内の都合")]).await);
    let numbers = [case, second, ended].map(|it| it.number.to_string());
    let to = cast.coordinator.to_string();
    let mut form: Vec<_> = numbers.iter().map(|it| ("case", it.as_str())).collect();
    form.extend([("to", &*to), ("back", "center")]);
    let reply = site.post("/staff/transfer", &form).await;
    assert_eq!(reply.status, 200);
    reply.shows("2件の担当を鈴木 花子さんに替えました。");
    reply.shows(&format!("{}</a>　株式会社みなと製作所：鈴木 花子さんから", case.number));
    reply.shows("替えられなかった案件（1件）");
    reply.shows(&format!("{}</a>　株式会社みなと製作所：", ended.number));
    reply.shows("href=\"/staff\"");
    let reply = site.post("/staff/transfer", &form).await;
    reply.shows("鈴木 花子さんに替えた案件はありません。");
    reply.shows("すでに鈴木 花子さんの担当だった案件（2件）");
    // The list has the filters that it had, and what it does not know is refused.
    let filtered =
        [("to", &*to), ("case", &*numbers[0]), ("back", "all"), ("field", "ict"), ("coordinator", "me")];
    let reply = site.post("/staff/transfer", &filtered).await;
    reply.shows("/staff/consultations?field=ict&#38;coordinator=me");
    for it in [case, second] {
        assert_eq!(record(&site, it).await.coordinator, Some(cast.coordinator));
    }
    let nothing = site.post("/staff/transfer", &[("to", &to)]).await;
    assert_eq!(nothing.status, 303);
    site.get("/staff").await.shows("担当を替える案件と、新しい担当を選んでください。");
    sound(&site).await;
}

#[actix_web::test]
async fn a_request_is_withdrawn_or_goes_to_another_expert() {
    let (site, cast) = center().await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    let path = format!("/experts/{}", live(&site, case, cast.expert).await.id);
    site.get(&at(case.number, "")).await.shows("取消し・交代");
    site.get(&at(case.number, &path)).await.shows("佐藤 次郎");
    let nobody = act(&site, case, &path, &[("action", "ask"), ("reason", "長期の出張")]).await;
    assert_eq!(nobody.status, 422);
    nobody.shows("代わりの専門家を選択してください");
    let why = act(&site, case, &path, &[("action", "release")]).await;
    assert_eq!(why.status, 422);
    why.shows("理由を入力してください");
    let sato_id = sato.to_string();
    let form = [("action", "ask"), ("expert", &*sato_id), ("reason", "長期の出張")];
    done(&act(&site, case, &path, &form).await);
    assert_eq!(state(&site, case).await, "matching");
    assert_eq!(count_of_mails(&site, "expert@example.jp", "request_withdrawn").await, 1);
    assert_eq!(count_of_mails(&site, "sato@example.jp", "request").await, 1);
    assert_eq!(
        count_of_mails(&site, CONTACT, "team_changing").await,
        0,
        "nothing has changed for the company"
    );
    let again = act(&site, case, &path, &form).await;
    assert_eq!(again.status, 409, "a request that was withdrawn");

    let path = format!("/experts/{}", live(&site, case, sato).await.id);
    done(&act(&site, case, &path, &[("action", "release"), ("reason", "先約")]).await);
    assert_eq!(state(&site, case).await, "checking");
    assert!(!assignments(&site, case).await.iter().any(Assignment::is_live));
    assert_eq!(count_of_mails(&site, CONTACT, "team_changing").await, 1);
    sound(&site).await;
}

#[actix_web::test]
async fn an_expert_is_replaced_after_acceptance() {
    let (site, cast) = center().await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    let sato_id = sato.to_string();
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let path = format!("/experts/{}", live(&site, case, cast.expert).await.id);
    let form = [("action", "ask"), ("expert", &*sato_id), ("reason", "長期の出張")];
    done(&act(&site, case, &path, &form).await);
    assert_eq!(state(&site, case).await, "matching");
    assert_eq!(count_of_mails(&site, CONTACT, "team_changing").await, 1);
    let request = live(&site, case, sato).await;
    ops::routing::assignment::accept(&site.app, request.id, sato).await.unwrap();
    assert_eq!(state(&site, case).await, "scheduling");
    assert_eq!(count_of_mails(&site, CONTACT, "slots_to_choose").await, 2);
    let late = ops::routing::assignment::accept(&site.app, assignments(&site, case).await[0].id, cast.expert);
    assert!(matches!(late.await, Err(Problem::Refused(_))), "the released expert comes too late");

    let booked = cases::booked(&site, &cast, "b@example.co.jp").await;
    let before = cases::appointment(&site, booked).await;
    let path = format!("/experts/{}", live(&site, booked, cast.expert).await.id);
    site.get(&at(booked.number, &path)).await.shows("すぐに交代する");
    done(&act(&site, booked, &path, &[("action", "settle"), ("expert", &sato_id)]).await);
    let after = cases::appointment(&site, booked).await;
    assert_eq!((after.starts_at, after.experts), (before.starts_at, vec![sato]));
    assert_eq!(count_of_mails(&site, "b@example.co.jp", "expert_changed").await, 1);

    let lost = cases::booked(&site, &cast, "c@example.co.jp").await;
    let path = format!("/experts/{}", live(&site, lost, cast.expert).await.id);
    done(&act(&site, lost, &path, &[("action", "release"), ("reason", "入院のため")]).await);
    assert_eq!(state(&site, lost).await, "checking");
    let gone = cases::appointment(&site, lost).await;
    assert!(matches!(gone.state, AppointmentState::CancelledByCenter { .. }), "{gone:?}");
    assert_eq!(count_of_mails(&site, "c@example.co.jp", "team_changing").await, 1);
    assert_eq!(count_of_mails(&site, "c@example.co.jp", "cancelled").await, 0, "one mail says both");
    sound(&site).await;
}

/// The second appointment of an ICT consultation has a labour expert beside the first one: the company sees one time.
#[actix_web::test]
async fn the_next_appointment_has_another_or_a_second_expert() {
    let (site, cast) = center().await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Labor).await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    site.sign_in("center@example.jp", PASSWORD).await;
    let page = site.get(&at(case.number, "/further")).await;
    page.shows("続けて担当する専門家");
    page.shows("山田 太郎");
    let expert = cast.expert.to_string();
    done(&act(&site, case, "/further", &[("fields", "both"), ("keep", &expert)]).await);
    let now = record(&site, case).await;
    assert_eq!((now.consultation.state.code(), now.consultation.fields), ("checking", Fields::Both));
    let page = site.get(&at(case.number, "?view=candidates")).await;
    page.shows("分野：労務管理");
    page.shows("佐藤 次郎");
    done(&act(&site, case, "/request", &[("expert", &sato.to_string())]).await);
    let request = live(&site, case, sato).await;
    assert_eq!(request.fields, Fields::Labor);
    ops::routing::assignment::accept(&site.app, request.id, sato).await.unwrap();
    assert_eq!(state(&site, case).await, "scheduling");
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let mut experts = cases::appointment(&site, case).await.experts;
    experts.sort_unstable();
    let mut both = vec![cast.expert, sato];
    both.sort_unstable();
    assert_eq!(experts, both, "one appointment with both");

    let other = cases::approved(&site, &cast, "b@example.co.jp").await;
    site.sign_in("center@example.jp", PASSWORD).await;
    done(&act(&site, other, "/further", &[("fields", "ict")]).await);
    assert_eq!(state(&site, other).await, "checking");
    assert!(!assignments(&site, other).await.iter().any(Assignment::is_live), "the center asks anew");
    site.get(&at(other.number, "?view=candidates")).await.shows("山田 太郎");

    let same = cases::approved(&site, &cast, "c@example.co.jp").await;
    site.sign_in("center@example.jp", PASSWORD).await;
    done(&act(&site, same, "/further", &[("fields", "ict"), ("keep", &expert)]).await);
    assert_eq!(state(&site, same).await, "scheduling");
    sound(&site).await;
}

async fn administrator(site: &Site) {
    site.account(Role::Administrator, "admin@example.jp").await;
    site.sign_in("admin@example.jp", PASSWORD).await;
}

#[actix_web::test]
async fn an_expert_leaves_with_everything_held() {
    let (site, cast) = center().await;
    let reported = cases::consulted(&site, &cast, "report@example.co.jp").await;
    let accepted = cases::scheduling(&site, &cast, "accepted@example.co.jp").await;
    let moved = cases::booked(&site, &cast, "moved@example.co.jp").await;
    let cancelled = cases::booked(&site, &cast, "cancelled@example.co.jp").await;
    let matching = cases::matching(&site, &cast, CONTACT).await;
    let request = live(&site, matching, cast.expert).await;
    let link = cases::link(&mails_to(&site, "expert@example.jp").await, "request");
    let feed = ops::routing::expert::make_feed(&site.app, cast.expert).await.unwrap();
    assert_eq!(site.visitor().get(&format!("/calendar/{feed}.ics")).await.status, 200);
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    administrator(&site).await;
    let user = format!("/admin/users/{}", cast.expert);
    let path = format!("{user}/deactivate");
    let shown = site.post(&format!("{user}/active"), &[("active", "no")]).await;
    assert_eq!(shown.location.as_deref(), Some(&*path), "what is held is shown first");
    let page = site.get(&path).await;
    for it in [reported, accepted, moved, cancelled, matching] {
        page.shows(&it.number.to_string());
    }
    let unsaid = site.post(&path, &[]).await;
    assert_eq!(unsaid.status, 422);
    unsaid.shows("それぞれの予約の引継ぎを選択してください");
    let control = |id: domain::id::AppointmentId| format!("booking-{id}");
    let (first, second) =
        (cases::appointment(&site, moved).await, cases::appointment(&site, cancelled).await);
    let sato_id = sato.to_string();
    let form = [(&*control(first.id), &*sato_id), (&*control(second.id), "cancel")];
    let mails = mails_to(&site, "expert@example.jp").await.len();
    let reply = site.post(&path, &form).await;
    assert_eq!(reply.location.as_deref(), Some(&*user), "{}", reply.body);

    assert_eq!(cases::appointment(&site, moved).await.experts, vec![sato]);
    assert_eq!(state(&site, moved).await, "booked");
    assert_eq!(state(&site, cancelled).await, "checking");
    assert_eq!(state(&site, accepted).await, "checking");
    assert_eq!(state(&site, matching).await, "checking");
    assert_eq!(count_of_mails(&site, "accepted@example.co.jp", "team_changing").await, 1);
    site.sign_in("center@example.jp", PASSWORD).await;
    site.get(&at(reported.number, "?view=history")).await.shows("センターが作成します");
    site.get(&at(matching.number, "?view=candidates")).await.shows("佐藤 次郎");
    let old = ops::routing::assignment::accept(&site.app, request.id, cast.expert).await;
    assert!(matches!(old, Err(Problem::Refused(_))), "{old:?}");
    let by_link = site.visitor().post(&link, &[("answer", "accept")]).await;
    assert_ne!(by_link.status, 303, "an old link accepts nothing");
    assert_eq!(state(&site, matching).await, "checking");
    assert_eq!(site.visitor().get(&format!("/calendar/{feed}.ics")).await.status, 404);
    let after = mails_to(&site, "expert@example.jp").await;
    assert_eq!(after.len(), mails, "nothing is written to an expert who has left");
    assert!(after.iter().all(|it| it.state.code() != "waiting"), "{after:?}");
    let sign_in = site.visitor().sign_in("expert@example.jp", PASSWORD).await;
    assert_ne!(sign_in.status, 303);
    sound(&site).await;
}

#[actix_web::test]
async fn a_coordinator_leaves_and_another_is_in_charge() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    done(&act(&site, case, "/start-check", &[]).await);
    let other = site.account(Role::Coordinator, "other@example.jp").await.id;
    administrator(&site).await;
    let path = format!("/admin/users/{}/deactivate", cast.coordinator);
    site.get(&path).await.shows(&case.number.to_string());
    let nobody = site.post(&path, &[]).await;
    assert_eq!(nobody.status, 422);
    let oneself = site.post(&path, &[("to", &cast.coordinator.to_string())]).await;
    assert_eq!(oneself.status, 409);
    assert_eq!(record(&site, case).await.coordinator, Some(cast.coordinator));
    assert_eq!(site.post(&path, &[("to", &other.to_string())]).await.status, 303);
    assert_eq!(record(&site, case).await.coordinator, Some(other));
    assert_ne!(site.visitor().sign_in("center@example.jp", PASSWORD).await.status, 303);
    let idle = site.account(Role::Observer, "observer@example.jp").await.id;
    let plain = site.post(&format!("/admin/users/{idle}/active"), &[("active", "no")]).await;
    assert_eq!(plain.location.as_deref(), Some(&*format!("/admin/users/{idle}")), "nothing is held");
    sound(&site).await;
}

/// Whichever comes first, an acceptance or a replacement: one of the two experts has the consultation afterwards, and
/// the calendar agrees.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_replacement_and_an_acceptance_at_once_leave_one_expert() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Both).await;
    let mut wanted = Vec::new();
    for n in 0..10 {
        wanted.push(cases::matching(&site, &cast, &format!("contact{n}@example.co.jp")).await);
    }
    let mut all = JoinSet::new();
    for &case in &wanted {
        let id = live(&site, case, cast.expert).await.id;
        let (app, center, accepting) = (site.app.clone(), cast.center(), site.app.clone());
        all.spawn(async move { ops::routing::assignment::accept(&accepting, id, cast.expert).await });
        all.spawn(async move {
            let reason = TextLine::parse("理由", "長期の出張", 200).unwrap();
            let next = Successor::Expert(sato);
            ops::routing::replacement::release(&app, id, None, center, &reason, next).await
        });
    }
    while let Some(done) = all.join_next().await {
        match done.unwrap() {
            Ok(()) | Err(Problem::Refused(_) | Problem::Stale) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    for &case in &wanted {
        let now: Vec<_> = assignments(&site, case).await.into_iter().filter(Assignment::is_live).collect();
        let [only] = &now[..] else { panic!("{now:?}") };
        // The replacement comes after the acceptance or refuses it; the second expert is asked either way.
        assert_eq!((only.expert, state(&site, case).await), (sato, "matching"));
        let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
        assert!(events.iter().any(|it| it.action == ActionKind::ReleaseExpert));
    }
    sound(&site).await;
}
