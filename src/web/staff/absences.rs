//! Appointments whose expert will be away: the possible substitutes, and requests to them.
use actix_web::{HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    booking::appointment::Owner,
    correspondence::company_channel::CompanyChannel,
    id::{AppointmentId, ExpertId},
    routing::ReasonFor,
    wording,
};
use uuid::Uuid;

use super::opened::find;
use crate::{
    app::App,
    ops::{
        self,
        booking::substitute::{SubstituteConsent, SubstituteProposal, Vacancy},
    },
    problem::Problem,
    store::{
        self,
        audit::schedule_change::RecordedChange,
        booking::substitute::Participation,
        intake::told_apart::{ToldApart, told_apart},
        routing::expert::Roster,
    },
    url,
    web::kit::{
        form::{FieldErrors, Fields},
        form_state::sentence,
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The number of appointments on the page, the earliest first; the others follow when these are settled.
const SHOWN: usize = 20;
/// The most changes of schedules that are shown, and the days for which they are.
const CHANGES: u64 = 30;
const CHANGES_DAYS: TimeDelta = TimeDelta::days(90);
/// How many candidates are shown before the rest is folded away.
const FIRST: usize = 2;

#[derive(Template)]
#[template(path = "staff/absences.html")]
struct AbsencesPage {
    shell: Shell,
    errors: FieldErrors,
    refused: Option<String>,
    vacancies: Vec<View>,
    /// The appointments of today that have begun although their expert is absent.
    begun: Vec<BegunView>,
    /// The number of appointments that are not shown.
    more: usize,
    /// The latest changes of experts' schedules, with the people who made them.
    changes: Vec<RecordedChange>,
}

/// A participation that needs a substitute.
struct View {
    participation: Participation,
    version: i32,
    number: String,
    company: String,
    href: String,
    when: String,
    mode: &'static str,
    absent: String,
    fields: &'static str,
    /// The expert who has been asked, and until when the answer is due.
    request: Option<(String, String)>,
    first: Vec<Person>,
    rest: Vec<Person>,
    /// The page on which one expert for each field can take over, if there is such a pair.
    pairs: Option<String>,
    /// Whether the form sent for this participation had an error.
    wrong: bool,
}

/// An appointment of today that has begun although an expert of it is absent.
struct BegunView {
    number: String,
    company: String,
    href: String,
    when: String,
    absent: String,
}

struct Person {
    id: ExpertId,
    name: String,
    /// Whether the expert was named as stand-in by the expert who will be away.
    is_stand_in: bool,
    sentences: Vec<String>,
    chosen: bool,
}

#[get("/staff/absences")]
pub async fn show(app: Data<App>, _me: Coordinator, shell: Shell) -> Result<HttpResponse, Problem> {
    render(&app, shell, &Fields::default(), FieldErrors::default(), None).await
}

/// Asks a substitute, assigns one at once, or withdraws a request, depending on the button.
#[post("/staff/absences")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = |name: &str| Uuid::try_parse(form.get(name)).ok();
    let participation = id("appointment").zip(id("absent"));
    let version = form.get("version").parse().ok();
    let (Some((appointment, absent)), Some(version)) = (participation, version) else {
        return Err(Problem::Unreadable);
    };
    let participation = Participation { appointment: AppointmentId(appointment), expert: ExpertId(absent) };
    let by = Actor::Coordinator(me.id);
    let agreement = match form.get("action") {
        "ask" => SubstituteConsent::Asked,
        "settle" => SubstituteConsent::Given,
        "withdraw" => {
            let done = ops::booking::substitute::withdraw_request(&app, participation, version, by).await;
            return answer(&app, shell, &form, done, "依頼を取り消しました。担当は、もとのままです。").await;
        }
        _ => return Err(Problem::Unreadable),
    };
    let Some(substitute) = id("substitute").map(ExpertId) else {
        let mut errors = FieldErrors::default();
        errors.add("substitute", "代わりの専門家を選択してください");
        return render(&app, shell, &form, errors, None).await;
    };
    let done = ops::booking::substitute::ask(&app, participation, substitute, version, by, agreement).await;
    let (_, roster) = app.programme_and_experts().await?;
    let name = roster.name(substitute);
    let flash = match agreement {
        SubstituteConsent::Asked => format!("{name}さんに依頼しました。引き受けると、担当が交代します。"),
        SubstituteConsent::Given => {
            let hears = company_is_told(&app, participation).await?;
            format!("{name}さんに交代しました。専門家に知らせました。{hears}")
        }
    };
    answer(&app, shell, &form, done, &flash).await
}

/// Returns how the company hears of the exchange.
async fn company_is_told(app: &App, participation: Participation) -> Result<&'static str, Problem> {
    let found = store::booking::appointment::find(&app.db, participation.appointment).await?;
    let Some(Owner::Consultation(id)) = found.map(|it| it.owner) else { return Ok("") };
    let Some(record) = store::consultation::find(&app.db, id).await? else { return Ok("") };
    Ok(match find(app, record.number).await?.proved_channel {
        CompanyChannel::Mail => "企業にもメールで知らせました。",
        CompanyChannel::Telephone => "企業には、電話で伝えてください。",
    })
}

