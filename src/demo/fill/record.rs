//! Turns a story into its rows.
use chrono::{DateTime, Utc};
use codes::{Origin, SilenceKind, UnfulfilledReason};
use domain::{
    booking::appointment::AppointmentMode,
    consultation::State,
    due::Due,
    field::{Field, Fields},
    intake::{
        company::{Mode, TeleworkStatus},
        duplicate::address_key,
    },
    number::CaseNumber,
    silence::waits_for,
    text::search_key,
};
use entity::{
    Coded, application, appointment_expert, calendar_cell, consultation, consultation_theme, contact, event,
};
use sea_orm::{DbErr, JsonValue};
use serde::Serialize;
use uuid::Uuid;

use super::{
    World,
    applicant::Applicant,
    dice::Dice,
    marks::Marks,
    rows::Rows,
    story::{Opening, Story},
};
use crate::{
    demo::names::{self, Place},
    store::{
        audit::{event as history, hash_chain},
        consultation::sort_at,
    },
};

/// The data of the application that the story does not know.
pub(super) struct Facts<'a> {
    pub applicant: Applicant,
    pub place: Place,
    pub opening: &'a Opening,
    pub wished: Mode,
    pub origin: Origin,
    pub number: CaseNumber,
    pub n: usize,
}

impl Rows {
    pub(super) fn add(
        &mut self,
        world: &World,
        dice: &mut Dice,
        it: &Facts<'_>,
        mut story: Story,
    ) -> Result<(), DbErr> {
        let marks = Marks::invent(world, dice, it.opening.outline.received_at, &mut story);
        self.consultations.push(consultation_row(world, it, &story, marks)?);
        self.add_application(dice, it, &story, marks);
        self.add_marks(world, dice, &story, marks);
        self.add_history(&story)?;
        self.messages.extend(story.messages);
        self.assignments.extend(story.assignments);
        self.reports.extend(story.reports);
        self.follow_ups.extend(story.follow_ups);
        for appointment in story.appointments {
            let id = appointment.row.id;
            self.appointments.push(appointment.row);
            let expert = |expert_id| appointment_expert::Model {
                appointment_id: id,
                expert_id,
                report_handed_over_at: None,
                absent: false,
            };
            self.appointment_experts.extend(appointment.experts.into_iter().map(expert));
            // Every expert goes home between two appointments here, so that no two travel times overlap.
            let cell = |(expert_id, quarter)| calendar_cell::Model {
                expert_id,
                quarter,
                lane: 0,
                appointment_id: id,
            };
            self.cells.extend(appointment.cells.into_iter().map(cell));
        }
        Ok(())
    }

    fn add_application(&mut self, dice: &mut Dice, it: &Facts<'_>, story: &Story, marks: Marks) {
        let id = story.it.id.0;
        let (themes, description) = names::description(it.opening.fields, it.n);
        let theme =
            |theme: &&str| consultation_theme::Model { consultation_id: id, theme: (*theme).to_owned() };
        self.themes.extend(themes.iter().map(theme));
        let employees = i32::try_from(it.applicant.employees).unwrap_or_default();
        let status = dice.pick(&TeleworkStatus::ALL).unwrap_or(TeleworkStatus::Planned);
        let capital = dice.pick(&[3_000_000, 5_000_000, 10_000_000, 30_000_000, 50_000_000]);
        self.applications.push(application::Model {
            consultation_id: id,
            description: description.to_owned(),
            company_kana: it.applicant.name().kana,
            corporate_number: it.applicant.corporate_number.map(|it| it.to_string()),
            organization: Some(it.applicant.organization.into()),
            postal_code: Some(it.place.postal_code.clone()),
            city: it.place.city.to_owned(),
            street: it.place.street.clone(),
            building: it.place.building.clone(),
            employees: Some(employees),
            regular_employees: Some(employees - employees / 4),
            capital: capital.filter(|_| it.applicant.organization.has_capital()),
            telework_status: Some(status.into()),
            visit_place: String::new(),
            participants: String::new(),
            reading_key: Some(search_key(&it.applicant.name().kana)),
            address_key: Some(address_key(it.place.city, &it.place.street)),
        });
        let person = names::person(it.applicant.n + it.n % 2);
        // One person may be the contact of a company more than once.
        let email =
            marks.to_call_since.is_none().then(|| format!("contact{}@example.co.jp", it.applicant.n + 1));
        let phone = format!("0{}-0000-{:04}", it.applicant.n % 9 + 1, it.applicant.n % 10_000);
        self.contacts.push(contact::Model {
            consultation_id: id,
            person_key: Some(search_key(&person.name)),
            name: person.name,
            kana: person.kana,
            department: names::department(it.applicant.n).to_owned(),
            position: names::position(it.applicant.n).to_owned(),
            email_key: email.clone(),
            email,
            phone_digits: Some(phone.replace('-', "")),
            phone: Some(phone),
            second_name: String::new(),
            second_kana: String::new(),
            second_email: String::new(),
            second_phone: String::new(),
            proven_email: None,
            proven_email_key: None,
            proven_at: None,
        });
    }

