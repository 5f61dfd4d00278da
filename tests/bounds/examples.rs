//! The search over 100,000 examples: words with facets, and the lines of the first page.
use std::time::Instant;

use chrono::TimeDelta;
use codes::{PublicationKind, PublicationStatus, RevisionAct};
use domain::{
    prefecture::Prefecture,
    publication::{
        Facts,
        example::{
            ExampleFacts, Industry,
            index::ExampleSearch,
            similar::{CompanyProfile, similar},
        },
    },
    text::{Prose, TextLine},
    theme::SHIPPED,
};
use entity::{publication, publication_revision};
use madoguchi::{
    app::App,
    store::{self, reference::revision::RevisedPart},
};
use sea_orm::{EntityTrait, IntoActiveModel};
use uuid::Uuid;

use crate::{server, table::Table};

const EXAMPLES: i32 = 100_000;
const AT_ONCE: i32 = 500;
const SEARCHES: usize = 600;

/// Parts of texts, which are put together to texts of some hundred characters.
const PARTS: [&str; 20] = [
    "在宅勤務の規程を整え、",
    "図面を共有の保管場所に移し、",
    "電話を転送し、",
    "会議をオンラインにし、",
    "勤怠をクラウドで管理し、",
    "端末の暗号化を進め、",
    "紙の書類を減らし、",
    "中抜けの扱いを決め、",
    "育児と両立できるようにし、",
    "サテライトオフィスを設け、",
    "評価の基準を見直し、",
    "通信費の手当を定め、",
    "多要素認証を取り入れ、",
    "現場の写真を共有し、",
    "採用の範囲を全国に広げ、",
    "業務を一覧にして見直し、",
    "介護で離職する人をなくし、",
    "遠隔で機械を操作し、",
    "健康管理の面談を始め、",
    "情報漏えいの対策を進め、",
];

/// The searches of visitors: frequent words, rare ones, several at once, one character, and nothing.
const WORDS: [&str; 12] = [
    "テレワーク",
    "在宅勤務",
    "在宅勤務 規程",
    "見本製作所12345",
    "多要素認証 育児 遠隔",
    "株式会社",
    "農業",
    "紙",
    "ｸﾗｳﾄﾞ",
    "サテライトオフィス 採用 全国",
    "存在しない言葉",
    "",
];

