//! Editions of the statistics: the closing day, the center's comment, the release, late changes, and what the public reads.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Role,
    id::AccountId,
    number::FiscalYear,
    statistics::{
        figures::{EditionContent, FIELDS, FigureTable, WaitKind},
        indicator::{DefinedIndicator, IndicatorForm},
        month::EditionMonth,
    },
    text::Prose,
};
use entity::{consultation, edition_release, statistics_edition};
use madoguchi::{
    ops::{self, statistics::edition},
    store::{
        self,
        statistics::{StatisticsFilter, measure},
    },
    worker,
};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use crate::{
    cases::{self, Cast},
    site::{PASSWORD, Site},
};

/// The page of the edition of November 2026.
const NOVEMBER: &str = "/stats/editions/2026-11";

/// The page of the edition with which the fiscal year ends.
const MARCH: &str = "/stats/editions/2027-03";

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Moves the clock to an instant.
fn wait_until(site: &Site, text: &str) {
    let wait = at(text) - site.app.clock.now();
    assert!(wait > TimeDelta::zero());
    site.app.clock.advance(wait);
}

/// Closes all months that are due, and releases them if their time is over.
pub async fn close(site: &Site) {
    while edition::close_due(&site.app).await.unwrap() {}
    edition::release_due(&site.app).await.unwrap();
}

/// Keeps an empty edition of October 2026, and releases it with a comment of a person.
pub async fn october(site: &Site, by: AccountId) {
    let (app, month) = (&site.app, EditionMonth::parse("2026-10").unwrap());
    let closed_at = app.clock.now();
    let content = EditionContent::default();
    let tx = app.begin().await.unwrap();
    let it = store::statistics::edition::Edition { month, closed_at, content };
    store::statistics::edition::insert(&tx, &it, closed_at).await.unwrap();
    tx.commit().await.unwrap();
    let release = store::statistics::edition::release_of(&app.db, month).await.unwrap().unwrap();
    if release.released_at.is_none() {
        let text = Prose::parse("コメント", "件数は前の月と同じです。", 100).unwrap();
        edition::comment(app, month, Some(&text), (by, release.version)).await.unwrap();
        edition::release(app, month, (by, release.version + 1)).await.unwrap();
    }
}

/// Defines an indicator: the share of requests that wish for an online appointment.
pub async fn indicator(site: &Site, by: AccountId) {
    let cells = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
    let form = IndicatorForm {
        label: "オンラインの割合".to_owned(),
        definition: "オンラインを希望した相談を、すべての相談で割ります".to_owned(),
        table: "mode".to_owned(),
        numerator: cells(&["online"]),
        denominator: cells(&["online", "visit", "either"]),
        target: "60".to_owned(),
    };
    let indicator = DefinedIndicator::parse(&form).unwrap();
    ops::statistics::indicator::define(&site.app, indicator, by).await.unwrap();
}

/// Moves the clock to the end of the next fiscal year's first month, when every month until March is public.
pub async fn close_year(site: &Site) {
    wait_until(site, "2027-05-31T01:00:00Z");
    close(site).await;
    site.app.clock.advance(TimeDelta::days(7));
    close(site).await;
}

async fn sign_in(site: &Site, role: Role) -> Site {
    let email = format!("{}@example.jp", role.code());
    site.account(role, &email).await;
    let person = site.visitor();
    assert_eq!(person.sign_in(&email, PASSWORD).await.status, 303);
    person
}

/// Returns the number of mails to the center about closed months.
async fn mails(site: &Site) -> usize {
    let all = entity::outbox::Entity::find().all(&site.app.db).await.unwrap();
    all.iter().filter(|it| it.kind == "edition_closed").count()
}

