//! Quarter hours as the expert's pages show and parse them.
use domain::booking::availability::{NoSpan, QUARTERS, Span};

use crate::web::kit::form::{Choice, FieldErrors, Fields};

/// The hour of quarter 0, in Japan time.
const FIRST_HOUR: u8 = 6;
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

#[cfg(test)]
mod tests {
    use super::{clock, take_span};
    use crate::web::kit::form::{FieldErrors, Fields};

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
