//! The unit of work of a consultation: it locks and loads the consultation, and then saves it with its history and its
//! mails, or saves nothing.
//!
//! It is the only way to change a consultation: nothing else writes a state. It does not know the operations; the steps
//! that follow every change are in `after_change`.
mod mail;
mod team;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::{Actor, Represented},
    booking::{appointment::Appointment, notice::in_business_hours},
    calendar::{at_japan, japan_date},
    consultation::{Action, ActionKind, ActionRefused, Event},
    due::{self, Due, DueKind},
    id::{AssignmentId, ConsultationId, ExpertId},
    routing::assignment::Assignment,
    silence::{self, SilenceClock, SilenceKind},
    worklist::{
        AwaitedResponse,
        quick_record::{QuickRecord, QuickRecordKind},
    },
};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::{
    actor::ActorAt,
    context::Context,
    save::{Lock, Save, Target},
};
use crate::{
    app::App,
    mail::outgoing_mail::OutgoingMail,
    ops::booking::{
        after_change::{self, CaseChange},
        slot_offers::{SlotOffers, SlotSearch},
    },
    problem::Problem,
    secret::{self, Purpose},
    store::{
        self,
        accounts::link,
        audit::event::NewEvent,
        consultation::{ContactPerson, Record, Submission},
        correspondence::outbox::Threads,
        write_batch::WriteBatch,
    },
};

pub use mail::{PORTAL_LINK, PlannedMail};
use team::ServedCase;

/// The time for which an expert's link to a request is valid; the request itself ends much earlier.
const ANSWER_LINK: TimeDelta = TimeDelta::days(60);

/// A consultation that is being changed. Its rows are written by `save`, its mails by `mail_company` and the like.
pub struct CaseTransaction<'a> {
    pub app: &'a App,
    /// Operations read through `read` and write through `save`, so that no row is written beside the batch.
    tx: DatabaseTransaction,
    pub context: Context,
    pub record: Record,
    pub person: ContactPerson,
    /// Every assignment there ever was, oldest first.
    pub assignments: Vec<Assignment>,
    /// The appointment that is held or confirmed.
    pub appointment: Option<Appointment>,
    /// Whether mail reaches the address that was proved before the present one.
    reaches_proven: bool,
    /// Whether the present address replaces one that was proved, and is not proved itself.
    replaces_proved: bool,
    /// Whether mail arrives at the address to which the company's mail goes (`company_address`). The address of an
    /// application that is being submitted is taken to be right.
    arrives: bool,
    events: Vec<NewEvent>,
    mails: Vec<OutgoingMail>,
    portal: Option<String>,
    /// Whether the company is on the telephone, so that it hears the news.
    is_heard: bool,
    /// Whether news is mailed to the company.
    mails_news: bool,
    /// Whether the clock of silence goes on although a person has acted.
    keeps_clock: bool,
    /// The report that an expert has to write besides, of which the next mail to that expert tells.
    report_besides: Option<(ExpertId, DateTime<Utc>)>,
    /// Whether this change has news that cannot be mailed to the company.
    is_to_call: bool,
    /// Until when the company was promised to hear, if experts are asked instead of that.
    promised: Option<DateTime<Utc>>,
    /// Whether the company has to be called because of news that it has not heard.
    has_untold: bool,
    /// The remaining data of a consultation that is being submitted and has no row yet.
    new: Option<Box<Submission>>,
    /// The experts and what they serve, before the change; `None` for a consultation that is being submitted.
    before: Option<ServedCase>,
    /// The rows that are written after the consultation, in one turn with it.
    batch: WriteBatch,
}

impl<'a> CaseTransaction<'a> {
    /// Locks and loads a consultation. Refused for one that was merged into another, which changes no more.
    pub async fn begin(app: &'a App, id: ConsultationId) -> Result<Self, Problem> {
        let work = Self::begin_even_merged(app, id).await?;
        match work.record.consultation.merged_into {
            Some(_) => Err(ActionRefused::Merged.into()),
            None => Ok(work),
        }
    }

