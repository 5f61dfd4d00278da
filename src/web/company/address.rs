//! The proof of a corrected mail address, and the objection of the address that it replaced.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;

use super::{own_consultation::OwnConsultation, sign_in};
use crate::{
    app::App,
    ops::consultation::{
        address_objection::{self, ObjectionOutcome},
        correction::{self, SignedInCompany},
    },
    problem::Problem,
    store, url,
    web::kit::{
        form_state,
        page::{self, Shell},
        session::CompanyUser,
    },
};

#[derive(Template)]
#[template(path = "company/address_objection.html")]
struct ObjectionPage {
    shell: Shell,
    number: String,
    action: String,
    /// The result, once the reader has objected.
    outcome: Option<ObjectionOutcome>,
}

/// Mails the link that confirms the corrected address once more.
#[post("/my/{number}/prove-again")]
pub async fn prove_again(
    app: Data<App>,
    req: HttpRequest,
    user: CompanyUser,
    own: OwnConsultation,
) -> Result<HttpResponse, Problem> {
    let network = sign_in::network(&app, &req);
    let company = SignedInCompany { email_key: &user.email_key, network: &network };
    let flash = match correction::prove_again(&app, own.0.consultation.id, company).await {
        Ok(()) => "確認のメールをもう一度送りました。".to_owned(),
        Err(problem) => form_state::sentence(problem)?,
    };
    Ok(page::see_other_with(own.path(""), &flash))
}

#[get("/address-objection/{token}")]
pub async fn show_objection(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    render(&app, shell, &token, None).await
}

#[post("/address-objection/{token}")]
pub async fn object(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    let Some(id) = address_objection::of_token(&app, &token) else { return sign_in::gone(shell) };
    let outcome = address_objection::object(&app, id).await?;
    render(&app, shell, &token, Some(outcome)).await
}

async fn render(
    app: &App,
    shell: Shell,
    token: &str,
    outcome: Option<ObjectionOutcome>,
) -> Result<HttpResponse, Problem> {
    let Some(id) = address_objection::of_token(app, token) else { return sign_in::gone(shell) };
    let record = store::consultation::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let (number, action) = (record.number.to_string(), url::address_objection(token));
    page::html(&ObjectionPage { shell, number, action, outcome })
}
