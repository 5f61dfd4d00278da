//! Tasks of the center, each for a case.
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    actor::Actor,
    id::{AccountId, ConsultationId, TaskId},
    text::TextLine,
    wording,
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{
    app::App,
    ops::case::{
        save::{Lock, Save, Target},
        transaction::CaseTransaction,
    },
    problem::Problem,
    store::{self, worklist::task::NewTask},
};

/// Adds a task to a case.
pub async fn add(
    app: &App,
    id: ConsultationId,
    title: &TextLine,
    owner: Option<AccountId>,
    due_on: NaiveDate,
    by: AccountId,
) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    let task = NewTask {
        id: TaskId(Uuid::now_v7()),
        consultation: id,
        title: title.as_str(),
        owner,
        due_on,
        created_by: by,
    };
    work.save(&task).await?;
    let day = wording::month_day_weekday(due_on);
    work.note(Actor::Coordinator(by), format!("作業「{}」を追加しました（{day}まで）", title.as_str()));
    work.commit().await?;
    Ok(())
}

/// Marks a task as done, or as open again. Does nothing if it is so already.
pub async fn set_done(app: &App, id: TaskId, done: bool, by: AccountId) -> Result<ConsultationId, Problem> {
    let consultation = store::worklist::task::case_of(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let mut work = CaseTransaction::begin(app, consultation).await?;
    let (title, was_done) = work.lock(id).await?.ok_or(Problem::NotFound)?;
    if was_done == done {
        return Ok(consultation);
    }
    let done_by = done.then(|| (by, work.now()));
    work.save(DoneTask(id, done_by)).await?;
    let what = if done { "終えました" } else { "もう一度開きました" };
    work.note(Actor::Coordinator(by), format!("作業「{title}」を{what}"));
    work.commit().await?;
    Ok(consultation)
}

/// Changes who does a task, and by which day. Does nothing if it is planned so already.
pub async fn plan(
    app: &App,
    id: TaskId,
    owner: Option<AccountId>,
    due_on: NaiveDate,
    by: AccountId,
) -> Result<(), Problem> {
    let consultation = store::worklist::task::case_of(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let mut work = CaseTransaction::begin(app, consultation).await?;
    let (title, _) = work.lock(id).await?.ok_or(Problem::NotFound)?;
    let before = store::worklist::task::plan_of(work.read(), id).await?.ok_or(Problem::NotFound)?;
    if before == (owner, due_on) {
        return Ok(());
    }
    let people = [before.0, owner].into_iter().flatten().map(|it| it.0);
    let names = store::accounts::account::names(work.read(), people).await?;
    let name = |it: Option<AccountId>| match it.and_then(|it| names.get(&it.0)) {
        Some(name) => format!("{name}さん"),
        None => "担当なし".to_owned(),
    };
    let mut changed = Vec::new();
    if before.0 != owner {
        changed.push(format!("担当を{}から{}に", name(before.0), name(owner)));
    }
    if before.1 != due_on {
        let day = wording::month_day_weekday;
        changed.push(format!("期限を{}から{}に", day(before.1), day(due_on)));
    }
    work.save(PlannedTask(id, owner, due_on)).await?;
    work.note(Actor::Coordinator(by), format!("作業「{title}」の{}変更しました", changed.join("、")));
    work.commit().await?;
    Ok(())
}

impl Lock for TaskId {
    /// The title, and whether the task is done.
    type Row = (String, bool);

    async fn lock(self, tx: &DatabaseTransaction) -> Result<Option<Self::Row>, Problem> {
        Ok(store::worklist::task::lock(tx, self).await?)
    }
}

/// A task with the person who is to do it, and by which day.
struct PlannedTask(TaskId, Option<AccountId>, NaiveDate);

impl Save for PlannedTask {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::worklist::task::plan(to.tx, self.0, self.1, self.2).await?)
    }
}

/// A task with the person who has done it and the time; `None` opens it again.
struct DoneTask(TaskId, Option<(AccountId, DateTime<Utc>)>);

impl Save for DoneTask {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::worklist::task::set_done(to.tx, self.0, self.1).await?)
    }
}
