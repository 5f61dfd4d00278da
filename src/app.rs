//! The state that handlers and the worker share, built once at start-up.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    id::{ConsultationId, PublicationId},
    publication::example::index::ExampleIndex,
    statistics::adoption::LoadedFigure,
};
use lettre::message::Mailbox;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
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
    readers::Readers,
    searches::Searches,
    secret::Secret,
    store::{
        gathering::GatheringStanding,
        publication::{searched_text::FoldedTexts, shelf::Shelf},
        reference::{
            programme::Programme,
            revision::{self, Revisions},
        },
        routing::expert::Roster,
        statistics::shelf::PublishedStatistics,
    },
    url::Site,
};

#[derive(Clone, Debug)]
pub struct App {
    pub db: DatabaseConnection,
    /// The connection for changes, see `database::writer`.
    pub writer: DatabaseConnection,
    pub clock: Clock,
    pub mail: Sender,
    /// The client that fetches external calendars.
    pub fetch: Fetcher,
    /// The key that signs links and derives other keys.
    pub secret: Secret,
    /// The absolute addresses of our pages.
    pub site: Site,
    pub config: Arc<Config>,
    /// Copies of the programme and the experts, which every page reads.
    pub cached: Arc<Cached>,
    /// The limits on guessing passwords.
    pub guard: SignInGuard,
    /// Whether this process runs background work, so that readiness requires a worker.
    pub runs_worker: bool,
    pub readiness: Arc<Readiness>,
    /// How often the pages of the guide were opened, until it is written down.
    pub readers: Arc<Readers>,
    /// The limit on searches of the site.
    pub searches: Arc<Searches>,
}

/// The result of the last check whether this process can work.
#[derive(Debug)]
pub struct Readiness {
    /// The identifier of this process among those that share a database.
    pub process: Uuid,
    /// The time of the last check, if the process could work then.
    pub well_at: Mutex<Option<DateTime<Utc>>>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self { process: Uuid::new_v4(), well_at: Mutex::default() }
    }
}

impl App {
    /// Begins a transaction that will write.
    ///
    /// SQLite has no row locks (`lock_exclusive` is silently dropped there), so the transaction takes the write lock up
    /// front; a deferred transaction would fail with "database is locked" as soon as two of them wrote.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        fault::count_transaction();
        let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
        self.writer
            .begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() })
            .await
    }

    /// Begins a transaction in which all reads see the same snapshot. A transaction of SQLite is one by itself.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        if self.db.get_database_backend() == DbBackend::Sqlite {
            return self.db.begin().await;
        }
        let (level, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
        self.db.begin_with_config(Some(level), Some(access)).await
    }

    /// Returns settings, closing days and themes at their current revision.
    pub async fn programme(&self) -> Result<Arc<Programme>, DbErr> {
        self.cached.programme(&self.db).await
    }

    /// Returns the programme for display only: it may be a little older than that of `programme`, and usually costs no
    /// query.
    pub async fn programme_to_show(&self) -> Result<Arc<Programme>, DbErr> {
        self.cached.programme_to_show(&self.db).await
    }

    /// Returns what the public may read; it may be a little older than the database, and usually costs no query.
    pub async fn shelf_to_show(&self) -> Result<Arc<Shelf>, DbErr> {
        self.cached.shelf_to_show(&self.db).await
    }

    /// Returns the folded texts of what is on a shelf, for the search of the site.
    pub async fn searched_texts(&self, shelf: &Shelf) -> Result<Arc<FoldedTexts>, DbErr> {
        self.cached.searched_texts(&self.db, shelf).await
    }

    /// Returns the standing of these events for display only: it may be a little older than the database.
    pub async fn standing_to_show(&self, ids: &[PublicationId]) -> Result<Arc<GatheringStanding>, DbErr> {
        self.cached.standing_to_show(&self.db, ids).await
    }

    /// Returns the statistics that the public may read.
    pub async fn published_statistics(&self) -> Result<Arc<PublishedStatistics>, DbErr> {
        self.cached.published_statistics(&self.db).await
    }

    /// Returns the imported figures about the adoption of telework for display only.
    pub async fn adoption_to_show(&self) -> Result<Arc<Vec<LoadedFigure>>, DbErr> {
        self.cached.adoption_to_show(&self.db).await
    }

    /// Reads the index of examples, which has every change that was saved before.
    pub async fn examples<T>(&self, read: impl FnOnce(&ExampleIndex) -> T) -> Result<T, DbErr> {
        self.cached.examples(&self.db, read).await
    }

    /// Reads the index of examples for display only: it may be a little older than that of `examples`, and usually costs no
    /// query.
    pub async fn examples_to_show<T>(&self, read: impl FnOnce(&ExampleIndex) -> T) -> Result<T, DbErr> {
        self.cached.examples_to_show(&self.db, read).await
    }

    /// Returns the programme and all experts at their current revisions.
    pub async fn programme_and_experts(&self) -> Result<(Arc<Programme>, Arc<Roster>), DbErr> {
        let revisions = revision::revisions(&self.db).await?;
        self.programme_and_experts_at(&self.db, revisions).await
    }

    /// Returns the programme and all experts, for a caller that has just read their revisions. Values that have changed
    /// are read from `db`.
    pub async fn programme_and_experts_at(
        &self,
        db: &impl ConnectionTrait,
        revisions: Revisions,
    ) -> Result<(Arc<Programme>, Arc<Roster>), DbErr> {
        self.cached.programme_and_experts(db, revisions).await
    }

    /// Returns the UID of a calendar entry of ours. It never changes, whatever happens to the appointment.
    pub fn calendar_uid(&self, id: Uuid) -> String {
        format!("{}@{}", id.simple(), self.config.mail_reply_domain)
    }

    /// Returns the address at which this recipient answers mails about this consultation: the same in every mail.
    pub fn reply_address(&self, consultation: ConsultationId, recipient: &str) -> String {
        let token = self.secret.reply_token(consultation.0, recipient);
        format!("reply+{token}@{}", self.config.mail_reply_domain)
    }

    /// Returns the `Reply-To` address of a mail; `None` for a mail that is about neither a consultation nor a question to a
    /// mentor.
    pub fn reply_to(&self, mail: &OutgoingMail) -> Option<Mailbox> {
        let subject = mail.consultation.map(|it| it.0).or(mail.relay.map(|it| it.0))?;
        let token = self.secret.reply_token(subject, &mail.to);
        let address = format!("reply+{token}@{}", self.config.mail_reply_domain).parse().ok()?;
        Some(Mailbox::new(self.mail.from.name.clone(), address))
    }
}
