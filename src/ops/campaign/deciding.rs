//! The decisions of the center and of editors about registrations.
use codes::EditorAct;
use domain::{
    campaign::RegistrationRefused,
    id::{AccountId, RegistrationId},
    text::Prose,
};

use super::transaction::{CampaignTransaction, refused};
use crate::{
    app::App,
    mail::mail_event::RegistrationNews,
    problem::Problem,
    store::campaign::registration::{self, Registration},
};

/// The registration that a person decides about, at the version that the person's page showed.
#[derive(Clone, Copy, Debug)]
pub struct SeenRegistration {
    pub id: RegistrationId,
    pub version: i32,
}

/// Approves a registration, or a change of it. The first approval gives it a number.
pub async fn approve(app: &App, seen: SeenRegistration, by: AccountId) -> Result<Registration, Problem> {
    let (mut work, before) = begin(app, seen).await?;
    let is_change = before.life.is_change();
    let life = before.life.clone().approve().map_err(refused)?;
    if life.wanted.name.as_str() == registration::ERASED {
        return Err(refused(RegistrationRefused::NotNow));
    }
    // The registrant may have registered again after a rejection.
    work.refuse_twice(&before, &life.wanted.name).await?;
    let number = match before.number {
        Some(number) => number,
        None => work.next_number(),
    };
    let decided = Some((work.now(), by));
    let after = Registration { life, number: Some(number), decided, reason: None, ..before.clone() };
    let it = work.save(&before, after).await?;
    work.record(EditorAct::RegistrationApproved, None, by).await?;
    work.tell(&it, RegistrationNews::Approved { is_change })?;
    work.commit().await?;
    Ok(it)
}

/// Rejects a registration or a change of it, or takes an approval back, with the reason.
pub async fn reject(
    app: &App,
    seen: SeenRegistration,
    reason: &Prose,
    by: AccountId,
) -> Result<Registration, Problem> {
    let (mut work, before) = begin(app, seen).await?;
    let is_change = before.life.is_change();
    let was_approved = before.life.listed.is_some() && !is_change;
    let life = before.life.clone().reject().map_err(refused)?;
    let reason = reason.as_str();
    let decided = Some((work.now(), by));
    let after = Registration { life, decided, reason: Some(reason.to_owned()), ..before.clone() };
    let it = work.save(&before, after).await?;
    work.record(EditorAct::RegistrationRejected, None, by).await?;
    work.tell(&it, RegistrationNews::Rejected { is_change, was_approved, reason })?;
    work.commit().await?;
    Ok(it)
}

async fn begin(
    app: &App,
    seen: SeenRegistration,
) -> Result<(CampaignTransaction<'_>, Registration), Problem> {
    let (work, before) = CampaignTransaction::begin_for(app, seen.id).await?;
    if before.version == seen.version { Ok((work, before)) } else { Err(Problem::Stale) }
}
