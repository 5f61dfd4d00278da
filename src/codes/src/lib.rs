//! Closed sets of values that have a code: the text under which columns, forms, addresses and exports know a value.
//!
//! The sets that are stored in columns are defined here, because `entity` types its columns by them and `domain`
//! decides with them, and neither of these crates knows the other. A stored code never changes: histories are hashed
//! with it.
mod account;
mod adoption;
mod appointment;
mod calendar;
mod campaign;
mod company;
mod consultation;
mod correction;
mod desk;
mod file_import;
mod follow_up;
mod gathering;
mod job;
mod mail;
mod message;
mod network;
mod publication;
mod retention;
mod survey;

pub use account::{LinkPurpose, Party, Role};
pub use adoption::{AdoptionDimension, SurveyStage};
pub use appointment::{
    AppointmentMode, AppointmentOutcome, AppointmentStatus, AssignmentStatus, ReportGap, ReportStatus,
    WaitingEndReason, WaitingOfferState,
};
pub use calendar::{CalendarEntryStatus, CalendarKind, ExceptionKind};
pub use campaign::{RegistrantKind, RegistrationStatus};
pub use company::{Industry, Organization, TeleworkStatus};
pub use consultation::{
    ActionKind, ConsultationStatus, DueKind, Field, Mode, Origin, SilenceKind, Turn, UnfulfilledReason,
};
pub use correction::CorrectedField;
pub use desk::{DeskChannel, DeskEntryStatus};
pub use file_import::ImportKind;
pub use follow_up::{FollowUpKind, FollowUpStatus};
pub use gathering::{GatheringKind, NextStep, SeatKind, SignUpStatus, Usefulness};
pub use job::Job;
pub use mail::{
    CalendarMethod, Dropped, HoldReason, InboundReason, InboundSource, InboundState, MailStatus,
    NotificationTopic, OutboxEvent, Quarantine,
};
pub use message::{Channel, Trust};
pub use network::{MentorStatus, NetworkQuestionStatus, NetworkSide, QuestionReturn};
pub use publication::{
    CompanySize, EditorAct, ExampleConsentStatus, GuideKind, GuidePurpose, NewsCategory, PictureFormat,
    PublicationKind, PublicationStatus, RevisionAct,
};
pub use retention::{ErasedKind, ErasureCause};
pub use survey::{DoubtStatus, SurveyAccess, SurveyChannel, SurveyResponseStatus};

/// A value that has a code.
pub trait Code: Copy + Eq + std::fmt::Debug + Send + Sync + 'static {
    fn code(self) -> &'static str;

    /// Returns the value with this code; `None` if the code is unknown.
    fn from_code(code: &str) -> Option<Self>;
}

/// A column that is never null holds an empty text if there is no value.
impl<T: Code> Code for Option<T> {
    fn code(self) -> &'static str {
        self.map_or("", T::code)
    }

    fn from_code(code: &str) -> Option<Self> {
        if code.is_empty() { Some(None) } else { T::from_code(code).map(Some) }
    }
}

/// Defines an enum whose values have codes: `Value = "code"`, or `Value = "code" => "label"` if people read it.
///
/// Generates `ALL` in the order of the definition, `code`, `from_code`, `label`, `Display` (which writes the code),
/// [`Code`] and serde by the code. The crate that uses it depends on serde.
#[macro_export]
macro_rules! codes {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $($(#[$case_meta:meta])* $case:ident = $code:literal => $label:literal,)+ }
    ) => {
        $crate::codes! {
            $(#[$meta])*
            $vis enum $name { $($(#[$case_meta])* $case = $code,)+ }
        }

        impl $name {
            /// Returns the words for people.
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$case => $label,)+
                }
            }
        }
    };
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $($(#[$case_meta:meta])* $case:ident = $code:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize,
        )]
        $vis enum $name {
            $($(#[$case_meta])* #[serde(rename = $code)] $case,)+
        }

        impl $name {
            /// All values, in the order in which they are shown.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$case),+];

            /// Returns the name in columns, forms, addresses and exports.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$case => $code,)+
                }
            }

            /// Returns the value with this code; `None` if the code is unknown.
            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$case),)+
                    _ => None,
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.code())
            }
        }

        impl $crate::Code for $name {
            fn code(self) -> &'static str {
                self.code()
            }

            fn from_code(code: &str) -> Option<Self> {
                Self::from_code(code)
            }
        }
    };
}

#[cfg(test)]
mod tests;
