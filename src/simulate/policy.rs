//! The routing policies that are compared.
use std::fmt;

/// A policy by which experts are chosen for waiting consultations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// All waiting consultations are planned together each morning (`domain::routing::planning`).
    Optimal,
    /// One by one: the company chooses the earliest time that suits it among the times of all experts, and the
    /// best-ranked expert who is free then is asked (`domain::routing`). The service works like this by itself.
    Ranked,
    /// One by one: the next expert in the list of those who may be asked, whatever their calendar.
    RoundRobin,
    /// One by one: a random expert among those who may be asked.
    Random,
}

impl Policy {
    pub const ALL: [Self; 4] = [Self::Optimal, Self::Ranked, Self::RoundRobin, Self::Random];

    /// Returns the name in tables and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Ranked => "ranked",
            Self::RoundRobin => "round-robin",
            Self::Random => "random",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}
