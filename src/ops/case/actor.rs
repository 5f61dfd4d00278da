//! An actor, with the version of the consultation that their decision is based on.
use domain::actor::Actor;

/// An actor with the version that they have seen. Without a version the current state decides: a company has one page,
/// and the rules refuse an action that no longer fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActorAt {
    pub actor: Actor,
    /// The version on the page. An action on an older version is refused as stale and changes nothing.
    pub expected_version: Option<i32>,
}

impl ActorAt {
    pub const fn new(actor: Actor, expected_version: i32) -> Self {
        Self { actor, expected_version: Some(expected_version) }
    }
}

impl From<Actor> for ActorAt {
    fn from(actor: Actor) -> Self {
        Self { actor, expected_version: None }
    }
}
