//! The telework month: registrations, their approval, and the steps before and after (`docs/spec/around.md` §2).
pub use codes::{RegistrantKind, RegistrationStatus};

mod entry;
mod life;
mod opt_in;
mod stage;
mod timing;

pub use entry::{RegistrationEntry, RegistrationForm};
pub use life::{KANA_ROWS, Listing, RegistrationLife, RegistrationRefused, RegistrationState};
pub use opt_in::{OPT_IN, OptIn, is_for_outreach, opt_in_text, survey_opt_ins};
pub use stage::{CampaignStage, current_campaign};
pub use timing::{
    CampaignTimes, DECIDED_WITHIN, ENDED_KEPT, KEPT, PROVE_WITHIN, lapse_at, next_step_at, reminder_at,
};

#[cfg(test)]
mod tests;
