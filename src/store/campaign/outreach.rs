//! The registrants to whom the center offers a consultation. Only this file makes an [`OutreachRecipient`], by a query
//! that asks for the consent, so that no person without it can be written to.
use chrono::{DateTime, Utc};
use domain::{
    campaign::{RegistrationStatus, is_for_outreach},
    id::{PublicationId, RegistrationId},
    intake::company::TeleworkStatus,
};
use entity::registration as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, Select,
    sea_query::Expr,
};

use crate::store::known;

/// A registrant who has opted in to announcements, has not introduced telework, and whose address is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutreachRecipient {
    id: RegistrationId,
    name: String,
    contact_name: String,
    address: String,
    status: TeleworkStatus,
    invited_at: Option<DateTime<Utc>>,
}

impl OutreachRecipient {
    pub const fn id(&self) -> RegistrationId {
        self.id
    }

    /// Returns the name of the organisation or the person.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn contact_name(&self) -> &str {
        &self.contact_name
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub const fn status(&self) -> TeleworkStatus {
        self.status
    }

    /// Returns when the invitation was written; one is written for a registration.
    pub const fn invited_at(&self) -> Option<DateTime<Utc>> {
        self.invited_at
    }
}

/// Returns the recipients of a telework month, first those who were not invited.
pub async fn recipients(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
) -> Result<Vec<OutreachRecipient>, DbErr> {
    let rows = opted_in(campaign)
        .order_by_asc(Expr::col(row::Column::InvitedAt).is_not_null())
        .order_by_asc(row::COLUMN.created_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    let read = rows.into_iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// Returns a recipient by its registration; `None` if it may not be written to.
pub async fn recipient(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    id: RegistrationId,
) -> Result<Option<OutreachRecipient>, DbErr> {
    let found = opted_in(campaign).filter(row::COLUMN.id.eq(id.0)).one(db).await?;
    Ok(found.map(from_row).transpose()?.flatten())
}

/// Returns those of these registrations that may still be written to, for mails that depend on it.
pub async fn standing(
    db: &impl ConnectionTrait,
    ids: Vec<RegistrationId>,
) -> Result<std::collections::HashSet<RegistrationId>, DbErr> {
    if ids.is_empty() {
        return Ok(Default::default());
    }
    let rows = consented().filter(row::COLUMN.id.is_in(ids.into_iter().map(|it| it.0))).all(db).await?;
    Ok(rows.into_iter().map(|it| RegistrationId(it.id)).collect())
}

/// Records that a recipient was invited.
pub async fn mark_invited(
    tx: &DatabaseTransaction,
    it: &OutreachRecipient,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::InvitedAt, Expr::value(now))
        .filter(row::COLUMN.id.eq(it.id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes back the consents that were given with this address, in all telework months. Returns how many there were.
pub async fn opt_out(tx: &DatabaseTransaction, email_key: &str, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let stopped = row::Entity::update_many()
        .col_expr(row::Column::OptedOutAt, Expr::value(now))
        .filter(row::COLUMN.email_key.eq(email_key))
        .filter(row::COLUMN.opted_in_at.is_not_null())
        .filter(row::COLUMN.opted_out_at.is_null())
        .exec(tx)
        .await?;
    Ok(stopped.rows_affected)
}

fn opted_in(campaign: PublicationId) -> Select<row::Entity> {
    consented().filter(row::COLUMN.publication_id.eq(campaign.0))
}

/// Returns the query for the registrations in force whose consent stands, with a proved address, and whose status is
/// one for which advice is offered.
fn consented() -> Select<row::Entity> {
    let statuses = TeleworkStatus::ALL.into_iter().filter(|it| is_for_outreach(*it));
    row::Entity::find()
        .filter(row::COLUMN.status.eq(RegistrationStatus::Approved.code()))
        .filter(row::COLUMN.opted_in_at.is_not_null())
        .filter(row::COLUMN.opted_out_at.is_null())
        .filter(row::COLUMN.proved_at.is_not_null())
        .filter(row::COLUMN.email.is_not_null())
        .filter(row::COLUMN.telework_status.is_in(statuses.map(TeleworkStatus::code)))
}

fn from_row(row: row::Model) -> Result<Option<OutreachRecipient>, DbErr> {
    let status = known(&row.telework_status, row::Column::TeleworkStatus, row.id)?;
    let named = row.email.zip(row.name);
    Ok(named.map(|(address, name)| OutreachRecipient {
        id: RegistrationId(row.id),
        contact_name: row.contact_name.unwrap_or_default(),
        name,
        address,
        status,
        invited_at: row.invited_at,
    }))
}
