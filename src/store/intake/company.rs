//! Companies, identified by their corporate number. An application without one has a company of its own until
//! a person matches it.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use codes::AppointmentStatus;
use domain::{
    calendar::at_japan,
    id::{CompanyId, ConsultationId},
    intake::application::CompanyFacts,
    number::FiscalYear,
    text::search_key,
};
use entity::{appointment, company as row, consultation, contact};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
};
use uuid::Uuid;

use crate::store::{
    consultation::{Record, from_row},
    contradiction,
};

/// The most other consultations of a company that are looked at together.
const MOST_OTHERS: u64 = 100;

/// The company that an application belongs to.
#[derive(Clone, Debug)]
pub enum Applicant {
    Known {
        company: CompanyId,
        /// The company that the number named, if it was merged into `company`.
        own: Option<CompanyId>,
    },
    /// A new company, to be written with the application.
    New(row::Model),
}

/// Returns the company of an application: the one with its corporate number, or a new one.
///
/// The data of an existing company are left as they are, because an applicant can type another company's
/// number. A company that was merged leads to the one into which it was merged.
pub async fn of_application(
    tx: &DatabaseTransaction,
    facts: &CompanyFacts,
    now: DateTime<Utc>,
) -> Result<Applicant, DbErr> {
    let number = facts.corporate_number.map(|it| it.to_string());
    if let Some(number) = &number {
        let known = row::Entity::find().filter(row::COLUMN.corporate_number.eq(number.clone()));
        // A merge that runs at the same time waits, or is waited for.
        if let Some(known) = known.lock_shared().one(tx).await? {
            let mut company = known.clone();
            while let Some(into) = company.merged_into {
                let next = row::Entity::find_by_id(into).lock_shared().one(tx).await?;
                company = next.ok_or_else(|| contradiction(row::Entity, into, "is merged into and gone"))?;
            }
            let own = (company.id != known.id).then_some(CompanyId(known.id));
            return Ok(Applicant::Known { company: CompanyId(company.id), own });
        }
    }
    Ok(Applicant::New(row::Model {
        id: Uuid::now_v7(),
        corporate_number: number,
        name: facts.name.as_str().to_owned(),
        search_key: facts.name.search_key(),
        created_at: now,
        merged_into: None,
    }))
}

/// Returns the company with this corporate number, or the one into which it was merged.
pub async fn by_number(db: &impl ConnectionTrait, number: &str) -> Result<Option<CompanyId>, DbErr> {
    Ok(registered(db, number).await?.map(|it| it.1))
}

/// Returns those of the companies that no corporate number identifies.
pub async fn unidentified(
    db: &impl ConnectionTrait,
    companies: impl IntoIterator<Item = CompanyId>,
) -> Result<BTreeSet<CompanyId>, DbErr> {
    let ids: Vec<_> = companies.into_iter().map(|it| it.0).collect();
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.id.is_in(ids))
        .filter(row::COLUMN.corporate_number.is_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(CompanyId).collect())
}

/// Returns the company with this corporate number, and the one that it belongs to: itself, or the one into which it was
/// merged.
pub async fn registered(
    db: &impl ConnectionTrait,
    number: &str,
) -> Result<Option<(CompanyId, CompanyId)>, DbErr> {
    let found = row::Entity::find().filter(row::COLUMN.corporate_number.eq(number)).one(db).await?;
    Ok(found.map(|it| (CompanyId(it.id), CompanyId(it.merged_into.unwrap_or(it.id)))))
}

/// Returns the number of appointments that count toward the company's cap in a fiscal year: those that it had or has
/// booked. A consultation whose corporate number is not confirmed counts for itself alone.
pub async fn appointments_in(
    db: &impl ConnectionTrait,
    record: &Record,
    year: FiscalYear,
) -> Result<u16, DbErr> {
    let own = consultation::Entity::find().select_only().column(consultation::Column::Id);
    let own = if record.number_unconfirmed {
        own.filter(consultation::COLUMN.id.eq(record.consultation.id.0))
    } else {
        own.filter(consultation::COLUMN.company_id.eq(record.company.0))
            .filter(consultation::COLUMN.number_unconfirmed.eq(false))
    };
    let own = own.into_query();
    let from = at_japan(year.first_day(), 0, 0);
    let to = at_japan(year.last_day(), 24, 0);
    let count = appointment::Entity::find()
        .filter(appointment::Column::ConsultationId.in_subquery(own))
        .filter(
            appointment::COLUMN
                .state
                .is_in([AppointmentStatus::Confirmed, AppointmentStatus::Done].map(AppointmentStatus::code)),
        )
        .filter(appointment::COLUMN.makes_up.eq(false))
        .filter(appointment::COLUMN.starts_at.gte(from))
        .filter(appointment::COLUMN.starts_at.lt(to))
        .count(db)
        .await?;
    Ok(u16::try_from(count).unwrap_or(u16::MAX))
}

