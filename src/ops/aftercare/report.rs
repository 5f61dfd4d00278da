//! Reports: the expert writes them, the center decides on them, and the company reads them.
use domain::{
    actor::Actor,
    aftercare::{
        follow_up::{Anchors, FollowUp, FollowUpState, plan},
        report::{Report, ReportBody, ReportState},
    },
    booking::appointment::{Appointment, AppointmentState},
    calendar::japan_date,
    consultation::{Action, ActionKind, State},
    id::{AccountId, AppointmentId, ConsultationId, ExpertId, FollowUpId, ReportId},
    number::FiscalYear,
    publication::{Phase, PublicationKind},
    text::TextLine,
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{
    app::App,
    mail::mail_event::MailEvent,
    ops::{
        case::{
            save::{Lock, NewFollowUps, NewReport},
            transaction::CaseTransaction,
        },
        consultation::further_session,
    },
    problem::Problem,
    store::{self, publication::examples::PublicExample},
    url,
};

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
    let center = Actor::Coordinator(by);
    match decision {
        ReportDecision::Return { reason } => {
            let author = report.author;
            let returned = report.give_back(reason.as_str().to_owned())?;
            work.save(&returned).await?;
            work.note(center, format!("実施報告書を差し戻しました：{}", reason.as_str()));
            work.mail_expert(author, MailEvent::ReportReturned { reason: reason.as_str() })?;
        }
        ReportDecision::Approve => {
            approve(&mut work, report, by).await?;
            if work.check(ActionKind::ApproveReport, center).is_ok() {
                work.act(Action::ApproveReport, center, None)?;
                plan_follow_ups(&mut work, &appointment).await?;
                // A programme may have no question left.
                super::follow_up::complete_if_over(&mut work).await?;
            } else {
                work.note(center, "実施報告書を確認しました");
            }
        }
        ReportDecision::ApproveAndContinue { override_reason } => {
            approve(&mut work, report, by).await?;
            work.note(center, "実施報告書を確認しました");
            further_session(&mut work, center, override_reason.as_ref()).await?;
        }
    }
    work.commit().await?;
    Ok(())
}

async fn begin<'a>(
    app: &'a App,
    appointment: &Appointment,
    by: ExpertId,
) -> Result<CaseTransaction<'a>, Problem> {
    if !appointment.experts.contains(&by) {
        return Err(Problem::NotFound);
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

/// Approves the report and mails it to the company.
async fn approve(work: &mut CaseTransaction<'_>, report: Report, by: AccountId) -> Result<(), Problem> {
    let approved = report.approve(by, work.now())?;
    work.save(&approved).await?;
    let portal = work.portal()?;
    let examples = recommended(work, &approved).await?;
    work.mail_company(MailEvent::ReportReady { portal: &portal, examples: &examples })?;
    Ok(())
}

/// Returns the examples of a report that are public, each with its address.
async fn recommended(work: &CaseTransaction<'_>, report: &Report) -> Result<Vec<String>, Problem> {
    let found = store::publication::examples::of_numbers(work.read(), &report.body.examples).await?;
    let current = found.iter().filter(|it| it.state.phase(work.now()) == Phase::Current);
    let line = |it: &PublicExample| {
        let address = work.app.site.absolute(&url::publication(PublicationKind::Example, it.at.number));
        format!("{}（{}）\n　{address}", it.title, it.facts.organization)
    };
    Ok(current.map(line).collect())
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
    let anchors = Anchors { session_ended: appointment.ends_at, approved: work.now() };
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
