//! External calendars of experts: adding, reading at intervals, changing and removing them.
//!
//! A calendar is fetched between two transactions, under a lease. The times read last stay in force until a newer
//! version has been read completely.
use std::{
    ops::Range,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use codes::CalendarKind;
use domain::{
    booking::availability::touched_quarters,
    calendar::{at_japan, japan_date},
    id::{AccountId, ExpertId},
};
use http::{HeaderMap, HeaderValue, Method, header};
use ical::busy::{Reader, Unreadable};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::{
    app::App,
    fetch::{Ask, Failed, Login},
    problem::Problem,
    store::{
        self,
        calendars::external::{CalendarReading, Source},
    },
};

pub mod entries;

/// The number of calendars that an expert may have.
const MOST: usize = 5;
/// The period ahead for which busy times are kept; longer than any booking horizon.
const AHEAD: TimeDelta = TimeDelta::days(200);
/// The interval at which a calendar is read.
const EVERY: TimeDelta = TimeDelta::minutes(30);
/// The longest time between two tries, in minutes.
const LONGEST_WAIT: i64 = 120;
/// The time without a successful reading after which a calendar is stale, and its owner is told.
pub const STALE_AFTER: TimeDelta = TimeDelta::hours(24);
/// The time for which a calendar is leased: far longer than a fetch may take.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The longest time for which reading one calendar may occupy a thread.
const LONGEST_READING: Duration = Duration::from_secs(20);

/// The address and login of a calendar. Stored encrypted: the address of a feed alone gives access to it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarAccess {
    pub url: Url,
    /// Empty for a feed.
    pub user: String,
    pub password: String,
}

/// The kind of a calendar that an expert adds.
#[derive(Clone)]
pub enum NewCalendar {
    /// A feed, which is only read.
    Ics,
    /// A CalDAV collection. Appointments are written into it if `writes` is set.
    CalDav { writes: bool },
}

/// Why a calendar cannot be read; the text is for its owner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error(transparent)]
    Failed(#[from] Failed),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("保存した接続の情報を読み取れません。このカレンダーを削除して、もう一度登録してください")]
    Undecipherable,
    #[error("登録できるカレンダーは5つまでです。使わないものを削除してください")]
    TooMany,
}

/// The result of fetching a calendar.
pub(in crate::ops) enum FetchResult {
    /// The calendar has not changed since the stored version.
    Same,
    Read(CalendarReading),
}

/// The outcome of reading a calendar again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefreshOutcome {
    Read,
    Failed(String),
    /// Another process holds the lease.
    InHand,
    Gone,
}

