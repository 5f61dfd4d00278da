//! Looking at a page changes no data.
use crate::{access::ROUTES, tables, town::Person, town::Town};

/// Tables that a look may change: a session records when it was used last, a case by whom of the center it was looked
/// at, a worker that it is alive, and a process that it can write.
const EXCEPT: &[&str] = &["session", "case_visit", "worker_heartbeat", "readiness"];

#[actix_web::test]
async fn no_page_changes_anything_by_being_looked_at() {
    let town = Town::new().await;
    let db = &town.site.app.db;
    let mut before = tables::fingerprint(db, EXCEPT).await;
    let mut wrong = Vec::new();
    for (_, pattern, _) in ROUTES.iter().filter(|it| it.0 == "GET") {
        for person in Person::ALL {
            let reply = town.browser(person, pattern).await.get(&town.path(pattern)).await;
            if reply.status >= 500 {
                wrong.push(format!("{pattern} fails for {person:?}"));
            }
        }
        let after = tables::fingerprint(db, EXCEPT).await;
        for (table, now) in &after {
            if before.get(table) != Some(now) {
                wrong.push(format!("{pattern} changes {table}"));
            }
        }
        before = after;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
