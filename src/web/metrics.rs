//! The metrics for a monitoring program, in the text format of OpenMetrics.
use std::{
    fmt,
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
};

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    web::{Data, ServiceConfig},
};
use codes::Job;
use domain::{calendar::japan_date, settings::MailLimit};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::{app::App, problem::Problem, store, web::kit::client};

/// The content type that the answer must have (OpenMetrics 1.0).
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers since the process started, by the first digit of their status.
static ANSWERS: [AtomicU64; 5] = [const { AtomicU64::new(0) }; 5];

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Class {
    class: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Whose {
    turn: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobName {
    job: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitName {
    limit: &'static str,
}

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(metrics);
}

/// Counts an answer.
pub fn count(status: StatusCode) {
    if let Some(class) = ANSWERS.get(usize::from(status.as_u16() / 100).wrapping_sub(1)) {
        class.fetch_add(1, Ordering::Relaxed);
    }
}

#[get("/metrics")]
async fn metrics(app: Data<App>, req: HttpRequest) -> Result<HttpResponse, Problem> {
    if !client::is_operator(&req, &app.config.trusted_proxies) {
        return Err(Problem::Forbidden);
    }
    let mut registry = Registry::with_prefix("madoguchi");
    requests(&mut registry);
    work(&app, &mut registry).await?;
    memory(&mut registry).await;
    let mut body = String::new();
    encode(&mut body, &registry).map_err(|err: fmt::Error| Problem::Internal(err.into()))?;
    Ok(HttpResponse::Ok().content_type(OPEN_METRICS).body(body))
}

fn requests(registry: &mut Registry) {
    let answers = Family::<Class, Counter>::default();
    for (class, count) in CLASSES.into_iter().zip(&ANSWERS) {
        answers.get_or_create(&Class { class }).inc_by(count.load(Ordering::Relaxed));
    }
    registry.register("requests", "Answers of this process by class of status", answers);
}

async fn work(app: &App, registry: &mut Registry) -> Result<(), Problem> {
    let mails = Family::<State, Gauge<i64, AtomicI64>>::default();
    for (state, n) in store::correspondence::outbox::tally(&app.db, app.clock.now()).await? {
        mails.get_or_create(&State { state }).set(n);
    }
    registry.register("mails", "Mails in the outbox by state", mails);
    let consultations = Family::<Whose, Gauge<i64, AtomicI64>>::default();
    for (turn, n) in store::statistics::waiting_by_turn(&app.db).await? {
        consultations.get_or_create(&Whose { turn }).set(n);
    }
    registry.register("consultations", "Consultations by whose turn it is", consultations);
    let aside = Family::<JobName, Gauge<i64, AtomicI64>>::default();
    let rows = store::set_aside::all(&app.db).await?;
    for job in Job::ALL {
        let n = rows.iter().filter(|it| it.job == job).count();
        aside.get_or_create(&JobName { job: job.code() }).set(i64::try_from(n).unwrap_or(i64::MAX));
    }
    registry.register("set_aside_rows", "Rows that a background job could not handle", aside);
    let nearly = Family::<LimitName, Gauge<i64, AtomicI64>>::default();
    let programme = app.programme_to_show().await?;
    let now = app.clock.now();
    let settings = programme.settings_at(now);
    for limit in MailLimit::ALL {
        let (code, count) = (limit.code(), limit.nearly(settings));
        let n = store::correspondence::mail_budget::reached(&app.db, code, japan_date(now), count).await?;
        nearly.get_or_create(&LimitName { limit: code }).set(i64::try_from(n).unwrap_or(i64::MAX));
    }
    registry.register("mail_limits_nearly_spent", "Limits of mails used up to four fifths today", nearly);
    if let Some(latest) = store::heartbeat::latest(&app.db).await? {
        let age = Gauge::<i64, AtomicI64>::default();
        age.set((app.clock.now() - latest).num_seconds());
        registry.register("worker_age_seconds", "Time since a worker was last alive", age);
    }
    Ok(())
}

/// Adds the memory in use, if the system tells it.
async fn memory(registry: &mut Registry) {
    let Ok(status) = tokio::fs::read_to_string("/proc/self/status").await else { return };
    let Some(kib) = status.lines().find_map(|it| it.strip_prefix("VmRSS:")) else { return };
    let Some(Ok(kib)) = kib.split_whitespace().next().map(str::parse::<i64>) else { return };
    let resident = Gauge::<i64, AtomicI64>::default();
    resident.set(kib * 1024);
    registry.register("resident_memory_bytes", "Memory of this process that is in use", resident);
}
