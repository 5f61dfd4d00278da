//! One consultation: the facts for the expert, the thread, and the actions that are possible now.
use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    actor::Party,
    aftercare::report::ReportState,
    booking::appointment::{Appointment, AppointmentState},
    calendar::BusinessCalendar,
    consultation::{ActionKind, EndingReader, State, ending},
    due::DueKind,
    id::AppointmentId,
    routing::assignment::AssignmentState,
    settings::Settings,
    silence::{SilenceKind, company_due},
    text::Prose,
    wording,
};

use super::{
    case::{self, Case, OpenedByExpert, SummaryRow, outline},
    facts::facts,
};
use crate::{
    app::App,
    ops::{self, correspondence::message::PostedMessage},
    problem::Problem,
    store::{
        self,
        correspondence::{
            message::{Audience, ThreadEntry},
            message_draft::DraftWriter,
        },
        routing::expert::Roster,
    },
    web::kit::{
        files,
        form::{Choice, Fields},
        form_state::FormState,
        mail_document,
        page::{self, Shell},
        proposals::{self, Proposals},
        session::ExpertUser,
        thread::{Reader, ThreadContext, ThreadLine, seen},
        upload::{FILES, FormWithFiles},
    },
};

/// The name of the form's field, and the key of its draft.
const FIELD: &str = "message";
/// The length of the longest message, in characters.
const LONGEST_MESSAGE: usize = 2000;

#[derive(Template)]
#[template(path = "expert/consultation.html")]
struct CasePage {
    shell: Shell,
    typed: FormState,
    title: String,
    path: String,
    state: State,
    fields: &'static str,
    next: String,
    accepted: bool,
    acts: Vec<Act>,
    rows: Vec<SummaryRow>,
    description: String,
    appointments: Vec<AppointmentView>,
    lines: Vec<ThreadLine>,
    accepted_files: String,
    audiences: Vec<Choice>,
    /// Examples of companies like this one, and entries of the guide that fit it; none before the expert has accepted.
    proposals: Proposals,
}

struct Act {
    href: String,
    label: &'static str,
    primary: bool,
}

