//! Checks at the moment of sending whether a mail may still be sent, with one look-up for many mails.
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    aftercare::{
        follow_up::{FollowUp, FollowUpState},
        report::ReportState,
    },
    booking::appointment::{Appointment, AppointmentState},
    correspondence::outgoing_mail::topic::NotificationTopic,
    id::{
        AppointmentId, AssignmentId, ConsultationId, DeskEntryId, FollowUpId, NetworkQuestionId,
        RegistrationId, SignUpId, SurveyCodeId, WaitingOfferId,
    },
    routing::assignment::{Assignment, AssignmentState},
    silence::SilenceClock,
};

use crate::{
    app::App,
    mail::outgoing_mail::{OutgoingMail, SendCondition},
    problem::Problem,
    store::{
        self, booking::waiting_list::HeldOffer, correspondence::outbox::readdressed::UNREACHABLE,
        gathering::SeatStanding,
    },
};

/// The facts that decide whether mails may be sent.
pub struct SendFacts {
    now: DateTime<Utc>,
    appointments: HashMap<AppointmentId, Appointment>,
    /// The appointments of which an expert will be absent, and that no substitute has taken over.
    away: HashSet<AppointmentId>,
    assignments: HashMap<AssignmentId, Assignment>,
    reports: BTreeMap<AppointmentId, ReportState>,
    follow_ups: HashMap<FollowUpId, FollowUp>,
    offers: HashMap<WaitingOfferId, HeldOffer>,
    /// Consultations whose contact's address is confirmed.
    confirmed: HashSet<ConsultationId>,
    silences: HashMap<ConsultationId, SilenceClock>,
    /// The revisions of their examples that companies read.
    examples: HashMap<ConsultationId, i32>,
    seats: HashMap<SignUpId, SeatStanding>,
    /// Registrations whose consent to announcements stands.
    opted_in: HashSet<RegistrationId>,
    /// Codes of surveys whose mails may still be sent.
    surveys: HashSet<SurveyCodeId>,
    /// Requests of the center that wait at a desk.
    open_at_desks: HashSet<DeskEntryId>,
    /// Questions that mentors have, with the times until which they answer.
    with_mentors: HashMap<NetworkQuestionId, DateTime<Utc>>,
    /// Addresses in lower case, each with a topic from which it is unsubscribed.
    opt_outs: HashSet<(String, NotificationTopic)>,
    /// Addresses in lower case that no mail reaches.
    dead: HashSet<String>,
    /// The addresses in lower case that belong to an account, and whether it is active.
    accounts: HashMap<String, bool>,
    /// The addresses, in lower case, of the contacts of the consultations that mails to closed accounts are about.
    contacts: HashSet<(ConsultationId, String)>,
}

/// The rows and addresses that mails depend on, by kind.
#[derive(Default)]
pub struct FactQuery {
    appointments: Vec<AppointmentId>,
    assignments: Vec<AssignmentId>,
    reports: Vec<AppointmentId>,
    follow_ups: Vec<FollowUpId>,
    offers: Vec<WaitingOfferId>,
    consultations: Vec<ConsultationId>,
    silences: Vec<ConsultationId>,
    examples: Vec<ConsultationId>,
    sign_ups: Vec<SignUpId>,
    registrations: Vec<RegistrationId>,
    surveys: Vec<SurveyCodeId>,
    desk_entries: Vec<DeskEntryId>,
    questions: Vec<NetworkQuestionId>,
    /// Addresses of mails that belong to a topic from which readers can unsubscribe.
    readers: Vec<String>,
    /// The addresses of all mails, each with the consultation that the mail is about.
    addresses: Vec<(String, Option<ConsultationId>)>,
}

impl FactQuery {
    pub fn by<'a>(mails: impl IntoIterator<Item = &'a OutgoingMail>) -> Self {
        let mut query = Self::default();
        for mail in mails {
            match mail.send_condition {
                None => {}
                Some(
                    SendCondition::AppointmentStands { appointment, .. }
                    | SendCondition::ExpertAway { appointment, .. },
                ) => {
                    query.appointments.push(appointment);
                }
                Some(SendCondition::AssignmentOffered { assignment }) => query.assignments.push(assignment),
                Some(SendCondition::ReportMissing { appointment }) => {
                    query.reports.push(appointment);
                    query.appointments.push(appointment);
                }
                Some(SendCondition::FollowUpOpen { follow_up }) => query.follow_ups.push(follow_up),
                Some(SendCondition::OfferStands { offer }) => query.offers.push(offer),
                Some(SendCondition::HoldStands { appointment, .. }) => query.appointments.push(appointment),
                Some(SendCondition::SilenceLasts { consultation, .. }) => query.silences.push(consultation),
                Some(SendCondition::SeatStands { sign_up, .. }) => query.sign_ups.push(sign_up),
                Some(SendCondition::OptInStands { registration }) => query.registrations.push(registration),
                Some(SendCondition::SurveyOpen { code }) => query.surveys.push(code),
                Some(SendCondition::DeskEntryOpen { entry }) => query.desk_entries.push(entry),
                Some(SendCondition::QuestionWaits { question, .. }) => query.questions.push(question),
                Some(SendCondition::ExampleWaits { consultation, .. }) => query.examples.push(consultation),
                Some(SendCondition::AddressConfirmed { consultation }) => {
                    query.consultations.push(consultation);
                }
            }
            if mail.kind.topic().is_some() {
                query.readers.push(mail.to.to_lowercase());
            }
            query.addresses.push((mail.to.to_lowercase(), mail.consultation));
        }
        query
    }
}