/// Reads a calendar once, and adds it if that succeeds.
pub async fn add(
    app: &App,
    expert: ExpertId,
    name: &str,
    new: NewCalendar,
    access: &CalendarAccess,
) -> Result<Result<Uuid, CalendarError>, Problem> {
    if store::calendars::external::of(&app.db, expert).await?.len() >= MOST {
        return Ok(Err(CalendarError::TooMany));
    }
    let now = app.clock.now();
    let (kind, writes) = match new {
        NewCalendar::Ics => (CalendarKind::Ics, false),
        NewCalendar::CalDav { writes } => (CalendarKind::CalDav, writes),
    };
    let read = match first_look(app, kind, access, now).await {
        Ok(read) => read,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let id = Uuid::now_v7();
    let source = Source {
        id,
        expert_id: expert.0,
        kind: kind.into(),
        name: name.to_owned(),
        host: access.url.host_str().unwrap_or_default().to_owned(),
        access: app.secret.encrypt(id, &serde_json::to_string(access)?)?,
        writes,
        blocks_when_stale: true,
        blocking: true,
        version: read.version,
        created_at: now,
        due_at: now + EVERY,
        fetched_at: now,
        read_at: now,
        failing_since: None,
        failures: 0,
        error: None,
        unread: read.unread,
        unknown_zones: read.unknown_zones,
        lease_token: None,
        lease_until: None,
    };
    let tx = app.begin().await?;
    store::calendars::external::insert(&tx, source, &read.quarters).await?;
    tx.commit().await?;
    Ok(Ok(id))
}

/// The changes to a calendar's address and login; `None` keeps the stored value.
#[derive(Clone, Default)]
pub struct AccessChange {
    pub url: Option<Url>,
    pub user: Option<String>,
    pub password: Option<String>,
}

/// Changes the address or login of one of the expert's own calendars, if it can be read with them.
pub async fn change(
    app: &App,
    expert: ExpertId,
    id: Uuid,
    change: AccessChange,
) -> Result<Result<(), CalendarError>, Problem> {
    let source = store::calendars::external::find(&app.db, id).await?.filter(|it| it.expert_id == expert.0);
    let source = source.ok_or(Problem::NotFound)?;
    let Some(old) = opened(app, &source) else { return Ok(Err(CalendarError::Undecipherable)) };
    let access = CalendarAccess {
        url: change.url.unwrap_or_else(|| old.url.clone()),
        user: change.user.unwrap_or(old.user),
        password: change.password.unwrap_or(old.password),
    };
    let Some(kind) = source.kind.known() else { return Ok(Err(CalendarError::Undecipherable)) };
    let now = app.clock.now();
    let read = match first_look(app, kind, &access, now).await {
        Ok(read) => read,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let tx = app.begin().await?;
    // Fetching took time: changes that were made to the calendar meanwhile are kept.
    let current = store::calendars::external::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    let changed = Source {
        host: access.url.host_str().unwrap_or_default().to_owned(),
        access: app.secret.encrypt(id, &serde_json::to_string(&access)?)?,
        blocking: true,
        version: read.version,
        // Bookings are written at the next refresh.
        due_at: now,
        fetched_at: now,
        read_at: now,
        failing_since: None,
        failures: 0,
        error: None,
        unread: read.unread,
        unknown_zones: read.unknown_zones,
        ..current
    };
    store::calendars::external::replace(&tx, changed, &read.quarters, access.url != old.url).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Removes one of the expert's own calendars, and the busy times read from it.
pub async fn remove(app: &App, expert: ExpertId, id: Uuid) -> Result<(), Problem> {
    let tx = app.begin().await?;
    if !store::calendars::external::remove(&tx, expert, id).await? {
        return Err(Problem::NotFound);
    }
    tx.commit().await?;
    Ok(())
}

/// Sets whether a stale calendar still blocks the expert's time.
pub async fn keep_blocking(app: &App, expert: ExpertId, id: Uuid, blocks: bool) -> Result<(), Problem> {
    let fresh = app.clock.now() - STALE_AFTER;
    let tx = app.begin().await?;
    store::calendars::external::save_policy(&tx, expert, id, blocks, fresh).await?;
    tx.commit().await?;
    Ok(())
}

/// Unblocks the times of stale calendars whose owners want that. Returns how many calendars there were.
pub async fn unblock_stale(app: &App) -> Result<u64, Problem> {
    let fresh = app.clock.now() - STALE_AFTER;
    let tx = app.begin().await?;
    let done = store::calendars::external::unblock(&tx, fresh).await?;
    tx.commit().await?;
    Ok(done)
}

/// Reads a calendar again and, if it is writable, writes the entries that are missing there.
pub async fn refresh(app: &App, id: Uuid) -> Result<RefreshOutcome, Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let leased = store::calendars::external::lease(&tx, id, now, now + LEASE).await?;
    tx.commit().await?;
    let Some((token, source)) = leased else {
        let there = store::calendars::external::find(&app.db, id).await?.is_some();
        return Ok(if there { RefreshOutcome::InHand } else { RefreshOutcome::Gone });
    };
    let account = store::accounts::account::find(&app.db, AccountId(source.expert_id)).await?;
    if account.is_none_or(|it| !it.active) {
        return Box::pin(clear_out(app, &source, token, now)).await;
    }
    let seen = match opened(app, &source) {
        Some(access) => look_and_write(app, &source, &access, now).await?,
        None => Err(CalendarError::Undecipherable),
    };
    let tx = app.begin().await?;
    let ours = match &seen {
        Ok(seen) => {
            let read = match seen {
                FetchResult::Same => None,
                FetchResult::Read(read) => Some(read),
            };
            store::calendars::external::settle(&tx, id, token, read, now + EVERY, now).await?
        }
        Err(trouble) => {
            let again = now + wait(source.failures);
            store::calendars::external::settle_failed(&tx, id, token, &trouble.to_string(), again, now)
                .await?
        }
    };
    tx.commit().await?;
    if !ours {
        return Ok(RefreshOutcome::Gone);
    }
    Ok(match seen {
        Ok(_) => RefreshOutcome::Read,
        Err(trouble) => {
            tracing::warn!(calendar.id = %id, "could not read an external calendar: {trouble}");
            RefreshOutcome::Failed(trouble.to_string())
        }
    })
}

/// Takes our entries out of the calendar of a closed account, which is not read any more. Erases the calendar, with its
/// address and login, once no entry of an appointment ahead is left, or if the server has failed for `STALE_AFTER`.
async fn clear_out(
    app: &App,
    source: &Source,
    token: Uuid,
    now: DateTime<Utc>,
) -> Result<RefreshOutcome, Problem> {
    let Some(access) = opened(app, source) else {
        return remove(app, ExpertId(source.expert_id), source.id).await.map(|()| RefreshOutcome::Gone);
    };
    let done = if source.writes { entries::follow(app, source, &access, now).await? } else { Ok(()) };
    let is_over = match &done {
        Ok(()) => !store::calendars::external::entry::are_ahead(&app.db, source.id, now).await?,
        Err(_) => source.failing_since.is_some_and(|since| now - since >= STALE_AFTER),
    };
    let tx = app.begin().await?;
    if is_over {
        store::calendars::external::remove(&tx, ExpertId(source.expert_id), source.id).await?;
        tx.commit().await?;
        return Ok(RefreshOutcome::Gone);
    }
    let outcome = match done {
        Ok(()) => {
            store::calendars::external::settle(&tx, source.id, token, None, now + EVERY, now).await?;
            RefreshOutcome::Read
        }
        Err(trouble) => {
            let (why, again) = (trouble.to_string(), now + wait(source.failures));
            store::calendars::external::settle_failed(&tx, source.id, token, &why, again, now).await?;
            RefreshOutcome::Failed(why)
        }
    };
    tx.commit().await?;
    Ok(outcome)
}

async fn look_and_write(
    app: &App,
    source: &Source,
    access: &CalendarAccess,
    now: DateTime<Utc>,
) -> Result<Result<FetchResult, CalendarError>, Problem> {
    let Some(kind) = source.kind.known() else { return Ok(Err(CalendarError::Undecipherable)) };
    // Once a day everything is read, whatever the server answers: its clock or its versions may be wrong.
    let version = source.version.as_deref().filter(|_| now - source.read_at < STALE_AFTER);
    let seen = match look(app, kind, access, version, now).await {
        Ok(seen) => seen,
        Err(trouble) => return Ok(Err(trouble)),
    };
    if !source.writes {
        return Ok(Ok(seen));
    }
    Ok(entries::follow(app, source, access, now).await?.map(|()| seen))
}

/// Reads a calendar of which nothing is stored yet.
async fn first_look(
    app: &App,
    kind: CalendarKind,
    access: &CalendarAccess,
    now: DateTime<Utc>,
) -> Result<CalendarReading, CalendarError> {
    Ok(match look(app, kind, access, None, now).await? {
        FetchResult::Read(read) => read,
        FetchResult::Same => CalendarReading::default(),
    })
}

/// Fetches and reads a calendar, unless its version is still `version`.
async fn look(
    app: &App,
    kind: CalendarKind,
    access: &CalendarAccess,
    version: Option<&str>,
    now: DateTime<Utc>,
) -> Result<FetchResult, CalendarError> {
    let window = window(now);
    if kind == CalendarKind::CalDav {
        let Some((version, objects)) = entries::objects(app, access, version, &window).await? else {
            return Ok(FetchResult::Same);
        };
        return read(app, objects, Some(version), window).await;
    }
    let ask = Ask {
        method: Method::GET,
        url: access.url.clone(),
        headers: conditions(version),
        body: String::new(),
        login: None,
    };
    let answer = app.fetch.fetch(ask).await?;
    if answer.status == http::StatusCode::NOT_MODIFIED && version.is_some() {
        return Ok(FetchResult::Same);
    }
    let answer = answer.succeeded()?;
    let version = answer.header(header::ETAG).map(|it| format!("etag {it}"));
    let version = version.or_else(|| answer.header(header::LAST_MODIFIED).map(|it| format!("date {it}")));
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    read(app, vec![text], version, window).await
}

/// Reads the texts on a blocking thread, because a large calendar takes time.
async fn read(
    app: &App,
    texts: Vec<String>,
    version: Option<String>,
    window: Range<DateTime<Utc>>,
) -> Result<FetchResult, CalendarError> {
    let domain = app.config.mail_reply_domain.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let ours = |uid: &str| is_ours(uid, &domain);
        let until = Instant::now() + LONGEST_READING;
        let is_late = || Instant::now() > until;
        let mut reader = Reader::new(window, &ours, &is_late);
        texts.iter().try_for_each(|it| reader.read(it))?;
        Ok::<_, Unreadable>(reader.finish())
    });
    let busy = reading.await.map_err(|err| {
        tracing::error!("the task that reads a calendar failed: {err}");
        Unreadable::NotACalendar
    })??;
    let count = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    Ok(FetchResult::Read(CalendarReading {
        quarters: touched_quarters(busy.stretches()),
        version,
        unread: count(busy.unread),
        unknown_zones: count(busy.unknown_zones),
    }))
}

