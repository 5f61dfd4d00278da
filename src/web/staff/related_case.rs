//! Cases that belong together, on the page of the company.
use actix_web::{HttpResponse, post};
use domain::text::{TextLine, optional};

use super::{case, case_tabs::View, company_merge::other_case, opened::Opened};
use crate::{
    ops::consultation::related_case,
    problem::Problem,
    web::kit::{form::Fields, form_state::FormState},
};

/// The longest note on why two cases belong together. Characters.
const LONGEST_NOTE: usize = 100;

#[post("/staff/consultations/{number}/related")]
pub async fn relate(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let other = other_case(&open, &mut typed).await?;
    let note = optional(typed.form.get("related_note"), |it| TextLine::parse("関係", it, LONGEST_NOTE));
    let note = typed.errors.take("related_note", note);
    if let Some((other, note)) = other.zip(note) {
        let with = other.record.consultation.id;
        if typed.done(related_case::relate(&open.app, open.id(), with, note.as_ref(), open.me.id).await)? {
            return Ok(open.back_to(View::SameCompany, "関連する案件に加えました。"));
        }
    }
    case::render(open, View::SameCompany, typed).await
}

#[post("/staff/consultations/{number}/related/remove")]
pub async fn remove(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    if let Some(other) = other_case(&open, &mut typed).await? {
        let with = other.record.consultation.id;
        if typed.done(related_case::separate(&open.app, open.id(), with, open.me.id).await)? {
            return Ok(open.back_to(View::SameCompany, "案件の関連を外しました。"));
        }
    }
    case::render(open, View::SameCompany, typed).await
}
