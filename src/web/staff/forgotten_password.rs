//! The request for a link to set a new password. The answer is the same for every address.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;
use domain::intake::contact::EmailAddress;

use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        client,
        form::{FieldErrors, Fields},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "staff/forgotten_password.html")]
struct ForgottenPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
}

#[get("/staff/forgotten-password")]
pub async fn show(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&ForgottenPage { shell, form: Fields::default(), errors: FieldErrors::default() })
}

#[post("/staff/forgotten-password")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let Some(email) = errors.take("email", EmailAddress::parse(form.get("email"))) else {
        return page::unprocessable(&ForgottenPage { shell, form, errors });
    };
    let network = app.secret.pseudonym(&client::network(client::address(&req, &app.config.trusted_proxies)));
    ops::accounts::invitation::send_forgotten(&app, &email, &network).await?;
    let said = "登録されているメールアドレスであれば、設定用のリンクを送りました。届くまで数分かかることがあります。";
    Ok(page::see_other_with("/staff/sign-in", said))
}
