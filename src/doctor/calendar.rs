//! Checks that every live appointment owns the quarter hours that its experts need, and that nothing else
//! owns any.
mod beside;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use codes::{AppointmentStatus, AssignmentStatus};
use domain::{
    booking::availability::{Footprint, Slot, quarter_index},
    calendar::japan_date,
    number::FiscalYear,
    prefecture::Prefecture,
};
use entity::{appointment, appointment_expert, assignment, calendar_cell, expert, year_settings};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::{Findings, page::grouped};
use crate::store::reference::programme::{self, Programme};

/// The number of live appointments that are held in memory at once.
const SIZE: u64 = 500;

const LIVE: [AppointmentStatus; 2] = [AppointmentStatus::Held, AppointmentStatus::Confirmed];

/// The data from which footprints are computed.
struct Rules {
    programme: Programme,
    /// The time of the last change of each year's settings.
    changed: BTreeMap<i32, DateTime<Utc>>,
    homes: BTreeMap<Uuid, Option<Prefecture>>,
}

pub(super) async fn examine(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    orphans(db, findings).await?;
    let rules = Rules::load(db).await?;
    beside::examine(db, &rules, findings).await?;
    let mut last = None;
    loop {
        let mut query = appointment::Entity::find()
            .filter(appointment::Column::State.is_in(LIVE.map(AppointmentStatus::code)))
            .order_by_asc(appointment::Column::Id)
            .limit(SIZE);
        if let Some(last) = last {
            query = query.filter(appointment::Column::Id.gt(last));
        }
        let live = query.all(db).await?;
        let Some(end) = live.last().map(|it| it.id) else { return Ok(()) };
        last = Some(end);
        page(db, &rules, &live, findings).await?;
    }
}

/// Reports quarter hours of appointments that have ended or do not exist.
async fn orphans(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    let live = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::Id)
        .filter(appointment::Column::State.is_in(LIVE.map(AppointmentStatus::code)));
    let owners: Vec<Uuid> = calendar_cell::Entity::find()
        .select_only()
        .column(calendar_cell::Column::AppointmentId)
        .filter(calendar_cell::Column::AppointmentId.not_in_subquery(live.into_query()))
        .group_by(calendar_cell::Column::AppointmentId)
        .into_tuple()
        .all(db)
        .await?;
    for it in owners {
        findings.add("orphan_cells", format!("appointment {it}"), "it is over and still owns quarter hours");
    }
    Ok(())
}

