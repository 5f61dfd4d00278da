//! Reads any bytes as the calendar of somebody who is busy.
#![no_main]

libfuzzer_sys::fuzz_target!(|raw: &[u8]| ical::fuzz::ical_busy(raw));
