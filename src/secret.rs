//! Tokens: random ones that are stored as hashes, and signed ones that need no storage.
use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead, KeyInit, Payload},
};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use rand::{
    TryRng,
    rngs::{SysError, SysRng},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub mod file;
pub mod one_time_code;

/// The length of XChaCha20's nonce in bytes: enough that a random one never repeats.
const NONCE: usize = 24;

/// The key from which every signature is derived. It is never shown, not even in debugging output.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The purpose of a signed token. A token for one purpose is invalid for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An expert's answer to a request; the subject is the assignment.
    Assignment,
    /// The answer to a follow-up or survey; the subject is the follow-up.
    FollowUp,
    /// A company's answer to the offer of an earlier time; the subject is the offer.
    WaitingOffer,
    /// Stopping mails of one topic; the subject is the account.
    Unsubscribe,
    /// Reading a publication that is not public; the subject is the publication.
    Preview,
    /// Objecting to a replaced mail address; the subject is the consultation.
    AddressObjection,
    /// The page of a participant of an event; the subject is the sign-up.
    SignUp,
    /// The page of a registrant of a telework month; the subject is the registration.
    Registration,
    /// Stopping announcements to a registrant; the subject is the registration.
    StopOutreach,
    /// Answering a survey; the subject is the set of answers.
    SurveyResponse,
    /// The page of a mentor; the subject is the mentor.
    Mentor,
    /// The page of a person who asks a mentor; the subject is the question.
    NetworkQuestion,
    /// The page on which a mentor answers; the subject is the question.
    NetworkAnswer,
    /// The second step of a sign-in, after the right password; the subject is a keyed hash of account and password.
    SecondStep,
}

impl Purpose {
    const fn tag(self) -> u8 {
        match self {
            Self::Assignment => 1,
            Self::FollowUp => 2,
            Self::WaitingOffer => 12,
            Self::Unsubscribe => 13,
            Self::Preview => 14,
            Self::AddressObjection => 15,
            Self::SignUp => 16,
            Self::Registration => 17,
            Self::StopOutreach => 18,
            Self::SurveyResponse => 19,
            Self::Mentor => 20,
            Self::NetworkQuestion => 21,
            Self::NetworkAnswer => 22,
            Self::SecondStep => 31,
        }
    }
}

/// Returns a new random value of 256 bits for a cookie or a link, in URL-safe letters.
pub fn token() -> Result<String, SysError> {
    let mut bytes = [0; 32];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Returns the hash that the database stores of a token: a leaked copy of the table gives no access.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Returns bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns the consultation that a reply token names. `Secret::reply_verify` tells whether the token is ours.
pub fn reply_subject(token: &str) -> Option<Uuid> {
    Uuid::from_slice(&unhex(token.get(..32)?)?).ok()
}

/// The number of octets of the signature in a reply token.
const REPLY_SIGNATURE: usize = 12;

/// Returns the message that a reply token signs. Its first octet begins no other signed message.
fn reply_message(consultation: Uuid, recipient: &str) -> Vec<u8> {
    let recipient = recipient.trim().to_lowercase();
    [&[3], &consultation.as_bytes()[..], recipient.as_bytes()].concat()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|it| Some(digit(*it.first()?)? << 4 | digit(*it.get(1)?)?)).collect()
}

impl Secret {
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    pub fn generate() -> Result<Self, SysError> {
        let mut key = [0; 32];
        SysRng.try_fill_bytes(&mut key)?;
        Ok(Self(key))
    }

    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns a token with which its bearer may do `purpose` to `subject` until `expires`.
    pub fn sign(&self, purpose: Purpose, subject: Uuid, expires: DateTime<Utc>) -> String {
        let mut message = [0; 25];
        message[0] = purpose.tag();
        message[1..17].copy_from_slice(subject.as_bytes());
        message[17..].copy_from_slice(&expires.timestamp().to_be_bytes());
        let mut bytes = message.to_vec();
        bytes.extend_from_slice(&self.mac(&message).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Returns the subject of a token that we signed for `purpose` and that has not expired.
    pub fn verify(&self, purpose: Purpose, token: &str, now: DateTime<Utc>) -> Option<Uuid> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (message, signature) = bytes.split_at_checked(25)?;
        self.mac(message).verify_slice(signature).ok()?;
        let (tag, rest) = message.split_first()?;
        let (subject, expires) = rest.split_at_checked(16)?;
        let expires = i64::from_be_bytes(expires.try_into().ok()?);
        (*tag == purpose.tag() && now.timestamp() < expires).then(|| Uuid::from_slice(subject).ok())?
    }

    /// Returns the part between `reply+` and `@` of the address at which this recipient answers mails about this
    /// consultation. It is hexadecimal, because mail servers may change the case of letters, and short enough for a
    /// local part (64 octets).
    pub fn reply_token(&self, consultation: Uuid, recipient: &str) -> String {
        let signature = self.mac(&reply_message(consultation, recipient)).finalize().into_bytes();
        hex(consultation.as_bytes()) + &hex(&signature[..REPLY_SIGNATURE])
    }

    /// Returns the consultation of a reply token and the recipient that it was made for, if we made it for one of
    /// `recipients`.
    pub fn reply_verify<'a>(
        &self,
        token: &str,
        mut recipients: impl Iterator<Item = &'a str>,
    ) -> Option<(Uuid, &'a str)> {
        let consultation = reply_subject(token)?;
        let signature = unhex(token.get(32..)?)?;
        if signature.len() != REPLY_SIGNATURE {
            return None;
        }
        let made_for = |recipient: &&str| {
            let mac = self.mac(&reply_message(consultation, recipient));
            mac.verify_truncated_left(&signature).is_ok()
        };
        recipients.find(made_for).map(|it| (consultation, it))
    }

