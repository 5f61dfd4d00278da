//! The network at the center: questions that wait, questions that are with a mentor, and mentors that wait for approval.
//! The center passes a question on as it is, or answers it.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;
use domain::{
    calendar::japan_date,
    id::{MentorId, NetworkQuestionId},
    network::{MentorStatus, NetworkQuestionStatus, NetworkSide, QuestionState, month_of},
    text::Prose,
};
use uuid::Uuid;

use crate::{
    app::App,
    ops::{self, network::SeenMentor},
    problem::Problem,
    store::network::{
        mentor::{self, Mentor},
        message::{self, NetworkMessage},
        question::{self, NetworkQuestion},
    },
    url,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        network_form::{open_mentors, place},
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The most questions of each state on the page.
const SHOWN: u64 = 100;

#[derive(Template)]
#[template(path = "staff/network.html")]
struct NetworkPage {
    shell: Shell,
    waiting: Vec<NetworkQuestion>,
    passed: Vec<NetworkQuestion>,
    answered: Vec<NetworkQuestion>,
    applied: Vec<Mentor>,
    listed: Vec<Mentor>,
}

#[derive(Template)]
#[template(path = "staff/network_question.html")]
struct QuestionPage {
    shell: Shell,
    question: NetworkQuestion,
    messages: Vec<NetworkMessage>,
    /// Why it came back; empty if it did not.
    back: &'static str,
    mentor: String,
    /// The mentors to whom it can be passed on, with the places that are left this month.
    mentors: Vec<Choice>,
    typed: FormState,
}

#[derive(Template)]
#[template(path = "staff/mentor.html")]
struct MentorPage {
    shell: Shell,
    mentor: Mentor,
    place: String,
    typed: FormState,
}

#[get("/staff/network")]
pub async fn list(app: Data<App>, shell: Shell, _: Coordinator) -> Result<HttpResponse, Problem> {
    let of = async |status| question::in_state(&app.db, status, SHOWN).await;
    page::html(&NetworkPage {
        shell,
        waiting: of(NetworkQuestionStatus::AtCenter).await?,
        passed: of(NetworkQuestionStatus::WithMentor).await?,
        answered: of(NetworkQuestionStatus::Answered).await?,
        applied: mentor::in_state(&app.db, MentorStatus::Applied).await?,
        listed: mentor::in_state(&app.db, MentorStatus::Listed).await?,
    })
}

#[get("/staff/network/questions/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: Coordinator,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    render(&app, shell, NetworkQuestionId(*id), FormState::default()).await
}

#[post("/staff/network/questions/{id}")]
pub async fn act(
    app: Data<App>,
    shell: Shell,
    _: Coordinator,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = NetworkQuestionId(*id);
    let mut typed = FormState::of(form);
    let (done, flash) = match typed.form.get("action") {
        "pass" => {
            let to = Uuid::try_parse(typed.form.get("mentor")).map(MentorId);
            let to = typed.errors.take("mentor", to.map_err(|_| "お渡しする企業を選択してください"));
            let Some(to) = to else { return render(&app, shell, id, typed).await };
            let version = typed.form.get("version").parse().map_err(|_| Problem::Unreadable)?;
            (ops::network::pass_on(&app, id, version, to).await, "企業にお渡ししました。")
        }
        "answer" => {
            let words = Prose::parse("回答", typed.form.get("words"), 4_000);
            let Some(words) = typed.errors.take("words", words) else {
                return render(&app, shell, id, typed).await;
            };
            (ops::network::write(&app, id, NetworkSide::Center, &words).await, "回答を送りました。")
        }
        "end" => (ops::network::end(&app, id).await, "質問を終了しました。"),
        _ => return Err(Problem::Unreadable),
    };
    if typed.done(done)? {
        return Ok(page::see_other_with(url::NETWORK_DESK, flash));
    }
    render(&app, shell, id, typed).await
}

#[get("/staff/network/mentors/{id}")]
pub async fn show_mentor(
    app: Data<App>,
    shell: Shell,
    _: Coordinator,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    mentor_page(&app, shell, MentorId(*id), FormState::default()).await
}

#[post("/staff/network/mentors/{id}")]
pub async fn decide(
    app: Data<App>,
    shell: Shell,
    _: Coordinator,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let version = typed.form.get("version").parse().map_err(|_| Problem::Unreadable)?;
    let seen = SeenMentor { id: MentorId(*id), version };
    let reason = if typed.form.get("action") == "reject" {
        let reason = Prose::parse("理由", typed.form.get("reason"), 500);
        let Some(reason) = typed.errors.take("reason", reason) else {
            return mentor_page(&app, shell, seen.id, typed).await;
        };
        Some(reason)
    } else {
        None
    };
    let done = ops::network::decide(&app, seen, reason.as_ref()).await;
    if typed.done(done)? {
        return Ok(page::see_other_with(url::NETWORK_DESK, "結果をメールでお知らせします。"));
    }
    mentor_page(&app, shell, seen.id, typed).await
}

async fn render(
    app: &App,
    shell: Shell,
    id: NetworkQuestionId,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let found = question::find(&app.db, id).await?;
    let question = found.filter(|it| !it.is_erased).ok_or(Problem::NotFound)?;
    let today = japan_date(app.clock.now());
    let mut mentors = Vec::new();
    for it in open_mentors(app).await? {
        mentors.push(choice(app, &it, today).await?);
    }
    if typed.form == Fields::default() {
        typed.form.add("mentor", question.wanted.map(|it| it.to_string()).unwrap_or_default());
    }
    let named = match question.life.state.mentor() {
        Some(id) => mentor::find(&app.db, id).await?,
        None => None,
    };
    let back = match question.life.state {
        QuestionState::AtCenter { back: Some(why) } => why.label(),
        QuestionState::AtCenter { back: None }
        | QuestionState::Unproved { .. }
        | QuestionState::WithMentor { .. }
        | QuestionState::Answered { .. }
        | QuestionState::Ended { .. } => "",
    };
    let status = typed.status();
    let page = QuestionPage {
        shell,
        messages: message::of(&app.db, id).await?,
        back,
        mentor: named.map(|it| it.entry.name.to_string()).unwrap_or_default(),
        mentors,
        question,
        typed,
    };
    page::html_with(status, &page)
}

async fn choice(app: &App, it: &Mentor, today: NaiveDate) -> Result<Choice, Problem> {
    let passed = mentor::passed(&app.db, it.id, month_of(today)).await?;
    let left = u64::from(it.entry.a_month).saturating_sub(passed);
    let topics: Vec<_> = it.entry.topics.iter().map(ToString::to_string).collect();
    let hint = format!("{}　{}　今月あと{left}件", place(it), topics.join("、"));
    Ok(Choice::new(it.id.to_string(), it.entry.name.to_string()).with_hint(hint))
}

async fn mentor_page(
    app: &App,
    shell: Shell,
    id: MentorId,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let mentor = mentor::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let status = typed.status();
    page::html_with(status, &MentorPage { shell, place: place(&mentor), mentor, typed })
}

impl QuestionPage {
    fn is(&self, status: NetworkQuestionStatus) -> bool {
        self.question.status() == status
    }
}
