//! Divides any text into what its author wrote and what is quoted.
#![no_main]

libfuzzer_sys::fuzz_target!(|raw: &[u8]| mime::fuzz::mime_quote(raw));
