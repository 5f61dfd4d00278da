//! The computation of a deadline, as the coordinator reads it.
use chrono::{DateTime, Utc};

use super::{Count, DeadlineStep, due_day};
use crate::{
    calendar::at_japan,
    wording::{long_date, long_date_time, month_day_time, month_day_weekday},
};

pub(super) fn lines(trace: &[DeadlineStep]) -> Vec<String> {
    let mut count = Count::BusinessDays;
    let mut lines = Vec::with_capacity(trace.len());
    for step in trace {
        if let DeadlineStep::Started { count: started, .. } = step {
            count = *started;
        }
        let unsure = if step.is_certain() { "" } else { UNSURE };
        lines.push(format!("{}{unsure}", line(step, count)));
    }
    lines
}

/// A remark on days that may change: the 暦要項 of the February before fixes the equinoxes of a year.
const UNSURE: &str = "（春分の日・秋分の日が官報でまだ発表されていないため、変わることがあります）";

fn line(step: &DeadlineStep, count: Count) -> String {
    match step {
        DeadlineStep::Started { at, days, count } => {
            let (unit, first) = words(*count);
            format!("{}に開始、{first}を1日目として{days}{unit}", long_date_time(*at))
        }
        DeadlineStep::Counted { day, n, .. } => {
            format!("{}：{n}{}目", month_day_weekday(*day), words(count).0)
        }
        DeadlineStep::Skipped { day, why, .. } => {
            format!("{}：{}のため数えません", month_day_weekday(*day), why.label())
        }
        DeadlineStep::Paused { at, waiting, for_whom, left } => {
            let left = match left {
                None => "期限を過ぎています".to_owned(),
                Some(0) => "残りは期限の日のみ".to_owned(),
                Some(days) => format!("残り{days}{}", words(count).0),
            };
            let (waiting, for_whom) = (waiting.label(), for_whom.label());
            format!("{}から停止：{waiting}が{for_whom}を待っています（{left}）", month_day_time(*at))
        }
        DeadlineStep::Resumed { at } => format!("{}に再開", month_day_time(*at)),
        DeadlineStep::Due { at, .. } => format!("期限：{}", due(*at)),
        DeadlineStep::Limited { at, starts_at } => format!(
            "{}の相談より前に企業へお知らせするため、期限を{}に早めます",
            month_day_time(*starts_at),
            due(*at)
        ),
    }
}

const fn words(count: Count) -> (&'static str, &'static str) {
    match count {
        Count::BusinessDays => ("営業日", "翌営業日"),
        Count::CalendarDays => ("日", "翌日"),
    }
}

/// Returns the due instant in Japanese; midnight is written as the 24:00 of the day that ends.
fn due(at: DateTime<Utc>) -> String {
    let day = due_day(at);
    if at == at_japan(day, 24, 0) { format!("{}24:00", long_date(day)) } else { long_date_time(at) }
}
