//! The real process: how soon it answers, and how much memory it takes while idle.
use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::net::TcpStream;

use crate::{
    client::{Client, get},
    table::Table,
};

/// The time after which the process is idle: on a Monday it writes to five hundred experts first, and connections that
/// are not used are closed after a minute.
const UNTIL_IDLE: Duration = Duration::from_secs(90);

pub async fn measure(table: &mut Table, database_url: &str) {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = crate::server::scratch();
    let started = Instant::now();
    let mut process = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .current_dir(&folder)
        .env("DATABASE_URL", database_url)
        .env("MADOGUCHI_LISTEN", address.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    first_answer(address).await;
    table.at_most("start to first answer, existing database", started.elapsed().as_secs_f64(), "s", 1.0);
    tokio::time::sleep(UNTIL_IDLE).await;
    table.at_most("idle memory", resident(&process), "MB", 60.0);
    process.kill().unwrap();
    process.wait().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

async fn first_answer(address: SocketAddr) {
    for _ in 0..1000 {
        if TcpStream::connect(address).await.is_ok() {
            assert_eq!(Client::connect(address).await.exchange(&get("/", "")).await.0, 200);
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the process does not answer");
}

/// Returns the resident memory of the process, as the kernel counts it. Megabytes.
fn resident(process: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
