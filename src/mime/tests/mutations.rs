//! Runs the fuzz targets of `fuzz/` on the mails in `tests/mails` and on mutations of them.
#![cfg(test)]

#[path = "../../../tests/bounded.rs"]
mod bounded;

#[test]
fn no_mutation_breaks_reading() {
    bounded::run("mails", 60, mime::fuzz::mime_read);
}

#[test]
fn no_mutation_breaks_quotes() {
    bounded::run("mails", 200, mime::fuzz::mime_quote);
}
