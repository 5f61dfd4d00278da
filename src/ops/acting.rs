//! Who acts, and on which version of a consultation they decided.
use domain::actor::Actor;

/// An actor with what they saw. An actor alone decides on whatever is there now: a company has one page, and the rules
/// refuse what no longer fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acting {
    pub by: Actor,
    /// The version on the page; an act on an older one is told so and changes nothing.
    pub seen: Option<i32>,
}

impl Acting {
    pub const fn on(by: Actor, version: i32) -> Self {
        Self { by, seen: Some(version) }
    }
}

impl From<Actor> for Acting {
    fn from(by: Actor) -> Self {
        Self { by, seen: None }
    }
}
