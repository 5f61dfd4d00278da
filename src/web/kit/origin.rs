//! The protection against changes that are requested from another site.
use actix_web::{
    Error, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web::Data,
};

use crate::{app::App, problem::Problem};

/// Refuses every request from another site unless it only reads.
pub async fn same_site_only(
    app: Data<App>,
    req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let origin = text(&req, header::ORIGIN.as_str());
    let fetch_site = text(&req, "sec-fetch-site");
    let host = text(&req, header::HOST.as_str());
    if reads(req.method()) || is_ours(origin, fetch_site, &app.config.public_url, host) {
        return next.call(req).await;
    }
    tracing::warn!("refused a request from another site");
    Ok(req.into_response(HttpResponse::from_error(Problem::Forbidden)))
}

fn reads(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Returns whether a request comes from one of our own pages. Browsers send `Sec-Fetch-Site` and `Origin`; a
/// client that sends neither is no browser and carries no other person's cookies. The origin `null` proves
/// nothing either way.
///
/// Our origin is the scheme, the host and the port of the public address. On this machine itself, where the operator
/// looks at the service under other names (`localhost`) and ports, the requested host counts too: it has no cookies of the
/// public name, and another site cannot choose the `Host` of its victim's request.
fn is_ours(origin: Option<&str>, fetch_site: Option<&str>, ours: &url::Url, host: Option<&str>) -> bool {
    let fetched = fetch_site.is_none_or(|it| it == "same-origin" || it == "none");
    let from = match origin {
        None => true,
        Some("null") => fetch_site == Some("same-origin"),
        Some(origin) => {
            let is_local = |it: &url::Url| it.scheme() == "http" && is_loopback(it);
            let is_host = |it: &url::Url| host.is_some_and(|host| it.authority() == host);
            url::Url::parse(origin)
                .is_ok_and(|it| it.origin() == ours.origin() || is_local(&it) && is_host(&it))
        }
    };
    fetched && from
}

fn is_loopback(address: &url::Url) -> bool {
    match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(it)) => it.is_loopback(),
        Some(url::Host::Ipv6(it)) => it.is_loopback(),
        None => false,
    }
}

fn text<'a>(req: &'a ServiceRequest, name: &str) -> Option<&'a str> {
    // A header that is present but unreadable does not count as ours.
    req.headers().get(name).map(|it| it.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_host_alone_is_no_origin_of_ours() {
        let ours = url::Url::parse("https://soudan.example.jp").unwrap();
        for (origin, host, expected) in [
            ("https://soudan.example.jp", "soudan.example.jp", true),
            ("http://soudan.example.jp", "soudan.example.jp", false),
            ("https://soudan.example.jp:8443", "soudan.example.jp:8443", false),
            ("http://192.168.1.7:8080", "192.168.1.7:8080", false),
            ("http://localhost:8080", "localhost:8080", true),
            ("http://[::1]:8080", "[::1]:8080", true),
            ("http://localhost:8080", "localhost:8081", false),
            ("https://localhost:8080", "localhost:8080", false),
        ] {
            assert_eq!(is_ours(Some(origin), None, &ours, Some(host)), expected, "{origin} at {host}");
        }
    }

    #[test]
    fn only_our_own_origin_counts() {
        let ours = url::Url::parse("https://soudan.example.jp").unwrap();
        for (origin, fetch_site, expected) in [
            (None, None, true),
            (Some("https://soudan.example.jp"), None, true),
            (Some("https://soudan.example.jp"), Some("same-origin"), true),
            (Some("https://soudan.example.jp:443"), Some("same-origin"), true),
            (None, Some("none"), true),
            (Some("http://127.0.0.1:8080"), None, true),
            (Some("http://127.0.0.1:8081"), None, false),
            (Some("http://soudan.example.jp"), None, false),
            (Some("https://evil.example.jp"), None, false),
            (Some("https://soudan.example.jp.evil.example"), None, false),
            (Some("null"), None, false),
            (Some("null"), Some("same-origin"), true),
            (Some("null"), Some("cross-site"), false),
            (Some("?"), None, false),
            (Some("https://soudan.example.jp"), Some("cross-site"), false),
            (None, Some("cross-site"), false),
            (None, Some("same-site"), false),
        ] {
            assert_eq!(
                is_ours(origin, fetch_site, &ours, Some("127.0.0.1:8080")),
                expected,
                "{origin:?} {fetch_site:?}"
            );
        }
    }
}
