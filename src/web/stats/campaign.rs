//! The registrations for the telework month of a year beside those of the year before.
use domain::{
    campaign::RegistrantKind,
    intake::company::{Industry, TeleworkStatus},
    number::FiscalYear,
    prefecture::Prefecture,
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
    pub total: u64,
    /// The total of the year before, if there was a telework month.
    pub before: Option<u64>,
    pub tables: Vec<CampaignTable>,
}

/// The parts of a telework month's registrations that have any, with the counts of both years.
pub struct CampaignTable {
    pub title: &'static str,
    pub rows: Vec<(&'static str, u64, u64)>,
}

/// Counts the registrations for the telework month of a fiscal year.
pub async fn of(app: &App, year: FiscalYear) -> Result<Option<CampaignStats>, Problem> {
    let year = year.start_year();
    let Some(campaign) = store::campaign::of_year(&app.db, year).await? else { return Ok(None) };
    let before = store::campaign::of_year(&app.db, year - 1).await?;
    let now = statistics::of(&app.db, campaign.id).await?;
    let then = match &before {
        Some(it) => statistics::of(&app.db, it.id).await?,
        None => CampaignFigures::default(),
    };
    let table = |title, labels: Vec<&'static str>, now: &[u64], then: &[u64]| {
        let at = |of: &[u64], n: usize| of.get(n).copied().unwrap_or(0);
        let rows = labels.into_iter().enumerate().map(|(n, label)| (label, at(now, n), at(then, n)));
        CampaignTable { title, rows: rows.filter(|(_, now, then)| *now > 0 || *then > 0).collect() }
    };
    let kinds = RegistrantKind::ALL.map(RegistrantKind::label).to_vec();
    let statuses = TeleworkStatus::ALL.map(TeleworkStatus::label).to_vec();
    let industries = Industry::ALL.map(Industry::label).to_vec();
    let prefectures = Prefecture::all().map(Prefecture::name).collect();
    Ok(Some(CampaignStats {
        title: campaign.title,
        year,
        total: now.total,
        before: before.is_some().then_some(then.total),
        tables: vec![
            table("登録した方", kinds, &now.kinds, &then.kinds),
            table("テレワーク導入状況", statuses, &now.statuses, &then.statuses),
            table("業種", industries, &now.industries, &then.industries),
            table("都道府県", prefectures, &now.prefectures, &then.prefectures),
        ],
    }))
}