    fn add_history(&mut self, story: &Story) -> Result<(), DbErr> {
        let mut previous = String::new();
        for ((event, note), seq) in story.history.iter().zip(1..) {
            let detail = history::EventDetail::of(event, note.map(str::to_owned));
            let mut row = event::Model {
                id: 0,
                consultation_id: story.it.id.0,
                seq,
                at: event.at,
                actor_kind: event.by.party().into(),
                actor_id: history::actor_id(event.by),
                act: event.action.into(),
                from_state: event.from.as_ref().map(|it| it.status().into()),
                to_state: event.to.status().into(),
                detail: json(&detail)?,
                previous_hash: previous,
                erased_at: None,
                hash: String::new(),
            };
            row.hash = hash_chain::hash(&row.previous_hash, &hash_chain::HashedEvent::from(&row));
            previous = row.hash.clone();
            self.events.push(row);
        }
        Ok(())
    }
}

/// Returns who took the application down, if it came in by this way.
fn entered_by(it: &Facts<'_>, way: Origin) -> Option<Uuid> {
    history::actor_id(it.opening.by).filter(|_| it.origin == way)
}

/// Returns the number of events of a consultation.
fn events_of(story: &Story) -> i32 {
    i32::try_from(story.history.len()).unwrap_or(i32::MAX)
}

fn consultation_row(
    world: &World,
    it: &Facts<'_>,
    story: &Story,
    marks: Marks,
) -> Result<consultation::Model, DbErr> {
    let (received_at, state) = (it.opening.outline.received_at, &story.it.state);
    let (company_name, search_key) = named(&it.applicant);
    Ok(consultation::Model {
        id: story.it.id.0,
        number: it.number.to_string(),
        fiscal_year: it.number.fiscal_year().start_year(),
        serial: i32::try_from(it.number.serial()).unwrap_or_default(),
        state: state.status().into(),
        state_since: story.it.state_since,
        unfulfilled_reason: carried(state).0,
        referred_to: carried(state).1,
        company_id: it.applicant.id,
        search_key,
        company_name,
        prefecture: Some(i16::from(it.applicant.prefecture.code())),
        industry: Some(it.applicant.industry.into()),
        ict: story.it.fields.contains(Field::Ict),
        labor: story.it.fields.contains(Field::Labor),
        mode: it.wished.into(),
        origin: it.origin.into(),
        desk_id: entered_by(it, Origin::Desk),
        entered_by: entered_by(it, Origin::Phone),
        coordinator_id: story.coordinator,
        address_confirmed_at: story.address_confirmed_at,
        received_at,
        ended_at: state.ended().map(|_| story.it.state_since),
        turn: state.turn().into(),
        deadline_kind: story.due.as_ref().map(|it| it.kind.into()),
        deadline: story.due.as_ref().map(json).transpose()?,
        due_at: due_at(story),
        sort_at: sort_at(&story.it, due_at(story)),
        appointments_done: i32::from(story.appointments_done),
        event_count: events_of(story),
        version: events_of(story),
        submission_key: Uuid::from_u128(!story.it.id.0.as_u128()).to_string(),
        consent_version: world.programme.settings_at(received_at).consent_version.clone(),
        consent_at: received_at,
        newsletter: it.n.is_multiple_of(6),
        unanswered_since: marks.response.map(|it| it.since),
        response_due_at: marks.response.map(|it| it.due_at),
        last_inbound_at: marks.last_inbound_at,
        snoozed_until: marks.snoozed_until,
        merged_into: None,
        own_company_id: None,
        number_unconfirmed: false,
        report_by_center: false,
        report_gap: None,
        owed_field: None,
        next_field: None,
        contact_erased_at: None,
        record_erased_at: None,
        wants_help_since: wants_help_since(story),
        visit_prefecture: None,
        to_call_since: marks.to_call_since,
        // No step follows in invented cases, so that the worker writes no mails while the service is measured.
        silence_kind: silence_kind(story, marks),
        silence_since: Some(story.it.state_since),
        silence_stage: 0,
        next_step_at: None,
        stalled_since: None,
    })
}

