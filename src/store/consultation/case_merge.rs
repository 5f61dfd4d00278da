//! Cases that are recognised as one. The absorbed one keeps its rows and its state and leads to the kept one, which shows
//! its thread and may take over some of its values.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use codes::codes;
use domain::{
    due::Due,
    id::{AccountId, ConsultationId},
    worklist::AwaitedResponse,
};
use entity::{application, case_merge as row, consultation, contact};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::SelectStatement,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Record, from_row};
use crate::store::contradiction;

codes! {
    /// A value of which the kept case can take over the absorbed case's version.
    pub enum CaseValue {
        CompanyName = "company_name" => "会社名",
        CorporateNumber = "corporate_number" => "法人番号",
        Place = "place" => "所在地",
        Contact = "contact" => "担当者",
        Telephone = "telephone" => "電話番号",
        MailAddress = "mail_address" => "メールアドレス",
        Description = "description" => "困っていること",
    }
}

/// The values of a case by column. A column that has no value has an empty text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseValues(BTreeMap<String, String>);

/// What a merge changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseChange {
    /// The clocks and marks of the absorbed case, which ended with the merge.
    pub absorbed: CaseMarks,
    /// The marks of the kept case before and after.
    pub kept: [CaseMarks; 2],
    /// The values of the kept case that changed, before and after.
    pub values: [CaseValues; 2],
}

/// The clocks and marks of a case that are not part of its history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseMarks {
    pub due: Option<Due>,
    pub wants_help_since: Option<DateTime<Utc>>,
    /// Since when a message waits for a response, and until when it is due.
    pub response: Option<(DateTime<Utc>, DateTime<Utc>)>,
    pub last_inbound_at: Option<DateTime<Utc>>,
    pub snoozed_until: Option<DateTime<Utc>>,
}

/// A merge that was not undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseMerge {
    pub id: Uuid,
    pub kept: ConsultationId,
    pub absorbed: ConsultationId,
    pub merged_at: DateTime<Utc>,
    pub reason: String,
    pub change: CaseChange,
}

impl CaseMarks {
    pub fn of(record: &Record) -> Self {
        Self {
            due: record.due.clone(),
            wants_help_since: record.wants_help_since,
            response: record.response.map(|it| (it.since, it.due_at)),
            last_inbound_at: record.last_inbound_at,
            snoozed_until: record.snoozed_until,
        }
    }

    /// Writes the marks into a record.
    pub fn restore(self, record: &mut Record) {
        record.due = self.due;
        record.wants_help_since = self.wants_help_since;
        record.response = self.response.map(|(since, due_at)| AwaitedResponse { since, due_at });
        record.last_inbound_at = self.last_inbound_at;
        record.snoozed_until = self.snoozed_until;
    }
}

impl CaseValue {
    /// Returns the columns of a value; a name is unique among the tables.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::CompanyName => &["company_name", "company_kana"],
            Self::CorporateNumber => &["corporate_number"],
            Self::Place => &["prefecture", "postal_code", "city", "street", "building"],
            Self::Contact => &["name", "kana", "department", "position"],
            Self::Telephone => &["telephone", "phone_digits"],
            Self::MailAddress => &["email", "email_key", "address_confirmed_at"],
            Self::Description => &["description"],
        }
    }
}

impl CaseValues {
    /// Returns the values of one kind as people read them, and whether they say anything.
    pub fn shown(&self, value: CaseValue) -> String {
        let of = |name: &str| self.0.get(name).map(String::as_str).unwrap_or_default();
        match value {
            CaseValue::CompanyName => of("company_name").to_owned(),
            CaseValue::CorporateNumber => of("corporate_number").to_owned(),
            CaseValue::Place => {
                let prefecture = of("prefecture").parse().ok();
                let prefecture = prefecture.and_then(|it| domain::prefecture::Prefecture::from_code(it).ok());
                let prefecture = prefecture.map(domain::prefecture::Prefecture::name).unwrap_or_default();
                format!("{prefecture}{}{} {}", of("city"), of("street"), of("building")).trim().to_owned()
            }
            CaseValue::Contact => {
                let parts = [of("name"), of("department"), of("position")];
                parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("　")
            }
            CaseValue::Telephone => of("telephone").to_owned(),
            CaseValue::MailAddress => of("email").to_owned(),
            CaseValue::Description => of("description").to_owned(),
        }
    }

