//! Examines the keys by which possible duplicates are found: a key that does not follow from its value hides a duplicate.
use domain::{intake::duplicate::address_key, text::search_key};
use entity::{application, contact};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Findings;

/// The number of rows that are held in memory at once.
const SIZE: u64 = 1000;

/// The id of a consultation, with its reading, city and street, and the keys of reading and address.
type ApplicationKeys = (Uuid, String, String, String, Option<String>, Option<String>);

pub(super) async fn examine(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    examine_applications(db, findings).await?;
    examine_contacts(db, findings).await
}

async fn examine_applications(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    use application::Column as Written;
    let mut last = Uuid::nil();
    loop {
        let rows: Vec<ApplicationKeys> = application::Entity::find()
            .select_only()
            .column(Written::ConsultationId)
            .column(Written::CompanyKana)
            .column(Written::City)
            .column(Written::Street)
            .column(Written::ReadingKey)
            .column(Written::AddressKey)
            .filter(Written::ConsultationId.gt(last))
            .order_by_asc(Written::ConsultationId)
            .limit(SIZE)
            .into_tuple()
            .all(db)
            .await?;
        for (id, kana, city, street, reading, address) in &rows {
            if reading.as_ref() != Some(&search_key(kana)) {
                findings.add("duplicate_key", id, "the key of the reading does not follow from it");
            }
            if address.as_ref() != Some(&address_key(city, street)) {
                findings.add("duplicate_key", id, "the key of the address does not follow from it");
            }
        }
        let Some(row) = rows.last() else { return Ok(()) };
        last = row.0;
    }
}

async fn examine_contacts(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    use contact::Column as Contact;
    let mut last = Uuid::nil();
    loop {
        let rows: Vec<(Uuid, String, Option<String>)> = contact::Entity::find()
            .select_only()
            .column(Contact::ConsultationId)
            .column(Contact::Name)
            .column(Contact::PersonKey)
            .filter(Contact::ConsultationId.gt(last))
            .order_by_asc(Contact::ConsultationId)
            .limit(SIZE)
            .into_tuple()
            .all(db)
            .await?;
        for (id, name, key) in &rows {
            if key.as_ref() != Some(&search_key(name)) {
                findings.add("duplicate_key", id, "the key of the contact's name does not follow from it");
            }
        }
        let Some(row) = rows.last() else { return Ok(()) };
        last = row.0;
    }
}
