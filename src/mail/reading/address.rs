//! Who a mail is from and to.
use mail_parser::parsers::MessageStream;

use super::words;

/// An address with the name beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// As typed, on one line, without controls; may be empty. Never a reason to believe anything.
    pub name: String,
    /// `local@host` as written; older Japanese carriers gave out locals with consecutive and trailing dots.
    pub address: String,
}

/// Addresses of one header. Bounds what a header full of commas can cause.
const MOST: usize = 200;

impl Address {
    /// For comparing with what we know.
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// What is before and behind the last `@`.
    pub fn parts(&self) -> Option<(&str, &str)> {
        self.address.rsplit_once('@')
    }
}

/// Every address of a header, those of groups too. What has no `@` is none.
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

/// Without blanks and controls, and with something on both sides of the `@`.
fn plain(address: &str) -> Option<String> {
    let address = address.trim();
    let (local, host) = address.rsplit_once('@')?;
    let clean = !address.contains(|it: char| it.is_control() || it.is_whitespace());
    let fits = !local.is_empty() && !host.is_empty() && address.len() <= 320;
    (clean && fits).then(|| address.to_owned())
}
