//! A person's own account: the password, the second factor and the sessions.
use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use domain::{accounts::idle_limit, wording::month_day_time};

use super::factor_form::{FactorForm, RecoveryPage};
use crate::{
    app::App,
    ops::{
        self,
        accounts::second_factor::{new_secret, of_form},
    },
    password::Password,
    problem::Problem,
    store::{self, accounts::account::Account},
    web::kit::{
        client,
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::{AnyStaff, session_hash},
    },
};

const HERE: &str = "/account";

#[derive(Template)]
#[template(path = "staff/account.html")]
struct AccountPage {
    shell: Shell,
    email: String,
    factor: Factor,
    sessions: Vec<SessionRow>,
    /// The time without use after which the person has to sign in again, in words.
    rests: String,
    errors: FieldErrors,
    form: Fields,
    /// Why the last action was refused; empty if it was not.
    refused: String,
}

/// The second factor as the page tells of it.
struct Factor {
    is_set: bool,
    /// Whether the role does not sign in without one.
    is_required: bool,
    /// The recovery codes that are left.
    codes_left: u64,
}

struct SessionRow {
    /// The hash of the cookie, by which the row is ended. It signs no one in.
    token_hash: String,
    device: String,
    network: String,
    since: String,
    used: String,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "staff/change_password.html")]
struct PasswordPage {
    shell: Shell,
    email: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "staff/second_factor.html")]
struct FactorPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    factor: FactorForm,
}

#[get("/account")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    me: AnyStaff,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    page::html(&account_page(&app, &req, &me, shell, FieldErrors::default()).await?)
}

#[post("/account/sessions")]
pub async fn sign_out_elsewhere(
    app: Data<App>,
    req: HttpRequest,
    me: AnyStaff,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let here = session_hash(&req).ok_or(Problem::SignInFirst)?;
    let message = match (form.get("action"), form.get("session")) {
        ("others", _) => {
            ops::accounts::own_account::end_other_sessions(&app, &me.account, &here).await?;
            "ほかの端末のログインを終了しました。"
        }
        ("one", session) if !session.is_empty() => {
            ops::accounts::own_account::end_session(&app, &me.account, session).await?;
            "選んだ端末のログインを終了しました。"
        }
        _ => return Err(Problem::Unreadable),
    };
    Ok(page::see_other_with(HERE, message))
}

#[get("/account/password")]
pub async fn show_password(me: AnyStaff, shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&PasswordPage { shell, email: me.account.email, errors: FieldErrors::default() })
}

#[post("/account/password")]
pub async fn change_password(
    app: Data<App>,
    req: HttpRequest,
    me: AnyStaff,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let here = session_hash(&req).ok_or(Problem::SignInFirst)?;
    let account = me.account;
    let mut errors = FieldErrors::default();
    check_own_password(&app, &req, &account, &form, &mut errors).await?;
    let new = errors.take("password", Password::parse(form.get("password"), &account.email, &account.name));
    match new.filter(|_| errors.is_empty()) {
        Some(new) => {
            ops::accounts::own_account::change_password(&app, &account, &here, new).await?;
            Ok(page::see_other_with(HERE, "パスワードを変更しました。ほかの端末のログインは終了しました。"))
        }
        None => page::unprocessable(&PasswordPage { shell, email: account.email, errors }),
    }
}

#[get("/account/second-factor")]
pub async fn show_factor(app: Data<App>, me: AnyStaff, shell: Shell) -> Result<HttpResponse, Problem> {
    if store::accounts::second_factor::find(&app.db, me.account.id).await?.is_some() {
        return Ok(page::see_other(HERE));
    }
    let factor = FactorForm::new(new_secret(&app, me.account.id)?, &me.account, &shell.settings)?;
    let (form, errors) = (Fields::default(), FieldErrors::default());
    page::html(&FactorPage { shell, form, errors, factor })
}

#[post("/account/second-factor")]
pub async fn set_up_factor(
    app: Data<App>,
    req: HttpRequest,
    me: AnyStaff,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let new = of_form(&app, me.account.id, form.get("secret")).ok_or(Problem::Unreadable)?;
    let mut errors = FieldErrors::default();
    check_own_password(&app, &req, &me.account, &form, &mut errors).await?;
    if errors.is_empty() {
        let done = ops::accounts::own_account::set_up_factor(&app, &me.account, &new, form.get("code"));
        if let Some(codes) = done.await? {
            return page::html(&RecoveryPage::new(shell, &codes, HERE.to_owned()));
        }
        errors.add("code", "確認コードを確認してください");
    }
    let factor = FactorForm::new(new, &me.account, &shell.settings)?;
    page::unprocessable(&FactorPage { shell, form: Fields::default(), errors, factor })
}

#[post("/account/second-factor/remove")]
pub async fn remove_factor(
    app: Data<App>,
    req: HttpRequest,
    me: AnyStaff,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let network = client::address(&req, &app.config.trusted_proxies);
    let mut errors = FieldErrors::default();
    match ops::accounts::own_account::remove_factor(&app, &me.account, form.get("code"), network).await {
        Ok(true) => return Ok(page::see_other_with(HERE, "2段階認証を解除しました。")),
        Ok(false) => {
            errors.add("code", "確認コードを確認してください。一度使ったコードは使えません");
        }
        Err(Problem::Refused(why)) => {
            let page = account_page(&app, &req, &me, shell, errors).await?;
            return page::html_with(StatusCode::CONFLICT, &AccountPage { refused: why, ..page });
        }
        Err(problem) => return Err(problem),
    }
    page::unprocessable(&account_page(&app, &req, &me, shell, errors).await?)
}

/// Adds an error if the present password is not the typed one.
async fn check_own_password(
    app: &App,
    req: &HttpRequest,
    account: &Account,
    form: &Fields,
    errors: &mut FieldErrors,
) -> Result<(), Problem> {
    let typed = form.get("current_password");
    let network = client::address(req, &app.config.trusted_proxies);
    if typed.is_empty() {
        errors.add("current_password", "今のパスワードを入力してください");
    } else if !ops::accounts::own_account::is_own_password(app, account, typed, network).await? {
        errors.add("current_password", "今のパスワードを確認してください");
    }
    Ok(())
}

async fn account_page(
    app: &App,
    req: &HttpRequest,
    me: &AnyStaff,
    shell: Shell,
    errors: FieldErrors,
) -> Result<AccountPage, Problem> {
    let (account, here) = (&me.account, session_hash(req));
    let now = app.clock.now();
    let limit = idle_limit(account.role);
    let open = store::accounts::session::of_account(&app.db, account.id, now).await?;
    let sessions = open.into_iter().filter(|it| now - it.used_at < limit).map(|it| SessionRow {
        is_here: here.as_ref() == Some(&it.token_hash),
        since: month_day_time(it.created_at),
        used: month_day_time(it.used_at),
        token_hash: it.token_hash,
        device: it.device,
        network: it.network,
    });
    let factor = Factor {
        is_set: store::accounts::second_factor::find(&app.db, account.id).await?.is_some(),
        is_required: app.config.second_factor.contains(&account.role),
        codes_left: store::accounts::second_factor::codes_left(&app.db, account.id).await?,
    };
    let minutes = limit.num_minutes();
    let rests = if minutes < 60 { format!("{minutes}分") } else { format!("{}時間", limit.num_hours()) };
    Ok(AccountPage {
        shell,
        email: account.email.clone(),
        factor,
        sessions: sessions.collect(),
        rests,
        errors,
        form: Fields::default(),
        refused: String::new(),
    })
}
