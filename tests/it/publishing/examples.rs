//! Examples: the form, the public search with its facets, awards, and what a new installation begins with.
use domain::{publication::PublicationKind, theme::SHIPPED};
use entity::publication;
use madoguchi::{
    ops,
    store::{self, reference::programme},
};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{draft, editors_site, public_address, publish};
use crate::site::Site;

/// The fields of an example.
const EXAMPLE: [(&str, &str); 13] = [
    ("title", "12人の製造業で在宅勤務"),
    ("organization", "㈱見本製作所"),
    ("industry", "E"),
    ("prefecture", "05"),
    ("employees", "１２"),
    ("field", "ict"),
    ("theme", "ict_network"),
    ("summary", "事務の4人が週2日の在宅勤務を始めました。"),
    ("key_effect", "通勤を月に12時間削減"),
    ("before", "雪の日は仕事が止まっていました。"),
    ("measures", "図面をクラウドに移しました。"),
    ("year", "2025"),
    ("source", "会社の説明"),
];

/// Writes the themes of the programme.
async fn with_themes(site: &Site) {
    let tx = site.app.begin().await.unwrap();
    programme::ship_themes(&tx, SHIPPED.iter().map(programme::Theme::from)).await.unwrap();
    tx.commit().await.unwrap();
}

/// Publishes an example with these fields instead of the others; returns its page for editors and its public address.
async fn published(site: &Site, more: &[(&'static str, &'static str)]) -> (String, String) {
    let own = EXAMPLE.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    let fields: Vec<_> = own.chain(more).copied().collect();
    let address = draft(site, "cases", &fields).await;
    publish(site, &address, "1", &[]).await;
    (address, public_address(site).await)
}

