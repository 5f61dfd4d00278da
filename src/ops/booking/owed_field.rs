//! The field that a company is still owed after an appointment: it is given in the next one.
use domain::{
    booking::appointment::{Appointment, AppointmentState},
    consultation::State,
    due::Due,
    field::{Field, Fields},
    id::ExpertId,
};

use crate::{
    ops::case::{context::Context, transaction::CaseTransaction},
    problem::Problem,
    store,
};

/// Returns the field that is still owed after an appointment: that of the absent expert, which the other one did not give, or
/// one that was added to the consultation when the experts were chosen already. An appointment that makes up for a field
/// gives that one alone, and owes nothing; nor does one for a single field owe the other, which was `given` before.
fn owed_after(work: &CaseTransaction<'_>, held: &Appointment, given: Option<Fields>) -> Option<Field> {
    let present = given_in(work, held);
    let wanted = work.record.consultation.fields;
    let left = match held.absent {
        Some(absent) => {
            let left = fields_of(work, absent)?;
            present.map_or(Some(left), |it| left.without(it))?
        }
        None if held.makes_up => return None,
        None => {
            let left = wanted.without(present?)?;
            given.map_or(Some(left), |it| left.without(it))?
        }
    };
    left.iter().find(|it| wanted.contains(*it))
}

/// Returns the field that is owed after an appointment that takes place now.
pub async fn owed_by(work: &CaseTransaction<'_>, held: &Appointment) -> Result<Option<Field>, Problem> {
    let all = store::booking::appointment::of(work.read(), work.record.consultation.id).await?;
    let before = all.iter().filter(|it| it.id != held.id && it.state == AppointmentState::Done);
    let given = before.filter_map(|it| given_in(work, it)).reduce(Fields::union);
    Ok(owed_after(work, held, given))
}

/// Returns the fields of the experts who were there.
fn given_in(work: &CaseTransaction<'_>, held: &Appointment) -> Option<Fields> {
    held.present().filter_map(|it| fields_of(work, it)).reduce(Fields::union)
}

/// Returns the fields for which an expert was asked in the consultation.
fn fields_of(work: &CaseTransaction<'_>, expert: ExpertId) -> Option<Fields> {
    let theirs = work.assignments.iter().filter(|it| it.expert == expert).map(|it| it.fields);
    theirs.reduce(Fields::union)
}

/// Sets the field that is owed anew, after an outcome was recorded or corrected: that of the latest appointment that one
/// of two experts held, unless an appointment took place since that makes up for it. `changed` is as it is now.
pub async fn follow_owed(work: &mut CaseTransaction<'_>, changed: &Appointment) -> Result<(), Problem> {
    let mut all = store::booking::appointment::of(work.read(), work.record.consultation.id).await?;
    for it in &mut all {
        if it.id == changed.id {
            *it = changed.clone();
        }
    }
    let took_place = |it: &&Appointment| it.state == AppointmentState::Done;
    let (mut owed, mut before) = (None, None);
    all.sort_by_key(|it| it.starts_at);
    for it in all.iter().filter(took_place) {
        let given = given_in(work, it);
        let kept = owed.filter(|of| !it.makes_up && !given.is_some_and(|given| given.contains(*of)));
        owed = owed_after(work, it, before).or(kept);
        before = before.into_iter().chain(given).reduce(Fields::union);
    }
    // A field that was added for an appointment of its own is not owed by those before it.
    work.record.owed = owed.filter(|it| work.record.next_field != Some(*it));
    Ok(())
}

/// Starts the deadline of a first contact in a consultation that is followed up while a field is owed: the center agrees with
/// the company on the appointment that gives it. Ends the deadline if the field that was owed before (`was`) is not owed any
/// more.
pub fn wait_for_owed(work: &mut CaseTransaction<'_>, was: Option<Field>) {
    if work.record.consultation.state != State::FollowUp {
        return;
    }
    let Context { settings, calendar, now, .. } = &work.context;
    if work.record.owed.is_some() {
        work.record.due.get_or_insert_with(|| Due::first_contact(settings, calendar, *now));
    } else if was.is_some() && work.record.wants_help_since.is_none() {
        work.record.due = None;
    }
}
