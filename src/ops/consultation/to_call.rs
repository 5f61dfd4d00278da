//! The calls that the center has to make because no mail reaches a company.
use domain::actor::Actor;

use crate::{app::App, ops::case::transaction::CaseTransaction, problem::Problem, store};

/// Makes every open consultation whose contact has this address, which no mail reaches, an item of the calls.
pub async fn address_lost(app: &App, address: &str) -> Result<(), Problem> {
    let key = address.to_lowercase();
    for known in store::consultation::of_contact(&app.db, &key).await? {
        if !known.consultation.state.is_open() || known.to_call_since.is_some() {
            continue;
        }
        let mut work = CaseTransaction::begin(app, known.consultation.id).await?;
        let is_contact = work.person.clone().addresses().any(|it| it.to_lowercase() == key);
        if !is_contact || !work.record.consultation.state.is_open() || work.record.to_call_since.is_some() {
            continue;
        }
        work.record.to_call_since = Some(work.now());
        work.note(Actor::System, "メールが届かないため、電話での連絡が必要です");
        work.commit().await?;
    }
    Ok(())
}
