//! The requests and the booking of a case that end when it is merged into another, and their return if the merge is
//! undone.
use domain::{
    actor::{Actor, Party},
    booking::{appointment::Appointment, availability::Slot},
    id::{AppointmentId, ExpertId, WaitingId},
    number::CaseNumber,
    routing::assignment::{Assignment, AssignmentState},
};

use crate::{
    ops::{
        booking::{
            appointment::{cancel_untold, joint_in, when},
            notices::{notify_experts_booked, notify_experts_cancelled, plan_reminders},
        },
        case::{
            save::{MovedAppointment, ResumedWaiting},
            transaction::CaseTransaction,
        },
        routing::requests::{withdraw_because, withdraw_untold},
    },
    problem::Problem,
    store::{self, consultation::case_merge::ReleasedTeam},
};

/// Ends the requests and the booking of an open case, and tells its experts once. Its company is told by the mail about
/// the merge. `kept` and `stands` are the case that goes on and its booked appointment. Returns the change, and the
/// appointment as it was ended.
pub(super) async fn release(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    (kept, stands): (CaseNumber, Option<&Appointment>),
) -> Result<(Option<ReleasedTeam>, Option<Appointment>), Problem> {
    let live: Vec<_> = work.live().cloned().collect();
    let held = work.appointment.take();
    if live.is_empty() && held.is_none() {
        return Ok((None, None));
    }
    let accepted = live.iter().filter_map(|it| match it.state {
        AssignmentState::Accepted { at } => Some((it.id.0, at)),
        AssignmentState::Offered
        | AssignmentState::Declined { .. }
        | AssignmentState::Lapsed { .. }
        | AssignmentState::Withdrawn { .. } => None,
    });
    let accepted = accepted.collect();
    let requested: Vec<_> = live.iter().filter(|it| !it.is_accepted()).map(|it| it.expert).collect();
    let waiting = store::booking::waiting_list::of(work.read(), work.record.consultation.id).await?;
    let released = ReleasedTeam {
        booking: held.as_ref().filter(|it| it.is_confirmed()).map(|it| it.id.0),
        accepted,
        requested: work.names(&requested),
        waiting: waiting.map(|it| it.id.0),
    };
    let reason = reason(work, kept, stands, &live);
    let ended = match held {
        Some(it) if it.is_confirmed() => Some(cancel(work, it, by, &reason).await?),
        held => {
            let live = work.live().cloned().collect();
            withdraw_because(work, live, held.as_ref(), &reason).await?;
            note_withdrawn(work, by, &requested);
            match held {
                Some(held) => Some(give_up(work, held, by).await?),
                None => None,
            }
        }
    };
    Ok((Some(released), ended))
}

/// Cancels the booked appointment. The cancellation tells its experts, who are let go with it, and so are all who were asked
/// besides.
async fn cancel(
    work: &mut CaseTransaction<'_>,
    booked: Appointment,
    by: Actor,
    reason: &str,
) -> Result<Appointment, Problem> {
    work.note(by, format!("統合のため、{}の予約を取り消しました", when(&booked)));
    let cancelled = cancel_untold(work, booked, Party::Coordinator, reason).await?;
    notify_experts_cancelled(work, &cancelled, reason, (None, &[]))?;
    let is_told = |it: &&Assignment| cancelled.experts.contains(&it.expert);
    let (notified, others): (Vec<_>, Vec<_>) = work.live().cloned().partition(|it| is_told(&it));
    withdraw_untold(work, notified).await?;
    withdraw_because(work, others, None, reason).await?;
    Ok(cancelled)
}

async fn give_up(
    work: &mut CaseTransaction<'_>,
    held: Appointment,
    by: Actor,
) -> Result<Appointment, Problem> {
    work.note(by, format!("統合のため、{}の仮予約を解除しました", when(&held)));
    let released = held.release()?;
    work.save(&released).await?;
    Ok(released)
}

fn note_withdrawn(work: &mut CaseTransaction<'_>, by: Actor, requested: &[ExpertId]) {
    if !requested.is_empty() {
        let names = work.names(requested).join("、");
        work.note(by, format!("統合のため、{names}さんへの依頼を取り下げました"));
    }
}

/// Returns the reason that the experts read. It says which appointment with the same company stays, if one of them has it.
fn reason(
    work: &CaseTransaction<'_>,
    kept: CaseNumber,
    stands: Option<&Appointment>,
    live: &[Assignment],
) -> String {
    let number = work.record.number;
    let base = format!("同じ企業の2つの相談（{number}と{kept}）を、{kept}に1つにまとめたためです。");
    let mine = |it: &&Appointment| it.experts.iter().any(|expert| live.iter().any(|of| of.expert == *expert));
    match stands.filter(mine) {
        Some(it) => format!("{base}{kept}の予約（{}）は変わりません。", when(it)),
        None => base,
    }
}

/// Books the appointment again that ended with the merge, with its experts. Returns it; `None` if nothing had ended.
/// Refused, with what stands in the way, if it cannot be exactly as it was.
pub(super) async fn restore(
    work: &mut CaseTransaction<'_>,
    released: Option<&ReleasedTeam>,
    kept: &CaseNumber,
) -> Result<Option<Appointment>, Problem> {
    let Some(released) = released else { return Ok(None) };
    let refused = |why: String| {
        Problem::Refused(format!(
            "{why}統合の前のとおりには戻せません。{kept}と別の相談のときは、{kept}の「案件を分ける」で新しい案件にしてください。"
        ))
    };
    if !released.requested.is_empty() {
        let names = released.requested.join("、");
        return Err(refused(format!("統合のときに、{names}さんへの依頼を取り下げています。")));
    }
    let Some(booking) = released.booking else {
        return Err(refused("統合のときに、担当の専門家を外すか、仮予約を解除しています。".to_owned()));
    };
    let booked = store::booking::appointment::find(work.read(), AppointmentId(booking)).await?;
    let again = booked.ok_or(Problem::NotFound)?.book_again()?;
    if again.starts_at <= work.now() {
        return Err(refused(format!("統合のときに取り消した予約（{}）の時間を過ぎています。", when(&again))));
    }
    accept_again(work, released).await?;
    let found = joint_in(work, Actor::System, Some(&again)).await?;
    let all_there = again.experts.iter().all(|it| work.accepted().contains(it));
    let Some(slot) = Slot::at(again.starts_at).filter(|it| all_there && found.has(*it)) else {
        let names = work.names(&again.experts).join("、");
        let when = when(&again);
        return Err(refused(format!(
            "統合のときに取り消した予約（{when}）に、{names}さんの空きがありません。"
        )));
    };
    let cells = found.cells(&again.experts, slot, &work.context.settings);
    work.save(MovedAppointment(&again, &cells)).await?;
    if let Some(waiting) = released.waiting {
        work.save(ResumedWaiting(WaitingId(waiting))).await?;
    }
    notify_experts_booked(work, &again)?;
    plan_reminders(work, &again)?;
    work.appointment = Some(again.clone());
    Ok(Some(again))
}

async fn accept_again(work: &mut CaseTransaction<'_>, released: &ReleasedTeam) -> Result<(), Problem> {
    for (id, at) in &released.accepted {
        let withdrawn = work.assignments.iter().find(|it| it.id.0 == *id).cloned();
        if let Some(it) = withdrawn {
            work.save_assignment(it.accepted_again(*at)).await?;
        }
    }
    Ok(())
}
