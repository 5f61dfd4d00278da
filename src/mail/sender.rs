//! Who sends our mail: a letter in, the server's answer out.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lettre::{Message, message::Mailbox};

use super::{
    dkim::Dkim,
    message::{self, MessageParts, Unsendable},
    outgoing_mail::QueuedMail,
    transport::{SendError, Transport},
};

#[derive(Clone, Debug)]
pub struct Sender {
    pub transport: Transport,
    pub from: Mailbox,
    pub dkim: Option<Arc<Dkim>>,
}

impl Sender {
    /// Hands a mail over; `reply_to` is where its answers go, if not to the sender. What cannot be made into a message is
    /// refused: trying again would not help.
    pub async fn send(
        &self,
        mail: &QueuedMail,
        reply_to: Option<&Mailbox>,
        date: DateTime<Utc>,
    ) -> Result<String, SendError> {
        let message =
            self.message(mail, reply_to, date).map_err(|err| SendError::Refused(err.to_string()))?;
        self.transport.send(&message).await
    }

    /// The message as it would be handed over.
    pub fn message(
        &self,
        mail: &QueuedMail,
        reply_to: Option<&Mailbox>,
        date: DateTime<Utc>,
    ) -> Result<Message, Unsendable> {
        let dkim = self.dkim.as_deref();
        message::build(&MessageParts { mail, date, from: &self.from, reply_to, dkim })
    }
}
