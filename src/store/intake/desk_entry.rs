//! The requests that first-line desks note.
use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use codes::{ConsultationStatus, DeskEntryStatus};
use domain::{
    calendar::japan_date,
    id::{AccountId, ConsultationId, DeskEntryId, DeskId},
    intake::{
        contact::{EmailAddress, Telephone},
        desk_entry::{Caller, DeskEntry, DeskEntryState},
    },
    text::{Prose, TextLine},
};
use entity::{consultation, desk_entry as row};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict},
};

use uuid::Uuid;

use crate::store::{contradiction, exists, known, rows_inserted, same};

/// Adds a request, unless it was added before under its id. Returns whether it was new.
pub async fn insert(tx: &DatabaseTransaction, it: &DeskEntry) -> Result<bool, DbErr> {
    let again = OnConflict::column(row::Column::Id).do_nothing().to_owned();
    let inserted = row::Entity::insert(model(it).into_active_model()).on_conflict(again);
    Ok(rows_inserted(inserted.exec_without_returning(tx).await)? > 0)
}

/// Saves a request whose version was read before.
pub async fn save(tx: &DatabaseTransaction, it: &DeskEntry) -> Result<(), DbErr> {
    let changed = row::Model { version: it.version + 1, ..model(it) };
    row::Entity::update(changed.into_active_model().reset_all()).exec(tx).await?;
    Ok(())
}

/// Returns a request of a desk; `None` for another desk's.
pub async fn find(
    db: &impl ConnectionTrait,
    desk: DeskId,
    id: DeskEntryId,
) -> Result<Option<DeskEntry>, DbErr> {
    own(desk).filter(row::COLUMN.id.eq(id.0)).one(db).await?.map(from_row).transpose()
}

/// Returns a request as `find` does, locked until the end of the transaction.
pub async fn lock(
    tx: &DatabaseTransaction,
    desk: DeskId,
    id: DeskEntryId,
) -> Result<Option<DeskEntry>, DbErr> {
    let own = own(desk).filter(row::COLUMN.id.eq(id.0));
    own.lock_exclusive().one(tx).await?.map(from_row).transpose()
}

/// Returns up to `limit` requests of a desk, newest first, of one state or of all. With `before`, the list continues after
/// that request.
pub async fn page(
    db: &impl ConnectionTrait,
    desk: DeskId,
    status: Option<DeskEntryStatus>,
    before: Option<DeskEntryId>,
    limit: u64,
) -> Result<Vec<DeskEntry>, DbErr> {
    let mut query = own(desk);
    if let Some(status) = status {
        query = query.filter(row::COLUMN.status.eq(status.code()));
    }
    if let Some(before) = before {
        let last = own(desk).filter(row::COLUMN.id.eq(before.0)).one(db).await?;
        let Some(last) = last else { return Ok(Vec::new()) };
        let same_moment = row::Column::NotedAt.eq(last.noted_at).and(row::Column::Id.lt(last.id));
        query = query.filter(row::Column::NotedAt.lt(last.noted_at).or(same_moment));
    }
    let rows =
        query.order_by_desc(row::COLUMN.noted_at).order_by_desc(row::COLUMN.id).limit(limit).all(db).await?;
    rows.into_iter().map(from_row).collect()
}

/// Returns the number of requests that a desk has not answered yet.
pub async fn count_open(db: &impl ConnectionTrait, desk: DeskId) -> Result<u64, DbErr> {
    own(desk).filter(row::COLUMN.status.eq(DeskEntryStatus::Open.code())).count(db).await
}

/// Returns the request that the center made of a case for this desk, if there is one.
pub async fn of_case(
    db: &impl ConnectionTrait,
    desk: DeskId,
    case: ConsultationId,
) -> Result<Option<DeskEntryId>, DbErr> {
    let found = own(desk).filter(row::COLUMN.from_case_id.eq(case.0)).order_by_desc(row::COLUMN.noted_at);
    Ok(found.one(db).await?.map(|it| DeskEntryId(it.id)))
}

/// Returns those of the requests of the center that their desk has not answered yet, and whose case was not reopened.
pub async fn waiting_among(
    db: &impl ConnectionTrait,
    ids: Vec<DeskEntryId>,
) -> Result<HashSet<DeskEntryId>, DbErr> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let open: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.id.is_in(ids.into_iter().map(|it| it.0)))
        .filter(waits_at_desk())
        .into_tuple()
        .all(db)
        .await?;
    Ok(open.into_iter().map(DeskEntryId).collect())
}

/// Returns the numbers of the cases that the center has handed over to a desk and that wait there, oldest first.
pub async fn waiting_at(db: &impl ConnectionTrait, desk: DeskId) -> Result<Vec<String>, DbErr> {
    let entries = own(desk).select_only().column(row::Column::FromCaseId).filter(waits_at_desk());
    consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Number)
        .filter(consultation::Column::Id.in_subquery(entries.into_query()))
        .order_by_asc(consultation::Column::ReceivedAt)
        .into_tuple()
        .all(db)
        .await
}

/// Returns the condition of a request of the center that its desk has not answered yet, and whose case was not reopened.
pub fn waits_at_desk() -> Condition {
    let of_request =
        same((consultation::Entity, consultation::Column::Id), (row::Entity, row::Column::FromCaseId));
    let referred = consultation::Entity::find()
        .filter(of_request)
        .filter(consultation::Column::State.eq(ConsultationStatus::Referred.code()));
    Condition::all().add(row::Column::Status.eq(DeskEntryStatus::Open.code())).add(exists(referred))
}

