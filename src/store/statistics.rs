//! The statistics: a fixed number of grouped queries over the consultations received in a fiscal year.
pub mod adoption;
pub mod edition;
pub mod indicator;
mod load;
pub mod measure;
pub mod shelf;
mod waits;

use chrono::{DateTime, Datelike, Months, Utc};
use codes::{AppointmentStatus, FollowUpKind, FollowUpStatus};
use domain::{
    calendar::at_japan,
    field::Field,
    number::FiscalYear,
    prefecture::Prefecture,
    statistics::figures::{ENDS, PARTLY_DONE, SIZES},
};
use entity::{application, appointment, appointment_expert, case_number_counter, consultation, follow_up};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, Select,
    sea_query::{CaseStatement, Expr},
};

use crate::store::{exists, same};

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

/// The instant from which and the instant until before which something is counted.
pub type TimeSpan = (DateTime<Utc>, DateTime<Utc>);

/// Codes with the number of their occurrences. `None` stands for an answer that was not given.
pub type Counts = Vec<(Option<String>, u64)>;

/// The number of consultations, or of something of theirs, with one value and about the same fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FieldCount<T> {
    value: T,
    ict: bool,
    labor: bool,
    n: u64,
}

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

impl<T> FieldCount<T> {
    fn of(value: T, ict: bool, labor: bool, n: i64) -> Self {
        Self { value, ict, labor, n: count(n) }
    }

    /// Returns whether it counts among the consultations about a field, alone or with the other one; among all without a
    /// field.
    const fn is_about(&self, field: Option<Field>) -> bool {
        match field {
            None => true,
            Some(Field::Ict) => self.ict,
            Some(Field::Labor) => self.labor,
        }
    }
}

/// Returns the fiscal years in which consultations were received, latest first.
pub async fn years(db: &impl ConnectionTrait) -> Result<Vec<i32>, DbErr> {
    // Every year with a consultation has a counter.
    case_number_counter::Entity::find()
        .select_only()
        .column(case_number_counter::Column::FiscalYear)
        .order_by_desc(case_number_counter::Column::FiscalYear)
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
        by_fields: by_fields(&fields(db, selected(selection)).await?),
        by_state,
        unfulfilled,
        by_outcome: summed(outcomes(db, selected(selection), None).await?),
        by_month: months(db, selection).await?,
        by_prefecture: summed(prefectures(db, selected(selection)).await?),
        by_size: buckets_of(&sizes(db, selected(selection)).await?),
        by_industry: summed(grouped(db, selected(selection), consultation::Column::Industry).await?),
        by_mode: summed(grouped(db, selected(selection), consultation::Column::Mode).await?),
        by_origin: summed(grouped(db, selected(selection), consultation::Column::Origin).await?),
        first_contacts: waits::first_contacts(db, selection).await?,
        first_appointments: waits::first_appointments(db, selection).await?,
        surveys: summed(surveys(db, answered(selection)).await?),
        follow_ups: follow_ups(db, selection).await?,
        progress: summed(progress(db, answered(selection)).await?),
    })
}

/// Returns the query for the consultations about a field, alone or with the other one. No column is selected yet.
fn about(field: Option<Field>) -> Select<consultation::Entity> {
    // A case that was merged into another is counted with that one.
    let query = consultation::Entity::find().select_only().filter(consultation::Column::MergedInto.is_null());
    match field {
        Some(Field::Ict) => query.filter(consultation::Column::Ict.eq(true)),
        Some(Field::Labor) => query.filter(consultation::Column::Labor.eq(true)),
        None => query,
    }
}

/// Returns the query for the consultations that are counted. No column is selected yet.
fn selected(selection: &StatisticsFilter) -> Select<consultation::Entity> {
    let query =
        about(selection.field).filter(consultation::Column::FiscalYear.eq(selection.year.start_year()));
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
        .column_as(consultation::Column::AppointmentsDone.sum(), "appointments")
        .column_as(Expr::cust("SUM(CASE WHEN appointments_done > 0 THEN 1 ELSE 0 END)"), "with_appointment")
        .into_tuple()
        .one(db)
        .await?;
    let (received, companies, appointments, with_appointment) = row.unwrap_or_default();
    let or_none = |it: Option<i64>| count(it.unwrap_or(0));
    Ok((count(received), count(companies), or_none(appointments), or_none(with_appointment)))
}

