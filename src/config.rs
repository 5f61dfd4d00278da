//! The operator's settings, read once at start: variables of the environment override the keys of `madoguchi.toml`.
use std::{
    collections::BTreeMap, fmt, net::SocketAddr, ops::RangeInclusive, path::PathBuf, str::FromStr,
    time::Duration,
};

use domain::actor::Role;
use url::Url;

mod network;

pub use network::Network;

#[derive(Clone, Debug)]
pub struct Config {
    /// The URL of the database, which may contain a password.
    pub database_url: Hidden,
    pub listen: SocketAddr,
    /// The address of the service as seen from outside. With https, HSTS and Secure cookies are on.
    pub public_url: Url,
    /// The time after which a page, and with PostgreSQL a statement of a page, ends with an error.
    pub page_limit: Duration,
    /// The server that takes outgoing mail; without it mails are written as files.
    pub smtp_url: Option<Hidden>,
    pub smtp: SmtpLimits,
    pub mail_from: MailFrom,
    /// The domain of the addresses `reply+TOKEN@` that replies go to.
    pub mail_reply_domain: String,
    /// The mailbox that is read; without it mail arrives only by `mail receive`.
    pub imap_url: Option<Hidden>,
    /// The size in octets beyond which a received mail is cut.
    pub mail_size_limit: usize,
    pub dkim: Option<Dkim>,
    pub secret_file: PathBuf,
    /// The networks from which forwarded headers are trusted.
    pub trusted_proxies: Vec<Network>,
    /// Networks from which calendars may be fetched although they are not public; unencrypted fetches are allowed
    /// there, too.
    pub fetch_allow: Vec<Network>,
    /// The roles whose accounts sign in with a second factor. Accounts of the others may have one.
    pub second_factor: Vec<Role>,
    /// The ports on which calendars at public addresses may be fetched.
    pub fetch_ports: Vec<u16>,
    /// A filter of `tracing`, such as `info` or `madoguchi=debug,info`.
    pub log: String,
    pub log_format: LogFormat,
    pub attachments: Attachments,
}

/// Limits on connections to the mail server and on mails to one domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmtpLimits {
    /// Whether connections to another machine may go without TLS.
    pub plaintext: bool,
    /// The number of connections of one worker.
    pub connections: usize,
    /// The number of mails that one worker sends to one domain at the same time.
    pub per_domain: usize,
    /// The number of mails that all workers send to one domain in a minute; 0 for no limit.
    pub per_domain_a_minute: u32,
}

/// A setting that must not be shown, not even in debugging output.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

/// The sender of every mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFrom {
    /// The display name, which may be empty.
    pub name: String,
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dkim {
    pub selector: String,
    pub key_file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// The attachments of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachments {
    /// The folder in which they are stored.
    pub folder: PathBuf,
    /// The largest size of one file, in octets.
    pub largest: usize,
    /// The largest number of files in one message.
    pub most: usize,
    /// The accepted file extensions, lower-cased and without the dot.
    pub types: Vec<String>,
    /// The scanner with its arguments. It reads a file from standard input and exits with 0 if it is clean, with 1 if
    /// it is infected.
    pub scan: Option<Vec<String>>,
}

/// All errors in the settings, one line each.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadConfig(Vec<String>);

