//! The expert's external calendars: the list, their condition, and entries that were changed in them.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Utc};
use codes::CalendarKind;
use domain::{
    intake::application::TICKED,
    text::{TextLine, optional},
    wording,
};
use uuid::Uuid;

use crate::{
    app::App,
    fetch::{self, Failed},
    ops::{
        self,
        calendars::external::{CalendarAccess, CalendarError, NewCalendar, RefreshOutcome, STALE_AFTER},
    },
    problem::Problem,
    store::calendars::{
        external::{
            self, Source,
            clash::{CalendarClash, clashes},
            entry,
        },
        time_proposal::{ProposalScope, ProposalSource, TimeProposal, time_proposals},
    },
    url,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::ExpertUser,
    },
};

pub(super) const PAGE: &str = "/expert/calendars";
/// The length of the longest name, in characters.
const LONGEST_NAME: usize = 40;
pub(super) const LONGEST_LOGIN: usize = 200;

#[derive(Template)]
#[template(path = "expert/calendars.html")]
struct CalendarsPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    calendars: Vec<Kept>,
    proposals: Vec<Changed>,
    clashes: Vec<(String, String, String)>,
}

struct Kept {
    id: Uuid,
    name: String,
    kind: &'static str,
    host: String,
    writes: bool,
    fetched: String,
    error: Option<String>,
    stale: bool,
    blocks_when_stale: bool,
    notes: Vec<String>,
}

struct Changed {
    id: Uuid,
    href: String,
    what: String,
    booked: String,
    /// The time in the external calendar; `None` if the entry was removed.
    there: Option<String>,
    calendar: String,
}

#[get("/expert/calendars")]
pub async fn show(app: Data<App>, expert: ExpertUser, shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&page_of(&app, &expert, shell, Fields::default(), FieldErrors::default()).await?)
}

/// Adds a calendar after reading it once.
#[post("/expert/calendars")]
pub async fn add(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let parsed = match form.get("form") {
        "ics" => parse_ics(&form, &mut errors),
        "dav" => parse_dav(&form, &mut errors),
        _ => return Err(Problem::Unreadable),
    };
    let Some((name, new, access)) = parsed.filter(|_| errors.is_empty()) else {
        return page::unprocessable(&page_of(&app, &expert, shell, form, errors).await?);
    };
    match ops::calendars::external::add(&app, expert.id, &name, new.clone(), &access).await? {
        Ok(_) => {
            Ok(page::see_other_with(PAGE, "カレンダーを読み込みました。予定のある時間は、予約を受けません。"))
        }
        Err(trouble) => {
            errors.add(field_of(&trouble, &new), trouble.to_string());
            page::unprocessable(&page_of(&app, &expert, shell, form, errors).await?)
        }
    }
}

#[post("/expert/calendars/{id}/refresh")]
pub async fn refresh(app: Data<App>, expert: ExpertUser, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    own(&app, &expert, *id).await?;
    let flash = match ops::calendars::external::refresh(&app, *id).await? {
        RefreshOutcome::Read => "カレンダーを読み込みました。".to_owned(),
        RefreshOutcome::Failed(why) => {
            format!("読み込めませんでした。前に読み込んだ予定をそのまま使います。理由：{why}")
        }
        RefreshOutcome::InHand => {
            "いま読み込んでいます。少したってから、このページを開き直してください。".to_owned()
        }
        RefreshOutcome::Gone => return Err(Problem::NotFound),
    };
    Ok(page::see_other_with(PAGE, &flash))
}

/// Sets whether a calendar that can no longer be read still blocks times.
#[post("/expert/calendars/{id}/policy")]
pub async fn keep_blocking(
    app: Data<App>,
    expert: ExpertUser,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    own(&app, &expert, *id).await?;
    let blocks = match form.get("stale") {
        "block" => true,
        "free" => false,
        _ => return Err(Problem::Unreadable),
    };
    ops::calendars::external::keep_blocking(&app, expert.id, *id, blocks).await?;
    Ok(page::see_other_with(PAGE, "変更しました。"))
}

#[post("/expert/calendars/{id}/remove")]
pub async fn remove(app: Data<App>, expert: ExpertUser, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    ops::calendars::external::remove(&app, expert.id, *id).await?;
    Ok(page::see_other_with(PAGE, "カレンダーの登録を削除しました。"))
}

/// Restores an external entry to the booked time.
#[post("/expert/calendars/entries/{id}/restore")]
pub async fn restore(app: Data<App>, expert: ExpertUser, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    ops::calendars::time_proposal::restore(&app, *id, expert.id).await?;
    Ok(page::see_other_with(PAGE, "まもなく、外部のカレンダーの予定を元に戻します。"))
}

async fn own(app: &App, expert: &ExpertUser, id: Uuid) -> Result<(), Problem> {
    let found = external::find(&app.db, id).await?;
    found.filter(|it| it.expert_id == expert.id.0).map(|_| ()).ok_or(Problem::NotFound)
}

