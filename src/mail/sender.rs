//! Who sends our mail: a letter in, the server's answer out.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lettre::message::Mailbox;

use super::{
    dkim::Dkim,
    letter::Letter,
    message::{self, Outgoing},
    transport::{SendError, Transport},
};

#[derive(Clone, Debug)]
pub struct Sender {
    pub transport: Transport,
    pub from: Mailbox,
    pub dkim: Option<Arc<Dkim>>,
}

impl Sender {
    /// Hands a letter over; `reply_to` is where its answers go, if not to the sender. A letter that cannot be made into a message is refused: trying again would not help.
    pub async fn send(
        &self,
        letter: &Letter,
        message_id: &str,
        date: DateTime<Utc>,
        reply_to: Option<&Mailbox>,
    ) -> Result<String, SendError> {
        let outgoing =
            Outgoing { letter, message_id, date, from: &self.from, reply_to, dkim: self.dkim.as_deref() };
        let message = message::build(&outgoing).map_err(|err| SendError::Refused(err.to_string()))?;
        self.transport.send(&message).await
    }
}
