//! The reports on a company's appointments that the center has approved.
use actix_web::{HttpResponse, get, web::Data};
use askama::Template;
use domain::{
    aftercare::report::{Report, ReportState},
    consultation::State,
    wording::long_date,
};

use super::{
    appointment::CompanyAppointment,
    case::{Further, further},
    own_consultation::OwnConsultation,
};
use crate::{
    app::App,
    problem::Problem,
    store,
    web::kit::{
        fitting_guides::{self, FittingGuide},
        page::{self, Shell},
        similar_examples::{self, SimilarLine},
    },
};

#[derive(Template)]
#[template(path = "company/report.html")]
struct ReportPage {
    shell: Shell,
    number: String,
    path: String,
    company: String,
    reports: Vec<Shown>,
    /// Whether an appointment took place whose report is still to come.
    in_work: bool,
    /// The label of the way to a further appointment; empty if none can be asked for here.
    further: String,
    /// Whether all appointments of the fiscal year are used up.
    is_used_up: bool,
}

/// One report, without the parts that are for the center alone.
struct Shown {
    appointment: Option<CompanyAppointment>,
    approved: String,
    /// The day of the latest correction; empty if there was none.
    corrected: String,
    /// The heading and text of each part; empty parts are left out.
    parts: Vec<(&'static str, String)>,
    further_appointment: bool,
    other_field: bool,
    /// The examples that the expert recommends.
    examples: Vec<SimilarLine>,
    /// The entries of the guide that the expert recommends.
    guides: Vec<FittingGuide>,
}

#[get("/my/{number}/report")]
pub async fn show(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    let id = own.0.consultation.id;
    let (_, roster) = app.programme_and_experts().await?;
    let appointments = store::booking::appointment::of(&app.db, id).await?;
    let appointment = |it: &Report| {
        appointments
            .iter()
            .find(|appointment| appointment.id == it.appointment)
            .map(|it| CompanyAppointment::of(it, &roster))
    };
    let reports = store::aftercare::report::of(&app.db, id).await?;
    let mut approved = Vec::new();
    for it in reports {
        if let ReportState::Approved { at, .. } = it.state {
            let examples = similar_examples::attached(&app, &it.body.examples).await?;
            let guides = fitting_guides::attached(&app, &it.body.guides).await?;
            let revisions = store::aftercare::report::revisions(&app.db, it.id).await?;
            let corrected = revisions.first().map(|it| long_date(it.replaced_at)).unwrap_or_default();
            let (appointment, approved_on) = (appointment(&it), long_date(at));
            approved.push(Shown {
                appointment,
                approved: approved_on,
                corrected,
                examples,
                guides,
                ..shown(it)
            });
        }
    }
    let events = store::audit::event::of(&app.db, id).await?;
    let cap = shell.settings.appointment_cap;
    let (further, is_used_up) = match further(&app, &own.0, &events, cap, app.clock.now()).await? {
        Further::NotNow | Further::Planned(_) => (String::new(), false),
        Further::Owed { field, .. } => (format!("{field}の相談の日時を選ぶ"), false),
        Further::Left(_) => ("次回の相談を希望する".to_owned(), false),
        Further::CapReached(_) => (String::new(), true),
    };
    page::html(&ReportPage {
        number: own.0.number.to_string(),
        path: own.path(""),
        in_work: own.0.consultation.state == State::Consulted,
        company: own.0.company_name,
        shell,
        reports: approved,
        further,
        is_used_up,
    })
}

fn shown(it: Report) -> Shown {
    let body = it.body;
    let parts = [
        ("参加者", body.attendees),
        ("現状", body.present_state),
        ("助言の内容", body.advice),
        ("今後の取組み", body.next_steps),
        ("資料・ツール", body.documents),
        ("導入の見込み", body.expected_introduction),
    ];
    Shown {
        appointment: None,
        approved: String::new(),
        corrected: String::new(),
        parts: parts.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect(),
        further_appointment: body.further_appointment,
        other_field: body.other_field,
        examples: Vec::new(),
        guides: Vec::new(),
    }
}
