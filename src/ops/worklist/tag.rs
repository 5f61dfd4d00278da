//! Tags: words by which the center groups cases.
use domain::{
    actor::Actor,
    id::{AccountId, ConsultationId},
    worklist::{MOST_TAGS, Tag},
};

use crate::{app::App, ops::case::transaction::CaseTransaction, problem::Problem, store};

/// Adds tags to a case. Tags that it has already are left out.
pub async fn add(app: &App, id: ConsultationId, tags: &[Tag], by: AccountId) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    let mut added = Vec::new();
    for tag in tags {
        if store::worklist::tag::add(&work.tx, id, tag).await? {
            added.push(tag.as_str());
        }
    }
    if added.is_empty() {
        return Ok(());
    }
    if store::worklist::tag::of(&work.tx, id).await?.len() > MOST_TAGS {
        let sentence = format!("タグは1つの案件に{MOST_TAGS}個までです。使わないタグを外してください。");
        return Err(Problem::Refused(sentence));
    }
    work.note(Actor::Coordinator(by), format!("タグを付けました：{}", added.join("、")));
    work.commit().await?;
    Ok(())
}

/// Removes a tag from a case. Does nothing if the case does not have it.
pub async fn remove(app: &App, id: ConsultationId, tag: &str, by: AccountId) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    if !store::worklist::tag::remove(&work.tx, id, tag).await? {
        return Ok(());
    }
    work.note(Actor::Coordinator(by), format!("タグを外しました：{tag}"));
    work.commit().await?;
    Ok(())
}
