//! The list of themes that an administrator keeps, retired ones included.
use domain::field::Field;
use entity::theme;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryOrder};

use super::revision::{RevisedPart, touch};
use crate::store::known;

/// A theme as the administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedTheme {
    /// The code. It never changes, because consultations and experts refer to it.
    pub code: String,
    pub field: Field,
    pub label: String,
    /// The position within the field, by which themes are shown in order.
    pub position: i16,
    /// Whether the theme is offered. Consultations and experts that have a retired theme keep it.
    pub active: bool,
}

/// Returns all themes, by field and position.
pub async fn themes(db: &impl ConnectionTrait) -> Result<Vec<ManagedTheme>, DbErr> {
    let rows = theme::Entity::find()
        .order_by_asc(theme::COLUMN.field)
        .order_by_asc(theme::COLUMN.position)
        .order_by_asc(theme::COLUMN.code)
        .all(db)
        .await?;
    rows.into_iter().map(from_model).collect()
}

pub async fn insert_theme(tx: &DatabaseTransaction, it: &ManagedTheme) -> Result<(), DbErr> {
    theme::Entity::insert(columns(it)).exec_without_returning(tx).await?;
    touch(tx, RevisedPart::Programme).await
}

pub async fn save_theme(tx: &DatabaseTransaction, it: &ManagedTheme) -> Result<(), DbErr> {
    theme::Entity::update(columns(it)).exec(tx).await?;
    touch(tx, RevisedPart::Programme).await
}

fn columns(it: &ManagedTheme) -> theme::ActiveModel {
    theme::ActiveModel {
        code: Set(it.code.clone()),
        field: Set(it.field.into()),
        label: Set(it.label.clone()),
        position: Set(it.position),
        active: Set(it.active),
    }
}

fn from_model(row: theme::Model) -> Result<ManagedTheme, DbErr> {
    let field = known(&row.field, theme::Column::Field, &row.code)?;
    Ok(ManagedTheme { code: row.code, field, label: row.label, position: row.position, active: row.active })
}
