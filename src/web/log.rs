//! One line in the log for each request, without anything personal: the route's pattern, never the path or query.
use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::web::metrics;

/// The number by which a request is found in the log, short enough to be read out on the telephone: `3F9A-1C2B`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestNumber(String);

impl RequestNumber {
    fn generate() -> Self {
        let digits = Uuid::new_v4().simple().to_string().to_uppercase();
        Self(format!("{}-{}", &digits[..4], &digits[4..8]))
    }

    /// The number of a request that is being answered.
    pub fn of(req: &HttpRequest) -> Option<String> {
        req.extensions().get::<Self>().map(|it| it.0.clone())
    }
}

pub async fn requests(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let number = RequestNumber::generate();
    req.extensions_mut().insert(number.clone());
    let span = tracing::info_span!("request", request.id = %number.0);
    let started = std::time::Instant::now();
    async {
        let mut answer = next.call(req).await?;
        let (method, status) = (answer.request().method().as_str(), answer.status().as_u16());
        metrics::count(answer.status());
        let route = answer.request().match_pattern().unwrap_or_else(|| "nowhere".to_owned());
        let elapsed_ms = started.elapsed().as_millis();
        tracing::info!(
            http.method = method,
            http.route = %route,
            http.status = status,
            elapsed_ms,
            "{method} {route} answered {status}"
        );
        if let Ok(value) = HeaderValue::from_str(&number.0) {
            answer.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
        }
        Ok(answer)
    }
    .instrument(span)
    .await
}
