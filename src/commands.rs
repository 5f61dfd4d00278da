//! The commands: one function each.
use std::{io::Write, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use domain::intake::contact::EmailAddress;
use lettre::message::Mailbox;
use madoguchi::{
    app::App,
    cached::Cached,
    clock::Clock,
    config::{self, Config, Hidden, UNNAMED_PROXY},
    database,
    doctor::{self, Finding},
    fetch::{Fetcher, Limits},
    mail::{
        dkim::Dkim,
        imap,
        sender::Sender,
        transport::{SmtpOptions, Transport},
    },
    ops::{self, accounts::account::NewAccount},
    password::SignInGuard,
    secret, store,
    url::Site,
    worker,
};
use tokio_util::sync::CancellationToken;

use crate::{
    cli::{Fill, Serve, StaffAdd, Worker},
    console::{say_factor_reset, say_link},
    exit::{FINDINGS, Failure, bad_config, software, unavailable, usage},
    serve,
};

pub mod demo;
pub mod mail;
pub mod simulate;

/// The folder for mails that are not handed to a server.
const MAIL_FOLDER: &str = "data/mail";
/// The time for which a page may show the center's old name and telephone number after a change.
const SHOWN_FOR: Duration = Duration::from_secs(1);

pub async fn serve(config: Config, serve: &Serve) -> Result<(), Failure> {
    let app = App { runs_worker: !serve.no_worker, ..start(config).await? };
    serve::serve(app).await
}

pub async fn work(config: Config, work: &Worker) -> Result<(), Failure> {
    let app = start(config).await?;
    database::migrate(&app.db).await.map_err(software)?;
    if work.once {
        worker::once(&app).await;
        return Ok(());
    }
    let stop = CancellationToken::new();
    let (stopped, ()) = tokio::join!(serve::cancel_when_told(&stop), worker::run(&app, stop.clone()));
    stopped.map_err(software)
}

pub async fn fill(config: &Config, fill: &Fill) -> Result<(), Failure> {
    let db = database::connect(config.database_url.reveal()).await.map_err(unavailable)?;
    database::migrate(&db).await.map_err(software)?;
    let now = Clock::System.now();
    madoguchi::demo::fill::run(&db, fill.consultations, fill.experts, fill.seed, now).await.map_err(usage)?;
    db.close().await.map_err(software)
}

pub async fn doctor(config: &Config) -> Result<(), Failure> {
    let db = database::connect(config.database_url.reveal()).await.map_err(unavailable)?;
    let now = Clock::System.now();
    let mut findings = doctor::examine(&db, now).await.map_err(software)?;
    findings.extend(doctor::files::examine(&db, &config.attachments.folder, now).await.map_err(software)?);
    findings.extend(config.lacks_proxy().then(|| Finding {
        rule: "trusted_proxies",
        subject: "settings".to_owned(),
        what: UNNAMED_PROXY.to_owned(),
    }));
    let mut out = std::io::stdout().lock();
    for finding in &findings {
        writeln!(out, "{finding}").map_err(software)?;
    }
    if findings.is_empty() {
        return Ok(());
    }
    Err(Failure { code: FINDINGS, cause: anyhow!("the doctor has {} finding(s)", findings.len()) })
}

pub async fn migrate(config: &Config) -> Result<(), Failure> {
    let db = database::connect(config.database_url.reveal()).await.map_err(unavailable)?;
    database::migrate(&db).await.map_err(software)?;
    db.close().await.map_err(software)
}

pub async fn staff_add(config: Config, add: &StaffAdd) -> Result<(), Failure> {
    let email = EmailAddress::parse(&add.email)
        .map_err(|_| usage(anyhow!("--email {}: accepted: an address such as name@example.jp", add.email)))?;
    if add.name.trim().is_empty() || add.name.contains(char::is_control) {
        return Err(usage(anyhow!("--name {:?}: accepted: a name", add.name)));
    }
    let app = start(config).await?;
    database::migrate(&app.db).await.map_err(software)?;
    let known = store::accounts::account::find_by_email(&app.db, &email.key()).await.map_err(software)?;
    let done = match known {
        Some(account) => ops::accounts::account::invite_again(&app, account.id).await,
        None => {
            let (name, role) = (add.name.trim().to_owned(), add.role.into());
            ops::accounts::account::invite(&app, &NewAccount { email, name, role, desk: None }).await
        }
    };
    say_link(&app, &done.map_err(software)?)
}

/// Removes the second factor of an account.
pub async fn reset_factor(config: Config, email: &str) -> Result<(), Failure> {
    let app = start(config).await?;
    database::migrate(&app.db).await.map_err(software)?;
    let key = email.trim().to_lowercase();
    let known = store::accounts::account::find_by_email(&app.db, &key).await.map_err(software)?;
    let known =
        known.ok_or_else(|| usage(anyhow!("--email {email}: accepted: the address of an account")))?;
    let account = ops::accounts::second_factor::reset_by_operator(&app, known.id).await.map_err(software)?;
    say_factor_reset(&account)
}

/// Builds the state that a command may need. The schema of the database stays as it is.
async fn start(config: Config) -> Result<App, Failure> {
    if let Some(url) = &config.imap_url {
        let wrong =
            "IMAP_URL: accepted: imaps:// or imap:// with USER:PASSWORD@HOST:PORT/FOLDER?moved_to=FOLDER";
        imap::ImapAccount::parse(url.reveal()).ok_or_else(|| bad_config(anyhow!(wrong)))?;
    }
    let secret = secret::file::read_or_make(&config.secret_file).map_err(bad_config)?;
    let mail = sender(&config).map_err(bad_config)?;
    let url = config.database_url.reveal();
    // A writer to SQLite has a connection of its own, and the jobs read little.
    let connections = if url.starts_with("sqlite:") { 2 } else { 16 };
    let db = database::connect_at_most(url, connections).await.map_err(unavailable)?;
    let writer = database::writer(url, &db).await.map_err(unavailable)?;
    Ok(App {
        db,
        writer,
        clock: Clock::System,
        mail,
        fetch: Fetcher::new(&config.fetch_allow, Limits::default()).on_ports(&config.fetch_ports),
        secret,
        site: Site::new(config.public_url.as_str()),
        config: Arc::new(config),
        cached: Arc::new(Cached::shown_for(SHOWN_FOR)),
        guard: SignInGuard::default(),
        runs_worker: false,
        readiness: Arc::default(),
        readers: Arc::default(),
        searches: Arc::default(),
    })
}

fn sender(config: &Config) -> anyhow::Result<Sender> {
    let smtp_url = config.smtp_url.as_ref().map(Hidden::reveal);
    let options = SmtpOptions { plaintext: config.smtp.plaintext };
    let transport =
        Transport::from_settings(smtp_url, Path::new(MAIL_FOLDER), options).context("SMTP_URL")?;
    let name = Some(config.mail_from.name.clone()).filter(|it| !it.is_empty());
    let address = config.mail_from.address.parse().context("MAIL_FROM")?;
    let dkim = config.dkim.as_ref().map(|it| signer(it, &config.mail_from.address)).transpose()?;
    Ok(Sender { transport, from: Mailbox::new(name, address), dkim: dkim.map(Arc::new) })
}

fn signer(dkim: &config::Dkim, from: &str) -> anyhow::Result<Dkim> {
    let path = dkim.key_file.display();
    let pem = std::fs::read_to_string(&dkim.key_file).with_context(|| format!("DKIM_KEY_FILE={path}"))?;
    let domain = from.rsplit_once('@').map_or(from, |(_, domain)| domain);
    Dkim::new(&dkim.selector, domain, &pem).with_context(|| format!("DKIM_KEY_FILE={path}"))
}
