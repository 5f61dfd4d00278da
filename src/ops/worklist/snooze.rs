//! Putting a case aside until a date, on which it comes back to the worklist by itself.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    id::{AccountId, ConsultationId},
    wording,
};

use crate::{app::App, ops::case::transaction::CaseTransaction, problem::Problem};

/// Puts a case aside until an instant, or with `None` brings it back now.
pub async fn until(
    app: &App,
    id: ConsultationId,
    until: Option<DateTime<Utc>>,
    by: AccountId,
) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    if work.record.snoozed_until == until {
        return Ok(());
    }
    work.record.snoozed_until = until;
    let note = match until {
        Some(at) => format!("{}まで、あとで対応することにしました", wording::month_day_weekday(at)),
        None => "対応一覧に戻しました".to_owned(),
    };
    work.note(Actor::Coordinator(by), note);
    work.commit().await?;
    Ok(())
}
