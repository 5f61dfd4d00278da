use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::{collection::btree_set, prelude::*};

use super::{Count, Deadline, DeadlineStep, deadline_after_business_days, deadline_calendar_days};
use crate::{
    actor::Party,
    calendar::{BusinessCalendar, at_japan},
};

fn at(day: &str, hour: u8, minute: u8) -> DateTime<Utc> {
    at_japan(day.parse().unwrap(), hour, minute)
}

fn calendar() -> BusinessCalendar {
    BusinessCalendar::new(BTreeSet::new(), 2027)
}

fn center_waits(deadline: Deadline, from: DateTime<Utc>) -> super::PausedDeadline {
    deadline.paused(&calendar(), from, Party::Coordinator, Party::Company)
}

#[test]
fn the_first_contact_is_due_three_business_days_later() {
    let deadline = deadline_after_business_days(&calendar(), at("2026-11-20", 14, 5), 3, 17);
    assert_eq!(deadline.at, at("2026-11-26", 17, 0));
    assert_eq!(
        deadline.explain(),
        [
            "2026年（令和8年）11月20日（金）14:05に開始、翌営業日を1日目として3営業日",
            "11月21日（土）：土曜日のため数えません",
            "11月22日（日）：日曜日のため数えません",
            "11月23日（月・祝）：勤労感謝の日のため数えません",
            "11月24日（火）：1営業日目",
            "11月25日（水）：2営業日目",
            "11月26日（木）：3営業日目",
            "期限：2026年（令和8年）11月26日（木）17:00",
        ]
    );
    assert!(!deadline.is_overdue(deadline.at) && deadline.is_overdue(deadline.at + TimeDelta::seconds(1)));
}

#[test]
fn deadlines_are_those_of_the_examples_in_the_programme() {
    for (from, days, due) in [
        ("2026-04-28", 3, "2026-05-07"),
        ("2026-05-01", 1, "2026-05-07"),
        ("2026-09-18", 3, "2026-09-28"),
        ("2026-11-20", 5, "2026-11-30"),
        ("2026-12-25", 3, "2027-01-05"),
        ("2027-03-19", 1, "2027-03-23"),
        ("2028-12-28", 1, "2029-01-04"),
        ("2026-11-21", 0, "2026-11-24"),
    ] {
        for hour in [0, 9, 23] {
            let deadline = deadline_after_business_days(&calendar(), at(from, hour, 59), days, 17);
            assert_eq!(deadline.at, at(due, 17, 0), "{from} + {days}");
        }
    }
}

#[test]
fn calendar_days_end_on_an_open_day() {
    let deadline = deadline_calendar_days(&calendar(), at("2026-11-16", 11, 0), 7, 17);
    assert_eq!(deadline.at, at("2026-11-24", 17, 0), "the 23rd is a holiday");
    let lines = deadline.explain();
    assert_eq!(lines[0], "2026年（令和8年）11月16日（月）11:00に開始、翌日を1日目として7日");
    assert_eq!(lines[7], "11月23日（月・祝）：7日目");
    assert_eq!(lines[8], "11月23日（月・祝）：勤労感謝の日のため数えません");
}

#[test]
fn a_zero_day_deadline_that_has_closed_moves_on() {
    let deadline = deadline_after_business_days(&calendar(), at("2026-11-20", 18, 0), 0, 17);
    assert_eq!(deadline.at, at("2026-11-24", 17, 0));
}

#[test]
fn closing_at_midnight_belongs_to_the_day_that_ends() {
    let deadline = deadline_after_business_days(&calendar(), at("2026-11-24", 9, 0), 1, 24);
    assert_eq!(deadline.day().to_string(), "2026-11-25");
    assert_eq!(deadline.explain().last().unwrap(), "期限：2026年（令和8年）11月25日（水）24:00");
    let resumed =
        center_waits(deadline, at("2026-11-24", 10, 0)).resumed(&calendar(), at("2026-11-25", 10, 0));
    assert_eq!(resumed.at, at("2026-11-26", 24, 0));
}

#[test]
fn a_pause_keeps_the_days_that_were_left() {
    let paused = center_waits(
        deadline_after_business_days(&calendar(), at("2026-11-20", 14, 5), 3, 17),
        at("2026-11-24", 10, 0),
    );
    let lines = paused.explain();
    assert_eq!(
        lines.last().unwrap(),
        "11月24日（火）10:00から停止：センターが企業を待っています（残り2営業日）"
    );
    let resumed = paused.resumed(&calendar(), at("2026-12-03", 13, 0));
    assert_eq!(resumed.at, at("2026-12-07", 17, 0));
    assert_eq!(
        &resumed.explain()[lines.len()..],
        [
            "12月3日（木）13:00に再開",
            "12月4日（金）：1営業日目",
            "12月5日（土）：土曜日のため数えません",
            "12月6日（日）：日曜日のため数えません",
            "12月7日（月）：2営業日目",
            "期限：2026年（令和8年）12月7日（月）17:00",
        ]
    );
}

