//! The pages on which an obstacle to a correction is removed.
use domain::{booking::appointment::Appointment, consultation::correction::CorrectionRefused, field::Field};

use crate::{
    app::App,
    ops::consultation::correction::ONLY_TEAM,
    problem::Problem,
    store::{self, consultation::Record},
    url,
};

/// The page on which an obstacle is removed.
pub struct WayOut {
    pub href: String,
    pub label: String,
}

/// Returns the pages that lead on after a correction was refused because a field cannot be removed; none after another
/// refusal.
pub async fn after_refusal(app: &App, record: &Record, refused: &str) -> Result<Vec<WayOut>, Problem> {
    let id = record.consultation.id;
    let way =
        |rest: &str, label: String| WayOut { href: format!("{}{rest}", url::staff(&record.number)), label };
    let mut ways = Vec::new();
    if refused == ONLY_TEAM {
        ways.push(way("/cancel", "予約を取り消す".to_owned()));
        let (_, roster) = app.programme_and_experts().await?;
        for it in store::routing::assignment::of(&app.db, id).await? {
            if it.is_accepted() {
                let label = format!("{}さんを替える", roster.name(it.expert));
                ways.push(way(&format!("/experts/{}", it.id), label));
            }
        }
    } else if is_advised(refused) {
        let all = store::booking::appointment::of(&app.db, id).await?;
        let recorded = all.iter().rfind(|it| it.recorded().is_some());
        if all.iter().any(Appointment::is_confirmed) {
            ways.push(way("?view=sessions", "相談の結果を記録する".to_owned()));
        } else if let Some(last) = recorded {
            ways.push(way(&format!("/outcome/{}", last.id), "相談の結果を訂正する".to_owned()));
        }
    } else {
        return Ok(ways);
    }
    ways.push(way("/split", "案件を分ける".to_owned()));
    Ok(ways)
}

/// Returns whether a field was not removed because the appointment with its expert has begun or is over.
fn is_advised(refused: &str) -> bool {
    Field::ALL.into_iter().any(|field| CorrectionRefused::FieldAdvised { field }.to_string() == refused)
}