/// Groups by the fields too, so that one query counts for all consultations and for each field.
fn with_fields(of: Select<consultation::Entity>) -> Select<consultation::Entity> {
    of.column(consultation::Column::Ict)
        .column(consultation::Column::Labor)
        .column_as(consultation::Column::Id.count(), "n")
        .group_by(consultation::Column::Ict)
        .group_by(consultation::Column::Labor)
}

/// Returns the sums over the fields, in the order of the first rows.
fn summed<T: PartialEq>(rows: Vec<FieldCount<T>>) -> Vec<(T, u64)> {
    let mut sums: Vec<(T, u64)> = Vec::new();
    for it in rows {
        match sums.iter_mut().find(|(value, _)| *value == it.value) {
            Some((_, sum)) => *sum += it.n,
            None => sums.push((it.value, it.n)),
        }
    }
    sums
}

async fn fields(
    db: &impl ConnectionTrait,
    of: Select<consultation::Entity>,
) -> Result<Vec<FieldCount<()>>, DbErr> {
    let rows: Vec<(bool, bool, i64)> = with_fields(of).into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(ict, labor, n)| FieldCount::of((), ict, labor, n)).collect())
}

/// Returns the counts about ICT alone, about labour alone, and about both.
fn by_fields(rows: &[FieldCount<()>]) -> [u64; 3] {
    [(true, false), (false, true), (true, true)]
        .map(|of| rows.iter().filter(|it| (it.ict, it.labor) == of).map(|it| it.n).sum())
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

/// Returns the number of appointments for each state after a booking has ended, of those that began in `span` if there is
/// one. Those that one of two experts held without the other are counted apart.
async fn outcomes(
    db: &impl ConnectionTrait,
    of: Select<consultation::Entity>,
    span: Option<TimeSpan>,
) -> Result<Vec<FieldCount<Option<String>>>, DbErr> {
    let whose = of_consultation::<appointment::Entity>(appointment::Column::ConsultationId);
    let mut of = of.join(JoinType::InnerJoin, whose);
    if let Some((from, until)) = span {
        of = of
            .filter(appointment::Column::StartsAt.gte(from))
            .filter(appointment::Column::StartsAt.lt(until));
    }
    let partly = partly_done(db, of.clone()).await?;
    let of = of
        .filter(appointment::Column::State.is_in(ENDS.map(AppointmentStatus::code)))
        .filter(appointment::Column::WaitingId.is_null())
        .column(appointment::Column::State)
        .group_by(appointment::Column::State);
    let rows: Vec<(String, bool, bool, i64)> = with_fields(of).into_tuple().all(db).await?;
    let whole = |(state, ict, labor, n): (String, bool, bool, i64)| {
        let is_done = state == AppointmentStatus::Done.code();
        let mut all = FieldCount::of(Some(state), ict, labor, n);
        let apart = partly.iter().find(|it| is_done && (it.ict, it.labor) == (ict, labor));
        all.n = all.n.saturating_sub(apart.map_or(0, |it| it.n));
        all
    };
    let mut counts: Vec<_> = rows.into_iter().map(whole).collect();
    let apart = |it: &FieldCount<()>| FieldCount {
        value: Some(PARTLY_DONE.to_owned()),
        ict: it.ict,
        labor: it.labor,
        n: it.n,
    };
    counts.extend(partly.iter().map(apart));
    Ok(counts)
}

/// Returns the number of these appointments that one of two experts held without the other.
async fn partly_done(
    db: &impl ConnectionTrait,
    appointments: Select<consultation::Entity>,
) -> Result<Vec<FieldCount<()>>, DbErr> {
    let of_appointment = same(
        (appointment_expert::Entity, appointment_expert::Column::AppointmentId),
        (appointment::Entity, appointment::Column::Id),
    );
    let one_left_out = appointment_expert::Entity::find()
        .filter(of_appointment)
        .filter(appointment_expert::COLUMN.absent.eq(true));
    let of = appointments
        .filter(appointment::Column::State.eq(AppointmentStatus::Done.code()))
        .filter(exists(one_left_out));
    fields(db, of).await
}

async fn months(db: &impl ConnectionTrait, selection: &StatisticsFilter) -> Result<[u64; 12], DbErr> {
    let received_at = || Expr::col((consultation::Entity, consultation::Column::ReceivedAt));
    let starts = (1..12).map(|n| month_start(selection.year, n)).zip(0..);
    let month = starts.fold(CaseStatement::new(), |case, (start, n)| {
        case.case(received_at().lt(start), Expr::cust(format!("{n}")))
    });
    let rows = buckets(db, selected(selection), month.finally(Expr::cust("11"))).await?;
    Ok(buckets_of(&rows))
}

/// Returns the number of consultations by the places of their bands in `SIZES`; the place after the last is for companies
/// that did not tell their size.
async fn sizes(
    db: &impl ConnectionTrait,
    of: Select<consultation::Entity>,
) -> Result<Vec<FieldCount<i32>>, DbErr> {
    let employees = || Expr::col((application::Entity, application::Column::Employees));
    let unknown = CaseStatement::new().case(employees().is_null(), Expr::cust(format!("{}", SIZES.len())));
    let size = SIZES
        .iter()
        .zip(0..)
        .fold(unknown, |case, (below, n)| case.case(employees().lt(below.1), Expr::cust(format!("{n}"))));
    let whose = of_consultation::<application::Entity>(application::Column::ConsultationId);
    let query = of.join(JoinType::LeftJoin, whose);
    buckets(db, query, size.finally(Expr::cust(format!("{}", SIZES.len() - 1)))).await
}

async fn buckets(
    db: &impl ConnectionTrait,
    query: Select<consultation::Entity>,
    of: CaseStatement,
) -> Result<Vec<FieldCount<i32>>, DbErr> {
    let query = query
        .column_as(Expr::Case(Box::new(of)), "bucket")
        // Grouped by name: PostgreSQL does not see that two expressions with parameters are the same one.
        .group_by(Expr::col("bucket"));
    let rows: Vec<(i32, bool, bool, i64)> = with_fields(query).into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(bucket, ict, labor, n)| FieldCount::of(bucket, ict, labor, n)).collect())
}

