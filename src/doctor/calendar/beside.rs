//! Examines quarter hours that several appointments share: only travel may be shared, and only if there is
//! enough time between the visits. Appointments that share none are separated by their travel from and to home.
use std::collections::{BTreeMap, BTreeSet};

use domain::booking::availability::quarter_index;
use entity::{appointment, calendar_cell};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Findings, Rules, SIZE, prefecture};

/// The lanes of one quarter hour of an expert, each with its appointment.
type Lanes = BTreeMap<i16, Uuid>;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    rules: &Rules,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let mut last = None;
    loop {
        let mut query = calendar_cell::Entity::find()
            .filter(calendar_cell::COLUMN.lane.gt(0))
            .order_by_asc(calendar_cell::Column::ExpertId)
            .order_by_asc(calendar_cell::Column::Quarter)
            .limit(SIZE);
        if let Some((expert, quarter)) = last {
            let further = sea_orm::Condition::all()
                .add(calendar_cell::COLUMN.expert_id.eq(expert))
                .add(calendar_cell::COLUMN.quarter.gt(quarter));
            let any = sea_orm::Condition::any().add(calendar_cell::COLUMN.expert_id.gt(expert));
            query = query.filter(any.add(further));
        }
        let above = query.all(db).await?;
        let Some(end) = above.last() else { return Ok(()) };
        last = Some((end.expert_id, end.quarter));
        page(db, rules, &above, findings).await?;
    }
}

async fn page(
    db: &impl ConnectionTrait,
    rules: &Rules,
    above: &[calendar_cell::Model],
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let keys: BTreeSet<_> = above.iter().map(|it| (it.expert_id, it.quarter)).collect();
    let all = calendar_cell::Entity::find()
        .filter(calendar_cell::COLUMN.expert_id.is_in(keys.iter().map(|it| it.0).collect::<BTreeSet<_>>()))
        .filter(calendar_cell::COLUMN.quarter.is_in(keys.iter().map(|it| it.1).collect::<BTreeSet<_>>()))
        .all(db)
        .await?;
    let mut shared: BTreeMap<(Uuid, i64), Lanes> = BTreeMap::new();
    for it in all.into_iter().filter(|it| keys.contains(&(it.expert_id, it.quarter))) {
        shared.entry((it.expert_id, it.quarter)).or_default().insert(it.lane, it.appointment_id);
    }
    let ids: BTreeSet<_> = shared.values().flat_map(BTreeMap::values).copied().collect();
    let found = appointment::Entity::find().filter(appointment::COLUMN.id.is_in(ids)).all(db).await?;
    let found: BTreeMap<_, _> = found.into_iter().map(|it| (it.id, it)).collect();
    let mut pairs = BTreeSet::new();
    for ((expert, quarter), lanes) in &shared {
        let is_way = |id: &Uuid| {
            found.get(id).is_some_and(|it| {
                let appointment = quarter_index(it.starts_at)..quarter_index(it.ends_at);
                it.site.is_some() && !appointment.contains(quarter)
            })
        };
        if !lanes.keys().copied().eq((0_i16..).take(lanes.len())) {
            findings.add("lane", format!("expert {expert}, quarter {quarter}"), "a lane below is not taken");
        } else if !lanes.range(1..).all(|it| is_way(it.1)) {
            let what = "an appointment or a buffer is not on the first lane";
            findings.add("lane", format!("expert {expert}, quarter {quarter}"), what);
        }
        for (lane, id) in lanes {
            pairs.extend(lanes.range(..lane).map(|below| (*expert, *below.1.min(id), *below.1.max(id))));
        }
    }
    for (expert, one, other) in pairs {
        if let (Some(one), Some(other)) = (found.get(&one), found.get(&other))
            && !have_room(rules, expert, one, other)
        {
            let what = format!("there is no time for the way to or from appointment {}", other.id);
            findings.add("room", format!("appointment {}", one.id), what);
        }
    }
    Ok(())
}

/// Returns whether there is time for the way between two visits. Returns true, too, if settings have changed
/// since, because that can then not be decided.
fn have_room(rules: &Rules, expert: Uuid, one: &appointment::Model, other: &appointment::Model) -> bool {
    let Some(site) = prefecture(other.site) else { return false };
    let appointment = quarter_index(other.starts_at)..quarter_index(other.ends_at);
    let moments = [one.created_at, one.starts_at, other.created_at, other.starts_at];
    let booked_at = one.created_at.min(other.created_at);
    let rules_held = moments.iter().all(|&at| rules.hold_since(at, booked_at));
    let room = |at| {
        rules
            .footprint(one, expert, at)
            .is_some_and(|(slot, footprint)| footprint.leaves_room(slot, site, &appointment))
    };
    one.site.is_some() && (!rules_held || moments.into_iter().any(room))
}
