//! Reads a mailbox on an IMAP server (RFC 3501), one message at a time. A message is marked only after it has
//! been stored.
use std::{fmt, io, net::IpAddr, time::Duration};

use async_imap::{Client, Session, error::Error as Protocol};
use futures_util::TryStreamExt;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{error::Elapsed, timeout},
};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_util::sync::CancellationToken;
use url::{Host, Url};

/// The address of a mailbox and the credentials for it.
#[derive(Clone)]
pub struct ImapAccount {
    host: String,
    port: u16,
    security: Security,
    user: String,
    password: String,
    folder: String,
    /// The folder to which a stored message is moved. Without it, the message is marked as seen and stays.
    moved_to: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// TLS from the first octet.
    Tls,
    /// STARTTLS is required, except from a server on this machine that does not offer it.
    StartTls,
}

/// The reason why a mailbox cannot be read now.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    #[error("no connection: {0}")]
    Connection(#[from] io::Error),
    #[error("{0}")]
    Protocol(#[from] Protocol),
    #[error("no answer in time")]
    Silent(#[from] Elapsed),
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
    #[error("the server offers no STARTTLS, and it is not on this machine")]
    NoTls,
    #[error("{0}")]
    Refused(&'static str),
}

/// The time limit of a command and its answer.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The time limit of fetching a message, which may be large and the connection slow.
const FETCH_TIMEOUT: Duration = Duration::from_secs(600);

/// A fetched message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The bytes, at most as many as were requested.
    pub bytes: Vec<u8>,
    /// The size of the whole message in bytes.
    pub size: usize,
}

/// An open mailbox.
pub struct Mailbox {
    session: Session<Box<dyn Duplex>>,
    pub uid_validity: i64,
    /// The highest UID that existed when the mailbox was opened.
    pub last_uid: i64,
    can_idle: bool,
    can_move: bool,
    can_expunge_one: bool,
    moved_to: Option<String>,
}

/// A connection in either form, with or without TLS.
pub trait Duplex: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Duplex for T {}

impl ImapAccount {
    /// Parses `imaps://user:password@host:port/FOLDER?moved_to=FOLDER`, or `imap://…` for STARTTLS.
    pub fn parse(raw: &str) -> Option<Self> {
        let url = Url::parse(raw).ok()?;
        let host = match url.host()? {
            Host::Ipv6(address) => address.to_string(),
            host @ (Host::Domain(_) | Host::Ipv4(_)) => host.to_string(),
        };
        let (security, port) = match url.scheme() {
            "imaps" => (Security::Tls, 993),
            "imap" => (Security::StartTls, 143),
            _ => return None,
        };
        let mut moved_to = None;
        for (name, value) in url.query_pairs() {
            match &*name {
                "moved_to" if !value.is_empty() => moved_to = Some(value.into_owned()),
                _ => return None,
            }
        }
        let decoded = |it: &str| super::transport::decoded(it).ok();
        let folder = decoded(url.path().trim_matches('/'))?;
        let account = Self {
            port: url.port().unwrap_or(port),
            user: decoded(url.username())?,
            password: decoded(url.password()?)?,
            folder: if folder.is_empty() { "INBOX".to_owned() } else { folder },
            host,
            security,
            moved_to,
        };
        let plain = |it: &str| !it.is_empty() && !it.contains(char::is_control);
        let parts = [&account.host, &account.user, &account.password, &account.folder];
        (parts.into_iter().all(|it| plain(it)) && url.fragment().is_none()).then_some(account)
    }

    /// Returns a name of the mailbox that does not contain the password.
    pub fn name(&self) -> String {
        format!("{}@{}:{}/{}", self.user, self.host, self.port, self.folder)
    }

    fn is_here(&self) -> bool {
        let address = self.host.parse::<IpAddr>();
        address.map_or_else(|_| self.host == "localhost", |it| it.is_loopback())
    }
}

impl Mailbox {
    pub async fn open(account: &ImapAccount) -> Result<Self, ImapError> {
        let stream = timeout(TIMEOUT, connected(account)).await??;
        let client = Client::new(stream.0);
        let client = if stream.1 { greeted(client).await? } else { client };
        let login = timeout(TIMEOUT, client.login(&account.user, &account.password)).await?;
        let mut session = login.map_err(|(err, _)| err)?;
        let capabilities = timeout(TIMEOUT, session.capabilities()).await??;
        let selected = timeout(TIMEOUT, session.select(&account.folder)).await??;
        let uid_validity =
            selected.uid_validity.ok_or(ImapError::Refused("the server gives no UIDVALIDITY"))?;
        Ok(Self {
            uid_validity: uid_validity.into(),
            last_uid: selected.uid_next.map_or(0, i64::from) - 1,
            can_idle: capabilities.has_str("IDLE"),
            can_move: capabilities.has_str("MOVE"),
            can_expunge_one: capabilities.has_str("UIDPLUS"),
            moved_to: account.moved_to.clone(),
            session,
        })
    }

    /// Returns the UIDs of the messages after `last`, oldest first. With `None`, returns those of the unseen
    /// messages.
    pub async fn beyond(&mut self, last: Option<i64>) -> Result<Vec<i64>, ImapError> {
        let query = match last {
            Some(last) => format!("UID {}:*", last + 1),
            None => "UNSEEN".to_owned(),
        };
        let found = timeout(TIMEOUT, self.session.uid_search(query)).await??;
        // `n:*` includes the last message even if its UID is lower than n.
        let mut uids: Vec<_> = found.into_iter().map(i64::from).collect();
        uids.retain(|it| last.is_none_or(|last| *it > last));
        uids.sort_unstable();
        Ok(uids)
    }

    /// Fetches at most `limit` octets of a message. Returns `None` if the message no longer exists.
    pub async fn fetch(&mut self, uid: i64, limit: usize) -> Result<Option<Fetched>, ImapError> {
        // One octet more than the limit shows whether the message is longer.
        let query = format!("(RFC822.SIZE BODY.PEEK[]<0.{}>)", limit.saturating_add(1));
        let fetched = timeout(FETCH_TIMEOUT, async {
            let stream = self.session.uid_fetch(uid.to_string(), query).await?;
            stream.try_collect::<Vec<_>>().await
        });
        let fetched = fetched.await??;
        let found = fetched.iter().find_map(|it| Some((it.body()?, it.size)));
        Ok(found.map(|(body, size)| {
            // Some servers count line ends differently, so the number of fetched octets is used if the
            // message is complete.
            let size = size.and_then(|it| usize::try_from(it).ok()).unwrap_or_default().max(body.len());
            let size = if body.len() <= limit { body.len() } else { size };
            Fetched { bytes: body[..body.len().min(limit)].to_vec(), size }
        }))
    }

    /// Marks a stored message as seen and, if a folder is set, moves it there.
    pub async fn taken(&mut self, uid: i64) -> Result<(), ImapError> {
        let uid = uid.to_string();
        timeout(TIMEOUT, self.flag(&uid, "+FLAGS.SILENT (\\Seen)")).await??;
        let Some(folder) = self.moved_to.clone() else { return Ok(()) };
        if self.can_move {
            timeout(TIMEOUT, self.session.uid_mv(&uid, &folder)).await??;
            return Ok(());
        }
        timeout(TIMEOUT, self.session.uid_copy(&uid, &folder)).await??;
        timeout(TIMEOUT, self.flag(&uid, "+FLAGS.SILENT (\\Deleted)")).await??;
        // Without UIDPLUS, an EXPUNGE would also remove messages that other clients have marked as deleted.
        if self.can_expunge_one {
            let gone = timeout(TIMEOUT, async {
                self.session.uid_expunge(&uid).await?.try_collect::<Vec<_>>().await
            });
            gone.await??;
        }
        Ok(())
    }

    async fn flag(&mut self, uid: &str, change: &str) -> Result<(), Protocol> {
        self.session.uid_store(uid, change).await?.try_collect::<Vec<_>>().await.map(drop)
    }

    /// Waits for news from the mailbox, for at most `length` or until `stop` is cancelled.
    pub async fn wait(mut self, length: Duration, stop: &CancellationToken) -> Result<Self, ImapError> {
        if !self.can_idle {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(length.min(Duration::from_secs(30))) => {}
            }
            timeout(TIMEOUT, self.session.noop()).await??;
            return Ok(self);
        }
        let mut idle = self.session.idle();
        timeout(TIMEOUT, idle.init()).await??;
        {
            let (news, interrupt) = idle.wait_with_timeout(length);
            tokio::select! {
                () = stop.cancelled() => drop(interrupt),
                // The library restarts its own time limit at every keepalive of the server, so an outer limit
                // is needed.
                heard = timeout(length, news) => {
                    if let Ok(heard) = heard {
                        heard?;
                    }
                }
            }
        }
        let session = timeout(TIMEOUT, idle.done()).await??;
        Ok(Self { session, ..self })
    }

    pub async fn close(mut self) {
        // The connection ends whether or not the logout succeeds.
        drop(timeout(Duration::from_secs(5), self.session.logout()).await);
    }
}

/// Connects to the server. The flag says whether the server has yet to send its greeting on the returned
/// connection.
async fn connected(account: &ImapAccount) -> Result<(Box<dyn Duplex>, bool), ImapError> {
    let tcp = TcpStream::connect((account.host.as_str(), account.port)).await?;
    tcp.set_nodelay(true)?;
    match account.security {
        Security::Tls => Ok((tls(account, Box::new(tcp)).await?, true)),
        Security::StartTls => {
            let plain: Box<dyn Duplex> = Box::new(tcp);
            let mut client = greeted(Client::new(plain)).await?;
            match client.run_command_and_check_ok("STARTTLS", None).await {
                Ok(()) => Ok((tls(account, client.into_inner()).await?, false)),
                Err(_) if account.is_here() => Ok((client.into_inner(), false)),
                Err(_) => Err(ImapError::NoTls),
            }
        }
    }
}

async fn greeted(mut client: Client<Box<dyn Duplex>>) -> Result<Client<Box<dyn Duplex>>, ImapError> {
    let greeting = timeout(TIMEOUT, client.read_response()).await??;
    greeting.ok_or(ImapError::Refused("the server does not greet"))?;
    Ok(client)
}

async fn tls(account: &ImapAccount, stream: Box<dyn Duplex>) -> Result<Box<dyn Duplex>, ImapError> {
    let name = ServerName::try_from(account.host.clone())
        .map_err(|_| ImapError::Refused("the host is no name that a certificate could have"))?;
    Ok(Box::new(super::tls::connector()?.connect(name, stream).await?))
}

impl fmt::Debug for ImapAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::ImapAccount;

    #[test]
    fn addresses_name_the_mailbox_and_hide_the_password() {
        let it =
            ImapAccount::parse("imaps://reply%40example.jp:p%40ss@mail.example.jp/Archive%20A?moved_to=Done")
                .unwrap();
        assert_eq!(it.name(), "reply@example.jp@mail.example.jp:993/Archive A");
        assert_eq!((it.password.as_str(), it.moved_to.as_deref()), ("p@ss", Some("Done")));
        assert!(!format!("{it:?}").contains("p@ss"));
        let it = ImapAccount::parse("imap://a:b@[::1]:1143").unwrap();
        assert_eq!((it.name().as_str(), it.is_here()), ("a@::1:1143/INBOX", true));
        for wrong in [
            "imap://mail.example.jp",
            "imap://a@mail.example.jp",
            "pop3://a:b@mail.example.jp",
            "imaps://a:b@",
            "imaps://a:b@mail.example.jp/x#y",
            "imaps://a:b@mail.example.jp/?delete=yes",
            "imaps://a:b%0d%0aX@mail.example.jp",
        ] {
            assert!(ImapAccount::parse(wrong).is_none(), "{wrong}");
        }
        assert!(!ImapAccount::parse("imap://a:b@mail.example.jp").unwrap().is_here());
    }
}
