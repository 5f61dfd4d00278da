//! Text that people type: free text is stored as typed, and foldings are used to compare it
//! (`docs/spec/programme.md` §3.1 and §3.2).
//!
//! A name is stored exactly as typed, apart from the blanks around it: every Unicode normalisation, even NFC,
//! changes some names. A folded form is a separate value, made by `digits`, `kana` or `search_key`.
use serde::{Deserialize, Serialize};

use crate::wording::thousands;

mod fold;
mod kana;
mod key;
mod variant;

pub use fold::{amount, digits, hyphenated};
pub use kana::{company_kana, kana};
pub use key::{search_key, text_key};

/// One line of free text: never empty, without blanks around it and without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TextLine(String);

/// Free text of one or more lines: never empty, without blanks around it, with lines separated by `\n` alone,
/// and without control characters other than `\n` and the tab.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prose(String);

/// The error that the page shows beside a text field. `label` is the field's name on the page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    #[error("{label}を入力してください")]
    Missing { label: &'static str },
    #[error("{label}は{}文字以内で入力してください（現在{}文字）", thousands(*max), thousands(*length))]
    TooLong { label: &'static str, max: usize, length: usize },
    #[error("{label}から、改行や目に見えない記号を取り除いてください")]
    Control { label: &'static str },
    #[error("{label}は、カタカナで入力してください")]
    NotKana { label: &'static str },
}

impl TextLine {
    /// Parses a line of at most `max` Unicode characters after trimming; an ideographic variation sequence
    /// counts as two.
    pub fn parse(label: &'static str, raw: &str, max: usize) -> Result<Self, BadText> {
        let line = raw.trim();
        if line.contains(is_control) {
            return Err(BadText::Control { label });
        }
        measured(label, line, max).map(|()| Self(line.to_owned()))
    }

    /// Parses a reading: any text that `kana` can convert.
    pub fn parse_kana(label: &'static str, raw: &str, max: usize) -> Result<Self, BadText> {
        let line = Self::parse(label, raw, max)?;
        let converted = kana(line.as_str()).ok_or(BadText::NotKana { label })?;
        Self::parse(label, &converted, max)
    }

    /// Parses a company's reading and removes the reading of its legal form.
    pub fn parse_company_kana(label: &'static str, raw: &str, max: usize) -> Result<Self, BadText> {
        let line = Self::parse(label, raw, max)?;
        let converted = company_kana(line.as_str()).ok_or(BadText::NotKana { label })?;
        Self::parse(label, &converted, max)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn search_key(&self) -> String {
        search_key(&self.0)
    }
}

impl Prose {
    /// Parses text of at most `max` Unicode characters after trimming. A line break counts as one, however it
    /// was typed.
    pub fn parse(label: &'static str, raw: &str, max: usize) -> Result<Self, BadText> {
        let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
        let prose = unified.trim();
        if prose.contains(|it| is_control(it) && !matches!(it, '\n' | '\t')) {
            return Err(BadText::Control { label });
        }
        measured(label, prose, max).map(|()| Self(prose.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.lines()
    }
}

/// Parses a field that may be empty: returns `None` if only blanks were typed, else the result of `parse`.
pub fn optional<T, E>(raw: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<Option<T>, E> {
    if raw.trim().is_empty() { Ok(None) } else { parse(raw).map(Some) }
}

/// Converts from storage, where the field's name and limit are no longer known.
impl TryFrom<String> for TextLine {
    type Error = BadText;

    fn try_from(raw: String) -> Result<Self, BadText> {
        Self::parse("この項目", &raw, usize::MAX)
    }
}

/// Converts from storage, where the field's name and limit are no longer known.
impl TryFrom<String> for Prose {
    type Error = BadText;

    fn try_from(raw: String) -> Result<Self, BadText> {
        Self::parse("この項目", &raw, usize::MAX)
    }
}

impl From<TextLine> for String {
    fn from(line: TextLine) -> Self {
        line.0
    }
}

impl From<Prose> for String {
    fn from(prose: Prose) -> Self {
        prose.0
    }
}

impl std::fmt::Display for TextLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for Prose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn measured(label: &'static str, text: &str, max: usize) -> Result<(), BadText> {
    match text.chars().count() {
        0 => Err(BadText::Missing { label }),
        length if length > max => Err(BadText::TooLong { label, max, length }),
        _ => Ok(()),
    }
}

/// Returns whether the character is a Unicode control, a line separator, or a mark that changes the direction
/// of the text after it.
///
/// Variation selectors and joiners are not included, since names need them.
fn is_control(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
