//! Lets the operator's scanner check files before they can be downloaded.
use std::{process::Stdio, time::Duration};

use chrono::TimeDelta;
use codes::Trust;
use tokio::process::Command;
use uuid::Uuid;

use crate::{
    app::App,
    files,
    problem::Problem,
    store::scan_queue::{self, HeldFile},
};

/// The time after which a scanner is stopped; it is called again later.
const LONGEST: Duration = Duration::from_secs(120);
/// The time for which no other worker scans the same file, and for which a file waits after a failure.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The most characters of the scanner's output that are kept.
const LONGEST_NOTE: usize = 300;

/// Scans the file that has waited longest, of messages first. Returns whether there was one.
pub async fn step(app: &App) -> Result<bool, Problem> {
    let now = app.clock.now();
    let Some(command) = &app.config.attachments.scan else { return Ok(false) };
    if !scan_queue::any_held(&app.db, now).await? {
        return Ok(false);
    }
    let tx = app.begin().await?;
    let held = scan_queue::take_held(&tx, now, LEASE).await?;
    tx.commit().await?;
    let Some(HeldFile { id, sha256: Some(hash) }) = held else { return Ok(false) };
    let (trust, note) = scan(app, command, &hash).await;
    let tx = app.begin().await?;
    match trust {
        Some(trust) => scan_queue::save_trust(&tx, &hash, trust, &note).await?,
        None => scan_queue::note(&tx, id, &note).await?,
    }
    tx.commit().await?;
    log_result(id, trust);
    Ok(true)
}

fn log_result(id: Uuid, trust: Option<Trust>) {
    match trust {
        Some(Trust::Infected) => tracing::warn!(file.id = %id, "file {id} is infected"),
        Some(_) => tracing::info!(file.id = %id, "file {id} is clean"),
        None => tracing::error!(file.id = %id, "file {id} could not be scanned and is held"),
    }
}

/// Runs the scanner. Its exit code gives the result: 0 clean, 1 infected; any other code gives no result.
async fn scan(app: &App, command: &[String], hash: &str) -> (Option<Trust>, String) {
    let Some((program, arguments)) = command.split_first() else { return (None, String::new()) };
    let file = match files::open(&app.config.attachments.folder, hash).await {
        Ok(file) => file,
        Err(err) => return (None, format!("ファイルを開けません：{err}")),
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::from(file))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    match tokio::time::timeout(LONGEST, child).await {
        Err(_) => (None, "検査が時間内に終わりませんでした".to_owned()),
        Ok(Err(err)) => (None, format!("検査プログラムを実行できません：{err}")),
        Ok(Ok(output)) => {
            let said = String::from_utf8_lossy(&output.stdout);
            let said: String = said.lines().next().unwrap_or_default().chars().take(LONGEST_NOTE).collect();
            match output.status.code() {
                Some(0) => (Some(Trust::Clean), String::new()),
                Some(1) => (Some(Trust::Infected), said),
                other => (None, format!("検査プログラムが失敗しました（{}）", other.unwrap_or(-1))),
            }
        }
    }
}