async fn page(
    db: &impl ConnectionTrait,
    rules: &Rules,
    live: &[appointment::Model],
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let ids: Vec<_> = live.iter().map(|it| it.id).collect();
    let participations = appointment_expert::Entity::find()
        .filter(appointment_expert::Column::AppointmentId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let participations = grouped(participations, |it| (it.appointment_id, it.expert_id));
    let cells =
        calendar_cell::Entity::find().filter(calendar_cell::Column::AppointmentId.is_in(ids)).all(db).await?;
    let mut cells = grouped(cells, |it| (it.appointment_id, (it.expert_id, it.quarter)));
    let substitutes = asked_substitutes(db, live).await?;
    for it in live {
        let owned: BTreeSet<_> = cells.remove(&it.id).unwrap_or_default().into_iter().collect();
        let mut experts = participations.get(&it.id).cloned().unwrap_or_default();
        // A substitute who is asked to take a part in it keeps the time for it.
        experts.extend(it.consultation_id.and_then(|id| substitutes.get(&id)).into_iter().flatten());
        one(rules, it, &experts, &owned, findings);
    }
    Ok(())
}

fn one(
    rules: &Rules,
    it: &appointment::Model,
    experts: &[Uuid],
    owned: &BTreeSet<(Uuid, i64)>,
    findings: &mut Findings,
) {
    let mut wrong = |rule, what: &str| findings.add(rule, format!("appointment {}", it.id), what);
    if experts.is_empty() {
        return wrong("seats", "it has no expert");
    }
    if owned.iter().any(|(expert, _)| !experts.contains(expert)) {
        return wrong("cells", "it owns quarter hours of an expert without a part in it");
    }
    let appointment = quarter_index(it.starts_at)..quarter_index(it.ends_at);
    let needed = experts.iter().flat_map(|&it| appointment.clone().map(move |quarter| (it, quarter)));
    if !needed.into_iter().all(|it| owned.contains(&it)) {
        return wrong("cells", "it does not own all of its own time");
    }
    // The appointment may have been moved at any time until now.
    let moments = [it.created_at, it.starts_at];
    let rules_held = moments.iter().all(|&at| rules.hold_since(at, it.created_at));
    let agrees = |at| rules.footprints(it, experts, at).is_none_or(|cells| cells == *owned);
    if rules_held && !moments.into_iter().any(agrees) {
        wrong("footprint", "it owns other quarter hours than travel and buffers ask for");
    }
}

impl Rules {
    async fn load(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let years = year_settings::Entity::find().all(db).await?;
        let homes: Vec<(Uuid, i16)> = expert::Entity::find()
            .select_only()
            .columns([expert::Column::Id, expert::Column::HomePrefecture])
            .into_tuple()
            .all(db)
            .await?;
        Ok(Self {
            programme: programme::load(db).await?,
            changed: years.into_iter().map(|it| (it.fiscal_year, it.updated_at)).collect(),
            homes: homes.into_iter().map(|(id, code)| (id, prefecture(Some(code)))).collect(),
        })
    }

    /// Returns whether the settings of `at` have not changed since the booking. A booking keeps the quarter
    /// hours that it was given.
    fn hold_since(&self, at: DateTime<Utc>, booked_at: DateTime<Utc>) -> bool {
        let year = FiscalYear::of(japan_date(at)).map(FiscalYear::start_year);
        let changed = year.ok().and_then(|it| self.changed.range(..=it).next_back());
        changed.is_none_or(|(_, &changed_at)| changed_at <= booked_at)
    }

    /// Returns the quarter hours of all its experts by the settings of `at`, or `None` if the row cannot be
    /// read.
    fn footprints(
        &self,
        it: &appointment::Model,
        experts: &[Uuid],
        at: DateTime<Utc>,
    ) -> Option<BTreeSet<(Uuid, i64)>> {
        let mut cells = BTreeSet::new();
        for &expert in experts {
            let (slot, footprint) = self.footprint(it, expert, at)?;
            cells.extend(footprint.cells(slot).map(|quarter| (expert, quarter)));
        }
        Some(cells)
    }

    /// Returns the slot and the footprint of the appointment for one of its experts by the settings of `at`.
    fn footprint(
        &self,
        it: &appointment::Model,
        expert: Uuid,
        at: DateTime<Utc>,
    ) -> Option<(Slot, Footprint)> {
        let (mode, slot) = (it.mode.known()?, Slot::at(it.starts_at)?);
        let length = u8::try_from(quarter_index(it.ends_at) - quarter_index(it.starts_at)).ok()?;
        let home = self.homes.get(&expert).copied().flatten();
        let around = Footprint::new(mode, home, prefecture(it.site), self.programme.settings_at(at));
        Some((slot, Footprint { length, ..around }))
    }
}

/// Returns the experts who are asked to take another expert's part, by consultation.
async fn asked_substitutes(
    db: &impl ConnectionTrait,
    live: &[appointment::Model],
) -> Result<BTreeMap<Uuid, Vec<Uuid>>, DbErr> {
    let found = assignment::Entity::find()
        .filter(assignment::Column::ConsultationId.is_in(live.iter().filter_map(|it| it.consultation_id)))
        .filter(assignment::Column::State.eq(AssignmentStatus::Offered.code()))
        .filter(assignment::Column::InsteadOf.is_not_null())
        .all(db)
        .await?;
    Ok(grouped(found, |it| (it.consultation_id, it.expert_id)))
}

fn prefecture(code: Option<i16>) -> Option<Prefecture> {
    code.and_then(|it| u8::try_from(it).ok()).and_then(|it| Prefecture::from_code(it).ok())
}
