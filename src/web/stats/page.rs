//! The present statistics as a page, for the center.
use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::Role,
    calendar::japan_date,
    field::Field,
    number::FiscalYear,
    prefecture::Prefecture,
    wording::{month_day_weekday, thousands},
};

use super::{
    around::{self, AroundStats},
    chart::{BASE, Bars},
    public,
    report::Report,
    tables::Table,
};
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        statistics::{StatisticsFilter, years},
    },
    web::kit::{
        form::{Choice, FieldErrors, Fields, prefectures},
        page::{self, Shell},
        session::Visitor,
    },
};

#[derive(Template)]
#[template(path = "stats/page.html")]
struct StatsPage {
    shell: Shell,
    report: Report,
    heading: String,
    form: Fields,
    errors: FieldErrors,
    years: Vec<Choice>,
    fields: Vec<Choice>,
    prefectures: Vec<Choice>,
    /// The query with which a download uses the same filter.
    query: String,
    months: Option<Bars>,
    /// The counts of the other systems of the programme; `None` if the consultations are those of a field or a prefecture.
    around: Option<AroundStats>,
}

#[get("/stats")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    visitor: Visitor,
) -> Result<HttpResponse, Problem> {
    if !is_insider(&visitor) {
        return public::year_page(&app, shell, &req).await;
    }
    let report = report(&app, &req).await?;
    page::html(&stats_page(&app, shell, report).await?)
}

/// Shows an insider the whole page of one prefecture, and any other visitor the number that the map shows.
#[get("/stats/pref/{code}")]
pub async fn prefecture(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    visitor: Visitor,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let prefecture = Prefecture::parse(&code).map_err(|_| Problem::NotFound)?;
    if !is_insider(&visitor) {
        return public::prefecture_page(&app, shell, &req, prefecture).await;
    }
    let filter = StatisticsFilter { prefecture: Some(prefecture), ..filter(&app, &req)? };
    let report = count(&app, filter).await?;
    page::html(&stats_page(&app, shell, report).await?)
}

/// Returns the report for the query.
pub async fn report(app: &App, req: &HttpRequest) -> Result<Report, Problem> {
    count(app, filter(app, req)?).await
}

/// Returns whether a visitor sees every number: a person of the center.
pub fn is_insider(visitor: &Visitor) -> bool {
    match visitor.account.as_ref().map(|it| it.role) {
        Some(Role::Coordinator | Role::Administrator) => true,
        Some(Role::Observer | Role::Expert | Role::Desk | Role::Editor) | None => false,
    }
}

impl StatsPage {
    fn bars(&self) -> Option<(&Table, &Bars)> {
        self.report.table("month").zip(self.months.as_ref())
    }

    /// Returns the tables that are shown without a chart or map.
    fn plain(&self) -> impl Iterator<Item = &Table> {
        self.report.tables.iter().filter(|it| !["month", "prefecture"].contains(&it.code))
    }

    fn as_of(&self) -> String {
        format!("{}時点", month_day_weekday(self.report.day))
    }
}

async fn count(app: &App, filter: StatisticsFilter) -> Result<Report, Problem> {
    let now = app.clock.now();
    let statistics = store::statistics::of(&app.db, &filter).await?;
    let calendar = app.programme().await?.calendar(now);
    Ok(Report::new(&statistics, filter, &calendar, japan_date(now)))
}

fn filter(app: &App, req: &HttpRequest) -> Result<StatisticsFilter, Problem> {
    let query = Fields::of_query(req);
    let year = match query.get("year") {
        "" => FiscalYear::of(japan_date(app.clock.now())).map_err(anyhow::Error::from)?,
        typed => typed.parse().ok().and_then(|it| FiscalYear::new(it).ok()).ok_or(Problem::NotFound)?,
    };
    Ok(StatisticsFilter {
        year,
        field: Field::from_code(query.get("field")),
        prefecture: Prefecture::parse(query.get("prefecture")).ok(),
    })
}

async fn stats_page(app: &App, shell: Shell, report: Report) -> Result<StatsPage, Problem> {
    let filter = report.filter;
    let year = filter.year;
    let mut known = years(&app.db).await?;
    known.push(year.start_year());
    known.sort_unstable_by(|a, b| b.cmp(a));
    known.dedup();
    let choice = |it: i32| Some(Choice::new(it.to_string(), FiscalYear::new(it).ok()?.label()));
    let mut form = Fields::default();
    form.add("year", year.start_year().to_string());
    form.add("field", filter.field.map(Field::code).unwrap_or_default());
    form.add("prefecture", filter.prefecture.map(Prefecture::two_digits).unwrap_or_default());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form.pairs()).finish();
    let months = report.table("month").map(|it| {
        let rows: Vec<_> = it.rows.iter().map(|row| (row.label.clone(), row.count)).collect();
        Bars::new("月別の受付件数", &rows)
    });
    let around = around::of(app, &filter).await?;
    Ok(StatsPage {
        shell,
        around,
        heading: heading(&report),
        form,
        errors: FieldErrors::default(),
        years: known.into_iter().filter_map(choice).collect(),
        fields: Field::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        prefectures: prefectures(),
        query,
        months,
        report,
    })
}

/// Returns the heading: the filter in one sentence.
fn heading(report: &Report) -> String {
    let filter = report.filter;
    let place = filter.prefecture.map(|it| format!("{}の", it.name())).unwrap_or_default();
    let field = filter.field.map(|it| format!("{}の", it.label())).unwrap_or_default();
    let year = filter.year.label();
    let received = report.received;
    if received == 0 {
        return format!("{year}の{place}{field}相談はまだありません");
    }
    format!("{year}は{place}{field}相談を{}件受け付けました", thousands(received))
}
