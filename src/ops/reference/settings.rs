//! The settings of a fiscal year and the themes, as an administrator changes them.
use domain::{field::Field, id::AccountId, number::FiscalYear, settings::Settings, text::TextLine};
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::{self, reference::theme::ManagedTheme},
};

/// Saves the settings of a year; `Stale` if they have been saved since `version`.
///
/// Deadlines that are running already stay: the trace of a deadline tells by which rule it was computed.
pub async fn save(
    app: &App,
    year: FiscalYear,
    settings: &Settings,
    version: i32,
    by: AccountId,
) -> Result<(), Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    if !store::reference::programme::save_settings(&tx, year, settings, version, by, now).await? {
        return Err(Problem::Stale);
    }
    tx.commit().await?;
    Ok(())
}

/// Adds a theme at the end of its field.
pub async fn add_theme(app: &App, field: Field, label: &TextLine) -> Result<(), Problem> {
    let tx = app.begin().await?;
    let themes = store::reference::theme::themes(&tx).await?;
    let last = themes.iter().filter(|it| it.field == field).map(|it| it.position).max().unwrap_or(0);
    let theme = ManagedTheme {
        code: format!("{}-{}", field.code(), Uuid::new_v4().simple()),
        field,
        label: label.as_str().to_owned(),
        position: last.saturating_add(1),
        active: true,
    };
    store::reference::theme::insert_theme(&tx, &theme).await?;
    tx.commit().await?;
    Ok(())
}

/// Renames, moves, retires or revives a theme. Consultations that have the theme keep it.
pub async fn change_theme(
    app: &App,
    code: &str,
    label: &TextLine,
    position: i16,
    active: bool,
) -> Result<(), Problem> {
    let tx = app.begin().await?;
    let themes = store::reference::theme::themes(&tx).await?;
    let theme = themes.into_iter().find(|it| it.code == code).ok_or(Problem::NotFound)?;
    let theme = ManagedTheme { label: label.as_str().to_owned(), position, active, ..theme };
    store::reference::theme::save_theme(&tx, &theme).await?;
    tx.commit().await?;
    Ok(())
}
