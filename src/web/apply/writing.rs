//! A draft that is being written, as every step loads it.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    booking::appointment::Appointment,
    id::{ConsultationId, DraftId},
};
use uuid::Uuid;

use super::step::Step;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, intake::draft::Draft},
    url,
    web::kit::{
        form::Fields,
        page::{self, Shell},
    },
};

pub struct Writing {
    pub draft: Draft,
    /// The appointment that is held for the draft now.
    pub held: Option<Appointment>,
    /// When the last hold ended.
    pub expired_at: Option<DateTime<Utc>>,
}

/// The page for a draft that no longer exists.
#[derive(Template)]
#[template(path = "apply/gone.html")]
struct Gone {
    shell: Shell,
}

/// Returns the draft of an address, or the answer to send instead if it has been submitted or no longer
/// exists.
pub async fn open(app: &App, shell: &Shell, id: Uuid) -> Result<Result<Writing, HttpResponse>, Problem> {
    let draft = match ops::intake::apply::draft(app, DraftId(id)).await {
        Ok(draft) => draft,
        Err(Problem::NotFound) => return gone(shell, StatusCode::NOT_FOUND).map(Err),
        Err(Problem::Expired) => return gone(shell, StatusCode::GONE).map(Err),
        Err(problem) => return Err(problem),
    };
    if draft.consultation.is_some() {
        return Ok(Err(page::see_other(done_path(draft.id))));
    }
    let held = ops::intake::apply::held(&app.db, &draft).await?;
    let now = app.clock.now();
    let expired_at = held.as_ref().filter(|it| it.has_expired(now)).and_then(Appointment::held_until);
    let held = held.filter(|it| !it.has_expired(now));
    Ok(Ok(Writing { draft, held, expired_at }))
}

/// Returns the consultation that the draft of an address has become, or the answer to send instead if the
/// draft has not been submitted.
pub async fn submitted(
    app: &App,
    shell: &Shell,
    id: Uuid,
) -> Result<Result<ConsultationId, HttpResponse>, Problem> {
    match open(app, shell, id).await? {
        Ok(writing) => Ok(Err(page::see_other(writing.first_open_step().path(writing.draft.id)))),
        Err(elsewhere) => {
            let draft = store::intake::draft::find(&app.db, DraftId(id)).await?;
            Ok(draft.and_then(|it| it.consultation).ok_or(elsewhere))
        }
    }
}

pub fn done_path(id: DraftId) -> String {
    format!("{}/done", url::draft(id))
}

pub fn saved_path(id: DraftId) -> String {
    format!("{}/saved", url::draft(id))
}

/// Returns the step from which this step was opened to change an answer, so that saving returns there.
pub fn opened_from(req: &HttpRequest) -> Option<Step> {
    let query = Fields::of_query(req);
    Step::from_code(query.get("from")).filter(|it| matches!(it, Step::Slot | Step::Confirm))
}

impl Writing {
    /// Returns the first step that is not finished, or the confirmation if all are.
    pub fn first_open_step(&self) -> Step {
        Step::ALL.into_iter().find(|it| !self.has_finished(*it)).unwrap_or(Step::Confirm)
    }

    /// Returns a redirect, with its sentence, to the step that must be finished before `step`; `None` if
    /// there is none.
    pub fn must_go_first(&self, step: Step) -> Option<HttpResponse> {
        let first = self.first_open_step();
        if first >= step {
            return None;
        }
        let path = first.path(self.draft.id);
        // The page of times explains an expired hold in its own sentence.
        let is_explained = first == Step::Slot && self.slot_has_lapsed();
        Some(if is_explained { page::see_other(path) } else { page::see_other_with(path, first.first()) })
    }

    /// Returns whether a time was chosen and is no longer held.
    pub fn slot_has_lapsed(&self) -> bool {
        self.held.is_none() && ops::intake::apply::chose_slot(&self.draft.form)
    }

    fn has_finished(&self, step: Step) -> bool {
        match step {
            Step::Topic | Step::Company | Step::Contact => step.mistakes(&self.draft.form).is_empty(),
            Step::Slot => self.held.is_some() || self.draft.form.slot == "none",
            Step::Confirm => false,
        }
    }
}

fn gone(shell: &Shell, status: StatusCode) -> Result<HttpResponse, Problem> {
    page::html_with(status, &Gone { shell: shell.clone() })
}
