//! The form with which a person signs up for an event. Nothing is certain before the mailed link is opened.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    gathering::{Admission, EventStage, KEPT},
    intake::contact::EmailAddress,
    publication::{Phase, PublicationKind, gathering::GatheringFacts},
};

use super::events::{SeatsLine, Standing, numbered};
use crate::{
    app::App,
    ops::{self, gathering::SignUpForm},
    problem::Problem,
    store::publication::shelf::ShelvedPublication,
    url,
    web::kit::{
        client,
        event_view::EventView,
        form::{Choice, FieldErrors, Fields},
        form_state::FormState,
        page::{self, Shell},
        sign_up_form::{parse_person, parse_seat},
    },
};

#[derive(Template)]
#[template(path = "public/event_sign_up.html")]
struct SignUpPage {
    shell: Shell,
    title: String,
    address: String,
    event: EventView,
    stage: EventStage,
    seats: Vec<Choice>,
    typed: FormState,
    /// The number of days for which names and addresses are kept.
    kept_days: i64,
}

#[derive(Template)]
#[template(path = "public/event_sent.html")]
struct SentPage {
    shell: Shell,
    title: String,
    address: String,
}

#[get("/events/{id}/sign-up")]
pub async fn show(app: Data<App>, shell: Shell, id: Path<String>) -> Result<HttpResponse, Problem> {
    answer(&app, shell, &id, FormState::default()).await
}

#[post("/events/{id}/sign-up")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let (it, facts) = numbered(&shelf, &id, now)?;
    if it.state.phase(now) != Phase::Current {
        return Err(Problem::NotFound);
    }
    let mut typed = FormState::of(form);
    let Some(parsed) = parse(&typed.form, facts, &mut typed.errors) else {
        return answer(&app, shell, &id, typed).await;
    };
    let network = app.secret.pseudonym(&client::network(client::address(&req, &app.config.trusted_proxies)));
    let outcome = ops::gathering::request(&app, it.id, parsed, &network).await;
    if typed.done(outcome)? {
        return Ok(page::see_other(format!("{}/sign-up/sent", address(it))));
    }
    answer(&app, shell, &id, typed).await
}

/// The answer to a sign-up. It is the same whether the address has signed up before or not.
#[get("/events/{id}/sign-up/sent")]
pub async fn sent(app: Data<App>, shell: Shell, id: Path<String>) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let (it, _) = numbered(&shelf, &id, app.clock.now())?;
    page::html(&SentPage { shell, title: it.title.to_string(), address: address(it) })
}

/// Returns a kind of seats with what a person gets who chooses it now.
fn seat_choice(it: &SeatsLine) -> Choice {
    let choice = Choice::new(it.kind.code(), it.kind.label());
    match it.count.admission() {
        Admission::Seat => choice.with_hint(format!("残り{}席", it.count.free())),
        Admission::Waits => choice.with_hint("満席です。空き待ちになります。"),
        Admission::Full => choice.with_hint("満席です。空き待ちも定員に達しました。"),
    }
}

fn parse(form: &Fields, facts: &GatheringFacts, errors: &mut FieldErrors) -> Option<SignUpForm> {
    let seat = parse_seat(form, errors, |it| facts.seats(it).is_some());
    let person = parse_person(form, errors);
    let email = errors.take("email", EmailAddress::parse(form.get("email")));
    Some(SignUpForm { seat: seat?, person: person?, email: email? })
}

fn address(it: &ShelvedPublication) -> String {
    url::publication(PublicationKind::Gathering, it.number)
}

async fn answer(app: &App, shell: Shell, id: &str, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let (it, facts) = numbered(&shelf, id, now)?;
    if it.state.phase(now) != Phase::Current {
        return Ok(page::see_other(address(it)));
    }
    let event = EventView::of(facts);
    if event.is_consultation_day() {
        return Ok(page::see_other(address(it)));
    }
    let standing = Standing::of(app, [it.id]).await?;
    let seats: Vec<_> = standing.seats(it.id, facts).iter().map(seat_choice).collect();
    if let [only] = &seats[..]
        && typed.form.get("seat").is_empty()
    {
        typed.form.add("seat", only.value.as_ref());
    }
    let status = typed.status();
    let stage = standing.stage(it.id, facts, now);
    let page = SignUpPage {
        shell,
        title: it.title.to_string(),
        address: address(it),
        event,
        stage,
        seats,
        typed,
        kept_days: KEPT.num_days(),
    };
    page::html_with(status, &page)
}
