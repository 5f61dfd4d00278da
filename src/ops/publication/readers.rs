//! Writes down how often the pages of the guide were opened.
use crate::{app::App, problem::Problem, store};

/// Adds the openings that this process has counted to the stored numbers. Returns whether there were any. If they cannot be
/// written, they are kept for the next time.
pub async fn keep(app: &App) -> Result<bool, Problem> {
    let readings = app.readers.take();
    if readings.is_empty() {
        return Ok(false);
    }
    let written = async {
        let tx = app.begin().await?;
        store::publication::reading::add(&tx, &readings).await?;
        tx.commit().await
    };
    if let Err(err) = written.await {
        app.readers.put_back(readings);
        return Err(err.into());
    }
    Ok(true)
}
