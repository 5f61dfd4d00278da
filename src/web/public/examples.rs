//! Examples: the search with its facets, one example, and the awards of a year.
use std::cmp::Reverse;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    prefecture::Prefecture,
    publication::{
        Phase, PublicationKind,
        example::{
            CompanySize, Industry,
            award::AWARDS,
            index::{ExampleSearch, FoundExamples, award_years},
        },
    },
};

use super::{list_page::ListPage, successor};
use crate::{
    app::App,
    problem::Problem,
    store::{
        publication::examples::{self, PublicExample},
        reference::programme::{Programme, Theme},
    },
    url,
    web::kit::{
        example_picture::{self, PUBLIC},
        example_view::{ExampleView, shown_pictures, theme_label},
        form::Fields,
        page::{self, Shell},
    },
};

/// The longest search, in characters.
const LONGEST_WORDS: usize = 100;

/// One example in a list.
#[derive(Clone, Debug)]
pub struct ExampleLine {
    pub address: String,
    pub view: ExampleView,
}

#[derive(Template)]
#[template(path = "public/examples.html")]
struct ExamplesPage {
    shell: Shell,
    page: ListPage<ExampleLine>,
    words: String,
    facets: Vec<Facet>,
    /// The conditions that are chosen.
    active: Vec<Active>,
    /// Newest first.
    award_years: Vec<i32>,
}

/// A facet with the values that can be chosen.
struct Facet {
    name: &'static str,
    label: &'static str,
    options: Vec<FacetOption>,
}

struct FacetOption {
    value: String,
    label: String,
    count: usize,
    chosen: bool,
}

/// A chosen condition, with the address of the list without it.
struct Active {
    label: String,
    without: String,
}

#[derive(Template)]
#[template(path = "public/example.html")]
struct ExamplePage {
    shell: Shell,
    example: ExampleView,
    /// Whether the example is no longer public: its page says so and shows nothing else of it.
    has_ended: bool,
    /// The page that it leads to once it has ended.
    successor: Option<domain::publication::news::WebAddress>,
}

#[derive(Template)]
#[template(path = "public/awards.html")]
struct AwardsPage {
    shell: Shell,
    year: i32,
    page: ListPage<ExampleLine>,
    award_years: Vec<i32>,
}

#[get("/cases")]
pub async fn list(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let search = ExampleSearch {
        words: query.get("q").chars().take(LONGEST_WORDS).collect(),
        industry: Industry::from_code(query.get("industry")),
        size: CompanySize::from_code(query.get("size")),
        prefecture: Prefecture::parse(query.get("prefecture")).ok(),
        theme: filled(query.get("theme")),
        award: filled(query.get("award")),
        year: query.get("year").parse().ok(),
        is_awarded: false,
    };
    let programme = app.programme_to_show().await?;
    let chosen = chosen(&search);
    let (page, found) = find(&app, &programme, &search, query.get("page"), address(&chosen, "")).await?;
    let now = app.clock.now();
    let award_years = app.examples_to_show(|it| award_years(it, now)).await?;
    let facets = facets(&found, &search, &programme.themes);
    let active = facets.iter().filter_map(|it| it.active(&chosen)).collect();
    let award_years = award_years.into_keys().rev().collect();
    page::html(&ExamplesPage { shell, page, words: search.words, facets, active, award_years })
}

#[get("/cases/{id}")]
pub async fn show(app: Data<App>, shell: Shell, id: Path<String>) -> Result<HttpResponse, Problem> {
    let number = id.parse().map_err(|_| Problem::NotFound)?;
    let it = examples::numbered(&app.db, number).await?.ok_or(Problem::NotFound)?;
    let phase = it.state.phase(app.clock.now());
    if !phase.has_page() {
        return Err(Problem::NotFound);
    }
    let programme = app.programme_to_show().await?;
    let ExampleLine { address, view } = line(&it, &programme.themes);
    let example = ExampleView { pictures: shown_pictures(&it.facts.pictures, &address), ..view };
    let has_ended = phase != Phase::Current;
    let successor = successor::of(&app, it.at.id, has_ended).await?;
    page::html(&ExamplePage { shell, example, has_ended, successor })
}

