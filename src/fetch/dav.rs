//! Accesses a calendar collection of a CalDAV server (RFC 4791). `libdav` writes the requests and reads the
//! answers; this crate sends them, so that they are guarded like every other fetch.
use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use chrono::{DateTime, Utc};
use http::{Request, StatusCode, Uri, response::Parts};
use libdav::{
    caldav::{CalendarComponent, GetCalendarResources, ListCalendarResources, TimeRange, UtcTimestamp},
    dav::{Delete, PutResource, PutResourceParseError},
    encoding::normalise_percent_encoded,
    requests::{DavRequest, ParseResponseError},
};
use url::Url;

use super::{Ask, Failed, Fetcher, Login, refusal};

const CALENDAR: &str = "text/calendar; charset=utf-8";
/// The most objects that are fetched with one request.
const AT_ONCE: usize = 100;

pub struct Collection<'a> {
    pub fetch: &'a Fetcher,
    pub url: Url,
    pub login: Login<'a>,
}

/// One object of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub etag: String,
    pub data: String,
}

/// The result of a change that applies only to the known version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The change was made. Contains the new version, if the server names it.
    Done(Option<String>),
    /// The server has another version.
    Conflict,
    /// The object does not exist.
    Gone,
}

impl Collection<'_> {
    /// Returns the paths of the events that overlap a period, each with its version.
    pub async fn list(&self, during: &Range<DateTime<Utc>>) -> Result<BTreeMap<String, String>, Failed> {
        let range = TimeRange::Between(stamp(during.start)?, stamp(during.end)?);
        let request = ListCalendarResources::new(self.url.path())
            .with_component_and_time_range(CalendarComponent::VEvent, range);
        let (parts, body) = self.send(request.prepare_request(self.base()?)).await?;
        let found = request.parse_response(&parts, &body).map_err(|err| unreadable(&err))?;
        Ok(found.resources.into_iter().filter_map(|it| Some((it.href, it.etag?))).collect())
    }

    /// Returns the objects at these paths. Objects that do not exist are left out.
    pub async fn get(&self, hrefs: &[String]) -> Result<BTreeMap<String, Object>, Failed> {
        let mut objects = BTreeMap::new();
        for part in hrefs.chunks(AT_ONCE) {
            let request = GetCalendarResources::new(self.url.path()).with_hrefs(part);
            let (parts, body) = self.send(request.prepare_request(self.base()?)).await?;
            let found = request.parse_response(&parts, &body).map_err(|err| unreadable(&err))?;
            for it in found.resources {
                match it.content {
                    Ok(content) => {
                        objects.insert(it.href, Object { etag: content.etag, data: content.data });
                    }
                    Err(StatusCode::NOT_FOUND | StatusCode::GONE) => {}
                    Err(status) => return Err(refusal(status)),
                }
            }
        }
        Ok(objects)
    }

    /// Writes an object. Replaces the version `over`, or creates the object if there is none yet.
    pub async fn put(&self, href: &str, data: &str, over: Option<&str>) -> Result<Change, Failed> {
        let put = PutResource::new(href);
        let parsed = match over {
            Some(etag) => {
                let request = put.update(data, CALENDAR, etag);
                let (parts, body) = self.send(request.prepare_request(self.base()?)).await?;
                request.parse_response(&parts, &body)
            }
            None => {
                let request = put.create(data, CALENDAR);
                let (parts, body) = self.send(request.prepare_request(self.base()?)).await?;
                request.parse_response(&parts, &body)
            }
        };
        match parsed {
            Ok(done) => Ok(Change::Done(done.etag)),
            Err(PutResourceParseError::BadStatusCode(StatusCode::PRECONDITION_FAILED)) => {
                Ok(Change::Conflict)
            }
            // Some servers answer so if the version belongs to an object that does not exist.
            Err(PutResourceParseError::BadStatusCode(StatusCode::NOT_FOUND)) if over.is_some() => {
                Ok(Change::Gone)
            }
            Err(PutResourceParseError::BadStatusCode(status)) => Err(refusal(status)),
            Err(PutResourceParseError::PreconditionFailed(_) | PutResourceParseError::InvalidResponse(_)) => {
                Err(Failed::NoCollection)
            }
        }
    }

    /// Removes an object of this version.
    pub async fn delete(&self, href: &str, etag: &str) -> Result<Change, Failed> {
        let request = Delete::new(href).with_etag(etag);
        let (parts, body) = self.send(request.prepare_request(self.base()?)).await?;
        match request.parse_response(&parts, &body) {
            Ok(_) => Ok(Change::Done(None)),
            Err(ParseResponseError::BadStatusCode(StatusCode::PRECONDITION_FAILED)) => Ok(Change::Conflict),
            Err(ParseResponseError::BadStatusCode(StatusCode::NOT_FOUND | StatusCode::GONE)) => {
                Ok(Change::Gone)
            }
            Err(err) => Err(unreadable(&err)),
        }
    }

    async fn send(&self, prepared: Result<Request<String>, http::Error>) -> Result<(Parts, Vec<u8>), Failed> {
        let (parts, body) = prepared.map_err(|_| Failed::NoCollection)?.into_parts();
        let url = self.url.join(&parts.uri.to_string()).map_err(|_| Failed::NoCollection)?;
        let ask = Ask { method: parts.method, url, headers: parts.headers, body, login: Some(self.login) };
        let answer = self.fetch.fetch(ask).await?;
        let (mut parts, ()) = http::Response::new(()).into_parts();
        parts.status = answer.status;
        parts.headers = answer.headers;
        Ok((parts, answer.body))
    }

    fn base(&self) -> Result<Uri, Failed> {
        self.url.origin().ascii_serialization().parse().map_err(|_| Failed::NoCollection)
    }
}

/// Returns the path of an object with this name in a collection, normalised like the paths in servers'
/// answers.
pub fn path_below(collection: &Url, name: &str) -> String {
    let path = format!("{}/{name}", collection.path().trim_end_matches('/'));
    normalise_percent_encoded(&path).map_or_else(|_| path.clone(), Cow::into_owned)
}

fn stamp(at: DateTime<Utc>) -> Result<UtcTimestamp, Failed> {
    at.format("%Y%m%dT%H%M%SZ").to_string().parse().map_err(|_| Failed::NoCollection)
}

fn unreadable(err: &ParseResponseError) -> Failed {
    match err {
        ParseResponseError::BadStatusCode(status) if status.is_server_error() => refusal(*status),
        ParseResponseError::BadStatusCode(StatusCode::UNAUTHORIZED) => Failed::NotLetIn,
        ParseResponseError::BadStatusCode(StatusCode::NOT_FOUND) => Failed::NotThere,
        ParseResponseError::BadStatusCode(_)
        | ParseResponseError::Xml(_)
        | ParseResponseError::InvalidResponse(_) => Failed::NoCollection,
    }
}
