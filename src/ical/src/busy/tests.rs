use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{Busy, Reader, Stretch, Unreadable, times};

/// Two weeks from Monday, 23 November 2026, Japan time.
fn window() -> Stretch {
    at("2026-11-22T15:00:00Z")..at("2026-12-06T15:00:00Z")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn read(text: &str) -> Result<Busy, Unreadable> {
    let ours = |uid: &str| uid.ends_with("@ours.example.jp");
    let mut reader = Reader::new(window(), &ours, &|| false);
    reader.read(text)?;
    Ok(reader.finish())
}

fn quarters(busy: &Busy) -> Vec<Range<i64>> {
    domain::booking::availability::touched_quarters(busy.stretches())
}

/// Returns a calendar with these lines.
fn calendar(lines: &str) -> String {
    let body = lines.trim().lines().map(|it| format!("{}\r\n", it.trim())).collect::<String>();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//JA\r\n{body}END:VCALENDAR\r\n")
}

fn event(lines: &str) -> String {
    calendar(&format!("BEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT"))
}

/// Returns the busy times in Japan time, such as `24 10:00-11:00`.
#[track_caller]
fn shown(text: &str) -> Vec<String> {
    let busy = read(text).unwrap();
    let local = |quarter: i64, of: &str| {
        let at = domain::booking::availability::quarter_start(quarter).unwrap() + TimeDelta::hours(9);
        at.format(of).to_string()
    };
    let quarters = quarters(&busy);
    quarters.iter().map(|it| format!("{}-{}", local(it.start, "%d %H:%M"), local(it.end, "%H:%M"))).collect()
}

#[test]
fn a_time_is_taken_in_whole_quarters_whatever_its_zone() {
    for lines in [
        "DTSTART:20261124T010500Z\nDTEND:20261124T015500Z",
        "DTSTART;TZID=Asia/Tokyo:20261124T100500\nDTEND;TZID=Asia/Tokyo:20261124T105500",
        "DTSTART;TZID=Tokyo Standard Time:20261124T100500\nDTEND;TZID=Tokyo Standard Time:20261124T105500",
        "DTSTART;TZID=\"(UTC+09:00) Osaka, Sapporo, Tokyo\":20261124T100500\nDURATION:PT50M",
        "DTSTART;TZID=America/New_York:20261123T200500\nDURATION:PT50M",
        "DTSTART:20261124T100500\nDTEND:20261124T105500",
        "DTSTART;TZID=/freeassociation.sourceforge.net/Asia/Tokyo:20261124T100500\nDURATION:PT50M",
    ] {
        assert_eq!(shown(&event(lines)), ["24 10:00-11:00"], "{lines}");
        assert_eq!(read(&event(lines)).unwrap().unknown_zones, 0, "{lines}");
    }
}

#[test]
fn a_zone_that_the_calendar_describes_itself_is_its_offset() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Our Office\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0900\n\
                TZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE\n";
    let event = "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Our Office:20261124T100000\nDURATION:PT1H\nEND:VEVENT";
    let known = calendar(&format!("{zone}{event}"));
    assert_eq!(shown(&known), ["24 10:00-11:00"]);
    assert_eq!(read(&known).unwrap().unknown_zones, 0);

    let unknown = calendar(event);
    assert_eq!(shown(&unknown), ["24 10:00-11:00"], "the likeliest zone is Japan's");
    assert_eq!(read(&unknown).unwrap().unknown_zones, 1);
}

#[test]
fn whole_days_are_days_in_japan() {
    assert_eq!(shown(&event("DTSTART;VALUE=DATE:20261124")), ["24 00:00-00:00"]);
    let days = "DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261126";
    assert_eq!(shown(&event(days)), ["24 00:00-00:00"], "two days are one stretch");
    assert_eq!(quarters(&read(&event(days)).unwrap())[0].clone().count(), 192);
}

#[test]
fn an_entry_that_takes_no_time_is_passed_over() {
    let time = "DTSTART:20261124T010000Z\nDTEND:20261124T020000Z\n";
    for lines in ["TRANSP:TRANSPARENT", "STATUS:CANCELLED"] {
        assert!(shown(&event(&format!("{time}{lines}"))).is_empty(), "{lines}");
    }
    assert!(shown(&event("DTSTART:20261124T010000Z")).is_empty(), "it has no length");
    assert_eq!(shown(&event(&format!("{time}STATUS:TENTATIVE"))), ["24 10:00-11:00"]);
    assert!(shown(&event(time).replace("UID:1", "UID:abc@ours.example.jp")).is_empty());
}