/// Looks up the facts about mails.
pub async fn learn(app: &App, query: FactQuery) -> Result<SendFacts, Problem> {
    let db = &app.db;
    let now = app.clock.now();
    let away = match query.appointments.is_empty() {
        true => HashSet::new(),
        false => store::booking::substitute::unattended(db, now, &query.appointments).await?,
    };
    let appointments = store::booking::appointment::some(db, query.appointments).await?;
    let assignments = store::routing::assignment::some(db, query.assignments).await?;
    let follow_ups = store::aftercare::follow_up::some(db, query.follow_ups).await?;
    let offers = store::booking::waiting_list::some_offers(db, query.offers).await?;
    let addresses: Vec<_> = query.addresses.iter().map(|it| it.0.clone()).collect();
    let mut accounts = store::accounts::account::standing(db, addresses.clone()).await?;
    let programme = app.programme().await?;
    // The center's mailbox stays, even if an account has its address.
    accounts.remove(&programme.settings_at(app.clock.now()).center_email.to_lowercase());
    let is_closed = |it: &str| accounts.get(it) == Some(&false);
    let about = query.addresses.iter().filter(|it| is_closed(&it.0)).filter_map(|it| it.1).collect();
    Ok(SendFacts {
        now,
        away,
        appointments: appointments.into_iter().map(|it| (it.id, it)).collect(),
        assignments: assignments.into_iter().map(|it| (it.id, it)).collect(),
        reports: store::aftercare::report::states(db, query.reports).await?,
        follow_ups: follow_ups.into_iter().map(|it| (it.id, it)).collect(),
        offers: offers.into_iter().map(|it| (it.offer.id, it)).collect(),
        confirmed: store::consultation::confirmed_among(db, query.consultations).await?,
        silences: store::consultation::silences(db, query.silences).await?,
        examples: store::publication::consent::reviews(db, query.examples).await?,
        seats: store::gathering::standing(db, query.sign_ups).await?,
        opted_in: store::campaign::outreach::standing(db, query.registrations).await?,
        surveys: store::survey::recipient::standing(db, query.surveys, now).await?,
        open_at_desks: store::intake::desk_entry::waiting_among(db, query.desk_entries).await?,
        with_mentors: store::network::question::with_mentors(db, query.questions).await?,
        opt_outs: store::correspondence::notification_preferences::opt_outs_among(db, query.readers).await?,
        dead: store::correspondence::bounce::dead_among(db, addresses).await?,
        contacts: store::consultation::contact_addresses(db, about).await?,
        accounts,
    })
}

