//! The venue of an appointment.
use domain::{
    booking::appointment::{Appointment, AppointmentMode},
    id::ExpertId,
    prefecture::Prefecture,
};
use entity::application;

use crate::{
    ops::case::transaction::CaseTransaction,
    problem::Problem,
    store::{self, consultation::Record},
};

/// Returns the first expert's meeting link for an online appointment, and the company's address for a visit.
pub async fn of(
    work: &CaseTransaction<'_>,
    mode: AppointmentMode,
    experts: &[ExpertId],
) -> Result<String, Problem> {
    match mode {
        AppointmentMode::Online => {
            let first = experts.first().and_then(|&it| work.context.experts.get(it));
            Ok(first.map(|it| it.video_url.clone()).unwrap_or_default())
        }
        AppointmentMode::Visit => {
            let written = store::consultation::application(work.read(), work.record.consultation.id).await?;
            Ok(written.map(|(it, _)| visit(&work.record, &it)).unwrap_or_default())
        }
    }
}

/// Returns the address of a visit: the one that was given for it, or else that of the company. Empty if no street is known: an
/// expert cannot go to a prefecture, and the company is asked for the address.
pub fn visit(record: &Record, it: &application::Model) -> String {
    let name = |it: Option<Prefecture>| it.map(Prefecture::name).unwrap_or_default();
    let (street, address) = if it.visit_place.is_empty() && record.visit_prefecture.is_none() {
        (&it.street, format!("{}{}{} {}", name(record.prefecture), it.city, it.street, it.building))
    } else {
        (&it.visit_place, format!("{}{}", name(record.visit_prefecture), it.visit_place))
    };
    if street.trim().is_empty() { String::new() } else { address.trim().to_owned() }
}

/// Returns the venue after one expert has replaced another. Online, it is the meeting link of an expert who stays, or
/// else that of the expert who comes. A company's address stays.
pub fn after_exchange(
    work: &CaseTransaction<'_>,
    appointment: &Appointment,
    leaving: ExpertId,
    coming: ExpertId,
) -> String {
    let link_of = |it| work.context.experts.get(it).map(|it| it.video_url.clone()).unwrap_or_default();
    let stays = appointment.experts.iter().any(|&it| it != leaving && appointment.place == link_of(it));
    if appointment.mode == AppointmentMode::Visit || stays {
        appointment.place.clone()
    } else {
        link_of(coming)
    }
}
