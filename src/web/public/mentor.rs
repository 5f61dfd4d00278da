//! The registration of a mentor, and the mentor's own page by the link in the mail: no sign-in. GET changes nothing.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    intake::company::Industry,
    network::{KEPT, MentorEntry, MentorForm, MentorStatus},
    text::TextLine,
    wording::iso_date,
};

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::network::mentor::Mentor,
    url,
    web::kit::{
        client,
        form::{Choice, FieldErrors, Fields, prefectures},
        form_state::FormState,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "public/mentor_register.html")]
struct RegisterPage {
    shell: Shell,
    industries: Vec<Choice>,
    prefectures: Vec<Choice>,
    typed: FormState,
    is_new: bool,
    kept_days: i64,
}

#[derive(Template)]
#[template(path = "public/mentor.html")]
struct MentorPage {
    shell: Shell,
    mentor: Mentor,
    action: String,
    industries: Vec<Choice>,
    prefectures: Vec<Choice>,
    typed: FormState,
    is_new: bool,
}

/// The page of a link that leads to nothing any more.
#[derive(Template)]
#[template(path = "public/network_gone.html")]
pub struct NetworkGonePage {
    pub shell: Shell,
}

#[get("/network/register")]
pub async fn show(shell: Shell) -> Result<HttpResponse, Problem> {
    register_page(shell, FormState::default())
}

#[post("/network/register")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let Some(entry) = parse(&typed.form, false, &mut typed.errors) else {
        return register_page(shell, typed);
    };
    let network = app.secret.pseudonym(&client::network(client::address(&req, &app.config.trusted_proxies)));
    ops::network::register(&app, entry, &network).await?;
    Ok(page::see_other("/network/register/sent"))
}

#[get("/network/mentor/{token}")]
pub async fn show_own(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    own_page(&app, shell, &token, FormState::default()).await
}

#[post("/network/mentor/{token}")]
pub async fn act(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let Some(it) = ops::network::mentor_of(&app, &token).await? else { return gone(shell) };
    let mut typed = FormState::of(form);
    let (done, flash) = match typed.form.get("action") {
        "prove" => (ops::network::prove_mentor(&app, it.id).await, "登録を受け付けました。"),
        "pause" => (ops::network::pause(&app, it.id).await, "休止しました。一覧に載りません。"),
        "resume" => (ops::network::resume(&app, it.id).await, "掲載を再開しました。"),
        "leave" => (ops::network::leave(&app, it.id).await, "退会しました。ご協力ありがとうございました。"),
        "change" => {
            typed.form.add("email", it.entry.email.to_string());
            let Some(entry) = parse(&typed.form, true, &mut typed.errors) else {
                return own_page(&app, shell, &token, typed).await;
            };
            (ops::network::change(&app, it.id, entry).await, "内容を変更しました。")
        }
        _ => return Err(Problem::Unreadable),
    };
    if typed.done(done)? {
        return Ok(page::see_other_with(url::mentor(&token), flash));
    }
    own_page(&app, shell, &token, typed).await
}

async fn own_page(
    app: &App,
    shell: Shell,
    token: &str,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let Some(mentor) = ops::network::mentor_of(app, token).await? else { return gone(shell) };
    if typed.form.get("action") != "change" {
        typed.form = fill(&mentor.entry);
    }
    let status = typed.status();
    let (industries, prefectures) = (industries(), prefectures());
    let action = url::mentor(token);
    let page = MentorPage { shell, mentor, action, industries, prefectures, typed, is_new: false };
    page::html_with(status, &page).map(page::unlisted)
}

fn register_page(shell: Shell, typed: FormState) -> Result<HttpResponse, Problem> {
    let status = typed.status();
    let (industries, prefectures) = (industries(), prefectures());
    let kept_days = KEPT.num_days();
    page::html_with(status, &RegisterPage { shell, industries, prefectures, typed, is_new: true, kept_days })
}

fn industries() -> Vec<Choice> {
    Industry::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec()
}

fn fill(entry: &MentorEntry) -> Fields {
    let mut form = Fields::default();
    let topics: Vec<_> = entry.topics.iter().map(TextLine::as_str).collect();
    form.add("name", entry.name.as_str());
    form.add("industry", entry.industry.code());
    form.add("employees", entry.employees.get().to_string());
    form.add("prefecture", entry.prefecture.two_digits());
    form.add("topics", topics.join("\n"));
    form.add("a_month", entry.a_month.to_string());
    form.add("open_from", entry.open_from.map(iso_date).unwrap_or_default());
    form.add("open_until", entry.open_until.map(iso_date).unwrap_or_default());
    form.add("contact_name", entry.contact_name.as_str());
    form
}

fn parse(form: &Fields, is_change: bool, errors: &mut FieldErrors) -> Option<MentorEntry> {
    let own = |name: &str| form.get(name).to_owned();
    let values = MentorForm {
        name: own("name"),
        industry: own("industry"),
        employees: own("employees"),
        prefecture: own("prefecture"),
        topics: own("topics"),
        a_month: own("a_month"),
        open_from: own("open_from"),
        open_until: own("open_until"),
        contact_name: own("contact_name"),
        email: own("email"),
        consent: own("consent"),
    };
    match MentorEntry::parse(&values, is_change) {
        Ok(entry) => Some(entry),
        Err(mistakes) => {
            for (field, why) in mistakes {
                errors.add(field, why);
            }
            None
        }
    }
}

/// Answers that the link leads to nothing any more.
pub fn gone(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html_with(StatusCode::GONE, &NetworkGonePage { shell })
}

impl MentorPage {
    fn is(&self, status: MentorStatus) -> bool {
        self.mentor.status == status
    }

    /// Returns whether the data can be changed.
    fn may_change(&self) -> bool {
        matches!(self.mentor.status, MentorStatus::Applied | MentorStatus::Listed | MentorStatus::Paused)
    }
}
