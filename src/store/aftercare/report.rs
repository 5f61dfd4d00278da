//! Reports on appointments.
use chrono::{DateTime, Utc};
use codes::ReportStatus;
use domain::{
    aftercare::report::{Report, ReportBody, ReportState},
    id::{AccountId, AppointmentId, ConsultationId, ExpertId, ReportId},
};
use entity::{report as row, report_revision};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::Expr,
};

use std::collections::BTreeMap;

use crate::store::{contradiction, known};

pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<Report>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .order_by_asc(row::COLUMN.updated_at)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

/// Returns the states of the reports on these appointments. An appointment without a report is left out.
pub async fn states(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = AppointmentId>,
) -> Result<BTreeMap<AppointmentId, ReportState>, DbErr> {
    let ids: Vec<_> = ids.into_iter().map(|it| it.0).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = row::Entity::find().filter(row::COLUMN.appointment_id.is_in(ids)).all(db).await?;
    rows.iter().map(|it| from_row(it).map(|report| (report.appointment, report.state))).collect()
}

/// Returns the report on an appointment.
pub async fn of_appointment(db: &impl ConnectionTrait, id: AppointmentId) -> Result<Option<Report>, DbErr> {
    let found = row::Entity::find().filter(row::COLUMN.appointment_id.eq(id.0)).one(db).await?;
    found.as_ref().map(from_row).transpose()
}

/// Returns the report on an appointment, locked until the transaction ends.
pub async fn lock_of_appointment(
    tx: &DatabaseTransaction,
    id: AppointmentId,
) -> Result<Option<Report>, DbErr> {
    let found =
        row::Entity::find().filter(row::COLUMN.appointment_id.eq(id.0)).lock_exclusive().one(tx).await?;
    found.as_ref().map(from_row).transpose()
}

pub async fn insert(tx: &DatabaseTransaction, it: &Report, now: DateTime<Utc>) -> Result<(), DbErr> {
    let state = columns(&it.state);
    let model = row::Model {
        id: it.id.0,
        consultation_id: it.consultation.0,
        appointment_id: it.appointment.0,
        author_id: it.author.0,
        state: it.state.status().into(),
        body: serde_json::to_value(&it.body).map_err(|err| DbErr::Type(err.to_string()))?,
        submitted_at: state.submitted_at,
        decided_at: state.decided_at,
        decided_by: state.decided_by.map(|it| it.0),
        returned_reason: state.returned_reason,
        took_place: true,
        version: it.version,
        updated_at: now,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &Report, now: DateTime<Utc>) -> Result<(), DbErr> {
    let state = columns(&it.state);
    let mut change = row::ActiveModel {
        id: Set(it.id.0),
        state: Set(it.state.status().into()),
        body: Set(serde_json::to_value(&it.body).map_err(|err| DbErr::Type(err.to_string()))?),
        decided_at: Set(state.decided_at),
        decided_by: Set(state.decided_by.map(|it| it.0)),
        returned_reason: Set(state.returned_reason),
        version: Set(it.version),
        updated_at: Set(now),
        ..Default::default()
    };
    if let Some(at) = state.submitted_at {
        change.submitted_at = Set(Some(at));
    }
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// An earlier content of a report that was corrected after the company had got it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRevision {
    /// The version of the report that had this content.
    pub version: i32,
    pub body: ReportBody,
    pub replaced_at: DateTime<Utc>,
    pub replaced_by: AccountId,
    pub reason: String,
}

/// Keeps the content of a report that is replaced.
pub async fn keep_revision(
    tx: &DatabaseTransaction,
    before: &Report,
    by: AccountId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = report_revision::Model {
        report_id: before.id.0,
        version: before.version,
        body: serde_json::to_value(&before.body).map_err(|err| DbErr::Type(err.to_string()))?,
        replaced_at: now,
        replaced_by: by.0,
        reason: reason.to_owned(),
    };
    report_revision::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the earlier contents of a report, the latest first.
pub async fn revisions(db: &impl ConnectionTrait, id: ReportId) -> Result<Vec<ReportRevision>, DbErr> {
    let rows = report_revision::Entity::find()
        .filter(report_revision::COLUMN.report_id.eq(id.0))
        .order_by_desc(report_revision::COLUMN.version)
        .all(db)
        .await?;
    let revision = |it: report_revision::Model| {
        let body = serde_json::from_value(it.body);
        Ok(ReportRevision {
            version: it.version,
            body: body.map_err(|err| contradiction(report_revision::Entity, it.report_id, err))?,
            replaced_at: it.replaced_at,
            replaced_by: AccountId(it.replaced_by),
            reason: it.reason,
        })
    };
    rows.into_iter().map(revision).collect()
}

/// Notes whether the appointment of a report took place, after its outcome was corrected. There may be no report.
pub async fn note_took_place(
    tx: &DatabaseTransaction,
    id: AppointmentId,
    took_place: bool,
) -> Result<(), DbErr> {
    let change = row::Entity::update_many().filter(row::COLUMN.appointment_id.eq(id.0));
    change.col_expr(row::Column::TookPlace, Expr::val(took_place)).exec(tx).await?;
    Ok(())
}

struct Columns {
    submitted_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<AccountId>,
    returned_reason: Option<String>,
}

fn columns(state: &ReportState) -> Columns {
    let mut columns =
        Columns { submitted_at: None, decided_at: None, decided_by: None, returned_reason: None };
    match state {
        ReportState::Draft => {}
        ReportState::Submitted { at } => columns.submitted_at = Some(*at),
        ReportState::Approved { at, by } => {
            columns.decided_at = Some(*at);
            columns.decided_by = Some(*by);
        }
        ReportState::Returned { reason } => columns.returned_reason = Some(reason.clone()),
    }
    columns
}

fn from_row(row: &row::Model) -> Result<Report, DbErr> {
    let wrong = |why: &str| contradiction(row::Entity, row.id, why);
    let status = known(&row.state, row::Column::State, row.id)?;
    let state = match (status, row.submitted_at, row.decided_at, row.decided_by) {
        (ReportStatus::Draft, None, None, None) => ReportState::Draft,
        (ReportStatus::Submitted, Some(at), None, None) => ReportState::Submitted { at },
        (ReportStatus::Approved, _, Some(at), Some(by)) => ReportState::Approved { at, by: AccountId(by) },
        (ReportStatus::Returned, _, None, None) => {
            ReportState::Returned { reason: row.returned_reason.clone().unwrap_or_default() }
        }
        (
            ReportStatus::Draft | ReportStatus::Submitted | ReportStatus::Approved | ReportStatus::Returned,
            ..,
        ) => return Err(wrong("state")),
    };
    Ok(Report {
        id: ReportId(row.id),
        consultation: ConsultationId(row.consultation_id),
        appointment: AppointmentId(row.appointment_id),
        author: ExpertId(row.author_id),
        body: serde_json::from_value(row.body.clone()).map_err(|err| wrong(&err.to_string()))?,
        state,
        version: row.version,
    })
}
