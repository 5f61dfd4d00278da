//! Runs the work that no request triggers: due mail, expired holds and requests, and questions to be asked.
//!
//! Each job is a `step` that does one thing and can be called by a test; the loop is only here.
pub mod attachment_scan;
pub mod deadlines;
pub mod external_calendar;
pub mod housekeeping;
pub mod inbound_mail;
pub mod link_check;
pub mod mailbox;
pub mod outbox;
pub mod retention;
mod set_aside;
pub mod waiting_list;

use std::{future::Future, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{app::App, ops, problem::Problem, store};

/// The time for which the worker sleeps when there is nothing to do.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// The interval of the heartbeat and of the jobs that are not urgent. `/readyz` waits for two minutes.
const HEARTBEAT_INTERVAL: TimeDelta = TimeDelta::seconds(30);

/// The interval between searches for files that belong to no message.
const SWEEP_INTERVAL: TimeDelta = TimeDelta::hours(1);

/// The interval between checks of external calendars: a booking is in the expert's calendar soon after.
const CALENDAR_INTERVAL: Duration = Duration::from_secs(15);

/// The interval between two checks of links, so that no site is asked often.
const LINK_INTERVAL: Duration = Duration::from_secs(20);

/// The interval between two looks for what is to be erased.
const RETENTION_INTERVAL: Duration = Duration::from_secs(60);

/// The interval between two looks for a month to be closed.
const EDITION_INTERVAL: Duration = Duration::from_secs(30);

/// Works until `stop` is cancelled; mails that are being sent are finished first. Mail, the mailbox, external
/// calendars and scans run beside the other jobs, so that neither a slow server nor a long job delays the
/// others.
pub async fn run(app: &App, stop: CancellationToken) {
    tokio::join!(
        jobs(app, &stop),
        outbox::run(app, stop.clone()).instrument(job_span("outbox")),
        mailbox::run(app, &stop).instrument(job_span("mailbox")),
        run_external_calendars(app, &stop),
        run_attachment_scans(app, &stop),
        run_link_checks(app, &stop),
        run_editions(app, &stop),
        run_retention(app, &stop)
    );
}

/// Refreshes external calendars. A running fetch is abandoned at the stop, and repeated later.
async fn run_external_calendars(app: &App, stop: &CancellationToken) {
    let looking = async {
        loop {
            if !run_logged("external_calendar", external_calendar::step(app)).await {
                tokio::time::sleep(CALENDAR_INTERVAL).await;
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = looking => {}
    }
}

/// Scans the files of messages. The scanner may take long; the file that it checks stays held.
async fn run_attachment_scans(app: &App, stop: &CancellationToken) {
    let scanning = async {
        loop {
            if !run_logged("attachment_scan", attachment_scan::step(app)).await {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = scanning => {}
    }
}

/// Closes months and releases their statistics. Counting a large month takes long, so that it runs beside the other jobs.
async fn run_editions(app: &App, stop: &CancellationToken) {
    let closing = async {
        loop {
            if !editions(app).await {
                tokio::time::sleep(EDITION_INTERVAL).await;
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = closing => {}
    }
}

/// Erases what was kept for its time. The year's run takes long, so that it runs beside the other jobs.
async fn run_retention(app: &App, stop: &CancellationToken) {
    let erasing = async {
        loop {
            if !run_logged("retention", retention::step(app)).await {
                tokio::time::sleep(RETENTION_INTERVAL).await;
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = erasing => {}
    }
}

/// Closes the next month and releases what is due. Returns whether anything was done.
async fn editions(app: &App) -> bool {
    let closed = run_logged("close_month", ops::statistics::edition::close_due(app)).await;
    run_logged("release_edition", ops::statistics::edition::release_due(app)).await || closed
}

/// Checks links to other sites, one after the other. A running check is abandoned at the stop, and repeated later.
async fn run_link_checks(app: &App, stop: &CancellationToken) {
    let checking = async {
        loop {
            run_logged("link_check", link_check::step(app)).await;
            tokio::time::sleep(LINK_INTERVAL).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = checking => {}
    }
}

async fn jobs(app: &App, stop: &CancellationToken) {
    let (mut heartbeat_at, mut swept_at) = (None, None);
    let mut checked = waiting_list::LastCheck::default();
    while !stop.is_cancelled() {
        let now = app.clock.now();
        if heartbeat_at.is_none_or(|it: DateTime<Utc>| now - it >= HEARTBEAT_INTERVAL) {
            heartbeat_at = Some(now);
            record_heartbeat(app).await;
            housekeeping::step(app).await;
        }
        if swept_at.is_none_or(|it: DateTime<Utc>| now - it >= SWEEP_INTERVAL) {
            swept_at = Some(now);
            run_logged("sweep_files", housekeeping::sweep_files(app)).await;
        }
        if !round(app, &mut checked).await {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }
}

/// Does everything that is due now, then returns.
pub async fn once(app: &App) {
    record_heartbeat(app).await;
    housekeeping::step(app).await;
    run_logged("sweep_files", housekeeping::sweep_files(app)).await;
    while run_logged("external_calendar", external_calendar::step(app)).await {}
    while editions(app).await {}
    while run_logged("retention", retention::step(app)).await {}
    mailbox::once(app).instrument(job_span("mailbox")).await;
    while run_logged("attachment_scan", attachment_scan::step(app)).await {}
    let mut checked = waiting_list::LastCheck::default();
    loop {
        let jobs = round(app, &mut checked).await;
        let mail = run_logged("outbox", outbox::step(app)).await;
        if !jobs && !mail && !is_paced(app).await {
            break;
        }
    }
    app.mail.transport.close_idle(true).await;
    while run_logged("external_calendar", external_calendar::step(app)).await {}
}

/// Runs every urgent job except mail once. Returns whether anything was done; a failed job is logged and
/// tried again later.
async fn round(app: &App, checked: &mut waiting_list::LastCheck) -> bool {
    let rows = match set_aside::SetAsideRows::of(app).await {
        Ok(rows) => rows,
        Err(err) => {
            tracing::error!(error = ?err, "the rows that are set aside cannot be read; the round is repeated later");
            return false;
        }
    };
    let deadlines = run_logged("deadlines", deadlines::step_without(app, &rows)).await;
    let inbound = run_logged("inbound_mail", inbound_mail::step(app)).await;
    let offers = run_logged("waiting_list", waiting_list::step_without(app, checked, &rows)).await;
    deadlines || inbound || offers
}

/// Returns whether mail is due that a domain's rate limit may hold back, after waiting a moment if so.
async fn is_paced(app: &App) -> bool {
    let is_due = store::correspondence::outbox::any_due(&app.db, app.clock.now()).await;
    let is_paced = app.config.smtp.per_domain_a_minute > 0 && is_due.unwrap_or(false);
    if is_paced {
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    is_paced
}

/// Runs a step of a job in a span with the job's name. Returns whether it did anything; a failure is logged, and
/// the step is repeated later.
async fn run_logged(name: &'static str, step: impl Future<Output = Result<bool, Problem>>) -> bool {
    let logged = async {
        match step.await {
            Ok(busy) => busy,
            Err(err) => {
                tracing::error!(error = ?err, "job {name} failed and will be tried again");
                false
            }
        }
    };
    logged.instrument(job_span(name)).await
}

/// Returns the span in which everything that a job does and logs takes place.
fn job_span(name: &'static str) -> tracing::Span {
    tracing::info_span!("job", job.name = name)
}

/// Records that a worker is alive, for `/readyz`.
async fn record_heartbeat(app: &App) {
    let now = app.clock.now();
    let heartbeat_at = async {
        let tx = app.begin().await?;
        store::heartbeat::record(&tx, "worker", now).await?;
        tx.commit().await
    };
    let logged = async {
        if let Err(err) = heartbeat_at.await {
            tracing::error!(error = ?err, "the database cannot be reached");
        }
    };
    logged.instrument(job_span("heartbeat")).await;
}
