//! The second step of a sign-in: a one-time code, or the set-up of the factor that makes them.
use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use askama::Template;

use super::{
    factor_form::{FactorForm, RecoveryPage},
    request_browser::{RequestBrowser, enter, with_cookies},
};
use crate::{
    app::App,
    ops::{
        self,
        accounts::second_factor::{new_secret, of_form},
    },
    problem::Problem,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        problem::safe_next,
    },
};

#[derive(Template)]
#[template(path = "staff/second_step.html")]
struct CodePage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    /// The token that proves the password.
    token: String,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/second_step_set_up.html")]
struct SetUpPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    factor: FactorForm,
    token: String,
    next: String,
}

/// Shows the page that asks for a code.
pub fn ask(shell: Shell, token: String, next: String) -> Result<HttpResponse, Problem> {
    let (form, errors) = (Fields::default(), FieldErrors::default());
    page::html(&CodePage { shell, form, errors, token, next })
}

/// Shows the page on which the factor is set up without which the role does not sign in.
pub async fn offer(app: &App, shell: Shell, token: String, next: String) -> Result<HttpResponse, Problem> {
    let account = ops::accounts::second_step::account(app, &token).await?;
    let factor = FactorForm::new(new_secret(app, account.id)?, &account, &shell.settings)?;
    let (form, errors) = (Fields::default(), FieldErrors::default());
    page::html(&SetUpPage { shell, form, errors, factor, token, next })
}

#[post("/staff/sign-in/code")]
pub async fn enter_code(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let next = safe_next(form.get("next")).unwrap_or_default().to_owned();
    let token = form.get("token").to_owned();
    let mut errors = FieldErrors::default();
    if form.get("code").trim().is_empty() {
        errors.add("code", "確認コードを入力してください");
    } else {
        let sent_by = RequestBrowser::of(&app, &req);
        let browser = sent_by.browser();
        let entered =
            ops::accounts::second_step::enter_code(&app, &token, form.get("code"), &browser).await?;
        if let Some(it) = entered {
            return enter(&app, it, &next);
        }
        errors.add("code", "確認コードを確認してください。一度使ったコードは使えません");
    }
    page::unprocessable(&CodePage { shell, form: Fields::default(), errors, token, next })
}

#[post("/staff/sign-in/set-up")]
pub async fn set_up(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let next = safe_next(form.get("next")).unwrap_or_default().to_owned();
    let token = form.get("token").to_owned();
    let account = ops::accounts::second_step::account(&app, &token).await?;
    let new = of_form(&app, account.id, form.get("secret")).ok_or(Problem::Unreadable)?;
    let sent_by = RequestBrowser::of(&app, &req);
    let done = ops::accounts::second_step::set_up(&app, &token, (&new, form.get("code")), &sent_by.browser())
        .await?;
    if let Some((it, codes)) = done {
        let on = if next.is_empty() { page::home(it.account.role).to_owned() } else { next };
        let shell = Shell { account: Some(it.account.clone()), ..shell };
        return with_cookies(&app, page::html(&RecoveryPage::new(shell, &codes, on))?, it);
    }
    let mut errors = FieldErrors::default();
    errors.add("code", "確認コードを確認してください");
    let factor = FactorForm::new(new, &account, &shell.settings)?;
    page::unprocessable(&SetUpPage { shell, form: Fields::default(), errors, factor, token, next })
}
