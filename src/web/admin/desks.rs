//! One first-line desk: what the public is told about it.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    id::DeskId,
    intake::desk::{DeskForm, DeskProfile},
};
use uuid::Uuid;

use super::{
    Tab,
    reference_data::{self, HERE},
    tabs,
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, reference::desk::Desk},
    web::kit::{
        form::{Choice, FieldErrors, Fields, prefectures},
        page::{self, Shell},
        session::Administrator,
    },
};

#[derive(Template)]
#[template(path = "admin/desk.html")]
struct DeskPage {
    shell: Shell,
    tabs: Vec<Tab>,
    desk: Desk,
    form: Fields,
    errors: FieldErrors,
    prefectures: Vec<Choice>,
}

/// Adds a desk by its name and prefecture. Its public details follow on its page.
#[post("/admin/masters/desks")]
pub async fn add(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let typed = DeskForm { name: form.get("desk_name").to_owned(), ..of_form(&form) };
    let mut errors = FieldErrors::default();
    match checked(&app, &typed, "desk_name", None, &mut errors).await? {
        Some(profile) => {
            let id = ops::reference::desk::add(&app, &profile).await?;
            let words =
                format!("一次相談窓口「{}」を追加しました。案内する内容を入力してください。", profile.name);
            Ok(page::see_other_with(address(id), &words))
        }
        None => {
            page::unprocessable(&reference_data::reference_data_page(&app, shell, form, errors, "").await?)
        }
    }
}

/// Reads a desk, whose name the form has in the field `name_field`. Another desk of its prefecture may not have the same
/// name; `own` is the desk itself, if it is there already.
async fn checked(
    app: &App,
    typed: &DeskForm,
    name_field: &'static str,
    own: Option<DeskId>,
    errors: &mut FieldErrors,
) -> Result<Option<DeskProfile>, Problem> {
    let profile = match DeskProfile::parse(typed) {
        Ok(profile) => profile,
        Err(mistakes) => {
            for (field, message) in mistakes {
                errors.add(if field == "name" { name_field } else { field }, message);
            }
            return Ok(None);
        }
    };
    let known = store::reference::desk::all(&app.db).await?;
    if known.iter().any(|it| Some(it.id) != own && it.key() == profile.key()) {
        errors.add(name_field, "同じ都道府県に、同じ名称の窓口があります");
        return Ok(None);
    }
    Ok(Some(profile))
}

#[get("/admin/masters/desks/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = find(&app, &id).await?;
    let form = saved(&desk);
    page::html(&desk_page(shell, desk, form, FieldErrors::default()))
}

#[post("/admin/masters/desks/{id}")]
pub async fn change(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let desk = find(&app, &id).await?;
    let mut errors = FieldErrors::default();
    match checked(&app, &of_form(&form), "name", Some(desk.id), &mut errors).await? {
        Some(profile) => {
            ops::reference::desk::change(&app, desk.id, &profile).await?;
            Ok(page::see_other_with(HERE, &format!("一次相談窓口「{}」を保存しました。", profile.name)))
        }
        None => page::unprocessable(&desk_page(shell, desk, form, errors)),
    }
}

#[post("/admin/masters/desks/{id}/active")]
pub async fn set_active(
    app: Data<App>,
    _: Administrator,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let desk = find(&app, &id).await?;
    let active = form.get("active") == "yes";
    ops::reference::desk::set_active(&app, desk.id, active).await?;
    let message = if active { "窓口を再開しました。" } else { "窓口を閉じました。" };
    Ok(page::see_other_with(HERE, message))
}

async fn find(app: &App, id: &str) -> Result<Desk, Problem> {
    let id = Uuid::parse_str(id).map(DeskId).map_err(|_| Problem::NotFound)?;
    store::reference::desk::find(&app.db, id).await?.ok_or(Problem::NotFound)
}

fn address(id: DeskId) -> String {
    format!("{HERE}/desks/{id}")
}

fn of_form(form: &Fields) -> DeskForm {
    let one = |name: &str| form.get(name).to_owned();
    DeskForm {
        name: one("name"),
        prefecture: one("prefecture"),
        postal_code: one("postal_code"),
        address: one("address"),
        phone: one("phone"),
        hours: one("hours"),
        subjects: one("subjects"),
        website: one("website"),
    }
}

/// Returns the form as it is saved.
fn saved(desk: &Desk) -> Fields {
    let it = &desk.details;
    let mut form = Fields::default();
    form.add("name", desk.name.clone());
    form.add("prefecture", desk.prefecture.two_digits());
    form.add("postal_code", it.postal_code.map_or_else(String::new, |it| it.to_string().replace('〒', "")));
    form.add("address", it.address.as_ref().map_or("", |it| it.as_str()));
    form.add("phone", it.phone.as_ref().map_or("", |it| it.as_str()));
    form.add("hours", it.hours.as_ref().map_or("", |it| it.as_str()));
    form.add("subjects", it.subjects.as_ref().map_or("", |it| it.as_str()));
    form.add("website", it.website.as_ref().map_or("", |it| it.as_str()));
    form
}

fn desk_page(shell: Shell, desk: Desk, form: Fields, errors: FieldErrors) -> DeskPage {
    DeskPage { shell, tabs: tabs(HERE), desk, form, errors, prefectures: prefectures() }
}
