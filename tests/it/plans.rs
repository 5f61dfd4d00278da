//! No page and no job of the worker reads a growing table whole. SQLite says how it would answer each statement.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use madoguchi::worker;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Values};

use crate::{
    access::ROUTES,
    town::{Person, Town},
};

/// The tables with a row or more for each consultation, or for each mail. Rows of `calendar_cell` go when an appointment is
/// over.
const GROWING: [&str; 17] = [
    "application",
    "appointment",
    "appointment_expert",
    "assignment",
    "company",
    "consultation",
    "consultation_theme",
    "contact",
    "correction",
    "event",
    "follow_up",
    "inbound_mail",
    "mail_bounce",
    "message",
    "outbox",
    "report",
    "session",
];

/// The pages and files that count a whole year or more.
const WHOLE: [&str; 4] = ["/stats", "/stats/pref/{code}", "/stats.csv", "/stats.xlsx"];

/// The text of each statement, with the page or job that executed it first, and with the values.
type Statements = BTreeMap<String, (String, Option<Values>)>;

/// The page or job that executes statements now, and the statements so far.
#[derive(Clone, Default)]
struct Executed(Arc<Mutex<(String, Statements)>>);

impl Executed {
    /// Makes the following statements those of `who`.
    fn by(&self, who: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = who.to_owned();
    }

    fn watch(&self, db: &mut DatabaseConnection) {
        let executed = self.clone();
        db.set_metric_callback(move |info| {
            let mut executed = executed.0.lock().unwrap_or_else(PoisonError::into_inner);
            let who = executed.0.clone();
            let statement = info.statement;
            executed.1.entry(statement.sql.clone()).or_insert_with(|| (who, statement.values.clone()));
        });
    }

    fn take(&self) -> Statements {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).1)
    }
}

#[actix_web::test]
async fn no_page_and_no_job_reads_a_growing_table_whole() {
    let mut town = Town::new().await;
    if town.site.app.db.get_database_backend() != DbBackend::Sqlite {
        return;
    }
    let executed = Executed::default();
    let plain = town.site.app.db.clone();
    town.site.change(|app| {
        executed.watch(&mut app.db);
        executed.watch(&mut app.writer);
    });
    for (_, pattern, _) in ROUTES.iter().filter(|it| it.0 == "GET" && !WHOLE.contains(&it.1)) {
        executed.by(pattern);
        for person in Person::ALL {
            town.browser(person, pattern).await.get(&town.path(pattern)).await;
        }
    }
    executed.by("the worker");
    worker::once(&town.site.app).await;

    let (mut wrong, executed) = (BTreeSet::new(), executed.take());
    assert!(executed.len() > 300, "only {} statements were seen", executed.len());
    for (sql, (who, values)) in executed {
        if !["SELECT", "WITH", "UPDATE", "DELETE"].iter().any(|it| sql.starts_with(it)) {
            continue;
        }
        for step in plan(&plain, &sql, values).await {
            let Some(scanned) = step.strip_prefix("SCAN ") else { continue };
            let (table, by) = scanned.split_once(' ').unwrap_or((scanned, ""));
            // Along an index in its order, a page ends soon; an index of a few rows has all of them.
            if GROWING.contains(&table) && (by.is_empty() || by.contains("COVERING")) {
                wrong.insert(format!("{who}: {step}\n    {sql}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

async fn plan(db: &DatabaseConnection, sql: &str, values: Option<Values>) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let values = values.unwrap_or_else(|| Values(Vec::new()));
    let explain = Statement::from_sql_and_values(DbBackend::Sqlite, explain, values);
    let rows = db.query_all_raw(explain).await.unwrap();
    rows.iter().map(|it| it.try_get("", "detail").unwrap()).collect()
}
