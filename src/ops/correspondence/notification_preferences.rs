//! The mails that people want, as far as they may choose.
use domain::{correspondence::outgoing_mail::topic::NotificationTopic, id::AccountId};

use crate::{app::App, problem::Problem, store};

/// Sets which of a role's topics are mailed: exactly these.
pub async fn save(
    app: &App,
    id: AccountId,
    all: &[NotificationTopic],
    wanted: &[NotificationTopic],
) -> Result<(), Problem> {
    let tx = app.begin().await?;
    for topic in all {
        store::correspondence::notification_preferences::set(&tx, id, *topic, wanted.contains(topic)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Stops the mails of one topic.
pub async fn unsubscribe(app: &App, id: AccountId, topic: NotificationTopic) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::correspondence::notification_preferences::set(&tx, id, topic, false).await?;
    tx.commit().await?;
    Ok(())
}
