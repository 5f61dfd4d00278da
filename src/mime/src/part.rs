//! Splits a mail into its parts along their boundaries.
//!
//! The crate does this itself because `mail-parser` takes time quadratic in the number of boundaries that
//! lead nowhere, and drops messages within messages recursively until the stack overflows. Here each level
//! scans its own bytes once, and the number of levels is limited.
use std::{borrow::Cow, collections::BTreeSet};

use super::{
    Remark,
    header::{self, Headers, Typed, line_end, trimmed},
    words,
};

/// The greatest depth to which multiparts are nested.
const DEEPEST: usize = 12;
/// The most parts, counting leaves and multiparts together.
const MOST: usize = 1000;

/// A part that contains no others, or a multipart that is not divided.
#[derive(Debug)]
pub struct MimePart<'a> {
    pub headers: Headers<'a>,
    pub content_type: Option<Typed>,
    pub disposition: Option<Typed>,
    /// The bytes as they were received, still encoded.
    pub raw: &'a [u8],
    /// The multiparts around the part, innermost last.
    pub within: Vec<Multipart>,
}

/// A multipart around a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multipart {
    Mixed,
    /// The number distinguishes one group of alternatives from another.
    Alternative(usize),
    Related,
    Report,
}

impl MimePart<'_> {
    /// Returns `type/subtype` in lower case, or `text/plain` if the part has no type.
    pub fn kind(&self) -> String {
        match &self.content_type {
            Some(it) => format!("{}/{}", it.main, it.sub.as_deref().unwrap_or("plain")),
            None => "text/plain".to_owned(),
        }
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.content_type.as_ref()?.parameter(name)
    }

    pub fn is_attached(&self) -> bool {
        self.disposition.as_ref().is_some_and(|it| it.main == "attachment")
    }

    pub fn name(&self) -> Option<String> {
        let named = self.disposition.as_ref().and_then(|it| it.parameter("filename"));
        named.or_else(|| self.parameter("name")).map(words::tidy).filter(|it| !it.is_empty())
    }

    /// Returns the decoded bytes, and whether their encoding was broken.
    pub fn bytes(&self) -> (Cow<'_, [u8]>, bool) {
        let encoding = self.headers.word("content-transfer-encoding").unwrap_or_default();
        match &*encoding {
            "base64" => {
                let odd = |it: &u8| {
                    !it.is_ascii_alphanumeric()
                        && !it.is_ascii_whitespace()
                        && !matches!(it, b'+' | b'/' | b'=')
                };
                (words::unbase64(self.raw).into(), self.raw.iter().any(odd))
            }
            "quoted-printable" => {
                let (bytes, broken) = unquoted(self.raw);
                (bytes.into(), broken)
            }
            _ => (self.raw.into(), false),
        }
    }
}

/// Returns every part that contains no others, in order.
pub fn walk<'a>(headers: Headers<'a>, body: &'a [u8], remarks: &mut BTreeSet<Remark>) -> Vec<MimePart<'a>> {
    let mut walk = Walk { found: Vec::new(), count: 0, remarks };
    walk.take(headers, body, &[], false);
    walk.found
}

struct Walk<'a, 'r> {
    found: Vec<MimePart<'a>>,
    count: usize,
    remarks: &'r mut BTreeSet<Remark>,
}

impl<'a> Walk<'a, '_> {
    fn take(&mut self, headers: Headers<'a>, body: &'a [u8], within: &[Multipart], digest: bool) {
        self.count += 1;
        let content_type = headers.typed("content-type").filter(|it| !it.main.is_empty());
        let disposition = headers.typed("content-disposition");
        let part = MimePart { headers, content_type, disposition, raw: body, within: within.to_vec() };
        let kind =
            if part.content_type.is_none() && digest { "message/rfc822".to_owned() } else { part.kind() };
        let boundary =
            part.parameter("boundary").filter(|it| kind.starts_with("multipart/") && !it.is_empty());
        let Some(boundary) = boundary.map(str::to_owned) else {
            self.found.push(part);
            return;
        };
        if within.len() >= DEEPEST {
            self.remarks.insert(Remark::TooDeep);
            self.found.push(part);
            return;
        }
        let mut inner = within.to_vec();
        inner.push(match &*kind {
            "multipart/alternative" => Multipart::Alternative(self.count),
            "multipart/related" => Multipart::Related,
            "multipart/report" => Multipart::Report,
            _ => Multipart::Mixed,
        });
        let digest = kind == "multipart/digest";
        let mut any = false;
        for slice in Slices::new(body, &boundary) {
            if self.count >= MOST {
                self.remarks.insert(Remark::TooManyParts);
                return;
            }
            any = true;
            let (headers, rest) = header::split(slice, self.remarks);
            self.take(headers, rest, &inner, digest);
        }
        if !any {
            self.found.push(part);
        }
    }
}

/// The slices of a body between the lines of a boundary.
struct Slices<'a> {
    body: &'a [u8],
    /// The boundary with the two dashes before it.
    line: Vec<u8>,
    /// The position after the boundary line that begins the next slice.
    at: Option<usize>,
}

impl<'a> Slices<'a> {
    fn new(body: &'a [u8], boundary: &str) -> Self {
        let line = [b"--", boundary.trim_end().as_bytes()].concat();
        let mut slices = Self { body, line, at: None };
        slices.at = slices.next_line(0).and_then(|(_, behind, last)| (!last).then_some(behind));
        slices
    }

    /// Returns where the next boundary line begins and ends, and whether it is the last boundary.
    fn next_line(&self, mut at: usize) -> Option<(usize, usize, bool)> {
        while at < self.body.len() {
            let end = line_end(self.body, at);
            if let Some(after) = self.body[at..end].strip_prefix(&*self.line) {
                let after = trimmed(after).trim_ascii_end();
                if after.is_empty() || after.starts_with(b"--") {
                    return Some((at, end, !after.is_empty()));
                }
            }
            at = end;
        }
        None
    }
}

impl<'a> Iterator for Slices<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.at.take()?;
        // If the last boundary is missing, the part extends to the end.
        let Some((end, behind, last)) = self.next_line(start) else { return Some(&self.body[start..]) };
        self.at = (!last).then_some(behind);
        // The line break before a boundary belongs to the boundary.
        let slice = &self.body[start..end];
        let slice = slice.strip_suffix(b"\n").unwrap_or(slice);
        Some(slice.strip_suffix(b"\r").unwrap_or(slice))
    }
}

/// Decodes quoted-printable, and returns whether it was broken. Invalid sequences stay as they are.
fn unquoted(raw: &[u8]) -> (Vec<u8>, bool) {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut broken = false;
    let mut at = 0;
    while at < raw.len() {
        let end = line_end(raw, at);
        let line = trimmed(&raw[at..end]);
        let ends = raw[at..end].ends_with(b"\n");
        // Blanks at the end of a line were added in transit.
        let mut rest = line.trim_ascii_end();
        let mut soft = false;
        while let [first, after @ ..] = rest {
            rest = after;
            match (first, after) {
                (b'=', []) => soft = true,
                (b'=', [high, low, tail @ ..]) => match (digit(*high), digit(*low)) {
                    (Some(high), Some(low)) => {
                        bytes.push(high << 4 | low);
                        rest = tail;
                    }
                    (None, _) | (_, None) => {
                        broken = true;
                        bytes.push(b'=');
                    }
                },
                (other, _) => bytes.push(*other),
            }
        }
        if ends && !soft {
            bytes.extend_from_slice(b"\r\n");
        }
        at = end;
    }
    (bytes, broken)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok())
}
