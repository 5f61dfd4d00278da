//! A stretch of one day, as an expert enters it.
use super::day::Day;
use super::quarter::QUARTERS;
use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Serialize};

/// A stretch from one quarter hour to another of the same day, within 6:00 to 22:00 Japan time. It is never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u8, u8)", into = "(u8, u8)")]
pub struct Span {
    start: u8,
    end: u8,
}

/// The reason why times are not a span. The text is for the person who typed them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSpan {
    #[error("6:00から22:00までの時刻を入力してください")]
    OutsideTheDay,
    #[error("時刻は15分単位で入力してください")]
    NotOnAQuarter,
    /// Also given for a span across midnight.
    #[error("終了には、開始より後の時刻を入力してください")]
    EndsBeforeItStarts,
}

const FIRST_HOUR: u32 = 6;
const LAST_HOUR: u32 = 22;

impl Span {
    /// Returns the half-open span of quarters since 6:00 Japan time: `start` 0 to 63, `end` 1 to 64.
    pub const fn new(start: u8, end: u8) -> Result<Self, NoSpan> {
        if start >= QUARTERS || end > QUARTERS {
            return Err(NoSpan::OutsideTheDay);
        }
        if start >= end {
            return Err(NoSpan::EndsBeforeItStarts);
        }
        Ok(Self { start, end })
    }

    /// Returns the span between the times of a form, Japan time.
    pub fn between(start: NaiveTime, end: NaiveTime) -> Result<Self, NoSpan> {
        let (start, end) = (quarter_of(start)?, quarter_of(end)?);
        if start >= end {
            return Err(NoSpan::EndsBeforeItStarts);
        }
        Self::new(start, end)
    }

    /// Returns the first quarter, counted from 6:00.
    pub const fn start(self) -> u8 {
        self.start
    }

    /// Returns the quarter after the last one.
    pub const fn end(self) -> u8 {
        self.end
    }

    /// Returns the quarters of the span.
    pub const fn day(self) -> Day {
        Day((u64::MAX >> (QUARTERS - (self.end - self.start))) << self.start)
    }
}

impl TryFrom<(u8, u8)> for Span {
    type Error = NoSpan;

    fn try_from((start, end): (u8, u8)) -> Result<Self, NoSpan> {
        Self::new(start, end)
    }
}

impl From<Span> for (u8, u8) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

fn quarter_of(time: NaiveTime) -> Result<u8, NoSpan> {
    let seconds = time.num_seconds_from_midnight();
    if !(FIRST_HOUR * 3600..=LAST_HOUR * 3600).contains(&seconds) {
        return Err(NoSpan::OutsideTheDay);
    }
    if !seconds.is_multiple_of(900) || time.nanosecond() != 0 {
        return Err(NoSpan::NotOnAQuarter);
    }
    u8::try_from((seconds - FIRST_HOUR * 3600) / 900).map_err(|_| NoSpan::OutsideTheDay)
}

#[cfg(test)]
mod tests {
    use super::{NoSpan, Span};
    use chrono::NaiveTime;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_span_is_its_quarters_or_refused(start in 0..80_u8, end in 0..80_u8) {
            match Span::new(start, end) {
                Ok(span) => prop_assert!(span.day().quarters().eq(start..end)),
                Err(_) => prop_assert!(start >= end || end > 64),
            }
        }
    }

    #[test]
    fn times_are_on_a_quarter_within_the_day_and_in_order() {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M:%S").unwrap();
        let between = |start, end| Span::between(time(start), time(end));
        assert_eq!(between("06:00:00", "22:00:00"), Span::new(0, 64));
        assert_eq!(between("09:15:00", "09:30:00"), Span::new(13, 14));
        assert_eq!(between("05:45:00", "09:00:00"), Err(NoSpan::OutsideTheDay));
        assert_eq!(between("09:00:00", "22:15:00"), Err(NoSpan::OutsideTheDay));
        assert_eq!(between("09:10:00", "10:00:00"), Err(NoSpan::NotOnAQuarter));
        assert_eq!(between("09:00:00", "10:00:01"), Err(NoSpan::NotOnAQuarter));
        assert_eq!(between("10:00:00", "10:00:00"), Err(NoSpan::EndsBeforeItStarts));
        assert_eq!(between("21:00:00", "07:00:00"), Err(NoSpan::EndsBeforeItStarts));
        assert_eq!(between("22:00:00", "22:00:00"), Err(NoSpan::EndsBeforeItStarts));
        assert!(serde_json::from_str::<Span>("[12,12]").is_err());
        assert_eq!(serde_json::from_str::<Span>("[12,20]").ok(), Span::new(12, 20).ok());
    }

    #[test]
    fn a_span_is_stored_as_its_two_ends() {
        assert_eq!(<(u8, u8)>::from(Span::new(12, 20).unwrap()), (12, 20));
    }
}
