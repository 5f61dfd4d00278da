//! Consultations that may be of one company, found by the columns in which two applications can agree. Each column has
//! an index; those of texts that people type have the folded text (`duplicate_key`).
use std::collections::BTreeSet;

use domain::{
    id::CompanyId,
    intake::duplicate::{Identity, company_domain},
    text::search_key,
};
use entity::{application, company, consultation, contact};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::consultation::{Record, from_row};

/// The most consultations that are found by one key.
const MOST_BY_KEY: u64 = 20;

/// Returns what a consultation's rows say about who filed it.
pub fn identity(record: &Record, written: &application::Model, contact: &contact::Model) -> Identity {
    Identity {
        corporate_number: written.corporate_number.clone(),
        name: record.company_name.clone(),
        reading: written.company_kana.clone(),
        city: written.city.clone(),
        street: written.street.clone(),
        telephone: contact.phone_digits.clone().unwrap_or_default(),
        person: contact.name.clone(),
        mail_address: contact.email_key.clone().unwrap_or_default(),
    }
}

/// Returns the consultations that agree with `who` in some key, and those of the company itself, newest first, without
/// the one with the id `except` and without those that were merged into another. The mail domain is a key only if
/// `by_domain`.
pub async fn candidates(
    db: &impl ConnectionTrait,
    (who, by_domain): (&Identity, bool),
    company: CompanyId,
    except: Uuid,
) -> Result<Vec<(Record, Identity)>, DbErr> {
    let ids = agreeing(db, (who, by_domain), company).await?;
    let rows = consultation::Entity::find()
        .filter(consultation::COLUMN.id.is_in(ids))
        .filter(consultation::COLUMN.id.ne(except))
        .filter(consultation::COLUMN.merged_into.is_null())
        .order_by_desc(consultation::COLUMN.received_at)
        .all(db)
        .await?;
    let ids: Vec<_> = rows.iter().map(|it| it.id).collect();
    let written = application::Entity::find().filter(application::COLUMN.consultation_id.is_in(ids.clone()));
    let written = written.all(db).await?;
    let contacts = contact::Entity::find().filter(contact::COLUMN.consultation_id.is_in(ids)).all(db).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let written = written.iter().find(|it| it.consultation_id == row.id);
        let contact = contacts.iter().find(|it| it.consultation_id == row.id);
        if let Some((written, contact)) = written.zip(contact) {
            let record = from_row(&row)?;
            let who = identity(&record, written, contact);
            found.push((record, who));
        }
    }
    Ok(found)
}

/// Returns the ids of the consultations that agree in some key.
async fn agreeing(
    db: &impl ConnectionTrait,
    (who, by_domain): (&Identity, bool),
    company: CompanyId,
) -> Result<BTreeSet<Uuid>, DbErr> {
    use {application::Column as Written, contact::Column as Contact};
    let mut found = BTreeSet::new();
    let named = company::Entity::find()
        .select_only()
        .expr(Expr::cust("COALESCE(merged_into, id)"))
        .filter(company::COLUMN.search_key.eq(search_key(&who.name)));
    let of_company = Condition::any()
        .add(consultation::COLUMN.company_id.eq(company.0))
        .add(consultation::Column::CompanyId.in_subquery(named.into_query()));
    let same = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(of_company)
        .order_by_desc(consultation::Column::ReceivedAt)
        .limit(MOST_BY_KEY);
    found.extend(same.into_tuple::<Uuid>().all(db).await?);
    let mut by_application = Vec::new();
    if let Some(number) = &who.corporate_number {
        by_application.push(Written::CorporateNumber.eq(number.clone()));
    }
    let (reading, address, person) = (search_key(&who.reading), who.address_key(), search_key(&who.person));
    if !reading.is_empty() {
        by_application.push(Written::ReadingKey.eq(reading));
    }
    if !address.is_empty() {
        by_application.push(Written::AddressKey.eq(address));
    }
    for key in by_application {
        let query = application::Entity::find().select_only().column(Written::ConsultationId).filter(key);
        let query = query.order_by_desc(Written::ConsultationId).limit(MOST_BY_KEY);
        found.extend(query.into_tuple::<Uuid>().all(db).await?);
    }
    let mut by_contact: Vec<Expr> = Vec::new();
    if !who.telephone.is_empty() {
        by_contact.push(Contact::PhoneDigits.eq(who.telephone.clone()));
    }
    if !person.is_empty() {
        by_contact.push(Contact::PersonKey.eq(person));
    }
    if !who.mail_address.is_empty() {
        by_contact.push(Contact::EmailKey.eq(who.mail_address.clone()));
    }
    if let Some(domain) = company_domain(&who.mail_address).filter(|_| by_domain) {
        by_contact.push(Expr::cust(mail_host(db)).eq(Expr::val(domain)));
    }
    for key in by_contact {
        let query = contact::Entity::find().select_only().column(Contact::ConsultationId).filter(key);
        let query = query.order_by_desc(Contact::ConsultationId).limit(MOST_BY_KEY);
        found.extend(query.into_tuple::<Uuid>().all(db).await?);
    }
    Ok(found)
}

/// Returns how many companies have a contact with an address of this domain. Counts no further than a hundred.
pub async fn companies_at(db: &impl ConnectionTrait, domain: &str) -> Result<u64, DbErr> {
    let there = contact::Entity::find()
        .select_only()
        .column(contact::Column::ConsultationId)
        .filter(Expr::cust(mail_host(db)).eq(Expr::val(domain)))
        .into_query();
    let found: Vec<Uuid> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::CompanyId)
        .distinct()
        .filter(consultation::Column::Id.in_subquery(there))
        .limit(MOST_COUNTED)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.len() as u64)
}

/// The number at which counting stops.
const MOST_COUNTED: u64 = 100;

/// Returns the host of a contact's address, as the index of the migration has it.
fn mail_host(db: &impl ConnectionTrait) -> &'static str {
    if db.get_database_backend() == DbBackend::Postgres {
        "split_part(email_key, '@', 2)"
    } else {
        "substr(email_key, instr(email_key, '@') + 1)"
    }
}
