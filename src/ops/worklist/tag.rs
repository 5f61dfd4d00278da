//! Tags: words by which the center groups cases.
use domain::{
    actor::Actor,
    id::{AccountId, ConsultationId},
    worklist::{MOST_TAGS, Tag},
};

use crate::{
    app::App,
    ops::case::{
        save::{Save, Target},
        transaction::CaseTransaction,
    },
    problem::Problem,
    store,
};

/// Adds tags to a case. Tags that it has already are left out.
pub async fn add(app: &App, id: ConsultationId, tags: &[Tag], by: AccountId) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    let mut added = Vec::new();
    for tag in tags {
        if work.save(AddedTag(id, tag)).await? {
            added.push(tag.as_str());
        }
    }
    if added.is_empty() {
        return Ok(());
    }
    if store::worklist::tag::of(work.read(), id).await?.len() > MOST_TAGS {
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
    if !work.save(RemovedTag(id, tag)).await? {
        return Ok(());
    }
    work.note(Actor::Coordinator(by), format!("タグを外しました：{tag}"));
    work.commit().await?;
    Ok(())
}

/// A tag that is added to a case; the answer is false if the case has it already.
struct AddedTag<'a>(ConsultationId, &'a Tag);

impl Save<bool> for AddedTag<'_> {
    async fn save(self, to: Target<'_>) -> Result<bool, Problem> {
        Ok(store::worklist::tag::add(to.tx, self.0, self.1).await?)
    }
}

/// A tag that is removed from a case; the answer is false if the case does not have it.
struct RemovedTag<'a>(ConsultationId, &'a str);

impl Save<bool> for RemovedTag<'_> {
    async fn save(self, to: Target<'_>) -> Result<bool, Problem> {
        Ok(store::worklist::tag::remove(to.tx, self.0, self.1).await?)
    }
}
