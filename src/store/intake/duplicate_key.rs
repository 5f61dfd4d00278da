//! The keys by which possible duplicates are found: reading, address and person, folded as the evidence compares them.
//!
//! Every write of a value writes its key. Rows of an earlier version have none; they are filled after the migration, which
//! does not know how the program folds.
use domain::{intake::duplicate::address_key, text::search_key};
use entity::{application, contact};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

/// The number of rows that are read at once.
const AT_ONCE: u64 = 500;

/// A row without keys, with the values from which they follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unkeyed {
    Application { id: Uuid, reading: String, city: String, street: String },
    Contact { id: Uuid, name: String },
}

/// Returns some rows without keys; none once all have them. In no order, so that the indexes of the keys find them.
pub async fn unkeyed(db: &impl ConnectionTrait) -> Result<Vec<Unkeyed>, DbErr> {
    let applications = unkeyed_applications(db).await?;
    if applications.is_empty() { unkeyed_contacts(db).await } else { Ok(applications) }
}

async fn unkeyed_applications(db: &impl ConnectionTrait) -> Result<Vec<Unkeyed>, DbErr> {
    use application::Column as Written;
    let rows: Vec<(Uuid, String, String, String)> = application::Entity::find()
        .select_only()
        .column(Written::ConsultationId)
        .column(Written::CompanyKana)
        .column(Written::City)
        .column(Written::Street)
        .filter(Condition::any().add(Written::ReadingKey.is_null()).add(Written::AddressKey.is_null()))
        .limit(AT_ONCE)
        .into_tuple()
        .all(db)
        .await?;
    let row = |(id, reading, city, street)| Unkeyed::Application { id, reading, city, street };
    Ok(rows.into_iter().map(row).collect())
}

async fn unkeyed_contacts(db: &impl ConnectionTrait) -> Result<Vec<Unkeyed>, DbErr> {
    use contact::Column as Contact;
    let rows: Vec<(Uuid, String)> = contact::Entity::find()
        .select_only()
        .column(Contact::ConsultationId)
        .column(Contact::Name)
        .filter(Contact::PersonKey.is_null())
        .limit(AT_ONCE)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, name)| Unkeyed::Contact { id, name }).collect())
}

/// Writes the keys of a row, unless its values were corrected since they were read: then the correction has written them.
pub async fn write(tx: &DatabaseTransaction, it: &Unkeyed) -> Result<(), DbErr> {
    use {application::Column as Written, contact::Column as Contact};
    match it {
        Unkeyed::Application { id, reading, city, street } => {
            application::Entity::update_many()
                .col_expr(Written::ReadingKey, Expr::value(search_key(reading)))
                .col_expr(Written::AddressKey, Expr::value(address_key(city, street)))
                .filter(Written::ConsultationId.eq(*id))
                .filter(Written::CompanyKana.eq(reading.as_str()))
                .filter(Written::City.eq(city.as_str()))
                .filter(Written::Street.eq(street.as_str()))
                .exec(tx)
                .await?;
        }
        Unkeyed::Contact { id, name } => {
            contact::Entity::update_many()
                .col_expr(Contact::PersonKey, Expr::value(search_key(name)))
                .filter(Contact::ConsultationId.eq(*id))
                .filter(Contact::Name.eq(name.as_str()))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}
