//! Planning all waiting consultations at once, and the free times.
use domain::field::Fields;
use madoguchi::store;

use super::{at, center};
use crate::{
    cases::{self, Case, expert, mails_to, received, state},
    site::{Reply, Site},
    tables,
};

/// Returns the values that the page's checkboxes would send.
fn lines(page: &Reply) -> Vec<String> {
    let values = page.body.split("name=\"line\" value=\"").skip(1);
    values.map(|it| it.split('"').next().unwrap().to_owned()).collect()
}

async fn take(site: &Site, lines: &[&String]) -> Reply {
    let form: Vec<_> = lines.iter().map(|it| ("line", it.as_str())).collect();
    site.post("/staff/plan", &form).await
}

async fn count_of_requests(site: &Site, case: Case) -> usize {
    store::routing::assignment::of(&site.app.db, case.id).await.unwrap().len()
}

#[actix_web::test]
async fn all_that_wait_are_routed_together_and_nothing_is_sent_before() {
    let (site, cast) = center().await;
    site.get("/staff/plan").await.shows("割り当てを待っている案件はありません。");
    let second = expert(&site, "second@example.jp", "佐藤 次郎", Fields::Ict).await;
    let first = received(&site, &cast, "a@example.co.jp").await;
    let other = received(&site, &cast, "b@example.co.jp").await;
    let unconfirmed = cases::unconfirmed(&site, &cast, &cases::form("c@example.co.jp")).await;
    let before = tables::fingerprint(&site.app.db, &["session"]).await;
    site.get("/staff").await.shows("/staff/plan");
    let page = site.get("/staff/plan").await;
    for shown in
        ["割り当ての案（2件）", "専門家2人に依頼します", "山田 太郎", "佐藤 次郎", "前後28日の相談が0件"]
    {
        page.shows(shown);
    }
    assert!(!page.body.contains(&unconfirmed.number.to_string()), "nobody is asked for who is not confirmed");
    assert_eq!(tables::fingerprint(&site.app.db, &["session"]).await, before, "looking changes nothing");
    let all = lines(&page);
    assert_eq!(all.len(), 2);
    let none = take(&site, &[]).await;
    assert_eq!(none.status, 422);
    none.shows("依頼する案件を選択してください。");

    let reply = take(&site, &[&all[0], &all[1]]).await;
    assert_eq!(reply.status, 303);
    site.get("/staff/plan").await.shows("2件の担当を専門家に依頼しました。");
    for case in [first, other] {
        assert_eq!(state(&site, case).await, "matching");
        assert_eq!(count_of_requests(&site, case).await, 1);
    }
    for address in ["expert@example.jp", "second@example.jp"] {
        assert_eq!(mails_to(&site, address).await.iter().filter(|it| it.kind == "request").count(), 1);
    }
    assert_ne!(second, cast.expert);
}

#[actix_web::test]
async fn a_line_that_has_become_stale_is_refused_and_nothing_else_is_lost() {
    let (site, cast) = center().await;
    let first = received(&site, &cast, "a@example.co.jp").await;
    let other = received(&site, &cast, "b@example.co.jp").await;
    let all = lines(&site.get("/staff/plan").await);
    // Another coordinator works on the first consultation meanwhile.
    assert_eq!(super::act(&site, first, "/start-check", &[]).await.status, 303);
    let stale = all.iter().find(|it| it.starts_with(&first.id.to_string())).unwrap();
    let reply = take(&site, &all.iter().collect::<Vec<_>>()).await;
    assert_eq!(reply.status, 409);
    reply.shows("1件を依頼しました。1件は、依頼できませんでした。");
    reply.shows(&first.number.to_string());
    assert_eq!((state(&site, first).await, count_of_requests(&site, first).await), ("checking", 0));
    assert_eq!((state(&site, other).await, count_of_requests(&site, other).await), ("matching", 1));
    assert_eq!(take(&site, &[stale]).await.status, 409);

    // The plan is made anew, and can be taken then.
    let fresh = lines(&reply);
    assert_eq!(fresh.len(), 1);
    assert_eq!(take(&site, &[&fresh[0]]).await.status, 303);
    // An invented line does not ask an expert who is not eligible.
    let third = received(&site, &cast, "c@example.co.jp").await;
    let version = cases::record(&site, third).await.version;
    let labor = expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    let made_up = format!("{}:{version}:{labor}", third.id);
    let reply = take(&site, &[&made_up]).await;
    assert_eq!(reply.status, 409);
    reply.shows("候補の中から選んでください");
    assert_eq!(take(&site, &[&"rubbish".to_owned()]).await.status, 422);
    assert_eq!(count_of_requests(&site, third).await, 0);
}

