//! Publications: news, entries of the support guide, examples, events, telework months and notices of surveys, from the draft to the end of their period
//! (`docs/spec/around.md` §0).
//!
//! A published address never dies: a publication that was public once is archived, not deleted, and its page says so.
use chrono::{DateTime, Utc};
pub use codes::{PublicationKind, PublicationStatus, RevisionAct};

use crate::{
    id::PublicationId,
    text::{Prose, TextLine},
};
use example::picture::ExamplePicture;

pub mod campaign;
pub mod example;
pub mod gathering;
pub mod guide;
pub mod news;
pub mod search;
pub mod shipped;
pub mod survey;

/// The time in which a publication is public: from `from`, inclusive, until `until`, exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
}

/// The period ends before it begins, or at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("公開を終える日時は、公開を始める日時より後にしてください")]
pub struct EndsBeforeItBegins;

impl Period {
    pub fn new(from: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Result<Self, EndsBeforeItBegins> {
        if until.is_some_and(|it| it <= from) {
            return Err(EndsBeforeItBegins);
        }
        Ok(Self { from, until })
    }

    pub const fn from(self) -> DateTime<Utc> {
        self.from
    }

    pub const fn until(self) -> Option<DateTime<Utc>> {
        self.until
    }
}

/// The state of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicationState {
    /// Never public. Only editors, and bearers of a preview link, read it.
    Draft,
    Published(Period),
    /// Public once, and ended by an editor. Its page says that it has ended.
    Archived(Period),
}

/// The phase of a publication at an instant, as editors see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Draft,
    /// Its period has not begun.
    Scheduled,
    Current,
    /// Its period is over.
    Expired,
    Archived,
}

impl Phase {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "下書き",
            Self::Scheduled => "予約公開",
            Self::Current => "公開中",
            Self::Expired | Self::Archived => "公開終了",
        }
    }

    /// Returns whether the public page exists: it shows the text, or says that the publication has ended.
    pub const fn has_page(self) -> bool {
        match self {
            Self::Current | Self::Expired | Self::Archived => true,
            Self::Draft | Self::Scheduled => false,
        }
    }
}

impl PublicationState {
    pub const fn status(self) -> PublicationStatus {
        match self {
            Self::Draft => PublicationStatus::Draft,
            Self::Published(_) => PublicationStatus::Published,
            Self::Archived(_) => PublicationStatus::Archived,
        }
    }

    pub const fn period(self) -> Option<Period> {
        match self {
            Self::Draft => None,
            Self::Published(period) | Self::Archived(period) => Some(period),
        }
    }

    pub fn phase(self, now: DateTime<Utc>) -> Phase {
        match self {
            Self::Draft => Phase::Draft,
            Self::Published(period) if now < period.from => Phase::Scheduled,
            Self::Published(period) if period.until.is_some_and(|it| it <= now) => Phase::Expired,
            Self::Published(_) => Phase::Current,
            Self::Archived(_) => Phase::Archived,
        }
    }
}

/// The text of a publication at one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub title: TextLine,
    /// The text as CommonMark; an entry of the guide may have none.
    pub body: Option<Prose>,
    pub facts: Facts,
}

impl Content {
    /// Returns the content with the facts of another one that no form has: pictures, and the source of an entry of the guide.
    pub fn with_unwritten_of(mut self, other: &Self) -> Self {
        if let (Some(own), Some(other)) = (self.facts.pictures_mut(), other.facts.pictures()) {
            *own = other.to_vec();
        }
        if let (Facts::Guide(own), Facts::Guide(other)) = (&mut self.facts, &other.facts) {
            own.source.clone_from(&other.source);
        }
        self
    }
}

/// The facts of a publication, by its kind.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Facts {
    News(news::NewsFacts),
    Guide(guide::GuideFacts),
    Example(example::ExampleFacts),
    Gathering(gathering::GatheringFacts),
    Campaign(campaign::CampaignFacts),
    Survey(survey::SurveyFacts),
}

