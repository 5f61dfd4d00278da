//! The browser that sends a request, as far as a sign-in looks at it, and the answer that lets it in.
use std::net::IpAddr;

use actix_web::{HttpRequest, HttpResponse, http::header};

use crate::{
    app::App,
    ops::accounts::{account::SignedIn, browser::Browser},
    problem::Problem,
    web::kit::{
        client, page,
        session::{DEVICE_COOKIE, STAFF_COOKIE, cookie_value, device_cookie, staff_cookie},
    },
};

pub struct RequestBrowser {
    address: IpAddr,
    network: String,
    user_agent: String,
    device: Option<String>,
    previous: Option<String>,
}

impl RequestBrowser {
    pub fn of(app: &App, req: &HttpRequest) -> Self {
        let address = client::address(req, &app.config.trusted_proxies);
        let user_agent = req.headers().get(header::USER_AGENT).and_then(|it| it.to_str().ok());
        Self {
            address,
            network: client::network(address),
            user_agent: user_agent.unwrap_or_default().to_owned(),
            device: cookie_value(req, DEVICE_COOKIE),
            previous: cookie_value(req, STAFF_COOKIE),
        }
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser {
            address: self.address,
            network: &self.network,
            user_agent: &self.user_agent,
            device: self.device.as_deref(),
            previous: self.previous.as_deref(),
        }
    }
}

/// Answers a sign-in that has succeeded: with its cookies, and the way to the page that was asked for.
pub fn enter(app: &App, it: SignedIn, next: &str) -> Result<HttpResponse, Problem> {
    let home = page::home(it.account.role);
    let response = page::see_other(if next.is_empty() { home } else { next });
    with_cookies(app, response, it)
}

/// Adds the cookies of a sign-in that has succeeded.
pub fn with_cookies(app: &App, response: HttpResponse, it: SignedIn) -> Result<HttpResponse, Problem> {
    let response = page::with_cookie(response, &device_cookie(app, it.device))?;
    page::with_cookie(response, &staff_cookie(app, it.token))
}
