//! Reopens a consultation that has ended.
use domain::{
    actor::Actor,
    consultation::{Action, State},
    id::ConsultationId,
    text::TextLine,
};

use crate::{
    app::App,
    mail::mail_event::{MailEvent, ReaderSide},
    ops::{
        aftercare::{further::ask_again, held::held},
        case::transaction::CaseTransaction,
        routing::requests::withdraw_untold,
    },
    problem::Problem,
};

/// Reopens an ended consultation. It goes on after what took place: its report is due, or the center follows it up;
/// without an appointment it is checked again.
pub async fn reopen(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: Actor,
    reason: &TextLine,
) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    let held = held(&work).await?;
    let act = Action::Reopen { advised: !held.all.is_empty(), reported: held.is_reported };
    work.act(act, by, Some(reason.as_str().to_owned()))?;
    if work.record.consultation.state == State::Checking {
        // Experts are searched for again.
        let all = work.live().cloned().collect();
        withdraw_untold(&mut work, all).await?;
    }
    ask_again(&mut work, &held).await?;
    tell(&mut work).await?;
    work.commit().await?;
    Ok(())
}

/// Tells the company, the experts who stay, and the desk, whose last mail said that the consultation has ended.
async fn tell(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    let portal = work.portal()?;
    work.mail_company(MailEvent::Reopened { side: ReaderSide::Company { portal: &portal } })?;
    for expert in work.accepted() {
        work.mail_expert(expert, MailEvent::Reopened { side: ReaderSide::Expert })?;
    }
    work.mail_desk(MailEvent::HandOverReopened).await
}
