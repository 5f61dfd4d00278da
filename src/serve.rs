//! Runs the server, from start to stop.
use std::time::Duration;

use actix_web::{HttpServer, web::Data};
use anyhow::Context;
use domain::theme::SHIPPED;
use madoguchi::{
    app::App,
    config::UNNAMED_PROXY,
    database,
    ops::{self, accounts::account::SetUp},
    store::{self, reference::programme::Theme},
    web, worker,
};
use sea_orm::DbBackend;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    console::{say_given, say_link},
    exit::{Failure, software, unavailable},
};

/// The interval between two times at which it is written down how often the guide is read.
const READERS_INTERVAL: Duration = Duration::from_secs(30);

/// The time in seconds that requests in flight get when the server stops.
const GRACE: u64 = 30;

/// Serves until SIGTERM or SIGINT, then finishes the requests in flight and the mails being sent.
pub async fn serve(app: App) -> Result<(), Failure> {
    database::migrate(&app.db).await.map_err(software)?;
    ship_themes(&app).await?;
    ops::publication::ship(&app).await.map_err(software)?;
    offer_set_up(&app).await?;

    let listen = app.config.listen;
    let data = Data::new(for_pages(&app).await?);
    let server = HttpServer::new(move || web::site(data.clone()))
        .disable_signals()
        .shutdown_timeout(GRACE)
        .bind(listen)
        .with_context(|| format!("cannot listen on {listen} (MADOGUCHI_LISTEN)"))
        .map_err(unavailable)?
        .run();
    let handle = server.handle();
    tracing::info!("listening on {listen}, reached as {}", app.site.as_str());

    if app.config.lacks_proxy() {
        tracing::warn!("{UNNAMED_PROXY}");
    }

    let stop = CancellationToken::new();
    read_examples(&app);
    let worker = start_worker(&app, &stop);
    let counting = (!app.runs_worker).then(|| tokio::spawn(keep_readers(app.clone())));
    let mut server = tokio::spawn(server);
    let ended = tokio::select! {
        ended = &mut server => ended,
        stopped = cancel_when_told(&stop) => {
            stopped.map_err(software)?;
            tracing::info!("stopping: finishing the requests in flight and the mails being sent");
            handle.stop(true).await;
            server.await
        }
    };
    stop.cancel();
    if let Some(worker) = worker {
        worker.await.map_err(software)?;
    }
    if let Some(counting) = counting {
        counting.abort();
    }
    write_readers(&app).await;
    ended.map_err(software)?.map_err(software)?;
    tracing::info!("stopped");
    Ok(())
}

/// Writes down how often the guide is read, from time to time, in a process without a worker, which does so otherwise.
async fn keep_readers(app: App) {
    loop {
        tokio::time::sleep(READERS_INTERVAL).await;
        write_readers(&app).await;
    }
}

async fn write_readers(app: &App) {
    if let Err(err) = ops::publication::readers::keep(app).await {
        tracing::error!(error = ?err, "how often the guide was read could not be written down");
    }
}

/// Cancels `stop` on SIGTERM or SIGINT.
pub async fn cancel_when_told(stop: &CancellationToken) -> std::io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => (),
        _ = interrupt.recv() => (),
    }
    stop.cancel();
    Ok(())
}

/// Returns the state for pages, with connections on which nothing takes longer than a page may. Background work keeps
/// the other connections: a connection that was opened on a thread of the server dies with that thread, while mails
/// that are being sent outlive it.
async fn for_pages(app: &App) -> Result<App, Failure> {
    let url = app.config.database_url.reveal();
    let db = database::connect_for_pages(url, app.config.page_limit).await.map_err(unavailable)?;
    // With SQLite there is one queue for all writers of this process; its connections have threads of their own.
    let sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let writer = if sqlite { app.writer.clone() } else { db.clone() };
    Ok(App { db, writer, ..app.clone() })
}

/// Starts the background work, if this process runs it.
fn start_worker(app: &App, stop: &CancellationToken) -> Option<JoinHandle<()>> {
    let (app, stop) = (app.clone(), stop.clone());
    app.runs_worker.then(|| tokio::spawn(async move { worker::run(&app, stop).await }))
}

/// Reads the examples, so that the first visitor does not wait for them: 100,000 take some seconds.
fn read_examples(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(err) = app.examples(|_| ()).await {
            tracing::warn!(error = ?err, "could not read the examples; the first search reads them");
        }
    });
}

/// Adds the built-in themes to a new programme; afterwards they belong to the operator.
async fn ship_themes(app: &App) -> Result<(), Failure> {
    let tx = app.begin().await.map_err(software)?;
    let themes = SHIPPED.iter().map(Theme::from);
    store::reference::programme::ship_themes(&tx, themes).await.map_err(software)?;
    tx.commit().await.map_err(software)
}

/// Prints a one-time set-up link if no account can sign in as administrator, once.
async fn offer_set_up(app: &App) -> Result<(), Failure> {
    let address = format!("admin@{}", app.config.mail_reply_domain);
    let address = domain::intake::contact::EmailAddress::parse(&address).map_err(software)?;
    match ops::accounts::account::set_up(app, &address).await.map_err(software)? {
        SetUp::Link(invitation) => say_link(app, &invitation),
        SetUp::LinkGiven(account) => say_given(&account),
        SetUp::Done => Ok(()),
    }
}
