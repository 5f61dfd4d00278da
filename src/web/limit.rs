//! The time limit of every page: after it, the visitor gets an error page, whatever the server still waits
//! for.
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    Error, HttpMessage,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    middleware::Next,
    web::{Bytes, Data},
};
use futures_util::Stream;
use tokio::time::Instant;

use crate::{app::App, fault::Fault, problem::Problem};

/// The factor by which the limit is longer for pages that compute over all records.
const LONG: u32 = 12;

/// The beginnings of these pages' paths.
const LONG_PAGES: [&str; 3] = ["/staff/plan", "/stats", "/expert/calendars"];

/// Ends every request that has not been answered within the limit, counted from the last byte of its body,
/// because a slow connection is not the server's fault. The handler is dropped, and an open transaction with
/// it.
pub async fn on_every_page(
    app: Data<App>,
    mut req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let limit = limit_of(req.path(), app.config.page_limit);
    let received = Received::now();
    let payload = Watched { payload: req.take_payload(), received: received.clone() };
    req.set_payload(Payload::Stream { payload: Box::pin(payload) });
    let mut answer = std::pin::pin!(next.call(req));
    loop {
        let deadline = received.latest() + limit;
        if let Ok(answer) = tokio::time::timeout_at(deadline, &mut answer).await {
            return answer;
        }
        if received.latest() + limit <= Instant::now() {
            let cause = anyhow::anyhow!("no answer within {} s", limit.as_secs_f32());
            return Err(Problem::Unavailable(Fault::Unknown, cause).into());
        }
    }
}

fn limit_of(path: &str, limit: Duration) -> Duration {
    if LONG_PAGES.iter().any(|it| path.starts_with(it)) { limit * LONG } else { limit }
}

/// When the latest byte of a request arrived.
#[derive(Clone)]
struct Received(Arc<Mutex<Instant>>);

impl Received {
    fn now() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn latest(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// The body of a request, which records when each part arrives.
struct Watched {
    payload: Payload,
    received: Received,
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.payload).poll_next(cx);
        if polled.is_ready() {
            self.received.note();
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::limit_of;

    #[test]
    fn only_pages_that_reckon_over_everything_may_take_longer() {
        let limit = Duration::from_secs(5);
        for path in ["/", "/apply/x/confirm", "/staff", "/staff/consultations/R08-000001", "/readyz"] {
            assert_eq!(limit_of(path, limit), limit, "{path}");
        }
        for path in ["/stats", "/stats.xlsx", "/stats/pref/13", "/staff/plan", "/expert/calendars"] {
            assert_eq!(limit_of(path, limit), Duration::from_secs(60), "{path}");
        }
    }
}
