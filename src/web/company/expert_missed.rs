//! The page on which a company says that the expert did not come.
use actix_web::{HttpResponse, get, post, web::Data};
use askama::Template;
use domain::{
    actor::{Actor, Party},
    booking::appointment::Appointment,
    consultation::ActionKind,
};

use super::{appointment::CompanyAppointment, own_consultation::OwnConsultation};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        outcome_form,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "company/expert_missed.html")]
struct ExpertMissedPage {
    shell: Shell,
    number: String,
    path: String,
    appointment: CompanyAppointment,
    typed: FormState,
    /// The experts who may not have come, if two were to come.
    missed: Vec<Choice>,
    /// Whether the experts can give another appointment, so that the company chooses a time at once.
    may_choose: bool,
}

#[get("/my/{number}/expert-missed")]
pub async fn show(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    render(&app, shell, own, FormState::default()).await
}

#[post("/my/{number}/expert-missed")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = own.0.consultation.id;
    let mut typed = FormState::of(form);
    let is_pair = booked(&app, &own).await?.is_some_and(|it| it.experts.len() > 1);
    let Some(absent) = outcome_form::missed(&typed.form, &mut typed.errors, is_pair) else {
        return render(&app, shell, own, typed).await;
    };
    match ops::booking::attendance::record_absent_expert(&app, id, Actor::Company, absent).await {
        Ok(()) if absent.is_some() => {
            let flash = "お知らせいただき、ありがとうございます。ご迷惑をおかけし、申し訳ありません。行えなかった分野の相談は、この画面から日時を選べます。センターからもご連絡します。";
            Ok(page::see_other_with(own.path(""), flash))
        }
        Ok(()) if own.is_searched_for(&app).await? => {
            let flash = "お知らせいただき、ありがとうございます。専門家が参加できず、申し訳ありません。担当する専門家を、センターがあらためて調整します。";
            Ok(page::see_other_with(own.path(""), flash))
        }
        Ok(()) => {
            let flash = "お知らせいただき、ありがとうございます。専門家が参加できず、申し訳ありません。すぐに別の日時を選べます。別の専門家をご希望のときは、メッセージでお知らせください。";
            Ok(page::see_other_with(own.path(""), flash))
        }
        Err(problem @ (Problem::Stale | Problem::Refused(_))) => {
            let current = store::consultation::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
            typed.refused = Some(problem.to_string());
            render(&app, shell, OwnConsultation(current), typed).await
        }
        Err(problem) => Err(problem),
    }
}

async fn render(
    app: &App,
    shell: Shell,
    own: OwnConsultation,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let Some(booked) = booked(app, &own).await? else {
        return match typed.refused {
            None => Ok(page::see_other(own.path(""))),
            Some(problem) => Err(Problem::Refused(problem)),
        };
    };
    let (_, roster) = app.programme_and_experts().await?;
    let status = typed.status();
    let missed = outcome_form::missed_choices(&booked, &roster);
    let (number, path) = (own.0.number.to_string(), own.path(""));
    let appointment = CompanyAppointment::of(&booked, &roster);
    let may_choose = ops::routing::presence::can_give_another(app, &own.0).await?;
    let page = ExpertMissedPage { shell, number, path, appointment, typed, missed, may_choose };
    page::html_with(status, &page)
}

/// Returns the appointment that has begun, if the company can say who did not come.
async fn booked(app: &App, own: &OwnConsultation) -> Result<Option<Appointment>, Problem> {
    let may = own.0.consultation.allows(ActionKind::RecordExpertNoShow, Party::Company).is_ok();
    let all = store::booking::appointment::of(&app.db, own.0.consultation.id).await?;
    let begun = |it: &Appointment| it.is_confirmed() && it.starts_at <= app.clock.now();
    Ok(all.into_iter().find(begun).filter(|_| may))
}
