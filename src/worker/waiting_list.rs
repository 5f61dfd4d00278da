//! Handles offers of freed times: an unanswered offer lapses and goes to the next company, and a freed time
//! is offered.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use codes::Job;
use domain::{calendar::japan_date, id::WaitingOfferId};

use super::set_aside::SetAsideRows;
use crate::{app::App, ops, problem::Problem, store};

/// The most lapsed offers that are handled in one step.
const AT_ONCE: u64 = 100;
/// The interval after which the list is checked even if nothing has changed. A time can become free without a
/// counted change, for example when a day comes within reach.
const AT_LEAST: TimeDelta = TimeDelta::minutes(10);

/// The state with which the waiting list was last compared. It is not stored: a worker without it checks the
/// list once more.
#[derive(Debug, Default)]
pub struct LastCheck(Option<CheckedState>);

/// The facts that decide whether the list is checked. As long as they stay the same, no time has become free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CheckedState {
    revisions: i64,
    day: NaiveDate,
    period: i64,
}

/// Handles everything that is due. Returns whether anything was done.
pub async fn step(app: &App, checked: &mut LastCheck) -> Result<bool, Problem> {
    step_without(app, checked, &SetAsideRows::of(app).await?).await
}

/// Handles everything that is due as `step` does, without the rows that are set aside.
pub(super) async fn step_without(
    app: &App,
    checked: &mut LastCheck,
    rows: &SetAsideRows,
) -> Result<bool, Problem> {
    let now = app.clock.now();
    let left_alone = rows.left_alone(Job::LapseOffer);
    let due = store::booking::waiting_list::overdue(&app.db, now, &left_alone, AT_ONCE).await?;
    let lapse = |id| ops::booking::waiting_list::lapse(app, WaitingOfferId(id));
    let mut done = rows.each(app, Job::LapseOffer, due, lapse).await? > 0;
    // The state is read before the check, so that a change in the meantime is checked next time.
    let checked_state = CheckedState::of(app, now).await?;
    if checked.0 == Some(checked_state) {
        return Ok(done);
    }
    let mut left_alone = rows.left_alone(Job::OfferTime);
    loop {
        let search = ops::booking::waiting_list::offer_next(app, &left_alone).await?;
        for (entry, problem) in search.failed {
            if !left_alone.contains(&entry.0) {
                left_alone.push(entry.0);
                rows.settle(app, Job::OfferTime, entry.0, Err(problem)).await?;
            }
        }
        if !search.again {
            break;
        }
        done = true;
    }
    checked.0 = Some(checked_state);
    Ok(done)
}

impl CheckedState {
    async fn of(app: &App, now: DateTime<Utc>) -> Result<Self, Problem> {
        Ok(Self {
            revisions: store::reference::revision::changes(&app.db).await?,
            day: japan_date(now),
            period: now.timestamp() / AT_LEAST.num_seconds(),
        })
    }
}
