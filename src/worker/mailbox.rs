//! Reads the mailbox of `IMAP_URL`. Each message is stored durably before it is marked on the server.
use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    app::App,
    mail::imap::{ImapAccount, ImapError, Mailbox},
    ops::{self, correspondence::inbound_mail::IncomingMail},
    problem::Problem,
    store::{
        self,
        correspondence::{inbound_mail::Source, mailbox::ReadPosition},
    },
};

/// The time for which a mailbox is leased to one worker without a renewal.
const LEASE: TimeDelta = TimeDelta::minutes(3);
/// The time of waiting for news before the lease is renewed.
const SLICE: Duration = Duration::from_secs(25);
/// The pause before the first retry; it is doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The interval between checks whether the worker that reads the mailbox is gone.
const LOOK: Duration = Duration::from_secs(30);

/// The reason why reading stopped.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Server(#[from] ImapError),
    /// The failure was on our side, not the server's.
    #[error("{0:?}")]
    Here(Problem),
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        Self::Here(problem)
    }
}

/// The lease of a mailbox.
struct Lease<'a> {
    app: &'a App,
    name: String,
    token: Uuid,
    place: ReadPosition,
}

/// Reads the mailbox until `stop` is cancelled. Does nothing without `IMAP_URL`.
pub async fn run(app: &App, stop: &CancellationToken) {
    let Some(account) = account(app) else { return };
    let mut pause = FIRST_PAUSE;
    while !stop.is_cancelled() {
        let mut reached = false;
        let wait = match read(app, &account, Some(stop), &mut reached).await {
            Ok(true) => FIRST_PAUSE,
            Ok(false) => LOOK,
            Err(err) => {
                tracing::warn!(error = %err, "the mailbox {} cannot be read; trying again", account.name());
                pause = if reached { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
                pause
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Reads every message that is in the mailbox now.
pub async fn once(app: &App) {
    let Some(account) = account(app) else { return };
    if let Err(err) = read(app, &account, None, &mut false).await {
        tracing::warn!(error = %err, "the mailbox {} cannot be read", account.name());
    }
}

fn account(app: &App) -> Option<ImapAccount> {
    ImapAccount::parse(app.config.imap_url.as_ref()?.reveal())
}

/// Reads the new messages and, with a `stop`, keeps waiting for more. Returns false if another worker reads
/// the mailbox. `reached` is set to true once the server could be read.
async fn read(
    app: &App,
    account: &ImapAccount,
    stop: Option<&CancellationToken>,
    reached: &mut bool,
) -> Result<bool, Stopped> {
    let Some(mut lease) = Lease::take(app, account.name()).await? else { return Ok(false) };
    let read = async {
        let mut mailbox = Mailbox::open(account).await?;
        loop {
            lease.take_all(&mut mailbox).await?;
            *reached = true;
            let Some(stop) = stop.filter(|it| !it.is_cancelled()) else { break };
            mailbox = mailbox.wait(SLICE, stop).await?;
            if !lease.renew().await? {
                break;
            }
        }
        mailbox.close().await;
        Ok::<_, Stopped>(())
    };
    let ended = read.await;
    let failure = ended.as_ref().err().map(ToString::to_string).unwrap_or_default();
    lease.give_back(&failure).await?;
    ended.map(|()| true)
}

impl<'a> Lease<'a> {
    async fn take(app: &'a App, name: String) -> Result<Option<Self>, Problem> {
        let tx = app.begin().await?;
        let leased = store::correspondence::mailbox::lease(&tx, &name, LEASE, app.clock.now()).await?;
        tx.commit().await?;
        Ok(leased.map(|(token, place)| Self { app, name, token, place }))
    }

    async fn renew(&self) -> Result<bool, Problem> {
        let tx = self.app.begin().await?;
        let ours =
            store::correspondence::mailbox::renew(&tx, &self.name, self.token, LEASE, self.app.clock.now())
                .await?;
        tx.commit().await?;
        Ok(ours)
    }

    async fn give_back(&self, failure: &str) -> Result<(), Problem> {
        let tx = self.app.begin().await?;
        store::correspondence::mailbox::give_back(&tx, &self.name, self.token, failure).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Stores every new message, one after the other. Storing is recorded before the message is marked on the
    /// server: a crash in between leaves a message that looks unread, but never loses one.
    async fn take_all(&mut self, mailbox: &mut Mailbox) -> Result<(), Stopped> {
        let limit = self.app.config.mail_size_limit;
        // A recreated mailbox has new UIDs; messages that are already stored are recognized by their content.
        let last = match self.place.uid_validity {
            Some(known) if known == mailbox.uid_validity => Some(self.place.last_uid),
            Some(_) => Some(0),
            None => None,
        };
        let uids = mailbox.beyond(last).await?;
        for uid in uids {
            if let Some(it) = mailbox.fetch(uid, limit).await? {
                let incoming = IncomingMail {
                    source: Source::Imap,
                    envelope_to: "",
                    envelope_from: "",
                    bytes: &it.bytes,
                    size: it.size,
                };
                ops::correspondence::inbound_mail::store_raw(self.app, &incoming).await?;
            }
            if !self.advance(mailbox.uid_validity, uid).await? {
                return Ok(());
            }
            mailbox.taken(uid).await?;
        }
        if self.place.uid_validity != Some(mailbox.uid_validity) {
            // No message was new; the present messages stay where they are.
            self.advance(mailbox.uid_validity, mailbox.last_uid.max(0)).await?;
        }
        self.renew().await?;
        Ok(())
    }

    async fn advance(&mut self, uid_validity: i64, uid: i64) -> Result<bool, Problem> {
        let place = ReadPosition { uid_validity: Some(uid_validity), last_uid: uid };
        let tx = self.app.begin().await?;
        let ours = store::correspondence::mailbox::advance(&tx, &self.name, self.token, place).await?;
        let now = self.app.clock.now();
        store::correspondence::mailbox::renew(&tx, &self.name, self.token, LEASE, now).await?;
        tx.commit().await?;
        self.place = place;
        Ok(ours)
    }
}
