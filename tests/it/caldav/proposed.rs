//! An entry of ours that is changed in an expert's own calendar waits for the center, with a clock.
use chrono::TimeDelta;
use domain::{actor::Actor, worklist::AwaitedResponse};
use madoguchi::{doctor, store};

use super::Service;
use crate::cases::{self, CONTACT, Case};

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
