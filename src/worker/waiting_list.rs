//! Offers of freed times: what was not answered goes to the next, and what has become free is offered.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::calendar::japan_date;

use crate::{app::App, ops, problem::Problem, store};

/// How many lapsed offers are looked at in one step.
const AT_ONCE: u64 = 100;
/// A time can become free without a change that is counted, such as a day that comes within reach. So often it is looked
/// whether or not anything has changed.
const AT_LEAST: TimeDelta = TimeDelta::minutes(10);

/// What the queue was last compared with. It is not kept: whoever forgets it looks once more.
#[derive(Debug, Default)]
pub struct LastLook(Option<Sign>);

/// As long as it is the same, nothing has become free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sign {
    revisions: i64,
    day: NaiveDate,
    period: i64,
}

/// Does what is due. Says whether there was anything.
pub async fn step(app: &App, looked: &mut LastLook) -> Result<bool, Problem> {
    let now = app.clock.now();
    let mut done = false;
    for id in store::booking::waiting_list::overdue(&app.db, now, AT_ONCE).await? {
        ops::booking::waiting_list::lapse(app, id).await?;
        done = true;
    }
    // Read before the look: what changes meanwhile is looked at next time.
    let sign = Sign::of(app, now).await?;
    if looked.0 == Some(sign) {
        return Ok(done);
    }
    while ops::booking::waiting_list::offer_next(app).await? {
        done = true;
    }
    looked.0 = Some(sign);
    Ok(done)
}

impl Sign {
    async fn of(app: &App, now: DateTime<Utc>) -> Result<Self, Problem> {
        Ok(Self {
            revisions: store::reference::revision::changes(&app.db).await?,
            day: japan_date(now),
            period: now.timestamp() / AT_LEAST.num_seconds(),
        })
    }
}
