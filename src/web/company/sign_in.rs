//! Signing in by a mailed link, and signing out. Opening a link changes nothing, because mail scanners open
//! links too.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{consultation::State, id::ConsultationId, intake::contact::EmailAddress, number::CaseNumber};

use crate::{
    app::App,
    ops::{
        self,
        accounts::{account::COMPANY_SESSION, contact_sign_in::AddressConfirmation},
    },
    problem::Problem,
    store::{self, accounts::link::Purpose},
    url,
    web::kit::{
        client,
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::{
            COMPANY_COOKIE, CompanyUser, Visitor, company_cookie, cookie_value, forget_pages, removal_cookie,
        },
    },
};

#[derive(Template)]
#[template(path = "company/sign_in.html")]
struct SignInPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    /// Whether the day's mail budget is used up.
    spent: bool,
}

#[derive(Template)]
#[template(path = "company/link_sent.html")]
struct LinkSentPage {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "company/link.html")]
struct LinkPage {
    shell: Shell,
    action: String,
    /// The number of the consultation that the mail was about.
    case: String,
    /// The page of the consultation to which the mail's link leads, by its code; empty for the first page.
    to: String,
    confirms: bool,
    /// Whether experts are asked only after the address is confirmed.
    starts: bool,
    /// How long the contact stays signed in, in days.
    days: i64,
}

#[derive(Template)]
#[template(path = "company/link_over.html")]
struct LinkOverPage {
    shell: Shell,
    /// The address at which a new link can be requested; empty if the token is not one of ours.
    renew: String,
    /// The case and the page to which the new link leads, as in `LinkPage`.
    case: String,
    to: String,
    spent: bool,
}

#[get("/login")]
pub async fn ask(shell: Shell, visitor: Visitor) -> Result<HttpResponse, Problem> {
    if visitor.company.is_some() {
        return Ok(page::see_other("/my"));
    }
    let (form, errors) = (Fields::default(), FieldErrors::default());
    page::html(&SignInPage { shell, form, errors, spent: false })
}

#[post("/login")]
pub async fn send(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let Some(email) = errors.take("email", EmailAddress::parse(form.get("email"))) else {
        return page::unprocessable(&SignInPage { shell, form, errors, spent: false });
    };
    match ops::accounts::contact_sign_in::request_link(&app, &email, &network(&app, &req)).await {
        Ok(()) => Ok(page::see_other("/login/sent")),
        Err(Problem::TooMany) => {
            let refused = SignInPage { shell, form, errors, spent: true };
            page::html_with(StatusCode::TOO_MANY_REQUESTS, &refused)
        }
        Err(problem) => Err(problem),
    }
}

#[get("/login/sent")]
pub async fn sent(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&LinkSentPage { shell })
}

#[get("/l/{token}")]
pub async fn open(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    visitor: Visitor,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let (case, to) = (query.get("case").to_owned(), query.get("to").to_owned());
    match ops::accounts::account::peek_link(&app, &token).await {
        Ok(purpose) => {
            let confirms = matches!(purpose, Purpose::Confirm { .. });
            let starts = starts_matching(&app, &purpose).await?;
            let (action, days) = (format!("/l/{token}"), COMPANY_SESSION.num_days());
            page::html(&LinkPage { shell, action, case, to, confirms, starts, days })
        }
        Err(Problem::Expired) => over(&app, shell, &visitor, &token, &query).await,
        Err(problem) => Err(problem),
    }
}

/// Returns whether experts are asked once the address is confirmed: the center has not confirmed it meanwhile, and no expert
/// is asked yet.
async fn starts_matching(app: &App, purpose: &Purpose) -> Result<bool, Problem> {
    let Purpose::Confirm { consultation, .. } = purpose else { return Ok(false) };
    let record = store::consultation::find(&app.db, *consultation).await?;
    Ok(record.is_some_and(|it| {
        let is_before = it.consultation.state.is_before_routing();
        is_before && !it.consultation.address_confirmed && it.consultation.merged_into.is_none()
    }))
}

#[post("/l/{token}")]
pub async fn enter(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    visitor: Visitor,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let previous = cookie_value(&req, COMPANY_COOKIE);
    let (signed_in, confirmed) =
        match ops::accounts::contact_sign_in::enter(&app, &token, previous.as_deref()).await {
            Ok(entered) => entered,
            Err(Problem::Expired) => return over(&app, shell, &visitor, &token, &form).await,
            Err(problem) => return Err(problem),
        };
    let user = CompanyUser { email_key: signed_in.email_key };
    let response = match confirmed {
        AddressConfirmation::Yes(id) => {
            let page = if form.get("case").is_empty() {
                home_of(&app, id).await?
            } else {
                asked_for(&app, &user, &form).await?
            };
            page::see_other_with(page, "メールアドレスを確認しました。")
        }
        AddressConfirmation::Failed(id) => {
            let home = home_of(&app, id).await?;
            page::see_other_with(home, "ログインしました。メールアドレスの確認は、まだ終わっていません。")
        }
        AddressConfirmation::NotAsked => page::see_other(asked_for(&app, &user, &form).await?),
    };
    page::with_cookie(response, &company_cookie(&app, signed_in.token))
}

