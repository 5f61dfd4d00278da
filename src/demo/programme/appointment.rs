//! Appointments from the choice of a time to the last question: the steps of company, experts and center.
use chrono::TimeDelta;
use codes::AppointmentStatus;
use domain::{
    actor::Actor,
    aftercare::report::{Report, ReportBody, ReportState},
    booking::{appointment::Appointment, availability::Slot},
    id::AppointmentId,
};

use super::{
    act::{Case, Next, line},
    plot::{Goal, Twist},
    stage::{Stage, prose},
};
use crate::{
    demo::names,
    ops::{
        self,
        aftercare::report::{ReportDecision, Saving},
        booking::slot_offers::SlotOffers,
        consultation::Ending,
    },
    problem::Problem,
    store::{self, consultation::Record, correspondence::message::Audience},
};

/// Picks one of the earliest starts at which the story can continue.
pub(super) fn pick(stage: &mut Stage, case: &Case, found: &SlotOffers) -> Option<Slot> {
    let (from, to) = stage.appointment_days(case.plot.goal);
    let starts: Vec<_> = found.days().into_iter().flat_map(|(_, starts)| starts).collect();
    let fitting: Vec<_> = starts.iter().copied().filter(|it| from < it.start() && it.start() < to).collect();
    let near = if case.plot.goal == Goal::Booked { fitting.len() } else { 40 };
    let fitting = fitting.get(..near.min(fitting.len())).unwrap_or_default();
    stage.dice.pick(fitting).or_else(|| starts.first().copied())
}

pub(super) async fn scheduling(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    let id = record.consultation.id;
    let before = matches!(case.plot.twist, Twist::CancelledByCompany | Twist::NoShow) && !case.twisted;
    if case.plot.goal == Goal::Scheduling && !before {
        return Ok(None);
    }
    for by in [Actor::Company, case.coordinator()] {
        let found = ops::booking::appointment::joint_offers(&stage.app, record, by).await?;
        if let Some(slot) = pick(stage, case, &found) {
            ops::booking::appointment::choose_slot(&stage.app, id, by, slot).await?;
            return Ok(Some(stage.office(2, 20)));
        }
    }
    Ok(Some(stage.office(24, 72)))
}

pub(super) async fn booked(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    let id = record.consultation.id;
    let Some(appointment) = live(stage, record).await? else { return Ok(None) };
    let host = appointment.experts.first().copied().map_or(Actor::System, Actor::Expert);
    let now = stage.now();
    if appointment.starts_at - now > TimeDelta::hours(30) {
        if let Some(next) = change_of_plan(stage, case, record, host).await? {
            return Ok(Some(next));
        }
        if let Some(next) = talk_before(stage, case, record, host).await? {
            return Ok(Some(next));
        }
    }
    if now < appointment.ends_at {
        // Some time after the appointment.
        let after = appointment.ends_at + TimeDelta::minutes(stage.dice.number(5, 90));
        return Ok(Some(after));
    }
    if case.twist(Twist::NoShow) {
        ops::booking::appointment::record_no_show(&stage.app, id, host).await?;
        return Ok(Some(stage.daytime(3, 40)));
    }
    ops::booking::appointment::record_done(&stage.app, id, host).await?;
    Ok(Some(stage.office(3, 70)))
}

/// Moves or cancels the appointment or withdraws the consultation, while there is time.
async fn change_of_plan(
    stage: &mut Stage,
    case: &mut Case,
    record: &Record,
    host: Actor,
) -> Result<Next, Problem> {
    let id = record.consultation.id;
    if case.twist(Twist::Moved) {
        let found = ops::booking::appointment::joint_offers(&stage.app, record, Actor::Company).await?;
        if let Some(slot) = pick(stage, case, &found) {
            ops::booking::appointment::reschedule(&stage.app, id, Actor::Company, slot).await?;
        }
        return Ok(Some(stage.office(2, 12)));
    }
    if case.twist(Twist::CancelledByCompany) {
        let reason = "決算の作業と重なったため、日程を改めたいです。".to_owned();
        ops::booking::appointment::cancel(&stage.app, id, Actor::Company, reason).await?;
        return Ok(Some(stage.daytime(12, 60)));
    }
    if case.twist(Twist::CancelledByExpert) {
        let reason = "公共交通機関の運休のため、実施できなくなりました。".to_owned();
        ops::booking::appointment::cancel(&stage.app, id, host, reason).await?;
        return Ok(Some(stage.daytime(3, 30)));
    }
    if case.plot.goal == Goal::Withdrawn && case.twist(Twist::Late) {
        let reason = Some(prose("事業所の移転が決まり、相談の時期を改めることになりました。")?);
        let ending = Ending::Withdraw { reason };
        ops::consultation::end(&stage.app, id, None, Actor::Company, ending).await?;
        return Ok(Some(stage.office(1, 2)));
    }
    Ok(None)
}

/// Lets the expert write, in some consultations, what to prepare, and the company answer.
async fn talk_before(
    stage: &mut Stage,
    case: &mut Case,
    record: &Record,
    host: Actor,
) -> Result<Next, Problem> {
    let (id, n) = (record.consultation.id, case.plot.n);
    case.talked += 1;
    match case.talked {
        1 if n.is_multiple_of(3) => {
            let text = names::message(false, if n.is_multiple_of(2) { 1 } else { 3 });
            stage.write(id, host, Audience::Everyone, text).await?;
            Ok(Some(stage.daytime(2, 20)))
        }
        2 if n.is_multiple_of(3) => {
            stage.write(id, Actor::Company, Audience::Everyone, names::message(true, 1)).await?;
            Ok(Some(stage.office(1, 5)))
        }
        _ => Ok(None),
    }
}