#[actix_web::test]
async fn a_month_is_closed_once_shown_to_the_center_and_released_by_itself() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    for n in 0..6 {
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    // The closing day begins when the center opens.
    wait_until(&site, "2026-12-09T23:59:00Z");
    close(&site).await;
    assert_eq!(statistics_edition::Entity::find().count(&site.app.db).await.unwrap(), 0);
    wait_until(&site, "2026-12-10T00:00:00Z");
    // Two workers close the same month at once.
    let (a, b) = tokio::join!(edition::close_due(&site.app), edition::close_due(&site.app));
    assert!(a.is_ok() && b.is_ok());
    close(&site).await;
    assert_eq!(statistics_edition::Entity::find().count(&site.app.db).await.unwrap(), 1);
    assert_eq!(mails(&site).await, 1);

    let (center, ministry) = (sign_in(&site, Role::Coordinator).await, sign_in(&site, Role::Observer).await);
    center.get("/stats/editions").await.shows("センターのコメント待ち");
    let page = center.get(NOVEMBER).await;
    page.shows("2026年11月分の集計");
    page.shows("12月15日（火）17:00に公開します");
    page.shows("今の数と、確定した数は同じです。");
    assert_eq!(ministry.get(NOVEMBER).await.status, 404, "the center is first");
    ministry.get("/stats/editions").await.shows("確定した月は、まだありません");
    site.visitor().get("/stats").await.shows("公表できる集計は、まだありません");

    let comment =
        |version: &'static str| [("version", version), ("comment", "説明会の翌週に申込みが増えました。")];
    assert_eq!(center.post(&format!("{NOVEMBER}/comment"), &comment("1")).await.status, 303);
    assert_eq!(center.post(&format!("{NOVEMBER}/comment"), &comment("1")).await.status, 409, "an older page");
    assert_eq!(ministry.post(&format!("{NOVEMBER}/release"), &[("version", "2")]).await.status, 403);

    wait_until(&site, "2026-12-15T07:59:00Z");
    close(&site).await;
    for person in [(&center, Role::Coordinator), (&ministry, Role::Observer)] {
        let email = format!("{}@example.jp", person.1.code());
        assert_eq!(person.0.sign_in(&email, PASSWORD).await.status, 303);
    }
    assert_eq!(ministry.get(NOVEMBER).await.status, 404);
    site.app.clock.advance(TimeDelta::minutes(1));
    close(&site).await;
    let page = ministry.get(NOVEMBER).await;
    page.shows("説明会の翌週に申込みが増えました。");
    assert!(!page.body.contains("/comment\""), "a ministry does not comment");
    page.shows("<th scope=\"row\">11月</th><td class=\"num\">6</td>");
    page.shows("件数が少ないため、内訳はまだ公表していません。");
    assert!(!page.body.contains("東京都"), "six are too few for a division");
    let page = site.visitor().get("/stats").await;
    page.shows("令和8年度（2026年度）は11月までに相談を6件受け付けました");
    page.shows("2026年11月分まで（12月10日（木）確定）");
    assert_eq!(center.post(&format!("{NOVEMBER}/comment"), &comment("3")).await.status, 409, "it is public");
    let row = edition_release::Entity::find_by_id("2026-11").one(&site.app.db).await.unwrap().unwrap();
    assert_eq!((row.released_at, row.released_by), (Some(at("2026-12-15T08:00:00Z")), None));
}