#[test]
fn repetitions_keep_to_the_clock_and_to_their_end() {
    let daily = "DTSTART;TZID=Asia/Tokyo:20200106T090000\nDURATION:PT30M\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE";
    assert_eq!(
        shown(&event(daily)),
        ["23 09:00-09:30", "25 09:00-09:30", "30 09:00-09:30", "02 09:00-09:30"]
    );
    for until in ["20261125", "20261125T090000", "20261125T000000Z"] {
        let lines = format!("{daily};UNTIL={until}");
        assert_eq!(shown(&event(&lines)), ["23 09:00-09:30", "25 09:00-09:30"], "{until}");
    }
    // 16:00 in London is 1:00 in Japan in winter, although the rule began in summer.
    let london =
        "DTSTART;TZID=Europe/London:20260601T160000\nDURATION:PT30M\nRRULE:FREQ=MONTHLY;BYMONTHDAY=24";
    assert_eq!(shown(&event(london)), ["25 01:00-01:30"]);
    let counted = "DTSTART:20261123T000000Z\nDURATION:PT15M\nRRULE:FREQ=DAILY;COUNT=3";
    assert_eq!(shown(&event(counted)).len(), 3);
    let last = "DTSTART:20260131T000000Z\nDURATION:PT15M\nRRULE:FREQ=MONTHLY;BYDAY=-1FR";
    assert_eq!(shown(&event(last)), ["27 09:00-09:15"]);
    let added = "DTSTART:20261001T000000Z\nDURATION:PT15M\nRDATE:20261124T000000Z,20261125T000000Z";
    assert_eq!(shown(&event(added)), ["24 09:00-09:15", "25 09:00-09:15"]);
}

#[test]
fn single_repetitions_are_left_out_moved_and_cancelled() {
    let base = "DTSTART;TZID=Asia/Tokyo:20261123T090000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=5";
    let without = format!("{base}\nEXDATE;TZID=Asia/Tokyo:20261124T090000\nEXDATE:20261125T000000Z");
    assert_eq!(shown(&event(&without)), ["23 09:00-09:30", "26 09:00-09:30", "27 09:00-09:30"]);
    let by_day = format!("{base}\nEXDATE;VALUE=DATE:20261124,20261125,20261126");
    assert_eq!(shown(&event(&by_day)), ["23 09:00-09:30", "27 09:00-09:30"]);

    // An exception has a SEQUENCE of its own, as Google and Outlook count it.
    let with = |other: &str| {
        let first = format!("BEGIN:VEVENT\nUID:1\nSEQUENCE:0\n{base}\nEND:VEVENT\n");
        shown(&calendar(&format!("{first}BEGIN:VEVENT\nUID:1\nSEQUENCE:3\n{other}\nEND:VEVENT")))
    };
    let id = "RECURRENCE-ID;TZID=Asia/Tokyo:20261124T090000";
    let moved = with(&format!("{id}\nDTSTART;TZID=Asia/Tokyo:20261124T140000\nDURATION:PT1H"));
    assert_eq!(moved[..2], ["23 09:00-09:30", "24 14:00-15:00"]);
    assert_eq!(moved.len(), 5);
    let cancelled = with(&format!("{id}\nDTSTART;TZID=Asia/Tokyo:20261124T090000\nSTATUS:CANCELLED"));
    assert_eq!(cancelled.len(), 4);
    let later = with(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Tokyo:20261125T090000\n\
         DTSTART;TZID=Asia/Tokyo:20261125T130000\nDURATION:PT15M",
    );
    assert_eq!(
        later,
        ["23 09:00-09:30", "24 09:00-09:30", "25 13:00-13:15", "26 13:00-13:15", "27 13:00-13:15"]
    );
}

#[test]
fn an_answer_about_free_and_busy_is_understood_too() {
    let text = calendar(
        "BEGIN:VFREEBUSY\nUID:1\nDTSTAMP:20260101T000000Z\nFREEBUSY:20261124T010000Z/20261124T020000Z,20261125T010000Z/PT30M\n\
         FREEBUSY;FBTYPE=FREE:20261126T010000Z/PT30M\nEND:VFREEBUSY",
    );
    assert_eq!(shown(&text), ["24 10:00-11:00", "25 10:00-10:30"]);
}