impl Facts {
    pub const fn kind(&self) -> PublicationKind {
        match self {
            Self::News(_) => PublicationKind::News,
            Self::Guide(_) => PublicationKind::Guide,
            Self::Example(_) => PublicationKind::Example,
            Self::Gathering(_) => PublicationKind::Gathering,
            Self::Campaign(_) => PublicationKind::Campaign,
            Self::Survey(_) => PublicationKind::Survey,
        }
    }

    /// Returns the pictures of a kind that has any; `None` for the other kinds.
    pub const fn pictures(&self) -> Option<&[ExamplePicture]> {
        match self {
            Self::Example(it) => Some(it.pictures.as_slice()),
            Self::Survey(it) => Some(it.pictures.as_slice()),
            Self::News(_) | Self::Guide(_) | Self::Gathering(_) | Self::Campaign(_) => None,
        }
    }

    /// Returns the pictures as `pictures` does, to be changed.
    pub const fn pictures_mut(&mut self) -> Option<&mut Vec<ExamplePicture>> {
        match self {
            Self::Example(it) => Some(&mut it.pictures),
            Self::Survey(it) => Some(&mut it.pictures),
            Self::News(_) | Self::Guide(_) | Self::Gathering(_) | Self::Campaign(_) => None,
        }
    }
}

/// A publication with its newest content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    pub id: PublicationId,
    /// The number in the public address, unique for the kind.
    pub number: i32,
    /// The number of the newest revision; the first is 1. Every act makes a revision.
    pub revision: i32,
    /// The revision that the public reads; `None` for a draft.
    pub public_revision: Option<i32>,
    pub state: PublicationState,
    pub content: Content,
}

/// The reason why an act on a publication was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicationRefused {
    #[error("公開したことのない下書きは、公開を終えることができません")]
    NeverPublished,
    #[error("すでに公開を終えています")]
    Over,
    #[error("種類の違う内容には変えられません")]
    OtherKind,
}

impl Publication {
    /// Creates a draft.
    pub const fn draft(id: PublicationId, number: i32, content: Content) -> Self {
        Self { id, number, revision: 1, public_revision: None, state: PublicationState::Draft, content }
    }

    pub const fn kind(&self) -> PublicationKind {
        self.content.facts.kind()
    }

    /// Returns whether the newest revision differs from the one that the public reads.
    pub fn has_unpublished_changes(&self) -> bool {
        self.public_revision.is_some_and(|it| it != self.revision)
    }

    /// Replaces the content. The public goes on reading the earlier revision until `publish`.
    pub fn edit(self, content: Content) -> Result<Self, PublicationRefused> {
        if content.facts.kind() != self.kind() {
            return Err(PublicationRefused::OtherKind);
        }
        Ok(Self { revision: self.revision + 1, content, ..self })
    }

    /// Replaces the content as `edit` does; the public reads it at once if it reads the newest revision now.
    pub fn amend(self, content: Content) -> Result<Self, PublicationRefused> {
        let reads_newest = self.public_revision == Some(self.revision);
        let after = self.edit(content)?;
        Ok(if reads_newest { Self { public_revision: Some(after.revision), ..after } } else { after })
    }

    /// Makes the newest content public for `period`, also when it was public or archived before.
    pub fn publish(self, period: Period) -> Self {
        let revision = self.revision + 1;
        Self { revision, public_revision: Some(revision), state: PublicationState::Published(period), ..self }
    }

    /// Ends the publication at `now`. One whose period has not begun becomes a draft again, because no one can have
    /// read it.
    pub fn archive(self, now: DateTime<Utc>) -> Result<Self, PublicationRefused> {
        let revision = self.revision + 1;
        match self.state {
            PublicationState::Draft => Err(PublicationRefused::NeverPublished),
            PublicationState::Archived(_) => Err(PublicationRefused::Over),
            PublicationState::Published(period) if now < period.from => {
                Ok(Self { revision, public_revision: None, state: PublicationState::Draft, ..self })
            }
            PublicationState::Published(period) => {
                Ok(Self { revision, state: PublicationState::Archived(period), ..self })
            }
        }
    }
}

#[cfg(test)]
mod tests;
