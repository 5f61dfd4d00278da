//! Outgoing mail and received mail.
use crate::{Code, codes};

codes! {
    /// Mails that a person can opt out of. The codes stand in page addresses and database rows.
    pub enum NotificationTopic {
        /// The list of new and late items at the center, every business day.
        DailyDigest = "daily_digest" => "対応が必要な案件のお知らせ",
        /// The week of an expert: appointments, requests, reports.
        WeeklyDigest = "weekly_digest" => "今週の予定のお知らせ",
        /// The reminder on the business day before an appointment.
        AppointmentReminder = "session_reminder" => "相談の前営業日のお知らせ",
        /// The reminder before a request lapses.
        RequestReminder = "request_reminder" => "回答期限のお知らせ",
        /// The notice of a new message in a thread.
        NewMessage = "new_message" => "新しいメッセージのお知らせ",
    }
}

codes! {
    /// The method of an iCalendar object (RFC 5546).
    pub enum CalendarMethod {
        Request = "REQUEST",
        Cancel = "CANCEL",
    }
}

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

codes! {
    /// The reason for which a received mail waits for a person, with what to do about it.
    pub enum Quarantine {
        Unreadable = "unreadable" => "メールとして読み取れない内容でした。元のメールを保存して確認してください。",
        TooLarge = "too_large" => "大きすぎるため、先頭だけを保存しました。差出人に、分けて送るよう伝えてください。",
        /// The mail names no consultation in a way that cannot be forged.
        NoCase = "no_case" => "どの相談への返信か分かりませんでした。相談を選んで追加するか、新しい相談として登録してください。",
        /// The mail names a consultation, but its sender does not take part in it, or it holds a secret that
        /// was sent to another address.
        Stranger = "stranger" => "差出人が、この相談の担当者・専門家として登録されたアドレスではありません。本人か確認してから追加してください。",
        /// The sender is an expert who is no longer asked.
        FormerExpert = "former_expert" => "担当を外れた専門家からのメールです。内容を確認してください。",
        /// The mail replies to an invitation that was never sent to its sender.
        ForeignInvitation = "foreign_invitation" => "予定への回答ですが、差出人に送った予定と一致しません。予約は変えていません。",
        UnknownBounce = "unknown_bounce" => "不達の通知のようですが、どのメールのものか分かりませんでした。",
        TooMany = "too_many" => "同じ差出人から短い時間に多くのメールが届いたため、処理を止めました。",
        /// Processing the mail failed repeatedly.
        NotUnderstood = "not_understood" => "処理に失敗したため、内容を反映していません。元のメールを確認してください。",
    }
}

codes! {
    /// The reason for which a received mail is dropped without review. The mail is stored all the same.
    pub enum Dropped {
        /// The mail is one of our own that came back.
        OwnMail = "own_mail" => "このサービスが送ったメールが戻ってきたものです。",
        /// The same mail has already arrived by another way.
        Duplicate = "duplicate" => "同じメールがすでに届いています。",
    }
}

/// The reason for which a received mail was put into quarantine or dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundReason {
    Quarantine(Quarantine),
    Dropped(Dropped),
}

impl InboundReason {
    /// Returns the words for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quarantine(it) => it.label(),
            Self::Dropped(it) => it.label(),
        }
    }
}

impl Code for InboundReason {
    fn code(self) -> &'static str {
        match self {
            Self::Quarantine(it) => it.code(),
            Self::Dropped(it) => it.code(),
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        let quarantined = Quarantine::from_code(code).map(Self::Quarantine);
        quarantined.or_else(|| Dropped::from_code(code).map(Self::Dropped))
    }
}
