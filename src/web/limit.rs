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
    error::{ErrorRequestTimeout, PayloadError},
    middleware::Next,
    web::{Bytes, Data},
};
use futures_util::Stream;
use tokio::time::Instant;

use crate::{app::App, fault::Fault, problem::Problem};

/// The factor by which the limit is longer for pages that compute over all records.
const LONG: u32 = 12;

/// The time after which a body ends of which no byte arrives any more.
const BODY_LIMIT: Duration = Duration::from_secs(10);

/// The beginnings of these pages' paths.
const LONG_PAGES: [&str; 3] = ["/staff/plan", "/stats", "/expert/calendars"];

/// Ends every request that has not been answered within the limit, counted from the last byte of its body,
/// because a slow connection is not the server's fault; a body that stops half way has a limit of its own. The handler
/// is dropped, and an open transaction with it.
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
        let (deadline, _) = received.deadline(limit);
        if let Ok(answer) = tokio::time::timeout_at(deadline, &mut answer).await {
            return answer;
        }
        let (deadline, is_half) = received.deadline(limit);
        if is_half && deadline <= Instant::now() {
            return Err(ErrorRequestTimeout("the body of the request stopped half way"));
        }
        if deadline <= Instant::now() {
            let cause = anyhow::anyhow!("no answer within {} s", limit.as_secs_f32());
            return Err(Problem::Unavailable(Fault::Unknown, cause).into());
        }
    }
}

fn limit_of(path: &str, limit: Duration) -> Duration {
    if LONG_PAGES.iter().any(|it| path.starts_with(it)) { limit * LONG } else { limit }
}

/// How far a request has arrived.
#[derive(Clone)]
struct Received(Arc<Mutex<Arrival>>);

#[derive(Clone, Copy)]
struct Arrival {
    /// The time of the latest byte.
    latest: Instant,
    /// Whether the handler waits for more of the body.
    is_half: bool,
}

impl Received {
    fn now() -> Self {
        Self(Arc::new(Mutex::new(Arrival { latest: Instant::now(), is_half: false })))
    }

    /// Returns when the request ends unanswered, and whether that is because its body stopped half way.
    fn deadline(&self, limit: Duration) -> (Instant, bool) {
        let Arrival { latest, is_half } = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (latest + if is_half { BODY_LIMIT } else { limit }, is_half)
    }

    fn note(&self, is_half: bool) {
        let mut arrival = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = if is_half { arrival.latest } else { Instant::now() };
        *arrival = Arrival { latest, is_half };
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
        self.received.note(polled.is_pending());
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Waker},
        time::Duration,
    };

    use actix_web::{dev::Payload, error::PayloadError, web::Bytes};
    use futures_util::{
        Stream, StreamExt,
        stream::{iter, pending},
    };

    use super::{BODY_LIMIT, Received, Watched, limit_of};

    #[test]
    fn a_body_that_stops_half_way_has_a_limit_of_its_own() {
        let limit = Duration::from_secs(60);
        let received = Received::now();
        let (begun, is_half) = received.deadline(Duration::ZERO);
        assert!(!is_half, "nothing waits for the body yet");
        let first: Result<Bytes, PayloadError> = Ok(Bytes::from_static(b"half"));
        let half = iter([first]).chain(pending());
        let payload: Payload = Payload::Stream { payload: Box::pin(half) };
        let mut body = Watched { payload, received: received.clone() };
        let mut poll = || Pin::new(&mut body).poll_next(&mut Context::from_waker(Waker::noop())).is_pending();
        assert!(!poll());
        assert!(!received.deadline(limit).1);
        assert!(poll());
        let (deadline, is_half) = received.deadline(limit);
        assert!(is_half && deadline >= begun + BODY_LIMIT && deadline < begun + limit);
    }

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
