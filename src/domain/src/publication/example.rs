//! Examples: what companies and other bodies did about telework, and the awards that some of them won
//! (`docs/spec/around.md` §4).
use chrono::{DateTime, Utc};
pub use codes::{CompanySize, Field, Industry};
use serde::{Deserialize, Serialize};

use super::news::WebAddress;
use crate::{
    id::PublicationId,
    prefecture::Prefecture,
    text::{Prose, TextLine},
};

pub mod award;
pub mod consent;
pub mod draft;
pub mod index;
pub mod picture;
mod posting;
pub mod similar;
pub mod winner;

/// The facts of an example beside its title and text. `None`: the source does not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleFacts {
    pub organization: TextLine,
    /// `None` also for a body that works in several prefectures.
    pub prefecture: Option<Prefecture>,
    pub industry: Industry,
    pub employees: Option<u32>,
    /// Codes of themes. A retired theme stays in the examples that have it.
    pub themes: Vec<String>,
    pub fields: Vec<Field>,
    /// The measures in one sentence, for lists.
    pub summary: TextLine,
    /// One effect in a few words, with its number.
    pub key_effect: Option<TextLine>,
    pub before: Option<Prose>,
    pub measures: Prose,
    pub effects: Option<Prose>,
    pub quotation: Option<TextLine>,
    /// The function of the person who is quoted. Names of persons are not asked for.
    pub quoted: Option<TextLine>,
    /// The calendar year of the example, or of its award.
    pub year: i32,
    /// The name of the award that it won.
    pub award: Option<TextLine>,
    /// The page or PDF that says more.
    pub link: Option<WebAddress>,
    /// The origin of the facts.
    pub source: TextLine,
    /// In the order in which pages show them.
    #[serde(default)]
    pub pictures: Vec<picture::ExamplePicture>,
}

impl ExampleFacts {
    pub fn size(&self) -> Option<CompanySize> {
        self.employees.map(CompanySize::of)
    }

    /// Returns everything that the search reads, one part a line. `title` and `body` are those of the publication, and
    /// `labels` names the themes.
    pub fn searched_text(&self, title: &str, body: Option<&str>, labels: &[&str]) -> String {
        let prose = |it: &Option<Prose>| it.as_ref().map_or(String::new(), |it| it.as_str().to_owned());
        let line = |it: &Option<TextLine>| it.as_ref().map_or(String::new(), |it| it.as_str().to_owned());
        let mut parts = vec![
            title.to_owned(),
            self.organization.to_string(),
            self.prefecture.map_or("", Prefecture::name).to_owned(),
            self.industry.label().to_owned(),
            self.summary.to_string(),
            line(&self.key_effect),
            prose(&self.before),
            self.measures.to_string(),
            prose(&self.effects),
            line(&self.quotation),
            line(&self.award),
            body.unwrap_or_default().to_owned(),
        ];
        parts.extend(labels.iter().map(|it| (*it).to_owned()));
        parts.retain(|it| !it.is_empty());
        parts.join("\n")
    }
}

/// An example as the public finds it: its place, and the facts by which it is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExampleRef {
    pub id: PublicationId,
    /// The number in the public address.
    pub number: i32,
    /// The revision that the public reads.
    pub revision: i32,
    pub from: DateTime<Utc>,
}
