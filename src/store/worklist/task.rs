//! Tasks of the center: what a person of the center has to do for a case by a day.
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    id::{AccountId, ConsultationId, TaskId},
    number::CaseNumber,
};
use entity::{account, consultation, task as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationDef, Set,
};
use uuid::Uuid;

use crate::store::contradiction;

/// A new task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTask<'a> {
    pub id: TaskId,
    pub consultation: ConsultationId,
    pub title: &'a str,
    /// The person who does it; `None` if that is open.
    pub owner: Option<AccountId>,
    pub due_on: NaiveDate,
    pub created_by: AccountId,
}

/// A task with its case and its owner's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub id: TaskId,
    pub consultation: ConsultationId,
    pub number: CaseNumber,
    pub company_name: String,
    pub title: String,
    pub owner: Option<AccountId>,
    pub owner_name: Option<String>,
    pub due_on: NaiveDate,
    pub done_at: Option<DateTime<Utc>>,
}

impl Task {
    /// Returns whether the account with this id does the task.
    pub fn is_of(&self, account: &str) -> bool {
        self.owner.is_some_and(|it| it.to_string() == account)
    }
}

/// The tasks that a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskFilter {
    /// The open tasks of a person.
    Of(AccountId),
    /// All open tasks.
    Open,
    /// The tasks that were done, the latest first.
    Done,
    /// The open tasks of a case.
    Case(ConsultationId),
}

pub async fn insert(tx: &DatabaseTransaction, it: &NewTask<'_>, now: DateTime<Utc>) -> Result<(), DbErr> {
    let model = row::Model {
        id: it.id.0,
        consultation_id: it.consultation.0,
        title: it.title.to_owned(),
        owner_id: it.owner.map(|it| it.0),
        due_on: it.due_on,
        created_by: it.created_by.0,
        created_at: now,
        done_by: None,
        done_at: None,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns up to `limit` tasks, the soonest due first.
pub async fn list(db: &impl ConnectionTrait, filter: TaskFilter, limit: u64) -> Result<Vec<Task>, DbErr> {
    let query = row::Entity::find()
        .join(JoinType::InnerJoin, case())
        .join(JoinType::LeftJoin, owner())
        .column_as(consultation::Column::Number, "number")
        .column(consultation::Column::CompanyName)
        .column_as(account::Column::Name, "owner_name");
    let open = row::COLUMN.done_at.is_null();
    let query = match filter {
        TaskFilter::Of(owner) => query.filter(open).filter(row::COLUMN.owner_id.eq(owner.0)),
        TaskFilter::Open => query.filter(open),
        TaskFilter::Done => query.filter(row::COLUMN.done_at.is_not_null()),
        TaskFilter::Case(id) => query.filter(open).filter(row::COLUMN.consultation_id.eq(id.0)),
    };
    let query = if filter == TaskFilter::Done {
        query.order_by_desc(row::COLUMN.done_at)
    } else {
        query.order_by_asc(row::COLUMN.due_on)
    };
    let found = query.order_by_asc(row::COLUMN.id).limit(limit).into_model::<Found>().all(db).await?;
    found.into_iter().map(Found::task).collect()
}

/// Returns how many open tasks of a person are due on `day` or before.
pub async fn count_due(db: &impl ConnectionTrait, owner: AccountId, day: NaiveDate) -> Result<u64, DbErr> {
    row::Entity::find()
        .filter(row::COLUMN.done_at.is_null())
        .filter(row::COLUMN.owner_id.eq(owner.0))
        .filter(row::COLUMN.due_on.lte(day))
        .count(db)
        .await
}

/// Returns the case of a task.
pub async fn case_of(db: &impl ConnectionTrait, id: TaskId) -> Result<Option<ConsultationId>, DbErr> {
    let found = row::Entity::find_by_id(id.0).one(db).await?;
    Ok(found.map(|it| ConsultationId(it.consultation_id)))
}

/// Returns the title of a task and whether it is done. The row is locked until the transaction ends.
pub async fn lock(tx: &DatabaseTransaction, id: TaskId) -> Result<Option<(String, bool)>, DbErr> {
    let found = row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?;
    Ok(found.map(|it| (it.title, it.done_at.is_some())))
}

/// Saves that a task was done, or with `None` that it is open again.
pub async fn set_done(
    tx: &DatabaseTransaction,
    id: TaskId,
    done: Option<(AccountId, DateTime<Utc>)>,
) -> Result<(), DbErr> {
    let (by, at) = done.map(|(by, at)| (by.0, at)).unzip();
    let change = row::ActiveModel { id: Set(id.0), done_by: Set(by), done_at: Set(at), ..Default::default() };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Returns who does a task, and by which day.
pub async fn plan_of(
    db: &impl ConnectionTrait,
    id: TaskId,
) -> Result<Option<(Option<AccountId>, NaiveDate)>, DbErr> {
    let found = row::Entity::find_by_id(id.0).one(db).await?;
    Ok(found.map(|it| (it.owner_id.map(AccountId), it.due_on)))
}

/// Saves who does a task, and by which day.
pub async fn plan(
    tx: &DatabaseTransaction,
    id: TaskId,
    owner: Option<AccountId>,
    due_on: NaiveDate,
) -> Result<(), DbErr> {
    let owner = owner.map(|it| it.0);
    let change =
        row::ActiveModel { id: Set(id.0), owner_id: Set(owner), due_on: Set(due_on), ..Default::default() };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
    consultation_id: Uuid,
    number: String,
    company_name: String,
    title: String,
    owner_id: Option<Uuid>,
    owner_name: Option<String>,
    due_on: NaiveDate,
    done_at: Option<DateTime<Utc>>,
}

impl Found {
    fn task(self) -> Result<Task, DbErr> {
        let number = CaseNumber::parse(&self.number);
        Ok(Task {
            id: TaskId(self.id),
            consultation: ConsultationId(self.consultation_id),
            number: number.map_err(|err| contradiction(row::Entity, self.id, err))?,
            company_name: self.company_name,
            title: self.title,
            owner: self.owner_id.map(AccountId),
            owner_name: self.owner_name,
            due_on: self.due_on,
            done_at: self.done_at,
        })
    }
}

fn case() -> RelationDef {
    row::Entity::belongs_to(consultation::Entity)
        .from(row::Column::ConsultationId)
        .to(consultation::Column::Id)
        .into()
}

fn owner() -> RelationDef {
    row::Entity::belongs_to(account::Entity).from(row::Column::OwnerId).to(account::Column::Id).into()
}
