//! Public holidays under the 国民の祝日に関する法律, computed (`docs/spec/programme.md` §2.7).
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// A day off under the law's 3条.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holiday {
    NewYear,
    ComingOfAge,
    Foundation,
    EmperorsBirthday,
    SpringEquinox,
    Showa,
    Accession,
    Constitution,
    Greenery,
    Children,
    Sea,
    Mountain,
    RespectForTheAged,
    AutumnEquinox,
    Sports,
    /// The name of スポーツの日 until 2019.
    HealthAndSports,
    Enthronement,
    Culture,
    LaborThanksgiving,
    /// 振替休日, for a holiday that fell on a Sunday (2項).
    Substitute,
    /// 国民の休日, between two holidays (3項).
    Sandwiched,
}

/// The years for which the rules below hold: the law as amended from 2007, the equinox formula to 2099.
pub const YEARS: RangeInclusive<i32> = 2007..=2099;

/// Returns the holiday on a day, if it is one; `None` outside `YEARS`.
pub fn on(date: NaiveDate) -> Option<Holiday> {
    with_equinoxes_moved(date, 0)
}

/// Returns whether law and almanac settle the day, holiday or not.
///
/// The equinoxes are astronomical; the almanac of February fixes those of the next year. Until then a day is not
/// certain if it would change were an equinox a day earlier or later. `known_through` is the last fixed year.
pub fn is_certain(date: NaiveDate, known_through: i32) -> bool {
    let settled = || {
        let expected = on(date);
        [-1, 1].into_iter().all(|days| with_equinoxes_moved(date, days) == expected)
    };
    YEARS.contains(&date.year()) && (date.year() <= known_through || settled())
}

/// Returns the last year whose equinoxes are fixed on this day: from March on, the next year.
pub fn known_through(today: NaiveDate) -> i32 {
    if today.month() >= 3 { today.year() + 1 } else { today.year() }
}

/// Returns the holidays of a year, in order.
pub fn in_year(year: i32) -> impl Iterator<Item = (NaiveDate, Holiday)> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1);
    let days = first.into_iter().flat_map(|it| it.iter_days());
    days.take_while(move |it| it.year() == year).filter_map(|it| on(it).map(|holiday| (it, holiday)))
}

impl Holiday {
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewYear => "元日",
            Self::ComingOfAge => "成人の日",
            Self::Foundation => "建国記念の日",
            Self::EmperorsBirthday => "天皇誕生日",
            Self::SpringEquinox => "春分の日",
            Self::Showa => "昭和の日",
            Self::Accession => "天皇の即位の日",
            Self::Constitution => "憲法記念日",
            Self::Greenery => "みどりの日",
            Self::Children => "こどもの日",
            Self::Sea => "海の日",
            Self::Mountain => "山の日",
            Self::RespectForTheAged => "敬老の日",
            Self::AutumnEquinox => "秋分の日",
            Self::Sports => "スポーツの日",
            Self::HealthAndSports => "体育の日",
            Self::Enthronement => "即位礼正殿の儀の行われる日",
            Self::Culture => "文化の日",
            Self::LaborThanksgiving => "勤労感謝の日",
            Self::Substitute => "振替休日",
            Self::Sandwiched => "国民の休日",
        }
    }
}

fn with_equinoxes_moved(date: NaiveDate, days: i32) -> Option<Holiday> {
    let is_national = |it: Option<NaiveDate>| it.is_some_and(|it| national(it, days).is_some());
    if !YEARS.contains(&date.year()) {
        None
    } else if let Some(holiday) = national(date, days) {
        Some(holiday)
    } else if replaces_a_sunday(date, days) {
        Some(Holiday::Substitute)
    } else if is_national(date.pred_opt()) && is_national(date.succ_opt()) {
        Some(Holiday::Sandwiched)
    } else {
        None
    }
}

/// Returns the 国民の祝日 (2条) on a day, with the special laws for 2019, 2020 and 2021.
fn national(date: NaiveDate, equinox_moved: i32) -> Option<Holiday> {
    let year = date.year();
    let is_monday = |n| date.weekday() == Weekday::Mon && date.day0() / 7 + 1 == n;
    let is_equinox = |at_1980, day: u32| i64::from(equinox(year, at_1980) + equinox_moved) == i64::from(day);
    match (date.month(), date.day()) {
        (1, 1) => Some(Holiday::NewYear),
        (1, _) if is_monday(2) => Some(Holiday::ComingOfAge),
        (2, 11) => Some(Holiday::Foundation),
        (2, 23) if year >= 2020 => Some(Holiday::EmperorsBirthday),
        (3, day) if is_equinox(SPRING_1980, day) => Some(Holiday::SpringEquinox),
        (4, 29) => Some(Holiday::Showa),
        (5, 1) if year == 2019 => Some(Holiday::Accession),
        (5, 3) => Some(Holiday::Constitution),
        (5, 4) => Some(Holiday::Greenery),
        (5, 5) => Some(Holiday::Children),
        (9, _) if is_monday(3) => Some(Holiday::RespectForTheAged),
        (9, day) if is_equinox(AUTUMN_1980, day) => Some(Holiday::AutumnEquinox),
        (10, 22) if year == 2019 => Some(Holiday::Enthronement),
        (10, _) if is_monday(2) && year <= 2019 => Some(Holiday::HealthAndSports),
        (11, 3) => Some(Holiday::Culture),
        (11, 23) => Some(Holiday::LaborThanksgiving),
        (12, 23) if year <= 2018 => Some(Holiday::EmperorsBirthday),
        (month, day) => match (year, month, day) {
            (2020, 7, 23) | (2021, 7, 22) => Some(Holiday::Sea),
            (2020, 7, 24) | (2021, 7, 23) => Some(Holiday::Sports),
            (2020, 8, 10) | (2021, 8, 8) => Some(Holiday::Mountain),
            (2020 | 2021, ..) => None,
            (_, 7, _) if is_monday(3) => Some(Holiday::Sea),
            (2016.., 8, 11) => Some(Holiday::Mountain),
            (2022.., 10, _) if is_monday(2) => Some(Holiday::Sports),
            _ => None,
        },
    }
}

/// Returns whether a 国民の祝日 fell on a Sunday and `date` is the nearest day after it that is not itself a 国民の祝日.
fn replaces_a_sunday(date: NaiveDate, equinox_moved: i32) -> bool {
    let before = std::iter::successors(date.pred_opt(), NaiveDate::pred_opt);
    before.take_while(|&it| national(it, equinox_moved).is_some()).any(|it| it.weekday() == Weekday::Sun)
}

/// The equinoxes of 1980. Millionths of a day of March; `AUTUMN_1980` of September.
const SPRING_1980: i32 = 20_843_100;
const AUTUMN_1980: i32 = 23_248_800;

/// Returns the equinox's day of its month (新こよみ便利帳, valid 1980 to 2099).
fn equinox(year: i32, at_1980: i32) -> i32 {
    let years = year - 1980;
    (at_1980 + 242_194 * years) / 1_000_000 - years / 4
}

#[cfg(test)]
mod tests;
