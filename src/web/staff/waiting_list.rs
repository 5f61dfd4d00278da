//! The waiting list for earlier times, in the order in which companies are asked.
use actix_web::{HttpResponse, get, web::Data};
use askama::Template;
use domain::{
    booking::waiting_list::{OFFER_HOURS, TimePreference},
    consultation::State,
    wording::{month_day_time, month_day_weekday},
};

use crate::{
    app::App,
    problem::Problem,
    store::{self, intake::told_apart::told_apart},
    url,
    web::kit::{
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/waiting_list.html")]
struct WaitingPage {
    shell: Shell,
    rows: Vec<Row>,
    hours: u16,
}

struct Row {
    number: String,
    href: String,
    company: String,
    state: State,
    preferred_times: Vec<String>,
    since: String,
    turned_down: u16,
    /// The time that is held for the company, and until when.
    offer: Option<(String, String)>,
}

#[get("/staff/waiting")]
pub async fn list(app: Data<App>, _me: Coordinator, shell: Shell) -> Result<HttpResponse, Problem> {
    let queue = store::booking::waiting_list::queue(&app.db, &[]).await?.companies;
    let records = store::consultation::many(&app.db, queue.iter().map(|it| it.consultation)).await?;
    let open = store::booking::waiting_list::open(&app.db).await?;
    let companies = told_apart(&app.db, records.iter().map(|it| it.number)).await?;
    let rows = queue.into_iter().filter_map(|it| {
        let record = records.iter().find(|record| record.consultation.id == it.consultation)?;
        let offer = open.iter().find(|held| held.offer.waiting == it.waiting.id);
        Some(Row {
            number: record.number.to_string(),
            href: url::staff(&record.number),
            company: companies.name(&record.number, &record.company_name),
            state: record.consultation.state.clone(),
            preferred_times: it.waiting.preferred_times.iter().map(TimePreference::label).collect(),
            since: month_day_weekday(it.waiting.since),
            turned_down: it.waiting.turned_down,
            offer: offer.map(|it| (month_day_time(it.offer.starts_at), month_day_time(it.offer.until))),
        })
    });
    page::html(&WaitingPage { rows: rows.collect(), hours: OFFER_HOURS, shell })
}
