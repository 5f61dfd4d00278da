//! The files of messages on the disk: the faults that the doctor finds, and the files that are removed.
use chrono::TimeDelta;
use entity::attachment as row;
use madoguchi::{
    clock::Clock,
    doctor::files::examine,
    files, ops,
    store::{self, correspondence::message::Audience},
    worker,
};
use sea_orm::{EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::Site,
};

/// Adds a message with a file of these bytes, and returns the file's name.
async fn post(site: &Site, case: Case, bytes: &[u8]) -> String {
    let text = domain::text::Prose::parse("本文", "資料です", 100).unwrap();
    let file = ops::correspondence::attachment::UploadedFile::new("a.pdf", "application/pdf", bytes.to_vec());
    let (by, audience) = (domain::actor::Actor::Company, Audience::Everyone);
    let post = ops::correspondence::message::PostedMessage {
        by,
        audience,
        text: &text,
        files: vec![file],
        form: "message",
        seen: None,
    };
    ops::correspondence::message::post_whole(&site.app, case.id, post).await.unwrap();
    let files = store::correspondence::attachment::of(&site.app.db, case.id, audience).await.unwrap();
    files.into_values().flatten().next_back().unwrap().sha256.unwrap()
}

/// Returns the broken rules, each as often as it is broken.
async fn findings(site: &Site) -> Vec<&'static str> {
    let (folder, now) = (&site.app.config.attachments.folder, site.app.clock.now());
    let found = examine(&site.app.db, folder, now).await.unwrap();
    found.into_iter().map(|it| it.rule).collect()
}

#[actix_web::test]
async fn the_doctor_finds_each_kind_of_damage() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    assert_eq!(findings(&site).await, [""; 0], "no file and no folder");
    let folder = site.app.config.attachments.folder.clone();
    let hash = post(&site, case, b"first").await;
    post(&site, case, b"first").await;
    post(&site, case, b"second").await;
    assert_eq!(findings(&site).await, [""; 0]);
    let place = folder.join(&hash[..2]).join(&hash[2..]);
    let said = async |what: &str| {
        let found = examine(&site.app.db, &folder, site.app.clock.now()).await.unwrap();
        assert_eq!(found.len(), 2, "both rows: {found:?}");
        assert!(found.iter().all(|it| it.rule == "file" && it.what.contains(what)), "{found:?}");
    };
    std::fs::write(&place, b"firs").unwrap();
    said("length").await;
    std::fs::write(&place, b"FIRST").unwrap();
    said("bytes").await;
    std::fs::remove_file(&place).unwrap();
    said("missing").await;
    std::fs::write(&place, b"first").unwrap();
    assert_eq!(findings(&site).await, [""; 0]);

    let now = site.app.clock.now();
    files::keep(&folder, b"orphan".to_vec(), now).await.unwrap();
    assert_eq!(findings(&site).await, [""; 0], "its row may be on the way");
    site.app.clock.advance(TimeDelta::days(1) + TimeDelta::seconds(1));
    assert_eq!(findings(&site).await, ["file_row"]);
    let held = row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value("held"))
        .col_expr(row::Column::ScanAt, Expr::value(now))
        .filter(row::COLUMN.sha256.ne(hash));
    held.exec(&site.app.db).await.unwrap();
    assert_eq!(findings(&site).await, ["file_scan", "file_row"]);
}

#[actix_web::test]
async fn a_file_without_a_message_is_removed_after_a_day() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let folder = site.app.config.attachments.folder.clone();
    assert!(!worker::housekeeping::sweep_files(&site.app).await.unwrap());
    let kept = post(&site, case, b"kept").await;
    let orphan = files::keep(&folder, b"orphan".to_vec(), site.app.clock.now()).await.unwrap();
    assert!(!worker::housekeeping::sweep_files(&site.app).await.unwrap());
    site.app.clock.advance(TimeDelta::days(2));
    // Another message brings the same bytes now: they are kept, and their row comes a moment later.
    let wanted = files::keep(&folder, b"orphan".to_vec(), site.app.clock.now()).await.unwrap();
    assert_eq!(wanted, orphan);
    assert!(!worker::housekeeping::sweep_files(&site.app).await.unwrap(), "its row is on the way");
    assert_eq!(post(&site, case, b"orphan").await, orphan);
    let other = files::keep(&folder, b"other".to_vec(), site.app.clock.now()).await.unwrap();
    site.app.clock.advance(TimeDelta::days(2));
    assert!(worker::housekeeping::sweep_files(&site.app).await.unwrap());
    for (hash, stays) in [(kept, true), (orphan, true), (other, false)] {
        assert_eq!(files::read(&folder, &hash).await.is_ok(), stays);
    }
    assert_eq!(findings(&site).await, [""; 0]);
}

/// The command is run as the real process, in real time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctors_command_looks_at_the_files_too() {
    let site = Site::on_disk().await;
    let folder = &site.app.config.attachments.folder;
    let examined = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.arg("doctor").env_clear().env("DATABASE_URL", site.database_url());
        command.env("MADOGUCHI_ATTACHMENTS", folder).output().unwrap()
    };
    assert_eq!(examined().status.code(), Some(0));
    let hash =
        files::keep(folder, b"orphan".to_vec(), Clock::System.now() - TimeDelta::days(2)).await.unwrap();
    let found = examined();
    assert_eq!(found.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&found.stdout).contains(&format!("file_row: file {hash}")));
}
