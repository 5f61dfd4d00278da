//! Events of the programme: the lists of those that are coming and that are over, and one event.
use std::{cmp::Reverse, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    calendar::japan_date,
    gathering::{EventStage, SeatCount, SeatKind},
    id::PublicationId,
    prefecture::Prefecture,
    publication::{Facts, Phase, PublicationKind, gathering::GatheringFacts},
    wording::{iso_date, long_date},
};
use uuid::Uuid;

use super::{list_page::ListPage, successor};
use crate::{
    app::App,
    markup,
    problem::Problem,
    store::{
        gathering::{Gathering, GatheringStanding, sign_up},
        publication::{
            self,
            shelf::{Shelf, ShelvedPublication},
        },
    },
    url,
    web::kit::{
        event_view::EventView,
        file_list::{self, FileLine},
        files,
        form::{Choice, Fields, prefectures},
        page::{self, Shell},
    },
};

/// One event in a list.
#[derive(Clone, Debug)]
pub struct EventLine {
    pub address: String,
    pub title: String,
    pub view: EventView,
    pub stage: EventStage,
    pub day: String,
    pub iso_date: String,
}

/// The seats of one kind on the page of an event.
pub struct SeatsLine {
    pub kind: SeatKind,
    pub count: SeatCount,
}

#[derive(Template)]
#[template(path = "public/events.html")]
struct EventsPage {
    shell: Shell,
    page: ListPage<EventLine>,
    /// Whether the list has the events that are over.
    past: bool,
    form: Fields,
    prefectures: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "public/event.html")]
struct EventPage {
    shell: Shell,
    title: String,
    address: String,
    event: EventView,
    html: Arc<str>,
    stage: EventStage,
    seats: Vec<SeatsLine>,
    /// The reason of the calling off.
    called_off: Option<String>,
    materials: Vec<domain::gathering::Material>,
    /// The files of the materials, once the event is over.
    files: Vec<FileLine>,
    /// Whether the publication has ended: its page says so instead of the text.
    has_ended: bool,
    /// The page that it leads to once it has ended.
    successor: Option<domain::publication::news::WebAddress>,
}

#[get("/events")]
pub async fn list(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let form = Fields::of_query(&req);
    let past = form.has("past", "1");
    let prefecture = Prefecture::parse(form.get("prefecture")).ok();
    let mut chosen: Vec<_> = events(&shelf, now)
        .filter(|(_, facts)| (facts.ends_at <= now) == past)
        .filter(|(_, facts)| prefecture.is_none_or(|it| facts.prefecture() == Some(it)))
        .collect();
    if past {
        chosen.sort_by_key(|(_, facts)| Reverse(facts.starts_at));
    } else {
        chosen.sort_by_key(|(_, facts)| facts.starts_at);
    }
    let mut query = Vec::new();
    if past {
        query.push("past=1".to_owned());
    }
    if let Some(it) = prefecture {
        query.push(format!("prefecture={}", it.two_digits()));
    }
    let address =
        if query.is_empty() { "/events".to_owned() } else { format!("/events?{}", query.join("&")) };
    let page = ListPage::of(chosen, form.get("page"), address);
    let standing = Standing::of(&app, page.entries.iter().map(|(it, _)| it.id)).await?;
    let page = page.map(|(it, facts)| line(it, facts, &standing, now));
    let prefectures = prefectures();
    page::html(&EventsPage { shell, page, past, form, prefectures })
}

#[get("/events/{id}")]
pub async fn show(app: Data<App>, shell: Shell, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let (it, facts) = numbered(&shelf, &id, now)?;
    let html = shelf.text(&app.db, it, markup::html).await?.unwrap_or_default();
    let standing = Standing::of(&app, [it.id]).await?;
    let has_ended = it.state.phase(now) != Phase::Current;
    let row = standing.row(it.id);
    let materials = row.and_then(|it| it.materials.as_deref()).unwrap_or_default();
    let files = match facts.ends_at <= now {
        true => file_list::lines(publication::file::open(&app.db, it.id).await?),
        false => Vec::new(),
    };
    page::html(&EventPage {
        shell,
        title: it.title.to_string(),
        address: url::publication(PublicationKind::Gathering, it.number),
        event: EventView::of(facts),
        html,
        stage: standing.stage(it.id, facts, now),
        seats: standing.seats(it.id, facts),
        called_off: row.and_then(|it| it.called_off.clone()).map(|(_, why)| why),
        materials: domain::gathering::Material::parse_all(materials).unwrap_or_default(),
        files,
        has_ended,
        successor: successor::of(&app, it.id, has_ended).await?,
    })
}