    /// Locks and loads a consultation, also one that was merged into another, for a note in its history.
    pub async fn begin_even_merged(app: &'a App, id: ConsultationId) -> Result<Self, Problem> {
        let context = Context::of(app).await?;
        let tx = app.begin().await?;
        let record = store::consultation::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
        // The steps that all operations share are kept on the heap: an operation within another one stays small.
        Box::pin(Self::with(app, context, tx, record)).await
    }

    /// Locks and loads a consultation for an actor whose decision is based on this version; `Stale` if it has changed
    /// since.
    pub async fn begin_at(app: &'a App, id: ConsultationId, version: i32) -> Result<Self, Problem> {
        let work = Self::begin(app, id).await?;
        if work.record.version == version { Ok(work) } else { Err(Problem::Stale) }
    }

    /// Locks and loads a consultation for an actor who may have seen an older version.
    pub async fn begin_for(app: &'a App, id: ConsultationId, by: ActorAt) -> Result<Self, Problem> {
        match by.expected_version {
            Some(version) => Self::begin_at(app, id, version).await,
            None => Self::begin(app, id).await,
        }
    }

    /// Loads a consultation in a transaction that has locked its record. Refused for one that was erased.
    pub async fn with(
        app: &'a App,
        context: Context,
        tx: DatabaseTransaction,
        record: Record,
    ) -> Result<Self, Problem> {
        if record.consultation.is_erased {
            return Err(ActionRefused::Erased.into());
        }
        let id = record.consultation.id;
        let person = store::consultation::person(&tx, id).await?;
        let person = person.ok_or_else(|| anyhow::anyhow!("consultation {id} has no contact"))?;
        let assignments = store::routing::assignment::of(&tx, id).await?;
        let appointment =
            store::booking::appointment::of(&tx, id).await?.into_iter().find(Appointment::is_live);
        let mut opened = Self::open(app, context, tx, record, person);
        opened.check_addresses().await?;
        if let Some(since) = opened.record.to_call_since {
            let now = opened.now();
            opened.has_untold =
                !store::worklist::untold::of(&opened.tx, id, (since, &[]), now).await?.is_empty();
        }
        let mut opened = Self { assignments, appointment, ..opened };
        opened.before = Some(ServedCase {
            experts: opened.accepted(),
            fields: opened.record.consultation.fields,
            mode: opened.record.mode,
        });
        Ok(opened)
    }

    /// Begins a consultation that is being submitted. Its rows are written with everything else.
    pub fn submitted(
        app: &'a App,
        context: Context,
        tx: DatabaseTransaction,
        new: Submission,
        record: Record,
        event: Event,
    ) -> Self {
        let person = new.contact.clone().into();
        let opened = Self::open(app, context, tx, record, person);
        Self { new: Some(Box::new(new)), events: vec![(event, None).into()], ..opened }
    }

    fn open(
        app: &'a App,
        context: Context,
        tx: DatabaseTransaction,
        record: Record,
        person: ContactPerson,
    ) -> Self {
        let arrives = person.email.is_some();
        Self {
            app,
            tx,
            context,
            record,
            person,
            assignments: Vec::new(),
            appointment: None,
            reaches_proven: false,
            replaces_proved: false,
            arrives,
            events: Vec::new(),
            mails: Vec::new(),
            portal: None,
            is_heard: false,
            mails_news: false,
            keeps_clock: false,
            report_besides: None,
            is_to_call: false,
            promised: None,
            has_untold: false,
            new: None,
            before: None,
            batch: WriteBatch::default(),
        }
    }

    /// Returns the transaction for reading. A function that writes takes a `DatabaseTransaction`, which this is not.
    pub const fn read(&self) -> &(impl ConnectionTrait + use<>) {
        &self.tx
    }

    /// Returns the moment of the change.
    pub const fn now(&self) -> DateTime<Utc> {
        self.context.now
    }

