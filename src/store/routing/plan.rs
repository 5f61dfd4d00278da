//! The consultations for which an expert has yet to be asked, with the data that planning needs.
use std::collections::{BTreeMap, BTreeSet};

use codes::{AppointmentStatus, AssignmentStatus};
use domain::{
    booking::appointment::Appointment,
    consultation::{State, Turn},
    id::{CompanyId, ConsultationId, ExpertId},
    routing::ThemeCode,
};
use entity::{appointment, assignment, consultation, consultation_theme};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Expr, Query, SelectStatement},
};
use uuid::Uuid;

use crate::store::consultation::{Record, from_row};

/// A consultation for which an expert has yet to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingConsultation {
    pub record: Record,
    pub themes: BTreeSet<ThemeCode>,
    /// The time that the company has chosen.
    pub held: Option<Appointment>,
    /// The experts who declined the consultation or let the request lapse.
    pub turned_down: BTreeSet<ExpertId>,
}

/// Returns up to `limit` pending consultations whose contact's address is confirmed and for which no expert
/// has accepted a part, the longest waiting first. Four queries.
pub async fn waiting(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<PendingConsultation>, DbErr> {
    let rows = of_center()
        .order_by_asc(consultation::COLUMN.received_at)
        .order_by_asc(consultation::COLUMN.id)
        .limit(limit)
        .all(db)
        .await?;
    let mut themes: BTreeMap<Uuid, BTreeSet<ThemeCode>> = BTreeMap::new();
    let found = consultation_theme::Entity::find()
        .filter(consultation_theme::Column::ConsultationId.in_subquery(ids()))
        .all(db)
        .await?;
    for it in found {
        themes.entry(it.consultation_id).or_default().insert(ThemeCode(it.theme));
    }
    let held = appointment::Entity::find()
        .filter(appointment::Column::ConsultationId.in_subquery(ids()))
        .filter(
            appointment::COLUMN
                .state
                .is_in([AppointmentStatus::Held, AppointmentStatus::Confirmed].map(AppointmentStatus::code)),
        )
        .all(db)
        .await?;
    let of: Vec<_> = held.iter().map(|it| it.consultation_id).collect();
    let held = crate::store::booking::appointment::with_experts(db, held).await?;
    let mut held: BTreeMap<_, _> = of.into_iter().zip(held).collect();
    let mut turned_down: BTreeMap<Uuid, BTreeSet<ExpertId>> = BTreeMap::new();
    let refused: Vec<(Uuid, Uuid)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ConsultationId)
        .column(assignment::Column::ExpertId)
        .filter(
            assignment::COLUMN
                .state
                .is_in([AssignmentStatus::Declined, AssignmentStatus::Lapsed].map(AssignmentStatus::code))
                .or(assignment::COLUMN
                    .state
                    .eq(AssignmentStatus::Withdrawn.code())
                    .and(assignment::COLUMN.release_reason.is_not_null())),
        )
        .filter(assignment::Column::ConsultationId.in_subquery(ids()))
        .into_tuple()
        .all(db)
        .await?;
    for (id, expert) in refused {
        turned_down.entry(id).or_default().insert(ExpertId(expert));
    }
    let waiting = |row: &consultation::Model| {
        let record = from_row(row)?;
        let ConsultationId(id) = record.consultation.id;
        Ok(PendingConsultation {
            themes: themes.remove(&id).unwrap_or_default(),
            held: held.remove(&Some(id)),
            turned_down: turned_down.remove(&id).unwrap_or_default(),
            record,
        })
    };
    rows.iter().map(waiting).collect()
}

/// Returns which experts have advised the companies of the pending consultations before.
pub async fn advised(db: &impl ConnectionTrait) -> Result<BTreeSet<(ExpertId, CompanyId)>, DbErr> {
    let companies = of_center().select_only().column(consultation::Column::CompanyId).into_query();
    let to_consultation: sea_orm::RelationDef = assignment::Entity::belongs_to(consultation::Entity)
        .from(assignment::Column::ConsultationId)
        .to(consultation::Column::Id)
        .into();
    let rows: Vec<(Uuid, Uuid)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ExpertId)
        .column(consultation::Column::CompanyId)
        .distinct()
        .join(JoinType::InnerJoin, to_consultation)
        .filter(assignment::COLUMN.state.eq(AssignmentStatus::Accepted.code()))
        .filter(consultation::Column::CompanyId.in_subquery(companies))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(expert, company)| (ExpertId(expert), CompanyId(company))).collect())
}

fn of_center() -> sea_orm::Select<consultation::Entity> {
    consultation::Entity::find()
        .filter(consultation::COLUMN.turn.eq(Turn::Center.code()))
        .filter(consultation::COLUMN.state.is_in([State::Received.code(), State::Checking.code()]))
        .filter(consultation::COLUMN.address_confirmed_at.is_not_null())
        .filter(Expr::exists(accepted()).not())
}

/// Returns the query for an expert who has accepted a part of the row's consultation: the other part is asked for on the
/// consultation's own page.
fn accepted() -> SelectStatement {
    let of_row = Expr::col((assignment::Entity, assignment::Column::ConsultationId))
        .eq(Expr::col((consultation::Entity, consultation::Column::Id)));
    Query::select()
        .expr(Expr::val(1))
        .from(assignment::Entity)
        .and_where(of_row)
        .and_where(assignment::Column::State.eq(AssignmentStatus::Accepted.code()))
        .take()
}

fn ids() -> SelectStatement {
    of_center().select_only().column(consultation::Column::Id).into_query()
}
