//! Reply templates: texts that coordinators begin their messages from.
use domain::{
    id::{AccountId, ReplyTemplateId},
    text::{Prose, TextLine},
};
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::{self, correspondence::reply_template::ReplyTemplate},
};

/// Creates a template, or replaces the one with this `id`. Returns `None` if another template has the name.
pub async fn save(
    app: &App,
    id: Option<ReplyTemplateId>,
    name: &TextLine,
    body: &Prose,
    by: AccountId,
) -> Result<Option<()>, Problem> {
    let tx = app.begin().await?;
    let all = store::correspondence::reply_template::all(&tx).await?;
    if id.is_some_and(|id| all.iter().all(|it| it.id != id)) {
        return Err(Problem::NotFound);
    }
    if all.iter().any(|it| it.name == name.as_str() && Some(it.id) != id) {
        return Ok(None);
    }
    let id = id.unwrap_or_else(|| ReplyTemplateId(Uuid::now_v7()));
    let template = ReplyTemplate { id, name: name.as_str().to_owned(), body: body.as_str().to_owned() };
    store::correspondence::reply_template::save(&tx, &template, by, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Some(()))
}

/// Removes a template; succeeds if it is gone already.
pub async fn remove(app: &App, id: ReplyTemplateId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::correspondence::reply_template::remove(&tx, id).await?;
    tx.commit().await?;
    Ok(())
}
