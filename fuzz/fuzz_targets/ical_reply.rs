//! Reads any bytes as the answer to an invitation.
#![no_main]

libfuzzer_sys::fuzz_target!(|raw: &[u8]| ical::fuzz::ical_reply(raw));
