//! Ways to hand a message over. An enum, not a trait: the set is closed and known here.
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

/// Keeps messages, for tests. Clones share what they keep.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    messages: Vec<Vec<u8>>,
    failure: Option<SendError>,
}

/// Why a message was not taken, with the text of the reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server will never take this message for this recipient.
    #[error("refused: {0}")]
    Refused(String),
    /// The same, because there is no such recipient.
    #[error("refused: {0}")]
    NoSuchAddress(String),
    /// The server does not have it, and another attempt may succeed.
    #[error("deferred: {1}")]
    Deferred(SendFailure, String),
    /// The message was given, and no answer came: the server may have it or not.
    #[error("unknown: {0}")]
    Unknown(String),
}

/// What an operator may set of the way to the server.
#[derive(Clone, Copy, Debug, Default)]
pub struct SmtpOptions {
    /// Whether another machine may be spoken to without TLS.
    pub plaintext: bool,
}

/// Does not repeat the address, which may hold a password.
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
    /// `SMTP_URL`, or the folder where there is none.
    pub fn from_settings(
        smtp_url: Option<&str>,
        folder: &Path,
        options: SmtpOptions,
    ) -> Result<Self, BadSmtpUrl> {
        smtp_url
            .map_or_else(|| Ok(Self::Folder(folder.to_owned())), |it| Smtp::new(it, options).map(Self::Smtp))
    }

    /// Hands the message over and returns what was answered.
    pub async fn send(&self, message: &Message) -> Result<String, SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Folder(folder) => folder::write(folder, message).await,
            Self::Memory(memory) => memory.take(message),
        }
    }

    /// Closes connections that nobody has used for a while, or, `for_good`, all of them.
    pub async fn close_idle(&self, for_good: bool) {
        match self {
            Self::Smtp(smtp) => smtp.close_idle(for_good).await,
            Self::Folder(_) | Self::Memory(_) => {}
        }
    }
}

impl Memory {
    /// Everything taken so far, oldest first.
    pub fn messages(&self) -> Vec<Vec<u8>> {
        self.lock().messages.clone()
    }

    /// From now on every message fails so; `None` takes them again.
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
