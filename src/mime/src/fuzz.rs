//! Checks the properties that hold for every input. The fuzz targets in `fuzz/` and the tests in
//! `tests/mutations.rs` run these checks.
use crate::{
    LONGEST_BODY, LONGEST_SUBJECT, MOST_ATTACHMENTS, Piece, ReceivedMail, bounce, file_name, pieces, read,
};

/// The most bytes that are kept for each byte read. An address in HTML is kept three times, with its special
/// characters escaped.
const GROWTH: usize = 32;

/// Reads any bytes as a mail and as a report about one.
///
/// # Panics
/// Panics if a property that holds for every mail is violated.
pub fn mime_read(raw: &[u8]) {
    let read = read(raw);
    check(&read);
    assert!(held(&read) <= GROWTH * raw.len() + 4096, "{} bytes of {}", held(&read), raw.len());
    for null_sender in [false, true] {
        if let Some(report) = bounce::report(&read, null_sender) {
            assert!(!report.failures.is_empty());
        }
    }
}

/// Divides any text into pieces, and uses it as a file name.
///
/// # Panics
/// Panics if a property that holds for every text is violated.
pub fn mime_quote(raw: &[u8]) {
    let text = String::from_utf8_lossy(raw);
    check_pieces(&text);
    let name = file_name(&text);
    assert!(!name.contains(['/', '\\']) && !name.contains(char::is_control) && !name.starts_with('.'));
}

/// Checks the properties that hold for every mail.
///
/// # Panics
/// Panics if one of them does not hold.
#[track_caller]
pub fn check(read: &ReceivedMail) {
    assert!(read.subject.chars().count() <= LONGEST_SUBJECT);
    assert!(read.body.chars().count() <= LONGEST_BODY);
    assert!(read.attachments.len() <= MOST_ATTACHMENTS);
    let hidden = |it: char| it.is_control() && it != '\n' && it != '\t';
    assert!(!read.body.contains(hidden), "{:?}", read.body);
    assert!(!read.subject.contains(char::is_control), "{:?}", read.subject);
    for it in read.from.iter().chain(read.recipients()) {
        assert!(!it.name.contains(char::is_control) && !it.address.contains(char::is_control), "{it:?}");
    }
    for it in &read.attachments {
        assert!(!it.name.is_empty() && !it.name.contains(['/', '\\']) && !it.name.contains(char::is_control));
    }
    check_pieces(&read.body);
}

#[track_caller]
fn check_pieces(text: &str) {
    let pieces = pieces(text);
    let whole: Vec<_> = pieces.iter().map(Piece::text).collect();
    assert_eq!(whole.join("\n"), text, "folding takes nothing away");
}

/// Returns the total size in bytes of everything that grows with a mail.
fn held(read: &ReceivedMail) -> usize {
    let files: usize = read.attachments.iter().map(|it| it.name.len() + it.bytes.len()).sum();
    let calendars: usize = read.calendar.iter().map(|it| it.text.len()).sum();
    let addresses: usize =
        read.from.iter().chain(read.recipients()).map(|it| it.name.len() + it.address.len()).sum();
    files
        + calendars
        + addresses
        + read.subject.len()
        + read.body.len()
        + read.html.as_ref().map_or(0, String::len)
}
