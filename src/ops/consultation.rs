//! Operations on a consultation as a whole, by a coordinator, the company or the passing of time.
pub mod address_objection;
pub mod correction;
pub mod hand_back;
pub mod merge;
mod next_team;
pub mod outcome;
pub mod quick_record;
pub mod rejoin;
pub mod related_case;
pub mod reopening;
pub mod transfer;

use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Party},
    aftercare::follow_up::FollowUp,
    booking::appointment::Appointment,
    calendar::japan_date,
    consultation::{Action, ActionKind, EndingReader, State, UnfulfilledReason, ending, leads_back},
    field::Fields,
    id::{AccountId, ConsultationId},
    number::FiscalYear,
    routing::assignment::still_open,
    text::{Prose, TextLine},
    worklist::quick_record::QuickRecordKind,
};

pub mod silence;
pub mod to_call;

pub use next_team::NextTeam;
use next_team::{change_team, keep_for_next, release_gone};

use super::{
    aftercare::held::keep_report_due,
    booking::{
        appointment::{cancel_appointment, keep_as_done, when},
        hold::{ask_or_keep, take_again},
        notices::{appointment_text, notify_further_appointment},
    },
    case::{
        actor::ActorAt,
        save::{ConfirmedAddress, SuppressedMails},
        transaction::CaseTransaction,
    },
    routing::requests::{withdraw_live, withdraw_untold},
};
use crate::{
    app::App,
    mail::mail_event::{MailEvent, Recommended, SilenceEvent},
    problem::Problem,
    store,
};

/// The ways to end a consultation.
#[derive(Clone, Debug)]
pub enum Ending {
    Withdraw {
        reason: Option<Prose>,
    },
    CloseUnfulfilled {
        reason: UnfulfilledReason,
    },
    /// The company has not answered, and a coordinator confirms the closing that was proposed.
    CloseInSilence,
    Refer {
        organization: TextLine,
        note: Option<Prose>,
    },
    /// The center hands the case over to a desk, which calls the company.
    HandBack {
        desk: TextLine,
        note: Prose,
        /// Until when the desk calls.
        due_at: DateTime<Utc>,
        /// Whether it is the desk that had handed the case over, which hears of it otherwise.
        is_own: bool,
    },
    Complete,
}

/// Records that a coordinator takes the consultation over and checks it.
pub async fn start_check(app: &App, id: ConsultationId, version: i32, by: AccountId) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    work.act(Action::StartCheck, Actor::Coordinator(by), None)?;
    work.record.coordinator = Some(by);
    work.mail_desk(MailEvent::HandOverAccepted).await?;
    work.commit().await?;
    Ok(())
}

/// Ends a consultation. Releases the held appointment, withdraws requests and drops planned mails and questions.
pub async fn end(
    app: &App,
    id: ConsultationId,
    version: Option<i32>,
    by: Actor,
    ending: Ending,
) -> Result<(), Problem> {
    let mut work = match version {
        Some(version) => CaseTransaction::begin_at(app, id, version).await?,
        None => CaseTransaction::begin(app, id).await?,
    };
    end_in(&mut work, by, &ending).await?;
    work.commit().await?;
    Ok(())
}

/// Ends the consultation of a unit of work as `end` does.
async fn end_in(work: &mut CaseTransaction<'_>, by: Actor, ending: &Ending) -> Result<(), Problem> {
    let id = work.record.consultation.id;
    let over = work.appointment.take_if(|it| it.is_confirmed() && it.ends_at <= work.context.now);
    let advised = over.is_some() || work.record.appointments_done > 0;
    let (action, note) = action_of(ending, advised);
    work.check(action.kind(), by)?;
    let is_proposed = work.record.silence.is_some_and(|it| it.proposes_closing());
    if matches!(ending, Ending::CloseInSilence) && !is_proposed {
        return Err(Problem::Stale);
    }
    // An appointment that took place shows which experts held it.
    let is_over = over.is_some();
    if let Some(over) = over {
        let kept = format!("{}の相談：時間が終わっていたため、実施した相談として記録しました", when(&over));
        keep_as_done(work, over).await?;
        work.note(Actor::System, kept);
    }
    let reason = note.clone().unwrap_or_else(|| action.kind().label().to_owned());
    let cancelled = let_go(work, by, &reason, is_over).await?;
    let due = work.record.due.clone();
    work.act(action, by, note)?;
    keep_report_due(work, due).await?;
    say_farewell(work, ending, advised, cancelled.as_ref())?;
    work.save(SuppressedMails(id)).await?;
    let said = match ending {
        Ending::HandBack { is_own: true, .. } => return Ok(()),
        Ending::HandBack { note, .. } => Some(note.as_str()),
        Ending::Refer { note, .. } => note.as_ref().map(Prose::as_str),
        Ending::Withdraw { .. }
        | Ending::CloseUnfulfilled { .. }
        | Ending::CloseInSilence
        | Ending::Complete => None,
    };
    notify_desk(work, said.unwrap_or_default()).await
}

