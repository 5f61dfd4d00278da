//! Importing registrations from a file: taken as a whole, and undone as a whole.
use std::collections::HashSet;

use codes::{EditorAct, ImportKind};
use domain::{
    campaign::{RegistrationEntry, RegistrationLife},
    id::{AccountId, FileImportId, PublicationId, RegistrationId},
};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::transaction::CampaignTransaction;
use crate::{
    app::App,
    ops::file_import::{lock_to_take, lock_to_undo},
    problem::Problem,
    store::{
        campaign::registration::{self, Registration},
        file_import,
    },
};

/// The outcome of undoing an import, in numbers of registrations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UndoneRegistrations {
    pub deleted: u64,
    /// Registrations about which a person has decided since. They stay as they are.
    pub left: u64,
}

/// Returns the places of the entries whose address and name are registered already, or come twice among these.
pub async fn twice(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    entries: &[RegistrationEntry],
) -> Result<Vec<usize>, DbErr> {
    let key =
        |it: &RegistrationEntry| it.email.as_ref().map(|email| (email.key(), it.listing.name.search_key()));
    let addresses: HashSet<_> = entries.iter().filter_map(key).map(|(email, _)| email).collect();
    let mut seen = registration::live_keys(db, campaign, addresses).await?;
    let keys = entries.iter().map(key).enumerate();
    let twice = keys.filter(|(_, key)| key.as_ref().is_some_and(|it| !seen.insert(it.clone())));
    Ok(twice.map(|(place, _)| place).collect())
}

/// Creates an approved registration of each entry. Their addresses are not proved, so that nothing is mailed to them, and
/// none has consented to announcements. An import is taken once.
pub async fn take(
    app: &App,
    id: FileImportId,
    entries: Vec<RegistrationEntry>,
    by: AccountId,
) -> Result<usize, Problem> {
    let campaign = campaign_of(app, id).await?;
    let mut work = CampaignTransaction::begin(app, campaign).await?;
    let now = work.now();
    lock_to_take(&work.tx, ImportKind::Registration, id).await?;
    if !twice(&work.tx, campaign, &entries).await?.is_empty() {
        return Err(Problem::Stale);
    }
    let registrations: Vec<_> = entries
        .into_iter()
        .map(|entry| Registration {
            id: RegistrationId(Uuid::now_v7()),
            campaign,
            number: Some(work.next_number()),
            life: RegistrationLife::taken(entry.listing.clone()),
            entry,
            state_since: now,
            rules: None,
            opt_in: None,
            proved_at: None,
            decided: Some((now, by)),
            reason: None,
            invited_at: None,
            import: Some(id),
            version: 1,
            created_at: now,
        })
        .collect();
    registration::insert_imported(&work.tx, &registrations).await?;
    file_import::mark_taken(&work.tx, id, now).await?;
    work.record(EditorAct::ImportTaken, Some(registrations.len()), by).await?;
    work.commit().await?;
    Ok(registrations.len())
}

/// Undoes a whole import: its registrations disappear. One about which a person has decided since stays.
pub async fn undo(app: &App, id: FileImportId, by: AccountId) -> Result<UndoneRegistrations, Problem> {
    let campaign = campaign_of(app, id).await?;
    let work = CampaignTransaction::begin(app, campaign).await?;
    lock_to_undo(&work.tx, ImportKind::Registration, id).await?;
    let deleted = registration::delete_untouched(&work.tx, id).await?;
    let left = registration::count_of_import(&work.tx, id).await?;
    file_import::mark_undone(&work.tx, id, work.now()).await?;
    work.record(EditorAct::ImportUndone, usize::try_from(deleted).ok(), by).await?;
    work.commit().await?;
    Ok(UndoneRegistrations { deleted, left })
}

async fn campaign_of(app: &App, id: FileImportId) -> Result<PublicationId, Problem> {
    let import = file_import::find(&app.db, ImportKind::Registration, id).await?.ok_or(Problem::NotFound)?;
    import.campaign.ok_or(Problem::NotFound)
}
