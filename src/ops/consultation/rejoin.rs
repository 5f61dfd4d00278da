//! The undoing of a split: the case that was split off goes back into the first one, which is as it was before.
use chrono::{DateTime, Utc};
use domain::{
    actor::Party, consultation::State, id::AccountId, number::CaseNumber, routing::assignment::Assignment,
    text::TextLine,
};
use sea_orm::ConnectionTrait;

use super::merge::{MergeChoice, SeenCase, SplitChange, merge};
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        consultation::{
            Record,
            correction::SavedCorrection,
            split::{left_with, split_at},
        },
        correspondence::message::{Audience, ThreadEntry},
    },
};

/// Undoes a split of which `one` and `other` are the two cases, in either order. Refused, with everything that stands in the
/// way, once anything was built on it.
pub async fn rejoin(
    app: &App,
    one: CaseNumber,
    other: CaseNumber,
    by: AccountId,
) -> Result<CaseNumber, Problem> {
    let (first, new, at) = parts(&app.db, one, other).await?.ok_or_else(|| {
        Problem::Refused(format!("{one}と{other}は、1つの案件を分けたものではありません。"))
    })?;
    let change = change_of(app, &first, &new, at).await?;
    let seen = |it: &Record| SeenCase { id: it.consultation.id, version: it.version };
    let reason = TextLine::parse("理由", "分けたことの取消し", 100).map_err(anyhow::Error::from)?;
    let choice = MergeChoice { taken: &[], reason: &reason, releases: false, split: Some(&change) };
    merge(app, seen(&first), seen(&new), choice, by).await?;
    Ok(first.number)
}

/// Returns the first case, the one that was split from it, and when; `None` if neither was split from the other.
pub async fn parts(
    db: &impl ConnectionTrait,
    one: CaseNumber,
    other: CaseNumber,
) -> Result<Option<(Record, Record, DateTime<Utc>)>, Problem> {
    let find = async |number| store::consultation::by_number(db, number).await;
    let (Some(one), Some(other)) = (find(one).await?, find(other).await?) else { return Ok(None) };
    for (first, new) in [(&one, &other), (&other, &one)] {
        if let Some(at) = split_at(db, new.consultation.id, first.number).await? {
            return Ok(Some((first.clone(), new.clone(), at)));
        }
    }
    Ok(None)
}

/// Returns what the split changed in the first case. Refused if anything was built on it.
async fn change_of(
    app: &App,
    first: &Record,
    new: &Record,
    at: DateTime<Utc>,
) -> Result<SplitChange, Problem> {
    let db = &app.db;
    let (id, number) = (new.consultation.id, new.number);
    let thread = store::correspondence::message::of(db, id, Audience::Center).await?;
    let left = left_with(db, first.consultation.id, number).await?;
    let mut found = Vec::new();
    if new.consultation.merged_into.is_some() {
        found.push(format!("{number}は、すでにほかの案件に統合されています。"));
    }
    if !matches!(new.consultation.state, State::Received | State::Checking)
        || !store::routing::assignment::of(db, id).await?.is_empty()
    {
        found.push(format!("{number}は、すでに専門家への依頼、企業への質問または終了に進んでいます。"));
    }
    let written = |it: &&ThreadEntry| it.at >= at && it.author != Party::System && !it.automatic;
    if thread.iter().any(|it| written(&it)) {
        found.push(format!("分けたあとに、{number}でメッセージのやり取りがあります。"));
    }
    let corrected = store::consultation::correction::of(db, id).await?;
    if !corrected.is_empty() {
        found.push(format!("分けたあとに、{number}の{}が訂正されています。", labels(&corrected)));
    }
    found.extend(built_on_first(db, first, &left).await?);
    if found.is_empty() {
        let moved = thread.iter().filter(|it| it.at < at).map(|it| it.id).collect();
        return Ok(SplitChange { corrections: left.iter().map(|it| it.seq).collect(), messages: moved });
    }
    let other_way = format!("1つの案件として進めるときは、{number}を{}に統合してください。", first.number);
    Err(Problem::Refused(found.concat() + &other_way))
}

/// Returns what stands in the way in the first case, from which `left` was taken out.
async fn built_on_first(
    db: &impl ConnectionTrait,
    first: &Record,
    left: &[SavedCorrection],
) -> Result<Vec<String>, Problem> {
    let number = first.number;
    let mut found = Vec::new();
    if !first.consultation.state.is_open() {
        found.push(format!("{number}は終了しています。"));
    }
    if left.is_empty() {
        return Ok(found);
    }
    let values = store::consultation::correction::values(db, first.consultation.id).await?;
    let values = values.ok_or(Problem::NotFound)?;
    let changed: Vec<_> =
        left.iter().filter(|it| it.new.as_deref() != Some(values.get(it.field))).cloned().collect();
    if !changed.is_empty() {
        found.push(format!("分けたあとに、{number}の{}が訂正されています。", labels(&changed)));
    }
    let is_asked = store::routing::assignment::of(db, first.consultation.id).await?;
    if is_asked.iter().any(Assignment::is_live) {
        found.push(format!(
            "{number}は、残した分野（{}）だけで専門家に依頼しています。",
            first.consultation.fields.label()
        ));
    }
    Ok(found)
}

fn labels(all: &[SavedCorrection]) -> String {
    let mut labels: Vec<_> = all.iter().map(|it| it.field.label()).collect();
    labels.dedup();
    labels.join("、")
}
