//! The steps of an event that the worker takes when they are due.
use domain::{
    actor::Role,
    gathering::{ANSWERS_TAKEN, KEPT, SeatKind, SignUpStatus, day_reminder_at, thanks_at},
    id::PublicationId,
};

use super::{hall::Hall, mails::key_of};
use crate::{
    app::App,
    mail::{
        mail_event::{AccountMailEvent, GatheringNews, Recipient},
        outgoing_mail::OutgoingMail,
    },
    problem::Problem,
    store::{
        self,
        gathering::{Gathering, sign_up},
    },
    url,
};

/// Takes the steps of an event that are due: seats for those who wait, the mail afterwards, the erasure of names and
/// addresses. Taking them twice changes nothing.
pub async fn tend(app: &App, id: PublicationId) -> Result<(), Problem> {
    let mut hall = Hall::open(app, id).await?;
    let (now, has_materials) = (hall.now(), hall.has_materials());
    let context = &hall.context;
    let thanks = thanks_at(hall.event.ends_at, has_materials, &context.settings, &context.calendar);
    let asked_at = day_reminder_at(hall.event.starts_at, &context.settings, &context.calendar);
    let is_over = hall.event.called_off.is_none() && hall.event.thanked_at.is_none();
    if hall.event.misses_link() && hall.event.link_asked_at.is_none() && asked_at <= now {
        ask_for_link(&mut hall).await?;
    }
    if is_over && thanks <= now {
        thank(&mut hall, has_materials).await?;
    }
    if hall.event.erased_at.is_none() && hall.event.ends_at + KEPT <= now {
        sign_up::erase(&hall.tx, id).await?;
        store::correspondence::outbox::erase_by_key(&hall.tx, &key_of(id)).await?;
        hall.event.erased_at = Some(now);
    }
    hall.commit().await
}

/// Asks the editors and the center for the meeting link of an event that people take part in online.
async fn ask_for_link(hall: &mut Hall<'_>) -> Result<(), Problem> {
    let now = hall.now();
    hall.event.link_asked_at = Some(now);
    if hall.event.ends_at <= now {
        return Ok(());
    }
    let page = hall.app.site.absolute(&url::event_desk(hall.event.id));
    let settings = &hall.context.settings;
    let editors = store::accounts::account::active(&hall.tx, Role::Editor).await?;
    let mut readers: Vec<_> = editors.into_iter().map(|it| (it.email, it.name)).collect();
    readers.push((settings.center_email.clone(), settings.center_name.clone()));
    let Gathering { title, starts_at, ends_at, .. } = &hall.event;
    let event =
        AccountMailEvent::LinkMissing { title, starts_at: *starts_at, ends_at: *ends_at, page: &page };
    let mut mails = hall.context.mails(hall.app);
    let mut all = Vec::new();
    for (address, name) in &readers {
        let outgoing = mails.mail(event, Recipient { address, name })?.clone();
        let key = format!("{}link/{address}/{}", key_of(hall.event.id), hall.event.sequence);
        all.push(OutgoingMail { dedup_key: Some(key), ..outgoing });
    }
    hall.mails.extend(all);
    Ok(())
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
