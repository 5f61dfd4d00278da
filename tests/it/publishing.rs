//! What the programme publishes: the way of an item from the draft to the end of its period, as editors and the public
//! see it.
use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use codes::ImportKind;
use domain::{
    actor::Role,
    id::{AccountId, FileImportId, PublicationId},
    prefecture::Prefecture,
    publication::{
        Content, Facts, PublicationKind,
        example::{ExampleFacts, Industry},
        guide::{GuideFacts, GuideKind},
        news::{NewsCategory, NewsFacts, WebAddress},
    },
    text::{Prose, TextLine},
};
use entity::{link_check, publication};
use madoguchi::{
    cached::Cached,
    fetch::{Fetcher, Limits},
    ops::{self, file_import::ChosenFile},
    store,
    worker::link_check as job,
};
use sea_orm::{EntityTrait, QueryOrder};

use crate::{
    calendar_host::{Host, Manner},
    site::{PASSWORD, Site},
};

pub mod consented;
mod deletion;
mod examples;
mod guide;
mod import;
pub mod pictures;
mod record;
mod similar;
mod site_search;

/// The fields of an item of news.
const ITEM: [(&str, &str); 4] = [
    ("title", "年末年始の休業"),
    ("category", "notice"),
    ("body", "# 休業日\n\n12月29日から休みます。"),
    ("related", "/help"),
];

/// A period from now on: the clock of the tests stands at 14:05 on 2026-11-20 in Japan.
const FROM_NOW: [(&str, &str); 2] = [("from_date", "2026-11-20"), ("from_time", "14:05")];

/// A file with one example.
pub const CSV: &str = "見出し,企業・団体,業種,年,取組の要約,取り組んだこと,出典\n見本の取込み,見本社,E,2025,在宅勤務を始めました。,端末を配りました。,見本の資料\n";

/// A file with one item of news.
pub const NEWS_CSV: &str = "見出し,分類,本文\n見本のお知らせ,お知らせ,本文です。\n";

/// Keeps a file of this kind, and returns it.
pub async fn kept(
    site: &Site,
    kind: ImportKind,
    campaign: Option<PublicationId>,
    text: &str,
    by: AccountId,
) -> FileImportId {
    let chosen = ChosenFile { kind, campaign, name: "見本.csv".to_owned(), content: text.to_owned() };
    ops::file_import::keep(&site.app, chosen, by).await.unwrap()
}

/// Returns an item of news.
pub fn news(title: &str) -> Content {
    let facts = Facts::News(NewsFacts { category: NewsCategory::Notice, pinned: false, related: None });
    Content { title: line(title), body: Some(Prose::parse("本文", "本文です。", 100).unwrap()), facts }
}

/// Returns an entry of the guide, checked on the day at which the clock of the tests stands.
pub fn grant(title: &str) -> Content {
    let facts = Facts::Guide(GuideFacts {
        office: line("見本省"),
        kind: GuideKind::Grant,
        gives: line("費用の一部を助成します。"),
        for_local_government: false,
        sizes: Vec::new(),
        prefectures: Vec::new(),
        industries: Vec::new(),
        statuses: Vec::new(),
        purposes: Vec::new(),
        opens: None,
        closes: None,
        link: WebAddress::parse("https://www.example.jp/grant").unwrap(),
        checked_on: "2026-11-20".parse().unwrap(),
        valid_until: None,
        note: None,
        source: None,
    });
    Content { title: line(title), body: None, facts }
}

/// Returns an example that won an award in 2025.
pub fn example(title: &str) -> Content {
    let facts = Facts::Example(ExampleFacts {
        organization: line("株式会社見本製作所"),
        prefecture: Prefecture::from_code(5).ok(),
        industry: Industry::Manufacturing,
        employees: Some(12),
        themes: vec!["ict_network".to_owned()],
        fields: Vec::new(),
        summary: line("事務を在宅勤務にしました。"),
        key_effect: None,
        before: None,
        measures: Prose::parse("", "図面を共有の保管場所に移しました。", 100).unwrap(),
        effects: None,
        quotation: None,
        quoted: None,
        year: 2025,
        award: Some(line("見本大賞")),
        link: None,
        source: line("見本の資料"),
        pictures: Vec::new(),
    });
    Content { title: line(title), body: None, facts }
}

