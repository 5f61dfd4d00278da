//! Runs the fuzz targets of `fuzz/` on the calendars in `tests/calendars` and on mutations of them.
#![cfg(test)]

#[path = "../../../tests/bounded.rs"]
mod bounded;

#[test]
fn mutated_busy_times_are_read_without_a_fault() {
    bounded::run("calendars", 60, ical::fuzz::ical_busy);
}

#[test]
fn a_mutated_reply_is_read_without_a_fault() {
    bounded::run("calendars", 200, ical::fuzz::ical_reply);
}
