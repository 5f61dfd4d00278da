//! The confirmed appointments on the center's closing days.
use actix_web::{HttpResponse, get, web::Data};
use askama::Template;
use chrono::NaiveDate;
use domain::calendar::japan_date;

use crate::{
    app::App,
    problem::Problem,
    store::{self, booking::closing_day::ClosingDayBooking},
    url,
    web::kit::{
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/closing_days.html")]
struct ClosingDaysPage {
    shell: Shell,
    /// The closing days that are still to come, with their reason and their appointments.
    days: Vec<(NaiveDate, String, Vec<ClosingDayBooking>)>,
}

#[get("/staff/closing-days")]
pub async fn show(app: Data<App>, _me: Coordinator, shell: Shell) -> Result<HttpResponse, Problem> {
    let programme = app.programme().await?;
    let today = japan_date(app.clock.now());
    let all = store::booking::closing_day::named(&app.db, bookings(&app).await?).await?;
    let of = |day: NaiveDate| all.iter().filter(|it| it.date == day).cloned().collect();
    let days =
        programme.closing_days.range(today..).map(|(&day, note)| (day, note.clone(), of(day))).collect();
    page::html(&ClosingDaysPage { shell, days })
}

/// Returns the confirmed appointments on closing days that are still to come.
pub async fn bookings(app: &App) -> Result<Vec<ClosingDayBooking>, Problem> {
    let programme = app.programme().await?;
    let days = programme.closing_days.range(japan_date(app.clock.now())..).map(|(day, _)| *day);
    Ok(store::booking::closing_day::bookings_on(&app.db, days).await?)
}
