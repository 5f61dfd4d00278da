//! Which of the experts of an appointment did not come.
use domain::{
    booking::appointment::Appointment,
    id::{AppointmentId, ExpertId},
};
use entity::appointment_expert;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr,
};
use uuid::Uuid;

/// The experts of an appointment, and the one who did not come.
#[derive(Default)]
pub(in crate::store) struct Team {
    pub all: Vec<ExpertId>,
    pub absent: Option<ExpertId>,
}

/// Saves which expert did not come.
pub(super) async fn save(tx: &DatabaseTransaction, it: &Appointment) -> Result<(), DbErr> {
    let absent = it.absent.map_or(Uuid::nil(), |it| it.0);
    appointment_expert::Entity::update_many()
        .col_expr(
            appointment_expert::Column::Absent,
            Expr::col(appointment_expert::Column::ExpertId).eq(absent),
        )
        .filter(appointment_expert::COLUMN.appointment_id.eq(it.id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns the expert who did not come to an appointment that the other one held.
pub(in crate::store) async fn absent_from(
    db: &impl ConnectionTrait,
    id: AppointmentId,
) -> Result<Option<ExpertId>, DbErr> {
    let found = appointment_expert::Entity::find()
        .filter(appointment_expert::COLUMN.appointment_id.eq(id.0))
        .filter(appointment_expert::COLUMN.absent.eq(true))
        .one(db)
        .await?;
    Ok(found.map(|it| ExpertId(it.expert_id)))
}