    /// Returns the values of these kinds before and after they are taken over from `other`, and the text by which the
    /// case is found, which names both.
    pub fn taking(&self, other: &Self, chosen: &[CaseValue]) -> [Self; 2] {
        let columns = chosen.iter().flat_map(|it| it.columns());
        let names: Vec<_> = columns.filter(|it| self.0.get(**it) != other.0.get(**it)).collect();
        let of = |from: &Self| -> BTreeMap<String, String> {
            let of = |it: &str| from.0.get(it).cloned().unwrap_or_default();
            names.iter().map(|it| ((**it).to_owned(), of(it))).collect()
        };
        let (mut before, mut after) = (of(self), of(other));
        let search_key = |it: &Self| it.0.get(SEARCH_KEY).cloned().unwrap_or_default();
        before.insert(SEARCH_KEY.to_owned(), search_key(self));
        after.insert(SEARCH_KEY.to_owned(), format!("{} {}", search_key(self), search_key(other)));
        [Self(before), Self(after)]
    }

    /// Returns the kinds of which `self` has another version than `expected`, which has fewer columns.
    pub fn differing(&self, expected: &Self) -> Vec<CaseValue> {
        let differs = |it: &str| expected.0.get(it).is_some_and(|value| self.0.get(it) != Some(value));
        CaseValue::ALL.into_iter().filter(|it| it.columns().iter().any(|it| differs(it))).collect()
    }
}

const SEARCH_KEY: &str = "search_key";

/// Returns the values of a case.
pub async fn values(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Option<CaseValues>, DbErr> {
    let case = consultation::Entity::find_by_id(id.0).one(db).await?;
    let written = application::Entity::find_by_id(id.0).one(db).await?;
    let contact = contact::Entity::find_by_id(id.0).one(db).await?;
    let Some(((case, written), contact)) = case.zip(written).zip(contact) else { return Ok(None) };
    let or_empty = |it: Option<String>| it.unwrap_or_default();
    let columns = [
        ("company_name", case.company_name),
        (SEARCH_KEY, case.search_key),
        ("prefecture", or_empty(case.prefecture.map(|it| it.to_string()))),
        ("address_confirmed_at", or_empty(case.address_confirmed_at.map(|it| it.to_rfc3339()))),
        ("company_kana", written.company_kana),
        ("corporate_number", or_empty(written.corporate_number)),
        ("postal_code", or_empty(written.postal_code)),
        ("city", written.city),
        ("street", written.street),
        ("building", written.building),
        ("description", written.description),
        ("name", contact.name),
        ("kana", contact.kana),
        ("department", contact.department),
        ("position", contact.position),
        ("telephone", or_empty(contact.phone)),
        ("phone_digits", or_empty(contact.phone_digits)),
        ("email", or_empty(contact.email)),
        ("email_key", or_empty(contact.email_key)),
    ];
    Ok(Some(CaseValues(columns.into_iter().map(|(name, it)| (name.to_owned(), it)).collect())))
}

/// Writes the values that `values` has.
pub async fn write_values(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    values: &CaseValues,
) -> Result<(), DbErr> {
    let mut case = consultation::ActiveModel { id: Set(id.0), ..Default::default() };
    let mut written = application::ActiveModel { consultation_id: Set(id.0), ..Default::default() };
    let mut contact = contact::ActiveModel { consultation_id: Set(id.0), ..Default::default() };
    for (name, value) in &values.0 {
        let text = || value.clone();
        let known = || (!value.is_empty()).then(|| value.clone());
        let wrong = |why: &str| contradiction(row::Entity, id, why);
        match name.as_str() {
            "company_name" => case.company_name = Set(text()),
            SEARCH_KEY => case.search_key = Set(text()),
            "prefecture" => {
                let code = known().map(|it| it.parse()).transpose();
                case.prefecture = Set(code.map_err(|_| wrong("prefecture"))?);
            }
            "address_confirmed_at" => {
                let at = known().map(|it| it.parse()).transpose();
                case.address_confirmed_at = Set(at.map_err(|_| wrong("address_confirmed_at"))?);
            }
            "company_kana" => written.company_kana = Set(text()),
            "corporate_number" => written.corporate_number = Set(known()),
            "postal_code" => written.postal_code = Set(known()),
            "city" => written.city = Set(text()),
            "street" => written.street = Set(text()),
            "building" => written.building = Set(text()),
            "description" => written.description = Set(text()),
            "name" => contact.name = Set(text()),
            "kana" => contact.kana = Set(text()),
            "department" => contact.department = Set(text()),
            "position" => contact.position = Set(text()),
            "telephone" => contact.phone = Set(known()),
            "phone_digits" => contact.phone_digits = Set(known()),
            "email" => contact.email = Set(known()),
            "email_key" => contact.email_key = Set(known()),
            _ => return Err(wrong("an unknown column")),
        }
    }
    // A row of which nothing is set is not written.
    if case.is_changed() {
        consultation::Entity::update(case).exec(tx).await?;
    }
    if written.is_changed() {
        application::Entity::update(written).exec(tx).await?;
    }
    if contact.is_changed() {
        contact::Entity::update(contact).exec(tx).await?;
    }
    Ok(())
}

/// Returns two cases, locked until the transaction ends, in the order asked for.
pub async fn lock_both(
    tx: &DatabaseTransaction,
    ids: [ConsultationId; 2],
) -> Result<Option<[Record; 2]>, DbErr> {
    let rows = consultation::Entity::find()
        .filter(consultation::COLUMN.id.is_in(ids.map(|it| it.0)))
        .order_by_asc(consultation::COLUMN.id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let of = |id: ConsultationId| rows.iter().find(|it| it.id == id.0).map(from_row).transpose();
    let [first, second] = ids;
    Ok(of(first)?.zip(of(second)?).map(|(first, second)| [first, second]))
}

/// Returns whether cases were merged into this one.
pub async fn has_absorbed(db: &impl ConnectionTrait, id: ConsultationId) -> Result<bool, DbErr> {
    let found =
        consultation::Entity::find().filter(consultation::COLUMN.merged_into.eq(id.0)).count(db).await?;
    Ok(found > 0)
}

/// Returns the subquery for a case and those that were merged into it, whose messages and mails are shown together.
pub fn one_case(id: ConsultationId) -> SelectStatement {
    consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.id.eq(id.0).or(consultation::COLUMN.merged_into.eq(id.0)))
        .into_query()
}

/// Returns the case into which this one was merged, or itself.
pub async fn leading(db: &impl ConnectionTrait, id: ConsultationId) -> Result<ConsultationId, DbErr> {
    let found: Option<Option<Uuid>> = consultation::Entity::find_by_id(id.0)
        .select_only()
        .column(consultation::Column::MergedInto)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.flatten().map_or(id, ConsultationId))
}

