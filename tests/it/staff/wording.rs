//! The words of the history: who has acted, by role and name, and what happened, in one word for one thing.
use domain::{
    actor::{Actor, Role},
    field::Fields,
    id::AccountId,
    intake::contact::EmailAddress,
    text::Prose,
};
use madoguchi::{
    ops::{self, accounts::account::NewAccount},
    store::{self, correspondence::message::Audience},
};

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case},
    deadlines,
    site::{PASSWORD, Reply, Site},
};

async fn history(site: &Site, case: Case) -> Reply {
    site.get(&at(case.number, "?view=history")).await
}

async fn member(site: &Site, role: Role, name: &str, desk: Option<domain::id::DeskId>) -> AccountId {
    let email = EmailAddress::parse(&format!("{}@example.jp", uuid::Uuid::new_v4().simple())).unwrap();
    let new = NewAccount { email, name: name.to_owned(), role, desk };
    ops::accounts::account::invite(&site.app, &new).await.unwrap().account.id
}

#[actix_web::test]
async fn a_refusal_and_silence_are_two_things_and_the_next_expert_who_is_asked_is_named() {
    let (site, _cast) = center().await;
    let second = cases::expert(&site, "second@example.jp", "佐藤 次郎", Fields::Both).await;
    let third = cases::expert(&site, "third@example.jp", "伊藤 三郎", Fields::Both).await;
    let case = deadlines::applied(&site, CONTACT, &["ict"]).await;
    ops::consultation::confirm_address(&site.app, case.id, Actor::Company).await.unwrap();
    let mut names = Vec::new();
    for declines in [true, false] {
        let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
        let request = request.into_iter().rfind(domain::routing::assignment::Assignment::is_live).unwrap();
        let (_, experts) = site.app.programme_and_experts().await.unwrap();
        names.push(experts.name(request.expert).to_owned());
        if declines {
            ops::routing::assignment::decline(&site.app, request.id, request.expert, "多忙".to_owned())
                .await
                .unwrap();
        } else {
            site.app.clock.advance(request.due_at - site.app.clock.now());
            ops::routing::assignment::lapse(&site.app, request.id).await.unwrap();
        }
    }
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let page = history(&site, case).await;
    page.shows(&format!("{}（専門家）<br><b>専門家が辞退</b>", names[0]));
    page.shows("システム<br><b>専門家の回答期限切れ</b>");
    page.shows(&format!("{}さん</span>", names[1]));
    page.shows(&format!("次の候補に依頼しました：{}さん", names[1]));
    assert!(!page.body.contains("・回答期限切れ"));
    assert!([second, third].len() == 2);
    madoguchi::worker::once(&site.app).await;
    deadlines::sound(&site).await;
}

#[actix_web::test]
async fn an_ending_after_an_appointment_is_no_withdrawal() {
    let (site, cast) = center().await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    done(&act(&site, case, "/withdraw", &[("reason", "解決した")]).await);
    let page = history(&site, case).await;
    page.shows("<b>相談を終了</b>　「完了」へ");
    assert!(!page.body.contains("<b>取下げ</b>"));
}

#[actix_web::test]
async fn an_administrator_and_the_person_of_a_desk_are_named_as_what_they_are() {
    let (site, cast) = center().await;
    let administrator = member(&site, Role::Administrator, "管理 一子", None).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    ops::consultation::transfer::transfer(&site.app, case.id, None, administrator, cast.coordinator)
        .await
        .unwrap();
    history(&site, case).await.shows("管理 一子（管理者）");

    let desk = cases::desk(&site, "大阪一次相談窓口", "27").await;
    let person = member(&site, Role::Desk, "窓口 花子", Some(desk)).await;
    let by = Actor::Desk(desk, Some(person));
    let text = Prose::parse("本文", "先日の相談の件です。", 100).unwrap();
    ops::correspondence::message::post(&site.app, case.id, by, Audience::Desk, &text).await.unwrap();
    history(&site, case).await.shows("窓口 花子（大阪一次相談窓口）");
    site.get(&at(case.number, "?view=messages")).await.shows("窓口 花子（一次相談窓口）");
    // An event from before people were kept names the desk alone.
    ops::correspondence::message::post(&site.app, case.id, Actor::Desk(desk, None), Audience::Desk, &text)
        .await
        .unwrap();
    history(&site, case).await.shows("　大阪一次相談窓口<br>");
    let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    assert!(events.iter().any(|it| it.by == by));

    site.account(Role::Administrator, "admin@example.jp").await;
    let admin = site.visitor();
    assert_eq!(admin.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    let log = admin.get("/admin/audit?from=2026-11-20&to=2026-11-20").await;
    log.shows("管理 一子（管理者）");
    log.shows("窓口 花子（大阪一次相談窓口）");
    deadlines::sound(&site).await;
}