fn due_at(story: &Story) -> Option<DateTime<Utc>> {
    story.due.as_ref().and_then(Due::at)
}

/// Returns for what the case waits while nothing happens.
fn silence_kind(story: &Story, marks: Marks) -> Option<Coded<SilenceKind>> {
    let has_email = marks.to_call_since.is_none();
    waits_for(&story.it.state, story.address_confirmed_at.is_some(), has_email).map(Coded::Known)
}

/// Returns the name of a company and the text by which it is found.
fn named(it: &Applicant) -> (String, String) {
    let name = it.name();
    let number = it.corporate_number.map(|it| it.to_string()).unwrap_or_default();
    let key = format!("{} {} {number}", search_key(&name.name), search_key(&name.kana));
    (name.name, key)
}

/// Returns since when the company wishes for help. The end of the consultation, or a further appointment, settles every
/// earlier wish.
fn wants_help_since(story: &Story) -> Option<DateTime<Utc>> {
    let after = match (&story.it.state, story.it.state.ended()) {
        (State::FollowUp, _) => DateTime::UNIX_EPOCH,
        (_, Some(_)) => story.it.state_since,
        (_, None) => return None,
    };
    let latest = story.follow_ups.iter().filter(|it| it.round == story.appointments_done);
    latest.filter(|it| it.wants_help).filter_map(|it| it.answered_at).filter(|it| *it > after).max()
}

/// Returns the reason or the organization that a state carries.
fn carried(state: &State) -> (Option<Coded<UnfulfilledReason>>, Option<String>) {
    if let State::Unfulfilled { reason } = state {
        return (Some((*reason).into()), None);
    }
    if let State::Referred { organization } = state {
        return (None, Some(organization.clone()));
    }
    (None, None)
}

/// Returns the mode that the company wishes, and the mode of the appointment.
pub(super) fn modes(dice: &mut Dice) -> (Mode, AppointmentMode) {
    let shares = [
        ((Mode::Online, AppointmentMode::Online), 60),
        ((Mode::Either, AppointmentMode::Online), 22),
        ((Mode::Visit, AppointmentMode::Visit), 18),
    ];
    dice.weighted(&shares).unwrap_or((Mode::Online, AppointmentMode::Online))
}

pub(super) fn fields(dice: &mut Dice) -> Fields {
    dice.weighted(&[(Fields::Ict, 38), (Fields::Labor, 34), (Fields::Both, 28)]).unwrap_or(Fields::Both)
}

fn json(value: &impl Serialize) -> Result<JsonValue, DbErr> {
    serde_json::to_value(value).map_err(|err| DbErr::Json(err.to_string()))
}
