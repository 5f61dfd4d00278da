//! The ways of routing that are compared.
use std::fmt;

/// How experts are chosen for those who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// All who wait are planned together each morning (`domain::routing::planning`).
    Optimal,
    /// One by one: the company chooses the earliest time that suits it among everybody's, and the best-ranked expert
    /// who is free then is asked (`domain::routing`). What the service does by itself.
    Ranked,
    /// One by one: whoever is next in the list of those who may be asked, whatever their calendar.
    RoundRobin,
    /// One by one: anybody who may be asked.
    Random,
}

impl Policy {
    pub const ALL: [Self; 4] = [Self::Optimal, Self::Ranked, Self::RoundRobin, Self::Random];

    /// The name in tables and on the command line.
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
