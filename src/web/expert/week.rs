//! One week of an expert, laid out for a table and for a list.
use std::ops::Range;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use domain::{
    booking::{
        appointment::Appointment,
        availability::{Day, Occupied, QUARTERS, Schedule, Slot, Span},
    },
    calendar::{BusinessCalendar, Closed, japan_date},
    wording,
};

use super::times::{self, clock};
use crate::{store::booking::expert_agenda::AgendaAppointment, url};

/// The hours that a table shows even if they are empty.
const HOURS: std::ops::RangeInclusive<u8> = 9..=16;

/// A week from Monday to Sunday, by its ISO name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week(NaiveDate);

/// The appointments, free times and absences of a week.
pub struct Agenda {
    pub days: Vec<DayView>,
    pub rows: Vec<HourRow>,
    pub bookings: usize,
    pub holds: usize,
    /// The total free time, such as 「12時間30分」.
    pub free: String,
}

pub struct DayView {
    /// The short date, such as 「24日（火）」.
    pub short: String,
    /// The long date, such as 「11月24日（火）」.
    pub long: String,
    /// The address at which the free time of this day is changed; `None` for a past day.
    pub change: Option<String>,
    /// A holiday's name, or 「不在」.
    pub note: Option<&'static str>,
    pub today: bool,
    pub closed: bool,
    pub items: Vec<Item>,
    /// The quarters that each appointment takes, with its index in the items.
    taken: Vec<(Range<u8>, usize)>,
    free: Day,
}

/// An entry of a day: an appointment, a time taken in an external calendar, or a stretch of free time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The style class: `ev`, `hold`, `busy` or `open`.
    pub class: &'static str,
    pub when: String,
    pub what: String,
    pub href: Option<String>,
}

/// One hour across all days.
pub struct HourRow {
    pub label: String,
    pub cells: Vec<Cell>,
}

pub struct Cell {
    pub today: bool,
    pub closed: bool,
    pub items: Vec<Item>,
    /// The day, read aloud before each item for a reader who cannot see the column.
    pub day: String,
}

/// The facts from which a week is laid out.
pub struct WeekFacts<'a> {
    pub schedule: &'a Schedule,
    pub occupied: &'a Occupied,
    /// The times that the expert's external calendars take.
    pub busy: &'a Occupied,
    pub appointments: &'a [AgendaAppointment],
    pub calendar: &'a BusinessCalendar,
    pub now: DateTime<Utc>,
}

impl Week {
    pub fn of(date: NaiveDate) -> Self {
        Self(date.week(Weekday::Mon).first_day())
    }

    /// Parses a week's name, such as `2026-W48`.
    pub fn parse(name: &str) -> Option<Self> {
        let (year, week) = name.split_once("-W")?;
        let (year, week) = (year.parse().ok()?, week.parse().ok()?);
        (2000..2100).contains(&year).then(|| NaiveDate::from_isoywd_opt(year, week, Weekday::Mon))?.map(Self)
    }

    pub fn name(self) -> String {
        let week = self.0.iso_week();
        format!("{}-W{:02}", week.year(), week.week())
    }

    pub fn previous(self) -> Self {
        Self(self.0 - TimeDelta::days(7))
    }

    pub fn next(self) -> Self {
        Self(self.0 + TimeDelta::days(7))
    }

    pub const fn first(self) -> NaiveDate {
        self.0
    }

    pub fn last(self) -> NaiveDate {
        self.0 + TimeDelta::days(6)
    }

    /// Lays the week out. Saturday and Sunday are shown only if they have entries.
    pub fn agenda(self, facts: &WeekFacts<'_>) -> Agenda {
        let days: Vec<_> = self
            .0
            .iter_days()
            .take(7)
            .map(|date| (date, day(date, facts)))
            .filter(|(date, it)| date.weekday().num_days_from_monday() < 5 || !it.items.is_empty())
            .map(|(_, it)| it)
            .collect();
        let quarters: u32 = days.iter().map(|it| it.free.count()).sum();
        let counted = |class| days.iter().flat_map(|it| &it.items).filter(|it| it.class == class).count();
        let (bookings, holds) = (counted("ev"), counted("hold"));
        Agenda { rows: rows(&days), bookings, holds, free: hours(quarters), days }
    }
}

fn day(date: NaiveDate, facts: &WeekFacts<'_>) -> DayView {
    let today = japan_date(facts.now);
    let closed = facts.calendar.why_closed(date);
    let appointments: Vec<_> =
        facts.appointments.iter().filter(|it| japan_date(it.appointment.starts_at) == date).collect();
    let free = if closed.is_some() || date < today {
        Day::NONE
    } else {
        facts.schedule.day(date).minus(facts.occupied.day(date))
    };
    let mut placed: Vec<_> = appointments.iter().map(|it| (quarters(&it.appointment), item(it))).collect();
    placed.extend(free.spans().into_iter().map(|it| (it.start()..it.end(), open(it))));
    placed.extend(facts.busy.day(date).spans().into_iter().map(|it| (it.start()..it.end(), elsewhere(it))));
    placed.sort_by_key(|(taken, _)| taken.start);
    let taken = placed
        .iter()
        .enumerate()
        .filter(|(_, (_, item))| item.class != "open")
        .map(|(at, (taken, _))| (taken.clone(), at))
        .collect();
    let note = match closed {
        Some(it @ (Closed::Holiday(_) | Closed::YearEnd | Closed::Operator)) => Some(it.label()),
        Some(Closed::Saturday | Closed::Sunday) | None => facts.schedule.is_absent(date).then_some("不在"),
    };
    DayView {
        short: format!("{}日（{}）", date.day(), wording::weekday(date)),
        long: wording::month_day_weekday(date),
        change: (date >= today).then(|| super::availability::day::address(date)),
        note,
        today: date == today,
        closed: closed.is_some() || note.is_some(),
        items: placed.into_iter().map(|(_, item)| item).collect(),
        taken,
        free,
    }
}

