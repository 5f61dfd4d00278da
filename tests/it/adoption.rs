//! Figures about the adoption of telework: what comes with the product, imports with their preview, and undoing them.
use domain::actor::Role;
use entity::{adoption_figure, file_import};
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    cases::{self, Cast},
    conversation::send,
    editions,
    site::{PASSWORD, Site},
};

const HEAD: &str = "調査の名称,調査年,速報・確報,時点,集計の軸,区分,母数の説明,企業数（n）,導入率（%）,出典の名称,出典のアドレス";

/// Returns a row about the survey of 2024.
fn row(stage: &str, dimension: &str, category: &str, rate: &str) -> String {
    format!(
        "令和6年通信利用動向調査,2024,{stage},2024-08,{dimension},{category},常用雇用者100人以上の企業,300,{rate},報告書,https://www.example.go.jp/report"
    )
}

/// Returns a file with the rates of all regions.
pub fn regions() -> String {
    let names = [
        "北海道",
        "東北",
        "北関東",
        "南関東",
        "北陸",
        "甲信越",
        "東海",
        "近畿",
        "中国",
        "四国",
        "九州・沖縄",
    ];
    let rows = names.iter().zip(30..).map(|(name, rate)| row("確報", "地域", name, &rate.to_string()));
    [HEAD.to_owned()].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

async fn imported(site: &Site, text: &str) -> String {
    let reply = send(site, "/admin/figures", &[], &[("数値.csv", "text/csv", text.as_bytes())]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.unwrap()
}

#[actix_web::test]
async fn figures_of_a_survey_are_shipped_imported_and_taken_back() {
    let site = Site::new().await;
    site.account(Role::Administrator, "admin@example.jp").await;
    assert_eq!(site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    let visitor = site.visitor();
    let page = visitor.get("/stats/adoption").await;
    page.shows("企業のテレワーク導入率は47.3%です（2024年）");
    page.shows("常用雇用者が100人以上の企業");
    page.shows("地域別の値は、まだ登録されていません。");
    page.shows("47.5%");
    page.shows("47.4%");
    assert!(!page.body.contains("51.7%") && !page.body.contains("49.9%"), "values that nobody has verified");
    assert!(!page.body.contains("class=\"japan\""));

    // A file with three bad rows of many: all faults at once, and nothing is taken by looking.
    let wrong =
        [row("確報", "地域", "中部", "40"), row("確報", "地域", "東北", "41"), row("確報", "", "", "400%")];
    let preview = imported(&site, &format!("{}\n{}", regions(), wrong.join("\n"))).await;
    let page = site.get(&preview).await;
    page.shows("取り込めるもの11件、直す必要があるもの3件");
    page.shows("3行目と同じ調査年・区分です");
    page.shows("地域の区分は、次のいずれかにしてください");
    assert_eq!(adoption_figure::Entity::find().count(&site.app.db).await.unwrap(), 0);
    site.post(&format!("{preview}/take"), &[]).await;
    assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 409, "a file is taken once");
    let page = visitor.get("/stats/adoption").await;
    page.shows("class=\"japan\"");
    page.shows("地域別では九州・沖縄が最も高い40.0%");
    page.shows("北海道30.0%");
    page.shows("https://www.example.go.jp/report");

    // A later file changes one value; taken back, the earlier one counts again.
    let changed = imported(&site, &format!("{HEAD}\n{}", row("確報", "地域", "東北", "35.5"))).await;
    site.get(&changed).await.shows("東北 35.5%（変更）");
    site.post(&format!("{changed}/take"), &[]).await;
    visitor.get("/stats/adoption").await.shows("35.5%");
    site.post(&format!("{changed}/undo"), &[]).await;
    let page = visitor.get("/stats/adoption").await;
    assert!(!page.body.contains("35.5%"));
    page.shows("31.0%");
    assert_eq!(site.post(&format!("{changed}/undo"), &[]).await.status, 409);
    site.post(&format!("{preview}/undo"), &[]).await;
    visitor.get("/stats/adoption").await.shows("地域別の値は、まだ登録されていません。");
    assert_eq!(file_import::Entity::find().count(&site.app.db).await.unwrap(), 2);
}

#[actix_web::test]
async fn a_file_of_another_form_is_refused_and_one_that_waits_is_forgotten() {
    let site = Site::new().await;
    site.account(Role::Administrator, "admin@example.jp").await;
    assert_eq!(site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    assert_eq!(send(&site, "/admin/figures", &[], &[]).await.status, 422);
    let reply = send(&site, "/admin/figures", &[], &[("a.csv", "text/csv", b"a,b\n1,2\n")]).await;
    assert_eq!(reply.status, 422);
    reply.shows("1行目に、次の列がありません");
    imported(&site, &regions()).await;
    site.app.clock.advance(chrono::TimeDelta::days(8));
    madoguchi::worker::housekeeping::step(&site.app).await;
    assert_eq!(file_import::Entity::find().count(&site.app.db).await.unwrap(), 0);
}

#[actix_web::test]
async fn rates_of_urban_and_rural_companies_stand_beside_the_regions() {
    let site = Site::new().await;
    site.account(Role::Administrator, "admin@example.jp").await;
    assert_eq!(site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    let visitor = site.visitor();
    visitor.get("/stats/adoption").await.shows("都市部・地方部別の値は、まだ登録されていません。");
    let rows =
        [row("確報", "都市部・地方部", "都市部", "52"), row("確報", "都市部・地方部", "地方部", "38.5")];
    let wrong = row("確報", "都市部・地方部", "南関東", "60");
    let preview = imported(&site, &format!("{HEAD}\n{}\n{wrong}", rows.join("\n"))).await;
    site.get(&preview).await.shows("取り込めるもの2件、直す必要があるもの1件");
    site.post(&format!("{preview}/take"), &[]).await;
    let page = visitor.get("/stats/adoption").await;
    page.shows("都市部・地方部別では都市部が最も高い52.0%");
    page.shows("38.5%");
    page.shows("都市部は南関東・東海・近畿、地方部はそのほかの地域です");
}

/// Returns a row with the number of companies of a group.
fn companies(dimension: &str, category: &str, number: &str) -> String {
    format!(
        "経済センサス,2021,,,{dimension},{category},全企業,{number},,報告書,https://www.example.go.jp/census"
    )
}

#[actix_web::test]
async fn the_reach_shows_published_consultations_beside_companies_and_hides_small_numbers() {
    let site = Site::new().await;
    site.account(Role::Administrator, "admin@example.jp").await;
    assert_eq!(site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    let visitor = site.visitor();
    visitor.get("/stats/adoption").await.shows("企業数の統計（経済センサスなど）が、まだ登録されていません");
    let rows = [
        companies("企業数（地域）", "南関東", "3000"),
        companies("企業数（地域）", "東北", "500"),
        companies("企業数（従業者規模）", "20から99人", "1200"),
        companies("企業数（従業者規模）", "300人以上", "100"),
    ];
    let preview = imported(&site, &format!("{HEAD}\n{}", rows.join("\n"))).await;
    assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 303);
    visitor.get("/stats/adoption").await.shows("公表できる相談件数が、まだありません");

    let cast = Cast::new(&site).await;
    for n in 0..6 {
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    // So few consultations are divided with the end of the year.
    for day in ["2027-04-12T01:00:00Z", "2027-04-19T01:00:00Z"] {
        let wait = editions::at(day) - site.app.clock.now();
        site.app.clock.advance(wait);
        editions::close(&site).await;
    }
    let page = visitor.get("/stats/adoption").await;
    page.shows("地域別（2027年3月分まで）");
    let line = |label: &str, companies: &str, consultations: &str, thousand: &str| {
        format!(
            "<th scope=\"row\">{label}</th><td class=\"num\">{companies}</td><td class=\"num\">{consultations}</td><td class=\"num\">{thousand}</td>"
        )
    };
    page.shows(&line("南関東", "3,000", "6", "2.0"));
    page.shows(&line("東北", "500", "0", "0.0"));
    page.shows("100人未満の企業（2027年3月分まで）");
    page.shows(&line("20から99人", "1,200", "6", "5.0"));
    let (small, large) = page.body.split_once("100人以上の企業（2027年3月分まで）").unwrap();
    assert!(small.contains("20から99人") && !large.contains("20から99人"), "small companies stand apart");
    assert!(!page.body.contains("産業別（"), "no number of companies of an industry is known");
}
