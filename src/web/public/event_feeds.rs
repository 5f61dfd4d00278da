//! Events for calendar programs (RFC 5545) and feed readers.
use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    publication::{PublicationKind, gathering::GatheringFacts},
    wording::long_date_time_range,
};
use ical::{Entry, Feed, Status};

use super::{
    atom::{AtomItem, answer},
    events::{Standing, events, numbered},
};
use crate::{
    app::App,
    problem::Problem,
    store::{gathering::Gathering, publication::shelf::ShelvedPublication},
    url,
    web::kit::page,
};

/// The number of events in a feed.
const IN_FEED: usize = 100;

/// The time for which an event stays in the calendar after its end.
const STAYS: TimeDelta = TimeDelta::days(90);

/// The calendar entry of an event, in words that the entry borrows.
struct CalendarWords {
    uid: String,
    summary: String,
    description: String,
    place: String,
    page: String,
    sequence: i32,
    is_called_off: bool,
    times: (DateTime<Utc>, DateTime<Utc>),
}

impl CalendarWords {
    fn of(app: &App, it: &ShelvedPublication, facts: &GatheringFacts, row: Option<&Gathering>) -> Self {
        let is_called_off = row.is_some_and(|it| it.called_off.is_some());
        let title = it.title.to_string();
        Self {
            uid: app.calendar_uid(it.id.0),
            summary: if is_called_off { format!("【中止】{title}") } else { title },
            description: format!("{}　主催：{}", facts.kind.label(), facts.organizers.as_str()),
            place: facts.place().to_owned(),
            page: app.site.absolute(&url::publication(PublicationKind::Gathering, it.number)),
            sequence: row.map_or(0, |it| it.sequence),
            is_called_off,
            times: (facts.starts_at, facts.ends_at),
        }
    }

    fn entry(&self) -> Entry<'_> {
        Entry {
            uid: &self.uid,
            sequence: self.sequence,
            starts_at: self.times.0,
            ends_at: self.times.1,
            status: if self.is_called_off { Status::Cancelled } else { Status::Confirmed },
            summary: &self.summary,
            description: &self.description,
            location: &self.place,
            url: Some(&self.page),
        }
    }
}

#[get("/events.ics")]
pub async fn calendar(app: Data<App>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let settings = page::settings(&app).await?;
    let mut kept: Vec<_> = events(&shelf, now).filter(|(_, facts)| now < facts.ends_at + STAYS).collect();
    kept.sort_by_key(|(_, facts)| std::cmp::Reverse(facts.starts_at));
    kept.truncate(IN_FEED);
    let standing = Standing::of(&app, kept.iter().map(|(it, _)| it.id)).await?;
    let words: Vec<_> =
        kept.iter().map(|(it, facts)| CalendarWords::of(&app, it, facts, standing.row(it.id))).collect();
    let entries: Vec<_> = words.iter().map(CalendarWords::entry).collect();
    let feed = Feed::new(&format!("{}のイベント", settings.center_name), &entries);
    Ok(HttpResponse::Ok().content_type("text/calendar; charset=utf-8").body(feed.at(now)))
}

#[get("/events/{id}.ics")]
pub async fn entry(app: Data<App>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let (it, facts) = numbered(&shelf, &id, now)?;
    let standing = Standing::of(&app, [it.id]).await?;
    let words = CalendarWords::of(&app, it, facts, standing.row(it.id));
    let body = ical::entry(&words.entry(), now);
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8; method=PUBLISH")
        .insert_header(("content-disposition", "attachment; filename=\"event.ics\""))
        .body(body))
}

#[get("/events.atom")]
pub async fn atom(app: Data<App>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let items = events(&shelf, now).take(IN_FEED).map(|(it, facts)| AtomItem {
        publication: it,
        category: facts.kind.label(),
        summary: Some(long_date_time_range(facts.starts_at, facts.ends_at)),
    });
    answer(&app, PublicationKind::Gathering, "イベント", &items.collect::<Vec<_>>()).await
}
