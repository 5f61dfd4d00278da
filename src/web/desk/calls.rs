//! The requests that a desk has noted: the list, the form for a new one, and one of them.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    calendar::japan_date,
    id::{ConsultationId, DeskEntryId},
    intake::desk_entry::{
        DeskChannel, DeskEntry, DeskEntryForm, DeskEntryState, DeskEntryStatus, NotedRequest, OTHER_THEME,
        OTHER_THEME_LABEL,
    },
    wording::month_day_weekday,
};
use uuid::Uuid;

use super::list::outcome;
use crate::{
    app::App,
    ops::{self, intake::desk_entry::SeenEntry},
    problem::Problem,
    store::{
        self,
        reference::{
            desk::HandOver,
            programme::{Theme, label_even_retired},
        },
    },
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
        session::DeskUser,
    },
};

const ROWS: u64 = 50;

/// The values that a form of a request chooses from.
struct CallChoices {
    themes: Vec<Choice>,
    channels: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "desk/calls.html")]
struct CallsPage {
    shell: Shell,
    lines: Vec<CallLine>,
    /// The state by which the list is narrowed.
    status: Option<DeskEntryStatus>,
    open: u64,
    /// The address of the next page; empty on the last page.
    next: String,
}

/// One request in the list.
struct CallLine {
    entry: DeskEntry,
    theme: String,
    outcome: String,
    /// Whether it was noted today.
    is_today: bool,
}

#[derive(Template)]
#[template(path = "desk/call_new.html")]
struct NewCallPage {
    shell: Shell,
    typed: FormState,
    choices: CallChoices,
    /// The id of the request, by which a form that is sent twice makes one.
    key: Uuid,
}

#[derive(Template)]
#[template(path = "desk/call.html")]
struct CallPage {
    shell: Shell,
    typed: FormState,
    choices: CallChoices,
    line: CallLine,
    /// The number of the consultation that the desk made of it.
    handed_over: Option<HandOver>,
}

#[get("/desk/calls")]
pub async fn list(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    user: DeskUser,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let status = DeskEntryStatus::from_code(query.get("state"));
    let before = Uuid::parse_str(query.get("before")).ok().map(DeskEntryId);
    let mut rows = store::intake::desk_entry::page(&app.db, user.desk, status, before, ROWS + 1).await?;
    let limit = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|it| {
        let state = status.map_or_else(String::new, |it| format!("state={}&", it.code()));
        format!("/desk/calls?{state}before={}", it.id)
    });
    let lines = lines(&app, &user, rows).await?;
    let open = store::intake::desk_entry::count_open(&app.db, user.desk).await?;
    page::html(&CallsPage { shell, lines, status, open, next: next.unwrap_or_default() })
}

#[get("/desk/calls/new")]
pub async fn begin(app: Data<App>, shell: Shell, _: DeskUser) -> Result<HttpResponse, Problem> {
    let choices = choices(&app, OTHER_THEME).await?;
    page::html(&NewCallPage { shell, typed: FormState::default(), choices, key: Uuid::new_v4() })
}

/// Notes a request, answered or not, or goes on to hand it over.
#[post("/desk/calls/new")]
pub async fn note(
    app: Data<App>,
    shell: Shell,
    user: DeskUser,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let key = Uuid::parse_str(form.get("key")).map_err(|_| Problem::Unreadable)?;
    let mut typed = FormState::of(form);
    let Some(request) = parse(&app, &mut typed, None).await? else {
        let choices = choices(&app, OTHER_THEME).await?;
        return page::unprocessable(&NewCallPage { shell, typed, choices, key });
    };
    let action = typed.form.get("action");
    let (id, name) = (DeskEntryId(key), request.caller.name.clone());
    ops::intake::desk_entry::note(&app, id, (user.desk, user.id), request, action == "answered").await?;
    Ok(match action {
        "hand_over" => page::see_other(format!("/desk/new?entry={id}")),
        "answered" => {
            page::see_other_with("/desk/calls", &format!("「{name}」を、回答済みとして記録しました。"))
        }
        _ => page::see_other_with("/desk/calls", &format!("「{name}」を、対応中として記録しました。")),
    })
}

#[get("/desk/calls/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    user: DeskUser,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let entry = find(&app, &user, &id).await?;
    let typed = FormState::of(saved(&entry));
    render(&app, shell, &user, entry, typed).await
}

