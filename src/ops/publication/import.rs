//! Importing news, entries of the guide and examples from a file: taken as a whole, and undone as a whole.
use codes::{EditorAct, ImportKind};
use domain::{
    id::{AccountId, FileImportId, PublicationId},
    publication::{
        Content, Facts, Period, Publication, PublicationKind, PublicationState, RevisionAct,
        guide::GuideFacts,
    },
};
use uuid::Uuid;

use super::links;
use crate::{
    app::App,
    ops::file_import::{lock_to_take, lock_to_undo},
    problem::Problem,
    store::{
        self,
        audit::editor_act::{self, ActSubject},
        file_import,
        publication::{guide, link_check::add_links},
    },
};

/// Whether the publications of an import are published at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenAs {
    Drafts,
    Published,
}

/// One good row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedContent {
    pub content: Content,
    /// The period of publication that the file names; `None` if it begins when the row is published.
    pub period: Option<Period>,
}

/// The outcome of undoing an import, in numbers of publications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UndoneImport {
    /// Drafts that were deleted.
    pub deleted: usize,
    /// Public ones that were ended. Their addresses say so.
    pub ended: usize,
    /// Publications that an editor has changed since. They stay as they are.
    pub left: usize,
}

/// Creates a publication of each content. An import is taken once. A grant that another import has brought since the preview
/// makes the preview stale.
pub async fn take(
    app: &App,
    (kind, id): (PublicationKind, FileImportId),
    rows: Vec<ImportedContent>,
    taken: TakenAs,
    by: AccountId,
) -> Result<usize, Problem> {
    let import_kind = ImportKind::of_publication(kind).ok_or(Problem::NotFound)?;
    if rows.iter().any(|it| it.content.facts.kind() != kind) {
        return Err(Problem::NotFound);
    }
    let (now, count) = (app.clock.now(), rows.len());
    let tx = app.begin().await?;
    lock_to_take(&tx, import_kind, id).await?;
    // Imports of the same kind take turns from here on.
    let first = store::publication::next_number(&tx, kind).await?;
    if kind == PublicationKind::Guide {
        let known = guide::source_keys(&tx).await?;
        if rows.iter().filter_map(|it| source_key(&it.content)).any(|it| known.contains_key(it)) {
            return Err(Problem::Stale);
        }
    }
    let begins_now = Period::new(now, None).map_err(|err| Problem::Internal(err.into()))?;
    let drafts = (first..).zip(rows).map(|(number, row)| {
        let draft = Publication::draft(PublicationId(Uuid::now_v7()), number, row.content);
        (draft, row.period.unwrap_or(begins_now))
    });
    let (drafts, periods): (Vec<_>, Vec<_>) = drafts.unzip();
    store::publication::save_all(&tx, &drafts, RevisionAct::Imported, Some(by), now).await?;
    file_import::add_entries(&tx, id, drafts.iter().map(|it| it.id)).await?;
    if taken == TakenAs::Published {
        let public = drafts.into_iter().zip(periods).map(|(draft, period)| draft.publish(period));
        let public: Vec<_> = public.collect();
        store::publication::save_all(&tx, &public, RevisionAct::Published, Some(by), now).await?;
        add_links(&tx, public.iter().map(|it| (it.id, links(it)))).await?;
    }
    file_import::mark_taken(&tx, id, now).await?;
    let subject = ActSubject::file(kind).with(count);
    editor_act::insert(&tx, EditorAct::ImportTaken, subject, by, now).await?;
    tx.commit().await?;
    Ok(count)
}

/// Undoes a whole import: drafts disappear, public ones end. What an editor has changed since stays.
pub async fn undo(
    app: &App,
    (kind, id): (PublicationKind, FileImportId),
    by: AccountId,
) -> Result<UndoneImport, Problem> {
    let import_kind = ImportKind::of_publication(kind).ok_or(Problem::NotFound)?;
    let now = app.clock.now();
    let tx = app.begin().await?;
    lock_to_undo(&tx, import_kind, id).await?;
    let ids = file_import::entries(&tx, id).await?;
    let (mut drafts, mut ended, mut undone) = (Vec::new(), Vec::new(), UndoneImport::default());
    for it in store::publication::lock_all(&tx, &ids).await? {
        match (&it.state, it.revision) {
            (PublicationState::Draft, 1) => drafts.push(it.id),
            (PublicationState::Published(_), 2) => ended.push(it.archive(now)?),
            (PublicationState::Draft | PublicationState::Published(_) | PublicationState::Archived(_), _) => {
                undone.left += 1;
            }
        }
    }
    (undone.deleted, undone.ended) = (drafts.len(), ended.len());
    store::publication::delete_drafts(&tx, &drafts).await?;
    store::publication::save_all(&tx, &ended, RevisionAct::Archived, Some(by), now).await?;
    let without_links = ended.iter().filter(|it| matches!(it.state, PublicationState::Archived(_)));
    store::publication::link_check::forget_links(&tx, without_links.map(|it| it.id)).await?;
    file_import::mark_undone(&tx, id, now).await?;
    let subject = ActSubject::file(kind).with(undone.deleted + undone.ended);
    editor_act::insert(&tx, EditorAct::ImportUndone, subject, by, now).await?;
    tx.commit().await?;
    Ok(undone)
}

/// Returns the key under which the source of an entry of the guide knows it.
pub fn source_key(content: &Content) -> Option<&str> {
    match &content.facts {
        Facts::Guide(GuideFacts { source: Some(source), .. }) => Some(source.key.as_str()),
        Facts::Guide(_)
        | Facts::News(_)
        | Facts::Example(_)
        | Facts::Gathering(_)
        | Facts::Campaign(_)
        | Facts::Survey(_) => None,
    }
}
