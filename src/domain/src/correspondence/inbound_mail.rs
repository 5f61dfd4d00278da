//! What becomes of a mail that came in: attached, answered, kept apart, or left alone.
//!
//! A case number proves nothing, and neither does a sender's address: only both a secret that we sent to that very
//! address and the sender's part in the case let a mail in. Everything else waits for a person.
mod invitation_reply;

pub use codes::InboundState;
use codes::codes;

pub use invitation_reply::{InvitationReply, InvitationReplyAction, InvitationReplyFacts, step};

codes! {
    /// Why a mail waits for a person.
    pub enum Quarantine {
        Unreadable = "unreadable",
        TooLarge = "too_large",
        /// Nothing in it names a consultation in a way that cannot be made up.
        NoCase = "no_case",
        /// It names one, but whoever wrote it has no part in it, or shows a secret that was sent to somebody else.
        Stranger = "stranger",
        /// An expert who is no longer asked.
        FormerExpert = "former_expert",
        /// The answer to an invitation that was never sent to its sender.
        ForeignInvitation = "foreign_invitation",
        UnknownBounce = "unknown_bounce",
        TooMany = "too_many",
        /// Understanding it failed again and again.
        NotUnderstood = "not_understood",
    }
}

impl Quarantine {
    /// Why, and what to do about it, for the center.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Unreadable => "メールとして読み取れない内容でした。元のメールを保存して確認してください。",
            Self::TooLarge => {
                "大きすぎるため、先頭だけを保存しました。差出人に、分けて送るよう伝えてください。"
            }
            Self::NoCase => {
                "どの相談への返信か分かりませんでした。相談を選んで追加するか、新しい相談として登録してください。"
            }
            Self::Stranger => {
                "差出人が、この相談の担当者・専門家として登録されたアドレスではありません。本人か確認してから追加してください。"
            }
            Self::FormerExpert => "担当を外れた専門家からのメールです。内容を確認してください。",
            Self::ForeignInvitation => {
                "予定への回答ですが、差出人に送った予定と一致しません。予約は変えていません。"
            }
            Self::UnknownBounce => "不達の通知のようですが、どのメールのものか分かりませんでした。",
            Self::TooMany => "同じ差出人から短い時間に多くのメールが届いたため、処理を止めました。",
            Self::NotUnderstood => {
                "処理に失敗したため、内容を反映していません。元のメールを確認してください。"
            }
        }
    }
}

codes! {
    /// Why a mail is dropped without anybody looking at it. It is kept all the same.
    pub enum Dropped {
        /// Our own mail has come back.
        OwnMail = "own_mail",
        /// The same mail, by another way.
        Duplicate = "duplicate",
    }
}

impl Dropped {
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::OwnMail => "このサービスが送ったメールが戻ってきたものです。",
            Self::Duplicate => "同じメールがすでに届いています。",
        }
    }
}

/// Mails from one sender within an hour, beyond which nothing is done any more.
pub const HOURLY: u64 = 30;

/// The part that the sender has in the consultation that the mail names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderRelation {
    /// The company, the center, or an expert who is asked or has accepted.
    Participant,
    FormerExpert,
    None,
}

/// What is known of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboundFacts {
    /// Its own Message-ID, or the mark that we put on what we send, is ours.
    pub ours: bool,
    /// The same Message-ID from the same sender is here already.
    pub duplicate: bool,
    /// It reports on a mail: a bounce or a delay.
    pub report: bool,
    /// It names a mail of ours, or came to an address that only a mail of ours has, so that its report is about that.
    pub report_known: bool,
    /// It carries the answer to an invitation.
    pub calendar: bool,
    /// A machine wrote it.
    pub automatic: bool,
    /// The same words came from the same sender a short time ago.
    pub repeated: bool,
    /// Mails of the sender in the last hour, this one not counted.
    pub lately: u64,
    /// It names a consultation by a token or a Message-ID that we sent.
    pub names_case: bool,
    pub part: SenderRelation,
}

/// What is to be done with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundDecision {
    Drop(Dropped),
    Bounce,
    /// Kept beside the consultation that it names, if it names one.
    AutoReply,
    Calendar,
    Attach,
    Quarantine(Quarantine),
}

/// Decides. What a machine wrote never does more than be kept, and what ends a loop comes before what could go on with
/// it.
pub const fn triage(it: &InboundFacts) -> InboundDecision {
    if it.ours {
        return InboundDecision::Drop(Dropped::OwnMail);
    }
    if it.report {
        return if it.report_known {
            InboundDecision::Bounce
        } else {
            InboundDecision::Quarantine(Quarantine::UnknownBounce)
        };
    }
    if it.duplicate {
        return InboundDecision::Drop(Dropped::Duplicate);
    }
    if it.lately >= HOURLY {
        return InboundDecision::Quarantine(Quarantine::TooMany);
    }
    if it.calendar && it.names_case {
        return match it.part {
            SenderRelation::Participant | SenderRelation::FormerExpert => InboundDecision::Calendar,
            SenderRelation::None => InboundDecision::Quarantine(Quarantine::ForeignInvitation),
        };
    }
    if it.calendar {
        return InboundDecision::Quarantine(Quarantine::ForeignInvitation);
    }
    if it.automatic {
        return InboundDecision::AutoReply;
    }
    if !it.names_case {
        return InboundDecision::Quarantine(Quarantine::NoCase);
    }
    match it.part {
        SenderRelation::None => InboundDecision::Quarantine(Quarantine::Stranger),
        SenderRelation::FormerExpert => InboundDecision::Quarantine(Quarantine::FormerExpert),
        SenderRelation::Participant if it.repeated => InboundDecision::AutoReply,
        SenderRelation::Participant => InboundDecision::Attach,
    }
}

/// The text of a mail from center or expert that the company must not see: it starts with `#internal`.
pub fn internal(text: &str) -> Option<&str> {
    const MARK: &str = "#internal";
    let text = text.trim_start();
    let head = text.get(..MARK.len())?;
    let rest = &text[MARK.len()..];
    let ends = rest.chars().next().is_none_or(|it| !it.is_alphanumeric());
    (head.eq_ignore_ascii_case(MARK) && ends).then(|| rest.trim())
}

#[cfg(test)]
mod tests;
