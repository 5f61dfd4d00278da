//! The assignment of one expert, who is asked for one or both fields of a consultation (担当依頼).
use chrono::{DateTime, Utc};
pub use codes::AssignmentStatus;
use serde::{Deserialize, Serialize};

use crate::{
    field::Fields,
    id::{AssignmentId, ConsultationId, ExpertId},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub id: AssignmentId,
    pub consultation: ConsultationId,
    pub expert: ExpertId,
    pub fields: Fields,
    pub state: AssignmentState,
    pub offered_at: DateTime<Utc>,
    /// When the expert's answer is due.
    pub due_at: DateTime<Utc>,
    /// The assignment that this one replaces when it is accepted; until then the other expert stays.
    pub instead_of: Option<AssignmentId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AssignmentState {
    Offered,
    Accepted {
        at: DateTime<Utc>,
    },
    Declined {
        at: DateTime<Utc>,
        reason: String,
    },
    Lapsed {
        at: DateTime<Utc>,
    },
    /// The request was taken back, or the expert was let go. `released` is the reason if a person wished for it: only the
    /// center asks such an expert again.
    Withdrawn {
        at: DateTime<Utc>,
        released: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerRefused {
    #[error("この依頼には、すでに回答済みです。")]
    AlreadyAnswered,
    #[error("この依頼は、回答期限を過ぎたため、取り消しました。")]
    Lapsed,
    #[error("この依頼は、取り下げられました。")]
    Withdrawn,
    #[error("回答期限がまだ来ていません。")]
    NotDue,
}

impl Assignment {
    pub fn accept(self, now: DateTime<Utc>) -> Result<Self, AnswerRefused> {
        self.still_offered()?;
        Ok(Self { state: AssignmentState::Accepted { at: now }, ..self })
    }

    pub fn decline(self, reason: String, now: DateTime<Utc>) -> Result<Self, AnswerRefused> {
        self.still_offered()?;
        Ok(Self { state: AssignmentState::Declined { at: now, reason }, ..self })
    }

    /// Ends the request without an answer. Refused before the answer is due.
    pub fn lapse(self, now: DateTime<Utc>) -> Result<Self, AnswerRefused> {
        self.still_offered()?;
        if now < self.due_at {
            return Err(AnswerRefused::NotDue);
        }
        Ok(Self { state: AssignmentState::Lapsed { at: now }, ..self })
    }

    /// Takes the request back, answered or not. An assignment that has ended keeps its state.
    pub fn withdraw(self, now: DateTime<Utc>) -> Self {
        let state = match self.state {
            AssignmentState::Offered | AssignmentState::Accepted { .. } => {
                AssignmentState::Withdrawn { at: now, released: None }
            }
            ended @ (AssignmentState::Declined { .. }
            | AssignmentState::Lapsed { .. }
            | AssignmentState::Withdrawn { .. }) => ended,
        };
        Self { state, ..self }
    }

    /// Takes the request back, or lets the expert go, because a person wished for it.
    pub fn release(self, now: DateTime<Utc>, reason: &str) -> Self {
        if !self.is_live() {
            return self;
        }
        let state = AssignmentState::Withdrawn { at: now, released: Some(reason.to_owned()) };
        Self { state, ..self }
    }

    /// Restores the acceptance of a request that was taken back without a wish of a person. One that is in another state stays so.
    pub fn accepted_again(self, at: DateTime<Utc>) -> Self {
        match self.state {
            AssignmentState::Withdrawn { released: None, .. } => {
                Self { state: AssignmentState::Accepted { at }, ..self }
            }
            AssignmentState::Offered
            | AssignmentState::Accepted { .. }
            | AssignmentState::Declined { .. }
            | AssignmentState::Lapsed { .. }
            | AssignmentState::Withdrawn { released: Some(_), .. } => self,
        }
    }

    /// Returns whether only the center asks the expert for the consultation again: the expert declined, let the request lapse, or
    /// was let go because a person wished for it.
    pub const fn is_turned_down(&self) -> bool {
        matches!(
            self.state,
            AssignmentState::Declined { .. }
                | AssignmentState::Lapsed { .. }
                | AssignmentState::Withdrawn { released: Some(_), .. }
        )
    }

    pub const fn is_live(&self) -> bool {
        matches!(self.state, AssignmentState::Offered | AssignmentState::Accepted { .. })
    }

    /// Returns whether the expert is being asked to replace another expert.
    pub const fn is_asked_instead(&self) -> bool {
        matches!(self.state, AssignmentState::Offered) && self.instead_of.is_some()
    }

    pub const fn is_accepted(&self) -> bool {
        matches!(self.state, AssignmentState::Accepted { .. })
    }

    const fn still_offered(&self) -> Result<(), AnswerRefused> {
        match self.state {
            AssignmentState::Offered => Ok(()),
            AssignmentState::Accepted { .. } | AssignmentState::Declined { .. } => {
                Err(AnswerRefused::AlreadyAnswered)
            }
            AssignmentState::Lapsed { .. } => Err(AnswerRefused::Lapsed),
            AssignmentState::Withdrawn { .. } => Err(AnswerRefused::Withdrawn),
        }
    }
}

impl AssignmentState {
    /// Returns the state without its data.
    pub const fn status(&self) -> AssignmentStatus {
        match self {
            Self::Offered => AssignmentStatus::Offered,
            Self::Accepted { .. } => AssignmentStatus::Accepted,
            Self::Declined { .. } => AssignmentStatus::Declined,
            Self::Lapsed { .. } => AssignmentStatus::Lapsed,
            Self::Withdrawn { .. } => AssignmentStatus::Withdrawn,
        }
    }

    pub const fn code(&self) -> &'static str {
        self.status().code()
    }

    pub const fn label(&self) -> &'static str {
        self.status().label()
    }
}

/// Returns the fields among `fields` that no expert has accepted; `None` if there is none left.
pub fn still_open(fields: Fields, assignments: &[Assignment]) -> Option<Fields> {
    assignments.iter().filter(|it| it.is_accepted()).try_fold(fields, |left, it| left.without(it.fields))
}

/// Returns whether an expert is asked for each of `fields`, or has accepted it.
pub fn is_asked_for_all(fields: Fields, assignments: &[Assignment]) -> bool {
    let live = assignments.iter().filter(|it| it.is_live() && it.instead_of.is_none());
    live.map(|it| it.fields).try_fold(fields, Fields::without).is_none()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use uuid::Uuid;

    use super::{AnswerRefused, Assignment, AssignmentState, is_asked_for_all, still_open};
    use crate::{
        field::Fields,
        id::{AssignmentId, ConsultationId, ExpertId},
    };

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn assignment(fields: Fields, state: AssignmentState) -> Assignment {
        Assignment {
            id: AssignmentId(Uuid::nil()),
            consultation: ConsultationId(Uuid::nil()),
            expert: ExpertId(Uuid::nil()),
            fields,
            state,
            offered_at: NOW,
            due_at: NOW + TimeDelta::days(2),
            instead_of: None,
        }
    }

    #[test]
    fn every_field_has_to_be_asked_for_or_accepted() {
        let of = |fields, state| assignment(fields, state);
        let withdrawn = AssignmentState::Withdrawn { at: NOW, released: None };
        let accepted = of(Fields::Labor, AssignmentState::Accepted { at: NOW });
        assert!(is_asked_for_all(
            Fields::Both,
            &[of(Fields::Ict, AssignmentState::Offered), accepted.clone()]
        ));
        assert!(is_asked_for_all(Fields::Both, &[of(Fields::Both, AssignmentState::Offered)]));
        assert!(!is_asked_for_all(Fields::Both, &[of(Fields::Ict, withdrawn), accepted]));
        assert!(!is_asked_for_all(Fields::Ict, &[]));
    }

    /// Every state × every answer.
    #[test]
    fn only_what_is_offered_can_be_answered() {
        let late = NOW + TimeDelta::days(2);
        for (state, refused) in [
            (AssignmentState::Offered, None),
            (AssignmentState::Accepted { at: NOW }, Some(AnswerRefused::AlreadyAnswered)),
            (
                AssignmentState::Declined { at: NOW, reason: "多忙".into() },
                Some(AnswerRefused::AlreadyAnswered),
            ),
            (AssignmentState::Lapsed { at: NOW }, Some(AnswerRefused::Lapsed)),
            (AssignmentState::Withdrawn { at: NOW, released: None }, Some(AnswerRefused::Withdrawn)),
        ] {
            let it = assignment(Fields::Ict, state);
            assert_eq!(it.clone().accept(late).err(), refused);
            assert_eq!(it.clone().decline("多忙".into(), late).err(), refused);
            assert_eq!(it.clone().lapse(late).err(), refused);
            assert!(!it.withdraw(late).is_live());
        }
        let offered = || assignment(Fields::Ict, AssignmentState::Offered);
        let is = |it: Result<Assignment, AnswerRefused>| it.map(|it| it.state);
        assert_eq!(is(offered().accept(late)), Ok(AssignmentState::Accepted { at: late }));
        let declined = AssignmentState::Declined { at: late, reason: "多忙".into() };
        assert_eq!(is(offered().decline("多忙".into(), late)), Ok(declined));
        assert_eq!(is(offered().lapse(late)), Ok(AssignmentState::Lapsed { at: late }));
        assert_eq!(offered().withdraw(late).state, AssignmentState::Withdrawn { at: late, released: None });
        let let_go = offered().release(late, "企業の希望");
        assert!(let_go.is_turned_down() && !offered().withdraw(late).is_turned_down());
        let lapsed = AssignmentState::Lapsed { at: NOW };
        let ended = Assignment { state: lapsed.clone(), ..offered() };
        assert_eq!(ended.release(late, "企業の希望").state, lapsed, "what has ended stays as it is");
        let early = assignment(Fields::Ict, AssignmentState::Offered).lapse(NOW);
        assert_eq!(early.err(), Some(AnswerRefused::NotDue));
    }

    #[test]
    fn a_field_is_open_until_someone_accepts_it() {
        let offered = assignment(Fields::Ict, AssignmentState::Offered);
        let accepted = offered.clone().accept(NOW).unwrap();
        assert_eq!(still_open(Fields::Both, &[]), Some(Fields::Both));
        assert_eq!(still_open(Fields::Both, std::slice::from_ref(&offered)), Some(Fields::Both));
        assert_eq!(still_open(Fields::Both, std::slice::from_ref(&accepted)), Some(Fields::Labor));
        assert_eq!(still_open(Fields::Ict, std::slice::from_ref(&accepted)), None);
        let both = assignment(Fields::Labor, AssignmentState::Accepted { at: NOW });
        assert_eq!(still_open(Fields::Both, &[accepted, both]), None);
    }

    #[test]
    fn a_state_has_the_code_and_the_label_of_its_status() {
        let state = AssignmentState::Lapsed { at: NOW };
        assert_eq!((state.code(), state.label()), ("lapsed", state.status().label()));
        assert_ne!(state.label(), AssignmentState::Offered.label());
    }

    #[test]
    fn an_expert_asked_to_replace_another_is_asked_until_the_answer() {
        let instead_of = Some(AssignmentId(Uuid::nil()));
        let offered = Assignment { instead_of, ..assignment(Fields::Ict, AssignmentState::Offered) };
        assert!(offered.is_asked_instead());
        assert!(!assignment(Fields::Ict, AssignmentState::Offered).is_asked_instead());
        assert!(!offered.accept(NOW).unwrap().is_asked_instead());
    }
}
