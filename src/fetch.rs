//! Fetches addresses that a person has typed, only from public networks and within a time limit.
//!
//! A name is looked up once and the connection goes to the checked addresses, so a name whose address changes
//! between the check and the connection gains nothing. Redirects are followed here, and each is checked
//! again.
use std::{
    error::Error,
    sync::{Arc, OnceLock},
    time::Duration,
};

use http::{HeaderMap, Method, StatusCode, header};
use reqwest::redirect;
use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::config::Network;

pub mod dav;
mod guard;

use guard::{Checked, Refused, Way};

/// The ports of the web, which are contacted unless the operator names others.
const PORTS: [u16; 2] = [80, 443];

/// The limits of a fetch.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The time from the first look-up to the last byte, redirects included.
    pub total: Duration,
    /// The most bytes of an answer after decompression.
    pub bytes: usize,
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { total: Duration::from_secs(30), bytes: 20 * 1024 * 1024, redirects: 3 }
    }
}

/// A fetcher that is cheap to copy. Its clients are built when they are first needed.
#[derive(Clone, Debug)]
pub struct Fetcher {
    allow: Arc<[Network]>,
    /// The ports of public addresses that may be contacted.
    ports: Arc<[u16]>,
    limits: Limits,
    clients: Arc<OnceLock<Result<Clients, String>>>,
    /// Bounds the memory for large answers: at most four fetches run at a time.
    turns: Arc<Semaphore>,
}

#[derive(Debug)]
struct Clients {
    https: reqwest::Client,
    other_port: reqwest::Client,
    plain: reqwest::Client,
}

#[derive(Clone, Debug)]
pub struct Ask<'a> {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: String,
    pub login: Option<Login<'a>>,
}

/// Credentials that are sent only to the origin of the first address.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    pub user: &'a str,
    pub password: &'a str,
}

impl std::fmt::Debug for Login<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(…)")
    }
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The reason why nothing could be fetched. The text is for the person who gave the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    #[error("https:// で始まるアドレスを入力してください")]
    NoAddress,
    #[error("アドレスに、ユーザー名やパスワードを含めることはできません")]
    HasLogin,
    #[error("暗号化されないアドレス（http://）は使えません。https:// で始まるアドレスを入力してください")]
    Plain,
    #[error("このアドレスのポート番号は使えません。ポート番号のないアドレスを入力してください")]
    Port,
    #[error("このアドレスは、内部のネットワークのもののため使えません")]
    Inside,
    #[error("サーバーの名前が見つかりません")]
    NoSuchName,
    #[error("サーバーに接続できません")]
    Unreachable,
    #[error("時間内に応答がありませんでした")]
    Slow,
    #[error("内容が大きすぎます")]
    TooLarge,
    #[error("転送が多すぎます")]
    TooManyRedirects,
    #[error("別のサーバーへ転送されたため、パスワードを送りませんでした")]
    LedAway,
    #[error("ユーザー名またはパスワードが違います")]
    NotLetIn,
    #[error("アドレスが見つかりません（404）")]
    NotThere,
    #[error("サーバーがエラーを返しました（{0}）")]
    Status(u16),
    #[error("CalDAVのカレンダーのアドレスではありません")]
    NoCollection,
    #[error("サーバーの応答を読み取れませんでした")]
    Unreadable,
}

impl Fetcher {
    /// Creates a fetcher. `allow` are networks that may be reached although they are not public, even without
    /// encryption.
    pub fn new(allow: &[Network], limits: Limits) -> Self {
        let turns = Arc::new(Semaphore::new(4));
        Self { allow: allow.into(), ports: PORTS.into(), limits, clients: Arc::default(), turns }
    }

    /// Replaces the ports of public addresses that may be contacted.
    pub fn on_ports(self, ports: &[u16]) -> Self {
        Self { ports: ports.into(), ..self }
    }

    /// Returns the answer, whatever its status, after following redirects.
    pub async fn fetch(&self, ask: Ask<'_>) -> Result<Answer, Failed> {
        let _turn = self.turns.acquire().await.map_err(|_| Failed::Unreachable)?;
        tokio::time::timeout(self.limits.total, self.follow(ask)).await.map_err(|_| Failed::Slow)?
    }

    async fn follow(&self, mut ask: Ask<'_>) -> Result<Answer, Failed> {
        let origin = ask.url.origin();
        for _ in 0..=self.limits.redirects {
            let response = self.send(&ask).await?;
            let Some(to) = redirected(&ask.url, &response)? else { return self.read(response).await };
            if ask.login.is_some() && to.origin() != origin {
                return Err(Failed::LedAway);
            }
            ask.url = to;
        }
        Err(Failed::TooManyRedirects)
    }

    async fn send(&self, ask: &Ask<'_>) -> Result<reqwest::Response, Failed> {
        let client = self.client_for(&ask.url)?;
        let mut request = client
            .request(ask.method.clone(), ask.url.clone())
            .headers(ask.headers.clone())
            .body(ask.body.clone());
        if let Some(login) = ask.login {
            request = request.basic_auth(login.user, Some(login.password));
        }
        request.send().await.map_err(|err| why(&err))
    }

