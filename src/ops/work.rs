//! A consultation taken up for a change: locked and loaded, then saved with its history and its mail, or not at all.
//!
//! The one gate through which a consultation changes. Nothing else writes a state.
use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    appointment::Appointment,
    assignment::Assignment,
    calendar::BusinessCalendar,
    consultation::{Act, Deed, Event, Refused},
    due,
    field::Fields,
    id::{AssignmentId, ConsultationId, ExpertId},
    notice::in_business_hours,
    settings::Settings,
};
use sea_orm::DatabaseTransaction;

use super::acting::Acting;
use crate::{
    app::App,
    mail::{
        compose,
        letter::{Letter, MustHold},
        occasion::{About, House, Occasion, Recipient, Sitting},
    },
    problem::Problem,
    secret::{self, Purpose},
    store::{
        self,
        consultation::{Person, Record, Submission},
        expert::Roster,
        link,
        outbox::Threads,
        programme::Programme,
        revision::Revisions,
        together::{self, Together},
    },
};

/// How long a link to the company's page in a mail opens it.
const PORTAL_LINK: TimeDelta = TimeDelta::days(90);
/// How long an expert's link to a request is understood; the request itself ends much earlier.
const ANSWER_LINK: TimeDelta = TimeDelta::days(60);

pub struct Work<'a> {
    pub app: &'a App,
    pub tx: DatabaseTransaction,
    pub now: DateTime<Utc>,
    pub programme: Arc<Programme>,
    pub experts: Arc<Roster>,
    pub settings: Settings,
    pub calendar: BusinessCalendar,
    pub record: Record,
    pub person: Person,
    /// Every assignment there ever was, oldest first.
    pub assignments: Vec<Assignment>,
    /// The appointment that is held or confirmed.
    pub appointment: Option<Appointment>,
    events: Vec<(Event, Option<String>)>,
    letters: Vec<Letter>,
    portal: Option<String>,
    /// It is being submitted, and not written yet.
    new: Option<Box<Submission>>,
    /// What is written beside it.
    beside: Together,
}

/// What every operation needs to know before it begins. Read before the transaction, which may hold the only
/// connection.
#[derive(Clone)]
pub struct Ground {
    pub now: DateTime<Utc>,
    pub programme: Arc<Programme>,
    pub experts: Arc<Roster>,
}

impl Ground {
    pub async fn of(app: &App) -> Result<Self, Problem> {
        let (programme, experts) = app.programme_and_experts().await?;
        Ok(Self { now: app.clock.now(), programme, experts })
    }

    /// In a transaction that has read the revisions with something else.
    pub async fn at(app: &App, tx: &DatabaseTransaction, revisions: Revisions) -> Result<Self, Problem> {
        let (programme, experts) = app.programme_and_experts_at(tx, revisions).await?;
        Ok(Self { now: app.clock.now(), programme, experts })
    }
}

impl<'a> Work<'a> {
    /// Takes up a consultation.
    pub async fn begin(app: &'a App, id: ConsultationId) -> Result<Self, Problem> {
        let ground = Ground::of(app).await?;
        let tx = app.begin().await?;
        let record = store::consultation::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
        Self::with(app, ground, tx, record).await
    }

    /// Takes up a consultation that somebody looked at when it had this version; `Stale` where it has changed since.
    pub async fn begin_at(app: &'a App, id: ConsultationId, version: i32) -> Result<Self, Problem> {
        let work = Self::begin(app, id).await?;
        if work.record.version == version { Ok(work) } else { Err(Problem::Stale) }
    }

    /// Takes up a consultation for somebody who may have seen an older version.
    pub async fn begin_for(app: &'a App, id: ConsultationId, acting: Acting) -> Result<Self, Problem> {
        match acting.seen {
            Some(version) => Self::begin_at(app, id, version).await,
            None => Self::begin(app, id).await,
        }
    }

    /// Goes on in a transaction that has locked the record.
    pub async fn with(
        app: &'a App,
        ground: Ground,
        tx: DatabaseTransaction,
        record: Record,
    ) -> Result<Self, Problem> {
        let id = record.consultation.id;
        let person = store::consultation::person(&tx, id).await?;
        let person = person.ok_or_else(|| anyhow::anyhow!("consultation {id} has no contact"))?;
        let assignments = store::assignment::of(&tx, id).await?;
        let appointment = store::appointment::of(&tx, id).await?.into_iter().find(Appointment::is_live);
        let opened = Self::open(app, ground, tx, record, person);
        Ok(Self { assignments, appointment, ..opened })
    }

