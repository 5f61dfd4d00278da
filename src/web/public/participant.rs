//! A participant's own page, by the link in the mail: no sign-in. GET shows it and changes nothing.
use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    gathering::{Material, NextStep, PASS_SHOWN, SeatKind, SignUpState, SignUpStatus, Usefulness},
    publication::PublicationKind,
    text::{Prose, optional},
    wording::{long_date_time_range, month_day_time},
};

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        gathering::{
            Gathering,
            questionnaire::{self, QuestionnaireAnswer},
            sign_up::{self, SignUp},
        },
        publication,
    },
    url,
    web::kit::{
        file_list::{self, FileLine},
        form::{Choice, FieldErrors, Fields},
        form_state::FormState,
        page::{self, Shell},
        sign_up_form::{parse_person, seat_choices},
    },
};

/// The most people among whom a place on the waiting list is told.
const COUNTED: u64 = 100;

/// The length of the longest comment, in characters.
const LONGEST_COMMENT: usize = 1_000;

#[derive(Template)]
#[template(path = "public/participant.html")]
struct ParticipantPage {
    shell: Shell,
    event: Gathering,
    sign_up: SignUp,
    /// The address to which forms are sent.
    action: String,
    public_address: String,
    when: String,
    /// The end of the time to confirm, or to take an offered seat; empty if there is none.
    until: String,
    /// The place on the waiting list, if it can be told.
    place: Option<usize>,
    /// Whether the meeting link can be opened now.
    has_pass: bool,
    /// Whether the time has come from which the page shows the link.
    is_near: bool,
    /// The meeting link, once the participant has asked for it.
    link: Option<String>,
    is_over: bool,
    materials: Vec<Material>,
    files: Vec<FileLine>,
    may_answer: bool,
    has_answered: bool,
    seats: Vec<Choice>,
    usefulness: Vec<Choice>,
    next_steps: Vec<Choice>,
    typed: FormState,
}

/// The page of a link that leads to nothing any more.
#[derive(Template)]
#[template(path = "public/participant_gone.html")]
struct GonePage {
    shell: Shell,
}

#[get("/e/{token}")]
pub async fn show(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    answer(&app, shell, &token, FormState::default()).await
}

#[post("/e/{token}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let Some((it, _)) = ops::gathering::sign_up_of(&app, &token).await? else { return gone(shell) };
    let mut typed = FormState::of(form);
    let (done, said) = match typed.form.get("action") {
        "confirm" => (ops::gathering::confirm(&app, it.id).await, "申込みを受け付けました。"),
        "accept" => {
            (ops::gathering::accept(&app, it.id).await, "参加が決まりました。確認のメールを送りました。")
        }
        "cancel" => (ops::gathering::cancel(&app, it.id).await, "申込みを取り消しました。"),
        "join" => {
            // A redirect to another site would be stopped by the security policy, so the page shows the link.
            let link = typed.value(ops::gathering::join(&app, it.id).await)?;
            return answer_with(&app, shell, &token, typed, link.map(|it| it.as_str().to_owned())).await;
        }
        "change" => {
            let seat = SeatKind::from_code(typed.form.get("seat")).unwrap_or(it.seat);
            let Some(person) = parse_person(&typed.form, &mut typed.errors) else {
                return answer(&app, shell, &token, typed).await;
            };
            let changed = ops::gathering::change(&app, it.id, &person, seat).await;
            (changed, "申込みの内容を変更しました。")
        }
        "answer" => {
            let Some(answers) = parse_answers(&typed.form, &mut typed.errors) else {
                return answer(&app, shell, &token, typed).await;
            };
            (
                ops::gathering::answer(&app, it.id, &answers).await,
                "回答を受け取りました。ご協力ありがとうございました。",
            )
        }
        _ => return Err(Problem::Unreadable),
    };
    if typed.done(done)? {
        return Ok(page::see_other_with(url::sign_up(&token), said));
    }
    answer(&app, shell, &token, typed).await
}

