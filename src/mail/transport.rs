//! Ways to hand a message over. An enum, not a trait: the set is closed and known here.
