//! これまでの流れ: the history as the company sees it, without the events between the center and its experts.
use domain::{
    actor::{Actor, Party},
    consultation::{ActionKind, State},
    number::CaseNumber,
    wording::{iso_date_time, month_day_time},
};

use crate::store::audit::event::HistoryEntry;

/// One step of the history; the page shows the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryStep {
    pub when: String,
    /// The time for `<time datetime>`.
    pub at: String,
    pub what: String,
    /// The second line; may be empty.
    pub note: String,
}

pub fn steps(events: &[HistoryEntry]) -> Vec<HistoryStep> {
    let step = |it: &HistoryEntry| {
        let (what, note) = step_text(it)?;
        Some(HistoryStep { when: month_day_time(it.at), at: iso_date_time(it.at), what, note })
    };
    events.iter().filter_map(step).collect()
}

/// Returns what the company is told of an event; `None` if the event does not concern it. The company sees a
/// reason only if it gave the reason itself.
fn step_text(it: &HistoryEntry) -> Option<(String, String)> {
    let own = || it.note.clone().filter(|_| it.by.principal() == Actor::Company).unwrap_or_default();
    let time = || it.note.clone().unwrap_or_default();
    let plain = |text: &str| Some((text.to_owned(), String::new()));
    match (it.action, &it.to) {
        (ActionKind::Submit, _) => plain("申込みを受け付けました"),
        (ActionKind::StartCheck, _) => plain("センターで内容の確認を始めました"),
        (ActionKind::Ask, _) => plain("センターから確認をお願いしました"),
        (ActionKind::Answer, _) => plain("確認に回答しました"),
        (ActionKind::RequestExperts, _) => plain("担当する専門家の調整を始めました"),
        (ActionKind::Accept, State::Booked) => plain("専門家が決まり、予約が確定しました"),
        (ActionKind::Accept, State::Scheduling) => plain("担当する専門家が決まりました"),
        (ActionKind::Decline, State::Checking) => plain("担当する専門家と日時を再調整しています"),
        (ActionKind::ReleaseExpert, _) if it.from.as_deref() == Some("booked") => {
            plain("予約を取り消し、担当する専門家を再調整しています")
        }
        (ActionKind::ReleaseExpert, _) => plain("担当する専門家を再調整しています"),
        (ActionKind::SettleTeam, State::Booked) => plain("専門家が決まり、予約が確定しました"),
        (ActionKind::SettleTeam, _) => plain("担当する専門家が決まりました"),
        // One expert has answered while another is still being asked.
        (ActionKind::Accept | ActionKind::Decline, _) => None,
        (ActionKind::ChooseSlot, _) => Some(("相談の日時が決まりました".to_owned(), time())),
        (ActionKind::Reschedule, _) => Some(("相談の日時を変更しました".to_owned(), time())),
        (ActionKind::CancelAppointment, _) => Some((cancelled_by(it.by).to_owned(), cancelled(it))),
        (ActionKind::RecordNoShow, _) => Some(("予約の日時に、お会いできませんでした".to_owned(), time())),
        (ActionKind::RecordExpertNoShow, _) => {
            Some(("予約の日時に、専門家が参加できませんでした。申し訳ありません".to_owned(), time()))
        }
        (ActionKind::CorrectOutcome, _) => plain("相談の結果の記録を訂正しました"),
        (ActionKind::RecordDone, _) => plain("相談を実施しました"),
        (ActionKind::RecordPartlyDone, _) => {
            plain("相談を実施しました。一人の専門家が参加できませんでした。申し訳ありません")
        }
        (ActionKind::ApproveReport, _) => plain("報告書ができました"),
        (ActionKind::PlanFurtherAppointment, State::Checking) => {
            plain("次回の相談を担当する専門家の調整を始めました")
        }
        (ActionKind::PlanFurtherAppointment, _) => plain("次回の相談の日時を選べるようになりました"),
        (ActionKind::DropFurtherAppointment, _) => plain("次回の相談を取りやめました"),
        (ActionKind::Complete, _) => plain("相談を完了しました"),
        (ActionKind::Withdraw, State::Completed) => Some(("この相談を終えました".to_owned(), own())),
        (ActionKind::Withdraw, _) => Some(("申込みを取り下げました".to_owned(), own())),
        (ActionKind::CloseUnfulfilled, _) => plain("センターがご相談を終了しました"),
        (ActionKind::Refer, State::Referred { organization }) => {
            Some((format!("{organization}をご案内しました"), String::new()))
        }
        (ActionKind::Refer, _) => plain("ほかの窓口をご案内しました"),
        (ActionKind::Reopen, _) => plain("相談を再開しました"),
        (ActionKind::Note, _) if it.by.principal() == Actor::Company => {
            it.note.clone().filter(|it| !it.is_empty()).map(|it| (it, String::new()))
        }
        (ActionKind::Note, _) => it.note.as_deref().and_then(of_note),
    }
}

