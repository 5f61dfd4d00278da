//! The editors' list of one kind, with what needs their attention above it.
use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    calendar::japan_date,
    publication::{Facts, Period, Phase, Publication, PublicationKind},
};

use super::consent_panel;
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        publication::{ListedPublication, deleted_draft::DeletedDraft, link_check::LinkCheck},
    },
    web::kit::{
        page::{self, Shell},
        session::EditorUser,
    },
};

/// The most publications that are listed: those that changed last.
const SHOWN: u64 = 500;

/// The number of deleted drafts that are listed.
const DELETED_SHOWN: u64 = 20;

/// The time before the end of a period from which an editor is told of it.
const SOON: TimeDelta = TimeDelta::days(14);

#[derive(Template)]
#[template(path = "editor/list.html")]
struct ListPage {
    shell: Shell,
    kind: PublicationKind,
    attention: Vec<Line>,
    lines: Vec<Line>,
    faults: Vec<LinkCheck>,
    /// The number of registrations for telework months that wait.
    waiting: u64,
    /// The drafts that were deleted last.
    deleted: Vec<DeletedDraft>,
}

/// One publication of the list.
struct Line {
    publication: Publication,
    phase: Phase,
    updated_at: DateTime<Utc>,
    /// The reason why it needs attention; empty if it does not.
    attention: String,
    /// The state of the company's consent under which it stands; empty for any other.
    consent: &'static str,
}

#[get("/staff/publish")]
pub async fn index(_: EditorUser) -> Result<HttpResponse, Problem> {
    Ok(page::see_other(address(PublicationKind::News)))
}

#[get("/staff/publish/{kind}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    kind: Path<String>,
) -> Result<HttpResponse, Problem> {
    let kind = PublicationKind::from_code(&kind).ok_or(Problem::NotFound)?;
    let now = app.clock.now();
    let days = page::settings(&app).await?.guide_check_days;
    let newest = store::publication::newest(&app.db, kind, SHOWN).await?;
    let mut lines: Vec<_> = newest.into_iter().map(|it| line(it, now, days)).collect();
    let mut waiting = 0;
    for (id, n) in store::campaign::registration::waiting(&app.db).await? {
        waiting += n;
        for it in lines.iter_mut().filter(|it| it.publication.id == id) {
            it.attention = format!("承認待ちの登録が{n}件あります");
        }
    }
    if kind == PublicationKind::Gathering {
        mark_missing_links(&app, &mut lines, now).await?;
    }
    if kind == PublicationKind::Example {
        let consents = store::publication::consent::in_force(&app.db).await?;
        for line in &mut lines {
            let Some(it) = consents.get(&line.publication.id) else { continue };
            line.consent = it.state.status().label();
            let wanted = consent_panel::attention(it, line.publication.public_revision.is_some());
            line.attention = if wanted.is_empty() { std::mem::take(&mut line.attention) } else { wanted };
        }
    }
    let ids: Vec<_> = lines.iter().map(|it| it.publication.id).collect();
    let mut faults = store::publication::link_check::failing(&app.db).await?;
    faults.retain(|it| ids.contains(&it.publication));
    let (attention, lines) = lines.into_iter().partition(|it| !it.attention.is_empty());
    let deleted = store::publication::deleted_draft::newest(&app.db, kind, DELETED_SHOWN).await?;
    page::html(&ListPage { shell, kind, attention, lines, faults, waiting, deleted })
}

/// Marks the events that begin soon and have no meeting link for those who take part online.
async fn mark_missing_links(app: &App, lines: &mut [Line], now: DateTime<Utc>) -> Result<(), Problem> {
    let events = store::gathering::some(&app.db, lines.iter().map(|it| it.publication.id)).await?;
    for line in lines {
        let event = events.get(&line.publication.id).filter(|it| it.misses_link());
        if event.is_some_and(|it| now < it.ends_at && it.starts_at < now + SOON) {
            "オンラインの接続先が登録されていません".clone_into(&mut line.attention);
        }
    }
    Ok(())
}

/// Returns the address of the list of a kind.
pub fn address(kind: PublicationKind) -> String {
    format!("/staff/publish/{}", kind.code())
}

fn line(it: ListedPublication, now: DateTime<Utc>, check_days: u16) -> Line {
    let ListedPublication { publication, updated_at } = it;
    let phase = publication.state.phase(now);
    let attention = match phase {
        Phase::Current => attention(&publication, now, check_days),
        Phase::Draft | Phase::Scheduled | Phase::Expired | Phase::Archived => String::new(),
    };
    Line { publication, phase, updated_at, attention, consent: "" }
}

/// Returns why a public publication needs an editor's attention; empty if it does not.
fn attention(it: &Publication, now: DateTime<Utc>, check_days: u16) -> String {
    let today = japan_date(now);
    if let Facts::Guide(guide) = &it.content.facts {
        if let Some(hidden) = guide.hidden(today, check_days) {
            return format!("{}ため、公開のページに出ていません", hidden.label());
        }
        let soon = (today + SOON, guide.checked_on + TimeDelta::days(i64::from(check_days)));
        if soon.1 < soon.0 {
            return format!("{}までに内容の確認が必要です", domain::wording::month_day_weekday(soon.1));
        }
        if let Some(last) = guide.valid_until.filter(|it| *it < soon.0) {
            return format!("{}で有効期限が切れます", domain::wording::month_day_weekday(last));
        }
    }
    let until = it.state.period().and_then(Period::until).filter(|it| *it < now + SOON);
    let ends = until.map(|it| format!("{}に公開が終わります", domain::wording::month_day_time(it)));
    let changed = it.has_unpublished_changes().then(|| "公開していない変更があります".to_owned());
    changed.or(ends).unwrap_or_default()
}

impl ListPage {
    /// Returns the lists of all kinds: the address, the label, and whether it is this one.
    fn kinds(&self) -> Vec<(String, String, bool)> {
        let waits = format!("（承認待ち{}件）", self.waiting);
        let waits = |it| if it == PublicationKind::Campaign && self.waiting > 0 { &*waits } else { "" };
        let label = |it: PublicationKind| format!("{}{}", it.label(), waits(it));
        PublicationKind::ALL.map(|it| (address(it), label(it), it == self.kind)).to_vec()
    }

    fn title_of(&self, check: &LinkCheck) -> &str {
        let mut all = self.attention.iter().chain(&self.lines);
        all.find(|it| it.publication.id == check.publication)
            .map_or("", |it| it.publication.content.title.as_str())
    }
}
