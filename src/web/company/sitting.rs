//! A session as the company's pages tell it.
use domain::{
    appointment::{Appointment, AppointmentState, SessionMode},
    wording::{iso_date_time, long_date_time_range},
};

use crate::store::expert::Roster;

/// When, how, where and with whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    pub when: String,
    /// For `<time datetime>`.
    pub starts_at: String,
    pub state: &'static str,
    pub mode: &'static str,
    pub place: Place,
    /// Names; empty until they have accepted.
    pub experts: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Not known yet, or no longer of use.
    None,
    Video(String),
    Address(String),
}

impl Sitting {
    pub fn of(it: &Appointment, roster: &Roster) -> Self {
        // Whoever is still being asked is nobody's business.
        let settled = !matches!(it.state, AppointmentState::Held { .. } | AppointmentState::Released);
        let names: Vec<_> = it.experts.iter().map(|&it| roster.name(it)).collect();
        Self {
            when: long_date_time_range(it.starts_at, it.ends_at),
            starts_at: iso_date_time(it.starts_at),
            state: it.state.label(),
            mode: it.mode.label(),
            place: if it.is_confirmed() { place(it) } else { Place::None },
            experts: if settled { names.join("、") } else { String::new() },
        }
    }
}

/// An online session's place is a link only where it is one: what an expert typed leads nowhere else.
fn place(it: &Appointment) -> Place {
    let place = it.place.trim();
    let is_link = url::Url::parse(place).is_ok_and(|it| ["https", "http"].contains(&it.scheme()));
    match it.mode {
        _ if place.is_empty() => Place::None,
        SessionMode::Online if is_link => Place::Video(place.to_owned()),
        SessionMode::Online | SessionMode::Visit => Place::Address(place.to_owned()),
    }
}
