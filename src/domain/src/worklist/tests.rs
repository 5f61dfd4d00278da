use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{AwaitedResponse, BadDay, Tag, WrittenEntry, snooze};
use crate::{
    actor::Party,
    calendar::{BusinessCalendar, japan_date},
    settings::Settings,
};

fn now() -> DateTime<Utc> {
    // Friday, 20 November 2026, 14:05 in Japan; Monday is a holiday.
    "2026-11-20T05:05:00Z".parse().unwrap()
}

#[test]
fn equal_tags_are_equal_however_they_are_typed() {
    let tags = Tag::parse_list(" 至急，ＩＴ導入、至急 ,, IT導入").unwrap();
    assert_eq!(tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["至急", "IT導入"]);
    assert!(Tag::parse_list("あ".repeat(21).as_str()).is_err());
    assert_eq!(Tag::parse_list(" 、 ").unwrap(), []);
}

#[test]
fn a_case_comes_back_in_the_morning_of_a_day_within_a_year() {
    let settings = Settings::default();
    let today = japan_date(now());
    let day = |days: i64| today + TimeDelta::days(days);
    assert_eq!(snooze(today, &settings, now()), Err(BadDay::Past));
    assert_eq!(snooze(day(1), &settings, now()), Ok("2026-11-21T00:00:00Z".parse().unwrap()));
    assert!(snooze(NaiveDate::from_ymd_opt(2027, 11, 20).unwrap(), &settings, now()).is_ok());
    assert_eq!(snooze(NaiveDate::from_ymd_opt(2027, 11, 21).unwrap(), &settings, now()), Err(BadDay::TooFar));
}

#[test]
fn a_further_message_does_not_put_off_the_response() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let first = AwaitedResponse::after_message(None, &settings, &calendar, now());
    assert_eq!(first.since, now());
    assert_eq!(first.due_at, "2026-11-24T08:00:00Z".parse::<DateTime<Utc>>().unwrap(), "Tuesday, 17:00");
    let later = AwaitedResponse::after_message(Some(first), &settings, &calendar, now() + TimeDelta::days(1));
    assert_eq!(later, first);
}

#[test]
fn a_closing_day_that_is_added_later_moves_the_response() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let waits = AwaitedResponse::after_message(None, &settings, &calendar, now());
    assert_eq!(waits.moved(&settings, (&calendar, &calendar)), None);
    let closed = BusinessCalendar::new([NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()].into(), 2027);
    let moved = waits.moved(&settings, (&calendar, &closed)).unwrap();
    assert_eq!((moved.since, moved.due_at), (waits.since, "2026-11-25T08:00:00Z".parse().unwrap()));
    assert_eq!(moved.moved(&settings, (&closed, &calendar)), None, "never to an earlier time");
}

#[test]
fn a_message_waits_until_its_writer_can_read_an_answer() {
    const ALL: [&[Party]; 4] = [&[], &[Party::Desk], &[Party::Expert], &[Party::Company, Party::Expert]];
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let at = |minutes| now() + TimeDelta::minutes(minutes);
    for (author, own) in [(Party::Company, ALL[3]), (Party::Expert, ALL[2]), (Party::Desk, ALL[1])] {
        let waits = AwaitedResponse::after_message(None, &settings, &calendar, at(0));
        let message = WrittenEntry { at: at(0), author, readers: own };
        for readers in ALL {
            let left = waits.after_response(&[message], readers, &settings, &calendar);
            assert_eq!(left.is_none(), readers.contains(&author), "{author:?} and {readers:?}");
        }
        // An earlier answer stays one, whatever is written to others afterwards.
        let answer = WrittenEntry { at: at(1), author: Party::Coordinator, readers: own };
        let others = if author == Party::Company { ALL[1] } else { ALL[3] };
        if !others.contains(&author) {
            let left = waits.after_response(&[message, answer], others, &settings, &calendar);
            assert_eq!(left, None, "{author:?}");
        }
    }
    // A promise to the company ends when the company can read of it.
    let promised = AwaitedResponse::after_promise(None, at(90), at(0));
    for readers in ALL {
        let left = promised.after_response(&[], readers, &settings, &calendar);
        assert_eq!(left.is_none(), readers.contains(&Party::Company), "{readers:?}");
    }
}

#[test]
fn a_promise_before_an_appointment_is_not_put_off() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let due_at = now() + TimeDelta::hours(2);
    let promised = AwaitedResponse::after_promise(None, due_at, now());
    assert_eq!((promised.since, promised.due_at), (now(), due_at));
    let closed = BusinessCalendar::new([NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()].into(), 2027);
    assert_eq!(promised.moved(&settings, (&calendar, &closed)), None);
    let waiting = AwaitedResponse::after_message(None, &settings, &calendar, now() - TimeDelta::hours(3));
    let both = AwaitedResponse::after_promise(Some(waiting), due_at, now());
    assert_eq!((both.since, both.due_at), (waiting.since, due_at), "the earlier deadline holds");
    let late = AwaitedResponse::after_promise(Some(waiting), waiting.due_at + TimeDelta::days(1), now());
    assert_eq!(late, waiting);
}
