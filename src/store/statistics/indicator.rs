//! The indicators that an administrator has defined, each with the months in whose editions it stands.
use chrono::{DateTime, Utc};
use domain::{
    id::AccountId,
    statistics::{figures::FigureTable, indicator::DefinedIndicator, month::EditionMonth},
    text::TextLine,
};
use entity::indicator as row;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryOrder,
};
use uuid::Uuid;

use crate::store::contradiction;

/// An indicator with its months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptIndicator {
    pub id: Uuid,
    pub indicator: DefinedIndicator,
    /// The first month in whose edition it stands.
    pub from: EditionMonth,
    /// The last one; `None` while it goes on.
    pub until: Option<EditionMonth>,
}

impl KeptIndicator {
    /// Returns whether it stands in the edition of a month.
    pub fn is_of(&self, month: EditionMonth) -> bool {
        self.from <= month && self.until.is_none_or(|it| month <= it)
    }
}

/// Returns all indicators, in the order in which they were defined.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<KeptIndicator>, DbErr> {
    let rows =
        row::Entity::find().order_by_asc(row::COLUMN.created_at).order_by_asc(row::COLUMN.id).all(db).await?;
    rows.into_iter().map(from_row).collect()
}

pub async fn insert(
    tx: &DatabaseTransaction,
    it: &KeptIndicator,
    (by, now): (AccountId, DateTime<Utc>),
) -> Result<(), DbErr> {
    let own = &it.indicator;
    let cells = |all: &[String]| serde_json::to_value(all).map_err(|err| DbErr::Type(err.to_string()));
    let model = row::Model {
        id: it.id,
        label: own.label.to_string(),
        definition: own.definition.to_string(),
        figure_table: own.table.code().to_owned(),
        numerator: cells(&own.numerator)?,
        denominator: cells(&own.denominator)?,
        target: own.target.map(i16::from),
        from_month: it.from.code(),
        until_month: it.until.map(EditionMonth::code),
        created_by: by.0,
        created_at: now,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Saves the last month of an indicator.
pub async fn save_until(tx: &DatabaseTransaction, id: Uuid, until: EditionMonth) -> Result<(), DbErr> {
    let changed =
        row::ActiveModel { id: Set(id), until_month: Set(Some(until.code())), ..Default::default() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

/// Deletes an indicator that stands in no edition.
pub async fn delete(tx: &DatabaseTransaction, id: Uuid) -> Result<(), DbErr> {
    row::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

fn from_row(row: row::Model) -> Result<KeptIndicator, DbErr> {
    let id = row.id;
    let wrong = |why: &dyn std::fmt::Display| contradiction(row::Entity, id, why);
    let month = |code: &str| EditionMonth::parse(code).ok_or_else(|| wrong(&"has no month"));
    let until = row.until_month.as_deref().map(month).transpose()?;
    let table = FigureTable::from_code(&row.figure_table).ok_or_else(|| wrong(&"has an unknown table"))?;
    Ok(KeptIndicator {
        id,
        from: month(&row.from_month)?,
        until,
        indicator: DefinedIndicator {
            label: TextLine::try_from(row.label).map_err(|err| wrong(&err))?,
            definition: TextLine::try_from(row.definition).map_err(|err| wrong(&err))?,
            table,
            numerator: serde_json::from_value(row.numerator).map_err(|err| wrong(&err))?,
            denominator: serde_json::from_value(row.denominator).map_err(|err| wrong(&err))?,
            target: row.target.and_then(|it| u8::try_from(it).ok()),
        },
    })
}