/// Every key, its default, and what is accepted.
const KEYS: [(&str, &str, &str); 27] = [
    ("DATABASE_URL", "sqlite://data/madoguchi.db", "sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME"),
    ("MADOGUCHI_LISTEN", "127.0.0.1:8080", "an address and port, such as 127.0.0.1:8080 or [::]:80"),
    ("MADOGUCHI_PUBLIC_URL", "http://127.0.0.1:8080", "an http or https address without path or query"),
    ("MADOGUCHI_PAGE_SECONDS", "5", "a number of seconds from 1 to 300: how long a page may take"),
    ("SMTP_URL", "", "smtp://, smtps:// or smtp+starttls:// with USER:PASSWORD@HOST:PORT"),
    ("SMTP_PLAINTEXT", "no", "yes or no: whether smtp:// to another machine may do without TLS"),
    ("SMTP_CONNECTIONS", "16", "a number from 1 to 200"),
    ("SMTP_DOMAIN_CONNECTIONS", "6", "a number from 1 to 200: mails under way to one domain"),
    ("SMTP_DOMAIN_PER_MINUTE", "0", "a number from 0 to 100000: mails a minute to one domain, 0 for any"),
    ("MAIL_FROM", "Madoguchi <madoguchi@example.jp>", "Name <name@example.jp> or name@example.jp"),
    ("MAIL_REPLY_DOMAIN", "example.jp", "a domain, such as example.jp"),
    (
        "IMAP_URL",
        "",
        "imaps:// or imap:// (with STARTTLS) with USER:PASSWORD@HOST:PORT/FOLDER?moved_to=FOLDER",
    ),
    ("MAIL_SIZE_LIMIT", "62914560", "a number of bytes from 65536 to 1073741824"),
    ("DKIM_SELECTOR", "", "a selector, together with DKIM_KEY_FILE"),
    ("DKIM_KEY_FILE", "", "the path of a private key, together with DKIM_SELECTOR"),
    ("MADOGUCHI_SECRET_FILE", "data/secret", "the path of a file"),
    ("MADOGUCHI_TRUSTED_PROXIES", "", "networks separated by commas, such as 10.0.0.0/8, ::1"),
    ("MADOGUCHI_FETCH_ALLOW", "", "networks separated by commas, such as 10.0.0.0/8, ::1"),
    (
        "MADOGUCHI_SECOND_FACTOR",
        "administrator,coordinator",
        "roles separated by commas (administrator, coordinator, expert, desk, observer, editor), or none",
    ),
    ("MADOGUCHI_FETCH_PORTS", "80,443", "port numbers separated by commas, such as 80, 443, 8443"),
    ("MADOGUCHI_LOG", "info", "a filter, such as info or madoguchi=debug,info"),
    ("MADOGUCHI_LOG_FORMAT", "text", "text or json"),
    ("MADOGUCHI_ATTACHMENTS", "data/attachments", "the path of a folder"),
    ("MADOGUCHI_ATTACHMENT_MB", "10", "the size of one file in megabytes, from 1 to 50"),
    ("MADOGUCHI_ATTACHMENT_COUNT", "10", "files of one message, from 0 to 50"),
    (
        "MADOGUCHI_ATTACHMENT_TYPES",
        "pdf,docx,xlsx,pptx,doc,xls,ppt,odt,ods,odp,rtf,txt,csv,jpg,jpeg,png,gif,heic,zip,ics,eml",
        "endings of file names separated by commas, such as pdf,docx",
    ),
    ("MADOGUCHI_SCAN_COMMAND", "", "a program and its arguments, such as clamdscan --fdpass -"),
];

/// The sentence for the operator if a proxy must stand before the service and is not named.
pub const UNNAMED_PROXY: &str = "MADOGUCHI_PUBLIC_URL is https and MADOGUCHI_LISTEN is this machine alone, so a proxy stands \
    before the service, but MADOGUCHI_TRUSTED_PROXIES is empty: all visitors count as one network";

impl Config {
    /// Returns whether a proxy must stand before the service that the settings do not name.
    pub fn lacks_proxy(&self) -> bool {
        self.public_url.scheme() == "https"
            && self.listen.ip().is_loopback()
            && self.trusted_proxies.is_empty()
    }

    /// Loads the settings from the environment and the file named by `MADOGUCHI_CONFIG` (default `madoguchi.toml`,
    /// which may be missing).
    pub fn load() -> Result<Self, BadConfig> {
        let env: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.to_string_lossy().into_owned())))
            .collect();
        let named = env.get("MADOGUCHI_CONFIG");
        let path = named.map_or("madoguchi.toml", String::as_str);
        let file = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(err) if err.kind() == std::io::ErrorKind::NotFound && named.is_none() => String::new(),
            Err(err) => {
                return Err(BadConfig(vec![format!(
                    "MADOGUCHI_CONFIG={path}: {err}; accepted: a readable file"
                )]));
            }
        };
        Self::parse(&env, &file)
    }

    /// Parses the settings from an environment and the text of a settings file.
    pub fn parse(env: &BTreeMap<String, String>, file: &str) -> Result<Self, BadConfig> {
        let mut source = Source::new(env, file);
        let database_url = source.take("DATABASE_URL", database_url);
        let listen = source.take("MADOGUCHI_LISTEN", |it| it.parse().ok());
        let public_url = source.take("MADOGUCHI_PUBLIC_URL", public_url);
        let page_limit = source.take("MADOGUCHI_PAGE_SECONDS", |it| number(it, 1..=300));
        let smtp_url = source.take("SMTP_URL", |it| optional(it, smtp_url));
        let smtp = SmtpLimits::take(&mut source);
        let mail_from = source.take("MAIL_FROM", mail_from);
        let mail_reply_domain = source.take("MAIL_REPLY_DOMAIN", domain_name);
        let imap_url = source.take("IMAP_URL", |it| optional(it, imap_url));
        let mail_size_limit = source.take("MAIL_SIZE_LIMIT", mail_size);
        let selector = source.take("DKIM_SELECTOR", |it| optional(it, domain_label));
        let key_file = source.take("DKIM_KEY_FILE", |it| optional(it, path));
        let secret_file = source.take("MADOGUCHI_SECRET_FILE", path);
        let trusted_proxies = source.take("MADOGUCHI_TRUSTED_PROXIES", networks);
        let fetch_allow = source.take("MADOGUCHI_FETCH_ALLOW", networks);
        let second_factor = source.take("MADOGUCHI_SECOND_FACTOR", roles);
        let fetch_ports = source.take("MADOGUCHI_FETCH_PORTS", ports);
        let log = source.take("MADOGUCHI_LOG", log_filter);
        let log_format = source.take("MADOGUCHI_LOG_FORMAT", log_format);
        let attachments = Attachments::take(&mut source);
        let dkim = match (selector.flatten(), key_file.flatten()) {
            (Some(selector), Some(key_file)) => Some(Dkim { selector, key_file }),
            (Some(_), None) => source.refuse("DKIM_KEY_FILE", ""),
            (None, Some(_)) => source.refuse("DKIM_SELECTOR", ""),
            (None, None) => None,
        };
        let config = (|| {
            Some(Self {
                database_url: database_url?,
                listen: listen?,
                public_url: public_url?,
                page_limit: Duration::from_secs(page_limit?),
                smtp_url: smtp_url?,
                smtp: smtp?,
                mail_from: mail_from?,
                mail_reply_domain: mail_reply_domain?,
                imap_url: imap_url?,
                mail_size_limit: mail_size_limit?,
                dkim,
                secret_file: secret_file?,
                trusted_proxies: trusted_proxies?,
                fetch_allow: fetch_allow?,
                second_factor: second_factor?,
                fetch_ports: fetch_ports?,
                log: log?,
                log_format: log_format?,
                attachments: attachments?,
            })
        })();
        config.filter(|_| source.bad.is_empty()).ok_or(BadConfig(source.bad))
    }
}

