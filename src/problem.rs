//! The reasons why a request cannot be done. One variant per reaction, not per cause; knows no HTTP.
use domain::{
    aftercare::report::ReportRefused,
    booking::{appointment::AppointmentRefused, waiting_list::WaitingOfferRefused},
    consultation::{ActionRefused, correction::CorrectionRefused},
    intake::desk_entry::DeskEntryRefused,
    publication::{
        PublicationRefused,
        example::{consent::ConsentRefused, draft::TextRefused},
    },
    routing::assignment::AnswerRefused,
};

use crate::fault::Fault;

#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("お探しのページまたは相談案件が見つかりません。")]
    NotFound,
    /// The visitor is not signed in; the page sends them to the sign-in of its audience.
    #[error("ログインしてください。")]
    SignInFirst,
    #[error("このページを表示する権限がありません。")]
    Forbidden,
    /// The rules refuse it. The sentence is for the person.
    #[error("{0}")]
    Refused(String),
    /// The data has been changed by another person meanwhile.
    #[error("ほかの担当者が先に更新しました。最新の内容を確認してください。")]
    Stale,
    /// Another booking took the time.
    #[error("選んだ日時は、ほかの方の予約が先に入りました。別の日時を選んでください。")]
    SlotTaken,
    /// A link or a draft has expired.
    #[error("このリンクは期限が切れています。")]
    Expired,
    /// The limit of an address or a network is reached.
    #[error("短い時間に多くの操作がありました。しばらくたってから、もう一度お試しください。")]
    TooMany,
    /// The limit of a network without confirmed addresses is reached. The sentence says where to telephone.
    #[error("{0}")]
    NetworkFull(String),
    /// More people sign in at this moment than passwords can be checked.
    #[error("ただいま、ログインの操作が重なっています。")]
    Crowded,
    /// The input cannot be parsed at all (not a field error: those go back to the form).
    #[error("送信された内容を読み取れませんでした。前の画面に戻って、もう一度お試しください。")]
    Unreadable,
    /// The database or the disk does not work for now, or did not answer within the limit of a page.
    #[error("ただいま、システムを利用できません。")]
    Unavailable(Fault, #[source] anyhow::Error),
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
}

impl From<ActionRefused> for Problem {
    fn from(refused: ActionRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl From<PublicationRefused> for Problem {
    fn from(refused: PublicationRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl From<ConsentRefused> for Problem {
    fn from(refused: ConsentRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl From<DeskEntryRefused> for Problem {
    fn from(refused: DeskEntryRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl From<TextRefused> for Problem {
    fn from(refused: TextRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl From<CorrectionRefused> for Problem {
    fn from(refused: CorrectionRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl From<AnswerRefused> for Problem {
    fn from(refused: AnswerRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl From<AppointmentRefused> for Problem {
    fn from(refused: AppointmentRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl From<WaitingOfferRefused> for Problem {
    fn from(refused: WaitingOfferRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl From<ReportRefused> for Problem {
    fn from(refused: ReportRefused) -> Self {
        match refused {
            ReportRefused::Stale => Self::Stale,
            ReportRefused::AlreadySubmitted
            | ReportRefused::NotSubmitted
            | ReportRefused::Incomplete
            | ReportRefused::NotDelivered
            | ReportRefused::Unchanged => Self::Refused(refused.to_string()),
        }
    }
}

impl From<sea_orm::DbErr> for Problem {
    fn from(err: sea_orm::DbErr) -> Self {
        anyhow::Error::from(err).into()
    }
}

impl From<askama::Error> for Problem {
    fn from(err: askama::Error) -> Self {
        Self::Internal(err.into())
    }
}

impl From<minijinja::Error> for Problem {
    fn from(err: minijinja::Error) -> Self {
        Self::Internal(err.into())
    }
}

impl From<serde_json::Error> for Problem {
    fn from(err: serde_json::Error) -> Self {
        Self::Internal(err.into())
    }
}

impl From<anyhow::Error> for Problem {
    fn from(err: anyhow::Error) -> Self {
        match Fault::behind(&err) {
            Some(fault) => Self::Unavailable(fault, err),
            None => Self::Internal(err),
        }
    }
}
