//! Signs outgoing mail (RFC 6376, RFC 8463), so that receivers can verify that it is ours.
use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::{
    Message,
    message::{
        dkim::{
            DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
            DkimSigningKeyError,
        },
        header::HeaderName,
    },
};

/// A selector, a domain and the private key that belongs to them.
#[derive(Clone)]
pub struct Dkim(Arc<DkimConfig>);

/// The reason why a key cannot be used. It never contains any part of the key.
#[derive(Debug, thiserror::Error)]
pub enum BadDkimKey {
    #[error("expected a PEM file with one PRIVATE KEY or RSA PRIVATE KEY, not encrypted")]
    NotPem,
    #[error("expected an RSA or Ed25519 key")]
    OtherAlgorithm,
    #[error("the key cannot be read: {0}")]
    Key(#[from] DkimSigningKeyError),
    #[error("the selector and the domain may hold letters, digits, dots and hyphens")]
    Name,
}

impl Dkim {
    /// Creates a signer. `pem` is the content of `DKIM_KEY_FILE`: an RSA key in PKCS#1 or PKCS#8, or an
    /// Ed25519 key in PKCS#8, as OpenSSL writes them.
    pub fn new(selector: &str, domain: &str, pem: &str) -> Result<Self, BadDkimKey> {
        let is_name = |it: &str| {
            !it.is_empty()
                && it.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'_'))
        };
        if !is_name(selector) || !is_name(domain) {
            return Err(BadDkimKey::Name);
        }
        let headers = SIGNED.map(HeaderName::new_from_ascii_str).to_vec();
        let relaxed = DkimCanonicalizationType::Relaxed;
        let canonicalization = DkimCanonicalization { header: relaxed, body: relaxed };
        let (selector, domain) = (selector.to_owned(), domain.to_owned());
        Ok(Self(Arc::new(DkimConfig::new(selector, domain, key(pem)?, headers, canonicalization))))
    }

    pub fn sign(&self, message: &mut Message) {
        message.sign(&self.0);
    }
}

impl fmt::Debug for Dkim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dkim(…)")
    }
}

/// The headers that are signed. `Content-Type` is not among them: lettre keeps it with the body, where the
/// signing code would not find it.
const SIGNED: [&str; 12] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "Auto-Submitted",
    "In-Reply-To",
    "References",
    // RFC 8058 §4 requires that these two headers are signed.
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// Reads a key from PEM. lettre reads PKCS#1 and the bare Ed25519 seed; current tools write PKCS#8, which
/// wraps either.
fn key(pem: &str) -> Result<DkimSigningKey, BadDkimKey> {
    if let Some(pkcs1) = decoded(pem, "RSA PRIVATE KEY") {
        return rsa(&pkcs1);
    }
    let pkcs8 = decoded(pem, "PRIVATE KEY").ok_or(BadDkimKey::NotPem)?;
    let (algorithm, private) = unwrapped(&pkcs8).ok_or(BadDkimKey::NotPem)?;
    match algorithm {
        RSA => rsa(private),
        ED25519 => {
            let (OCTETS, seed, _) = element(private).ok_or(BadDkimKey::NotPem)? else {
                return Err(BadDkimKey::NotPem);
            };
            Ok(DkimSigningKey::new(&STANDARD.encode(seed), DkimSigningAlgorithm::Ed25519)?)
        }
        _ => Err(BadDkimKey::OtherAlgorithm),
    }
}

fn rsa(pkcs1: &[u8]) -> Result<DkimSigningKey, BadDkimKey> {
    let base64 = STANDARD.encode(pkcs1);
    let lines: Vec<_> =
        base64.as_bytes().chunks(64).map(|it| String::from_utf8_lossy(it).into_owned()).collect();
    let pem =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"));
    Ok(DkimSigningKey::new(&pem, DkimSigningAlgorithm::Rsa)?)
}

fn decoded(pem: &str, label: &str) -> Option<Vec<u8>> {
    let (_, from) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (base64, _) = from.split_once(&format!("-----END {label}-----"))?;
    STANDARD.decode(base64.split_whitespace().collect::<String>()).ok()
}

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// Returns the algorithm and the private key of a PKCS#8 structure (RFC 5208 §5).
fn unwrapped(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let within = |der, tag| element(der).filter(|it| it.0 == tag).map(|it| (it.1, it.2));
    let (info, _) = within(der, SEQUENCE)?;
    let (_version, rest) = within(info, INTEGER)?;
    let (algorithm, rest) = within(rest, SEQUENCE)?;
    let (algorithm, _parameters) = within(algorithm, OBJECT)?;
    let (private, _attributes) = within(rest, OCTETS)?;
    Some((algorithm, private))
}

/// Returns the tag and the content of the first DER element, and the bytes after it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f)).filter(|it| it.0.len() <= 4)?;
        (bytes.iter().fold(0, |length, &byte| (length << 8) | usize::from(byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests;
