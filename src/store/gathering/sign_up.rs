//! Sign-ups for events.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    gathering::{SeatCount, SeatKind, SignUpState, SignUpStatus},
    id::{PublicationId, SignUpId},
};
use entity::sign_up as row;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{contradiction, known};

/// One person's sign-up for an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUp {
    pub id: SignUpId,
    pub event: PublicationId,
    pub seat: SeatKind,
    pub state: SignUpState,
    /// The name, the reading, the organization and the address; `None` once erased. A person who came without a sign-up has no
    /// address.
    pub name: Option<String>,
    /// The reading of the name; `None` if it is not known.
    pub kana: Option<String>,
    pub organization: Option<String>,
    pub email: Option<String>,
    pub attended_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// The states in which a sign-up leads to a seat, or has one.
const LIVE: [SignUpStatus; 4] =
    [SignUpStatus::Unconfirmed, SignUpStatus::Waiting, SignUpStatus::Offered, SignUpStatus::Seated];

/// The states in which a sign-up holds a seat.
const HOLDING: [SignUpStatus; 2] = [SignUpStatus::Offered, SignUpStatus::Seated];

pub async fn find(db: &impl ConnectionTrait, id: SignUpId) -> Result<Option<SignUp>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(from_row).transpose()
}

/// Returns the sign-up of an address for an event that can still lead to a seat, or has one.
pub async fn of_address(
    db: &impl ConnectionTrait,
    event: PublicationId,
    email_key: &str,
) -> Result<Option<SignUp>, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(event.0))
        .filter(row::COLUMN.email_key.eq(email_key))
        .filter(row::COLUMN.status.is_in(codes(&LIVE)))
        .one(db)
        .await?;
    found.map(from_row).transpose()
}

/// Returns the sign-ups of an event in these states, in the order in which they came.
pub async fn of_event(
    db: &impl ConnectionTrait,
    event: PublicationId,
    statuses: &[SignUpStatus],
) -> Result<Vec<SignUp>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(event.0))
        .filter(row::COLUMN.status.is_in(codes(statuses)))
        .order_by_asc(row::COLUMN.seat_kind)
        .order_by_asc(row::COLUMN.seat_number)
        .order_by_asc(row::COLUMN.created_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Returns those who wait for a seat of the kind, first the one who has waited longest, at most `limit`.
pub async fn waiting(
    db: &impl ConnectionTrait,
    event: PublicationId,
    seat: SeatKind,
    limit: u64,
) -> Result<Vec<SignUp>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(event.0))
        .filter(row::COLUMN.seat_kind.eq(seat.code()))
        .filter(row::COLUMN.status.eq(SignUpStatus::Waiting.code()))
        .order_by_asc(row::COLUMN.since)
        .order_by_asc(row::COLUMN.id)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Returns the numbers of the taken seats of a kind, in ascending order.
pub async fn taken_numbers(
    db: &impl ConnectionTrait,
    event: PublicationId,
    seat: SeatKind,
) -> Result<Vec<i32>, DbErr> {
    row::Entity::find()
        .select_only()
        .column(row::Column::SeatNumber)
        .filter(row::COLUMN.publication_id.eq(event.0))
        .filter(row::COLUMN.seat_kind.eq(seat.code()))
        .filter(row::COLUMN.status.is_in(codes(&HOLDING)))
        .order_by_asc(row::COLUMN.seat_number)
        .into_tuple()
        .all(db)
        .await
}

/// The numbers of sign-ups of events in each state, by the kind of seat.
pub type Tally = HashMap<(PublicationId, SeatKind, SignUpStatus), u32>;

/// Counts the sign-ups of events.
pub async fn tally(db: &impl ConnectionTrait, events: &[PublicationId]) -> Result<Tally, DbErr> {
    if events.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String, String, i64)> = row::Entity::find()
        .select_only()
        .columns([row::Column::PublicationId, row::Column::SeatKind, row::Column::Status])
        .column_as(Expr::col(row::Column::Id).count(), "n")
        .filter(row::COLUMN.publication_id.is_in(events.iter().map(|it| it.0)))
        .group_by(row::Column::PublicationId)
        .group_by(row::Column::SeatKind)
        .group_by(row::Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    let read = |(event, seat, status, n): (Uuid, String, String, i64)| {
        let key = (PublicationId(event), SeatKind::from_code(&seat)?, SignUpStatus::from_code(&status)?);
        Some((key, u32::try_from(n).unwrap_or(u32::MAX)))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Returns the count of the seats of a kind, whose number is `capacity`.
pub fn seat_count(tally: &Tally, event: PublicationId, seat: SeatKind, capacity: u16) -> SeatCount {
    let of = |status| tally.get(&(event, seat, status)).copied().unwrap_or_default();
    let taken = HOLDING.into_iter().map(of).sum();
    SeatCount { capacity: u32::from(capacity), taken, waiting: of(SignUpStatus::Waiting) }
}

/// Returns the number of people of a kind of seat who attended.
pub async fn attended(db: &impl ConnectionTrait, event: PublicationId, seat: SeatKind) -> Result<u64, DbErr> {
    row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(event.0))
        .filter(row::COLUMN.seat_kind.eq(seat.code()))
        .filter(row::COLUMN.attended_at.is_not_null())
        .count(db)
        .await
}

/// Returns the end of the offer of an event that ends first.
pub async fn first_offer_end(
    db: &impl ConnectionTrait,
    event: PublicationId,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let first = row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(event.0))
        .filter(row::COLUMN.status.eq(SignUpStatus::Offered.code()))
        .order_by_asc(row::COLUMN.until)
        .one(db)
        .await?;
    Ok(first.and_then(|it| it.until))
}