/// Returns the headers with which a server answers only if the calendar has changed. The version is sent back exactly
/// as the server gave it.
fn conditions(version: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/calendar, */*;q=0.5"));
    let named = version.and_then(|it| it.split_once(' '));
    if let Some((kind, value)) = named
        && let Ok(value) = HeaderValue::from_str(value)
    {
        let name = if kind == "etag" { header::IF_NONE_MATCH } else { header::IF_MODIFIED_SINCE };
        headers.insert(name, value);
    }
    headers
}

/// Returns the period in which busy times are kept, from the beginning of today in Japan.
fn window(now: DateTime<Utc>) -> Range<DateTime<Utc>> {
    let today = at_japan(japan_date(now), 0, 0);
    today..today + AHEAD
}

fn opened(app: &App, source: &Source) -> Option<CalendarAccess> {
    serde_json::from_str(&app.secret.decrypt(source.id, &source.access)?).ok()
}

/// Returns the time to the next try after `failures` earlier ones: 5, 10, 20, … minutes, at most two hours.
fn wait(failures: i32) -> TimeDelta {
    TimeDelta::minutes((5_i64 << failures.clamp(0, 5)).min(LONGEST_WAIT))
}

/// Returns whether a UID is one of `App::calendar_uid`: our own entry, however it came into that calendar.
fn is_ours(uid: &str, domain: &str) -> bool {
    let of_domain = uid.strip_suffix(domain).and_then(|it| it.strip_suffix('@'));
    of_domain.is_some_and(|it| it.len() == 32 && Uuid::try_parse(it).is_ok())
}

impl CalendarAccess {
    pub(in crate::ops) fn login(&self) -> Login<'_> {
        Login { user: &self.user, password: &self.password }
    }
}
