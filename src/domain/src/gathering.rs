//! Events that the programme holds: seats, the waiting list and the steps before and after
//! (`docs/spec/around.md` §3).
pub use codes::{GatheringKind, NextStep, SeatKind, SignUpStatus, Usefulness};

mod materials;
mod seats;
mod sign_up;
mod stage;
mod timing;

pub use materials::Material;
pub use seats::{Admission, MOST_WAITING, SeatCount, first_free_number, offers};
pub use sign_up::{SignUpRefused, SignUpState};
pub use stage::EventStage;
pub use timing::{
    ANSWERS_TAKEN, CONFIRM_WITHIN, EventTimes, KEPT, PASS_SHOWN, answer_until, day_reminder_at,
    hour_reminder_at, last_call, next_step_at, thanks_at,
};

#[cfg(test)]
mod tests;
