//! The unit of work of a telework month: its row is locked, so that numbers are given and decisions made one after the
//! other on all servers, and its mails commit with the change.
use chrono::{DateTime, Utc};
use codes::EditorAct;
use domain::{
    campaign::{CampaignTimes, RegistrationRefused, RegistrationState, RegistrationStatus, next_step_at},
    id::{AccountId, PublicationId, RegistrationId},
    publication::PublicationKind,
    text::TextLine,
};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{
    app::App,
    mail::outgoing_mail::OutgoingMail,
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        audit::editor_act::{self, ActSubject},
        campaign::{
            Campaign,
            registration::{self, ENDED, Registration},
        },
    },
};

/// A telework month under its lock, with the mails that the change causes.
pub struct CampaignTransaction<'a> {
    pub app: &'a App,
    pub context: Context,
    pub tx: DatabaseTransaction,
    pub campaign: Campaign,
    pub(super) mails: Vec<OutgoingMail>,
}

impl<'a> CampaignTransaction<'a> {
    /// Locks a telework month.
    pub async fn begin(app: &'a App, id: PublicationId) -> Result<Self, Problem> {
        let context = Context::of(app).await?;
        let tx = app.begin().await?;
        let campaign = store::campaign::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
        Ok(Self { app, context, tx, campaign, mails: Vec::new() })
    }

    /// Locks the telework month of a registration, and reads the registration under the lock.
    pub async fn begin_for(app: &'a App, id: RegistrationId) -> Result<(Self, Registration), Problem> {
        let campaign = registration::find(&app.db, id).await?.ok_or(Problem::Expired)?.campaign;
        let work = Self::begin(app, campaign).await?;
        let it = registration::find(&work.tx, id).await?.ok_or(Problem::Expired)?;
        Ok((work, it))
    }

    pub const fn now(&self) -> DateTime<Utc> {
        self.context.now
    }

    /// Returns the next number of a registration.
    pub const fn next_number(&mut self) -> i32 {
        self.campaign.last_number += 1;
        self.campaign.last_number
    }

    /// Refuses a name that the registrant's address has registered already in another registration.
    pub async fn refuse_twice(&self, of: &Registration, name: &TextLine) -> Result<(), Problem> {
        let Some(email) = &of.entry.email else { return Ok(()) };
        let known = registration::of_address(&self.tx, of.campaign, &email.key(), &name.search_key()).await?;
        if known.is_some_and(|it| it.id != of.id) {
            return Err(refused(RegistrationRefused::Twice));
        }
        Ok(())
    }

    /// Saves a registration that was `before`, as its next version.
    pub async fn save(&self, before: &Registration, mut it: Registration) -> Result<Registration, DbErr> {
        it.version = before.version + 1;
        if it.life.state.status() != before.life.state.status() {
            it.state_since = self.now();
        }
        if let RegistrationState::Waiting { since } = it.life.state {
            it.state_since = since;
        }
        it.entry.listing = it.life.wanted.clone();
        registration::save(&self.tx, &it).await?;
        Ok(it)
    }

    /// Records the act of an editor on the telework month, with the number of rows or mails that it made.
    pub async fn record(&self, act: EditorAct, quantity: Option<usize>, by: AccountId) -> Result<(), DbErr> {
        let month = ActSubject::one(PublicationKind::Campaign, self.campaign.year);
        editor_act::insert(&self.tx, act, ActSubject { quantity, ..month }, by, self.now()).await
    }

    /// Returns the times that decide about the next step.
    pub async fn times(&self) -> Result<CampaignTimes, DbErr> {
        let (it, tx) = (&self.campaign, &self.tx);
        Ok(CampaignTimes {
            ends_at: it.ends_at(),
            waiting_since: registration::longest_in(tx, it.id, &[RegistrationStatus::Waiting], false).await?,
            reminded_at: it.reminded_at,
            ended_since: registration::longest_in(tx, it.id, &ENDED, true).await?,
            is_erased: it.erased_at.is_some(),
        })
    }

    /// Computes when the next step is due, and commits everything with its mails.
    pub async fn commit(mut self) -> Result<(), Problem> {
        let times = self.times().await?;
        self.campaign.due_at = next_step_at(&times, &self.context.settings, &self.context.calendar);
        store::campaign::save(&self.tx, &self.campaign).await?;
        let Self { app, context, tx, mails, .. } = self;
        store::correspondence::outbox::push(&tx, mails, &app.config.mail_reply_domain, context.now).await?;
        Ok(tx.commit().await?)
    }
}

pub fn refused(why: RegistrationRefused) -> Problem {
    Problem::Refused(why.to_string())
}
