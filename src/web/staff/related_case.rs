//! Cases that belong together, on the page of the company.
use actix_web::{HttpResponse, post};
use domain::text::{TextLine, optional};

use super::{case, case_tabs::View, company_merge::other_case, opened::Opened};
use crate::{
    ops::consultation::{rejoin, related_case},
    problem::Problem,
    url,
    web::kit::{form::Fields, form_state::FormState, page},
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

/// Undoes the split of which the opened case and the named one are the two parts.
#[post("/staff/consultations/{number}/rejoin")]
pub async fn undo_split(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    if let Some(other) = other_case(&open, &mut typed).await? {
        let done = rejoin::rejoin(&open.app, open.number(), other.record.number, open.me.id).await;
        if let Some(first) = typed.value(done)? {
            return Ok(page::see_other_with(url::staff(&first), "分けた案件を、もとの1つに戻しました。"));
        }
    }
    case::render(open, View::SameCompany, typed).await
}
