//! Receives mail as a mail server's pipe delivers it.
use std::{io::Read, time::Duration};

use anyhow::anyhow;
use domain::id::MailId;
use madoguchi::{
    app::App,
    config::Config,
    ops::{self, correspondence::inbound_mail::IncomingMail},
    store::correspondence::inbound_mail::Source,
};
use tokio::time::{Instant, timeout_at};

use super::start;
use crate::{
    cli::Receive,
    exit::{DATA, Failure, TRY_AGAIN},
};

/// Returns whether the arguments ask for `mail receive`, however wrong the remaining ones are.
pub fn is_meant() -> bool {
    let args: Vec<_> = std::env::args().skip(1).take(2).collect();
    args == ["mail", "receive"]
}

/// The time within which a message must be stored: mail servers give up on a pipe, and some then send the message back.
const PATIENCE: Duration = Duration::from_secs(10);
/// The unit of message size, in octets, for each of which `FOR_A_MEGABYTE` is added to the time.
const MEGABYTE: usize = 1024 * 1024;
const FOR_A_MEGABYTE: Duration = Duration::from_secs(1);

/// Receives one message from standard input. Any failure before it is stored makes the mail server try again, even if
/// trying again will not help: a person sees the queue, and nothing is lost.
pub async fn receive(config: Config, receive: Receive) -> Result<(), Failure> {
    let limit = config.mail_size_limit;
    let (bytes, size) = tokio::task::spawn_blocking(move || read(std::io::stdin().lock(), limit))
        .await
        .map_err(again)?
        .map_err(again)?;
    let megabytes = u32::try_from(bytes.len() / MEGABYTE).unwrap_or(u32::MAX);
    let deadline = Instant::now() + PATIENCE + FOR_A_MEGABYTE.saturating_mul(megabytes);
    let app = timeout_at(deadline, start(config)).await.map_err(|_| late())?;
    let app = app.map_err(|it| Failure { code: TRY_AGAIN, ..it })?;
    // In a task of its own, so that a panic becomes an error.
    let kept = tokio::spawn(async move {
        let id = keep(&app, &receive, &bytes, size).await?;
        Ok::<_, anyhow::Error>((app, id, bytes))
    });
    // A message that is committed in spite of the timeout is recognised when it comes again.
    let kept = timeout_at(deadline, kept).await.map_err(|_| late())?;
    let (app, id, bytes) = kept.map_err(again)?.map_err(again)?;
    // From here on a worker can continue.
    let understood = tokio::spawn(async move { understood(&app, id, bytes).await });
    match timeout_at(deadline, understood).await {
        Ok(Ok(false)) => {}
        Ok(Ok(true) | Err(_)) | Err(_) => return Ok(()),
    }
    Err(Failure { code: DATA, cause: anyhow!("the input is not a mail; it is kept in quarantine") })
}

async fn keep(app: &App, receive: &Receive, bytes: &[u8], size: usize) -> anyhow::Result<MailId> {
    let variable =
        |names: &[&str]| names.iter().find_map(|it| std::env::var(it).ok().filter(|it| !it.is_empty()));
    let to = receive.to.clone().or_else(|| variable(&["ORIGINAL_RECIPIENT", "RECIPIENT"]));
    let from = receive.from.clone().or_else(|| std::env::var("SENDER").ok()).map(|it| match it.as_str() {
        // Mail servers write these if there is no sender.
        "" | "MAILER-DAEMON" => "<>".to_owned(),
        _ => it,
    });
    let (to, from) = (to.unwrap_or_default(), from.unwrap_or_default());
    let it = IncomingMail { source: Source::Pipe, envelope_to: &to, envelope_from: &from, bytes, size };
    ops::correspondence::inbound_mail::store_raw(app, &it)
        .await
        .map_err(|err| anyhow!("the message cannot be stored: {err:?}"))
}

/// Returns whether the message is a mail at all, and puts it into quarantine at once if not. It is stored in either
/// case; a worker repeats a step that fails from here on.
async fn understood(app: &App, id: MailId, bytes: Vec<u8>) -> bool {
    let is_mail = tokio::task::spawn_blocking(move || ops::correspondence::inbound_mail::is_mail(&bytes))
        .await
        .unwrap_or(true);
    if !is_mail && let Err(err) = ops::correspondence::inbound_mail::process(app, id).await {
        tracing::warn!(error = ?err, "the input is not a mail; the worker will try again to quarantine it");
    }
    is_mail
}

/// Reads at most `limit` octets, and returns them with the number of octets that there were.
fn read(mut from: impl Read, limit: usize) -> std::io::Result<(Vec<u8>, usize)> {
    let mut kept = Vec::new();
    let within = u64::try_from(limit).unwrap_or(u64::MAX);
    from.by_ref().take(within).read_to_end(&mut kept)?;
    let beyond = std::io::copy(&mut from, &mut std::io::sink())?;
    let size = kept.len().saturating_add(usize::try_from(beyond).unwrap_or(usize::MAX));
    Ok((kept, size))
}

fn late() -> Failure {
    again(anyhow!("the database has not answered in time"))
}

fn again(cause: impl Into<anyhow::Error>) -> Failure {
    Failure { code: TRY_AGAIN, cause: cause.into() }
}
