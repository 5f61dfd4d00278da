//! Kinds of data that are erased after their time, and the causes.
use crate::codes;

codes! {
    /// A kind of data that is kept for a time of its own.
    pub enum ErasedKind {
        /// The person who applied, of one consultation.
        Contact = "contact" => "連絡先",
        /// The texts of one consultation.
        Record = "record" => "相談の記録",
        /// Received mails as they came in, of all consultations and of none.
        ReceivedMail = "received_mail" => "受信したメールの原本",
        /// The words of sent mails.
        SentMail = "sent_mail" => "送信したメールの本文",
        /// Files of messages.
        Attachment = "attachment" => "添付ファイル",
    }
}

codes! {
    /// The reason for which data were erased.
    pub enum ErasureCause {
        /// Their time was over.
        Time = "time" => "保存期間の終了",
        /// The person whom they concern asked for it.
        Request = "request" => "本人の求め",
    }
}
