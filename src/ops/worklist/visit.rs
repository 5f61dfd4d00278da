//! Who looks at a case, so that two coordinators do not work at it without knowing of each other.
use chrono::TimeDelta;
use domain::id::{AccountId, ConsultationId};

use crate::{app::App, problem::Problem, store};

/// The time within which a further look is not recorded.
const EXACT_TO: TimeDelta = TimeDelta::minutes(1);

/// Records that a coordinator looks at a case now, if the latest record is older than a minute.
pub async fn record(app: &App, account: AccountId, id: ConsultationId) -> Result<(), Problem> {
    let now = app.clock.now();
    let last = store::worklist::visit::of(&app.db, account, [id.0]).await?.remove(&id.0);
    if last.is_some_and(|it| now - it < EXACT_TO) {
        return Ok(());
    }
    let tx = app.begin().await?;
    store::worklist::visit::record(&tx, account, id, now).await?;
    tx.commit().await?;
    Ok(())
}
