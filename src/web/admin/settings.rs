//! The settings of a fiscal year: numbers and names.
use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use domain::{calendar::japan_date, number::FiscalYear, settings::Settings};

use super::{
    Tab,
    settings_form::{self, GROUPS, TEXTS},
    tabs,
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
        session::Administrator,
    },
};

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    year: FiscalYear,
    years: Vec<FiscalYear>,
    form: Fields,
    errors: FieldErrors,
    /// The version of the settings that the form was filled from, or of the newest settings after a conflict.
    version: i32,
    /// The settings that another administrator saved in the meantime.
    newest: Option<Settings>,
    routings: Vec<Choice>,
}

#[get("/admin/settings")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    _: Administrator,
) -> Result<HttpResponse, Problem> {
    let current = FiscalYear::of(japan_date(app.clock.now())).map_err(anyhow::Error::from)?;
    let query = Fields::of_query(&req);
    let year = if query.get("year").is_empty() { current } else { year(&query)? };
    let programme = app.programme().await?;
    let form = settings_form::fill(programme.settings(year));
    let version = programme.version(year);
    page::html(&settings_page(shell, year, form, FieldErrors::default(), version))
}

#[post("/admin/settings")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    user: Administrator,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let year = year(&form)?;
    let version = form.get("version").parse().map_err(|_| Problem::Unreadable)?;
    let mut errors = FieldErrors::default();
    let Some(settings) = settings_form::parse(&form, &mut errors) else {
        return page::unprocessable(&settings_page(shell, year, form, errors, version));
    };
    match ops::reference::settings::save(&app, year, &settings, version, user.id).await {
        Ok(()) => {
            let to = format!("/admin/settings?year={}", year.start_year());
            Ok(page::see_other_with(to, &format!("{}の設定を保存しました。", year.label())))
        }
        Err(Problem::Stale) => {
            let programme = app.programme().await?;
            let page = settings_page(shell, year, form, errors, programme.version(year));
            let newest = Some(programme.settings(year).clone());
            page::html_with(StatusCode::CONFLICT, &SettingsPage { newest, ..page })
        }
        Err(problem) => Err(problem),
    }
}

fn year(form: &Fields) -> Result<FiscalYear, Problem> {
    form.get("year").parse().ok().and_then(|it| FiscalYear::new(it).ok()).ok_or(Problem::NotFound)
}

fn settings_page(
    shell: Shell,
    year: FiscalYear,
    form: Fields,
    errors: FieldErrors,
    version: i32,
) -> SettingsPage {
    let years = [year.previous().ok(), Some(year), year.next().ok()];
    SettingsPage {
        shell,
        tabs: tabs("/admin/settings"),
        year,
        years: years.into_iter().flatten().collect(),
        form,
        errors,
        version,
        newest: None,
        routings: vec![
            Choice::new("automatic", "自動で依頼する")
                .with_hint("日時が選ばれ、連絡先が確認できたら、最も適した専門家に自動で依頼します。"),
            Choice::new("reviewed", "センターが確認してから依頼する"),
        ],
    }
}