fn buckets_of<const N: usize>(rows: &[FieldCount<i32>]) -> [u64; N] {
    std::array::from_fn(|at| {
        rows.iter().filter(|it| usize::try_from(it.value) == Ok(at)).map(|it| it.n).sum()
    })
}

async fn prefectures(
    db: &impl ConnectionTrait,
    of: Select<consultation::Entity>,
) -> Result<Vec<FieldCount<Option<i16>>>, DbErr> {
    let of = of.column(consultation::Column::Prefecture).group_by(consultation::Column::Prefecture);
    let rows: Vec<(Option<i16>, bool, bool, i64)> = with_fields(of).into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(code, ict, labor, n)| FieldCount::of(code, ict, labor, n)).collect())
}

async fn grouped(
    db: &impl ConnectionTrait,
    of: Select<consultation::Entity>,
    by: consultation::Column,
) -> Result<Vec<FieldCount<Option<String>>>, DbErr> {
    let of = of.column(by).group_by(by);
    let rows: Vec<(Option<String>, bool, bool, i64)> = with_fields(of).into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(code, ict, labor, n)| FieldCount::of(code, ict, labor, n)).collect())
}

async fn surveys(
    db: &impl ConnectionTrait,
    answered: Select<consultation::Entity>,
) -> Result<Vec<FieldCount<[String; 3]>>, DbErr> {
    let said = |what: &str| Expr::cust(format!("\"follow_up\".\"answer\" ->> '{what}'"));
    let mut query = answered.filter(follow_up::Column::Kind.eq(FollowUpKind::Survey.code()));
    for what in ["purpose_achieved", "satisfied", "will_consider"] {
        query = query.column_as(said(what), what).group_by(said(what));
    }
    let rows: Vec<(String, String, String, bool, bool, i64)> =
        with_fields(query).into_tuple().all(db).await?;
    let counted = rows.into_iter().map(|(a, b, c, ict, labor, n)| FieldCount::of([a, b, c], ict, labor, n));
    Ok(counted.collect())
}

async fn progress(
    db: &impl ConnectionTrait,
    answered: Select<consultation::Entity>,
) -> Result<Vec<FieldCount<(String, String)>>, DbErr> {
    let progress = || Expr::cust("\"follow_up\".\"answer\" ->> 'progress'");
    let query = answered
        .filter(follow_up::Column::Kind.ne(FollowUpKind::Survey.code()))
        .column(follow_up::Column::Kind)
        .column_as(progress(), "progress")
        .group_by(follow_up::Column::Kind)
        .group_by(progress());
    let rows: Vec<(String, String, bool, bool, i64)> = with_fields(query).into_tuple().all(db).await?;
    let counted =
        rows.into_iter().map(|(kind, said, ict, labor, n)| FieldCount::of((kind, said), ict, labor, n));
    Ok(counted.collect())
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
