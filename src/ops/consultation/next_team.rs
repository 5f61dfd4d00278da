//! The experts of a further appointment: those who do not stay are let go, and informed once.
use domain::{
    actor::Actor,
    due::{Due, DueKind},
    field::Fields,
    id::ExpertId,
    routing::assignment::Assignment,
};

use super::correction;
use crate::{
    mail::mail_event::MailEvent,
    ops::{
        aftercare::held::held,
        case::transaction::CaseTransaction,
        routing::presence::{release_missing, tell_away},
    },
    problem::Problem,
};

/// The experts of a further appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextTeam {
    /// The fields of the appointment: those of the consultation, or another choice. A field that is owed is given alone.
    pub fields: Fields,
    /// The experts who stay. The others are released, and the center asks experts for the fields that are then open.
    pub keeps: Vec<ExpertId>,
}

/// The reason that experts are given who are let go when a further appointment gets another team.
const OTHER_TEAM: &str = "次回の相談は、ほかの専門家に依頼します。";

/// Releases the experts who do not stay, adds the other field, and keeps which field the appointment is for if it is for one
/// of two. The fields of what took place stay with it.
pub(super) async fn change_team(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    team: &NextTeam,
) -> Result<(), Problem> {
    let all = work.record.consultation.fields.union(team.fields);
    let only = team.fields.iter().next().filter(|_| all != team.fields);
    work.record.next_field = only.filter(|_| work.record.owed.is_none());
    let leaving: Vec<_> = work.live().filter(|it| !team.keeps.contains(&it.expert)).cloned().collect();
    for it in &leaving {
        let name = work.context.experts.name(it.expert).to_owned();
        work.note(by, format!("次回は、{name}さんに代わる専門家に依頼します"));
    }
    let_go(work, leaving, OTHER_TEAM, true).await?;
    correction::extend_fields(work, by, all).await
}

/// Releases, for an appointment that is for one field alone, the experts who do not have that field.
pub(super) async fn keep_for_next(work: &mut CaseTransaction<'_>, by: Actor) -> Result<(), Problem> {
    let Some(only) = work.record.only_next_field() else { return Ok(()) };
    let leaving: Vec<_> = work.live().filter(|it| !it.fields.contains(only)).cloned().collect();
    for it in &leaving {
        let name = work.context.experts.name(it.expert).to_owned();
        work.note(by, format!("次回は{}の相談だけを行うため、{name}さんは担当しません", only.label()));
    }
    let what = if work.record.owed.is_some() { "まだ行っていない" } else { "" };
    let reason = format!("次回は、{what}{}の相談だけを行います。", only.label());
    let_go(work, leaving, &reason, false).await
}

/// Releases the experts who cannot give a further appointment. Those who are absent are told once, also until when a report
/// of theirs is due.
pub(super) async fn release_gone(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    let team = release_missing(work).await?;
    for &expert in &team.away {
        report_besides(work, expert).await?;
        tell_away(work, &[expert], "", None)?;
    }
    Ok(())
}

/// Withdraws the assignments, and tells each of their experts once, also until when a report of theirs is due. They keep
/// the page of what they held. `is_wished` says that others are to be asked in their place.
async fn let_go(
    work: &mut CaseTransaction<'_>,
    leaving: Vec<Assignment>,
    reason: &str,
    is_wished: bool,
) -> Result<(), Problem> {
    let mut informed = Vec::new();
    for assignment in leaving {
        let expert = assignment.expert;
        let ended = match is_wished {
            true => assignment.release(work.now(), reason),
            false => assignment.withdraw(work.now()),
        };
        work.save_assignment(ended).await?;
        if informed.contains(&expert) {
            continue;
        }
        report_besides(work, expert).await?;
        work.mail_expert(expert, MailEvent::RequestWithdrawn { slot: None, reason })?;
        informed.push(expert);
    }
    Ok(())
}

/// Lets the next mail to an expert say until when a report of theirs is due.
async fn report_besides(work: &mut CaseTransaction<'_>, expert: ExpertId) -> Result<(), Problem> {
    let due_at = work.record.due.as_ref().filter(|it| it.kind == DueKind::Report).and_then(Due::at);
    let Some(due_at) = due_at else { return Ok(()) };
    let held = held(work).await?;
    let mut unreported = held.all.iter().filter(|it| held.unreported.contains(&it.id));
    if unreported.any(|it| it.present().any(|writer| writer == expert)) {
        work.ask_for_report_besides(expert, due_at);
    }
    Ok(())
}
