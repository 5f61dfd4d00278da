//! Joins parameters that are written in several pieces (RFC 2231). Programs split them anywhere, even within
//! a character, so a piece cannot be decoded by itself.
use std::collections::BTreeMap;

use percent_encoding::percent_encode_byte;

/// The most parameters, or pieces of parameters, that are read.
const MOST: usize = 200;

/// A piece as it is written in the header, and whether it is percent-encoded.
struct Piece<'a> {
    value: &'a str,
    encoded: bool,
}

/// Returns the header with every encoded parameter joined into one piece.
pub fn joined(header: &str) -> String {
    let mut kept = Vec::new();
    let mut found: BTreeMap<String, BTreeMap<u32, Piece<'_>>> = BTreeMap::new();
    for part in parts(header) {
        match piece(part) {
            Some((name, number, piece)) => _ = found.entry(name).or_default().entry(number).or_insert(piece),
            None => kept.push(part),
        }
    }
    // If no piece is encoded, the parser joins them by itself.
    found.retain(|_, pieces| pieces.values().any(|it| it.encoded));
    if found.is_empty() {
        return header.to_owned();
    }
    let plain = |part: &&str| piece(part).is_some_and(|(name, ..)| !found.contains_key(&name));
    let mut whole = kept.join(";").trim_end().to_owned();
    for part in parts(header).into_iter().filter(plain) {
        whole.push(';');
        whole.push_str(part.trim_end());
    }
    for (name, pieces) in &found {
        whole.push_str(&format!("; {name}*={}", one(pieces)));
    }
    whole.push('\n');
    whole
}

/// Joins the pieces up to the first missing number into one percent-encoded value, preceded by its character
/// set.
fn one(pieces: &BTreeMap<u32, Piece<'_>>) -> String {
    let is_named = |it: &Piece<'_>| it.encoded && it.value.matches('\'').count() >= 2;
    let mut one = if pieces.get(&0).is_some_and(is_named) { String::new() } else { "utf-8''".to_owned() };
    for (_, (_, piece)) in (0..).zip(pieces).take_while(|(number, (known, _))| number == *known) {
        let value = piece.value.trim().trim_matches('"');
        if piece.encoded {
            one.push_str(value);
        } else {
            one.extend(value.bytes().map(percent_encode_byte));
        }
    }
    one
}

/// Splits a header at its semicolons, except those within quotes.
fn parts(header: &str) -> Vec<&str> {
    let (mut quoted, mut escaped, mut count) = (false, false, 0);
    header
        .split(|it| {
            let ends = it == ';' && !quoted && count < MOST;
            count += usize::from(ends);
            quoted ^= it == '"' && !escaped;
            escaped = it == '\\' && !escaped;
            ends
        })
        .collect()
}

/// Parses a piece such as `name*3*=value` into the lower-cased name, the number, and the value.
fn piece(part: &str) -> Option<(String, u32, Piece<'_>)> {
    let (key, value) = part.split_once('=')?;
    let (name, number) = key.trim().split_once('*')?;
    let (number, encoded) = match number.strip_suffix('*') {
        Some(number) => (number, true),
        None => (number, false),
    };
    Some((name.to_ascii_lowercase(), number.parse().ok()?, Piece { value, encoded }))
}