    /// Goes on in a transaction in which a consultation is submitted. It is written with everything else.
    pub fn submitted(
        app: &'a App,
        ground: Ground,
        tx: DatabaseTransaction,
        new: Submission,
        record: Record,
        event: Event,
    ) -> Self {
        let person = new.contact.clone().into();
        let opened = Self::open(app, ground, tx, record, person);
        Self { new: Some(Box::new(new)), events: vec![(event, None)], ..opened }
    }

    fn open(app: &'a App, ground: Ground, tx: DatabaseTransaction, record: Record, person: Person) -> Self {
        let Ground { now, programme, experts } = ground;
        Self {
            app,
            tx,
            now,
            settings: programme.settings_at(now).clone(),
            calendar: programme.calendar(now),
            programme,
            experts,
            record,
            person,
            assignments: Vec::new(),
            appointment: None,
            events: Vec::new(),
            letters: Vec::new(),
            portal: None,
            new: None,
            beside: Together::default(),
        }
    }

    /// Has the domain decide, and keeps what happened.
    pub fn act(&mut self, act: Act, by: Actor, note: Option<String>) -> Result<(), Refused> {
        let (consultation, event) = self.record.consultation.clone().act(act, by, self.now)?;
        let before = self.record.due.take();
        self.record.due = due::after(event.deed, &event.to, before, &self.settings, &self.calendar, self.now);
        self.record.consultation = consultation;
        if event.from.as_ref() != Some(&event.to) {
            // Whoever moves it on has seen to what was asked for.
            self.record.wants_help_since = None;
        }
        self.events.push((event, note));
        Ok(())
    }

    /// Keeps something that left the state alone.
    pub fn note(&mut self, by: Actor, text: impl Into<String>) {
        let state = self.record.consultation.state.clone();
        let event = Event { at: self.now, by, deed: Deed::Note, from: Some(state.clone()), to: state };
        self.events.push((event, Some(text.into())));
    }

    /// Refuses a deed before anything is done for it, so that nothing has to be undone.
    pub fn check(&self, deed: Deed, by: Actor) -> Result<(), Problem> {
        Ok(self.record.consultation.allows(deed, by.party())?)
    }

    /// Saves everything. Until here nothing has happened.
    pub async fn commit(self) -> Result<Record, Problem> {
        let (tx, record) = self.hand_on().await?;
        tx.commit().await?;
        Ok(record)
    }

    /// Writes everything and hands the transaction on, for a change that concerns several consultations.
    pub async fn hand_on(mut self) -> Result<(DatabaseTransaction, Record), Problem> {
        if self.new.is_none() && self.events.iter().any(|(event, _)| event.deed != Deed::Note) {
            super::waiting::follow(&mut self).await?;
        }
        let letters: Vec<_> =
            std::mem::take(&mut self.letters).into_iter().map(|it| self.timed(it)).collect();
        let (id, before) = (self.record.consultation.id, self.record.event_count);
        self.record.event_count += i32::try_from(self.events.len()).unwrap_or(i32::MAX);
        self.record.version += 1;
        let mut together = Together::default();
        let threads = match self.new {
            // Nobody was written to about it yet.
            Some(new) => {
                store::consultation::insert(&mut together, *new, &self.record, self.now)?;
                Threads::default()
            }
            None => {
                store::consultation::save(&mut together, &self.record, self.now)?;
                Threads::of(&self.tx, &letters).await?
            }
        };
        store::event::append(&self.tx, &mut together, id, before, &self.events).await?;
        together.append(self.beside);
        store::outbox::add(&mut together, letters, &threads, &self.app.config.mail_reply_domain, self.now)?;
        together.write(&self.tx).await?;
        Ok((self.tx, self.record))
    }

    /// Puts a statement beside the change, to be written after the consultation. No other may write the same row.
    pub fn write(&mut self, beside: impl Into<together::Part>) {
        self.beside.add(beside);
    }

    /// What can wait is told when people are at work.
    fn timed(&self, letter: Letter) -> Letter {
        if letter.due_at > self.now || !letter.kind.keeps_hours() {
            return letter;
        }
        Letter { due_at: in_business_hours(self.now, &self.settings, &self.calendar), ..letter }
    }

    /// Puts a letter beside the change. What was addressed to nobody, for lack of an address, is left out.
    pub fn post(&mut self, letter: Option<Letter>) {
        self.letters.extend(letter);
    }

    /// A letter to the company; none without an address. To an address that nobody has confirmed it repeats nothing of
    /// the form, not even a name: the composer sees to that. What people write to it is held until it is confirmed.
    pub fn to_company(&self, occasion: Occasion<'_>) -> Result<Option<Letter>, Problem> {
        let Some(address) = self.person.email.as_deref() else { return Ok(None) };
        let letter = self.letter(occasion, address, &self.person.name)?;
        let consultation = &self.record.consultation;
        if consultation.address_confirmed || !letter.kind.is_correspondence() {
            return Ok(Some(letter));
        }
        let must_hold = Some(MustHold::AddressConfirmed { consultation: consultation.id });
        Ok(Some(Letter { must_hold, ..letter }))
    }