    /// Applies an action: the domain decides, and the event is kept for the history.
    pub fn act(&mut self, action: Action, by: Actor, note: Option<String>) -> Result<(), ActionRefused> {
        let now = self.now();
        let (consultation, event) = self.record.consultation.clone().act(action, by, now)?;
        let before = self.record.due.take();
        let promised = before.as_ref().filter(|it| it.kind == DueKind::FirstContact).and_then(Due::at);
        self.promised = promised.filter(|_| event.action == ActionKind::RequestExperts).or(self.promised);
        let Context { settings, calendar, .. } = &self.context;
        let slot = self.appointment.as_ref().map(|it| it.starts_at);
        self.record.due = due::after(event.action, &event.to, (before, slot), settings, calendar, now);
        self.record.consultation = consultation;
        if event.from.as_ref() != Some(&event.to) {
            // An actor who moves the consultation on has dealt with the wish for help, and it is not put aside any more.
            self.record.wants_help_since = None;
            // A call about the state alone is settled. One that has news to tell stays until it is made or the company is
            // on the telephone, and so does one to a company that no mail reaches.
            let is_heard = by.represented() == Some(Represented::Company);
            let is_settled = self.person.email.is_none() && (is_heard || !self.has_untold);
            if !self.is_to_call && (is_settled || (!event.to.is_open() && !self.has_untold)) {
                self.record.to_call_since = None;
            }
            self.record.snoozed_until = None;
            if !event.to.is_open() {
                self.record.response = None;
            }
        }
        self.is_heard |= by.represented() == Some(Represented::Company);
        self.events.push((event, note).into());
        Ok(())
    }

    /// Adds a note to the history; the state stays.
    pub fn note(&mut self, by: Actor, text: impl Into<String>) {
        let state = self.record.consultation.state.clone();
        let event =
            Event { at: self.now(), by, action: ActionKind::Note, from: Some(state.clone()), to: state };
        self.events.push((event, Some(text.into())).into());
    }

    /// Adds the note of a record that is made with one click, with what it ends.
    pub fn note_record(&mut self, by: Actor, kind: QuickRecordKind, text: &str) {
        let (silence, stalled_since) = (self.record.silence, self.record.stalled_since);
        self.note(by, text);
        if let Some(last) = self.events.last_mut() {
            last.quick = Some(QuickRecord { kind, silence, stalled_since });
        }
    }

    /// Adds the note that the record at this position of the history is taken back.
    pub fn note_taken_back(&mut self, by: Actor, seq: i32, text: String) {
        self.note(by, text);
        if let Some(last) = self.events.last_mut() {
            last.takes_back = Some(seq);
        }
    }

    /// Leaves the clock of silence as the record has it, although a person acts, if the case still waits for the same.
    pub const fn keep_clock(&mut self) {
        self.keeps_clock = true;
    }

    /// Lets the next mail to an expert say that a report is due from the expert besides, so that there is one mail.
    pub const fn ask_for_report_besides(&mut self, expert: ExpertId, due_at: DateTime<Utc>) {
        self.report_besides = Some((expert, due_at));
    }

    /// Returns the report of which no mail has told since `ask_for_report_besides`.
    pub const fn untold_report(&self) -> Option<(ExpertId, DateTime<Utc>)> {
        self.report_besides
    }

    /// Returns the position in the history that the next event will have.
    pub fn next_seq(&self) -> i32 {
        self.record.event_count + i32::try_from(self.events.len()).unwrap_or(i32::MAX) + 1
    }

    /// Refuses an action before anything is done for it, so that nothing has to be undone.
    pub fn check(&self, action: ActionKind, by: Actor) -> Result<(), Problem> {
        Ok(self.record.consultation.allows_actor(action, by)?)
    }

    /// Writes and commits everything. Before this call nothing has changed.
    pub async fn commit(self) -> Result<Record, Problem> {
        let (tx, record) = Box::pin(self.flush()).await?;
        tx.commit().await?;
        Ok(record)
    }

