//! Ends holds, requests and questions whose deadline has passed.
use chrono::TimeDelta;
use domain::aftercare::follow_up::WAITS_DAYS;

use crate::{app::App, ops, problem::Problem, store};

/// The most rows of each kind that are handled in one step.
const AT_ONCE: u64 = 100;

/// Handles everything that is due. Returns whether anything was done.
///
/// A failure is logged and left for the next round, so that it does not keep the other rows waiting.
pub async fn step(app: &App) -> Result<bool, Problem> {
    let now = app.clock.now();
    let mut done = 0;
    for held in store::booking::appointment::expired_holds(&app.db, now, AT_ONCE).await? {
        done += tried(ops::booking::appointment::release_expired(app, &held).await, "release a hold");
    }
    for request in store::routing::assignment::overdue(&app.db, now, AT_ONCE).await? {
        done += tried(ops::routing::assignment::lapse(app, request.id).await, "let a request lapse");
    }
    for question in store::aftercare::follow_up::due(&app.db, now, AT_ONCE).await? {
        done += tried(ops::aftercare::follow_up::send(app, question.id).await, "send a follow-up");
    }
    let waited = now - TimeDelta::days(WAITS_DAYS);
    for question in store::aftercare::follow_up::unanswered(&app.db, waited, AT_ONCE).await? {
        done += tried(ops::aftercare::follow_up::lapse(app, question.id).await, "close a follow-up");
    }
    Ok(done > 0)
}

fn tried(outcome: Result<(), Problem>, what: &str) -> u64 {
    match outcome {
        Ok(()) => 1,
        Err(err) => {
            tracing::error!(error = ?err, "could not {what}");
            0
        }
    }
}
