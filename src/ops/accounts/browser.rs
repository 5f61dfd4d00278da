//! The browser from which a person signs in, and whether the account is known to use it.
use std::{iter, net::IpAddr};

use domain::accounts::{DEVICE_REMEMBERED, device::device_words};
use sea_orm::DatabaseTransaction;

use super::notice;
use crate::{
    app::App,
    mail::mail_event::SecurityNews,
    ops::case::context::Context,
    problem::Problem,
    secret::{token, token_hash},
    store::{
        self,
        accounts::{account::Account, session::SessionPlace},
    },
};

/// The number of people whom one browser, such as that of a desk, keeps apart. The one who came first is forgotten first.
const PEOPLE_OF_BROWSER: usize = 8;
/// The length of a token of `secret::token`.
const TOKEN_LENGTH: usize = 43;

#[derive(Clone, Copy, Debug)]
pub struct Browser<'a> {
    pub address: IpAddr,
    /// The network of the address: a /24 for IPv4, a /64 for IPv6.
    pub network: &'a str,
    pub user_agent: &'a str,
    /// The value of the cookie by which a known device is recognised: a token for each person who uses it.
    pub device: Option<&'a str>,
    /// The session cookie that the browser had before. Its session ends, so that no browser stays in another person's
    /// session.
    pub previous: Option<&'a str>,
}

impl Browser<'_> {
    /// Returns the place of a session that is opened here.
    pub fn place(&self) -> SessionPlace {
        SessionPlace { device: device_words(self.user_agent), network: self.network.to_owned() }
    }
}

/// Returns the hash of the token by which the account knows this browser, if it has signed in from it before.
pub async fn known_device(
    tx: &DatabaseTransaction,
    context: &Context,
    account: &Account,
    browser: &Browser<'_>,
) -> Result<Option<String>, Problem> {
    let hashes = tokens(browser.device).map(token_hash).collect();
    let since = context.now - DEVICE_REMEMBERED;
    Ok(store::accounts::known_device::known(tx, account.id, hashes, since).await?)
}

/// Remembers the browser as one of the account, and returns the value of its cookie. The owner is told of a new one, unless
/// the account has signed in from no other one yet.
pub async fn remember(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    account: &Account,
    browser: &Browser<'_>,
) -> Result<String, Problem> {
    let now = context.now;
    if let Some(device) = known_device(tx, context, account, browser).await? {
        store::accounts::known_device::save_use(tx, &device, now).await?;
        return Ok(tokens(browser.device).collect::<Vec<_>>().join("."));
    }
    let SessionPlace { device, network } = browser.place();
    if store::accounts::known_device::any(tx, account.id).await? {
        let news = SecurityNews::NewDevice { device: &device, network: &network };
        notice::tell(app, tx, context, account, news).await?;
    }
    let token = token().map_err(|err| Problem::Internal(err.into()))?;
    store::accounts::known_device::insert(tx, account.id, token_hash(&token), device, now).await?;
    let people = iter::once(token.as_str()).chain(tokens(browser.device)).take(PEOPLE_OF_BROWSER);
    Ok(people.collect::<Vec<_>>().join("."))
}

/// Returns the tokens in the cookie of a device: one for each person who has signed in, the last new one first.
fn tokens(device: Option<&str>) -> impl Iterator<Item = &str> {
    let tokens = device.unwrap_or_default().split('.');
    tokens.filter(|it| it.len() == TOKEN_LENGTH).take(PEOPLE_OF_BROWSER)
}
