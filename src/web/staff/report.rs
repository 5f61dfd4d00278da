//! Reading a report, and the center's decision on it.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    aftercare::report::{Report, ReportState},
    booking::appointment::AppointmentState,
    correspondence::company_channel::CompanyChannel,
    id::AppointmentId,
    text::{TextLine, optional},
    wording::long_date_time,
};
use uuid::Uuid;

use super::{case_head::Head, opened::Opened};
use crate::{
    ops::{self, aftercare::report::ReportDecision},
    problem::Problem,
    store::{self, consultation::case_details::CaseAppointment},
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        form_state::FormState,
        page::Shell,
        report_form,
    },
};

#[derive(Template)]
#[template(path = "staff/report.html")]
struct ReportPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    report: Report,
    appointment: CaseAppointment,
    decisions: Vec<Choice>,
    /// The contents before each correction, the latest first.
    earlier: Vec<Earlier>,
}

/// A content of the report before a correction.
struct Earlier {
    version: i32,
    /// When it was replaced, by whom and why.
    said: String,
    rows: Vec<(&'static str, String)>,
}

#[get("/staff/consultations/{number}/report/{appointment}")]
pub async fn show(open: Opened, path: Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    render(open, AppointmentId(path.1), FormState::default()).await
}

#[post("/staff/consultations/{number}/report/{appointment}")]
pub async fn submit(open: Opened, path: Path<(String, Uuid)>, form: Fields) -> Result<HttpResponse, Problem> {
    let appointment = AppointmentId(path.1);
    // The report must belong to this consultation; otherwise the address could decide on another's report.
    let (report, held) = of(&open, appointment).await?;
    let rewriter = rewriter(&open, &report, &held).await?;
    let mut typed = FormState::of(form);
    match (typed.value(open.seen(&typed.form, None))?, read(&typed.form)) {
        (None, _) => {}
        (Some(_), Err(errors)) => typed.errors = errors,
        (Some(_), Ok(decision)) => {
            let flash = decision_text(&decision, rewriter.as_deref(), open.case.proved_channel);
            let done = ops::aftercare::report::decide(&open.app, appointment, open.me.id, decision).await;
            if typed.done(done)? {
                return Ok(open.back(&flash));
            }
        }
    }
    render(open.again().await?, appointment, typed).await
}

async fn render(open: Opened, id: AppointmentId, typed: FormState) -> Result<HttpResponse, Problem> {
    let (report, appointment) = of(&open, id).await?;
    let rewriting = match rewriter(&open, &report, &appointment).await? {
        Some(name) => format!("{name}さんに理由を知らせ、書き直しを依頼します"),
        None => "書き直せる専門家がいないため、センターが書き直します".to_owned(),
    };
    let is_open = open.case.record.consultation.state.is_open();
    let follows = match is_open {
        true => "企業に報告書を渡し、フォローに進みます",
        false => "企業に報告書を渡します。相談は終了しているため、アンケートは送りません",
    };
    let further = Choice::new("continue", "確認済みにして、次回の相談を計画する")
        .with_hint("企業に報告書を渡し、次回の日時の選び方を知らせます");
    let approve = Choice::new("approve", "確認済みにする").with_hint(follows);
    let back = Choice::new("return", "差し戻す").with_hint(rewriting);
    let decisions = [Some(approve), Some(further).filter(|_| is_open), Some(back)];
    let decisions = decisions.into_iter().flatten().collect();
    let earlier = earlier(&open, &report).await?;
    open.page(typed, |shell, head, typed| ReportPage {
        shell,
        head,
        typed,
        report,
        appointment,
        decisions,
        earlier,
    })
}

/// Returns the contents of the report before each correction.
async fn earlier(open: &Opened, report: &Report) -> Result<Vec<Earlier>, Problem> {
    let db = &open.app.db;
    let mut earlier = Vec::new();
    for it in store::aftercare::report::revisions(db, report.id).await? {
        let by = store::accounts::account::find(db, it.replaced_by).await?;
        let (at, name) = (long_date_time(it.replaced_at), by.map(|it| it.name).unwrap_or_default());
        earlier.push(Earlier {
            version: it.version,
            said: format!("{at}に{name}さんが訂正する前の内容（理由：{}）", it.reason),
            rows: report_form::labelled(&it.body),
        });
    }
    Ok(earlier)
}

/// Returns the report on an appointment of the case, with the appointment.
async fn of(open: &Opened, id: AppointmentId) -> Result<(Report, CaseAppointment), Problem> {
    let appointment = open.appointment(id).await?;
    let report = store::aftercare::report::of_appointment(&open.app.db, id).await?;
    Ok((report.ok_or(Problem::NotFound)?, appointment))
}

/// Returns the name of the expert who rewrites the report if it is returned; `None` if the center does.
async fn rewriter(open: &Opened, report: &Report, held: &CaseAppointment) -> Result<Option<String>, Problem> {
    let (_, experts) = open.app.programme_and_experts().await?;
    let to = ops::aftercare::report_gap::rewriter(&experts, &held.appointment, report.author);
    Ok(to.map(|it| experts.name(it).to_owned()))
}

fn read(form: &Fields) -> Result<ReportDecision, FieldErrors> {
    let mut errors = FieldErrors::default();
    let reason = form.get("reason");
    let decision = match form.get("decision") {
        "approve" => Some(ReportDecision::Approve),
        "continue" => errors
            .take("reason", optional(reason, |it| TextLine::parse("理由", it, 200)))
            .map(|override_reason| ReportDecision::ApproveAndContinue { override_reason }),
        "return" => errors
            .take("reason", TextLine::parse("理由", reason, 200))
            .map(|reason| ReportDecision::Return { reason }),
        _ => {
            errors.add("decision", "報告書の確認結果を選択してください");
            None
        }
    };
    decision.ok_or(errors)
}

fn decision_text(decision: &ReportDecision, rewriter: Option<&str>, channel: CompanyChannel) -> String {
    match (decision, rewriter) {
        (ReportDecision::Approve, _) => match channel {
            CompanyChannel::Mail => "報告書を確認済みにしました。企業に報告書をお知らせしました。".to_owned(),
            CompanyChannel::Telephone => {
                "報告書を確認済みにしました。企業には、電話で伝えてください。".to_owned()
            }
        },
        (ReportDecision::ApproveAndContinue { .. }, _) => {
            "報告書を確認済みにし、次回の相談を計画しました。".to_owned()
        }
        (ReportDecision::Return { .. }, Some(name)) => {
            format!("報告書を差し戻しました。{name}さんに理由を知らせました。")
        }
        (ReportDecision::Return { .. }, None) => {
            "報告書を差し戻しました。書き直せる専門家がいないため、センターが書き直してください。".to_owned()
        }
    }
}

impl ReportPage {
    fn parts(&self) -> Vec<(&'static str, String)> {
        let it = &self.report.body;
        let yes_no = |it| if it { "はい" } else { "いいえ" }.to_owned();
        vec![
            ("出席者", it.attendees.clone()),
            ("現状", it.present_state.clone()),
            ("助言の内容", it.advice.clone()),
            ("今後の取組み", it.next_steps.clone()),
            ("紹介した資料・ツール", it.documents.clone()),
            ("導入の見込み時期", it.expected_introduction.clone()),
            ("次回の相談が必要", yes_no(it.further_appointment)),
            ("もう一方の分野の相談が必要", yes_no(it.other_field)),
            ("匿名での事例公表に同意", yes_no(it.publishable)),
            ("センターへの連絡（企業には表示されません）", it.internal_note.clone()),
        ]
    }

    fn waits(&self) -> bool {
        matches!(self.report.state, ReportState::Submitted { .. })
            && self.appointment.appointment.state == AppointmentState::Done
    }

    /// Returns whether the company has the report.
    const fn is_delivered(&self) -> bool {
        matches!(self.report.state, ReportState::Approved { .. })
    }

    fn returned(&self) -> Option<&str> {
        match &self.report.state {
            ReportState::Returned { reason } => Some(reason),
            ReportState::Draft | ReportState::Submitted { .. } | ReportState::Approved { .. } => None,
        }
    }
}
