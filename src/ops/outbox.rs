//! What a person does about mail that could not be sent.
use domain::id::MailId;

use crate::{app::App, problem::Problem, store};

/// Has a mail that failed tried again at once.
pub async fn retry(app: &App, id: MailId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    if !store::outbox::retry(&tx, id, app.clock.now()).await? {
        return Err(Problem::Refused("このメールは、送信に失敗したメールではありません。".to_owned()));
    }
    tx.commit().await?;
    Ok(())
}
