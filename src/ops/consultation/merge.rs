//! Two cases about one request that a coordinator makes one, and the undoing of that.
use domain::{
    actor::Actor,
    consultation::{MergedCase, check_merge},
    id::{AccountId, ConsultationId},
    text::TextLine,
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{
    app::App,
    ops::case::{context::Context, transaction::CaseTransaction},
    problem::Problem,
    store::{
        self,
        consultation::{
            Record,
            case_merge::{CaseChange, CaseMarks, CaseMerge, CaseValue},
        },
    },
};

/// A case with the version at which a coordinator saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenCase {
    pub id: ConsultationId,
    pub version: i32,
}

/// Merges a case into another. The absorbed one keeps its state and its rows; its thread is shown with the kept one's,
/// and everything that is addressed to it reaches the kept one. `taken` names the values of which the kept case takes
/// over the absorbed one's version.
pub async fn merge(
    app: &App,
    kept: SeenCase,
    absorbed: SeenCase,
    taken: &[CaseValue],
    reason: &TextLine,
    by: AccountId,
) -> Result<(), Problem> {
    // Each unit of work has one. Within the transaction there may be no further connection to read it.
    let (context, other_context) = (Context::of(app).await?, Context::of(app).await?);
    let now = context.now;
    let tx = app.begin().await?;
    let both = [kept.id, absorbed.id];
    let [kept_record, record] =
        store::consultation::case_merge::lock_both(&tx, both).await?.ok_or(Problem::NotFound)?;
    if kept.id != absorbed.id && (kept_record.version, record.version) != (kept.version, absorbed.version) {
        return Err(Problem::Stale);
    }
    check(&tx, &kept_record, &record).await?;
    let before = values(&tx, kept.id).await?;
    let theirs = values(&tx, absorbed.id).await?;
    let marks = CaseMarks::of(&record);
    let kept_after = joined(&CaseMarks::of(&kept_record), &marks);
    let change = CaseChange {
        kept: [CaseMarks::of(&kept_record), kept_after.clone()],
        values: before.taking(&theirs, taken),
        absorbed: marks,
    };
    let (number, kept_number) = (record.number, kept_record.number);
    let merge = CaseMerge {
        id: Uuid::now_v7(),
        kept: kept.id,
        absorbed: absorbed.id,
        merged_at: now,
        reason: reason.as_str().to_owned(),
        change,
    };

    let mut work = CaseTransaction::with(app, context, tx, record).await?;
    CaseMarks { last_inbound_at: work.record.last_inbound_at, ..CaseMarks::default() }
        .restore(&mut work.record);
    work.record.consultation.merged_into = Some(kept.id);
    work.note(Actor::Coordinator(by), format!("{kept_number}に統合しました（{}）", merge.reason));
    let (tx, _) = work.flush().await?;

    store::consultation::case_merge::write_values(&tx, kept.id, &merge.change.values[1]).await?;
    let mut kept_record = store::consultation::find(&tx, kept.id).await?.ok_or(Problem::NotFound)?;
    kept_after.restore(&mut kept_record);
    let mut work = CaseTransaction::with(app, other_context, tx, kept_record).await?;
    store::consultation::case_merge::insert(&work.tx, &merge, by).await?;
    let note = format!("{number}をこの案件に統合しました（{}）{}", merge.reason, taken_over(taken));
    work.note(Actor::Coordinator(by), note);
    work.commit().await?;
    Ok(())
}

/// Returns which values are those of the absorbed case; empty if none is.
fn taken_over(taken: &[CaseValue]) -> String {
    let labels: Vec<_> = taken.iter().map(|it| it.label()).collect();
    if labels.is_empty() {
        String::new()
    } else {
        format!("。統合した案件の内容にしたもの：{}", labels.join("、"))
    }
}

