//! The records that the center makes with one click, and what stands in the way of taking one back.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    actor::{Actor, Represented},
    silence::SilenceClock,
    wording::month_day_time,
};

/// A record that the center makes with one click, with the clocks that it ended. It is kept with its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickRecord {
    pub kind: QuickRecordKind,
    /// The clock of silence before the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<SilenceClock>,
    /// Since when the case stood in the worklist because nothing happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stalled_since: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QuickRecordKind {
    /// The company was told by telephone what it could not be mailed.
    Called { to_call_since: DateTime<Utc> },
    /// A message was dealt with without a response.
    MessageHandled { since: DateTime<Utc>, due_at: DateTime<Utc> },
    /// The contact's address was confirmed in a conversation. The corporate number may have been confirmed with it, and a
    /// call may have ended with it.
    AddressConfirmed { confirmed_number: bool, to_call_since: Option<DateTime<Utc>> },
}

/// An event of the history, as far as taking a record back depends on it.
#[derive(Clone, Copy, Debug)]
pub struct QuickRecordEvent<'a> {
    pub seq: i32,
    pub at: DateTime<Utc>,
    pub by: Actor,
    pub word: &'a str,
    pub is_note: bool,
    /// Whether the consultation has ended with the event.
    pub ended: bool,
    pub quick: Option<QuickRecord>,
    /// The position of the record that the event takes back.
    pub takes_back: Option<i32>,
}

/// The facts of the case on which taking a record back depends.
#[derive(Clone, Copy, Debug, Default)]
pub struct QuickRecordFacts {
    pub is_open: bool,
    pub address_confirmed: bool,
    /// The latest correction of the contact's address.
    pub address_corrected: Option<i32>,
    /// The latest sign-in with the contact's address.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// When an expert was asked last whose request stands.
    pub asked_at: Option<DateTime<Utc>>,
    /// When the center wrote last to others.
    pub written_at: Option<DateTime<Utc>>,
}

/// The reason why a record cannot be taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordObstacle {
    #[error("取り消す記録が見つかりません。")]
    Unknown,
    #[error("この記録は、取消済みです。")]
    TakenBack,
    /// With the position of the later record.
    #[error("そのあとに、もう一度記録しています。先に、あとの記録を取り消してください。")]
    Later(i32),
    #[error("そのあとに相談を終えています。取り消すときは、先に相談を再開してください。")]
    Ended,
    #[error("そのあとに、企業の「{word}」が記録されています（{at}）。")]
    CompanyActed { word: String, at: String },
    #[error("そのあとに、センターからメッセージを送っています（{0}）。")]
    Written(String),
    #[error("そのあとに、メールアドレスが訂正されています。")]
    AddressCorrected,
    #[error("メールアドレスは、いまは確認済みではありません。")]
    NotConfirmed,
    #[error(
        "そのあとに、このメールアドレスに届いたリンクからログインがありました（{0}）。本人のものと確認できています。"
    )]
    SignedIn(String),
    #[error("そのあとに専門家に依頼しています（{0}）。先に、専門家への依頼を取り消してください。")]
    ExpertsAsked(String),
}

impl QuickRecordKind {
    /// Returns the words for the record.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Called { .. } => "企業に電話したこと",
            Self::MessageHandled { .. } => "メッセージを対応済みにしたこと",
            Self::AddressConfirmed { .. } => "連絡先を確認済みにしたこと",
        }
    }

    const fn is_like(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::Called { .. }, Self::Called { .. })
                | (Self::MessageHandled { .. }, Self::MessageHandled { .. })
                | (Self::AddressConfirmed { .. }, Self::AddressConfirmed { .. })
        )
    }
}

/// Returns the record at a position of the history.
///
/// # Errors
/// Everything that stands in the way of taking it back.
pub fn to_take_back(
    history: &[QuickRecordEvent<'_>],
    seq: i32,
    facts: &QuickRecordFacts,
) -> Result<QuickRecord, Vec<RecordObstacle>> {
    let found = history.iter().find(|it| it.seq == seq).and_then(|it| Some((it.at, it.quick?)));
    let Some((at, quick)) = found else { return Err(vec![RecordObstacle::Unknown]) };
    let is_taken_back = |seq: i32| history.iter().any(|it| it.takes_back == Some(seq));
    if is_taken_back(seq) {
        return Err(vec![RecordObstacle::TakenBack]);
    }
    let later = || history.iter().filter(|it| it.seq > seq);
    let mut found = Vec::new();
    let again =
        later().rfind(|it| it.quick.is_some_and(|it| it.kind.is_like(&quick.kind)) && !is_taken_back(it.seq));
    found.extend(again.map(|it| RecordObstacle::Later(it.seq)));
    if !facts.is_open && later().any(|it| it.ended) {
        found.push(RecordObstacle::Ended);
    }
    let acted = |it: &QuickRecordEvent<'_>| RecordObstacle::CompanyActed {
        word: it.word.to_owned(),
        at: month_day_time(it.at),
    };
    match quick.kind {
        QuickRecordKind::Called { .. } => {
            let is_heard = |it: &&QuickRecordEvent<'_>| {
                !it.is_note && (it.by == Actor::Company || it.by.represented() == Some(Represented::Company))
            };
            found.extend(later().find(is_heard).map(acted));
        }
        QuickRecordKind::MessageHandled { .. } => {
            let written = facts.written_at.filter(|it| *it > at);
            found.extend(written.map(|it| RecordObstacle::Written(month_day_time(it))));
        }
        QuickRecordKind::AddressConfirmed { .. } => {
            if facts.address_corrected.is_some_and(|it| it > seq) {
                found.push(RecordObstacle::AddressCorrected);
            } else if !facts.address_confirmed {
                found.push(RecordObstacle::NotConfirmed);
            }
            let signed_in = facts.signed_in_at.filter(|it| *it > at);
            match signed_in {
                Some(it) => found.push(RecordObstacle::SignedIn(month_day_time(it))),
                None => found.extend(later().find(|it| it.by == Actor::Company).map(acted)),
            }
            let later_request = facts.asked_at.filter(|it| *it >= at);
            found.extend(later_request.map(|it| RecordObstacle::ExpertsAsked(month_day_time(it))));
        }
    }
    if found.is_empty() { Ok(quick) } else { Err(found) }
}