    pub fn to_expert(&self, expert: ExpertId, occasion: Occasion<'_>) -> Result<Option<Letter>, Problem> {
        let Some(profile) = self.experts.get(expert) else { return Ok(None) };
        self.letter(occasion, &profile.email, &profile.name).map(Some)
    }

    /// The same letter to everyone at the desk that handed the consultation over, if one did.
    pub async fn post_to_desk(&mut self, occasion: Occasion<'_>) -> Result<(), Problem> {
        let Some(desk) = self.record.desk else { return Ok(()) };
        for it in store::desk::addresses(&self.tx, desk).await? {
            let letter = self.letter(occasion, &it.address, &it.name)?;
            self.post(Some(letter));
        }
        Ok(())
    }

    pub fn to_center(&self, occasion: Occasion<'_>) -> Result<Option<Letter>, Problem> {
        self.letter(occasion, &self.settings.center_email, &self.settings.center_name).map(Some)
    }

    fn letter(&self, occasion: Occasion<'_>, address: &str, name: &str) -> Result<Letter, Problem> {
        let record = &self.record;
        let organizer = self.app.reply_address(record.consultation.id, address);
        let about = About {
            id: record.consultation.id,
            number: &record.number,
            company_name: &record.company_name,
            contact_name: &self.person.name,
            fields: record.consultation.fields,
            address_confirmed: record.consultation.address_confirmed,
            house: House {
                settings: &self.settings,
                calendar: &self.calendar,
                site: &self.app.site,
                texts: &self.programme.texts,
                organizer: &organizer,
                now: self.now,
            },
        };
        Ok(compose::about(occasion, Recipient { address, name }, &about)?)
    }

    /// The address that opens the company's page, the same in all letters of one change.
    pub fn portal(&mut self) -> Result<String, Problem> {
        if let Some(portal) = &self.portal {
            return Ok(portal.clone());
        }
        let portal = match self.person.email.as_deref() {
            Some(email) => {
                let email_key = email.to_lowercase();
                // Whoever comes by this link has the address, which is all that a confirmation says.
                let purpose = if self.record.consultation.address_confirmed {
                    link::Purpose::SignIn { email_key }
                } else {
                    link::Purpose::Confirm { email_key, consultation: self.record.consultation.id }
                };
                let link = self.link(&purpose, PORTAL_LINK)?;
                format!("{link}?case={}", self.record.number)
            }
            None => self.app.site.absolute("/login"),
        };
        self.portal = Some(portal.clone());
        Ok(portal)
    }

    /// A fresh single-use link.
    pub fn link(&mut self, purpose: &link::Purpose, lasts: TimeDelta) -> Result<String, Problem> {
        let token = secret::token().map_err(anyhow::Error::from)?;
        let hash = secret::token_hash(&token);
        self.write(link::insertion(hash, purpose, self.now, self.now + lasts));
        Ok(self.app.site.link(&token))
    }

    /// The address at which an expert answers a request.
    pub fn answer_link(&self, assignment: AssignmentId) -> String {
        let token = self.app.secret.sign(Purpose::Assignment, assignment.0, self.now + ANSWER_LINK);
        self.app.site.answer(&token)
    }

    /// Assignments that are offered or accepted.
    pub fn live(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(|it| it.is_live())
    }

    /// The experts who have accepted, each once.
    pub fn accepted(&self) -> Vec<ExpertId> {
        let experts: BTreeSet<_> =
            self.assignments.iter().filter(|it| it.is_accepted()).map(|it| it.expert).collect();
        experts.into_iter().collect()
    }

    /// Fields that nobody has accepted.
    pub fn still_open(&self) -> Option<Fields> {
        domain::assignment::still_open(self.record.consultation.fields, &self.assignments)
    }

    /// Replaces an assignment by what has become of it.
    pub async fn save_assignment(&mut self, changed: Assignment) -> Result<(), Problem> {
        store::assignment::save(&self.tx, &changed).await?;
        if let Some(it) = self.assignments.iter_mut().find(|it| it.id == changed.id) {
            *it = changed;
        }
        Ok(())
    }

    pub fn names(&self, experts: &[ExpertId]) -> Vec<String> {
        experts.iter().map(|&it| self.experts.name(it).to_owned()).collect()
    }
}

/// An appointment as letters tell it. `names` are the experts', in order.
pub fn sitting<'a>(it: &'a Appointment, names: &'a [String]) -> Sitting<'a> {
    Sitting {
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        mode: it.mode,
        place: &it.place,
        experts: names,
        uid: &it.uid,
        sequence: it.sequence,
    }
}
