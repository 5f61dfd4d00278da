//! Mail addresses as the contacts of all consultations have them: whether one is known, and whether it is proved.
use entity::{consultation, contact};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, sea_query::ExprTrait};

/// Whether an address is that of a contact, and whether its reader has proved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactAddress {
    Unknown,
    Unproved,
    Proved,
}

/// Returns what is known about an address, in lower case. An address is proved if it was confirmed for one consultation.
pub async fn find(db: &impl ConnectionTrait, email_key: &str) -> Result<ContactAddress, DbErr> {
    let own = contact::COLUMN.email_key.eq(email_key);
    let query = contact::Entity::find().filter(own.or(contact::COLUMN.proven_email_key.eq(email_key)));
    let contacts = query.all(db).await?;
    if contacts.is_empty() {
        return Ok(ContactAddress::Unknown);
    }
    if contacts.iter().any(|it| it.proven_email_key.as_deref() == Some(email_key)) {
        return Ok(ContactAddress::Proved);
    }
    let confirmed = consultation::Entity::find()
        .filter(consultation::COLUMN.id.is_in(contacts.iter().map(|it| it.consultation_id)))
        .filter(consultation::COLUMN.address_confirmed_at.is_not_null())
        .count(db)
        .await?;
    Ok(if confirmed > 0 { ContactAddress::Proved } else { ContactAddress::Unproved })
}