#[actix_web::test]
async fn an_example_is_written_published_found_and_ended() {
    let site = editors_site().await;
    with_themes(&site).await;
    let address = draft(&site, "cases", &EXAMPLE).await;
    let (visitor, public) = (site.visitor(), public_address(&site).await);
    assert_eq!(visitor.get(&public).await.status, 404, "a draft has no page");
    assert!(!visitor.get("/cases").await.body.contains(&public));
    site.get(&address).await.shows("図面をクラウドに移しました。</textarea>");
    site.get(&format!("{address}/publish")).await.shows("取り組んだこと");
    publish(&site, &address, "1", &[]).await;

    let page = visitor.get(&public).await;
    for words in [
        "㈱見本製作所",
        "秋田県",
        "製造業",
        "12人",
        "テレワークの方式・ネットワーク",
        "導入前の状況",
        "通勤を月に12時間削減",
        "出典",
    ] {
        page.shows(words);
    }
    for found in [
        "/cases",
        "/cases?q=%E5%9C%A8%E5%AE%85%E5%8B%A4%E5%8B%99",
        "/cases?q=%EF%BD%B8%EF%BE%97%EF%BD%B3%EF%BE%84%EF%BE%9E",
    ] {
        visitor.get(found).await.shows(&format!("href=\"{public}\""));
    }
    visitor.get("/cases?q=%E8%BE%B2%E6%A5%AD").await.shows("該当する事例はありません");
    visitor.get("/sitemap.xml").await.shows(&public);

    let reply = site.post(&format!("{address}/archive"), &[("revision", "2")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let page = visitor.get(&public).await;
    assert_eq!(page.status, 200, "a published address never dies");
    page.shows("この事例は、掲載を終了しました");
    assert!(!page.body.contains("見本製作所"), "an ended example names nobody");
    assert!(!visitor.get("/cases").await.body.contains(&public), "it leaves the list at once");
    assert!(!visitor.get("/sitemap.xml").await.body.contains(&public));
}

#[actix_web::test]
async fn facets_narrow_the_list_and_each_condition_can_be_removed() {
    let site = editors_site().await;
    let (_, maker) = published(&site, &[]).await;
    let (_, shop) = published(
        &site,
        &[
            ("title", "小売業の事例"),
            ("industry", "I2"),
            ("employees", "500"),
            ("year", "2024"),
            ("award", "見本大賞"),
        ],
    )
    .await;
    let visitor = site.visitor();
    visitor.get("/cases").await.shows("2件（新しい順）");
    for (query, found, other) in [
        ("industry=E", &maker, &shop),
        ("size=more", &shop, &maker),
        ("year=2024", &shop, &maker),
        ("award=%E8%A6%8B%E6%9C%AC%E5%A4%A7%E8%B3%9E", &shop, &maker),
    ] {
        let page = visitor.get(&format!("/cases?{query}")).await;
        page.shows("1件（新しい順）");
        page.shows(&format!("href=\"{found}\""));
        assert!(!page.body.contains(&format!("href=\"{other}\"")), "{query}");
    }
    let page = visitor.get("/cases?industry=E&year=2025&page=9").await;
    page.shows("業種：製造業");
    page.shows("href=\"/cases?year=2025\"");
    page.shows("（2件を選択中）");
    let page = visitor.get("/cases?industry=E&year=2024").await;
    page.shows("0件");
    page.shows("すべての事例を見る");
    // A text that is no value is no condition, but an unknown award or theme finds nothing.
    visitor.get("/cases?industry=x&year=x&page=x").await.shows("2件");
    visitor.get("/cases?theme=none").await.shows("0件");
}

/// The start page has the newest example of each of the largest industries, and those of the industry of a company that is
/// signed in.
#[actix_web::test]
async fn the_start_page_shows_examples_of_the_visitors_industry() {
    let site = editors_site().await;
    let visitor = site.visitor();
    assert!(!visitor.get("/").await.body.contains("テレワークの事例"), "there is none yet");
    let (_, maker) = published(&site, &[]).await;
    let (_, newer) = published(&site, &[("title", "新しい製造業の事例")]).await;
    let (_, shop) = published(&site, &[("title", "小売業の事例"), ("industry", "I2")]).await;
    let (_, farm) = published(&site, &[("title", "農業の事例"), ("industry", "A")]).await;
    let start = visitor.get("/").await;
    start.shows("テレワークの事例");
    for shown in [&newer, &shop, &farm] {
        start.shows(&format!("href=\"{shown}\""));
    }
    assert!(!start.body.contains(&format!("href=\"{maker}\"")), "one of each industry");

    let cast = crate::cases::Cast::new(&site).await;
    let case = crate::cases::consulted(&site, &cast, crate::cases::CONTACT).await;
    let record = crate::cases::record(&site, case).await;
    let company = site.visitor();
    crate::company::sign_in(&company, crate::cases::CONTACT).await;
    assert_eq!(record.industry.map(codes::Industry::code), Some("E"));
    let start = company.get("/").await;
    start.shows("同じ業種（製造業）の事例");
    for (shown, is) in [(&maker, true), (&newer, true), (&shop, false)] {
        assert_eq!(start.body.contains(&format!("href=\"{shown}\"")), is, "{shown}");
    }
}

#[actix_web::test]
async fn the_awards_of_a_year_have_a_page_with_the_table_of_awards() {
    let site = editors_site().await;
    let (_, winner) = published(&site, &[("award", "テレワークトップランナー 総務大臣賞")]).await;
    let (_, other) = published(&site, &[("title", "受賞していない事例")]).await;
    let visitor = site.visitor();
    visitor.get("/cases").await.shows("href=\"/awards/2025\"");
    let page = visitor.get("/awards/2025").await;
    page.shows(&format!("href=\"{winner}\""));
    page.shows("輝くテレワーク賞");
    assert!(!page.body.contains(&format!("href=\"{other}\"")));
    for nothing in ["/awards/2024", "/awards/x"] {
        assert_eq!(visitor.get(nothing).await.status, 404, "{nothing}");
    }
}

#[actix_web::test]
async fn all_faults_of_the_form_are_told_together() {
    let site = editors_site().await;
    let wrong = [
        ("title", ""),
        ("organization", ""),
        ("industry", "x"),
        ("employees", "多数"),
        ("year", "25"),
        ("link", "javascript:alert(1)"),
        ("measures", ""),
        ("summary", ""),
        ("source", ""),
    ];
    let reply = site.post("/staff/publish/cases/new", &wrong).await;
    assert_eq!(reply.status, 422);
    for words in [
        "見出しを入力",
        "企業・団体を入力",
        "業種を選択",
        "従業員数は、0以上の整数",
        "年は、1990から2027まで",
        "リンク先は、https://",
        "取り組んだことを入力",
        "取組の要約を入力",
        "出典を入力",
    ] {
        reply.shows(words);
    }
    reply.shows("value=\"多数\"");
}

#[actix_web::test]
async fn a_new_installation_has_the_five_winners_as_drafts_once() {
    let site = editors_site().await;
    ops::publication::ship(&site.app).await.unwrap();
    ops::publication::ship(&site.app).await.unwrap();
    let drafts = store::publication::newest(&site.app.db, PublicationKind::Example, 20).await.unwrap();
    assert_eq!(drafts.len(), 5);
    site.get("/staff/publish/cases").await.shows("農業で、現場の情報を共有して");
    assert!(!site.visitor().get("/cases").await.body.contains("GRA"), "an editor reads them first");
    assert_eq!(publication::Entity::find().count(&site.app.db).await.unwrap(), 14);
}
