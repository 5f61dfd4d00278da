//! Processes received mail.
use domain::id::MailId;

use crate::{app::App, ops, problem::Problem, store};

/// Processes the mail that has waited longest. Returns whether there was one.
///
/// A mail that cannot be processed is postponed, so that it does not keep the others waiting, and is finally
/// left to a person.
pub async fn step(app: &App) -> Result<bool, Problem> {
    let Some(mail) = store::correspondence::inbound_mail::next(&app.db, app.clock.now()).await? else {
        return Ok(false);
    };
    let id = MailId(mail.id);
    if let Err(err) = ops::correspondence::inbound_mail::process(app, id).await {
        tracing::error!(error = ?err, mail.id = %id, "could not process a received mail");
        ops::correspondence::inbound_mail::postpone(app, id).await?;
    }
    Ok(true)
}
