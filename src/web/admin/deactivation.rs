//! The end of an account's use: what it holds, and who takes that over.
use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::Role,
    id::{AccountId, ExpertId},
    wording,
};
use uuid::Uuid;

use super::users::account_id;
use crate::{
    app::App,
    ops::{
        self,
        accounts::{
            deactivation::{HeldBooking, Holdings, Successors},
            unstaffed_desk::UnstaffedDesk,
        },
        booking::slot_offers::TeamMember,
    },
    problem::Problem,
    store::{
        self,
        accounts::account::Account,
        booking::expert_agenda::AgendaReport,
        consultation::Record,
        intake::told_apart::{ToldApart, told_apart},
        routing::expert::Roster,
    },
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
        session::Administrator,
        team_choice,
    },
};

/// The value of a booking that no expert takes over.
const CANCEL: &str = "cancel";

#[derive(Template)]
#[template(path = "admin/deactivate.html")]
struct DeactivationPage {
    shell: Shell,
    account: Account,
    form: Fields,
    errors: FieldErrors,
    /// Why the step was refused; empty if it was not.
    refused: String,
    cases: Vec<String>,
    tasks: Vec<String>,
    requests: Vec<String>,
    bookings: Vec<Booking>,
    reports: Vec<String>,
    submitted: Vec<String>,
    outcomes: Vec<String>,
    /// The desk at which no person is left.
    desk: Option<UnstaffedDesk>,
    /// How much has to be handed over.
    left: usize,
    coordinators: Vec<Choice>,
}

struct Booking {
    /// The name of the control.
    name: String,
    what: String,
    choices: Vec<Choice>,
}

impl Booking {
    fn choices(&self) -> &[Choice] {
        &self.choices
    }
}

#[get("/admin/users/{id}/deactivate")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let account = find(&app, account_id(&id)?).await?;
    render(&app, shell, account, Fields::default(), FieldErrors::default(), String::new()).await
}

#[post("/admin/users/{id}/deactivate")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    me: Administrator,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let account = find(&app, account_id(&id)?).await?;
    let held = ops::accounts::deactivation::holdings(&app, &account).await?;
    let mut errors = FieldErrors::default();
    let coordinator = Uuid::try_parse(form.get("to")).ok().map(AccountId);
    if coordinator.is_none() && held.needs_coordinator() {
        errors.add("to", "引き継ぐ人を選択してください");
    }
    let mut successors = Successors { coordinator, ..Successors::default() };
    for it in &held.bookings {
        match form.get(&control(it)) {
            "" => errors.add("booking", "それぞれの予約の引継ぎを選択してください"),
            CANCEL => {
                successors.bookings.insert(it.appointment.id, None);
            }
            team => {
                // Nothing is closed on behalf of a choice that was not offered.
                match team_choice::parse(team).filter(|team| is_offered(it, team)) {
                    Some(team) => drop(successors.bookings.insert(it.appointment.id, Some(team))),
                    None => {
                        errors.add("booking", "選んだ専門家は候補にありません。候補から選び直してください");
                    }
                }
            }
        }
    }
    if !errors.is_empty() {
        return render(&app, shell, account, form, errors, String::new()).await;
    }
    match ops::accounts::deactivation::deactivate(&app, account.id, me.id, &successors).await {
        Ok(0) => {
            let flash = match (&held.desk, held.to_hand_over()) {
                (Some(_), _) => "利用を停止し、窓口に残っているものをセンターに知らせました。",
                (None, 0) => "利用を停止しました。",
                (None, _) => "利用を停止し、持っていた仕事を引き継ぎました。",
            };
            Ok(page::see_other_with(format!("/admin/users/{}", account.id), flash))
        }
        Ok(left) => {
            let account = find(&app, account.id).await?;
            let why = format!(
                "利用を停止しました。ほかの変更と重なったため、{left}件が残っています。残りを確認して、もう一度引き継いでください。"
            );
            render(&app, shell, account, form, errors, why).await
        }
        Err(Problem::Refused(why)) => render(&app, shell, account, form, errors, why).await,
        Err(problem) => Err(problem),
    }
}

