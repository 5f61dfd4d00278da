//! Reads any bytes as a mail.
#![no_main]

libfuzzer_sys::fuzz_target!(|raw: &[u8]| mime::fuzz::mime_read(raw));
