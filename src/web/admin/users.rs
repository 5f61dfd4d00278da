//! The accounts of the people who sign in with a password.
use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    actor::Role,
    id::{AccountId, DeskId, ExpertId},
    wording::month_day_time,
};
use uuid::Uuid;

use super::{Tab, expert_form, tabs};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, accounts::account::Account},
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::Administrator,
    },
};

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UsersPage {
    shell: Shell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
}

/// An account with the other facts of its row.
struct Row {
    account: Account,
    /// The desk's name; empty for the other roles.
    desk: String,
    /// When the last link was sent, and whether it can still be used.
    link: String,
    /// Whether the account is closed and still holds work.
    is_unfinished: bool,
    /// Whether the account has a second factor, on the page of one account; false in the list.
    has_factor: bool,
}

#[derive(Template)]
#[template(path = "admin/user.html")]
struct UserPage {
    shell: Shell,
    tabs: Vec<Tab>,
    row: Row,
    form: Fields,
    errors: FieldErrors,
    choices: expert_form::Choices,
    /// Why the last action was refused; empty if it was not.
    refused: String,
}

#[get("/admin/users")]
pub async fn list(app: Data<App>, shell: Shell, _: Administrator) -> Result<HttpResponse, Problem> {
    let links = store::accounts::account::last_links(&app.db).await?;
    let desks = desk_names(&app).await?;
    let now = app.clock.now();
    let accounts = store::accounts::account::all(&app.db).await?;
    let unfinished = store::accounts::unfinished::unfinished(&app.db, now).await?;
    let row =
        |it: Account| Row { is_unfinished: unfinished.contains(&it.id), ..row(it, &desks, &links, now) };
    let rows = accounts.into_iter().map(row).collect();
    page::html(&UsersPage { shell, tabs: tabs("/admin/users"), rows })
}

#[get("/admin/users/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    page::html(&user_page(&app, shell, account_id(&id)?, None).await?)
}

#[post("/admin/users/{id}/active")]
pub async fn set_active(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = account_id(&id)?;
    let active = match form.get("active") {
        "yes" => true,
        "no" => false,
        _ => return Err(Problem::Unreadable),
    };
    let account = store::accounts::account::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    if !active && !ops::accounts::deactivation::holdings(&app, &account).await?.is_empty() {
        return Ok(page::see_other(format!("/admin/users/{id}/deactivate")));
    }
    match ops::accounts::account::set_active(&app, id, active).await {
        Ok(()) => {
            let message =
                if active { "利用を再開しました。" } else { "利用を停止しました。" };
            Ok(page::see_other_with(format!("/admin/users/{id}"), message))
        }
        Err(Problem::Refused(why)) => refused(&app, shell, id, why).await,
        Err(problem) => Err(problem),
    }
}

#[post("/admin/users/{id}/link")]
pub async fn send_link(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = account_id(&id)?;
    match ops::accounts::invitation::send_link(&app, id).await {
        Ok(account) => {
            let message = format!("パスワードを設定するリンクを {} に送りました。", account.email);
            Ok(page::see_other_with(format!("/admin/users/{id}"), &message))
        }
        Err(Problem::Refused(why)) => refused(&app, shell, id, why).await,
        Err(problem) => Err(problem),
    }
}

#[post("/admin/users/{id}/second-factor")]
pub async fn reset_factor(
    app: Data<App>,
    shell: Shell,
    me: Administrator,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = account_id(&id)?;
    match ops::accounts::second_factor::reset(&app, id, me.id).await {
        Ok(account) => {
            let message = format!("2段階認証を解除し、{} にお知らせを送りました。", account.email);
            Ok(page::see_other_with(format!("/admin/users/{id}"), &message))
        }
        Err(Problem::Refused(why)) => refused(&app, shell, id, why).await,
        Err(problem) => Err(problem),
    }
}

#[post("/admin/users/{id}/expert")]
pub async fn change_facts(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = account_id(&id)?;
    let themes = store::reference::theme::themes(&app.db).await?;
    let mut errors = FieldErrors::default();
    match expert_form::parse(&form, &themes, &mut errors) {
        Some(facts) => {
            ops::routing::expert::change_facts(&app, ExpertId(id.0), &facts).await?;
            let message = "専門家の情報を保存しました。";
            Ok(page::see_other_with(format!("/admin/users/{id}"), message))
        }
        None => page::unprocessable(&user_page(&app, shell, id, Some((form, errors))).await?),
    }
}

async fn refused(app: &App, shell: Shell, id: AccountId, why: String) -> Result<HttpResponse, Problem> {
    let page = user_page(app, shell, id, None).await?;
    page::html_with(StatusCode::CONFLICT, &UserPage { refused: why, ..page })
}

async fn user_page(
    app: &App,
    shell: Shell,
    id: AccountId,
    typed: Option<(Fields, FieldErrors)>,
) -> Result<UserPage, Problem> {
    let account = store::accounts::account::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let links = store::accounts::account::last_links(&app.db).await?;
    let is_expert = account.role == Role::Expert;
    let (form, errors) = match typed {
        Some(typed) => typed,
        None if is_expert => {
            let (_, experts) = app.programme_and_experts().await?;
            let form =
                experts.get(ExpertId(id.0)).map_or_else(expert_form::starting, expert_form::of_profile);
            (form, FieldErrors::default())
        }
        None => Default::default(),
    };
    let choices = match is_expert {
        true => expert_form::Choices::new(&store::reference::theme::themes(&app.db).await?, &form),
        false => expert_form::Choices::default(),
    };
    let now = app.clock.now();
    let is_unfinished =
        !account.active && store::accounts::unfinished::unfinished(&app.db, now).await?.contains(&id);
    let has_factor = store::accounts::second_factor::find(&app.db, id).await?.is_some();
    let row = Row { is_unfinished, has_factor, ..row(account, &desk_names(app).await?, &links, now) };
    Ok(UserPage { shell, tabs: tabs("/admin/users"), row, form, errors, choices, refused: String::new() })
}

fn row(
    account: Account,
    desks: &BTreeMap<DeskId, String>,
    links: &BTreeMap<AccountId, (DateTime<Utc>, DateTime<Utc>)>,
    now: DateTime<Utc>,
) -> Row {
    let link = links.get(&account.id).map(|&(sent, until)| {
        let over = if until <= now && !account.has_password { "（期限切れ）" } else { "" };
        format!("{}{over}", month_day_time(sent))
    });
    Row {
        desk: account.desk.and_then(|it| desks.get(&it).cloned()).unwrap_or_default(),
        link: link.unwrap_or_default(),
        is_unfinished: false,
        has_factor: false,
        account,
    }
}

async fn desk_names(app: &App) -> Result<BTreeMap<DeskId, String>, Problem> {
    Ok(store::reference::desk::all(&app.db).await?.into_iter().map(|it| (it.id, it.name)).collect())
}

pub(super) fn account_id(id: &str) -> Result<AccountId, Problem> {
    Uuid::parse_str(id).map(AccountId).map_err(|_| Problem::NotFound)
}
