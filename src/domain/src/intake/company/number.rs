//! The corporate number, which identifies a company, and the postal code, which identifies a delivery area.
use serde::{Deserialize, Serialize};

use crate::text::digits;

/// 法人番号: 13 digits, the first of which is a check digit for the other twelve. It is public, unlike a 個人番号 (12
/// digits).
///
/// The check digit proves the form, not that the number exists: about one mistyped digit in fifty passes,
/// namely a 0 in place of a 9 or the reverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CorporateNumber(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCorporateNumber {
    #[error("法人番号は、13桁の数字で入力してください")]
    NotThirteenDigits,
    #[error("法人番号の数字が正しいか確認してください")]
    CheckDigit,
}

/// 郵便番号: 7 digits. One code can span municipalities and even prefectures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostalCode(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPostalCode {
    #[error("郵便番号を入力してください")]
    Missing,
    #[error("郵便番号は、7桁の数字で入力してください")]
    NotSevenDigits,
}

impl CorporateNumber {
    /// Parses full-width or half-width digits, with or without dashes and blanks.
    pub fn parse(raw: &str) -> Result<Self, BadCorporateNumber> {
        let number: u64 = exactly(13, &digits(raw)).ok_or(BadCorporateNumber::NotThirteenDigits)?;
        if number / BASE == check_digit(number % BASE) {
            Ok(Self(number))
        } else {
            Err(BadCorporateNumber::CheckDigit)
        }
    }

    /// Returns the number with this 基礎番号, of which only the last twelve digits count.
    pub fn from_base(base: u64) -> Self {
        let base = base % BASE;
        Self(check_digit(base) * BASE + base)
    }
}

impl PostalCode {
    /// Parses full-width or half-width digits, with or without 〒, dashes and blanks.
    pub fn parse(raw: &str) -> Result<Self, BadPostalCode> {
        let typed = digits(raw).replace('〒', "");
        if typed.is_empty() {
            return Err(BadPostalCode::Missing);
        }
        exactly(7, &typed).map(Self).ok_or(BadPostalCode::NotSevenDigits)
    }

    /// Returns the code as a number. Codes that are near each other have near numbers.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Returns the digits alone: 「1234567」.
    pub fn digits(self) -> String {
        format!("{:07}", self.0)
    }
}

/// Formats as 「7000012050002」.
impl std::fmt::Display for CorporateNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

/// Formats as 「〒123-4567」.
impl std::fmt::Display for PostalCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "〒{:03}-{:04}", self.0 / 10_000, self.0 % 10_000)
    }
}

impl TryFrom<String> for CorporateNumber {
    type Error = BadCorporateNumber;

    fn try_from(raw: String) -> Result<Self, BadCorporateNumber> {
        Self::parse(&raw)
    }
}

impl From<CorporateNumber> for String {
    fn from(number: CorporateNumber) -> Self {
        number.to_string()
    }
}

impl TryFrom<String> for PostalCode {
    type Error = BadPostalCode;

    fn try_from(raw: String) -> Result<Self, BadPostalCode> {
        Self::parse(&raw)
    }
}

impl From<PostalCode> for String {
    fn from(code: PostalCode) -> Self {
        code.digits()
    }
}

/// The value of the check digit's place.
const BASE: u64 = 1_000_000_000_000;

/// Returns the check digit of 平成26年財務省令第70号 第2条: 9 − (Σ Pₙ × Qₙ mod 9), digits counted from the right, Q = 1,
/// 2, 1, 2, …
fn check_digit(base: u64) -> u64 {
    let mut rest = base;
    let mut sum = 0;
    for n in 1..=12 {
        let weight = if n % 2 == 1 { 1 } else { 2 };
        sum += rest % 10 * weight;
        rest /= 10;
    }
    9 - sum % 9
}

fn exactly<N: std::str::FromStr>(length: usize, typed: &str) -> Option<N> {
    let whole = typed.len() == length && typed.bytes().all(|it| it.is_ascii_digit());
    if whole { typed.parse().ok() } else { None }
}