#[test]
fn on_the_last_day_at_least_the_rest_of_a_day_is_left() {
    let last_day = || {
        let deadline = deadline_after_business_days(&calendar(), at("2026-11-20", 14, 5), 3, 17);
        center_waits(deadline, at("2026-11-26", 16, 0))
    };
    for (resumed_at, due) in [
        (at("2026-11-26", 16, 30), at("2026-11-26", 17, 0)),
        (at("2026-11-26", 17, 30), at("2026-11-27", 17, 0)),
        (at("2026-11-28", 9, 0), at("2026-11-30", 17, 0)),
        (at("2026-12-01", 9, 0), at("2026-12-01", 17, 0)),
        (at("2026-11-01", 9, 0), at("2026-11-26", 17, 0)),
    ] {
        assert_eq!(last_day().resumed(&calendar(), resumed_at).at, due);
    }
}

#[test]
fn the_very_instant_of_closing_still_belongs_to_the_day() {
    let friday = at("2026-11-20", 17, 0);
    assert_eq!(deadline_after_business_days(&calendar(), friday, 0, 17).at, friday);
    let late = deadline_after_business_days(&calendar(), friday + TimeDelta::seconds(1), 0, 17);
    assert_eq!(late.at, at("2026-11-24", 17, 0));
}

#[test]
fn a_limit_is_a_line_of_the_explanation_only_if_it_is_earlier() {
    let deadline = deadline_after_business_days(&calendar(), at("2026-11-20", 14, 5), 3, 17);
    let slot = at("2026-12-01", 10, 0);
    assert_eq!(deadline.clone().no_later_than(deadline.at, slot), deadline);
    let limit = deadline.at - TimeDelta::hours(1);
    let limited = deadline.clone().no_later_than(limit, slot);
    assert_eq!((limited.at, limited.trace.len()), (limit, deadline.trace.len() + 1));
}

#[test]
fn a_resumed_deadline_moves_with_a_closing_day_after_its_pause() {
    let paused = center_waits(
        deadline_after_business_days(&calendar(), at("2026-11-20", 14, 5), 3, 17),
        at("2026-11-24", 10, 0),
    );
    let resumed = paused.resumed(&calendar(), at("2026-12-03", 13, 0));
    let closed = |text: &str| BusinessCalendar::new([text.parse().unwrap()].into(), 2027);
    assert_eq!(resumed.moved(&closed("2026-11-25"), None), None, "the day lies before the pause ended");
    let moved = resumed.moved(&closed("2026-12-04"), None).unwrap();
    assert_eq!((resumed.at, moved.at), (at("2026-12-07", 17, 0), at("2026-12-08", 17, 0)));
}

#[test]
fn a_missed_deadline_stays_missed() {
    let deadline = deadline_after_business_days(&calendar(), at("2026-11-20", 14, 5), 3, 17);
    let due = deadline.at;
    let resumed = center_waits(deadline, at("2026-11-27", 9, 0)).resumed(&calendar(), at("2026-12-01", 9, 0));
    assert_eq!(resumed.at, due);
    assert!(resumed.explain().iter().any(|it| it.ends_with("（期限を過ぎています）")));
}

#[test]
fn a_day_that_the_almanac_has_not_settled_is_flagged() {
    let from = at("2027-03-19", 10, 0);
    let known = deadline_after_business_days(&calendar(), from, 1, 17);
    assert!(known.is_certain());
    let early = BusinessCalendar::new(BTreeSet::new(), 2026);
    let unknown = deadline_after_business_days(&early, from, 1, 17);
    assert_eq!(unknown.at, known.at);
    assert!(!unknown.is_certain());
    assert_eq!(
        unknown.explain()[3],
        "3月22日（月・祝）：振替休日のため数えません（春分の日・秋分の日が官報でまだ発表されていないため、変わることがあります）"
    );
}

#[test]
fn a_deadline_is_stored_whole() {
    let deadline = deadline_after_business_days(&calendar(), at("2026-11-20", 14, 5), 3, 17);
    let json = serde_json::to_string(&deadline).unwrap();
    assert_eq!(serde_json::from_str::<Deadline>(&json).unwrap(), deadline);
    let paused = center_waits(deadline, at("2026-11-24", 10, 0));
    let json = serde_json::to_string(&paused).unwrap();
    assert_eq!(serde_json::from_str::<super::PausedDeadline>(&json).unwrap(), paused);
}

