//! Registrations for telework months.
mod columns;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    campaign::{OptIn, RegistrationEntry, RegistrationLife, RegistrationStatus},
    id::{AccountId, FileImportId, PublicationId, RegistrationId},
    intake::company::CorporateNumber,
};
use entity::registration as row;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{containing, insert_all};
use columns::{from_row, to_row};

/// The name that stands in place of one that was erased.
pub const ERASED: &str = "（消去済み）";

/// One registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub id: RegistrationId,
    pub campaign: PublicationId,
    /// The number on the certificate, given with the first approval.
    pub number: Option<i32>,
    /// The data. Its entry for the list is the wanted one of `life`.
    pub entry: RegistrationEntry,
    pub life: RegistrationLife,
    pub state_since: DateTime<Utc>,
    /// The revision of the rules that were agreed to, with the time; `None` for a registration from a file.
    pub rules: Option<(i32, DateTime<Utc>)>,
    pub opt_in: Option<OptIn>,
    /// The time at which the address was proved. Nothing but the proof is mailed to one that is not.
    pub proved_at: Option<DateTime<Utc>>,
    pub decided: Option<(DateTime<Utc>, AccountId)>,
    /// The reason of the last rejection.
    pub reason: Option<String>,
    /// The time at which the invitation to a consultation was written.
    pub invited_at: Option<DateTime<Utc>>,
    pub import: Option<FileImportId>,
    /// The number of the last save.
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

/// The states in which a registration is in force, or can still be.
const LIVE: [RegistrationStatus; 3] =
    [RegistrationStatus::Unproved, RegistrationStatus::Waiting, RegistrationStatus::Approved];

/// The states of a registration that has come to nothing.
pub const ENDED: [RegistrationStatus; 3] =
    [RegistrationStatus::Rejected, RegistrationStatus::Withdrawn, RegistrationStatus::Lapsed];

pub async fn find(db: &impl ConnectionTrait, id: RegistrationId) -> Result<Option<Registration>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(from_row).transpose()
}

/// Returns the registration of a name with this address that is in force, or can still be.
pub async fn of_address(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    email_key: &str,
    name_key: &str,
) -> Result<Option<Registration>, DbErr> {
    let found = of(campaign)
        .filter(row::COLUMN.email_key.eq(email_key))
        .filter(row::COLUMN.name_key.eq(name_key))
        .filter(row::COLUMN.status.is_in(codes(&LIVE)))
        .one(db)
        .await?;
    found.map(from_row).transpose()
}

