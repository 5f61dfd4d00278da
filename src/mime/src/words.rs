//! Decodes the words in headers: encoded words (RFC 2047) and bare bytes.
//!
//! Japanese programs split a character at the end of an encoded word, name the wrong character set, or encode
//! nothing at all. Words are therefore decoded here, adjacent words together, and given to `mail-parser` in
//! UTF-8.
use base64::Engine;
use mail_parser::decoders::quoted_printable::quoted_printable_decode_char;

use super::charset;

/// Returns the value as one line of text with all words decoded.
pub fn line(value: &[u8]) -> String {
    let text: String = pieces(value).into_iter().map(|it| it.text).collect();
    tidy(&text)
}

/// Returns the text as one line without controls, direction marks and runs of blanks.
pub fn tidy(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for it in text.trim().chars() {
        let blank = it.is_ascii_whitespace();
        if blank && !line.ends_with(' ') {
            line.push(' ');
        } else if !blank && !charset::is_hidden(it) {
            line.push(it);
        }
    }
    line
}

/// Returns the header entirely in UTF-8, in its encoded words and beside them, ended by a line break.
pub fn prepared(value: &[u8]) -> Vec<u8> {
    let mut prepared = Vec::with_capacity(value.len() + 16);
    for piece in pieces(value) {
        if piece.encoded {
            let text = base64::engine::general_purpose::STANDARD.encode(tidy(&piece.text));
            prepared.extend_from_slice(format!("=?utf-8?B?{text}?=").as_bytes());
        } else {
            // Folding is already undone here, so that nothing within a word can end the header.
            prepared.extend(
                piece
                    .text
                    .chars()
                    .map(|it| if it.is_control() { ' ' } else { it })
                    .collect::<String>()
                    .bytes(),
            );
        }
    }
    prepared.push(b'\n');
    prepared
}

struct Piece {
    text: String,
    encoded: bool,
}

/// Splits a value into encoded words and the text between them. Blanks between two encoded words are not
/// text.
fn pieces(value: &[u8]) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut open: Option<(String, Vec<u8>)> = None;
    let mut rest = value;
    while !rest.is_empty() {
        if let Some((word, length)) = word(rest) {
            let joins = bytes.iter().all(u8::is_ascii_whitespace);
            match &mut open {
                Some((charset, text)) if joins && charset.eq_ignore_ascii_case(word.charset) => {
                    text.extend_from_slice(&word.bytes);
                }
                _ => {
                    close(&mut found, &mut open);
                    if !(joins && found.last().is_some_and(|it| it.encoded)) {
                        plain(&mut found, &bytes);
                    }
                    open = Some((word.charset.to_owned(), word.bytes));
                }
            }
            bytes.clear();
            rest = &rest[length..];
        } else {
            if !rest[0].is_ascii_whitespace() {
                close(&mut found, &mut open);
            }
            bytes.push(rest[0]);
            rest = &rest[1..];
        }
    }
    close(&mut found, &mut open);
    plain(&mut found, &bytes);
    found
}

fn close(found: &mut Vec<Piece>, open: &mut Option<(String, Vec<u8>)>) {
    if let Some((charset, bytes)) = open.take() {
        found.push(Piece { text: charset::decode(&bytes, Some(&charset)).text, encoded: true });
    }
}

fn plain(found: &mut Vec<Piece>, bytes: &[u8]) {
    if !bytes.is_empty() {
        found.push(Piece { text: charset::decode(bytes, None).text, encoded: false });
    }
}

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// Parses an encoded word (`=?charset?B?…?=` or `=?charset?Q?…?=`) at the beginning, and returns it with its
/// length. Blanks inside are accepted.
fn word(text: &[u8]) -> Option<(Word<'_>, usize)> {
    let inner = text.strip_prefix(b"=?")?;
    // RFC 2047 allows 75 characters; programs that ignore the limit have written words of some hundred
    // characters.
    let inner = &inner[..inner.len().min(2048)];
    let charset_end = inner.iter().take(64).position(|it| *it == b'?')?;
    let charset =
        std::str::from_utf8(&inner[..charset_end]).ok().filter(|it| !it.contains(char::is_whitespace))?;
    // RFC 2231 allows a language after the character set.
    let charset = charset.split('*').next().filter(|it| !it.is_empty())?;
    let (kind, after) = inner.get(charset_end + 1..)?.split_first()?;
    let body = after.strip_prefix(b"?")?;
    let end = body.windows(2).position(|it| it == b"?=")?;
    let body = &body[..end];
    let bytes = match kind {
        b'B' | b'b' => unbase64(body),
        b'Q' | b'q' => unquote(body),
        _ => return None,
    };
    Some((Word { charset, bytes }, 2 + charset_end + 1 + 1 + 1 + end + 2))
}

fn unquote(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'_', _) => bytes.push(b' '),
            (b'=', [high, low, tail @ ..]) => match quoted_printable_decode_char(*high, *low) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = tail;
                }
                None => bytes.push(b'='),
            },
            (b'\r' | b'\n', _) => {}
            (other, _) => bytes.push(*other),
        }
    }
    bytes
}

/// Decodes base64. Other characters are skipped, and the last group may lack its padding.
pub fn unbase64(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0);
    for it in body {
        let value = match it {
            b'A'..=b'Z' => it - b'A',
            b'a'..=b'z' => it - b'a' + 26,
            b'0'..=b'9' => it - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_le_bytes()[0]);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}
