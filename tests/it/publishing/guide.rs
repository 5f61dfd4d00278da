//! The guide to support: the matcher, and the entries that hide by themselves.
use chrono::{DateTime, TimeDelta, Utc};
use codes::Role;
use entity::guide_reading;
use madoguchi::{
    fetch::{Fetcher, Limits},
    worker::link_check as job,
};
use sea_orm::EntityTrait;

use super::{draft, editors_site, public_address, publish};
use crate::{
    calendar_host::{Host, Manner},
    site::{PASSWORD, Site},
};

/// The fields of a grant for companies of up to 100 people.
const GRANT: [(&str, &str); 8] = [
    ("title", "テレワーク導入の助成金"),
    ("office", "見本省"),
    ("kind", "grant"),
    ("gives", "就業規則の整備の費用を助成します。"),
    ("purpose", "cost"),
    ("size", "20"),
    ("size", "100"),
    ("link", "https://www.example.jp/grant"),
];

async fn published(site: &Site, more: &[(&str, &str)]) -> String {
    let fields = [&GRANT[..], &[("checked_on", "2026-11-20")], more].concat();
    let address = draft(site, "guide", &fields).await;
    publish(site, &address, "1", &[]).await;
    address
}

#[actix_web::test]
async fn the_matcher_asks_four_questions_and_says_why_an_entry_is_shown() {
    let site = editors_site().await;
    published(&site, &[]).await;
    let public = public_address(&site).await;
    let visitor = site.visitor();
    visitor.get("/guide/match").await.shows("質問1 / 4");
    visitor.get("/guide/match?region=05").await.shows("質問2 / 4");
    visitor.get("/guide/match?region=05&size=100").await.shows("質問3 / 4");
    visitor.get("/guide/match?region=05&size=100&status=none").await.shows("質問4 / 4");
    let result = visitor.get("/guide/match?region=05&size=100&status=none&purpose=cost").await;
    result.shows("合いそうな支援制度：1件");
    result.shows(&format!("href=\"{public}\""));
    result.shows("従業員数が21人から100人、目的が「費用の助成を受けたい」のため");
    // An answer is changed from the result, and the others stay.
    let change = "/guide/match?region=05&size=100&status=none&purpose=cost&change=size";
    result.shows(&change.replace('&', "&#38;"));
    let question = visitor.get(change).await;
    question.shows("質問2 / 4");
    question.shows("<input type=\"hidden\" name=\"purpose\" value=\"cost\">");
    // Not knowing excludes nothing, and says what to check.
    let result = visitor.get("/guide/match?region=unknown&size=unknown&status=unknown&purpose=cost").await;
    result.shows("条件を確認してください：1件");
    result.shows("確認すること：対象の従業員数");
    let result = visitor.get("/guide/match?region=05&size=more&status=none&purpose=cost").await;
    result.shows("条件に合うものは見つかりませんでした");
    // An answer that is none is asked for again.
    visitor.get("/guide/match?region=99&size=100").await.shows("質問1 / 4");
}

