//! An expert's part in a sitting ends: what their calendars are told, and under which SEQUENCE.
use domain::{appointment::Appointment, id::ExpertId};

use super::work::Work;
use crate::{problem::Problem, store};

/// The SEQUENCE under which an expert is told of a sitting: higher than that of its end, where they had it before.
pub async fn told(work: &Work<'_>, it: &Appointment, expert: ExpertId) -> Result<i32, Problem> {
    let ended = store::former_seat::sequence(&work.tx, it.id, expert).await?;
    Ok(ended.map_or(it.sequence, |ended| it.sequence.max(ended + 1)))
}

/// The sitting that an expert was told of as `shown` is none of theirs any more. Gives it as the cancellation tells it.
pub async fn part(work: &Work<'_>, shown: Appointment, expert: ExpertId) -> Result<Appointment, Problem> {
    let sequence = told(work, &shown, expert).await? + 1;
    let left = Appointment { sequence, ..shown };
    store::former_seat::keep(&work.tx, &left, expert, work.now).await?;
    Ok(left)
}