pub(super) async fn consulted(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    let reports = store::aftercare::report::of(&stage.app.db, record.consultation.id).await?;
    let Some(appointment) = last_done(stage, record).await? else { return Ok(None) };
    let written = reports.iter().find(|it| it.appointment == appointment.id);
    let stops = case.plot.goal == Goal::Consulted;
    match written.map(|it| &it.state) {
        // Of the reports that stop here some are not written, some are unfinished, and some wait for the center.
        None if stops && case.plot.n.is_multiple_of(3) => Ok(None),
        None => {
            let draft = stops && case.plot.n % 3 == 1 && case.plot.twist == Twist::None;
            let saving = if draft { Saving::Keep } else { Saving::Submit };
            write(stage, case, &appointment, 0, saving).await?;
            Ok(Some(stage.office(4, 50)))
        }
        Some(ReportState::Submitted { .. }) if case.twist(Twist::ReportReturned) => {
            let reason = line("次回までの取組みについて、時期と担当者を書き加えてください。")?;
            decide(stage, case, appointment.id, ReportDecision::Return { reason }).await?;
            Ok(Some(stage.office(6, 40)))
        }
        Some(_) if stops => Ok(None),
        Some(ReportState::Draft | ReportState::Returned { .. }) => {
            let version = written.map_or(0, |it: &Report| it.version);
            write(stage, case, &appointment, version, Saving::Submit).await?;
            Ok(Some(stage.office(2, 30)))
        }
        Some(ReportState::Submitted { .. }) => approve(stage, case, record, &appointment).await,
        Some(ReportState::Approved { .. }) => Ok(None),
    }
}

async fn write(
    stage: &mut Stage,
    case: &Case,
    appointment: &Appointment,
    version: i32,
    saving: Saving,
) -> Result<(), Problem> {
    let Some(&author) = appointment.experts.first() else { return Ok(()) };
    let n = case.plot.n + usize::try_from(appointment.sequence).unwrap_or_default();
    let text = names::report(n);
    let body = ReportBody {
        attendees: format!("{}ほか{}名", case.form.contact_name, n % 3 + 1),
        present_state: text.present_state.to_owned(),
        advice: text.advice.to_owned(),
        next_steps: text.next_steps.to_owned(),
        documents: text.documents.to_owned(),
        further_appointment: n.is_multiple_of(4),
        other_field: n.is_multiple_of(7),
        expected_introduction: if n.is_multiple_of(2) {
            "3か月後ごろ".to_owned()
        } else {
            String::new()
        },
        publishable: n.is_multiple_of(5),
        internal_note: String::new(),
        examples: if n.is_multiple_of(3) { vec![super::examples::RECOMMENDED] } else { Vec::new() },
        guides: if n.is_multiple_of(4) { vec![super::publications::RECOMMENDED_GRANT] } else { Vec::new() },
    };
    ops::aftercare::report::write(&stage.app, appointment.id, author, body, version, saving).await
}

/// Approves the report for the center. A further appointment follows if the plot has one, or else the questions.
async fn approve(
    stage: &mut Stage,
    case: &mut Case,
    record: &Record,
    appointment: &Appointment,
) -> Result<Next, Problem> {
    if record.appointments_done < case.plot.appointments {
        let further = ReportDecision::ApproveAndContinue { override_reason: None };
        match decide(stage, case, appointment.id, further).await {
            Ok(()) => return Ok(Some(stage.daytime(4, 60))),
            // The company has used up its appointments of the year in another consultation.
            Err(Problem::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    decide(stage, case, appointment.id, ReportDecision::Approve).await?;
    for it in store::aftercare::follow_up::of(&stage.app.db, record.consultation.id).await? {
        if stage.dice.chance(62) {
            let delay = stage.dice.hours(1, 150);
            let at = stage.awake(it.due_at.max(stage.now()) + delay);
            case.questions.push((at, it.id));
        }
    }
    Ok(Some(stage.office(30, 120)))
}

pub(super) async fn followed(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    let id = record.consultation.id;
    if case.twist(Twist::AtTheCap) {
        let wish = "3回のご相談で規程ができました。もう一度ご相談できるでしょうか。";
        stage.write(id, Actor::Company, Audience::Everyone, wish).await?;
        return Ok(None);
    }
    if case.plot.goal != Goal::Completed {
        return Ok(None);
    }
    // The consultation is closed after the question of three months has had its time.
    let due = record.consultation.state_since + TimeDelta::days(105);
    let closes =
        due.min(stage.end - TimeDelta::hours(i64::try_from(case.plot.n % 90).unwrap_or_default() + 3));
    if stage.now() < closes {
        return Ok(Some(closes));
    }
    if !case.twisted && case.plot.n.is_multiple_of(2) {
        stage.write(id, case.coordinator(), Audience::Everyone, names::message(false, 6)).await?;
    }
    let by = case.coordinator();
    ops::consultation::end(&stage.app, id, None, by, Ending::Complete).await?;
    Ok(None)
}

async fn decide(
    stage: &Stage,
    case: &Case,
    appointment: AppointmentId,
    decision: ReportDecision,
) -> Result<(), Problem> {
    ops::aftercare::report::decide(&stage.app, appointment, case.plot.coordinator, decision).await
}

async fn live(stage: &Stage, record: &Record) -> Result<Option<Appointment>, Problem> {
    let all = store::booking::appointment::of(&stage.app.db, record.consultation.id).await?;
    Ok(all.into_iter().find(Appointment::is_live))
}

async fn last_done(stage: &Stage, record: &Record) -> Result<Option<Appointment>, Problem> {
    let all = store::booking::appointment::of(&stage.app.db, record.consultation.id).await?;
    Ok(all.into_iter().rfind(|it| it.state.status() == AppointmentStatus::Done))
}
