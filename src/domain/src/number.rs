//! Fiscal years and the numbers of consultations (`docs/spec/programme.md` §2.6).
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::text::hyphenated;

/// 年度: 1 April to 31 March, named by the year in which it starts, 2019 to 2098.
///
/// Years before 2019 belong to another era; the equinoxes after 2098 are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct FiscalYear(i32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("年度は、2019年度から2098年度までで指定してください")]
pub struct BadFiscalYear;

/// 受付番号: 「R08-000123」, the fiscal year of receipt and a serial within it from 1 to 999,999.
///
/// The number tells consultations apart, but it is never enough to get access to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber {
    fiscal_year: FiscalYear,
    serial: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("受付番号は、R08-000123 のような形で入力してください")]
pub struct BadCaseNumber;

impl FiscalYear {
    /// 令和元年度, although its April was still in 平成31年.
    pub const FIRST: Self = Self(2019);
    pub const LAST: Self = Self(2098);

    pub fn new(start_year: i32) -> Result<Self, BadFiscalYear> {
        let year = Self(start_year);
        if (Self::FIRST..=Self::LAST).contains(&year) { Ok(year) } else { Err(BadFiscalYear) }
    }

    /// Returns the fiscal year that contains `day`, a day in Japan.
    pub fn of(day: NaiveDate) -> Result<Self, BadFiscalYear> {
        Self::new(if day.month() >= 4 { day.year() } else { day.year() - 1 })
    }

    /// Returns the year in which it starts: 2026 for 令和8年度.
    pub const fn start_year(self) -> i32 {
        self.0
    }

    /// Returns the year of the era: 8 for 令和8年度.
    pub const fn era_year(self) -> i32 {
        self.0 - ERA_BEFORE_FIRST
    }

    pub fn from_era_year(era_year: i32) -> Result<Self, BadFiscalYear> {
        era_year.checked_add(ERA_BEFORE_FIRST).ok_or(BadFiscalYear).and_then(Self::new)
    }

    /// Returns 1 April.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 4, 1).unwrap_or(NaiveDate::MIN)
    }

    /// Returns 31 March.
    pub fn last_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0 + 1, 3, 31).unwrap_or(NaiveDate::MAX)
    }

    pub fn contains(self, day: NaiveDate) -> bool {
        (self.first_day()..=self.last_day()).contains(&day)
    }

    pub fn next(self) -> Result<Self, BadFiscalYear> {
        Self::new(self.0 + 1)
    }

    pub fn previous(self) -> Result<Self, BadFiscalYear> {
        Self::new(self.0 - 1)
    }

    /// Returns the label for pages: 「令和8年度（2026年度）」.
    pub fn label(self) -> String {
        match self.era_year() {
            1 => format!("令和元年度（{}年度）", self.0),
            n => format!("令和{n}年度（{}年度）", self.0),
        }
    }
}

impl CaseNumber {
    pub const LAST_SERIAL: u32 = 999_999;

    pub fn new(fiscal_year: FiscalYear, serial: u32) -> Result<Self, BadCaseNumber> {
        if (1..=Self::LAST_SERIAL).contains(&serial) {
            Ok(Self { fiscal_year, serial })
        } else {
            Err(BadCaseNumber)
        }
    }

    /// Parses a number in any width and case. With a dash, leading zeros may be missing; without one, all
    /// eight digits are required.
    pub fn parse(raw: &str) -> Result<Self, BadCaseNumber> {
        let typed = hyphenated(raw).to_ascii_uppercase();
        let rest = typed.strip_prefix('R').ok_or(BadCaseNumber)?;
        let (year, serial) = match rest.split_once('-') {
            Some(parts) => parts,
            None if rest.len() == 8 => rest.split_at_checked(2).ok_or(BadCaseNumber)?,
            None => return Err(BadCaseNumber),
        };
        let year = number(year, 2).and_then(|it| i32::try_from(it).ok()).ok_or(BadCaseNumber)?;
        let fiscal_year = FiscalYear::from_era_year(year).map_err(|_| BadCaseNumber)?;
        Self::new(fiscal_year, number(serial, 6).ok_or(BadCaseNumber)?)
    }

    pub const fn fiscal_year(self) -> FiscalYear {
        self.fiscal_year
    }

    pub const fn serial(self) -> u32 {
        self.serial
    }
}

impl std::fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.label())
    }
}

impl std::fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "R{:02}-{:06}", self.fiscal_year.era_year(), self.serial)
    }
}

impl TryFrom<i32> for FiscalYear {
    type Error = BadFiscalYear;

    fn try_from(start_year: i32) -> Result<Self, BadFiscalYear> {
        Self::new(start_year)
    }
}

impl From<FiscalYear> for i32 {
    fn from(year: FiscalYear) -> Self {
        year.0
    }
}

impl std::str::FromStr for CaseNumber {
    type Err = BadCaseNumber;

    fn from_str(raw: &str) -> Result<Self, BadCaseNumber> {
        Self::parse(raw)
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = BadCaseNumber;

    fn try_from(raw: String) -> Result<Self, BadCaseNumber> {
        Self::parse(&raw)
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}

/// The year before 令和1年, which is 2019.
const ERA_BEFORE_FIRST: i32 = 2018;

fn number(typed: &str, most_digits: usize) -> Option<u32> {
    let well_formed = (1..=most_digits).contains(&typed.len()) && typed.bytes().all(|it| it.is_ascii_digit());
    if well_formed { typed.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
