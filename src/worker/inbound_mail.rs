//! Understands the mail that came in.
use domain::id::MailId;

use crate::{app::App, ops, problem::Problem, store};

/// Takes the mail that waits longest. Says whether there was one.
///
/// One that cannot be understood is put off, so that it cannot keep the others waiting, and in the end left to a person.
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
