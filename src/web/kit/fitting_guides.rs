//! The entries of the guide that fit the company of a consultation, as its pages show them, each with the reason.
use domain::{
    calendar::japan_date,
    publication::{
        Phase, PublicationKind,
        example::similar::CompanyProfile,
        guide::{
            GuideCondition, GuideFacts,
            proposal::{MOST_GUIDES, proposals},
        },
    },
    wording::long_date,
};

use super::{
    form::{Choice, Fields},
    page,
};
use crate::{
    app::App,
    problem::Problem,
    store::publication::{guide, shelf::Shelf},
    url,
};

/// The number of entries on a page.
const SHOWN: usize = 3;

/// One entry in a short list.
#[derive(Clone, Debug)]
pub struct FittingGuide {
    /// The number in the public address.
    pub number: i32,
    pub address: String,
    pub title: String,
    pub office: String,
    /// The day on which an editor last compared the entry with its source.
    pub checked_on: String,
    /// The reasons in words; empty if an author chose the entry, or if it has no conditions.
    pub reasons: String,
    /// The conditions that remain to be checked.
    pub open: String,
}

/// Returns the entries that fit a company.
pub async fn lines(app: &App, shelf: &Shelf, company: &CompanyProfile) -> Result<Vec<FittingGuide>, Problem> {
    fitting(app, shelf, company, SHOWN).await
}

/// Returns the entries that can be attached to a report: those that fit the company, and those that are attached.
pub async fn choices(
    app: &App,
    shelf: &Shelf,
    company: &CompanyProfile,
    form: &Fields,
) -> Result<Vec<Choice>, Problem> {
    let mut found = fitting(app, shelf, company, MOST_GUIDES).await?;
    let chosen: Vec<_> = form.all("guide").filter_map(|it| it.parse().ok()).take(MOST_GUIDES).collect();
    let others: Vec<_> =
        chosen.into_iter().filter(|number| found.iter().all(|it| it.number != *number)).collect();
    found.extend(attached(app, &others).await?);
    let choice = |it: FittingGuide| {
        let reasons = if it.reasons.is_empty() { String::new() } else { format!("　{}", it.reasons) };
        let open =
            if it.open.is_empty() { String::new() } else { format!("　確認すること：{}", it.open) };
        Choice::new(it.number.to_string(), it.title).with_hint(format!("{}{reasons}{open}", it.office))
    };
    Ok(found.into_iter().map(choice).collect())
}

/// Returns the entries with these numbers that may be shown now.
pub async fn attached(app: &App, numbers: &[i32]) -> Result<Vec<FittingGuide>, Problem> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let check_days = page::settings(app).await?.guide_check_days;
    let now = app.clock.now();
    let found = guide::of_numbers(&app.db, numbers).await?;
    let shown = found.into_iter().filter(|(it, facts)| {
        it.state.phase(now) == Phase::Current && facts.hidden(japan_date(now), check_days).is_none()
    });
    Ok(shown.map(|(it, facts)| line(it.number, it.content.title.as_str(), &facts)).collect())
}

async fn fitting(
    app: &App,
    shelf: &Shelf,
    company: &CompanyProfile,
    most: usize,
) -> Result<Vec<FittingGuide>, Problem> {
    let check_days = page::settings(app).await?.guide_check_days;
    let (now, today) = (app.clock.now(), japan_date(app.clock.now()));
    let entries = shelf.guide(now, check_days).map(|(it, facts)| ((it, facts), facts));
    let found = proposals(entries, company, today, most);
    let words = |of: &[GuideCondition]| of.iter().map(|it| it.words()).collect::<Vec<_>>().join("、");
    let lines = found.into_iter().map(|((it, facts), how)| FittingGuide {
        reasons: words(&how.met),
        open: words(&how.open),
        ..line(it.number, it.title.as_str(), facts)
    });
    Ok(lines.collect())
}

fn line(number: i32, title: &str, facts: &GuideFacts) -> FittingGuide {
    FittingGuide {
        number,
        address: url::publication(PublicationKind::Guide, number),
        title: title.to_owned(),
        office: facts.office.to_string(),
        checked_on: long_date(facts.checked_on),
        reasons: String::new(),
        open: String::new(),
    }
}
