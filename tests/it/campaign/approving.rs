//! Approval, rejection, change and withdrawal, also at once.
use std::sync::Arc;

use domain::campaign::RegistrationState;
use tokio::{sync::Barrier, task::JoinSet};

use super::*;

fn reason() -> Prose {
    Prose::parse("", "正式な名称にしてください", 100).unwrap()
}

#[actix_web::test]
async fn a_rejected_registrant_reads_the_reason_corrects_and_is_decided_about_again() {
    let (site, editor, it) = open().await;
    let first = waiting(&site, it.id, "みほん", "a@example.co.jp", false).await;
    ops::campaign::reject(&site.app, seen(&first), &reason(), editor).await.unwrap();
    let mail = mails_to(&site, "a@example.co.jp").await;
    let news = mail.iter().find(|it| it.kind == "registration_rejected").unwrap();
    assert!(news.text_body.contains("> 正式な名称にしてください"));
    let page = link(&mail, "registration_rejected");
    site.get(&page).await.shows("正式な名称にしてください");
    let change = with(typed("株式会社みほん製作所", "x"), &[("action", "change")]);
    let reply = site.post(&page, &change).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let again = of(&site, "a@example.co.jp").await;
    assert_eq!(status(&again), RegistrationStatus::Waiting);
    assert_eq!(again.entry.email.as_ref().unwrap().as_str(), "a@example.co.jp", "the address stays");
    let again = ops::campaign::approve(&site.app, seen(&again), editor).await.unwrap();
    assert_eq!((again.number, again.reason), (Some(1), None));
    site.get("/month/2026").await.shows("株式会社みほん製作所");
    sound(&site).await;
}

#[actix_web::test]
async fn a_rejected_registration_that_came_again_is_not_approved_beside_it() {
    let (site, editor, it) = open().await;
    let first = waiting(&site, it.id, "みほん", "a@example.co.jp", false).await;
    let first = ops::campaign::reject(&site.app, seen(&first), &reason(), editor).await.unwrap();
    site.app.clock.advance(TimeDelta::minutes(1));
    let second = approved(&site, it.id, editor, "みほん", "a@example.co.jp", false).await;
    assert_ne!(first.id, second.id);
    let refused = ops::campaign::approve(&site.app, seen(&first), editor).await.unwrap_err();
    assert!(refused.to_string().contains("すでにあります"), "{refused}");
    let page = link(&mails_to(&site, "a@example.co.jp").await, "registration_rejected");
    let change = with(typed("みほん", ""), &[("action", "change")]);
    assert_eq!(site.post(&page, &change).await.status, 409);
    // A rejected registration is erased after a while, and its page with it.
    site.app.clock.advance(TimeDelta::days(91));
    work(&site).await;
    assert_eq!(site.get(&page).await.status, 410);
    sound(&site).await;
}

#[actix_web::test]
async fn a_new_name_is_approved_anew_and_the_list_keeps_the_old_one_until_then() {
    let (site, editor, it) = open().await;
    approved(&site, it.id, editor, "旧みほん", "a@example.co.jp", false).await;
    let page = link(&mails_to(&site, "a@example.co.jp").await, "registration_approved");
    let same = with(typed("旧みほん", ""), &[("action", "change"), ("kana", "ミホン"), ("teleworkers", "7")]);
    assert_eq!(site.post(&page, &same).await.status, 303);
    let it_now = of(&site, "a@example.co.jp").await;
    assert_eq!(status(&it_now), RegistrationStatus::Approved, "other data need no approval");
    assert_eq!(it_now.entry.teleworkers.unwrap().get(), 7);
    let wrong = with(typed("", ""), &[("action", "change")]);
    let reply = site.post(&page, &wrong).await;
    assert_eq!(reply.status, 422);
    reply.shows("名称を入力してください");

    let renamed = with(typed("新みほん", ""), &[("action", "change")]);
    assert_eq!(site.post(&page, &renamed).await.status, 303);
    site.get("/month/2026").await.shows("旧みほん");
    hides(&site.get("/month/2026").await, "新みほん");
    site.get(&page).await.shows("承認するまで、一覧には「旧みほん」");
    site.get(&format!("{page}/certificate")).await.shows("旧みほん");
    let waits = of(&site, "a@example.co.jp").await;
    ops::campaign::reject(&site.app, seen(&waits), &reason(), editor).await.unwrap();
    let back = of(&site, "a@example.co.jp").await;
    assert_eq!((status(&back), back.life.wanted.name.as_str()), (RegistrationStatus::Approved, "旧みほん"));
    site.get(&page).await.shows("変更を見送りました");

    assert_eq!(site.post(&page, &renamed).await.status, 303);
    let waits = of(&site, "a@example.co.jp").await;
    ops::campaign::approve(&site.app, seen(&waits), editor).await.unwrap();
    site.get("/month/2026").await.shows("新みほん");
    hides(&site.get("/month/2026").await, "旧みほん");
    let all = kinds(&site, "a@example.co.jp").await;
    let expected =
        ["registration_received", "registration_rejected", "registration_received", "registration_approved"];
    assert_eq!(all[3..], expected);
    sound(&site).await;
}