async fn find(app: &App, id: AccountId) -> Result<Account, Problem> {
    store::accounts::account::find(&app.db, id).await?.ok_or(Problem::NotFound)
}

async fn render(
    app: &App,
    shell: Shell,
    account: Account,
    form: Fields,
    errors: FieldErrors,
    refused: String,
) -> Result<HttpResponse, Problem> {
    let status = match (errors.is_empty(), refused.is_empty()) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, false) => StatusCode::CONFLICT,
        (true, true) => StatusCode::OK,
    };
    let held = ops::accounts::deactivation::holdings(app, &account).await?;
    let left = held.to_hand_over();
    let Holdings { cases, tasks, requests, bookings, reports, submitted, outcomes, desk } = held;
    let (_, roster) = app.programme_and_experts().await?;
    let coordinators = store::accounts::account::active(&app.db, Role::Coordinator).await?;
    let coordinators = coordinators
        .into_iter()
        .filter(|it| it.id != account.id)
        .map(|it| Choice::new(it.id.to_string(), it.name))
        .collect();
    let records = cases.iter().chain(&outcomes).chain(requests.iter().map(|it| &it.0));
    let records = records.chain(bookings.iter().map(|it| &it.record)).map(|it| it.number);
    let others =
        tasks.iter().map(|it| it.number).chain(reports.iter().chain(&submitted).map(|it| it.case.number));
    let companies = told_apart(&app.db, records.chain(others)).await?;
    let page = DeactivationPage {
        shell,
        account,
        form,
        errors,
        refused,
        left,
        desk,
        cases: cases.iter().map(|it| line(it, &companies)).collect(),
        tasks: tasks
            .iter()
            .map(|it| {
                format!("{}　{}　{}", it.number, companies.name(&it.number, &it.company_name), it.title)
            })
            .collect(),
        outcomes: outcomes.iter().map(|it| line(it, &companies)).collect(),
        requests: requests
            .iter()
            .map(|(it, request)| format!("{}　{}", line(it, &companies), request.state.label()))
            .collect(),
        bookings: bookings.iter().map(|it| booking(&roster, it, &companies)).collect(),
        reports: reports.iter().map(|it| report_line(it, &companies)).collect(),
        submitted: submitted.iter().map(|it| report_line(it, &companies)).collect(),
        coordinators,
    };
    page::html_with(status, &page)
}

/// Returns whether a team is one of those that can take the booking over.
fn is_offered(it: &HeldBooking, team: &[ExpertId]) -> bool {
    it.teams.iter().any(|offered| {
        offered.len() == team.len() && offered.iter().all(|member| team.contains(&member.expert))
    })
}

fn control(it: &HeldBooking) -> String {
    format!("booking-{}", it.appointment.id)
}

fn booking(roster: &Roster, it: &HeldBooking, companies: &ToldApart) -> Booking {
    let when = wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at);
    let takes_over = |team: &Vec<TeamMember>| {
        let choice = team_choice::choice(roster, team, |names| format!("{names}に交代する"));
        choice.with_hint("引受けを確認済みのときに選びます")
    };
    let mut choices: Vec<_> = it.teams.iter().map(takes_over).collect();
    choices.push(
        Choice::new(CANCEL, "予約を取り消し、センターが担当を探し直す")
            .with_hint("企業には、メールまたは電話で知らせます"),
    );
    Booking { name: control(it), what: format!("{}　{when}", line(&it.record, companies)), choices }
}

fn line(it: &Record, companies: &ToldApart) -> String {
    format!("{}　{}", it.number, companies.name(&it.number, &it.company_name))
}

fn report_line(it: &AgendaReport, companies: &ToldApart) -> String {
    let when = wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at);
    let company = companies.name(&it.case.number, it.case.company_name.as_deref().unwrap_or_default());
    format!("{}　{company}　{when}", it.case.number)
}
