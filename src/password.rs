//! Passwords: which are accepted, how they are hashed, and how much hashing goes on at once.
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::anyhow;
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use tokio::sync::Semaphore;

use crate::problem::Problem;

mod common;
mod memory;

use memory::HashMemory;

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
    #[error("よく使われているため、推測されやすいパスワードです。別のものを入力してください")]
    Common,
    #[error("お名前、メールアドレス、サービス名のほかに、推測されにくい文字を8文字以上含めてください")]
    OwnWords,
}

/// Limits the cost of guessing: few hashes at once, in memory that is reused, and few sign-ins that wait for one.
///
/// The places are those of one process. The failures of a network and the lock of an account are in the database.
#[derive(Clone, Debug)]
pub struct SignInGuard {
    cost: HashCost,
    hashing: Arc<Semaphore>,
    memory: HashMemory,
    waiting: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place among the sign-ins that wait for their hash. It becomes free when it is dropped.
#[derive(Debug)]
pub struct HashPlace {
    network: IpAddr,
    waiting: Arc<Mutex<HashMap<IpAddr, usize>>>,
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

/// Words of the product, which a person who guesses knows, in lower case.
const PRODUCT_WORDS: [&str; 4] = ["madoguchi", "telework", "テレワーク", "相談窓口"];
/// The least number of characters, blanks not counted, beside the words that a person who guesses knows.
const OTHER_CHARACTERS: usize = 8;

/// The number of hashes computed at once; each takes 19 MiB.
const HASHES_AT_ONCE: usize = 2;
/// The number of sign-ins that may wait for a hash. The last of them waits about half a second.
const PLACES: usize = 24;
/// The number of sign-ins of one network that may wait at once, so that one computer cannot take all places.
const PLACES_OF_NETWORK: usize = 8;

/// A hash that no password has. The password for an unknown address is verified against it, so that it takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy1pdA$\
                      TF0DqaJGpKgbX0NnG4uWqC9QzwSj1NXtG8k6gNmHn0g";

impl Password {
    /// Returns `raw` as the new password of the person with this address and name, who may be empty.
    pub fn parse(raw: &str, email: &str, name: &str) -> Result<Self, BadPassword> {
        match raw.chars().count() {
            0 => Err(BadPassword::Missing),
            12..=128 if raw.trim().eq_ignore_ascii_case(email.trim()) => Err(BadPassword::IsTheAddress),
            12..=128 if common::is_common(raw) => Err(BadPassword::Common),
            12..=128 if is_of_known_words(raw, email, name) => Err(BadPassword::OwnWords),
            12..=128 => Ok(Self(raw.to_owned())),
            _ => Err(BadPassword::Length),
        }
    }

    /// Returns the password of a demo, which is no secret.
    pub fn of_demo(raw: &str) -> Self {
        Self(raw.to_owned())
    }
}

/// Returns whether little is left of a password without the words that belong to the person or to the product.
fn is_of_known_words(raw: &str, email: &str, name: &str) -> bool {
    let (raw, email, name) = (raw.to_lowercase(), email.to_lowercase(), name.to_lowercase());
    let of_address = email.split(|it: char| !it.is_alphanumeric()).filter(|it| it.chars().count() >= 4);
    let of_name = name.split_whitespace().filter(|it| it.chars().count() >= 2);
    let mut words: Vec<&str> = of_address.chain(of_name).chain(PRODUCT_WORDS).collect();
    // A word that contains another one goes first.
    words.sort_by_key(|it| std::cmp::Reverse(it.len()));
    let rest = words.iter().fold(raw.clone(), |rest, word| rest.replace(word, ""));
    let left = rest.chars().filter(|it| !it.is_whitespace()).count();
    rest != raw && (left < OTHER_CHARACTERS || common::is_common(&rest))
}

impl Default for SignInGuard {
    fn default() -> Self {
        Self::of_cost(COST)
    }
}

impl SignInGuard {
    /// Makes a guard that hashes new passwords at this cost.
    pub fn of_cost(cost: HashCost) -> Self {
        Self {
            cost,
            hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            memory: HashMemory::default(),
            waiting: Arc::default(),
        }
    }

