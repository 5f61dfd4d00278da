//! Importing figures about the adoption of telework: taken as a whole, and undone as a whole.
use codes::ImportKind;
use domain::{id::FileImportId, statistics::adoption::AdoptionFigure};

use crate::{
    app::App,
    ops::file_import::{lock_to_take, lock_to_undo},
    problem::Problem,
    store::{file_import, statistics::adoption},
};

/// Takes the figures of a file, once. A figure with the key of an earlier one counts in its place.
pub async fn take(app: &App, id: FileImportId, figures: &[AdoptionFigure]) -> Result<(), Problem> {
    let tx = app.begin().await?;
    lock_to_take(&tx, ImportKind::Figures, id).await?;
    adoption::insert(&tx, id, figures).await?;
    file_import::mark_taken(&tx, id, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Undoes a whole import. The figures that counted before count again. Returns the number of figures that are gone.
pub async fn undo(app: &App, id: FileImportId) -> Result<u64, Problem> {
    let tx = app.begin().await?;
    lock_to_undo(&tx, ImportKind::Figures, id).await?;
    let count = adoption::delete(&tx, id).await?;
    file_import::mark_undone(&tx, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(count)
}
