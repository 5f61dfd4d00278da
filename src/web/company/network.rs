//! The question of a company with a consultation to a company that has introduced telework. Its address is proved.
use actix_web::{HttpResponse, get, post, web::Data};
use askama::Template;
use domain::{
    id::MentorId,
    network::{ANSWERED_WITHIN, KEPT},
    prefecture::Prefecture,
};
use uuid::Uuid;

use super::own_consultation::OwnConsultation;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store,
    web::kit::{
        form::Fields,
        form_state::FormState,
        network_form::{QuestionChoices, open_mentors, parse},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "company/network.html")]
struct AskPage {
    shell: Shell,
    path: String,
    choices: QuestionChoices,
    typed: FormState,
    kept_days: i64,
    answered_within: u16,
}

#[get("/my/{number}/network")]
pub async fn show(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    render(&app, shell, &own, FormState::default()).await
}

#[post("/my/{number}/network")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    for (name, value) in known(&app, &own).await? {
        typed.form.add(name, value);
    }
    let Some(entry) = parse(&typed.form, &mut typed.errors) else {
        return render(&app, shell, &own, typed).await;
    };
    let wanted = Uuid::try_parse(typed.form.get("mentor")).ok().map(MentorId);
    let open = open_mentors(&app).await?;
    let wanted = wanted.filter(|id| open.iter().any(|it| it.id == *id));
    ops::network::ask_from_case(&app, entry, wanted, own.0.consultation.id).await?;
    Ok(page::see_other_with(own.path(""), "質問を受け付けました。センターが確認し、企業にお渡しします。"))
}

/// Returns the fields that the consultation knows: the contact with the proved address, and the company's name.
async fn known(app: &App, own: &OwnConsultation) -> Result<Vec<(&'static str, String)>, Problem> {
    let person = store::consultation::person(&app.db, own.0.consultation.id).await?;
    let person = person.ok_or(Problem::NotFound)?;
    let proved = person.proven.as_ref().map(|it| it.email.clone()).or(person.email);
    Ok(vec![
        ("company_name", own.0.company_name.clone()),
        ("contact_name", person.name),
        ("email", proved.ok_or(Problem::NotFound)?),
    ])
}

async fn render(
    app: &App,
    shell: Shell,
    own: &OwnConsultation,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    if typed.form == Fields::default() {
        let record = &own.0;
        typed.form.add("industry", record.industry.map(|it| it.code().to_owned()).unwrap_or_default());
        typed.form.add("prefecture", record.prefecture.map(Prefecture::two_digits).unwrap_or_default());
    }
    let status = typed.status();
    let page = AskPage {
        shell,
        path: own.path(""),
        choices: QuestionChoices::of(app).await?,
        typed,
        kept_days: KEPT.num_days(),
        answered_within: ANSWERED_WITHIN,
    };
    page::html_with(status, &page)
}