/// A picture of a public example. Nothing is sent of one that has ended.
#[get("/cases/{id}/pictures/{sha256}")]
pub async fn picture(app: Data<App>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (id, sha256) = path.into_inner();
    let number = id.parse().map_err(|_| Problem::NotFound)?;
    let it = examples::numbered(&app.db, number).await?.ok_or(Problem::NotFound)?;
    if it.state.phase(app.clock.now()) != Phase::Current {
        return Err(Problem::NotFound);
    }
    example_picture::answer(&app, &it.facts.pictures, &sha256, PUBLIC).await
}

/// The examples that won an award in a year.
#[get("/awards/{year}")]
pub async fn of_year(
    app: Data<App>,
    shell: Shell,
    year: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let year = year.parse().map_err(|_| Problem::NotFound)?;
    let now = app.clock.now();
    let years = app.examples(|it| award_years(it, now)).await?;
    if !years.contains_key(&year) {
        return Err(Problem::NotFound);
    }
    let search = ExampleSearch { year: Some(year), is_awarded: true, ..ExampleSearch::default() };
    let typed = Fields::of_query(&req);
    let programme = app.programme_to_show().await?;
    let own = format!("/awards/{year}");
    let (page, _) = find(&app, &programme, &search, typed.get("page"), own).await?;
    let award_years = years.into_keys().rev().collect();
    page::html(&AwardsPage { shell, year, page, award_years })
}

/// Returns the wanted page of the examples that fit, or the last page.
async fn find(
    app: &App,
    programme: &Programme,
    search: &ExampleSearch,
    typed: &str,
    address: String,
) -> Result<(ListPage<ExampleLine>, FoundExamples), Problem> {
    let now = app.clock.now();
    let found = app.examples(|index| {
        let (first, _) = ListPage::<()>::place(typed, usize::MAX);
        let found = index.search(search, now, first, ListPage::<()>::ON_A_PAGE);
        let (last, _) = ListPage::<()>::place(typed, found.total);
        if last == first { found } else { index.search(search, now, last, ListPage::<()>::ON_A_PAGE) }
    });
    let found = found.await?;
    let lines = examples::lines(&app.db, &found.page).await?;
    let lines = lines.iter().map(|it| line(it, &programme.themes)).collect();
    Ok((ListPage::counted(lines, found.total, typed, address), found))
}

/// Returns the newest examples of an industry for the start page, with the industry; without any of it, the newest one of
/// each of the industries that have most.
pub async fn for_start(
    app: &App,
    industry: Option<Industry>,
    most: usize,
) -> Result<(Vec<ExampleLine>, Option<Industry>), Problem> {
    let now = app.clock.now();
    let of = |industry| ExampleSearch { industry, ..ExampleSearch::default() };
    let (chosen, industry) = app
        .examples_to_show(|index| {
            let own = industry.map(|it| index.search(&of(Some(it)), now, 0, most).page).unwrap_or_default();
            if !own.is_empty() {
                return (own, industry);
            }
            let mut industries = index.search(&of(None), now, 0, 0).industries;
            industries.sort_by_key(|it| Reverse(it.1));
            let newest = |it: &(Industry, usize)| index.search(&of(Some(it.0)), now, 0, 1).page;
            (industries.iter().take(most).flat_map(newest).collect(), None)
        })
        .await?;
    let programme = app.programme_to_show().await?;
    let lines = examples::lines(&app.db, &chosen).await?;
    Ok((lines.iter().map(|it| line(it, &programme.themes)).collect(), industry))
}

