//! Dates in three inputs, as forms show and parse them.
use chrono::NaiveDate;
use domain::text::{digits, hyphenated};

use super::form::{FieldErrors, Fields};

/// The year before 令和1年, which is 2019.
const ERA_BEFORE_FIRST: i32 = 2018;
const NO_DATE: &str = "日付は、実在する年月日を入力してください";

/// The names of the three inputs of a date.
#[derive(Clone, Copy, Debug)]
pub struct DateFields {
    pub year: &'static str,
    pub month: &'static str,
    pub day: &'static str,
}

impl DateFields {
    pub const fn names(self) -> [&'static str; 3] {
        [self.year, self.month, self.day]
    }
}

/// Parses a date from 年・月・日, not before `today`. The year may be an era year: 「令和8」, 「R8」.
pub fn take_date(
    errors: &mut FieldErrors,
    form: &Fields,
    names: DateFields,
    today: NaiveDate,
) -> Option<NaiveDate> {
    let number = |name: &str| digits(form.get(name)).parse::<u32>().ok();
    let year = year(form.get(names.year));
    let date = year
        .zip(number(names.month))
        .zip(number(names.day))
        .and_then(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day));
    match date {
        Some(date) if date >= today => Some(date),
        Some(_) => {
            errors.add(names.year, "今日以降の日付を入力してください");
            None
        }
        None => {
            errors.add(names.year, NO_DATE);
            None
        }
    }
}

/// Parses a date as `take_date` does, but allows all three fields to be empty.
pub fn take_optional_date(
    errors: &mut FieldErrors,
    form: &Fields,
    names: DateFields,
    earliest: NaiveDate,
) -> Option<NaiveDate> {
    let typed = names.names().iter().any(|it| !form.get(it).trim().is_empty());
    if typed { take_date(errors, form, names, earliest) } else { None }
}

/// Parses a date as a date field of a browser sends it, or as it is typed into one: 「2026-11-30」, 「2026/11/30」.
pub fn iso(typed: &str) -> Result<NaiveDate, &'static str> {
    let typed = hyphenated(typed).replace(['/', '.'], "-");
    NaiveDate::parse_from_str(&typed, "%Y-%m-%d").map_err(|_| NO_DATE)
}

/// Parses a date as `iso` does, but allows the field to be empty.
pub fn optional_iso(typed: &str) -> Result<Option<NaiveDate>, &'static str> {
    domain::text::optional(typed, iso)
}

/// Parses a time of day as a time field of a browser sends it, or as it is typed into one: 「9:00」.
pub fn time(typed: &str) -> Result<(u8, u8), &'static str> {
    let wrong = "時刻は、9:00のように入力してください";
    let typed = digits(typed).replace('：', ":");
    let (hour, minute) = typed.trim().split_once(':').ok_or(wrong)?;
    let hour = hour.parse().ok().filter(|it| *it < 24).ok_or(wrong)?;
    let minute = minute.parse().ok().filter(|it| *it < 60).ok_or(wrong)?;
    Ok((hour, minute))
}

fn year(typed: &str) -> Option<i32> {
    let typed = digits(typed).to_ascii_uppercase();
    let typed = typed.trim_end_matches('年');
    let era = typed.strip_prefix("令和").or_else(|| typed.strip_prefix('R'));
    match era {
        Some("元") => Some(ERA_BEFORE_FIRST + 1),
        Some(year) => {
            year.parse::<i32>().ok().filter(|it| (1..=99).contains(it)).map(|it| it + ERA_BEFORE_FIRST)
        }
        None => typed.parse().ok().filter(|it| (2000..=2099).contains(it)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{DateFields, iso, take_date, time};
    use crate::web::kit::form::{FieldErrors, Fields};

    const NAMES: DateFields = DateFields { year: "y", month: "m", day: "d" };

    fn date(year: &str, month: &str, day: &str) -> Result<String, String> {
        let form = Fields::from_iter([("y", year), ("m", month), ("d", day)]);
        let mut errors = FieldErrors::default();
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        match take_date(&mut errors, &form, NAMES, today) {
            Some(it) => Ok(it.to_string()),
            None => Err(errors.of("y").unwrap().to_owned()),
        }
    }

    #[test]
    fn dates_are_taken_in_any_width_and_in_the_era() {
        for year in ["2026", "２０２６", "2026年", "R8", "令和8", "令和８年", "r8"] {
            assert_eq!(date(year, "１２", "1"), Ok("2026-12-01".to_owned()), "{year}");
        }
        assert_eq!(date("2026", "11", "20"), Ok("2026-11-20".to_owned()), "today is not over");
        assert!(date("2026", "11", "19").unwrap_err().contains("今日以降"));
        for (year, month, day) in [("2026", "2", "30"), ("", "", ""), ("26", "12", "1"), ("令和0", "1", "1")]
        {
            assert!(date(year, month, day).unwrap_err().contains("実在する"), "{year}");
        }
    }

    #[test]
    fn dates_and_times_of_a_browser_are_read_as_typed_ones() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 30);
        for typed in ["2026-11-30", "2026/11/30", " ２０２６－１１－３０ "] {
            assert_eq!(iso(typed).ok(), day, "{typed}");
        }
        assert!(iso("2026-02-30").is_err() && iso("").is_err());
        assert_eq!(time("9:00"), Ok((9, 0)));
        assert_eq!(time("１７：３０"), Ok((17, 30)));
        assert!(time("24:00").is_err() && time("9").is_err() && time("9:60").is_err());
    }
}
