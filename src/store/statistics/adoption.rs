//! The imported figures about the adoption of telework.
use codes::ImportKind;
use domain::{
    id::FileImportId,
    statistics::adoption::{AdoptionFigure, AdoptionSource, LoadedFigure},
};
use entity::{account, adoption_figure, file_import as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::known;

/// The most rows of one statement.
const AT_ONCE: usize = 200;

/// Returns all imported figures with the person and the time of their loading.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<LoadedFigure>, DbErr> {
    let imports = row::Entity::find()
        .filter(row::COLUMN.kind.eq(ImportKind::Figures.code()))
        .filter(Expr::col(row::Column::TakenAt).is_not_null())
        .all(db)
        .await?;
    let people = imports.iter().map(|it| it.created_by);
    let people = account::Entity::find().filter(account::COLUMN.id.is_in(people)).all(db).await?;
    let figures = adoption_figure::Entity::find().order_by_asc(adoption_figure::COLUMN.id).all(db).await?;
    let mut loaded = Vec::with_capacity(figures.len());
    for it in figures {
        let import = imports.iter().find(|import| import.id == it.import_id);
        let by = import.and_then(|import| people.iter().find(|person| person.id == import.created_by));
        let at = import.and_then(|import| import.taken_at);
        let name = by.map(|person| person.name.clone()).unwrap_or_default();
        loaded.push(LoadedFigure { figure: figure(it)?, loaded: at.map(|at| (at, name)) });
    }
    Ok(loaded)
}

/// Returns the number of figures that came of an import.
pub async fn count(db: &impl ConnectionTrait, id: FileImportId) -> Result<u64, DbErr> {
    adoption_figure::Entity::find().filter(adoption_figure::COLUMN.import_id.eq(id.0)).count(db).await
}

/// Adds the figures of a file.
pub async fn insert(
    tx: &DatabaseTransaction,
    id: FileImportId,
    figures: &[AdoptionFigure],
) -> Result<(), DbErr> {
    for some in figures.chunks(AT_ONCE) {
        let rows = some.iter().map(|it| to_row(id, it).into_active_model());
        adoption_figure::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Deletes the figures of a file. Returns how many there were.
pub async fn delete(tx: &DatabaseTransaction, id: FileImportId) -> Result<u64, DbErr> {
    let deleted = adoption_figure::Entity::delete_many()
        .filter(adoption_figure::COLUMN.import_id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}

fn to_row(import: FileImportId, it: &AdoptionFigure) -> adoption_figure::Model {
    adoption_figure::Model {
        id: Uuid::now_v7(),
        import_id: import.0,
        survey: it.survey.clone(),
        year: it.year,
        stage: it.stage.into(),
        as_of: it.as_of.clone(),
        dimension: it.dimension.into(),
        category: it.category.clone(),
        base: it.base.clone(),
        companies: it.companies.map(i64::from),
        rate: it.rate.map(i32::from),
        source_title: it.source.title.clone(),
        source_address: it.source.address.clone(),
    }
}

fn figure(row: adoption_figure::Model) -> Result<AdoptionFigure, DbErr> {
    Ok(AdoptionFigure {
        stage: known(&row.stage, adoption_figure::Column::Stage, row.id)?,
        dimension: known(&row.dimension, adoption_figure::Column::Dimension, row.id)?,
        survey: row.survey,
        year: row.year,
        as_of: row.as_of,
        category: row.category,
        base: row.base,
        companies: row.companies.and_then(|it| u32::try_from(it).ok()),
        rate: row.rate.and_then(|it| u16::try_from(it).ok()),
        source: AdoptionSource { title: row.source_title, address: row.source_address },
    })
}
