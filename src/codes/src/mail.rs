//! Mail that goes out and comes in.
use crate::codes;

codes! {
    /// The stored state of an outgoing mail. People read `domain::correspondence::outgoing_mail::MailState`, which follows from it and from
    /// the time, the tries and the reason to hold the mail.
    pub enum MailStatus {
        Waiting = "waiting",
        /// A worker has leased it.
        Sending = "sending",
        Sent = "sent",
        Failed = "failed",
        /// Not to be sent.
        Suppressed = "suppressed",
    }
}

codes! {
    /// Why a mail is kept from the worker.
    pub enum HoldReason {
        /// A person keeps it back, or its reader's address is not confirmed.
        Held = "held",
        /// The server may have taken it or not.
        Unknown = "unknown",
    }
}

codes! {
    /// Something that happened to a mail.
    pub enum OutboxEvent {
        Sent = "sent",
        Deferred = "deferred",
        Refused = "refused",
        /// It was given to the server, or in the hand of a worker that is gone, and nobody knows whether it was taken.
        Unknown = "unknown",
        Suppressed = "suppressed",
        Held = "held",
        Released = "released",
        Resent = "resent",
        Cancelled = "cancelled",
    }
}

codes! {
    /// How a received mail reached us.
    pub enum InboundSource {
        Pipe = "pipe",
        Imap = "imap",
    }
}

codes! {
    /// The state of a received mail.
    pub enum InboundState {
        /// Kept, and not looked at yet.
        Stored = "stored" => "処理待ち",
        /// An entry of a consultation's thread.
        Attached = "attached" => "相談に追加済み",
        /// Waits for a person.
        Quarantined = "quarantined" => "確認待ち",
        Discarded = "discarded" => "破棄",
        /// Says that a mail of ours did not arrive.
        Bounce = "bounce" => "不達の通知",
        /// Written by a machine on somebody's behalf: kept, and nothing more.
        AutoReply = "auto_reply" => "自動返信",
        /// The answer to an invitation.
        Calendar = "calendar" => "予定への回答",
    }
}
