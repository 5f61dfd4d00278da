//! The sums of the answers to several surveys that are published, from which the small number of answers to one of them
//! cannot be reckoned.
use crate::statistics::LEAST;

/// The counts of a survey that takes no answers any more, or their sum for several surveys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SurveyCount {
    /// The answers that were given.
    pub responses: u64,
    /// The codes with which no answer was given.
    pub unused_codes: u64,
}

impl SurveyCount {
    /// Returns whether the survey has from 1 to 4 answers, so that nothing of it is published.
    pub const fn is_small(self) -> bool {
        0 < self.responses && self.responses < LEAST
    }

    /// Returns the sum of all surveys, as the center and the ministries see it.
    pub fn of_all(surveys: &[Self]) -> Self {
        Self::sum(surveys.iter().copied())
    }

    /// Returns the sum that is published: small surveys are not in it. The results of a survey and later sums are published at
    /// other times, so that the number of answers to a small survey in a sum would be what the others leave.
    pub fn of_published(surveys: &[Self]) -> Self {
        Self::sum(surveys.iter().copied().filter(|it| !it.is_small()))
    }

    fn sum(surveys: impl Iterator<Item = Self>) -> Self {
        surveys.fold(Self::default(), |sum, it| Self {
            responses: sum.responses.saturating_add(it.responses),
            unused_codes: sum.unused_codes.saturating_add(it.unused_codes),
        })
    }
}
