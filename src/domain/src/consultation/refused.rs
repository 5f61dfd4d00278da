//! The reasons for which an action is refused, each as a sentence for the person concerned.
use chrono::{DateTime, Utc};

use super::{
    action::ActionKind,
    outcome::{AppointmentOutcome, BuiltOnOutcome},
    state::State,
};
use crate::calendar::jst;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionRefused {
    #[error("いまの状況（{}）では「{}」はできません。最新の内容を確認してください。", .state.label(), .action.label())]
    NotNow { action: ActionKind, state: State },
    #[error("「{}」は、この立場では行えません。", .0.label())]
    NotYours(ActionKind),
    #[error("この相談は終了しています（{}）。続けるときは、相談センターへご連絡ください。", .0.label())]
    HasEnded(State),
    #[error("この案件は、ほかの案件に統合されています。統合先の案件で操作してください。")]
    Merged,
    #[error(
        "この案件は、保存期間が過ぎたか、本人の求めにより、連絡先が消去されています。内容は変更できません。"
    )]
    Erased,
    #[error(
        "連絡先のメールアドレスが確認されていないため、専門家に依頼できません。電話などで確認してください。"
    )]
    AddressUnconfirmed,
    #[error("変更できる期限（{}）を過ぎました。お急ぎのときは、相談センターへお電話ください。", minute(*.until))]
    TooLate { until: DateTime<Utc> },
    #[error("相談の開始（{}）より前には記録できません。", minute(*.starts_at))]
    NotStarted { starts_at: DateTime<Utc> },
    #[error("今年度の相談は{cap}回までです。続けるときは、相談センターへご相談ください。")]
    CapReached { cap: u16 },
    #[error("次回の相談は、予定されていません。最新の内容を確認してください。")]
    NothingPlanned,
    #[error("相談の結果は、すでに「{}」と記録されています。", .0.label())]
    SameOutcome(AppointmentOutcome),
    #[error("{}", used(*.0))]
    OutcomeIsUsed(BuiltOnOutcome),
}

const fn used(by: BuiltOnOutcome) -> &'static str {
    match by {
        BuiltOnOutcome::Booking => {
            "次の日時が予約されているため、結果を訂正できません。先に、次の予約または仮予約を取り消してください。"
        }
        BuiltOnOutcome::Request => {
            "専門家に次の相談を依頼しているため、結果を訂正できません。先に、依頼を取り消してください。"
        }
        BuiltOnOutcome::Report => {
            "報告書を企業に渡しているため、結果を訂正できません。企業と専門家に確認し、経緯をメッセージと記録に残してください。"
        }
    }
}

fn minute(at: DateTime<Utc>) -> String {
    at.with_timezone(&jst()).format("%-m月%-d日%-H:%M").to_string()
}
