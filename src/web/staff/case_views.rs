//! The read-only views of a consultation, and its thread.
use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use codes::Code;
use domain::{
    actor::Party,
    aftercare::{
        follow_up::{FollowUp, FollowUpAnswer, FollowUpState, SurveyAnswer},
        report::Report,
    },
    booking::appointment::AppointmentState,
    calendar::japan_date,
    consultation::{ActionKind, event_word},
    intake::{
        company::{Industry, Organization, TeleworkStatus},
        contact::Telephone,
    },
    prefecture::Prefecture,
    wording,
    worklist::quick_record::QuickRecordKind,
};
use uuid::Uuid;

use super::{
    after_correction::{misfits, since_correction},
    case_head::Head,
    expert_absence,
    possible_duplicate::{CommonDomain, PossibleDuplicate, possible_duplicates},
    report_writing,
    waiting_entry::{self, WaitingPlace},
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        self, Coded,
        consultation::{
            case_details::{AskedExpert, CaseAppointment},
            case_merge::CaseMerge,
            related_case::RelatedCase,
        },
        correspondence::{
            inbound_mail::InboundEntry, message::Audience, message_draft::DraftWriter, outbox::OutboxEntry,
        },
        intake::company_merge::{CompanyMerge, CompanyValues},
        intake::told_apart::told_apart,
        worklist::task::{Task, TaskFilter},
    },
    web::kit::{
        actor,
        correction::ShownCorrection,
        form::Choice,
        form_state::FormState,
        page::{self, Shell},
        proposals::{self, Proposals},
        thread::{Reader, ThreadContext, ThreadLine, seen},
    },
};

/// The most tasks that the overview shows.
const MOST_TASKS: u64 = 50;

#[derive(Template)]
#[template(path = "staff/overview.html")]
struct Overview {
    shell: Shell,
    head: Head,
    experts: Vec<AskedExpert>,
    /// The appointment that is held or confirmed.
    appointment: Option<CaseAppointment>,
    /// The sentence about an absent expert of the booking.
    absence: Option<String>,
    /// The sentences about experts and a time that do not fit the corrected values.
    misfits: Vec<String>,
    waiting: WaitingPlace,
    /// The company's appointments in this year and the limit, if the limit is reached.
    used_up: Option<(u16, u16)>,
    /// The company's own description, if it was corrected since.
    original: Option<String>,
    /// The number of mails that did not reach an earlier address of the contact.
    undelivered: usize,
    /// The open tasks of the case.
    tasks: Vec<Task>,
    /// The people who can do a task.
    owners: Vec<Choice>,
    tags: Vec<String>,
    today: NaiveDate,
    typed: FormState,
    /// Examples of companies like this one, and entries of the guide that fit it.
    proposals: Proposals,
}

#[derive(Template)]
#[template(path = "staff/same_company.html")]
struct SameCompany {
    shell: Shell,
    head: Head,
    possible_duplicates: Vec<PossibleDuplicate>,
    /// The mail domain that is no evidence because many companies share it.
    common_domain: Option<CommonDomain>,
    company: RegisteredCompany,
    /// The cases that were merged into this one, with their numbers.
    absorbed: Vec<(CaseMerge, String)>,
    related: Vec<RelatedCase>,
    typed: FormState,
}

/// The company of a consultation, with the merges into it.
struct RegisteredCompany {
    values: CompanyValues,
    cases: u64,
    merges: Vec<CompanyMerge>,
}

#[derive(Template)]
#[template(path = "staff/messages.html")]
struct Messages {
    shell: Shell,
    head: Head,
    typed: FormState,
    lines: Vec<ThreadLine>,
    templates: Vec<Choice>,
    accepted: String,
}

#[derive(Template)]
#[template(path = "staff/appointments.html")]
struct AppointmentsPage {
    shell: Shell,
    head: Head,
    appointments: Vec<(CaseAppointment, Option<Report>)>,
    follow_ups: Vec<Question>,
}

/// A follow-up with its answer, line by line.
struct Question {
    /// The address at which the company's answer is recorded, while one is taken.
    record: Option<String>,
    label: String,
    state: &'static str,
    due_at: DateTime<Utc>,
    wants_help: bool,
    answers: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "staff/history.html")]
struct HistoryPage {
    shell: Shell,
    head: Head,
    lines: Vec<HistoryLine>,
}

