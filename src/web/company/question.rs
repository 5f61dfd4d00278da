//! Follow-up questions, answered by the link in the mail: no sign-in, one page, one button.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use domain::{aftercare::follow_up::FollowUp, id::FollowUpId};

use super::{
    answer::{self, Place},
    sign_in,
};
use crate::{
    app::App,
    problem::Problem,
    secret::Purpose,
    store,
    web::kit::{form::Fields, page::Shell},
};

#[get("/f/{token}")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    match question(&app, &token).await? {
        Some((it, place)) => answer::page(&app, shell, &it, &place, &query).await,
        None => sign_in::gone(shell),
    }
}

#[post("/f/{token}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    match question(&app, &token).await? {
        Some((it, place)) => answer::take(&app, shell, &it, &place, form).await,
        None => sign_in::gone(shell),
    }
}

/// Returns the question of a token; `None` if the token is forged or expired, or the question no longer
/// exists.
async fn question(app: &App, token: &str) -> Result<Option<(FollowUp, Place)>, Problem> {
    let Some(id) = app.secret.verify(Purpose::FollowUp, token, app.clock.now()) else { return Ok(None) };
    let Some(it) = store::aftercare::follow_up::find(&app.db, FollowUpId(id)).await? else { return Ok(None) };
    let record = store::consultation::find(&app.db, it.consultation).await?.ok_or(Problem::NotFound)?;
    let place =
        Place { number: record.number.to_string(), action: format!("/f/{token}"), back: String::new() };
    Ok(Some((it, place)))
}
