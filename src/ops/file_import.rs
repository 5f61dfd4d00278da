//! Files that people import: kept until a person has seen what they contain, taken once, and undone as a whole. What
//! becomes of their rows is decided by the room of the rows.
use codes::{EditorAct, ImportKind, PublicationKind};
use domain::id::{AccountId, FileImportId, PublicationId};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        audit::editor_act::{self, ActSubject},
        file_import::FileImport,
    },
};

const TAKEN: &str = "このファイルは、すでに取り込みました。";
const NOT_TO_UNDO: &str = "この取込みは、取り消せません。最新の内容を確認してください。";

/// A file that a person has chosen.
#[derive(Clone, Debug)]
pub struct ChosenFile {
    pub kind: ImportKind,
    /// The telework month of the registrations; `None` for any other kind.
    pub campaign: Option<PublicationId>,
    pub name: String,
    pub content: String,
}

/// Keeps the text of a file until it is taken.
pub async fn keep(app: &App, file: ChosenFile, by: AccountId) -> Result<FileImportId, Problem> {
    let (id, now) = (FileImportId(Uuid::now_v7()), app.clock.now());
    let mut subject = file.kind.publication().map(ActSubject::file);
    let import = FileImport {
        id,
        kind: file.kind,
        campaign: file.campaign,
        file_name: file.name,
        content: file.content,
        created_by: by,
        created_at: now,
        taken_at: None,
        undone_at: None,
    };
    let tx = app.begin().await?;
    if let Some(campaign) = file.campaign {
        let month = store::campaign::find(&tx, campaign).await?.ok_or(Problem::NotFound)?;
        subject = Some(ActSubject::one(PublicationKind::Campaign, month.year));
    }
    store::file_import::insert(&tx, &import).await?;
    // Files of desks and figures are the administrator's.
    if let Some(subject) = subject {
        editor_act::insert(&tx, EditorAct::ImportKept, subject, by, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Locks a file that is about to be taken. Refused if it was taken already.
pub(in crate::ops) async fn lock_to_take(
    tx: &DatabaseTransaction,
    kind: ImportKind,
    id: FileImportId,
) -> Result<(), Problem> {
    let import = store::file_import::lock(tx, kind, id).await?.ok_or(Problem::NotFound)?;
    match import.taken_at {
        Some(_) => Err(Problem::Refused(TAKEN.to_owned())),
        None => Ok(()),
    }
}

/// Locks a file whose rows are about to be taken back. Refused if they were not taken, or were taken back already.
pub(in crate::ops) async fn lock_to_undo(
    tx: &DatabaseTransaction,
    kind: ImportKind,
    id: FileImportId,
) -> Result<(), Problem> {
    let import = store::file_import::lock(tx, kind, id).await?.ok_or(Problem::NotFound)?;
    if import.taken_at.is_none() || import.undone_at.is_some() {
        return Err(Problem::Refused(NOT_TO_UNDO.to_owned()));
    }
    Ok(())
}