#[actix_web::test]
async fn an_edition_never_changes_and_late_changes_stand_beside_it() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    for n in 0..5 {
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    wait_until(&site, "2026-12-10T01:00:00Z");
    close(&site).await;
    let center = sign_in(&site, Role::Coordinator).await;
    assert_eq!(center.post(&format!("{NOVEMBER}/release"), &[("version", "1")]).await.status, 303);
    assert_eq!(center.post(&format!("{NOVEMBER}/release"), &[("version", "2")]).await.status, 409);
    let visitor = site.visitor();
    let before = visitor.get("/stats").await.body;
    assert!(before.contains("相談を5件受け付けました"));

    // A correction after the closing day, and a consultation of December.
    let one = consultation::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    consultation::Entity::update_many()
        .col_expr(consultation::Column::Prefecture, Expr::value(32))
        .filter(consultation::COLUMN.id.eq(one.id))
        .exec(&site.app.writer)
        .await
        .unwrap();
    cases::unconfirmed(&site, &cast, &cases::form("later@example.co.jp")).await;
    assert_eq!(visitor.get("/stats").await.body, before, "the public page stays as it was");
    let page = center.get(NOVEMBER).await;
    page.shows(
        "<th scope=\"row\">都道府県</th><td>島根県</td><td class=\"num\">0</td><td class=\"num\">1</td>",
    );
    let (_, late) = page.body.split_once("確定したあとの変更").unwrap();
    let (late, _) = late.split_once("</table>").unwrap();
    assert!(!late.contains("<th scope=\"row\">受付件数</th>"), "the number is the same: {late}");
    center.get("/stats").await.shows("相談を6件受け付けました");

    for statement in ["UPDATE statistics_edition SET month = '2026-10'", "DELETE FROM statistics_edition"] {
        assert!(site.app.writer.execute_unprepared(statement).await.is_err(), "{statement}");
    }
    let kept = store::statistics::edition::find(&site.app.db, EditionMonth::parse("2026-11").unwrap()).await;
    assert_eq!(kept.unwrap().unwrap().content.all.count(FigureTable::Received, "all"), 5);
}

#[actix_web::test]
async fn pages_and_files_of_a_ministry_and_of_everyone_hide_the_same_counts() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    for n in 0..12 {
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    let all = consultation::Entity::find().all(&site.app.db).await.unwrap();
    let three: Vec<_> = all.into_iter().take(3).map(|it| it.id).collect();
    let by = site.account(Role::Administrator, "admin@example.jp").await.id;
    indicator(&site, by).await;
    consultation::Entity::update_many()
        .col_expr(consultation::Column::Prefecture, Expr::value(32))
        .filter(consultation::COLUMN.id.is_in(three))
        .exec(&site.app.writer)
        .await
        .unwrap();
    close_year(&site).await;
    let (center, ministry) = (sign_in(&site, Role::Coordinator).await, sign_in(&site, Role::Observer).await);
    let exact = center.get(NOVEMBER).await;
    exact.shows("<th scope=\"row\">島根県</th><td class=\"num\">3</td><td class=\"num\">3</td>");
    exact.shows("センターの外には渡さないでください。");
    for query in ["", "?field=ict", "?field=labor", "?view=all"] {
        let page = ministry.get(&format!("{MARCH}{query}")).await;
        page.shows("2027年3月分まで");
        page.shows(
            "<th scope=\"row\">オンラインの割合</th><td class=\"num\">100.0%</td><td class=\"num\">12</td>",
        );
        page.shows("<th scope=\"row\">島根県</th><td class=\"num\">非公表</td>");
        assert!(!page.body.contains("<td class=\"num\">3</td>"), "{}", page.body);
        assert!(!page.body.contains("確定したあとの変更"), "the present numbers are the center's");
    }
    for kind in ["pdf", "xlsx"] {
        let path = format!("{MARCH}/report.{kind}");
        let read = ministry.send_bytes(&path).await;
        assert_eq!(read, ministry.send_bytes(&format!("{path}?field=ict")).await, "no field is chosen");
        assert_eq!(read, center.send_bytes(&format!("{path}?view=published")).await);
        assert_ne!(read, center.send_bytes(&path).await);
    }
    let text = crate::pdf_readers::text_of(&ministry.send_bytes(&format!("{MARCH}/report.pdf")).await);
    assert!(text.contains("島根県") && text.contains("非公表") && !text.contains("3件"), "{text}");
    let found = opened(&ministry.send_bytes(&format!("{MARCH}/report.xlsx")).await);
    assert!(found.contains("島根県 非公表") && found.contains("従業員数"), "{found}");
    for reader in [&site.visitor(), &ministry] {
        reader.get("/stats?year=2026").await.shows("島根<b class=\"word\">非公表</b>");
        assert!(reader.get("/stats.csv?year=2026").await.body.contains("32,島根県,非公表\r\n"));
    }
}

