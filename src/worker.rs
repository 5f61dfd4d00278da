//! What happens without anyone asking: mail that is due, holds and requests whose time is over, questions to be asked.
//!
//! Each job is a `step` that does one thing and can be called by a test; the loop is here alone.
pub mod chores;
pub mod deadlines;
pub mod outbox;
pub mod outside;

use std::{future::Future, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::{app::App, problem::Problem, store};

/// How long the worker sleeps when there is nothing to do.
const NAP: Duration = Duration::from_millis(500);
/// How often it says that it is alive, and does what need not be done at once. `/readyz` waits for two minutes.
const BEAT: TimeDelta = TimeDelta::seconds(30);

/// How often calendars outside are looked after: a booking is in the expert's calendar soon after.
const LOOK: Duration = Duration::from_secs(15);

/// Works until told to stop; a mail in hand is finished first.
pub async fn run(app: &App, stop: CancellationToken) {
    tokio::join!(work(app, &stop), look_outside(app, &stop));
}

/// Calendars outside, apart from everything else: a slow server there keeps nobody's mail waiting. A fetch in hand is
/// given up when it is time to stop, and taken up again later.
async fn look_outside(app: &App, stop: &CancellationToken) {
    let looking = async {
        loop {
            told(outside::step(app)).await;
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = looking => {}
    }
}

async fn work(app: &App, stop: &CancellationToken) {
    let mut beaten = None;
    while !stop.is_cancelled() {
        let now = app.clock.now();
        if beaten.is_none_or(|it: DateTime<Utc>| now - it >= BEAT) {
            beaten = Some(now);
            beat(app).await;
            told(chores::step(app)).await;
        }
        if !round(app).await {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(NAP) => {}
            }
        }
    }
}

/// Does everything that is due now, then returns.
pub async fn once(app: &App) {
    beat(app).await;
    told(chores::step(app)).await;
    told(outside::step(app)).await;
    while round(app).await {}
}

/// One look at every job that cannot wait. Says whether there was anything to do; a job that fails is logged and tried
/// again later.
async fn round(app: &App) -> bool {
    let deadlines = told(deadlines::step(app)).await;
    let mail = told(outbox::step(app)).await;
    deadlines || mail
}

async fn told(job: impl Future<Output = Result<bool, Problem>>) -> bool {
    match job.await {
        Ok(busy) => busy,
        Err(err) => {
            tracing::error!(error = ?err, "a background job failed and will be tried again");
            false
        }
    }
}

/// Says that a worker is alive; `/readyz` looks for it.
async fn beat(app: &App) {
    let now = app.clock.now();
    let beaten = async {
        let tx = app.begin().await?;
        store::beat::note(&tx, "worker", now).await?;
        tx.commit().await
    };
    if let Err(err) = beaten.await {
        tracing::error!(error = ?err, "the database cannot be reached");
    }
}
