//! The list of a company's consultations, and the page of one: its state, the next step, and the possible
//! actions.
use actix_web::{HttpResponse, get, post, web::Data};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    actor::Party,
    aftercare::{
        follow_up::{Addressee, FollowUp, FollowUpState, Kind},
        report::ReportState,
    },
    booking::appointment::{Appointment, AppointmentState},
    calendar::japan_date,
    consultation::{ActionKind, State},
    number::FiscalYear,
    wording::{long_date_time_range, month_day_time, month_day_weekday},
};

use super::{
    appointment::CompanyAppointment,
    history::{self, HistoryStep},
    own_consultation::OwnConsultation,
    progress::{self, ProgressFacts},
    survey,
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        self,
        audit::event::HistoryEntry,
        consultation::Record,
        correspondence::message::{Audience, ThreadEntry},
    },
    url,
    web::kit::{
        page::{self, Shell},
        proposals::{self, Proposals},
        session::CompanyUser,
    },
};

#[derive(Template)]
#[template(path = "company/list.html")]
struct ListPage {
    shell: Shell,
    cases: Vec<Row>,
}

/// One line of the list.
struct Row {
    number: String,
    path: String,
    company: String,
    fields: &'static str,
    state: State,
    received: String,
    /// When the next appointment is, if there is one.
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "company/case.html")]
struct CasePage {
    shell: Shell,
    record: Record,
    path: String,
    sentences: Vec<String>,
    /// The address that is not proved yet, if the reader is signed in with another one.
    unproved: Option<String>,
    next: Option<CompanyAppointment>,
    /// Whether the next appointment is confirmed, so that a calendar entry can be downloaded.
    is_confirmed: bool,
    /// The time that the company had and has lost, if it can choose another one.
    lost: Option<LostTime>,
    acts: Acts,
    /// Whether the company waits for an earlier time.
    waits: bool,
    steps: Vec<HistoryStep>,
    messages: usize,
    unread: usize,
    reports: usize,
    /// The state of the survey, such as 「未回答」; empty if there is no survey yet.
    survey: &'static str,
    /// The questions that wait for an answer.
    questions: Vec<OpenQuestion>,
    /// Whether the company can make an example of its consultation, or has begun to.
    may_be_example: bool,
    /// Examples of companies like this one, and entries of the guide that fit it.
    proposals: Proposals,
}

/// A time that was kept or booked for the company, and is not any more.
struct LostTime {
    when: String,
    was_booked: bool,
}

/// A question that waits for the company's answer.
struct OpenQuestion {
    label: String,
    href: String,
    until: String,
}

/// The actions that are possible for the company now.
struct Acts {
    answer: bool,
    choose: bool,
    reschedule: bool,
    /// Until when the company can move or cancel its appointment; empty if there is none.
    change_until: String,
    /// Whether that time has passed.
    too_late: bool,
    cancel: bool,
    /// Whether the appointment has begun, so that the company can say that the expert did not come.
    missed: bool,
    withdraw: bool,
    /// Whether an appointment has taken place, so that the consultation is ended rather than withdrawn.
    advised: bool,
    /// Whether the report can be read and nothing else is waited for.
    read: bool,
    further: Further,
    /// Whether the company can choose a time with the present experts at once.
    experts_there: bool,
}

