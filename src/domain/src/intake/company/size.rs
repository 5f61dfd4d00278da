//! The size of a company. The exact number is stored; bands are derived where they are shown.
use serde::{Deserialize, Serialize};

use crate::text::amount;
use crate::wording::thousands;

/// A number of people, 0 to 10,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Headcount(u32);

/// The error that the page shows beside a number of people. `label` is the field's name on the page, for
/// instance 従業員数.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHeadcount {
    #[error("{label}を入力してください")]
    Missing { label: &'static str },
    #[error("{label}は、0以上の整数で入力してください")]
    NotACount { label: &'static str },
    #[error("{label}は、10,000,000以下の整数で入力してください")]
    TooMany { label: &'static str },
}

/// 資本金 in yen, at most a quadrillion (1,000兆円).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Capital(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("資本金は、1000万円や10,000,000円のような整数で入力してください")]
pub struct BadCapital;

impl Headcount {
    pub const MAX: u32 = 10_000_000;

    /// Parses full-width or half-width digits, with or without commas, blanks and 「人」 or 「名」.
    pub fn parse(label: &'static str, raw: &str) -> Result<Self, BadHeadcount> {
        let typed = amount(raw);
        if typed.is_empty() {
            return Err(BadHeadcount::Missing { label });
        }
        let count = typed.strip_suffix(['人', '名']).unwrap_or(&typed);
        if !is_number(count) {
            return Err(BadHeadcount::NotACount { label });
        }
        let count = count.parse().unwrap_or(u32::MAX);
        Self::try_from(count).map_err(|_| BadHeadcount::TooMany { label })
    }

    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Capital {
    pub const MAX: u64 = 1_000_000_000_000_000;

    /// Parses an amount in yen, also in 兆, 億, 万 and 千 or 百 of them: 「10,000,000」, 「1000万円」, 「1億2,000万円」,
    /// 「5百万円」.
    pub fn parse(raw: &str) -> Result<Self, BadCapital> {
        let typed = amount(raw);
        let mut rest = typed.strip_suffix('円').unwrap_or(&typed);
        let mut yen = 0_u64;
        for (unit, worth) in [('兆', 1_000_000_000_000), ('億', 100_000_000), ('万', 10_000)] {
            if let Some((count, after)) = rest.split_once(unit) {
                let part = below_man(count).and_then(|it| it.checked_mul(worth)).ok_or(BadCapital)?;
                yen = yen.checked_add(part).ok_or(BadCapital)?;
                rest = after;
            }
        }
        if !rest.is_empty() || yen == 0 {
            yen = below_man(rest).and_then(|it| yen.checked_add(it)).ok_or(BadCapital)?;
        }
        Self::try_from(yen)
    }

    pub const fn yen(self) -> u64 {
        self.0
    }
}

/// Formats as 「1,234人」.
impl std::fmt::Display for Headcount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}人", thousands(self.0))
    }
}

/// Formats as 「10,000,000円」.
impl std::fmt::Display for Capital {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}円", thousands(self.0))
    }
}

impl TryFrom<u32> for Headcount {
    type Error = BadHeadcount;

    fn try_from(count: u32) -> Result<Self, BadHeadcount> {
        if count <= Self::MAX { Ok(Self(count)) } else { Err(BadHeadcount::TooMany { label: "人数" }) }
    }
}

impl From<Headcount> for u32 {
    fn from(count: Headcount) -> Self {
        count.0
    }
}

impl TryFrom<u64> for Capital {
    type Error = BadCapital;

    fn try_from(yen: u64) -> Result<Self, BadCapital> {
        if yen <= Self::MAX { Ok(Self(yen)) } else { Err(BadCapital) }
    }
}

impl From<Capital> for u64 {
    fn from(capital: Capital) -> Self {
        capital.0
    }
}

/// Parses a number without 万 or larger units: 「3000」, 「3千」, 「3千5百」.
fn below_man(typed: &str) -> Option<u64> {
    let mut rest = typed;
    let mut sum = 0_u64;
    for (unit, worth) in [('千', 1_000), ('百', 100)] {
        if let Some((count, after)) = rest.split_once(unit) {
            sum = sum.checked_add(number(count)?.checked_mul(worth)?)?;
            rest = after;
        }
    }
    let had_units = rest.len() < typed.len();
    if rest.is_empty() && had_units { Some(sum) } else { sum.checked_add(number(rest)?) }
}

fn number(typed: &str) -> Option<u64> {
    if is_number(typed) { typed.parse().ok() } else { None }
}

/// Returns whether the text consists of digits alone. `parse` would also accept a plus sign.
fn is_number(typed: &str) -> bool {
    !typed.is_empty() && typed.bytes().all(|it| it.is_ascii_digit())
}
