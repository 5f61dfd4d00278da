//! Days of absence: the bookings in them are shown first, then the days are saved.
use std::collections::BTreeSet;

use actix_web::HttpResponse;
use askama::Template;
use domain::calendar::japan_date;

use super::{Stranded, entry, page_of, stranded};
use crate::{
    app::App,
    ops::{self, routing::expert::AvailabilityChange},
    problem::Problem,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::ExpertUser,
    },
};

/// The field that names the bookings that the expert has seen.
const KNOWN: &str = "known";

#[derive(Template)]
#[template(path = "expert/absence.html")]
struct ConfirmPage {
    shell: Shell,
    days: String,
    /// The bookings for which the center looks for a substitute.
    bookings: Vec<Stranded>,
    /// The holds, which are answered or go to another expert as usual.
    holds: Vec<Stranded>,
    /// The typed values, with the bookings that are shown now.
    hidden: Vec<(String, String)>,
}

/// Saves days of absence once the expert has seen every booking in them.
pub async fn submit(
    app: &App,
    expert: &ExpertUser,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (_, roster) = app.programme_and_experts().await?;
    if form.get("action") == "back" {
        return page::html(&page_of(app, expert, shell, form, FieldErrors::default(), None).await?);
    }
    let stand_ins = entry::stand_ins(&roster, expert.id);
    let (absence, note) = match entry::parse_absence(&form, japan_date(now), &stand_ins) {
        Ok(parsed) => parsed,
        Err(errors) => {
            return page::unprocessable(&page_of(app, expert, shell, form, errors, None).await?);
        }
    };
    let inside = ops::routing::expert::inside(&app.db, expert.id, absence, now).await?;
    let known: BTreeSet<_> = form.all(KNOWN).collect();
    let (bookings, holds): (Vec<_>, Vec<_>) =
        inside.iter().partition(|it| it.appointment.is_confirmed() && !it.is_asked);
    if inside.iter().all(|it| known.contains(it.appointment.id.to_string().as_str())) {
        let count = bookings.len();
        let requests = ops::routing::expert::change_availability(
            app,
            expert.id,
            AvailabilityChange::AddAbsence(absence, note),
        )
        .await?;
        let mut flash = match count {
            0 => "不在の期間を登録しました。".to_owned(),
            count => format!(
                "不在の期間を登録しました。期間内の予約{count}件は、センターが代わりの専門家を探します。"
            ),
        };
        if requests > 0 {
            flash.push_str(&format!("回答していない依頼{requests}件は、断ったものとして扱いました。"));
        }
        return Ok(page::see_other_with("/expert/availability", &flash));
    }
    let typed = form.pairs().filter(|(name, _)| !matches!(*name, KNOWN | "action"));
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let seen = inside.iter().map(|it| (KNOWN.to_owned(), it.appointment.id.to_string()));
    page::html(&ConfirmPage {
        shell,
        days: entry::absence(absence, &note, &roster),
        bookings: bookings.into_iter().map(stranded).collect(),
        holds: holds.into_iter().map(stranded).collect(),
        hidden: typed.chain(seen).collect(),
    })
}