impl SmtpLimits {
    fn take(source: &mut Source) -> Option<Self> {
        let plaintext = source.take("SMTP_PLAINTEXT", yes_or_no);
        let connections = source.take("SMTP_CONNECTIONS", |it| number(it, 1..=200));
        let per_domain = source.take("SMTP_DOMAIN_CONNECTIONS", |it| number(it, 1..=200));
        let per_minute = source.take("SMTP_DOMAIN_PER_MINUTE", |it| number(it, 0..=100_000));
        Some(Self {
            plaintext: plaintext?,
            connections: connections?,
            per_domain: per_domain?,
            per_domain_a_minute: per_minute?,
        })
    }
}

impl Attachments {
    fn take(source: &mut Source) -> Option<Self> {
        let folder = source.take("MADOGUCHI_ATTACHMENTS", path);
        let megabytes = source.take("MADOGUCHI_ATTACHMENT_MB", |it| number(it, 1..=50));
        let most = source.take("MADOGUCHI_ATTACHMENT_COUNT", |it| number(it, 0..=50));
        let types = source.take("MADOGUCHI_ATTACHMENT_TYPES", endings);
        let scan = source.take("MADOGUCHI_SCAN_COMMAND", |it| optional(it, command));
        Some(Self {
            folder: folder?,
            largest: megabytes? * 1024 * 1024,
            most: most?,
            types: types?,
            scan: scan?,
        })
    }
}

impl Hidden {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text itself, which must never be logged.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// The given values by key, and the errors found so far.
struct Source {
    given: BTreeMap<String, String>,
    bad: Vec<String>,
}

impl Source {
    fn new(env: &BTreeMap<String, String>, file: &str) -> Self {
        let mut source = Self { given: BTreeMap::new(), bad: Vec::new() };
        match file.parse::<toml::Table>() {
            Ok(table) => table.into_iter().for_each(|(key, value)| source.add_from_file(key, value)),
            Err(err) => source.bad.push(format!("the settings file is not TOML: {}", err.message())),
        }
        for (key, value) in env {
            // The variables of tests and the one that chooses the file are no settings of the service.
            let other = key == "MADOGUCHI_CONFIG" || key.starts_with("MADOGUCHI_TEST_");
            if KEYS.iter().any(|(known, ..)| known == key) {
                source.given.insert(key.clone(), value.clone());
            } else if key.starts_with("MADOGUCHI_") && !other {
                source.refuse_key(key, value);
            }
        }
        source
    }

