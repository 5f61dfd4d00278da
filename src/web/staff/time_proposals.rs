//! Proposals of another time from calendar programs, as the center's pages show them.
use chrono::{DateTime, Utc};
use domain::{booking::availability::Slot, calendar::japan_date, wording};
use uuid::Uuid;

use crate::{
    app::App,
    ops::intake::apply::slot_value,
    problem::Problem,
    store::{
        calendars::time_proposal::{ProposalScope, ProposalSource, TimeProposal, time_proposals},
        intake::told_apart::{ToldApart, told_apart},
        routing::expert::Roster,
    },
    url,
};

/// One proposal in words.
pub struct Proposed {
    pub id: Uuid,
    pub href: String,
    pub what: String,
    /// The proposer, the channel and the time of the proposal.
    pub who: String,
    pub booked: String,
    /// The proposed time; `None` if the appointment is to be removed.
    pub proposed: Option<String>,
    /// The address of the page that moves the appointment, with the proposed time.
    pub slots: String,
    pub keep: String,
    /// The effect on the proposal of keeping the appointment.
    pub keeping: &'static str,
}

pub async fn proposed(app: &App, of: ProposalScope, now: DateTime<Utc>) -> Result<Vec<Proposed>, Problem> {
    let proposals = time_proposals(&app.db, of, now).await?;
    // Usually there are no proposals, and the query for names is skipped.
    if proposals.is_empty() {
        return Ok(Vec::new());
    }
    let (_, roster) = app.programme_and_experts().await?;
    let companies = told_apart(&app.db, proposals.iter().map(|it| it.number)).await?;
    Ok(proposals.iter().map(|it| in_words(&roster, &companies, it)).collect())
}

fn in_words(roster: &Roster, companies: &ToldApart, it: &TimeProposal) -> Proposed {
    let name = it.expert.map_or("企業の担当者", |it| roster.name(it));
    let (way, keeping) = match &it.way {
        ProposalSource::Calendar(calendar) => {
            (format!("外部カレンダー「{calendar}」"), "予約はそのままにし、外部カレンダーを元に戻す")
        }
        ProposalSource::Answer => ("カレンダーからの返信".to_owned(), "予約はそのままにする"),
    };
    let href = url::staff(&it.number);
    let slots = it.proposed.map(|(start, _)| {
        let from = wording::iso_date(japan_date(start));
        match Slot::at(start).filter(|slot| slot.start() == start) {
            Some(slot) => format!("{href}/slots?from={from}&slot={}", slot_value(slot)),
            None => format!("{href}/slots?from={from}"),
        }
    });
    Proposed {
        id: it.id,
        what: format!("{}　{}", it.number, companies.name(&it.number, &it.company_name)),
        who: format!("{name}　{way}　{}", wording::month_day_time(it.at)),
        booked: wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at),
        proposed: it.proposed.map(|(start, end)| wording::long_date_time_range(start, end)),
        slots: slots.unwrap_or_else(|| format!("{href}/slots")),
        keep: format!("{href}/proposals/{}/keep", it.id),
        keeping,
        href,
    }
}
