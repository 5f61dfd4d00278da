//! An appointment as the company's pages show it.
use domain::{
    booking::appointment::{Appointment, AppointmentMode, AppointmentState},
    id::ExpertId,
    wording::{iso_date_time, long_date_time_range},
};

use crate::store::routing::expert::Roster;

/// The time, mode, venue and experts of an appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyAppointment {
    pub when: String,
    /// The start for `<time datetime>`.
    pub starts_at: String,
    pub state: &'static str,
    pub mode: &'static str,
    pub place: Venue,
    /// The experts' names; empty until they have accepted.
    pub experts: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Venue {
    /// The meeting link is not known yet, or a venue is no longer of use.
    None,
    /// A visit whose address is not known.
    Unknown,
    Video(String),
    Address(String),
}

impl CompanyAppointment {
    pub fn of(it: &Appointment, roster: &Roster) -> Self {
        // The names of experts who have not answered yet are not shown to the company.
        let settled = !matches!(it.state, AppointmentState::Held { .. } | AppointmentState::Released);
        let name = |&expert: &ExpertId| match it.absent == Some(expert) {
            true => format!("{}（欠席）", roster.name(expert)),
            false => roster.name(expert).to_owned(),
        };
        let names: Vec<_> = it.experts.iter().map(name).collect();
        Self {
            when: long_date_time_range(it.starts_at, it.ends_at),
            starts_at: iso_date_time(it.starts_at),
            state: it.state.label(),
            mode: it.mode.label(),
            place: if it.is_confirmed() { place(it) } else { Venue::None },
            experts: if settled { names.join("、") } else { String::new() },
        }
    }
}

/// Returns the venue. An online appointment's venue becomes a link only if it is an http or https address.
fn place(it: &Appointment) -> Venue {
    let place = it.place.trim();
    let is_link = url::Url::parse(place).is_ok_and(|it| ["https", "http"].contains(&it.scheme()));
    match it.mode {
        AppointmentMode::Visit if place.is_empty() => Venue::Unknown,
        AppointmentMode::Online if place.is_empty() => Venue::None,
        AppointmentMode::Online if is_link => Venue::Video(place.to_owned()),
        AppointmentMode::Online | AppointmentMode::Visit => Venue::Address(place.to_owned()),
    }
}
