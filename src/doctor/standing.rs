//! Examines the columns that follow from the state, and the numbers that were given out.
use std::collections::BTreeMap;

use codes::AppointmentStatus;
use domain::due::Due;
use entity::{case_number_counter, company, consultation};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
};

use super::{Findings, page::Case};
use crate::store::consultation::{from_row, sort_at};

pub(super) fn examine(case: &Case<'_>, findings: &mut Findings) {
    let row = case.row;
    let mut wrong = |rule, what: &str| findings.add(rule, &row.number, what);
    let record = match from_row(row) {
        Ok(record) => record,
        Err(err) => return wrong("row", &err.to_string()),
    };
    let (state, number) = (&record.consultation.state, record.number);
    let serial = i32::try_from(number.serial()).ok();
    if number.to_string() != row.number
        || number.fiscal_year().start_year() != row.fiscal_year
        || serial != Some(row.serial)
    {
        wrong("number", "it is not made of its fiscal year and serial");
    }
    if row.turn != record.turn() {
        wrong("turn", "the turn is another party's in that state");
    }
    if row.ended_at != state.ended().map(|_| row.state_since) {
        wrong("ended_at", "it is not the moment at which it ended");
    }
    let due_at = record.due.as_ref().and_then(Due::at);
    if row.due_at != due_at || row.deadline_kind.is_some() != record.due.is_some() {
        wrong("due_at", "it is not what its deadline says");
    }
    if row.sort_at != sort_at(&record.consultation, row.due_at) {
        wrong("sort_at", "it is neither the deadline nor what stands for one in that state");
    }
    let done = case.appointments.iter().filter(|it| it.state == AppointmentStatus::Done).count();
    if usize::try_from(row.appointments_done).ok() != Some(done) {
        let what = format!("it counts {}, {done} appointments are done", row.appointments_done);
        wrong("appointments_done", &what);
    }
}

/// Checks that nothing belongs to a company or a case that was merged into another.
pub(super) async fn examine_merges(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    let merged = company::Entity::find()
        .select_only()
        .column(company::Column::Id)
        .filter(company::Column::MergedInto.is_not_null());
    let chained =
        company::Entity::find().filter(company::Column::MergedInto.in_subquery(merged.clone().into_query()));
    for it in chained.all(db).await? {
        findings.add("merge", &it.name, "the company into which it was merged was merged itself");
    }
    let astray =
        consultation::Entity::find().filter(consultation::Column::CompanyId.in_subquery(merged.into_query()));
    for it in astray.all(db).await? {
        findings.add("merge", &it.number, "its company was merged into another");
    }
    let filed =
        consultation::Entity::find().filter(consultation::Column::OwnCompanyId.is_not_null()).all(db).await?;
    let own = filed.iter().filter_map(|it| it.own_company_id);
    let own = company::Entity::find().filter(company::COLUMN.id.is_in(own)).all(db).await?;
    for it in &filed {
        let leads_here =
            own.iter().any(|own| it.own_company_id == Some(own.id) && own.merged_into == Some(it.company_id));
        if !leads_here {
            findings.add("merge", &it.number, "the company under which it was filed leads to another one");
        }
    }
    let ticking =
        consultation::COLUMN.due_at.is_not_null().or(consultation::COLUMN.next_step_at.is_not_null());
    let ticking =
        consultation::Entity::find().filter(consultation::Column::MergedInto.is_not_null()).filter(ticking);
    for it in ticking.all(db).await? {
        findings.add("merge", &it.number, "it was merged into another and its clocks still run");
    }
    let merged = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::Column::MergedInto.is_not_null());
    let chained = consultation::Entity::find()
        .filter(consultation::Column::MergedInto.in_subquery(merged.into_query()));
    for it in chained.all(db).await? {
        findings.add("merge", &it.number, "the case into which it was merged was merged itself");
    }
    Ok(())
}

/// Checks that no number can be given out twice.
pub(super) async fn examine_counters(
    db: &impl ConnectionTrait,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let counters: BTreeMap<_, _> = case_number_counter::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|it| (it.fiscal_year, it.last))
        .collect();
    let highest: Vec<(i32, i32)> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::FiscalYear)
        .column_as(consultation::Column::Serial.max(), "highest")
        .group_by(consultation::Column::FiscalYear)
        .into_tuple()
        .all(db)
        .await?;
    for (year, highest) in highest {
        let last = counters.get(&year).copied().unwrap_or_default();
        if last < highest {
            findings.add("counter", year, format!("{last} is below the highest number given out, {highest}"));
        }
    }
    Ok(())
}
