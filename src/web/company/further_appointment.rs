//! The company's request for a further appointment: a page that asks first, and the request.
use actix_web::{HttpResponse, get, post, web::Data};
use askama::Template;
use domain::{
    actor::{Actor, Party},
    consultation::{ActionKind, State},
    field::{Field, Fields},
    id::{ConsultationId, ExpertId},
    routing::assignment::still_open,
};

use super::own_consultation::OwnConsultation;
use crate::{
    app::App,
    ops::{self, consultation::NextTeam},
    problem::Problem,
    store::{self, consultation::Record},
    web::kit::{
        form::{Choice, Fields as FormFields},
        form_state::FormState,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "company/further.html")]
struct FurtherPage {
    shell: Shell,
    number: String,
    path: String,
    /// The field that an expert who did not come still owes.
    owed: Option<&'static str>,
    /// Whether experts have to be asked before a time can be chosen.
    is_open: bool,
    /// The fields that the appointment can have; the first choice is that of the consultation.
    fields: Vec<Choice>,
    typed: FormState,
}

/// The page that asks whether the further appointment is not wished for any more.
#[derive(Template)]
#[template(path = "company/further_back.html")]
struct TakeBackPage {
    shell: Shell,
    number: String,
    path: String,
}

#[get("/my/{number}/further")]
pub async fn show(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    let can = |action| own.0.consultation.allows(action, Party::Company).is_ok();
    let (number, path) = (own.0.number.to_string(), own.path(""));
    if can(ActionKind::PlanFurtherAppointment) {
        let owed = own.0.owed.map(Field::label);
        let is_open = is_open(&app, &own.0).await?;
        let fields = Fields::ALL.into_iter().map(|it| Choice::new(it.code(), it.label())).collect();
        let mut typed = FormState::default();
        typed.form.add("fields", own.0.consultation.fields.code());
        return page::html(&FurtherPage { shell, number, path, owed, is_open, fields, typed });
    }
    if store::audit::event::may_drop_further(&app.db, &own.0, Party::Company).await? {
        return page::html(&TakeBackPage { shell, number, path });
    }
    Ok(page::see_other(path))
}

#[post("/my/{number}/further")]
pub async fn submit(app: Data<App>, own: OwnConsultation, form: FormFields) -> Result<HttpResponse, Problem> {
    let id = own.0.consultation.id;
    let team = match Fields::from_code(form.get("fields")).filter(|_| own.0.owed.is_none()) {
        Some(fields) => Some(NextTeam { fields, keeps: present_team(&app, id).await? }),
        None => None,
    };
    ops::consultation::plan_with_team(&app, id, Actor::Company, None, team.as_ref()).await?;
    let now = store::consultation::find(&app.db, own.0.consultation.id).await?.ok_or(Problem::NotFound)?;
    Ok(if now.consultation.state == State::Scheduling {
        page::see_other_with(own.path("/reschedule"), "次回の相談の日時を選んでください。")
    } else {
        page::see_other_with(own.path(""), "次回の相談を受け付けました。担当する専門家を調整します。")
    })
}

/// Returns the experts who have accepted: the company chooses the field, and the center the experts.
async fn present_team(app: &App, id: ConsultationId) -> Result<Vec<ExpertId>, Problem> {
    let team = store::routing::assignment::of(&app.db, id).await?;
    Ok(team.iter().filter(|it| it.is_accepted()).map(|it| it.expert).collect())
}

/// Returns whether the experts who are there leave a field of the further appointment open.
async fn is_open(app: &App, record: &Record) -> Result<bool, Problem> {
    let mut team = store::routing::assignment::of(&app.db, record.consultation.id).await?;
    let there = ops::routing::presence::those_there(app, team.iter().map(|it| it.expert)).await?;
    team.retain(|it| there.contains(&it.expert));
    let wanted = record.owed.map_or(record.consultation.fields, Fields::from);
    Ok(still_open(wanted, &team).is_some())
}

/// Takes the wish for a further appointment back.
#[post("/my/{number}/further/back")]
pub async fn take_back(app: Data<App>, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    ops::aftercare::further::take_back(&app, own.0.consultation.id, Actor::Company).await?;
    Ok(page::see_other_with(own.path(""), "次回の相談を取りやめました。"))
}