struct HistoryLine {
    at: DateTime<Utc>,
    who: String,
    what: &'static str,
    /// The state after the event, if the event changed it.
    to: Option<&'static str>,
    note: Option<String>,
    /// The correction of which the line tells, and its position in the history if it can be taken back.
    correction: Option<(ShownCorrection, Option<i32>)>,
    /// The record that was made with one click, and its position in the history if it can be taken back.
    quick: Option<(QuickRecordKind, Option<i32>)>,
}

#[derive(Template)]
#[template(path = "staff/case_mail.html")]
struct CaseMail {
    shell: Shell,
    head: Head,
    mails: Vec<OutboxEntry>,
    received: Vec<InboundEntry>,
}

pub async fn overview(
    app: &App,
    shell: Shell,
    head: Head,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let id = head.case.record.consultation.id;
    // Queries without results are skipped: most consultations in the worklist have neither experts nor
    // appointments.
    let experts = if head.case.has_assignments {
        store::consultation::case_details::asked_experts(&app.db, id).await?
    } else {
        Vec::new()
    };
    let appointments = if head.case.has_appointments {
        store::consultation::case_details::appointments(&app.db, id).await?
    } else {
        Vec::new()
    };
    let appointment = appointments.into_iter().find(|it| it.appointment.is_live());
    // A company with its first application has had no appointment yet.
    let may_be_used_up =
        head.is_open() && (head.case.possible_duplicates > 0 || head.case.record.appointments_done > 0);
    let used_up = if may_be_used_up {
        let used_up =
            ops::intake::apply::used_up(&app.db, &head.case.record, &shell.settings, head.now).await?;
        used_up.map(|it| (it, shell.settings.appointment_cap))
    } else {
        None
    };
    let absence = expert_absence::of_next(app, &head, appointment.as_ref()).await?;
    let misfits = misfits(app, &head).await?;
    let waiting = {
        let it = &head.case.record.consultation;
        waiting_entry::place(app, it, head.now, &shell.settings, appointment.as_ref()).await?
    };
    let (status, today) = (typed.status(), japan_date(head.now));
    let tasks = store::worklist::task::list(&app.db, TaskFilter::Case(id), MOST_TASKS).await?;
    let owners = super::tasks::owners(app).await?;
    let tags = store::worklist::tag::of(&app.db, id).await?;
    let (original, undelivered) =
        if head.case.corrections > 0 { since_correction(app, id).await? } else { (None, 0) };
    let proposals = proposals::of(app, &head.case.record).await?;
    let page = Overview {
        shell,
        head,
        experts,
        appointment,
        absence,
        misfits,
        used_up,
        waiting,
        original,
        undelivered,
        tasks,
        owners,
        tags,
        today,
        typed,
        proposals,
    };
    page::html_with(status, &page)
}

/// Shows the consultations that may be of the same company.
pub async fn same_company(
    app: &App,
    shell: Shell,
    head: Head,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let record = &head.case.record;
    let who = store::intake::duplicate::identity(record, &head.case.application, &head.case.contact);
    let (possible_duplicates, common_domain) =
        possible_duplicates(app, &who, record.company, record.consultation.id.0).await?;
    let company = store::intake::company_merge::find(&app.db, record.company).await?;
    let company = RegisteredCompany {
        values: company.ok_or(Problem::NotFound)?.values,
        cases: store::intake::company_merge::cases(&app.db, record.company).await?,
        merges: store::intake::company_merge::into(&app.db, record.company).await?,
    };
    let absorbed = store::consultation::case_merge::into(&app.db, record.consultation.id).await?;
    let mut related = store::consultation::related_case::of(&app.db, record.consultation.id).await?;
    let companies = told_apart(&app.db, related.iter().map(|it| it.number).chain([record.number])).await?;
    for it in &mut related {
        it.company_name = companies.name(&it.number, &it.company_name);
    }
    let status = typed.status();
    let page =
        SameCompany { shell, head, possible_duplicates, common_domain, company, absorbed, related, typed };
    page::html_with(status, &page)
}

pub async fn messages(
    app: &App,
    shell: Shell,
    head: Head,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let id = head.case.record.consultation.id;
    let thread = store::correspondence::message::of(&app.db, id, Audience::Center).await?;
    let names = store::accounts::account::names(&app.db, thread.iter().filter_map(|it| it.author_id)).await?;
    let mut around = ThreadContext::of(app, id, Reader::Center).await?;
    let path = head.at("");
    let lines = thread.iter().map(|it| {
        let who = match (it.author, it.author_id.and_then(|id| names.get(&id))) {
            (Party::Company, Some(name)) => format!("企業（{name}が記録）"),
            _ => named(it.author, it.author_id, &names),
        };
        let mut line = around.line(it, who, it.author == Party::Coordinator, &path);
        line.notes.extend(seen(it));
        line
    });
    if let Some(me) = &shell.account {
        // The drafts of the other form are loaded, and of this one if nothing was sent.
        for (form, body) in
            store::correspondence::message_draft::of(&app.db, id, DraftWriter::Account(me.id.0)).await?
        {
            if typed.form.get(&form).is_empty() {
                typed.form.add(form, body);
            }
        }
    }
    let templates = store::correspondence::reply_template::all(&app.db).await?;
    let templates = templates.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect();
    let accepted = ops::correspondence::attachment::accepted(app);
    let lines = lines.collect();
    page::html_with(typed.status(), &Messages { shell, head, typed, lines, templates, accepted })
}

