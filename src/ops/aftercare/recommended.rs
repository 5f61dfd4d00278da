//! The publications that a report recommends, as its mail names them: those that are public when the report is approved.
use chrono::NaiveDate;
use domain::{
    aftercare::report::ReportBody,
    calendar::japan_date,
    publication::{Phase, PublicationKind},
    wording::long_date,
};

use crate::{
    mail::mail_event::Recommended, ops::case::transaction::CaseTransaction, problem::Problem,
    store::publication, url,
};

/// The lines of a mail.
#[derive(Clone, Debug, Default)]
pub(in crate::ops) struct RecommendedLines {
    examples: Vec<String>,
    guides: Vec<String>,
}

impl RecommendedLines {
    pub(in crate::ops) fn as_event(&self) -> Recommended<'_> {
        Recommended { examples: &self.examples, guides: &self.guides }
    }
}

/// Returns the publications of a report that are public, each with its address.
pub(in crate::ops) async fn lines(
    work: &CaseTransaction<'_>,
    body: &ReportBody,
) -> Result<RecommendedLines, Problem> {
    let (now, site) = (work.now(), &work.app.site);
    let address = |kind, number| site.absolute(&url::publication(kind, number));
    let examples = publication::examples::of_numbers(work.read(), &body.examples).await?;
    let examples = examples.iter().filter(|it| it.state.phase(now) == Phase::Current).map(|it| {
        format!(
            "{}（{}）\n　{}",
            it.title,
            it.facts.organization,
            address(PublicationKind::Example, it.at.number)
        )
    });
    let (today, check_days) = (japan_date(now), work.context.settings.guide_check_days);
    let guides = publication::guide::of_numbers(work.read(), &body.guides).await?;
    let is_shown = |it: &domain::publication::Publication, facts: &domain::publication::guide::GuideFacts| {
        it.state.phase(now) == Phase::Current && facts.hidden(today, check_days).is_none()
    };
    let guides = guides.iter().filter(|(it, facts)| is_shown(it, facts)).map(|(it, facts)| {
        let address = address(PublicationKind::Guide, it.number);
        guide_line(it.content.title.as_str(), facts.office.as_str(), &address, facts.checked_on)
    });
    Ok(RecommendedLines { examples: examples.collect(), guides: guides.collect() })
}

/// Returns an entry of the guide as a mail names it, with the warning that it may have changed since its check.
pub(in crate::ops) fn guide_line(title: &str, office: &str, address: &str, checked_on: NaiveDate) -> String {
    format!(
        "{title}（{office}）\n　{address}\n　内容は変わることがあります。確認日：{}",
        long_date(checked_on)
    )
}
