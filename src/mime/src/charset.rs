//! Decodes bytes into text. The character set that a mail states is only a hint: Japanese mails name
//! ISO-2022-JP and contain Shift_JIS, name UTF-8 and contain ISO-2022-JP, or name no character set or one
//! that does not exist.
use std::borrow::Cow;

use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

mod jis;

/// A decoded text, and how reliable the decoding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// Whether the character set was guessed because the label was missing (for bytes that need one), unknown
    /// or wrong.
    pub guessed: bool,
    /// Whether some bytes could not be decoded.
    pub lossy: bool,
}

/// The number of bytes on which a guess is based.
const SAMPLE: usize = 16 * 1024;

/// The character set that the label names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    /// ISO-2022-JP and its dialects: CP50220, CP50221, CP50222.
    Jis,
    /// UTF-7, which some old programs write. Its bytes look like ASCII.
    Utf7,
    Known(&'static Encoding),
    Ascii,
    Missing,
    Unknown,
}

pub fn decode(bytes: &[u8], label: Option<&str>) -> Decoded {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, lossy) = encoding.decode_without_bom_handling(&bytes[length..]);
        return Decoded { text: text.into_owned(), guessed: false, lossy };
    }
    let label = of_label(label);
    if let Label::Known(it) = label
        && (it == UTF_16LE || it == UTF_16BE)
    {
        return with(it, bytes, false);
    }
    if jis::is_likely(bytes) {
        let guessed = !matches!(label, Label::Jis);
        let (text, lossy) = jis::decode(bytes);
        return Decoded { text, guessed, lossy };
    }
    if let (Label::Utf7, Some(decode)) = (label, charset_decoder(b"utf-7")) {
        return Decoded { text: decode(bytes), guessed: false, lossy: !bytes.is_ascii() };
    }
    if bytes.is_ascii() {
        let text = String::from_utf8_lossy(bytes).into_owned();
        return Decoded { text, guessed: label == Label::Unknown, lossy: false };
    }
    let sample = sample(bytes);
    match label {
        Label::Known(it) if is_japanese(it) => {
            let better =
                guess(sample).filter(|found| *found != it && cost(found, sample) + 10 < cost(it, sample));
            with(better.unwrap_or(it), bytes, better.is_some())
        }
        // Windows-1252 can decode any bytes, so its label is weak evidence.
        Label::Known(it) if it != WINDOWS_1252 && !it.decode_without_bom_handling(sample).1 => {
            with(it, bytes, false)
        }
        Label::Known(it) => match guess(sample) {
            Some(found) => with(found, bytes, found != it),
            None => with(it, bytes, false),
        },
        Label::Jis | Label::Utf7 | Label::Ascii | Label::Missing | Label::Unknown => {
            with(guess(sample).unwrap_or(UTF_8), bytes, true)
        }
    }
}

/// Returns whether a character is never shown: a control, or a mark that changes the direction of the
/// following text.
pub fn is_hidden(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn with(encoding: &'static Encoding, bytes: &[u8], guessed: bool) -> Decoded {
    let (text, lossy) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: without_pictures(text), guessed, lossy }
}

/// Replaces the pictures of Japanese mobile phones with 〓. They use private code points that differ by
/// carrier.
fn without_pictures(text: Cow<'_, str>) -> String {
    if !text.contains(is_private) {
        return text.into_owned();
    }
    text.chars().map(|it| if is_private(it) { '〓' } else { it }).collect()
}

fn is_private(it: char) -> bool {
    matches!(it, '\u{e000}'..='\u{f8ff}')
}

fn of_label(label: Option<&str>) -> Label {
    let Some(label) = label else { return Label::Missing };
    let label = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    match &*label {
        "" => Label::Missing,
        "us-ascii" | "ascii" | "ansi_x3.4-1968" | "7bit" => Label::Ascii,
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "csutf7" => Label::Utf7,
        "cp50220" | "cp50221" | "cp50222" | "jis" => Label::Jis,
        _ if label.contains("2022-jp") || label.contains("2022jp") => Label::Jis,
        "cp932" | "ms932" | "windows-932" | "cp943" | "shift-jis" | "sjis-win" => Label::Known(SHIFT_JIS),
        "eucjp-ms" | "cp51932" | "eucjp" | "eucjp-win" | "ujis" => Label::Known(EUC_JP),
        "utf8mb4" | "utf-8-mac" | "utf_8" => Label::Known(UTF_8),
        _ => Encoding::for_label_no_replacement(label.as_bytes()).map_or(Label::Unknown, Label::Known),
    }
}

fn is_japanese(it: &'static Encoding) -> bool {
    [UTF_8, SHIFT_JIS, EUC_JP].contains(&it)
}

/// Returns the beginning of the bytes, cut after the last line break so that no character is split, or at
/// `SAMPLE` bytes if there is no line break.
fn sample(bytes: &[u8]) -> &[u8] {
    let Some(start) = bytes.get(..SAMPLE) else { return bytes };
    let end = start.iter().rposition(|it| *it == b'\n').map_or(SAMPLE, |it| it + 1);
    &bytes[..end]
}

/// Returns the encoding in which the bytes read best, or `None` if they read badly in every encoding.
fn guess(sample: &[u8]) -> Option<&'static Encoding> {
    // Apart from a few short words, text in other encodings is not valid UTF-8 by accident.
    let (cost, found) =
        [UTF_8, SHIFT_JIS, EUC_JP].into_iter().map(|it| (cost(it, sample), it)).min_by_key(|it| it.0)?;
    let many = sample.iter().filter(|it| !it.is_ascii()).count();
    (cost < i64::try_from(many).unwrap_or(i64::MAX)).then_some(found)
}

/// Returns how implausible the bytes are as text in this encoding. Kana lower the cost; characters that are
/// rare in mail raise it.
fn cost(encoding: &'static Encoding, sample: &[u8]) -> i64 {
    let (text, _) = encoding.decode_without_bom_handling(sample);
    text.chars()
        .map(|it| match it {
            '\u{fffd}' => 30,
            '\u{e000}'..='\u{f8ff}' => 3,
            '\u{80}'..='\u{9f}' => 20,
            // Half-width kana: other encodings look like them when they are read as Shift_JIS.
            '\u{ff61}'..='\u{ff9f}' => 2,
            // Hiragana, katakana and their marks.
            '\u{3001}'..='\u{3002}' | '\u{3040}'..='\u{30ff}' => -2,
            _ => 0,
        })
        .sum()
}