pub async fn appointments(
    app: &App,
    shell: Shell,
    head: Head,
    typed: &FormState,
) -> Result<HttpResponse, Problem> {
    let id = head.case.record.consultation.id;
    let appointments = store::consultation::case_details::appointments(&app.db, id).await?;
    let mut reports: BTreeMap<_, _> =
        store::aftercare::report::of(&app.db, id).await?.into_iter().map(|it| (it.appointment, it)).collect();
    let appointments = appointments
        .into_iter()
        .map(|it| {
            let report = reports.remove(&it.appointment.id);
            (it, report)
        })
        .collect();
    let follow_ups =
        store::aftercare::follow_up::of(&app.db, id).await?.iter().map(|it| question(it, &head)).collect();
    page::html_with(typed.status(), &AppointmentsPage { shell, head, appointments, follow_ups })
}

pub async fn history(
    app: &App,
    shell: Shell,
    head: Head,
    typed: &FormState,
) -> Result<HttpResponse, Problem> {
    let id = head.case.record.consultation.id;
    let events = store::audit::event::of(&app.db, id).await?;
    let saved = store::consultation::correction::of(&app.db, id).await?;
    let programme = app.programme().await?;
    let correction = |seq| {
        let it = saved.iter().find(|it| it.seq == seq)?;
        let is_undone = saved.iter().any(|other| other.undoes == Some(seq));
        Some((ShownCorrection::of(it, &programme), (!is_undone).then_some(seq)))
    };
    let actors: Vec<_> = events.iter().map(|it| it.by).collect();
    let names = store::audit::log::names(&app.db, &actors).await?;
    let taken_back: BTreeSet<_> = events.iter().filter_map(|it| it.takes_back).collect();
    let lines = events
        .into_iter()
        .rev()
        .map(|it| HistoryLine {
            quick: it.quick.map(|quick| (quick.kind, (!taken_back.contains(&it.seq)).then_some(it.seq))),
            at: it.at,
            who: actor::shown(it.by, &names),
            what: event_word(it.action, it.by.party(), it.to.status()),
            to: (it.from.as_deref() != Some(it.to.code())).then(|| it.to.label()),
            note: it.note,
            correction: correction(it.seq),
        })
        .collect();
    page::html_with(typed.status(), &HistoryPage { shell, head, lines })
}

pub async fn mail(app: &App, shell: Shell, head: Head, typed: &FormState) -> Result<HttpResponse, Problem> {
    let id = head.case.record.consultation.id;
    let mails = store::correspondence::outbox::of(&app.db, id, app.clock.now()).await?;
    let received = store::correspondence::inbound_mail::of(&app.db, id).await?;
    page::html_with(typed.status(), &CaseMail { shell, head, mails, received })
}

/// Returns the author, such as 「鈴木 花子（センター）」; for an author without an account, the party alone.
fn named(party: Party, id: Option<Uuid>, names: &BTreeMap<Uuid, String>) -> String {
    match id.and_then(|it| names.get(&it)) {
        Some(name) => format!("{name}（{}）", party.label()),
        None => party.label().to_owned(),
    }
}

fn question(it: &FollowUp, head: &Head) -> Question {
    let label = it.step.label.clone();
    let state = it.state.label();
    let answer = match &it.state {
        FollowUpState::Answered { answer, .. } => Some(answer),
        FollowUpState::Planned
        | FollowUpState::Sent { .. }
        | FollowUpState::Skipped
        | FollowUpState::Lapsed => None,
    };
    let takes = it.takes_answer(Party::Coordinator, head.now).is_ok();
    Question {
        record: takes.then(|| head.at(&format!("/questions/{}", it.id))),
        label,
        state,
        due_at: it.due_at,
        wants_help: answer.is_some_and(FollowUpAnswer::wants_help),
        answers: answer.map(answers).unwrap_or_default(),
    }
}