const RELEASED: &str = "仮に押さえていた日時を解除しました";

/// The notes of others that concern the company: their beginning, and what the company reads. What follows `：` in the note is
/// the second line.
const NOTES: &[(&str, &str)] = &[
    ("休業日になったため、仮予約を解除しました", "休業日になったため、仮に押さえていた日時を解除しました"),
    ("仮予約を解除しました", RELEASED),
    ("担当する専門家が決まらないまま期限を過ぎたため、仮予約を解除しました", RELEASED),
    ("連絡先が確認されないまま期限を過ぎたため、仮予約を解除しました", RELEASED),
    ("日時が近く、専門家の回答を待てないため、仮予約を解除しました", RELEASED),
    ("解除した日時をもう一度押さえました", "解除した日時をもう一度押さえました"),
    ("担当を交代しました", "担当の専門家が変わりました"),
    ("オンライン相談の接続先を", "オンライン相談の接続先を変更しました"),
    ("オンライン相談の接続先の", "オンライン相談の接続先を元に戻しました"),
    ("実施報告書を確認しました", "報告書ができました"),
    ("連絡先をセンターが確認しました", "連絡先を確認しました"),
    ("連絡先のメールアドレスが確認されました", "メールアドレスが確認されました"),
    ("この案件の一部を", "相談の一部を、別の受付番号に分けました"),
];

/// Returns what the company reads of a note that another has made; `None` if the note does not concern it.
fn of_note(note: &str) -> Option<(String, String)> {
    let is_merge = |(number, _): (&str, &str)| CaseNumber::parse(number).is_ok();
    if note.split_once("をこの案件に統合しました").is_some_and(is_merge) {
        return Some(("同じ内容の相談を、この受付番号にまとめました".to_owned(), String::new()));
    }
    let (begins, what) = NOTES.iter().find(|(begins, _)| note.starts_with(begins))?;
    let rest = note.strip_prefix(begins).and_then(|it| it.strip_prefix('：'));
    Some(((*what).to_owned(), rest.unwrap_or_default().to_owned()))
}

/// Returns the time that was cancelled, with the reason if the company gave it.
fn cancelled(it: &HistoryEntry) -> String {
    let note = it.note.clone().unwrap_or_default();
    if it.by.principal() == Actor::Company {
        return note;
    }
    note.split_once("の予約：").map(|(time, _)| time.to_owned()).unwrap_or_default()
}

/// Returns whose decision it was that the appointment does not take place.
fn cancelled_by(by: Actor) -> &'static str {
    match by.principal().party() {
        Party::Company => "予約を取り消しました",
        Party::Expert => "専門家の都合により、予約を取り消しました",
        Party::Desk => "一次相談窓口からの連絡により、予約を取り消しました",
        Party::Coordinator | Party::System => "センターの都合により、予約を取り消しました",
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::{
        actor::Represented,
        consultation::{ActionKind, State},
        id::{AccountId, ExpertId},
    };
    use uuid::Uuid;

    use super::{Actor, steps};
    use crate::store::audit::event::HistoryEntry;

    #[test]
    fn reasons_and_notes_of_others_stay_with_them() {
        let line = |by, action, to, note: &str| HistoryEntry {
            seq: 1,
            at: DateTime::UNIX_EPOCH,
            by,
            action,
            from: None,
            to,
            note: Some(note.to_owned()),
            quick: None,
            takes_back: None,
        };
        let expert = Actor::Expert(ExpertId(Uuid::nil()));
        let center = Actor::Coordinator(AccountId(Uuid::nil()));
        let events = [
            line(expert, ActionKind::Decline, State::Matching, "秘密"),
            line(expert, ActionKind::Decline, State::Checking, "秘密"),
            line(expert, ActionKind::CancelAppointment, State::Scheduling, "秘密"),
            line(center, ActionKind::Note, State::Checking, "秘密"),
            line(center, ActionKind::Reopen, State::Checking, "秘密"),
            line(center, ActionKind::PlanFurtherAppointment, State::Scheduling, "秘密"),
            line(Actor::Company, ActionKind::CancelAppointment, State::Scheduling, "急な出張"),
            line(
                Actor::Stead(AccountId(Uuid::nil()), Represented::Company),
                ActionKind::CancelAppointment,
                State::Scheduling,
                "社長の発熱",
            ),
            line(
                Actor::Stead(AccountId(Uuid::nil()), Represented::Expert(ExpertId(Uuid::nil()))),
                ActionKind::CancelAppointment,
                State::Scheduling,
                "秘密",
            ),
        ];
        let shown = steps(&events);
        assert!(shown.iter().all(|it| it.what != "秘密" && it.note != "秘密"), "{shown:?}");
        assert_eq!(shown.len(), 7);
        let notes: Vec<_> = shown.iter().map(|it| it.note.as_str()).filter(|it| !it.is_empty()).collect();
        assert_eq!(notes, ["急な出張", "社長の発熱"]);
    }
}
