//! What happens without anyone asking: mail that is due, holds and requests whose time is over, questions to be asked.
//!
//! Each job is a `step` that does one thing and can be called by a test; the loop is here alone.
pub mod deadlines;
pub mod outbox;

use std::{future::Future, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{app::App, problem::Problem, store};

/// How long the worker sleeps when there is nothing to do.
const NAP: Duration = Duration::from_millis(500);
/// How many mails are sent before the deadlines are looked at again.
const MAILS: usize = 20;

/// Works until told to stop; a mail in hand is finished first.
pub async fn run(app: &App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let busy = round(app, &stop).await;
        if !busy {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(NAP) => {}
            }
        }
    }
}

/// Does everything that is due now, then returns.
pub async fn once(app: &App) {
    while round(app, &CancellationToken::new()).await {}
}

/// One look at every job. Says whether there was anything to do; a job that fails is logged and tried again later.
async fn round(app: &App, stop: &CancellationToken) -> bool {
    beat(app).await;
    let mut busy = told(deadlines::step(app)).await;
    for _ in 0..MAILS {
        if stop.is_cancelled() || !told(outbox::step(app)).await {
            break;
        }
        busy = true;
    }
    busy
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
