//! Signing in with a password, and signing out.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;

use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        client,
        form::{FieldErrors, Fields},
        page::{self, Shell},
        problem::safe_next,
        session::{STAFF_COOKIE, cookie_value, forget_pages, removal_cookie, staff_cookie},
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
        let network = client::address(&req, &app.config.trusted_proxies);
        let previous = cookie_value(&req, STAFF_COOKIE);
        let signed_in =
            ops::accounts::account::sign_in(&app, email, password, network, previous.as_deref()).await?;
        if let Some(it) = signed_in {
            let home = page::home(it.account.role);
            let next = if next.is_empty() { home } else { &next };
            return page::with_cookie(page::see_other(next), &staff_cookie(it.token));
        }
        errors.add(
            "email",
            "メールアドレスまたはパスワードを確認してください（続けて10回異なると、15分間ログインできません）",
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
    page::with_cookie(response, &removal_cookie(STAFF_COOKIE))
}
