//! The server, from start to stop.
use actix_web::{HttpServer, web::Data};
use anyhow::Context;
use madoguchi::{app::App, database, ops, web};
use tokio::signal::unix::{SignalKind, signal};

use crate::commands::{Failure, say_link, software, unavailable};

/// How long requests in flight are given when the server stops. Seconds.
const GRACE: u64 = 30;

/// Serves until SIGTERM or SIGINT, then finishes the requests in flight.
pub async fn serve(app: App) -> Result<(), Failure> {
    database::migrate(&app.db).await.map_err(software)?;
    offer_set_up(&app).await?;

    let listen = app.config.listen;
    let data = Data::new(app.clone());
    let server = HttpServer::new(move || web::site(data.clone()))
        .disable_signals()
        .shutdown_timeout(GRACE)
        .bind(listen)
        .with_context(|| format!("cannot listen on {listen} (MADOGUCHI_LISTEN)"))
        .map_err(unavailable)?
        .run();
    let handle = server.handle();
    tracing::info!("listening on {listen}, reached as {}", app.site.as_str());

    // Background work starts here, with a `CancellationToken` that is cancelled before the server is told to stop and
    // a `join` with it after. It needs a pool of its own: a connection opened on a server thread dies with that thread.
    let mut server = tokio::spawn(server);
    let ended = tokio::select! {
        ended = &mut server => ended,
        told = told_to_stop() => {
            told.map_err(software)?;
            tracing::info!("stopping: finishing the requests in flight");
            handle.stop(true).await;
            server.await
        }
    };
    ended.map_err(software)?.map_err(software)?;
    app.db.close().await.map_err(software)?;
    tracing::info!("stopped");
    Ok(())
}

/// Where nobody can sign in as administrator: prints the link by which one can.
async fn offer_set_up(app: &App) -> Result<(), Failure> {
    let address = format!("admin@{}", app.config.mail_reply_domain);
    let address = domain::contact::EmailAddress::parse(&address).map_err(software)?;
    let invitation = ops::account::set_up(app, &address).await.map_err(software)?;
    match invitation {
        Some(invitation) => say_link(app, &invitation),
        None => Ok(()),
    }
}

async fn told_to_stop() -> std::io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => (),
        _ = interrupt.recv() => (),
    }
    Ok(())
}
