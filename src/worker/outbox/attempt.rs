//! Tries once to send a mail, and decides what follows from the outcome.
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::correspondence::outgoing_mail::{SendFailure, next_attempt};
use tokio::time::Instant;

use super::send_condition::{self, FactQuery, SendFacts};
use crate::{
    app::App,
    mail::transport::SendError,
    store::correspondence::outbox::{LeasedMail, SendOutcome},
};

/// The time for which facts that were looked up for many mails are still valid for a mail that waits for its
/// connection.
const FRESH: Duration = Duration::from_secs(2);

/// The facts about mails that were leased together, and when they were looked up.
pub struct KnownFacts {
    pub facts: SendFacts,
    pub at: Instant,
}

/// The result of a try.
pub struct AttemptResult {
    pub outcome: SendOutcome,
    pub detail: String,
    /// The failure, if the server could not be reached or deferred the mail.
    pub failure: Option<SendFailure>,
    pub no_such_address: bool,
}

impl AttemptResult {
    pub fn given_back() -> Self {
        Self::of(SendOutcome::GivenBack, String::new())
    }

    fn of(outcome: SendOutcome, detail: String) -> Self {
        Self { outcome, detail, failure: None, no_such_address: false }
    }
}

/// Tries to send a leased mail. `facts` are the facts from when it was leased; facts older than `FRESH` are looked up
/// again, and those about a mail to an account always: the account may have been closed since.
///
/// A mail whose hand-over to the server has begun when the account is closed still goes out: that takes a moment, at
/// most as long as the server may keep one mail waiting.
pub async fn attempt(app: &App, leased: &LeasedMail, facts: Option<&KnownFacts>) -> AttemptResult {
    let mail = &leased.mail.outgoing;
    let known = match facts.filter(|it| it.at.elapsed() < FRESH && !it.facts.is_to_account(mail)) {
        Some(known) => Ok(known.facts.objection(mail)),
        None => send_condition::learn(app, FactQuery::by([mail])).await.map(|it| it.objection(mail)),
    };
    match known {
        Ok(None) => {}
        Ok(Some(why)) => return AttemptResult::of(SendOutcome::Suppressed, why.to_owned()),
        Err(err) => {
            tracing::error!(error = ?err, "could not check the send condition of mail {}", leased.id);
            return AttemptResult::of(SendOutcome::GivenBack, String::new());
        }
    }
    let reply_to = app.reply_to(&leased.mail.outgoing);
    let sent = app.mail.send(&leased.mail, reply_to.as_ref(), app.clock.now()).await;
    let now = app.clock.now();
    match sent {
        Ok(reply) => AttemptResult::of(SendOutcome::Sent, reply),
        Err(SendError::Refused(reply)) => AttemptResult::of(SendOutcome::Failed, reply),
        Err(SendError::NoSuchAddress(reply)) => {
            AttemptResult { no_such_address: true, ..AttemptResult::of(SendOutcome::Failed, reply) }
        }
        Err(SendError::Deferred(failure, reply)) => {
            let outcome = again_at(failure, leased, now).map_or(SendOutcome::Failed, SendOutcome::Deferred);
            AttemptResult { failure: Some(failure), ..AttemptResult::of(outcome, reply) }
        }
        Err(SendError::Unknown(reply)) => {
            let may_repeat = leased.mail.outgoing.kind.may_repeat(leased.unknown_outcomes);
            let again = again_at(SendFailure::Unknown, leased, now).filter(|_| may_repeat);
            AttemptResult {
                failure: Some(SendFailure::Unknown),
                ..AttemptResult::of(SendOutcome::Unknown(again), reply)
            }
        }
    }
}

fn again_at(failure: SendFailure, leased: &LeasedMail, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let attempts = u32::try_from(leased.attempts).unwrap_or(0);
    // The end of a UUID is random, which is good enough for jitter.
    let [.., dice] = *leased.id.0.as_bytes();
    next_attempt(failure, attempts, leased.planned_at, now, dice)
}
