//! The coordinators who look at a case, so that two coordinators do not work at it without knowing of each other.
use chrono::TimeDelta;
use domain::id::{AccountId, ConsultationId};

use crate::{
    app::App,
    problem::Problem,
    store::{self, worklist::visit::Visit},
};

/// The time within which a further look is not recorded.
const EXACT_TO: TimeDelta = TimeDelta::minutes(1);

/// Records that a coordinator looks at a case now, unless `seen` has a look of theirs within the last minute.
pub async fn record(
    app: &App,
    account: AccountId,
    id: ConsultationId,
    seen: &[Visit],
) -> Result<(), Problem> {
    let now = app.clock.now();
    if seen.iter().any(|it| it.account == account && now - it.seen_at < EXACT_TO) {
        return Ok(());
    }
    let tx = app.begin().await?;
    store::worklist::visit::record(&tx, account, id, now).await?;
    tx.commit().await?;
    Ok(())
}
