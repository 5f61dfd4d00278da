//! Which mails people want, as far as they may choose.
use domain::{id::AccountId, outgoing::topic::Topic};

use crate::{app::App, problem::Problem, store};

/// Has exactly these of a role's topics sent.
pub async fn choose(app: &App, id: AccountId, all: &[Topic], wanted: &[Topic]) -> Result<(), Problem> {
    let tx = app.begin().await?;
    for topic in all {
        store::unwanted::set(&tx, id, *topic, wanted.contains(topic)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Stops one topic.
pub async fn stop(app: &App, id: AccountId, topic: Topic) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::unwanted::set(&tx, id, topic, false).await?;
    tx.commit().await?;
    Ok(())
}
