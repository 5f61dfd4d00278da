//! The center's answer to a proposal of another time.
use actix_web::{HttpResponse, post, web::Path};
use uuid::Uuid;

use super::opened::Opened;
use crate::{ops, problem::Problem, web::kit::form_state::sentence};

/// Keeps the appointment as it is and declines the proposal.
#[post("/staff/consultations/{number}/proposals/{id}/keep")]
pub async fn keep(open: Opened, path: Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    let done = ops::calendars::time_proposal::keep(&open.app, open.id(), path.1, open.me.id).await;
    let flash = match done {
        Ok(()) => "予約はそのままです。変更の提案を対応済みにしました。".to_owned(),
        Err(problem) => sentence(problem)?,
    };
    Ok(open.back(&flash))
}
