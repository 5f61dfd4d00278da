//! Importing examples from a CSV file: the preview with all faults, taking the good rows, and undoing a whole import.
use chrono::TimeDelta;
use encoding_rs::SHIFT_JIS;
use entity::{file_import, publication};
use madoguchi::ops;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{CSV, draft, editors_site};
use crate::{
    conversation::send,
    site::{Reply, Site},
};

const ADDRESS: &str = "/staff/publish/cases/import";

async fn upload(site: &Site, bytes: &[u8]) -> Reply {
    send(site, ADDRESS, &[], &[("事例.csv", "text/csv", bytes)]).await
}

/// Uploads a file that can be read, and returns the address of its preview.
async fn kept(site: &Site, text: &str) -> String {
    let reply = upload(site, text.as_bytes()).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.unwrap()
}

/// Returns a file of 500 rows, of which three are wrong.
fn file() -> String {
    let (head, row) = CSV.split_once('\n').unwrap();
    let mut text = format!("{head}\n");
    for n in 2..=501 {
        match n {
            7 => text.push_str(",見本社,E,2025,要約,内容,資料\n"),
            300 => text.push_str("三百行目,見本社,宇宙業,2025,要約,内容,資料\n"),
            501 => text.push_str("最後の行,,E,25,,内容,資料\n"),
            _ => text.push_str(&row.replace("見本の取込み", &format!("取込み{n}"))),
        }
    }
    text
}

#[actix_web::test]
async fn all_bad_rows_are_told_and_nothing_is_taken_until_an_editor_wants_it() {
    let site = editors_site().await;
    let preview = kept(&site, &file()).await;
    let page = site.get(&preview).await;
    page.shows("取り込めるもの497件、直す必要があるもの3件");
    page.shows("7行目：見出しを入力してください");
    page.shows("300行目「三百行目」：業種を選択してください");
    page.shows("501行目「最後の行」：企業・団体を入力してください。取組の要約を入力してください。年は、1990から2027まで");
    assert_eq!(publication::Entity::find().count(&site.app.db).await.unwrap(), 0);
    // A file that is not taken is forgotten.
    site.app.clock.advance(TimeDelta::days(8));
    ops::housekeeping::forget_expired(&site.app).await.unwrap();
    assert_eq!(file_import::Entity::find().count(&site.app.db).await.unwrap(), 0);
}

#[actix_web::test]
async fn the_good_rows_are_published_once_and_the_whole_import_is_undone() {
    let site = editors_site().await;
    let text = file().replace("見本社", "株式会社見本🙂");
    let preview = kept(&site, &text).await;
    let taken = site.post(&format!("{preview}/take"), &[("as", "published")]).await;
    assert_eq!(taken.status, 303, "{}", taken.body);
    let visitor = site.visitor();
    visitor.get("/cases").await.shows("497件（新しい順）");
    let again = site.post(&format!("{preview}/take"), &[("as", "published")]).await;
    assert_eq!(again.status, 409, "{}", again.body);
    // An example that an editor has changed since stays.
    let changed = publication::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    let address = format!("/staff/publish/cases/{}", changed.id);
    let edited = [
        ("revision", "2"),
        ("title", "編集した事例"),
        ("organization", "見本社"),
        ("industry", "E"),
        ("summary", "要約"),
        ("measures", "内容"),
        ("year", "2025"),
        ("source", "資料"),
    ];
    assert_eq!(site.post(&address, &edited).await.status, 303);
    let undone = site.post(&format!("{preview}/undo"), &[]).await;
    assert_eq!(undone.status, 303, "{}", undone.body);
    site.get(&preview).await.shows("この取込みは、取り消しました");
    visitor.get("/cases").await.shows("1件（新しい順）");
    let ended = publication::Entity::find().all(&site.app.db).await.unwrap();
    let other = ended.iter().find(|it| it.id != changed.id).unwrap();
    visitor.get(&format!("/cases/{}", other.number)).await.shows("掲載を終了しました");
    assert_eq!(site.post(&format!("{preview}/undo"), &[]).await.status, 409);
}

