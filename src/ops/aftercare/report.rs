//! Reports: the expert writes them, the center decides on them, and the company reads them.
use domain::{
    actor::{Actor, Party},
    aftercare::{
        follow_up::{Addressee, Anchors, FollowUp, FollowUpState, plan},
        report::{Report, ReportBody, ReportState, report_author},
    },
    booking::appointment::{Appointment, AppointmentState},
    calendar::japan_date,
    consultation::{Action, ActionKind, State},
    due::Due,
    id::{AccountId, AppointmentId, ConsultationId, ExpertId, FollowUpId, ReportId},
    number::FiscalYear,
    text::TextLine,
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{
    held::{await_approval, keep_report_due},
    recommended,
    report_gap::{follow_gap, rewriter, writers},
};
use crate::{
    app::App,
    mail::mail_event::MailEvent,
    ops::{
        booking::{notices::appointment_text, owed_field::wait_for_owed},
        case::{
            context::Context,
            save::{HandedOverReport, Lock, NewFollowUps, NewReport, ReplacedReport},
            transaction::CaseTransaction,
        },
        consultation::further_appointment,
    },
    problem::Problem,
    store,
};

const NOT_HELD: &str = "この相談は実施されていないため、報告書は確認できません。結果の記録が誤っているときは、先に結果を訂正してください。";

const NOT_THERE: &str = "この相談には出席していないと記録されているため、報告書は、出席した専門家が書きます。記録が誤っているときは、先に結果を訂正してください。";

/// Whether an expert only saves a report or submits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saving {
    Keep,
    Submit,
}

/// A coordinator's decision on a submitted report.
#[derive(Clone, Debug)]
pub enum ReportDecision {
    Approve,
    /// The company gets the report and chooses a time for a further appointment. The reason is required above the
    /// yearly cap.
    ApproveAndContinue {
        override_reason: Option<TextLine>,
    },
    Return {
        reason: TextLine,
    },
}

/// Saves or submits the report on an appointment, for one of its experts or in that expert's stead. `version` is the one on the page that was filled in; 0 for a new
/// report.
pub async fn write(
    app: &App,
    id: AppointmentId,
    by: impl Into<Actor>,
    body: ReportBody,
    version: i32,
    saving: Saving,
) -> Result<(), Problem> {
    let by = by.into();
    let Actor::Expert(author) = by.principal() else { return Err(Problem::NotFound) };
    let appointment = store::booking::appointment::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let mut work = begin(app, &appointment, author).await?;
    let kept = work.lock(ReportOf(id)).await?;
    let is_new = kept.is_none();
    let report = kept.unwrap_or_else(|| Report {
        id: ReportId(Uuid::now_v7()),
        consultation: work.record.consultation.id,
        appointment: id,
        author,
        body: ReportBody::default(),
        state: ReportState::Draft,
        version: 0,
    });
    let saved = report.save(body, version)?;
    let saved = if saving == Saving::Submit { saved.submit(work.now())? } else { saved };
    if is_new {
        work.save(NewReport(&saved)).await?;
    } else {
        work.save(&saved).await?;
    }
    if saving == Saving::Submit {
        work.note(by, "実施報告書を提出しました");
        if matches!(by, Actor::Stead(..)) {
            tell_written(&mut work, &appointment, author)?;
        }
        // The center or the experts may owe the report on another appointment.
        if work.record.consultation.state.is_open() {
            follow_gap(&mut work).await?;
            await_approval(&mut work).await?;
        } else {
            let due = work.record.due.clone();
            keep_report_due(&mut work, due).await?;
        }
    }
    work.commit().await?;
    Ok(())
}

/// Tells the expert in whose stead the center has written a report, and the one who was asked for it, that it is there.
fn tell_written(work: &mut CaseTransaction<'_>, held: &Appointment, author: ExpertId) -> Result<(), Problem> {
    let due_at = work.record.due.as_ref().and_then(Due::at).unwrap_or(work.now());
    let requested = report_author(&writers(&work.context, held, due_at));
    let names = work.names(&held.experts);
    let appointment = appointment_text(held, &names);
    for reader in [author].into_iter().chain(requested.filter(|it| *it != author)) {
        work.mail_expert(reader, MailEvent::ReportWritten { appointment })?;
    }
    Ok(())
}

