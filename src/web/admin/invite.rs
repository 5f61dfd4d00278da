//! Inviting a person: first the role is chosen, then the facts that this role needs are entered.
use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use domain::{actor::Role, id::DeskId, intake::contact::EmailAddress, text::TextLine};
use uuid::Uuid;

use super::{Tab, expert_form, tabs};
use crate::{
    app::App,
    ops::{self, accounts::account::NewAccount},
    problem::Problem,
    store::{self, reference::desk::Desk},
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
        session::Administrator,
    },
};

#[derive(Template)]
#[template(path = "admin/invite.html")]
struct InvitePage {
    shell: Shell,
    tabs: Vec<Tab>,
    form: Fields,
    errors: FieldErrors,
    roles: Vec<Choice>,
    /// The chosen role; `None` before one was chosen.
    role: Option<Role>,
    desks: Vec<Choice>,
    choices: expert_form::Choices,
}

#[get("/admin/users/new")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    _: Administrator,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let role = Role::from_code(query.get("role"));
    let mut form = if role == Some(Role::Expert) { expert_form::starting() } else { Fields::default() };
    form.add("role", query.get("role"));
    let mut errors = FieldErrors::default();
    if role.is_none() && query.pairs().any(|(name, _)| name == "chosen") {
        errors.add("role", "役割を選択してください");
    }
    page::html(&invite_page(&app, shell, form, errors, role).await?)
}

#[post("/admin/users/new")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let role = Role::from_code(form.get("role")).ok_or(Problem::Unreadable)?;
    let mut errors = FieldErrors::default();
    let email = errors.take("email", EmailAddress::parse(form.get("email")));
    let name = errors.take("name", TextLine::parse("氏名", form.get("name"), 60));
    let desk = match role {
        Role::Desk => desk(&store::reference::desk::all(&app.db).await?, &form, &mut errors),
        Role::Coordinator | Role::Expert | Role::Observer | Role::Editor | Role::Administrator => None,
    };
    let facts = match role {
        Role::Expert => {
            expert_form::parse(&form, &store::reference::theme::themes(&app.db).await?, &mut errors)
        }
        Role::Coordinator | Role::Desk | Role::Observer | Role::Editor | Role::Administrator => None,
    };
    let (Some(email), Some(name), true) = (email, name, errors.is_empty()) else {
        return page::unprocessable(&invite_page(&app, shell, form, errors, Some(role)).await?);
    };
    let new = NewAccount { email, name: name.as_str().to_owned(), role, desk };
    match ops::accounts::invitation::invite(&app, &new, facts.as_ref()).await {
        Ok(account) => {
            let message = format!("{}さん（{}）に招待のメールを送りました。", account.name, account.email);
            Ok(page::see_other_with("/admin/users", &message))
        }
        Err(Problem::Refused(why)) => {
            errors.add("email", why);
            page::html_with(StatusCode::CONFLICT, &invite_page(&app, shell, form, errors, Some(role)).await?)
        }
        Err(problem) => Err(problem),
    }
}

/// Parses the chosen desk, which must be active.
fn desk(desks: &[Desk], form: &Fields, errors: &mut FieldErrors) -> Option<DeskId> {
    let typed = Uuid::parse_str(form.get("desk")).ok().map(DeskId);
    let found = typed.filter(|&id| desks.iter().any(|it| it.id == id && it.active));
    errors.take("desk", found.ok_or("一次相談窓口を選択してください"))
}

async fn invite_page(
    app: &App,
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    role: Option<Role>,
) -> Result<InvitePage, Problem> {
    let mut desks = Vec::new();
    let mut choices = expert_form::Choices::default();
    match role {
        Some(Role::Desk) => desks = store::reference::desk::all(&app.db).await?,
        Some(Role::Expert) => {
            choices = expert_form::Choices::new(&store::reference::theme::themes(&app.db).await?, &form);
        }
        Some(Role::Coordinator | Role::Observer | Role::Editor | Role::Administrator) | None => {}
    }
    let desk = |it: Desk| Choice::new(it.id.to_string(), it.name);
    Ok(InvitePage {
        shell,
        tabs: tabs("/admin/users"),
        form,
        errors,
        roles: Role::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        role,
        desks: desks.into_iter().filter(|it| it.active).map(desk).collect(),
        choices,
    })
}