/// Changes what was noted, or records that the desk has answered or goes on.
#[post("/desk/calls/{id}")]
pub async fn change(
    app: Data<App>,
    shell: Shell,
    user: DeskUser,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let entry = find(&app, &user, &id).await?;
    let version = form.get("version").parse().map_err(|_| Problem::Unreadable)?;
    let seen = SeenEntry { desk: user.desk, id: entry.id, version };
    let mut typed = FormState::of(form);
    let (done, flash) = match typed.form.get("action") {
        "answer" => (ops::intake::desk_entry::answer(&app, seen).await, "回答済みにしました。"),
        "reopen" => (ops::intake::desk_entry::reopen(&app, seen).await, "対応中に戻しました。"),
        "save" => {
            let Some(request) = parse(&app, &mut typed, Some(&entry.theme)).await? else {
                return render(&app, shell, &user, entry, typed).await;
            };
            (ops::intake::desk_entry::edit(&app, seen, request).await, "保存しました。")
        }
        _ => return Err(Problem::Unreadable),
    };
    if typed.done(done)? {
        return Ok(page::see_other_with(address(entry.id), flash));
    }
    let entry = find(&app, &user, &id).await?;
    if typed.form.get("action") != "save" {
        typed.form = saved(&entry);
    }
    render(&app, shell, &user, entry, typed).await
}

async fn render(
    app: &App,
    shell: Shell,
    user: &DeskUser,
    entry: DeskEntry,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let case = match entry.state {
        DeskEntryState::HandedOver(case) => Some(case),
        DeskEntryState::Open | DeskEntryState::Answered => None,
    };
    let handed_over = handed_over(app, user, case.into_iter().collect()).await?.into_values().next();
    let (choices, status) = (choices(app, &entry.theme).await?, typed.status());
    let line = lines(app, user, vec![entry]).await?.pop().ok_or(Problem::NotFound)?;
    page::html_with(status, &CallPage { shell, typed, choices, line, handed_over })
}

async fn find(app: &App, user: &DeskUser, id: &str) -> Result<DeskEntry, Problem> {
    let id = Uuid::parse_str(id).map(DeskEntryId).map_err(|_| Problem::NotFound)?;
    store::intake::desk_entry::find(&app.db, user.desk, id).await?.ok_or(Problem::NotFound)
}

fn address(id: DeskEntryId) -> String {
    format!("/desk/calls/{id}")
}

/// Parses a form. `kept` is the theme that the request has: it may have been retired since.
async fn parse(
    app: &App,
    typed: &mut FormState,
    kept: Option<&str>,
) -> Result<Option<NotedRequest>, Problem> {
    let one = |name: &str| typed.form.get(name).to_owned();
    let form = DeskEntryForm {
        name: one("name"),
        theme: one("theme"),
        channel: one("channel"),
        company: one("company"),
        phone: one("phone"),
        email: one("email"),
        memo: one("memo"),
    };
    let themes = &app.programme_to_show().await?.themes;
    let parsed =
        NotedRequest::parse(&form, |code| kept == Some(code) || themes.iter().any(|it| it.code == code));
    Ok(match parsed {
        Ok(request) => Some(request),
        Err(mistakes) => {
            for (field, message) in mistakes {
                typed.errors.add(field, message);
            }
            None
        }
    })
}

/// Returns the form as it is saved.
fn saved(entry: &DeskEntry) -> Fields {
    let mut form = Fields::default();
    form.add("theme", entry.theme.clone());
    form.add("channel", entry.channel.code());
    if let Some(it) = &entry.caller {
        form.add("name", it.name.as_str());
        form.add("company", it.company.as_ref().map_or("", |it| it.as_str()));
        form.add("phone", it.phone.as_ref().map_or("", |it| it.as_str()));
        form.add("email", it.email.as_ref().map_or("", |it| it.as_str()));
        form.add("memo", it.memo.as_ref().map_or("", |it| it.as_str()));
    }
    form
}

/// Returns the choices of a form, with the theme that a request has, also if it was retired since.
async fn choices(app: &App, kept: &str) -> Result<CallChoices, Problem> {
    let programme = app.programme_to_show().await?;
    let themes = programme.themes.iter().map(|it| Choice::new(it.code.clone(), it.label.clone()));
    let is_retired = kept != OTHER_THEME && programme.themes.iter().all(|it| it.code != kept);
    let retired = is_retired.then(|| Choice::new(kept.to_owned(), theme_label(kept, &programme.themes)));
    let other = Choice::new(OTHER_THEME, OTHER_THEME_LABEL);
    let channels = [DeskChannel::Phone, DeskChannel::Counter, DeskChannel::Mail];
    Ok(CallChoices {
        themes: themes.chain(retired).chain([other]).collect(),
        channels: channels.map(|it| Choice::new(it.code(), it.label())).to_vec(),
    })
}