/// Saves a merge. The records of both cases are saved by their own unit of work.
pub async fn insert(tx: &DatabaseTransaction, it: &CaseMerge, by: AccountId) -> Result<(), DbErr> {
    let changed = serde_json::to_value(&it.change).map_err(|err| DbErr::Type(err.to_string()))?;
    let model = row::Model {
        id: it.id,
        kept_id: it.kept.0,
        absorbed_id: it.absorbed.0,
        merged_by: by.0,
        merged_at: it.merged_at,
        reason: it.reason.clone(),
        changed,
        undone_by: None,
        undone_at: None,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Saves that a merge was undone.
pub async fn set_undone(
    tx: &DatabaseTransaction,
    id: Uuid,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let undone = row::ActiveModel {
        id: Set(id),
        undone_by: Set(Some(by.0)),
        undone_at: Set(Some(now)),
        ..Default::default()
    };
    row::Entity::update(undone).exec(tx).await?;
    Ok(())
}

/// Returns the merges into a case that hold, oldest first, with the numbers of the absorbed cases.
pub async fn into(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<(CaseMerge, String)>, DbErr> {
    let absorbed = row::Entity::belongs_to(consultation::Entity)
        .from(row::Column::AbsorbedId)
        .to(consultation::Column::Id)
        .into();
    let rows = row::Entity::find()
        .join(sea_orm::JoinType::InnerJoin, absorbed)
        .select_also(consultation::Entity)
        .filter(row::COLUMN.kept_id.eq(id.0))
        .filter(row::COLUMN.undone_at.is_null())
        .order_by_asc(row::COLUMN.merged_at)
        .all(db)
        .await?;
    rows.iter()
        .map(|(it, case)| {
            let number = case.as_ref().map(|it| it.number.clone()).unwrap_or_default();
            Ok((from_merge(it)?, number))
        })
        .collect()
}

/// Returns a merge that holds, locked until the transaction ends.
pub async fn lock_merge(tx: &DatabaseTransaction, id: Uuid) -> Result<Option<CaseMerge>, DbErr> {
    let found = row::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    found.filter(|it| it.undone_at.is_none()).as_ref().map(from_merge).transpose()
}

fn from_merge(it: &row::Model) -> Result<CaseMerge, DbErr> {
    let change = serde_json::from_value(it.changed.clone());
    Ok(CaseMerge {
        id: it.id,
        kept: ConsultationId(it.kept_id),
        absorbed: ConsultationId(it.absorbed_id),
        merged_at: it.merged_at,
        reason: it.reason.clone(),
        change: change.map_err(|err| contradiction(row::Entity, it.id, err))?,
    })
}