    /// Hashes a password with Argon2id, in PHC format.
    pub async fn hash(&self, password: Password) -> Result<String, Problem> {
        let salt = crate::secret::token().map_err(|err| Problem::Internal(err.into()))?;
        let HashCost { memory, passes } = self.cost;
        self.work(move |blocks| {
            let cost = Params::new(memory, passes, 1, Some(Params::DEFAULT_OUTPUT_LEN));
            let cost = cost.map_err(|err| anyhow!("cost: {err}"))?;
            let salt = Salt::new(&salt.as_bytes()[..16]).map_err(|err| anyhow!("salt: {err}"))?;
            let params = ParamsString::try_from(&cost).map_err(|err| anyhow!("cost: {err}"))?;
            let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
            let hasher = Argon2::new(algorithm, version, cost);
            let hash = output(&hasher, password.0.as_bytes(), &salt, blocks)?;
            let (algorithm, version) = (algorithm.ident(), Some(version.into()));
            Ok(PasswordHash { algorithm, version, params, salt: Some(salt), hash: Some(hash) }.to_string())
        })
        .await
    }

    /// Takes a place among the sign-ins that wait for their hash. Refused if all places of the network or of this process
    /// are taken.
    pub fn place(&self, network: IpAddr) -> Result<HashPlace, Problem> {
        let network = subscriber(network);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let of_network = waiting.get(&network).copied().unwrap_or_default();
        if of_network >= PLACES_OF_NETWORK || waiting.values().sum::<usize>() >= PLACES {
            return Err(Problem::Crowded);
        }
        waiting.insert(network, of_network + 1);
        Ok(HashPlace { network, waiting: Arc::clone(&self.waiting) })
    }

    /// Returns whether `hash` is that of `password`. Without a hash it takes as long and returns false.
    pub async fn verify(
        &self,
        place: HashPlace,
        password: &str,
        hash: Option<&str>,
    ) -> Result<bool, Problem> {
        let (known, password) = (hash.is_some(), password.to_owned());
        let hash = hash.unwrap_or(NOBODY).to_owned();
        self.work(move |blocks| {
            let fits = fits(password.as_bytes(), &hash, blocks)?;
            drop(place);
            Ok(fits && known)
        })
        .await
    }

    /// Runs a job that hashes. Its permit and its memory go with it: if the visitor leaves, the job ends all the same, and
    /// no other takes its place before.
    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Vec<Block>) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = Arc::clone(&self.hashing).acquire_owned().await;
        let permit = permit.map_err(|err| Problem::Internal(err.into()))?;
        let memory = self.memory.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut blocks = memory.take();
            let done = job(&mut blocks);
            memory.give_back(blocks);
            drop(permit);
            done
        });
        done.await.map_err(|err| Problem::Internal(err.into()))?.map_err(Problem::Internal)
    }
}

impl Drop for HashPlace {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.get_mut(&self.network) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                waiting.remove(&self.network);
            }
        }
    }
}

/// Returns whether a stored hash is that of `password`.
fn fits(password: &[u8], stored: &str, blocks: &mut Vec<Block>) -> anyhow::Result<bool> {
    let stored = PasswordHash::new(stored).map_err(|err| anyhow!("stored password hash: {err}"))?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Err(anyhow!("stored password hash: salt or hash is missing"));
    };
    let algorithm = Algorithm::new(stored.algorithm.as_str());
    let algorithm = algorithm.map_err(|err| anyhow!("stored password hash: {err}"))?;
    let version = stored.version.map_or(Ok(Version::V0x13), Version::try_from);
    let version = version.map_err(|err| anyhow!("stored password hash: {err}"))?;
    let cost = Params::try_from(&stored).map_err(|err| anyhow!("stored password hash: {err}"))?;
    let found = output(&Argon2::new(algorithm, version, cost), password, salt, blocks)?;
    // Two outputs are compared in a time that does not depend on them.
    Ok(found == *expected)
}

/// Computes a hash in memory that earlier hashes have used. Nothing of their content is read.
fn output(
    hasher: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    blocks: &mut Vec<Block>,
) -> anyhow::Result<Output> {
    let needed = hasher.params().block_count();
    if blocks.len() < needed {
        blocks.resize(needed, Block::new());
    }
    let mut buffer = [0; Output::MAX_LENGTH];
    let length = hasher.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let hash = buffer.get_mut(..length).ok_or_else(|| anyhow!("hash: {length} bytes are too many"))?;
    hasher
        .hash_password_into_with_memory(password, salt, hash, blocks.as_mut_slice())
        .map_err(|err| anyhow!("hash: {err}"))?;
    Output::new(hash).map_err(|err| anyhow!("hash: {err}"))
}