#[test]
fn endless_and_senseless_rules_end() {
    let every = |rule: &str| event(&format!("DTSTART:20000101T000000Z\nDURATION:PT1M\nRRULE:{rule}"));
    let second = read(&every("FREQ=SECONDLY")).unwrap();
    assert_eq!(
        (second.unread, quarters(&second).len()),
        (1, 0),
        "too dense to be counted: told, not guessed"
    );
    let all = |name: &str, end: u32| {
        let values: Vec<_> = (0..end).map(|it| it.to_string()).collect();
        format!(";{name}={}", values.join(","))
    };
    let each = format!("{}{}{}", all("BYHOUR", 24), all("BYMINUTE", 60), all("BYSECOND", 60));
    for dense in [format!("FREQ=YEARLY{each}"), format!("FREQ=YEARLY;BYMONTHDAY={}1", "1,".repeat(200_000))] {
        assert_eq!(read(&every(&dense)).unwrap().unread, 1, "each second of a year would be listed at once");
    }
    assert_eq!(read(&every("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")).unwrap().unread, 0);
    assert_eq!(shown(&every("FREQ=DAILY;INTERVAL=0")).len(), 14, "no interval is every day");
    let event = "BEGIN:VEVENT\nUID:%\nDTSTART:20000101T000000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT\n";
    let several: String = (0..9).map(|it| event.replace('%', &it.to_string())).collect();
    assert_eq!(read(&calendar(&several)), Err(Unreadable::TooMuch));
}

#[test]
fn an_incomplete_calendar_is_refused() {
    for other in
        ["", "   ", "<!DOCTYPE html><html><title>Sign in</title></html>", "BEGIN:VCARD\r\nEND:VCARD\r\n"]
    {
        assert_eq!(read(other), Err(Unreadable::NotACalendar), "{other}");
    }
    let whole = event("DTSTART:20261124T010000Z\nDTEND:20261124T020000Z");
    for cut in [whole.len() - 3, whole.len() - 17, whole.len() - 30, 40, 16] {
        assert_eq!(read(&whole[..cut]), Err(Unreadable::CutShort), "{}", &whole[..cut]);
    }
    assert_eq!(shown(&format!("\u{feff}{whole}")), ["24 10:00-11:00"]);
}

#[test]
fn broken_lines_cost_their_own_event_and_no_other() {
    let good = "BEGIN:VEVENT\nUID:2\nDTSTART:20261125T010000Z\nDURATION:PT1H\nEND:VEVENT\n";
    for bad in [
        "DTSTART:yesterday",
        "DTSTART:20261399T000000Z",
        "DURATION:PT1H",
        "DTSTART:20261124T010000Z\nDTEND:20261124T000000Z",
        "DTSTART:20261124T010000Z\nDURATION:an hour",
        "DTSTART:99999999T999999Z\nDURATION:PT1H",
    ] {
        let text = calendar(&format!("BEGIN:VEVENT\nUID:1\n{bad}\nEND:VEVENT\n{good}"));
        assert_eq!(shown(&text), ["25 10:00-11:00"], "{bad}");
        assert_eq!(read(&text).unwrap().unread, 1, "{bad}");
    }
    for odd in
        ["SUMMARY", "X-\u{0}:\u{1}", ":::::", "ATTENDEE;CN=\"half", "\u{3042}\u{3044}", "SUMMARY:a\n b\n\tc"]
    {
        let text = calendar(&format!("{odd}\n{good}"));
        assert_eq!(shown(&text), ["25 10:00-11:00"], "{odd}");
    }
}

#[test]
fn ages_long_past_and_far_ahead_do_not_matter() {
    for lines in [
        "DTSTART:00010101T000000Z\nDTEND:00020101T000000Z",
        "DTSTART:99991231T230000Z\nDURATION:P9999W",
        "DTSTART:19700101T000000Z\nDURATION:P99999D",
    ] {
        assert!(shown(&event(lines)).is_empty(), "{lines}");
    }
}

#[test]
fn the_times_of_one_event_are_found_by_its_uid() {
    let text = event("DTSTART:20261124T010000Z\nDTEND:20261124T020000Z");
    assert_eq!(times(&text, "1"), Ok(Some(at("2026-11-24T01:00:00Z")..at("2026-11-24T02:00:00Z"))));
    assert_eq!(times(&text, "2"), Ok(None));
    assert_eq!(times(&text.replace("END:VEVENT", "STATUS:CANCELLED\r\nEND:VEVENT"), "1"), Ok(None));
}

proptest! {
    #[test]
    fn anything_at_all_is_read_or_refused(text in any::<String>(), lines in "[A-Z:;=,\"0-9TZ/+\\-\n\r ]{0,200}") {
        drop(read(&text));
        drop(read(&event(&lines)));
        drop(read(&event(&format!("DTSTART:20261124T010000Z\nRRULE:{lines}"))));
    }
}
