//! Reads consultations with all their rows, a page at a time.
use std::collections::BTreeMap;

use codes::{AppointmentStatus, CorrectedField};
use entity::{appointment, appointment_expert, assignment, consultation, correction, event};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

/// The number of consultations that are held in memory at once.
const SIZE: u64 = 1000;

pub(super) struct Page {
    rows: Vec<consultation::Model>,
    events: BTreeMap<Uuid, Vec<event::Model>>,
    assignments: BTreeMap<Uuid, Vec<assignment::Model>>,
    appointments: BTreeMap<Uuid, Vec<appointment::Model>>,
    /// The experts of confirmed appointments.
    experts: BTreeMap<Uuid, Vec<Uuid>>,
    /// The corrections of the fields.
    corrections: BTreeMap<Uuid, Vec<correction::Model>>,
}

/// One consultation of a page.
pub(super) struct Case<'a> {
    pub row: &'a consultation::Model,
    /// The events in the order of their numbers.
    pub events: &'a [event::Model],
    pub assignments: &'a [assignment::Model],
    pub appointments: &'a [appointment::Model],
    /// The corrections of the fields.
    pub corrections: &'a [correction::Model],
    experts: &'a BTreeMap<Uuid, Vec<Uuid>>,
}

impl Page {
    /// Returns the consultations after the one with this id, or `None` after the last.
    ///
    /// A page is one range of ids, so that the same range finds the rows that belong to it: six queries a
    /// page.
    pub async fn after(db: &impl ConnectionTrait, last: Option<Uuid>) -> Result<Option<Self>, DbErr> {
        let mut query = consultation::Entity::find().order_by_asc(consultation::Column::Id).limit(SIZE);
        if let Some(last) = last {
            query = query.filter(consultation::Column::Id.gt(last));
        }
        let rows = query.all(db).await?;
        let (Some(first), Some(last)) = (rows.first().map(|it| it.id), rows.last().map(|it| it.id)) else {
            return Ok(None);
        };
        let events = event::Entity::find()
            .filter(event::Column::ConsultationId.between(first, last))
            .order_by_asc(event::Column::ConsultationId)
            .order_by_asc(event::Column::Seq);
        let assignments =
            assignment::Entity::find().filter(assignment::Column::ConsultationId.between(first, last));
        let here = appointment::Column::ConsultationId.between(first, last);
        let appointments = appointment::Entity::find().filter(here.clone());
        let confirmed = appointment::Entity::find()
            .select_only()
            .column(appointment::Column::Id)
            .filter(here)
            .filter(appointment::Column::State.eq(AppointmentStatus::Confirmed.code()));
        let experts = appointment_expert::Entity::find()
            .filter(appointment_expert::Column::AppointmentId.in_subquery(confirmed.into_query()));
        let corrections = correction::Entity::find()
            .filter(correction::Column::ConsultationId.between(first, last))
            .filter(correction::Column::Field.eq(CorrectedField::Fields.code()));
        Ok(Some(Self {
            rows,
            events: grouped(events.all(db).await?, |it| (it.consultation_id, it)),
            assignments: grouped(assignments.all(db).await?, |it| (it.consultation_id, it)),
            appointments: grouped(appointments.all(db).await?, |it| {
                (it.consultation_id.unwrap_or_default(), it)
            }),
            experts: grouped(experts.all(db).await?, |it| (it.appointment_id, it.expert_id)),
            corrections: grouped(corrections.all(db).await?, |it| (it.consultation_id, it)),
        }))
    }

    pub fn last(&self) -> Option<Uuid> {
        self.rows.last().map(|it| it.id)
    }

    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.rows.iter().map(|row| Case {
            row,
            events: of(&self.events, row.id),
            assignments: of(&self.assignments, row.id),
            appointments: of(&self.appointments, row.id),
            corrections: of(&self.corrections, row.id),
            experts: &self.experts,
        })
    }
}

impl Case<'_> {
    /// Returns the experts of a confirmed appointment of this consultation.
    pub fn experts(&self, appointment: Uuid) -> &[Uuid] {
        of(self.experts, appointment)
    }
}

fn of<T>(groups: &BTreeMap<Uuid, Vec<T>>, id: Uuid) -> &[T] {
    groups.get(&id).map(Vec::as_slice).unwrap_or_default()
}

/// Groups rows by key; within a key, rows keep their order.
pub(super) fn grouped<R, T>(rows: Vec<R>, of: impl Fn(R) -> (Uuid, T)) -> BTreeMap<Uuid, Vec<T>> {
    let mut groups = BTreeMap::<_, Vec<T>>::new();
    for (key, it) in rows.into_iter().map(of) {
        groups.entry(key).or_default().push(it);
    }
    groups
}
