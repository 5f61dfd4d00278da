//! The page that an ended publication leads to.
use domain::{id::PublicationId, publication::news::WebAddress};

use crate::{app::App, problem::Problem, store};

/// Returns the successor of a publication that has ended, if an editor has named one.
pub async fn of(app: &App, id: PublicationId, has_ended: bool) -> Result<Option<WebAddress>, Problem> {
    if !has_ended {
        return Ok(None);
    }
    Ok(store::publication::successor::find(&app.db, id).await?)
}
