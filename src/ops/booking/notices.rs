//! Notifies both sides of an appointment, with its calendar entries, and plans their reminders.
use std::slice::from_ref;

use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Party},
    booking::{
        appointment::{Appointment, RecordedOutcome},
        notice::{change_until, hold_warned_at, reminder_at},
    },
    calendar::japan_date,
    consultation::State,
    field::Fields,
    id::ExpertId,
};

use crate::{
    mail::{
        mail_event::{
            AppointmentText, MailEvent, MissedPart, OutcomeEvent, ReaderSide, Recommended, SilenceEvent,
        },
        outgoing_mail::SendCondition,
    },
    ops::case::{save::FormerParticipation, transaction::CaseTransaction},
    problem::Problem,
    store,
};

/// A change of an appointment that both sides are told of.
#[derive(Clone, Copy)]
enum News<'a> {
    Booked {
        change_until: DateTime<Utc>,
    },
    Moved {
        change_until: DateTime<Utc>,
        was: DateTime<Utc>,
    },
    Venue,
    /// `blocked` is the expert who has cancelled, and is not offered at that time any more.
    Cancelled {
        reason: &'a str,
        by: Option<Party>,
        blocked: Option<ExpertId>,
    },
    ExpertMissed {
        part: Option<MissedPart<'a>>,
        is_correction: bool,
    },
    Corrected {
        was: RecordedOutcome,
        outcome: RecordedOutcome,
    },
}

impl<'a> News<'a> {
    /// Returns the event for one reader, who may be an expert.
    fn event(
        &self,
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        reader: Option<ExpertId>,
    ) -> MailEvent<'a> {
        match *self {
            Self::Booked { change_until } => MailEvent::Booked { side, appointment, change_until },
            Self::Moved { change_until, was } => MailEvent::Moved { side, appointment, change_until, was },
            Self::Venue => MailEvent::Venue { side, appointment },
            Self::Cancelled { reason, by, blocked } => {
                let is_blocked = blocked.is_some() && blocked == reader;
                MailEvent::Cancelled { side, appointment, reason, by, is_blocked }
            }
            Self::ExpertMissed { part, is_correction } => {
                MailEvent::Outcome(OutcomeEvent::ExpertMissed { side, appointment, part, is_correction })
            }
            Self::Corrected { was, outcome } => {
                MailEvent::Outcome(OutcomeEvent::Corrected { side, appointment, was, outcome })
            }
        }
    }
}

/// Returns an appointment as mails show it. `names` are the experts' names, in order.
pub fn appointment_text<'a>(it: &'a Appointment, names: &'a [String]) -> AppointmentText<'a> {
    AppointmentText {
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        mode: it.mode,
        place: &it.place,
        experts: names,
        uid: &it.uid,
        sequence: it.sequence,
    }
}

/// Mails the confirmation to both sides, each with its calendar entry.
pub fn notify_booked(work: &mut CaseTransaction<'_>, booked: &Appointment) -> Result<(), Problem> {
    let change_until = change_until(booked.starts_at, &work.context.settings, &work.context.calendar);
    tell(work, booked, News::Booked { change_until })
}

/// Mails the confirmation to the experts, with its calendar entry. The company is told by another mail.
pub fn notify_experts_booked(work: &mut CaseTransaction<'_>, booked: &Appointment) -> Result<(), Problem> {
    let change_until = change_until(booked.starts_at, &work.context.settings, &work.context.calendar);
    tell_experts(work, booked, News::Booked { change_until }, &[])
}

/// Mails the new time to both sides, each with its calendar entry. `was` is the previous start.
pub fn notify_moved(
    work: &mut CaseTransaction<'_>,
    moved: &Appointment,
    was: DateTime<Utc>,
) -> Result<(), Problem> {
    let change_until = change_until(moved.starts_at, &work.context.settings, &work.context.calendar);
    tell(work, moved, News::Moved { change_until, was })
}

/// Mails the new meeting link to both sides, each with its calendar entry.
pub fn notify_meeting_link(work: &mut CaseTransaction<'_>, changed: &Appointment) -> Result<(), Problem> {
    tell(work, changed, News::Venue)
}

