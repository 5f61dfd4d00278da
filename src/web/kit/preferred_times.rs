//! The form of the times that would suit a company on the waiting list, for its own page and for the center's.
use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::{
    booking::waiting_list::{HalfDay, MOST_PREFERRED_TIMES, TimePreference, weekday_label},
    wording::{iso_date, month_day_weekday},
};

use super::form::{Choice, Fields};
use crate::problem::Problem;

/// The weekdays on which the center works.
const WEEKDAYS: [(&str, Weekday); 5] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
];
/// The days from Monday to Friday of a preferred week.
const WORKING_WEEK: Days = Days::new(4);

/// The form with its choices and what was typed (`templates/_preferred_times.html`).
pub struct PreferredTimesForm {
    pub form: Fields,
    pub groups: Vec<PreferredTimeFields>,
    /// Whether a preferred time after the first is filled in.
    pub more: bool,
    pub weeks: Vec<Choice>,
    pub weekdays: Vec<Choice>,
    pub parts: Vec<Choice>,
}

/// The names of the fields of one preferred time.
pub struct PreferredTimeFields {
    pub n: usize,
    pub week: String,
    pub weekday: String,
    pub part: String,
}

impl PreferredTimesForm {
    /// Returns the form for times from `earliest` to `last`, with what was typed.
    pub fn new(form: Fields, earliest: NaiveDate, last: NaiveDate) -> Self {
        let groups: Vec<_> = (1..=MOST_PREFERRED_TIMES).map(group).collect();
        let is_given = |it: &PreferredTimeFields| {
            [&it.week, &it.weekday, &it.part].into_iter().any(|name| !form.get(name).is_empty())
        };
        Self {
            more: groups.iter().skip(1).any(is_given),
            groups,
            weeks: weeks(earliest, last),
            weekdays: WEEKDAYS
                .map(|(code, it)| Choice::new(code, format!("{}曜日", weekday_label(it))))
                .to_vec(),
            parts: HalfDay::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
            form,
        }
    }
}

fn group(n: usize) -> PreferredTimeFields {
    PreferredTimeFields {
        n,
        week: format!("week-{n}"),
        weekday: format!("weekday-{n}"),
        part: format!("part-{n}"),
    }
}

/// Returns the Mondays of the weeks in which an earlier time is possible, as choices.
fn weeks(earliest: NaiveDate, last: NaiveDate) -> Vec<Choice> {
    let monday = earliest - Days::new(u64::from(earliest.weekday().num_days_from_monday()));
    monday
        .iter_weeks()
        .take_while(|&it| it <= last)
        .map(|it| Choice::new(iso_date(it), format!("{}からの週", month_day_weekday(it))))
        .collect()
}

/// Parses the preferred times. The first counts even if it is empty: any time is suitable. A value that is
/// not among the choices did not come from our form and is refused.
pub fn parse(form: &Fields) -> Result<Vec<TimePreference>, Problem> {
    let mut preferred_times = Vec::new();
    for n in 1..=MOST_PREFERRED_TIMES {
        let PreferredTimeFields { week, weekday, part, .. } = group(n);
        let preferred = time_preference(form.get(&week), form.get(&weekday), form.get(&part))
            .ok_or(Problem::Unreadable)?;
        if (n == 1 || preferred != TimePreference::default()) && !preferred_times.contains(&preferred) {
            preferred_times.push(preferred);
        }
    }
    // Beside other preferred times, an empty first one means nothing.
    if preferred_times.len() > 1 && preferred_times.first() == Some(&TimePreference::default()) {
        preferred_times.remove(0);
    }
    Ok(preferred_times)
}

fn time_preference(week: &str, weekday: &str, part: &str) -> Option<TimePreference> {
    let from = if week.is_empty() { None } else { Some(week.parse::<NaiveDate>().ok()?) };
    let weekday = match weekday {
        "" => None,
        code => Some(WEEKDAYS.iter().find(|it| it.0 == code)?.1),
    };
    let part = if part.is_empty() { None } else { Some(HalfDay::from_code(part)?) };
    Some(TimePreference { weekday, part, from, until: from.and_then(|it| it.checked_add_days(WORKING_WEEK)) })
}

#[cfg(test)]
mod tests {
    use domain::booking::waiting_list::TimePreference;

    use super::{Fields, PreferredTimesForm, parse, weeks};

    #[test]
    fn empty_preferences_are_left_out_unless_there_is_no_other() {
        assert_eq!(parse(&Fields::default()).unwrap(), [TimePreference::default()]);
        let form = Fields::from_iter([("part-2", "morning"), ("weekday-3", "tue"), ("part-1", "")]);
        let labels: Vec<_> = parse(&form).unwrap().iter().map(TimePreference::label).collect();
        assert_eq!(labels, ["午前", "火曜日"]);
        let form = Fields::from_iter([("week-1", "2026-11-23"), ("week-2", "2026-11-23")]);
        let labels: Vec<_> = parse(&form).unwrap().iter().map(TimePreference::label).collect();
        assert_eq!(labels, ["11月23日（月・祝）から11月27日（金）"], "the same wish counts once");
        for wrong in [("week-1", "soon"), ("weekday-1", "sun"), ("part-3", "night")] {
            assert!(parse(&Fields::from_iter([wrong])).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_weeks_end_with_that_of_the_booking() {
        let weeks = weeks("2026-11-26".parse().unwrap(), "2026-12-08".parse().unwrap());
        let values: Vec<_> = weeks.iter().map(|it| it.value.as_ref()).collect();
        assert_eq!(values, ["2026-11-23", "2026-11-30", "2026-12-07"]);
    }

    #[test]
    fn the_further_preferences_are_open_if_one_is_filled_in() {
        let day = "2026-11-26".parse().unwrap();
        let more = |name: &str| PreferredTimesForm::new(Fields::from_iter([(name, "tue")]), day, day).more;
        assert_eq!(["weekday-1", "version", "weekday-2"].map(more), [false, false, true]);
    }
}
