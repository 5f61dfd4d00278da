//! The center's decision about a corporate number that anybody could have typed.
use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};

use super::case::{FormState, View, find, render};
use crate::{
    app::App,
    ops::intake::corporate_number,
    problem::Problem,
    url,
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[post("/staff/consultations/{number}/corporate-number")]
pub async fn decide(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let id = case.record.consultation.id;
    let (outcome, told) = match form.get("do") {
        "confirm" => (corporate_number::confirm(&app, id, me.id).await, "法人番号を確認済みにしました。"),
        "separate" => (corporate_number::separate(&app, id, me.id).await, "別の企業として登録しました。"),
        _ => return Err(Problem::Unreadable),
    };
    let mut typed = FormState::of(form);
    if typed.done(outcome)? {
        return Ok(page::see_other_with(url::staff(&case.record.number), told));
    }
    render(&app, shell, case, View::SameCompany, typed).await
}
