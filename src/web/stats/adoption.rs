//! The adoption of telework by companies, as surveys have published it.
use actix_web::{HttpResponse, get, web::Data};
use askama::Template;
use domain::{
    prefecture::Region,
    statistics::{
        adoption::{AdoptionDimension, AdoptionFigure, LoadedFigure, SurveyStage, current, shipped},
        figures::FigureTable,
        published::PublishedYear,
    },
    wording::{table_date, thousands},
};

use super::{
    japan_map::JapanMap,
    rate_chart::RateChart,
    reach::{self, ReachTable},
};
use crate::{
    app::App,
    problem::Problem,
    web::kit::page::{self, Shell},
};

#[derive(Template)]
#[template(path = "stats/adoption.html")]
struct AdoptionPage {
    shell: Shell,
    heading: String,
    /// The national rates of all years.
    national: Vec<LoadedFigure>,
    chart: Option<RateChart>,
    map: JapanMap,
    /// The rates of the latest year by region, size and so on; empty if none were loaded.
    groups: Vec<AdoptionGroup>,
    /// The consultations beside the numbers of companies.
    reach: Vec<ReachTable>,
    /// Whether numbers of companies are loaded.
    has_companies: bool,
}

/// The figures of one division of the companies in the latest year that has any.
struct AdoptionGroup {
    dimension: AdoptionDimension,
    figures: Vec<LoadedFigure>,
}

#[get("/stats/adoption")]
pub async fn show(app: Data<App>, shell: Shell) -> Result<HttpResponse, Problem> {
    let imported = app.adoption_to_show().await?;
    let shipped = shipped().into_iter().map(|figure| LoadedFigure { figure, loaded: None });
    let figures = current(shipped.chain(imported.iter().cloned()).collect());
    let published = app.published_statistics().await?;
    let mut years = published.years().filter_map(|it| published.of(it)).map(|it| &it.year);
    // A new year has no divisions yet.
    let year = years.find(|it| it.table(FigureTable::Size).is_some());
    page::html(&AdoptionPage::new(shell, &figures, year))
}

impl AdoptionPage {
    fn new(shell: Shell, figures: &[LoadedFigure], year: Option<&PublishedYear>) -> Self {
        let national: Vec<_> =
            figures.iter().filter(|it| it.figure.dimension == AdoptionDimension::National).cloned().collect();
        let bars = chosen(&national);
        let chart = (!bars.is_empty()).then(|| {
            let rows: Vec<_> =
                bars.iter().map(|it| (format!("{}年", it.year), it.rate.unwrap_or(0))).collect();
            RateChart::new("全国の導入率", &rows)
        });
        let heading = match bars.last() {
            Some(last) => {
                format!(
                    "企業のテレワーク導入率は{}です（{}年）",
                    last.percent().unwrap_or_default(),
                    last.year
                )
            }
            None => "企業のテレワーク導入率".to_owned(),
        };
        let of = |dimension| AdoptionGroup { dimension, figures: latest(figures, dimension) };
        let by_region = of(AdoptionDimension::Region);
        let rates: Vec<_> = chosen(&by_region.figures)
            .iter()
            .filter_map(|it| Some((Region::from_code(&it.category)?, it.rate?)))
            .collect();
        let groups = [
            AdoptionDimension::Area,
            AdoptionDimension::Size,
            AdoptionDimension::Capital,
            AdoptionDimension::Industry,
        ];
        let reach = year.map(|it| reach::tables(it, |dimension| latest(figures, dimension)));
        Self {
            shell,
            heading,
            chart,
            map: JapanMap::new(&rates),
            groups: std::iter::once(by_region).chain(groups.map(of)).collect(),
            reach: reach.unwrap_or_default(),
            has_companies: figures.iter().any(|it| it.figure.dimension.counts_companies()),
            national,
        }
    }
}

impl AdoptionPage {
    /// Returns the first figure of each source.
    fn sources(figures: &[LoadedFigure]) -> Vec<&LoadedFigure> {
        let mut found: Vec<&LoadedFigure> = Vec::new();
        for it in figures {
            if !found.iter().any(|of| of.figure.source == it.figure.source && of.loaded == it.loaded) {
                found.push(it);
            }
        }
        found
    }

    /// Returns the words for the number of companies.
    fn number(figure: &AdoptionFigure) -> String {
        figure.companies.map_or_else(|| "－".to_owned(), thousands)
    }

    /// Returns when and by whom a figure was loaded.
    fn loading(it: &LoadedFigure) -> String {
        match &it.loaded {
            Some((at, by)) => format!("{}に{by}が登録", table_date(*at)),
            None => "製品に付属".to_owned(),
        }
    }
}

impl AdoptionGroup {
    /// Returns the heading: the group with the highest rate, or that there are no values.
    fn finding(&self) -> String {
        let label = self.dimension.label();
        let highest = chosen(&self.figures).into_iter().max_by_key(|it| it.rate);
        match highest.and_then(|it| Some((it.group(), it.percent()?))) {
            Some((group, percent)) => format!("{label}別では{group}が最も高い{percent}"),
            None => format!("{label}別の導入率"),
        }
    }

    fn is_region(&self) -> bool {
        self.dimension == AdoptionDimension::Region
    }

    fn survey(&self) -> String {
        self.figures.first().map(|it| it.figure.survey.clone()).unwrap_or_default()
    }
}

/// Returns the figures of the latest year that a dimension has.
fn latest(figures: &[LoadedFigure], dimension: AdoptionDimension) -> Vec<LoadedFigure> {
    let of = || figures.iter().filter(move |it| it.figure.dimension == dimension);
    let year = of().map(|it| it.figure.year).max();
    of().filter(|it| Some(it.figure.year) == year).cloned().collect()
}

/// Returns one figure of each year and group: the later of two values that were published.
fn chosen(figures: &[LoadedFigure]) -> Vec<&AdoptionFigure> {
    let rank = |it: &AdoptionFigure| match it.stage {
        SurveyStage::AtRelease => 0,
        SurveyStage::Preliminary => 1,
        SurveyStage::Unstated => 2,
        SurveyStage::Final => 3,
        SurveyStage::Revised => 4,
    };
    let mut chosen: Vec<&AdoptionFigure> = Vec::new();
    for it in figures.iter().map(|it| &it.figure) {
        match chosen.iter_mut().find(|other| other.year == it.year && other.category == it.category) {
            Some(other) if rank(other) < rank(it) => *other = it,
            Some(_) => {}
            None => chosen.push(it),
        }
    }
    chosen
}