/// Mails the outcome of an ended consultation to the desk that handed it over. `note` is what the center wrote to the
/// company about the organisation to which it was referred.
pub async fn notify_desk(work: &mut CaseTransaction<'_>, note: &str) -> Result<(), Problem> {
    let (Some(result), Some(desk)) = (result_for_desk(work), work.record.desk) else { return Ok(()) };
    let mut organization = String::new();
    if let State::Referred { organization: named } = &work.record.consultation.state {
        organization.clone_from(named);
    }
    let desk = store::reference::desk::find(work.read(), desk).await?;
    let is_back = desk.is_some_and(|it| leads_back(&organization, &it.name));
    let organization = organization.as_str();
    work.mail_desk(MailEvent::HandOverResult { result: &result, organization, note, is_back }).await
}

/// Returns the outcome of the consultation in one sentence for its desk; `None` while it is open.
pub fn result_for_desk(work: &CaseTransaction<'_>) -> Option<String> {
    let record = &work.record;
    ending(&record.consultation.state, EndingReader::Desk, record.appointments_done > 0)
}

/// Records that a coordinator has called the company and told it what it could not be mailed.
pub async fn called(app: &App, id: ConsultationId, version: i32, by: Actor) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    let Some(to_call_since) = work.record.to_call_since.take() else {
        return Err(Problem::Refused("電話で伝えることは、ありません。".to_owned()));
    };
    // A call about a reminder is the reminder: without an answer, the next step follows as after a mail.
    if work.record.silence.is_some_and(|it| it.waits_for_company() && it.stage > 0) {
        work.keep_clock();
    }
    work.note_record(by, QuickRecordKind::Called { to_call_since }, "企業に電話で伝えました");
    work.commit().await?;
    Ok(())
}

/// Plans a further appointment. Above the yearly cap only a coordinator can do so, with a reason, also in another's stead.
pub async fn plan_further_appointment(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    override_reason: Option<&TextLine>,
) -> Result<(), Problem> {
    plan_with_team(app, id, by, override_reason, None).await
}

/// Plans a further appointment as `plan_further_appointment` does, with another team: other experts, or the other field
/// as well.
pub async fn plan_with_team(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    override_reason: Option<&TextLine>,
    team: Option<&NextTeam>,
) -> Result<(), Problem> {
    let actor_at = by.into();
    let by = actor_at.actor;
    let mut work = CaseTransaction::begin_for(app, id, actor_at).await?;
    if let Actor::Expert(expert) = by.principal()
        && !work.accepted().contains(&expert)
    {
        return Err(Problem::NotFound);
    }
    let was = work.record.consultation.fields;
    work.record.next_field = None;
    if let Some(team) = team {
        work.check(ActionKind::PlanFurtherAppointment, by)?;
        change_team(&mut work, by, team).await?;
    }
    plan(&mut work, by, override_reason, (was, None)).await?;
    work.commit().await?;
    Ok(())
}

/// Plans a further appointment together with the approval of the report on the last one, of which the same mail tells
/// with its recommendations.
pub async fn further_appointment(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    override_reason: Option<&TextLine>,
    recommended: Recommended<'_>,
) -> Result<(), Problem> {
    let was = work.record.consultation.fields;
    work.record.next_field = None;
    plan(work, by, override_reason, (was, Some(recommended))).await
}