/// Returns the address range of one subscriber: an IPv4 address, or the first 64 bits of an IPv6 address.
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(it) => IpAddr::V4(it),
        IpAddr::V6(it) => IpAddr::V6((it.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        BadPassword, HashCost, NOBODY, PLACES, PLACES_OF_NETWORK, Password, PasswordHash, Problem,
        SignInGuard, subscriber,
    };

    async fn fits(guard: &SignInGuard, password: &str, hash: Option<&str>) -> bool {
        let place = guard.place([192, 0, 2, 1].into()).unwrap();
        guard.verify(place, password, hash).await.unwrap()
    }

    #[test]
    fn a_password_has_12_to_128_characters_and_is_not_the_address() {
        let check = |raw: &str| Password::parse(raw, "center1@example.jp", "").map(|_| ());
        let long = "quiet owls by 16".repeat(8);
        assert_eq!(check(""), Err(BadPassword::Missing));
        assert_eq!(check("short-secre"), Err(BadPassword::Length));
        assert_eq!(check("十二文字の長い合言葉です"), Ok(()));
        assert_eq!(check(&long), Ok(()));
        assert_eq!(check(&format!("{long}x")), Err(BadPassword::Length));
        assert_eq!(check("Center1@Example.jp"), Err(BadPassword::IsTheAddress));
    }

    #[test]
    fn a_password_is_neither_common_nor_made_of_known_words() {
        let check = |raw: &str| Password::parse(raw, "hanako.suzuki@example.jp", "鈴木 花子").map(|_| ());
        assert_eq!(check("password1234"), Err(BadPassword::Common));
        for known in
            ["Hanako-Suzuki-26", "鈴木花子テレワーク26年", "madoguchi-12345678", "テレワーク相談窓口2026"]
        {
            assert_eq!(check(known), Err(BadPassword::OwnWords), "{known}");
        }
        for own in ["suzuki keeps nine quiet owls", "madoguchi kx-71-moss", "correct horse battery"] {
            assert_eq!(check(own), Ok(()), "{own}");
        }
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_and_nothing_fits_nobody() {
        let guard = SignInGuard::default();
        let hash = guard.hash(Password::parse("correct horse battery", "", "").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(fits(&guard, "correct horse battery", Some(&hash)).await);
        assert!(!fits(&guard, "wrong horse battery", Some(&hash)).await);
        assert!(!fits(&guard, "", None).await);
        assert!(PasswordHash::new(NOBODY).is_ok());
    }

    #[tokio::test]
    async fn a_hash_that_another_program_made_stays_valid() {
        let guard = SignInGuard::default();
        let stored = "$argon2id$v=19$m=19456,t=2,p=1$YS1zYWx0LTE2LW9jdGV0cw$\
                      GYUtck8fOTqBNvTVuY4eIvQkz1h7xAPwpYjDBF6j2pw";
        assert!(fits(&guard, "correct horse battery", Some(stored)).await);
        assert!(!fits(&guard, "wrong horse battery", Some(stored)).await);
    }

    #[test]
    fn neighbours_within_64_bits_are_one_subscriber() {
        let of = |it: &str| subscriber(it.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:203.0.113.9"), of("203.0.113.9"));
        assert_ne!(of("203.0.113.9"), of("203.0.113.10"));
    }

    #[test]
    fn one_network_cannot_take_all_places_and_all_networks_no_more_than_there_are() {
        let guard = SignInGuard::default();
        let at = |n: usize| guard.place(format!("192.0.2.{n}").parse().unwrap());
        let mut taken: Vec<_> = (0..PLACES_OF_NETWORK).map(|_| at(1).unwrap()).collect();
        assert!(matches!(at(1), Err(Problem::Crowded)));
        taken.extend((taken.len()..PLACES).map(|n| at(2 + n).unwrap()));
        assert!(matches!(at(200), Err(Problem::Crowded)));
        taken.remove(0);
        drop(at(1).unwrap());
        drop(taken);
        assert!(guard.waiting.lock().unwrap().is_empty(), "a place that is free is forgotten");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn two_hashes_at_a_time_share_two_pieces_of_memory() {
        let guard = SignInGuard::of_cost(HashCost { memory: 256, passes: 1 });
        let hash = guard.hash(Password::parse("correct horse battery", "", "").unwrap()).await.unwrap();
        let place = |n: u8| guard.place([192, 0, 2, n].into()).unwrap();
        let waiting: Vec<_> = (0..24)
            .map(|n| {
                let (guard, hash, place) = (guard.clone(), hash.clone(), place(n));
                tokio::spawn(async move {
                    guard.verify(place, "correct horse battery", Some(&hash)).await.unwrap()
                })
            })
            .collect();
        for (n, it) in waiting.into_iter().enumerate() {
            // A visitor who leaves frees no permit before the hash has ended.
            if n % 3 == 0 {
                it.abort();
            } else {
                assert!(it.await.unwrap());
            }
        }
        let all = guard.hashing.acquire_many(2).await.unwrap();
        // Memory is made only for a hash that finds none, and each hash gives its memory back.
        let kept = guard.memory.kept();
        assert!((1..=2).contains(&kept), "{kept} pieces for 25 hashes");
        drop(all);
    }
}
