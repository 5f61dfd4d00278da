//! The statistics for everyone but the center: those of the released editions, which never change. Nothing is counted for a
//! visitor.
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::{
    actor::Role,
    calendar::japan_date,
    number::FiscalYear,
    prefecture::Prefecture,
    statistics::{
        DisplayedCount,
        figures::{FigureTable, PARTLY_DONE, WaitKind},
        indicator::{DefinedIndicator, INDICATORS, Indicator},
        month::EditionMonth,
        published::{PublishedTable, PublishedYear},
        share,
    },
    wording::{month_day_weekday, thousands},
};

use super::{
    chart::{BASE, Bars},
    tables::{Table, TableRow},
};
use crate::{
    app::App,
    problem::Problem,
    store::statistics::shelf::{Published, PublishedStatistics},
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
    },
};

/// The tables that are shown without a chart or map, in the order of the page.
const PLAIN: [FigureTable; 8] = [
    FigureTable::Fields,
    FigureTable::Size,
    FigureTable::Industry,
    FigureTable::Mode,
    FigureTable::Origin,
    FigureTable::Outcome,
    FigureTable::Ended,
    FigureTable::Unfulfilled,
];

/// The tables about what came afterwards, about events, the telework month, surveys and the network.
const FURTHER: [FigureTable; 11] = [
    FigureTable::Progress,
    FigureTable::Events,
    FigureTable::Attendance,
    FigureTable::EventAnswers,
    FigureTable::MonthStatus,
    FigureTable::MonthIndustry,
    FigureTable::MonthPrefecture,
    FigureTable::MonthKind,
    FigureTable::SurveyResponses,
    FigureTable::Doubts,
    FigureTable::NetworkQuestions,
];

#[derive(Template)]
#[template(path = "stats/public.html")]
struct PublicStatsPage<'a> {
    shell: Shell,
    heading: String,
    year: FiscalYear,
    form: Fields,
    errors: FieldErrors,
    years: Vec<Choice>,
    /// The published figures; `None` if no month of the year was released.
    published: Option<&'a Published>,
    months: Option<Bars>,
    /// The table of the months.
    runs: Option<Table>,
    map: Option<MonthTable>,
    plain: Vec<MonthTable>,
    further: Vec<MonthTable>,
    indicators: Vec<PublicIndicator>,
}

/// A table with the last month that it counts.
pub struct MonthTable {
    pub table: Table,
    pub through: EditionMonth,
}

/// An indicator as it is published.
pub struct PublicIndicator {
    pub label: String,
    pub definition: String,
    pub target: Option<u8>,
    /// The share and the number of those that were counted; `None` if one of the numbers is hidden.
    pub share: Option<(String, u64)>,
}

#[derive(Template)]
#[template(path = "stats/prefecture.html")]
struct PrefecturePage {
    shell: Shell,
    year: FiscalYear,
    prefecture: Prefecture,
    /// The count and the last month that it counts; `None` if the figures of the year are not published by prefecture.
    count: Option<(DisplayedCount, EditionMonth)>,
}

pub async fn year_page(app: &App, shell: Shell, req: &HttpRequest) -> Result<HttpResponse, Problem> {
    let statistics = app.published_statistics().await?;
    let (year, published) = chosen(app, &statistics, req)?;
    page::html(&PublicStatsPage::new(shell, &statistics, year, published))
}

pub async fn prefecture_page(
    app: &App,
    shell: Shell,
    req: &HttpRequest,
    prefecture: Prefecture,
) -> Result<HttpResponse, Problem> {
    let statistics = app.published_statistics().await?;
    let (year, published) = chosen(app, &statistics, req)?;
    let table = published.and_then(|it| it.year.table(FigureTable::Prefecture));
    let count = table.and_then(|it| Some((it.count(&prefecture.two_digits())?, it.through)));
    page::html(&PrefecturePage { shell, year, prefecture, count })
}

/// Returns the fiscal year of the query with its figures; without a query, the latest that has any.
pub fn chosen<'a>(
    app: &App,
    statistics: &'a PublishedStatistics,
    req: &HttpRequest,
) -> Result<(FiscalYear, Option<&'a Published>), Problem> {
    let query = Fields::of_query(req);
    let year = match (query.get("year"), statistics.years().next()) {
        ("", Some(latest)) => FiscalYear::new(latest),
        ("", None) => FiscalYear::of(japan_date(app.clock.now())),
        (typed, _) => typed.parse().map_err(|_| Problem::NotFound).map(FiscalYear::new)?,
    };
    let year = year.map_err(|_| Problem::NotFound)?;
    Ok((year, statistics.of(year.start_year())))
}

