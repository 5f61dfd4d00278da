//! The progress of a consultation in sentences for the company (`docs/design/guide.md` §6.2), with its real
//! dates.
use chrono::{DateTime, Utc};
use domain::{
    aftercare::{
        follow_up::{Addressee, FollowUp, FollowUpState},
        report::ReportGap,
    },
    booking::appointment::Appointment,
    calendar::BusinessCalendar,
    consultation::{EndingReader, State, ending},
    due::{Due, DueKind},
    settings::Settings,
    silence::{SilenceKind, company_due, outcome_due},
    wording::{month_day_time, month_day_weekday},
};

use crate::store::consultation::Record;

/// The facts from which the sentences are made.
#[derive(Clone, Copy, Debug)]
pub struct ProgressFacts<'a> {
    pub record: &'a Record,
    /// The appointment that is held or confirmed.
    pub live: Option<&'a Appointment>,
    pub follow_ups: &'a [FollowUp],
    /// Whether a report waits for the center's approval.
    pub is_submitted: bool,
    /// Whether an expert was asked for it before.
    pub was_routed: bool,
    /// Whether the company waits for a reply to its message.
    pub awaits_reply: bool,
    pub settings: &'a Settings,
    pub calendar: &'a BusinessCalendar,
    pub now: DateTime<Utc>,
}

/// Returns the sentence about the state, followed by further sentences about dates and tasks.
pub fn sentences(facts: ProgressFacts<'_>) -> Vec<String> {
    let mut sentences = vec![main(facts)];
    if let Some(until) = facts.live.and_then(Appointment::held_until).filter(|it| facts.now < *it) {
        sentences.push(format!("希望の日時は、{}まで仮に押さえています。", month_day_time(until)));
    } else if let Some(day) = company_turn(facts, &[SilenceKind::Address]) {
        sentences.push(format!("{day}までに、メールアドレスの確認をお願いします。"));
    }
    if let Some(response) = facts.record.response.filter(|_| facts.awaits_reply) {
        sentences.push(match facts.now < response.due_at {
            true => format!(
                "お送りいただいたメッセージに、{}までに返信します。",
                month_day_weekday(response.due_at)
            ),
            false => "メッセージへの返信が遅れています。申し訳ありません。お急ぎのときは、お電話ください。"
                .to_owned(),
        });
    }
    sentences
}

fn main(facts: ProgressFacts<'_>) -> String {
    match &facts.record.consultation.state {
        State::Received => received(facts),
        State::Checking => checking(facts),
        State::WaitingCompany => match company_turn(facts, &[SilenceKind::Answer, SilenceKind::Address]) {
            Some(day) => format!("確認したいことがあります。{day}までに、メッセージに回答してください。"),
            None => "確認したいことがあります。メッセージに回答してください。".to_owned(),
        },
        State::Matching => match due_day(facts, DueKind::Reply) {
            Some(day) => format!(
                "担当する専門家を調整しています。専門家の回答の期限は{day}です。手続きは必要ありません。"
            ),
            None => "担当する専門家を調整しています。手続きは必要ありません。".to_owned(),
        },
        State::Scheduling => match company_turn(facts, &[SilenceKind::Choice]) {
            Some(day) => format!("{day}までに、候補の日時から選んでください。"),
            None => "候補の日時から選んでください。".to_owned(),
        },
        State::Booked => booked(facts),
        State::Consulted if facts.is_submitted => match due_day(facts, DueKind::Approval) {
            Some(day) => format!(
                "相談が終わりました。報告書の内容をセンターで確認しています。{day}までにお届けします。"
            ),
            None => {
                "相談が終わりました。報告書の内容をセンターで確認しています。確認が終わりましたらお知らせします。"
                    .to_owned()
            }
        },
        State::Consulted => match due_day(facts, DueKind::Report) {
            Some(day) => {
                let author = match facts.record.report_by_center {
                    None => "専門家が",
                    Some(ReportGap::NoExpert) => "センターが",
                    Some(ReportGap::Absent | ReportGap::Overdue) => "",
                };
                format!(
                    "相談が終わりました。{author}{day}までに報告書をまとめます。できましたらお知らせします。"
                )
            }
            None => {
                "相談が終わりました。報告書ができましたらお知らせします。お急ぎのときは、お電話ください。"
                    .to_owned()
            }
        },
        State::FollowUp => follow_up(facts),
        state
        @ (State::Completed | State::Withdrawn | State::Unfulfilled { .. } | State::Referred { .. }) => {
            ended(facts, state)
        }
    }
}

