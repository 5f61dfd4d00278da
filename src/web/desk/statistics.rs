//! The numbers of a desk by month.
use actix_web::{HttpResponse, get, web::Data};
use askama::Template;
use chrono::{Datelike, Months, NaiveDate};
use domain::{
    calendar::{at_japan, japan_date},
    intake::desk_entry::KEPT,
};

use crate::{
    app::App,
    problem::Problem,
    store::{self, intake::desk_entry::DeskMonth},
    web::kit::{
        page::{self, Shell},
        session::DeskUser,
    },
};

/// The number of months that are shown, with the present one.
const SHOWN: u32 = 12;

#[derive(Template)]
#[template(path = "desk/statistics.html")]
struct DeskStatisticsPage {
    shell: Shell,
    desk: String,
    /// The months, newest first.
    months: Vec<(NaiveDate, DeskMonth)>,
}

#[get("/desk/figures")]
pub async fn show(app: Data<App>, shell: Shell, user: DeskUser) -> Result<HttpResponse, Problem> {
    let today = japan_date(app.clock.now());
    let first = today.with_day(1).unwrap_or(today);
    let since = first.checked_sub_months(Months::new(SHOWN - 1)).unwrap_or(first);
    let found = store::intake::desk_entry::months(&app.db, user.desk, at_japan(since, 0, 0)).await?;
    let months = (0..SHOWN).filter_map(|it| first.checked_sub_months(Months::new(it)));
    let months = months.map(|it| (it, found.get(&it).copied().unwrap_or_default())).collect();
    let desk = store::reference::desk::find(&app.db, user.desk).await?;
    page::html(&DeskStatisticsPage { shell, desk: desk.map(|it| it.name).unwrap_or_default(), months })
}

impl DeskStatisticsPage {
    /// The days for which names are kept.
    const KEPT_DAYS: i64 = KEPT.num_days();

    fn label(day: &NaiveDate) -> String {
        format!("{}年{}月", day.year(), day.month())
    }

    /// Returns all requests of a month.
    const fn total(it: &DeskMonth) -> u64 {
        it.answered + it.open + it.handed_over
    }
}