async fn answer(
    app: &App,
    shell: Shell,
    form: &Fields,
    done: Result<(), Problem>,
    flash: &str,
) -> Result<HttpResponse, Problem> {
    match done {
        Ok(()) => Ok(page::see_other_with("/staff/absences", flash)),
        Err(problem) => render(app, shell, form, FieldErrors::default(), Some(sentence(problem)?)).await,
    }
}

async fn render(
    app: &App,
    shell: Shell,
    form: &Fields,
    errors: FieldErrors,
    refused: Option<String>,
) -> Result<HttpResponse, Problem> {
    let (vacancies, count) = ops::booking::substitute::vacancies(app, SHOWN).await?;
    let (_, roster) = app.programme_and_experts().await?;
    let status = match (&refused, errors.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
    };
    let more = count - vacancies.len();
    let wrong = |it: &Vacancy| {
        !errors.is_empty() && form.has("appointment", &it.participation.appointment.to_string())
    };
    let begun = ops::booking::substitute::begun_today(app).await?;
    let numbers = vacancies.iter().map(|it| it.record.number).chain(begun.iter().map(|it| it.record.number));
    let companies = told_apart(&app.db, numbers).await?;
    let begun = begun.into_iter().map(|it| BegunView {
        number: it.record.number.to_string(),
        company: companies.name(&it.record.number, &it.record.company_name),
        href: url::staff(&it.record.number),
        when: wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at),
        absent: absent(&roster, it.expert),
    });
    let begun = begun.collect();
    let vacancies =
        vacancies.into_iter().map(|it| view((&roster, &companies), form, wrong(&it), it)).collect();
    let now = app.clock.now();
    let changes = store::audit::schedule_change::between(
        &app.db,
        now - CHANGES_DAYS,
        now + TimeDelta::days(1),
        CHANGES,
    )
    .await?;
    page::html_with(status, &AbsencesPage { shell, errors, refused, vacancies, begun, more, changes })
}

fn view((roster, companies): (&Roster, &ToldApart), form: &Fields, wrong: bool, it: Vacancy) -> View {
    let typed =
        form.has("appointment", &it.participation.appointment.to_string()).then(|| form.get("substitute"));
    let chosen = |n: usize, proposal: &SubstituteProposal| match typed.filter(|it| !it.is_empty()) {
        Some(typed) => typed == proposal.expert.to_string(),
        None => n == 0 && !wrong && !proposal.reasons.contains(&ReasonFor::TurnedDown),
    };
    let person = |(n, it): (usize, &SubstituteProposal)| Person {
        id: it.expert,
        name: roster.name(it.expert).to_owned(),
        is_stand_in: it.is_stand_in,
        sentences: it.reasons.iter().map(|it| it.sentence()).collect(),
        chosen: chosen(n, it),
    };
    let mut first: Vec<_> = it.proposals.iter().enumerate().map(person).collect();
    let rest = first.split_off(first.len().min(FIRST));
    let href = url::staff(&it.record.number);
    View {
        participation: it.participation,
        version: it.record.version,
        number: it.record.number.to_string(),
        href: href.clone(),
        company: companies.name(&it.record.number, &it.record.company_name),
        when: wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at),
        mode: it.appointment.mode.label(),
        absent: absent(roster, it.participation.expert),
        pairs: it.assignment.filter(|_| !it.pairs.is_empty()).map(|id| format!("{href}/experts/{id}")),
        fields: it.fields.label(),
        request: it.request.map(|it| (roster.name(it.expert).to_owned(), wording::month_day_time(it.due_at))),
        first,
        rest,
        wrong,
    }
}

/// Returns the name of the expert who is away or whose account is closed.
fn absent(roster: &Roster, id: ExpertId) -> String {
    let closed = roster.get(id).is_some_and(|it| !it.active);
    format!("{}{}", roster.name(id), if closed { "（利用を停止）" } else { "" })
}

impl View {
    /// Returns the id of the first control. After an error, it is the id to which the error summary links.
    fn control(&self) -> String {
        if self.wrong {
            "substitute".to_owned()
        } else {
            format!("substitute-{}-{}", self.participation.appointment, self.participation.expert)
        }
    }
}
