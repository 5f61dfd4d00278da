//! Signing in with a password, and signing out.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;

use super::{
    request_browser::{RequestBrowser, enter},
    second_step,
};
use crate::{
    app::App,
    ops::{self, accounts::account::SignIn},
    problem::Problem,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        problem::safe_next,
        session::{STAFF_COOKIE, cookie_value, forget_pages, removal_cookie},
    },
};

#[derive(Template)]
#[template(path = "staff/sign_in.html")]
struct SignInPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    next: String,
}

#[get("/staff/sign-in")]
pub async fn show(req: HttpRequest, shell: Shell) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let next = safe_next(query.get("next")).unwrap_or_default().to_owned();
    match &shell.account {
        Some(account) => Ok(page::see_other(page::home(account.role))),
        None => {
            page::html(&SignInPage { shell, form: Fields::default(), errors: FieldErrors::default(), next })
        }
    }
}

#[post("/staff/sign-in")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (email, password) = (form.get("email"), form.get("password"));
    let next = safe_next(form.get("next")).unwrap_or_default().to_owned();
    let mut errors = FieldErrors::default();
    if email.trim().is_empty() {
        errors.add("email", "メールアドレスを入力してください");
    }
    if password.is_empty() {
        errors.add("password", "パスワードを入力してください");
    }
    if errors.is_empty() {
        let sent_by = RequestBrowser::of(&app, &req);
        match ops::accounts::account::sign_in(&app, email, password, &sent_by.browser()).await? {
            SignIn::SignedIn(it) => return enter(&app, it, &next),
            SignIn::CodeWanted(token) => return second_step::ask(shell, token, next),
            SignIn::FactorWanted(token) => return second_step::offer(&app, shell, token, next).await,
            SignIn::Refused => {}
        }
        errors.add(
            "email",
            "メールアドレスまたはパスワードを確認してください（続けて10回異なると、しばらくログインできません）",
        );
    }
    // The typed password is the only value that is not returned.
    let form = Fields::from_iter([("email", email)]);
    page::unprocessable(&SignInPage { shell, form, errors, next })
}

#[post("/staff/sign-out")]
pub async fn sign_out(app: Data<App>, req: HttpRequest) -> Result<HttpResponse, Problem> {
    if let Some(cookie) = cookie_value(&req, STAFF_COOKIE) {
        ops::accounts::account::sign_out(&app, &cookie).await?;
    }
    let mut response = page::see_other_with("/staff/sign-in", "ログアウトしました。");
    forget_pages(&mut response);
    page::with_cookie(response, &removal_cookie(&app, STAFF_COOKIE))
}
