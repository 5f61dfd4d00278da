//! Silence over two fiscal years: while no person acts, and while all act late.
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor, calendar::at_japan, consultation::State, routing::assignment::AssignmentState, text::Prose,
};
use madoguchi::{
    ops::{
        self,
        aftercare::report::{ReportDecision, Saving},
    },
    problem::Problem,
    store::{self, correspondence::message::Audience},
};

use super::{business_days, every_state, keeps_hours, listen, reminders, work_all};
use crate::{
    cases::{self, Case, Cast},
    deadlines::sound,
    site::Site,
};

/// The longest time, in business days, in which no person hears of an open case while the worker runs only once a day, at
/// night too.
const LONGEST: usize = 6;

/// Two fiscal years pass, and no person acts: nothing is lost, nothing fails, no person is written to without end, and the
/// center hears every business day of what waits.
#[actix_web::test]
async fn for_two_fiscal_years_every_idle_case_is_followed_up() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let mut watched = Box::pin(every_state(&site, &cast)).await;
    let end = at_japan("2028-04-03".parse().unwrap(), 12, 0);
    let mut before = site.app.clock.now();
    while site.app.clock.now() < end {
        site.app.clock.advance(TimeDelta::hours(if site.app.clock.now() < before + TimeDelta::hours(1) {
            24
        } else {
            20
        }));
        Box::pin(work_all(&site)).await;
        Box::pin(listen(&site, &mut watched, before)).await;
        before = site.app.clock.now();
        for it in &watched {
            let gap = business_days(it.heard, before);
            assert!(gap <= LONGEST, "{} was silent for {gap} business days at {before}", it.name);
        }
    }
    let aside = store::set_aside::all(&site.app.db).await.unwrap();
    assert_eq!(aside, [], "every job could do its work");
    for it in &watched {
        let record = cases::record(&site, it.case).await;
        let expected = match it.name {
            "matching" | "one accepted" => "checking",
            "follow_up" => "completed",
            "unconfirmed" | "held" | "by phone" | "received" => "received",
            "choosing by phone" => "scheduling",
            other => other,
        };
        assert_eq!(record.consultation.state.code(), expected, "{}", it.name);
        assert!(reminders(&site, it.case).await <= 2, "{}", it.name);
    }
    keeps_hours(&site).await;
    sound(&site).await;
}

/// Two fiscal years in which all people act, but only long after they should have.
#[actix_web::test]
async fn for_two_fiscal_years_late_answers_cause_no_contradiction() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let watched = Box::pin(every_state(&site, &cast)).await;
    let mut acted: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
    let end = at_japan("2028-12-04".parse().unwrap(), 12, 0);
    while site.app.clock.now() < end {
        site.app.clock.advance(TimeDelta::hours(20));
        Box::pin(work_all(&site)).await;
        let now = site.app.clock.now();
        for it in &watched {
            let since = cases::record(&site, it.case).await.consultation.state_since;
            let since = acted.get(it.name).map_or(since, |at| since.max(*at));
            if business_days(since, now) >= 12 {
                acted.insert(it.name, now);
                match Box::pin(act_late(&site, &cast, it.case)).await {
                    Ok(()) | Err(Problem::Refused(_) | Problem::SlotTaken) => {}
                    Err(other) => panic!("{}: {other:?}", it.name),
                }
            }
        }
    }
    for it in &watched {
        let record = cases::record(&site, it.case).await;
        assert_eq!(record.consultation.state, State::Completed, "{}: {:?}", it.name, record.silence);
        assert_eq!((record.silence, record.stalled_since), (None, None), "{}", it.name);
    }
    assert_eq!(store::set_aside::all(&site.app.db).await.unwrap(), []);
    keeps_hours(&site).await;
    sound(&site).await;
}

/// Does what the party does whose turn it is.
async fn act_late(site: &Site, cast: &Cast, case: Case) -> Result<(), Problem> {
    let (app, center) = (&site.app, cast.center());
    let record = cases::record(site, case).await;
    if !record.consultation.address_confirmed {
        return ops::consultation::confirm_address(app, case.id, Actor::Company).await;
    }
    match record.consultation.state {
        State::WaitingCompany => {
            let answer = Prose::parse("回答", "10台です。", 2000).unwrap();
            ops::correspondence::message::post(app, case.id, Actor::Company, Audience::Everyone, &answer)
                .await
        }
        State::Received | State::Checking => {
            let version = cases::record(site, case).await.version;
            ops::routing::assignment::request(app, case.id, version, center, &[cast.expert]).await?;
            let request = store::routing::assignment::of(&app.db, case.id).await?.pop().unwrap();
            ops::routing::assignment::accept(app, request.id, cast.expert).await
        }
        State::Matching => {
            let all = store::routing::assignment::of(&app.db, case.id).await?;
            let request = all.into_iter().find(|it| it.state == AssignmentState::Offered).unwrap();
            ops::routing::assignment::accept(app, request.id, request.expert).await
        }
        State::Scheduling => {
            let free = cases::free_slots(site, case).await;
            let Some(slot) = free.first() else { return Ok(()) };
            ops::booking::appointment::choose_slot(app, case.id, Actor::Company, *slot).await
        }
        State::Booked => {
            ops::booking::appointment::record_done(app, case.id, Actor::Expert(cast.expert)).await
        }
        State::Consulted => {
            let id = cases::appointment(site, case).await.id;
            let body = cases::report();
            ops::aftercare::report::write(app, id, cast.expert, body, 0, Saving::Submit).await?;
            ops::aftercare::report::decide(app, id, cast.coordinator, ReportDecision::Approve).await
        }
        State::FollowUp
        | State::Completed
        | State::Withdrawn
        | State::Unfulfilled { .. }
        | State::Referred { .. } => Ok(()),
    }
}
