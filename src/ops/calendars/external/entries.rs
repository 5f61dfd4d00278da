//! Writes, updates and removes entries for bookings in an expert's CalDAV collection, and notices changes made there.
//!
//! The entries that belong there follow from the appointments alone, so an interruption loses nothing: the next refresh
//! finds what is missing. A change that was made there is stored as a proposal and never changes an appointment by
//! itself.
use std::{collections::BTreeMap, ops::Range};

use chrono::{DateTime, Utc};
use codes::CalendarEntryStatus;
use domain::id::ExpertId;
use ical::{Status, busy};
use sea_orm::DatabaseTransaction;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{CalendarAccess, CalendarError, wait};
use crate::{
    app::App,
    fetch::{
        Failed,
        dav::{Change, Collection, Object, path_below},
    },
    ops::calendars::time_proposal,
    problem::Problem,
    secret::hex,
    store::{
        self,
        calendars::external::{
            Source,
            entry::{CalendarBooking, Entry},
        },
    },
    url,
};

/// Returns the state of a collection and the objects to read busy times from; `None` if the state is still `version`.
pub(super) async fn objects(
    app: &App,
    access: &CalendarAccess,
    version: Option<&str>,
    during: &Range<DateTime<Utc>>,
) -> Result<Option<(String, Vec<String>)>, Failed> {
    let collection = collection(app, access);
    let listed = collection.list(during).await?;
    let mut hasher = Sha256::new();
    for (href, etag) in &listed {
        hasher.update(format!("{href}\n{etag}\n"));
    }
    let state = hex(&hasher.finalize()[..16]);
    if version == Some(state.as_str()) {
        return Ok(None);
    }
    let hrefs: Vec<_> = listed.into_keys().collect();
    let found = collection.get(&hrefs).await?;
    Ok(Some((state, found.into_values().map(|it| it.data).collect())))
}

/// Notices changes to our entries, then writes missing and outdated entries and removes those of cancelled
/// appointments.
///
/// An entry that the server refuses is recorded with the reason, and the remaining entries are still written. Stops if
/// the lease has gone to another process or the owner has changed the calendar's address.
pub(super) async fn follow(
    app: &App,
    source: &Source,
    access: &CalendarAccess,
    now: DateTime<Utc>,
) -> Result<Result<(), CalendarError>, Problem> {
    let collection = collection(app, access);
    let expert = ExpertId(source.expert_id);
    let bookings = store::calendars::external::entry::bookings(&app.db, expert, now).await?;
    let known = store::calendars::external::entry::of(&app.db, source.id).await?;
    let hrefs: Vec<_> = known.iter().map(|it| it.href.clone()).collect();
    let found = match collection.get(&hrefs).await {
        Ok(found) => found,
        Err(failed) => return Ok(Err(failed.into())),
    };
    let mut entries: BTreeMap<_, _> = known.into_iter().map(|it| (it.appointment_id, it)).collect();
    for booking in &bookings {
        let known = entries.remove(&booking.appointment.id.0);
        let was_changed = known.as_ref().is_some_and(time_proposal::is_changed);
        let entry = match known {
            Some(entry) => noticed(app, source, entry, booking, &found, now).await?,
            None => new_entry(app, source, access, booking, now).await?,
        };
        let Some(entry) = entry else { return Ok(Ok(())) };
        if time_proposal::is_changed(&entry) {
            time_proposal::await_decision(app, &entry, expert).await?;
        } else if was_changed {
            time_proposal::end_wait(app, &entry, expert).await?;
        }
        let behind =
            entry.state == CalendarEntryStatus::Wanted || entry.sequence != booking.appointment.sequence;
        if behind && entry.due_at <= now {
            let written = write(app, &collection, entry.clone(), booking, now).await;
            if !settle(app, source, entry, written, now).await? {
                return Ok(Ok(()));
            }
        }
    }
    for entry in entries.into_values() {
        let over =
            store::booking::appointment::find(&app.db, domain::id::AppointmentId(entry.appointment_id))
                .await?;
        // Entries of past appointments stay in the calendar.
        let is_over = over.is_some_and(|it| it.ends_at > now) && entry.due_at <= now;
        if is_over && !take_out(app, source, &collection, entry, &found, now).await? {
            break;
        }
    }
    Ok(Ok(()))
}

/// Begins a transaction in which the calendar is locked and our lease is still valid; `None` if it is not.
async fn in_hand(app: &App, source: &Source) -> Result<Option<DatabaseTransaction>, Problem> {
    let tx = app.begin().await?;
    let current = store::calendars::external::lock(&tx, source.id).await?;
    if current.is_some_and(|it| it.lease_token.is_some() && it.lease_token == source.lease_token) {
        return Ok(Some(tx));
    }
    tx.rollback().await?;
    Ok(None)
}

async fn new_entry(
    app: &App,
    source: &Source,
    access: &CalendarAccess,
    booking: &CalendarBooking,
    now: DateTime<Utc>,
) -> Result<Option<Entry>, Problem> {
    let Some(tx) = in_hand(app, source).await? else { return Ok(None) };
    let entry = Entry {
        id: Uuid::now_v7(),
        source_id: source.id,
        appointment_id: booking.appointment.id.0,
        href: href(access, &booking.appointment.uid),
        state: CalendarEntryStatus::Wanted.into(),
        sequence: booking.appointment.sequence,
        etag: None,
        moved_from: None,
        moved_to: None,
        noticed_at: None,
        failures: 0,
        due_at: now,
        error: None,
    };
    store::calendars::external::entry::insert(&tx, entry.clone()).await?;
    tx.commit().await?;
    Ok(Some(entry))
}

