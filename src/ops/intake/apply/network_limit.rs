//! The limits of what one network may do before an address is confirmed, so that one computer cannot take the times and the
//! attention that others wait for. Beyond them the center helps by telephone.
use chrono::{DateTime, Utc};
use domain::{calendar::japan_date, settings::Settings};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use crate::{
    problem::Problem,
    store::{self, intake::draft::Draft},
};

/// Counts an application that a network begins; refused beyond the limit of a day.
pub async fn count_draft(
    tx: &DatabaseTransaction,
    network: &str,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let keys = [format!("draft/{network}")];
    let [begun] = store::correspondence::mail_budget::count(tx, keys, japan_date(now)).await?;
    if begun > i32::from(settings.drafts_per_network_a_day) { Err(full(settings)) } else { Ok(()) }
}

/// Refuses another application of a network with too many that have no confirmed address. The caller submits in turn with
/// all other applications.
pub async fn check_applications(
    tx: &DatabaseTransaction,
    draft: &Draft,
    settings: &Settings,
) -> Result<(), Problem> {
    let unconfirmed = store::intake::draft::unconfirmed_of_network(tx, &draft.network).await?;
    let limit = u64::from(settings.unconfirmed_per_network);
    if unconfirmed >= limit { Err(full(settings)) } else { Ok(()) }
}

/// Refuses another hold of a network that holds too many times.
pub async fn check_holds(
    db: &impl ConnectionTrait,
    draft: &Draft,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let holds = store::intake::draft::holds_of_network(db, &draft.network, now).await?;
    if holds >= u64::from(settings.holds_per_network) { Err(full(settings)) } else { Ok(()) }
}

fn full(settings: &Settings) -> Problem {
    Problem::NetworkFull(format!(
        "同じ接続元からの申込みが多いため、いまはこの先へ進めません。お急ぎの場合は、{}（電話 {}）へお電話ください。電話でお申し込みいただけます。",
        settings.center_name, settings.center_phone
    ))
}
