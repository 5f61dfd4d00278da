//! The statistics as a page.
use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::Role,
    calendar::{at_japan, japan_date},
    field::Field,
    number::FiscalYear,
    prefecture::Prefecture,
    statistics::{DisplayedCount, alone},
    wording::month_day_weekday,
};

use super::{
    campaign::{self, CampaignStats},
    chart::{BASE, Bars},
    report::Report,
    tables::{Audience, Table},
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
    /// The events of the year, by name; `None` if the consultations are those of a field or a prefecture.
    events: Option<Vec<(&'static str, DisplayedCount)>>,
    /// The registrations for the telework month of the year, under the same condition.
    campaign: Option<CampaignStats>,
}

#[derive(Template)]
#[template(path = "stats/prefecture.html")]
struct PrefecturePage {
    shell: Shell,
    year: FiscalYear,
    prefecture: Prefecture,
    /// The count; `None` if the statistics of the year are not shown by prefecture.
    count: Option<DisplayedCount>,
}

#[get("/stats")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    visitor: Visitor,
) -> Result<HttpResponse, Problem> {
    let report = report(&app, &req, &visitor).await?;
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
    let audience = audience(&visitor);
    let filter = filter(&app, &req, audience)?;
    match audience {
        Audience::Insiders => {
            let filter = StatisticsFilter { prefecture: Some(prefecture), ..filter };
            let report = count(&app, filter, audience).await?;
            page::html(&stats_page(&app, shell, report).await?)
        }
        Audience::Everyone => {
            let report = count(&app, filter, audience).await?;
            let code = prefecture.two_digits();
            let count = report.table("prefecture").and_then(|it| it.count_of(&code));
            page::html(&PrefecturePage { shell, year: filter.year, prefecture, count })
        }
    }
}

/// Returns the report for the query, as far as the visitor may see it.
pub async fn report(app: &App, req: &HttpRequest, visitor: &Visitor) -> Result<Report, Problem> {
    let audience = audience(visitor);
    count(app, filter(app, req, audience)?, audience).await
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

async fn count(app: &App, filter: StatisticsFilter, audience: Audience) -> Result<Report, Problem> {
    let now = app.clock.now();
    let statistics = store::statistics::of(&app.db, &filter).await?;
    let calendar = app.programme().await?.calendar(now);
    Ok(Report::new(&statistics, filter, audience, &calendar, japan_date(now)))
}

fn audience(visitor: &Visitor) -> Audience {
    match visitor.account.as_ref().map(|it| it.role) {
        Some(Role::Observer | Role::Coordinator | Role::Administrator) => Audience::Insiders,
        Some(Role::Expert | Role::Desk | Role::Editor) | None => Audience::Everyone,
    }
}

/// Parses the filter. The public can select only a year: the difference of two finer selections would reveal
/// the counts hidden in each.
fn filter(app: &App, req: &HttpRequest, audience: Audience) -> Result<StatisticsFilter, Problem> {
    let query = Fields::of_query(req);
    let year = match query.get("year") {
        "" => FiscalYear::of(japan_date(app.clock.now())).map_err(anyhow::Error::from)?,
        typed => typed.parse().ok().and_then(|it| FiscalYear::new(it).ok()).ok_or(Problem::NotFound)?,
    };
    Ok(match audience {
        Audience::Everyone => StatisticsFilter { year, field: None, prefecture: None },
        Audience::Insiders => StatisticsFilter {
            year,
            field: Field::from_code(query.get("field")),
            prefecture: Prefecture::parse(query.get("prefecture")).ok(),
        },
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
    let is_whole = filter.field.is_none() && filter.prefecture.is_none();
    let events = if is_whole { Some(events(app, year, report.is_public()).await?) } else { None };
    let campaign = if is_whole { campaign::of(app, year, report.is_public()).await? } else { None };
    Ok(StatsPage {
        shell,
        events,
        campaign,
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

/// Counts the events of a year. Small numbers of people are hidden from the public.
async fn events(
    app: &App,
    year: FiscalYear,
    is_public: bool,
) -> Result<Vec<(&'static str, DisplayedCount)>, Problem> {
    let span = (at_japan(year.first_day(), 0, 0), at_japan(year.last_day(), 24, 0));
    let it = store::gathering::statistics::of(&app.db, span, app.clock.now()).await?;
    let people = |n| if is_public { alone(n) } else { DisplayedCount::Exact(n) };
    Ok(vec![
        ("開催したイベント", DisplayedCount::Exact(it.held)),
        ("中止したイベント", DisplayedCount::Exact(it.called_off)),
        ("参加の申込み", people(it.participants)),
        ("出席", people(it.attended)),
        ("アンケートの回答", people(it.answers)),
    ])
}

/// Returns the heading: the filter in one sentence.
fn heading(report: &Report) -> String {
    let filter = report.filter;
    let place = filter.prefecture.map(|it| format!("{}の", it.name())).unwrap_or_default();
    let field = filter.field.map(|it| format!("{}の", it.label())).unwrap_or_default();
    let year = filter.year.label();
    let received = report.received;
    if received == DisplayedCount::Exact(0) {
        return format!("{year}の{place}{field}相談はまだありません");
    }
    format!("{year}は{place}{field}相談を{received}件受け付けました")
}