    /// Writes everything and returns the open transaction, for a change that concerns several consultations.
    pub async fn flush(mut self) -> Result<(DatabaseTransaction, Record), Problem> {
        let is_merged = self.record.consultation.merged_into.is_some();
        let has_acted = self.events.iter().any(|it| it.event.action != ActionKind::Note);
        if self.new.is_none() && (is_merged || has_acted) {
            let change = CaseChange {
                tx: &self.tx,
                now: self.now(),
                consultation: &self.record.consultation,
                appointment: self.appointment.as_ref(),
            };
            after_change::follow(&change).await?;
        }
        self.tell_those_who_stay()?;
        self.keep_silence_clock();
        self.call_if_unreachable().await?;
        let mails: Vec<_> = std::mem::take(&mut self.mails).into_iter().map(|it| self.timed(it)).collect();
        let (now, id, before) = (self.now(), self.record.consultation.id, self.record.event_count);
        self.record.event_count += i32::try_from(self.events.len()).unwrap_or(i32::MAX);
        self.record.version += 1;
        let mut batch = WriteBatch::default();
        let threads = match self.new {
            // No mail about it has been written yet.
            Some(new) => {
                store::consultation::insert(&mut batch, *new, &self.record, now)?;
                Threads::default()
            }
            None => {
                store::consultation::save(&mut batch, &self.record, now)?;
                Threads::of(&self.tx, &mails).await?
            }
        };
        store::audit::event::append(&self.tx, &mut batch, id, before, &self.events).await?;
        batch.append(self.batch)?;
        let domain = &self.app.config.mail_reply_domain;
        store::correspondence::outbox::add(&mut batch, mails, &threads, domain, now)?;
        batch.write(&self.tx).await?;
        Ok((self.tx, self.record))
    }

    /// Starts the clock of the center's response, unless it runs already, and brings a case back that was put aside.
    pub fn await_response(&mut self) {
        let Context { settings, calendar, now, .. } = &self.context;
        let record = &mut self.record;
        record.response = Some(AwaitedResponse::after_message(record.response, settings, calendar, *now));
        record.last_inbound_at = Some(*now);
        record.snoozed_until = None;
    }

    /// Returns whether mail reaches an address. `key` is the address in lower case.
    pub async fn reaches(&self, key: String) -> Result<bool, Problem> {
        Ok(store::correspondence::bounce::dead_among(&self.tx, vec![key]).await?.is_empty())
    }

    /// Makes the case an item of the calls if news is mailed to an address that no mail reaches.
    async fn call_if_unreachable(&mut self) -> Result<(), Problem> {
        let Some(email) = self.company_address().filter(|_| self.mails_news && !self.is_heard) else {
            return Ok(());
        };
        if !self.reaches(email.to_lowercase()).await? {
            self.record.to_call_since.get_or_insert(self.context.now);
        }
        Ok(())
    }

