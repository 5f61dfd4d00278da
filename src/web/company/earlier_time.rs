//! The answer to an offered earlier time, by the link in the mail: no sign-in, one page. GET shows it, POST
//! accepts or declines it.
use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::Actor,
    booking::{appointment::Appointment, waiting_list::WaitingOfferState},
    id::{ConsultationId, WaitingOfferId},
    wording::{long_date_time_range, month_day_time},
};

use super::sign_in;
use crate::{
    app::App,
    ops,
    problem::Problem,
    secret::Purpose,
    store::{self, booking::waiting_list::HeldOffer},
    web::kit::{
        form::Fields,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "company/earlier_time.html")]
struct OfferPage {
    shell: Shell,
    number: String,
    /// The address to which the form is sent.
    action: String,
    when: String,
    mode: &'static str,
    experts: String,
    /// The time that is booked now; empty if nothing is booked.
    booked: String,
    until: String,
    /// Whether the offer can still be answered.
    stands: bool,
    state: WaitingOfferState,
    problem: String,
}

#[get("/o/{token}")]
pub async fn show(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    answer(&app, shell, &token, String::new()).await
}

#[post("/o/{token}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let Some((consultation, held)) = offered(&app, &token).await? else { return sign_in::gone(shell) };
    let id = held.offer.id;
    let (done, said) = match form.get("answer") {
        "take" => (
            ops::booking::waiting_list::accept(&app, id, Actor::Company).await,
            "日時が決まりました。確認メールを送りました。",
        ),
        "decline" => (
            ops::booking::waiting_list::decline(&app, id, Actor::Company).await,
            "見送りました。引き続き、空きが出たときにご案内します。",
        ),
        "stop" => (
            ops::booking::waiting_list::stop(&app, consultation, Actor::Company).await,
            "見送って、空き待ちを終えました。",
        ),
        _ => return Err(Problem::Unreadable),
    };
    match done {
        Ok(()) => Ok(page::see_other_with(format!("/o/{token}"), said)),
        Err(problem @ (Problem::Refused(_) | Problem::SlotTaken)) => {
            answer(&app, shell, &token, problem.to_string()).await
        }
        Err(problem) => Err(problem),
    }
}

async fn answer(app: &App, shell: Shell, token: &str, problem: String) -> Result<HttpResponse, Problem> {
    let Some((id, held)) = offered(app, token).await? else { return sign_in::gone(shell) };
    let (_, roster) = app.programme_and_experts().await?;
    let record = store::consultation::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let kept =
        store::booking::appointment::find(&app.db, held.appointment).await?.ok_or(Problem::NotFound)?;
    let all = store::booking::appointment::of(&app.db, id).await?;
    let booked = all.iter().find(|it| it.is_confirmed());
    let names: Vec<_> = kept.experts.iter().map(|&it| roster.name(it)).collect();
    let range = |it: &Appointment| long_date_time_range(it.starts_at, it.ends_at);
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    let page = OfferPage {
        shell,
        number: record.number.to_string(),
        action: format!("/o/{token}"),
        when: range(&kept),
        mode: kept.mode.label(),
        experts: names.join("、"),
        booked: booked.map(range).unwrap_or_default(),
        until: month_day_time(held.offer.until),
        stands: held.offer.stands(app.clock.now()),
        state: held.offer.state,
        problem,
    };
    page::html_with(status, &page)
}

/// Returns the offer of a token; `None` if the token is forged or the offer no longer exists.
async fn offered(app: &App, token: &str) -> Result<Option<(ConsultationId, HeldOffer)>, Problem> {
    let Some(id) = app.secret.verify(Purpose::WaitingOffer, token, app.clock.now()) else { return Ok(None) };
    Ok(store::booking::waiting_list::find(&app.db, WaitingOfferId(id)).await?)
}
