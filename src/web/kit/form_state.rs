//! What was sent with a form, and why it was not done: a page shows both again.
use actix_web::http::StatusCode;

use super::form::{FieldErrors, Fields};
use crate::problem::Problem;

#[derive(Clone, Debug, Default)]
pub struct FormState {
    pub form: Fields,
    pub errors: FieldErrors,
    /// Why what was asked for was not done.
    pub refused: Option<String>,
}

impl FormState {
    pub fn of(form: Fields) -> Self {
        Self { form, ..Self::default() }
    }

    /// Whether it was done. A refusal is kept for the page; what is none goes on to the error pages.
    pub fn done(&mut self, outcome: Result<(), Problem>) -> Result<bool, Problem> {
        match outcome {
            Ok(()) => Ok(true),
            Err(problem) => {
                self.refused = Some(sentence(problem)?);
                Ok(false)
            }
        }
    }

    /// 409 where it was refused, 422 where something typed is wrong.
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

/// The sentence for the page on which it was tried; everything else has a page of its own.
pub fn sentence(problem: Problem) -> Result<String, Problem> {
    match problem {
        Problem::Refused(_) | Problem::Stale | Problem::SlotTaken => Ok(problem.to_string()),
        Problem::NotFound
        | Problem::SignInFirst
        | Problem::Forbidden
        | Problem::Expired
        | Problem::TooMany
        | Problem::Unreadable
        | Problem::Unavailable(..)
        | Problem::Internal(_) => Err(problem),
    }
}
