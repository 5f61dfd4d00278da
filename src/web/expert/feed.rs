//! The expert's calendar for a calendar program, under a secret address.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header,
    web::{Data, Path},
};
use chrono::TimeDelta;
use ical::{Entry, Status};
use sha2::{Digest, Sha256};

use crate::{
    app::App,
    problem::Problem,
    secret::{hex, token_hash},
    store::{
        self,
        booking::expert_agenda::{FeedEntry, FeedStatus},
    },
    url,
};

/// How long past and cancelled appointments stay in the feed.
const KEPT: TimeDelta = TimeDelta::days(30);

#[get("/calendar/{token}.ics")]
pub async fn show(app: Data<App>, token: Path<String>, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let expert =
        store::routing::expert::by_feed(&app.db, &token_hash(&token)).await?.ok_or(Problem::NotFound)?;
    let now = app.clock.now();
    let appointments = store::booking::expert_agenda::feed_entries(&app.db, expert, now - KEPT, now).await?;
    let worded: Vec<_> = appointments.iter().map(|it| in_words(&app, it)).collect();
    let entries: Vec<_> = worded.iter().map(Worded::entry).collect();
    let programme = app.programme().await?;
    let name = &programme.settings_at(now).center_name;
    // Every entry contains the time of writing, so the tag is computed from a feed without it.
    let timeless = ical::Feed::new(name, &entries);
    let tag = format!("\"{}\"", hex(&Sha256::digest(timeless.as_str().as_bytes())[..16]));
    let known = req.headers().get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    if known.is_some_and(|it| it.split(',').any(|it| it.trim().trim_start_matches("W/") == tag)) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(timeless.at(now)))
}

/// An appointment in words.
struct Worded<'a> {
    appointment: &'a FeedEntry,
    summary: String,
    description: String,
    url: Option<String>,
}

fn in_words<'a>(app: &App, appointment: &'a FeedEntry) -> Worded<'a> {
    let mode = appointment.mode.label();
    let (summary, description, url) = match &appointment.case {
        Some(case) => {
            let name = case.company_name.as_deref().unwrap_or("担当の依頼（回答待ち）");
            let description =
                format!("受付番号：{}\n分野：{}\n方法：{mode}", case.number, case.fields.label());
            (format!("相談：{name}"), description, Some(app.site.absolute(&url::expert(&case.number))))
        }
        None => ("テレワーク相談".to_owned(), format!("方法：{mode}"), None),
    };
    let mark = if status(appointment.feed_status) == Status::Tentative { "【仮】" } else { "" };
    Worded { appointment, summary: format!("{mark}{summary}"), description, url }
}

impl Worded<'_> {
    fn entry(&self) -> Entry<'_> {
        let it = self.appointment;
        let accepted = it.case.as_ref().is_some_and(|case| case.company_name.is_some());
        Entry {
            uid: &it.uid,
            sequence: it.sequence,
            starts_at: it.starts_at,
            ends_at: it.ends_at,
            status: status(it.feed_status),
            summary: &self.summary,
            description: &self.description,
            // A visit's address would reveal the company.
            location: if accepted { &it.place } else { "" },
            url: self.url.as_deref(),
        }
    }
}

const fn status(feed_status: FeedStatus) -> Status {
    match feed_status {
        FeedStatus::Asked | FeedStatus::Held => Status::Tentative,
        FeedStatus::Certain => Status::Confirmed,
        FeedStatus::Ended => Status::Cancelled,
    }
}
