//! The steps of an event that the worker takes when they are due.
use domain::{
    gathering::{ANSWERS_TAKEN, KEPT, SeatKind, SignUpStatus, thanks_at},
    id::PublicationId,
};

use super::{hall::Hall, mails::key_of};
use crate::{
    app::App,
    mail::mail_event::GatheringNews,
    problem::Problem,
    store::{self, gathering::sign_up},
};

/// Takes the steps of an event that are due: seats for those who wait, the letter afterwards, the erasure of names and
/// addresses. Taking them twice changes nothing.
pub async fn tend(app: &App, id: PublicationId) -> Result<(), Problem> {
    let mut hall = Hall::open(app, id).await?;
    let (now, has_materials) = (hall.now(), hall.event.materials.is_some());
    let context = &hall.context;
    let thanks = thanks_at(hall.event.ends_at, has_materials, &context.settings, &context.calendar);
    let is_over = hall.event.called_off.is_none() && hall.event.thanked_at.is_none();
    if is_over && thanks <= now {
        thank(&mut hall, has_materials).await?;
    }
    if hall.event.erased_at.is_none() && hall.event.ends_at + KEPT <= now {
        sign_up::erase(&hall.tx, id).await?;
        store::correspondence::outbox::erase(&hall.tx, &key_of(id)).await?;
        hall.event.erased_at = Some(now);
    }
    hall.commit().await
}

/// Thanks those who attended, with the way to materials and questionnaire. Where no attendance was entered, all people
/// with a seat of the kind are thanked.
async fn thank(hall: &mut Hall<'_>, has_materials: bool) -> Result<(), Problem> {
    let now = hall.now();
    let mut is_entered = Vec::new();
    for seat in SeatKind::ALL {
        is_entered.push((seat, sign_up::attended(&hall.tx, hall.event.id, seat).await? > 0));
    }
    let news = GatheringNews::Thanks { has_materials, answers_until: now + ANSWERS_TAKEN };
    for it in sign_up::of_event(&hall.tx, hall.event.id, &[SignUpStatus::Seated]).await? {
        let missed = it.attended_at.is_none() && is_entered.contains(&(it.seat, true));
        if !missed {
            hall.tell(&it, news)?;
        }
    }
    hall.event.thanked_at = Some(now);
    Ok(())
}
