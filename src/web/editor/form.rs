//! The form of a publication: the fields of all kinds, and those of its own.
use chrono::NaiveDate;
use domain::{
    publication::{Content, Facts, PublicationKind},
    text::{Prose, TextLine, optional},
};

use super::{campaign_form, example_form, gathering_form, guide_form, news_form, survey_form};
use crate::{
    markup,
    store::reference::programme::Theme,
    web::kit::form::{FieldErrors, Fields},
};

/// The length of the longest title and text, in characters.
const LONGEST_TITLE: usize = 100;
const LONGEST_BODY: usize = 20_000;

/// Returns the form filled with a content.
pub fn fill(content: &Content) -> Fields {
    let mut form = Fields::default();
    form.add("title", content.title.as_str());
    form.add("body", content.body.as_ref().map_or("", |it| it.as_str()));
    match &content.facts {
        Facts::News(it) => news_form::fill(it, &mut form),
        Facts::Guide(it) => guide_form::fill(it, &mut form),
        Facts::Example(it) => example_form::fill(it, &mut form),
        Facts::Gathering(it) => gathering_form::fill(it, &mut form),
        Facts::Campaign(it) => campaign_form::fill(it, &mut form),
        Facts::Survey(it) => survey_form::fill(it, &mut form),
    }
    form
}

/// Parses the typed content; `None` if a field is wrong.
pub fn parse(
    kind: PublicationKind,
    form: &Fields,
    themes: &[Theme],
    today: NaiveDate,
    errors: &mut FieldErrors,
) -> Option<Content> {
    let title = errors.take("title", TextLine::parse("見出し", form.get("title"), LONGEST_TITLE));
    let body = match kind {
        PublicationKind::News | PublicationKind::Gathering | PublicationKind::Campaign => {
            errors.take("body", Prose::parse("本文", form.get("body"), LONGEST_BODY)).map(Some)
        }
        PublicationKind::Guide | PublicationKind::Example | PublicationKind::Survey => {
            errors.take("body", optional(form.get("body"), |it| Prose::parse("本文", it, LONGEST_BODY)))
        }
    };
    if let Some(fault) = markup::faults(form.get("body")).first() {
        errors.add("body", fault.to_string());
    }
    let facts = match kind {
        PublicationKind::News => news_form::parse(form, errors).map(Facts::News),
        PublicationKind::Guide => guide_form::parse(form, today, errors).map(Facts::Guide),
        PublicationKind::Example => example_form::parse(form, themes, today, errors).map(Facts::Example),
        PublicationKind::Gathering => gathering_form::parse(form, errors).map(Facts::Gathering),
        PublicationKind::Campaign => campaign_form::parse(form, errors).map(Facts::Campaign),
        PublicationKind::Survey => survey_form::parse(form, errors).map(Facts::Survey),
    };
    let content = Content { title: title?, body: body?, facts: facts? };
    errors.is_empty().then_some(content)
}
