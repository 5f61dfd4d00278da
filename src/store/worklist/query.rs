//! The statements of the worklist. Each tab reads along one index and stops after a page.
use chrono::{DateTime, Utc};
use codes::{CorrectedField, DueKind, MailStatus, ReportStatus};
use domain::{consultation::Turn, field::Field};
use entity::{case_tag, consultation as row, contact, correction, inbound_mail, mail_bounce, outbox, report};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, Query, SelectStatement, UnionType},
};

use super::{
    InCharge, MOST_COUNTED, PAGE, PageStart, SearchText, WorklistCounts, WorklistCursor, WorklistFilter,
    WorklistTab, soon,
};
use crate::store::containing;

/// Returns the statement for one page, with one row more that shows whether there is another page.
pub fn statement(
    tab: WorklistTab,
    filter: &WorklistFilter,
    from: PageStart,
    now: DateTime<Utc>,
) -> SelectStatement {
    let sort = sorted_by(tab);
    let mut query = row::Entity::find().select_only();
    for column in COLUMNS {
        query = query.column(column);
    }
    query = query
        .column_as(Expr::exists(failed_mails()).or(Expr::exists(bounces())), "mail_failed")
        .filter(of_tab(tab, now))
        .filter(row::Column::MergedInto.is_null());
    query = narrowed(query, filter, now);
    let forward = !matches!(from, PageStart::Before(_));
    query = match from {
        PageStart::Start => query,
        PageStart::After(cursor) | PageStart::Before(cursor) => {
            query.filter(beyond(sort, cursor, forward != tab.newest_first()))
        }
    };
    let order = if forward == tab.newest_first() { Order::Desc } else { Order::Asc };
    query.order_by(sort, order.clone()).order_by(row::Column::Id, order).limit(PAGE as u64 + 1).into_query()
}

/// Returns the column by whose order a tab is read.
const fn sorted_by(tab: WorklistTab) -> row::Column {
    match tab {
        WorklistTab::All => row::Column::ReceivedAt,
        WorklistTab::Unanswered => row::Column::ResponseDueAt,
        WorklistTab::Snoozed => row::Column::SnoozedUntil,
        WorklistTab::Center
        | WorklistTab::Reports
        | WorklistTab::FurtherHelp
        | WorklistTab::Calls
        | WorklistTab::Company
        | WorklistTab::Expert
        | WorklistTab::Booked
        | WorklistTab::FollowUp
        | WorklistTab::Stalled
        | WorklistTab::Ended => row::Column::SortAt,
    }
}

/// Returns the statement that counts the consultations of each tab, of all consultations or of those with this person in
/// charge. For all it reads indexes alone.
pub fn count_statement(in_charge: Option<InCharge>, now: DateTime<Utc>) -> SelectStatement {
    let of = |tab| {
        let query = row::Entity::find().select_only().expr(Expr::val(1)).filter(of_tab(tab, now));
        match in_charge {
            Some(it) => query.filter(is_in_charge(it)).into_query(),
            None => query.into_query(),
        }
    };
    // Reports of all coordinators are counted without their consultations.
    let reports = match in_charge {
        Some(_) => of(WorklistTab::Reports),
        None => reports_at_center(),
    };
    let failed = outbox::Entity::find().select_only().expr(Expr::val(1));
    let failed = failed.filter(outbox::COLUMN.state.eq(MailStatus::Failed.code())).into_query();
    let open = inbound_mail::Entity::find().select_only().expr(Expr::val(1));
    let open = open.filter(inbound_mail::COLUMN.open.eq(true)).into_query();
    let mut query = capped(WorklistTab::Center.code(), of(WorklistTab::Center));
    for (name, one) in [
        (WorklistTab::Unanswered.code(), of(WorklistTab::Unanswered)),
        (WorklistTab::Snoozed.code(), of(WorklistTab::Snoozed)),
        (WorklistTab::Reports.code(), reports),
        (WorklistTab::FurtherHelp.code(), of(WorklistTab::FurtherHelp)),
        (WorklistTab::Calls.code(), of(WorklistTab::Calls)),
        (WorklistTab::Stalled.code(), of(WorklistTab::Stalled)),
        (WorklistTab::Company.code(), of(WorklistTab::Company)),
        (WorklistTab::Expert.code(), of(WorklistTab::Expert)),
        (WorklistTab::Booked.code(), of(WorklistTab::Booked)),
        (FAILED_MAILS, failed),
        (OPEN_MAILS, open),
    ] {
        query.union(UnionType::All, capped(name, one));
    }
    query
}

