//! The statistics of a telework month beside those of the year before, and all its registrations as a file.
use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    calendar::japan_date,
    campaign::RegistrantKind,
    intake::company::{Industry, TeleworkStatus},
    prefecture::Prefecture,
    wording::iso_date,
};
use uuid::Uuid;

use super::{
    campaign::{CampaignLinks, find, links},
    campaign_file,
};
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        campaign::{
            Campaign, registration,
            statistics::{self, CampaignFigures},
        },
    },
    web::kit::{
        files,
        page::{self, Shell},
        session::EditorUser,
    },
};

/// A table of counts: its title, and its rows with the counts of this year and of the year before.
struct FigureTable {
    title: &'static str,
    rows: Vec<(&'static str, u64, u64)>,
}

#[derive(Template)]
#[template(path = "editor/campaign_statistics.html")]
struct CampaignStatisticsPage {
    shell: Shell,
    campaign: Campaign,
    /// The year before, if there was a telework month.
    before: Option<i32>,
    total: (u64, u64),
    tables: Vec<FigureTable>,
    links: CampaignLinks,
}

#[get("/staff/month/{id}/figures")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let campaign = find(&app, *id).await?;
    let before = store::campaign::of_year(&app.db, campaign.year - 1).await?;
    let now = statistics::of(&app.db, campaign.id).await?;
    let then = match &before {
        Some(it) => statistics::of(&app.db, it.id).await?,
        None => CampaignFigures::default(),
    };
    page::html(&CampaignStatisticsPage {
        links: links(&shell, &campaign),
        shell,
        before: before.map(|it| it.year),
        total: (now.total, then.total),
        tables: tables(&now, &then),
        campaign,
    })
}

/// Sends all registrations as a file that can be imported again.
#[get("/staff/month/{id}/registrations.csv")]
pub async fn csv(app: Data<App>, _: EditorUser, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let campaign = find(&app, *id).await?;
    let all = registration::all(&app.db, campaign.id).await?;
    let body = campaign_file::write(&all).map_err(|err| Problem::Internal(err.into()))?;
    let name = format!("month-{}-{}.csv", campaign.year, iso_date(japan_date(app.clock.now())));
    Ok(files::download(name, "text/csv; charset=utf-8", body))
}

fn tables(now: &CampaignFigures, then: &CampaignFigures) -> Vec<FigureTable> {
    let table = |title, labels: Vec<&'static str>, now: &[u64], then: &[u64]| {
        let at = |of: &[u64], n: usize| of.get(n).copied().unwrap_or_default();
        let rows = labels.into_iter().enumerate().map(|(n, label)| (label, at(now, n), at(then, n)));
        FigureTable { title, rows: rows.filter(|(_, now, then)| now + then > 0).collect() }
    };
    vec![
        table("登録した方", RegistrantKind::ALL.map(RegistrantKind::label).to_vec(), &now.kinds, &then.kinds),
        table(
            "テレワーク導入状況",
            TeleworkStatus::ALL.map(TeleworkStatus::label).to_vec(),
            &now.statuses,
            &then.statuses,
        ),
        table("業種", Industry::ALL.map(Industry::label).to_vec(), &now.industries, &then.industries),
        table(
            "都道府県",
            Prefecture::all().map(Prefecture::name).collect(),
            &now.prefectures,
            &then.prefectures,
        ),
    ]
}