/// Returns the quarters of the day that an appointment takes, within the grid.
fn quarters(it: &Appointment) -> Range<u8> {
    let start = Slot::at(it.starts_at).map_or(0, Slot::quarter);
    let length = (it.ends_at - it.starts_at).num_minutes().max(1);
    let end = u8::try_from(i64::from(start) + (length + 14) / 15).unwrap_or(QUARTERS);
    start..end.min(QUARTERS)
}

fn item(it: &AgendaAppointment) -> Item {
    let held = it.is_tentative();
    let what = match &it.case {
        Some(case) => match &case.company_name {
            Some(name) => name.clone(),
            None => format!("回答待ちの依頼（{}）", case.fields.label()),
        },
        None => "申込み中の仮予約".to_owned(),
    };
    let state = if it.appointment.is_confirmed() {
        if it.is_asked { "（交代の依頼）".to_owned() } else { String::new() }
    } else {
        format!("（{}）", it.appointment.state.label())
    };
    Item {
        class: if held { "hold" } else { "ev" },
        when: wording::time_range(it.appointment.starts_at, it.appointment.ends_at),
        what: format!("{what}{state}"),
        href: it.case.as_ref().map(|case| url::expert(&case.number)),
    }
}

fn elsewhere(it: Span) -> Item {
    Item {
        class: "busy", when: times::span(it), what: "ほかのカレンダーの予定".to_owned(), href: None
    }
}

fn open(it: Span) -> Item {
    Item { class: "open", when: times::span(it), what: "空き".to_owned(), href: None }
}

fn rows(days: &[DayView]) -> Vec<HourRow> {
    let free = days.iter().flat_map(|it| it.free.spans()).map(|it| it.start()..it.end());
    let taken = days.iter().flat_map(|it| &it.taken).map(|it| it.0.clone());
    let (mut first, mut last) = (*HOURS.start(), *HOURS.end());
    for it in free.chain(taken) {
        first = first.min(times::hour(it.start));
        last = last.max(times::hour(it.end.saturating_sub(1)));
    }
    (first..=last)
        .map(|hour| HourRow {
            label: format!("{hour}時"),
            cells: days.iter().map(|day| cell(day, hour)).collect(),
        })
        .collect()
}

fn cell(day: &DayView, hour: u8) -> Cell {
    let of_hour = |quarter: &u8| times::hour(*quarter) == hour;
    let mut items = Vec::new();
    for (taken, at) in &day.taken {
        let Some(item) = day.items.get(*at) else { continue };
        if times::hour(taken.start) == hour {
            items.push((taken.start, item.clone()));
        } else if let Some(first) = taken.clone().find(of_hour) {
            let when = format!("{}まで", clock(taken.end));
            items.push((first, Item { when, what: "続き".to_owned(), href: None, ..item.clone() }));
        }
    }
    let part: Day = day.free.quarters().filter(of_hour).filter_map(|it| Span::new(it, it + 1).ok()).collect();
    items.extend(part.spans().into_iter().map(|it| (it.start(), open(it))));
    items.sort_by_key(|it| it.0);
    let items = items.into_iter().map(|it| it.1).collect();
    Cell { today: day.today, closed: day.closed, items, day: day.long.clone() }
}

fn hours(quarters: u32) -> String {
    match (quarters / 4, quarters % 4 * 15) {
        (0, 0) => "なし".to_owned(),
        (hours, 0) => format!("{hours}時間"),
        (0, minutes) => format!("{minutes}分"),
        (hours, minutes) => format!("{hours}時間{minutes}分"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Week, hours};

    #[test]
    fn a_week_is_named_as_in_the_address() {
        let week = Week::parse("2026-W48").unwrap();
        assert_eq!(
            (week.first().to_string(), week.last().to_string()),
            ("2026-11-23".into(), "2026-11-29".into())
        );
        assert_eq!(week.name(), "2026-W48");
        assert_eq!((week.previous().name(), week.next().name()), ("2026-W47".into(), "2026-W49".into()));
        assert_eq!(Week::parse("2026-W53").unwrap().next().name(), "2027-W01");
        for bad in ["", "2026", "2026-W", "2026-W54", "2026-W00", "999999-W01", "-W1", "2026-w48"] {
            assert_eq!(Week::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn free_time_is_said_in_hours_and_minutes() {
        assert_eq!([0, 3, 4, 50].map(hours), ["なし", "45分", "1時間", "12時間30分"]);
    }
}
