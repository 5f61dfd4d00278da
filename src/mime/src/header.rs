//! Finds the headers of a mail or of a part in its bytes; `mail-parser` reads their values.
use std::{collections::BTreeSet, io::BufRead};

use chrono::{DateTime, Utc};
use mail_parser::parsers::MessageStream;

use super::{Address, Remark, address, continued, words};

/// The most bytes of all headers together.
const LONGEST_BLOCK: usize = 256 * 1024;
/// The most bytes of one header.
const LONGEST_VALUE: usize = 32 * 1024;
/// The most values that are kept for one header name.
const MOST_VALUES: usize = 8;

/// Headers with lower-cased names and values as they were received.
#[derive(Clone, Debug, Default)]
pub struct Headers<'a>(Vec<(String, &'a [u8])>);

/// Returns the headers, and the bytes that follow the blank line after them.
pub fn split<'a>(raw: &'a [u8], remarks: &mut BTreeSet<Remark>) -> (Headers<'a>, &'a [u8]) {
    let mut fields = Vec::new();
    let mut at = 0;
    let mut field: Option<(usize, usize)> = None;
    // A separator line of an mbox file, which some servers also deliver.
    if raw.starts_with(b"From ") {
        at = line_end(raw, 0);
    }
    while at < raw.len() {
        let end = line_end(raw, at);
        let line = trimmed(&raw[at..end]);
        if line.is_empty() {
            at = end;
            break;
        }
        if at > LONGEST_BLOCK {
            remarks.insert(Remark::HeadersCut);
            at = end_of_block(raw, at);
            break;
        }
        if matches!(line.first(), Some(b' ' | b'\t')) {
            field = field.map(|(start, _)| (start, end));
        } else if name_of(line).is_some() {
            fields.extend(field.take());
            field = Some((at, end));
        } else {
            // The line is neither a header nor blank: the text begins here without a blank line before it.
            break;
        }
        at = end;
    }
    fields.extend(field);
    let headers = fields.into_iter().filter_map(|(start, end)| {
        let field = &raw[start..end];
        let name = name_of(field)?;
        let value = field.get(field.iter().position(|it| *it == b':')? + 1..)?;
        if value.len() > LONGEST_VALUE {
            remarks.insert(Remark::HeadersCut);
        }
        Some((name, &value[..value.len().min(LONGEST_VALUE)]))
    });
    (Headers(headers.collect()), &raw[at..])
}

impl<'a> Headers<'a> {
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter(move |(it, _)| it == name).map(|(_, value)| *value).take(MOST_VALUES)
    }

    /// Returns every header with its value decoded to one line. It is used for what a mail server sends back.
    pub fn lines(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().map(|(name, value)| (name.clone(), words::line(value)))
    }

    /// Returns the first value as one line of text in NFC, and whether it was cut.
    pub fn line(&self, name: &str, longest: usize) -> (String, bool) {
        let Some(value) = self.all(name).next() else { return (String::new(), false) };
        let line = super::body::composed(&words::line(value));
        match line.char_indices().nth(longest) {
            Some((end, _)) => (line[..end].to_owned(), true),
            None => (line, value.len() >= LONGEST_VALUE),
        }
    }

    /// Returns the first value in lower case, up to the first semicolon.
    pub fn word(&self, name: &str) -> Option<String> {
        let line = words::line(self.all(name).next()?);
        Some(line.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    pub fn addresses(&self, name: &str) -> Vec<Address> {
        self.all(name).flat_map(address::parse).collect()
    }

    /// Returns the address of the Return-Path header. It is empty for empty brackets.
    pub fn return_path(&self) -> Option<String> {
        let value = self.all("return-path").next()?;
        Some(address::parse(value).into_iter().next().map(|it| it.address).unwrap_or_default())
    }

    /// Returns the identifiers without their angle brackets.
    pub fn ids(&self, name: &str) -> Vec<String> {
        self.all(name)
            .flat_map(|value| {
                let ended = ended(value);
                let parsed = MessageStream::new(&ended).parse_id();
                parsed.as_text_list().into_iter().flatten().map(|it| words::tidy(it)).collect::<Vec<_>>()
            })
            .filter(|it| !it.is_empty())
            .collect()
    }

    /// Returns the date in UTC, or `None` if the value is not a date.
    pub fn date(&self, name: &str) -> Option<DateTime<Utc>> {
        let ended = ended(self.all(name).next()?);
        let parsed = MessageStream::new(&ended).parse_date();
        let date = parsed.as_datetime().filter(|it| it.is_valid())?;
        DateTime::from_timestamp(date.to_timestamp(), 0)
    }

    /// Parses a `Content-Type` or `Content-Disposition` header. Its parameters may be encoded by RFC 2231, by
    /// RFC 2047 or not at all.
    pub fn typed(&self, name: &str) -> Option<Typed> {
        let prepared = words::prepared(self.all(name).next()?);
        let prepared = continued::joined(&String::from_utf8_lossy(&prepared));
        let parsed = MessageStream::new(prepared.as_bytes()).parse_content_type().into_content_type()?;
        let parameters = parsed.attributes.unwrap_or_default();
        let parameters =
            parameters.into_iter().map(|it| (it.name.to_ascii_lowercase(), it.value.into_owned()));
        Some(Typed {
            main: words::tidy(&parsed.c_type).to_ascii_lowercase(),
            sub: parsed.c_subtype.map(|it| words::tidy(&it).to_ascii_lowercase()),
            parameters: parameters.collect(),
        })
    }
}

/// A header value that consists of a word, optionally a second word after a slash, and parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The first word in lower case. `sub` is in lower case, too.
    pub main: String,
    pub sub: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Typed {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// Returns the value with the line break that the parser needs at the end of a header.
fn ended(value: &[u8]) -> Vec<u8> {
    let mut ended = value.trim_ascii_end().to_vec();
    ended.push(b'\n');
    ended
}

/// Returns the lower-cased name before the colon if it consists of visible ASCII. Blanks before the colon are
/// accepted.
fn name_of(line: &[u8]) -> Option<String> {
    let name = line.split(|it| *it == b':').next().filter(|it| it.len() < line.len())?.trim_ascii_end();
    let plain = !name.is_empty() && name.len() <= 128 && name.iter().all(u8::is_ascii_graphic);
    plain.then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}

/// Returns the position after the line that begins at `at`. A lone CR does not end a line.
pub fn line_end(raw: &[u8], at: usize) -> usize {
    let mut rest = &raw[at..];
    // Reading from memory cannot fail.
    rest.skip_until(b'\n').map_or(raw.len(), |length| at + length)
}

fn end_of_block(raw: &[u8], mut at: usize) -> usize {
    while at < raw.len() {
        let end = line_end(raw, at);
        if trimmed(&raw[at..end]).is_empty() {
            return end;
        }
        at = end;
    }
    at
}

/// Returns the line without its line break.
pub fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
