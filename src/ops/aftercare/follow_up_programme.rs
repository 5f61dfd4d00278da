//! The follow-up programme: previews a new version, and puts it into force together with everything that is planned.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    aftercare::follow_up::{FollowUp, FollowUpState, FollowUpStep, MOST_STEPS, PlanChange, replan},
    calendar::{at_japan, japan_date},
    consultation::State,
    id::{AccountId, FollowUpId},
    number::{CaseNumber, FiscalYear},
    wording::long_date,
};
use uuid::Uuid;

use crate::{
    app::App,
    ops::case::{
        context::Context,
        save::{DroppedFollowUp, NewFollowUps, ReplannedFollowUp},
        transaction::CaseTransaction,
    },
    problem::Problem,
    store::{self, reference::programme::Programme},
};

/// The changes that a programme would make to one consultation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replanned {
    pub number: CaseNumber,
    pub company_name: String,
    pub changes: Vec<PlanChange>,
}

/// Returns the changes that putting these steps into force would make now. Changes nothing.
pub async fn preview(app: &App, year: FiscalYear, steps: &[FollowUpStep]) -> Result<Vec<Replanned>, Problem> {
    let context = Context::of(app).await?;
    let (from, to) = approved_within(&context.programme, year);
    let mut replanned = Vec::new();
    for (id, round) in store::aftercare::follow_up::current(&app.db, from, to).await? {
        let changes = changes(&round, steps, &context);
        if changes.is_empty() {
            continue;
        }
        let record = store::consultation::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
        replanned.push(Replanned { number: record.number, company_name: record.company_name, changes });
    }
    replanned.sort_by_key(|it| it.number);
    Ok(replanned)
}

/// Puts the steps into force as the version after `seen`, and replans the questions that are planned and not sent.
/// Returns how many questions changed; `Stale` if another version has been saved since `seen`.
pub async fn take(
    app: &App,
    year: FiscalYear,
    seen: i32,
    steps: &[FollowUpStep],
    by: AccountId,
) -> Result<usize, Problem> {
    check(steps)?;
    let context = Context::of(app).await?;
    let (from, to) = approved_within(&context.programme, year);
    let mut tx = app.begin().await?;
    if !store::aftercare::follow_up_programme::save(&tx, year, seen, steps, by, context.now).await? {
        return Err(Problem::Stale);
    }
    let mut count = 0;
    for id in store::aftercare::follow_up::current(&tx, from, to).await?.into_keys() {
        let record = store::consultation::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
        // Read again under the lock: a question may have been sent in between.
        let appointments = record.appointments_done;
        let all = store::aftercare::follow_up::of(&tx, id).await?;
        let round: Vec<_> = all.into_iter().filter(|it| i32::from(it.round) == appointments).collect();
        let changes = changes(&round, steps, &context);
        if changes.is_empty() || record.consultation.state != State::FollowUp {
            continue;
        }
        count += changes.len();
        let mut work = CaseTransaction::with(app, context.clone(), tx, record).await?;
        apply(&mut work, &round, changes).await?;
        super::follow_up::complete_if_over(&mut work).await?;
        (tx, _) = work.flush().await?;
    }
    tx.commit().await?;
    Ok(count)
}

/// Refuses a programme that cannot be saved.
fn check(steps: &[FollowUpStep]) -> Result<(), Problem> {
    let ids: std::collections::BTreeSet<_> = steps.iter().map(|it| &it.id).collect();
    let sound = steps.iter().all(|it| it.check().is_empty()) && ids.len() == steps.len();
    if !sound || steps.is_empty() || steps.len() > MOST_STEPS {
        return Err(Problem::Refused(format!(
            "フォローアップの質問は、1件から{MOST_STEPS}件まで登録できます。内容を確認してください。"
        )));
    }
    Ok(())
}

async fn apply(
    work: &mut CaseTransaction<'_>,
    round: &[FollowUp],
    changes: Vec<PlanChange>,
) -> Result<(), Problem> {
    let Some(first) = round.first() else { return Ok(()) };
    for change in changes {
        let day = |at: &DateTime<Utc>| long_date(japan_date(*at));
        let changed = match &change {
            PlanChange::Add { step, due_at } => format!("{}を追加（{}）", step.label, day(due_at)),
            PlanChange::Move { step, from, due_at, .. } => {
                format!("{}を変更（{}から{}へ）", step.label, day(from), day(due_at))
            }
            PlanChange::Reword { step, .. } => format!("{}の内容を変更", step.label),
            PlanChange::Drop { label, from, .. } => format!("{label}を取りやめ（{}の予定）", day(from)),
        };
        match change {
            PlanChange::Add { step, due_at } => {
                let added = FollowUp {
                    id: FollowUpId(Uuid::now_v7()),
                    kind: step.kind,
                    state: FollowUpState::Planned,
                    due_at,
                    step,
                    ..first.clone()
                };
                work.save(NewFollowUps(&[added])).await?;
            }
            PlanChange::Move { id, step, due_at, .. } | PlanChange::Reword { id, step, due_at } => {
                work.save(ReplannedFollowUp(id, &step, due_at)).await?;
            }
            PlanChange::Drop { id, .. } => work.save(DroppedFollowUp(id)).await?,
        }
        work.note(Actor::System, format!("フォローアップの予定が変わりました：{changed}"));
    }
    Ok(())
}

/// Returns the changes to one round. A round without `anchors` stays as it is: it was planned before they were kept.
fn changes(round: &[FollowUp], steps: &[FollowUpStep], context: &Context) -> Vec<PlanChange> {
    let Some(anchors) = round.iter().find_map(|it| it.anchors) else { return Vec::new() };
    replan(round, steps, anchors, &context.settings, &context.calendar, context.now)
}

/// Returns the period in which an approval starts the questions of a year's programme: from the year's first day up to,
/// and without, the first day of the next year that has its own programme.
fn approved_within(programme: &Programme, year: FiscalYear) -> (DateTime<Utc>, DateTime<Utc>) {
    let end = match programme.next_follow_up_year(year) {
        Some(next) => at_japan(next.first_day(), 0, 0),
        None => at_japan(FiscalYear::LAST.last_day(), 24, 0),
    };
    (at_japan(year.first_day(), 0, 0), end)
}