/// Returns whether another consultation of the company has this contact's address, confirmed, and belongs to the company
/// without doubt.
pub async fn knows_address(
    db: &impl ConnectionTrait,
    record: &Record,
    email_key: &str,
) -> Result<bool, DbErr> {
    let ids = contact::Entity::find()
        .select_only()
        .column(contact::Column::ConsultationId)
        .filter(contact::COLUMN.email_key.eq(email_key))
        .into_query();
    let found = consultation::Entity::find()
        .filter(consultation::Column::Id.in_subquery(ids))
        .filter(consultation::COLUMN.id.ne(record.consultation.id.0))
        .filter(consultation::COLUMN.company_id.eq(record.company.0))
        .filter(consultation::COLUMN.number_unconfirmed.eq(false))
        .filter(consultation::COLUMN.address_confirmed_at.is_not_null())
        .count(db)
        .await?;
    Ok(found > 0)
}

/// Gives a consultation a company of its own, which has no corporate number. Returns the company.
pub async fn separate(
    tx: &DatabaseTransaction,
    record: &Record,
    now: DateTime<Utc>,
) -> Result<CompanyId, DbErr> {
    let company = insert(tx, None, &record.company_name, now).await?;
    let moved = consultation::ActiveModel {
        id: Set(record.consultation.id.0),
        company_id: Set(company.0),
        own_company_id: Set(None),
        ..Default::default()
    };
    consultation::Entity::update(moved).exec(tx).await?;
    Ok(company)
}

/// Inserts a company.
pub async fn insert(
    tx: &DatabaseTransaction,
    corporate_number: Option<String>,
    name: &str,
    now: DateTime<Utc>,
) -> Result<CompanyId, DbErr> {
    let new = row::Model {
        id: Uuid::now_v7(),
        corporate_number,
        name: name.to_owned(),
        search_key: search_key(name),
        created_at: now,
        merged_into: None,
    };
    let id = CompanyId(new.id);
    row::Entity::insert(new.into_active_model()).exec_without_returning(tx).await?;
    Ok(id)
}

/// Returns the number of another consultation that was filed under the company, if there is one.
pub async fn other_of_company(
    db: &impl ConnectionTrait,
    company: CompanyId,
    except: ConsultationId,
) -> Result<Option<String>, DbErr> {
    let filed = consultation::COLUMN
        .own_company_id
        .eq(company.0)
        .or(consultation::COLUMN.company_id.eq(company.0).and(consultation::COLUMN.own_company_id.is_null()));
    let other = consultation::Entity::find()
        .filter(filed)
        .filter(consultation::COLUMN.id.ne(except.0))
        .order_by_asc(consultation::COLUMN.number)
        .one(db)
        .await?;
    Ok(other.map(|it| it.number))
}

/// Sets the corporate number of a company. Returns false if another company has it.
pub async fn set_number(
    tx: &DatabaseTransaction,
    id: CompanyId,
    number: Option<String>,
) -> Result<bool, DbErr> {
    if let Some(number) = &number {
        let others = row::Entity::find()
            .filter(row::COLUMN.corporate_number.eq(number.clone()))
            .filter(row::COLUMN.id.ne(id.0));
        if others.count(tx).await? > 0 {
            return Ok(false);
        }
    }
    let change = row::ActiveModel { id: Set(id.0), corporate_number: Set(number), ..Default::default() };
    row::Entity::update(change).exec(tx).await?;
    Ok(true)
}

/// Sets the name of a company.
pub async fn set_name(tx: &DatabaseTransaction, id: CompanyId, name: &str) -> Result<(), DbErr> {
    let change = row::ActiveModel {
        id: Set(id.0),
        name: Set(name.to_owned()),
        search_key: Set(search_key(name)),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Returns the other consultations of the company, in the order of their numbers.
pub async fn others(
    db: &impl ConnectionTrait,
    company: CompanyId,
    except: ConsultationId,
) -> Result<Vec<Record>, DbErr> {
    let found = consultation::Entity::find()
        .filter(consultation::COLUMN.company_id.eq(company.0))
        .filter(consultation::COLUMN.id.ne(except.0))
        .order_by_asc(consultation::COLUMN.number)
        .limit(MOST_OTHERS)
        .all(db)
        .await?;
    found.iter().map(from_row).collect()
}

/// Returns whether the company has a consultation that was received later.
pub async fn has_later(db: &impl ConnectionTrait, company: CompanyId, than: &Record) -> Result<bool, DbErr> {
    let later = consultation::Entity::find()
        .filter(consultation::COLUMN.company_id.eq(company.0))
        .filter(consultation::COLUMN.id.ne(than.consultation.id.0))
        .filter(consultation::COLUMN.received_at.gt(than.received_at));
    Ok(later.count(db).await? > 0)
}
