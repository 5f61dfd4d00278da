//! The headers of a mail or of a part: fields found in the bytes, their values read by `mail-parser`.
use std::{collections::BTreeSet, io::BufRead};

use chrono::{DateTime, Utc};
use mail_parser::parsers::MessageStream;

use super::{Address, Remark, address, continued, words};

/// Of all headers together. Bytes.
const LONGEST_BLOCK: usize = 256 * 1024;
/// Of one header. Bytes.
const LONGEST_VALUE: usize = 32 * 1024;
/// Of one name.
const MOST_VALUES: usize = 8;

/// Names are lower-cased, values as they came.
#[derive(Clone, Debug, Default)]
pub struct Headers<'a>(Vec<(String, &'a [u8])>);

/// The headers, and what follows the blank line behind them.
pub fn split<'a>(raw: &'a [u8], remarks: &mut BTreeSet<Remark>) -> (Headers<'a>, &'a [u8]) {
    let mut fields = Vec::new();
    let mut at = 0;
    let mut field: Option<(usize, usize)> = None;
    // A mailbox file's separator, which some deliver too.
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
            // Neither a header nor the blank line before the text: the text began without one.
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

    /// Every header, decoded to one line each: for what a mail server sends back.
    pub fn lines(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().map(|(name, value)| (name.clone(), words::line(value)))
    }

    /// The first value as one line of text in NFC, and whether it was cut.
    pub fn line(&self, name: &str, longest: usize) -> (String, bool) {
        let Some(value) = self.all(name).next() else { return (String::new(), false) };
        let line = super::body::composed(&words::line(value));
        match line.char_indices().nth(longest) {
            Some((end, _)) => (line[..end].to_owned(), true),
            None => (line, value.len() >= LONGEST_VALUE),
        }
    }

    /// The first value, lower-cased and without what follows a semicolon.
    pub fn word(&self, name: &str) -> Option<String> {
        let line = words::line(self.all(name).next()?);
        Some(line.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    pub fn addresses(&self, name: &str) -> Vec<Address> {
        self.all(name).flat_map(address::parse).collect()
    }

    /// The address between the brackets, or none in empty ones.
    pub fn return_path(&self) -> Option<String> {
        let value = self.all("return-path").next()?;
        Some(address::parse(value).into_iter().next().map(|it| it.address).unwrap_or_default())
    }

    /// Identifiers without their brackets.
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

    /// Zone applied; nothing where it is no date.
    pub fn date(&self, name: &str) -> Option<DateTime<Utc>> {
        let ended = ended(self.all(name).next()?);
        let parsed = MessageStream::new(&ended).parse_date();
        let date = parsed.as_datetime().filter(|it| it.is_valid())?;
        DateTime::from_timestamp(date.to_timestamp(), 0)
    }

    /// A `Content-Type` or `Content-Disposition` with its parameters; names by RFC 2231, RFC 2047 or neither.
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

/// A word, perhaps a second one behind a slash, and parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Lower-cased, as `sub`.
    pub main: String,
    pub sub: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Typed {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// With the line break that ends a header.
fn ended(value: &[u8]) -> Vec<u8> {
    let mut ended = value.trim_ascii_end().to_vec();
    ended.push(b'\n');
    ended
}

/// The name before the colon, lower-cased: visible ASCII, perhaps with blanks before the colon.
fn name_of(line: &[u8]) -> Option<String> {
    let name = line.split(|it| *it == b':').next().filter(|it| it.len() < line.len())?.trim_ascii_end();
    let plain = !name.is_empty() && name.len() <= 128 && name.iter().all(u8::is_ascii_graphic);
    plain.then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}

/// Behind the line break of the line that begins at `at`. A lone CR ends no line.
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

/// Without its line break.
pub fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
