//! The consent of a company's contact to invitations to surveys. The address is proved: the contact has signed in with it.
use actix_web::{HttpResponse, get, post, web::Data};
use askama::Template;
use domain::survey::member::{MEMBER_KEPT, MEMBER_OPT_IN};

use super::own_consultation::OwnConsultation;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        self,
        publication::examples,
        survey::member::{self, NewMember},
    },
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::CompanyUser,
    },
};

#[derive(Template)]
#[template(path = "company/survey_member.html")]
struct MemberPage {
    shell: Shell,
    path: String,
    /// Whether the consent stands.
    stands: bool,
    words: &'static str,
    kept_days: i64,
}

#[get("/my/{number}/surveys")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    user: CompanyUser,
    own: OwnConsultation,
) -> Result<HttpResponse, Problem> {
    page::html(&MemberPage {
        shell,
        path: own.path(""),
        stands: member::stands(&app.db, &user.email_key).await?,
        words: MEMBER_OPT_IN.1,
        kept_days: MEMBER_KEPT.num_days(),
    })
}

#[post("/my/{number}/surveys")]
pub async fn submit(
    app: Data<App>,
    user: CompanyUser,
    own: OwnConsultation,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let message = if form.has("consent", "yes") {
        ops::survey::join(&app, &new_member(&app, &user, &own).await?).await?;
        "調査へのご協力のお願いを、メールで送ります。"
    } else {
        ops::survey::leave(&app, &user.email_key).await?;
        "調査へのご協力のお願いを、メールで送りません。"
    };
    Ok(page::see_other_with(own.path("/surveys"), message))
}

/// Returns the contact with the address with which it has signed in, and what is known of the company.
async fn new_member(app: &App, user: &CompanyUser, own: &OwnConsultation) -> Result<NewMember, Problem> {
    let person = store::consultation::person(&app.db, own.0.consultation.id).await?;
    let person = person.ok_or(Problem::NotFound)?;
    let addresses = [person.proven.map(|it| it.email), person.email];
    let proved = addresses.into_iter().flatten().find(|it| it.to_lowercase() == user.email_key);
    let company = examples::profile(&app.db, &own.0).await?;
    Ok(NewMember {
        email: proved.ok_or(Problem::NotFound)?,
        email_key: user.email_key.clone(),
        name: person.name,
        prefecture: company.prefecture,
        industry: company.industry,
        status: company.status,
    })
}
