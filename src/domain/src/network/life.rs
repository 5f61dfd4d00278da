//! The life of a question: the center sees it first, a mentor answers it, or it comes back.
use chrono::{DateTime, Utc};
use codes::{NetworkQuestionStatus, NetworkSide, QuestionReturn};

use crate::id::MentorId;

/// The state of a question with its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionState {
    /// The address is not proved. Nothing else is mailed to it, and it is forgotten after `until`.
    Unproved {
        until: DateTime<Utc>,
    },
    /// The center passes it on, or answers it itself; with the reason why it came back, if it did.
    AtCenter {
        back: Option<QuestionReturn>,
    },
    /// The mentor answers until then, or it comes back.
    WithMentor {
        mentor: MentorId,
        until: DateTime<Utc>,
    },
    /// There is an answer; both sides may go on. Without a mentor the center has answered.
    Answered {
        mentor: Option<MentorId>,
    },
    Ended {
        mentor: Option<MentorId>,
    },
}

/// A question as far as it decides about what may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuestionLife {
    pub state: QuestionState,
    /// Whether each side agrees that the other hears its address.
    pub asker_agrees: bool,
    pub mentor_agrees: bool,
}

/// Why an act on a question or a mentor is refused, as the page says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkRefused {
    #[error("確認の期限が過ぎました。もう一度送ってください。")]
    ProvedTooLate,
    #[error("この質問では、いまこの操作はできません。")]
    NotNow,
    #[error("この企業は、いま質問を受け付けていません。")]
    MentorClosed,
    #[error("この企業の今月の質問は、上限に達しています。別の企業を選ぶか、来月まで待ってください。")]
    MonthFull,
    #[error("このメールアドレスでは、すでに登録があります。")]
    Twice,
}

impl QuestionState {
    pub const fn status(self) -> NetworkQuestionStatus {
        match self {
            Self::Unproved { .. } => NetworkQuestionStatus::Unproved,
            Self::AtCenter { .. } => NetworkQuestionStatus::AtCenter,
            Self::WithMentor { .. } => NetworkQuestionStatus::WithMentor,
            Self::Answered { .. } => NetworkQuestionStatus::Answered,
            Self::Ended { .. } => NetworkQuestionStatus::Ended,
        }
    }

    /// Returns the mentor who has the question.
    pub const fn mentor(self) -> Option<MentorId> {
        match self {
            Self::WithMentor { mentor, .. } => Some(mentor),
            Self::Answered { mentor } | Self::Ended { mentor } => mentor,
            Self::Unproved { .. } | Self::AtCenter { .. } => None,
        }
    }
}

impl QuestionLife {
    pub const fn new(state: QuestionState) -> Self {
        Self { state, asker_agrees: false, mentor_agrees: false }
    }

    /// Proves the address of the asker. A repeated proof changes nothing.
    pub fn prove(self, now: DateTime<Utc>) -> Result<Self, NetworkRefused> {
        match self.state {
            QuestionState::Unproved { until } if until <= now => Err(NetworkRefused::ProvedTooLate),
            QuestionState::Unproved { .. } => Ok(self.to(QuestionState::AtCenter { back: None })),
            QuestionState::AtCenter { .. }
            | QuestionState::WithMentor { .. }
            | QuestionState::Answered { .. }
            | QuestionState::Ended { .. } => Ok(self),
        }
    }

    /// Passes the question on to a mentor, who answers until then. Consents to an exchange of addresses end.
    pub const fn pass(self, mentor: MentorId, until: DateTime<Utc>) -> Result<Self, NetworkRefused> {
        match self.state {
            QuestionState::AtCenter { .. } => Ok(Self::new(QuestionState::WithMentor { mentor, until })),
            QuestionState::Unproved { .. }
            | QuestionState::WithMentor { .. }
            | QuestionState::Answered { .. }
            | QuestionState::Ended { .. } => Err(NetworkRefused::NotNow),
        }
    }

    /// Takes words of a side. The first ones of the mentor or the center are the answer.
    pub const fn write(self, by: NetworkSide) -> Result<Self, NetworkRefused> {
        match (self.state, by) {
            (QuestionState::WithMentor { mentor, .. }, NetworkSide::Mentor) => {
                Ok(self.to(QuestionState::Answered { mentor: Some(mentor) }))
            }
            (QuestionState::AtCenter { .. }, NetworkSide::Center) => {
                Ok(self.to(QuestionState::Answered { mentor: None }))
            }
            (QuestionState::Answered { mentor: Some(_) }, NetworkSide::Mentor)
            | (QuestionState::Answered { mentor: None }, NetworkSide::Center)
            | (QuestionState::Answered { .. } | QuestionState::WithMentor { .. }, NetworkSide::Asker) => {
                Ok(self)
            }
            _ => Err(NetworkRefused::NotNow),
        }
    }

    /// Takes the question back from its mentor to the center.
    pub const fn come_back(self, why: QuestionReturn) -> Result<Self, NetworkRefused> {
        match self.state {
            QuestionState::WithMentor { .. } => Ok(Self::new(QuestionState::AtCenter { back: Some(why) })),
            QuestionState::Unproved { .. }
            | QuestionState::AtCenter { .. }
            | QuestionState::Answered { .. }
            | QuestionState::Ended { .. } => Err(NetworkRefused::NotNow),
        }
    }

    /// Records whether a side agrees that the other hears its address. Once both have agreed, it stays so.
    pub const fn agree(self, side: NetworkSide, agrees: bool) -> Result<Self, NetworkRefused> {
        let QuestionState::Answered { mentor: Some(_) } = self.state else {
            return Err(NetworkRefused::NotNow);
        };
        if self.is_open_to_both() {
            return Ok(self);
        }
        match side {
            NetworkSide::Asker => Ok(Self { asker_agrees: agrees, ..self }),
            NetworkSide::Mentor => Ok(Self { mentor_agrees: agrees, ..self }),
            NetworkSide::Center => Err(NetworkRefused::NotNow),
        }
    }

    /// Returns whether both sides hear the other's address.
    pub const fn is_open_to_both(self) -> bool {
        self.asker_agrees && self.mentor_agrees
    }

    /// Ends the question, by the asker, the center or the time. Doing so twice changes nothing.
    pub const fn end(self) -> Self {
        self.to(QuestionState::Ended { mentor: self.state.mentor() })
    }

    const fn to(self, state: QuestionState) -> Self {
        Self { state, ..self }
    }
}
