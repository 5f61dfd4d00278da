//! Checks the properties that hold for every input. The fuzz targets in `fuzz/` and the tests in
//! `tests/mutations.rs` run these checks.
use std::cell::Cell;

use chrono::{DateTime, TimeDelta};

use crate::{
    busy::{Reader, Stretch, times},
    reply,
};

/// The number of times that the reader may ask whether it is late: enough for some thousand repetitions.
const MOST_LOOKS: u32 = 60;

/// Reads any bytes as a calendar with busy times.
///
/// # Panics
/// Panics if a property that holds for every calendar is violated.
pub fn ical_busy(raw: &[u8]) {
    let text = String::from_utf8_lossy(raw);
    let window = window();
    let looks = Cell::new(0);
    let is_late = || looks.replace(looks.get() + 1) >= MOST_LOOKS;
    let is_ours = |uid: &str| uid.ends_with("@ours.example.jp");
    let mut reader = Reader::new(window.clone(), &is_ours, &is_late);
    let whole = reader.read(&text);
    let busy = reader.finish();
    for it in busy.stretches() {
        assert!(window.start <= it.start && it.start < it.end && it.end <= window.end, "{it:?}");
    }
    let one = times(&text, "1");
    assert!(whole.is_err() || one.is_ok(), "both read the same objects: {one:?}");
}

/// Reads any bytes as the answer to an invitation.
///
/// # Panics
/// Panics if a property that holds for every answer is violated.
pub fn ical_reply(raw: &[u8]) {
    let Some(reply) = reply::parse(&String::from_utf8_lossy(raw)) else { return };
    assert_eq!(reply.uid, reply.uid.trim());
    assert_eq!(reply.attendee, reply.attendee.trim().to_lowercase());
    assert!(reply.comment.chars().count() <= reply::LONGEST_COMMENT);
    assert!(reply.proposed.is_none_or(|it| it.start < it.end));
}

/// Returns two weeks of 2026.
fn window() -> Stretch {
    let start = DateTime::UNIX_EPOCH + TimeDelta::days(20_779);
    start..start + TimeDelta::days(14)
}
