//! Handles due rows one by one. A row that cannot be handled is set aside, so that it keeps no other row waiting and
//! is not tried all the time.
use std::{collections::BTreeMap, future::Future};

use chrono::{DateTime, Utc};
use codes::Job;
use tracing::Instrument;
use uuid::Uuid;

use crate::{app::App, problem::Problem, store};

/// The rows that are set aside at the beginning of a step.
#[derive(Debug)]
pub struct SetAsideRows {
    now: DateTime<Utc>,
    next_try_at: BTreeMap<(Job, Uuid), DateTime<Utc>>,
}

impl SetAsideRows {
    pub async fn of(app: &App) -> Result<Self, Problem> {
        let rows = store::set_aside::all(&app.db).await?;
        let known = rows.into_iter().filter_map(|it| Some(((it.job.known()?, it.row_id), it.next_try_at)));
        Ok(Self { now: app.clock.now(), next_try_at: known.collect() })
    }

    /// Returns the rows that this job leaves alone for now.
    pub fn left_alone(&self, job: Job) -> Vec<Uuid> {
        let waits = self.next_try_at.iter().filter(|((it, _), at)| *it == job && **at > self.now);
        waits.map(|((_, row), _)| *row).collect()
    }

    /// Does the job for each of the rows, each in a span of its own. Returns how many could be handled.
    ///
    /// # Errors
    /// A fault of the database or the disk ends the job: it is no fault of the row.
    pub async fn each<F>(
        &self,
        app: &App,
        job: Job,
        due: Vec<Uuid>,
        act: impl Fn(Uuid) -> F,
    ) -> Result<usize, Problem>
    where
        F: Future<Output = Result<(), Problem>>,
    {
        let mut done = 0;
        for row in due {
            let span = tracing::info_span!("row", job.name = job.code(), row.id = %row);
            let outcome = Box::pin(act(row)).instrument(span).await;
            done += usize::from(outcome.is_ok());
            self.settle(app, job, row, outcome).await?;
        }
        Ok(done)
    }

    /// Records whether a row could be handled.
    ///
    /// # Errors
    /// A fault of the database or the disk is returned: it is no fault of the row.
    pub async fn settle(
        &self,
        app: &App,
        job: Job,
        row: Uuid,
        outcome: Result<(), Problem>,
    ) -> Result<(), Problem> {
        match outcome {
            Ok(()) if !self.next_try_at.contains_key(&(job, row)) => Ok(()),
            Ok(()) => {
                let tx = app.begin().await?;
                store::set_aside::clear(&tx, job, row).await?;
                Ok(tx.commit().await?)
            }
            Err(fault @ Problem::Unavailable(..)) => Err(fault),
            Err(failure) => {
                let failure = described(&failure);
                let name = job.code();
                tracing::error!(job.name = name, row.id = %row, error = failure, "{name}: row {row} is set aside");
                let tx = app.begin().await?;
                store::set_aside::record(&tx, job, row, &failure, self.now).await?;
                Ok(tx.commit().await?)
            }
        }
    }
}

/// Returns an error with its causes, in one line.
fn described(failure: &Problem) -> String {
    if let Problem::Internal(err) = failure { format!("{err:#}") } else { failure.to_string() }
}