fn answers(answer: &FollowUpAnswer) -> Vec<(&'static str, String)> {
    let yes_no = |it| if it { "はい" } else { "いいえ" }.to_owned();
    let (mut lines, comment) = match answer {
        FollowUpAnswer::Survey(it) => {
            let agreed = [it.purpose_achieved, it.satisfied, it.will_consider];
            let agreed = SurveyAnswer::SENTENCES.into_iter().zip(agreed);
            let mut lines: Vec<_> = agreed.map(|(said, it)| (said, it.label().to_owned())).collect();
            lines.push(("次回の相談を希望する", yes_no(it.wants_further_appointment)));
            (lines, &it.comment)
        }
        FollowUpAnswer::Progress(it) => (
            vec![
                ("その後の状況", it.progress.label().to_owned()),
                ("相談の継続を希望する", yes_no(it.wants_help)),
            ],
            &it.comment,
        ),
    };
    if !comment.is_empty() {
        lines.push(("ご意見", comment.clone()));
    }
    lines
}

impl AppointmentsPage {
    /// Returns whether a coordinator can write the report on an appointment in the stead of its expert.
    fn can_write(&self, it: &CaseAppointment, report: &Option<Report>) -> bool {
        it.appointment.state == AppointmentState::Done && report.as_ref().is_none_or(report_writing::is_open)
    }
}

impl Overview {
    /// Returns whether the request can be withdrawn or the expert be replaced now.
    fn can_replace(&self, it: &AskedExpert) -> bool {
        let can = |action| self.head.can(action);
        it.assignment.is_live()
            && !it.assignment.is_asked_instead()
            && (can(ActionKind::ReleaseExpert) || can(ActionKind::Reschedule))
    }

    fn written(&self) -> Vec<(&'static str, String)> {
        let (case, it) = (&self.head.case, &self.head.case.application);
        let record = &case.record;
        let count = |n: Option<i32>| n.map(|it| format!("{}人", wording::thousands(it))).unwrap_or_default();
        let place = record.prefecture.map(domain::prefecture::Prefecture::name).unwrap_or_default();
        let postal = it.postal_code.as_deref().and_then(|it| it.split_at_checked(3));
        let postal = postal.map(|(a, b)| format!("〒{a}-{b} ")).unwrap_or_default();
        vec![
            ("会社の正式名称", record.company_name.clone()),
            ("フリガナ", it.company_kana.clone()),
            ("法人番号", it.corporate_number.clone().unwrap_or_default()),
            ("組織区分", label(it.organization.as_ref(), Organization::label)),
            ("所在地", format!("{postal}{place}{}{} {}", it.city, it.street, it.building).trim().to_owned()),
            ("業種", record.industry.map(Industry::label).unwrap_or_default().to_owned()),
            ("総従業員数", count(it.employees)),
            ("うち常時雇用する人数", count(it.regular_employees)),
            ("資本金", it.capital.map(|it| format!("{}円", wording::thousands(it))).unwrap_or_default()),
            ("テレワーク導入状況", label(it.telework_status.as_ref(), TeleworkStatus::label)),
        ]
    }

    fn person(&self) -> Vec<(&'static str, String)> {
        let it = &self.head.case.contact;
        vec![
            ("氏名", it.name.clone()),
            ("フリガナ", it.kana.clone()),
            ("部署", it.department.clone()),
            ("役職", it.position.clone()),
            ("電話番号", Telephone::shown(it.phone.as_deref().unwrap_or_default())),
            ("メールアドレス", it.email.clone().unwrap_or_default()),
        ]
    }

    /// Returns the second contact, such as 「山田 次郎（ヤマダ ジロウ）　03-0000-0000」; empty if there is none.
    fn second(&self) -> String {
        let it = &self.head.case.contact;
        let kana =
            if it.second_kana.is_empty() { String::new() } else { format!("（{}）", it.second_kana) };
        let phone = Telephone::shown(&it.second_phone);
        format!("{}{kana}　{phone}　{}", it.second_name, it.second_email).trim().to_owned()
    }

    /// Returns the place of a visit, if it is not the company's address.
    fn visit(&self) -> String {
        let it = &self.head.case;
        let name = it.record.visit_prefecture.map(Prefecture::name).unwrap_or_default();
        format!("{name}{}", it.application.visit_place)
    }
}

/// Returns the label of an answer; empty if it was not given.
fn label<T: Code>(it: Option<&Coded<T>>, of: fn(T) -> &'static str) -> String {
    it.and_then(Coded::known).map(of).unwrap_or_default().to_owned()
}
