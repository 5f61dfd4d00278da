//! What a mail says is looked at once more at the moment of sending.
use domain::{
    appointment::AppointmentState, assignment::AssignmentState, follow_up::FollowUpState, report::ReportState,
};

use crate::{
    app::App,
    mail::letter::{Letter, MustHold},
    problem::Problem,
    store,
};

/// Why a mail must not go out any more, if so.
pub async fn objection(app: &App, letter: &Letter) -> Result<Option<&'static str>, Problem> {
    if let Some(must_hold) = letter.must_hold
        && let Some(why) = no_longer_true(app, must_hold).await?
    {
        return Ok(Some(why));
    }
    if let Some(topic) = letter.kind.topic()
        && store::unwanted::is_unwanted(&app.db, &letter.to, topic).await?
    {
        return Ok(Some("its reader does not want such mails"));
    }
    let is_bad =
        !letter.kind.is_asked_for() && store::bounce::find(&app.db, &letter.to).await?.is_some();
    Ok(is_bad.then_some("no mail reaches this address"))
}

async fn no_longer_true(app: &App, must_hold: MustHold) -> Result<Option<&'static str>, Problem> {
    let db = &app.db;
    Ok(match must_hold {
        MustHold::AppointmentStands { appointment, sequence } => {
            let found = store::appointment::find(db, appointment).await?;
            let stands = found.is_some_and(|it| {
                it.state == AppointmentState::Confirmed
                    && it.sequence == sequence
                    && it.starts_at > app.clock.now()
            });
            (!stands).then_some("the appointment was moved or cancelled")
        }
        MustHold::AssignmentOffered { assignment } => {
            let found = store::assignment::find(db, assignment).await?;
            let offered = found.is_some_and(|it| it.state == AssignmentState::Offered);
            (!offered).then_some("the expert has answered")
        }
        MustHold::ReportMissing { appointment } => {
            let written = store::report::state_of(db, appointment).await?;
            let there = matches!(written, Some(ReportState::Submitted { .. } | ReportState::Approved { .. }));
            there.then_some("the report is there")
        }
        MustHold::OfferStands { offer } => {
            let found = store::waiting::find(db, offer).await?;
            let stands = found.is_some_and(|(_, it)| it.offer.stands(app.clock.now()));
            (!stands).then_some("the offer was answered or is over")
        }
        MustHold::FollowUpOpen { follow_up } => {
            let found = store::follow_up::find(db, follow_up).await?;
            let open = found.is_some_and(|it| matches!(it.state, FollowUpState::Sent { .. }));
            (!open).then_some("the question was answered or dropped")
        }
    })
}
