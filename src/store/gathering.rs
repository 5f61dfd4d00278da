//! Events: what of them decides about seats, the people who sign up, and the answers to the questionnaire.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    gathering::{GatheringKind, SeatKind, SignUpStatus},
    id::{ExpertId, PublicationId, SignUpId},
    publication::news::WebAddress,
};
use entity::{gathering as row, sign_up as sign_up_row};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr,
    EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use self::sign_up::{Tally, tally};
use crate::store::{contradiction, due_keys, known};

pub mod questionnaire;
pub mod sign_up;
pub mod statistics;

/// An event as it was published last, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathering {
    pub id: PublicationId,
    /// The number in the public address.
    pub number: i32,
    pub kind: GatheringKind,
    pub title: String,
    /// The venue; empty if there is none.
    pub place: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub deadline: DateTime<Utc>,
    pub venue_seats: Option<u16>,
    pub online_seats: Option<u16>,
    /// The experts whose times can be booked on a consultation day.
    pub experts: Vec<ExpertId>,
    /// The address of the online meeting. Only participants see it, on their own page.
    pub online_link: Option<WebAddress>,
    /// The materials, one title and address a line.
    pub materials: Option<String>,
    pub sequence: i32,
    /// The time and the reason of the calling off.
    pub called_off: Option<(DateTime<Utc>, String)>,
    pub thanked_at: Option<DateTime<Utc>>,
    pub erased_at: Option<DateTime<Utc>>,
    /// The time at which editors and center were asked for the meeting link that is missing.
    pub link_asked_at: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
}

impl Gathering {
    /// Returns whether people take part online and have no meeting link to do so.
    pub const fn misses_link(&self) -> bool {
        self.online_seats.is_some() && self.online_link.is_none() && self.called_off.is_none()
    }

    /// Returns the number of seats of a kind; `None` if there are none.
    pub const fn seats(&self, kind: SeatKind) -> Option<u16> {
        match kind {
            SeatKind::Venue => self.venue_seats,
            SeatKind::Online => self.online_seats,
        }
    }
}

/// The seat that a participant has, if any, and the version of the event's time and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatStanding {
    pub seat: Option<SeatKind>,
    pub sequence: i32,
    pub starts_at: DateTime<Utc>,
    /// Whether the meeting link is there.
    pub has_link: bool,
}

pub async fn find(db: &impl ConnectionTrait, id: PublicationId) -> Result<Option<Gathering>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(from_row).transpose()
}

/// Returns an event as `find` does, locked until the end of the transaction: seats are given one after the other.
pub async fn lock(tx: &DatabaseTransaction, id: PublicationId) -> Result<Option<Gathering>, DbErr> {
    row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.map(from_row).transpose()
}

/// Returns these events, by their key.
pub async fn some(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = PublicationId>,
) -> Result<HashMap<PublicationId, Gathering>, DbErr> {
    let ids: Vec<_> = ids.into_iter().map(|it| it.0).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = row::Entity::find().filter(row::COLUMN.publication_id.is_in(ids)).all(db).await?;
    rows.into_iter().map(|it| Ok((PublicationId(it.publication_id), from_row(it)?))).collect()
}

/// The present standing of events: their rows and the counts of their seats.
#[derive(Debug)]
pub struct GatheringStanding {
    pub rows: HashMap<PublicationId, Gathering>,
    pub tally: Tally,
}

impl GatheringStanding {
    pub async fn of(db: &impl ConnectionTrait, ids: &[PublicationId]) -> Result<Self, DbErr> {
        Ok(Self { rows: some(db, ids.iter().copied()).await?, tally: tally(db, ids).await? })
    }
}

pub async fn insert(tx: &DatabaseTransaction, it: &Gathering) -> Result<(), DbErr> {
    row::Entity::insert(to_row(it).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &Gathering) -> Result<(), DbErr> {
    let model = to_row(it);
    let changed = row::ActiveModel { publication_id: Set(it.id.0), ..model.into_active_model().reset_all() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

/// Returns the events ahead whose meeting link is missing although editors and center were asked for it, earliest first.
pub async fn missing_links(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Gathering>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.ends_at.gt(now))
        .filter(row::Column::LinkAskedAt.is_not_null())
        .order_by_asc(row::Column::StartsAt)
        .all(db)
        .await?;
    let all: Vec<_> = rows.into_iter().map(from_row).collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(Gathering::misses_link).collect())
}

/// Returns up to `limit` events whose next step is due at `now`, without those of `except`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    due_keys(db, row::Entity::find(), (row::Column::PublicationId, row::Column::DueAt), now, except, limit)
        .await
}

/// Returns how these sign-ups stand, for mails that depend on it.
pub async fn standing(
    db: &impl ConnectionTrait,
    ids: Vec<SignUpId>,
) -> Result<HashMap<SignUpId, SeatStanding>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sign_ups = sign_up_row::Entity::find()
        .filter(sign_up_row::COLUMN.id.is_in(ids.into_iter().map(|it| it.0)))
        .all(db)
        .await?;
    let events = some(db, sign_ups.iter().map(|it| PublicationId(it.publication_id))).await?;
    let standing = sign_ups.into_iter().filter_map(|it| {
        let event = events.get(&PublicationId(it.publication_id))?;
        let is_seated = it.status == SignUpStatus::Seated && event.called_off.is_none();
        let seat = it.seat_kind.known().filter(|_| is_seated);
        let (sequence, starts_at, has_link) = (event.sequence, event.starts_at, event.online_link.is_some());
        Some((SignUpId(it.id), SeatStanding { seat, sequence, starts_at, has_link }))
    });
    Ok(standing.collect())
}

fn to_row(it: &Gathering) -> row::Model {
    let (called_off_at, call_off_reason) = it.called_off.clone().unzip();
    row::Model {
        publication_id: it.id.0,
        number: it.number,
        kind: it.kind.into(),
        title: it.title.clone(),
        place: it.place.clone(),
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        deadline: it.deadline,
        venue_seats: it.venue_seats.map(i32::from),
        online_seats: it.online_seats.map(i32::from),
        experts: serde_json::to_string(&it.experts).unwrap_or_default(),
        online_link: it.online_link.as_ref().map(|it| it.as_str().to_owned()),
        materials: it.materials.clone(),
        sequence: it.sequence,
        called_off_at,
        call_off_reason,
        thanked_at: it.thanked_at,
        erased_at: it.erased_at,
        link_asked_at: it.link_asked_at,
        due_at: it.due_at,
    }
}

fn from_row(row: row::Model) -> Result<Gathering, DbErr> {
    let id = row.publication_id;
    let wrong = |why: &dyn std::fmt::Display| contradiction(row::Entity, id, why);
    let seats = |it: Option<i32>| it.map(u16::try_from).transpose().map_err(|err| wrong(&err));
    let experts = serde_json::from_str(&row.experts).map_err(|err| wrong(&err))?;
    let online_link = row.online_link.as_deref().map(WebAddress::parse).transpose();
    Ok(Gathering {
        id: PublicationId(id),
        number: row.number,
        kind: known(&row.kind, row::Column::Kind, id)?,
        venue_seats: seats(row.venue_seats)?,
        online_seats: seats(row.online_seats)?,
        experts,
        online_link: online_link.map_err(|err| wrong(&err))?,
        title: row.title,
        place: row.place,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        deadline: row.deadline,
        materials: row.materials,
        sequence: row.sequence,
        called_off: row.called_off_at.zip(row.call_off_reason),
        thanked_at: row.thanked_at,
        erased_at: row.erased_at,
        link_asked_at: row.link_asked_at,
        due_at: row.due_at,
    })
}
