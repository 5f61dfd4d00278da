//! The telework month: its page with the list of those who are registered, its rules, and its logo files.
use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    campaign::{CampaignStage, KANA_ROWS, current_campaign},
    intake::company::Industry,
    publication::{Facts, Phase, PublicationKind, campaign::CampaignFacts},
    statistics::{DisplayedCount, figures::FigureTable, month::EditionMonth},
    wording::{long_date, month_day_weekday},
};
use uuid::Uuid;

use super::{list_page::ListPage, successor};
use crate::{
    app::App,
    markup,
    problem::Problem,
    store::{
        campaign::list::{self, ListSearch, ListedRegistrant},
        publication::{
            file,
            shelf::{Shelf, ShelvedPublication},
        },
    },
    url,
    web::kit::{
        campaign_view::CampaignView,
        file_list::{self, FileLine},
        files,
        form::{Choice, Fields},
        page::{self, Shell},
    },
};

/// The longest search, in characters.
const LONGEST_WORDS: usize = 100;

/// A telework month beside the one that is shown.
pub struct OtherCampaign {
    pub title: String,
    pub address: String,
    /// The day on which it begins to take registrations.
    pub opens: String,
}

#[derive(Template)]
#[template(path = "public/campaign.html")]
struct CampaignPage {
    shell: Shell,
    title: String,
    address: String,
    campaign: CampaignView,
    html: Arc<str>,
    stage: CampaignStage,
    logos: Vec<FileLine>,
    /// The list of those who are registered.
    page: ListPage<ListedRegistrant>,
    form: Fields,
    industries: Vec<Choice>,
    /// The published counts of the prefectures that have any; `None` before they are published.
    prefectures: Option<Vec<(String, DisplayedCount)>>,
    /// The month that takes registrations next, if this one does not.
    next: Option<OtherCampaign>,
    others: Vec<OtherCampaign>,
    /// Whether the publication has ended: its page says so instead of the text.
    has_ended: bool,
    /// The page that it leads to once it has ended.
    successor: Option<domain::publication::news::WebAddress>,
}

#[derive(Template)]
#[template(path = "public/campaign_none.html")]
struct NonePage {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "public/campaign_rules.html")]
struct RulesPage {
    shell: Shell,
    title: String,
    address: String,
    rules: String,
}

/// The present telework month, or the next.
#[get("/month")]
pub async fn present(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    match shown(&shelf, now) {
        Some((it, facts)) => campaign_page(&app, shell, &shelf, (it, facts), &Fields::of_query(&req)).await,
        None => page::html(&NonePage { shell }),
    }
}

#[get("/month/{year:20[0-9][0-9]}")]
pub async fn of_year(
    app: Data<App>,
    shell: Shell,
    year: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let found = numbered(&shelf, &year, app.clock.now())?;
    campaign_page(&app, shell, &shelf, found, &Fields::of_query(&req)).await
}

#[get("/month/{year:20[0-9][0-9]}/rules")]
pub async fn rules(app: Data<App>, shell: Shell, year: Path<String>) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let (it, facts) = numbered(&shelf, &year, app.clock.now())?;
    page::html(&RulesPage {
        shell,
        title: it.title.to_string(),
        address: address(it),
        rules: markup::html(facts.rules.as_str()),
    })
}

/// Sends a logo file, which is always saved, never displayed.
#[get("/month/{year:20[0-9][0-9]}/logos/{logo}")]
pub async fn logo_file(app: Data<App>, path: Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let (campaign, _) = numbered(&shelf, &path.0, app.clock.now())?;
    files::of_publication(&app, campaign.id, path.1).await
}

/// Returns the telework months that are public at `now`.
pub fn campaigns(
    shelf: &Shelf,
    now: DateTime<Utc>,
) -> impl Iterator<Item = (&ShelvedPublication, &CampaignFacts)> {
    shelf
        .current(PublicationKind::Campaign, now)
        .filter_map(|it| if let Facts::Campaign(facts) = &it.facts { Some((it, facts)) } else { None })
}

/// Returns the telework month that is shown as the present one.
pub fn shown(shelf: &Shelf, now: DateTime<Utc>) -> Option<(&ShelvedPublication, &CampaignFacts)> {
    current_campaign(campaigns(shelf, now).map(|(it, facts)| ((it, facts), facts)), now)
}

/// Returns the telework month that takes registrations next after `now`, without one that takes them already.
pub fn next_to_open(shelf: &Shelf, now: DateTime<Utc>) -> Option<OtherCampaign> {
    let ahead = campaigns(shelf, now).filter(|(_, it)| CampaignStage::of(it, now) == CampaignStage::Ahead);
    ahead.min_by_key(|(_, facts)| facts.opens_on).map(|(it, facts)| other(it, facts))
}

/// Returns the line of the start page, in the season of a telework month: its title, its address, and its sentence.
pub fn season(shelf: &Shelf, now: DateTime<Utc>) -> Option<(String, String, String)> {
    let (it, facts) = shown(shelf, now)?;
    let (starts, ends) = facts.period();
    let days = format!("{}から{}", month_day_weekday(facts.starts_on), month_day_weekday(facts.ends_on));
    let sentence = match CampaignStage::of(facts, now) {
        CampaignStage::Open => {
            format!("{days}。登録を{}まで受け付けています。", month_day_weekday(facts.closes_on))
        }
        _ if starts <= now && now < ends => format!("{days}。"),
        CampaignStage::Ahead | CampaignStage::Closed | CampaignStage::Over => return None,
    };
    Some((it.title.to_string(), address(it), sentence))
}