/// Inserts a sign-up. The key of the seats refuses one that is taken.
pub async fn insert(tx: &DatabaseTransaction, it: &SignUp) -> Result<(), DbErr> {
    row::Entity::insert(to_row(it).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Saves a sign-up. The key of the seats refuses one that is taken.
pub async fn save(tx: &DatabaseTransaction, it: &SignUp) -> Result<(), DbErr> {
    let changed = row::ActiveModel { id: Set(it.id.0), ..to_row(it).into_active_model().reset_all() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

/// Deletes the sign-ups whose address was not confirmed in time; returns their number.
pub async fn delete_unconfirmed(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let deleted = row::Entity::delete_many()
        .filter(row::COLUMN.status.eq(SignUpStatus::Unconfirmed.code()))
        .filter(row::COLUMN.until.lte(now))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}

/// Erases the names and addresses of all who signed up for an event. The counts stay.
pub async fn erase(tx: &DatabaseTransaction, event: PublicationId) -> Result<(), DbErr> {
    let erased = [
        row::Column::Name,
        row::Column::Kana,
        row::Column::Organization,
        row::Column::Email,
        row::Column::EmailKey,
    ];
    let statement = row::Entity::update_many().filter(row::COLUMN.publication_id.eq(event.0));
    erased
        .into_iter()
        .fold(statement, |it, column| it.col_expr(column, Expr::value(None::<String>)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Sorts sign-ups by the reading of the names, and those without one by their names.
pub fn sort_by_reading(all: &mut [SignUp]) {
    let key = |it: &SignUp| {
        let read = it.kana.as_deref().or(it.name.as_deref()).unwrap_or_default();
        (it.kana.is_none(), domain::text::search_key(read), it.state.number())
    };
    all.sort_by_cached_key(key);
}

/// Returns the person with this number or a name like this among those of an event who may come in.
pub fn fits(it: &SignUp, searched: &str) -> bool {
    let number = it.state.number().map(|it| it.to_string());
    let words = [&it.name, &it.kana, &it.organization].into_iter().filter_map(|it| it.as_deref());
    let wanted = domain::text::search_key(searched);
    number.as_deref() == Some(&*domain::text::digits(searched).trim().to_owned())
        || words.into_iter().any(|it| domain::text::search_key(it).contains(&wanted))
}

fn codes(statuses: &[SignUpStatus]) -> impl Iterator<Item = &'static str> + use<> {
    let codes: Vec<_> = statuses.iter().map(|it| it.code()).collect();
    codes.into_iter()
}

fn to_row(it: &SignUp) -> row::Model {
    let (until, since) = match it.state {
        SignUpState::Unconfirmed { until } | SignUpState::Offered { until, .. } => (Some(until), None),
        SignUpState::Waiting { since } => (None, Some(since)),
        SignUpState::Seated { .. } | SignUpState::Cancelled | SignUpState::Ended | SignUpState::WalkIn => {
            (None, None)
        }
    };
    row::Model {
        id: it.id.0,
        publication_id: it.event.0,
        seat_kind: it.seat.into(),
        status: it.state.status().into(),
        seat_number: it.state.number(),
        until,
        since,
        name: it.name.clone(),
        kana: it.kana.clone(),
        organization: it.organization.clone(),
        email: it.email.clone(),
        email_key: it.email.as_ref().map(|it| it.to_lowercase()),
        attended_at: it.attended_at,
        created_at: it.created_at,
    }
}

fn from_row(row: row::Model) -> Result<SignUp, DbErr> {
    let id = row.id;
    let missing = || contradiction(row::Entity, id, "lacks a value of its state");
    let (number, until) = (row.seat_number, row.until);
    let state = match known(&row.status, row::Column::Status, id)? {
        SignUpStatus::Unconfirmed => SignUpState::Unconfirmed { until: until.ok_or_else(missing)? },
        SignUpStatus::Waiting => SignUpState::Waiting { since: row.since.ok_or_else(missing)? },
        SignUpStatus::Offered => {
            SignUpState::Offered { number: number.ok_or_else(missing)?, until: until.ok_or_else(missing)? }
        }
        SignUpStatus::Seated => SignUpState::Seated { number: number.ok_or_else(missing)? },
        SignUpStatus::Cancelled => SignUpState::Cancelled,
        SignUpStatus::Ended => SignUpState::Ended,
        SignUpStatus::WalkIn => SignUpState::WalkIn,
    };
    Ok(SignUp {
        id: SignUpId(id),
        event: PublicationId(row.publication_id),
        seat: known(&row.seat_kind, row::Column::SeatKind, id)?,
        state,
        name: row.name,
        kana: row.kana,
        organization: row.organization,
        email: row.email,
        attended_at: row.attended_at,
        created_at: row.created_at,
    })
}
