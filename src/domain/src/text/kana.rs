//! Readings in full-width katakana, whichever kana were typed.
use unicode_normalization::UnicodeNormalization;

use super::fold::{is_blank, is_dash};

/// The readings of legal forms that are removed from a company's reading. A form stands before those that it
/// contains.
const LEGAL_FORMS: [&str; 14] = [
    "トクテイヒエイリカツドウホウジン",
    "イッパンシャダンホウジン",
    "イッパンザイダンホウジン",
    "コウエキシャダンホウジン",
    "コウエキザイダンホウジン",
    "シャカイフクシホウジン",
    "カブシキガイシャ",
    "カブシキカイシャ",
    "ユウゲンガイシャ",
    "ゴウドウガイシャ",
    "ゴウメイガイシャ",
    "ゴウシガイシャ",
    "イリョウホウジン",
    "ガッコウホウジン",
];

/// Converts hiragana, half-width kana and separate voicing marks to full-width katakana. Returns `None` if
/// the text has any other character.
///
/// The long vowel mark (also typed as a dash), the middle dot and single full-width blanks between words are
/// allowed.
pub fn kana(raw: &str) -> Option<String> {
    let composed = raw.chars().map(combining).nfkc();
    let mut reading = String::with_capacity(raw.len());
    for it in composed {
        match katakana(it) {
            it if is_dash(it) => reading.push('ー'),
            it if is_blank(it) && (reading.is_empty() || reading.ends_with('　')) => {}
            it if is_blank(it) => reading.push('　'),
            it @ ('ァ'..='ヺ' | '・' | 'ヽ' | 'ヾ') => reading.push(it),
            _ => return None,
        }
    }
    let reading = reading.trim_end_matches('　');
    reading.contains(|it| matches!(it, 'ァ'..='ヺ')).then(|| reading.to_owned())
}

/// Converts as `kana` does and removes the reading of a legal form before or after the name.
///
/// A name that is nothing but a legal form is kept.
pub fn company_kana(raw: &str) -> Option<String> {
    let whole = kana(raw)?;
    let name = LEGAL_FORMS
        .iter()
        .find_map(|&form| whole.strip_prefix(form).or_else(|| whole.strip_suffix(form)))
        .map_or(whole.as_str(), |it| it.trim_matches(['　', '・']));
    Some(if name.is_empty() { whole } else { name.to_owned() })
}

/// Converts hiragana to katakana and returns any other character unchanged.
pub(super) fn katakana(it: char) -> char {
    match it {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(it) + 0x60).unwrap_or(it),
        _ => it,
    }
}

/// Converts the separate voicing marks to the combining ones, since NFKC would put a blank before them.
const fn combining(it: char) -> char {
    match it {
        '\u{309B}' => '\u{3099}',
        '\u{309C}' => '\u{309A}',
        _ => it,
    }
}
