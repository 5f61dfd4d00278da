//! Ways to hand a message over. An enum, not a trait: the set is closed and known here.
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
        response::Response,
    },
};
use url::{Host, Url};

mod folder;

#[derive(Clone, Debug)]
pub enum Transport {
    /// With a pool of connections.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
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
    /// Another attempt may succeed: a temporary reply, no connection, no answer in time, or settings to be mended.
    #[error("deferred: {0}")]
    Deferred(String),
}

/// Does not repeat the address, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum BadSmtpUrl {
    #[error(
        "expected smtp://user:password@host:port, smtps://… or smtp+starttls://…, signs in it percent-encoded"
    )]
    Malformed,
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] lettre::transport::smtp::Error),
}

/// For the whole conversation with the server.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Transport {
    /// `SMTP_URL`, or the folder where there is none.
    pub fn from_settings(smtp_url: Option<&str>, folder: &Path) -> Result<Self, BadSmtpUrl> {
        smtp_url.map_or_else(|| Ok(Self::Folder(folder.to_owned())), |it| smtp(it).map(Self::Smtp))
    }

    /// Hands the message over and returns what was answered.
    pub async fn send(&self, message: &Message) -> Result<String, SendError> {
        match self {
            Self::Smtp(smtp) => match tokio::time::timeout(TIMEOUT, smtp.send(message.clone())).await {
                Ok(Ok(response)) => Ok(reply(&response)),
                Ok(Err(error)) => Err(classified(&error)),
                Err(_) => Err(SendError::Deferred(format!("no answer within {} seconds", TIMEOUT.as_secs()))),
            },
            Self::Folder(folder) => folder::write(folder, message).await,
            Self::Memory(memory) => memory.take(message),
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

fn smtp(raw: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, BadSmtpUrl> {
    let url = Url::parse(raw).map_err(|_| BadSmtpUrl::Malformed)?;
    let host = match url.host() {
        Some(Host::Ipv6(address)) => address.to_string(),
        Some(host @ (Host::Domain(_) | Host::Ipv4(_))) => host.to_string(),
        None => return Err(BadSmtpUrl::Malformed),
    };
    let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if host.is_empty() || !is_bare {
        return Err(BadSmtpUrl::Malformed);
    }
    let (tls, default_port) = match url.scheme() {
        "smtp" => (Tls::None, 25),
        "smtp+starttls" => (Tls::Required(TlsParameters::new(host.clone())?), 587),
        "smtps" => (Tls::Wrapper(TlsParameters::new(host.clone())?), 465),
        _ => return Err(BadSmtpUrl::Malformed),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(url.port().unwrap_or(default_port))
        .tls(tls)
        .timeout(Some(TIMEOUT));
    match (url.username(), url.password()) {
        ("", None) => {}
        (user, Some(password)) if !user.is_empty() => {
            builder = builder.credentials(Credentials::new(decoded(user)?, decoded(password)?));
        }
        _ => return Err(BadSmtpUrl::Malformed),
    }
    Ok(builder.build())
}

/// Percent-encoding undone.
pub(super) fn decoded(part: &str) -> Result<String, BadSmtpUrl> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2).ok_or(BadSmtpUrl::Malformed)?;
        let digits = std::str::from_utf8(digits).map_err(|_| BadSmtpUrl::Malformed)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| BadSmtpUrl::Malformed)?);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| BadSmtpUrl::Malformed)
}

fn reply(response: &Response) -> String {
    let text: Vec<_> = response.message().collect();
    format!("{} {}", response.code(), text.join(" ")).trim_end().to_owned()
}

/// A server that does not let us in says nothing about the recipient (RFC 4954 §6).
const NOT_LET_IN: [&str; 4] = ["530", "534", "535", "538"];

fn classified(error: &lettre::transport::smtp::Error) -> SendError {
    let code = error.status().map(|it| it.to_string());
    let is_ours = code.is_some_and(|it| NOT_LET_IN.contains(&it.as_str()));
    if error.is_permanent() && !is_ours {
        SendError::Refused(error.to_string())
    } else {
        SendError::Deferred(error.to_string())
    }
}

#[cfg(test)]
mod tests;
