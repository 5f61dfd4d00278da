//! What the center is told of the experts' calendars outside, beside their week.
use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use domain::{id::ExpertId, wording};
use uuid::Uuid;

use crate::{
    app::App,
    ops::{self, outside::STALE_AFTER},
    problem::Problem,
    store::{
        expert::Roster,
        outside::{
            clash::clashes,
            entry::{Proposal, proposals},
            stale,
        },
    },
    url,
    web::{page, session::Coordinator},
};

/// What is to be looked into; of one expert where one is chosen.
pub struct Outside {
    pub stale: Vec<String>,
    pub clashes: Vec<Clashing>,
    pub changed: Vec<Changed>,
}

pub struct Clashing {
    pub href: String,
    pub what: String,
    pub when: String,
    pub expert: String,
}

pub struct Changed {
    pub id: Uuid,
    pub href: String,
    pub what: String,
    pub expert: String,
    pub booked: String,
    /// Nothing where the entry was removed.
    pub there: Option<String>,
}

/// Puts an entry back into the expert's calendar as it is booked.
#[post("/staff/calendars/entries/{id}/restore")]
pub async fn restore(app: Data<App>, _me: Coordinator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    ops::outside::entries::restore(&app, *id, None).await?;
    let told = "まもなく、専門家の外部カレンダーの予定を元に戻します。";
    Ok(page::see_other_with("/staff/schedule", told))
}

pub async fn outside(
    app: &App,
    roster: &Roster,
    expert: Option<ExpertId>,
    now: DateTime<Utc>,
) -> Result<Outside, Problem> {
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
    let clashes = clashes(&app.db, expert, now).await?.into_iter().map(|it| Clashing {
        href: url::staff(&it.booking.number),
        what: format!("{}　{}", it.booking.number, it.booking.company_name),
        when: wording::long_date_time_range(it.booking.appointment.starts_at, it.booking.appointment.ends_at),
        expert: roster.name(it.expert).to_owned(),
    });
    let clashes = clashes.collect();
    let changed = proposals(&app.db, expert, now).await?.iter().map(|it| changed(roster, it)).collect();
    Ok(Outside { stale, clashes, changed })
}

fn changed(roster: &Roster, it: &Proposal) -> Changed {
    let there = it.entry.moved_from.zip(it.entry.moved_to);
    Changed {
        id: it.entry.id,
        href: url::staff(&it.number),
        what: format!("{}　{}", it.number, it.company_name),
        expert: roster.name(it.expert).to_owned(),
        booked: wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at),
        there: there.map(|(start, end)| wording::long_date_time_range(start, end)),
    }
}