type Parsed = Option<(String, NewCalendar, CalendarAccess)>;

fn parse_ics(form: &Fields, errors: &mut FieldErrors) -> Parsed {
    let name = name(form, "ics_name", errors);
    let url = errors.take("ics_url", fetch::address(form.get("ics_url")));
    Some((
        name?,
        NewCalendar::Ics,
        CalendarAccess { url: url?, user: String::new(), password: String::new() },
    ))
}

fn parse_dav(form: &Fields, errors: &mut FieldErrors) -> Parsed {
    let name = name(form, "dav_name", errors);
    let url = errors.take("dav_url", fetch::address(form.get("dav_url")));
    let user = errors.take("dav_user", TextLine::parse("ユーザー名", form.get("dav_user"), LONGEST_LOGIN));
    let password = form.get("dav_password");
    if password.is_empty() || password.len() > LONGEST_LOGIN {
        errors.add("dav_password", "パスワードを入力してください");
    }
    let writes = form.has("dav_writes", TICKED);
    let access = CalendarAccess { url: url?, user: user?.into(), password: password.to_owned() };
    Some((name?, NewCalendar::CalDav { writes }, access))
}

/// Parses the calendar's name; without one, a general name is used.
fn name(form: &Fields, field: &'static str, errors: &mut FieldErrors) -> Option<String> {
    let given = optional(form.get(field), |it| TextLine::parse("カレンダーの名前", it, LONGEST_NAME));
    errors.take(field, given).map(|it| it.map_or_else(|| "外部カレンダー".to_owned(), String::from))
}

/// Returns the field at which the error about an unreadable calendar is shown.
const fn field_of(trouble: &CalendarError, new: &NewCalendar) -> &'static str {
    match (new, trouble) {
        (NewCalendar::Ics, _) => "ics_url",
        (NewCalendar::CalDav { .. }, CalendarError::Failed(Failed::NotLetIn)) => "dav_user",
        (NewCalendar::CalDav { .. }, _) => "dav_url",
    }
}

async fn page_of(
    app: &App,
    expert: &ExpertUser,
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
) -> Result<CalendarsPage, Problem> {
    let now = app.clock.now();
    let calendars = external::of(&app.db, expert.id).await?;
    let mut refused = Vec::new();
    for it in calendars.iter().filter(|it| it.writes) {
        let entries = entry::of(&app.db, it.id).await?;
        refused.push((it.id, entries.into_iter().filter_map(|it| it.error).next()));
    }
    let mine = time_proposals(&app.db, ProposalScope::Expert(expert.id), now).await?;
    let refused = |id: Uuid| refused.iter().find(|it| it.0 == id).and_then(|it| it.1.clone());
    Ok(CalendarsPage {
        calendars: calendars.into_iter().map(|it| kept(refused(it.id), it, now)).collect(),
        proposals: mine.into_iter().filter_map(changed).collect(),
        clashes: clashes(&app.db, Some(expert.id), now).await?.iter().map(clash).collect(),
        shell,
        form,
        errors,
    })
}

fn kept(refused: Option<String>, it: Source, now: DateTime<Utc>) -> Kept {
    let mut notes = Vec::new();
    if it.unread > 0 {
        notes.push(format!(
            "読み取れない予定が{}件あり、空きの計算に使っていません。",
            wording::thousands(it.unread)
        ));
    }
    if it.unknown_zones > 0 {
        notes.push(format!(
            "タイムゾーンが分からない予定が{}件あり、いちばん近いと思われる時刻で読み取りました。",
            wording::thousands(it.unknown_zones)
        ));
    }
    notes.extend(refused.map(|why| format!("書き込めない予約があります。理由：{why}")));
    Kept {
        id: it.id,
        kind: if it.kind == CalendarKind::CalDav { "CalDAV" } else { "購読（ICS）" },
        fetched: format!(
            "{}（{}）",
            wording::long_date_time(it.fetched_at),
            wording::ago(it.fetched_at, now)
        ),
        stale: now - it.fetched_at >= STALE_AFTER,
        name: it.name,
        host: it.host,
        writes: it.writes,
        error: it.error,
        blocks_when_stale: it.blocks_when_stale,
        notes,
    }
}

/// Returns a change that the expert can undo; a proposal that came by mail is left to the center.
fn changed(it: TimeProposal) -> Option<Changed> {
    let ProposalSource::Calendar(calendar) = it.way else { return None };
    Some(Changed {
        id: it.id,
        href: url::expert(&it.number),
        what: format!("{}（{}）", it.company_name, it.number),
        booked: wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at),
        there: it.proposed.map(|(start, end)| wording::long_date_time_range(start, end)),
        calendar,
    })
}

fn clash(it: &CalendarClash) -> (String, String, String) {
    let at = &it.booking.appointment;
    (
        url::expert(&it.booking.number),
        format!("{}（{}）", it.booking.company_name, it.booking.number),
        wording::long_date_time_range(at.starts_at, at.ends_at),
    )
}
