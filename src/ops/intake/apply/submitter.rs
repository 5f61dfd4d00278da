//! The person who submits an application, and the way by which it comes in.
use domain::{
    actor::Actor,
    id::{AccountId, DeskId},
};

use crate::store::consultation::Origin;

/// The person who submits an application, and the way by which it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submitter {
    pub actor: Actor,
    pub origin: Origin,
    /// The desk that handed the request over.
    pub desk: Option<DeskId>,
    /// The account that entered the application, if not the company itself.
    pub account: Option<AccountId>,
}

impl From<Actor> for Submitter {
    /// Returns the usual way of an actor: a coordinator records a telephone call.
    fn from(actor: Actor) -> Self {
        let (origin, desk, account) = match actor {
            Actor::Desk(desk, account) => (Origin::Desk, Some(desk), account),
            Actor::Coordinator(account) | Actor::Stead(account, _) => (Origin::Phone, None, Some(account)),
            Actor::Company | Actor::Expert(_) | Actor::System => (Origin::Web, None, None),
        };
        Self { actor, origin, desk, account }
    }
}
