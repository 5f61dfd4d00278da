//! Passwords: which are accepted, how they are hashed, and how often a client may guess.
use std::{net::IpAddr, sync::Arc};

use anyhow::anyhow;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Semaphore;

use crate::{network_limit::NetworkLimit, problem::Problem};

/// A password that may be set.
pub struct Password(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    #[error("パスワードを入力してください")]
    Missing,
    #[error("パスワードは、12文字以上128文字以内で入力してください")]
    Length,
    #[error("パスワードには、メールアドレスと異なる文字列を入力してください")]
    IsTheAddress,
}

/// Limits the cost and the success of guessing: few hashes at once, few failures from one network.
///
/// The counts are kept in memory, so they are per process; the lock of an account is in the database.
#[derive(Clone, Debug)]
pub struct SignInGuard {
    cost: HashCost,
    hashing: Arc<Semaphore>,
    failures: Arc<NetworkLimit<IpAddr>>,
}

/// The work of hashing a new password. A stored hash says its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// KiB, at least 8.
    pub memory: u32,
    /// The number of passes over the memory, at least 1.
    pub passes: u32,
}

/// The cost that OWASP's Password Storage Cheat Sheet asks of Argon2id: 19 MiB and two passes.
const COST: HashCost = HashCost { memory: 19_456, passes: 2 };

/// The number of hashes computed at once; each takes 19 MiB.
const HASHES_AT_ONCE: usize = 2;
const FAILURES_PER_NETWORK: u32 = 40;
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// A hash that no password has. The password for an unknown address is verified against it, so that it takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy1pdA$\
                      TF0DqaJGpKgbX0NnG4uWqC9QzwSj1NXtG8k6gNmHn0g";

impl Password {
    pub fn parse(raw: &str, email: &str) -> Result<Self, BadPassword> {
        match raw.chars().count() {
            0 => Err(BadPassword::Missing),
            12..=128 if raw.trim().eq_ignore_ascii_case(email.trim()) => Err(BadPassword::IsTheAddress),
            12..=128 => Ok(Self(raw.to_owned())),
            _ => Err(BadPassword::Length),
        }
    }
}

impl Default for SignInGuard {
    fn default() -> Self {
        Self::of_cost(COST)
    }
}

impl SignInGuard {
    /// Makes a guard that hashes new passwords at this cost.
    pub fn of_cost(cost: HashCost) -> Self {
        let failures = Arc::new(NetworkLimit::new(FAILURES_PER_NETWORK, WINDOW));
        Self { cost, hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)), failures }
    }

    /// Hashes a password with Argon2id, in PHC format.
    pub async fn hash(&self, password: Password) -> Result<String, Problem> {
        let salt = crate::secret::token().map_err(|err| Problem::Internal(err.into()))?;
        let HashCost { memory, passes } = self.cost;
        self.work(move || {
            let cost = Params::new(memory, passes, 1, None).map_err(|err| anyhow!("cost: {err}"))?;
            let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
            let hash = hasher.hash_password_with_salt(password.0.as_bytes(), &salt.as_bytes()[..16]);
            Ok(hash.map_err(|err| anyhow!("hash: {err}"))?.to_string())
        })
        .await
    }

    /// Returns whether `hash` is that of `password`. Without a hash it takes as long and returns false.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Problem> {
        let (known, password) = (hash.is_some(), password.to_owned());
        let hash = hash.unwrap_or(NOBODY).to_owned();
        self.work(move || {
            let hash = PasswordHash::new(&hash).map_err(|err| anyhow!("stored password hash: {err}"))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known)
        })
        .await
    }

    /// Refuses a network that has failed too often.
    pub fn admit(&self, network: IpAddr, now: DateTime<Utc>) -> Result<(), Problem> {
        if self.failures.is_spent(&subscriber(network), now) { Err(Problem::TooMany) } else { Ok(()) }
    }

    /// Counts a failure against a network.
    pub fn note_failure(&self, network: IpAddr, now: DateTime<Utc>) {
        self.failures.spend(subscriber(network), now);
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let _permit = self.hashing.acquire().await.map_err(|err| Problem::Internal(err.into()))?;
        let done = tokio::task::spawn_blocking(job).await.map_err(|err| Problem::Internal(err.into()))?;
        done.map_err(Problem::Internal)
    }
}

/// Returns the address range of one subscriber: an IPv4 address, or the first 64 bits of an IPv6 address.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(it) => IpAddr::V4(it),
        IpAddr::V6(it) => IpAddr::V6((it.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{BadPassword, NOBODY, Password, PasswordHash, SignInGuard};

    #[test]
    fn a_password_has_12_to_128_characters_and_is_not_the_address() {
        let check = |raw: &str| Password::parse(raw, "center1@example.jp").map(|_| ());
        assert_eq!(check(""), Err(BadPassword::Missing));
        assert_eq!(check("short-secre"), Err(BadPassword::Length));
        assert_eq!(check("十二文字の長い合言葉です"), Ok(()));
        assert_eq!(check(&"x".repeat(128)), Ok(()));
        assert_eq!(check(&"x".repeat(129)), Err(BadPassword::Length));
        assert_eq!(check("Center1@Example.jp"), Err(BadPassword::IsTheAddress));
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_and_nothing_fits_nobody() {
        let guard = SignInGuard::default();
        let hash = guard.hash(Password::parse("correct horse battery", "").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(guard.verify("correct horse battery", Some(&hash)).await.unwrap());
        assert!(!guard.verify("wrong horse battery", Some(&hash)).await.unwrap());
        assert!(!guard.verify("", None).await.unwrap());
        assert!(PasswordHash::new(NOBODY).is_ok());
    }

    #[tokio::test]
    async fn a_hash_that_another_program_made_stays_valid() {
        let guard = SignInGuard::default();
        let stored = "$argon2id$v=19$m=19456,t=2,p=1$YS1zYWx0LTE2LW9jdGV0cw$\
                      GYUtck8fOTqBNvTVuY4eIvQkz1h7xAPwpYjDBF6j2pw";
        assert!(guard.verify("correct horse battery", Some(stored)).await.unwrap());
        assert!(!guard.verify("wrong horse battery", Some(stored)).await.unwrap());
    }

    #[test]
    fn a_network_that_fails_too_often_waits() {
        let (guard, now) = (SignInGuard::default(), DateTime::UNIX_EPOCH);
        let [one, neighbour, other] =
            ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(|it| it.parse().unwrap());
        for _ in 0..40 {
            assert!(guard.admit(one, now).is_ok());
            guard.note_failure(neighbour, now);
        }
        assert!(guard.admit(one, now).is_err());
        assert!(guard.admit(other, now).is_ok());
        assert!(guard.admit(one, now + TimeDelta::minutes(15)).is_ok());
    }
}
