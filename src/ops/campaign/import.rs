//! Importing registrations from a file: kept until an editor has seen what it contains, taken as a whole, and undone as
//! a whole.
use std::collections::HashSet;

use domain::{
    campaign::{RegistrationEntry, RegistrationLife},
    id::{AccountId, PublicationId, RegistrationId, RegistrationImportId},
};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::transaction::CampaignTransaction;
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        campaign::{
            import::{self, RegistrationImport},
            registration::{self, Registration},
        },
    },
};

/// The outcome of undoing an import, in numbers of registrations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UndoneRegistrations {
    pub deleted: usize,
    /// Registrations about which a person has decided since. They stay as they are.
    pub left: usize,
}

/// Keeps the text of a file until it is taken.
pub async fn keep(
    app: &App,
    campaign: PublicationId,
    file_name: &str,
    content: String,
    by: AccountId,
) -> Result<RegistrationImportId, Problem> {
    let id = RegistrationImportId(Uuid::now_v7());
    let it = RegistrationImport {
        id,
        campaign,
        file_name: file_name.to_owned(),
        content,
        created_by: by,
        created_at: app.clock.now(),
        taken_at: None,
        undone_at: None,
    };
    let tx = app.begin().await?;
    store::campaign::find(&tx, campaign).await?.ok_or(Problem::NotFound)?;
    import::insert(&tx, &it).await?;
    tx.commit().await?;
    Ok(id)
}

/// Returns the places of the entries whose address and name are registered already, or come twice among these.
pub async fn twice(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    entries: &[RegistrationEntry],
) -> Result<Vec<usize>, DbErr> {
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    for (place, entry) in entries.iter().enumerate() {
        let Some(email) = &entry.email else { continue };
        let (email, name) = (email.key(), entry.listing.name.search_key());
        let is_known = registration::of_address(db, campaign, &email, &name).await?.is_some();
        if is_known || !seen.insert((email, name)) {
            found.push(place);
        }
    }
    Ok(found)
}

/// Creates an approved registration of each entry. Their addresses are not proved, so that nothing is mailed to them, and
/// none has consented to announcements. An import is taken once.
pub async fn take(
    app: &App,
    id: RegistrationImportId,
    entries: Vec<RegistrationEntry>,
    by: AccountId,
) -> Result<usize, Problem> {
    let campaign = import::find(&app.db, id).await?.ok_or(Problem::NotFound)?.campaign;
    let mut work = CampaignTransaction::begin(app, campaign).await?;
    let now = work.now();
    let it = import::find(&work.tx, id).await?.ok_or(Problem::NotFound)?;
    if it.taken_at.is_some() {
        return Err(Problem::Refused("このファイルは、すでに取り込みました。".to_owned()));
    }
    if !twice(&work.tx, campaign, &entries).await?.is_empty() {
        return Err(Problem::Stale);
    }
    let count = entries.len();
    for entry in entries {
        let taken = Registration {
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
        };
        registration::insert(&work.tx, &taken).await?;
    }
    let taken = RegistrationImport { taken_at: Some(now), content: String::new(), ..it };
    import::save(&work.tx, &taken).await?;
    work.commit().await?;
    Ok(count)
}

/// Undoes a whole import: its registrations disappear. One about which a person has decided since stays.
pub async fn undo(app: &App, id: RegistrationImportId) -> Result<UndoneRegistrations, Problem> {
    let campaign = import::find(&app.db, id).await?.ok_or(Problem::NotFound)?.campaign;
    let work = CampaignTransaction::begin(app, campaign).await?;
    let it = import::find(&work.tx, id).await?.ok_or(Problem::NotFound)?;
    if it.taken_at.is_none() || it.undone_at.is_some() {
        let why = "この取込みは、取り消せません。最新の内容を確認してください。";
        return Err(Problem::Refused(why.to_owned()));
    }
    let mut undone = UndoneRegistrations::default();
    for of in registration::of_import(&work.tx, id).await? {
        if of.version == 1 {
            registration::delete(&work.tx, of.id).await?;
            undone.deleted += 1;
        } else {
            undone.left += 1;
        }
    }
    import::save(&work.tx, &RegistrationImport { undone_at: Some(work.now()), ..it }).await?;
    work.commit().await?;
    Ok(undone)
}
