//! The browser from which a person signs in, and whether the account is known to use it.
use std::net::IpAddr;

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

#[derive(Clone, Copy, Debug)]
pub struct Browser<'a> {
    pub address: IpAddr,
    /// The network of the address: a /24 for IPv4, a /64 for IPv6.
    pub network: &'a str,
    pub user_agent: &'a str,
    /// The value of the cookie by which a known device is recognised.
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

/// Returns the hash of this browser's cookie if the account has signed in from it before.
pub async fn known_device(
    tx: &DatabaseTransaction,
    context: &Context,
    account: &Account,
    browser: &Browser<'_>,
) -> Result<Option<String>, Problem> {
    let Some(device) = browser.device.map(token_hash) else { return Ok(None) };
    let since = context.now - DEVICE_REMEMBERED;
    let is_known = store::accounts::known_device::is_known(tx, account.id, &device, since).await?;
    Ok(is_known.then_some(device))
}

/// Remembers the browser as one of the account. For a new one it returns the value of its cookie, and tells the owner,
/// unless the account has signed in from no other one yet.
pub async fn remember(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    account: &Account,
    browser: &Browser<'_>,
) -> Result<Option<String>, Problem> {
    let now = context.now;
    if let Some(device) = known_device(tx, context, account, browser).await? {
        store::accounts::known_device::save_use(tx, &device, now).await?;
        return Ok(None);
    }
    let SessionPlace { device, network } = browser.place();
    if store::accounts::known_device::any(tx, account.id).await? {
        let news = SecurityNews::NewDevice { device: &device, network: &network };
        notice::tell(app, tx, context, account, news).await?;
    }
    let token = token().map_err(|err| Problem::Internal(err.into()))?;
    store::accounts::known_device::insert(tx, account.id, token_hash(&token), device, now).await?;
    Ok(Some(token))
}
