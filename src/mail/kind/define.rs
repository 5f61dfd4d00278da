//! The columns of the table of letters, and the macro that derives `MailKind` and `TextKind` from its rows.
use domain::correspondence::outgoing_mail::topic::NotificationTopic;

use crate::mail::text::Variable;

/// The reader for whom a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Everybody,
    Company,
    Expert,
    Center,
    Desk,
    /// A person with an account, before it can be used.
    Staff,
}

impl Reader {
    pub const ALL: [Self; 6] =
        [Self::Everybody, Self::Company, Self::Expert, Self::Center, Self::Desk, Self::Staff];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Everybody => "すべてのメール",
            Self::Company => "企業あて",
            Self::Expert => "専門家あて",
            Self::Center => "センターあて",
            Self::Desk => "一次相談窓口あて",
            Self::Staff => "利用者あて",
        }
    }
}

/// A condition of sending, without the thing that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionKind {
    AppointmentStands,
    AssignmentOffered,
    ReportMissing,
    FollowUpOpen,
    OfferStands,
    AddressConfirmed,
}

/// The calendar part of a letter about a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarUse {
    /// Puts the session into the reader's calendar, or changes it there.
    Invites,
    /// Puts it there as a proposal that the reader accepts or declines.
    Asks,
    /// Takes it out.
    Cancels,
}

/// How mails of one kind are delivered.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    pub is_waited_for: bool,
    pub keeps_hours: bool,
    pub topic: Option<NotificationTopic>,
    pub condition: Option<ConditionKind>,
    pub is_asked_for: bool,
}

impl Delivery {
    /// The delivery of a mail without which its reader cannot go on: at any hour, and again if nobody knows whether it
    /// arrived.
    pub const fn new() -> Self {
        Self { is_waited_for: true, keeps_hours: false, topic: None, condition: None, is_asked_for: false }
    }

    /// It only reminds, asks or sums up: a copy of which nobody knows whether it arrived is left for a person.
    pub const fn not_waited_for(self) -> Self {
        Self { is_waited_for: false, ..self }
    }

    /// It always waits for opening hours, for it tells of something that can wait.
    pub const fn keeps_hours(self) -> Self {
        Self { keeps_hours: true, ..self }
    }

    /// Its reader can do without it, and unsubscribes from it under this topic.
    pub const fn topic(self, topic: NotificationTopic) -> Self {
        Self { topic: Some(topic), ..self }
    }

    /// It may carry this condition, and no other. It is not sent when the condition no longer holds.
    pub const fn only_if(self, condition: ConditionKind) -> Self {
        Self { condition: Some(condition), ..self }
    }

    /// Its reader has just asked for it.
    pub const fn asked_for(self) -> Self {
        Self { is_asked_for: true, ..self }
    }
}

/// A text for one reader.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    pub reader: Reader,
    pub title: &'static str,
    pub body: &'static str,
    pub required: &'static [Variable],
    pub optional: &'static [Variable],
    pub required_in_title: &'static [Variable],
    pub label: Option<&'static str>,
    pub calendar: Option<CalendarUse>,
    pub reaches_unconfirmed: bool,
}

impl Text {
    /// A text without a calendar part that reaches confirmed addresses alone and has the label of its mail.
    pub const fn new(
        reader: Reader,
        (title, body): (&'static str, &'static str),
        required: &'static [Variable],
        optional: &'static [Variable],
    ) -> Self {
        Self {
            reader,
            title,
            body,
            required,
            optional,
            required_in_title: &[],
            label: None,
            calendar: None,
            reaches_unconfirmed: false,
        }
    }

    pub const fn labelled(self, label: &'static str) -> Self {
        Self { label: Some(label), ..self }
    }

    pub const fn title_requires(self, required_in_title: &'static [Variable]) -> Self {
        Self { required_in_title, ..self }
    }

    pub const fn invites(self) -> Self {
        Self { calendar: Some(CalendarUse::Invites), ..self }
    }

    pub const fn asks(self) -> Self {
        Self { calendar: Some(CalendarUse::Asks), ..self }
    }

    pub const fn cancels(self) -> Self {
        Self { calendar: Some(CalendarUse::Cancels), ..self }
    }

    /// It can be written to an address that nobody has confirmed, which may be a stranger's.
    pub const fn reaches_unconfirmed(self) -> Self {
        Self { reaches_unconfirmed: true, ..self }
    }
}

/// The code of a text: its own, or that of its mail.
macro_rules! text_code {
    ($mail:literal) => {
        $mail
    };
    ($mail:literal $own:literal) => {
        $own
    };
}

/// One row as a `Text`.
macro_rules! text {
    ($code:expr, $reader:ident, $title:literal, [$($required:ident)*] [$($optional:ident)*] [$($flag:ident $(($arg:expr))?)*]) => {
        Text::new(
            Reader::$reader,
            ($title, include_str!(concat!("../../../templates/mail/", $code, ".txt"))),
            &[$(Variable::$required),*],
            &[$(Variable::$optional),*],
        )$(.$flag($($arg)?))*
    };
}

/// Derives `MailKind` and `TextKind` from the rows.
macro_rules! letters {
    (
        $frame:ident = $frame_code:literal around all, $frame_title:literal,
            [$($frame_required:ident),*] [$($frame_optional:ident),*] $(, $frame_flag:ident ($frame_arg:expr))*;
        $(
            $mail:ident = $mail_code:literal, $mail_label:literal $(, $rule:ident $(($rule_arg:expr))?)* {
                $($text:ident $(= $code:literal)? to $reader:ident, $title:literal,
                    [$($required:ident),*] [$($optional:ident),*] $(, $flag:ident $(($arg:expr))?)*;)+
            }
        )+
    ) => {
        /// What a mail is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum MailKind { $($mail),+ }

        impl MailKind {
            pub const ALL: [Self; [$($mail_code),+].len()] = [$(Self::$mail),+];

            /// The name in the outbox.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$mail => $mail_code),+ }
            }

            /// The name on the page of the outbox.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$mail => $mail_label),+ }
            }

            pub(super) const fn delivery(self) -> Delivery {
                match self { $(Self::$mail => Delivery::new()$(.$rule($($rule_arg)?))*),+ }
            }
        }

        /// A text: what is said for one cause to one kind of reader, or around all of that.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TextKind { $frame, $($($text),+),+ }

        impl TextKind {
            pub const ALL: [Self; [$frame_code, $($($title),+),+].len()] = [Self::$frame, $($(Self::$text),+),+];

            /// The name in addresses, in the table of an administrator's versions, and of the file in
            /// `templates/mail`.
            pub const fn code(self) -> &'static str {
                match self {
                    Self::$frame => $frame_code,
                    $($(Self::$text => text_code!($mail_code $($code)?)),+),+
                }
            }

            /// The kind of mail that has this text; none for the frame, which every mail has.
            pub(in crate::mail) const fn mail(self) -> Option<MailKind> {
                match self {
                    Self::$frame => None,
                    $($(Self::$text => Some(MailKind::$mail)),+),+
                }
            }

            pub(super) const fn text(self) -> Text {
                match self {
                    Self::$frame => text!(
                        $frame_code, Everybody, $frame_title,
                        [$($frame_required)*] [$($frame_optional)*] [$($frame_flag ($frame_arg))*]
                    ),
                    $($(Self::$text => text!(
                        text_code!($mail_code $($code)?), $reader, $title,
                        [$($required)*] [$($optional)*] [$($flag $(($arg))?)*]
                    )),+),+
                }
            }
        }
    };
}