#[actix_web::test]
async fn a_pair_gets_both_fields_and_unplanned_consultations_have_a_reason() {
    let (site, cast) = center().await;
    let mut form = cases::form("a@example.co.jp");
    form.field = vec!["ict".to_owned(), "labor".to_owned()];
    let case = cases::unconfirmed(&site, &cast, &form).await;
    madoguchi::ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    site.get("/staff/plan").await.shows("山田 太郎");
    deactivate(&site, cast.expert).await;
    let page = site.get("/staff/plan").await;
    page.shows("割り当てられない案件（1件）");
    page.shows("担当できる専門家がいません。");
    expert(&site, "ict@example.jp", "佐藤 次郎", Fields::Ict).await;
    expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    let page = site.get("/staff/plan").await;
    for shown in ["佐藤 次郎（ICT）", "高橋 三郎（労務管理）"] {
        page.shows(shown);
    }
    let all = lines(&page);
    assert_eq!(take(&site, &[&all[0]]).await.status, 303);
    assert_eq!(count_of_requests(&site, case).await, 2);
    site.get(&at(case.number, "")).await.shows("担当者調整中");
}

async fn deactivate(site: &Site, expert: domain::id::ExpertId) {
    use sea_orm::EntityTrait;
    let tx = site.app.begin().await.unwrap();
    let row = entity::expert::ActiveModel {
        id: sea_orm::Set(expert.0),
        active: sea_orm::Set(false),
        ..Default::default()
    };
    entity::expert::Entity::update(row).exec(&tx).await.unwrap();
    store::reference::revision::touch(&tx, store::reference::revision::RevisedPart::Experts).await.unwrap();
    tx.commit().await.unwrap();
}

#[actix_web::test]
async fn the_next_free_time_and_why_there_is_none_are_shown() {
    let (site, cast) = center().await;
    site.get("/staff/schedule").await.shows("/staff/schedule/free");
    let page = site.get("/staff/schedule/free").await;
    page.shows("11月26日（木）9:00");
    page.shows("開始できる時刻：9:00、9:30");
    let saturday = site.get("/staff/schedule/free?field=labor&date=2026-11-28").await;
    saturday.shows("この日は空きがありません。");
    saturday.shows("相談センターの休業日です");
    saturday.shows("山田 太郎");
    site.get("/staff/schedule/free?date=2026-11-24").await.shows("受付の締切を過ぎた日時です");
    let visit = site.get("/staff/schedule/free?mode=visit&prefecture=47").await;
    visit.shows("沖縄県への訪問に対応していません");
    visit.shows("予約期間内に空きがありません");
    let two = site.get("/staff/schedule/free?ict=1&labor=1").await;
    two.shows("ICT 1人、労務管理 1人が同時に空く日時");
    two.shows("予約期間内に空きがありません");
    expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    site.get("/staff/schedule/free?ict=1&labor=1").await.shows("例：山田 太郎、高橋 三郎");
    cases::booked(&site, &cast, "a@example.co.jp").await;
    site.get("/staff/schedule/free?date=rubbish&field=x&mode=y&prefecture=99").await.shows("次の空き");
}