/// Returns the texts of a spreadsheet as openpyxl reads them.
fn opened(xlsx: &[u8]) -> String {
    let file = std::env::temp_dir().join(format!("madoguchi-report-{}.xlsx", uuid::Uuid::new_v4().simple()));
    std::fs::write(&file, xlsx).unwrap();
    let python = crate::peers::tools().join("venv/bin/python");
    let read = std::process::Command::new(python)
        .env("PYTHONIOENCODING", "utf-8")
        .args(["-c", OPEN_SPREADSHEET])
        .arg(&file)
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8_lossy(&read.stdout).into_owned()
}

#[actix_web::test]
async fn a_month_is_public_with_those_before_it_in_whatever_order_they_are_released() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    for n in 0..5 {
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    let by = site.account(Role::Coordinator, "figures@example.jp").await.id;
    wait_until(&site, "2027-01-13T01:00:00Z");
    while edition::close_due(&site.app).await.unwrap() {}
    edition::release(&site.app, EditionMonth::parse("2026-12").unwrap(), (by, 1)).await.unwrap();
    let visitor = site.visitor();
    visitor.get("/stats").await.shows("公表できる集計は、まだありません");
    edition::release_due(&site.app).await.unwrap();
    visitor.get("/stats").await.shows("2026年12月分まで");
}

#[actix_web::test]
async fn both_ministries_read_the_same_query_and_the_double_count_is_explained() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let fields: [&[&str]; 4] = [&["ict"], &["labor"], &["ict", "labor"], &["ict", "labor"]];
    for (n, fields) in fields.iter().enumerate() {
        let form = domain::intake::application::ApplicationForm {
            field: fields.iter().map(|it| (*it).to_owned()).collect(),
            ..cases::form(&format!("c{n}@example.co.jp"))
        };
        cases::unconfirmed(&site, &cast, &form).await;
    }
    wait_until(&site, "2026-12-10T01:00:00Z");
    worker::once(&site.app).await;
    let center = sign_in(&site, Role::Coordinator).await;
    let page = center.get(NOVEMBER).await;
    page.shows(
        "両方の分野の相談2件は、総務省と厚生労働省の両方に数えます。総務省3件と厚生労働省3件の合計から",
    );
    page.shows("全体の4件");
    let received = "<h2>受付件数</h2>";
    for (query, count) in [("", 4), ("?field=ict", 3), ("?field=labor", 3)] {
        let page = center.get(&format!("{NOVEMBER}{query}")).await;
        let (_, after) = page.body.split_once(received).unwrap();
        let row = format!(
            "<th scope=\"row\">受付件数</th><td class=\"num\">{count}</td><td class=\"num\">{count}</td>"
        );
        assert!(after.contains(&row), "{query}: {after}");
    }
    page.shows("テレワークの導入を積極的に検討する");
    page.shows("80%");
}

#[actix_web::test]
async fn months_that_were_missed_are_closed_in_their_order_and_released_at_once() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    for n in 0..5 {
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    // No person worked from November to March.
    wait_until(&site, "2027-03-10T01:00:00Z");
    close(&site).await;
    let months: Vec<_> = statistics_edition::Entity::find().all(&site.app.db).await.unwrap();
    assert_eq!(
        months.iter().map(|it| it.month.as_str()).collect::<Vec<_>>(),
        ["2026-11", "2026-12", "2027-01", "2027-02"]
    );
    assert_eq!(mails(&site).await, 1, "the center is asked about the newest alone");
    site.visitor().get("/stats").await.shows("2027年1月分まで");
    let center = sign_in(&site, Role::Coordinator).await;
    center.get("/stats/editions").await.shows("センターのコメント待ち");
}

