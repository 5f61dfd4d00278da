//! Sends messages in one of several ways. It is an enum, not a trait, because the set is closed and known
//! here.
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use domain::correspondence::outgoing_mail::SendFailure;
use lettre::Message;

mod folder;
mod smtp;

pub use smtp::Smtp;
pub(super) use smtp::decoded;

#[derive(Clone, Debug)]
pub enum Transport {
    Smtp(Smtp),
    /// Writes each message as an `.eml` file.
    Folder(PathBuf),
    Memory(Memory),
}

/// A transport that keeps messages in memory, for tests. Clones share their messages.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    messages: Vec<Vec<u8>>,
    failure: Option<SendError>,
}

/// The reason why a message was not accepted, with the text of the reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server will never take this message for this recipient.
    #[error("refused: {0}")]
    Refused(String),
    /// The server will never take this message because there is no such recipient.
    #[error("refused: {0}")]
    NoSuchAddress(String),
    /// The server does not have it, and another attempt may succeed.
    #[error("deferred: {1}")]
    Deferred(SendFailure, String),
    /// The message was sent, and no answer came: the server may or may not have it.
    #[error("unknown: {0}")]
    Unknown(String),
}

/// The options that an operator can set for the connection to the server.
#[derive(Clone, Copy, Debug, Default)]
pub struct SmtpOptions {
    /// Whether connections to other machines may go without TLS.
    pub plaintext: bool,
}

/// The reason why `SMTP_URL` is not valid. It does not repeat the address, which may contain a password.
#[derive(Debug, thiserror::Error)]
pub enum BadSmtpUrl {
    #[error(
        "expected smtp://user:password@host:port, smtps://… or smtp+starttls://…, signs in it percent-encoded"
    )]
    Malformed,
    #[error("TLS cannot be set up: {0}")]
    StartTls(#[from] lettre::transport::smtp::Error),
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
}

impl Transport {
    /// Creates the transport for `SMTP_URL`, or for the folder if there is none.
    pub fn from_settings(
        smtp_url: Option<&str>,
        folder: &Path,
        options: SmtpOptions,
    ) -> Result<Self, BadSmtpUrl> {
        smtp_url
            .map_or_else(|| Ok(Self::Folder(folder.to_owned())), |it| Smtp::new(it, options).map(Self::Smtp))
    }

    /// Sends the message and returns the server's answer.
    pub async fn send(&self, message: &Message) -> Result<String, SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Folder(folder) => folder::write(folder, message).await,
            Self::Memory(memory) => memory.take(message),
        }
    }

    /// Closes connections that have been idle for a while; with `for_good`, closes all of them.
    pub async fn close_idle(&self, for_good: bool) {
        match self {
            Self::Smtp(smtp) => smtp.close_idle(for_good).await,
            Self::Folder(_) | Self::Memory(_) => {}
        }
    }
}

impl Memory {
    /// Returns all messages accepted so far, oldest first.
    pub fn messages(&self) -> Vec<Vec<u8>> {
        self.lock().messages.clone()
    }

    /// Makes every further message fail with `failure`; with `None`, messages are accepted again.
    pub fn fail_with(&self, failure: Option<SendError>) {
        self.lock().failure = failure;
    }

    fn take(&self, message: &Message) -> Result<String, SendError> {
        let mut kept = self.lock();
        if let Some(failure) = &kept.failure {
            return Err(failure.clone());
        }
        kept.messages.push(message.formatted());
        Ok("250 kept in memory".to_owned())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