/// Sends a file of the materials, once the event is over. It is always saved, never displayed.
#[get("/events/{id}/files/{file}")]
pub async fn file(app: Data<App>, path: Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let (it, facts) = numbered(&shelf, &path.0, now)?;
    if now < facts.ends_at {
        return Err(Problem::Refused("資料は、イベントが終わるとダウンロードできます。".to_owned()));
    }
    files::of_publication(&app, it.id, path.1).await
}

/// The present standing of events, as pages show it.
pub struct Standing(Arc<GatheringStanding>);

impl Standing {
    pub async fn of(app: &App, ids: impl IntoIterator<Item = PublicationId>) -> Result<Self, Problem> {
        let ids: Vec<_> = ids.into_iter().collect();
        Ok(Self(Arc::new(GatheringStanding::of(&app.db, &ids).await?)))
    }

    /// Returns the row of an event.
    pub fn row(&self, id: PublicationId) -> Option<&Gathering> {
        self.0.rows.get(&id)
    }

    pub fn stage(&self, id: PublicationId, facts: &GatheringFacts, now: DateTime<Utc>) -> EventStage {
        let is_called_off = self.row(id).is_some_and(|it| it.called_off.is_some());
        let counts: Vec<_> = self.seats(id, facts).into_iter().map(|it| it.count).collect();
        EventStage::of((facts.starts_at, facts.ends_at, facts.deadline), is_called_off, &counts, now)
    }

    /// Returns the seats of each kind that an event has.
    pub fn seats(&self, id: PublicationId, facts: &GatheringFacts) -> Vec<SeatsLine> {
        let of = |kind| {
            let count = sign_up::seat_count(&self.0.tally, id, kind, facts.seats(kind)?);
            Some(SeatsLine { kind, count })
        };
        SeatKind::ALL.into_iter().filter_map(of).collect()
    }
}

/// Returns the events that are public at `now`.
pub fn events(
    shelf: &Shelf,
    now: DateTime<Utc>,
) -> impl Iterator<Item = (&ShelvedPublication, &GatheringFacts)> {
    shelf
        .current(PublicationKind::Gathering, now)
        .filter_map(|it| if let Facts::Gathering(facts) = &it.facts { Some((it, facts)) } else { None })
}

/// Returns the event at a public address.
pub fn numbered<'a>(
    shelf: &'a Shelf,
    id: &str,
    now: DateTime<Utc>,
) -> Result<(&'a ShelvedPublication, &'a GatheringFacts), Problem> {
    let number = id.parse().map_err(|_| Problem::NotFound)?;
    let it = shelf.numbered(PublicationKind::Gathering, number, now).ok_or(Problem::NotFound)?;
    if let Facts::Gathering(facts) = &it.facts { Ok((it, facts)) } else { Err(Problem::NotFound) }
}

/// Returns the next events, for the start page.
pub async fn coming(app: &App, shelf: &Shelf, most: usize) -> Result<Vec<EventLine>, Problem> {
    let now = app.clock.now();
    let mut next: Vec<_> = events(shelf, now).filter(|(_, facts)| facts.starts_at > now).collect();
    next.sort_by_key(|(_, facts)| facts.starts_at);
    next.truncate(most);
    let ids: Vec<_> = next.iter().map(|(it, _)| it.id).collect();
    let standing = Standing(app.standing_to_show(&ids).await?);
    Ok(next.into_iter().map(|(it, facts)| line(it, facts, &standing, now)).collect())
}

fn line(
    it: &ShelvedPublication,
    facts: &GatheringFacts,
    standing: &Standing,
    now: DateTime<Utc>,
) -> EventLine {
    let day = japan_date(facts.starts_at);
    EventLine {
        address: url::publication(PublicationKind::Gathering, it.number),
        title: it.title.to_string(),
        view: EventView::of(facts),
        stage: standing.stage(it.id, facts, now),
        day: long_date(day),
        iso_date: iso_date(day),
    }
}

impl EventPage {
    /// Returns the status as schema.org names it.
    fn schema_status(&self) -> &'static str {
        if self.stage == EventStage::CalledOff {
            "https://schema.org/EventCancelled"
        } else {
            "https://schema.org/EventScheduled"
        }
    }
}
