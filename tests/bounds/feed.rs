//! The calendar of one expert with very many appointments, as a calendar program requests it.
use chrono::TimeDelta;
use domain::id::ExpertId;
use entity::{appointment, appointment_expert, assignment, consultation};
use madoguchi::ops;
use sea_orm::{EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::{
    client::{get, latency},
    server::Filled,
    table::Table,
};

const EVENTS: i32 = 1000;
/// A serial that no filled database reaches.
const FIRST: i32 = 900_000;

pub async fn measure(table: &mut Table, filled: &Filled) {
    let expert = booked(filled).await;
    let token = ops::routing::expert::make_feed(&filled.app, expert).await.unwrap();
    let feed = get(&format!("/calendar/{token}.ics"), "");
    let milliseconds = latency(filled.address, &feed, 200, 50).await;
    table.at_most("calendar feed of 1,000 events", milliseconds, "ms", 20.0);
}

/// Makes an expert with a thousand confirmed appointments, each of a consultation of its own.
async fn booked(filled: &Filled) -> ExpertId {
    let app = &filled.app;
    let tx = app.begin().await.unwrap();
    let accepted = assignment::Entity::find().filter(assignment::COLUMN.state.eq("accepted"));
    let accepted = accepted.one(&tx).await.unwrap().unwrap();
    let case = consultation::Entity::find_by_id(accepted.consultation_id).one(&tx).await.unwrap().unwrap();
    let expert_id = accepted.expert_id;
    for n in 0..EVENTS {
        let (id, appointment_id) = (Uuid::now_v7(), Uuid::now_v7());
        let serial = FIRST + n;
        let number = format!("R08-{serial:06}");
        let row = consultation::Model { id, number, serial, submission_key: id.to_string(), ..case.clone() };
        consultation::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await.unwrap();
        let row = assignment::Model { id: Uuid::now_v7(), consultation_id: id, ..accepted.clone() };
        assignment::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await.unwrap();
        let starts_at = app.clock.now() + TimeDelta::hours(i64::from(n) + 1);
        let row = appointment::Model {
            id: appointment_id,
            consultation_id: Some(id),
            waiting_id: None,
            draft_id: None,
            state: codes::AppointmentStatus::Confirmed.into(),
            starts_at,
            ends_at: starts_at + TimeDelta::hours(1),
            mode: codes::AppointmentMode::Online.into(),
            place: "https://video.example.jp/expert".to_owned(),
            site: None,
            uid: format!("{}@example.jp", appointment_id.simple()),
            sequence: 0,
            held_until: None,
            created_at: app.clock.now(),
            ended_at: None,
            end_reason: None,
            makes_up: false,
        };
        appointment::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await.unwrap();
        let row = appointment_expert::Model {
            appointment_id,
            expert_id,
            report_handed_over_at: None,
            absent: false,
        };
        appointment_expert::Entity::insert(row.into_active_model())
            .exec_without_returning(&tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    ExpertId(expert_id)
}
