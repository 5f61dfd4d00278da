//! Quarter hours: every live appointment owns what its experts need, and nothing else owns any.
use std::collections::{BTreeMap, BTreeSet};

use domain::{
    application::Form,
    appointment::SessionMode,
    availability::{Distance, Footprint, Slot, quarter_index},
    calendar::japan_date,
    number::FiscalYear,
    prefecture::Prefecture,
};
use entity::{appointment, appointment_expert, calendar_cell, consultation, draft, expert, year_settings};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::{Findings, page::grouped};
use crate::store::programme::{self, Programme};

/// Live appointments that are held in memory at once.
const SIZE: u64 = 500;

const LIVE: [&str; 2] = ["held", "confirmed"];

/// What footprints follow from.
struct Rules {
    programme: Programme,
    /// When the settings of a year were last changed.
    changed: BTreeMap<i32, chrono::DateTime<chrono::Utc>>,
    homes: BTreeMap<Uuid, Option<Prefecture>>,
}

pub(super) async fn examine(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    orphans(db, findings).await?;
    let rules = Rules::load(db).await?;
    let mut last = None;
    loop {
        let mut query = appointment::Entity::find()
            .filter(appointment::Column::State.is_in(LIVE))
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

/// Quarter hours of what has ended, or of nothing.
async fn orphans(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    let live = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::Id)
        .filter(appointment::Column::State.is_in(LIVE));
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
    let seats = appointment_expert::Entity::find()
        .filter(appointment_expert::Column::AppointmentId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let seats = grouped(seats, |it| (it.appointment_id, it.expert_id));
    let cells =
        calendar_cell::Entity::find().filter(calendar_cell::Column::AppointmentId.is_in(ids)).all(db).await?;
    let mut cells = grouped(cells, |it| (it.appointment_id, (it.expert_id, it.quarter)));
    let sites = sites(db, live).await?;
    for it in live {
        let owned: BTreeSet<_> = cells.remove(&it.id).unwrap_or_default().into_iter().collect();
        let experts = seats.get(&it.id).map(Vec::as_slice).unwrap_or_default();
        let site = sites.get(&it.id).copied().flatten();
        one(rules, it, experts, site, &owned, findings);
    }
    Ok(())
}

fn one(
    rules: &Rules,
    it: &appointment::Model,
    experts: &[Uuid],
    site: Option<Prefecture>,
    owned: &BTreeSet<(Uuid, i64)>,
    findings: &mut Findings,
) {
    let mut wrong = |rule, what: &str| findings.add(rule, format!("appointment {}", it.id), what);
    if experts.is_empty() {
        return wrong("seats", "nobody sits in it");
    }
    if owned.iter().any(|(expert, _)| !experts.contains(expert)) {
        return wrong("cells", "it owns quarter hours of somebody who does not sit in it");
    }
    let session = quarter_index(it.starts_at)..quarter_index(it.ends_at);
    let needed = experts.iter().flat_map(|&it| session.clone().map(move |quarter| (it, quarter)));
    if !needed.into_iter().all(|it| owned.contains(&it)) {
        return wrong("cells", "it does not own all of its own time");
    }
    if rules.hold_for(it) {
        let asked: Option<BTreeSet<_>> = rules.footprints(it, experts, site).map(Iterator::collect);
        if asked.is_some_and(|it| it != *owned) {
            wrong("footprint", "it owns other quarter hours than travel and buffers ask for");
        }
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

    /// Whether it was booked under the settings that hold now: what was booked before keeps what it was given.
    fn hold_for(&self, it: &appointment::Model) -> bool {
        let year = FiscalYear::of(japan_date(it.starts_at)).map(FiscalYear::start_year);
        let changed = year.ok().and_then(|it| self.changed.range(..=it).next_back());
        changed.is_none_or(|(_, &at)| at <= it.created_at)
    }

    /// The quarter hours of all its experts; `None` where the row cannot be read.
    fn footprints<'a>(
        &'a self,
        it: &'a appointment::Model,
        experts: &'a [Uuid],
        site: Option<Prefecture>,
    ) -> Option<impl Iterator<Item = (Uuid, i64)> + 'a> {
        let (mode, slot) = (SessionMode::from_code(&it.mode)?, Slot::at(it.starts_at)?);
        let length = quarter_index(it.ends_at) - quarter_index(it.starts_at);
        let length = u8::try_from(length).ok()?;
        let settings = self.programme.settings_at(it.starts_at);
        Some(experts.iter().flat_map(move |&expert| {
            let around = match mode {
                SessionMode::Online => Footprint::online(settings),
                SessionMode::Visit => {
                    let home = self.homes.get(&expert).copied().flatten();
                    Footprint::visit(settings, Distance::between(home, site))
                }
            };
            Footprint { length, ..around }.cells(slot).map(move |quarter| (expert, quarter))
        }))
    }
}

/// Where each appointment's company is, as far as it is known.
async fn sites(
    db: &impl ConnectionTrait,
    live: &[appointment::Model],
) -> Result<BTreeMap<Uuid, Option<Prefecture>>, DbErr> {
    let consultations: Vec<(Uuid, Option<i16>)> = consultation::Entity::find()
        .select_only()
        .columns([consultation::Column::Id, consultation::Column::Prefecture])
        .filter(consultation::Column::Id.is_in(live.iter().filter_map(|it| it.consultation_id)))
        .into_tuple()
        .all(db)
        .await?;
    let drafts = draft::Entity::find()
        .filter(draft::Column::Id.is_in(live.iter().filter_map(|it| it.draft_id)))
        .all(db)
        .await?;
    let mut of_owner: BTreeMap<_, _> =
        consultations.into_iter().map(|(id, code)| (id, prefecture(code))).collect();
    of_owner.extend(drafts.into_iter().map(|it| {
        let form: Option<Form> = serde_json::from_value(it.form).ok();
        (it.id, form.and_then(|it| Prefecture::parse(&it.prefecture).ok()))
    }));
    let owner = |it: &appointment::Model| it.consultation_id.or(it.draft_id);
    Ok(live.iter().map(|it| (it.id, owner(it).and_then(|it| of_owner.get(&it).copied().flatten()))).collect())
}

fn prefecture(code: Option<i16>) -> Option<Prefecture> {
    code.and_then(|it| u8::try_from(it).ok()).and_then(|it| Prefecture::from_code(it).ok())
}
