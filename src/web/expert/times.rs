//! Quarter hours and dates as the expert's pages show and parse them.
use chrono::NaiveDate;
use domain::{
    booking::availability::{NoSpan, QUARTERS, Span},
    text::digits,
};

use crate::web::kit::form::{Choice, FieldErrors, Fields};

/// The hour of quarter 0, in Japan time.
const FIRST_HOUR: u8 = 6;
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

/// Returns the clock time of a quarter: 「9:30」 for 14.
pub fn clock(quarter: u8) -> String {
    format!("{}:{:02}", FIRST_HOUR + quarter / 4, quarter % 4 * 15)
}

/// Returns the words for a span, such as 「9:00から12:00」.
pub fn span(it: Span) -> String {
    format!("{}から{}", clock(it.start()), clock(it.end()))
}

/// Returns the hour of the clock in which a quarter lies.
pub const fn hour(quarter: u8) -> u8 {
    FIRST_HOUR + quarter / 4
}

/// Returns every quarter hour from 6:00 to 22:00, for a select.
pub fn choices() -> Vec<Choice> {
    (0..=QUARTERS).map(|it| Choice::new(it.to_string(), clock(it))).collect()
}

/// Parses the stretch between two selects; the error is added to the select that has to be changed.
pub fn take_span(
    errors: &mut FieldErrors,
    form: &Fields,
    start: &'static str,
    end: &'static str,
) -> Option<Span> {
    let mut chosen = |name: &'static str, missing: &str| {
        let quarter = form.get(name).parse::<u8>().ok().filter(|&it| it <= QUARTERS);
        if quarter.is_none() {
            let outside = !form.get(name).is_empty();
            errors.add(name, if outside { NoSpan::OutsideTheDay.to_string() } else { missing.to_owned() });
        }
        quarter
    };
    let from = chosen(start, "開始の時刻を選択してください");
    let to = chosen(end, "終了の時刻を選択してください");
    match Span::new(from?, to?) {
        Ok(span) => Some(span),
        Err(NoSpan::EndsBeforeItStarts | NoSpan::OutsideTheDay) => {
            errors.add(end, "終了には、開始より後の時刻を選択してください（日をまたぐ時間は、日ごとに分けて登録してください）");
            None
        }
        Err(err @ NoSpan::NotOnAQuarter) => {
            errors.add(end, err.to_string());
            None
        }
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

    use super::{DateFields, clock, take_date, take_span};
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
    fn a_stretch_ends_after_it_starts_and_within_the_day() {
        let span = |start: &str, end: &str| {
            let form = Fields::from_iter([("start", start), ("end", end)]);
            let mut errors = FieldErrors::default();
            take_span(&mut errors, &form, "start", "end")
                .map(|it| (it.start(), it.end()))
                .ok_or_else(|| errors.iter().map(|it| it.message.clone()).collect::<String>())
        };
        assert_eq!(span("12", "44"), Ok((12, 44)));
        assert_eq!((clock(12), clock(44), clock(64)), ("9:00".into(), "17:00".into(), "22:00".into()));
        assert!(span("44", "12").unwrap_err().contains("開始より後"));
        assert!(span("12", "12").unwrap_err().contains("開始より後"));
        assert!(span("65", "12").unwrap_err().contains("6:00から22:00"));
        assert!(span("", "").unwrap_err().contains("選択してください"));
    }
}