#[actix_web::test]
async fn an_entry_hides_when_its_check_is_too_old_and_comes_back_when_it_is_confirmed() {
    let site = editors_site().await;
    let address = published(&site, &[]).await;
    let (visitor, public) = (site.visitor(), public_address(&site).await);
    visitor.get("/guide").await.shows(&public);
    visitor.get(&public).await.shows("見本省");
    site.app.clock.advance(TimeDelta::days(80));
    assert_eq!(site.sign_in("someone@example.jp", crate::site::PASSWORD).await.status, 303);
    site.get("/staff/publish/guide").await.shows("までに内容の確認が必要です");
    visitor.get("/guide").await.shows(&public);
    site.app.clock.advance(TimeDelta::days(11));
    assert_eq!(site.sign_in("someone@example.jp", crate::site::PASSWORD).await.status, 303);
    assert!(!visitor.get("/guide").await.body.contains(&public));
    visitor.get(&public).await.shows("掲載を終了しました");
    site.get("/staff/publish/guide").await.shows("確認日が古いため、公開のページに出ていません");
    let reply = site.post(&format!("{address}/checked"), &[("revision", "2")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor.get("/guide").await.shows(&public);
    visitor.get(&public).await.shows("2027年（令和9年）2月19日");
}

#[actix_web::test]
async fn an_entry_hides_after_its_last_valid_day() {
    let site = editors_site().await;
    published(&site, &[("valid_until", "2026-11-21")]).await;
    let (visitor, public) = (site.visitor(), public_address(&site).await);
    // 23:59 on the last valid day in Japan.
    let last: DateTime<Utc> = "2026-11-21T14:59:59Z".parse().unwrap();
    site.app.clock.advance(last - site.app.clock.now());
    visitor.get("/guide").await.shows(&public);
    site.app.clock.advance(TimeDelta::seconds(1));
    assert!(!visitor.get("/guide").await.body.contains(&public));
}

/// The page of a grant is gone: the editor hears of it, and the entry stays.
#[actix_web::test]
async fn the_editor_hears_that_the_page_of_an_entry_is_gone() {
    let host = Host::open(Manner::Status(404));
    let mut site = Site::with_settings(&[("MADOGUCHI_FETCH_ALLOW", "127.0.0.0/8")]).await;
    site.change(|app| app.fetch = Fetcher::new(&app.config.fetch_allow, Limits::default()));
    site.account(Role::Editor, "editor@example.jp").await;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let own: Vec<_> = GRANT.into_iter().filter(|it| it.0 != "link").collect();
    let page = host.url();
    let fields = [&own[..], &[("checked_on", "2026-11-20"), ("link", &page)]].concat();
    let address = draft(&site, "guide", &fields).await;
    publish(&site, &address, "1", &[]).await;
    assert!(job::step(&site.app).await.unwrap());
    let list = site.get("/staff/publish/guide").await;
    list.shows("つながらないリンク（1件）");
    list.shows("アドレスが見つかりません");
    site.visitor().get("/guide").await.shows(&public_address(&site).await);
}

#[actix_web::test]
async fn entries_for_local_governments_have_a_page_of_their_own() {
    let site = editors_site().await;
    published(&site, &[("for_local_government", "1")]).await;
    let (visitor, public) = (site.visitor(), public_address(&site).await);
    let page = visitor.get(&public).await;
    page.shows("itemtype=\"https://schema.org/GovernmentService\"");
    page.shows("<meta itemprop=\"name\" content=\"見本省\">");
    visitor.get("/guide/local-government").await.shows(&public);
    assert!(!visitor.get("/guide").await.body.contains(&public));
    let result = visitor.get("/guide/match?region=unknown&size=20&status=unknown&purpose=cost").await;
    assert!(!result.body.contains(&public));
}

#[actix_web::test]
async fn dates_that_contradict_each_other_are_told() {
    let site = editors_site().await;
    let fields =
        [&GRANT[..], &[("checked_on", "2026-11-21"), ("opens", "2026-12-10"), ("closes", "2026-12-01")]]
            .concat();
    let reply = site.post("/staff/publish/guide/new", &fields).await;
    assert_eq!(reply.status, 422);
    reply.shows("募集を終える日は、始める日より後");
    reply.shows("確認日は、今日までの日付");
}

#[actix_web::test]
async fn openings_are_counted_without_anything_of_the_reader_and_looking_changes_no_row() {
    let site = editors_site().await;
    published(&site, &[]).await;
    let (visitor, public) = (site.visitor(), public_address(&site).await);
    for _ in 0..7 {
        visitor.get(&public).await.shows("見本省");
    }
    site.get(&public).await;
    let count = async || guide_reading::Entity::find().all(&site.app.db).await.unwrap();
    assert!(count().await.is_empty(), "a look changes no row");
    assert!(madoguchi::ops::publication::readers::keep(&site.app).await.unwrap());
    assert!(!madoguchi::ops::publication::readers::keep(&site.app).await.unwrap());
    assert_eq!(
        count().await.iter().map(|it| it.count).collect::<Vec<_>>(),
        [7],
        "without the editor's own look"
    );
    visitor.get(&public).await;
    madoguchi::ops::publication::readers::keep(&site.app).await.unwrap();
    assert_eq!(count().await[0].count, 8);
    // The center sees the present numbers.
    site.account(Role::Coordinator, "figures@example.jp").await;
    let official = site.visitor();
    assert_eq!(official.sign_in("figures@example.jp", PASSWORD).await.status, 303);
    let stats = official.get("/stats").await;
    stats.shows("支援制度・ガイドの閲覧は8回です");
    let csv = official.get("/stats.csv").await.body;
    assert!(csv.contains("guide,支援制度・ガイドの閲覧,1,テレワーク導入の助成金,8\r\n"), "{csv}");
}
