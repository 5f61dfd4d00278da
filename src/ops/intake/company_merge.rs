//! Two companies that a coordinator recognises as one, and the undoing of that.
use domain::{
    actor::Actor,
    id::{AccountId, CompanyId},
    text::TextLine,
};
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        intake::company_merge::{Company, CompanyChange, CompanyMerge, CompanyValues},
        reference::revision::RevisedPart,
    },
};

/// The version of a value that a merge keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeptSide {
    #[default]
    Kept,
    Absorbed,
}

/// The version of the company's name that a merge keeps. Every corporate number stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompanyChoice {
    pub name: KeptSide,
}

/// Merges a company into another: its consultations, its number and everything that comes under its number later belong
/// to the kept one. The history of every consultation of both says so.
pub async fn merge(
    app: &App,
    kept: CompanyId,
    absorbed: CompanyId,
    choice: CompanyChoice,
    reason: &TextLine,
    by: AccountId,
) -> Result<(), Problem> {
    if kept == absorbed {
        return Err(refused("すでに同じ企業です。"));
    }
    let now = app.clock.now();
    let tx = app.begin().await?;
    // Cases are locked before their companies, as everywhere. One that has come meanwhile is locked with the others below.
    store::intake::company_merge::lock_cases(&tx, &[kept, absorbed]).await?;
    let both = store::intake::company_merge::lock(&tx, &[kept, absorbed]).await?;
    let of = |id| both.iter().find(|it| it.id == id).ok_or(Problem::NotFound);
    let (kept, absorbed) = (of(kept)?, of(absorbed)?);
    if kept.merged_into.is_some() || absorbed.merged_into.is_some() {
        return Err(Problem::Stale);
    }
    let merge = CompanyMerge {
        id: Uuid::now_v7(),
        kept: kept.id,
        absorbed: absorbed.id,
        merged_at: now,
        reason: reason.as_str().to_owned(),
        change: change(kept, absorbed, choice),
    };
    let cases = store::intake::company_merge::lock_cases(&tx, &[kept.id, absorbed.id]).await?;
    store::intake::company_merge::insert(&tx, &merge, by).await?;
    let note = format!(
        "企業「{}」を「{}」に統合しました（{}）",
        described(&merge.change.absorbed),
        described(&merge.change.kept[1]),
        merge.reason
    );
    store::audit::event::append_note(&tx, &cases, Actor::Coordinator(by), &note, now).await?;
    // Conflicts of interest with the absorbed company are conflicts with the kept one.
    store::reference::revision::touch(&tx, RevisedPart::Experts).await?;
    tx.commit().await?;
    Ok(())
}

/// Undoes a merge: both companies have their consultations and values as before. Refused if something has been built on
/// the merge since.
pub async fn undo(app: &App, id: Uuid, by: AccountId) -> Result<(), Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let merge = store::intake::company_merge::lock_merge(&tx, id).await?;
    let merge = merge.ok_or_else(|| Problem::Refused("この統合は、すでに取り消されています。".to_owned()))?;
    store::intake::company_merge::lock_cases(&tx, &[merge.kept]).await?;
    let both = store::intake::company_merge::lock(&tx, &[merge.kept, merge.absorbed]).await?;
    let kept = both.iter().find(|it| it.id == merge.kept).ok_or(Problem::NotFound)?;
    if let Some(into) = kept.merged_into {
        let into = store::intake::company_merge::find(&tx, into).await?.ok_or(Problem::NotFound)?;
        let sentence = format!(
            "統合先の企業は、そのあと「{}」に統合されています。先にその統合を取り消してください。",
            described(&into.values)
        );
        return Err(Problem::Refused(sentence));
    }
    let [before, after] = &merge.change.kept;
    if before.name != after.name && kept.values.name != after.name {
        let sentence = format!(
            "統合のあとに、企業の名称が「{}」に変わっています。あとから行った統合を先に取り消すか、統合したときの「{}」に戻してから、取り消してください。",
            described(&kept.values),
            described(after)
        );
        return Err(Problem::Refused(sentence));
    }
    let cases = store::intake::company_merge::lock_cases(&tx, &[merge.kept]).await?;
    store::intake::company_merge::undo(&tx, &merge, by, now).await?;
    let note = format!(
        "企業「{}」の「{}」への統合を取り消しました",
        described(&merge.change.absorbed),
        described(&merge.change.kept[1])
    );
    store::audit::event::append_note(&tx, &cases, Actor::Coordinator(by), &note, now).await?;
    store::reference::revision::touch(&tx, RevisedPart::Experts).await?;
    tx.commit().await?;
    Ok(())
}

/// Returns the values of both companies before and after. Each keeps its number, which leads to the one that is left.
fn change(kept: &Company, absorbed: &Company, choice: CompanyChoice) -> CompanyChange {
    let (before, other) = (&kept.values, &absorbed.values);
    let name = match choice.name {
        KeptSide::Kept => &before.name,
        KeptSide::Absorbed => &other.name,
    };
    let after = CompanyValues { name: name.clone(), ..before.clone() };
    CompanyChange { kept: [before.clone(), after], absorbed: other.clone() }
}

/// Returns a company as the history names it.
pub fn described(it: &CompanyValues) -> String {
    match &it.corporate_number {
        Some(number) => format!("{}（法人番号 {number}）", it.name),
        None => it.name.clone(),
    }
}

fn refused(sentence: &str) -> Problem {
    Problem::Refused(sentence.to_owned())
}
