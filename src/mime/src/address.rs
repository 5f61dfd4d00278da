//! Addresses in headers.
use mail_parser::parsers::MessageStream;

use super::words;

/// A mail address and the name written with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The name as typed, on one line, without controls; may be empty. It proves nothing.
    pub name: String,
    /// The address `local@host` as written. Older Japanese carriers gave out local parts with consecutive and
    /// trailing dots.
    pub address: String,
}

/// The most addresses that are read from one header. It bounds the work that a header full of commas can
/// cause.
const MOST: usize = 200;

impl Address {
    /// Returns the address lower-cased, for comparing with known ones.
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// Returns the parts before and behind the last `@`.
    pub fn parts(&self) -> Option<(&str, &str)> {
        self.address.rsplit_once('@')
    }
}

/// Returns every address of a header, including the members of groups. A word without `@` is not an address.
pub fn parse(value: &[u8]) -> Vec<Address> {
    let prepared = words::prepared(value);
    let parsed = MessageStream::new(&prepared).parse_address();
    let Some(list) = parsed.as_address() else { return Vec::new() };
    list.iter()
        .filter_map(|it| {
            let name = it.name.as_deref().map(words::tidy).unwrap_or_default();
            let address = plain(it.address.as_deref().unwrap_or_default())?;
            Some(Address { name, address })
        })
        .take(MOST)
        .collect()
}

/// Returns the trimmed address if it contains no blanks or controls, has text on both sides of the `@` and is
/// at most 320 bytes long.
fn plain(address: &str) -> Option<String> {
    let address = address.trim();
    let (local, host) = address.rsplit_once('@')?;
    let clean = !address.contains(|it: char| it.is_control() || it.is_whitespace());
    let fits = !local.is_empty() && !host.is_empty() && address.len() <= 320;
    (clean && fits).then(|| address.to_owned())
}
