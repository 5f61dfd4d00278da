//! The form with which a visitor reports a doubtful request to the center. No mail is sent to the visitor.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;
use domain::survey::{
    SurveyChannel,
    doubt::{DoubtForm, DoubtReport, KEPT, LOOKED_AT_WITHIN},
};

use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        client,
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "public/doubt.html")]
struct DoubtPage {
    shell: Shell,
    channels: Vec<Choice>,
    typed: FormState,
    kept_days: i64,
}

#[derive(Template)]
#[template(path = "public/doubt_sent.html")]
struct SentPage {
    shell: Shell,
    within: u16,
}

#[get("/surveys/report")]
pub async fn show(shell: Shell) -> Result<HttpResponse, Problem> {
    render(shell, FormState::default())
}

#[post("/surveys/report")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let own = |name: &str| form.get(name).to_owned();
    let values = DoubtForm {
        sender: own("sender"),
        channel: own("channel"),
        phone: own("phone"),
        description: own("description"),
        name: own("name"),
        contact: own("contact"),
    };
    let mut typed = FormState::of(form);
    let report = match DoubtReport::parse(&values) {
        Ok(report) => report,
        Err(mistakes) => {
            for (field, why) in mistakes {
                typed.errors.add(field, why);
            }
            return render(shell, typed);
        }
    };
    let network = app.secret.pseudonym(&client::network(client::address(&req, &app.config.trusted_proxies)));
    ops::survey::doubt::report(&app, &report, &network).await?;
    Ok(page::see_other("/surveys/report/sent"))
}

#[get("/surveys/report/sent")]
pub async fn sent(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&SentPage { shell, within: LOOKED_AT_WITHIN })
}

fn render(shell: Shell, typed: FormState) -> Result<HttpResponse, Problem> {
    let channels = SurveyChannel::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec();
    let status = typed.status();
    page::html_with(status, &DoubtPage { shell, channels, typed, kept_days: KEPT.num_days() })
}