/// Returns the requests as pages show them.
async fn lines(app: &App, user: &DeskUser, rows: Vec<DeskEntry>) -> Result<Vec<CallLine>, Problem> {
    let programme = app.programme_to_show().await?;
    let today = japan_date(app.clock.now());
    let cases = rows.iter().filter_map(|it| match it.state {
        DeskEntryState::HandedOver(case) => Some(case),
        DeskEntryState::Open | DeskEntryState::Answered => None,
    });
    let handed_over = handed_over(app, user, cases.collect()).await?;
    let back = rows.iter().filter_map(|it| it.from_case).collect();
    let reopened = store::reference::desk::open_among(&app.db, back).await?;
    let line = |entry: DeskEntry| CallLine {
        theme: theme_label(&entry.theme, &programme.themes),
        outcome: words(&entry, &handed_over, &reopened),
        is_today: japan_date(entry.noted_at) == today,
        entry,
    };
    Ok(rows.into_iter().map(line).collect())
}

async fn handed_over(
    app: &App,
    user: &DeskUser,
    cases: Vec<ConsultationId>,
) -> Result<HashMap<ConsultationId, HandOver>, Problem> {
    Ok(store::reference::desk::handed_over_among(&app.db, user.desk, cases).await?)
}

fn theme_label(code: &str, themes: &[Theme]) -> String {
    if code == OTHER_THEME {
        return OTHER_THEME_LABEL.to_owned();
    }
    label_even_retired(themes, code).unwrap_or(code).to_owned()
}

/// Returns how a request stands and who acts next.
fn words(
    entry: &DeskEntry,
    handed_over: &HashMap<ConsultationId, HandOver>,
    reopened: &[ConsultationId],
) -> String {
    let since = month_day_weekday(entry.changed_at);
    match entry.state {
        DeskEntryState::Open if entry.from_case.is_some_and(|it| reopened.contains(&it)) => {
            "センターがこの相談を再開しました。センターが企業に対応するため、回答は必要ありません。"
                .to_owned()
        }
        DeskEntryState::Open if entry.from_case.is_some() => {
            let by = entry.due_at.map(|it| format!("{}までに", month_day_weekday(it))).unwrap_or_default();
            format!(
                "センターから引き継ぎました。{by}企業に連絡し、回答したら「回答済みにする」を押してください。"
            )
        }
        DeskEntryState::Open => "まだ回答していません。回答するか、センターに引き継いでください。".to_owned(),
        DeskEntryState::Answered => format!("{since}に、窓口で回答しました。"),
        DeskEntryState::HandedOver(case) => {
            let now = handed_over.get(&case).map(outcome).unwrap_or_default();
            format!("{since}に、センターに引き継ぎました。{now}")
        }
    }
}

impl CallsPage {
    /// Returns the states by which the list can be narrowed, each with its address and whether it is chosen.
    fn tabs(&self) -> Vec<(String, String, bool)> {
        let all = ("/desk/calls".to_owned(), "すべて".to_owned(), self.status.is_none());
        let of = |it: DeskEntryStatus| {
            let label = match it {
                DeskEntryStatus::Open => format!("{}（{}）", it.label(), self.open),
                DeskEntryStatus::Answered | DeskEntryStatus::HandedOver => it.label().to_owned(),
            };
            (format!("/desk/calls?state={}", it.code()), label, self.status == Some(it))
        };
        [all].into_iter().chain(DeskEntryStatus::ALL.into_iter().map(of)).collect()
    }
}

impl CallLine {
    /// Returns the name that was noted, or that it is erased.
    fn name(&self) -> &str {
        self.entry.caller.as_ref().map_or("（消去済み）", |it| it.name.as_str())
    }

    /// Returns whether the desk can still change the request.
    const fn is_changeable(&self) -> bool {
        self.entry.caller.is_some() && !matches!(self.entry.state, DeskEntryState::HandedOver(_))
    }

    /// Returns the colour of the state.
    fn colour(&self) -> &'static str {
        if self.is_open() { "late" } else { "end" }
    }

    fn is_open(&self) -> bool {
        self.entry.state == DeskEntryState::Open
    }
}