    /// Checks the address itself and returns the client for it. Names are checked when they are looked up.
    fn client_for(&self, url: &Url) -> Result<&reqwest::Client, Failed> {
        let way = match url.scheme() {
            "https" if url.port_or_known_default().is_some_and(|it| self.ports.contains(&it)) => {
                Way::Encrypted
            }
            "https" => Way::OtherPort,
            "http" => Way::Plain,
            _ => return Err(Failed::NoAddress),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failed::HasLogin);
        }
        let check = |it| guard::check(it, &self.allow, way);
        match url.host().ok_or(Failed::NoAddress)? {
            Host::Ipv4(it) => check(it.into())?,
            Host::Ipv6(it) => check(it.into())?,
            Host::Domain(_) => {}
        }
        let clients = self.clients.get_or_init(|| Clients::new(&self.allow));
        let clients = clients.as_ref().map_err(|err| {
            tracing::error!("the HTTP client cannot be set up: {err}");
            Failed::Unreachable
        })?;
        Ok(match way {
            Way::Encrypted => &clients.https,
            Way::OtherPort => &clients.other_port,
            Way::Plain => &clients.plain,
        })
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Answer, Failed> {
        let most = self.limits.bytes;
        if response.content_length().is_some_and(|it| it > most as u64) {
            return Err(Failed::TooLarge);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|err| why(&err))? {
            // The chunk is already decompressed, so this also stops small answers that expand to large ones.
            if body.len() + chunk.len() > most {
                return Err(Failed::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }
}

impl Answer {
    /// Returns the answer if its status is a success.
    pub fn succeeded(self) -> Result<Self, Failed> {
        match self.status {
            it if it.is_success() => Ok(self),
            it => Err(refusal(it)),
        }
    }

    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|it| it.to_str().ok())
    }
}

/// Converts a status that is not a success into a failure for the person who gave the address.
pub fn refusal(status: StatusCode) -> Failed {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failed::NotLetIn,
        StatusCode::NOT_FOUND | StatusCode::GONE => Failed::NotThere,
        it => Failed::Status(it.as_u16()),
    }
}

/// Parses an address as a person typed it. Calendar programs write `webcal:` for the address of a feed.
pub fn address(typed: &str) -> Result<Url, Failed> {
    let typed = typed.trim();
    let https = ["webcal://", "webcals://"].iter().find_map(|it| typed.strip_prefix(it));
    let https = https.map(|rest| format!("https://{rest}"));
    let url = Url::parse(https.as_deref().unwrap_or(typed)).map_err(|_| Failed::NoAddress)?;
    if !["https", "http"].contains(&url.scheme()) || url.host().is_none() {
        return Err(Failed::NoAddress);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Failed::HasLogin);
    }
    Ok(url)
}

impl Clients {
    fn new(allow: &Arc<[Network]>) -> Result<Self, String> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let tls =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|err| err.to_string())?
                .with_root_certificates(roots)
                .with_no_client_auth();
        let client = |way| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(Arc::new(Checked { allow: Arc::clone(allow), way }))
                .redirect(redirect::Policy::none())
                .no_proxy()
                // A connection is used once, so that every request goes to an address that was checked for
                // it.
                .pool_max_idle_per_host(0)
                .user_agent(concat!("Madoguchi/", env!("CARGO_PKG_VERSION")))
                .build()
                .map_err(|err| err.to_string())
        };
        Ok(Self {
            https: client(Way::Encrypted)?,
            other_port: client(Way::OtherPort)?,
            plain: client(Way::Plain)?,
        })
    }
}

fn redirected(from: &Url, response: &reqwest::Response) -> Result<Option<Url>, Failed> {
    let led = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    if !led {
        return Ok(None);
    }
    let to = response.headers().get(header::LOCATION).and_then(|it| it.to_str().ok());
    to.and_then(|it| from.join(it).ok()).map(Some).ok_or(Failed::Unreadable)
}

/// Returns the failure for the first known cause, from the outermost to the innermost.
fn why(err: &reqwest::Error) -> Failed {
    let mut cause: Option<&(dyn Error + 'static)> = Some(err);
    while let Some(it) = cause {
        if let Some(refused) = it.downcast_ref::<Refused>() {
            return (*refused).into();
        }
        cause = it.source();
    }
    match () {
        () if err.is_timeout() => Failed::Slow,
        () if err.is_decode() || err.is_body() => Failed::Unreadable,
        () => Failed::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::{Failed, Fetcher, Limits, address};

    #[test]
    fn public_addresses_are_contacted_on_the_ports_of_the_web_alone() {
        let fetcher = Fetcher::new(&["127.0.0.0/8".parse().unwrap()], Limits::default());
        let of = |fetcher: &Fetcher, it: &str| fetcher.client_for(&it.parse().unwrap()).err();
        assert_eq!(of(&fetcher, "https://1.1.1.1/a.ics"), None);
        assert_eq!(of(&fetcher, "https://1.1.1.1:8443/a.ics"), Some(Failed::Port));
        assert_eq!(of(&fetcher, "https://127.0.0.1:8443/a.ics"), None, "the operator allows the network");
        let other = fetcher.on_ports(&[8443]);
        assert_eq!(of(&other, "https://1.1.1.1:8443/a.ics"), None);
        assert_eq!(of(&other, "https://1.1.1.1/a.ics"), Some(Failed::Port));
    }

    #[test]
    fn an_address_is_https_or_what_calendar_programs_call_it() {
        let ok = |it: &str| address(it).map(String::from);
        assert_eq!(ok(" webcal://cal.example.jp/a.ics "), Ok("https://cal.example.jp/a.ics".to_owned()));
        assert_eq!(ok("https://cal.example.jp"), Ok("https://cal.example.jp/".to_owned()));
        for bad in ["", "cal.example.jp", "ftp://a.example.jp/", "file:///etc/passwd", "https://"] {
            assert_eq!(ok(bad), Err(Failed::NoAddress), "{bad}");
        }
        assert_eq!(ok("https://me:secret@cal.example.jp/"), Err(Failed::HasLogin));
    }
}
