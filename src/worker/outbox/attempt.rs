//! One try at handing a mail over, and what follows from how it ended.
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::outgoing::{Failure, next_attempt};
use tokio::time::Instant;

use super::truth::{self, Asked, Truth};
use crate::{
    app::App,
    mail::transport::SendError,
    store::outbox::{Fate, Leased},
};

/// How long what was looked up for many mails at once is good for one that waits for its connection.
const FRESH: Duration = Duration::from_secs(2);

/// What was known of the mails that were taken up together.
pub struct Known {
    pub truth: Truth,
    pub at: Instant,
}

/// What came of a try.
pub struct Told {
    pub fate: Fate,
    pub detail: String,
    /// Where the server could not be spoken to, or put us off.
    pub failure: Option<Failure>,
    pub no_such_address: bool,
}

impl Told {
    pub fn given_back() -> Self {
        Self::of(Fate::GivenBack, String::new())
    }

    fn of(fate: Fate, detail: String) -> Self {
        Self { fate, detail, failure: None, no_such_address: false }
    }
}

/// `truth` is what was known of it when it was taken up; what has become old is asked anew.
pub async fn attempt(app: &App, leased: &Leased, truth: Option<&Known>) -> Told {
    let letter = &leased.mail.letter;
    let known = match truth.filter(|it| it.at.elapsed() < FRESH) {
        Some(known) => Ok(known.truth.objection(letter)),
        None => truth::learn(app, Asked::by([letter])).await.map(|it| it.objection(letter)),
    };
    match known {
        Ok(None) => {}
        Ok(Some(why)) => return Told::of(Fate::Suppressed, why.to_owned()),
        Err(err) => {
            tracing::error!(error = ?err, "what mail {} says cannot be checked now", leased.id);
            return Told::of(Fate::GivenBack, String::new());
        }
    }
    let reply_to = app.reply_to(&leased.mail.letter);
    let sent = app.mail.send(&leased.mail, reply_to.as_ref(), app.clock.now()).await;
    let now = app.clock.now();
    match sent {
        Ok(reply) => Told::of(Fate::Sent, reply),
        Err(SendError::Refused(reply)) => Told::of(Fate::Failed, reply),
        Err(SendError::NoSuchAddress(reply)) => {
            Told { no_such_address: true, ..Told::of(Fate::Failed, reply) }
        }
        Err(SendError::Deferred(failure, reply)) => {
            let fate = again_at(failure, leased, now).map_or(Fate::Failed, Fate::Deferred);
            Told { failure: Some(failure), ..Told::of(fate, reply) }
        }
        Err(SendError::Unknown(reply)) => {
            let may_repeat = leased.mail.letter.kind.may_repeat(leased.unknowns);
            let again = again_at(Failure::Unknown, leased, now).filter(|_| may_repeat);
            Told { failure: Some(Failure::Unknown), ..Told::of(Fate::Unknown(again), reply) }
        }
    }
}

fn again_at(failure: Failure, leased: &Leased, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let attempts = u32::try_from(leased.attempts).unwrap_or(0);
    // As good as dice: the end of a UUID is random.
    let [.., dice] = *leased.id.0.as_bytes();
    next_attempt(failure, attempts, leased.planned_at, now, dice)
}
