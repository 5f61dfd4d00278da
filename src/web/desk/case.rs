//! One consultation that the desk has handed over: how it stands, and the messages between desk and center.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::{Actor, Party},
    consultation::{ActionKind, State, leads_back},
    id::{ConsultationId, DeskEntryId},
    number::CaseNumber,
    text::Prose,
};

use super::list::outcome_at;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, correspondence::message::Audience, reference::desk::HandOver},
    web::kit::{
        files,
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        session::DeskUser,
        thread::{Reader, ThreadContext, ThreadLine},
    },
};

/// The length of the longest message, in characters.
const LONGEST: usize = 2000;

#[derive(Template)]
#[template(path = "desk/case.html")]
struct CasePage {
    shell: Shell,
    row: HandOver,
    outcome: String,
    /// The sentence about what follows from a referral, and what the center wrote to the company about it.
    referral: Option<(String, String)>,
    /// The request that the center has made of it for this desk.
    back: Option<DeskEntryId>,
    lines: Vec<ThreadLine>,
    typed: FormState,
}

#[get("/desk/{number}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    user: DeskUser,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &user, &number).await?;
    render(&app, shell, &user, case, FormState::default()).await
}

/// Adds a message for the center to the thread.
#[post("/desk/{number}/messages")]
pub async fn write(
    app: Data<App>,
    shell: Shell,
    user: DeskUser,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &user, &number).await?;
    let mut typed = FormState::of(form);
    let text = Prose::parse("メッセージ", typed.form.get("message"), LONGEST);
    if let Some(text) = typed.errors.take("message", text) {
        let by = Actor::Desk(user.desk, Some(user.id));
        let done = ops::correspondence::message::post(&app, case.0, by, Audience::Desk, &text).await;
        if typed.done(done)? {
            return Ok(page::see_other_with(
                format!("/desk/{}", case.1.number),
                "センターにメッセージを送りました。",
            ));
        }
    }
    render(&app, shell, &user, case, typed).await
}

/// Sends a file of the thread.
#[get("/desk/{number}/files/{id}")]
pub async fn download(
    app: Data<App>,
    user: DeskUser,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, _) = find(&app, &user, &path.0).await?;
    files::answer(&app, id, &path.1, Audience::Desk).await
}

async fn find(app: &App, user: &DeskUser, number: &str) -> Result<(ConsultationId, HandOver), Problem> {
    let number = CaseNumber::parse(number).map_err(|_| Problem::NotFound)?;
    store::reference::desk::one_handed_over(&app.db, user.desk, number).await?.ok_or(Problem::NotFound)
}

async fn render(
    app: &App,
    shell: Shell,
    user: &DeskUser,
    (id, row): (ConsultationId, HandOver),
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let thread = store::correspondence::message::of(&app.db, id, Audience::Desk).await?;
    let desk = store::reference::desk::find(&app.db, user.desk).await?.map(|it| it.name).unwrap_or_default();
    let center = shell.settings.center_name.clone();
    let mut around = ThreadContext::of(app, id, Reader::Desk).await?;
    let path = format!("/desk/{}", row.number);
    let lines = thread.iter().map(|it| {
        let mine = it.author == Party::Desk;
        let who = if mine { desk.clone() } else { center.clone() };
        around.line(it, who, mine, &path)
    });
    let (lines, outcome, status) = (lines.collect(), outcome_at(&desk, &row), typed.status());
    let (mut referral, mut back) = (None, None);
    if let State::Referred { organization } = &row.state {
        referral = Some(what_follows(app, id, organization, &desk).await?);
        back = store::intake::desk_entry::of_case(&app.db, user.desk, id).await?;
    }
    page::html_with(status, &CasePage { shell, row, outcome, referral, back, lines, typed })
}

/// Returns what follows from a referral, and what the center wrote to the company about it.
async fn what_follows(
    app: &App,
    id: ConsultationId,
    organization: &str,
    desk: &str,
) -> Result<(String, String), Problem> {
    let next = if leads_back(organization, desk) {
        "企業には、この窓口へ直接お問い合わせいただくようお伝えしました。企業から連絡がありましたら、対応をお願いします。".to_owned()
    } else {
        format!("企業のご相談先は、{organization}になりました。この窓口での対応は必要ありません。")
    };
    let history = store::audit::event::of(&app.db, id).await?;
    let last = history.into_iter().rev().find(|it| it.action == ActionKind::Refer);
    Ok((next, last.and_then(|it| it.note).unwrap_or_default()))
}
