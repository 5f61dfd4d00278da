//! The retention of consultations: from which day the contact and the record of one that ended are to be erased
//! (`docs/spec/programme.md`, Retention).
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
pub use codes::{ErasedKind, ErasureCause};

use crate::{
    calendar::{at_japan, japan_date},
    number::FiscalYear,
    settings::Settings,
};

/// The words in the place of an erased text that every page expects.
pub const ERASED: &str = "（消去済み）";
/// The time between the notice to the administrators and the erasure, in which they can place holds.
pub const NOTICE: TimeDelta = TimeDelta::days(30);

/// Returns the days of erasure that concern `today`: the 1 April of the running fiscal year, and the next one from
/// [`NOTICE`] before it on.
pub fn erasure_days(today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let running = FiscalYear::of(today).ok();
    let next = running.and_then(|it| FiscalYear::new(it.start_year() + 1).ok());
    let near = next.filter(|it| it.first_day() - NOTICE <= today);
    [running, near].into_iter().flatten().map(FiscalYear::first_day)
}

/// A part of a consultation that is kept for a time of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionPart {
    /// The person who applied: name, addresses, telephone.
    Contact,
    /// The texts of the case.
    Record,
}

impl RetentionPart {
    pub const ALL: [Self; 2] = [Self::Contact, Self::Record];

    /// Returns the kind under which the log has the part.
    pub const fn kind(self) -> ErasedKind {
        match self {
            Self::Contact => ErasedKind::Contact,
            Self::Record => ErasedKind::Record,
        }
    }

    /// Returns the number of whole fiscal years for which the part is kept after the one in which the consultation
    /// ended. A contact is never kept longer than the record that it belongs to.
    pub fn years_kept(self, settings: &Settings) -> u8 {
        match self {
            Self::Contact => settings.contact_retention_years.min(settings.case_retention_years),
            Self::Record => settings.case_retention_years,
        }
    }

    /// Returns the day in Japan from which the part is to be erased: the 1 April after the last fiscal year for which
    /// it is kept. `None` for a consultation that has not ended, or was reopened since, and for a day after the last
    /// known fiscal year.
    pub fn erased_from(self, ended_at: Option<DateTime<Utc>>, settings: &Settings) -> Option<NaiveDate> {
        let ended_in = FiscalYear::of(japan_date(ended_at?)).ok()?;
        let years = i32::from(self.years_kept(settings)) + 1;
        FiscalYear::new(ended_in.start_year() + years).ok().map(FiscalYear::first_day)
    }

    /// Returns the instant before which a consultation must have ended so that the part is to be erased by `today`, a
    /// day in Japan. With it a query finds what is due along the instants of the end. `None` if nothing can be due.
    pub fn due_before(self, settings: &Settings, today: NaiveDate) -> Option<DateTime<Utc>> {
        let running = FiscalYear::of(today).ok()?;
        let first_kept = FiscalYear::new(running.start_year() - i32::from(self.years_kept(settings))).ok()?;
        Some(at_japan(first_kept.first_day(), 0, 0))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

    use super::{RetentionPart, erasure_days};
    use crate::{calendar::at_japan, settings::Settings};

    fn kept_for(contact_retention_years: u8, case_retention_years: u8) -> Settings {
        Settings { contact_retention_years, case_retention_years, ..Settings::default() }
    }

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    /// Returns the last microsecond of 31 March 2027 in Japan, at which 令和8年度 ends.
    fn last_of_the_year() -> DateTime<Utc> {
        at_japan(day(2027, 4, 1), 0, 0) - TimeDelta::microseconds(1)
    }

    #[test]
    fn a_part_is_kept_for_whole_fiscal_years_after_the_one_of_the_end() {
        let settings = kept_for(3, 5);
        for ended_at in [at_japan(day(2026, 4, 1), 0, 0), last_of_the_year()] {
            let from = |part: RetentionPart| part.erased_from(Some(ended_at), &settings);
            assert_eq!(from(RetentionPart::Contact), Some(day(2030, 4, 1)), "{ended_at}");
            assert_eq!(from(RetentionPart::Record), Some(day(2032, 4, 1)), "{ended_at}");
        }
    }

    #[test]
    fn an_end_at_midnight_of_1_april_in_japan_counts_for_the_new_year() {
        let ended_at = last_of_the_year() + TimeDelta::microseconds(1);
        let from = RetentionPart::Contact.erased_from(Some(ended_at), &kept_for(3, 5));
        assert_eq!(from, Some(day(2031, 4, 1)));
    }

    #[test]
    fn nothing_is_erased_of_a_case_that_has_not_ended_or_was_reopened() {
        for part in RetentionPart::ALL {
            assert_eq!(part.erased_from(None, &kept_for(1, 1)), None);
        }
    }

    #[test]
    fn a_contact_is_never_kept_longer_than_its_record() {
        let settings = kept_for(9, 2);
        assert_eq!(RetentionPart::Contact.years_kept(&settings), 2);
        assert_eq!(
            RetentionPart::Contact.erased_from(Some(last_of_the_year()), &settings),
            RetentionPart::Record.erased_from(Some(last_of_the_year()), &settings)
        );
    }

    #[test]
    fn the_next_erasure_is_announced_from_30_days_before_it_on() {
        let of = |today: NaiveDate| erasure_days(today).collect::<Vec<_>>();
        assert_eq!(of(day(2027, 3, 1)), [day(2026, 4, 1)]);
        assert_eq!(of(day(2027, 3, 2)), [day(2026, 4, 1), day(2027, 4, 1)]);
        assert_eq!(of(day(2027, 4, 1)), [day(2027, 4, 1)]);
    }

    #[test]
    fn a_day_after_the_last_known_year_is_no_day() {
        let ended_at = at_japan(day(2098, 5, 1), 12, 0);
        assert_eq!(RetentionPart::Contact.erased_from(Some(ended_at), &kept_for(1, 1)), None);
        assert_eq!(RetentionPart::Contact.due_before(&kept_for(9, 9), day(2026, 12, 1)), None);
    }

    /// The query for what is due and the day that a page names must not differ by a day at any end of a year.
    #[test]
    fn the_query_finds_exactly_what_is_to_be_erased() {
        let first = day(2026, 3, 25);
        let ends = (0..800).map(|n| at_japan(first + Days::new(n), 0, 0) - TimeDelta::microseconds(1));
        let ends: Vec<_> = ends.collect();
        let mut due = 0;
        for settings in [kept_for(1, 1), kept_for(1, 2), kept_for(3, 2)] {
            for today in [day(2028, 3, 31), day(2028, 4, 1), day(2029, 3, 31), day(2029, 4, 1)] {
                for part in RetentionPart::ALL {
                    let before = part.due_before(&settings, today).unwrap();
                    for ended_at in &ends {
                        let from = part.erased_from(Some(*ended_at), &settings).unwrap();
                        assert_eq!(*ended_at < before, from <= today, "{part:?} {ended_at} {today}");
                        due += usize::from(from <= today);
                    }
                }
            }
        }
        assert!(due > 0, "some of the cases are due");
    }
}