/// Mails the cancellation to the company.
pub fn notify_company_cancelled(
    work: &mut CaseTransaction<'_>,
    cancelled: &Appointment,
    reason: &str,
) -> Result<(), Problem> {
    tell_company(work, cancelled, news_of_cancelled(cancelled, reason, None))
}

/// Mails the cancellation to the experts but those whom another mail tells. `blocked` is the expert who has cancelled, if
/// one has.
pub fn notify_experts_cancelled(
    work: &mut CaseTransaction<'_>,
    cancelled: &Appointment,
    reason: &str,
    (blocked, told_besides): (Option<ExpertId>, &[ExpertId]),
) -> Result<(), Problem> {
    tell_experts(work, cancelled, news_of_cancelled(cancelled, reason, blocked), told_besides)
}

fn news_of_cancelled<'a>(it: &Appointment, reason: &'a str, blocked: Option<ExpertId>) -> News<'a> {
    News::Cancelled { reason, by: it.state.cancelled_by().map(|(party, _)| party), blocked }
}

/// Mails both sides, and the center if the company has said it, that the expert did not come. The company gets an
/// apology and how to go on. Another mail tells the experts of `told_besides`.
pub fn notify_expert_missed(
    work: &mut CaseTransaction<'_>,
    missed: &Appointment,
    (by, told_besides): (Actor, &[ExpertId]),
    is_correction: bool,
) -> Result<(), Problem> {
    let news = News::ExpertMissed { part: None, is_correction };
    tell_company(work, missed, news)?;
    tell_experts(work, missed, news, told_besides)?;
    if by == Actor::Company { tell_center(work, missed, news) } else { Ok(()) }
}

/// Mails the company, the expert who did not come, and the center if the company has said it, that the other expert held
/// the appointment alone.
pub fn notify_expert_missed_part(
    work: &mut CaseTransaction<'_>,
    held: &Appointment,
    by: Actor,
    is_correction: bool,
) -> Result<(), Problem> {
    let Some(absent) = held.absent else { return Ok(()) };
    let name = work.context.experts.name(absent).to_owned();
    let may_choose = matches!(work.record.consultation.state, State::Consulted | State::FollowUp);
    let part = Some(MissedPart { expert: &name, owed: work.record.owed, may_choose });
    let news = News::ExpertMissed { part, is_correction };
    tell_company(work, held, news)?;
    let names = work.names(&held.experts);
    work.mail_expert(absent, news.event(ReaderSide::Expert, appointment_text(held, &names), Some(absent)))?;
    if by == Actor::Company { tell_center(work, held, news) } else { Ok(()) }
}

fn tell_center(work: &mut CaseTransaction<'_>, it: &Appointment, news: News<'_>) -> Result<(), Problem> {
    let names = work.names(&it.experts);
    work.mail_center(news.event(ReaderSide::Center, appointment_text(it, &names), None))?;
    Ok(())
}

/// Mails the company, if `to_company`, and the experts that the outcome was recorded wrongly. Another mail tells the
/// experts of `told_besides`.
pub fn notify_outcome_corrected(
    work: &mut CaseTransaction<'_>,
    corrected: &Appointment,
    (was, outcome): (RecordedOutcome, RecordedOutcome),
    (to_company, told_besides): (bool, &[ExpertId]),
) -> Result<(), Problem> {
    let news = News::Corrected { was, outcome };
    if to_company {
        tell_company(work, corrected, news)?;
    }
    tell_experts(work, corrected, news, told_besides)
}

/// Mails the company that it can choose among the joint free slots of the experts who have accepted.
pub fn notify_slots_to_choose(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    let portal = work.portal()?;
    let names = work.names(&work.accepted());
    work.mail_company(MailEvent::SlotsToChoose { portal: &portal, experts: &names })?;
    Ok(())
}

