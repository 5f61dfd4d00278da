//! What a mail says is looked at once more at the moment of sending: one look for many mails.
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    appointment::{Appointment, AppointmentState},
    assignment::{Assignment, AssignmentState},
    follow_up::{FollowUp, FollowUpState},
    id::{AppointmentId, AssignmentId, ConsultationId, FollowUpId, WaitingOfferId},
    outgoing::topic::Topic,
    report::ReportState,
};

use crate::{
    app::App,
    mail::letter::{Letter, MustHold},
    problem::Problem,
    store::{self, waiting::Held},
};

/// What has to be known to say of some letters whether they may go out.
pub struct Truth {
    now: DateTime<Utc>,
    appointments: HashMap<AppointmentId, Appointment>,
    assignments: HashMap<AssignmentId, Assignment>,
    reports: BTreeMap<AppointmentId, ReportState>,
    follow_ups: HashMap<FollowUpId, FollowUp>,
    offers: HashMap<WaitingOfferId, Held>,
    /// Consultations whose contact's address is confirmed.
    confirmed: HashSet<ConsultationId>,
    /// Addresses, in lower case, with what each does without.
    unwanted: HashSet<(String, Topic)>,
    /// Addresses, in lower case, that no mail reaches.
    dead: HashSet<String>,
}

/// What letters are about, each kind of thing together.
#[derive(Default)]
pub struct Asked {
    appointments: Vec<AppointmentId>,
    assignments: Vec<AssignmentId>,
    reports: Vec<AppointmentId>,
    follow_ups: Vec<FollowUpId>,
    offers: Vec<WaitingOfferId>,
    consultations: Vec<ConsultationId>,
    /// Addresses of letters that their readers may do without.
    readers: Vec<String>,
    addresses: Vec<String>,
}

impl Asked {
    pub fn by<'a>(letters: impl IntoIterator<Item = &'a Letter>) -> Self {
        let mut asked = Self::default();
        for letter in letters {
            match letter.must_hold {
                None => {}
                Some(MustHold::AppointmentStands { appointment, .. }) => asked.appointments.push(appointment),
                Some(MustHold::AssignmentOffered { assignment }) => asked.assignments.push(assignment),
                Some(MustHold::ReportMissing { appointment }) => asked.reports.push(appointment),
                Some(MustHold::FollowUpOpen { follow_up }) => asked.follow_ups.push(follow_up),
                Some(MustHold::OfferStands { offer }) => asked.offers.push(offer),
                Some(MustHold::AddressConfirmed { consultation }) => asked.consultations.push(consultation),
            }
            if letter.kind.topic().is_some() {
                asked.readers.push(letter.to.to_lowercase());
            }
            asked.addresses.push(letter.to.to_lowercase());
        }
        asked
    }
}

/// Looks up what letters are about.
pub async fn learn(app: &App, asked: Asked) -> Result<Truth, Problem> {
    let db = &app.db;
    let appointments = store::appointment::some(db, asked.appointments).await?;
    let assignments = store::assignment::some(db, asked.assignments).await?;
    let follow_ups = store::follow_up::some(db, asked.follow_ups).await?;
    let offers = store::waiting::some_offers(db, asked.offers).await?;
    Ok(Truth {
        now: app.clock.now(),
        appointments: appointments.into_iter().map(|it| (it.id, it)).collect(),
        assignments: assignments.into_iter().map(|it| (it.id, it)).collect(),
        reports: store::report::states(db, asked.reports).await?,
        follow_ups: follow_ups.into_iter().map(|it| (it.id, it)).collect(),
        offers: offers.into_iter().map(|it| (it.offer.id, it)).collect(),
        confirmed: store::consultation::confirmed_among(db, asked.consultations).await?,
        unwanted: store::unwanted::among(db, asked.readers).await?,
        dead: store::bounce::dead_among(db, asked.addresses).await?,
    })
}

impl Truth {
    /// Why a letter must not go out any more, if so. It has to be one of those that were looked up.
    pub fn objection(&self, letter: &Letter) -> Option<&'static str> {
        let address = letter.to.to_lowercase();
        if let Some(why) = letter.must_hold.and_then(|it| self.no_longer_true(it)) {
            return Some(why);
        }
        if !letter.kind.is_asked_for() && self.dead.contains(&address) {
            return Some("no mail reaches this address");
        }
        let topic = letter.kind.topic()?;
        self.unwanted.contains(&(address, topic)).then_some("its reader does not want such mails")
    }

    fn no_longer_true(&self, must_hold: MustHold) -> Option<&'static str> {
        let (holds, else_why) = match must_hold {
            MustHold::AppointmentStands { appointment, sequence } => {
                let stands = self.appointments.get(&appointment).is_some_and(|it| {
                    it.state == AppointmentState::Confirmed
                        && it.sequence == sequence
                        && it.starts_at > self.now
                });
                (stands, "the appointment was moved or cancelled")
            }
            MustHold::AssignmentOffered { assignment } => {
                let asked = self.assignments.get(&assignment);
                (asked.is_some_and(|it| it.state == AssignmentState::Offered), "the expert has answered")
            }
            MustHold::ReportMissing { appointment } => {
                let written = self.reports.get(&appointment);
                let is_there =
                    matches!(written, Some(ReportState::Submitted { .. } | ReportState::Approved { .. }));
                (!is_there, "the report is there")
            }
            MustHold::FollowUpOpen { follow_up } => {
                let asked = self.follow_ups.get(&follow_up);
                let is_open = asked.is_some_and(|it| matches!(it.state, FollowUpState::Sent { .. }));
                (is_open, "the question was answered or dropped")
            }
            MustHold::OfferStands { offer } => {
                let stands = self.offers.get(&offer).is_some_and(|it| it.offer.stands(self.now));
                (stands, "the offer was answered or is over")
            }
            MustHold::AddressConfirmed { consultation } => {
                (self.confirmed.contains(&consultation), "the address is not confirmed")
            }
        };
        (!holds).then_some(else_why)
    }
}