/// Compares an entry with the object in the collection, and stores the difference.
async fn noticed(
    app: &App,
    source: &Source,
    entry: Entry,
    booking: &CalendarBooking,
    found: &BTreeMap<String, Object>,
    now: DateTime<Utc>,
) -> Result<Option<Entry>, Problem> {
    let object = found.get(&entry.href);
    // An entry that is to be written replaces any object there.
    if entry.state == CalendarEntryStatus::Wanted {
        return Ok(Some(Entry { etag: object.map(|it| it.etag.clone()), ..entry }));
    }
    if object.is_some_and(|it| entry.etag.as_ref() == Some(&it.etag)) {
        return Ok(Some(entry));
    }
    let it = &booking.appointment;
    let there = object.and_then(|object| busy::times(&object.data, &it.uid).ok().flatten());
    let (state, moved) = match there {
        None => (CalendarEntryStatus::Deleted, None),
        Some(there) if there == (it.starts_at..it.ends_at) => (CalendarEntryStatus::Written, None),
        Some(there) => (CalendarEntryStatus::Moved, Some(there)),
    };
    let changed = Entry {
        etag: object.map(|it| it.etag.clone()),
        state: state.into(),
        moved_from: moved.as_ref().map(|it| it.start),
        moved_to: moved.as_ref().map(|it| it.end),
        noticed_at: (state != CalendarEntryStatus::Written).then_some(now),
        ..entry.clone()
    };
    if changed != entry {
        let Some(tx) = in_hand(app, source).await? else { return Ok(None) };
        store::calendars::external::entry::save(&tx, changed.clone()).await?;
        tx.commit().await?;
    }
    Ok(Some(changed))
}

/// Writes an entry over the version that we know, or as a new object.
async fn write(
    app: &App,
    collection: &Collection<'_>,
    entry: Entry,
    booking: &CalendarBooking,
    now: DateTime<Utc>,
) -> Result<Entry, Failed> {
    let data = resource(app, booking, now);
    let mut over = entry.etag.clone();
    // The second time over the version that is there now: an earlier write of ours that was cut off, or a change made a
    // moment ago.
    for _ in 0..2 {
        match collection.put(&entry.href, &data, over.as_deref()).await? {
            Change::Done(etag) => {
                let etag = match etag {
                    Some(etag) => Some(etag),
                    None => version_of(collection, &entry.href).await?,
                };
                return Ok(Entry {
                    state: CalendarEntryStatus::Written.into(),
                    sequence: booking.appointment.sequence,
                    etag,
                    moved_from: None,
                    moved_to: None,
                    noticed_at: None,
                    failures: 0,
                    error: None,
                    ..entry
                });
            }
            Change::Conflict | Change::Gone => over = version_of(collection, &entry.href).await?,
        }
    }
    Err(Failed::Status(412))
}

async fn version_of(collection: &Collection<'_>, href: &str) -> Result<Option<String>, Failed> {
    let found = collection.get(std::slice::from_ref(&href.to_owned())).await?;
    Ok(found.into_values().next().map(|it| it.etag))
}

/// Removes an entry whose appointment is not booked any more, in whatever version it is there. Returns false as
/// `settle` does.
async fn take_out(
    app: &App,
    source: &Source,
    collection: &Collection<'_>,
    entry: Entry,
    found: &BTreeMap<String, Object>,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    let done = match found.get(&entry.href) {
        None => Ok(Change::Gone),
        Some(object) => collection.delete(&entry.href, &object.etag).await,
    };
    match done {
        Ok(Change::Done(_) | Change::Gone) => {
            let Some(tx) = in_hand(app, source).await? else { return Ok(false) };
            store::calendars::external::entry::remove(&tx, entry.id).await?;
            tx.commit().await?;
            Ok(true)
        }
        Ok(Change::Conflict) => settle(app, source, entry, Err(Failed::Status(412)), now).await,
        Err(failed) => settle(app, source, entry, Err(failed), now).await,
    }
}

/// Stores the outcome of an entry. Returns false if the lease is lost.
async fn settle(
    app: &App,
    source: &Source,
    before: Entry,
    written: Result<Entry, Failed>,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    let entry = written.unwrap_or_else(|failed| {
        tracing::warn!(entry.id = %before.id, "could not write to an external calendar: {failed}");
        Entry {
            failures: before.failures.saturating_add(1),
            due_at: now + wait(before.failures),
            error: Some(failed.to_string()),
            ..before
        }
    });
    let Some(tx) = in_hand(app, source).await? else { return Ok(false) };
    store::calendars::external::entry::save(&tx, entry).await?;
    tx.commit().await?;
    Ok(true)
}

/// Returns a booking as the resource that the calendar keeps.
fn resource(app: &App, booking: &CalendarBooking, now: DateTime<Utc>) -> String {
    let it = &booking.appointment;
    let summary = format!("相談：{}", booking.company_name);
    let description = format!("受付番号：{}\n方法：{}", booking.number, it.mode.label());
    let page = app.site.absolute(&url::expert(&booking.number));
    let entry = ical::Entry {
        uid: &it.uid,
        sequence: it.sequence,
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        status: Status::Confirmed,
        summary: &summary,
        description: &description,
        location: &it.place,
        url: Some(&page),
    };
    ical::resource(&entry, now)
}

fn collection<'a>(app: &'a App, access: &'a CalendarAccess) -> Collection<'a> {
    Collection { fetch: &app.fetch, url: access.url.clone(), login: access.login() }
}

/// Returns the path of an entry in the collection: derived from its UID, so it never changes.
fn href(access: &CalendarAccess, uid: &str) -> String {
    let name = uid.split('@').next().unwrap_or(uid);
    path_below(&access.url, &format!("{name}.ics"))
}
