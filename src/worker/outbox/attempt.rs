//! One try at handing a mail over, and what follows from how it ended.
use chrono::{DateTime, Utc};
use domain::outgoing::{Failure, next_attempt};

use super::truth;
use crate::{
    app::App,
    mail::transport::SendError,
    store::outbox::{Fate, Leased},
};

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

pub async fn attempt(app: &App, leased: &Leased) -> Told {
    match truth::objection(app, &leased.mail.letter).await {
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