fn line(text: &str) -> TextLine {
    TextLine::parse("", text, 100).unwrap()
}

async fn editors_site() -> Site {
    Site::signed_in(Role::Editor).await
}

/// Writes a draft and returns the address of its page for editors.
async fn draft(site: &Site, kind: &str, fields: &[(&str, &str)]) -> String {
    let reply = site.post(&format!("/staff/publish/{kind}/new"), fields).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.unwrap()
}

/// Publishes the newest revision; `more` are the fields of the end.
async fn publish(site: &Site, address: &str, revision: &str, more: &[(&str, &str)]) {
    let form = [&[("revision", revision)], &FROM_NOW[..], more].concat();
    let reply = site.post(&format!("{address}/publish"), &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
}

/// Returns the public address of the publication that was written last.
async fn public_address(site: &Site) -> String {
    let row = publication::Entity::find().order_by_desc(publication::COLUMN.number).one(&site.app.db).await;
    let row = row.unwrap().unwrap();
    format!("/{}/{}", row.kind.code(), row.number)
}

#[actix_web::test]
async fn an_item_is_written_published_read_and_ended() {
    let site = editors_site().await;
    let address = draft(&site, "news", &ITEM).await;
    let visitor = site.visitor();
    let public = public_address(&site).await;
    assert_eq!(visitor.get(&public).await.status, 404, "a draft has no page");

    publish(&site, &address, "1", &[]).await;
    let page = visitor.get(&public).await;
    assert_eq!(page.status, 200);
    page.shows("<h2>休業日</h2>");
    page.shows("2026年（令和8年）11月20日（金）");
    visitor.get("/news").await.shows(&format!("href=\"{public}\""));
    visitor.get("/news/2026").await.shows("年末年始の休業");
    visitor.get("/").await.shows("年末年始の休業");
    visitor.get("/news.atom").await.shows("<title>年末年始の休業</title>");
    visitor.get("/sitemap.xml").await.shows(&public);

    let reply = site.post(&format!("{address}/archive"), &[("revision", "2")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let page = visitor.get(&public).await;
    assert_eq!(page.status, 200, "a published address never dies");
    page.shows("公開を終了しました");
    assert!(!page.body.contains("12月29日から休みます"));
    assert!(!visitor.get("/news").await.body.contains(&public));
    assert!(!visitor.get("/sitemap.xml").await.body.contains(&public));
}

#[actix_web::test]
async fn an_item_appears_and_disappears_at_its_time_without_anyone_acting() {
    let site = editors_site().await;
    let address = draft(&site, "news", &ITEM).await;
    let form = [
        ("revision", "1"),
        ("from_date", "2026-11-30"),
        ("from_time", "9:00"),
        ("until_date", "2026-12-04"),
        ("until_time", ""),
    ];
    let reply = site.post(&format!("{address}/publish"), &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    site.get(&address).await.shows("予約公開");
    let (visitor, public) = (site.visitor(), public_address(&site).await);
    let monday: DateTime<Utc> = "2026-11-30T00:00:00Z".parse().unwrap();
    site.app.clock.advance(monday - site.app.clock.now() - TimeDelta::seconds(1));
    assert_eq!(visitor.get(&public).await.status, 404);
    site.app.clock.advance(TimeDelta::seconds(1));
    visitor.get(&public).await.shows("12月29日から休みます");
    // The end of a day without a time is its midnight.
    let midnight: DateTime<Utc> = "2026-12-04T15:00:00Z".parse().unwrap();
    site.app.clock.advance(midnight - site.app.clock.now() - TimeDelta::seconds(1));
    visitor.get(&public).await.shows("12月29日から休みます");
    site.app.clock.advance(TimeDelta::seconds(1));
    visitor.get(&public).await.shows("公開を終了しました");
    assert!(!visitor.get("/news").await.body.contains(&public));
}

#[actix_web::test]
async fn the_public_reads_the_published_text_until_the_changed_one_is_published() {
    let site = editors_site().await;
    let address = draft(&site, "news", &ITEM).await;
    publish(&site, &address, "1", &[]).await;
    let (visitor, public) = (site.visitor(), public_address(&site).await);
    visitor.get(&public).await.shows("12月29日から休みます");
    let changed =
        [("revision", "2"), ("title", "年始の休業"), ("category", "notice"), ("body", "1月だけ休みます。")];
    let reply = site.post(&address, &changed).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    site.get(&address).await.shows("公開していない変更があります");
    visitor.get(&public).await.shows("12月29日から休みます");
    publish(&site, &address, "3", &[]).await;
    visitor.get(&public).await.shows("1月だけ休みます");
}

#[actix_web::test]
async fn the_second_of_two_editors_is_told_and_keeps_the_typed_text() {
    let site = editors_site().await;
    let address = draft(&site, "news", &ITEM).await;
    let other = site.visitor();
    site.account(Role::Coordinator, "center@example.jp").await;
    assert_eq!(other.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let first =
        [("revision", "1"), ("title", "先の版"), ("category", "notice"), ("body", "先に保存した本文")];
    assert_eq!(other.post(&address, &first).await.status, 303);
    let second =
        [("revision", "1"), ("title", "後の版"), ("category", "notice"), ("body", "後から入力した本文")];
    let reply = site.post(&address, &second).await;
    assert_eq!(reply.status, 409);
    reply.shows("鈴木 花子さんが先に保存しました");
    reply.shows("先に保存した本文");
    reply.shows("後から入力した本文</textarea>");
    reply.shows("name=\"revision\" value=\"2\"");
    // Nothing is lost: the next save is on top of the first editor's, which stays in the history.
    let again =
        [("revision", "2"), ("title", "後の版"), ("category", "notice"), ("body", "後から入力した本文")];
    assert_eq!(site.post(&address, &again).await.status, 303);
    site.get(&format!("{address}/history/2")).await.shows("先に保存した本文");
    // An older revision comes back as a new one.
    let reply = site.post(&format!("{address}/restore"), &[("revision", "3"), ("restored", "2")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    site.get(&address).await.shows("先に保存した本文</textarea>");
    site.get(&format!("{address}/history")).await.shows("以前の版に戻した");
    // Publishing what another editor has changed meanwhile is refused as well.
    let form = [&[("revision", "2")], &FROM_NOW[..]].concat();
    assert_eq!(site.post(&format!("{address}/publish"), &form).await.status, 409);
}

#[actix_web::test]
async fn a_private_link_shows_the_newest_text_to_a_reader_without_an_account() {
    let site = editors_site().await;
    let address = draft(&site, "news", &ITEM).await;
    let page = site.get(&address).await;
    let link = page.body.split("/preview/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let visitor = site.visitor();
    let preview = visitor.get(&format!("/preview/{link}")).await;
    preview.shows("12月29日から休みます");
    assert_eq!(preview.header("x-robots-tag"), Some("noindex"));
    assert_eq!(visitor.get(&format!("/preview/{link}x")).await.status, 410);
    site.app.clock.advance(TimeDelta::days(31));
    assert_eq!(visitor.get(&format!("/preview/{link}")).await.status, 410);
}

#[actix_web::test]
async fn wrong_fields_are_told_together_and_the_typed_text_stays() {
    let site = editors_site().await;
    let typed =
        [("title", ""), ("category", "other"), ("body", "![](/a.png)"), ("related", "javascript:alert(1)")];
    let reply = site.post("/staff/publish/news/new", &typed).await;
    assert_eq!(reply.status, 422);
    for words in [
        "見出しを入力してください",
        "分類を選択してください",
        "画像に、内容を伝える説明文",
        "リンク先は、https://",
    ] {
        reply.shows(words);
    }
    reply.shows("![](/a.png)</textarea>");
    let address = draft(&site, "news", &ITEM).await;
    for (until, words) in [
        (["2026-11-20", "14:05"], "これからの日時"),
        (["", "9:00"], "公開を終える日を入力してください"),
        (["2026-13-01", ""], "実在する年月日"),
    ] {
        let form =
            [&[("revision", "1")], &FROM_NOW[..], &[("until_date", until[0]), ("until_time", until[1])]]
                .concat();
        let reply = site.post(&format!("{address}/publish"), &form).await;
        assert_eq!(reply.status, 422);
        reply.shows(words);
    }
    let form = [
        ("revision", "1"),
        ("from_date", "2026-12-24"),
        ("from_time", "9:00"),
        ("until_date", "2026-12-23"),
        ("until_time", ""),
    ];
    let reply = site.post(&format!("{address}/publish"), &form).await;
    assert_eq!(reply.status, 422);
    reply.shows("公開を始める日時より後");
    let many = "[a](/a) ".repeat(2_400);
    let reply = site
        .post("/staff/publish/news/new", &[("title", "a"), ("category", "notice"), ("body", &many)])
        .await;
    assert_eq!(reply.status, 422);
    reply.shows("リンクは200個まで");
}

#[actix_web::test]
async fn links_are_checked_weekly_and_a_fault_is_told_to_the_editor_and_blocks_nothing() {
    let host = Host::open(Manner::Status(404));
    let mut site = Site::with_settings(&[("MADOGUCHI_FETCH_ALLOW", "127.0.0.0/8")]).await;
    site.change(|app| app.fetch = Fetcher::new(&app.config.fetch_allow, Limits::default()));
    site.account(Role::Editor, "editor@example.jp").await;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let body = format!("[資料]({})と[窓口](/help)", host.url());
    let address = draft(&site, "news", &[("title", "資料"), ("category", "press"), ("body", &body)]).await;
    assert!(!job::step(&site.app).await.unwrap(), "a draft's links are not followed");
    publish(&site, &address, "1", &[]).await;
    assert!(job::step(&site.app).await.unwrap());
    assert!(!job::step(&site.app).await.unwrap(), "each link once a week");
    let page = site.get("/staff/publish/news").await;
    page.shows("つながらないリンク（1件）");
    page.shows("アドレスが見つかりません");
    let public = public_address(&site).await;
    site.visitor().get(&public).await.shows("資料");
    site.app.clock.advance(TimeDelta::days(7) + TimeDelta::seconds(1));
    host.set(Manner::Page("ok".to_owned(), Vec::new()));
    assert!(job::step(&site.app).await.unwrap());
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let page = site.get("/staff/publish/news").await;
    page.shows("お知らせの編集");
    assert!(!page.body.contains("つながらないリンク"));
    // A publication that has ended is not checked any more.
    assert_eq!(site.post(&format!("{address}/archive"), &[("revision", "2")]).await.status, 303);
    assert!(link_check::Entity::find().all(&site.app.db).await.unwrap().is_empty());
}

#[actix_web::test]
async fn an_ended_item_leads_to_its_successor() {
    let site = editors_site().await;
    let address = draft(&site, "news", &ITEM).await;
    let early = site.post(&format!("{address}/successor"), &[("successor", "/guide")]).await;
    assert_eq!(early.status, 422, "no public address leads to it yet");
    publish(&site, &address, "1", &[]).await;
    let (visitor, public) = (site.visitor(), public_address(&site).await);
    let wrong = site.post(&format!("{address}/successor"), &[("successor", "javascript:alert(1)")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("リンク先は、https://");
    wrong.shows("value=\"javascript:alert(1)\"");
    let own = site.post(&format!("{address}/successor"), &[("successor", &public)]).await;
    assert_eq!(own.status, 422);
    own.shows("このページ以外のアドレス");
    for next in ["/guide", "https://www.example.jp/next"] {
        let reply = site.post(&format!("{address}/successor"), &[("successor", next)]).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }
    site.get(&address).await.shows("value=\"https://www.example.jp/next\"");
    assert!(!visitor.get(&public).await.body.contains("後継のページ"), "it is public still");
    assert_eq!(site.post(&format!("{address}/archive"), &[("revision", "2")]).await.status, 303);
    let page = visitor.get(&public).await;
    page.shows("公開を終了しました");
    page.shows("<a href=\"https://www.example.jp/next\" rel=\"noopener noreferrer\">後継のページを見る</a>");
    assert_eq!(site.post(&format!("{address}/successor"), &[("successor", "")]).await.status, 303);
    assert!(!visitor.get(&public).await.body.contains("後継のページ"));
}

#[actix_web::test]
async fn a_link_to_a_pdf_document_needs_its_size() {
    let site = editors_site().await;
    let item = |body: &'static str| [("title", "資料"), ("category", "press"), ("body", body)];
    let untold = item("[報告書](https://www.example.jp/a.pdf)");
    let reply = site.post("/staff/publish/news/new", &untold).await;
    assert_eq!(reply.status, 422);
    reply.shows("大きさを書いてください");
    reply.shows("[報告書](https://www.example.jp/a.pdf)</textarea>");
    draft(&site, "news", &item("[報告書（PDF、1.2MB）](https://www.example.jp/a.pdf)")).await;
}

#[actix_web::test]
async fn many_items_are_listed_in_pages() {
    let site = editors_site().await;
    let address = draft(&site, "news", &ITEM).await;
    publish(&site, &address, "1", &[]).await;
    let shelf = site.app.shelf_to_show().await.unwrap();
    assert_eq!(shelf.current(PublicationKind::News, site.app.clock.now()).count(), 1);
    for n in 0..45 {
        let title = format!("お知らせ{n}");
        let address =
            draft(&site, "news", &[("title", &title), ("category", "press"), ("body", "本文")]).await;
        publish(&site, &address, "1", &[]).await;
    }
    let visitor = site.visitor();
    let first = visitor.get("/news").await;
    first.shows("46件（新しい順）");
    first.shows("href=\"/news?page=2\"");
    visitor.get("/news?page=3").await.shows("3 / 3ページ");
    let filtered = visitor.get("/news?category=notice").await;
    filtered.shows("1件（新しい順）");
    assert_eq!(store::publication::newest(&site.app.db, PublicationKind::News, 500).await.unwrap().len(), 46);
}

#[actix_web::test]
async fn an_editor_sees_no_case() {
    let site = editors_site().await;
    for path in ["/staff", "/staff/consultations", "/staff/new", "/staff/mail", "/admin", "/expert", "/desk"]
    {
        assert_eq!(site.get(path).await.status, 403, "{path}");
    }
}

#[actix_web::test]
async fn a_page_is_kept_for_visitors_without_a_cookie_alone_and_its_openings_are_counted() {
    let mut site = editors_site().await;
    site.change(|app| app.cached = Arc::new(Cached::shown_for(Duration::from_secs(600))));
    let address = draft(&site, "news", &ITEM).await;
    publish(&site, &address, "1", &[]).await;
    let visitor = site.visitor();
    visitor.get("/news").await.shows("年末年始の休業");
    let by = store::accounts::account::find_by_email(&site.app.db, "someone@example.jp").await;
    let by = by.unwrap().unwrap().id;
    let it = ops::publication::create(&site.app, grant("見本の助成金"), by).await.unwrap();
    let seen = ops::publication::Seen { id: it.id, revision: it.revision };
    let period = domain::publication::Period::new(site.app.clock.now(), None).unwrap();
    let it = ops::publication::publish(&site.app, seen, period, by).await.unwrap();
    let fresh = Cached::shown_for(Duration::from_secs(600));
    site.change(|app| app.cached = Arc::new(fresh));
    let entry = format!("/guide/{}", it.number);
    let visitor = site.visitor();
    let first = visitor.get(&entry).await;
    assert_eq!(visitor.get(&entry).await.body, first.body);
    assert_eq!(visitor.get(&format!("{entry}?x=1")).await.status, 200, "another address is another page");
    let own = site.get(&entry).await;
    own.shows("見本省");
    assert_ne!(own.body, first.body, "the editor's page has the editor's name");
    assert_eq!(visitor.get(&entry).await.body, first.body);
    let counts = site.app.readers.take();
    assert_eq!(counts.values().copied().collect::<Vec<_>>(), [4], "kept pages are counted as well");
}
