//! The lists of reference data: themes and desks.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    field::Field,
    text::{TextLine, digits},
};

use super::{Tab, tabs};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        self,
        reference::{desk::Desk, theme::ManagedTheme},
    },
    web::kit::{
        form::{Choice, FieldErrors, Fields, prefectures},
        page::{self, Shell},
        session::Administrator,
    },
};

pub const HERE: &str = "/admin/masters";

#[derive(Template)]
#[template(path = "admin/reference_data.html")]
pub struct ReferenceDataPage {
    shell: Shell,
    tabs: Vec<Tab>,
    themes: Vec<ManagedTheme>,
    desks: Vec<Desk>,
    fields: Vec<Choice>,
    prefectures: Vec<Choice>,
    form: Fields,
    errors: FieldErrors,
    /// The code of the theme whose row the form comes from; empty for the forms below the lists.
    changed: String,
}

#[get("/admin/masters")]
pub async fn show(app: Data<App>, shell: Shell, _: Administrator) -> Result<HttpResponse, Problem> {
    page::html(&reference_data_page(&app, shell, Fields::default(), FieldErrors::default(), "").await?)
}

#[post("/admin/masters/themes")]
pub async fn add_theme(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let field = Field::from_code(form.get("field")).ok_or("相談の分野を選択してください");
    let field = errors.take("field", field);
    let label = errors.take("label", TextLine::parse("テーマ", form.get("label"), 60));
    match (field, label) {
        (Some(field), Some(label)) => {
            ops::reference::settings::add_theme(&app, field, &label).await?;
            Ok(page::see_other_with(HERE, &format!("テーマ「{label}」を追加しました。")))
        }
        _ => page::unprocessable(&reference_data_page(&app, shell, form, errors, "").await?),
    }
}

#[post("/admin/masters/themes/{code}")]
pub async fn change_theme(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    code: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let label = errors.take("theme_label", TextLine::parse("テーマ", form.get("theme_label"), 60));
    let position = digits(form.get("position")).parse().ok().filter(|it| (0..=9999).contains(it));
    let position = errors.take("position", position.ok_or("順番は、0から9999までの数を入力してください"));
    match (label, position) {
        (Some(label), Some(position)) => {
            let active = form.get("active") == "1";
            ops::reference::settings::change_theme(&app, &code, &label, position, active).await?;
            Ok(page::see_other_with(HERE, &format!("テーマ「{label}」を保存しました。")))
        }
        _ => page::unprocessable(&reference_data_page(&app, shell, form, errors, &code).await?),
    }
}

impl ReferenceDataPage {
    /// Returns the label in a theme's row: the typed one if this row was sent, else the saved one.
    fn label<'a>(&'a self, theme: &'a ManagedTheme) -> &'a str {
        if self.changed == theme.code { self.form.get("theme_label") } else { &theme.label }
    }

    fn position(&self, theme: &ManagedTheme) -> String {
        if self.changed == theme.code {
            self.form.get("position").to_owned()
        } else {
            theme.position.to_string()
        }
    }

    fn active(&self, theme: &ManagedTheme) -> bool {
        if self.changed == theme.code { self.form.has("active", "1") } else { theme.active }
    }

    /// Returns the id of a control. The row that was sent gets the plain name, so that the error summary
    /// links to it.
    fn id(&self, name: &str, theme: &ManagedTheme) -> String {
        if self.changed == theme.code { name.to_owned() } else { format!("{name}-{}", theme.code) }
    }
}

pub async fn reference_data_page(
    app: &App,
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    changed: &str,
) -> Result<ReferenceDataPage, Problem> {
    Ok(ReferenceDataPage {
        shell,
        tabs: tabs(HERE),
        themes: store::reference::theme::themes(&app.db).await?,
        desks: store::reference::desk::all(&app.db).await?,
        fields: Field::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        prefectures: prefectures(),
        form,
        errors,
        changed: changed.to_owned(),
    })
}
