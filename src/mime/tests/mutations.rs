//! Runs the fuzz targets of `fuzz/` on the mails in `tests/mails` and on mutations of them.
#![cfg(test)]

#[path = "../../../tests/bounded.rs"]
mod bounded;

#[test]
fn a_mutated_mail_is_read_without_a_fault() {
    bounded::run("mails", 60, mime::fuzz::mime_read);
}

#[test]
fn quotations_of_a_mutated_mail_are_found_without_a_fault() {
    bounded::run("mails", 200, mime::fuzz::mime_quote);
}
