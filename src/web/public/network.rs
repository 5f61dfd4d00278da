//! The public list of the network, and the form with which a visitor asks.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;
use domain::{
    id::MentorId,
    intake::company::Industry,
    network::{ANSWERED_WITHIN, KEPT},
    prefecture::Prefecture,
};
use uuid::Uuid;

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::network::mentor::Mentor,
    web::kit::{
        client,
        form::{Choice, Fields, prefectures},
        form_state::FormState,
        network_form::{QuestionChoices, open_mentors, parse},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "public/network.html")]
struct NetworkPage {
    shell: Shell,
    mentors: Vec<Mentor>,
    form: Fields,
    prefectures: Vec<Choice>,
    industries: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "public/network_ask.html")]
struct AskPage {
    shell: Shell,
    choices: QuestionChoices,
    typed: FormState,
    kept_days: i64,
    answered_within: u16,
}

#[derive(Template)]
#[template(path = "public/network_sent.html")]
struct SentPage {
    shell: Shell,
    is_mentor: bool,
}

#[get("/network")]
pub async fn list(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let form = Fields::of_query(&req);
    let prefecture = Prefecture::parse(form.get("prefecture")).ok();
    let industry = Industry::from_code(form.get("industry"));
    let mut mentors = open_mentors(&app).await?;
    mentors.retain(|it| prefecture.is_none_or(|of| it.entry.prefecture == of));
    mentors.retain(|it| industry.is_none_or(|of| it.entry.industry == of));
    page::html(&NetworkPage {
        shell,
        mentors,
        form,
        prefectures: prefectures(),
        industries: Industry::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
    })
}

#[get("/network/ask")]
pub async fn show(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    render(&app, shell, FormState::of(Fields::of_query(&req))).await
}

#[post("/network/ask")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let Some(entry) = parse(&typed.form, &mut typed.errors) else { return render(&app, shell, typed).await };
    let wanted = Uuid::try_parse(typed.form.get("mentor")).ok().map(MentorId);
    let wanted = wanted.filter(|it| typed.form.get("mentor") == it.to_string());
    let known = open_mentors(&app).await?;
    let wanted = wanted.filter(|id| known.iter().any(|it| it.id == *id));
    let network = app.secret.pseudonym(&client::network(client::address(&req, &app.config.trusted_proxies)));
    ops::network::ask(&app, entry, wanted, &network).await?;
    Ok(page::see_other("/network/ask/sent"))
}

#[get("/network/ask/sent")]
pub async fn sent(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&SentPage { shell, is_mentor: false })
}

#[get("/network/register/sent")]
pub async fn registered(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&SentPage { shell, is_mentor: true })
}

async fn render(app: &App, shell: Shell, typed: FormState) -> Result<HttpResponse, Problem> {
    let status = typed.status();
    let page = AskPage {
        shell,
        choices: QuestionChoices::of(app).await?,
        typed,
        kept_days: KEPT.num_days(),
        answered_within: ANSWERED_WITHIN,
    };
    page::html_with(status, &page)
}
