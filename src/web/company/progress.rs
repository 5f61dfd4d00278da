//! The progress of a consultation in sentences for the company (`docs/design/guide.md` §6.2), with its real
//! dates.
use chrono::{DateTime, Utc};
use domain::{
    aftercare::follow_up::{FollowUp, FollowUpState},
    booking::appointment::Appointment,
    consultation::State,
    due::Due,
    wording::{month_day_time, month_day_weekday},
};

use crate::store::consultation::Record;

/// The facts from which the sentences are made.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub record: &'a Record,
    /// The appointment that is held or confirmed.
    pub live: Option<&'a Appointment>,
    pub follow_ups: &'a [FollowUp],
    /// The number of business days until the first contact.
    pub first_contact_days: u16,
    pub now: DateTime<Utc>,
}

/// Returns the sentence about the state, followed by further sentences about dates and tasks.
pub fn sentences(facts: Facts<'_>) -> Vec<String> {
    let mut sentences = vec![main(facts)];
    if let Some(until) = facts.live.and_then(Appointment::held_until).filter(|it| facts.now < *it) {
        sentences.push(format!("希望の日時は、{}まで仮に押さえています。", month_day_time(until)));
    }
    sentences
}

fn main(facts: Facts<'_>) -> String {
    let due = facts.record.due.as_ref().and_then(Due::at);
    let ahead = due.filter(|it| facts.now < *it).map(month_day_weekday);
    match &facts.record.consultation.state {
        State::Received => match ahead {
            Some(day) => format!(
                "申込みを受け付けました。{}営業日以内（{day}まで）にご連絡します。",
                facts.first_contact_days
            ),
            None => {
                "申込みを受け付けました。ご連絡が遅れています。お急ぎのときは、お電話ください。".to_owned()
            }
        },
        State::Checking => "センターで内容を確認しています。手続きは必要ありません。".to_owned(),
        State::WaitingCompany => "確認したいことがあります。メッセージに回答してください。".to_owned(),
        State::Matching => "担当する専門家を調整しています。手続きは必要ありません。".to_owned(),
        State::Scheduling => "候補の日時から選んでください。".to_owned(),
        State::Booked if facts.live.is_some_and(|it| it.ends_at <= facts.now) => {
            "相談の予定の時刻を過ぎました。実施の記録をお待ちください。".to_owned()
        }
        State::Booked => "専門家との日時が決まりました。当日まで手続きは必要ありません。".to_owned(),
        State::Consulted => match ahead {
            Some(day) => {
                format!(
                    "相談が終わりました。専門家が{day}までに報告書をまとめます。できましたらお知らせします。"
                )
            }
            None => "相談が終わりました。報告書ができましたらお知らせします。".to_owned(),
        },
        State::FollowUp => match next_question(facts) {
            Some(day) => {
                format!("次回の相談または状況の確認を予定しています。次の確認のメールは{day}にお送りします。")
            }
            None => "次回の相談または状況の確認を予定しています。".to_owned(),
        },
        State::Completed => {
            "相談はすべて終了しました。報告書とアンケートはこの画面から見られます。".to_owned()
        }
        State::Withdrawn => "申込みを取り下げました。あらためて申し込むことができます。".to_owned(),
        State::Unfulfilled { reason } => {
            format!("今回は相談を実施できませんでした。理由：{}", reason.label())
        }
        State::Referred { organization } => format!("{organization}をご案内しました。"),
    }
}

fn next_question(facts: Facts<'_>) -> Option<String> {
    let planned = facts.follow_ups.iter().filter(|it| it.state == FollowUpState::Planned);
    planned.map(|it| it.due_at).filter(|it| facts.now < *it).min().map(month_day_weekday)
}

#[cfg(test)]
mod tests;
