//! Tokens: made at random and kept as hashes, or signed so that nothing need be kept.
use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub mod file;

/// The key from which every signature is derived; never shown, not even in debugging output.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a signed token is good for. A token for one purpose is worthless for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An expert's answer to a request; the subject is the assignment.
    Assignment,
    /// The answer to a follow-up or survey; the subject is the follow-up.
    FollowUp,
}

impl Purpose {
    const fn tag(self) -> u8 {
        match self {
            Self::Assignment => 1,
            Self::FollowUp => 2,
        }
    }
}

/// A fresh secret value of 256 bits for a cookie or a link, in URL-safe letters.
pub fn token() -> Result<String, rand::rand_core::OsError> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What the database keeps of a token: a leaked copy of the table opens nothing.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Secret {
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    pub fn generate() -> Result<Self, rand::rand_core::OsError> {
        let mut key = [0; 32];
        OsRng.try_fill_bytes(&mut key)?;
        Ok(Self(key))
    }

    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A token that says "whoever has this may do `purpose` to `subject` until `expires`".
    pub fn sign(&self, purpose: Purpose, subject: Uuid, expires: DateTime<Utc>) -> String {
        let mut message = [0; 25];
        message[0] = purpose.tag();
        message[1..17].copy_from_slice(subject.as_bytes());
        message[17..].copy_from_slice(&expires.timestamp().to_be_bytes());
        let mut bytes = message.to_vec();
        bytes.extend_from_slice(&self.mac(&message).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The subject of a token that we signed for `purpose` and that has not expired.
    pub fn verify(&self, purpose: Purpose, token: &str, now: DateTime<Utc>) -> Option<Uuid> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (message, signature) = bytes.split_at_checked(25)?;
        self.mac(message).verify_slice(signature).ok()?;
        let (tag, rest) = message.split_first()?;
        let (subject, expires) = rest.split_at_checked(16)?;
        let expires = i64::from_be_bytes(expires.try_into().ok()?);
        (*tag == purpose.tag() && now.timestamp() < expires).then(|| Uuid::from_slice(subject).ok())?
    }

    /// A keyed hash under which an address or a network can be counted without being kept.
    pub fn pseudonym(&self, what: &str) -> String {
        hex(&self.mac(what.as_bytes()).finalize().into_bytes()[..16])
    }

    fn mac(&self, message: &[u8]) -> Hmac<Sha256> {
        // HMAC fills a short key up to its block with zeros; filled up here, a key of a wrong length is no case.
        let mut block = [0; 64];
        block[..self.0.len()].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new((&block).into());
        mac.update(message);
        mac
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::{Purpose, Secret, token, token_hash};

    #[test]
    fn a_signed_token_opens_one_thing_for_one_purpose_until_its_time() {
        let secret = Secret::new([7; 32]);
        let now = DateTime::UNIX_EPOCH;
        let (subject, expires) = (Uuid::from_u128(42), now + TimeDelta::days(1));
        let good = secret.sign(Purpose::FollowUp, subject, expires);

        assert_eq!(secret.verify(Purpose::FollowUp, &good, now), Some(subject));
        assert_eq!(secret.verify(Purpose::Assignment, &good, now), None);
        assert_eq!(secret.verify(Purpose::FollowUp, &good, expires), None);
        assert_eq!(Secret::new([8; 32]).verify(Purpose::FollowUp, &good, now), None);
        for cut in 0..good.len() {
            assert_eq!(secret.verify(Purpose::FollowUp, &good[..cut], now), None, "{cut}");
        }
        let mut forged = good.into_bytes();
        forged[3] = if forged[3] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        assert_eq!(secret.verify(Purpose::FollowUp, &forged, now), None);
    }

    #[test]
    fn random_tokens_differ_and_their_hashes_do_not_tell_them() {
        let (a, b) = (token().unwrap(), token().unwrap());
        assert_ne!(a, b);
        assert_eq!(a.len(), 43);
        assert_eq!(token_hash(&a).len(), 64);
        assert!(!token_hash(&a).contains(&a));
    }
}
