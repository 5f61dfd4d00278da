//! An entry of ours that is changed in an expert's own calendar waits for the center, with a clock.
use std::time::Duration;

use chrono::TimeDelta;
use domain::{actor::Actor, worklist::AwaitedResponse};
use madoguchi::{
    doctor,
    ops::calendars::time_proposal,
    store::{self, calendars::external::entry::Entry},
};
use uuid::Uuid;

use super::Service;
use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::Site,
};

const PROPOSED: &str = "カレンダーで別の日時を提案";

async fn response(service: &Service, case: Case) -> Option<AwaitedResponse> {
    cases::record(&service.site, case).await.response
}

/// Returns how often the history says that another time was proposed.
async fn proposals(service: &Service, case: Case) -> usize {
    let history = store::audit::event::of(&service.site.app.db, case.id).await.unwrap();
    let by = Actor::Expert(service.cast.expert);
    history.iter().filter(|it| it.by == by && it.note.as_deref() == Some(PROPOSED)).count()
}

#[actix_web::test]
async fn a_change_in_the_calendar_waits_for_the_center_until_it_is_decided() {
    let service = Service::new().await;
    let case = cases::booked(&service.site, &service.cast, CONTACT).await;
    service.later(TimeDelta::zero()).await;
    let href = service.entry().await.href;
    let ours = service.server.read(&service.site, &href).await.unwrap();
    assert_eq!(response(&service, case).await, None);

    service.drag(case, TimeDelta::hours(1)).await;
    service.later(TimeDelta::minutes(31)).await;
    let waits = response(&service, case).await.expect("the center has to decide");
    assert!(waits.due_at <= cases::appointment(&service.site, case).await.starts_at);
    let number = case.number.to_string();
    service.center.get("/staff?tab=unanswered").await.shows(&number);
    service.center.get(&format!("/staff/consultations/{number}?view=history")).await.shows(PROPOSED);
    service.later(TimeDelta::minutes(31)).await;
    assert_eq!(response(&service, case).await, Some(waits), "the clock runs on");
    assert_eq!(proposals(&service, case).await, 1, "each change is noted once");

    // The center keeps the appointment.
    let id = service.entry().await.id;
    let keep = format!("/staff/consultations/{number}/proposals/{id}/keep");
    assert_eq!(service.center.post(&keep, &[]).await.status, 303);
    assert_eq!(response(&service, case).await, None);
    service.later(TimeDelta::zero()).await;

    // The entry is deleted, and the expert has it put back.
    service.server.ask(&service.site, "DELETE", &href, &[], "").await;
    service.later(TimeDelta::minutes(31)).await;
    assert!(response(&service, case).await.is_some());
    assert_eq!(proposals(&service, case).await, 2);
    let restore = format!("/expert/calendars/entries/{id}/restore");
    assert_eq!(service.expert.post(&restore, &[]).await.status, 303);
    assert_eq!(response(&service, case).await, None);
    service.later(TimeDelta::zero()).await;

    // The expert moves it, and back again in the calendar itself.
    service.drag(case, TimeDelta::hours(2)).await;
    service.later(TimeDelta::minutes(31)).await;
    assert!(response(&service, case).await.is_some());
    let kind = [("content-type", "text/calendar")];
    let done = service.server.ask(&service.site, "PUT", &href, &kind, &ours).await;
    assert!(done.status.is_success(), "{done:?}");
    service.later(TimeDelta::minutes(31)).await;
    assert_eq!(response(&service, case).await, None);
    let now = service.site.app.clock.now();
    assert_eq!(doctor::examine(&service.site.app.db, now).await.unwrap(), []);
}

#[actix_web::test]
async fn a_change_that_waits_already_is_found_again_without_a_lock() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let now = site.app.clock.now();
    let booked = cases::appointment(&site, case).await;
    let mut entry = Entry {
        id: Uuid::now_v7(),
        source_id: Uuid::now_v7(),
        appointment_id: booked.id.0,
        href: "/calendar/entry.ics".to_owned(),
        state: codes::CalendarEntryStatus::Deleted.into(),
        sequence: booked.sequence,
        etag: None,
        moved_from: None,
        moved_to: None,
        noticed_at: Some(now),
        failures: 0,
        due_at: now,
        error: None,
    };
    let noted = async || {
        let history = store::audit::event::since(&site.app.db, case.id, now).await.unwrap();
        history.iter().filter(|it| it.note.as_deref() == Some(PROPOSED)).count()
    };
    time_proposal::await_decision(&site.app, &entry, cast.expert).await.unwrap();
    assert_eq!(noted().await, 1);
    assert!(cases::record(&site, case).await.response.is_some());

    // Every reading of the calendar finds the change again; another change of the case goes on meanwhile.
    let tx = site.app.begin().await.unwrap();
    store::consultation::lock(&tx, case.id).await.unwrap();
    let again = time_proposal::await_decision(&site.app, &entry, cast.expert);
    tokio::time::timeout(Duration::from_secs(2), again).await.expect("nothing is locked").unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(noted().await, 1);

    // A later change is another one.
    site.app.clock.advance(TimeDelta::minutes(31));
    entry.noticed_at = Some(site.app.clock.now());
    time_proposal::await_decision(&site.app, &entry, cast.expert).await.unwrap();
    assert_eq!(noted().await, 2);
    let since = store::audit::event::since(&site.app.db, case.id, site.app.clock.now()).await.unwrap();
    assert_eq!(since.len(), 1, "earlier events are not read: {since:?}");
}