/// Plans a further appointment. `was` are the fields before it, and `report` has the recommendations of the report
/// that has become ready with it, if one has. The company hears of it once: it chooses a time, or waits until experts for every field have accepted.
async fn plan(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    override_reason: Option<&TextLine>,
    (was, report): (Fields, Option<Recommended<'_>>),
) -> Result<(), Problem> {
    work.check(ActionKind::PlanFurtherAppointment, by)?;
    let makes_up = work.record.owed.is_some();
    release_gone(work).await?;
    keep_for_next(work, by).await?;
    let wanted = work.record.only_next_field().map_or(work.record.consultation.fields, Fields::from);
    let year = FiscalYear::of(japan_date(work.now())).map_err(anyhow::Error::from)?;
    let act = Action::PlanFurtherAppointment {
        appointments: store::intake::company::appointments_in(work.read(), &work.record, year).await?,
        cap: work.context.settings.appointment_cap,
        overridden: override_reason.is_some() && by.party() == Party::Coordinator,
        makes_up,
        covered: still_open(wanted, &work.assignments).is_none(),
    };
    work.act(act, by, override_reason.map(|it| it.as_str().to_owned()))?;
    skip_follow_ups(work).await?;
    let is_open = work.record.consultation.state != State::Scheduling;
    let given = if makes_up { work.record.consultation.fields } else { wanted };
    let was = Some(was).filter(|it| *it != given);
    notify_further_appointment(work, is_open, was, report)
}

/// Marks the contact's address as confirmed: by the link in the acknowledgement, or because a coordinator has spoken
/// with the contact. The time that was released before is taken again if it is still free. If routing is automatic and a
/// slot is held, the best team is asked at once.
pub async fn confirm_address(app: &App, id: ConsultationId, by: Actor) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin_even_merged(app, id).await?;
    if work.record.consultation.address_confirmed {
        return Ok(());
    }
    work.record.consultation.address_confirmed = true;
    let (was_unconfirmed, to_call_since) = (work.record.number_unconfirmed, work.record.to_call_since);
    let proven = work.person.proven.take();
    work.save(ConfirmedAddress(id)).await?;
    if let Some(proven) = proven {
        correction::move_mails(&mut work, vec![proven.key()]).await?;
    }
    // The mails that were held go out now.
    to_call::settle(&mut work, false, &[]).await?;
    let confirms_number = was_unconfirmed && has_known_address(&work).await?;
    match by {
        Actor::Coordinator(_) | Actor::Stead(..) => {
            let kind = QuickRecordKind::AddressConfirmed {
                confirmed_number: confirms_number,
                to_call_since: to_call_since.filter(|_| work.record.to_call_since.is_none()),
            };
            work.note_record(by, kind, "連絡先をセンターが確認しました");
        }
        Actor::Company | Actor::Expert(_) | Actor::Desk(..) | Actor::System => {
            work.note(by, "連絡先のメールアドレスが確認されました");
        }
    }
    if confirms_number {
        work.record.number_unconfirmed = false;
        work.note(Actor::System, "以前の相談と同じメールアドレスのため、法人番号を確認済みにしました");
    }
    let (into, address) = (work.record.consultation.merged_into, work.person.email.clone());
    if into.is_none() {
        Box::pin(take_again(&mut work)).await?;
        Box::pin(ask_or_keep(&mut work)).await?;
    }
    work.commit().await?;
    match into {
        // The case into which this one was merged may have taken over its contact's address.
        Some(into) if address.is_some() && address == address_of(app, into).await? => {
            Box::pin(confirm_address(app, into, by)).await
        }
        _ => Ok(()),
    }
}

async fn address_of(app: &App, id: ConsultationId) -> Result<Option<String>, Problem> {
    Ok(store::consultation::person(&app.db, id).await?.and_then(|it| it.email))
}

/// Returns whether the contact has spoken for the company of the corporate number before.
async fn has_known_address(work: &CaseTransaction<'_>) -> Result<bool, Problem> {
    let Some(email) = &work.person.email else { return Ok(false) };
    Ok(store::intake::company::knows_address(work.read(), &work.record, &email.to_lowercase()).await?)
}

