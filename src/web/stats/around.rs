//! The counts of the other systems of the programme, as insiders see them on the page and in the downloads: the events of a
//! year, the registrations for its telework month, surveys and the network, and how often the guide was read. The public
//! sees those that were published with a month.
use chrono::{DateTime, Utc};
use domain::{calendar::at_japan, number::FiscalYear, publication::PublicationKind, survey::SurveyCount};

use super::campaign::{self, CampaignStats};
use crate::{
    app::App,
    problem::Problem,
    store::{self, statistics::StatisticsFilter},
};

/// The most entries of the guide that are named.
const NAMED: usize = 20;

/// The counts of one year.
pub struct AroundStats {
    /// The events, the surveys and the network.
    pub tables: Vec<AroundTable>,
    /// The registrations for the telework month; `None` if there was none.
    pub campaign: Option<CampaignStats>,
    /// The number of times that pages of the guide were opened.
    pub read: u64,
    /// The entries of the guide that were opened most often, by title.
    pub guides: Vec<(String, u64)>,
}

/// The counts of one system, by name.
pub struct AroundTable {
    /// The name in downloads.
    pub code: &'static str,
    pub title: &'static str,
    /// The sentence that says what is counted.
    pub note: &'static str,
    pub rows: Vec<(&'static str, u64)>,
}

/// Returns the counts of the year of a filter; `None` if it is about a field or a prefecture.
pub async fn of(app: &App, filter: &StatisticsFilter) -> Result<Option<AroundStats>, Problem> {
    if filter.field.is_some() || filter.prefecture.is_some() {
        return Ok(None);
    }
    let (read, guides) = guides(app, filter.year).await?;
    Ok(Some(AroundStats {
        tables: tables(app, filter.year).await?,
        campaign: campaign::of(app, filter.year).await?,
        read,
        guides,
    }))
}

/// Counts how often the entries of the guide were opened that the public can read.
async fn guides(app: &App, year: FiscalYear) -> Result<(u64, Vec<(String, u64)>), Problem> {
    let counts = store::publication::reading::between(&app.db, year.first_day(), year.last_day()).await?;
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let entries = shelf.with_page(PublicationKind::Guide, now);
    let mut named: Vec<_> =
        entries.filter_map(|it| Some((it.title.to_string(), *counts.get(&it.id)?))).collect();
    named.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    named.truncate(NAMED);
    Ok((counts.values().sum(), named))
}

/// Counts the events, the surveys and the network in a year.
async fn tables(app: &App, year: FiscalYear) -> Result<Vec<AroundTable>, Problem> {
    let span = (at_japan(year.first_day(), 0, 0), at_japan(year.last_day(), 24, 0));
    Ok(vec![events(app, span).await?, surveys(app, span).await?, network(app, span).await?])
}

async fn events(app: &App, span: (DateTime<Utc>, DateTime<Utc>)) -> Result<AroundTable, Problem> {
    let it = store::gathering::statistics::of(&app.db, span, app.clock.now()).await?;
    Ok(AroundTable {
        code: "events",
        title: "イベント",
        note: "この年度に始まり、すでに終わったセミナー・表彰式・個別相談会を数えています。個別相談会の相談は、上の件数に入っています。",
        rows: vec![
            ("開催したイベント", it.held),
            ("中止したイベント", it.called_off),
            ("参加の申込み", it.participants),
            ("出席", it.attended),
            ("アンケートの回答", it.answers),
        ],
    })
}

async fn surveys(app: &App, span: (DateTime<Utc>, DateTime<Utc>)) -> Result<AroundTable, Problem> {
    let it = store::survey::statistics::of(&app.db, span, app.clock.now()).await?;
    let all = SurveyCount::of_all(&it.closed);
    Ok(AroundTable {
        code: "surveys",
        title: "調査",
        note: "この年度に回答を締め切った、このサイトで答える調査を数えています。連絡は、この年度に届いたものです。",
        rows: vec![
            ("回答を締め切った調査", u64::try_from(it.closed.len()).unwrap_or(u64::MAX)),
            ("調査の回答", all.responses),
            ("使われなかった回答番号", all.unused_codes),
            ("疑わしい調査の連絡", it.doubts.iter().map(|it| it.1).sum()),
        ],
    })
}

async fn network(app: &App, span: (DateTime<Utc>, DateTime<Utc>)) -> Result<AroundTable, Problem> {
    let it = store::network::statistics::of(&app.db, span).await?;
    Ok(AroundTable {
        code: "network",
        title: "推進企業ネットワーク",
        note: "推進企業は、いま掲載している数です。質問は、この年度に届いたものです。",
        rows: vec![
            ("掲載中の推進企業", it.mentors),
            ("公開の画面からの質問", it.by_form),
            ("相談の画面からの質問", it.by_case),
            ("推進企業が回答した質問", it.answered_by_mentor),
            ("センターだけが回答した質問", it.answered_by_center),
        ],
    })
}
