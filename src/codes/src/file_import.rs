//! Files that people import.
use crate::{PublicationKind, codes};

codes! {
    /// The kind of the rows of an imported file.
    pub enum ImportKind {
        News = "news",
        Guide = "guide",
        Example = "cases",
        Registration = "month",
        Desk = "desk",
        /// Figures about the adoption of telework.
        Figures = "figures",
    }
}

impl ImportKind {
    /// Returns the kind of the rows as that of publications; `None` if they are none.
    pub const fn publication(self) -> Option<PublicationKind> {
        match self {
            Self::News => Some(PublicationKind::News),
            Self::Guide => Some(PublicationKind::Guide),
            Self::Example => Some(PublicationKind::Example),
            Self::Registration | Self::Desk | Self::Figures => None,
        }
    }

    /// Returns the kind of a file of such publications; `None` if they cannot be imported.
    pub const fn of_publication(kind: PublicationKind) -> Option<Self> {
        match kind {
            PublicationKind::News => Some(Self::News),
            PublicationKind::Guide => Some(Self::Guide),
            PublicationKind::Example => Some(Self::Example),
            PublicationKind::Gathering | PublicationKind::Campaign | PublicationKind::Survey => None,
        }
    }
}
