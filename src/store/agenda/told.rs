//! What an expert's calendar program is told. Read as often as programs like to ask, for an expert of years: three
//! narrow queries, whatever there is.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    appointment::SessionMode,
    field::Fields,
    id::{AppointmentId, ExpertId},
    number::CaseNumber,
};
use entity::{appointment, appointment_expert, assignment, consultation};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::live;
use crate::store::{contradiction, former_seat};

/// A sitting as the expert knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub appointment: AppointmentId,
    /// The calendar entry's UID (RFC 5545 §3.8.4.7).
    pub uid: String,
    /// The calendar entry's SEQUENCE (RFC 5545 §3.8.7.4).
    pub sequence: i32,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub mode: SessionMode,
    /// An address or a link; may be empty.
    pub place: String,
    pub standing: Standing,
    /// Nothing while the expert has not been asked: a company keeps the time, but may yet get another expert.
    pub case: Option<ToldCase>,
}

/// What the sitting is to the expert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Another expert sits in it, and this one is asked to take the place.
    Asked,
    Held,
    /// Agreed upon, or over.
    Certain,
    /// Cancelled, let go of, or somebody else's now.
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldCase {
    pub number: CaseNumber,
    /// What the expert is asked for, or has accepted.
    pub fields: Fields,
    /// Known once the expert has accepted.
    pub company_name: Option<String>,
}

/// One row: id, consultation, UID, SEQUENCE, start, end, state, mode, place, number, name, whether the expert sits in it.
type Row = (
    Uuid,
    Option<Uuid>,
    String,
    i32,
    DateTime<Utc>,
    DateTime<Utc>,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    bool,
);

/// All that ends after `since` and is kept at `now`, and what the expert was told of and has ended for them after
/// `since`, earliest first.
pub async fn told(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Told>, DbErr> {
    let parts = parts(db, expert).await?;
    let rows = statement(expert, since, now).into_tuple::<Row>().all(db).await?;
    let mut told = rows.into_iter().map(|it| from_row(it, &parts)).collect::<Result<Vec<_>, _>>()?;
    for left in former_seat::since(db, expert, since).await? {
        match told.iter_mut().find(|it| it.appointment == left.id) {
            // Asked for it again, or back in it.
            Some(it) if it.standing == Standing::Asked => {
                it.sequence = std::cmp::max(it.sequence, left.sequence + 1);
            }
            Some(_) => {}
            None => told.push(Told {
                appointment: left.id,
                uid: left.uid,
                sequence: left.sequence,
                starts_at: left.starts_at,
                ends_at: left.ends_at,
                mode: left.mode,
                place: left.place,
                standing: Standing::Ended,
                case: None,
            }),
        }
    }
    Ok(told)
}

fn statement(
    expert: ExpertId,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sea_orm::Select<appointment::Entity> {
    let kept = Condition::any()
        .add(appointment::COLUMN.state.is_in(["confirmed", "done", "no_show"]))
        .add(appointment::COLUMN.held_until.is_null())
        .add(appointment::COLUMN.held_until.gt(now));
    let stands = Condition::all()
        .add(appointment::COLUMN.state.is_in(["held", "confirmed", "done", "no_show"]))
        .add(kept)
        .add(appointment::COLUMN.ends_at.gt(since));
    // A time that was held before anybody was asked has told the expert nothing.
    let asked = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ConsultationId)
        .filter(assignment::COLUMN.expert_id.eq(expert.0))
        .into_query();
    let ended = Condition::all()
        .add(appointment::COLUMN.state.is_in(["cancelled_by_company", "cancelled_by_center", "released"]))
        .add(appointment::Column::ConsultationId.in_subquery(asked))
        .add(appointment::COLUMN.ended_at.gt(since));
    let seat = Query::select()
        .expr(Expr::val(1))
        .from(appointment_expert::Entity)
        .and_where(
            Expr::col((appointment_expert::Entity, appointment_expert::Column::AppointmentId))
                .eq(Expr::col((appointment::Entity, appointment::Column::Id))),
        )
        .and_where(appointment_expert::Column::ExpertId.eq(expert.0))
        .take();
    let of_consultation = appointment::Entity::belongs_to(consultation::Entity)
        .from(appointment::Column::ConsultationId)
        .to(consultation::Column::Id);
    appointment::Entity::find()
        .select_only()
        .columns([
            appointment::Column::Id,
            appointment::Column::ConsultationId,
            appointment::Column::Uid,
            appointment::Column::Sequence,
            appointment::Column::StartsAt,
            appointment::Column::EndsAt,
            appointment::Column::State,
            appointment::Column::Mode,
            appointment::Column::Place,
        ])
        .column(consultation::Column::Number)
        .column(consultation::Column::CompanyName)
        .expr_as(Expr::exists(seat), "mine")
        .join(JoinType::LeftJoin, of_consultation.into())
        .filter(super::of(expert))
        .filter(Condition::any().add(stands).add(ended))
        .order_by_asc(appointment::COLUMN.starts_at)
        .order_by_asc(appointment::COLUMN.id)
}

/// What the expert is asked for, or has accepted, by consultation, and whether they have accepted any of it.
async fn parts(db: &impl ConnectionTrait, expert: ExpertId) -> Result<BTreeMap<Uuid, (Fields, bool)>, DbErr> {
    let rows: Vec<(Uuid, bool, bool, String)> = live(expert)
        .column(assignment::Column::Ict)
        .column(assignment::Column::Labor)
        .column(assignment::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let mut parts = BTreeMap::new();
    for (consultation, ict, labor, state) in rows {
        let Some(fields) = Fields::from_flags(ict, labor) else { continue };
        let accepted = state == "accepted";
        parts
            .entry(consultation)
            .and_modify(|it: &mut (Fields, bool)| *it = (it.0.union(fields), it.1 || accepted))
            .or_insert((fields, accepted));
    }
    Ok(parts)
}

fn from_row(row: Row, parts: &BTreeMap<Uuid, (Fields, bool)>) -> Result<Told, DbErr> {
    let (id, consultation, uid, sequence, starts_at, ends_at, state, mode, place, number, name, mine) = row;
    let standing = match (state.as_str(), mine) {
        ("cancelled_by_company" | "cancelled_by_center" | "released", _) => Standing::Ended,
        (_, false) => Standing::Asked,
        ("held", true) => Standing::Held,
        ("confirmed" | "done" | "no_show", true) => Standing::Certain,
        _ => return Err(contradiction("appointment", id, "state")),
    };
    let part = consultation.and_then(|it| parts.get(&it));
    let case = match (part, number) {
        (Some(&(fields, accepted)), Some(number)) => Some(ToldCase {
            number: CaseNumber::parse(&number).map_err(|err| contradiction("appointment", id, err))?,
            fields,
            company_name: name.filter(|_| accepted),
        }),
        _ => None,
    };
    Ok(Told {
        appointment: AppointmentId(id),
        uid,
        sequence,
        starts_at,
        ends_at,
        mode: SessionMode::from_code(&mode).ok_or_else(|| contradiction("appointment", id, "mode"))?,
        place,
        standing,
        case,
    })
}
