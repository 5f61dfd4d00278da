//! Ends holds, requests, questions and consents whose deadline has passed, and takes the steps in cases in which nothing happens.
use chrono::TimeDelta;
use codes::Job;
use domain::{
    aftercare::follow_up::WAITS_DAYS,
    id::{
        AppointmentId, AssignmentId, ConsultationId, DoubtId, FollowUpId, MentorId, NetworkQuestionId,
        PublicationId,
    },
};

use super::set_aside::SetAsideRows;
use crate::{app::App, ops, problem::Problem, store};

/// The most rows of each kind that are handled in one step.
const AT_ONCE: u64 = 100;

/// Handles everything that is due. Returns whether anything was done.
pub async fn step(app: &App) -> Result<bool, Problem> {
    step_without(app, &SetAsideRows::of(app).await?).await
}

/// Handles everything that is due as `step` does, without the rows that are set aside.
pub(super) async fn step_without(app: &App, rows: &SetAsideRows) -> Result<bool, Problem> {
    let now = app.clock.now();

    let left_alone = rows.left_alone(Job::ReleaseHold);
    let due = store::booking::appointment::expired_holds(&app.db, now, &left_alone, AT_ONCE).await?;
    let release = |id| ops::booking::release::release_expired(app, AppointmentId(id));
    let mut done = rows.each(app, Job::ReleaseHold, due, release).await?;

    let left_alone = rows.left_alone(Job::CallCompany);
    let due = ops::booking::planned_call::due(app, &left_alone, AT_ONCE).await?;
    let call = |id| ops::booking::planned_call::ask_for(app, AppointmentId(id));
    done += rows.each(app, Job::CallCompany, due, call).await?;

    let left_alone = rows.left_alone(Job::WarnOfAbsence);
    let due = ops::booking::absent_expert::due(app, &left_alone, AT_ONCE).await?;
    let warn = |id| ops::booking::absent_expert::warn(app, AppointmentId(id));
    done += rows.each(app, Job::WarnOfAbsence, due, warn).await?;

    let left_alone = rows.left_alone(Job::LapseRequest);
    let due = store::routing::assignment::overdue(&app.db, now, &left_alone, AT_ONCE).await?;
    let lapse = |id| ops::routing::assignment::lapse(app, AssignmentId(id));
    done += rows.each(app, Job::LapseRequest, due, lapse).await?;

    let left_alone = rows.left_alone(Job::BreakSilence);
    let due = store::consultation::silent(&app.db, now, &left_alone, AT_ONCE).await?;
    let step = |id| ops::consultation::silence::take_step(app, ConsultationId(id));
    done += rows.each(app, Job::BreakSilence, due, step).await?;

    let left_alone = rows.left_alone(Job::SendFollowUp);
    let due = store::aftercare::follow_up::due(&app.db, now, &left_alone, AT_ONCE).await?;
    let send = |id| ops::aftercare::follow_up::send(app, FollowUpId(id));
    done += rows.each(app, Job::SendFollowUp, due, send).await?;

    let left_alone = rows.left_alone(Job::LapseFollowUp);
    let waited = now - TimeDelta::days(WAITS_DAYS);
    let due = store::aftercare::follow_up::unanswered(&app.db, waited, &left_alone, AT_ONCE).await?;
    let lapse = |id| ops::aftercare::follow_up::lapse(app, FollowUpId(id));
    done += rows.each(app, Job::LapseFollowUp, due, lapse).await?;

    let left_alone = rows.left_alone(Job::StepConsent);
    let due = store::publication::consent::due(&app.db, now, &left_alone, AT_ONCE).await?;
    let step = |id| ops::publication::consent::take_step(app, ConsultationId(id));
    done += rows.each(app, Job::StepConsent, due, step).await?;

    done += around(app, rows).await?;
    Ok(done > 0)
}

/// Handles what is due in the other systems of the programme. Returns the number of rows that were handled.
async fn around(app: &App, rows: &SetAsideRows) -> Result<usize, Problem> {
    let (now, mut done) = (app.clock.now(), 0);
    let left_alone = rows.left_alone(Job::TendGathering);
    let due = store::gathering::due(&app.db, now, &left_alone, AT_ONCE).await?;
    let tend = |id| ops::gathering::tend(app, PublicationId(id));
    done += rows.each(app, Job::TendGathering, due, tend).await?;

    let apart = rows.left_alone(Job::TendCampaign);
    let due = store::campaign::due(&app.db, now, &apart, AT_ONCE).await?;
    let tend = |id| ops::campaign::tend(app, PublicationId(id));
    done += rows.each(app, Job::TendCampaign, due, tend).await?;

    let apart = rows.left_alone(Job::TendSurvey);
    let due = store::survey::due(&app.db, now, &apart, AT_ONCE).await?;
    let tend = |id| ops::survey::tend(app, PublicationId(id));
    done += rows.each(app, Job::TendSurvey, due, tend).await?;

    let apart = rows.left_alone(Job::TendDoubt);
    let due = store::survey::doubt::due(&app.db, now, &apart, AT_ONCE).await?;
    let tend = |id| ops::survey::doubt::tend(app, DoubtId(id));
    done += rows.each(app, Job::TendDoubt, due, tend).await?;

    let apart = rows.left_alone(Job::TendQuestion);
    let due = store::network::question::due(&app.db, now, &apart, AT_ONCE).await?;
    let tend = |id| ops::network::tend_question(app, NetworkQuestionId(id));
    done += rows.each(app, Job::TendQuestion, due, tend).await?;

    let apart = rows.left_alone(Job::TendMentor);
    let due = store::network::mentor::due(&app.db, now, &apart, AT_ONCE).await?;
    let tend = |id| ops::network::tend_mentor(app, MentorId(id));
    done += rows.each(app, Job::TendMentor, due, tend).await?;
    Ok(done)
}
