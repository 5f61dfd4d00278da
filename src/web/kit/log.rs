//! One log line for each request, without personal data: the route's pattern, never the path or query.
use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::web::metrics;

/// The number by which a request is found in the log, short enough to be read out on the telephone, such as
/// `3F9A-1C2B`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestNumber(String);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl RequestNumber {
    fn generate() -> Self {
        let digits = Uuid::new_v4().simple().to_string().to_uppercase();
        Self(format!("{}-{}", &digits[..4], &digits[4..8]))
    }

    /// Returns the number of the request that is being answered.
    pub fn of(req: &HttpRequest) -> Option<String> {
        req.extensions().get::<Self>().map(|it| it.0.clone())
    }
}

pub async fn requests(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let number = RequestNumber::generate();
    req.extensions_mut().insert(number.clone());
    let span = tracing::info_span!("request", request.id = %number.0);
    let started = std::time::Instant::now();
    let requested = req.method().clone();
    let id = HeaderValue::from_str(&number.0).ok();
    async {
        let answer = next.call(req).await;
        let status = match &answer {
            Ok(answer) => answer.status(),
            Err(err) => err.as_response_error().status_code(),
        };
        metrics::count(status);
        let route = answer.as_ref().map_or(Some("unanswered".to_owned()), |it| it.request().match_pattern());
        let route = route.unwrap_or_else(|| "nowhere".to_owned());
        let (method, status) = (requested.as_str(), status.as_u16());
        let elapsed_ms = started.elapsed().as_millis();
        tracing::info!(
            http.method = method,
            http.route = %route,
            http.status = status,
            elapsed_ms,
            "{method} {route} answered {status}"
        );
        match (answer, id) {
            (Ok(mut answer), Some(id)) => {
                answer.headers_mut().insert(REQUEST_ID, id);
                Ok(answer)
            }
            (Err(err), Some(id)) => {
                let mut response = err.error_response();
                response.headers_mut().insert(REQUEST_ID, id);
                Err(InternalError::from_response(err, response).into())
            }
            (answer, None) => answer,
        }
    }
    .instrument(span)
    .await
}
