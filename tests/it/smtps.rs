//! SMTP under TLS from the first octet: many mails use few connections, and only a trusted server gets mail.
use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use chrono::TimeDelta;
use entity::outbox;
use madoguchi::clock::Clock;
use sea_orm::{EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    certificate::certify,
    kill,
    site::Site,
    smtp::{Manner, Sink},
};

const MAILS: usize = 60;

/// Sends the due mails with the real program, which trusts this certificate alone.
fn send(site: &Site, url: &str, folder: &Path, certificate: &str) {
    let done = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .args(["worker", "--once"])
        .current_dir(folder)
        .env_clear()
        .env("DATABASE_URL", site.database_url())
        .env("SMTP_URL", url)
        .env("SMTP_CONNECTIONS", "3")
        .env("MADOGUCHI_LOG", "off")
        .env("SSL_CERT_DIR", "/nonexistent")
        .env("SSL_CERT_FILE", folder.join(certificate))
        .stdout(Stdio::null())
        .status();
    assert!(done.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_under_tls_are_used_again_and_need_trust() {
    let mut site = Site::on_disk().await;
    site.change(|app| app.clock = Clock::System);
    let folder = std::env::temp_dir().join(format!("madoguchi-smtps-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir(&folder).unwrap();
    certify(&folder);
    let sink = Sink::tls(Manner::Take(Duration::ZERO), &folder);
    kill::write(&site.app, MAILS).await;

    send(&site, &sink.url(), &folder, "nothing.pem");
    assert!(sink.taken().is_empty(), "nobody vouches for it");
    let put_off = outbox::Entity::find().all(&site.app.db).await.unwrap();
    for mail in put_off {
        assert_eq!((mail.state.code(), mail.attempts), ("waiting", 1));
        assert!(
            mail.last_reply.as_deref().is_some_and(|it| it.starts_with("no TLS")),
            "{:?}",
            mail.last_reply
        );
    }
    let due = outbox::Entity::update_many()
        .col_expr(outbox::Column::DueAt, Expr::value(site.app.clock.now() - TimeDelta::minutes(1)));
    due.filter(outbox::COLUMN.state.eq("waiting")).exec(&site.app.db).await.unwrap();
    let before = sink.connections();

    send(&site, &sink.url(), &folder, "cert.pem");
    assert_eq!(sink.taken().len(), MAILS);
    assert_eq!(sink.taken().into_values().collect::<BTreeSet<_>>(), BTreeSet::from([1]));
    assert!((1..=3).contains(&(sink.connections() - before)), "{} connections", sink.connections() - before);
    std::fs::remove_dir_all(&folder).unwrap();
}
