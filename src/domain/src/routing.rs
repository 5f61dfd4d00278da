//! Who is asked to give a consultation, and why (`docs/spec/lifecycle.md` §4).
//!
//! [`eligibility`] looks at one expert and says in or out with every reason; [`rank`] puts those who are in in order;
//! [`teams`] makes of them what a consultation needs: one expert, or two for both fields.
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

/// What is known of an expert at the moment of judging. Counts are of that moment; no field is computed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expert {
    pub id: ExpertId,
    /// False while the account is switched off.
    pub active: bool,
    pub fields: Fields,
    pub themes: BTreeSet<ThemeCode>,
    /// Where they have experience.
    pub industries: BTreeSet<Industry>,
    pub home: Option<Prefecture>,
    /// Where they visit; empty where they do not.
    pub visits: BTreeSet<Prefecture>,
    pub works_online: bool,
    /// On the day of the wish's slot; without a slot, today.
    pub absent: bool,
    /// Companies with which they have declared a conflict of interest.
    pub conflicts: BTreeSet<CompanyId>,
    /// Companies that they have advised before.
    pub known: BTreeSet<CompanyId>,
    pub limits: AppointmentLimits,
    /// Sessions on the day of the wish's slot; 0 without a slot. `week_sessions` likewise, Monday to Sunday.
    pub day_sessions: u16,
    pub week_sessions: u16,
    pub open_cases: u16,
    pub open_case_limit: u16,
    /// Sessions booked or offered in the last 28 days and the next.
    pub load: u32,
    /// Sessions that they would like in such a time. An expert who names none is asked last.
    pub capacity: u32,
    /// The day, in Japan, of the last request to them.
    pub last_asked: Option<NaiveDate>,
}

/// What a consultation needs. `None` is what the company has not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingRequest {
    pub fields: Fields,
    pub themes: BTreeSet<ThemeCode>,
    pub mode: Mode,
    pub prefecture: Option<Prefecture>,
    pub industry: Option<Industry>,
    /// `None` while nobody has matched the company with a known one.
    pub company: Option<CompanyId>,
    /// The time that the company has chosen, if it has.
    pub slot: Option<Slot>,
    /// Experts who have declined this consultation or let the request lapse.
    pub excluded: BTreeSet<ExpertId>,
}

impl Expert {
    /// What a session takes of their day, with its travel or buffer; `None` where they give none of this kind there.
    ///
    /// It fills [`crate::booking::availability::SlotQuery::footprints`], for those whom [`eligibility`] lets in without a slot. A company
    /// to whom either mode is right is searched for twice. A visit to an unknown place counts as far.
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
