//! Days on which the center is closed: legal holidays and the center's own closing days.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use domain::{
    calendar::{holiday, japan_date},
    text::{TextLine, digits},
};

use super::{Tab, tabs};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, booking::closing_day::ClosingDayBooking},
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::Administrator,
    },
};

#[derive(Template)]
#[template(path = "admin/holidays.html")]
struct HolidaysPage {
    shell: Shell,
    tabs: Vec<Tab>,
    /// The calendar year that is shown.
    year: i32,
    /// The day, its name, and whether a later almanac can still change it.
    holidays: Vec<(NaiveDate, &'static str, bool)>,
    closing_days: Vec<(NaiveDate, String)>,
    /// The confirmed appointments on the closing days that are still to come.
    bookings: Vec<ClosingDayBooking>,
    form: Fields,
    errors: FieldErrors,
}

#[get("/admin/holidays")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    _: Administrator,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let year = match query.get("year") {
        "" => japan_date(app.clock.now()).year(),
        typed => typed.parse().ok().filter(|it| holiday::YEARS.contains(it)).ok_or(Problem::NotFound)?,
    };
    page::html(&holidays_page(&app, shell, year, Fields::default(), FieldErrors::default()).await?)
}

#[post("/admin/holidays")]
pub async fn add(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let date = errors.take("year", date(&form).ok_or("日付は、実在する年月日を入力してください"));
    let note = errors.take("note", TextLine::parse("理由", form.get("note"), 60));
    let (Some(date), Some(note)) = (date, note) else {
        let year = japan_date(app.clock.now()).year();
        return page::unprocessable(&holidays_page(&app, shell, year, form, errors).await?);
    };
    let added = ops::reference::closing_day::add(&app, date, &note).await?;
    let booked = store::booking::closing_day::bookings_on(&app.db, [date]).await?.len();
    let mut message = format!("{}を休業日にしました。", domain::wording::long_date(date));
    if added.moved > 0 {
        message.push_str(&format!("{}件の相談の期限を延ばしました。", added.moved));
    }
    if added.released > 0 {
        message.push_str(&format!(
            "この日を仮に押さえていた{}件は、日時を解除しました。企業にはメールで知らせ、メールが届かない企業は「電話する」に加えました。",
            added.released
        ));
    }
    if booked > 0 {
        message.push_str(&format!("この日に、確定した予約が{booked}件あります。"));
    }
    Ok(page::see_other_with(format!("/admin/holidays?year={}", date.year()), &message))
}

#[post("/admin/holidays/remove")]
pub async fn remove(app: Data<App>, _: Administrator, form: Fields) -> Result<HttpResponse, Problem> {
    let date: NaiveDate = form.get("date").parse().map_err(|_| Problem::Unreadable)?;
    ops::reference::closing_day::remove(&app, date).await?;
    let message = format!("{}を休業日から外しました。", domain::wording::long_date(date));
    Ok(page::see_other_with(format!("/admin/holidays?year={}", date.year()), &message))
}

async fn holidays_page(
    app: &App,
    shell: Shell,
    year: i32,
    form: Fields,
    errors: FieldErrors,
) -> Result<HolidaysPage, Problem> {
    let programme = app.programme().await?;
    let known = holiday::known_through(japan_date(app.clock.now()));
    let holidays = holiday::in_year(year).map(|(day, it)| (day, it.name(), holiday::is_certain(day, known)));
    let closing = programme.closing_days.iter().filter(|(day, _)| day.year() == year);
    let today = japan_date(app.clock.now());
    let ahead = closing.clone().map(|(day, _)| *day).filter(|it| *it >= today);
    let bookings = store::booking::closing_day::bookings_on(&app.db, ahead).await?;
    let bookings = store::booking::closing_day::named(&app.db, bookings).await?;
    Ok(HolidaysPage {
        shell,
        tabs: tabs("/admin/holidays"),
        year,
        holidays: holidays.collect(),
        bookings,
        closing_days: closing.map(|(&day, note)| (day, note.clone())).collect(),
        form,
        errors,
    })
}

/// Parses a date within the years for which the legal holidays are known.
fn date(form: &Fields) -> Option<NaiveDate> {
    let year = digits(form.get("year")).parse().ok().filter(|it| holiday::YEARS.contains(it))?;
    let month = digits(form.get("month")).parse().ok()?;
    NaiveDate::from_ymd_opt(year, month, digits(form.get("day")).parse().ok()?)
}
