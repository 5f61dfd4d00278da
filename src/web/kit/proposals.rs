//! The publications that the pages of a consultation propose: examples of companies like its own, and entries of the guide
//! that fit it.
use domain::publication::example::{index::ExampleIndex, similar::CompanyProfile};

use super::{
    fitting_guides::{self, FittingGuide},
    form::{Choice, Fields},
    page,
    similar_examples::{self, SimilarLine},
};
use crate::{
    app::App,
    problem::Problem,
    store::{
        consultation::Record,
        publication::{examples, shelf::Shelf},
    },
};

/// The proposals for one company.
#[derive(Clone, Debug, Default)]
pub struct Proposals {
    pub similar: Vec<SimilarLine>,
    pub guides: Vec<FittingGuide>,
}

/// The publications that can be attached to a report.
#[derive(Clone, Debug, Default)]
pub struct ReportChoices {
    pub examples: Vec<Choice>,
    pub guides: Vec<Choice>,
}

/// Returns the proposals for the company of a consultation.
pub async fn of(app: &App, record: &Record) -> Result<Proposals, Problem> {
    let shelf = app.shelf_to_show().await?;
    let Some(company) = company(app, &shelf, record).await? else { return Ok(Proposals::default()) };
    Ok(Proposals {
        similar: similar_examples::lines(app, &company).await?,
        guides: fitting_guides::lines(app, &shelf, &company).await?,
    })
}

/// Returns the publications that can be attached to a report on a consultation: those that fit its company, and those that
/// the form has already.
pub async fn choices(app: &App, record: &Record, form: &Fields) -> Result<ReportChoices, Problem> {
    let shelf = app.shelf_to_show().await?;
    let Some(company) = company(app, &shelf, record).await? else { return Ok(ReportChoices::default()) };
    Ok(ReportChoices {
        examples: similar_examples::choices(app, &company, form).await?,
        guides: fitting_guides::choices(app, &shelf, &company, form).await?,
    })
}

/// Returns what is known of the company; `None` without a query if there is nothing to propose.
async fn company(app: &App, shelf: &Shelf, record: &Record) -> Result<Option<CompanyProfile>, Problem> {
    let check_days = page::settings(app).await?.guide_check_days;
    let now = app.clock.now();
    let has_guide = shelf.guide(now, check_days).next().is_some();
    if !has_guide && app.examples_to_show(ExampleIndex::is_empty).await? {
        return Ok(None);
    }
    Ok(Some(examples::profile(&app.db, record).await?))
}
