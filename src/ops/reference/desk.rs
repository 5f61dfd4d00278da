//! The regional first-line desks, as an administrator adds, changes and imports them.
use std::collections::HashMap;

use codes::ImportKind;
use domain::{
    id::{DeskId, FileImportId},
    intake::desk::{DeskProfile, DeskUpdate},
};
use uuid::Uuid;

use crate::{app::App, ops::file_import::lock_to_take, problem::Problem, store};

/// The outcome of an import, in numbers of desks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportedDesks {
    pub added: usize,
    pub changed: usize,
    /// Desks that were as the file says already.
    pub same: usize,
}

/// Adds an active desk.
pub async fn add(app: &App, profile: &DeskProfile) -> Result<DeskId, Problem> {
    let id = DeskId(Uuid::now_v7());
    let tx = app.begin().await?;
    store::reference::desk::take_turns(&tx).await?;
    store::reference::desk::insert(&tx, id, profile).await?;
    tx.commit().await?;
    Ok(id)
}

/// Saves the name, the prefecture and the details of a desk.
pub async fn change(app: &App, id: DeskId, profile: &DeskProfile) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::reference::desk::take_turns(&tx).await?;
    store::reference::desk::find(&tx, id).await?.ok_or(Problem::NotFound)?;
    store::reference::desk::save(&tx, id, profile).await?;
    tx.commit().await?;
    Ok(())
}

/// Opens or closes a desk. Its accounts and the consultations that it handed over stay.
pub async fn set_active(app: &App, id: DeskId, active: bool) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::reference::desk::find(&tx, id).await?.ok_or(Problem::NotFound)?;
    store::reference::desk::save_active(&tx, id, active).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the desks of a file, once: one that is known by its prefecture and name gets what the file says, any other is
/// added. Desks that are not in the file stay as they are, and so do values that the file does not name.
pub async fn take_import(
    app: &App,
    id: FileImportId,
    updates: &[DeskUpdate],
) -> Result<ImportedDesks, Problem> {
    let tx = app.begin().await?;
    lock_to_take(&tx, ImportKind::Desk, id).await?;
    store::reference::desk::take_turns(&tx).await?;
    let known = store::reference::desk::all(&tx).await?;
    let known: HashMap<_, _> = known.iter().map(|it| (it.key(), it)).collect();
    let (mut saved, mut done) = (Vec::new(), ImportedDesks::default());
    for update in updates {
        let Some(desk) = known.get(&update.profile.key()) else {
            saved.push((DeskId(Uuid::now_v7()), true, update.profile.clone()));
            done.added += 1;
            continue;
        };
        let profile = update.applied(&desk.details);
        if desk.is_as(&profile) {
            done.same += 1;
        } else {
            saved.push((desk.id, desk.active, profile));
            done.changed += 1;
        }
    }
    store::reference::desk::save_all(&tx, &saved).await?;
    store::file_import::mark_taken(&tx, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(done)
}
