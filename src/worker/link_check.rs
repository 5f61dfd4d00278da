//! Checks links to other sites in what the programme publishes.
use crate::{app::App, ops, problem::Problem};

/// Checks one link that is due. Returns whether there was one.
pub async fn step(app: &App) -> Result<bool, Problem> {
    ops::publication::link_check::check_next(app).await
}
