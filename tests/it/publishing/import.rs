//! Importing examples from a CSV file: the preview with all faults, taking the good rows, and undoing a whole import.
use chrono::TimeDelta;
use encoding_rs::SHIFT_JIS;
use entity::{example_import, publication};
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
    // A file that nobody takes is forgotten.
    site.app.clock.advance(TimeDelta::days(8));
    ops::housekeeping::forget_expired(&site.app).await.unwrap();
    assert_eq!(example_import::Entity::find().count(&site.app.db).await.unwrap(), 0);
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
    assert_eq!(example_import::Entity::find().count(&site.app.db).await.unwrap(), 0);
}
