//! The unit of work of an event: its row is locked, so that seats are given one after the other on all servers, and its
//! mails commit with the change.
use chrono::{DateTime, Utc};
use codes::Trust;
use domain::{
    gathering::{
        Admission, EventTimes, SeatKind, SignUpRefused, SignUpState, SignUpStatus, answer_until,
        first_free_number, last_call, next_step_at, offers,
    },
    id::PublicationId,
};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{
    app::App,
    mail::{mail_event::GatheringNews, outgoing_mail::OutgoingMail},
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        gathering::{
            Gathering,
            sign_up::{self, SignUp, seat_count},
        },
    },
};

/// The most seats that are offered in one go.
const OFFERED_AT_ONCE: u64 = 100;

/// The states of the people whom a change of the event concerns: they have a seat, or wait for one.
pub const CONCERNED: [SignUpStatus; 3] = [SignUpStatus::Seated, SignUpStatus::Offered, SignUpStatus::Waiting];

/// An event under its lock, with the mails that the change causes.
pub struct Hall<'a> {
    pub app: &'a App,
    pub context: Context,
    pub tx: DatabaseTransaction,
    pub event: Gathering,
    /// Whether it has a file of materials that visitors may download, or once the scanner has seen it.
    pub has_files: bool,
    pub(super) mails: Vec<OutgoingMail>,
}

impl<'a> Hall<'a> {
    /// Locks an event.
    pub async fn open(app: &'a App, id: PublicationId) -> Result<Self, Problem> {
        let context = Context::of(app).await?;
        let tx = app.begin().await?;
        let event = store::gathering::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
        Self::of(app, context, tx, event).await
    }

    /// Returns the unit of work of an event that is locked already.
    pub(super) async fn of(
        app: &'a App,
        context: Context,
        tx: DatabaseTransaction,
        event: Gathering,
    ) -> Result<Self, Problem> {
        let files = store::publication::file::of(&tx, event.id).await?;
        let has_files = files.iter().any(|it| it.trust.is_open() || it.trust == Trust::Held);
        Ok(Self { app, context, tx, event, has_files, mails: Vec::new() })
    }

    pub const fn now(&self) -> DateTime<Utc> {
        self.context.now
    }

    pub const fn has_materials(&self) -> bool {
        self.event.materials.is_some() || self.has_files
    }

    /// Returns what the next person gets who wants a seat of this kind.
    pub async fn admission(&self, seat: SeatKind) -> Result<Admission, Problem> {
        let capacity = self.event.seats(seat).ok_or_else(|| refused(SignUpRefused::NoSuchSeats))?;
        let tally = sign_up::tally(&self.tx, &[self.event.id]).await?;
        Ok(seat_count(&tally, self.event.id, seat, capacity).admission())
    }

    /// Returns the smallest number of a seat of this kind that is free.
    pub async fn free_number(&self, seat: SeatKind) -> Result<i32, DbErr> {
        Ok(first_free_number(sign_up::taken_numbers(&self.tx, self.event.id, seat).await?))
    }

    /// Refuses what can be done no more once the event is called off, or the last call for this kind of seat is over.
    pub fn check_open(&self, seat: SeatKind) -> Result<(), Problem> {
        if self.event.called_off.is_some() {
            return Err(refused(SignUpRefused::CalledOff));
        }
        if self.now() >= last_call(seat, self.event.starts_at) {
            return Err(refused(SignUpRefused::Closed));
        }
        Ok(())
    }

    /// Ends offers that were not answered, offers free seats to those who wait, and ends the wait after the last call.
    pub async fn settle_seats(&mut self) -> Result<(), Problem> {
        if self.event.called_off.is_some() {
            return Ok(());
        }
        let now = self.now();
        for offered in sign_up::of_event(&self.tx, self.event.id, &[SignUpStatus::Offered]).await? {
            if let Some(state) = offered.state.lapse(now) {
                self.save(SignUp { state, ..offered }, Some(GatheringNews::OfferLapsed)).await?;
            }
        }
        for seat in SeatKind::ALL {
            let Some(capacity) = self.event.seats(seat) else { continue };
            let waiting = sign_up::waiting(&self.tx, self.event.id, seat, OFFERED_AT_ONCE).await?;
            if waiting.is_empty() {
                continue;
            }
            let Some(until) = answer_until(seat, self.event.starts_at, now) else {
                for it in waiting {
                    self.save(SignUp { state: SignUpState::Ended, ..it }, Some(GatheringNews::WaitEnded))
                        .await?;
                }
                continue;
            };
            let taken = sign_up::taken_numbers(&self.tx, self.event.id, seat).await?;
            let places: Vec<_> = (0..waiting.len()).collect();
            for (place, number) in offers(u32::from(capacity), &taken, &places) {
                let it = &waiting[place];
                let state = it.state.offer(number, until).map_err(refused)?;
                self.save(SignUp { state, ..it.clone() }, Some(GatheringNews::Offered { until })).await?;
            }
        }
        Ok(())
    }

    /// Saves a sign-up, and tells the person.
    pub async fn save(&mut self, it: SignUp, news: Option<GatheringNews<'_>>) -> Result<(), Problem> {
        sign_up::save(&self.tx, &it).await?;
        match news {
            Some(news) => self.tell(&it, news),
            None => Ok(()),
        }
    }

    /// Settles the seats, computes when the next step is due, and commits everything with its mails.
    pub async fn commit(mut self) -> Result<(), Problem> {
        self.settle_seats().await?;
        self.event.due_at = self.next_step().await?;
        store::gathering::save(&self.tx, &self.event).await?;
        let Self { app, context, tx, mails, .. } = self;
        store::correspondence::outbox::push(&tx, mails, &app.config.mail_reply_domain, context.now).await?;
        Ok(tx.commit().await?)
    }

    async fn next_step(&self) -> Result<Option<DateTime<Utc>>, Problem> {
        let it = &self.event;
        let tally = sign_up::tally(&self.tx, &[it.id]).await?;
        let waits = SeatKind::ALL.map(|seat| seat_count(&tally, it.id, seat, 0).waiting > 0);
        let times = EventTimes {
            starts_at: it.starts_at,
            ends_at: it.ends_at,
            is_called_off: it.called_off.is_some(),
            asks_for_link: it.misses_link() && it.link_asked_at.is_none(),
            waits,
            offer_until: sign_up::first_offer_end(&self.tx, it.id).await?,
            has_materials: self.has_materials(),
            is_thanked: it.thanked_at.is_some(),
            is_erased: it.erased_at.is_some(),
        };
        Ok(next_step_at(&times, &self.context.settings, &self.context.calendar))
    }
}

pub fn refused(why: SignUpRefused) -> Problem {
    Problem::Refused(why.to_string())
}
