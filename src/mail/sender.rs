//! Sends mail: it takes a queued mail and returns the server's answer.
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
    /// Sends a mail. `reply_to` is the address for its answers, if it is not the sender. A mail that cannot
    /// be made into a message is refused, because trying again would not help.
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

    /// Returns the message as it would be sent.
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
