//! The choices of the application form.
use codes::Code;
pub use codes::{Industry, Mode, Organization, TeleworkStatus};

/// The error for no choice, or for a code that is not among the choices. It holds the field's name on the
/// page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}を選択してください")]
pub struct NotChosen(pub &'static str);

/// A set of values of which the form asks for one.
pub trait Choice: Code {
    /// The field's name on the page.
    const FIELD: &'static str;

    /// Returns the value with this code, or an error if nothing was chosen.
    fn parse(code: &str) -> Result<Self, NotChosen> {
        Self::from_code(code.trim()).ok_or(NotChosen(Self::FIELD))
    }
}

impl Choice for Industry {
    const FIELD: &'static str = "業種";
}

impl Choice for Organization {
    const FIELD: &'static str = "組織区分";
}

impl Choice for TeleworkStatus {
    const FIELD: &'static str = "テレワーク導入状況";
}

impl Choice for Mode {
    const FIELD: &'static str = "実施方法";
}
