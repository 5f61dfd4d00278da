//! The requests that a first-line desk notes, answers and hands over.
use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, ConsultationId, DeskEntryId, DeskId},
    intake::desk_entry::{DeskEntry, DeskEntryRefused, NotedRequest},
};
use sea_orm::DatabaseTransaction;

use crate::{
    app::App,
    ops::case::save::{Save, Target},
    problem::Problem,
    store,
};

/// The request that a person of a desk acts on, at the version that the person's page showed.
#[derive(Clone, Copy, Debug)]
pub struct SeenEntry {
    pub desk: DeskId,
    pub id: DeskEntryId,
    pub version: i32,
}

/// Notes a request. A form that is sent twice with the same `id` makes one.
pub async fn note(
    app: &App,
    id: DeskEntryId,
    member: (DeskId, AccountId),
    request: NotedRequest,
    is_answered: bool,
) -> Result<(), Problem> {
    let entry = DeskEntry::noted(id, member, request, is_answered, app.clock.now());
    let tx = app.begin().await?;
    if !store::intake::desk_entry::insert(&tx, &entry).await? {
        // The id gives no access to another desk's request.
        store::intake::desk_entry::find(&tx, member.0, id).await?.ok_or(Problem::NotFound)?;
    }
    tx.commit().await?;
    Ok(())
}

/// Replaces what was noted.
pub async fn edit(app: &App, seen: SeenEntry, request: NotedRequest) -> Result<(), Problem> {
    let now = app.clock.now();
    change(app, seen, |it| it.edit(request, now)).await
}

/// Records that the desk has answered.
pub async fn answer(app: &App, seen: SeenEntry) -> Result<(), Problem> {
    let now = app.clock.now();
    change(app, seen, |it| it.answer(now)).await
}

/// Records that the desk goes on with a request that it had answered.
pub async fn reopen(app: &App, seen: SeenEntry) -> Result<(), Problem> {
    let now = app.clock.now();
    change(app, seen, |it| it.reopen(now)).await
}

async fn change(
    app: &App,
    seen: SeenEntry,
    decide: impl FnOnce(DeskEntry) -> Result<DeskEntry, DeskEntryRefused>,
) -> Result<(), Problem> {
    let tx = app.begin().await?;
    let before = store::intake::desk_entry::lock(&tx, seen.desk, seen.id).await?.ok_or(Problem::NotFound)?;
    if before.version != seen.version {
        return Err(Problem::Stale);
    }
    store::intake::desk_entry::save(&tx, &decide(before)?).await?;
    tx.commit().await?;
    Ok(())
}

/// Records that a desk's request has become this consultation.
pub(super) async fn hand_over(
    tx: &DatabaseTransaction,
    (desk, id): (DeskId, DeskEntryId),
    case: ConsultationId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let before = store::intake::desk_entry::lock(tx, desk, id).await?.ok_or(Problem::NotFound)?;
    store::intake::desk_entry::save(tx, &before.hand_over(case, now)?).await?;
    Ok(())
}

/// A request that the center hands over to a desk.
pub(in crate::ops) struct HandedBackEntry(pub DeskEntry);

impl Save for HandedBackEntry {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        store::intake::desk_entry::insert(to.tx, &self.0).await?;
        Ok(())
    }
}
