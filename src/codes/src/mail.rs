//! Outgoing mail and received mail.
use crate::codes;

codes! {
    /// The stored state of an outgoing mail. People read `domain::correspondence::outgoing_mail::MailState`, which
    /// follows from it and from the time, the tries and the reason to hold the mail.
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
    /// The reason why the worker does not send a mail.
    pub enum HoldReason {
        /// A person keeps it back, or its reader's address is not confirmed.
        Held = "held",
        /// It is unknown whether the server took the mail.
        Unknown = "unknown",
    }
}

codes! {
    /// Something that happened to a mail.
    pub enum OutboxEvent {
        Sent = "sent",
        Deferred = "deferred",
        Refused = "refused",
        /// The mail was given to the server, or leased by a worker that is gone, and it is unknown whether it was
        /// taken.
        Unknown = "unknown",
        Suppressed = "suppressed",
        Held = "held",
        Released = "released",
        Resent = "resent",
        Cancelled = "cancelled",
    }
}

codes! {
    /// The way by which a received mail came in.
    pub enum InboundSource {
        Pipe = "pipe",
        Imap = "imap",
    }
}

codes! {
    /// The state of a received mail.
    pub enum InboundState {
        /// The mail is stored and not looked at yet.
        Stored = "stored" => "処理待ち",
        /// The mail is an entry of a consultation's thread.
        Attached = "attached" => "相談に追加済み",
        /// The mail waits for a person's decision.
        Quarantined = "quarantined" => "確認待ち",
        Discarded = "discarded" => "破棄",
        /// The mail reports that an outgoing mail did not arrive.
        Bounce = "bounce" => "不達の通知",
        /// The mail was written by a machine on a person's behalf; it is kept, and nothing more happens.
        AutoReply = "auto_reply" => "自動返信",
        /// The mail is the answer to a calendar invitation.
        Calendar = "calendar" => "予定への回答",
    }
}
