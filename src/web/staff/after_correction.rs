//! The remarks of a corrected case's overview besides its values: the company's own words, mails that did not arrive, and
//! which of the experts and the time do not fit any more.
use domain::{
    consultation::{State, correction::CorrectedField},
    id::ConsultationId,
};

use super::case_head::Head;
use crate::{
    app::App,
    ops::consultation::correction::{fit_of, undelivered},
    problem::Problem,
    store,
};

/// Returns one sentence for each misfit; empty if no value was corrected, or if nothing is chosen.
pub async fn misfits(app: &App, head: &Head) -> Result<Vec<String>, Problem> {
    if head.case.corrections == 0 || !matches!(head.state(), State::Scheduling | State::Booked) {
        return Ok(Vec::new());
    }
    Ok(fit_of(app, &head.case.record).await?.misfits())
}

/// Returns the description before its first correction, and the number of mails that did not reach an earlier address.
pub async fn since_correction(app: &App, id: ConsultationId) -> Result<(Option<String>, usize), Problem> {
    let all = store::consultation::correction::of(&app.db, id).await?;
    let of = |field| all.iter().find(move |it| it.field == field);
    let original = of(CorrectedField::Description).and_then(|it| it.old.clone());
    let lost = match of(CorrectedField::Email) {
        Some(_) => undelivered(app, id).await?,
        None => 0,
    };
    Ok((original, lost))
}
