//! Answers to HEAD: those to GET without their body, which the server leaves out.
use actix_web::{
    Error,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
};

use crate::web::kit::kept_page::Counted;

/// Answers a HEAD request as a GET, so that each page has both.
pub async fn as_get(mut req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    if req.method() != Method::HEAD {
        return next.call(req).await;
    }
    req.head_mut().method = Method::GET;
    let mut answer = next.call(req).await?;
    // Such a request opens no page.
    answer.response_mut().extensions_mut().remove::<Counted>();
    Ok(answer)
}
