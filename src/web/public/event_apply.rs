//! The way from a consultation day to an application for one of its times.
use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Data, Path},
};
use domain::publication::Phase;

use super::events::numbered;
use crate::{
    app::App,
    ops,
    problem::Problem,
    url,
    web::kit::{client, page},
};

/// Starts a draft whose times are those of the day's experts.
#[post("/events/{id}/apply")]
pub async fn begin(app: Data<App>, req: HttpRequest, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let (it, _) = numbered(&shelf, &id, now)?;
    if it.state.phase(now) != Phase::Current {
        return Err(Problem::NotFound);
    }
    let network = app.secret.pseudonym(&client::network(client::address(&req, &app.config.trusted_proxies)));
    let draft = ops::intake::apply::start_on_day(&app, network, it.id).await?;
    Ok(page::see_other(url::draft(draft)))
}