/// Drops the questions that are not over yet.
pub async fn skip_follow_ups(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    for it in store::aftercare::follow_up::of(work.read(), work.record.consultation.id).await? {
        if !it.is_over() {
            work.save(&FollowUp::skip(it)).await?;
        }
    }
    Ok(())
}

fn action_of(ending: &Ending, advised: bool) -> (Action, Option<String>) {
    let text = |it: &Option<Prose>| it.as_ref().map(|it| it.as_str().to_owned());
    match ending {
        Ending::Withdraw { reason } => (Action::Withdraw { advised }, text(reason)),
        Ending::CloseUnfulfilled { reason } => (Action::CloseUnfulfilled { reason: *reason }, None),
        Ending::CloseInSilence => (
            Action::CloseUnfulfilled { reason: UnfulfilledReason::Unreachable },
            Some("返事がないため、いったん終了しました".to_owned()),
        ),
        Ending::Refer { organization, note } => {
            (Action::Refer { organization: organization.as_str().to_owned() }, text(note))
        }
        Ending::HandBack { desk, note, .. } => {
            (Action::Refer { organization: desk.as_str().to_owned() }, Some(note.as_str().to_owned()))
        }
        Ending::Complete => (Action::Complete, None),
    }
}

/// Frees the slot, withdraws requests and drops planned questions. The experts of an appointment that is over stay, as
/// those who held it. Returns the appointment that was cancelled.
async fn let_go(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    reason: &str,
    is_over: bool,
) -> Result<Option<Appointment>, Problem> {
    let mut cancelled = None;
    match work.appointment.take() {
        Some(it) if it.is_confirmed() => {
            let experts = it.experts.clone();
            work.note(by, format!("{}の予約を取り消しました", when(&it)));
            cancelled = Some(cancel_appointment(work, it, by.principal(), reason).await?);
            // The cancellation has told these experts; the remaining requests are withdrawn below.
            let theirs = work.live().filter(|it| experts.contains(&it.expert)).cloned().collect();
            withdraw_untold(work, theirs).await?;
            withdraw_live(work, None).await?;
        }
        held => {
            if !is_over {
                withdraw_unfinished(work, held.as_ref()).await?;
            }
            if let Some(held) = held {
                work.save(&held.release()?).await?;
            }
        }
    }
    skip_follow_ups(work).await?;
    Ok(cancelled)
}

/// Withdraws the requests, unless the consultation was carried out: then they show which experts did it.
async fn withdraw_unfinished(
    work: &mut CaseTransaction<'_>,
    held: Option<&Appointment>,
) -> Result<(), Problem> {
    let carried_out = matches!(work.record.consultation.state, State::Consulted | State::FollowUp);
    if carried_out { Ok(()) } else { withdraw_live(work, held).await }
}

/// Mails the company once: that the consultation has ended, and that an appointment was cancelled with it.
fn say_farewell(
    work: &mut CaseTransaction<'_>,
    ending: &Ending,
    advised: bool,
    cancelled: Option<&Appointment>,
) -> Result<(), Problem> {
    let portal = work.portal()?;
    let names = cancelled.map(|it| work.names(&it.experts)).unwrap_or_default();
    let cancelled = cancelled.map(|it| appointment_text(it, &names));
    let event = match ending {
        Ending::Withdraw { .. } if advised => MailEvent::Finished { portal: &portal, cancelled },
        Ending::Withdraw { .. } => MailEvent::Withdrawn { portal: &portal, cancelled },
        Ending::CloseUnfulfilled { reason } => MailEvent::Unfulfilled { reason: *reason, advised, cancelled },
        Ending::CloseInSilence => MailEvent::Silence(SilenceEvent::ClosedInSilence { portal: &portal }),
        Ending::Refer { organization, note } => MailEvent::Referred {
            organization: organization.as_str(),
            note: note.as_ref().map(Prose::as_str).unwrap_or_default(),
            cancelled,
            called_by: None,
        },
        Ending::HandBack { desk, note, due_at, .. } => MailEvent::Referred {
            organization: desk.as_str(),
            note: note.as_str(),
            cancelled,
            called_by: Some(*due_at),
        },
        Ending::Complete => return Ok(()),
    };
    work.mail_company(event)?;
    Ok(())
}