#[post("/l/{token}/renew")]
pub async fn send_again(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (network, query) = (network(&app, &req), query_of(&form));
    match ops::accounts::contact_sign_in::renew_link(&app, &token, &network, &query).await {
        Ok(()) => Ok(page::see_other("/login/sent")),
        Err(Problem::TooMany) => {
            let refused = LinkOverPage { spent: true, ..no_way_on(shell) };
            page::html_with(StatusCode::TOO_MANY_REQUESTS, &refused)
        }
        Err(Problem::Expired) => gone(shell),
        Err(problem) => Err(problem),
    }
}

#[post("/my/sign-out")]
pub async fn sign_out(app: Data<App>, req: HttpRequest) -> Result<HttpResponse, Problem> {
    if let Some(cookie) = cookie_value(&req, COMPANY_COOKIE) {
        ops::accounts::account::sign_out(&app, &cookie).await?;
    }
    let mut response = page::see_other_with("/login", "ログアウトしました。");
    forget_pages(&mut response);
    page::with_cookie(response, &removal_cookie(&app, COMPANY_COOKIE))
}

/// Shows the page for a link that is unknown or no longer valid.
pub fn gone(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html_with(StatusCode::GONE, &no_way_on(shell))
}

fn no_way_on(shell: Shell) -> LinkOverPage {
    LinkOverPage { shell, renew: String::new(), case: String::new(), to: String::new(), spent: false }
}

/// Answers a link that was used or has expired: a signed-in contact goes on, any other visitor can request a
/// new link.
async fn over(
    app: &App,
    shell: Shell,
    visitor: &Visitor,
    token: &str,
    link: &Fields,
) -> Result<HttpResponse, Problem> {
    let Some(Purpose::SignIn { email_key } | Purpose::Confirm { email_key, .. }) =
        ops::accounts::contact_sign_in::renewable(app, token).await?
    else {
        return gone(shell);
    };
    if visitor.company.as_ref() == Some(&email_key) {
        return Ok(page::see_other(asked_for(app, &CompanyUser { email_key }, link).await?));
    }
    let renew = format!("/l/{token}/renew");
    let (case, to) = (link.get("case").to_owned(), link.get("to").to_owned());
    page::html_with(StatusCode::GONE, &LinkOverPage { shell, renew, case, to, spent: false })
}

/// The pages of a consultation to which a mail's link can lead, by their code in the link.
const TARGETS: [(&str, &str); 4] =
    [("messages", "/messages"), ("slots", "/reschedule"), ("report", "/report"), ("example", "/example")];

/// Returns the query with which a new link leads to the page that the old one was about; empty for the first page. A form can
/// put nothing else into the mail.
fn query_of(link: &Fields) -> String {
    let Ok(number) = CaseNumber::parse(link.get("case")) else { return String::new() };
    match TARGETS.iter().find(|it| it.0 == link.get("to")) {
        Some((code, _)) => format!("?case={number}&to={code}"),
        None => format!("?case={number}"),
    }
}

/// Returns the page that the mail was about, or else the first page. `link` has the number of the consultation and the
/// code of the page as they stand in the mail's link.
async fn asked_for(app: &App, user: &CompanyUser, link: &Fields) -> Result<String, Problem> {
    match super::own_consultation::find(app, user, link.get("case")).await {
        Ok(own) => {
            let target = TARGETS.iter().find(|it| it.0 == link.get("to"));
            // Times can be chosen only while there is nothing booked; the first page says what is so now.
            let target = target.filter(|it| it.0 != "slots" || own.0.consultation.state == State::Scheduling);
            Ok(own.path(target.map_or("", |it| it.1)))
        }
        Err(Problem::NotFound) => Ok("/my".to_owned()),
        Err(problem) => Err(problem),
    }
}

async fn home_of(app: &App, id: ConsultationId) -> Result<String, Problem> {
    let record = store::consultation::find(&app.db, id).await?;
    Ok(record.map_or_else(|| "/my".to_owned(), |it| url::my(&it.number)))
}

/// Returns the pseudonym of the network by which a day's mails are counted; no address is stored.
pub fn network(app: &App, req: &HttpRequest) -> String {
    let address = client::address(req, &app.config.trusted_proxies);
    app.secret.pseudonym(&client::network(address))
}