pub async fn measure(table: &mut Table, engine: &'static str, url: &str) {
    let app = server::app(url).await;
    let started = Instant::now();
    fill(&app).await;
    table.note(format!("{engine} took {EXAMPLES} examples in {:.1} s.", started.elapsed().as_secs_f64()));
    let now = app.clock.now();
    let started = Instant::now();
    let all = app.examples(|it| it.search(&ExampleSearch::default(), now, 0, 0).total).await.unwrap();
    assert_eq!(all, usize::try_from(EXAMPLES).unwrap());
    let took = started.elapsed().as_secs_f64();
    table.note(format!(
        "{engine}: the index of {EXAMPLES} examples was read in {took:.1} s, once for a process."
    ));

    let (mut times, mut totals) = (Vec::new(), 0);
    for n in 0..SEARCHES {
        let wish = wish(n);
        let started = Instant::now();
        let found = app.examples(|it| it.search(&wish, now, 0, 20)).await.unwrap();
        let lines = store::publication::examples::lines(&app.db, &found.page).await.unwrap();
        times.push(started.elapsed().as_secs_f64() * 1000.0);
        assert_eq!(lines.len(), found.total.min(20));
        totals += found.total;
    }
    let what = format!("search over {EXAMPLES} examples, 99th percentile, {engine}");
    table.at_most(what, percentile(&mut times), "ms", 20.0);
    table.note(format!("{engine}: the {SEARCHES} searches found {totals} examples in all."));

    let mut times = Vec::new();
    for n in 0..SEARCHES {
        let company = CompanyProfile {
            status: None,
            industry: Industry::ALL.get(n % Industry::ALL.len()).copied(),
            size: None,
            prefecture: Prefecture::from_code(u8::try_from(n % 47 + 1).unwrap()).ok(),
            themes: vec![SHIPPED[n % SHIPPED.len()].code.to_owned()],
        };
        let started = Instant::now();
        app.examples(|it| similar(it, &company, now, 5)).await.unwrap();
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let what = format!("examples like a company of {EXAMPLES}, 99th percentile, {engine}");
    table.at_most(what, percentile(&mut times), "ms", 20.0);
}

/// Returns one search: each of the words with each kind of facet.
fn wish(n: usize) -> ExampleSearch {
    let words = WORDS[n % WORDS.len()].to_owned();
    let wish = ExampleSearch { words, ..ExampleSearch::default() };
    match n / WORDS.len() % 5 {
        0 => wish,
        1 => ExampleSearch { industry: Industry::ALL.get(n % 20).copied(), ..wish },
        2 => ExampleSearch { prefecture: Prefecture::from_code(13).ok(), year: Some(2024), ..wish },
        3 => ExampleSearch { theme: Some("ict_security".to_owned()), ..wish },
        _ => ExampleSearch { award: Some("見本大賞".to_owned()), ..wish },
    }
}

fn percentile(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}

async fn fill(app: &App) {
    let now = app.clock.now();
    for first in (0..EXAMPLES).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let (mut rows, mut revisions) = (Vec::new(), Vec::new());
        for n in first..first + AT_ONCE {
            let id = Uuid::now_v7();
            let row = publication::Model {
                id,
                kind: PublicationKind::Example.into(),
                number: 10_001 + n,
                revision: 2,
                public_revision: Some(2),
                status: PublicationStatus::Published.into(),
                public_from: Some(now - TimeDelta::minutes(i64::from(EXAMPLES - n))),
                public_until: None,
                updated_at: now,
                change_number: i64::from(n) + 1,
            };
            rows.push(row.into_active_model());
            let revision = publication_revision::Model {
                publication_id: id,
                revision: 2,
                act: RevisionAct::Published.into(),
                title: format!("{}テレワークを始めた事例", PARTS[part(n, 7)]),
                body: None,
                facts: serde_json::to_string(&Facts::Example(facts(n))).unwrap(),
                changed_by: None,
                changed_at: now,
            };
            revisions.push(revision.into_active_model());
        }
        let tx = app.begin().await.unwrap();
        publication::Entity::insert_many(rows).exec_without_returning(&tx).await.unwrap();
        publication_revision::Entity::insert_many(revisions).exec_without_returning(&tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    let tx = app.begin().await.unwrap();
    store::reference::revision::touch(&tx, RevisedPart::Publications).await.unwrap();
    tx.commit().await.unwrap();
    store::table_sizes::learn(&app.db).await.unwrap();
}

fn facts(n: i32) -> ExampleFacts {
    let line = |text: String| TextLine::parse("", &text, 200).unwrap();
    let text = |seed: i32, parts: i32| -> String { (0..parts).map(|it| PARTS[part(n + seed, it)]).collect() };
    let theme = |it: i32| SHIPPED[usize::try_from(it).unwrap() % SHIPPED.len()].code.to_owned();
    ExampleFacts {
        organization: line(format!("株式会社見本製作所{n}")),
        prefecture: Prefecture::from_code(u8::try_from(n % 47 + 1).unwrap()).ok(),
        industry: Industry::ALL[usize::try_from(n % 20).unwrap()],
        employees: Some(u32::try_from(n % 400 + 1).unwrap()),
        themes: vec![theme(n), theme(n / 3)],
        fields: Vec::new(),
        summary: line(format!("{}働き方を変えました。", text(1, 2))),
        key_effect: Some(line(format!("通勤を月に{}時間削減", n % 30 + 1))),
        before: Prose::parse("", &text(2, 6), 2_000).ok(),
        measures: Prose::parse("", &text(3, 12), 2_000).unwrap(),
        effects: Prose::parse("", &text(4, 6), 2_000).ok(),
        quotation: None,
        quoted: None,
        year: 2015 + n % 11,
        award: (n % 10 == 0).then(|| line("見本大賞".to_owned())),
        link: None,
        source: line("計測".to_owned()),
        pictures: Vec::new(),
    }
}

/// Returns the place of one part of a text.
fn part(n: i32, it: i32) -> usize {
    usize::try_from((n.wrapping_mul(31) + it * 7 + n / 20 * it).rem_euclid(20)).unwrap()
}
