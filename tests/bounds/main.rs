//! The speed of the service, as a ratio to a bound measured in the same run: these machines are noisy, ratios are not.
//!
//! `tests/bench` runs it in a release build and prints the table that the README shows; `tests/bench mails` measures
//! that part alone (engine, pages, worklist, silence, editions, feed, posting, mails, merging, examples or around).
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]
mod around;
mod client;
mod editions;
mod engine;
mod examples;
mod feed;
mod mails;
mod merging;
mod pages;
mod posting;
mod process;
mod server;
mod silence;
mod table;

use table::Table;

/// Consultations in the smaller and in the larger database.
const SMALL: usize = 10_000;
const LARGE: usize = 200_000;
const EXPERTS: usize = 500;

fn main() {
    let postgres = std::env::var("MADOGUCHI_TEST_POSTGRES").ok();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut table = Table::default();
    // Cargo adds options of its own.
    let part = std::env::args().skip(1).find(|it| !it.starts_with('-'));
    let wants = |name: &str| part.as_deref().is_none_or(|it| it == name);
    runtime.block_on(async {
        let folder = server::scratch();
        if wants("engine") {
            engine::measure(&mut table);
        }
        if ["pages", "worklist", "silence", "editions", "feed"].into_iter().any(wants) {
            let small = server::filled(&folder, SMALL, EXPERTS).await;
            if wants("pages") {
                pages::measure(&mut table, &small).await;
                process::measure(&mut table, &small.url).await;
            }
            if ["worklist", "silence", "editions"].into_iter().any(wants) {
                let large = server::filled(&folder, LARGE, EXPERTS).await;
                if wants("worklist") {
                    pages::compare_worklists(&mut table, &small, &large).await;
                }
                if wants("editions") {
                    editions::measure(&mut table, "SQLite", &large.app).await;
                }
                if wants("silence") {
                    silence::compare(&mut table, &small, &large).await;
                }
            }
            if wants("feed") {
                feed::measure(&mut table, &small).await;
            }
        }
        for part in ["posting", "mails", "merging", "examples", "around"].into_iter().filter(|it| wants(it)) {
            let url = format!("sqlite://{}/{part}.db", folder.display());
            measure_writing(&mut table, part, "SQLite", &url).await;
        }
        match postgres {
            Some(server) => {
                for part in ["posting", "mails", "merging", "examples", "around", "editions"]
                    .into_iter()
                    .filter(|it| wants(it))
                {
                    let url = server::fresh_postgres(&server).await;
                    measure_writing(&mut table, part, "PostgreSQL", &url).await;
                }
            }
            None => table.note("PostgreSQL was not measured: MADOGUCHI_TEST_POSTGRES names no server."),
        }
        std::fs::remove_dir_all(&folder).unwrap();
    });
    table.print();
    if !table.all_met() {
        std::process::exit(1);
    }
}

/// Measures one part that needs a database of its own, on a fresh one.
async fn measure_writing(table: &mut Table, part: &str, database: &'static str, url: &str) {
    match part {
        "posting" => posting::measure(table, database, url).await,
        "mails" => mails::measure(table, database, url).await,
        "examples" => examples::measure(table, database, url).await,
        "around" => around::measure(table, database, url).await,
        "editions" => editions::fill(table, database, &server::app(url).await).await,
        _ => merging::measure(table, database, url).await,
    }
}
