//! The calls that the center has to make because no mail reaches a company.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    aftercare::follow_up::{Addressee, FollowUp},
};

use crate::{app::App, ops::case::transaction::CaseTransaction, problem::Problem, store};

/// Ends the call of a company whose mail arrives again, unless something is left to tell: news that is not sent by itself,
/// a question that is asked by telephone, or the number under which the case of a merged contact goes on. `is_reached` says
/// that the company itself has written by mail, so that no news keeps the call, and `earlier` are addresses that are being
/// corrected, in lower case.
pub async fn settle(
    work: &mut CaseTransaction<'_>,
    is_reached: bool,
    earlier: &[String],
) -> Result<(), Problem> {
    let Some(since) = work.record.to_call_since else { return Ok(()) };
    let id = work.record.consultation.id;
    let has_news = !is_reached
        && !store::worklist::untold::of(work.read(), id, (since, earlier), work.now()).await?.is_empty();
    let questions = store::aftercare::follow_up::of(work.read(), id).await?;
    let is_asked = questions.iter().any(|it| is_asked_by_telephone(work, it));
    if !has_news && !is_asked && !has_unheard_contact(work, since).await? {
        work.record.to_call_since = None;
    }
    Ok(())
}

/// Returns whether the question waits for an answer that the center has to ask for.
pub fn is_asked_by_telephone(work: &CaseTransaction<'_>, it: &FollowUp) -> bool {
    it.is_open() && (work.person.email.is_none() || it.step.to == Addressee::Center)
}

/// Returns whether the contact of a case that was merged into this one since has to be called, and is another person.
pub async fn has_unheard_contact(work: &CaseTransaction<'_>, since: DateTime<Utc>) -> Result<bool, Problem> {
    let id = work.record.consultation.id;
    for (merge, _) in store::consultation::case_merge::into(work.read(), id).await? {
        if !merge.change.is_told || merge.merged_at < since {
            continue;
        }
        let Some(other) = store::consultation::person(work.read(), merge.absorbed).await? else { continue };
        let is_reached = match &other.email {
            Some(email) => work.reaches(email.to_lowercase()).await?,
            None => false,
        };
        if !is_reached && (&other.name, &other.phone) != (&work.person.name, &work.person.phone) {
            return Ok(true);
        }
    }
    Ok(false)
}

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
