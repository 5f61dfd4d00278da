//! Closed accounts that still hold work, because its hand-over was interrupted or overtaken.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use codes::{AppointmentStatus, AssignmentStatus, ConsultationStatus, ReportStatus, Role, Turn};
use domain::id::{AccountId, ExpertId};
use entity::{account, appointment, appointment_expert, assignment, consultation, report, task};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::SelectStatement,
};
use uuid::Uuid;

use crate::store::{self, same};

/// The states in which a request or an acceptance without a booking is handed over.
const WITHOUT_BOOKING: [ConsultationStatus; 5] = [
    ConsultationStatus::Received,
    ConsultationStatus::Checking,
    ConsultationStatus::WaitingCompany,
    ConsultationStatus::Matching,
    ConsultationStatus::Scheduling,
];

/// Returns the closed accounts that hold consultations, tasks, requests, bookings or reports.
pub async fn unfinished(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<BTreeSet<AccountId>, DbErr> {
    let mut ids = BTreeSet::new();
    let in_charge: Vec<Uuid> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::CoordinatorId)
        .distinct()
        .filter(consultation::COLUMN.turn.ne(Turn::Ended.code()))
        .filter(consultation::Column::CoordinatorId.in_subquery(closed(Role::Coordinator)))
        .into_tuple()
        .all(db)
        .await?;
    ids.extend(in_charge);
    let with_tasks: Vec<Uuid> = task::Entity::find()
        .select_only()
        .column(task::Column::OwnerId)
        .distinct()
        .filter(task::COLUMN.done_at.is_null())
        .filter(task::Column::OwnerId.in_subquery(closed(Role::Coordinator)))
        .into_tuple()
        .all(db)
        .await?;
    ids.extend(with_tasks);
    let of_request = same(
        (consultation::Entity, consultation::Column::Id),
        (assignment::Entity, assignment::Column::ConsultationId),
    );
    let waiting = consultation::Entity::find()
        .filter(of_request)
        .filter(consultation::COLUMN.state.is_in(WITHOUT_BOOKING.map(ConsultationStatus::code)));
    let live = [AssignmentStatus::Offered, AssignmentStatus::Accepted].map(AssignmentStatus::code);
    let requested: Vec<Uuid> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ExpertId)
        .distinct()
        .filter(assignment::COLUMN.state.is_in(live))
        .filter(assignment::Column::ExpertId.in_subquery(closed(Role::Expert)))
        .filter(store::exists(waiting))
        .into_tuple()
        .all(db)
        .await?;
    ids.extend(requested);
    ids.extend(store::booking::substitute::left_behind(db, now).await?.into_iter().map(|it| it.1.expert.0));
    for expert in with_reports(db).await? {
        let reports = store::booking::expert_agenda::reports(db, expert).await?;
        if reports.iter().any(store::booking::expert_agenda::AgendaReport::is_to_be_written) {
            ids.insert(expert.0);
        }
    }
    Ok(ids.into_iter().map(AccountId).collect())
}

/// Returns the experts with a closed account who took part in an appointment whose report is not approved and was not
/// handed over.
async fn with_reports(db: &impl ConnectionTrait) -> Result<Vec<ExpertId>, DbErr> {
    let appointment = (appointment_expert::Entity, appointment_expert::Column::AppointmentId);
    let approved = report::Entity::find()
        .filter(same((report::Entity, report::Column::AppointmentId), appointment))
        .filter(report::COLUMN.state.eq(ReportStatus::Approved.code()));
    let done = appointment::Entity::find()
        .filter(same((appointment::Entity, appointment::Column::Id), appointment))
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Done.code()));
    let ids: Vec<Uuid> = appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::ExpertId)
        .distinct()
        .filter(appointment_expert::Column::ExpertId.in_subquery(closed(Role::Expert)))
        .filter(appointment_expert::COLUMN.report_handed_over_at.is_null())
        .filter(appointment_expert::COLUMN.absent.eq(false))
        .filter(store::exists(done))
        .filter(store::exists(approved).not())
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(ExpertId).collect())
}

/// Returns a subquery of the accounts of a role that are closed.
fn closed(role: Role) -> SelectStatement {
    account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::COLUMN.role.eq(role.code()))
        .filter(account::COLUMN.active.eq(false))
        .into_query()
}
