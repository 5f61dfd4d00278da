//! Days of absence that an expert has told on the telephone.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;
use domain::{calendar::japan_date, id::ExpertId};
use uuid::Uuid;

use super::case_head::Head;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::routing::expert::Roster,
    web::kit::{
        absence_form,
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/expert_absence.html")]
struct AbsencePage {
    shell: Shell,
    typed: FormState,
    experts: Vec<Choice>,
}

#[get("/staff/absences/new")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let mut form = Fields::from_iter([("expert", query.get("expert"))]);
    if let Ok(day) = query.get("day").parse() {
        absence_form::fill_day(&mut form, day);
    }
    render(&app, shell, FormState::of(form)).await
}

#[post("/staff/absences/new")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (_, roster) = app.programme_and_experts().await?;
    let mut typed = FormState::of(form);
    let expert = Uuid::try_parse(typed.form.get("expert")).ok().map(ExpertId);
    let expert = expert.filter(|&it| roster.get(it).is_some_and(|it| it.active));
    let stand_ins = expert.map(|it| absence_form::stand_ins(&roster, it)).unwrap_or_default();
    match (expert, absence_form::parse_absence(&typed.form, japan_date(app.clock.now()), &stand_ins)) {
        (Some(expert), Ok((absence, note))) => {
            let count = ops::routing::expert::record_absence(&app, expert, absence, &note, me.id).await?;
            let name = roster.name(expert);
            let flash = match count {
                0 => format!("{name}さんの不在の期間を登録しました。"),
                n => format!(
                    "{name}さんの不在の期間を登録しました。期間内の予約が{n}件あります。代わりの専門家を選んでください。"
                ),
            };
            return Ok(page::see_other_with("/staff/absences", &flash));
        }
        (None, parsed) => {
            typed.errors.add("expert", "専門家を選択してください");
            if let Err(errors) = parsed {
                for it in errors.iter().filter(|it| it.field != "stand_in") {
                    typed.errors.add(it.field, it.message.clone());
                }
            }
        }
        (Some(_), Err(errors)) => typed.errors = errors,
    }
    render(&app, shell, typed).await
}

async fn render(app: &App, shell: Shell, typed: FormState) -> Result<HttpResponse, Problem> {
    let (_, roster) = app.programme_and_experts().await?;
    let status = typed.status();
    page::html_with(status, &AbsencePage { shell, typed, experts: experts(&roster) })
}

impl Head {
    /// Returns the address at which days of absence of this expert are recorded, filled in with the day of the booking.
    pub fn absence_of(&self, expert: ExpertId) -> String {
        let day = self.case.booked_from.map(japan_date);
        let day = day.map(|it| format!("&day={it}")).unwrap_or_default();
        format!("/staff/absences/new?expert={expert}{day}")
    }
}

fn experts(roster: &Roster) -> Vec<Choice> {
    let active = roster.all().iter().filter(|it| it.active);
    active.map(|it| Choice::new(it.id.to_string(), format!("{}（{}）", it.name, it.fields.label()))).collect()
}