struct AppointmentView {
    when: String,
    state: String,
    mode: &'static str,
    place: String,
    /// Whether the venue is an address on the web.
    is_link: bool,
    experts: String,
    live: bool,
    /// Whether the meeting link can be changed.
    has_meeting_link: bool,
    /// The address of the report and its state.
    report: Option<(String, &'static str)>,
    /// The address at which the recorded outcome is corrected, while the expert may do so.
    correct: Option<String>,
}

#[get("/expert/consultations/{number}")]
pub async fn show(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = case::find(&app, &expert, &number).await?;
    let id = case.record.consultation.id;
    let draft =
        store::correspondence::message_draft::of(&app.db, id, DraftWriter::Account(expert.id.0)).await?;
    let mut form = Fields::from_iter(draft);
    form.add("audience", "everyone");
    case_page(OpenedByExpert { app, expert, shell, case }, FormState::of(form)).await
}

/// Adds a message to the thread.
#[post("/expert/consultations/{number}/messages")]
pub async fn write(open: OpenedByExpert, form: FormWithFiles) -> Result<HttpResponse, Problem> {
    let (id, by) = (open.id(), open.by());
    let mut typed = FormState::of(form.fields.clone());
    if typed.form.get("action") == "draft" {
        ops::correspondence::message::save_draft(&open.app, id, by, FIELD, typed.form.get(FIELD)).await?;
        return Ok(open.back("下書きを保存しました。"));
    }
    let audience = match typed.form.get("audience") {
        "everyone" => Some(Audience::Everyone),
        "internal" => Some(Audience::Internal),
        _ => {
            typed.errors.add("audience", "メッセージを読む人を選択してください");
            None
        }
    };
    let text = Prose::parse("メッセージ", typed.form.get(FIELD), LONGEST_MESSAGE);
    let text = typed.errors.take(FIELD, text);
    form.check(&open.app, FILES, &mut typed.errors);
    if let (Some(audience), Some(text), true) = (audience, text, typed.errors.is_empty()) {
        let post = PostedMessage { by, audience, text: &text, files: form.files, form: FIELD, seen: None };
        let done = ops::correspondence::message::post_whole(&open.app, id, post).await;
        if typed.done(done)? {
            return Ok(open.back("メッセージを送りました。"));
        }
    }
    ops::correspondence::message::save_draft(&open.app, id, by, FIELD, typed.form.get(FIELD)).await?;
    case_page(open, typed).await
}

/// Sends a file of the thread.
#[get("/expert/consultations/{number}/files/{id}")]
pub async fn download(open: OpenedByExpert, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    files::answer(&open.app, open.id(), &path.1, Audience::Internal).await
}

/// Sends a mail of the thread as HTML.
#[get("/expert/consultations/{number}/mail/{entry}")]
pub async fn html(open: OpenedByExpert, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    mail_document::of_entry(&open.app, open.id(), &path.1, Reader::Expert, &open.case.path()).await
}

/// Shows the consultation. An expert who has not answered yet sees it without names.
async fn case_page(open: OpenedByExpert, typed: FormState) -> Result<HttpResponse, Problem> {
    let OpenedByExpert { app, expert, shell, case } = open;
    let id = case.record.consultation.id;
    let accepted = case.may_read();
    let (_, roster) = app.programme_and_experts().await?;
    let appointments = store::booking::appointment::of(&app.db, id).await?;
    let live = appointments.iter().find(|it| it.is_live());
    let (rows, description) = if accepted {
        facts(&app, &case.record).await?
    } else {
        (outline(&app, &case.record, live).await?, String::new())
    };
    let mut is_written = false;
    let (appointments, thread) = if accepted {
        let reports = store::aftercare::report::states(&app.db, appointments.iter().map(|it| it.id)).await?;
        is_written = has_reports(&appointments, &expert, &reports);
        let now = app.clock.now();
        let view = |it: &Appointment| AppointmentView {
            has_meeting_link: it.is_online_ahead(now),
            ..appointment_view(it, &case, &expert, &roster, &reports)
        };
        let thread = store::correspondence::message::of(&app.db, id, Audience::Internal).await?;
        (appointments.iter().rev().map(view).collect(), thread)
    } else {
        (Vec::new(), Vec::new())
    };
    let proposals = if accepted { proposals::of(&app, &case.record).await? } else { Proposals::default() };
    let mut around = ThreadContext::of(&app, id, Reader::Expert).await?;
    let path = case.path();
    let status = typed.status();
    let page = CasePage {
        shell,
        typed,
        title: case.title(),
        path: case.path(),
        state: case.record.consultation.state.clone(),
        fields: case.mine.fields.label(),
        next: next(&app, &case, live, is_written).await?,
        accepted,
        acts: acts(&case, live, &app),
        rows,
        description,
        appointments,
        lines: thread.iter().map(|it| line(it, &mut around, &expert, &roster, &path)).collect(),
        accepted_files: ops::correspondence::attachment::accepted(&app),
        audiences: vec![
            Choice::new("everyone", "企業とセンター").with_hint("企業にもお知らせします。"),
            Choice::new("internal", "センターと専門家だけ").with_hint("企業には表示されません。"),
        ],
        proposals,
    };
    page::html_with(status, &page)
}

/// Returns whether the reports on all appointments that the expert has held are submitted.
fn has_reports(
    appointments: &[Appointment],
    expert: &ExpertUser,
    reports: &BTreeMap<AppointmentId, ReportState>,
) -> bool {
    let held = |it: &&Appointment| {
        it.state == AppointmentState::Done && it.present().any(|writer| writer == expert.id)
    };
    let is_there =
        |it: &ReportState| matches!(it, ReportState::Submitted { .. } | ReportState::Approved { .. });
    let mut held = appointments.iter().filter(held).peekable();
    held.peek().is_some() && held.all(|it| reports.get(&it.id).is_some_and(is_there))
}

/// Returns the actions that are possible now, the most likely one first.
fn acts(case: &Case, live: Option<&Appointment>, app: &App) -> Vec<Act> {
    let begun = live.is_some_and(|it| it.starts_at <= app.clock.now());
    let act = |action: ActionKind| {
        let (act, label) = match action {
            ActionKind::Accept => ("answer", "依頼に回答する"),
            ActionKind::ChooseSlot => ("slot", "日時を決める"),
            ActionKind::Reschedule => ("slot", "日時を変更する"),
            ActionKind::CancelAppointment => ("cancel", "予約を取り消す"),
            ActionKind::RecordDone if begun => ("outcome", "実施・欠席を記録する"),
            ActionKind::PlanFurtherAppointment => ("next", "次回の相談を計画する"),
            ActionKind::RecordDone
            | ActionKind::RecordNoShow
            | ActionKind::RecordExpertNoShow
            | ActionKind::RecordPartlyDone
            | ActionKind::CorrectOutcome
            | ActionKind::Decline
            | ActionKind::Submit
            | ActionKind::StartCheck
            | ActionKind::Ask
            | ActionKind::Answer
            | ActionKind::RequestExperts
            | ActionKind::ReleaseExpert
            | ActionKind::SettleTeam
            | ActionKind::ApproveReport
            | ActionKind::DropFurtherAppointment
            | ActionKind::Complete
            | ActionKind::Withdraw
            | ActionKind::CloseUnfulfilled
            | ActionKind::Refer
            | ActionKind::Reopen
            | ActionKind::Note => return None,
        };
        let mine = case.mine.is_live() && (action == ActionKind::Accept) != case.mine.is_accepted();
        let primary = matches!(action, ActionKind::Accept | ActionKind::ChooseSlot | ActionKind::RecordDone);
        mine.then(|| Act { href: case.path_of(act), label, primary })
    };
    let possible = case.record.consultation.possible(Party::Expert);
    let mut acts: Vec<_> = possible.into_iter().filter_map(act).collect();
    if case.mine.is_asked_instead() {
        let href = case.path_of("answer");
        acts.push(Act { href, label: "依頼に回答する", primary: true });
    }
    acts.sort_by_key(|it| !it.primary);
    acts
}

/// Returns the situation, with the day of what comes next. `is_written` says whether every report of the expert is there.
async fn next(
    app: &App,
    case: &Case,
    live: Option<&Appointment>,
    is_written: bool,
) -> Result<String, Problem> {
    let now = app.clock.now();
    let programme = app.programme().await?;
    let said = match is_written && case.record.consultation.state == State::Consulted {
        true => "実施報告書は提出されています。センターの確認を待っています。".to_owned(),
        false => next_step(case, live, app),
    };
    let by_when = by_when(case, programme.settings_at(now), &programme.calendar(now), now);
    Ok(format!("{said}{}", by_when.unwrap_or_default()))
}

/// Returns until when the expert, or the side for which the expert waits, has to act, as a second sentence.
fn by_when(
    case: &Case,
    settings: &Settings,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
) -> Option<String> {
    if case.mine.state == AssignmentState::Offered {
        return Some(format!("回答の期限は{}です。", wording::month_day_time(case.mine.due_at)));
    }
    if let Some(clock) = case.record.silence.filter(|it| it.kind == SilenceKind::Choice) {
        let day = Some(company_due(clock.since, settings, calendar)).filter(|it| now < *it)?;
        return Some(format!(
            "企業には、{}までに選ぶようお願いしています。",
            wording::month_day_weekday(day)
        ));
    }
    let due = case.record.due.as_ref()?;
    let day = || due.at().map(wording::month_day_weekday);
    let ahead = || due.at().filter(|it| now < *it).map(wording::month_day_weekday);
    match due.kind {
        DueKind::Report if case.has_held => Some(format!("提出の期限は{}です。", day()?)),
        DueKind::Approval => Some(format!("{}までに確認します。", ahead()?)),
        DueKind::Reply => Some(format!("回答の期限は{}です。", ahead()?)),
        DueKind::FirstContact => Some(format!("{}までに企業に連絡します。", ahead()?)),
        DueKind::Report => None,
    }
}

/// Returns the situation in one sentence.
fn next_step(case: &Case, live: Option<&Appointment>, app: &App) -> String {
    let begun = live.is_some_and(|it| it.starts_at <= app.clock.now());
    let said = match &case.record.consultation.state {
        State::Matching | State::Booked if !case.mine.is_accepted() => {
            "依頼の内容を確認し、回答してください。"
        }
        State::Matching => "もう一人の専門家の回答を待っています。手続きは必要ありません。",
        State::Scheduling => "企業が、候補の日時から選びます。急ぐときは、企業と話して日時を決められます。",
        State::Booked if begun => "相談が終わったら、実施または欠席を記録してください。",
        State::Booked => "日時が決まりました。当日まで手続きは必要ありません。",
        State::Consulted => "実施報告書を提出してください。",
        State::FollowUp => "報告書の確認が終わり、センターがフォローしています。",
        State::Received | State::Checking | State::WaitingCompany => "センターで内容を確認しています。",
        State::Completed | State::Withdrawn | State::Unfulfilled { .. } | State::Referred { .. }
            if case.has_held && case.record.due.is_some() =>
        {
            "この相談は終了しました。実施した相談の報告書を提出してください。"
        }
        state
        @ (State::Completed | State::Withdrawn | State::Unfulfilled { .. } | State::Referred { .. }) => {
            return ending(state, EndingReader::Expert, case.record.appointments_done > 0)
                .unwrap_or_default();
        }
    };
    said.to_owned()
}

fn appointment_view(
    it: &Appointment,
    case: &Case,
    expert: &ExpertUser,
    roster: &Roster,
    reports: &BTreeMap<AppointmentId, ReportState>,
) -> AppointmentView {
    let mine = it.experts.contains(&expert.id);
    let done = it.state == domain::booking::appointment::AppointmentState::Done
        && mine
        && it.absent != Some(expert.id);
    let may_correct = case.record.consultation.allows(ActionKind::CorrectOutcome, Party::Expert).is_ok();
    let correct = (mine && may_correct && it.state.outcome().is_some())
        .then(|| format!("{}/{}", case.path_of("outcome"), it.id));
    let state = reports.get(&it.id).map_or("未作成", ReportState::label);
    let names: Vec<_> = it.experts.iter().map(|&id| roster.name(id)).collect();
    AppointmentView {
        when: wording::long_date_time_range(it.starts_at, it.ends_at),
        state: crate::web::kit::outcome_form::state_label(it, roster),
        mode: it.mode.label(),
        place: it.place.clone(),
        is_link: it.place.starts_with("https://") || it.place.starts_with("http://"),
        experts: names.join("、"),
        live: it.is_live(),
        has_meeting_link: false,
        report: (done || mine && reports.contains_key(&it.id))
            .then(|| (format!("{}?session={}", case.path_of("report"), it.id), state)),
        correct,
    }
}

fn line(
    it: &ThreadEntry,
    around: &mut ThreadContext,
    expert: &ExpertUser,
    roster: &Roster,
    path: &str,
) -> ThreadLine {
    let mine = it.author == Party::Expert && it.author_id == Some(expert.id.0);
    let author = match (it.author, it.author_id) {
        _ if mine => "あなた".to_owned(),
        (Party::Expert, Some(id)) => format!("専門家 {}", roster.name(domain::id::ExpertId(id))),
        (party, _) => party.label().to_owned(),
    };
    let mut line = around.line(it, author, mine, path);
    line.notes.extend(seen(it));
    line
}
