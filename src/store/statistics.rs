//! The statistics: a fixed number of grouped queries over the consultations received in a fiscal year.
mod load;
mod waits;

use chrono::{DateTime, Datelike, Months, Utc};
use codes::{AppointmentStatus, FollowUpKind, FollowUpStatus};
use domain::{calendar::at_japan, field::Field, number::FiscalYear, prefecture::Prefecture};
use entity::{application, appointment, appointment_expert, consultation, follow_up};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationDef, Select,
    sea_query::{CaseStatement, Expr},
};

pub use load::waiting_by_turn;
pub use waits::Wait;

/// The consultations that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatisticsFilter {
    pub year: FiscalYear,
    /// Only consultations about this field, alone or with the other one.
    pub field: Option<Field>,
    pub prefecture: Option<Prefecture>,
}

/// Codes with the number of their occurrences. `None` stands for an answer that was not given.
pub type Counts = Vec<(Option<String>, u64)>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub received: u64,
    pub companies: u64,
    /// Appointments that took place.
    pub appointments: u64,
    /// Consultations of which at least one appointment took place.
    pub with_appointment: u64,
    /// Consultations about ICT alone, about labour alone, and about both.
    pub by_fields: [u64; 3],
    pub by_state: Counts,
    /// The reasons why consultations could not take place.
    pub unfulfilled: Counts,
    /// Booked appointments by what came of them: held, missed by one side, or cancelled by a party.
    pub by_outcome: Counts,
    /// Consultations by month, from April on.
    pub by_month: [u64; 12],
    /// Consultations by JIS code of the prefecture.
    pub by_prefecture: Vec<(Option<i16>, u64)>,
    /// Consultations by the bands of `SIZES`; the last count is for companies that did not tell their size.
    pub by_size: [u64; SIZES.len() + 1],
    pub by_industry: Counts,
    pub by_mode: Counts,
    pub by_origin: Counts,
    /// The waits from receipt to the first contact by the center or an expert. Applications taken on the
    /// telephone are left out.
    pub first_contacts: Vec<Wait>,
    /// The waits from receipt to the first appointment that took place.
    pub first_appointments: Vec<Wait>,
    /// Answers to the three sentences of the survey, with the number of times they were given together.
    pub surveys: Vec<([String; 3], u64)>,
    /// Follow-ups by kind and state.
    pub follow_ups: Vec<((String, String), u64)>,
    /// Answers to follow-ups, by kind and progress.
    pub progress: Vec<((String, String), u64)>,
}

/// The ends of a booked appointment.
pub const ENDS: [AppointmentStatus; 6] = [
    AppointmentStatus::Done,
    AppointmentStatus::NoShow,
    AppointmentStatus::ExpertNoShow,
    AppointmentStatus::CancelledByCompany,
    AppointmentStatus::CancelledByExpert,
    AppointmentStatus::CancelledByCenter,
];

/// Bands of the number of employees, each up to but without this number. At 100 the law's duty to plan
/// begins.
pub const SIZES: [i32; 4] = [20, 100, 300, i32::MAX];

/// Returns the fiscal years in which consultations were received, latest first.
pub async fn years(db: &impl ConnectionTrait) -> Result<Vec<i32>, DbErr> {
    consultation::Entity::find()
        .select_only()
        .column(consultation::Column::FiscalYear)
        .distinct()
        .order_by_desc(consultation::Column::FiscalYear)
        .into_tuple()
        .all(db)
        .await
}

pub async fn of(db: &impl ConnectionTrait, selection: &StatisticsFilter) -> Result<Statistics, DbErr> {
    let (received, companies, appointments, with_appointment) = totals(db, selection).await?;
    let (by_state, unfulfilled) = states(db, selection).await?;
    Ok(Statistics {
        received,
        companies,
        appointments,
        with_appointment,
        by_fields: fields(db, selection).await?,
        by_state,
        unfulfilled,
        by_outcome: outcomes(db, selection).await?,
        by_month: months(db, selection).await?,
        by_prefecture: prefectures(db, selection).await?,
        by_size: sizes(db, selection).await?,
        by_industry: grouped(db, selection, consultation::Column::Industry).await?,
        by_mode: grouped(db, selection, consultation::Column::Mode).await?,
        by_origin: grouped(db, selection, consultation::Column::Origin).await?,
        first_contacts: waits::first_contacts(db, selection).await?,
        first_appointments: waits::first_appointments(db, selection).await?,
        surveys: surveys(db, selection).await?,
        follow_ups: follow_ups(db, selection).await?,
        progress: progress(db, selection).await?,
    })
}