#[actix_web::test]
async fn a_withdrawn_registration_leaves_the_list_and_may_come_again() {
    let (site, editor, it) = open().await;
    approved(&site, it.id, editor, "みほん", "a@example.co.jp", false).await;
    let page = link(&mails_to(&site, "a@example.co.jp").await, "registration_approved");
    assert_eq!(site.post(&page, &[("action", "withdraw")]).await.status, 303);
    assert_eq!(site.post(&page, &[("action", "withdraw")]).await.status, 303, "the button was pressed twice");
    hides(&site.get("/month/2026").await, "みほん</th>");
    site.get(&page).await.shows("取り下げられています");
    assert_eq!(
        site.get(&format!("{page}/certificate.pdf")).await.status,
        303,
        "there is no certificate any more"
    );
    assert_eq!(kinds(&site, "a@example.co.jp").await.last().unwrap(), "registration_withdrawn");
    let change = with(typed("みほん", ""), &[("action", "change")]);
    assert_eq!(site.post(&page, &change).await.status, 409);
    let again = approved(&site, it.id, editor, "みほん", "a@example.co.jp", false).await;
    assert_eq!(again.number, Some(2), "a number is given once");
    site.get("/month/2026").await.shows("みほん</th>");
    sound(&site).await;
}

#[actix_web::test]
async fn a_second_registration_with_the_corporate_number_is_pointed_out() {
    let (site, editor, it) = open().await;
    let number = [("corporate_number", "７００００１２０５０００２")];
    let mut pages = Vec::new();
    for (name, email) in [("みほん本社", "a@example.co.jp"), ("みほん支店", "b@example.co.jp")] {
        let reply = site.visitor().post("/month/register", &with(typed(name, email), &number)).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let page = link(&mails_to(&site, email).await, "registration_prove");
        assert_eq!(site.visitor().post(&page, &[("action", "prove")]).await.status, 303);
        pages.push(page);
    }
    let words = "同じ法人番号の登録";
    let received = |mails: Vec<entity::outbox::Model>| {
        mails.into_iter().find(|it| it.kind == "registration_received").unwrap().text_body
    };
    assert!(!received(mails_to(&site, "a@example.co.jp").await).contains(words));
    assert!(received(mails_to(&site, "b@example.co.jp").await).contains(words));
    site.get(&pages[1]).await.shows(words);
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let second = of(&site, "b@example.co.jp").await;
    let shown = site.get(&format!("/staff/month/{}/registrations/{}", it.id, second.id)).await;
    shown.shows(words);
    shown.shows("みほん本社");
    ops::campaign::approve(&site.app, seen(&second), editor).await.unwrap();
    sound(&site).await;
}

#[actix_web::test]
async fn an_approval_can_be_taken_back_and_two_editors_do_not_overtake_each_other() {
    let (site, editor, it) = open().await;
    let first = waiting(&site, it.id, "みほん", "a@example.co.jp", false).await;
    ops::campaign::approve(&site.app, seen(&first), editor).await.unwrap();
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let page = format!("/staff/month/{}/registrations/{}", it.id, first.id);
    let late = [("action", "reject"), ("version", "2"), ("reason", "重複")];
    let reply = site.post(&page, &late).await;
    assert_eq!(reply.status, 409);
    reply.shows("先に更新");
    reply.shows("重複");
    let now = of(&site, "a@example.co.jp").await;
    ops::campaign::reject(&site.app, seen(&now), &reason(), editor).await.unwrap();
    hides(&site.get("/month/2026").await, "みほん</th>");
    let news = mails_to(&site, "a@example.co.jp").await.pop().unwrap();
    assert!(news.text_body.contains("承認を取り消しました"), "{}", news.text_body);
    sound(&site).await;
}

/// Starts these acts at once, and returns whether each succeeded.
async fn at_once(site: &Site, acts: Vec<(bool, SeenRegistration, AccountId)>) -> Vec<bool> {
    let barrier = Arc::new(Barrier::new(acts.len()));
    let mut set = JoinSet::new();
    for (approves, seen, by) in acts {
        let (app, barrier) = (site.app.clone(), Arc::clone(&barrier));
        set.spawn(async move {
            barrier.wait().await;
            if approves {
                ops::campaign::approve(&app, seen, by).await.is_ok()
            } else {
                ops::campaign::withdraw(&app, seen.id).await.is_ok()
            }
        });
    }
    set.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_approvals_at_once_one_counts() {
    let site = Site::on_disk().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let it = published(&site, editor, month(2026)).await;
    for n in 0..5 {
        let email = format!("n{n}@example.co.jp");
        let first = waiting(&site, it.id, &format!("会社{n}"), &email, false).await;
        let done = at_once(&site, vec![(true, seen(&first), editor); 4]).await;
        assert_eq!(done.iter().filter(|it| **it).count(), 1);
        let all = kinds(&site, &email).await;
        assert_eq!(all.iter().filter(|it| *it == "registration_approved").count(), 1);
        assert_eq!(of(&site, &email).await.number, Some(n + 1), "no number is lost");
    }
    sound(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_approval_and_a_withdrawal_at_once_leave_one_state() {
    let site = Site::on_disk().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let it = published(&site, editor, month(2026)).await;
    for n in 0..8 {
        let email = format!("n{n}@example.co.jp");
        let first = waiting(&site, it.id, &format!("会社{n}"), &email, false).await;
        let acts = vec![(true, seen(&first), editor), (false, seen(&first), editor)];
        let done = at_once(&site, acts).await;
        assert!(done[0] || done[1]);
        let after = of(&site, &email).await;
        assert_eq!(after.life.state, RegistrationState::Withdrawn, "who withdraws is out, before or after");
        assert_eq!(after.life.listed, None);
        assert_eq!(kinds(&site, &email).await.last().unwrap(), "registration_withdrawn");
    }
    sound(&site).await;
}
