//! The final POST of an application, durable, against one bare durable insert.
use std::time::Instant;

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use domain::{intake::application::ApplicationForm, theme::SHIPPED};
use entity::{company, consultation};
use madoguchi::{app::App, ops, store::reference::programme};
use sea_orm::{EntityTrait, IntoActiveModel, PaginatorTrait, TransactionTrait};
use uuid::Uuid;

use crate::{
    client::{Client, post},
    server::{self, serve, serve_bare},
    table::Table,
};

const TIMES: u32 = 300;

pub async fn measure(table: &mut Table, engine: &str, url: &str) {
    let app = server::app(url).await;
    ship_themes(&app).await;
    let mut drafts = Vec::new();
    for n in 0..TIMES {
        drafts.push(ready(&app, n, form(n)).await);
    }
    let bare = serve_bare(bare_routes, &app);
    let inserts: Vec<_> = (0..TIMES).map(|_| post("/insert", "")).collect();
    // Half of each side runs, twice, so that neither has the quieter machine to itself.
    let half = drafts.len() / 2;
    let (mut bound, mut posted) = (0.0, 0.0);
    let site = serve(app.clone());
    for part in [0..half, half..drafts.len()] {
        bound += seconds(bare, &inserts[part.clone()], 200).await;
        posted += seconds(site, &drafts[part], 303).await;
    }
    // Only accepted applications count: a refusal answers 303 too.
    let taken = consultation::Entity::find().count(&app.db).await.unwrap();
    assert_eq!(taken, u64::from(TIMES));
    table.at_least(format!("final POST ÷ one bare durable insert, {engine}"), bound / posted, 0.25);
    let each = posted * 1000.0 / f64::from(TIMES);
    table.note(format!("On {engine} a final POST took {each:.2} ms."));
}

/// Writes the themes, without which no application is complete.
pub async fn ship_themes(app: &App) {
    let tx = app.begin().await.unwrap();
    let themes = SHIPPED.iter().map(|it| programme::Theme {
        code: it.code.to_owned(),
        field: it.field,
        label: it.label.to_owned(),
    });
    programme::ship_themes(&tx, themes).await.unwrap();
    tx.commit().await.unwrap();
}

/// Fills an application in completely and returns its last request.
pub async fn ready(app: &App, n: u32, form: ApplicationForm) -> Vec<u8> {
    let id = ops::intake::apply::start(app, format!("network-{n}")).await.unwrap();
    ops::intake::apply::save(app, id, |it| *it = form).await.unwrap();
    // The time is chosen after the answers that it depends on, because changing those forgets it.
    ops::intake::apply::save(app, id, |it| "none".clone_into(&mut it.slot)).await.unwrap();
    post(&format!("/apply/{id}/confirm"), "consent=1")
}

pub fn form(n: u32) -> ApplicationForm {
    let text = |it: &str| it.to_owned();
    ApplicationForm {
        field: vec![text("ict"), text("labor")],
        theme: vec![text("ict_network"), text("labor_rules")],
        description: text("在宅勤務の環境と規程を整えたい"),
        mode: text("online"),
        company_name: format!("株式会社計測{n}"),
        company_kana: text("ケイソク"),
        organization: text("kk"),
        postal_code: text("1000001"),
        prefecture: text("13"),
        city: text("千代田区"),
        street: text("千代田1-1"),
        industry: text("E"),
        employees: text("28"),
        regular_employees: text("25"),
        telework_status: text("planned"),
        contact_name: text("計測 花子"),
        contact_kana: text("ケイソク ハナコ"),
        email: format!("contact{n}@example.co.jp"),
        phone: text("03-1234-5678"),
        ..ApplicationForm::default()
    }
}

async fn seconds(to: std::net::SocketAddr, requests: &[Vec<u8>], status: u16) -> f64 {
    let mut client = Client::connect(to).await;
    let started = Instant::now();
    for request in requests {
        assert_eq!(client.exchange(request).await.0, status);
    }
    started.elapsed().as_secs_f64()
}

fn bare_routes(cfg: &mut ServiceConfig) {
    cfg.route("/insert", web::post().to(insert));
}

async fn insert(app: Data<App>) -> HttpResponse {
    let row = company::Model {
        id: Uuid::now_v7(),
        corporate_number: None,
        name: "株式会社計測".to_owned(),
        search_key: "計測".to_owned(),
        created_at: app.clock.now(),
        merged_into: None,
    };
    let tx = app.writer.begin().await.unwrap();
    company::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    HttpResponse::Ok().finish()
}
