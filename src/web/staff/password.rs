//! Setting a password by the link of an invitation or a reset.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;

use crate::{
    app::App,
    ops,
    password::Password,
    problem::Problem,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "staff/set_password.html")]
struct SetPasswordPage {
    shell: Shell,
    email: String,
    errors: FieldErrors,
}

#[get("/staff/set-password/{token}")]
pub async fn show(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    let email = ops::accounts::account::password_link_account(&app, &token).await?.email;
    page::html(&SetPasswordPage { shell, email, errors: FieldErrors::default() })
}

#[post("/staff/set-password/{token}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let account = ops::accounts::account::password_link_account(&app, &token).await?;
    let mut errors = FieldErrors::default();
    let parsed = Password::parse(form.get("password"), &account.email, &account.name);
    match errors.take("password", parsed) {
        Some(password) => {
            ops::accounts::account::set_password(&app, &token, password).await?;
            Ok(page::see_other_with("/staff/sign-in", "パスワードを設定しました。ログインしてください。"))
        }
        None => page::unprocessable(&SetPasswordPage { shell, email: account.email, errors }),
    }
}