#[actix_web::test]
async fn drafts_of_an_import_disappear_when_it_is_undone() {
    let site = editors_site().await;
    draft(&site, "news", &[("title", "ほかの下書き"), ("category", "notice"), ("body", "本文")]).await;
    let (cp932, _, _) = SHIFT_JIS.encode(CSV);
    let reply = upload(&site, &cp932).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let preview = reply.location.unwrap();
    assert_eq!(site.post(&format!("{preview}/take"), &[("as", "drafts")]).await.status, 303);
    site.get("/staff/publish/cases").await.shows("見本の取込み");
    site.visitor().get("/cases").await.shows("0件");
    assert_eq!(site.post(&format!("{preview}/undo"), &[]).await.status, 303);
    assert!(!site.get("/staff/publish/cases").await.body.contains("見本の取込み"));
    assert_eq!(publication::Entity::find().count(&site.app.db).await.unwrap(), 1);
    site.get(ADDRESS).await.shows("取り消した");
}

#[actix_web::test]
async fn a_file_that_cannot_be_read_is_refused_with_the_reason() {
    let site = editors_site().await;
    for (bytes, words) in [
        (&b"a,b\n1,2\n"[..], "次の列がありません：見出し"),
        (b"\xFF\xFE\x00", "文字コードを読み取れませんでした"),
        (CSV.split_once('\n').unwrap().0.as_bytes(), "行がありません"),
    ] {
        let reply = upload(&site, bytes).await;
        assert_eq!(reply.status, 422);
        reply.shows(words);
    }
    let reply = send(&site, ADDRESS, &[], &[]).await;
    assert_eq!(reply.status, 422);
    reply.shows("CSVファイルを選択してください");
    assert_eq!(file_import::Entity::find().count(&site.app.db).await.unwrap(), 0);
}

const NEWS: &str = "/staff/publish/news/import";
const GRANTS: &str = "/staff/publish/guide/import";

