//! News (`docs/spec/around.md` §1).
pub use codes::NewsCategory;
use serde::{Deserialize, Serialize};

/// The facts of an item of news beside its title and text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsFacts {
    pub category: NewsCategory,
    /// Whether it stands above newer items.
    pub pinned: bool,
    /// The address of what it is about: a page of this site that begins with `/`, or another site's.
    pub related: Option<WebAddress>,
}

/// The address of a web page: `https://…`, `http://…`, or a path of this site that begins with one slash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebAddress(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebAddress {
    #[error("リンク先を入力してください")]
    Missing,
    #[error("リンク先は、https:// で始まるアドレス、または / で始まるこのサイトのページにしてください")]
    Malformed,
}

impl WebAddress {
    /// The length of the longest address, in bytes.
    pub const LONGEST: usize = 2_000;

    pub fn parse(raw: &str) -> Result<Self, InvalidWebAddress> {
        let address = raw.trim();
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let is_fine = match rest {
            Some(rest) => {
                let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                !host.is_empty() && !host.contains('@')
            }
            // Two slashes would be another site's address.
            None => address.starts_with('/') && !address.starts_with("//"),
        };
        let is_plain =
            address.chars().all(|it| !it.is_whitespace() && !it.is_control() && !"<>\"\\".contains(it));
        match () {
            () if address.is_empty() => Err(InvalidWebAddress::Missing),
            () if is_fine && is_plain && address.len() <= Self::LONGEST => Ok(Self(address.to_owned())),
            () => Err(InvalidWebAddress::Malformed),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the page is another site's.
    pub fn is_outside(&self) -> bool {
        !self.0.starts_with('/')
    }
}

impl TryFrom<String> for WebAddress {
    type Error = InvalidWebAddress;

    fn try_from(raw: String) -> Result<Self, InvalidWebAddress> {
        Self::parse(&raw)
    }
}

impl From<WebAddress> for String {
    fn from(it: WebAddress) -> Self {
        it.0
    }
}
