//! The pages of both sides of a question, by the links in the mails: no sign-in. GET changes nothing.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    network::{NetworkQuestionStatus, NetworkSide},
    text::Prose,
    wording::month_day_time,
};

use super::mentor::gone;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::network::{
        mentor,
        message::{self, NetworkMessage},
        question::NetworkQuestion,
    },
    url,
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
    },
};

/// The length of the longest answer, in characters.
const LONGEST_WORDS: usize = 4_000;

#[derive(Template)]
#[template(path = "public/network_question.html")]
struct QuestionPage {
    shell: Shell,
    question: NetworkQuestion,
    side: NetworkSide,
    action: String,
    /// The name of the mentor who has the question; empty if none has it.
    mentor: String,
    /// The end of the time to answer; empty if there is none.
    until: String,
    /// The facts about the asker that the mentor hears.
    outline: String,
    messages: Vec<NetworkMessage>,
    typed: FormState,
}

#[get("/network/question/{token}")]
pub async fn asker(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    let found = ops::network::asker_of(&app, &token).await?;
    answer(&app, shell, found, NetworkSide::Asker, url::network_question(&token), FormState::default()).await
}

#[post("/network/question/{token}")]
pub async fn asker_act(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let found = ops::network::asker_of(&app, &token).await?;
    act(&app, shell, found, NetworkSide::Asker, url::network_question(&token), form).await
}

#[get("/network/answer/{token}")]
pub async fn answering(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    let found = ops::network::answering_of(&app, &token).await?;
    answer(&app, shell, found, NetworkSide::Mentor, url::network_answer(&token), FormState::default()).await
}

#[post("/network/answer/{token}")]
pub async fn answering_act(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let found = ops::network::answering_of(&app, &token).await?;
    act(&app, shell, found, NetworkSide::Mentor, url::network_answer(&token), form).await
}

async fn act(
    app: &App,
    shell: Shell,
    found: Option<NetworkQuestion>,
    side: NetworkSide,
    action: String,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let Some(it) = found else { return gone(shell) };
    let mut typed = FormState::of(form);
    let (done, flash) = match (typed.form.get("action"), side) {
        ("prove", NetworkSide::Asker) => {
            (ops::network::prove_question(app, it.id).await, "質問を受け付けました。センターが確認します。")
        }
        ("end", NetworkSide::Asker) => (ops::network::end(app, it.id).await, "質問を終了しました。"),
        ("decline", NetworkSide::Mentor) => {
            (ops::network::decline(app, it.id).await, "辞退を受け付けました。質問はセンターに戻りました。")
        }
        ("agree", _) => (ops::network::agree(app, it.id, side, true).await, "同意を受け付けました。"),
        ("disagree", _) => (ops::network::agree(app, it.id, side, false).await, "同意を取り消しました。"),
        ("write", _) => {
            let words = Prose::parse("返事", typed.form.get("words"), LONGEST_WORDS);
            let Some(words) = typed.errors.take("words", words) else {
                return answer(app, shell, Some(it), side, action, typed).await;
            };
            (ops::network::write(app, it.id, side, &words).await, "送りました。")
        }
        _ => return Err(Problem::Unreadable),
    };
    if typed.done(done)? {
        let is_declined = side == NetworkSide::Mentor && typed.form.get("action") == "decline";
        let location = if is_declined { "/network".to_owned() } else { action };
        return Ok(page::see_other_with(location, flash));
    }
    answer(app, shell, Some(it), side, action, typed).await
}

async fn answer(
    app: &App,
    shell: Shell,
    found: Option<NetworkQuestion>,
    side: NetworkSide,
    action: String,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let Some(question) = found else { return gone(shell) };
    let named = match question.life.state.mentor() {
        Some(id) => mentor::find(&app.db, id).await?,
        None => None,
    };
    let until = match question.life.state {
        domain::network::QuestionState::WithMentor { until, .. }
        | domain::network::QuestionState::Unproved { until } => month_day_time(until),
        domain::network::QuestionState::AtCenter { .. }
        | domain::network::QuestionState::Answered { .. }
        | domain::network::QuestionState::Ended { .. } => String::new(),
    };
    let status = typed.status();
    let page = QuestionPage {
        shell,
        messages: message::of(&app.db, question.id).await?,
        mentor: named.map(|it| it.entry.name.to_string()).unwrap_or_default(),
        until,
        outline: ops::network::outline(&question.entry),
        question,
        side,
        action,
        typed,
    };
    page::html_with(status, &page).map(page::unlisted)
}

impl QuestionPage {
    fn is(&self, status: NetworkQuestionStatus) -> bool {
        self.question.status() == status
    }

    fn is_mentor(&self) -> bool {
        self.side == NetworkSide::Mentor
    }

    /// Returns whether this side can write now.
    fn may_write(&self) -> bool {
        self.question.life.write(self.side).is_ok()
    }

    /// Returns whether this side can say that the other may hear its address, and whether it has said so.
    fn consent(&self) -> Option<bool> {
        let life = self.question.life;
        let agrees = if self.is_mentor() { life.mentor_agrees } else { life.asker_agrees };
        (!life.is_open_to_both() && life.agree(self.side, true).is_ok()).then_some(agrees)
    }

    /// Returns who has written: this side, or the other.
    fn author(&self, it: &NetworkMessage) -> String {
        match it.side {
            side if side == self.side => "あなた".to_owned(),
            NetworkSide::Mentor => self.mentor.clone(),
            NetworkSide::Asker | NetworkSide::Center => it.side.label().to_owned(),
        }
    }
}
