//! The regional first-line desks, as an administrator adds, changes and imports them.
use domain::{
    id::{AccountId, DeskId, DeskImportId},
    intake::desk::DeskProfile,
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        reference::{desk::Desk, desk_import::DeskImport},
    },
};

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
    store::reference::desk::insert(&tx, id, profile).await?;
    tx.commit().await?;
    Ok(id)
}

/// Saves the name, the prefecture and the details of a desk.
pub async fn change(app: &App, id: DeskId, profile: &DeskProfile) -> Result<(), Problem> {
    let tx = app.begin().await?;
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

/// Keeps the text of a file until it is taken.
pub async fn keep_import(
    app: &App,
    file_name: &str,
    content: String,
    by: AccountId,
) -> Result<DeskImportId, Problem> {
    let id = DeskImportId(Uuid::now_v7());
    let created_at = app.clock.now();
    let import = DeskImport { id, file_name: file_name.to_owned(), content, created_at, taken_at: None };
    let tx = app.begin().await?;
    store::reference::desk_import::insert(&tx, &import, by).await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes the desks of a file, once: one that is known by its prefecture and name gets what the file says, any other is
/// added. Desks that are not in the file stay as they are.
pub async fn take_import(
    app: &App,
    id: DeskImportId,
    profiles: &[DeskProfile],
) -> Result<ImportedDesks, Problem> {
    let tx = app.begin().await?;
    let import = store::reference::desk_import::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    if import.taken_at.is_some() {
        return Err(Problem::Refused("このファイルは、すでに取り込みました。".to_owned()));
    }
    let known = store::reference::desk::all(&tx).await?;
    let mut done = ImportedDesks::default();
    for profile in profiles {
        take(&tx, &known, profile, &mut done).await?;
    }
    store::reference::desk_import::mark_taken(&tx, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(done)
}

async fn take(
    tx: &DatabaseTransaction,
    known: &[Desk],
    profile: &DeskProfile,
    done: &mut ImportedDesks,
) -> Result<(), Problem> {
    match known.iter().find(|it| it.is(profile)) {
        None => {
            store::reference::desk::insert(tx, DeskId(Uuid::now_v7()), profile).await?;
            done.added += 1;
        }
        Some(it) if it.details == profile.details && it.name == profile.name.as_str() => done.same += 1,
        Some(it) => {
            store::reference::desk::save(tx, it.id, profile).await?;
            done.changed += 1;
        }
    }
    Ok(())
}
