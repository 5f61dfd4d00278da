//! Takes the steps that follow by themselves while nothing happens in a case: reminders, an item in the center's
//! worklist, and a proposed closing, which a coordinator confirms.
use domain::{
    actor::Actor,
    consultation::State,
    correspondence::company_channel::CompanyChannel,
    due::DueKind,
    id::ConsultationId,
    silence::{SilenceClock, SilenceKind, SilenceStep},
};

use crate::{
    app::App,
    mail::{
        mail_event::{CompanyTurn, MailEvent, ReaderSide, SilenceEvent},
        outgoing_mail::{OutgoingMail, SendCondition},
    },
    ops::{
        aftercare::{held::await_approval, report_gap::give_overdue},
        booking::notices::appointment_text,
        case::transaction::CaseTransaction,
        routing::replacement::give_back_choice,
    },
    problem::Problem,
};

/// Takes the step that is due in a case. Does nothing if another worker was first or the case has moved on; starts the
/// clock of a case that has none yet.
pub async fn take_step(app: &App, id: ConsultationId) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    // A report may have been submitted while its approval had no deadline.
    let is_report_due = work.record.due.as_ref().is_some_and(|it| it.kind == DueKind::Report);
    let is_submitted = is_report_due && await_approval(&mut work).await?;
    let Some(clock) = work.record.silence.filter(|_| !is_submitted) else {
        work.commit().await?;
        return Ok(());
    };
    // The proof of the address was asked for until the appointment; its outcome is asked for now.
    let is_booked = work.record.consultation.state == State::Booked;
    let is_over = work.appointment.as_ref().is_some_and(|it| it.ends_at <= work.context.now);
    if clock.kind == SilenceKind::Address && is_booked && is_over {
        work.commit().await?;
        return Ok(());
    }
    let Some(step) = clock.due(work.now(), &work.context.settings) else { return Ok(()) };
    // The days on which an expert could still be booked may have passed while the company did not choose.
    if clock.kind == SilenceKind::Choice && give_back_choice(&mut work).await? {
        work.commit().await?;
        return Ok(());
    }
    let (settings, calendar, now) = (&work.context.settings, &work.context.calendar, work.now());
    let advanced = clock.advanced(now, settings, calendar);
    let waits_for =
        if work.record.approves_report() { DueKind::Approval.label() } else { clock.kind.label() };
    match step {
        SilenceStep::RemindCompany => {
            let note = remind(&mut work, clock, waits_for).await?;
            work.record.silence = Some(advanced);
            work.note(Actor::System, note);
        }
        SilenceStep::TellCompany => {
            let note = tell_searching(&mut work, clock)?;
            work.record.silence = Some(advanced);
            work.note(Actor::System, note);
        }
        SilenceStep::ShowToCenter => {
            show_to_center(&mut work, advanced);
            if clock.kind == SilenceKind::Report {
                give_overdue(&mut work).await?;
            }
            work.note(Actor::System, format!("動きがないため、対応一覧に載せました（{waits_for}）"));
        }
        SilenceStep::ProposeClosing => {
            show_to_center(&mut work, advanced);
            // A booked appointment is not closed because its company has not proved an address.
            let done =
                if is_booked { "対応一覧に載せました" } else { "終了を提案しました" };
            work.note(Actor::System, format!("返事がないため、{done}（{waits_for}）"));
        }
        SilenceStep::AskOutcome => {
            ask_outcome(&mut work, clock)?;
            work.record.silence = Some(advanced);
            work.note(Actor::System, "実施の記録がないため、専門家とセンターにお知らせしました");
        }
    }
    work.commit().await?;
    Ok(())
}

/// Reminds the company by mail or makes it an item of the calls, and returns the history's note.
async fn remind(
    work: &mut CaseTransaction<'_>,
    clock: SilenceClock,
    waits_for: &str,
) -> Result<String, Problem> {
    Ok(match remind_company(work, clock).await? {
        CompanyChannel::Mail => format!("企業にもう一度お知らせしました（{waits_for}）"),
        CompanyChannel::Telephone => {
            let now = work.now();
            work.record.to_call_since.get_or_insert(now);
            format!("メールでお知らせできないため、「電話する」に載せました（{waits_for}）")
        }
    })
}

/// Tells the company that experts are being asked. Returns what the history says of it.
fn tell_searching(work: &mut CaseTransaction<'_>, clock: SilenceClock) -> Result<&'static str, Problem> {
    let portal = work.portal()?;
    let mail = work.mail_company(MailEvent::Silence(SilenceEvent::Searching { portal: &portal }))?;
    tied(mail, clock);
    Ok(match work.company_channel() {
        CompanyChannel::Mail => "専門家に依頼していることを、企業にお知らせしました",
        CompanyChannel::Telephone => {
            "専門家に依頼していることをメールでお知らせできないため、「電話する」に載せました"
        }
    })
}

fn show_to_center(work: &mut CaseTransaction<'_>, clock: SilenceClock) {
    work.record.silence = Some(clock);
    let now = work.now();
    work.record.stalled_since.get_or_insert(now);
}

/// Reminds the company by mail, unless it has to be called. Returns how it hears.
async fn remind_company(
    work: &mut CaseTransaction<'_>,
    clock: SilenceClock,
) -> Result<CompanyChannel, Problem> {
    let proves = clock.kind == SilenceKind::Address;
    let address = if proves { work.person.email.as_deref() } else { work.company_address() };
    let Some(email) = address.map(str::to_owned) else { return Ok(CompanyChannel::Telephone) };
    let channel = CompanyChannel::of(true, work.reaches(email.to_lowercase()).await?);
    if !channel.is_mail() {
        return Ok(channel);
    }
    let waits_for = match clock.kind {
        SilenceKind::Address => CompanyTurn::Confirm,
        SilenceKind::Answer => CompanyTurn::Answer,
        SilenceKind::Choice | SilenceKind::Experts | SilenceKind::Outcome | SilenceKind::Report => {
            CompanyTurn::Choose
        }
    };
    let portal = if proves { work.proving_portal()? } else { work.portal()? };
    let mail =
        work.mail_company(MailEvent::Silence(SilenceEvent::CompanyReminder { portal: &portal, waits_for }))?;
    tied(mail, clock);
    Ok(channel)
}

/// Asks the experts of an appointment that is over, and the center, for its outcome.
fn ask_outcome(work: &mut CaseTransaction<'_>, clock: SilenceClock) -> Result<(), Problem> {
    let Some(appointment) = work.appointment.clone() else { return Ok(()) };
    let names = work.names(&appointment.experts);
    let text = appointment_text(&appointment, &names);
    let missing = |side, is_asked| {
        MailEvent::Silence(SilenceEvent::OutcomeMissing { side, appointment: text, is_asked })
    };
    // A closed account is not asked, and the center records the outcome.
    let mut is_asked = false;
    for &expert in &appointment.experts {
        is_asked |= tied(work.mail_expert(expert, missing(ReaderSide::Expert, true))?, clock);
    }
    let event = missing(ReaderSide::Center, is_asked);
    tied(work.mail_center(event)?, clock);
    Ok(())
}

/// Lets a mail be sent once, and only while the case waits for the same. Returns whether there is one.
fn tied(mail: Option<&mut OutgoingMail>, clock: SilenceClock) -> bool {
    let Some(mail) = mail else { return false };
    let Some(consultation) = mail.consultation else { return false };
    let since = clock.since;
    mail.dedup_key =
        Some(format!("silence/{consultation}/{}/{}/{}", since.timestamp_micros(), clock.stage, mail.to));
    mail.send_condition = Some(SendCondition::SilenceLasts { consultation, since });
    true
}