/// Mails the company that a further appointment is planned: it can choose a time, or, with `is_open`, the center asks
/// experts first. `was` are the fields until now, if the further appointment has others; `report` has the
/// examples of the report on the last one, if it is ready.
pub fn notify_further_appointment(
    work: &mut CaseTransaction<'_>,
    is_open: bool,
    was: Option<Fields>,
    report: Option<Recommended<'_>>,
) -> Result<(), Problem> {
    let portal = work.portal()?;
    let names = work.names(&work.accepted());
    let experts = &names[..];
    work.mail_company(MailEvent::FurtherAppointment { portal: &portal, experts, is_open, was, report })?;
    Ok(())
}

/// Mails the desk of a hand-over that the center goes on with it, as the click on 「引き継ぐ」 does, if the act that follows is
/// the first one of the center.
pub async fn notify_hand_over_accepted(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    if work.record.consultation.state == State::Received {
        work.mail_desk(MailEvent::HandOverAccepted).await?;
    }
    Ok(())
}

/// Mails the company that it was not met at its appointment, and how to go on.
pub fn notify_no_show(
    work: &mut CaseTransaction<'_>,
    missed: &Appointment,
    is_correction: bool,
) -> Result<(), Problem> {
    let portal = work.portal()?;
    let names = work.names(&missed.experts);
    let appointment = appointment_text(missed, &names);
    let side = ReaderSide::Company { portal: &portal };
    work.mail_company(MailEvent::NoShow { side, appointment, is_correction })?;
    Ok(())
}

/// Mails the experts of an appointment that the company's absence was recorded, but the one who recorded it (`by`) and those
/// whom another mail tells.
pub fn notify_experts_of_no_show(
    work: &mut CaseTransaction<'_>,
    missed: &Appointment,
    by: Actor,
    told_besides: &[ExpertId],
) -> Result<(), Problem> {
    let names = work.names(&missed.experts);
    let appointment = appointment_text(missed, &names);
    let readers = missed.experts.iter().filter(|it| by != Actor::Expert(**it) && !told_besides.contains(it));
    for &expert in readers {
        let side = ReaderSide::Expert;
        work.mail_expert(expert, MailEvent::NoShow { side, appointment, is_correction: false })?;
    }
    Ok(())
}

/// The reason that experts are given when a time is lost that they had accepted.
pub const TIME_LOST: &str =
    "ほかの分野の専門家が決まらなかったため、日時を選び直します。担当はそのままです。";

/// Mails the company that the time which was kept for it is released.
pub fn notify_released(work: &mut CaseTransaction<'_>, released: &Appointment) -> Result<(), Problem> {
    let portal = work.portal()?;
    let slot = appointment_text(released, &[]);
    let may_choose = work.record.consultation.may_choose_time(from_ref(released), &work.assignments);
    let day_closed = !work.context.calendar.is_open(japan_date(released.starts_at));
    let event = SilenceEvent::HoldReleased { portal: &portal, slot, may_choose, day_closed };
    work.mail_company(MailEvent::Silence(event))?;
    Ok(())
}

/// Plans the mail that a hold is about to end, with the condition that it still stands: to the company, and to the center
/// if it is the center's turn. A company without an address is called at that time instead (`planned_call`). A hold that ends too soon for a warning gets none: it was just said until when it lasts.
pub fn plan_hold_warning(work: &mut CaseTransaction<'_>, held: &Appointment) -> Result<(), Problem> {
    let Some(until) = held.held_until() else { return Ok(()) };
    let due_at = hold_warned_at(until, &work.context.settings, &work.context.calendar);
    if due_at <= work.now() {
        return Ok(());
    }
    let is_confirmed = work.record.consultation.address_confirmed;
    // Until the address is confirmed, the mail asks for that.
    let portal = if is_confirmed { work.portal()? } else { work.proving_portal()? };
    let slot = appointment_text(held, &[]);
    let has_address = work.person.email.is_some();
    let company = has_address.then_some(ReaderSide::Company { portal: &portal });
    for side in [company, is_confirmed.then_some(ReaderSide::Center)].into_iter().flatten() {
        let event = MailEvent::Silence(SilenceEvent::HoldEnding { side, slot, until });
        let mail = match side {
            ReaderSide::Company { .. } => work.mail_company(event)?,
            ReaderSide::Expert | ReaderSide::Center => work.mail_center(event)?,
        };
        if let Some(mail) = mail {
            mail.due_at = due_at;
            mail.dedup_key = Some(format!("hold_ending/{}/{}/{}", held.id, until.timestamp(), mail.to));
            mail.send_condition = Some(SendCondition::HoldStands { appointment: held.id, until });
        }
    }
    Ok(())
}

