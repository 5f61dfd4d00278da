//! Everything a handler or the worker may need, built once at start-up.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::id::ConsultationId;
use lettre::message::Mailbox;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    cached::Cached,
    clock::Clock,
    config::Config,
    fault,
    fetch::Fetcher,
    mail::{outgoing_mail::OutgoingMail, sender::Sender},
    password::SignInGuard,
    secret::Secret,
    store::{
        reference::{
            programme::Programme,
            revision::{self, Revisions},
        },
        routing::expert::Roster,
    },
    url::Site,
};

#[derive(Clone, Debug)]
pub struct App {
    pub db: DatabaseConnection,
    /// What changes are made through, see `database::writer`.
    pub writer: DatabaseConnection,
    pub clock: Clock,
    pub mail: Sender,
    /// What fetches calendars from outside.
    pub fetch: Fetcher,
    /// What signs links and hashes tokens.
    pub secret: Secret,
    /// The absolute addresses of our pages.
    pub site: Site,
    pub config: Arc<Config>,
    /// Copies of what every page reads.
    pub cached: Arc<Cached>,
    /// Bounds the guessing of passwords.
    pub guard: SignInGuard,
    /// Whether this process promised background work, so that readiness asks for it.
    pub runs_worker: bool,
    pub readiness: Arc<Readiness>,
}

/// What this process found when it was last asked whether it can work.
#[derive(Debug)]
pub struct Readiness {
    /// Tells processes that share a database apart.
    pub process: Uuid,
    /// When it was checked last, where it could work then.
    pub well_at: Mutex<Option<DateTime<Utc>>>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self { process: Uuid::new_v4(), well_at: Mutex::default() }
    }
}

impl App {
    /// A transaction that will write.
    ///
    /// SQLite has no row locks (`lock_exclusive` is silently dropped there), so it takes the write lock up front; a
    /// deferred transaction would fail with "database is locked" as soon as two of them wrote.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        fault::count_transaction();
        let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
        self.writer
            .begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() })
            .await
    }

    /// Returns settings, closing days and themes as they are now.
    pub async fn programme(&self) -> Result<Arc<Programme>, DbErr> {
        self.cached.programme(&self.db).await
    }

    /// Returns the programme as pages show it: a little older than `programme`, and without a query.
    pub async fn programme_to_show(&self) -> Result<Arc<Programme>, DbErr> {
        self.cached.programme_to_show(&self.db).await
    }

    /// Returns the programme and all experts as they are now.
    pub async fn programme_and_experts(&self) -> Result<(Arc<Programme>, Arc<Roster>), DbErr> {
        let revisions = revision::revisions(&self.db).await?;
        self.programme_and_experts_at(&self.db, revisions).await
    }

    /// Returns the same for a caller that has just read their revisions; `db` is what they are read from where they have
    /// changed.
    pub async fn programme_and_experts_at(
        &self,
        db: &impl ConnectionTrait,
        revisions: Revisions,
    ) -> Result<(Arc<Programme>, Arc<Roster>), DbErr> {
        self.cached.programme_and_experts(db, revisions).await
    }

    /// Returns the UID of a calendar entry of ours: the same for ever, whatever happens to the appointment.
    pub fn calendar_uid(&self, id: Uuid) -> String {
        format!("{}@{}", id.simple(), self.config.mail_reply_domain)
    }

    /// Where this recipient answers about this consultation: the same address in every letter.
    pub fn reply_address(&self, consultation: ConsultationId, recipient: &str) -> String {
        let token = self.secret.reply_token(consultation.0, recipient);
        format!("reply+{token}@{}", self.config.mail_reply_domain)
    }

    /// Where a letter is answered: what is about a consultation can be answered by mail.
    pub fn reply_to(&self, letter: &OutgoingMail) -> Option<Mailbox> {
        let address = self.reply_address(letter.consultation?, &letter.to).parse().ok()?;
        Some(Mailbox::new(self.mail.from.name.clone(), address))
    }
}
