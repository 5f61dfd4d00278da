//! One try at handing a mail over, and what follows from how it ended.
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

/// How long what was looked up for many mails at once is good for one that waits for its connection.
const FRESH: Duration = Duration::from_secs(2);

/// What was known of the mails that were taken up together.
pub struct KnownFacts {
    pub truth: SendFacts,
    pub at: Instant,
}

/// What came of a try.
pub struct AttemptResult {
    pub fate: SendOutcome,
    pub detail: String,
    /// Where the server could not be spoken to, or put us off.
    pub failure: Option<SendFailure>,
    pub no_such_address: bool,
}

impl AttemptResult {
    pub fn given_back() -> Self {
        Self::of(SendOutcome::GivenBack, String::new())
    }

    fn of(fate: SendOutcome, detail: String) -> Self {
        Self { fate, detail, failure: None, no_such_address: false }
    }
}

/// `send_condition` is what was known of it when it was taken up; what has become old is asked anew.
pub async fn attempt(app: &App, leased: &LeasedMail, truth: Option<&KnownFacts>) -> AttemptResult {
    let letter = &leased.mail.letter;
    let known = match truth.filter(|it| it.at.elapsed() < FRESH) {
        Some(known) => Ok(known.truth.objection(letter)),
        None => send_condition::learn(app, FactQuery::by([letter])).await.map(|it| it.objection(letter)),
    };
    match known {
        Ok(None) => {}
        Ok(Some(why)) => return AttemptResult::of(SendOutcome::Suppressed, why.to_owned()),
        Err(err) => {
            tracing::error!(error = ?err, "could not check the send condition of mail {}", leased.id);
            return AttemptResult::of(SendOutcome::GivenBack, String::new());
        }
    }
    let reply_to = app.reply_to(&leased.mail.letter);
    let sent = app.mail.send(&leased.mail, reply_to.as_ref(), app.clock.now()).await;
    let now = app.clock.now();
    match sent {
        Ok(reply) => AttemptResult::of(SendOutcome::Sent, reply),
        Err(SendError::Refused(reply)) => AttemptResult::of(SendOutcome::Failed, reply),
        Err(SendError::NoSuchAddress(reply)) => {
            AttemptResult { no_such_address: true, ..AttemptResult::of(SendOutcome::Failed, reply) }
        }
        Err(SendError::Deferred(failure, reply)) => {
            let fate = again_at(failure, leased, now).map_or(SendOutcome::Failed, SendOutcome::Deferred);
            AttemptResult { failure: Some(failure), ..AttemptResult::of(fate, reply) }
        }
        Err(SendError::Unknown(reply)) => {
            let may_repeat = leased.mail.letter.kind.may_repeat(leased.unknown_outcomes);
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
    // As good as dice: the end of a UUID is random.
    let [.., dice] = *leased.id.0.as_bytes();
    next_attempt(failure, attempts, leased.planned_at, now, dice)
}
