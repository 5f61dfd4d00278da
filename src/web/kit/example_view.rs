//! An example as pages show it, for the public and for editors.
use domain::{
    publication::{
        Content, Facts,
        example::{ExampleFacts, picture::ExamplePicture},
    },
    wording::thousands,
};

use crate::{
    markup,
    store::reference::programme::{Theme, label_even_retired},
};

/// An example in words.
#[derive(Clone, Debug)]
pub struct ExampleView {
    pub title: String,
    pub facts: ExampleFacts,
    /// The labels of its themes.
    pub themes: Vec<String>,
    /// The text, as HTML.
    pub html: String,
    pub pictures: Vec<ShownPicture>,
}

/// A picture as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPicture {
    /// The address of the picture.
    pub src: String,
    pub alternative: String,
    pub width: u32,
    pub height: u32,
    pub sha256: String,
}

/// Returns pictures for a page below whose address this audience finds them.
pub fn shown_pictures(pictures: &[ExamplePicture], address: &str) -> Vec<ShownPicture> {
    let shown = |it: &ExamplePicture| ShownPicture {
        src: format!("{address}/pictures/{}", it.sha256),
        alternative: it.alternative.to_string(),
        width: it.width,
        height: it.height,
        sha256: it.sha256.clone(),
    };
    pictures.iter().map(shown).collect()
}

impl ExampleView {
    /// Returns a content as pages show it; `None` if it is no example. The pictures are below `address`.
    pub fn of(content: &Content, themes: &[Theme], address: &str) -> Option<Self> {
        let Facts::Example(facts) = &content.facts else { return None };
        let body = content.body.as_ref().map_or("", |it| it.as_str());
        let view = Self::new(content.title.as_str(), body, facts, themes);
        Some(Self { pictures: shown_pictures(&facts.pictures, address), ..view })
    }

    /// Returns an example without its pictures, for lists.
    pub fn new(title: &str, body: &str, facts: &ExampleFacts, themes: &[Theme]) -> Self {
        let themes = facts.themes.iter().map(|it| theme_label(it, themes)).collect();
        Self {
            title: title.to_owned(),
            facts: facts.clone(),
            themes,
            html: markup::html(body),
            pictures: Vec::new(),
        }
    }

    /// Returns prefecture, industry and size in one line; what is not known is left out.
    pub fn place(&self) -> String {
        let prefecture = self.facts.prefecture.map(|it| it.name().to_owned());
        let parts = [prefecture, Some(self.facts.industry.label().to_owned()), self.employees()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("・")
    }

    pub fn employees(&self) -> Option<String> {
        self.facts.employees.map(|it| format!("{}人", thousands(it)))
    }

    pub fn fields(&self) -> String {
        self.facts.fields.iter().map(|it| it.label()).collect::<Vec<_>>().join("、")
    }
}

/// Returns the label of a theme, also of one that was retired.
pub fn theme_label(code: &str, themes: &[Theme]) -> String {
    label_even_retired(themes, code).unwrap_or(code).to_owned()
}
