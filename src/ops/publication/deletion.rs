//! Deleting drafts that the public has never read.
use codes::EditorAct;
use domain::{
    id::AccountId,
    publication::{Publication, PublicationState, RevisionAct},
};
use sea_orm::ConnectionTrait;

use super::Seen;
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        audit::editor_act::{self, ActSubject},
    },
};

const NO_DRAFT: &str =
    "公開したことのあるものは、削除できません。公開を終えると、ページにその旨を表示します。";
const HAS_CONSENT: &str =
    "企業に協力をお願いしている事例は、ここでは削除できません。お願いが終わると、自動で削除します。";

/// Refuses to delete a publication that was published once, even for a later time, or whose company was asked for its
/// consent.
pub async fn check(db: &impl ConnectionTrait, it: &Publication) -> Result<(), Problem> {
    let refuse = |why: &str| Err(Problem::Refused(why.to_owned()));
    if it.state != PublicationState::Draft {
        return refuse(NO_DRAFT);
    }
    let acts = store::publication::acts(db, it.id).await?;
    if acts.contains(&RevisionAct::Published) {
        return refuse(NO_DRAFT);
    }
    if store::publication::consent::of_example(db, it.id).await?.is_some() {
        return refuse(HAS_CONSENT);
    }
    Ok(())
}

/// Deletes a draft with its revisions, pictures and files, and records who did it.
pub async fn delete(app: &App, seen: Seen, by: AccountId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    let it = store::publication::lock(&tx, seen.id).await?.ok_or(Problem::NotFound)?;
    if it.revision != seen.revision {
        return Err(Problem::Stale);
    }
    check(&tx, &it).await?;
    store::publication::delete_drafts(&tx, &[it.id]).await?;
    let now = app.clock.now();
    store::publication::deleted_draft::insert(&tx, &it, by, now).await?;
    editor_act::insert(&tx, EditorAct::Deleted, ActSubject::of(&it), by, now).await?;
    tx.commit().await?;
    Ok(())
}