/// Returns how the consultation ended, and what became of the appointments that took place.
fn ended(facts: ProgressFacts<'_>, state: &State) -> String {
    let is_held = facts.record.appointments_done > 0;
    let said = ending(state, EndingReader::Company, is_held).unwrap_or_default();
    let rest = match (is_held, &facts.record.due) {
        (false, _) => String::new(),
        (true, Some(due)) if due.kind == DueKind::Report => match due_day(facts, DueKind::Report) {
            Some(day) => {
                format!("実施した相談の報告書は、{day}までにまとめます。できましたらお知らせします。")
            }
            None => "実施した相談の報告書は、できましたらお知らせします。".to_owned(),
        },
        (true, _) if *state == State::Completed => "報告書とアンケートはこの画面から見られます。".to_owned(),
        (true, _) => "実施した相談の内容はこの画面から見られます。".to_owned(),
    };
    format!("{said}{rest}")
}

fn received(facts: ProgressFacts<'_>) -> String {
    match due_day(facts, DueKind::FirstContact) {
        Some(day) => match within(facts) {
            Some(days) => format!("申込みを受け付けました。{days}営業日以内（{day}まで）にご連絡します。"),
            None => format!("申込みを受け付けました。{day}までにご連絡します。"),
        },
        None => {
            "申込みを受け付けました。ご連絡が遅れています。申し訳ありません。お急ぎのときは、お電話ください。"
                .to_owned()
        }
    }
}

/// Returns within how many business days the first contact follows, if its deadline is that of the rule.
fn within(facts: ProgressFacts<'_>) -> Option<u16> {
    let due_at = facts.record.due.as_ref().and_then(Due::at)?;
    Due::first_contact_days(facts.settings, facts.calendar, facts.record.received_at, due_at)
}

fn checking(facts: ProgressFacts<'_>) -> String {
    let rest = match due_day(facts, DueKind::FirstContact) {
        Some(day) => format!("{day}までにご連絡します。手続きは必要ありません。"),
        None if facts.record.due.is_none() => "手続きは必要ありません。".to_owned(),
        None => "ご連絡が遅れています。申し訳ありません。お急ぎのときは、お電話ください。".to_owned(),
    };
    let doing = if facts.record.appointments_done > 0 {
        "次回の相談について、センターで専門家を調整しています。"
    } else if facts.was_routed {
        "担当する専門家を、センターで調整しています。"
    } else {
        "センターで内容を確認しています。"
    };
    format!("{doing}{rest}")
}

fn booked(facts: ProgressFacts<'_>) -> String {
    let Some(over) = facts.live.filter(|it| it.ends_at <= facts.now) else {
        return "専門家との日時が決まりました。当日まで手続きは必要ありません。".to_owned();
    };
    let due = outcome_due(over.ends_at, facts.settings, facts.calendar);
    let by = if facts.now < due { month_day_weekday(due) + "までに" } else { String::new() };
    format!("相談の予定の時刻を過ぎました。{by}実施の記録を確認し、お知らせします。")
}

fn follow_up(facts: ProgressFacts<'_>) -> String {
    let contact = || match due_day(facts, DueKind::FirstContact) {
        Some(day) => format!("{day}までに、センターからご連絡します。"),
        None if facts.record.due.is_some() => {
            "ご連絡が遅れています。申し訳ありません。お急ぎのときは、お電話ください。".to_owned()
        }
        None => "センターからご連絡します。".to_owned(),
    };
    if facts.record.wants_help_since.is_some() {
        return format!("さらに相談したいとのこと、承りました。{}", contact());
    }
    if let Some(field) = facts.record.owed {
        return format!("{}の相談は、まだ行われていません。{}", field.label(), contact());
    }
    let is_asked =
        |it: &FollowUp| matches!(it.state, FollowUpState::Sent { .. }) && it.step.to == Addressee::Company;
    match next_question(facts) {
        Some(day) => {
            format!("相談のあとの状況を確認しています。次の確認のメールは{day}にお送りします。")
        }
        None if facts.follow_ups.iter().any(is_asked) => {
            "相談のあとの状況を確認しています。お送りした質問への回答をお待ちしています。".to_owned()
        }
        None => "予定していた確認は、すべて終わりました。手続きは必要ありません。".to_owned(),
    }
}

/// Returns the day of the deadline of this kind, if it is running and has not passed.
fn due_day(facts: ProgressFacts<'_>, kind: DueKind) -> Option<String> {
    let due = facts.record.due.as_ref().filter(|it| it.kind == kind).and_then(Due::at);
    due.filter(|it| facts.now < *it).map(month_day_weekday)
}

/// Returns the day until which the company is asked to act, if the case waits for one of these and the day has not
/// passed.
fn company_turn(facts: ProgressFacts<'_>, kinds: &[SilenceKind]) -> Option<String> {
    let clock = facts.record.silence.filter(|it| kinds.contains(&it.kind))?;
    let due = company_due(clock.since, facts.settings, facts.calendar);
    Some(due).filter(|it| facts.now < *it).map(month_day_weekday)
}

fn next_question(facts: ProgressFacts<'_>) -> Option<String> {
    let planned = facts
        .follow_ups
        .iter()
        .filter(|it| it.state == FollowUpState::Planned && it.step.to == Addressee::Company);
    planned.map(|it| it.due_at).filter(|it| facts.now < *it).min().map(month_day_weekday)
}

#[cfg(test)]
mod tests;
