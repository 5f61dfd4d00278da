//! What happens without anyone asking: mail that is due, holds and requests whose time is over, questions to be asked.
//!
//! Each job is a `step` that does one thing and can be called by a test; the loop is here alone.
pub mod chores;
pub mod deadlines;
pub mod imap;
pub mod inbox;
pub mod outbox;
pub mod outside;
pub mod scan;
pub mod waiting;

use std::{future::Future, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::{app::App, problem::Problem, store};

/// How long the worker sleeps when there is nothing to do.
const NAP: Duration = Duration::from_millis(500);
/// How often it says that it is alive, and does what need not be done at once. `/readyz` waits for two minutes.
const BEAT: TimeDelta = TimeDelta::seconds(30);

/// How often files are looked for that belong to no message.
const SWEEP: TimeDelta = TimeDelta::hours(1);

/// How often calendars outside are looked after: a booking is in the expert's calendar soon after.
const LOOK: Duration = Duration::from_secs(15);

/// Works until told to stop; a mail in hand is finished first. Mail, the mailbox and the calendars outside each go
/// beside everything else: neither a slow server nor a long job keeps the others waiting.
pub async fn run(app: &App, stop: CancellationToken) {
    tokio::join!(
        jobs(app, &stop),
        outbox::run(app, stop.clone()),
        imap::run(app, &stop),
        look_outside(app, &stop),
        scan_files(app, &stop)
    );
}

/// Calendars outside. A fetch in hand is given up when it is time to stop, and taken up again later.
async fn look_outside(app: &App, stop: &CancellationToken) {
    let looking = async {
        loop {
            if !told(outside::step(app)).await {
                tokio::time::sleep(LOOK).await;
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = looking => {}
    }
}

/// Files that came with messages. The scanner may take its time; a file in its hands stays held.
async fn scan_files(app: &App, stop: &CancellationToken) {
    let scanning = async {
        loop {
            if !told(scan::step(app)).await {
                tokio::time::sleep(NAP).await;
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = scanning => {}
    }
}

async fn jobs(app: &App, stop: &CancellationToken) {
    let (mut beaten, mut swept) = (None, None);
    let mut looked = waiting::Looked::default();
    while !stop.is_cancelled() {
        let now = app.clock.now();
        if beaten.is_none_or(|it: DateTime<Utc>| now - it >= BEAT) {
            beaten = Some(now);
            beat(app).await;
            told(chores::step(app)).await;
        }
        if swept.is_none_or(|it: DateTime<Utc>| now - it >= SWEEP) {
            swept = Some(now);
            told(chores::sweep(app)).await;
        }
        if !round(app, &mut looked).await {
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
    told(chores::sweep(app)).await;
    while told(outside::step(app)).await {}
    imap::once(app).await;
    while told(scan::step(app)).await {}
    let mut looked = waiting::Looked::default();
    loop {
        let jobs = round(app, &mut looked).await;
        let mail = told(outbox::step(app)).await;
        if !jobs && !mail && !is_paced(app).await {
            break;
        }
    }
    app.mail.transport.take_leave(true).await;
    while told(outside::step(app)).await {}
}

/// One look at every job that cannot wait, mail apart. Says whether there was anything to do; a job that fails is logged
/// and tried again later.
async fn round(app: &App, looked: &mut waiting::Looked) -> bool {
    let deadlines = told(deadlines::step(app)).await;
    let inbox = told(inbox::step(app)).await;
    let offers = told(waiting::step(app, looked)).await;
    deadlines || inbox || offers
}

/// Where mail is due and a domain's pace keeps it back: waits a moment, and says so.
async fn is_paced(app: &App) -> bool {
    let is_due = store::outbox::any_due(&app.db, app.clock.now()).await;
    let is_paced = app.config.smtp.per_domain_a_minute > 0 && is_due.unwrap_or(false);
    if is_paced {
        tokio::time::sleep(NAP).await;
    }
    is_paced
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
