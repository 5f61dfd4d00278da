//! Files that those who are registered for a telework month may use, such as its logo. Their bytes are outside of the
//! database.
use chrono::{DateTime, Utc};
use domain::id::{CampaignLogoId, PublicationId};
use entity::campaign_logo as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignLogo {
    pub id: CampaignLogoId,
    pub campaign: PublicationId,
    pub name: String,
    pub content_type: String,
    /// The length in bytes.
    pub size: i64,
    /// The hash under which the bytes are stored.
    pub sha256: String,
    pub created_at: DateTime<Utc>,
}

/// Returns the files of a telework month, in the order in which they were added.
pub async fn of(db: &impl ConnectionTrait, campaign: PublicationId) -> Result<Vec<CampaignLogo>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(campaign.0))
        .order_by_asc(row::COLUMN.created_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(from_row).collect())
}

pub async fn find(db: &impl ConnectionTrait, id: CampaignLogoId) -> Result<Option<CampaignLogo>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).one(db).await?.map(from_row))
}

pub async fn insert(tx: &DatabaseTransaction, it: &CampaignLogo) -> Result<(), DbErr> {
    let model = row::Model {
        id: it.id.0,
        publication_id: it.campaign.0,
        name: it.name.clone(),
        content_type: it.content_type.clone(),
        size: it.size,
        sha256: it.sha256.clone(),
        created_at: it.created_at,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn delete(tx: &DatabaseTransaction, id: CampaignLogoId) -> Result<(), DbErr> {
    row::Entity::delete_by_id(id.0).exec(tx).await?;
    Ok(())
}

fn from_row(row: row::Model) -> CampaignLogo {
    CampaignLogo {
        id: CampaignLogoId(row.id),
        campaign: PublicationId(row.publication_id),
        name: row.name,
        content_type: row.content_type,
        size: row.size,
        sha256: row.sha256,
        created_at: row.created_at,
    }
}
