//! The search of the whole site: what is public of all systems, in one answer.
use chrono::TimeDelta;
use domain::{
    actor::Role,
    id::AccountId,
    publication::{Content, Period, Publication},
    text::Prose,
};
use madoguchi::{
    ops::{self, publication::Seen},
    searches::MOST_SEARCHES,
    url,
};

use super::{example, grant, line, news};
use crate::{cases, site::Site};

/// Publishes a content from now on.
async fn open(site: &Site, by: AccountId, content: Content) -> Publication {
    let draft = ops::publication::create(&site.app, content, by).await.unwrap();
    let period = Period::new(site.app.clock.now(), None).unwrap();
    ops::publication::publish(&site.app, Seen { id: draft.id, revision: draft.revision }, period, by)
        .await
        .unwrap()
}

/// Returns the content with this title and this text.
fn with(content: Content, title: &str, body: &str) -> Content {
    Content { title: line(title), body: Some(Prose::parse("本文", body, 200).unwrap()), ..content }
}

#[actix_web::test]
async fn one_search_finds_what_is_public_of_every_system_grouped() {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let month = crate::campaign::month(2026);
    let all = [
        with(news("仮"), "見本の報せ", "リモート接続を見直します。"),
        with(grant("仮"), "見本の助成", "リモート接続の費用。"),
        with(example("仮"), "見本の事例", "リモート接続で働く。"),
        with(crate::gathering::event(Some(5), None), "見本の催し", "リモート接続の講演。"),
        with(
            crate::survey::notice(crate::survey::open_form()),
            "見本の調査",
            "リモート接続について聞きます。",
        ),
        with(month, "見本の月間", "リモート接続を試す月です。"),
    ];
    for content in all {
        open(&site, editor, content).await;
    }
    ops::publication::create(&site.app, with(news("仮"), "見本の下書き", "リモート接続"), editor)
        .await
        .unwrap();

    let word = url::percent_encoded("ﾘﾓｰﾄ接続　見本 表彰");
    site.get(&format!("/search?q={word}")).await.shows("当てはまるものは、ありません");
    let page = site.get(&format!("/search?q={}", url::percent_encoded("ﾘﾓｰﾄ接続　見本"))).await;
    assert_eq!(page.status, 200);
    for (id, title) in [
        ("news", "見本の報せ"),
        ("guide", "見本の助成"),
        ("cases", "見本の事例"),
        ("events", "見本の催し"),
        ("surveys", "見本の調査"),
        ("month", "見本の月間"),
    ] {
        page.shows(&format!("<h2 id=\"{id}\">"));
        page.shows(title);
    }
    assert!(!page.body.contains("見本の下書き"), "a draft is not public");
    assert_eq!(page.header("x-robots-tag"), Some("noindex"));
    assert!(!page.body.contains("<script"));
}

#[actix_web::test]
async fn the_search_follows_changes_and_forgets_what_has_ended() {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let it = open(&site, editor, with(news("仮"), "前の題", "前の本文")).await;
    let hits = async |word: &str| {
        let page = site.get(&format!("/search?q={}", url::percent_encoded(word))).await;
        page.body.contains(&format!("href=\"/news/{}\"", it.number))
    };
    assert!(hits("前の本文").await);
    let seen = Seen { id: it.id, revision: it.revision };
    let edited = ops::publication::edit(&site.app, seen, with(news("仮"), "後の題", "後の本文"), editor);
    let edited = edited.await.unwrap();
    assert!(hits("前の本文").await && !hits("後の本文").await, "the public reads the earlier revision");
    let period = Period::new(site.app.clock.now(), None).unwrap();
    let seen = Seen { id: it.id, revision: edited.revision };
    let after = ops::publication::publish(&site.app, seen, period, editor).await.unwrap();
    assert!(!hits("前の本文").await && hits("後の本文").await);
    let seen = Seen { id: it.id, revision: after.revision };
    ops::publication::archive(&site.app, seen, editor).await.unwrap();
    assert!(!hits("後の本文").await, "it has ended");
}

#[actix_web::test]
async fn the_search_shows_few_of_many_and_hides_what_is_not_valid_now() {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    for number in 1..=7 {
        open(&site, editor, news(&format!("多いお知らせ{number}号"))).await;
    }
    open(&site, editor, grant("多い助成")).await;
    let word = url::percent_encoded("多い");
    let page = site.get(&format!("/search?q={word}")).await;
    page.shows("お知らせ（7件）");
    assert_eq!(page.body.matches("多いお知らせ").count(), 5);
    page.shows("多い助成");
    site.app.clock.advance(TimeDelta::days(200));
    let page = site.get(&format!("/search?q={word}")).await;
    assert!(!page.body.contains("多い助成"), "it was not checked for too long");
    let long = url::percent_encoded(&"多".repeat(3_000));
    assert_eq!(site.get(&format!("/search?q={long}")).await.status, 200);
}

#[actix_web::test]
async fn desks_are_found_by_name_and_prefecture_and_the_start_page_has_the_box() {
    let site = Site::new().await;
    cases::desk(&site, "見本商工会", "05").await;
    let word = url::percent_encoded("秋田県 商工会");
    let page = site.get(&format!("/search?q={word}")).await;
    page.shows("見本商工会");
    page.shows("href=\"/desks?prefecture=05\"");
    site.get("/").await.shows("action=\"/search\"");
    site.get("/search").await.shows("サイト内を探す");
}

#[actix_web::test]
async fn a_network_that_searches_too_often_waits_for_a_minute_and_keeps_its_words() {
    let site = Site::new().await;
    let path = format!("/search?q={}", url::percent_encoded("助成金"));
    for _ in 0..MOST_SEARCHES {
        assert_eq!(site.get(&path).await.status, 200);
    }
    let refused = site.get(&path).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")));
    refused.shows("短い時間に多くの検索がありました");
    refused.shows("value=\"助成金\"");
    assert!(!refused.body.contains("当てはまるものは"), "nothing was searched");
    assert_eq!(site.get("/search").await.status, 200, "the page itself can be opened");
    site.app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(site.get(&path).await.status, 200);
}