/// Corrects a report that the company has, at any time. The company hears of it if it reads something else now.
pub async fn correct(
    app: &App,
    id: AppointmentId,
    by: AccountId,
    (body, version): (ReportBody, i32),
    reason: &TextLine,
) -> Result<(), Problem> {
    let appointment = store::booking::appointment::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let mut work = CaseTransaction::begin(app, consultation_of(&appointment)?).await?;
    let before = work.lock(ReportOf(id)).await?.ok_or(Problem::NotFound)?;
    let corrected = before.clone().correct(body, version)?;
    work.save(ReplacedReport(&before, by, reason.as_str())).await?;
    work.save(&corrected).await?;
    work.note(Actor::Coordinator(by), format!("企業に渡した実施報告書を訂正しました：{}", reason.as_str()));
    // An appointment whose outcome was corrected has no report that the company reads.
    let current = store::booking::appointment::find(work.read(), id).await?;
    let is_read = current.is_some_and(|it| it.state == AppointmentState::Done);
    if is_read && !corrected.body.reads_like(&before.body) {
        notify_ready(&mut work, &appointment, &corrected, true).await?;
    }
    work.commit().await?;
    Ok(())
}

/// Approves a submitted report, or returns it to its expert.
pub async fn decide(
    app: &App,
    id: AppointmentId,
    by: AccountId,
    decision: ReportDecision,
) -> Result<(), Problem> {
    let appointment = store::booking::appointment::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let mut work = CaseTransaction::begin(app, consultation_of(&appointment)?).await?;
    let report = work.lock(ReportOf(id)).await?;
    let report = report.ok_or(Problem::NotFound)?;
    // The outcome may have been corrected since the report was written.
    let current = store::booking::appointment::find(work.read(), id).await?;
    let Some(current) = current.filter(|it| it.state == AppointmentState::Done) else {
        return Err(Problem::Refused(NOT_HELD.to_owned()));
    };
    let center = Actor::Coordinator(by);
    match decision {
        ReportDecision::Return { reason } => {
            give_back(&mut work, &current, report, center, reason.as_str()).await?;
        }
        ReportDecision::Approve => {
            let approved = approve(&mut work, report, by).await?;
            if work.check(ActionKind::ApproveReport, center).is_ok() {
                work.act(Action::ApproveReport, center, None)?;
                plan_follow_ups(&mut work, &appointment).await?;
                wait_for_owed(&mut work, None);
                // A programme may have no question left.
                super::follow_up::complete_if_over(&mut work).await?;
            } else {
                work.note(center, "実施報告書を確認しました");
            }
            notify_ready(&mut work, &appointment, &approved, false).await?;
        }
        ReportDecision::ApproveAndContinue { override_reason } => {
            let approved = approve(&mut work, report, by).await?;
            work.note(center, "実施報告書を確認しました");
            let lines = recommended::lines(&work, &approved.body).await?;
            further_appointment(&mut work, center, override_reason.as_ref(), lines.as_event()).await?;
        }
    }
    work.commit().await?;
    Ok(())
}

/// Returns a report to the expert who rewrites it, or, if no expert can, lets the center rewrite it.
async fn give_back(
    work: &mut CaseTransaction<'_>,
    held: &Appointment,
    report: Report,
    by: Actor,
    reason: &str,
) -> Result<(), Problem> {
    let author = report.author;
    let to = rewriter(&work.context.experts, held, author);
    let returned = report.give_back(reason.to_owned())?;
    work.save(&returned).await?;
    work.note(by, format!("実施報告書を差し戻しました：{reason}"));
    if to != Some(author) && held.absent != Some(author) {
        // The account of the author is closed, and holds the report no more.
        work.save(HandedOverReport(held.id, author)).await?;
    }
    if work.record.approves_report() {
        // The report is due again, with the whole time from now.
        let Context { settings, calendar, now, .. } = &work.context;
        work.record.due = Some(Due::report(settings, calendar, *now));
    }
    let due = work.record.due.clone();
    keep_report_due(work, due).await?;
    match to {
        Some(to) => {
            if to != author {
                let note =
                    format!("実施報告書の書き直しを、{}さんに依頼しました", work.context.experts.name(to));
                work.note(by, note);
            }
            work.mail_expert(to, MailEvent::ReportReturned { reason })?;
        }
        None => work.note(by, "書き直せる専門家がいないため、実施報告書はセンターが書き直します"),
    }
    follow_gap(work).await
}

