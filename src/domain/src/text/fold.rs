//! Numbers and codes as people type them: full width, with whatever dash the keyboard gives.
use unicode_normalization::UnicodeNormalization;

/// A telephone number, postal code or corporate number without what is only there for the eye.
///
/// NFKC, then no dashes, blanks or brackets. What else was typed stays, so that the caller sees it.
pub fn digits(raw: &str) -> String {
    raw.nfkc().filter(|&it| !is_dash(it) && !is_blank(it) && !is_bracket(it)).collect()
}

/// A code whose hyphen means something: NFKC, no blanks, every dash a hyphen.
pub fn hyphenated(raw: &str) -> String {
    raw.nfkc().filter(|&it| !is_blank(it)).map(|it| if is_dash(it) { '-' } else { it }).collect()
}

/// A count or an amount: NFKC, no blanks and no thousands separators. A minus sign stays.
pub fn amount(raw: &str) -> String {
    raw.nfkc().filter(|&it| !is_blank(it) && it != ',').collect()
}

/// Everything that stands for a dash, the long vowel mark among it: on a Japanese keyboard it is the same key.
pub(super) fn is_dash(it: char) -> bool {
    const OTHERS: &str = "-\u{2043}\u{2212}\u{2500}\u{2501}\u{30FC}\u{FE58}\u{FE63}\u{FF0D}\u{FF70}";
    matches!(it, '\u{2010}'..='\u{2015}') || OTHERS.contains(it)
}

/// White space, and what is as invisible: zero-width spaces, joiners and marks, the soft hyphen.
pub(super) fn is_blank(it: char) -> bool {
    it.is_whitespace() || matches!(it, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

const fn is_bracket(it: char) -> bool {
    matches!(it, '(' | ')' | '[' | ']' | '{' | '}' | '「' | '」' | '〔' | '〕' | '【' | '】' | '〈' | '〉')
}
