//! Sends the mail that is due: leases mails up to its capacity, sends them over several connections at once,
//! and records the outcomes, many at a time.
//!
//! A lease is committed before any of its mails is sent, and a mail's outcome is recorded soon after it is
//! known. After a crash in between, the lease expires, and the leased mails count as of unknown outcome.
mod attempt;
mod send_condition;

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    booking::notice::in_business_hours,
    correspondence::outgoing_mail::{SendFailure, rate_limit::RateLimit},
    id::{ConsultationId, MailId, NetworkQuestionId},
};
use tokio::{sync::Semaphore, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    app::App,
    mail::outgoing_mail::MailKind,
    ops,
    problem::Problem,
    store::{
        self,
        correspondence::{
            bounce::Bounce,
            outbox::{LeasedMail, SendCapacity, SendOutcome, SettledMail, readdressed::UNREACHABLE},
        },
    },
};

/// The time for which mails are leased.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The least remaining time of a lease with which a mail is still begun. It exceeds the sum of `UNTIL_DATA`
/// and `AFTER_DATA` in `smtp.rs`.
const MARGIN: TimeDelta = TimeDelta::minutes(3);
/// The most mails that one worker leases at once.
const IN_HAND: usize = 64;
/// The time of waiting for more outcomes after the first, so that one transaction records many.
const GATHERING: Duration = Duration::from_millis(3);
/// The interval between checks for due mail.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// The time of waiting for an unreachable server, at first and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Sends mail until `stop` is cancelled. Mails that are being sent are finished first, and the others are
/// given back.
pub async fn run(app: &App, stop: CancellationToken) {
    let mut dispatcher = Dispatcher::new(app, stop.clone());
    let mut backoff = Backoff::default();
    while !stop.is_cancelled() || dispatcher.is_busy() {
        if !stop.is_cancelled() && !backoff.lasts() && dispatcher.has_capacity() {
            logged(dispatcher.take_up().await.map(drop));
        }
        if dispatcher.is_busy() {
            backoff.after(&dispatcher.gather(POLL_INTERVAL).await);
            logged(dispatcher.settle().await);
            continue;
        }
        app.mail.transport.close_idle(false).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL_INTERVAL) => {}
        }
    }
    app.mail.transport.close_idle(true).await;
}

/// Leases up to `IN_HAND` due mails and sends them. Returns whether there were any.
pub async fn step(app: &App) -> Result<bool, Problem> {
    let mut dispatcher = Dispatcher::new(app, CancellationToken::new());
    let was_due = dispatcher.take_up().await?;
    while dispatcher.is_busy() {
        dispatcher.gather(POLL_INTERVAL).await;
        dispatcher.settle().await?;
    }
    Ok(was_due)
}

fn logged(done: Result<(), Problem>) {
    if let Err(err) = done {
        tracing::error!(error = ?err, "the outbox cannot be read or written, and will be tried again");
    }
}

/// The mails that one worker has leased.
struct Dispatcher {
    app: App,
    stop: CancellationToken,
    /// One permit for each connection.
    connections: Arc<Semaphore>,
    sending: JoinSet<Sent>,
    /// The number of leased mails by domain.
    in_hand: HashMap<String, usize>,
    /// Mails with a known outcome that is not recorded yet.
    unsettled: Vec<Sent>,
}

/// A mail with a known outcome.
struct Sent {
    settled: SettledMail,
    domain: String,
    kind: MailKind,
    consultation: Option<ConsultationId>,
    relay: Option<NetworkQuestionId>,
    address: String,
    /// The failure, if the server could not be reached or deferred the mail.
    failure: Option<SendFailure>,
    no_such_address: bool,
}

impl Dispatcher {
    fn new(app: &App, stop: CancellationToken) -> Self {
        Self {
            connections: Arc::new(Semaphore::new(app.config.smtp.connections.max(1))),
            app: app.clone(),
            stop,
            sending: JoinSet::new(),
            in_hand: HashMap::new(),
            unsettled: Vec::new(),
        }
    }

    fn is_busy(&self) -> bool {
        !self.sending.is_empty() || !self.unsettled.is_empty()
    }

    /// Returns whether there is enough capacity for another lease to be worth a transaction.
    fn has_capacity(&self) -> bool {
        self.sending.len() <= IN_HAND / 2
    }