impl SendFacts {
    /// Returns why a mail must not be sent any more, if there is a reason. The mail must be one of those that
    /// were looked up.
    pub fn objection(&self, mail: &OutgoingMail) -> Option<&'static str> {
        let address = mail.to.to_lowercase();
        if self.is_to_closed_account(mail, &address) {
            return Some("the account is not active");
        }
        if let Some(why) = mail.send_condition.and_then(|it| self.no_longer_true(it)) {
            return Some(why);
        }
        if self.misses_link(mail) {
            return Some("the meeting link is missing; the participant is told once it is there");
        }
        if !mail.kind.is_asked_for() && self.dead.contains(&address) {
            return Some(UNREACHABLE);
        }
        let topic = mail.kind.topic()?;
        self.opt_outs.contains(&(address, topic)).then_some("its reader does not want such mails")
    }

    /// Returns whether the mail goes to the address of an account, active or not.
    pub fn is_to_account(&self, mail: &OutgoingMail) -> bool {
        self.accounts.contains_key(&mail.to.to_lowercase())
    }

    /// Returns whether the mail goes to a closed account. A company's contact with the same address still gets mails
    /// about the company's own consultation.
    fn is_to_closed_account(&self, mail: &OutgoingMail, address: &str) -> bool {
        let is_contact =
            mail.consultation.is_some_and(|it| self.contacts.contains(&(it, address.to_owned())));
        self.accounts.get(address) == Some(&false) && !is_contact
    }

    /// Returns whether the appointment took place and its report is not there.
    fn misses_report(&self, appointment: AppointmentId) -> bool {
        let written = self.reports.get(&appointment);
        let is_there = matches!(written, Some(ReportState::Submitted { .. } | ReportState::Approved { .. }));
        let held = self.appointments.get(&appointment);
        held.is_some_and(|it| it.state == AppointmentState::Done) && !is_there
    }

    /// Returns whether the mail leads to a meeting link that is not there.
    fn misses_link(&self, mail: &OutgoingMail) -> bool {
        let Some(SendCondition::SeatStands { sign_up, .. }) = mail.send_condition else { return false };
        let has_link = self.seats.get(&sign_up).is_some_and(|it| it.has_link);
        mail.kind.needs_meeting_link() && !has_link
    }

    /// Returns whether the appointment is ahead, confirmed, and was not moved.
    fn stands(&self, appointment: AppointmentId, sequence: i32) -> bool {
        self.appointments.get(&appointment).is_some_and(|it| {
            it.state == AppointmentState::Confirmed && it.sequence == sequence && it.starts_at > self.now
        })
    }

    /// Returns whether a mentor still has the question and answers it until then, with the reason if it does not.
    fn waits_for_mentor(&self, question: NetworkQuestionId, until: DateTime<Utc>) -> (bool, &'static str) {
        let waits = self.with_mentors.get(&question) == Some(&until) && self.now < until;
        (waits, "the mentor has answered, or does not have the question any more")
    }

    fn no_longer_true(&self, send_condition: SendCondition) -> Option<&'static str> {
        let (holds, else_why) = match send_condition {
            SendCondition::AppointmentStands { appointment, sequence } => {
                let stands = self.stands(appointment, sequence) && !self.away.contains(&appointment);
                (stands, "the appointment was moved or cancelled, or an expert of it will be absent")
            }
            SendCondition::ExpertAway { appointment, sequence } => {
                let holds = self.stands(appointment, sequence) && self.away.contains(&appointment);
                (holds, "the appointment was moved or cancelled, or a substitute was found")
            }
            SendCondition::AssignmentOffered { assignment } => {
                let found = self.assignments.get(&assignment);
                let waits = |it: &Assignment| it.state == AssignmentState::Offered && self.now < it.due_at;
                (found.is_some_and(waits), "the expert has answered, or the time to do so is over")
            }
            SendCondition::ReportMissing { appointment } => {
                (self.misses_report(appointment), "the report is there, or none is due any more")
            }
            SendCondition::FollowUpOpen { follow_up } => {
                let found = self.follow_ups.get(&follow_up);
                let is_open = found.is_some_and(|it| matches!(it.state, FollowUpState::Sent { .. }));
                (is_open, "the question was answered or dropped")
            }
            SendCondition::OfferStands { offer } => {
                let stands = self.offers.get(&offer).is_some_and(|it| it.offer.stands(self.now));
                (stands, "the offer was answered or is over")
            }
            SendCondition::HoldStands { appointment, until } => {
                let held = self.appointments.get(&appointment).and_then(Appointment::held_until);
                (held == Some(until) && self.now < until, "the time is not held until then any more")
            }
            SendCondition::SilenceLasts { consultation, since } => {
                let clock = self.silences.get(&consultation);
                (clock.is_some_and(|it| it.since == since), "the case has moved on")
            }
            SendCondition::ExampleWaits { consultation, revision } => (
                self.examples.get(&consultation) == Some(&revision),
                "the company has answered, or reads another text",
            ),
            SendCondition::SeatStands { sign_up, sequence, seat } => {
                let standing = self.seats.get(&sign_up);
                let stands = standing.is_some_and(|it| {
                    it.seat == Some(seat) && it.sequence == sequence && it.starts_at > self.now
                });
                (stands, "the seat was given back, or the event was moved or called off")
            }
            SendCondition::OptInStands { registration } => {
                (self.opted_in.contains(&registration), "the consent to announcements does not stand")
            }
            SendCondition::SurveyOpen { code } => {
                (self.surveys.contains(&code), "the survey is answered or over, or not consented to")
            }
            SendCondition::DeskEntryOpen { entry } => {
                (self.open_at_desks.contains(&entry), "the desk has answered, or the center goes on")
            }
            SendCondition::QuestionWaits { question, until } => self.waits_for_mentor(question, until),
            SendCondition::AddressConfirmed { consultation } => {
                (self.confirmed.contains(&consultation), "the address is not confirmed")
            }
        };
        (!holds).then_some(else_why)
    }
}