#[test]
fn the_end_of_time_is_an_answer_too() {
    let last = DateTime::<Utc>::MAX_UTC;
    let deadline = deadline_after_business_days(&calendar(), last, 3, 24);
    let _ = deadline.paused(&calendar(), last, Party::Coordinator, Party::Expert).resumed(&calendar(), last);
}

fn days() -> impl Strategy<Value = NaiveDate> {
    (0..1_500_u64).prop_map(|it| NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(it))
}

fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    (days(), 0..24_u8, 0..60_u8).prop_map(|(day, hour, minute)| at_japan(day, hour, minute))
}

fn calendars() -> impl Strategy<Value = (BusinessCalendar, BusinessCalendar)> {
    (btree_set(days(), 0..100), btree_set(days(), 0..100)).prop_map(|(closed, more)| {
        let all = closed.union(&more).copied().collect();
        (BusinessCalendar::new(closed, 2027), BusinessCalendar::new(all, 2027))
    })
}

fn computed(calendar: &BusinessCalendar, from: DateTime<Utc>, days: u16, count: Count) -> Deadline {
    match count {
        Count::BusinessDays => deadline_after_business_days(calendar, from, days, 17),
        Count::CalendarDays => deadline_calendar_days(calendar, from, days, 17),
    }
}

proptest! {
    #[test]
    fn a_deadline_is_due_when_an_open_day_closes(from in instants(), days in 0..60_u16, (calendar, _) in calendars()) {
        for count in [Count::BusinessDays, Count::CalendarDays] {
            let deadline = computed(&calendar, from, days, count);
            prop_assert!(calendar.is_open(deadline.day()));
            prop_assert_eq!(deadline.at, at_japan(deadline.day(), 17, 0));
            prop_assert!(deadline.at >= from);
            prop_assert!(deadline.at <= computed(&calendar, from, days + 1, count).at);
            prop_assert_eq!(deadline.trace.last(), Some(&DeadlineStep::Due { at: deadline.at, certain: calendar.is_certain(deadline.day()) }));
        }
    }

    #[test]
    fn a_deadline_moves_to_where_the_calendar_of_now_would_have_put_it(
        from in instants(), days in 0..60_u16, (calendar, closing_more) in calendars(),
        paused_after in 0..200_i64, for_hours in 0..500_i64,
    ) {
        for count in [Count::BusinessDays, Count::CalendarDays] {
            let deadline = computed(&calendar, from, days, count);
            prop_assert_eq!(deadline.moved(&calendar, None), None);
            let anew = computed(&closing_more, from, days, count);
            prop_assert_eq!(deadline.moved(&closing_more, None), (anew != deadline).then_some(anew));
            let paused = deadline.paused(
                &calendar, from + TimeDelta::hours(paused_after), Party::Coordinator, Party::Company
            );
            let resumed = paused.resumed(&calendar, from + TimeDelta::hours(paused_after + for_hours));
            if let Some(moved) = resumed.moved(&closing_more, None) {
                prop_assert!(moved.at >= resumed.at);
            }
        }
    }

    #[test]
    fn closing_more_days_is_never_earlier(
        from in instants(), days in 0..60_u16, (calendar, closing_more) in calendars(),
        paused_after in 0..200_i64, for_hours in 0..500_i64,
    ) {
        for count in [Count::BusinessDays, Count::CalendarDays] {
            let due = |calendar: &BusinessCalendar| computed(calendar, from, days, count);
            prop_assert!(due(&calendar).at <= due(&closing_more).at);
            let paused_at = from + TimeDelta::hours(paused_after);
            let resumed_at = paused_at + TimeDelta::hours(for_hours);
            let after_pause = |calendar: &BusinessCalendar| {
                let paused = due(calendar).paused(calendar, paused_at, Party::Coordinator, Party::Company);
                paused.resumed(calendar, resumed_at).at
            };
            prop_assert!(after_pause(&calendar) <= after_pause(&closing_more));
        }
    }

    #[test]
    fn a_pause_never_makes_a_deadline_earlier(
        from in instants(), days in 0..30_u16, (calendar, _) in calendars(),
        paused_after in 0..200_i64, for_hours in 0..500_i64,
    ) {
        for count in [Count::BusinessDays, Count::CalendarDays] {
            let deadline = computed(&calendar, from, days, count);
            let was = deadline.at;
            let paused_at = from + TimeDelta::hours(paused_after);
            let resumed_at = paused_at + TimeDelta::hours(for_hours);
            let resumed =
                deadline.paused(&calendar, paused_at, Party::Coordinator, Party::Company).resumed(&calendar, resumed_at);
            prop_assert!(resumed.at >= was);
            prop_assert!(resumed.at >= resumed_at || paused_at > was);
            prop_assert!(for_hours > 0 || resumed.at == was);
        }
    }
}
