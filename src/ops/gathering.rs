//! Events of the programme: what follows when one is published, moved or called off, and what participants and editors
//! do. Seats are given under the lock of the event.
mod editing;
mod hall;
mod mails;
mod participant;
mod publishing;
mod tending;

pub use editing::{
    AttendanceMark, WalkIn, add_walk_in, call_off, mark_attendance, save_link, save_materials,
};
pub(in crate::ops) use editing::{add_file, remove_file};
pub use participant::{
    Participant, SignUpForm, accept, answer, cancel, change, confirm, join, may_answer, page_token, pass,
    request, sign_up_of,
};
pub use publishing::{may_end, published};
pub use tending::tend;
