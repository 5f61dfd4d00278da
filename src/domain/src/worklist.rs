//! The center's own marks on a case: tags, tasks, a date until which the case is put aside, and the
//! response that a message waits for.
pub mod quick_record;

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::{
    actor::Party,
    calendar::{BusinessCalendar, at_japan, deadline_after_business_days, japan_date},
    settings::Settings,
    text::{BadText, TextLine},
};

/// The length of the longest tag, in characters.
pub const LONGEST_TAG: usize = 20;
/// The most tags of one case.
pub const MOST_TAGS: usize = 10;
/// The length of the longest title of a task, in characters.
pub const LONGEST_TASK: usize = 100;

/// A word by which the center groups cases, in the form in which equal words are equal (NFKC, trimmed, without `、`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(String);

impl Tag {
    /// Parses one tag.
    ///
    /// # Errors
    /// An empty text, or one that is too long.
    pub fn parse(raw: &str) -> Result<Self, BadText> {
        let folded: String = raw.nfkc().collect();
        Ok(Self(TextLine::parse("タグ", &folded, LONGEST_TAG)?.as_str().to_owned()))
    }

    /// Parses several tags, separated by commas or `、`, each once and in their order. Empty ones are left out.
    ///
    /// # Errors
    /// A tag that is too long.
    pub fn parse_list(raw: &str) -> Result<Vec<Self>, BadText> {
        let mut tags = Vec::new();
        for one in raw.split([',', '、', '，', '､']).filter(|it| !it.trim().is_empty()) {
            let tag = Self::parse(one)?;
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Ok(tags)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A day on which a case that is put aside, or a task, cannot end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDay {
    #[error("明日以降の日付を入力してください")]
    Past,
    #[error("1年以内の日付を入力してください")]
    TooFar,
}

/// Returns the instant at which a case that is put aside until `day` comes back: the beginning of the center's day.
///
/// # Errors
/// A day that is not after today, or more than a year away.
pub fn snooze(day: NaiveDate, settings: &Settings, now: DateTime<Utc>) -> Result<DateTime<Utc>, BadDay> {
    let today = japan_date(now);
    if day <= today {
        return Err(BadDay::Past);
    }
    if today.checked_add_months(Months::new(12)).is_none_or(|last| day > last) {
        return Err(BadDay::TooFar);
    }
    Ok(at_japan(day, settings.opens_hour, 0))
}

/// An entry of a thread, as far as it decides who waits for the center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenEntry {
    pub at: DateTime<Utc>,
    /// The side that wrote it: the center for what it wrote down of a call.
    pub author: Party,
    /// The sides beside the center that can read it.
    pub readers: &'static [Party],
}

/// Returns the first message of `side` since `from` that the center has not answered where `side` can read it. `entries` are
/// in their order.
fn first_unanswered(entries: &[WrittenEntry], side: Party, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let answers = |it: &WrittenEntry| it.author == Party::Coordinator && it.readers.contains(&side);
    let since = entries.iter().rposition(answers).map_or(0, |answer| answer + 1);
    let open = entries.iter().skip(since);
    open.filter(|it| it.author == side && it.at >= from).map(|it| it.at).next()
}

/// A message of the company or an expert that waits for the center's response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedResponse {
    /// The instant of the first message without a response.
    pub since: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
}

impl AwaitedResponse {
    /// Returns what waits after a message at `now`. An earlier message keeps its deadline.
    pub fn after_message(
        before: Option<Self>,
        settings: &Settings,
        calendar: &BusinessCalendar,
        now: DateTime<Utc>,
    ) -> Self {
        before.unwrap_or_else(|| Self { since: now, due_at: response_due(now, settings, calendar) })
    }

    /// Returns what waits after the center has promised the company to be in touch until `due_at`. The earlier of two
    /// deadlines holds.
    pub fn after_promise(before: Option<Self>, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        match before {
            Some(it) => Self { due_at: it.due_at.min(due_at), ..it },
            None => Self { since: now, due_at },
        }
    }

    /// Returns what still waits after an entry of the center that `readers` can read. A message waits on while its writer
    /// cannot read what the center wrote since, and what was promised to the company until the company can. `entries` is
    /// the thread in its order, without the new entry.
    pub fn after_response(
        self,
        entries: &[WrittenEntry],
        readers: &[Party],
        settings: &Settings,
        calendar: &BusinessCalendar,
    ) -> Option<Self> {
        let is_promise = entries.iter().all(|it| it.at != self.since)
            || self.due_at < response_due(self.since, settings, calendar);
        if readers.is_empty() || (is_promise && !readers.contains(&Party::Company)) {
            return Some(self);
        }
        let waiting = [Party::Company, Party::Expert, Party::Desk].into_iter();
        let waiting = waiting.filter(|it| !readers.contains(it));
        let since = waiting.filter_map(|it| first_unanswered(entries, it, self.since)).min()?;
        let later = || Self { since, due_at: response_due(since, settings, calendar) };
        Some(if since == self.since { self } else { later() })
    }

    /// Returns what waits of the messages since this one began to wait, where the message itself may have left the thread.
    /// `entries` is the thread in its order.
    pub fn of_first_unanswered(
        self,
        entries: &[WrittenEntry],
        settings: &Settings,
        calendar: &BusinessCalendar,
    ) -> Option<Self> {
        let sides = [Party::Company, Party::Expert, Party::Desk].into_iter();
        let since = sides.filter_map(|it| first_unanswered(entries, it, self.since)).min()?;
        let later = || Self { since, due_at: response_due(since, settings, calendar) };
        Some(if since == self.since { self } else { later() })
    }

    /// Returns the wait with its deadline as closing days that were added later move it; `None` if it stays. `before` is
    /// the calendar without them. A deadline that follows from a promise is no number of business days, and stays.
    pub fn moved(
        self,
        settings: &Settings,
        (before, calendar): (&BusinessCalendar, &BusinessCalendar),
    ) -> Option<Self> {
        if response_due(self.since, settings, before) != self.due_at {
            return None;
        }
        let due_at = response_due(self.since, settings, calendar);
        (due_at > self.due_at).then_some(Self { due_at, ..self })
    }

    /// Returns the wait of a message that was marked as handled by mistake, beside what waits now.
    pub fn restored(self, now: Option<Self>) -> Self {
        now.map_or(self, |it| Self { since: self.since.min(it.since), due_at: self.due_at.min(it.due_at) })
    }
}

fn response_due(from: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
    deadline_after_business_days(calendar, from, settings.response_days, settings.closes_hour).at
}

#[cfg(test)]
mod tests;
