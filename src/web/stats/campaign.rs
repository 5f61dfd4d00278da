//! The registrations for the telework month of a year beside those of the year before.
use domain::{
    intake::company::{Industry, TeleworkStatus},
    number::FiscalYear,
    prefecture::Prefecture,
    statistics::{DisplayedCount, alone, protected},
};

use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        campaign::statistics::{self, CampaignFigures},
    },
};

/// The counts of a telework month.
pub struct CampaignStats {
    pub title: String,
    pub year: i32,
    pub total: DisplayedCount,
    /// The total of the year before, if there was a telework month.
    pub before: Option<DisplayedCount>,
    pub tables: Vec<CampaignTable>,
}

/// The parts of a telework month's registrations that have any, with the counts of both years.
pub struct CampaignTable {
    pub title: &'static str,
    pub rows: Vec<(&'static str, DisplayedCount, DisplayedCount)>,
}

/// Counts the registrations for the telework month of a fiscal year. Small counts are hidden from the public.
pub async fn of(app: &App, year: FiscalYear, is_public: bool) -> Result<Option<CampaignStats>, Problem> {
    let year = year.start_year();
    let Some(campaign) = store::campaign::of_year(&app.db, year).await? else { return Ok(None) };
    let before = store::campaign::of_year(&app.db, year - 1).await?;
    let now = statistics::of(&app.db, campaign.id).await?;
    let then = match &before {
        Some(it) => statistics::of(&app.db, it.id).await?,
        None => CampaignFigures::default(),
    };
    let total = |n| if is_public { alone(n) } else { DisplayedCount::Exact(n) };
    let table = |title, labels: Vec<&'static str>, now: &[u64], then: &[u64]| {
        let (now, then) = (parts(now, is_public), parts(then, is_public));
        let none = DisplayedCount::Exact(0);
        let at = |of: &[DisplayedCount], n: usize| of.get(n).copied().unwrap_or(none);
        let rows = labels.into_iter().enumerate().map(|(n, label)| (label, at(&now, n), at(&then, n)));
        CampaignTable { title, rows: rows.filter(|(_, now, then)| *now != none || *then != none).collect() }
    };
    let statuses = TeleworkStatus::ALL.map(TeleworkStatus::label).to_vec();
    let industries = Industry::ALL.map(Industry::label).to_vec();
    let prefectures = Prefecture::all().map(Prefecture::name).collect();
    Ok(Some(CampaignStats {
        title: campaign.title,
        year,
        total: total(now.total),
        before: before.is_some().then(|| total(then.total)),
        tables: vec![
            table("テレワーク導入状況", statuses, &now.statuses, &then.statuses),
            table("業種", industries, &now.industries, &then.industries),
            table("都道府県", prefectures, &now.prefectures, &then.prefectures),
        ],
    }))
}

fn parts(counts: &[u64], is_public: bool) -> Vec<DisplayedCount> {
    if is_public { protected(counts) } else { counts.iter().copied().map(DisplayedCount::Exact).collect() }
}