fn line(it: &PublicExample, themes: &[Theme]) -> ExampleLine {
    let body = it.body.as_ref().map_or("", |it| it.as_str());
    ExampleLine {
        address: url::publication(PublicationKind::Example, it.at.number),
        view: ExampleView::new(it.title.as_str(), body, &it.facts, themes),
    }
}

fn filled(typed: &str) -> Option<String> {
    Some(typed.to_owned()).filter(|it| !it.is_empty())
}

/// Returns the names and values of the conditions, as they stand in an address.
fn chosen(search: &ExampleSearch) -> Vec<(&'static str, String)> {
    let all = [
        ("q", filled(&search.words)),
        ("industry", search.industry.map(|it| it.code().to_owned())),
        ("size", search.size.map(|it| it.code().to_owned())),
        ("prefecture", search.prefecture.map(Prefecture::two_digits)),
        ("theme", search.theme.clone()),
        ("award", search.award.clone()),
        ("year", search.year.map(|it| it.to_string())),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Returns the address of the list with these conditions, without the one of this name.
fn address(chosen: &[(&'static str, String)], without: &str) -> String {
    let kept: Vec<_> = chosen.iter().filter(|(name, _)| *name != without).collect();
    if kept.is_empty() {
        return "/cases".to_owned();
    }
    let pairs: Vec<_> =
        kept.into_iter().map(|(name, value)| format!("{name}={}", url::percent_encoded(value))).collect();
    format!("/cases?{}", pairs.join("&"))
}

fn facets(found: &FoundExamples, search: &ExampleSearch, themes: &[Theme]) -> Vec<Facet> {
    let industries = found.industries.iter().map(|(it, n)| (it.code().to_owned(), it.label().to_owned(), *n));
    let sizes = found.sizes.iter().map(|(it, n)| (it.code().to_owned(), it.label().to_owned(), *n));
    let prefectures = found.prefectures.iter().map(|(it, n)| (it.two_digits(), it.name().to_owned(), *n));
    let of_theme = found.themes.iter().map(|(it, n)| (it.clone(), theme_label(it, themes), *n));
    let awards = found.awards.iter().map(|(it, n)| (it.clone(), it.clone(), *n));
    let years = found.years.iter().map(|(it, n)| (it.to_string(), format!("{it}年"), *n));
    let chosen = chosen(search);
    vec![
        facet("industry", "業種", industries.collect(), &chosen),
        facet("size", "従業員数", sizes.collect(), &chosen),
        facet("prefecture", "都道府県", prefectures.collect(), &chosen),
        facet("theme", "テーマ", of_theme.collect(), &chosen),
        facet("award", "表彰", awards.collect(), &chosen),
        facet("year", "年", years.collect(), &chosen),
    ]
}

/// Returns a facet. A chosen value stays in it, even if no example is left.
fn facet(
    name: &'static str,
    label: &'static str,
    values: Vec<(String, String, usize)>,
    chosen: &[(&'static str, String)],
) -> Facet {
    let value = chosen.iter().find(|(it, _)| *it == name).map(|(_, value)| value);
    let option = |(own, label, count): (String, String, usize)| {
        let chosen = value == Some(&own);
        FacetOption { value: own, label, count, chosen }
    };
    let mut options: Vec<_> = values.into_iter().map(option).collect();
    if let Some(value) = value.filter(|_| options.iter().all(|it| !it.chosen)) {
        options.push(FacetOption { value: value.clone(), label: value.clone(), count: 0, chosen: true });
    }
    Facet { name, label, options }
}

impl Facet {
    /// Returns the chosen condition of this facet; `None` if none is chosen.
    fn active(&self, chosen: &[(&'static str, String)]) -> Option<Active> {
        let option = self.options.iter().find(|it| it.chosen)?;
        let label = format!("{}：{}", self.label, option.label);
        Some(Active { label, without: address(chosen, self.name) })
    }
}

impl AwardsPage {
    fn is_of(&self, year: &i32) -> bool {
        self.year == *year
    }
}
