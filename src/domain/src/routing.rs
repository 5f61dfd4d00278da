//! The choice of the experts who are asked to give a consultation, with the reasons (`docs/spec/lifecycle.md` §4).
//!
//! [`evaluate`] decides whether one expert is in or out, with every reason; [`rank`](fn@rank) sorts the experts who
//! are in; [`teams`] forms the teams that can give a consultation: one expert, or two for both fields.
pub mod assignment;
mod eligibility;
pub mod planning;
mod rank;
mod reason;

pub use eligibility::{Candidate, Eligibility, evaluate};
pub use rank::{Rank, Team, rank, teams};
pub use reason::{ReasonAgainst, ReasonFor};

use crate::{
    booking::{
        appointment::AppointmentMode,
        availability::{AppointmentLimits, Footprint, Slot},
    },
    field::Fields,
    id::{CompanyId, ExpertId},
    intake::company::{Industry, Mode},
    prefecture::Prefecture,
    settings::Settings,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A theme by its code in the programme's editable list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ThemeCode(pub String);

/// The facts about an expert at the moment of the evaluation. Counts are of that moment; no field is computed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expert {
    pub id: ExpertId,
    /// False while the account is switched off.
    pub active: bool,
    pub fields: Fields,
    pub themes: BTreeSet<ThemeCode>,
    /// The industries in which they have experience.
    pub industries: BTreeSet<Industry>,
    pub home: Option<Prefecture>,
    /// The prefectures that they visit; empty if they do not visit.
    pub visits: BTreeSet<Prefecture>,
    pub works_online: bool,
    /// Whether they are absent on the day of the request's slot; without a slot, today.
    pub absent: bool,
    /// Companies with which they have declared a conflict of interest.
    pub conflicts: BTreeSet<CompanyId>,
    /// Companies that they have advised before.
    pub known: BTreeSet<CompanyId>,
    pub limits: AppointmentLimits,
    /// Appointments on the day of the request's slot; 0 without a slot. `week_appointments` likewise, Monday to Sunday.
    pub day_appointments: u16,
    pub week_appointments: u16,
    pub open_cases: u16,
    pub open_case_limit: u16,
    /// Appointments booked or offered in the last 28 days and the next 28.
    pub load: u32,
    /// Appointments that they would like in such a period. An expert who names no number is asked last.
    pub capacity: u32,
    /// The day, in Japan, of the last request to them.
    pub last_asked: Option<NaiveDate>,
}

/// The needs of a consultation. `None` stands for a fact that the company has not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingRequest {
    pub fields: Fields,
    pub themes: BTreeSet<ThemeCode>,
    pub mode: Mode,
    pub prefecture: Option<Prefecture>,
    pub industry: Option<Industry>,
    /// `None` while the company has not been matched with a known one.
    pub company: Option<CompanyId>,
    /// The time that the company has chosen, if it has.
    pub slot: Option<Slot>,
    /// Experts who are not asked.
    pub excluded: BTreeSet<ExpertId>,
    /// Experts who have turned this consultation down, or were let go, and whom the center may ask all the same. They come
    /// last.
    pub asked_last: BTreeSet<ExpertId>,
}

impl Expert {
    /// Returns the part of their day that an appointment takes, with its travel or buffer; `None` if they give no
    /// appointment of this mode there.
    ///
    /// It fills [`crate::booking::availability::SlotQuery::footprints`] for the experts whom [`evaluate`] finds
    /// eligible without a slot. For a company that accepts either mode, there are two searches. A visit to an unknown
    /// place counts as far.
    pub fn footprint(
        &self,
        mode: AppointmentMode,
        site: Option<Prefecture>,
        settings: &Settings,
    ) -> Option<Footprint> {
        let goes = match mode {
            AppointmentMode::Online => self.works_online,
            AppointmentMode::Visit => site.map_or(!self.visits.is_empty(), |it| self.visits.contains(&it)),
        };
        goes.then(|| Footprint::new(mode, self.home, site, settings))
    }
}

#[cfg(test)]
mod tests;
