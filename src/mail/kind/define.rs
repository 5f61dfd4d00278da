//! Defines the columns of the table of mails, and the macro that derives `MailKind` and `TextKind` from its
//! rows.
use domain::correspondence::outgoing_mail::topic::NotificationTopic;

use crate::mail::text::Variable;

codes::codes! {
    /// The reader for whom a text is written.
    pub enum Reader {
        Everybody = "everybody" => "すべてのメール",
        Company = "company" => "企業あて",
        Expert = "expert" => "専門家あて",
        Center = "center" => "センターあて",
        Desk = "desk" => "一次相談窓口あて",
        /// A person with an account, before it can be used.
        Staff = "staff" => "利用者あて",
        /// A person who signs up for an event of the programme.
        Participant = "participant" => "イベントの参加者あて",
        /// A person who registers for a telework month.
        Registrant = "registrant" => "テレワーク月間の登録者あて",
        /// A company of the network that answers questions, or a person who asks it.
        Network = "network" => "推進企業と質問した方あて",
    }
}

/// The kind of a condition for sending, without the appointment, assignment or other row that it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionKind {
    AppointmentStands,
    AssignmentOffered,
    ReportMissing,
    FollowUpOpen,
    OfferStands,
    AddressConfirmed,
    HoldStands,
    SilenceLasts,
    ExpertAway,
    ExampleWaits,
    SeatStands,
    OptInStands,
    SurveyOpen,
    DeskEntryOpen,
    QuestionWaits,
}

/// The part of a mail in proving the address of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressUse {
    /// It is the first mail to an address, and its link proves the address.
    Proves,
    /// It reminds of something else, and its link proves the address too.
    ProvesBesides,
    /// It asks that a corrected address be proved.
    ProvesCorrected,
    /// It tells the earlier address of the correction.
    TellsEarlier,
}

/// The entry of a thread that a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryUse {
    /// The mail says that there is an entry, without its words.
    Announces,
    /// The mail has the words of the entry.
    Quotes,
}

/// The calendar part of a mail about an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarUse {
    /// Puts the appointment into the reader's calendar, or changes it there.
    Invites,
    /// Puts the appointment into the reader's calendar as a proposal to accept or decline.
    Asks,
    /// Removes the appointment from the reader's calendar.
    Cancels,
}

/// The delivery of mails of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    pub is_waited_for: bool,
    pub keeps_hours: bool,
    pub topic: Option<NotificationTopic>,
    pub condition: Option<ConditionKind>,
    pub is_asked_for: bool,
    pub is_of_account: bool,
    pub address: Option<AddressUse>,
    pub entry: Option<EntryUse>,
    pub outlasts_case: bool,
    pub needs_meeting_link: bool,
}

impl Delivery {
    /// Creates the delivery of a mail without which its reader cannot go on. It is sent at any hour, and it
    /// is sent again if the outcome of a try is unknown.
    pub const fn new() -> Self {
        Self {
            is_waited_for: true,
            keeps_hours: false,
            topic: None,
            condition: None,
            is_asked_for: false,
            is_of_account: false,
            address: None,
            entry: None,
            outlasts_case: false,
            needs_meeting_link: false,
        }
    }

    /// Marks a mail that only reminds, asks or sums up. If the outcome of a try is unknown, a person decides
    /// about sending it again.
    pub const fn not_waited_for(self) -> Self {
        Self { is_waited_for: false, ..self }
    }

    /// Makes the mail wait for opening hours, because it is not urgent.
    pub const fn keeps_hours(self) -> Self {
        Self { keeps_hours: true, ..self }
    }

    /// Sets the topic under which its reader can unsubscribe from the mail.
    pub const fn topic(self, topic: NotificationTopic) -> Self {
        Self { topic: Some(topic), ..self }
    }

