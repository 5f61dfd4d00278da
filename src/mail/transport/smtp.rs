//! Sends by SMTP (RFC 5321), command by command. lettre's own transport does not tell whether a connection
//! broke before or after the message was transmitted.
mod tls_connection;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::correspondence::outgoing_mail::SendFailure;
use lettre::{
    Message,
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};
use url::{Host, Url};

use self::tls_connection::TlsConnection;
use super::{BadSmtpUrl, SendError, SmtpOptions};
use crate::{mail::tls, url::percent_decoded};

/// The time limit from the first byte until the server permits the message.
const UNTIL_DATA: Duration = Duration::from_secs(60);
/// The time limit from the message to the answer. `UNTIL_DATA` and this limit together bound the transmission
/// of one mail on one connection.
const AFTER_DATA: Duration = Duration::from_secs(90);
const COURTESY: Duration = Duration::from_secs(5);
/// The time after which an idle connection is closed here, because a server would close it.
const MAX_IDLE: Duration = Duration::from_secs(15);
/// The most mails on one connection. Servers limit their number; 100 is a common limit.
const MAILS_A_CONNECTION: u32 = 100;

/// A server and the connections to it. Clones share them.
#[derive(Clone)]
pub struct Smtp(Arc<Server>);

struct Server {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    hello: ClientId,
    idle: Mutex<Vec<Connection>>,
}

enum Security {
    Plain,
    StartTls(TlsParameters),
    Tls(TlsConnector, ServerName<'static>),
}

struct Connection {
    smtp: AsyncSmtpConnection,
    mails: u32,
    since: Instant,
}

impl Smtp {
    /// Parses `SMTP_URL`. `smtp://` means a connection without TLS only on this machine; to another machine
    /// it means STARTTLS, unless `options` permit plaintext.
    pub fn new(raw: &str, options: SmtpOptions) -> Result<Self, BadSmtpUrl> {
        let url = Url::parse(raw).map_err(|_| BadSmtpUrl::Malformed)?;
        let (host, is_here) = match url.host() {
            Some(Host::Ipv6(it)) => (it.to_string(), it.is_loopback()),
            Some(Host::Ipv4(it)) => (it.to_string(), it.is_loopback()),
            // For these URL schemes, the parser returns 127.0.0.1 as a name.
            Some(Host::Domain(it)) => {
                let address = it.parse::<std::net::IpAddr>();
                (it.to_owned(), it == "localhost" || address.is_ok_and(|it| it.is_loopback()))
            }
            None => return Err(BadSmtpUrl::Malformed),
        };
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if host.is_empty() || !is_bare {
            return Err(BadSmtpUrl::Malformed);
        }
        let start_tls = || TlsParameters::new(host.clone()).map(Security::StartTls);
        let (security, default_port) = match url.scheme() {
            "smtp" if is_here || options.plaintext => (Security::Plain, 25),
            "smtp" => (start_tls()?, 25),
            "smtp+starttls" => (start_tls()?, 587),
            "smtps" => {
                let name = ServerName::try_from(host.clone()).map_err(|_| BadSmtpUrl::Malformed)?;
                (Security::Tls(tls::connector()?, name), 465)
            }
            _ => return Err(BadSmtpUrl::Malformed),
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                Some(Credentials::new(decoded(user)?, decoded(password)?))
            }
            _ => return Err(BadSmtpUrl::Malformed),
        };
        Ok(Self(Arc::new(Server {
            port: url.port().unwrap_or(default_port),
            host,
            security,
            credentials,
            hello: ClientId::default(),
            idle: Mutex::default(),
        })))
    }

    /// Sends the message on an idle connection or a new one, and returns the server's answer.
    pub async fn send(&self, message: &Message) -> Result<String, SendError> {
        let server = &*self.0;
        let bytes = message.formatted();
        if let Some(mut idle_for) = server.idle_connection() {
            let reply = idle_for.send_message(message.envelope(), &bytes).await;
            // The server may have closed the connection while it was idle, which says nothing about this
            // mail.
            if !reply.was_closed() {
                server.keep_idle(idle_for, &reply).await;
                return reply.0;
            }
        }
        let mut fresh = match timeout(UNTIL_DATA, server.connect()).await {
            Ok(connected) => connected?,
            Err(_) => return Err(silence(UNTIL_DATA)),
        };
        let reply = fresh.send_message(message.envelope(), &bytes).await;
        server.keep_idle(fresh, &reply).await;
        reply.0
    }

    /// Closes connections that have been idle for long; with `for_good`, closes all idle connections.
    pub async fn close_idle(&self, for_good: bool) {
        let leaving: Vec<_> =
            self.0.idle_connections().extract_if(.., |it| for_good || it.is_stale()).collect();
        for it in leaving {
            it.quit().await;
        }
    }
}