#[actix_web::test]
async fn news_of_a_file_have_their_own_periods_and_a_period_that_ends_before_it_begins_is_a_fault() {
    let site = editors_site().await;
    let file = "見出し,分類,本文,公開開始,公開終了\n\
        昨年の休業,お知らせ,本文です。,2025/12/1,2025/12/31\n\
        いまのお知らせ,調査,本文です。,,\n\
        来月のお知らせ,notice,本文です。,2026-12-01 9:00,\n\
        逆の期間,お知らせ,本文です。,2026-12-31,2026-12-01\n\
        ,天気,,,\n";
    let reply = send(&site, NEWS, &[], &[("お知らせ.csv", "text/csv", file.as_bytes())]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let preview = reply.location.unwrap();
    let page = site.get(&preview).await;
    page.shows("取り込めるもの3件、直す必要があるもの2件");
    page.shows("5行目「逆の期間」：公開を終える日時は");
    page.shows("6行目：見出しを入力してください。本文を入力してください。分類を選択してください");
    assert_eq!(site.post(&format!("{preview}/take"), &[("as", "published")]).await.status, 303);
    let visitor = site.visitor();
    let list = visitor.get("/news").await;
    list.shows("いまのお知らせ");
    assert!(!list.body.contains("来月のお知らせ") && !list.body.contains("昨年の休業"));
    let rows = publication::Entity::find().all(&site.app.db).await.unwrap();
    let mut changes: Vec<_> = rows.iter().map(|it| it.change_number).collect();
    changes.sort_unstable();
    changes.dedup();
    assert_eq!(changes.len(), 3, "each change has a number of its own");
    site.app.clock.advance(TimeDelta::days(12));
    visitor.get("/news").await.shows("来月のお知らせ");
}

/// Returns an answer of the public API with these grants: key and title.
fn grants(all: &[(&str, &str)]) -> String {
    let of = |(id, title): &(&str, &str)| {
        format!(
            "{{\"id\":\"{id}\",\"title\":\"{title}\",\"target_area_search\":\"全国\",\
             \"target_number_of_employees\":\"20名以下\",\"acceptance_end_datetime\":\"2026-12-25T08:00:00.000Z\"}}"
        )
    };
    format!("{{\"metadata\":{{}},\"result\":[{}]}}", all.iter().map(of).collect::<Vec<_>>().join(","))
}

async fn kept_grants(site: &Site, all: &[(&str, &str)]) -> String {
    let (text, day) = (grants(all), [("fetched_on", "2026-11-19")]);
    let reply = send(site, GRANTS, &day, &[("subsidies.json", "application/json", text.as_bytes())]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.unwrap()
}

#[actix_web::test]
async fn grants_of_the_public_api_become_entries_with_their_source_and_hide_after_their_last_day() {
    let site = editors_site().await;
    let preview = kept_grants(&site, &[("a01", "見本の補助金"), ("a02", ""), ("a01", "同じ補助金")]).await;
    let page = site.get(&preview).await;
    page.shows("取り込めるもの1件、直す必要があるもの2件");
    page.shows("2件目：見出しを入力してください");
    page.shows("3件目「同じ補助金」：1件目と同じ補助金です");
    assert_eq!(site.post(&format!("{preview}/take"), &[("as", "published")]).await.status, 303);
    let visitor = site.visitor();
    let entry = visitor.get("/guide/10001").await;
    entry.shows("Jグランツ（2026年（令和8年）11月19日（木）取得）");
    entry.shows("https://www.jgrants-portal.go.jp/subsidy/a01");
    // The same grant is not taken a second time, and an edit keeps the source.
    let again = kept_grants(&site, &[("a01", "見本の補助金"), ("a03", "別の補助金")]).await;
    site.get(&again).await.shows("1件目「見本の補助金」：同じ補助金が、すでにあります（見本の補助金）");
    let row = publication::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    let edited = [
        ("revision", "2"),
        ("title", "編集した補助金"),
        ("office", "見本市"),
        ("kind", "grant"),
        ("gives", "費用を補助します。"),
        ("link", "https://www.example.jp/"),
        ("checked_on", "2026-11-20"),
    ];
    assert_eq!(site.post(&format!("/staff/publish/guide/{}", row.id), &edited).await.status, 303);
    site.get(&again).await.shows("すでにあります（編集した補助金）");
    visitor.get("/guide").await.shows("見本の補助金");
    site.app.clock.advance(TimeDelta::days(36));
    assert!(!visitor.get("/guide").await.body.contains("見本の補助金"), "applications are over");
}

#[actix_web::test]
async fn a_file_that_is_no_answer_of_the_api_is_refused() {
    let site = editors_site().await;
    let wrong = send(&site, GRANTS, &[("fetched_on", "2026-11-21")], &[("a.json", "", b"{}")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("今日までの日付にしてください");
    wrong.shows("Jグランツの公開APIの応答（JSON）として読み取れませんでした");
    assert_eq!(site.get("/staff/publish/events/import").await.status, 404);
}

/// Two files with the same grant are taken at the same time, and one file twice: each grant comes once.
#[actix_web::test]
async fn an_import_meets_another_one_and_its_own_undoing() {
    let site = Site::on_disk().await;
    site.account(domain::actor::Role::Editor, "someone@example.jp").await;
    assert_eq!(site.sign_in("someone@example.jp", crate::site::PASSWORD).await.status, 303);
    let first = kept_grants(&site, &[("a01", "見本の補助金")]).await;
    let second = kept_grants(&site, &[("a01", "見本の補助金")]).await;
    let take = |address: &str| format!("{address}/take");
    let drafts = [("as", "drafts")];
    let (one, two, three) = (take(&first), take(&first), take(&second));
    let replies = futures_util::future::join3(
        site.post(&one, &drafts),
        site.post(&two, &drafts),
        site.post(&three, &drafts),
    )
    .await;
    let mut codes = [replies.0.status, replies.1.status, replies.2.status];
    codes.sort_unstable();
    assert_eq!(codes, [303, 409, 409]);
    assert_eq!(publication::Entity::find().count(&site.app.db).await.unwrap(), 1);
    let (undo, other) = (format!("{first}/undo"), format!("{second}/undo"));
    let (a, b) = futures_util::future::join(site.post(&undo, &[]), site.post(&undo, &[])).await;
    let c = site.post(&other, &[]).await;
    assert_eq!([a.status, b.status, c.status].iter().filter(|it| **it == 303).count(), 1);
    assert_eq!(publication::Entity::find().count(&site.app.db).await.unwrap(), 0);
}