/// Returns the number of cases with a report that concerns the center, also of cases that have ended. It stops counting at
/// `MOST_COUNTED`.
pub async fn reports(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let counted = db.query_one(&capped(WorklistTab::Reports.code(), reports_at_center())).await?;
    let n: i64 = counted.map_or(Ok(0), |it| it.try_get("", "n"))?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// Returns the count of each tab, of all consultations or of those with this person in charge, in one query that stops
/// counting at `MOST_COUNTED`.
pub async fn counts(
    db: &impl ConnectionTrait,
    in_charge: Option<InCharge>,
    now: DateTime<Utc>,
) -> Result<WorklistCounts, DbErr> {
    let mut tallies = WorklistCounts::default();
    for it in db.query_all(&count_statement(in_charge, now)).await? {
        let n: i64 = it.try_get("", "n")?;
        let name: String = it.try_get("", "name")?;
        match WorklistTab::from_code(&name) {
            Some(WorklistTab::Center) => tallies.center = n,
            Some(WorklistTab::Unanswered) => tallies.unanswered = n,
            Some(WorklistTab::Snoozed) => tallies.snoozed = n,
            Some(WorklistTab::Reports) => tallies.reports = n,
            Some(WorklistTab::FurtherHelp) => tallies.further_help = n,
            Some(WorklistTab::Calls) => tallies.calls = n,
            Some(WorklistTab::Stalled) => tallies.stalled = n,
            Some(WorklistTab::Company) => tallies.company = n,
            Some(WorklistTab::Expert) => tallies.expert = n,
            Some(WorklistTab::Booked) => tallies.booked = n,
            Some(WorklistTab::FollowUp | WorklistTab::Ended | WorklistTab::All) => {}
            None if name == OPEN_MAILS => tallies.open_mails = n,
            None => tallies.failed_mails = n,
        }
    }
    Ok(tallies)
}

/// The names of the two counts that belong to no tab.
const FAILED_MAILS: &str = "failed_mails";
const OPEN_MAILS: &str = "open_mails";

const COLUMNS: [row::Column; 26] = [
    row::Column::Id,
    row::Column::Number,
    row::Column::CompanyId,
    row::Column::CompanyName,
    row::Column::Prefecture,
    row::Column::Ict,
    row::Column::Labor,
    row::Column::State,
    row::Column::UnfulfilledReason,
    row::Column::ReferredTo,
    row::Column::DueAt,
    row::Column::SortAt,
    row::Column::ReceivedAt,
    row::Column::CoordinatorId,
    row::Column::AddressConfirmedAt,
    row::Column::WantsHelpSince,
    row::Column::ToCallSince,
    row::Column::StalledSince,
    row::Column::ResponseDueAt,
    row::Column::LastInboundAt,
    row::Column::SnoozedUntil,
    row::Column::NextStepAt,
    row::Column::AppointmentsDone,
    row::Column::ReportGap,
    row::Column::OwedField,
    row::Column::Version,
];

fn of_tab(tab: WorklistTab, now: DateTime<Utc>) -> Expr {
    let turn = |it: Turn| row::Column::Turn.eq(it.code());
    match tab {
        WorklistTab::Center => {
            let awake = row::Column::SnoozedUntil.is_null().or(row::Column::SnoozedUntil.lte(now));
            turn(Turn::Center).and(row::Column::SortAt.lt(soon(now))).and(awake)
        }
        WorklistTab::Unanswered => row::Column::ResponseDueAt.is_not_null(),
        WorklistTab::Snoozed => row::Column::SnoozedUntil.gt(now),
        WorklistTab::FollowUp => turn(Turn::Center).and(row::Column::SortAt.gte(soon(now))),
        WorklistTab::Reports => row::Column::Id.in_subquery(reports_at_center()),
        WorklistTab::FurtherHelp => row::Column::WantsHelpSince.is_not_null(),
        WorklistTab::Calls => row::Column::ToCallSince.is_not_null(),
        WorklistTab::Stalled => row::Column::StalledSince.is_not_null(),
        WorklistTab::Company => turn(Turn::Company),
        WorklistTab::Expert => turn(Turn::Expert),
        WorklistTab::Booked => turn(Turn::Nobody),
        WorklistTab::Ended => turn(Turn::Ended),
        WorklistTab::All => Expr::val(1).eq(1),
    }
}

fn narrowed(
    mut query: sea_orm::Select<row::Entity>,
    filter: &WorklistFilter,
    now: DateTime<Utc>,
) -> sea_orm::Select<row::Entity> {
    query = match filter.field {
        None => query,
        Some(Field::Ict) => query.filter(row::COLUMN.ict.eq(true)),
        Some(Field::Labor) => query.filter(row::COLUMN.labor.eq(true)),
    };
    if let Some(prefecture) = filter.prefecture {
        query = query.filter(row::COLUMN.prefecture.eq(i16::from(prefecture.code())));
    }
    if let Some(in_charge) = filter.in_charge {
        query = query.filter(is_in_charge(in_charge));
    }
    if filter.overdue {
        query = query.filter(row::COLUMN.due_at.lte(now));
    }
    if let Some(tag) = &filter.tag {
        let tagged = case_tag::Entity::find()
            .select_only()
            .column(case_tag::Column::ConsultationId)
            .filter(case_tag::COLUMN.tag.eq(tag.as_str()));
        query = query.filter(row::Column::Id.in_subquery(tagged.into_query()));
    }
    match &filter.search {
        Some(search) => query.filter(is_found(search)),
        None => query,
    }
}

/// Returns the condition for what was searched for: the company's name, reading or number, the contact's name, reading
/// or telephone number, or an earlier name of either. A merged case is found by what it was called too.
fn is_found(search: &SearchText) -> Expr {
    let named = || {
        let key = containing(&search.key);
        let by_key = Expr::col((row::Entity, row::Column::SearchKey)).like(key);
        let by_contact = contact::Entity::find()
            .select_only()
            .column(contact::Column::ConsultationId)
            .filter(is_contact(search));
        let by_correction = correction::Entity::find()
            .select_only()
            .column(correction::Column::ConsultationId)
            .filter(correction::COLUMN.field.is_in(NAMES.map(CorrectedField::code)))
            .filter(is_any_of(search, "\"old_value\""));
        let others = by_contact.into_query();
        let earlier = by_correction.into_query();
        by_key.or(row::Column::Id.in_subquery(others)).or(row::Column::Id.in_subquery(earlier))
    };
    let absorbed = row::Entity::find()
        .select_only()
        .column(row::Column::MergedInto)
        .filter(row::Column::MergedInto.is_not_null())
        .filter(named());
    named().or(row::Column::Id.in_subquery(absorbed.into_query()))
}

/// The corrected fields by whose earlier values a case is found.
const NAMES: [CorrectedField; 4] = [
    CorrectedField::CompanyName,
    CorrectedField::CompanyKana,
    CorrectedField::ContactName,
    CorrectedField::ContactKana,
];

fn is_contact(search: &SearchText) -> Expr {
    let names = ["\"name\"", "\"kana\"", "\"second_name\"", "\"second_kana\""];
    let by_name = names.into_iter().map(|it| is_any_of(search, it));
    let by_telephone = search.telephone.iter().flat_map(|digits| {
        let second = Expr::cust("REPLACE(REPLACE(\"second_phone\", '-', ''), '－', '')");
        [Expr::col(contact::Column::PhoneDigits).like(containing(digits)), second.like(containing(digits))]
    });
    by_name.chain(by_telephone).fold(Expr::val(1).eq(0), ExprTrait::or)
}

/// Returns whether a column, without blanks, contains one of the forms of a name.
fn is_any_of(search: &SearchText, column: &str) -> Expr {
    let squeezed = format!("REPLACE(REPLACE(LOWER({column}), ' ', ''), '　', '')");
    let forms = search.names.iter().map(|it| Expr::cust(squeezed.clone()).like(containing(it)));
    forms.fold(Expr::val(1).eq(0), ExprTrait::or)
}

fn is_in_charge(it: InCharge) -> Expr {
    match it {
        InCharge::Nobody => row::Column::CoordinatorId.is_null(),
        InCharge::Coordinator(id) => row::Column::CoordinatorId.eq(id.0),
    }
}

/// Returns the condition for rows after `cursor` in the given direction of time. The columns are compared as
/// one pair, so that one index answers it.
fn beyond(sort: row::Column, cursor: WorklistCursor, later: bool) -> Expr {
    let place = Expr::tuple([Expr::col((row::Entity, sort)), Expr::col((row::Entity, row::Column::Id))]);
    let cursor = Expr::tuple([Expr::val(cursor.at), Expr::val(cursor.id)]);
    if later { place.gt(cursor) } else { place.lt(cursor) }
}

/// Returns the query for the cases with a report that concerns the center: it waits for the approval, the center sees to
/// it, or it is still due although the case has ended.
fn reports_at_center() -> SelectStatement {
    let submitted = || {
        report::Entity::find()
            .select_only()
            .column(report::Column::ConsultationId)
            .filter(report::COLUMN.state.eq(ReportStatus::Submitted.code()))
            .filter(report::Column::TookPlace.eq(true))
    };
    // The parts have no case in common, so that counting them can stop at any number.
    let of = |condition: String| {
        let case = row::Entity::find().select_only().column(row::Column::Id);
        let has_submitted =
            submitted().filter(of_row(report::Entity, report::Column::ConsultationId)).into_query();
        case.filter(Expr::cust(condition)).filter(Expr::exists(has_submitted).not()).into_query()
    };
    // The conditions are those of the partial indexes.
    let by_center = "report_by_center";
    let due = format!("deadline_kind = '{}' AND turn = '{}'", DueKind::Report, Turn::Ended);
    submitted()
        .distinct()
        .into_query()
        .union(UnionType::All, of(by_center.to_owned()))
        .union(UnionType::All, of(format!("{due} AND NOT {by_center}")))
        .take()
}

/// Returns the query for mails of the row's consultation that could not be sent.
fn failed_mails() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(outbox::Entity)
        .and_where(of_row(outbox::Entity, outbox::Column::ConsultationId))
        .and_where(outbox::Column::State.eq(MailStatus::Failed.code()))
        .take()
}

