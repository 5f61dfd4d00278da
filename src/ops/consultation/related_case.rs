//! Cases that a coordinator marks as belonging together, without merging them.
use domain::{
    actor::Actor,
    id::{AccountId, ConsultationId},
    text::TextLine,
};

use crate::{
    app::App,
    ops::case::{context::Context, transaction::CaseTransaction},
    problem::Problem,
    store,
};

/// Relates two cases. The history of both says so. Does nothing if they are related already.
pub async fn relate(
    app: &App,
    id: ConsultationId,
    other: ConsultationId,
    note: Option<&TextLine>,
    by: AccountId,
) -> Result<(), Problem> {
    if id == other {
        return Err(Problem::Refused("同じ案件です。ほかの案件の受付番号を入力してください。".to_owned()));
    }
    change(app, id, other, Some(note.map(TextLine::as_str).unwrap_or_default()), by).await
}

/// Ends the relation of two cases.
pub async fn separate(
    app: &App,
    id: ConsultationId,
    other: ConsultationId,
    by: AccountId,
) -> Result<(), Problem> {
    change(app, id, other, None, by).await
}

/// Relates two cases with a note, or with `None` ends their relation.
async fn change(
    app: &App,
    id: ConsultationId,
    other: ConsultationId,
    note: Option<&str>,
    by: AccountId,
) -> Result<(), Problem> {
    let contexts = [Context::of(app).await?, Context::of(app).await?];
    let tx = app.begin().await?;
    let both = store::consultation::case_merge::lock_both(&tx, [id, other]).await?;
    let both = both.ok_or(Problem::NotFound)?;
    if both.iter().any(|it| it.consultation.merged_into.is_some()) {
        return Err(Problem::Stale);
    }
    let changed = match note {
        Some(note) => {
            let now = contexts[0].now;
            store::consultation::related_case::insert(&tx, [id, other], note, by, now).await?
        }
        None => store::consultation::related_case::remove(&tx, [id, other]).await?,
    };
    if !changed {
        return Ok(());
    }
    let done = if note.is_some() {
        "を関連する案件にしました"
    } else {
        "との関連を外しました"
    };
    let numbers = [both[1].number, both[0].number];
    let mut tx = tx;
    for ((record, context), number) in both.into_iter().zip(contexts).zip(numbers) {
        let mut work = Box::pin(CaseTransaction::with(app, context, tx, record)).await?;
        work.keep_clock();
        work.note(Actor::Coordinator(by), format!("{number}{done}"));
        tx = work.flush().await?.0;
    }
    tx.commit().await?;
    Ok(())
}