/// Returns the query for the consultations that are counted. No column is selected yet.
fn selected(selection: &StatisticsFilter) -> Select<consultation::Entity> {
    let mut query = consultation::Entity::find()
        .select_only()
        .filter(consultation::Column::FiscalYear.eq(selection.year.start_year()))
        // A case that was merged into another is counted with that one.
        .filter(consultation::Column::MergedInto.is_null());
    query = match selection.field {
        Some(Field::Ict) => query.filter(consultation::Column::Ict.eq(true)),
        Some(Field::Labor) => query.filter(consultation::Column::Labor.eq(true)),
        None => query,
    };
    match selection.prefecture {
        Some(it) => query.filter(consultation::Column::Prefecture.eq(i16::from(it.code()))),
        None => query,
    }
}

async fn totals(
    db: &impl ConnectionTrait,
    selection: &StatisticsFilter,
) -> Result<(u64, u64, u64, u64), DbErr> {
    type Row = (i64, i64, Option<i64>, Option<i64>);
    let companies = Expr::col((consultation::Entity, consultation::Column::CompanyId)).count_distinct();
    let row: Option<Row> = selected(selection)
        .column_as(consultation::Column::Id.count(), "n")
        .column_as(companies, "companies")
        .column_as(consultation::Column::AppointmentsDone.sum(), "sessions")
        .column_as(Expr::cust("SUM(CASE WHEN appointments_done > 0 THEN 1 ELSE 0 END)"), "with_session")
        .into_tuple()
        .one(db)
        .await?;
    let (received, companies, appointments, with_appointment) = row.unwrap_or_default();
    let or_none = |it: Option<i64>| count(it.unwrap_or(0));
    Ok((count(received), count(companies), or_none(appointments), or_none(with_appointment)))
}

async fn fields(db: &impl ConnectionTrait, selection: &StatisticsFilter) -> Result<[u64; 3], DbErr> {
    let rows: Vec<(bool, bool, i64)> = selected(selection)
        .column(consultation::Column::Ict)
        .column(consultation::Column::Labor)
        .column_as(consultation::Column::Id.count(), "n")
        .group_by(consultation::Column::Ict)
        .group_by(consultation::Column::Labor)
        .into_tuple()
        .all(db)
        .await?;
    let of = |ict, labor| rows.iter().find(|it| (it.0, it.1) == (ict, labor)).map_or(0, |it| count(it.2));
    Ok([of(true, false), of(false, true), of(true, true)])
}

async fn states(db: &impl ConnectionTrait, selection: &StatisticsFilter) -> Result<(Counts, Counts), DbErr> {
    let rows: Vec<(String, Option<String>, i64)> = selected(selection)
        .column(consultation::Column::State)
        .column(consultation::Column::UnfulfilledReason)
        .column_as(consultation::Column::Id.count(), "n")
        .group_by(consultation::Column::State)
        .group_by(consultation::Column::UnfulfilledReason)
        .into_tuple()
        .all(db)
        .await?;
    let mut states = Counts::new();
    let mut reasons = Counts::new();
    for (state, reason, n) in rows {
        if reason.is_some() {
            reasons.push((reason, count(n)));
        }
        match states.iter_mut().find(|(it, _)| it.as_deref() == Some(&state)) {
            Some((_, sum)) => *sum += count(n),
            None => states.push((Some(state), count(n))),
        }
    }
    Ok((states, reasons))
}

/// The code under which appointments are counted that one of two experts held without the other.
pub const PARTLY_DONE: &str = "partly_done";