/// Returns the query for the bounces of mails about the row's consultation and of its contact's address.
fn bounces() -> SelectStatement {
    let standing = || {
        Query::select()
            .expr(Expr::val(1))
            .from(mail_bounce::Entity)
            .and_where(mail_bounce::Column::Permanent.eq(true))
            .and_where(mail_bounce::Column::ClearedAt.is_null())
            .take()
    };
    let of_address = Expr::col((contact::Entity, contact::Column::EmailKey))
        .eq(Expr::col((mail_bounce::Entity, mail_bounce::Column::AddressKey)));
    let of_contact = standing()
        .inner_join(contact::Entity, of_address)
        .and_where(of_row(contact::Entity, contact::Column::ConsultationId))
        .take();
    // Each part uses an index of its own: for one condition with “or”, PostgreSQL reads the whole table for
    // every row.
    standing()
        .and_where(of_row(mail_bounce::Entity, mail_bounce::Column::ConsultationId))
        .union(UnionType::All, of_contact)
        .take()
}

fn of_row<T: sea_orm::Iden + 'static, C: sea_orm::Iden + 'static>(table: T, column: C) -> Expr {
    crate::store::same((table, column), (row::Entity, row::Column::Id))
}

fn capped(name: &'static str, mut query: SelectStatement) -> SelectStatement {
    let limit = u64::try_from(MOST_COUNTED).unwrap_or(u64::MAX);
    Query::select()
        .expr_as(Expr::val(name), "name")
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .from_subquery(query.limit(limit).take(), "some")
        .take()
}