    /// Starts the clock of silence anew if the case waits for something else now, or if its company or the center has
    /// acted.
    fn keep_silence_clock(&mut self) {
        let Context { settings, calendar, now, .. } = &self.context;
        let it = &self.record.consultation;
        let kind = silence::waits_for(&it.state, it.address_confirmed, self.person.email.is_some());
        let kind = kind.filter(|_| it.merged_into.is_none());
        // Until an appointment is over, a booked case waits for the proof of a corrected address.
        let ahead = self.appointment.as_ref().filter(|it| it.is_confirmed() && *now < it.ends_at);
        let asks_for_proof = ahead.filter(|_| self.person.email.is_some() && !it.address_confirmed);
        let is_asked = kind == Some(SilenceKind::Outcome) && asks_for_proof.is_some();
        let kind = if is_asked { Some(SilenceKind::Address) } else { kind };
        let Some(kind) = kind else {
            (self.record.silence, self.record.stalled_since) = (None, None);
            return;
        };
        let anchor = match kind {
            SilenceKind::Experts => Some(it.state_since),
            SilenceKind::Outcome => self.appointment.as_ref().map(|it| it.ends_at),
            SilenceKind::Report => self.record.due.as_ref().and_then(Due::at),
            SilenceKind::Address | SilenceKind::Answer | SilenceKind::Choice => None,
        };
        let acted = !self.keeps_clock
            && self.events.iter().any(|NewEvent { event, .. }| {
                event.action != ActionKind::Note || matches!(event.by, Actor::Company | Actor::Coordinator(_))
            });
        let lasts = self
            .record
            .silence
            .is_some_and(|clock| clock.kind == kind && anchor.map_or(!acted, |anchor| clock.since == anchor));
        if !lasts {
            let since = anchor.unwrap_or(*now);
            self.record.silence = Some(SilenceClock::begin(kind, since, settings, calendar));
            self.record.stalled_since = None;
        }
        if let Some(promised) = self.promised.filter(|_| kind == SilenceKind::Experts) {
            // The company hears by the day that it was promised, at the hour of mails.
            let limit = at_japan(japan_date(promised), settings.mail_hour, 0).max(*now);
            self.record.silence = self.record.silence.map(|it| it.no_later_than(limit));
        }
        // The outcome of the appointment is asked for in time all the same.
        if let Some(ends_at) = asks_for_proof.map(|it| it.ends_at)
            && let Some(limit) =
                SilenceClock::begin(SilenceKind::Outcome, ends_at, settings, calendar).next_at
        {
            self.record.silence = self.record.silence.map(|it| it.no_later_than(limit));
        }
    }

    /// Locks and reads a row that the change depends on.
    pub async fn lock<L: Lock>(&self, key: L) -> Result<Option<L::Row>, Problem> {
        key.lock(&self.tx).await
    }

    /// Waits for all other searches for free quarter hours, and lets the next ones wait for this change.
    pub async fn take_turns(&self) -> Result<(), Problem> {
        Ok(store::booking::appointment::take_turns(&self.tx).await?)
    }

    /// Saves a row of the case, or one that changes with it.
    pub async fn save<T>(&mut self, row: impl Save<T>) -> Result<T, Problem> {
        let now = self.now();
        row.save(Target { tx: &self.tx, batch: &mut self.batch, now }).await
    }

    /// Saves a changed assignment, and replaces it in `assignments`.
    pub async fn save_assignment(&mut self, changed: Assignment) -> Result<(), Problem> {
        self.save(&changed).await?;
        if let Some(it) = self.assignments.iter_mut().find(|it| it.id == changed.id) {
            *it = changed;
        }
        Ok(())
    }

    /// Moves a mail that can wait into business hours.
    fn timed(&self, mail: OutgoingMail) -> OutgoingMail {
        if mail.due_at > self.now() || mail.by_telephone || !mail.kind.keeps_hours() {
            return mail;
        }
        let Context { settings, calendar, now, .. } = &self.context;
        OutgoingMail { due_at: in_business_hours(*now, settings, calendar), ..mail }
    }

    /// Searches within the transaction, in turn with all other searches for free quarter hours.
    pub async fn offers(&self, search: SlotSearch) -> Result<SlotOffers, Problem> {
        self.take_turns().await?;
        Box::pin(self.context.offers(&self.tx, search)).await
    }

    /// Creates a single-use link, and returns its address.
    pub fn link(&mut self, purpose: &link::Purpose, lasts: TimeDelta) -> Result<String, Problem> {
        let token = self.token(purpose, lasts)?;
        Ok(self.app.site.link(&token))
    }

    /// Creates a single-use link, and returns its token.
    pub fn token(&mut self, purpose: &link::Purpose, lasts: TimeDelta) -> Result<String, Problem> {
        let token = secret::token().map_err(anyhow::Error::from)?;
        let hash = secret::token_hash(&token);
        let now = self.now();
        link::add(&mut self.batch, hash, purpose, now, now + lasts)?;
        Ok(token)
    }

    /// Returns the address at which an expert answers a request.
    pub fn answer_link(&self, assignment: AssignmentId) -> String {
        let token = self.app.secret.sign(Purpose::Assignment, assignment.0, self.now() + ANSWER_LINK);
        self.app.site.answer(&token)
    }
}