/// The numbers of a desk in one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskMonth {
    /// The requests that the desk answered itself.
    pub answered: u64,
    /// The requests that the desk has not answered yet.
    pub open: u64,
    /// The consultations that the desk handed over.
    pub handed_over: u64,
    /// The handed over consultations in which an appointment took place.
    pub held: u64,
}

/// Returns the numbers of a desk by the first day of each month, of what came since `since`.
pub async fn months(
    db: &impl ConnectionTrait,
    desk: DeskId,
    since: DateTime<Utc>,
) -> Result<BTreeMap<NaiveDate, DeskMonth>, DbErr> {
    let noted: Vec<(DateTime<Utc>, String)> = own(desk)
        .filter(row::COLUMN.noted_at.gte(since))
        .select_only()
        .column(row::Column::NotedAt)
        .column(row::Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    let handed_over: Vec<(DateTime<Utc>, i32)> = consultation::Entity::find()
        .filter(consultation::COLUMN.desk_id.eq(desk.0))
        .filter(consultation::COLUMN.received_at.gte(since))
        .select_only()
        .column(consultation::Column::ReceivedAt)
        .column(consultation::Column::AppointmentsDone)
        .into_tuple()
        .all(db)
        .await?;
    let mut months: BTreeMap<NaiveDate, DeskMonth> = BTreeMap::new();
    for (at, status) in noted {
        let month = months.entry(month_of(at)).or_default();
        match DeskEntryStatus::from_code(&status) {
            Some(DeskEntryStatus::Answered) => month.answered += 1,
            Some(DeskEntryStatus::Open) => month.open += 1,
            // It is counted as the consultation that it has become.
            Some(DeskEntryStatus::HandedOver) | None => {}
        }
    }
    for (at, held) in handed_over {
        let month = months.entry(month_of(at)).or_default();
        month.handed_over += 1;
        month.held += u64::from(held > 0);
    }
    Ok(months)
}

/// Erases what names a person in requests that have not changed since `before`. Returns how many there were.
pub async fn erase(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let mut update = row::Entity::update_many();
    for column in
        [row::Column::Name, row::Column::Company, row::Column::Phone, row::Column::Email, row::Column::Memo]
    {
        update = update.col_expr(column, Expr::value(None::<String>));
    }
    let done = update
        .filter(row::COLUMN.changed_at.lt(before))
        .filter(row::Column::Name.is_not_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected)
}

fn own(desk: DeskId) -> sea_orm::Select<row::Entity> {
    row::Entity::find().filter(row::COLUMN.desk_id.eq(desk.0))
}

fn month_of(at: DateTime<Utc>) -> NaiveDate {
    let day = japan_date(at);
    day.with_day(1).unwrap_or(day)
}

fn model(it: &DeskEntry) -> row::Model {
    let caller = it.caller.as_ref();
    let text = |of: &dyn Fn(&Caller) -> Option<String>| caller.and_then(of);
    row::Model {
        id: it.id.0,
        desk_id: it.desk.0,
        noted_by: it.noted_by.map(|it| it.0),
        noted_at: it.noted_at,
        channel: it.channel.into(),
        theme: it.theme.clone(),
        status: it.state.status().into(),
        changed_at: it.changed_at,
        version: it.version,
        name: text(&|it| Some(it.name.as_str().to_owned())),
        company: text(&|it| it.company.as_ref().map(|it| it.as_str().to_owned())),
        phone: text(&|it| it.phone.as_ref().map(|it| it.as_str().to_owned())),
        email: text(&|it| it.email.as_ref().map(|it| it.as_str().to_owned())),
        memo: text(&|it| it.memo.as_ref().map(|it| it.as_str().to_owned())),
        handed_over_id: match it.state {
            DeskEntryState::HandedOver(case) => Some(case.0),
            DeskEntryState::Open | DeskEntryState::Answered => None,
        },
        from_case_id: it.from_case.map(|it| it.0),
        due_at: it.due_at,
    }
}

fn from_row(row: row::Model) -> Result<DeskEntry, DbErr> {
    let id = row.id;
    let state = match known(&row.status, row::Column::Status, id)? {
        DeskEntryStatus::Open => DeskEntryState::Open,
        DeskEntryStatus::Answered => DeskEntryState::Answered,
        DeskEntryStatus::HandedOver => {
            let case = row.handed_over_id.ok_or_else(|| contradiction(row::Entity, id, "has no case"))?;
            DeskEntryState::HandedOver(ConsultationId(case))
        }
    };
    let caller = row.name.and_then(|it| TextLine::try_from(it).ok()).map(|name| Caller {
        name,
        company: row.company.and_then(|it| TextLine::try_from(it).ok()),
        phone: row.phone.and_then(|it| Telephone::try_from(it).ok()),
        email: row.email.and_then(|it| EmailAddress::try_from(it).ok()),
        memo: row.memo.and_then(|it| Prose::try_from(it).ok()),
    });
    Ok(DeskEntry {
        id: DeskEntryId(id),
        desk: DeskId(row.desk_id),
        noted_by: row.noted_by.map(AccountId),
        noted_at: row.noted_at,
        channel: known(&row.channel, row::Column::Channel, id)?,
        theme: row.theme,
        state,
        changed_at: row.changed_at,
        caller,
        from_case: row.from_case_id.map(ConsultationId),
        due_at: row.due_at,
        version: row.version,
    })
}