/// Returns the number of appointments for each state after a booking has ended. Those that one of two experts held without
/// the other are counted apart.
async fn outcomes(db: &impl ConnectionTrait, selection: &StatisticsFilter) -> Result<Counts, DbErr> {
    let whose = of_consultation::<appointment::Entity>(appointment::Column::ConsultationId);
    let rows: Vec<(String, i64)> = selected(selection)
        .join(JoinType::InnerJoin, whose)
        .filter(appointment::Column::State.is_in(ENDS.map(AppointmentStatus::code)))
        .filter(appointment::Column::WaitingId.is_null())
        .column(appointment::Column::State)
        .column_as(consultation::Column::Id.count(), "n")
        .group_by(appointment::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let partly = partly_done(db, selection).await?;
    let whole = |state: &str, n: i64| match state == AppointmentStatus::Done.code() {
        true => count(n).saturating_sub(partly),
        false => count(n),
    };
    let mut counts: Counts =
        rows.into_iter().map(|(state, n)| (Some(state.clone()), whole(&state, n))).collect();
    if partly > 0 {
        counts.push((Some(PARTLY_DONE.to_owned()), partly));
    }
    Ok(counts)
}

/// Returns the number of appointments that one of two experts held without the other.
async fn partly_done(db: &impl ConnectionTrait, selection: &StatisticsFilter) -> Result<u64, DbErr> {
    let whose = of_consultation::<appointment::Entity>(appointment::Column::ConsultationId);
    let one_left_out = appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::AppointmentId)
        .filter(appointment_expert::COLUMN.absent.eq(true))
        .into_query();
    let n: Option<i64> = selected(selection)
        .join(JoinType::InnerJoin, whose)
        .filter(appointment::Column::State.eq(AppointmentStatus::Done.code()))
        .filter(appointment::Column::Id.in_subquery(one_left_out))
        .column_as(consultation::Column::Id.count(), "n")
        .into_tuple()
        .one(db)
        .await?;
    Ok(n.map(count).unwrap_or_default())
}

async fn months(db: &impl ConnectionTrait, selection: &StatisticsFilter) -> Result<[u64; 12], DbErr> {
    let received_at = || Expr::col((consultation::Entity, consultation::Column::ReceivedAt));
    let starts = (1..12).map(|n| month_start(selection.year, n)).zip(0..);
    let month = starts.fold(CaseStatement::new(), |case, (start, n)| {
        case.case(received_at().lt(start), Expr::cust(format!("{n}")))
    });
    let rows = buckets(db, selected(selection), month.finally(Expr::cust("11"))).await?;
    Ok(std::array::from_fn(|at| bucket(&rows, at)))
}

async fn sizes<const N: usize>(
    db: &impl ConnectionTrait,
    selection: &StatisticsFilter,
) -> Result<[u64; N], DbErr> {
    let employees = || Expr::col((application::Entity, application::Column::Employees));
    let unknown = CaseStatement::new().case(employees().is_null(), Expr::cust(format!("{}", SIZES.len())));
    let size = SIZES
        .iter()
        .zip(0..)
        .fold(unknown, |case, (below, n)| case.case(employees().lt(*below), Expr::cust(format!("{n}"))));
    let whose = of_consultation::<application::Entity>(application::Column::ConsultationId);
    let query = selected(selection).join(JoinType::LeftJoin, whose);
    let rows = buckets(db, query, size.finally(Expr::cust(format!("{}", SIZES.len() - 1)))).await?;
    Ok(std::array::from_fn(|at| bucket(&rows, at)))
}

async fn buckets(
    db: &impl ConnectionTrait,
    query: Select<consultation::Entity>,
    of: CaseStatement,
) -> Result<Vec<(i32, i64)>, DbErr> {
    query
        .column_as(Expr::Case(Box::new(of)), "bucket")
        .column_as(consultation::Column::Id.count(), "n")
        // Grouped by name: PostgreSQL does not see that two expressions with parameters are the same one.
        .group_by(Expr::col("bucket"))
        .into_tuple()
        .all(db)
        .await
}

