//! The month of an edition: from midnight in Japan at its first day until before that of the next month.
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};

use crate::{
    calendar::{BusinessCalendar, at_japan, japan_date},
    number::FiscalYear,
    settings::Settings,
};

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EditionMonth {
    first_day: NaiveDate,
}

impl EditionMonth {
    /// Returns the month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Self { first_day: day.with_day(1).unwrap_or(day) }
    }

    /// Returns the month in Japan at `at`.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self::of(japan_date(at))
    }

    /// Reads a code such as `2026-10`.
    pub fn parse(code: &str) -> Option<Self> {
        let (year, month) = code.split_once('-')?;
        let is_code = year.len() == 4 && month.len() == 2;
        let day = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
        is_code.then(|| Self::of(day)).filter(|it| it.fiscal_year().is_some())
    }

    /// Returns the code, such as `2026-10`.
    pub fn code(self) -> String {
        self.first_day.format("%Y-%m").to_string()
    }

    /// Returns the label: 「2026年10月」.
    pub fn label(self) -> String {
        format!("{}年{}月", self.first_day.year(), self.first_day.month())
    }

    /// Returns the label within a year: 「10月」.
    pub fn short(self) -> String {
        format!("{}月", self.first_day.month())
    }

    /// Returns the instants from which and until before which the month lasts.
    pub fn span(self) -> (DateTime<Utc>, DateTime<Utc>) {
        (at_japan(self.first_day, 0, 0), at_japan(self.next().first_day, 0, 0))
    }

    pub fn next(self) -> Self {
        Self { first_day: self.first_day.checked_add_months(Months::new(1)).unwrap_or(self.first_day) }
    }

    pub fn previous(self) -> Self {
        Self { first_day: self.first_day.checked_sub_months(Months::new(1)).unwrap_or(self.first_day) }
    }

    pub fn fiscal_year(self) -> Option<FiscalYear> {
        FiscalYear::of(self.first_day).ok()
    }

    /// Returns whether it is the last month of a fiscal year.
    pub fn ends_year(self) -> bool {
        self.first_day.month() == 3
    }

    /// Returns when the month is closed: on the closing day of the next month, or the next business day, when the center
    /// opens.
    pub fn closes_at(self, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
        let next = self.next().first_day;
        let day = next.with_day(u32::from(settings.month_closing_day)).unwrap_or(next);
        at_japan(calendar.add_business_days(day, 0), settings.opens_hour, 0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::EditionMonth;
    use crate::{
        calendar::{BusinessCalendar, at_japan},
        settings::Settings,
    };

    #[test]
    fn a_month_is_closed_on_a_business_day_of_the_next() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::new(BTreeSet::new(), 2027));
        for (month, day) in [("2026-10", "2026-11-10"), ("2026-09", "2026-10-13"), ("2026-12", "2027-01-12")]
        {
            let at = EditionMonth::parse(month).unwrap().closes_at(&settings, &calendar);
            assert_eq!(at, at_japan(day.parse().unwrap(), 9, 0), "{month}");
        }
    }

    #[test]
    fn a_month_is_read_by_its_code_alone() {
        let month = EditionMonth::parse("2027-03").unwrap();
        assert_eq!(
            (month.code(), month.label(), month.short()),
            ("2027-03".into(), "2027年3月".into(), "3月".into())
        );
        assert!(month.ends_year() && !month.next().ends_year());
        assert_eq!(
            (month.next().previous(), month.fiscal_year().map(super::FiscalYear::start_year)),
            (month, Some(2026))
        );
        assert_eq!(month.span().1, month.next().span().0);
        for wrong in ["", "2027-3", "2027-13", "27-03", "2027-03-01", "0001-01", "2027/03"] {
            assert_eq!(EditionMonth::parse(wrong), None, "{wrong}");
        }
    }
}
