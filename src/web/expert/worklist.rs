//! The expert's worklist and the next appointments.
use actix_web::{HttpResponse, get, web::Data};
use askama::Template;
use chrono::TimeDelta;
use domain::{
    actor::Party, aftercare::report::ReportState, calendar::japan_date, intake::company::Industry,
    prefecture::Prefecture, wording,
};

use crate::{
    app::App,
    ops::calendars::external::STALE_AFTER,
    problem::Problem,
    store::{
        booking::expert_agenda::{
            self, AgendaAppointment, AgendaCase, AgendaReport, AgendaRequest, UnansweredMessage,
        },
        calendars::{
            external::{clash::clashes, stale},
            time_proposal::{ProposalScope, ProposalSource, time_proposals},
        },
        intake::told_apart::{ToldApart, told_apart},
    },
    url,
    web::kit::{
        page::{self, Shell},
        session::ExpertUser,
    },
};

/// The age after which an unanswered message is no longer listed.
const RECENT: TimeDelta = TimeDelta::days(30);
/// The number of coming appointments that are shown; the calendar shows all of them.
const NEXT: usize = 5;

#[derive(Template)]
#[template(path = "expert/worklist.html")]
struct WorklistPage {
    shell: Shell,
    name: String,
    requests: Vec<RequestItem>,
    to_record: Vec<Item>,
    to_write: Vec<ReportItem>,
    /// The reports that were submitted and wait for the center.
    handed_in: Vec<Item>,
    next: Vec<Item>,
    /// Whether the expert has never entered any time.
    offers_nothing: bool,
    messages: Vec<Item>,
    /// The number of changes, clashes and failures in external calendars.
    external_changes: usize,
}

struct RequestItem {
    href: String,
    number: String,
    fields: &'static str,
    place: String,
    when: String,
    due: String,
    overdue: bool,
}

struct Item {
    href: String,
    what: String,
    when: String,
}

struct ReportItem {
    href: String,
    what: String,
    when: String,
    state: &'static str,
    due: Option<String>,
    overdue: bool,
    returned: Option<String>,
}

#[get("/expert")]
pub async fn show(app: Data<App>, expert: ExpertUser, shell: Shell) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let requests = expert_agenda::requests(&app.db, expert.id).await?;
    let confirmed = expert_agenda::confirmed(&app.db, expert.id).await?;
    let reports = expert_agenda::reports(&app.db, expert.id).await?;
    let messages = expert_agenda::unanswered_messages(&app.db, expert.id, now - RECENT).await?;
    let (begun, next): (Vec<_>, Vec<_>) = confirmed.iter().partition(|it| it.appointment.starts_at <= now);
    let (handed_in, to_write): (Vec<_>, Vec<_>) =
        reports.iter().partition(|it| matches!(it.state, Some(ReportState::Submitted { .. })));
    let changed = time_proposals(&app.db, ProposalScope::Expert(expert.id), now).await?;
    let external_changes = changed.iter().filter(|it| matches!(it.way, ProposalSource::Calendar(_))).count()
        + clashes(&app.db, Some(expert.id), now).await?.len()
        + stale(&app.db, now - STALE_AFTER, Some(expert.id)).await?.len();
    let (_, roster) = app.programme_and_experts().await?;
    let appointments = confirmed.iter().filter_map(|it| it.case.as_ref());
    let cases =
        appointments.chain(reports.iter().map(|it| &it.case)).chain(messages.iter().map(|it| &it.case));
    let companies = told_apart(&app.db, cases.map(|it| it.number)).await?;
    page::html(&WorklistPage {
        offers_nothing: roster.get(expert.id).is_none_or(|it| it.schedule.offers_nothing()),
        external_changes,
        shell,
        name: expert.name,
        requests: requests.iter().map(|it| request(it, it.assignment.due_at <= now)).collect(),
        to_record: begun.into_iter().filter_map(|it| appointment_item(it, &companies, "/outcome")).collect(),
        to_write: to_write
            .into_iter()
            .map(|it| report(it, &companies, it.case.report_due.is_some_and(|due| due <= now)))
            .collect(),
        handed_in: handed_in
            .into_iter()
            .map(|it| Item {
                href: report_path(it),
                what: title(&it.case, &companies),
                when: wording::month_day_weekday(it.appointment.starts_at),
            })
            .collect(),
        next: next.into_iter().take(NEXT).filter_map(|it| appointment_item(it, &companies, "")).collect(),
        messages: messages.iter().map(|it| message(it, &companies)).collect(),
    })
}

impl WorklistPage {
    fn has_work(&self) -> bool {
        !(self.requests.is_empty() && self.to_record.is_empty() && self.to_write.is_empty())
    }
}

fn title(case: &AgendaCase, companies: &ToldApart) -> String {
    match &case.company_name {
        Some(name) => format!("{}（{}）", companies.name(&case.number, name), case.number),
        None => format!("担当の依頼（{}）", case.number),
    }
}

fn request(it: &AgendaRequest, overdue: bool) -> RequestItem {
    let case = &it.case;
    let place = [case.prefecture.map(Prefecture::name), case.industry.map(Industry::label)];
    RequestItem {
        href: format!("{}/answer", url::expert(&case.number)),
        number: case.number.to_string(),
        fields: it.assignment.fields.label(),
        place: place.into_iter().flatten().collect::<Vec<_>>().join("・"),
        when: it.held.as_ref().map_or_else(
            || "日時は未定".to_owned(),
            |held| {
                let when = wording::long_date_time_range(held.starts_at, held.ends_at);
                format!("{when}（{}）", held.mode.label())
            },
        ),
        due: wording::month_day_time(it.assignment.due_at),
        overdue,
    }
}

/// Returns the item of an appointment; `None` if its consultation is no longer the expert's.
fn appointment_item(it: &AgendaAppointment, companies: &ToldApart, act: &str) -> Option<Item> {
    let case = it.case.as_ref()?;
    let when = wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at);
    Some(Item {
        href: format!("{}{act}", url::expert(&case.number)),
        what: title(case, companies),
        when: format!("{when}（{}）", it.appointment.mode.label()),
    })
}

fn report_path(it: &AgendaReport) -> String {
    format!("{}/report?session={}", url::expert(&it.case.number), it.appointment.id)
}

fn report(it: &AgendaReport, companies: &ToldApart, overdue: bool) -> ReportItem {
    ReportItem {
        href: report_path(it),
        what: title(&it.case, companies),
        when: wording::month_day_weekday(japan_date(it.appointment.starts_at)),
        state: it.state.as_ref().map_or("未作成", ReportState::label),
        due: it.case.report_due.map(wording::month_day_time),
        overdue,
        returned: match &it.state {
            Some(ReportState::Returned { reason }) => Some(reason.clone()),
            Some(ReportState::Draft | ReportState::Submitted { .. } | ReportState::Approved { .. })
            | None => None,
        },
    }
}

fn message(it: &UnansweredMessage, companies: &ToldApart) -> Item {
    let author = match it.author {
        Party::Company => "企業",
        Party::Coordinator => "センター",
        Party::Expert => "もう一人の専門家",
        Party::Desk => "一次相談窓口",
        Party::System => "システム",
    };
    Item {
        href: format!("{}#messages", url::expert(&it.case.number)),
        what: title(&it.case, companies),
        when: format!("{}　{author}から", wording::month_day_time(it.at)),
    }
}
