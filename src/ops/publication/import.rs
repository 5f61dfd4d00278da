//! Importing examples from a file: kept until an editor has seen what it contains, then taken as a whole, and undone as a
//! whole.
use domain::{
    id::{AccountId, ExampleImportId, PublicationId},
    publication::{Content, Facts, Period, Publication, PublicationKind, PublicationState, RevisionAct},
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::links;
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        publication::{import::ExampleImport, link_check::set_links},
    },
};

/// Whether the examples of an import are published at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenAs {
    Drafts,
    Published,
}

/// The outcome of undoing an import, in numbers of examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UndoneImport {
    /// Drafts that were deleted.
    pub deleted: usize,
    /// Public examples that were ended. Their addresses say so.
    pub ended: usize,
    /// Examples that an editor has changed since. They stay as they are.
    pub left: usize,
}

/// Keeps the text of a file until it is taken.
pub async fn keep(
    app: &App,
    file_name: &str,
    content: String,
    by: AccountId,
) -> Result<ExampleImportId, Problem> {
    let id = ExampleImportId(Uuid::now_v7());
    let import = ExampleImport {
        id,
        file_name: file_name.to_owned(),
        content,
        created_at: app.clock.now(),
        taken_at: None,
        undone_at: None,
    };
    let tx = app.begin().await?;
    store::publication::import::insert(&tx, &import, by).await?;
    tx.commit().await?;
    Ok(id)
}

/// Creates an example of each content. An import is taken once.
pub async fn take(
    app: &App,
    id: ExampleImportId,
    contents: Vec<Content>,
    taken: TakenAs,
    by: AccountId,
) -> Result<usize, Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let import = store::publication::import::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    if import.taken_at.is_some() {
        return Err(Problem::Refused("このファイルは、すでに取り込みました。".to_owned()));
    }
    let first = store::publication::next_number(&tx, PublicationKind::Example).await?;
    let count = contents.len();
    for (number, content) in (first..).zip(contents) {
        if !matches!(content.facts, Facts::Example(_)) {
            return Err(Problem::NotFound);
        }
        let draft = Publication::draft(PublicationId(Uuid::now_v7()), number, content);
        store::publication::save(&tx, &draft, RevisionAct::Imported, Some(by), now).await?;
        store::publication::import::add_entry(&tx, id, draft.id).await?;
        if taken == TakenAs::Published {
            let period = Period::new(now, None).map_err(|err| Problem::Internal(err.into()))?;
            let public = draft.publish(period);
            store::publication::save(&tx, &public, RevisionAct::Published, Some(by), now).await?;
            set_links(&tx, public.id, &links(&public)).await?;
        }
    }
    store::publication::import::mark_taken(&tx, id, now).await?;
    tx.commit().await?;
    Ok(count)
}

/// Undoes a whole import: drafts disappear, public examples end. What an editor has changed since stays.
pub async fn undo(app: &App, id: ExampleImportId, by: AccountId) -> Result<UndoneImport, Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let import = store::publication::import::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    if import.taken_at.is_none() || import.undone_at.is_some() {
        return Err(Problem::Refused(
            "この取込みは、取り消せません。最新の内容を確認してください。".to_owned(),
        ));
    }
    let mut undone = UndoneImport::default();
    for entry in store::publication::import::entries(&tx, id).await? {
        undo_one(app, &tx, entry, by, &mut undone).await?;
    }
    store::publication::import::mark_undone(&tx, id, now).await?;
    tx.commit().await?;
    Ok(undone)
}

async fn undo_one(
    app: &App,
    tx: &DatabaseTransaction,
    id: PublicationId,
    by: AccountId,
    undone: &mut UndoneImport,
) -> Result<(), Problem> {
    let Some(it) = store::publication::lock(tx, id).await? else { return Ok(()) };
    match (it.state, it.revision) {
        (PublicationState::Draft, 1) => {
            store::publication::import::delete_draft(tx, id).await?;
            undone.deleted += 1;
        }
        (PublicationState::Published(_), 2) => {
            let now = app.clock.now();
            let ended = it.archive(now)?;
            store::publication::save(tx, &ended, RevisionAct::Archived, Some(by), now).await?;
            set_links(tx, id, &[]).await?;
            undone.ended += 1;
        }
        (PublicationState::Draft | PublicationState::Published(_) | PublicationState::Archived(_), _) => {
            undone.left += 1;
        }
    }
    Ok(())
}
