//! The effect of a corrected field or place on the experts who were asked and on the appointment.
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentMode},
        availability::Slot,
    },
    consultation::{
        State,
        correction::{Correction, CorrectionRefused, left_out},
    },
    field::{Field, Fields},
};

use super::narrowed;
use crate::{
    ops::{
        booking::{
            notices::{notify_meeting_link, plan_reminders},
            slot_offers::SlotSearch,
            venue,
        },
        case::{save::MovedAppointment, transaction::CaseTransaction},
        routing::requests::{ask, held_slot, search, search_for, turned_down},
    },
    problem::Problem,
    store,
};

/// Asks an expert for a field that is added while others are being asked, gives a visit its corrected place, and releases
/// the experts of a field that is removed.
pub async fn follow(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    before: Fields,
    all: &[Correction],
) -> Result<(), Problem> {
    let fields = work.record.consultation.fields;
    match (fields.without(before), &work.record.consultation.state) {
        (Some(added), State::Matching) => ask_for(work, added).await?,
        (Some(added), State::Scheduling | State::Booked) => narrowed::tell_of_added(work, before, added)?,
        _ => {}
    }
    let narrows = before.without(fields).is_some() && narrowed::can_release(work);
    if all.iter().any(Correction::concerns_place) {
        // The mails about the field have the new place too.
        let are_told = narrows && left_out(fields, &work.assignments).next().is_some();
        correct_place(work, !are_told).await?;
    }
    if narrows { narrowed::follow(work, by, before).await } else { Ok(()) }
}

async fn ask_for(work: &mut CaseTransaction<'_>, added: Fields) -> Result<(), Problem> {
    let mut excluded = turned_down(&work.assignments);
    excluded.extend(work.live().map(|it| it.expert));
    let slot = held_slot(work);
    let found = search(work, added, excluded).await?;
    let Some(team) = found.teams(slot).next() else {
        let field = added.iter().next().unwrap_or(Field::Ict);
        return Err(CorrectionRefused::NobodyForField { field }.into());
    };
    let whole = search(work, work.record.consultation.fields, std::collections::BTreeSet::new()).await?;
    let names: Vec<_> = team.iter().map(|it| it.expert).collect();
    let names = work.names(&names).join("、");
    ask(work, &whole, team, slot).await?;
    work.note(Actor::System, format!("追加した分野を{names}さんに依頼しました"));
    Ok(())
}

/// Gives the visit that is ahead its corrected place, with the quarter hours of the travel to it if they are free. Both
/// sides of a confirmed visit are told, unless the caller has more to tell them.
async fn correct_place(work: &mut CaseTransaction<'_>, tells: bool) -> Result<(), Problem> {
    let now = work.now();
    let is_visit = |it: &&Appointment| it.mode == AppointmentMode::Visit && it.starts_at > now;
    let Some(visit) = work.appointment.as_ref().filter(is_visit).cloned() else { return Ok(()) };
    let place = venue::of(work, AppointmentMode::Visit, &visit.experts).await?;
    if place == visit.place {
        return Ok(());
    }
    let changed = if visit.is_confirmed() { visit.meet_at(place)? } else { Appointment { place, ..visit } };
    let themes = store::consultation::themes(work.read(), work.record.consultation.id).await?;
    let fields = work.record.consultation.fields;
    let whole = search_for(&work.record, Some(&changed), themes, fields, turned_down(&[]));
    let found = work.offers(SlotSearch { only: Some(changed.experts.clone()), ..whole }).await?;
    match Slot::at(changed.starts_at).filter(|it| found.has(*it)) {
        Some(slot) => {
            let cells = found.cells(&changed.experts, slot, &work.context.settings);
            work.save(MovedAppointment(&changed, &cells)).await?;
        }
        None => {
            work.save(&changed).await?;
            let note = "訂正した訪問先では、予約の前後の移動時間が足りません。日時を確認してください";
            work.note(Actor::System, note);
        }
    }
    if changed.is_confirmed() && tells {
        notify_meeting_link(work, &changed)?;
        plan_reminders(work, &changed)?;
    }
    work.appointment = Some(changed);
    Ok(())
}
