//! The examples of companies like the one of a consultation, as its pages show them, each with the reason.
use domain::publication::{
    Phase, PublicationKind,
    example::similar::{CompanyProfile, similar},
};

use super::{
    example_view::{ExampleView, theme_label},
    form::{Choice, Fields},
};
use crate::{
    app::App,
    problem::Problem,
    store::{
        publication::examples::{self, PublicExample},
        reference::programme::Theme,
    },
    url,
};

/// The number of examples on a page.
const SHOWN: usize = 3;

/// The number of examples from which an author chooses.
const TO_CHOOSE: usize = 5;

/// One example in a short list.
#[derive(Clone, Debug)]
pub struct SimilarLine {
    /// The number in the public address.
    pub number: i32,
    pub address: String,
    pub title: String,
    /// The organisation with its prefecture, industry and size.
    pub place: String,
    /// The reasons in words; empty if an author chose the example.
    pub reasons: String,
}

/// Returns the examples that are like a company.
pub async fn lines(app: &App, company: &CompanyProfile) -> Result<Vec<SimilarLine>, Problem> {
    likest(app, company, SHOWN).await
}

/// Returns the examples that can be attached to a report: those that are like the company, and those that are attached.
pub async fn choices(app: &App, company: &CompanyProfile, form: &Fields) -> Result<Vec<Choice>, Problem> {
    let mut found = likest(app, company, TO_CHOOSE).await?;
    let chosen: Vec<_> = form.all("example").filter_map(|it| it.parse().ok()).take(TO_CHOOSE).collect();
    let others: Vec<_> =
        chosen.into_iter().filter(|number| found.iter().all(|it| it.number != *number)).collect();
    found.extend(attached(app, &others).await?);
    let choice = |it: SimilarLine| {
        let reasons = if it.reasons.is_empty() { String::new() } else { format!("　{}", it.reasons) };
        Choice::new(it.number.to_string(), it.title).with_hint(format!("{}{reasons}", it.place))
    };
    Ok(found.into_iter().map(choice).collect())
}

/// Returns the examples with these numbers that are public now.
pub async fn attached(app: &App, numbers: &[i32]) -> Result<Vec<SimilarLine>, Problem> {
    let programme = app.programme_to_show().await?;
    let now = app.clock.now();
    let found = examples::of_numbers(&app.db, numbers).await?;
    let current = found.iter().filter(|it| it.state.phase(now) == Phase::Current);
    Ok(current.map(|it| line(it, String::new(), &programme.themes)).collect())
}

async fn likest(app: &App, company: &CompanyProfile, most: usize) -> Result<Vec<SimilarLine>, Problem> {
    let (now, programme) = (app.clock.now(), app.programme_to_show().await?);
    let found = app.examples_to_show(|it| similar(it, company, now, most)).await?;
    let places: Vec<_> = found.iter().map(|it| it.at).collect();
    let lines = examples::lines(&app.db, &places).await?;
    let lines = lines.iter().map(|example| {
        let reasons = found.iter().find(|it| it.at.id == example.at.id).map_or(&[][..], |it| &it.reasons);
        let words: Vec<_> =
            reasons.iter().map(|it| it.words(|code| theme_label(code, &programme.themes))).collect();
        line(example, words.join("、"), &programme.themes)
    });
    Ok(lines.collect())
}

fn line(it: &PublicExample, reasons: String, themes: &[Theme]) -> SimilarLine {
    let view = ExampleView::new(it.title.as_str(), "", &it.facts, themes);
    SimilarLine {
        number: it.at.number,
        address: url::publication(PublicationKind::Example, it.at.number),
        title: it.title.to_string(),
        place: format!("{}（{}）", it.facts.organization, view.place()),
        reasons,
    }
}
