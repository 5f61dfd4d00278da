//! The waiting list for earlier times, in the order in which companies are asked, and what they say by telephone.
use actix_web::{HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use domain::{
    actor::{Actor, Represented},
    booking::waiting_list::{OFFER_HOURS, TimePreference},
    consultation::State,
    id::WaitingOfferId,
    wording::{month_day_time, month_day_weekday},
};
use uuid::Uuid;

use super::opened::Opened;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, intake::told_apart::told_apart},
    url,
    web::kit::{
        form::Fields,
        form_state::sentence,
        page::{self, Shell},
        session::Coordinator,
    },
};

const HERE: &str = "/staff/waiting";

#[derive(Template)]
#[template(path = "staff/waiting_list.html")]
struct WaitingPage {
    shell: Shell,
    rows: Vec<Row>,
    hours: u16,
    /// Why what the company said could not be recorded.
    refused: Option<String>,
}

struct Row {
    number: String,
    href: String,
    company: String,
    state: State,
    preferred_times: Vec<String>,
    since: String,
    turned_down: u16,
    offer: Option<Offered>,
}

/// The time that is held for a company, and until when.
struct Offered {
    id: WaitingOfferId,
    when: String,
    until: String,
}

#[get("/staff/waiting")]
pub async fn list(app: Data<App>, _me: Coordinator, shell: Shell) -> Result<HttpResponse, Problem> {
    render(&app, shell, None).await
}

/// Records what a company has said by telephone about the time that it is offered, or about its place on the list.
#[post("/staff/consultations/{number}/waiting")]
pub async fn answer(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let (app, id) = (&open.app, open.id());
    let by = Actor::Stead(open.me.id, Represented::Company);
    let (done, said) = match form.get("answer") {
        "take" => {
            let taken = ops::booking::waiting_list::accept(app, offer_of(&open, &form).await?, by).await;
            (taken, format!("日時が決まりました。{}", open.confirmation(by)))
        }
        "decline" => {
            let declined = ops::booking::waiting_list::decline(app, offer_of(&open, &form).await?, by).await;
            (declined, "見送りを記録しました。引き続き、空きが出たときに案内します。".to_owned())
        }
        "stop" => {
            let stopped = ops::booking::waiting_list::stop(app, id, by).await;
            (stopped, "空き待ちを終えました。".to_owned())
        }
        _ => return Err(Problem::Unreadable),
    };
    match done {
        Ok(()) => Ok(page::see_other_with(HERE, &said)),
        Err(problem) => {
            // The list shows the present offers, which may have changed in the meantime.
            let refused = sentence(problem)?;
            let Opened { app, shell, .. } = open;
            render(&app, shell, Some(refused)).await
        }
    }
}

/// Returns the offer that a form names. Another case's is not found.
async fn offer_of(open: &Opened, form: &Fields) -> Result<WaitingOfferId, Problem> {
    let id = Uuid::try_parse(form.get("offer")).map_err(|_| Problem::Unreadable)?;
    let found = store::booking::waiting_list::find(&open.app.db, WaitingOfferId(id)).await?;
    let (of, held) = found.ok_or(Problem::NotFound)?;
    if of == open.id() { Ok(held.offer.id) } else { Err(Problem::NotFound) }
}

async fn render(app: &App, shell: Shell, refused: Option<String>) -> Result<HttpResponse, Problem> {
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
            offer: offer.map(|it| Offered {
                id: it.offer.id,
                when: month_day_time(it.offer.starts_at),
                until: month_day_time(it.offer.until),
            }),
        })
    });
    let status = if refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let page = WaitingPage { rows: rows.collect(), hours: OFFER_HOURS, refused, shell };
    page::html_with(status, &page)
}