async fn begin<'a>(
    app: &'a App,
    appointment: &Appointment,
    by: ExpertId,
) -> Result<CaseTransaction<'a>, Problem> {
    if !appointment.experts.contains(&by) {
        return Err(Problem::NotFound);
    }
    if appointment.absent == Some(by) {
        return Err(Problem::Refused(NOT_THERE.to_owned()));
    }
    if appointment.state != AppointmentState::Done {
        return Err(Problem::Refused("相談の実施を記録してから、報告書を書いてください。".to_owned()));
    }
    CaseTransaction::begin(app, consultation_of(appointment)?).await
}

fn consultation_of(appointment: &Appointment) -> Result<ConsultationId, Problem> {
    match appointment.owner {
        domain::booking::appointment::Owner::Consultation(id) => Ok(id),
        domain::booking::appointment::Owner::Draft(_) | domain::booking::appointment::Owner::Offer { .. } => {
            Err(Problem::NotFound)
        }
    }
}

/// Mails the company that its report on this appointment is ready or was corrected, and what follows. The questions have to be
/// planned before.
async fn notify_ready(
    work: &mut CaseTransaction<'_>,
    appointment: &Appointment,
    report: &Report,
    is_correction: bool,
) -> Result<(), Problem> {
    let lines = recommended::lines(work, &report.body).await?;
    let portal = work.portal()?;
    let (id, consultation) = (work.record.consultation.id, &work.record.consultation);
    let is_over = !consultation.state.is_open();
    let may_continue = consultation.allows(ActionKind::PlanFurtherAppointment, Party::Company).is_ok();
    let questions = store::aftercare::follow_up::of(work.read(), id).await?;
    let follows = questions.iter().any(|it| it.step.to == Addressee::Company && !it.is_over());
    let names = work.names(&appointment.experts);
    let appointment = appointment_text(appointment, &names);
    let (portal, recommended) = (portal.as_str(), lines.as_event());
    work.mail_company(MailEvent::ReportReady {
        portal,
        appointment,
        recommended,
        follows,
        may_continue,
        is_over,
        is_correction,
    })?;
    Ok(())
}

/// Approves the report and returns it. The caller tells the company.
async fn approve(work: &mut CaseTransaction<'_>, report: Report, by: AccountId) -> Result<Report, Problem> {
    let approved = report.approve(by, work.now())?;
    work.save(&approved).await?;
    Ok(approved)
}

/// Plans the follow-up questions, unless they are planned already for this number of appointments.
pub(in crate::ops) async fn plan_follow_ups(
    work: &mut CaseTransaction<'_>,
    appointment: &Appointment,
) -> Result<(), Problem> {
    let id = work.record.consultation.id;
    let round = i16::try_from(work.record.appointments_done).unwrap_or(i16::MAX);
    let there = store::aftercare::follow_up::of(work.read(), id).await?;
    if work.record.consultation.state != State::FollowUp || there.iter().any(|it| it.round == round) {
        return Ok(());
    }
    let anchors = Anchors { appointment_ended: appointment.ends_at, approved: work.now() };
    let year = FiscalYear::of(japan_date(work.now())).map_err(anyhow::Error::from)?;
    let steps = work.context.programme.follow_up(year);
    let planned: Vec<_> = plan(&steps, anchors, &work.context.settings, &work.context.calendar)
        .into_iter()
        .map(|(step, due_at)| FollowUp {
            id: FollowUpId(Uuid::now_v7()),
            consultation: id,
            kind: step.kind,
            round,
            state: FollowUpState::Planned,
            due_at,
            step,
            anchors: Some(anchors),
        })
        .collect();
    work.save(NewFollowUps(&planned)).await?;
    Ok(())
}

/// The key of the report on an appointment.
struct ReportOf(AppointmentId);

impl Lock for ReportOf {
    type Row = Report;

    async fn lock(self, tx: &DatabaseTransaction) -> Result<Option<Report>, Problem> {
        Ok(store::aftercare::report::lock_of_appointment(tx, self.0).await?)
    }
}
