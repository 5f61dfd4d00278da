//! The people who have opted in to surveys outside of the telework month.
use chrono::{DateTime, Utc};
use domain::{
    id::SurveyMemberId,
    intake::company::{Industry, TeleworkStatus},
    prefecture::Prefecture,
    survey::member::{MEMBER_KEPT, MEMBER_OPT_IN, STOPPED_KEPT},
};
use entity::survey_member as row;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

/// A person who opts in, with a proved address, and what invitations are chosen by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    pub email: String,
    pub email_key: String,
    pub name: String,
    pub prefecture: Option<Prefecture>,
    pub industry: Option<Industry>,
    pub status: Option<TeleworkStatus>,
}

/// Returns whether the consent of an address stands.
pub async fn stands(db: &impl ConnectionTrait, email_key: &str) -> Result<bool, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.email_key.eq(email_key))
        .filter(row::COLUMN.opted_out_at.is_null());
    Ok(found.count(db).await? > 0)
}

/// Returns the folded address of a member; `None` if there is none any more.
pub async fn key_of(db: &impl ConnectionTrait, id: SurveyMemberId) -> Result<Option<String>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).one(db).await?.map(|it| it.email_key))
}

/// Records the consent of a person, in place of an earlier one with the same address.
pub async fn save(tx: &DatabaseTransaction, it: &NewMember, now: DateTime<Utc>) -> Result<(), DbErr> {
    let model = row::Model {
        id: Uuid::now_v7(),
        email: it.email.clone(),
        email_key: it.email_key.clone(),
        name: it.name.clone(),
        prefecture: it.prefecture.map(|it| i32::from(it.code())),
        industry: it.industry.map(Into::into),
        telework_status: it.status.map(Into::into),
        opt_in_version: MEMBER_OPT_IN.0.to_owned(),
        opted_in_at: now,
        opted_out_at: None,
    };
    // The id stays, so that a survey knows whom it has invited already.
    let changed = [
        row::Column::Email,
        row::Column::Name,
        row::Column::Prefecture,
        row::Column::Industry,
        row::Column::TeleworkStatus,
        row::Column::OptInVersion,
        row::Column::OptedInAt,
        row::Column::OptedOutAt,
    ];
    let again = OnConflict::column(row::Column::EmailKey).update_columns(changed).to_owned();
    row::Entity::insert(model.into_active_model()).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes the consent of an address back. Doing so twice changes nothing.
pub async fn opt_out(tx: &DatabaseTransaction, email_key: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::OptedOutAt, Expr::value(now))
        .filter(row::COLUMN.email_key.eq(email_key))
        .filter(row::COLUMN.opted_out_at.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the people whose consent has lapsed, or was taken back long ago. Returns how many there were.
pub async fn delete_old(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let is_old = Condition::any()
        .add(row::Column::OptedInAt.lte(now - MEMBER_KEPT))
        .add(row::Column::OptedOutAt.lte(now - STOPPED_KEPT));
    Ok(row::Entity::delete_many().filter(is_old).exec(tx).await?.rows_affected)
}
