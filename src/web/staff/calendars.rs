//! The notices about the experts' external calendars, shown beside their week.
use chrono::{DateTime, Utc};
use domain::{id::ExpertId, wording};

use super::time_proposals::{Proposed, proposed};
use crate::{
    app::App,
    ops::calendars::external::STALE_AFTER,
    problem::Problem,
    store::{
        calendars::{
            external::{clash::clashes, stale},
            time_proposal::ProposalScope,
        },
        intake::told_apart::told_apart,
        routing::expert::Roster,
    },
    url,
};

/// The notices that need attention: of all experts, or of the chosen one.
pub struct ExternalCalendars {
    pub stale: Vec<String>,
    pub clashes: Vec<Clashing>,
    pub proposals: Vec<Proposed>,
}

pub struct Clashing {
    pub href: String,
    pub what: String,
    pub when: String,
    pub expert: String,
}

pub async fn external_calendars(
    app: &App,
    roster: &Roster,
    expert: Option<ExpertId>,
    now: DateTime<Utc>,
) -> Result<ExternalCalendars, Problem> {
    let stale = stale(&app.db, now - STALE_AFTER, expert).await?.into_iter().map(|it| {
        let effect = if it.blocking {
            "前の予定の時間は、予約を受けていません"
        } else {
            "前の予定の時間にも、予約を受けています"
        };
        let why = it.error.map(|why| format!("理由：{why}。")).unwrap_or_default();
        let name = roster.name(ExpertId(it.expert_id));
        format!(
            "{name}「{}」：{}に読み込んだまま。{why}{effect}。",
            it.name,
            wording::ago(it.fetched_at, now)
        )
    });
    let stale = stale.collect();
    let clashes = clashes(&app.db, expert, now).await?;
    let companies = told_apart(&app.db, clashes.iter().map(|it| it.booking.number)).await?;
    let clashes = clashes.into_iter().map(|it| Clashing {
        href: url::staff(&it.booking.number),
        what: format!(
            "{}　{}",
            it.booking.number,
            companies.name(&it.booking.number, &it.booking.company_name)
        ),
        when: wording::long_date_time_range(it.booking.appointment.starts_at, it.booking.appointment.ends_at),
        expert: roster.name(it.expert).to_owned(),
    });
    let clashes = clashes.collect();
    let proposals =
        proposed(app, expert.map_or(ProposalScope::Everybody, ProposalScope::Expert), now).await?;
    Ok(ExternalCalendars { stale, clashes, proposals })
}