/// The figures of all months are those of the two fiscal years in which an invented programme has consultations, also for
/// each field; and each wait is in the month in which it ended, once.
#[actix_web::test]
async fn the_figures_of_months_add_up_to_those_of_their_years() {
    let site = Site::new().await;
    let (db, now) = (&site.app.db, site.app.clock.now());
    madoguchi::demo::fill::run(&site.app.writer, 300, 6, 3, now).await.unwrap();
    let calendar = site.app.programme().await.unwrap().calendar(now);
    let mut months = EditionContent::default();
    let mut month = EditionMonth::parse("2025-04").unwrap();
    while month.span().0 <= now {
        months.add(&measure::content(db, month.span(), &calendar, now).await.unwrap());
        month = month.next();
    }
    for field in FIELDS {
        let (mut received, mut industries, mut contacts, mut appointments) = (0, 0, 0, 0);
        let (mut done, mut prefectures) = (0, 0);
        for year in [2025, 2026] {
            let year = FiscalYear::new(year).unwrap();
            let filter = StatisticsFilter { year, field, prefecture: None };
            let it = store::statistics::of(db, &filter).await.unwrap();
            received += it.received;
            industries += it.by_industry.iter().map(|it| it.1).sum::<u64>();
            prefectures += it.by_prefecture.iter().find(|it| it.0 == Some(13)).map_or(0, |it| it.1);
            contacts += it.first_contacts.len() as u64;
            appointments += it.first_appointments.len() as u64;
            done += it.by_outcome.iter().find(|it| it.0.as_deref() == Some("done")).map_or(0, |it| it.1);
        }
        let of = months.about(field);
        assert!(received > 100 && contacts > 50 && appointments > 50 && done > 50, "{field:?}");
        assert_eq!(of.sum(FigureTable::Received), received, "{field:?}");
        assert_eq!(of.sum(FigureTable::Fields), received, "{field:?}");
        assert_eq!(of.sum(FigureTable::Size), received, "{field:?}");
        assert_eq!(of.sum(FigureTable::Industry), industries, "{field:?}");
        assert_eq!(of.count(FigureTable::Prefecture, "13"), prefectures, "{field:?}");
        assert_eq!(of.count(FigureTable::Outcome, "done"), done, "{field:?}");
        assert_eq!(of.waits(WaitKind::FirstContact), contacts, "{field:?}");
        assert_eq!(of.waits(WaitKind::FirstAppointment), appointments, "{field:?}");
    }
}

/// Reads a spreadsheet with a program of its own: the names of the sheets, the texts, and the number of charts.
const READ_SPREADSHEET: &str = "import sys, zipfile, xml.etree.ElementTree as tree\n\
    book = zipfile.ZipFile(sys.argv[1])\n\
    assert book.testzip() is None\n\
    parsed = {name: tree.fromstring(book.read(name)) for name in book.namelist() if name.endswith('.xml')}\n\
    print(*[it.get('name') for it in parsed['xl/workbook.xml'].iter() if it.tag.endswith('}sheet')])\n\
    print(*[it.text for it in parsed['xl/sharedStrings.xml'].iter() if it.tag.endswith('}t')])\n\
    print('charts', len([name for name in parsed if name.startswith('xl/charts/')]))\n";

/// Reads a spreadsheet with openpyxl: the names of the sheets, the texts, and the number of charts.
const OPEN_SPREADSHEET: &str = "import sys, openpyxl\n\
    book = openpyxl.load_workbook(sys.argv[1])\n\
    print(*book.sheetnames)\n\
    print(*[it.value for sheet in book for row in sheet.iter_rows() for it in row if isinstance(it.value, str)])\n\
    print('charts', sum(len(sheet._charts) for sheet in book))\n";