    /// Sets the only condition that the mail may carry. The mail is not sent if the condition no longer
    /// holds.
    pub const fn only_if(self, condition: ConditionKind) -> Self {
        Self { condition: Some(condition), ..self }
    }

    /// Marks a mail for which its reader has just asked.
    pub const fn asked_for(self) -> Self {
        Self { is_asked_for: true, ..self }
    }

    /// Marks a mail about an account, whose link is made anew on the account's page.
    pub const fn of_account(self) -> Self {
        Self { is_of_account: true, ..self }
    }

    /// Sets the part that the mail has in proving the address of a contact.
    pub const fn address(self, address: AddressUse) -> Self {
        Self { address: Some(address), ..self }
    }

    /// Marks a mail about an entry of a thread.
    pub const fn entry(self, entry: EntryUse) -> Self {
        Self { entry: Some(entry), ..self }
    }

    /// Marks a mail that is due although its case has ended.
    pub const fn outlasts_case(self) -> Self {
        Self { outlasts_case: true, ..self }
    }

    /// Marks a mail that leads to the meeting link of an event, and is not sent without one.
    pub const fn needs_meeting_link(self) -> Self {
        Self { needs_meeting_link: true, ..self }
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
    pub tells_of_report: bool,
    pub told_to_a_stranger: bool,
    pub is_for_asked: bool,
}

impl Text {
    /// Creates a text without a calendar part that is sent only to confirmed addresses and has the label of
    /// its mail.
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
            tells_of_report: false,
            told_to_a_stranger: false,
            is_for_asked: false,
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

    /// Allows sending the text to an unconfirmed address, which may be a stranger's.
    pub const fn reaches_unconfirmed(self) -> Self {
        Self { reaches_unconfirmed: true, ..self }
    }

    /// Marks a text that tells its reader, an expert, of a report that is due besides.
    pub const fn tells_of_report(self) -> Self {
        Self { tells_of_report: true, ..self }
    }

    /// Marks a text to the center or an expert of whose news the company reads in a text that can be sent to an unconfirmed
    /// address.
    pub const fn told_to_a_stranger(self) -> Self {
        Self { told_to_a_stranger: true, ..self }
    }

    /// Marks a text to an expert who was asked and has not accepted, or is let go.
    pub const fn for_asked(self) -> Self {
        Self { is_for_asked: true, ..self }
    }
}

/// Expands to the code of a text: its own, or that of its mail.
macro_rules! text_code {
    ($mail:literal) => {
        $mail
    };
    ($mail:literal $own:literal) => {
        $own
    };
}

/// Expands to one row as a `Text`.
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
macro_rules! mails {
    ({ $($rows:tt)* }) => { mails! { $($rows)* } };
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
        codes::codes! {
            /// The purpose of a mail, with its code in the outbox and its label on the page of the outbox.
            pub enum MailKind { $($mail = $mail_code => $mail_label,)+ }
        }

        impl MailKind {
            pub(super) const fn delivery(self) -> Delivery {
                match self { $(Self::$mail => Delivery::new()$(.$rule($($rule_arg)?))*),+ }
            }
        }

        /// The text for one cause and one kind of reader, or the frame around all texts.
        ///
        /// `codes!` takes the code of each value as a literal. The code of a text is usually that of its mail, which
        /// `text_code!` chooses, and no macro can hand its choice to another one as a literal: each row would have to
        /// repeat the code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TextKind { $frame, $($($text),+),+ }

        impl TextKind {
            pub const ALL: [Self; [$frame_code, $($($title),+),+].len()] = [Self::$frame, $($(Self::$text),+),+];

            /// Returns the name in addresses of pages, in the table of the administrator's versions, and of
            /// the file in `templates/mail`.
            pub const fn code(self) -> &'static str {
                match self {
                    Self::$frame => $frame_code,
                    $($(Self::$text => text_code!($mail_code $($code)?)),+),+
                }
            }

            /// Returns the kind of mail that has this text, or `None` for the frame, which every mail has.
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