/// The result of sending one mail, and the state of its connection.
struct SmtpReply(Result<String, SendError>, ConnectionState);

/// The state of a connection after a mail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ConnectionState {
    /// Ready for the next mail.
    Ready,
    /// In the middle of a refused mail.
    Halfway,
    /// Closed or unusable.
    Lost,
}

impl SmtpReply {
    /// Returns whether the connection was lost before the server had the message.
    fn was_closed(&self) -> bool {
        self.1 == ConnectionState::Lost && matches!(&self.0, Err(SendError::Deferred(..)))
    }
}

impl Server {
    async fn connect(&self) -> Result<Connection, SendError> {
        let stream = open(&self.host, self.port).await.map_err(|it| unreachable(&it))?;
        let stream: Box<dyn AsyncTokioStream> = match &self.security {
            Security::Tls(tls, name) => {
                let encrypted = tls.connect(name.clone(), stream).await;
                Box::new(TlsConnection(encrypted.map_err(|it| tls_failed(&it))?))
            }
            Security::Plain | Security::StartTls(_) => Box::new(stream),
        };
        let connected = AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await;
        let mut smtp = connected.map_err(|it| not_connected(&it))?;
        if let Security::StartTls(tls) = &self.security {
            smtp.starttls(tls.clone(), &self.hello).await.map_err(|it| untrusted(&it))?;
        }
        if let Some(credentials) = &self.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            smtp.auth(&mechanisms, credentials).await.map_err(|it| untrusted(&it))?;
        }
        Ok(Connection { smtp, mails: 0, since: Instant::now() })
    }

    fn idle_connection(&self) -> Option<Connection> {
        let mut idle = self.idle_connections();
        let at = idle.iter().position(|it| !it.is_stale())?;
        Some(idle.swap_remove(at))
    }

    /// Keeps a connection for the next mail, if it is usable.
    async fn keep_idle(&self, mut it: Connection, reply: &SmtpReply) {
        let is_ready = match reply.1 {
            ConnectionState::Ready => true,
            ConnectionState::Halfway => {
                timeout(COURTESY, it.smtp.command(Rset)).await.is_ok_and(|answer| answer.is_ok())
            }
            ConnectionState::Lost => false,
        };
        it.mails += 1;
        it.since = Instant::now();
        if is_ready && it.mails < MAILS_A_CONNECTION {
            self.idle_connections().push(it);
        } else if is_ready {
            it.quit().await;
        }
    }

    fn idle_connections(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    fn is_stale(&self) -> bool {
        self.since.elapsed() > MAX_IDLE
    }

    async fn quit(mut self) {
        // The server's answer does not matter.
        drop(timeout(COURTESY, self.smtp.quit()).await);
    }

    async fn send_message(&mut self, envelope: &Envelope, message: &[u8]) -> SmtpReply {
        match timeout(UNTIL_DATA, self.until_data(envelope, message.is_ascii())).await {
            Ok(Ok(())) => {}
            Ok(Err((failed, error))) => return SmtpReply(Err(failed), connection_state(&error)),
            Err(_) => return SmtpReply(Err(silence(UNTIL_DATA)), ConnectionState::Lost),
        }
        match timeout(AFTER_DATA, self.smtp.message(message)).await {
            Ok(Ok(answer)) => SmtpReply(Ok(reply(&answer)), ConnectionState::Ready),
            Ok(Err(error)) if error.is_permanent() => {
                SmtpReply(Err(SendError::Refused(error.to_string())), ready_after(&error))
            }
            Ok(Err(error)) if error.is_transient() => SmtpReply(
                Err(SendError::Deferred(SendFailure::Temporary, error.to_string())),
                ready_after(&error),
            ),
            Ok(Err(error)) => SmtpReply(Err(SendError::Unknown(error.to_string())), ConnectionState::Lost),
            Err(_) => {
                let silence = format!("no answer to the message within {} seconds", AFTER_DATA.as_secs());
                SmtpReply(Err(SendError::Unknown(silence)), ConnectionState::Lost)
            }
        }
    }

    /// Sends the sender and the recipients, and waits for the permission to send the message.
    async fn until_data(&mut self, envelope: &Envelope, is_ascii: bool) -> Result<(), (SendError, Error)> {
        let parameters = self.parameters(envelope, is_ascii);
        let from = Mail::new(envelope.from().cloned(), parameters);
        self.smtp.command(from).await.map_err(|it| (early(&it), it))?;
        for to in envelope.to() {
            let to = Rcpt::new(to.clone(), Vec::new());
            self.smtp.command(to).await.map_err(|it| (of_recipient(&it), it))?;
        }
        self.smtp.command(Data).await.map_err(|it| (early(&it), it))?;
        Ok(())
    }

    /// Returns the parameters of RFC 6531 and RFC 6152 that this mail needs. A server without SMTPUTF8
    /// refuses the mail itself.
    fn parameters(&self, envelope: &Envelope, is_ascii: bool) -> Vec<MailParameter> {
        let mut parameters = Vec::new();
        let addresses = envelope.from().into_iter().chain(envelope.to());
        if addresses.into_iter().any(|it| !it.to_string().is_ascii()) {
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !is_ascii && self.smtp.server_info().supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        parameters
    }
}

/// The reply codes by which a server refuses our authentication, which says nothing about the recipient (RFC
/// 4954 §6).
const NOT_LET_IN: [&str; 4] = ["530", "534", "535", "538"];
/// The reply code by which a server closes the connection.
const CLOSING: &str = "421";

fn has_code(error: &Error, codes: &[&str]) -> bool {
    error.status().is_some_and(|it| codes.contains(&it.to_string().as_str()))
}

/// Converts a failure before the message was sent: the server does not have it.
fn early(error: &Error) -> SendError {
    let text = error.to_string();
    match () {
        () if error.is_permanent() && has_code(error, &NOT_LET_IN) => {
            SendError::Deferred(SendFailure::Tls, text)
        }
        () if error.is_permanent() => SendError::Refused(text),
        () if error.is_transient() => SendError::Deferred(SendFailure::Temporary, text),
        () if error.is_tls() => SendError::Deferred(SendFailure::Tls, text),
        () => SendError::Deferred(SendFailure::Connection, text),
    }
}

/// Converts a failure of a RCPT command. 5.1.x says that there is no such address (RFC 3463 §3.2).
fn of_recipient(error: &Error) -> SendError {
    match early(error) {
        SendError::Refused(text) if text.contains(": 5.1.") => SendError::NoSuchAddress(text),
        other @ (SendError::Refused(_)
        | SendError::NoSuchAddress(_)
        | SendError::Deferred(..)
        | SendError::Unknown(_)) => other,
    }
}

/// Opens a connection with `TCP_NODELAY`. The end of a message is a small packet, which must not wait for the
/// acknowledgement of the one before.
pub(super) async fn open(host: &str, port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Converts a failed TLS handshake. The operator has to correct a certificate that is not trusted; a broken
/// connection may recover by itself.
fn tls_failed(error: &std::io::Error) -> SendError {
    let about_trust = error.get_ref().and_then(|it| it.downcast_ref::<tokio_rustls::rustls::Error>());
    let failure = if about_trust.is_some() { SendFailure::Tls } else { SendFailure::Connection };
    SendError::Deferred(failure, format!("no TLS: {error}"))
}

fn unreachable(error: &std::io::Error) -> SendError {
    SendError::Deferred(SendFailure::Connection, format!("no connection: {error}"))
}

/// Converts a failed connection. A negative greeting is about us, not about the mail.
fn not_connected(error: &Error) -> SendError {
    let failure = if error.is_tls() { SendFailure::Tls } else { SendFailure::Connection };
    SendError::Deferred(failure, error.to_string())
}

/// Converts a failure of STARTTLS or of authentication. Unless it is temporary, the operator has to correct
/// it.
fn untrusted(error: &Error) -> SendError {
    let failure = if error.is_transient() { SendFailure::Temporary } else { SendFailure::Tls };
    SendError::Deferred(failure, error.to_string())
}

fn silence(waited: Duration) -> SendError {
    SendError::Deferred(SendFailure::Connection, format!("no answer within {} seconds", waited.as_secs()))
}

fn connection_state(error: &Error) -> ConnectionState {
    if error.status().is_some() && !has_code(error, &[CLOSING]) {
        ConnectionState::Halfway
    } else {
        ConnectionState::Lost
    }
}

fn ready_after(error: &Error) -> ConnectionState {
    if has_code(error, &[CLOSING]) { ConnectionState::Lost } else { ConnectionState::Ready }
}

fn reply(response: &Response) -> String {
    let text: Vec<_> = response.message().collect();
    format!("{} {}", response.code(), text.join(" ")).trim_end().to_owned()
}

/// Decodes percent-encoding. A `%` without two digits is refused, because it is a password that was not encoded.
pub(in crate::mail) fn decoded(part: &str) -> Result<String, BadSmtpUrl> {
    let begins_with_digits = |it: &str| it.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !part.split('%').skip(1).all(begins_with_digits) {
        return Err(BadSmtpUrl::Malformed);
    }
    percent_decoded(part.as_bytes()).ok_or(BadSmtpUrl::Malformed)
}

/// The output does not contain the password.
impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.0.host, self.0.port)
    }
}