    /// Returns a keyed hash under which an address or a network can be counted without being stored.
    pub fn pseudonym(&self, what: &str) -> String {
        hex(&self.mac(what.as_bytes()).finalize().into_bytes()[..16])
    }

    /// Encrypts a text that we must be able to read again, such as a password for another service. It can be decrypted
    /// only for the same `subject`.
    pub fn encrypt(&self, subject: Uuid, text: &str) -> anyhow::Result<String> {
        let mut nonce = [0; NONCE];
        SysRng.try_fill_bytes(&mut nonce)?;
        let payload = Payload { msg: text.as_bytes(), aad: subject.as_bytes() };
        let hidden = self.cipher().encrypt(&nonce.into(), payload);
        let hidden = hidden.map_err(|_| anyhow::anyhow!("a text is too long to be encrypted"))?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &hidden].concat()))
    }

    /// Decrypts a text that we encrypted for `subject`; `None` if it was encrypted with another key or has been
    /// changed.
    pub fn decrypt(&self, subject: Uuid, encrypted: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(encrypted).ok()?;
        let (nonce, hidden) = bytes.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let payload = Payload { msg: hidden, aad: subject.as_bytes() };
        String::from_utf8(self.cipher().decrypt(&nonce.into(), payload).ok()?).ok()
    }

    /// Returns the cipher. Its key is derived, so that the signing key never encrypts; no text can equal the message
    /// that it is derived from.
    fn cipher(&self) -> XChaCha20Poly1305 {
        let key: [u8; 32] = self.mac(b"\xffseal").finalize().into_bytes().into();
        XChaCha20Poly1305::new(&key.into())
    }

    fn mac(&self, message: &[u8]) -> Hmac<Sha256> {
        // HMAC fills a short key up to its block with zeros. Filled up here, the key always has a valid length.
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
    fn a_reply_token_is_for_one_consultation_and_one_recipient() {
        let secret = Secret::new([7; 32]);
        let (case, other) = (Uuid::from_u128(42), Uuid::from_u128(43));
        let token = secret.reply_token(case, "Contact@example.co.jp");
        assert!("reply+".len() + token.len() <= 64, "{token}");
        let known = ["expert@example.jp", "contact@example.co.jp"];
        let verify = |token: &str, known: &[&'static str]| secret.reply_verify(token, known.iter().copied());

        assert_eq!(verify(&token, &known), Some((case, known[1])));
        assert_eq!(verify(&token.to_uppercase(), &known), Some((case, known[1])));
        assert_eq!(verify(&token, &known[..1]), None);
        assert_eq!(Secret::new([8; 32]).reply_verify(&token, known.into_iter()), None);
        let swapped = secret.reply_token(other, known[1])[..32].to_owned() + &token[32..];
        assert_eq!(verify(&swapped, &known), None);
        for cut in 0..token.len() {
            assert_eq!(verify(&token[..cut], &known), None, "{cut}");
        }
        assert_eq!(verify(&format!("{token}00"), &known), None);
        assert_eq!(verify(&"あ".repeat(30), &known), None);
    }

    #[test]
    fn an_encrypted_text_is_read_only_unchanged_with_its_key_and_subject() {
        let (secret, subject) = (Secret::new([7; 32]), Uuid::from_u128(42));
        let encrypted = secret.encrypt(subject, "ひみつ").unwrap();
        assert_ne!(
            encrypted,
            secret.encrypt(subject, "ひみつ").unwrap(),
            "the same text looks different every time"
        );
        assert_eq!(secret.decrypt(subject, &encrypted).as_deref(), Some("ひみつ"));
        assert_eq!(secret.decrypt(Uuid::from_u128(43), &encrypted), None);
        assert_eq!(Secret::new([8; 32]).decrypt(subject, &encrypted), None);
        for cut in 0..encrypted.len() {
            assert_eq!(secret.decrypt(subject, &encrypted[..cut]), None, "{cut}");
        }
    }

    /// The values are computed by other libraries, so that an upgrade of ours cannot invalidate what is in use.
    #[test]
    fn tokens_and_texts_in_use_stay_valid() {
        let (secret, subject) = (Secret::new([7; 32]), Uuid::from_u128(42));
        let day = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        assert_eq!(
            secret.sign(Purpose::FollowUp, subject, day),
            "AgAAAAAAAAAAAAAAAAAAACoAAAAAAAFRgGCdFZw1fsA_zOKfo9lu8y97LdtUoDx_7A_5c48Ss4XB"
        );
        assert_eq!(
            secret.reply_token(subject, "contact@example.co.jp"),
            "0000000000000000000000000000002a795580cb4a4b0d3f81c08a6c"
        );
        let encrypted = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXBH-qglV7lZcUarbBxf6c81bTBttjZkC1Zg";
        assert_eq!(secret.decrypt(subject, encrypted).as_deref(), Some("ひみつ"));
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