fn bucket(rows: &[(i32, i64)], at: usize) -> u64 {
    let found = rows.iter().find(|it| usize::try_from(it.0) == Ok(at));
    found.map_or(0, |it| count(it.1))
}

async fn prefectures(
    db: &impl ConnectionTrait,
    selection: &StatisticsFilter,
) -> Result<Vec<(Option<i16>, u64)>, DbErr> {
    let rows: Vec<(Option<i16>, i64)> = selected(selection)
        .column(consultation::Column::Prefecture)
        .column_as(consultation::Column::Id.count(), "n")
        .group_by(consultation::Column::Prefecture)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(code, n)| (code, count(n))).collect())
}

async fn grouped(
    db: &impl ConnectionTrait,
    selection: &StatisticsFilter,
    by: consultation::Column,
) -> Result<Counts, DbErr> {
    let rows: Vec<(Option<String>, i64)> = selected(selection)
        .column(by)
        .column_as(consultation::Column::Id.count(), "n")
        .group_by(by)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(code, n)| (code, count(n))).collect())
}

async fn surveys(
    db: &impl ConnectionTrait,
    selection: &StatisticsFilter,
) -> Result<Vec<([String; 3], u64)>, DbErr> {
    let said = |what: &str| Expr::cust(format!("\"follow_up\".\"answer\" ->> '{what}'"));
    let mut query = answered(selection).filter(follow_up::Column::Kind.eq(FollowUpKind::Survey.code()));
    for what in ["purpose_achieved", "satisfied", "will_consider"] {
        query = query.column_as(said(what), what).group_by(said(what));
    }
    let rows: Vec<(String, String, String, i64)> =
        query.column_as(follow_up::Column::Id.count(), "n").into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(a, b, c, n)| ([a, b, c], count(n))).collect())
}

async fn progress(
    db: &impl ConnectionTrait,
    selection: &StatisticsFilter,
) -> Result<Vec<((String, String), u64)>, DbErr> {
    let progress = || Expr::cust("\"follow_up\".\"answer\" ->> 'progress'");
    let rows: Vec<(String, String, i64)> = answered(selection)
        .filter(follow_up::Column::Kind.ne(FollowUpKind::Survey.code()))
        .column(follow_up::Column::Kind)
        .column_as(progress(), "progress")
        .column_as(follow_up::Column::Id.count(), "n")
        .group_by(follow_up::Column::Kind)
        .group_by(progress())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(kind, said, n)| ((kind, said), count(n))).collect())
}

async fn follow_ups(
    db: &impl ConnectionTrait,
    selection: &StatisticsFilter,
) -> Result<Vec<((String, String), u64)>, DbErr> {
    let rows: Vec<(String, String, i64)> = questions(selection)
        .column(follow_up::Column::Kind)
        .column(follow_up::Column::State)
        .column_as(follow_up::Column::Id.count(), "n")
        .group_by(follow_up::Column::Kind)
        .group_by(follow_up::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(kind, state, n)| ((kind, state), count(n))).collect())
}

fn questions(selection: &StatisticsFilter) -> Select<consultation::Entity> {
    let whose = of_consultation::<follow_up::Entity>(follow_up::Column::ConsultationId);
    selected(selection).join(JoinType::InnerJoin, whose)
}

fn answered(selection: &StatisticsFilter) -> Select<consultation::Entity> {
    questions(selection).filter(follow_up::Column::State.eq(FollowUpStatus::Answered.code()))
}

/// Returns the relation from a consultation to the rows of `E` that refer to it in `column`.
fn of_consultation<E: EntityTrait>(column: E::Column) -> RelationDef {
    consultation::Entity::belongs_to(E::default()).from(consultation::Column::Id).to(column).into()
}

/// Returns midnight in Japan at the start of the `n`th month after April.
fn month_start(year: FiscalYear, n: u32) -> DateTime<Utc> {
    let april = year.first_day();
    at_japan(april.checked_add_months(Months::new(n)).unwrap_or(april).with_day0(0).unwrap_or(april), 0, 0)
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
