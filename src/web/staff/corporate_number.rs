//! The center's decision about a corporate number that anybody could have typed.
use actix_web::{HttpResponse, post};

use super::{case, case_tabs::View, opened::Opened};
use crate::{
    ops::intake::corporate_number,
    problem::Problem,
    web::kit::{form::Fields, form_state::FormState},
};

#[post("/staff/consultations/{number}/corporate-number")]
pub async fn decide(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let (app, id, me) = (&open.app, open.id(), open.me.id);
    let (done, flash) = match form.get("action") {
        "confirm" => (corporate_number::confirm(app, id, me).await, "法人番号を確認済みにしました。"),
        "separate" => (corporate_number::separate(app, id, me).await, "別の企業として登録しました。"),
        _ => return Err(Problem::Unreadable),
    };
    let mut typed = FormState::of(form);
    if typed.done(done)? {
        return Ok(open.back(flash));
    }
    case::render(open, View::SameCompany, typed).await
}