fn parse_answers(form: &Fields, errors: &mut FieldErrors) -> Option<QuestionnaireAnswer> {
    let chosen = "1つ選択してください";
    let usefulness = errors.take("usefulness", Usefulness::from_code(form.get("usefulness")).ok_or(chosen));
    let next_step = errors.take("next_step", NextStep::from_code(form.get("next_step")).ok_or(chosen));
    let comment = optional(form.get("comment"), |it| Prose::parse("ご意見", it, LONGEST_COMMENT));
    let comment = errors.take("comment", comment);
    let comment = comment?.map(|it| it.as_str().to_owned());
    Some(QuestionnaireAnswer { usefulness: usefulness?, next_step: next_step?, comment })
}

async fn answer(app: &App, shell: Shell, token: &str, typed: FormState) -> Result<HttpResponse, Problem> {
    answer_with(app, shell, token, typed, None).await
}

/// Shows the page, with the meeting link if the participant has just entered by it.
async fn answer_with(
    app: &App,
    shell: Shell,
    token: &str,
    typed: FormState,
    link: Option<String>,
) -> Result<HttpResponse, Problem> {
    let Some((it, event)) = ops::gathering::sign_up_of(app, token).await? else { return gone(shell) };
    let now = app.clock.now();
    let place = if let SignUpState::Waiting { .. } = it.state {
        let waiting = sign_up::waiting(&app.db, event.id, it.seat, COUNTED).await?;
        waiting.iter().position(|other| other.id == it.id).map(|it| it + 1)
    } else {
        None
    };
    let answers = questionnaire::find(&app.db, it.id).await?;
    let typed = filled(typed, &it, answers.as_ref());
    let status = typed.status();
    let until = it.state.until().map(month_day_time).unwrap_or_default();
    let materials = event.materials.as_deref().unwrap_or_default();
    let page = ParticipantPage {
        shell,
        action: url::sign_up(token),
        public_address: url::publication(PublicationKind::Gathering, event.number),
        when: long_date_time_range(event.starts_at, event.ends_at),
        until,
        place,
        has_pass: ops::gathering::pass(&event, &it, now).is_some(),
        is_near: event.starts_at - PASS_SHOWN <= now,
        link,
        is_over: event.ends_at <= now,
        materials: Material::parse_all(materials).unwrap_or_default(),
        files: file_list::lines(publication::file::open(&app.db, event.id).await?),
        may_answer: ops::gathering::may_answer(&event, &it, now),
        has_answered: answers.is_some(),
        seats: seat_choices(|kind| event.seats(kind).is_some()),
        usefulness: Usefulness::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        next_steps: NextStep::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        typed,
        sign_up: it,
        event,
    };
    page::html_with(status, &page).map(page::unlisted)
}

/// Fills the forms with what is stored, unless something was typed.
fn filled(mut typed: FormState, it: &SignUp, answers: Option<&QuestionnaireAnswer>) -> FormState {
    let action = typed.form.get("action").to_owned();
    if action != "change" {
        typed.form.add("name", it.name.clone().unwrap_or_default());
        typed.form.add("kana", it.kana.clone().unwrap_or_default());
        typed.form.add("organization", it.organization.clone().unwrap_or_default());
        typed.form.add("seat", it.seat.code());
    }
    if let Some(answers) = answers.filter(|_| action != "answer") {
        typed.form.add("usefulness", answers.usefulness.code());
        typed.form.add("next_step", answers.next_step.code());
        typed.form.add("comment", answers.comment.clone().unwrap_or_default());
    }
    typed
}

fn gone(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html_with(StatusCode::GONE, &GonePage { shell })
}

impl ParticipantPage {
    /// Returns whether the participant can still change or cancel.
    fn may_change(&self) -> bool {
        self.sign_up.state.is_live() && !self.is_over && self.event.called_off.is_none()
    }

    fn number(&self) -> i32 {
        self.sign_up.state.number().unwrap_or_default()
    }

    fn is(&self, status: SignUpStatus) -> bool {
        self.sign_up.state.status() == status
    }
}