/// Whether a further appointment is possible.
pub(super) enum Further {
    NotNow,
    /// One is planned for these fields, and can be taken back.
    Planned(&'static str),
    /// An expert who did not come still owes this field, which uses none of the cap.
    Owed {
        field: &'static str,
        was_absent: bool,
    },
    Left(u16),
    CapReached(u16),
}

#[get("/my")]
pub async fn list(app: Data<App>, shell: Shell, user: CompanyUser) -> Result<HttpResponse, Problem> {
    let records = store::consultation::of_contact(&app.db, &user.email_key).await?;
    if let [only] = records.as_slice() {
        return Ok(page::see_other(url::my(&only.number)));
    }
    let mut cases = Vec::new();
    for it in records {
        let appointments = store::booking::appointment::of(&app.db, it.consultation.id).await?;
        let next = appointments.iter().find(|it| it.is_confirmed());
        cases.push(Row {
            number: it.number.to_string(),
            path: url::my(&it.number),
            company: it.company_name,
            fields: it.consultation.fields.label(),
            state: it.consultation.state,
            received: month_day_weekday(it.received_at),
            next: next.map(|it| month_day_time(it.starts_at)),
        });
    }
    page::html(&ListPage { shell, cases })
}

#[get("/my/{number}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    user: CompanyUser,
    own: OwnConsultation,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (programme, roster) = app.programme_and_experts().await?;
    let id = own.0.consultation.id;
    let appointments = store::booking::appointment::of(&app.db, id).await?;
    let lost = lost(&app, &own.0, &appointments).await?;
    let live = appointments.into_iter().find(Appointment::is_live);
    let follow_ups = store::aftercare::follow_up::of(&app.db, id).await?;
    let thread = store::correspondence::message::of(&app.db, id, Audience::Everyone).await?;
    let reports = store::aftercare::report::of(&app.db, id).await?;
    let events = store::audit::event::of(&app.db, id).await?;
    let until = match &live {
        Some(it) => Some(
            ops::booking::change_limit::change_limit(&app.db, &programme, &shell.settings, it, now).await?,
        ),
        None => None,
    };
    let facts = ProgressFacts {
        record: &own.0,
        live: live.as_ref(),
        follow_ups: &follow_ups,
        is_submitted: reports.iter().any(|it| matches!(it.state, ReportState::Submitted { .. })),
        was_routed: events.iter().any(|it| it.action == ActionKind::RequestExperts),
        awaits_reply: awaits_reply(&thread),
        settings: &shell.settings,
        calendar: &programme.calendar(now),
        now,
    };
    let reports = reports.iter().filter(|it| matches!(it.state, ReportState::Approved { .. })).count();
    let booked = live.as_ref().filter(|it| it.is_confirmed());
    let acts = Acts {
        missed: booked.is_some_and(|it| it.starts_at <= now) && can_say_missed(&own.0),
        advised: own.0.appointments_done > 0 || booked.is_some_and(|it| it.ends_at <= now),
        experts_there: ops::routing::presence::can_give_another(&app, &own.0).await?,
        read: reports > 0 && matches!(own.0.consultation.state, State::FollowUp | State::Completed),
        ..acts(&own.0, until, further(&app, &own.0, &events, shell.settings.appointment_cap, now).await?, now)
    };
    let page = CasePage {
        path: own.path(""),
        sentences: progress::sentences(facts),
        unproved: unproved(&app, &own.0, &user).await?,
        next: live.as_ref().map(|it| CompanyAppointment::of(it, &roster)),
        is_confirmed: live.as_ref().is_some_and(Appointment::is_confirmed),
        waits: (acts.choose || acts.reschedule)
            && store::booking::waiting_list::of(&app.db, id).await?.is_some(),
        lost,
        acts,
        steps: history::steps(&events),
        messages: thread.len(),
        unread: thread.iter().filter(|it| super::messages::is_new(it)).count(),
        reports,
        survey: survey::latest(&follow_ups).map_or("", |it| survey_label(it, now)),
        questions: open_questions(&app, &own, &follow_ups).await?,
        may_be_example: super::example::is_offered(&app, &own).await?,
        proposals: proposals::of(&app, &own.0).await?,
        record: own.0,
        shell,
    };
    page::html(&page)
}

/// Returns whether the company can say that the expert did not come.
fn can_say_missed(record: &Record) -> bool {
    record.consultation.allows(ActionKind::RecordExpertNoShow, Party::Company).is_ok()
}

/// Confirms the address. The contact has signed in by a link mailed to it, and a confirmation needs no more.
#[post("/my/{number}/confirm")]
pub async fn confirm(
    app: Data<App>,
    user: CompanyUser,
    own: OwnConsultation,
) -> Result<HttpResponse, Problem> {
    let id = own.0.consultation.id;
    // A reader who is signed in with another address proves nothing.
    let flash = if ops::accounts::contact_sign_in::confirm_own(&app, id, &user.email_key).await? {
        "メールアドレスを確認しました。"
    } else {
        "新しいメールアドレスに届いたメールのリンクを開いてください。"
    };
    Ok(page::see_other_with(own.path(""), flash))
}

/// Returns the contact's address if it is not proved and the reader is signed in with another one.
async fn unproved(app: &App, record: &Record, user: &CompanyUser) -> Result<Option<String>, Problem> {
    if record.consultation.address_confirmed {
        return Ok(None);
    }
    let person = store::consultation::person(&app.db, record.consultation.id).await?;
    let email = person.and_then(|it| it.email);
    Ok(email.filter(|it| it.to_lowercase() != user.email_key))
}