fn numbered<'a>(
    shelf: &'a Shelf,
    year: &str,
    now: DateTime<Utc>,
) -> Result<(&'a ShelvedPublication, &'a CampaignFacts), Problem> {
    let number = year.parse().map_err(|_| Problem::NotFound)?;
    let it = shelf.numbered(PublicationKind::Campaign, number, now).ok_or(Problem::NotFound)?;
    if let Facts::Campaign(facts) = &it.facts { Ok((it, facts)) } else { Err(Problem::NotFound) }
}

/// Returns the public address of a telework month.
pub fn address(it: &ShelvedPublication) -> String {
    url::publication(PublicationKind::Campaign, it.number)
}

fn other(it: &ShelvedPublication, facts: &CampaignFacts) -> OtherCampaign {
    OtherCampaign { title: it.title.to_string(), address: address(it), opens: long_date(facts.opens_on) }
}

async fn campaign_page(
    app: &App,
    shell: Shell,
    shelf: &Shelf,
    (it, facts): (&ShelvedPublication, &CampaignFacts),
    query: &Fields,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let html = shelf.text(&app.db, it, markup::html).await?.unwrap_or_default();
    let search = ListSearch {
        words: query.get("q").chars().take(LONGEST_WORDS).collect(),
        industry: Industry::from_code(query.get("industry")),
        begins: KANA_ROWS.iter().find(|(row, _)| *row == query.get("row")).map_or("", |(_, signs)| *signs),
    };
    let list = lines(app, it, &search, query.get("page")).await?;
    let stage = CampaignStage::of(facts, now);
    let has_ended = it.state.phase(now) != Phase::Current;
    let others = campaigns(shelf, now).filter(|(of, _)| of.id != it.id);
    page::html(&CampaignPage {
        shell,
        title: it.title.to_string(),
        address: address(it),
        campaign: CampaignView::of(facts),
        html,
        stage,
        logos: file_list::lines(file::open(&app.db, it.id).await?),
        page: list,
        form: query.clone(),
        industries: Industry::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        prefectures: prefectures(app, facts).await?,
        next: next_to_open(shelf, now)
            .filter(|_| matches!(stage, CampaignStage::Closed | CampaignStage::Over)),
        others: others.map(|(it, facts)| other(it, facts)).collect(),
        has_ended,
        successor: successor::of(app, it.id, has_ended).await?,
    })
}

/// Returns the counts of the prefectures that have any, as they were published with the edition of the month in which the
/// period ended; `None` before that. A count that follows each approval would reveal single registrants.
async fn prefectures(
    app: &App,
    facts: &CampaignFacts,
) -> Result<Option<Vec<(String, DisplayedCount)>>, Problem> {
    let published = app.published_statistics().await?;
    let year = EditionMonth::of(facts.ends_on).fiscal_year();
    let year = year.and_then(|it| published.of(it.start_year()));
    let Some(table) = year.and_then(|it| it.year.table(FigureTable::MonthPrefecture)) else {
        return Ok(None);
    };
    let some = table.cells.iter().filter(|it| it.2 != DisplayedCount::Exact(0));
    let some: Vec<_> = some.map(|(_, name, n)| (name.clone(), *n)).collect();
    Ok(Some(some).filter(|it| !it.is_empty()))
}

/// Returns one page of the list.
async fn lines(
    app: &App,
    it: &ShelvedPublication,
    search: &ListSearch,
    typed: &str,
) -> Result<ListPage<ListedRegistrant>, Problem> {
    const ON_A_PAGE: u64 = ListPage::<ListedRegistrant>::ON_A_PAGE as u64;
    let mut query = Vec::new();
    if !search.words.is_empty() {
        query.push(format!("q={}", url::percent_encoded(&search.words)));
    }
    if let Some(industry) = search.industry {
        query.push(format!("industry={}", industry.code()));
    }
    if let Some((row, _)) = KANA_ROWS.iter().find(|(_, signs)| *signs == search.begins) {
        query.push(format!("row={}", url::percent_encoded(row)));
    }
    let own = address(it);
    let own = if query.is_empty() { own } else { format!("{own}?{}", query.join("&")) };
    let wanted = typed.parse::<u64>().unwrap_or(1).clamp(1, 100_000);
    let (mut found, total) =
        list::find(&app.db, it.id, search, ((wanted - 1) * ON_A_PAGE, ON_A_PAGE)).await?;
    let total = usize::try_from(total).unwrap_or(usize::MAX);
    let (first, number) = ListPage::<ListedRegistrant>::place(typed, total);
    if number as u64 != wanted {
        found = list::find(&app.db, it.id, search, (first as u64, ON_A_PAGE)).await?.0;
    }
    Ok(ListPage::counted(found, total, typed, own))
}

impl CampaignPage {
    /// Returns the rows of the index: the label, the address, and whether it is this one.
    fn rows(&self) -> Vec<(&'static str, String, bool)> {
        let address = |row: &str| format!("{}?row={}#list", self.address, url::percent_encoded(row));
        KANA_ROWS.iter().map(|(row, _)| (*row, address(row), self.form.get("row") == *row)).collect()
    }
}
