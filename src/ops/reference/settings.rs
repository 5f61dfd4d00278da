//! The settings of a fiscal year, themes and desks, as an administrator changes them.
use domain::{
    field::Field,
    id::{AccountId, DeskId},
    number::FiscalYear,
    prefecture::Prefecture,
    settings::Settings,
    text::TextLine,
};
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        reference::{desk::Desk, theme::ManagedTheme},
    },
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

pub async fn add_desk(app: &App, name: &TextLine, prefecture: Prefecture) -> Result<DeskId, Problem> {
    let desk = Desk { id: DeskId(Uuid::now_v7()), name: name.as_str().to_owned(), prefecture, active: true };
    let tx = app.begin().await?;
    store::reference::desk::insert(&tx, &desk).await?;
    tx.commit().await?;
    Ok(desk.id)
}

/// Opens or closes a desk. Its accounts and the consultations that it handed over stay.
pub async fn set_desk_active(app: &App, id: DeskId, active: bool) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::reference::desk::find(&tx, id).await?.ok_or(Problem::NotFound)?;
    store::reference::desk::save_active(&tx, id, active).await?;
    tx.commit().await?;
    Ok(())
}
