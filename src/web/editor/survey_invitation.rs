//! The invitation to a survey by mail: those who have opted in to surveys, chosen by a filter, with their number before
//! any mail is sent.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::publication::Facts;
use uuid::Uuid;

use super::{
    guide_form::{self, GuideChoices},
    survey::{SurveyLinks, find, links},
    survey_form::{fill_target, target},
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        self,
        survey::{Survey, recipient},
    },
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "editor/survey_invitation.html")]
struct InvitationPage {
    shell: Shell,
    survey: Survey,
    choices: GuideChoices,
    /// The number of people whom the filter chooses; `None` before it was applied.
    chosen: Option<usize>,
    /// The filter as fields of the form that sends.
    filter: Vec<(String, String)>,
    typed: FormState,
    links: SurveyLinks,
}

#[get("/staff/surveys/{id}/invitations")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: Coordinator,
    id: Path<Uuid>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    render(&app, shell, *id, FormState::of(query)).await
}

/// Invites those whom the filter chooses, if they are as many as the page showed.
#[post("/staff/surveys/{id}/invitations")]
pub async fn invite(
    app: Data<App>,
    shell: Shell,
    user: Coordinator,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (survey, _) = find(&app, *id).await?;
    let shown = form.get("shown").parse().map_err(|_| Problem::Unreadable)?;
    let filter = target(&form);
    let office = office(&app, &survey).await?;
    let mut typed = FormState::of(form);
    let invited = ops::survey::invite(&app, survey.id, &filter, &office, shown, user.id).await;
    match typed.value(invited)? {
        Some(n) => {
            let message = format!("{n}件の依頼を、業務時間に送ります。");
            Ok(page::see_other_with(format!("/staff/surveys/{id}"), &message))
        }
        None => render(&app, shell, *id, typed).await,
    }
}

async fn office(app: &App, survey: &Survey) -> Result<String, Problem> {
    let found = store::publication::find(&app.db, survey.id).await?.ok_or(Problem::NotFound)?;
    Ok(if let Facts::Survey(it) = found.content.facts { it.office.to_string() } else { String::new() })
}

async fn render(app: &App, shell: Shell, id: Uuid, typed: FormState) -> Result<HttpResponse, Problem> {
    let (survey, _) = find(app, id).await?;
    let filter = target(&typed.form);
    let is_applied = typed.form.has("count", "1") || typed.refused.is_some();
    let chosen =
        if is_applied { Some(recipient::chosen(&app.db, survey.id, &filter).await?.len()) } else { None };
    let mut fields = Fields::default();
    fill_target(&filter, &mut fields);
    let filter = fields.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let links = links(&shell, &survey);
    let status = typed.status();
    let page = InvitationPage { shell, survey, choices: guide_form::choices(), chosen, filter, typed, links };
    page::html_with(status, &page)
}