    fn add_from_file(&mut self, key: String, value: toml::Value) {
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Array(items) => {
                items.iter().map(|it| it.as_str().unwrap_or_default()).collect::<Vec<_>>().join(",")
            }
            toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_)
            | toml::Value::Table(_) => value.to_string(),
        };
        if KEYS.iter().any(|(known, ..)| *known == key) {
            self.given.insert(key, text);
        } else {
            self.refuse_key(&key, &text);
        }
    }

    /// Returns the value of a known key or its default, if it can be parsed.
    fn take<T>(&mut self, key: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let default = KEYS.iter().find(|(known, ..)| *known == key).map_or("", |(_, default, _)| default);
        let value = self.given.get(key).map_or(default, |it| it.trim()).to_owned();
        read(&value).or_else(|| self.refuse(key, &value))
    }

    fn refuse<T>(&mut self, key: &str, value: &str) -> Option<T> {
        let accepted = KEYS.iter().find(|(known, ..)| *known == key).map_or("", |(_, _, accepted)| accepted);
        self.bad.push(format!("{key}={}: cannot be used; accepted: {accepted}", shown(key, value)));
        None
    }

    fn refuse_key(&mut self, key: &str, value: &str) {
        let known: Vec<_> = KEYS.iter().map(|(known, ..)| *known).collect();
        let value = shown(key, value);
        self.bad.push(format!("{key}={value}: no such setting; accepted: {}", known.join(", ")));
    }
}

/// Returns a value as an error may quote it: a URL that may contain a password is cut.
fn shown<'a>(key: &str, value: &'a str) -> &'a str {
    let secret = key.ends_with("_URL") && value.contains('@');
    if secret { value.split_once("://").map_or("…", |(scheme, _)| scheme) } else { value }
}

fn optional<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { read(text).map(Some) }
}

fn database_url(text: &str) -> Option<Hidden> {
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|it| text.starts_with(it));
    (known && Url::parse(text).is_ok()).then(|| Hidden::new(text))
}

fn public_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let plain = url.username().is_empty() && url.password().is_none() && url.host().is_some();
    (["http", "https"].contains(&url.scheme()) && bare && plain).then_some(url)
}

fn smtp_url(text: &str) -> Option<Hidden> {
    let url = Url::parse(text).ok()?;
    let known = ["smtp", "smtps", "smtp+starttls"].contains(&url.scheme());
    (known && url.host_str().is_some_and(|it| !it.is_empty())).then(|| Hidden::new(text))
}

fn imap_url(text: &str) -> Option<Hidden> {
    let url = Url::parse(text).ok()?;
    let named = !url.username().is_empty() && url.password().is_some() && url.has_host();
    (["imap", "imaps"].contains(&url.scheme()) && named).then(|| Hidden::new(text))
}

fn mail_size(text: &str) -> Option<usize> {
    text.parse().ok().filter(|it| (65_536..=1_073_741_824).contains(it))
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn number<T: FromStr + PartialOrd>(text: &str, within: RangeInclusive<T>) -> Option<T> {
    text.parse().ok().filter(|it| within.contains(it))
}

fn mail_from(text: &str) -> Option<MailFrom> {
    let (name, address) = match text.strip_suffix('>').and_then(|it| it.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"'), address.trim()),
        None => ("", text),
    };
    let (local, host) = address.split_once('@')?;
    let plain =
        !local.is_empty() && !text.contains(char::is_control) && !address.contains(char::is_whitespace);
    domain_name(host).filter(|_| plain)?;
    Some(MailFrom { name: name.to_owned(), address: address.to_owned() })
}

fn domain_name(text: &str) -> Option<String> {
    text.split('.').all(|it| domain_label(it).is_some()).then(|| text.to_ascii_lowercase())
}

fn domain_label(text: &str) -> Option<String> {
    let plain = text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
    (plain && !text.is_empty() && text.len() <= 63).then(|| text.to_owned())
}

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

fn endings(text: &str) -> Option<Vec<String>> {
    let endings = text.split(',').map(|it| it.trim().to_ascii_lowercase());
    let plain = |it: &String| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric());
    endings.map(|it| Some(it).filter(plain)).collect()
}

fn command(text: &str) -> Option<Vec<String>> {
    let words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

fn networks(text: &str) -> Option<Vec<Network>> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(|it| Network::from_str(it).ok()).collect()
}

/// Parses the codes of roles; `none` stands for no role.
fn roles(text: &str) -> Option<Vec<Role>> {
    if text == "none" {
        return Some(Vec::new());
    }
    text.split(',').map(|it| Role::from_code(it.trim())).collect()
}

fn ports(text: &str) -> Option<Vec<u16>> {
    text.split(',').map(|it| number(it.trim(), 1..=u16::MAX)).collect()
}

fn log_filter(text: &str) -> Option<String> {
    let readable = tracing_subscriber::EnvFilter::try_new(text).is_ok();
    (readable && !text.is_empty()).then(|| text.to_owned())
}

fn log_format(text: &str) -> Option<LogFormat> {
    match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
