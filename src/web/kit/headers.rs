//! The headers of every response, errors included.
use actix_web::{
    Error, HttpResponse,
    body::BoxBody,
    cookie::Cookie,
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::{self, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};

use crate::{app::App, web::kit::flash};

/// The content security policy. No page has an inline script or style, so there is no nonce to manage.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const FIXED: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    // Addresses with tokens must not be sent to other sites. `no-referrer` is not used, because browsers
    // would then send `Origin: null` with our own forms, which over plain http cannot be told from another
    // site's.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

pub async fn on_everything(
    app: Data<App>,
    req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let https = app.site.is_https();
    match next.call(req).await {
        Ok(answer) => {
            let (req, mut response) = answer.into_parts();
            flash::clear_if_shown(&req, &mut response);
            add_to(&mut response, https);
            Ok(ServiceResponse::new(req, response))
        }
        // The handler failed without a response; the headers still belong to the error's page.
        Err(err) => {
            let mut response = err.error_response();
            add_to(&mut response, https);
            Err(InternalError::from_response(err, response).into())
        }
    }
}

fn add_to(response: &mut HttpResponse, https: bool) {
    if https {
        secure_cookies(response);
    }
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        // A response that has a stricter policy of its own, such as a mail document, keeps it.
        let is_closer = name == header::CONTENT_SECURITY_POLICY && headers.contains_key(&name);
        if !is_closer {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if https {
        let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn secure_cookies(response: &mut HttpResponse) {
    let cookies: Vec<_> = response.cookies().map(Cookie::into_owned).collect();
    response.headers_mut().remove(header::SET_COOKIE);
    for mut cookie in cookies {
        cookie.set_secure(true);
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}
