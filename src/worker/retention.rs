//! Erases data whose time is over, and announces before what will be erased.
use codes::Job;
use domain::{id::ConsultationId, retention::RetentionPart};

use super::set_aside::SetAsideRows;
use crate::{app::App, ops, problem::Problem, store::retention::due_case};

/// The most consultations that are handled in one step, each in a transaction of its own.
const AT_ONCE: u64 = 20;

/// Announces what is due, and erases some of what was announced in time. Returns whether anything was done.
pub async fn step(app: &App) -> Result<bool, Problem> {
    let announced = ops::retention::announce(app).await?;
    let rows = SetAsideRows::of(app).await?;
    let mut erased = 0;
    // The record takes the contact with it.
    for (job, part) in
        [(Job::EraseRecord, RetentionPart::Record), (Job::EraseContact, RetentionPart::Contact)]
    {
        let Some(before) = ops::retention::ended_before(app, part).await? else { continue };
        let due = due_case::next_due(&app.db, part, before, &rows.left_alone(job), AT_ONCE).await?;
        let erase = |id| ops::retention::erase_due(app, ConsultationId(id), part, before);
        erased += rows.each(app, job, due, erase).await?;
    }
    let mails = ops::retention::erase_correspondence(app).await?;
    Ok(announced || erased > 0 || mails > 0)
}
