//! Cases that belong together, on the page of the company.
use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use domain::text::{TextLine, optional};

use super::{
    case::{FormState, View, find, render},
    company_merge::other_case,
};
use crate::{
    app::App,
    ops::consultation::related_case,
    problem::Problem,
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The longest note on why two cases belong together. Characters.
const LONGEST_NOTE: usize = 100;

#[post("/staff/consultations/{number}/related")]
pub async fn relate(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let mut typed = FormState::of(form);
    let other = other_case(&app, &mut typed).await?;
    let note = optional(typed.form.get("related_note"), |it| TextLine::parse("関係", it, LONGEST_NOTE));
    let note = typed.errors.take("related_note", note);
    if let Some((other, note)) = other.zip(note) {
        let (id, with) = (case.record.consultation.id, other.record.consultation.id);
        if typed.done(related_case::relate(&app, id, with, note.as_ref(), me.id).await)? {
            let next = format!("{}?view=same-company", crate::url::staff(&case.record.number));
            return Ok(page::see_other_with(next, "関連する案件に加えました。"));
        }
    }
    render(&app, shell, case, View::SameCompany, typed).await
}

#[post("/staff/consultations/{number}/related/remove")]
pub async fn remove(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let mut typed = FormState::of(form);
    if let Some(other) = other_case(&app, &mut typed).await? {
        let (id, with) = (case.record.consultation.id, other.record.consultation.id);
        if typed.done(related_case::separate(&app, id, with, me.id).await)? {
            let next = format!("{}?view=same-company", crate::url::staff(&case.record.number));
            return Ok(page::see_other_with(next, "案件の関連を外しました。"));
        }
    }
    render(&app, shell, case, View::SameCompany, typed).await
}