    /// Leases mails up to the capacity and begins to send them. Returns whether there were any.
    async fn take_up(&mut self) -> Result<bool, Problem> {
        let app = &self.app;
        if !store::correspondence::outbox::any_due(&app.db, app.clock.now()).await? {
            return Ok(false);
        }
        let now = app.clock.now();
        let programme = app.programme().await?;
        let opens_at = in_business_hours(now, programme.settings_at(now), &programme.calendar(now));
        let capacity = SendCapacity {
            mails: IN_HAND.saturating_sub(self.sending.len()),
            per_domain: app.config.smtp.per_domain.max(1),
            in_hand: &self.in_hand,
            rate_limit: RateLimit(app.config.smtp.per_domain_a_minute),
            closed_until: (opens_at > now).then_some(opens_at),
        };
        let tx = app.begin().await?;
        let lease = store::correspondence::outbox::lease(&tx, now, LEASE, capacity).await?;
        tx.commit().await?;
        let was_due = !lease.mails.is_empty() || lease.aside > 0;
        let known = learn_facts(app, &lease.mails).await.map(Arc::new);
        for mail in lease.mails {
            *self.in_hand.entry(mail.domain.clone()).or_default() += 1;
            let (app, stop, connections) = (app.clone(), self.stop.clone(), Arc::clone(&self.connections));
            let (term, known) = (Term { token: lease.token, until: lease.until }, known.clone());
            self.sending
                .spawn(async move { send(&app, &stop, &connections, mail, term, known.as_deref()).await });
        }
        Ok(was_due)
    }

    /// Waits for an outcome, and then for further ones for a moment. Returns the servers' failures in these
    /// tries; `None` stands for a try without one.
    async fn gather(&mut self, patience: Duration) -> Vec<Option<SendFailure>> {
        let mut until = Instant::now() + patience;
        let before = self.unsettled.len();
        while let Ok(Some(ended)) = tokio::time::timeout_at(until, self.sending.join_next()).await {
            match ended {
                Ok(sent) => {
                    if let Some(n) = self.in_hand.get_mut(&sent.domain) {
                        *n = n.saturating_sub(1);
                    }
                    self.unsettled.push(sent);
                }
                // The mail's lease will expire.
                Err(err) => tracing::error!(error = %err, "the task that sends a mail failed"),
            }
            until = until.min(Instant::now() + GATHERING);
        }
        self.in_hand.retain(|_, n| *n > 0);
        self.unsettled
            .get(before..)
            .unwrap_or_default()
            .iter()
            .filter(|it| it.was_tried())
            .map(|it| it.failure)
            .collect()
    }

    /// Records the known outcomes. If that fails, they are kept for the next time.
    async fn settle(&mut self) -> Result<(), Problem> {
        if self.unsettled.is_empty() {
            return Ok(());
        }
        let now = self.app.clock.now();
        let settled: Vec<_> = self.unsettled.iter().map(|it| it.settled.clone()).collect();
        let tx = self.app.begin().await?;
        let ours = store::correspondence::outbox::settle(&tx, &settled, now).await?;
        for it in self.unsettled.iter().filter(|it| it.no_such_address) {
            store::correspondence::bounce::note(&tx, it.bounce(), now).await?;
        }
        let reached = self
            .unsettled
            .iter()
            .filter(|it| it.kind.is_asked_for() && it.settled.outcome == SendOutcome::Sent);
        let reached: Vec<_> = reached.map(|it| it.address.as_str()).collect();
        if !reached.is_empty() {
            store::correspondence::bounce::taken(&tx, reached, now).await?;
        }
        tx.commit().await?;
        if ours < settled.len() {
            tracing::warn!("{} mails were leased by another worker meanwhile", settled.len() - ours);
        }
        for it in std::mem::take(&mut self.unsettled) {
            it.log();
            if it.no_such_address
                && let Err(err) = ops::consultation::to_call::address_lost(&self.app, &it.address).await
            {
                tracing::error!(error = ?err, "could not ask the center to call the reader of a mail");
            }
            if let Some(question) = it.relay.filter(|_| it.is_lost())
                && let Err(err) = ops::network::mail_lost(&self.app, question, &it.address).await
            {
                tracing::error!(error = ?err, "could not take a question back from a mentor");
            }
        }
        Ok(())
    }
}