fn acts(record: &Record, until: Option<DateTime<Utc>>, further: Further, now: DateTime<Utc>) -> Acts {
    let possible = record.consultation.possible(Party::Company);
    let can = |action| possible.contains(&action);
    let in_time = until.is_some_and(|it| now < it);
    Acts {
        answer: can(ActionKind::Answer),
        choose: can(ActionKind::ChooseSlot),
        reschedule: can(ActionKind::Reschedule) && in_time,
        change_until: until.filter(|_| can(ActionKind::Reschedule)).map(month_day_time).unwrap_or_default(),
        too_late: can(ActionKind::Reschedule) && !in_time,
        cancel: can(ActionKind::CancelAppointment) && in_time,
        missed: false,
        withdraw: can(ActionKind::Withdraw),
        advised: record.appointments_done > 0,
        read: false,
        further,
        experts_there: true,
    }
}

/// Returns whether a further appointment is possible, by the rules and the history of the consultation.
pub(super) async fn further(
    app: &App,
    record: &Record,
    events: &[HistoryEntry],
    cap: u16,
    now: DateTime<Utc>,
) -> Result<Further, Problem> {
    let (steps, has_held) = (store::audit::event::plan_steps(events), record.appointments_done > 0);
    if record.consultation.may_drop_further(Party::Company, has_held, steps) {
        return Ok(Further::Planned(record.wanted_fields().label()));
    }
    if record.consultation.allows(ActionKind::PlanFurtherAppointment, Party::Company).is_err() {
        return Ok(Further::NotNow);
    }
    if let Some(field) = record.owed {
        let was_absent = events.iter().any(|it| it.action == ActionKind::RecordPartlyDone);
        return Ok(Further::Owed { field: field.label(), was_absent });
    }
    let year = FiscalYear::of(japan_date(now)).map_err(anyhow::Error::from)?;
    let had = store::intake::company::appointments_in(&app.db, record, year).await?;
    Ok(match cap.saturating_sub(had) {
        0 => Further::CapReached(cap),
        left => Further::Left(left),
    })
}

/// Returns the questions that wait for the company's answer, and what it is asked about its example.
async fn open_questions(
    app: &App,
    own: &OwnConsultation,
    follow_ups: &[FollowUp],
) -> Result<Vec<OpenQuestion>, Problem> {
    let mut all: Vec<_> = follow_ups.iter().filter_map(|it| open_question(it, own)).collect();
    if let Some((label, until)) = super::example::open_question(app, own).await? {
        let (label, href) = (label.to_owned(), own.path("/example"));
        all.push(OpenQuestion { label, href, until: month_day_weekday(until) });
    }
    Ok(all)
}

/// Returns a question that waits for its answer, with its address.
fn open_question(it: &FollowUp, own: &OwnConsultation) -> Option<OpenQuestion> {
    let until = it.waits_until().filter(|_| it.step.to == Addressee::Company)?;
    let href = match it.kind {
        Kind::Survey => own.path("/survey"),
        Kind::ThreeMonths | Kind::SixMonths | Kind::NextYear | Kind::Custom => {
            own.path(&format!("/questions/{}", it.id))
        }
    };
    Some(OpenQuestion { label: it.step.label.clone(), href, until: month_day_weekday(until) })
}

/// Returns whether the company has written last, so that it waits for a reply.
fn awaits_reply(thread: &[ThreadEntry]) -> bool {
    let last = thread.iter().rev().find(|it| !it.automatic);
    last.is_some_and(|it| it.author == Party::Company)
}

/// Returns the time that was kept for the company and is released, or was booked and is cancelled with its expert, if the
/// company can choose another one.
async fn lost(app: &App, record: &Record, appointments: &[Appointment]) -> Result<Option<LostTime>, Problem> {
    let now = app.clock.now();
    let is_cancelled = |it: &Appointment| it.state.cancelled_by().is_some() && it.starts_at > now;
    let is_lost = |it: &&Appointment| it.state == AppointmentState::Released || is_cancelled(it);
    let Some(lost) = appointments.last().filter(is_lost) else { return Ok(None) };
    let assignments = store::routing::assignment::of(&app.db, record.consultation.id).await?;
    let may_choose = record.consultation.may_choose_time(appointments, &assignments);
    let (when, was_booked) = (long_date_time_range(lost.starts_at, lost.ends_at), is_cancelled(lost));
    Ok(may_choose.then_some(LostTime { when, was_booked }))
}

fn survey_label(it: &FollowUp, now: DateTime<Utc>) -> &'static str {
    match it.state {
        FollowUpState::Answered { .. } if it.takes_answer(Party::Company, now).is_ok() => {
            "回答済み・変更できます"
        }
        FollowUpState::Answered { .. } => "回答済み",
        FollowUpState::Sent { .. } | FollowUpState::Lapsed => "未回答",
        FollowUpState::Planned | FollowUpState::Skipped => "",
    }
}
