//! Runs the fuzz targets of `fuzz/` on the calendars in `tests/calendars` and on mutations of them.
#![cfg(test)]

#[path = "../../../tests/bounded.rs"]
mod bounded;

#[test]
fn no_mutation_breaks_busy_times() {
    bounded::run("calendars", 60, ical::fuzz::ical_busy);
}

#[test]
fn no_mutation_breaks_replies() {
    bounded::run("calendars", 200, ical::fuzz::ical_reply);
}
