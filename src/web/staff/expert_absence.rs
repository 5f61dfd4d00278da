//! Days of absence that an expert has told on the telephone.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;
use domain::{calendar::japan_date, consultation::State, id::ExpertId};
use uuid::Uuid;

use super::case_head::Head;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{consultation::case_details::CaseAppointment, routing::expert::Roster},
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
            let recorded = ops::routing::expert::record_absence(&app, expert, absence, &note, me.id).await?;
            let name = roster.name(expert);
            let begun = ops::booking::substitute::begun_today(&app).await?;
            let begun = begun.iter().filter(|it| it.expert == expert).count();
            let mut flash = match recorded.bookings {
                0 => format!("{name}さんの不在の期間を登録しました。"),
                n => format!(
                    "{name}さんの不在の期間を登録しました。期間内の予約が{n}件あります。代わりの専門家を選んでください。"
                ),
            };
            if recorded.requests > 0 {
                flash.push_str(&handed_on(recorded.requests));
            }
            if begun > 0 {
                flash.push_str(&format!(
                    "今日、すでに始まった予約が{begun}件あります。結果を記録してください。"
                ));
            }
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

/// Returns what became of the requests that an absence covers.
fn handed_on(requests: usize) -> String {
    format!(
        "回答を待っていた依頼{requests}件は、辞退として扱い、次の候補に依頼するか、センターに戻しました。"
    )
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

/// Returns the sentence that an expert of the next appointment is absent, if one is, with what to do: of the booked one, or
/// of the one whose time the company is to choose.
pub async fn of_next(
    app: &App,
    head: &Head,
    booked: Option<&CaseAppointment>,
) -> Result<Option<String>, Problem> {
    let now = head.now;
    if *head.state() == State::Scheduling
        && !ops::routing::presence::can_give_another(app, &head.case.record).await?
    {
        let said = "担当の専門家は、企業が選べる期間の終わりまで不在です（または利用を停止しています）。下の「取消し・交代」から、別の専門家に依頼してください。";
        return Ok(Some(said.to_owned()));
    }
    let booked = booked.map(|it| &it.appointment).filter(|it| it.is_confirmed() && it.ends_at > now);
    let Some(appointment) = booked else { return Ok(None) };
    let (_, roster) = app.programme_and_experts().await?;
    let day = japan_date(appointment.starts_at);
    let is_absent = |id: &ExpertId| {
        roster.get(*id).is_none_or(|profile| !profile.active || profile.schedule.is_absent(day))
    };
    let names: Vec<_> = appointment.experts.iter().filter(|it| is_absent(it)).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let names: Vec<_> = names.into_iter().map(|it| format!("{}さん", roster.name(*it))).collect();
    let rest = match appointment.starts_at <= now {
        true => "開始時刻を過ぎています。企業と専門家に確認し、結果を記録してください。",
        false => "代わりの専門家を選ぶか、日時を変更してください。",
    };
    Ok(Some(format!("{}は、予約の日に不在です（または利用を停止しています）。{rest}", names.join("、"))))
}

fn experts(roster: &Roster) -> Vec<Choice> {
    let active = roster.all().iter().filter(|it| it.active);
    active.map(|it| Choice::new(it.id.to_string(), format!("{}（{}）", it.name, it.fields.label()))).collect()
}