/// Undoes a merge: both cases have their clocks and values as before it. Refused if a value that was taken over has been
/// changed since. Messages that reached the kept case stay with it.
pub async fn undo(app: &App, id: Uuid, by: AccountId) -> Result<(), Problem> {
    // Each unit of work has one. Within the transaction there may be no further connection to read it.
    let (context, other_context) = (Context::of(app).await?, Context::of(app).await?);
    let now = context.now;
    let tx = app.begin().await?;
    let merge = store::consultation::case_merge::lock_merge(&tx, id).await?.ok_or(Problem::Stale)?;
    let both = [merge.kept, merge.absorbed];
    let [kept, absorbed] =
        store::consultation::case_merge::lock_both(&tx, both).await?.ok_or(Problem::NotFound)?;
    let [before, after] = &merge.change.values;
    let changed = values(&tx, merge.kept).await?.differing(after);
    if !changed.is_empty() {
        let labels: Vec<_> = changed.into_iter().map(CaseValue::label).collect();
        let sentence = format!(
            "統合のあとに、{}の{}が変更されています。統合したときの内容に戻してから、取り消してください。",
            kept.number,
            labels.join("、")
        );
        return Err(Problem::Refused(sentence));
    }
    let (number, kept_number) = (absorbed.number, kept.number);
    let mut work = CaseTransaction::with(app, context, tx, absorbed).await?;
    merge.change.absorbed.clone().restore(&mut work.record);
    work.record.consultation.merged_into = None;
    work.note(Actor::Coordinator(by), format!("{kept_number}への統合を取り消しました"));
    let (tx, _) = work.flush().await?;

    store::consultation::case_merge::write_values(&tx, merge.kept, before).await?;
    let mut kept = store::consultation::find(&tx, merge.kept).await?.ok_or(Problem::NotFound)?;
    // A clock that has moved on since is the kept case's own.
    if CaseMarks::of(&kept) == merge.change.kept[1] {
        merge.change.kept[0].clone().restore(&mut kept);
    }
    let mut work = CaseTransaction::with(app, other_context, tx, kept).await?;
    store::consultation::case_merge::set_undone(&work.tx, id, by, now).await?;
    work.note(Actor::Coordinator(by), format!("{number}の統合を取り消しました"));
    work.commit().await?;
    Ok(())
}

/// Checks that the rules allow the merge.
async fn check(tx: &DatabaseTransaction, kept: &Record, absorbed: &Record) -> Result<(), Problem> {
    let live = async |it: &Record| -> Result<bool, Problem> {
        let id = it.consultation.id;
        let asked = store::routing::assignment::of(tx, id).await?;
        let times = store::booking::appointment::of(tx, id).await?;
        Ok(asked.iter().any(|it| it.is_live()) || times.iter().any(|it| it.is_live()))
    };
    let (kept_live, absorbed_live) = (live(kept).await?, live(absorbed).await?);
    let has_absorbed = store::consultation::case_merge::has_absorbed(tx, absorbed.consultation.id).await?;
    check_merge(&facts(kept, kept_live, false), &facts(absorbed, absorbed_live, has_absorbed))
        .map_err(|err| Problem::Refused(err.to_string()))
}

const fn facts(it: &Record, is_live: bool, has_absorbed: bool) -> MergedCase<'_> {
    MergedCase {
        number: it.number,
        is_live,
        appointments_done: it.appointments_done,
        has_absorbed,
        consultation: &it.consultation,
    }
}

/// Returns the marks of the kept case, with what waits in the absorbed one: its earlier response and its wish for help.
fn joined(kept: &CaseMarks, absorbed: &CaseMarks) -> CaseMarks {
    let earlier = |a: Option<_>, b: Option<_>| a.into_iter().chain(b).min();
    let response = [kept.response, absorbed.response].into_iter().flatten().min_by_key(|it| it.1);
    CaseMarks {
        due: kept.due.clone(),
        wants_help_since: earlier(kept.wants_help_since, absorbed.wants_help_since),
        response,
        last_inbound_at: kept.last_inbound_at.max(absorbed.last_inbound_at),
        // What waits in the absorbed case has not been put aside.
        snoozed_until: kept.snoozed_until.filter(|_| absorbed.response.is_none()),
    }
}

async fn values(
    tx: &DatabaseTransaction,
    id: ConsultationId,
) -> Result<store::consultation::case_merge::CaseValues, Problem> {
    store::consultation::case_merge::values(tx, id).await?.ok_or(Problem::NotFound)
}
