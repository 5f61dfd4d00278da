//! The addresses and telephone numbers of a person.
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

mod area_code;

use crate::text::digits;

/// An e-mail address that mail can be sent to: an ASCII local part as typed, `@`, and a dotted host in lower
/// case.
///
/// Consecutive dots and a dot before the `@` are accepted, since Japanese mobile carriers once gave out such
/// addresses. A quoted local part (RFC 5322) is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEmailAddress {
    #[error("メールアドレスを入力してください")]
    Missing,
    #[error("メールアドレスは、name@example.jp のような形で入力してください")]
    Malformed,
}

/// A Japanese telephone number: the text as typed, and its 9 to 11 digits with the leading 0.
///
/// Prefixes are not checked, since new ones are opened (060 for mobiles).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Telephone {
    typed: String,
    digits: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTelephone {
    #[error("電話番号を入力してください")]
    Missing,
    #[error("電話番号は、10桁または11桁の数字で入力してください")]
    Malformed,
}

impl EmailAddress {
    /// Parses an address. Full-width characters are converted (NFKC), and blanks around the address are
    /// dropped.
    pub fn parse(raw: &str) -> Result<Self, BadEmailAddress> {
        let typed: String = raw.nfkc().collect();
        let address = typed.trim();
        if address.is_empty() {
            return Err(BadEmailAddress::Missing);
        }
        let (local, host) = address.split_once('@').ok_or(BadEmailAddress::Malformed)?;
        if address.len() <= 254 && is_local_part(local) && is_host(host) {
            Ok(Self(format!("{local}@{}", host.to_ascii_lowercase())))
        } else {
            Err(BadEmailAddress::Malformed)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the address in lower case, which is the same for two spellings of one mailbox. It serves for
    /// comparing and limiting, not for sending.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl Telephone {
    /// The longest text that is stored as typed. Characters.
    const MAX_TYPED: usize = 40;

    /// Parses full-width or half-width digits, with or without dashes, dots, brackets and blanks; `+81` may
    /// replace the leading 0.
    pub fn parse(raw: &str) -> Result<Self, BadTelephone> {
        let typed = raw.trim();
        if typed.is_empty() {
            return Err(BadTelephone::Missing);
        }
        let plain = digits(typed).replace('.', "");
        let national = match plain.strip_prefix("+81") {
            Some(rest) => format!("0{}", rest.strip_prefix('0').unwrap_or(rest)),
            None => plain,
        };
        let well_formed = (9..=11).contains(&national.len())
            && national.starts_with('0')
            && national.bytes().all(|it| it.is_ascii_digit())
            && typed.chars().count() <= Self::MAX_TYPED
            && !typed.contains(char::is_control);
        if well_formed {
            Ok(Self { typed: typed.to_owned(), digits: national })
        } else {
            Err(BadTelephone::Malformed)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// Returns a stored number in the one form in which pages show it; a text that is no number stays as it is.
    pub fn shown(stored: &str) -> String {
        Self::parse(stored).map_or_else(|_| stored.to_owned(), |it| it.grouped())
    }

    /// Returns the digits that a telephone dials for a stored number, without an extension.
    pub fn dialled(stored: &str) -> String {
        Self::parse(stored).map_or_else(|_| crate::text::digits(stored), |it| it.digits)
    }

    /// Returns the number in the one form in which pages show it, however it was typed: 「03-1234-5678」.
    pub fn grouped(&self) -> String {
        let digits = self.digits.as_str();
        let groups = match digits.len() {
            10 => area_code::groups(digits),
            11 if digits.starts_with("0800") => [4, 3, 4],
            11 => [3, 4, 4],
            // No number in use has nine digits.
            _ => return digits.to_owned(),
        };
        let (area, rest) = digits.split_at(groups[0]);
        let (exchange, line) = rest.split_at(groups[1]);
        format!("{area}-{exchange}-{line}")
    }

    /// Returns the digits alone, however the number was typed: 「0312345678」.
    pub fn digits(&self) -> &str {
        &self.digits
    }
}

/// Two numbers are equal if their digits are equal, however they were typed.
impl PartialEq for Telephone {
    fn eq(&self, other: &Self) -> bool {
        self.digits == other.digits
    }
}

impl Eq for Telephone {}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for Telephone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.typed)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = BadEmailAddress;

    fn try_from(raw: String) -> Result<Self, BadEmailAddress> {
        Self::parse(&raw)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl TryFrom<String> for Telephone {
    type Error = BadTelephone;

    fn try_from(raw: String) -> Result<Self, BadTelephone> {
        Self::parse(&raw)
    }
}

impl From<Telephone> for String {
    fn from(telephone: Telephone) -> Self {
        telephone.typed
    }
}

/// Returns whether the text consists of RFC 5322's `atext` and dots, so that it cannot end or split a header.
fn is_local_part(local: &str) -> bool {
    (1..=64).contains(&local.len())
        && local.bytes().all(|it| it.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&it))
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
    };
    let top_is_a_name =
        host.rsplit_once('.').is_some_and(|(_, top)| top.bytes().any(|it| it.is_ascii_alphabetic()));
    top_is_a_name && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests;