impl<'a> PublicStatsPage<'a> {
    fn new(
        shell: Shell,
        statistics: &PublishedStatistics,
        year: FiscalYear,
        published: Option<&'a Published>,
    ) -> Self {
        let of_year = published.map(|it| &it.year);
        let runs = of_year.filter(|it| !it.runs.is_empty()).map(of_runs);
        let months = runs.as_ref().map(|it| {
            let rows: Vec<_> = it.rows.iter().map(|row| (row.label.clone(), row.count)).collect();
            Bars::new("月別の受付件数", &rows)
        });
        let table = |it: FigureTable| of_year.and_then(|year| year.table(it)).and_then(MonthTable::of);
        let choice = |it: i32| Some(Choice::new(it.to_string(), FiscalYear::new(it).ok()?.label()));
        let mut form = Fields::default();
        form.add("year", year.start_year().to_string());
        Self {
            shell,
            heading: heading(year, of_year),
            year,
            form,
            errors: FieldErrors::default(),
            years: statistics.years().filter_map(choice).collect(),
            published,
            months,
            runs,
            map: table(FigureTable::Prefecture),
            plain: PLAIN.into_iter().filter_map(table).collect(),
            further: FURTHER.into_iter().filter_map(table).collect(),
            indicators: of_year.map(indicators).unwrap_or_default(),
        }
    }

    /// Returns whether a ministry reads the page, which has no page of its own.
    fn is_of_ministry(&self) -> bool {
        self.shell.account.as_ref().is_some_and(|it| it.role == Role::Observer)
    }

    fn bars(&self) -> Option<(&Table, &Bars)> {
        self.runs.as_ref().zip(self.months.as_ref())
    }

    /// Returns the words for the age of the figures: 「2026年10月分まで（11月10日（火）確定）」.
    fn as_of(published: &Published) -> String {
        let (month, day) = (published.year.edition.label(), month_day_weekday(published.closed_at));
        format!("{month}分まで（{day}確定）")
    }

    /// Returns the number of appointments that took place, with the last month that it counts, if it is published.
    fn held(published: &Published) -> Option<(String, EditionMonth)> {
        let table = published.year.table(FigureTable::Outcome)?;
        Some((thousands(table.sum(&["done", PARTLY_DONE])?), table.through))
    }

    fn waits(published: &Published) -> Vec<(&'static str, String, u32)> {
        let wait = |it: WaitKind| {
            let spread = published.year.spread(it)?;
            Some((it.label(), spread.median(), spread.ninetieth))
        };
        WaitKind::ALL.into_iter().filter_map(wait).collect()
    }
}

impl MonthTable {
    /// Returns a table of the page; `None` if it has nothing but zeros.
    pub fn of(published: &PublishedTable) -> Option<Self> {
        let row = |(code, label, count): &(String, String, DisplayedCount)| TableRow {
            code: code.clone(),
            label: label.clone(),
            count: *count,
        };
        let none = |it: &TableRow| it.code == "unknown" && it.count == DisplayedCount::Exact(0);
        let rows: Vec<_> = published.cells.iter().map(row).filter(|it| !none(it)).collect();
        let is_empty = rows.iter().all(|it| it.count == DisplayedCount::Exact(0));
        let (code, title) = (published.table.code(), published.table.label());
        (!is_empty).then_some(Self { table: Table { code, title, rows }, through: published.through })
    }
}

/// Returns the numbers of consultations by month.
pub fn of_runs(year: &PublishedYear) -> Table {
    let rows =
        year.runs.iter().map(|it| TableRow { code: it.last.code(), label: it.label(), count: it.received });
    Table { code: "month", title: "月", rows: rows.collect() }
}

impl PublicIndicator {
    /// Returns an indicator of an administrator; `None` if nothing of its table may be published.
    pub fn defined(year: &PublishedYear, it: &DefinedIndicator) -> Option<Self> {
        let table = year.table(it.table)?;
        let sum = |cells: &[String]| table.sum(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        let (label, definition) = (it.label.to_string(), it.definition.to_string());
        let share = shown(sum(&it.numerator), sum(&it.denominator));
        Some(Self { label, definition, target: it.target, share })
    }
}

/// Returns the share and the number of those that were counted; `None` if one of the numbers is hidden.
fn shown(part: Option<u64>, whole: Option<u64>) -> Option<(String, u64)> {
    let (part, whole) = part.zip(whole)?;
    Some((share(part, whole)?, whole))
}

/// Returns the indicators of the product of which something may be published.
pub fn indicators(year: &PublishedYear) -> Vec<PublicIndicator> {
    let sum = |(table, cells): (FigureTable, &[&str])| year.table(table)?.sum(cells);
    let is_known = |it: &&Indicator| year.table(it.denominator.0).is_some();
    let of = |it: &Indicator| PublicIndicator {
        label: it.label.to_owned(),
        definition: it.definition.to_owned(),
        target: it.target,
        share: shown(sum(it.numerator), sum(it.denominator)),
    };
    INDICATORS.iter().filter(is_known).map(of).collect()
}

/// Returns the heading: the number of consultations in one sentence.
fn heading(year: FiscalYear, published: Option<&PublishedYear>) -> String {
    let label = year.label();
    let Some(published) = published else {
        return "公表できる集計は、まだありません".to_owned();
    };
    match (published.through(), published.received()) {
        (Some(through), received) if received > 0 => {
            format!("{label}は{}までに相談を{}件受け付けました", through.short(), thousands(received))
        }
        _ => format!("{label}に公表できる件数の相談は、まだありません"),
    }
}
