//! Reads any bytes as a calendar with busy times.
#![no_main]

libfuzzer_sys::fuzz_target!(|raw: &[u8]| ical::fuzz::ical_busy(raw));
