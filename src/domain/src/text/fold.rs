//! Numbers and codes as people type them: full width, and with different kinds of dashes.
use unicode_normalization::UnicodeNormalization;

/// Removes the separators from a telephone number, postal code or corporate number.
///
/// Applies NFKC and drops dashes, blanks and brackets. All other characters stay, so that the caller sees
/// them.
pub fn digits(raw: &str) -> String {
    raw.nfkc().filter(|&it| !is_dash(it) && !is_blank(it) && !is_bracket(it)).collect()
}

/// Folds a code in which the hyphen has a meaning: applies NFKC, drops blanks and turns every dash into a
/// hyphen.
pub fn hyphenated(raw: &str) -> String {
    raw.nfkc().filter(|&it| !is_blank(it)).map(|it| if is_dash(it) { '-' } else { it }).collect()
}

/// Folds a count or an amount: applies NFKC and drops blanks and thousands separators. A minus sign stays.
pub fn amount(raw: &str) -> String {
    raw.nfkc().filter(|&it| !is_blank(it) && it != ',').collect()
}

/// Returns whether the character can stand for a dash. The long vowel mark is among them, since it is the
/// same key on a Japanese keyboard.
pub(super) fn is_dash(it: char) -> bool {
    const OTHERS: &str = "-\u{2043}\u{2212}\u{2500}\u{2501}\u{30FC}\u{FE58}\u{FE63}\u{FF0D}\u{FF70}";
    matches!(it, '\u{2010}'..='\u{2015}') || OTHERS.contains(it)
}

/// Returns whether the character is white space or invisible: a zero-width space, joiner or mark, or the soft
/// hyphen.
pub(super) fn is_blank(it: char) -> bool {
    it.is_whitespace() || matches!(it, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

const fn is_bracket(it: char) -> bool {
    matches!(it, '(' | ')' | '[' | ']' | '{' | '}' | '「' | '」' | '〔' | '〕' | '【' | '】' | '〈' | '〉')
}
