//! The routing policies that are compared.
use codes::codes;

codes! {
    /// A policy by which experts are chosen for waiting consultations. The codes stand in tables and on the command line.
    pub enum Policy {
        /// All waiting consultations are planned together each morning (`domain::routing::planning`).
        Optimal = "optimal",
        /// One by one: the company chooses the earliest time that suits it among the times of all experts, and the
        /// best-ranked expert who is free then is asked (`domain::routing`). The service works like this by itself.
        Ranked = "ranked",
        /// One by one: the next expert in the list of those who may be asked, whatever their calendar.
        RoundRobin = "round-robin",
        /// One by one: a random expert among those who may be asked.
        Random = "random",
    }
}
