//! The audit: which account did which action to which consultation or publication, within a range of days.
use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use askama::Template;
use chrono::NaiveDate;
use domain::{calendar::at_japan, text::hyphenated};

use super::{Tab, tabs};
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        audit::{
            editor_act::{self, ActSubject, RecordedAct},
            log::{ActorNames, AuditEntry},
            schedule_change::RecordedChange,
        },
    },
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::Administrator,
    },
};

const ROWS: u64 = 50;

/// The most acts of editors that are shown; a shorter range shows those before.
const MOST_ACTS: u64 = 200;

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    shell: Shell,
    tabs: Vec<Tab>,
    form: Fields,
    errors: FieldErrors,
    /// The entries found; `None` before a range was entered.
    rows: Option<Vec<AuditEntry>>,
    names: ActorNames,
    /// The address of the next page; empty on the last page.
    next: String,
    /// The latest changes of experts' days of absence within the range.
    changes: Vec<RecordedChange>,
    /// The latest acts of editors within the range.
    acts: Vec<RecordedAct>,
}

#[get("/admin/audit")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    _: Administrator,
) -> Result<HttpResponse, Problem> {
    let form = Fields::of_query(&req);
    let mut errors = FieldErrors::default();
    let is_filtered = form.pairs().next().is_some();
    let range = if is_filtered { range(&form, &mut errors) } else { None };
    let Some((from, to)) = range else {
        let page = AuditPage {
            shell,
            tabs: tabs("/admin/audit"),
            form,
            errors,
            rows: None,
            names: ActorNames::default(),
            next: String::new(),
            changes: Vec::new(),
            acts: Vec::new(),
        };
        return if page.errors.is_empty() { page::html(&page) } else { page::unprocessable(&page) };
    };
    let before = form.get("before").parse().ok();
    let (start, end) = (at_japan(from, 0, 0), at_japan(to, 24, 0));
    let mut rows = store::audit::log::events(&app.db, start, end, before, ROWS + 1).await?;
    let limit = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more).map(|it| it.id);
    let next = last.map(|id| format!("/admin/audit?from={from}&to={to}&before={id}")).unwrap_or_default();
    let (changes, acts) = match before {
        None => (
            store::audit::schedule_change::between(&app.db, start, end, ROWS).await?,
            editor_act::between(&app.db, start, end, MOST_ACTS).await?,
        ),
        Some(_) => (Vec::new(), Vec::new()),
    };
    let actors: Vec<_> = rows.iter().map(|it| it.by).collect();
    let names = store::audit::log::names(&app.db, &actors).await?;
    let tabs = tabs("/admin/audit");
    page::html(&AuditPage { shell, tabs, form, errors, rows: Some(rows), names, next, changes, acts })
}

impl AuditPage {
    /// Returns whether there may be acts of editors that the page does not show.
    fn has_more_acts(&self) -> bool {
        u64::try_from(self.acts.len()).is_ok_and(|it| it >= MOST_ACTS)
    }

    /// Returns what an act was about, in words.
    fn subject(it: &ActSubject) -> String {
        let number = it.number.map(|it| format!(" {it}")).unwrap_or_default();
        let quantity = it.quantity.map(|it| format!("（{it}件）")).unwrap_or_default();
        format!("{}{number}{quantity}", it.kind.label())
    }
}

/// Parses a range of two days and refuses a second day before the first.
fn range(form: &Fields, errors: &mut FieldErrors) -> Option<(NaiveDate, NaiveDate)> {
    const WRONG: &str = "日付は、2026-11-20のような形で入力してください";
    let day = |name: &str| hyphenated(form.get(name)).parse::<NaiveDate>().map_err(|_| WRONG);
    let (from, to) = (errors.take("from", day("from")), errors.take("to", day("to")));
    let (from, to) = (from?, to?);
    if to < from {
        errors.add("to", "終わりの日は、始まりの日以降の日付を入力してください");
        return None;
    }
    Some((from, to))
}
