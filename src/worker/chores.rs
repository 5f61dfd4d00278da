//! What is done now and then: the morning's digest, and forgetting what is over.
use crate::{app::App, ops, problem::Problem};

/// Does what is due. Says whether there was anything.
pub async fn step(app: &App) -> Result<bool, Problem> {
    let forgotten = ops::housekeeping::forget_expired(app).await?;
    let written = ops::digest::write(app).await?;
    Ok(forgotten > 0 || written)
}
