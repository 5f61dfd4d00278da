//! The monthly editions of the statistics, with the center's comment.
use domain::{id::AccountId, text::Prose};

use crate::{app::App, ops::statistics::edition, problem::Problem, store};

const COMMENT: &str = "件数は見込みどおりです。月の後半に、勤怠管理とセキュリティの相談が増えました。";

/// Closes and releases what is due. A person of the center comments on each new edition.
pub async fn keep(app: &App, center: AccountId) -> Result<(), Problem> {
    while edition::close_due(app).await? {
        let releases = store::statistics::edition::releases(&app.db).await?;
        let text = Prose::parse("コメント", COMMENT, 200).map_err(|err| Problem::Internal(err.into()))?;
        if let Some(it) = releases.first() {
            edition::comment(app, it.month, Some(&text), (center, it.version)).await?;
        }
    }
    edition::release_due(app).await?;
    Ok(())
}