#[actix_web::test]
async fn the_report_of_an_edition_is_read_by_other_programs() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    for n in 0..6 {
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    wait_until(&site, "2026-12-10T01:00:00Z");
    close(&site).await;
    let center = sign_in(&site, Role::Coordinator).await;
    let comment = [("version", "1"), ("comment", "説明会の翌週に申込みが増えました。")];
    center.post(&format!("{NOVEMBER}/comment"), &comment).await;
    let ministry = sign_in(&site, Role::Observer).await;
    for kind in ["pdf", "xlsx"] {
        let path = format!("{NOVEMBER}/report.{kind}");
        assert_eq!(ministry.get(&path).await.status, 404, "the center is first");
        let once = center.send_bytes(&path).await;
        assert_eq!(once, center.send_bytes(&path).await, "the same edition gives the same report");
    }
    let text = crate::pdf_readers::text_of(&center.send_bytes(&format!("{NOVEMBER}/report.pdf")).await);
    for words in [
        "2026年11月分の相談の集計",
        "説明会の翌週に申込みが増えました。",
        "目標80%",
        "6件",
        "センターのコメント",
    ] {
        assert!(text.replace('\n', "").contains(words), "{words}: {text}");
    }
    let file = std::env::temp_dir().join(format!("madoguchi-report-{}.xlsx", uuid::Uuid::new_v4().simple()));
    std::fs::write(&file, center.send_bytes(&format!("{NOVEMBER}/report.xlsx?field=ict")).await).unwrap();
    let python = crate::peers::tools().join("venv/bin/python");
    for script in [READ_SPREADSHEET, OPEN_SPREADSHEET] {
        let found = std::process::Command::new(&python).args(["-c", script]).arg(&file).output().unwrap();
        let found = String::from_utf8_lossy(&found.stdout);
        for words in ["概要", "月別", "都道府県", "説明会の翌週に申込みが増えました。", "ICTの相談（総務省"]
        {
            assert!(found.contains(words), "{words}: {found}");
        }
        let charts = found.lines().last().unwrap_or_default();
        assert!(charts.starts_with("charts ") && charts != "charts 0", "{found}");
    }
    std::fs::remove_file(&file).unwrap();
}

#[actix_web::test]
async fn an_indicator_of_an_administrator_stands_in_the_months_that_are_closed_after_it() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    for n in 0..5 {
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    let admin = sign_in(&site, Role::Administrator).await;
    admin.get("/admin/indicators?table=mode").await.shows("母数の区分");
    let form = [
        ("table", "mode"),
        ("label", "オンラインの割合"),
        ("definition", "オンラインを希望した相談の割合"),
        ("numerator", "online"),
        ("denominator", "visit"),
    ];
    let wrong = admin.post("/admin/indicators", &form).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("割合が100%を超える");
    let more = [&form[..], &[("denominator", "online"), ("target", "60")]].concat();
    assert_eq!(admin.post("/admin/indicators", &more).await.status, 303);
    admin.get("/admin/indicators").await.shows("2026年11月分から");

    wait_until(&site, "2026-12-10T01:00:00Z");
    close(&site).await;
    let center = sign_in(&site, Role::Coordinator).await;
    let page = center.get(NOVEMBER).await;
    page.shows("オンラインの割合");
    page.shows("60%（達成）");
    let before = center.send_bytes(&format!("{NOVEMBER}/report.pdf")).await;
    let public = site.visitor().get("/stats").await;
    assert!(!public.body.contains("オンラインの割合"), "the public reads the product's own indicators");

    // Ended, it stays in the month that is closed, and the report has the same bytes.
    let admin = sign_in_again(&site, Role::Administrator).await;
    let id = store::statistics::indicator::all(&site.app.db).await.unwrap()[0].id;
    for _ in 0..2 {
        assert_eq!(admin.post(&format!("/admin/indicators/{id}/end"), &[]).await.status, 303);
    }
    admin.get("/admin/indicators").await.shows("2026年11月分から2026年11月分まで");
    assert_eq!(admin.post("/admin/indicators", &more).await.status, 303);
    assert_eq!(center.send_bytes(&format!("{NOVEMBER}/report.pdf")).await, before);
    wait_until(&site, "2027-01-12T01:00:00Z");
    close(&site).await;
    let center = sign_in_again(&site, Role::Coordinator).await;
    let page = center.get("/stats/editions/2026-12").await;
    assert_eq!(page.body.matches("オンラインの割合").count(), 1, "the later one alone");
}

/// Signs in a person anew, after a time in which the earlier sign-in has ended.
async fn sign_in_again(site: &Site, role: Role) -> Site {
    let person = site.visitor();
    assert_eq!(person.sign_in(&format!("{}@example.jp", role.code()), PASSWORD).await.status, 303);
    person
}
