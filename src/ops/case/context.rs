//! The data that every operation needs before it begins.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{calendar::BusinessCalendar, settings::Settings};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use crate::{
    app::App,
    mail::{
        compose,
        mail_event::{AccountMailEvent, Recipient, SenderContext},
        outgoing_mail::OutgoingMail,
    },
    ops::booking::slot_offers::{self, SlotOffers, SlotSearch},
    problem::Problem,
    store::{
        self,
        reference::{programme::Programme, revision::Revisions},
        routing::expert::Roster,
    },
};

/// The moment of an operation, with the programme and the experts as they are then. It is read before the transaction
/// begins, because the transaction may hold the only connection.
#[derive(Clone, Debug)]
pub struct Context {
    pub now: DateTime<Utc>,
    pub programme: Arc<Programme>,
    pub experts: Arc<Roster>,
    /// The settings in force at `now`.
    pub settings: Settings,
    /// The business days as known at `now`.
    pub calendar: BusinessCalendar,
}

impl Context {
    /// Reads the context of an operation that begins now.
    pub async fn of(app: &App) -> Result<Self, Problem> {
        let (programme, experts) = app.programme_and_experts().await?;
        Ok(Self::new(app.clock.now(), programme, experts))
    }

    /// Reads the context in a transaction that has already read the revisions in another query.
    pub async fn at(app: &App, tx: &DatabaseTransaction, revisions: Revisions) -> Result<Self, Problem> {
        let (programme, experts) = app.programme_and_experts_at(tx, revisions).await?;
        Ok(Self::new(app.clock.now(), programme, experts))
    }

    fn new(now: DateTime<Utc>, programme: Arc<Programme>, experts: Arc<Roster>) -> Self {
        let (settings, calendar) = (programme.settings_at(now).clone(), programme.calendar(now));
        Self { now, programme, experts, settings, calendar }
    }

    /// Searches for slots and for the experts who can give them.
    pub async fn offers(&self, db: &impl ConnectionTrait, search: SlotSearch) -> Result<SlotOffers, Problem> {
        let Self { now, experts, settings, calendar, .. } = self;
        Ok(slot_offers::offers(db, experts, settings, calendar, *now, search).await?)
    }

    /// Writes a mail that is about no consultation.
    pub async fn mail(
        &self,
        app: &App,
        tx: &DatabaseTransaction,
        event: AccountMailEvent<'_>,
        to: Recipient<'_>,
    ) -> Result<(), Problem> {
        let mut mails = self.mails(app);
        mails.mail(event, to)?;
        mails.write(tx).await
    }

    /// Begins a collection of mails that are about no consultation and are written together.
    pub const fn mails<'a>(&'a self, app: &'a App) -> AccountMails<'a> {
        AccountMails { app, context: self, mails: Vec::new() }
    }

    /// Returns the sender's part of every mail. The reply to an invitation goes to the sender.
    pub fn sender<'a>(&'a self, app: &'a App) -> SenderContext<'a> {
        SenderContext {
            settings: &self.settings,
            calendar: &self.calendar,
            site: &app.site,
            texts: &self.programme.texts,
            organizer: &app.config.mail_from.address,
            now: self.now,
        }
    }
}

/// Mails that are about no consultation and are written together.
pub struct AccountMails<'a> {
    app: &'a App,
    context: &'a Context,
    mails: Vec<OutgoingMail>,
}

impl AccountMails<'_> {
    /// Adds a mail. Returns it, so that the caller can delay it or give it a key.
    pub fn mail(
        &mut self,
        event: AccountMailEvent<'_>,
        to: Recipient<'_>,
    ) -> Result<&mut OutgoingMail, Problem> {
        let (position, mail) = (self.mails.len(), compose::plain(event, to, &self.context.sender(self.app))?);
        self.mails.push(mail);
        Ok(&mut self.mails[position])
    }

    pub const fn is_empty(&self) -> bool {
        self.mails.is_empty()
    }

    /// Writes the mails into the outbox, in one turn.
    pub async fn write(self, tx: &DatabaseTransaction) -> Result<(), Problem> {
        let Self { app, context, mails } = self;
        Ok(store::correspondence::outbox::push(tx, mails, &app.config.mail_reply_domain, context.now).await?)
    }
}