/// Returns the number of other registrations with this corporate number that are in force or wait.
pub async fn same_number(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    number: CorporateNumber,
    except: RegistrationId,
) -> Result<Vec<Registration>, DbErr> {
    let proved = [RegistrationStatus::Waiting, RegistrationStatus::Approved];
    let rows = of(campaign)
        .filter(row::COLUMN.corporate_number.eq(number.to_string()))
        .filter(row::COLUMN.status.is_in(codes(&proved)))
        .filter(row::COLUMN.id.ne(except.0))
        .order_by_asc(row::COLUMN.created_at)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Returns up to `limit` registrations of a telework month in this state, first the one that has been in it longest.
pub async fn in_state(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    status: RegistrationStatus,
    limit: Option<u64>,
) -> Result<Vec<Registration>, DbErr> {
    let rows = of(campaign)
        .filter(row::COLUMN.status.eq(status.code()))
        .order_by_asc(row::COLUMN.state_since)
        .order_by_asc(row::COLUMN.id)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// A search among the registrations of a telework month. Those whose address is not proved are not found.
#[derive(Clone, Debug, Default)]
pub struct RegistrationSearch {
    pub status: Option<RegistrationStatus>,
    /// A part of the folded name, of the address or of the corporate number; empty if any will do.
    pub words: String,
}

/// Returns registrations that a search finds, the newest first, and their number.
pub async fn search(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    search: &RegistrationSearch,
    (first, limit): (u64, u64),
) -> Result<(Vec<Registration>, u64), DbErr> {
    let mut found = of(campaign).filter(row::COLUMN.status.ne(RegistrationStatus::Unproved.code()));
    if let Some(status) = search.status {
        found = found.filter(row::COLUMN.status.eq(status.code()));
    }
    let words = search.words.trim();
    if !words.is_empty() {
        let name = Expr::col(row::Column::NameKey).like(containing(&domain::text::search_key(words)));
        let address = Expr::col(row::Column::EmailKey).like(containing(&words.to_lowercase()));
        let digits = domain::text::digits(words);
        let number = Expr::col(row::Column::CorporateNumber).eq(digits.trim());
        found = found.filter(name.or(address).or(number));
    }
    let count = found.clone().count(db).await?;
    let rows = found
        .order_by_desc(row::COLUMN.created_at)
        .order_by_desc(row::COLUMN.id)
        .offset(first)
        .limit(limit)
        .all(db)
        .await?;
    Ok((rows.into_iter().map(from_row).collect::<Result<_, _>>()?, count))
}

/// Returns all registrations of a telework month whose address is proved or that came from a file, the oldest first.
pub async fn all(db: &impl ConnectionTrait, campaign: PublicationId) -> Result<Vec<Registration>, DbErr> {
    let rows = of(campaign)
        .filter(row::COLUMN.status.ne(RegistrationStatus::Unproved.code()))
        .order_by_asc(row::COLUMN.created_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Returns the number of registrations that came of an imported file.
pub async fn count_of_import(db: &impl ConnectionTrait, import: FileImportId) -> Result<u64, DbErr> {
    row::Entity::find().filter(row::COLUMN.import_id.eq(import.0)).count(db).await
}

/// Deletes the registrations of an imported file that no person has touched since. Returns how many there were.
pub async fn delete_untouched(tx: &DatabaseTransaction, import: FileImportId) -> Result<u64, DbErr> {
    let of_import = row::Entity::delete_many().filter(row::COLUMN.import_id.eq(import.0));
    Ok(of_import.filter(row::COLUMN.version.eq(1)).exec(tx).await?.rows_affected)
}

/// Returns the registrations with these addresses that are in force, or can still be, each by its address and the key of
/// its name.
pub async fn live_keys(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    email_keys: impl IntoIterator<Item = String>,
) -> Result<HashSet<(String, String)>, DbErr> {
    let rows: Vec<(Option<String>, Option<String>)> = of(campaign)
        .select_only()
        .columns([row::Column::EmailKey, row::Column::NameKey])
        .filter(row::COLUMN.email_key.is_in(email_keys))
        .filter(row::COLUMN.status.is_in(codes(&LIVE)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(email, name)| email.zip(name)).collect())
}

/// Counts the registrations of a telework month in each state.
pub async fn tally(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
) -> Result<HashMap<RegistrationStatus, u64>, DbErr> {
    let rows: Vec<(String, i64)> = of(campaign)
        .select_only()
        .column(row::Column::Status)
        .column_as(Expr::col(row::Column::Id).count(), "n")
        .group_by(row::Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    let read = |(status, n): (String, i64)| {
        Some((RegistrationStatus::from_code(&status)?, u64::try_from(n).unwrap_or_default()))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Returns the number of registrations that wait for a decision, in all telework months, by month.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<Vec<(PublicationId, u64)>, DbErr> {
    let rows: Vec<(Uuid, i64)> = row::Entity::find()
        .select_only()
        .column(row::Column::PublicationId)
        .column_as(Expr::col(row::Column::Id).count(), "n")
        .filter(row::COLUMN.status.eq(RegistrationStatus::Waiting.code()))
        .group_by(row::Column::PublicationId)
        .into_tuple()
        .all(db)
        .await?;
    let read = |(id, n): (Uuid, i64)| (PublicationId(id), u64::try_from(n).unwrap_or_default());
    Ok(rows.into_iter().map(read).collect())
}

pub async fn insert(tx: &DatabaseTransaction, it: &Registration) -> Result<(), DbErr> {
    row::Entity::insert(to_row(it).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Adds the registrations of a file, many in one statement.
pub async fn insert_imported(tx: &DatabaseTransaction, all: &[Registration]) -> Result<(), DbErr> {
    insert_all(tx, all.iter().map(|it| to_row(it).into_active_model())).await
}

pub async fn save(tx: &DatabaseTransaction, it: &Registration) -> Result<(), DbErr> {
    let changed = row::ActiveModel { id: Set(it.id.0), ..to_row(it).into_active_model().reset_all() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

pub async fn delete(tx: &DatabaseTransaction, id: RegistrationId) -> Result<(), DbErr> {
    row::Entity::delete_by_id(id.0).exec(tx).await?;
    Ok(())
}

/// Returns the registrations whose address was not proved in time, each with its telework month.
pub async fn unproved(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<(PublicationId, RegistrationId)>, DbErr> {
    let found: Vec<(Uuid, Uuid)> = row::Entity::find()
        .select_only()
        .columns([row::Column::PublicationId, row::Column::Id])
        .filter(row::COLUMN.status.eq(RegistrationStatus::Unproved.code()))
        .filter(row::COLUMN.until.lte(now))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(|(of, id)| (PublicationId(of), RegistrationId(id))).collect())
}

/// Returns since when the registration has been in these states that has been in them longest, and still has a person or
/// an address if `is_kept` is asked for.
pub async fn longest_in(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    statuses: &[RegistrationStatus],
    is_kept: bool,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let mut found = of(campaign).filter(row::COLUMN.status.is_in(codes(statuses)));
    if is_kept {
        found = found.filter(is_personal());
    }
    let first = found.order_by_asc(row::COLUMN.state_since).limit(1).one(db).await?;
    Ok(first.map(|it| it.state_since))
}

fn of(campaign: PublicationId) -> Select<row::Entity> {
    row::Entity::find().filter(row::COLUMN.publication_id.eq(campaign.0))
}

fn codes(statuses: &[RegistrationStatus]) -> impl Iterator<Item = &'static str> + use<> {
    let codes: Vec<_> = statuses.iter().map(|it| it.code()).collect();
    codes.into_iter()
}

/// Returns the condition for registrations that have a person or an address.
fn is_personal() -> Expr {
    use domain::campaign::RegistrantKind;
    let person = Expr::col(row::Column::Kind)
        .eq(RegistrantKind::Individual.code())
        .and(Expr::col(row::Column::Name).is_not_null());
    let columns =
        [row::Column::ContactName, row::Column::Email, row::Column::Phone, row::Column::Teleworkers];
    columns.into_iter().fold(person, |any, it| any.or(Expr::col(it).is_not_null()))
}

/// Erases persons and addresses: the contact, the number of teleworkers and the reason of a rejection of all, and the names of individuals, who
/// leave the list. `before` limits it to those that have come to nothing and ended until then. The counts stay. Returns
/// the ids of those that were erased.
pub async fn erase(
    tx: &DatabaseTransaction,
    campaign: PublicationId,
    before: Option<DateTime<Utc>>,
) -> Result<Vec<RegistrationId>, DbErr> {
    use domain::campaign::RegistrantKind;
    let mut found = of(campaign).filter(is_personal());
    if let Some(before) = before {
        found =
            found.filter(row::COLUMN.status.is_in(codes(&ENDED))).filter(row::COLUMN.state_since.lte(before));
    }
    let ids: Vec<Uuid> = found.select_only().column(row::Column::Id).into_tuple().all(tx).await?;
    let contact = [
        row::Column::ContactName,
        row::Column::Email,
        row::Column::EmailKey,
        row::Column::Phone,
        row::Column::Reason,
    ];
    let name = [
        row::Column::Name,
        row::Column::Kana,
        row::Column::NameKey,
        row::Column::ListedName,
        row::Column::ListedKana,
        row::Column::ListedKey,
        row::Column::ListedIndustry,
    ];
    for ids in ids.chunks(500) {
        let of_all = row::Entity::update_many()
            .filter(row::COLUMN.id.is_in(ids.iter().copied()))
            .col_expr(row::Column::Teleworkers, Expr::value(None::<i32>));
        contact
            .into_iter()
            .fold(of_all, |it, column| it.col_expr(column, Expr::value(None::<String>)))
            .exec(tx)
            .await?;
        let of_persons = row::Entity::update_many()
            .filter(row::COLUMN.id.is_in(ids.iter().copied()))
            .filter(row::COLUMN.kind.eq(RegistrantKind::Individual.code()));
        name.into_iter()
            .fold(of_persons, |it, column| it.col_expr(column, Expr::value(None::<String>)))
            .exec(tx)
            .await?;
    }
    Ok(ids.into_iter().map(RegistrationId).collect())
}