/// Plans the reminders of both sides for the business day before. Each one is checked again when it is due.
pub fn plan_reminders(work: &mut CaseTransaction<'_>, booked: &Appointment) -> Result<(), Problem> {
    let (settings, calendar) = (&work.context.settings, &work.context.calendar);
    let Some(due_at) = reminder_at(booked.starts_at, work.now(), settings, calendar) else {
        return Ok(());
    };
    let portal = work.portal()?;
    let names = work.names(&booked.experts);
    let appointment = appointment_text(booked, &names);
    let send_condition =
        SendCondition::AppointmentStands { appointment: booked.id, sequence: booked.sequence };
    let company = MailEvent::Reminder { side: ReaderSide::Company { portal: &portal }, appointment };
    for reader in std::iter::once(None).chain(booked.experts.iter().map(Some)) {
        let mail = match reader {
            None => work.mail_company(company)?,
            Some(&expert) => {
                work.mail_expert(expert, MailEvent::Reminder { side: ReaderSide::Expert, appointment })?
            }
        };
        if let Some(mail) = mail {
            mail.due_at = due_at;
            mail.dedup_key = Some(appointment_reminder_key(booked, &mail.to));
            mail.send_condition = Some(send_condition);
        }
    }
    Ok(())
}

/// Returns the key of the reminder of an appointment to one reader. An appointment that moves has reminders of its own.
pub fn appointment_reminder_key(it: &Appointment, reader: &str) -> String {
    format!("reminder/{}/{}/{reader}", it.id, it.sequence)
}

/// Returns the SEQUENCE with which an expert is invited to an appointment: higher than that of its cancellation if the
/// expert had it before.
pub async fn sequence_for(
    work: &CaseTransaction<'_>,
    it: &Appointment,
    expert: ExpertId,
) -> Result<i32, Problem> {
    let ended = store::calendars::cancelled_invitation::sequence(work.read(), it.id, expert).await?;
    Ok(ended.map_or(it.sequence, |ended| it.sequence.max(ended + 1)))
}

/// Records that an expert has no part any more in the appointment that they know as `shown`. Returns the appointment as
/// the cancellation shows it.
pub async fn cancel_invitation(
    work: &mut CaseTransaction<'_>,
    shown: Appointment,
    expert: ExpertId,
) -> Result<Appointment, Problem> {
    let sequence = sequence_for(work, &shown, expert).await? + 1;
    let left = Appointment { sequence, ..shown };
    work.save(FormerParticipation(&left, expert)).await?;
    Ok(left)
}

/// Mails the company and each expert, each with the calendar entry.
fn tell(work: &mut CaseTransaction<'_>, it: &Appointment, news: News<'_>) -> Result<(), Problem> {
    tell_company(work, it, news)?;
    tell_experts(work, it, news, &[])
}

fn tell_company(work: &mut CaseTransaction<'_>, it: &Appointment, news: News<'_>) -> Result<(), Problem> {
    let portal = work.portal()?;
    let names = work.names(&it.experts);
    let side = ReaderSide::Company { portal: &portal };
    work.mail_company(news.event(side, appointment_text(it, &names), None))?;
    Ok(())
}

fn tell_experts(
    work: &mut CaseTransaction<'_>,
    it: &Appointment,
    news: News<'_>,
    told_besides: &[ExpertId],
) -> Result<(), Problem> {
    let names = work.names(&it.experts);
    for &expert in it.experts.iter().filter(|it| !told_besides.contains(it)) {
        work.mail_expert(expert, news.event(ReaderSide::Expert, appointment_text(it, &names), Some(expert)))?;
    }
    Ok(())
}
