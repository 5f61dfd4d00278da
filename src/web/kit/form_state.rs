//! The state of a form that was sent: the typed values and why the action was not done, for showing both
//! again.
use actix_web::http::StatusCode;

use super::form::{FieldErrors, Fields};
use crate::problem::Problem;

#[derive(Clone, Debug, Default)]
pub struct FormState {
    pub form: Fields,
    pub errors: FieldErrors,
    /// Why the action was refused.
    pub refused: Option<String>,
}

impl FormState {
    pub fn of(form: Fields) -> Self {
        Self { form, ..Self::default() }
    }

    /// Returns whether the action was done. A refusal is stored for the page; any other problem is returned
    /// as the error.
    pub fn done(&mut self, outcome: Result<(), Problem>) -> Result<bool, Problem> {
        Ok(self.value(outcome)?.is_some())
    }

    /// Returns the value of an action or of a check that precedes it; `None` if it was refused, as in `done`.
    pub fn value<T>(&mut self, outcome: Result<T, Problem>) -> Result<Option<T>, Problem> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(problem) => {
                self.refused = Some(sentence(problem)?);
                Ok(None)
            }
        }
    }

    /// Returns 409 if the action was refused, 422 if a typed value is wrong.
    pub fn status(&self) -> StatusCode {
        if self.refused.is_some() {
            StatusCode::CONFLICT
        } else if self.errors.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

/// Returns the sentence of a problem that is shown on the form's own page; every other problem is returned as
/// the error.
pub fn sentence(problem: Problem) -> Result<String, Problem> {
    match problem {
        Problem::Refused(_) | Problem::Stale | Problem::SlotTaken => Ok(problem.to_string()),
        Problem::NotFound
        | Problem::SignInFirst
        | Problem::Forbidden
        | Problem::Expired
        | Problem::TooMany
        | Problem::NetworkFull(_)
        | Problem::Crowded
        | Problem::Unreadable
        | Problem::Unavailable(..)
        | Problem::Internal(_) => Err(problem),
    }
}
