//! The page of what is kept for how long: the erasures ahead, the holds against them, erasure at a person's request, and the log.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    calendar::japan_date,
    number::CaseNumber,
    retention::{RetentionPart, erasure_days},
    settings::Settings,
    text::TextLine,
};
use uuid::Uuid;

use super::{Tab, tabs};
use crate::{
    app::App,
    ops::{self, retention::DueErasures},
    problem::Problem,
    store::{
        self,
        consultation::Record,
        retention::{
            due_case::{self, DueCase, ErasureExtent},
            hold::LegalHold,
            log::LoggedErasure,
        },
    },
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::Administrator,
    },
};

/// The number of cases ahead that are listed.
const LISTED: u64 = 50;
/// The number of erasures that are listed.
const LOGGED: u64 = 100;
/// The most characters of a reason.
const REASON_LENGTH: usize = 200;

#[derive(Template)]
#[template(path = "admin/retention.html")]
struct RetentionPage {
    shell: Shell,
    tabs: Vec<Tab>,
    settings: Settings,
    ahead: Vec<DueErasures>,
    /// The cases whose contact is erased next.
    cases: Vec<DueCase>,
    holds: Vec<LegalHold>,
    log: Vec<LoggedErasure>,
    form: Fields,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "admin/retention_case.html")]
struct CasePage {
    shell: Shell,
    tabs: Vec<Tab>,
    record: Record,
    extent: ErasureExtent,
    /// The days from which contact and record are erased by themselves.
    days: [Option<chrono::NaiveDate>; 2],
    errors: FieldErrors,
}

#[get("/admin/retention")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    _: Administrator,
) -> Result<HttpResponse, Problem> {
    let form = Fields::of_query(&req);
    let typed = form.get("number");
    if !typed.is_empty() {
        let mut errors = FieldErrors::default();
        return match number_of(typed, &mut errors) {
            Some(number) => Ok(page::see_other(format!("/admin/retention/{number}"))),
            None => page::unprocessable(&retention_page(&app, shell, form, errors).await?),
        };
    }
    page::html(&retention_page(&app, shell, form, FieldErrors::default()).await?)
}

#[post("/admin/retention/holds")]
pub async fn place_hold(
    app: Data<App>,
    shell: Shell,
    me: Administrator,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let number = number_of(form.get("held"), &mut errors);
    let reason = errors.take("reason", TextLine::parse("理由", form.get("reason"), REASON_LENGTH));
    let placed = match (number, &reason) {
        (Some(number), Some(reason)) => match ops::retention::place_hold(&app, number, reason, me.id).await {
            Err(Problem::NotFound) => {
                errors.add("held", "この受付番号の案件は見つかりません");
                None
            }
            done => Some(done.map(|()| number)?),
        },
        _ => None,
    };
    match placed {
        Some(number) => {
            Ok(page::see_other_with(ops::retention::PAGE, &format!("{number} の消去を停止しました。")))
        }
        None => page::unprocessable(&retention_page(&app, shell, form, errors).await?),
    }
}

#[post("/admin/retention/holds/{id}/lift")]
pub async fn lift_hold(app: Data<App>, me: Administrator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    ops::retention::lift_hold(&app, *id, me.id).await?;
    Ok(page::see_other_with(
        ops::retention::PAGE,
        "消去の停止を解除しました。保存期間が過ぎているものは、まもなく消去されます。",
    ))
}

#[get("/admin/retention/{number}")]
pub async fn case(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    page::html(&case_page(&app, shell, &number, FieldErrors::default()).await?)
}

#[post("/admin/retention/{number}/erase")]
pub async fn erase(
    app: Data<App>,
    shell: Shell,
    me: Administrator,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let part = match form.get("part") {
        "contact" => RetentionPart::Contact,
        "record" => RetentionPart::Record,
        _ => return Err(Problem::Unreadable),
    };
    if form.get("sure") != "yes" {
        let mut errors = FieldErrors::default();
        errors.add("sure", "元に戻せないことを確認し、チェックを入れてください");
        return page::unprocessable(&case_page(&app, shell, &number, errors).await?);
    }
    let number = CaseNumber::parse(&number).map_err(|_| Problem::NotFound)?;
    ops::retention::erase_at_request(&app, number, part, me.id).await?;
    let what = part.kind().label();
    Ok(page::see_other_with(
        format!("/admin/retention/{number}"),
        &format!("{number} の{what}を消去しました。"),
    ))
}

async fn retention_page(
    app: &App,
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
) -> Result<RetentionPage, Problem> {
    let now = app.clock.now();
    let settings = app.programme().await?.settings_at(now).clone();
    let ahead = ops::retention::due_erasures(&app.db, &settings, now).await?;
    let last = erasure_days(japan_date(now)).last();
    let before = last.and_then(|day| RetentionPart::Contact.due_before(&settings, day));
    let cases = match before {
        Some(before) => due_case::due_cases(&app.db, RetentionPart::Contact, before, LISTED).await?,
        None => Vec::new(),
    };
    Ok(RetentionPage {
        shell,
        tabs: tabs(ops::retention::PAGE),
        settings,
        ahead,
        cases,
        holds: store::retention::hold::open(&app.db).await?,
        log: store::retention::log::latest(&app.db, LOGGED).await?,
        form,
        errors,
    })
}

async fn case_page(app: &App, shell: Shell, number: &str, errors: FieldErrors) -> Result<CasePage, Problem> {
    let number = CaseNumber::parse(number).map_err(|_| Problem::NotFound)?;
    let record = store::consultation::by_number(&app.db, number).await?.ok_or(Problem::NotFound)?;
    let extent = due_case::extent(&app.db, record.consultation.id).await?;
    let settings = app.programme().await?.settings_at(app.clock.now()).clone();
    let days = RetentionPart::ALL.map(|it| it.erased_from(extent.ended_at, &settings));
    Ok(CasePage { shell, tabs: tabs(ops::retention::PAGE), record, extent, days, errors })
}

/// Parses the number of a case that was typed.
fn number_of(typed: &str, errors: &mut FieldErrors) -> Option<CaseNumber> {
    let parsed = CaseNumber::parse(typed.trim());
    errors.take("held", parsed.map_err(|_| "受付番号は、R08-000123のような形で入力してください"))
}