/// Looks up the facts about these mails. If that fails, each mail is looked up alone, so that one unreadable
/// row does not keep the others waiting.
async fn learn_facts(app: &App, mails: &[LeasedMail]) -> Option<attempt::KnownFacts> {
    if mails.is_empty() {
        return None;
    }
    let at = Instant::now();
    let query = send_condition::FactQuery::by(mails.iter().map(|it| &it.mail.outgoing));
    match send_condition::learn(app, query).await {
        Ok(facts) => Some(attempt::KnownFacts { facts, at }),
        Err(err) => {
            tracing::error!(error = ?err, "could not load the send conditions of {} mails", mails.len());
            None
        }
    }
}

/// The token and the end of a lease.
#[derive(Clone, Copy)]
struct Term {
    token: Uuid,
    until: DateTime<Utc>,
}

/// Sends one mail on a free connection, unless the worker stops or the lease ends before there is one.
async fn send(
    app: &App,
    stop: &CancellationToken,
    connections: &Semaphore,
    leased: LeasedMail,
    term: Term,
    known: Option<&attempt::KnownFacts>,
) -> Sent {
    let permit = tokio::select! {
        biased;
        () = stop.cancelled() => None,
        permit = connections.acquire() => permit.ok(),
    };
    let given = if permit.is_none() || app.clock.now() + MARGIN > term.until {
        attempt::AttemptResult::given_back()
    } else {
        attempt::attempt(app, &leased, known).await
    };
    let attempt::AttemptResult { outcome, detail, failure, no_such_address } = given;
    Sent {
        settled: SettledMail { id: leased.id, token: term.token, outcome, detail },
        domain: leased.domain,
        kind: leased.mail.outgoing.kind,
        consultation: leased.mail.outgoing.consultation,
        relay: leased.mail.outgoing.relay,
        address: leased.mail.outgoing.to,
        failure,
        no_such_address,
    }
}

impl Sent {
    fn was_tried(&self) -> bool {
        !matches!(self.settled.outcome, SendOutcome::GivenBack | SendOutcome::Suppressed)
    }

    /// Returns whether the mail will not reach its reader: it was given up, or not sent to an address that no mail reaches.
    fn is_lost(&self) -> bool {
        let SettledMail { outcome, detail, .. } = &self.settled;
        *outcome == SendOutcome::Failed || (*outcome == SendOutcome::Suppressed && detail == UNREACHABLE)
    }

    /// Returns the bounce that records the server's answer about the address.
    fn bounce(&self) -> Bounce {
        Bounce {
            reported_by: None,
            address: self.address.clone(),
            mail: Some(self.settled.id),
            consultation: self.consultation,
            permanent: true,
            status: String::new(),
            diagnostic: self.settled.detail.clone(),
        }
    }

    fn log(&self) {
        let (id, kind, detail): (MailId, _, _) = (self.settled.id, self.kind.code(), &self.settled.detail);
        match self.settled.outcome {
            SendOutcome::Sent => tracing::info!(mail.id = %id, mail.kind = kind, "sent mail {id}"),
            SendOutcome::Suppressed => {
                tracing::info!(mail.id = %id, mail.kind = kind, "dropped mail {id}: {detail}");
            }
            SendOutcome::Deferred(_) => {
                tracing::warn!(mail.id = %id, mail.kind = kind, "could not send mail {id} now: {detail}");
            }
            SendOutcome::Failed => {
                tracing::error!(mail.id = %id, mail.kind = kind, "gave up sending mail {id}: {detail}");
            }
            SendOutcome::Unknown(_) => {
                tracing::error!(mail.id = %id, mail.kind = kind, "the outcome of mail {id} is unknown: {detail}");
            }
            SendOutcome::GivenBack => {}
        }
    }
}

/// The pause while a server is unreachable, so that it is tried now and then rather than all the time.
#[derive(Default)]
struct Backoff {
    until: Option<Instant>,
    length: Duration,
}

impl Backoff {
    fn lasts(&self) -> bool {
        self.until.is_some_and(|it| it > Instant::now())
    }

    fn after(&mut self, servers: &[Option<SendFailure>]) {
        let is_away =
            |it: &Option<SendFailure>| matches!(it, Some(SendFailure::Connection | SendFailure::Tls));
        if servers.iter().any(|it| !is_away(it)) {
            *self = Self::default();
        } else if !servers.is_empty() && !self.lasts() {
            self.length = (self.length * 2).clamp(BACKOFF.0, BACKOFF.1);
            self.until = Some(Instant::now() + self.length);
        }
    }
}
