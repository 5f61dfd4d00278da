//! One single day: an exception to the weekly hours that changes, opens or closes it.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;
use chrono::{Days, NaiveDate};
use domain::{
    booking::availability::Day,
    calendar::{at_japan, japan_date},
    wording,
};

use super::{Stranded, stranded};
use crate::{
    app::App,
    ops::{self, routing::expert::AvailabilityChange},
    problem::Problem,
    store::{self, booking::expert_agenda},
    web::{
        expert::times::{self, take_span},
        kit::{
            form::{Choice, FieldErrors, Fields},
            page::{self, Shell},
            session::ExpertUser,
        },
    },
};

/// How many days ahead a single day can be changed.
const FARTHEST: Days = Days::new(730);
/// The names of the fields for the stretches of a day: start and end.
const ROWS: [(&str, &str); 8] = [
    ("start", "end"),
    ("start2", "end2"),
    ("start3", "end3"),
    ("start4", "end4"),
    ("start5", "end5"),
    ("start6", "end6"),
    ("start7", "end7"),
    ("start8", "end8"),
];
/// The least number of rows on the page.
const FEWEST: usize = 3;

#[derive(Template)]
#[template(path = "expert/day.html")]
struct DayPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    title: String,
    date: String,
    /// The weekly hours of the day, in words.
    weekly: String,
    /// Why nothing can be booked on the day, whatever is open.
    closed: Option<String>,
    /// Whether the day differs from the weekly hours.
    changed: bool,
    /// Whether the day has more stretches than the form has rows.
    too_many: bool,
    rows: &'static [(&'static str, &'static str)],
    times: Vec<Choice>,
    bookings: Vec<Stranded>,
}

/// Returns the address at which a day is changed.
pub fn address(date: NaiveDate) -> String {
    format!("/expert/availability/day?date={}", wording::iso_date(date))
}

#[get("/expert/availability/day")]
pub async fn show(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Some(date) = date(&app, &Fields::of_query(&req)) else {
        let flash = "今日から2年以内の日を選んでください。";
        return Ok(page::see_other_with("/expert/availability", flash));
    };
    page::html(&day_page(&app, &expert, shell, date, None, FieldErrors::default()).await?)
}

/// Saves the day as typed, closes it, or returns it to the weekly hours.
#[post("/expert/availability/day")]
pub async fn submit(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let date = date(&app, &form).ok_or(Problem::Unreadable)?;
    let day = wording::month_day_weekday(date);
    let (change, flash) = match form.get("action") {
        "none" => (AvailabilityChange::SetDay(date, Day::NONE), format!("{day}を、終日空きなしにしました。")),
        "reset" => (AvailabilityChange::ResetDay(date), format!("{day}を、毎週の空きに戻しました。")),
        _ => match parse(&form) {
            Ok((wanted, united)) => {
                let united = if united { "重なる時間は、1つにまとめました。" } else { "" };
                (AvailabilityChange::SetDay(date, wanted), format!("{day}の空きを変更しました。{united}"))
            }
            Err(errors) => {
                let page = day_page(&app, &expert, shell, date, Some(form), errors).await?;
                return page::unprocessable(&page);
            }
        },
    };
    ops::routing::expert::change_availability(&app, expert.id, change).await?;
    Ok(page::see_other_with("/expert/availability", &flash))
}

/// Parses the quarter hours of all rows, and whether some of the rows overlap.
fn parse(form: &Fields) -> Result<(Day, bool), FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut wanted = Day::NONE;
    let mut united = false;
    for (start, end) in ROWS {
        if form.get(start).is_empty() && form.get(end).is_empty() {
            continue;
        }
        if let Some(span) = take_span(&mut errors, form, start, end) {
            united |= !wanted.intersection(span.day()).is_empty();
            wanted = wanted.union(span.day());
        }
    }
    if errors.is_empty() && wanted.is_empty() {
        errors.add(
            ROWS[0].0,
            "空きの時間を選択してください（空きがない日は「終日空きなしにする」を押してください）",
        );
    }
    if errors.is_empty() { Ok((wanted, united)) } else { Err(errors) }
}

fn date(app: &App, form: &Fields) -> Option<NaiveDate> {
    let today = japan_date(app.clock.now());
    let date: NaiveDate = form.get("date").parse().ok()?;
    (today <= date && Some(date) <= today.checked_add_days(FARTHEST)).then_some(date)
}

async fn day_page(
    app: &App,
    expert: &ExpertUser,
    shell: Shell,
    date: NaiveDate,
    typed: Option<Fields>,
    errors: FieldErrors,
) -> Result<DayPage, Problem> {
    let entries = store::routing::expert::entries(&app.db, expert.id).await?;
    let schedule = entries.schedule();
    let spans = schedule.opened(date).spans();
    let (from, to) = (at_japan(date, 0, 0), at_japan(date, 24, 0));
    let appointments = expert_agenda::between(&app.db, expert.id, from, to).await?;
    let calendar = app.programme().await?.calendar(app.clock.now());
    let absent = schedule.is_absent(date).then(|| "不在の期間".to_owned());
    let weekly: Vec<_> = schedule.weekly(date).spans().into_iter().map(times::span).collect();
    let form = typed.unwrap_or_else(|| {
        let mut form = Fields::default();
        for (span, (start, end)) in spans.iter().zip(ROWS) {
            form.add(start, span.start().to_string());
            form.add(end, span.end().to_string());
        }
        form
    });
    let filled =
        ROWS.iter().rposition(|(start, end)| !(form.get(start).is_empty() && form.get(end).is_empty()));
    let shown = (filled.map_or(0, |it| it + 1) + 1).clamp(FEWEST, ROWS.len());
    Ok(DayPage {
        shell,
        form,
        errors,
        title: format!("{}の空き", wording::long_date(date)),
        date: wording::iso_date(date),
        weekly: if weekly.is_empty() { "空きなし".to_owned() } else { weekly.join("、") },
        closed: calendar.why_closed(date).map(|it| format!("休業日（{}）", it.label())).or(absent),
        changed: entries.exceptions.iter().any(|(_, it)| it.date == date),
        too_many: spans.len() > ROWS.len(),
        rows: &ROWS[..shown],
        times: times::choices(),
        bookings: appointments.iter().filter(|it| it.appointment.is_live()).map(stranded).collect(),
    })
}
