//! Pages over HTTP, against a bare page and a bare read.
use std::{sync::OnceLock, time::Duration};

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use domain::{intake::application::ApplicationForm, number::CaseNumber};
use entity::consultation;
use madoguchi::{app::App, ops};
use sea_orm::{EntityTrait, QueryOrder};
use uuid::Uuid;

use crate::{
    client::{Client, get, latency, throughput},
    server::{Filled, bare_connection, serve_bare},
    table::Table,
};

const LASTING: Duration = Duration::from_secs(3);

/// The text that the bare page shows and the bare read reads.
static START: OnceLock<String> = OnceLock::new();
static CASE: OnceLock<Uuid> = OnceLock::new();

pub async fn measure(table: &mut Table, filled: &Filled) {
    let number = some_case(&filled.app).await;
    let (_, length) = Client::connect(filled.address).await.exchange(&get("/", "")).await;
    START.get_or_init(|| "a".repeat(length));
    let bare = App { db: bare_connection(&filled.url).await, ..filled.app.clone() };
    let bare = serve_bare(bare_routes, &bare);

    let bound = throughput(bare, &get("/page", ""), 200, LASTING).await;
    let start = throughput(filled.address, &get("/", ""), 200, LASTING).await;
    table.at_least("public start page ÷ bare actix page of the same size", start / bound, 0.5);

    let path = format!("/staff/consultations/{number}");
    let (mut bound, mut page) = (0.0, 0.0);
    // The sides take turns, so that neither has the quieter machine to itself.
    for _ in 0..3 {
        bound += throughput(bare, &get("/read", ""), 200, LASTING).await;
        page += throughput(filled.address, &get(&path, &filled.cookie), 200, LASTING).await;
    }
    table.at_least("consultation page ÷ one bare SeaORM read", page / bound, 0.2);

    let slots = slot_page(&filled.app).await;
    let milliseconds = latency(filled.address, &get(&slots, ""), 200, 50).await;
    table.at_most("slot page at 10,000 consultations, 500 experts", milliseconds, "ms", 25.0);
}

/// Compares the worklist's speed with many consultations and with few.
pub async fn compare_worklists(table: &mut Table, small: &Filled, large: &Filled) {
    let mut took = Vec::new();
    for filled in [small, large, small, large] {
        took.push(latency(filled.address, &get("/staff", &filled.cookie), 200, 100).await);
    }
    let (small, large) = (took[0].min(took[2]), took[1].min(took[3]));
    table.at_most("worklist, first page, 200,000 ÷ 10,000 consultations", large / small, "×", 1.5);
    table.note(format!(
        "The worklist took {small:.2} ms with 10,000 and {large:.2} ms with 200,000 consultations."
    ));
}

async fn some_case(app: &App) -> CaseNumber {
    let row = consultation::Entity::find()
        .order_by_desc(consultation::COLUMN.received_at)
        .one(&app.db)
        .await
        .unwrap()
        .unwrap();
    CASE.get_or_init(|| row.id);
    CaseNumber::parse(&row.number).unwrap()
}

async fn slot_page(app: &App) -> String {
    let id = ops::intake::apply::start(app, "bench".to_owned()).await.unwrap();
    let form = ApplicationForm {
        field: vec!["ict".to_owned()],
        description: "在宅勤務の環境を整えたい".to_owned(),
        mode: "online".to_owned(),
        prefecture: "13".to_owned(),
        ..crate::posting::form(0)
    };
    ops::intake::apply::save(app, id, |it| *it = form).await.unwrap();
    format!("/apply/{id}/slot")
}

fn bare_routes(cfg: &mut ServiceConfig) {
    cfg.route("/page", web::get().to(page)).route("/read", web::get().to(read));
}

async fn page() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(START.get().cloned().unwrap_or_default())
}

async fn read(app: Data<App>) -> HttpResponse {
    let id = CASE.get().copied().unwrap_or_default();
    let row = consultation::Entity::find_by_id(id).one(&app.db).await.unwrap();
    HttpResponse::Ok().body(row.unwrap().company_name)
}
