//! Merges against bookings and against each other: whichever is first, nothing is lost and nothing is half done.
use domain::{actor::Actor, field::Fields, text::TextLine};
use madoguchi::{
    doctor,
    ops::{
        self,
        consultation::merge::{MergeChoice, SeenCase},
        intake::company_merge::CompanyChoice,
        routing::replacement::Successor,
    },
    problem::Problem,
    store, worker,
};

use crate::{
    cases::{self, Case, Cast},
    site::Site,
};

async fn seen(site: &Site, case: Case) -> SeenCase {
    SeenCase { id: case.id, version: cases::record(site, case).await.version }
}

fn reason() -> TextLine {
    TextLine::parse("理由", "同じ相談", 200).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_case_is_merged_or_gets_an_expert_but_not_both() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let (mut merged, mut requested) = (0, 0);
    for n in 0..12 {
        let kept = cases::received(&site, &cast, &format!("kept{n}@example.co.jp")).await;
        let absorbed = cases::received(&site, &cast, &format!("absorbed{n}@example.co.jp")).await;
        let (one, other) = (seen(&site, kept).await, seen(&site, absorbed).await);
        let version = other.version;
        let (app, by) = (&site.app, cast.coordinator);
        let (reason, experts) = (reason(), [cast.expert]);
        let choice = MergeChoice { taken: &[], reason: &reason, releases: false, split: None };
        let (merge, request) = tokio::join!(
            ops::consultation::merge::merge(app, one, other, choice, by),
            ops::routing::assignment::request(app, absorbed.id, version, cast.center(), &experts),
        );
        assert!(merge.is_ok() != request.is_ok(), "{n}: {merge:?} {request:?}");
        for problem in [merge.as_ref().err(), request.as_ref().err()].into_iter().flatten() {
            assert!(matches!(problem, Problem::Stale | Problem::Refused(_)), "{problem}");
        }
        merged += usize::from(merge.is_ok());
        requested += usize::from(request.is_ok());
    }
    assert_eq!(merged + requested, 12);
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// The company moves its appointment while the center merges the case and cancels that appointment: the time is free in the
/// end, whichever is first, or the merge has to be looked at again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_booking_is_moved_or_ends_with_the_merge() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    for n in 0..6 {
        let kept = cases::received(&site, &cast, &format!("kept{n}@example.co.jp")).await;
        let absorbed = cases::booked(&site, &cast, &format!("booked{n}@example.co.jp")).await;
        let (one, other) = (seen(&site, kept).await, seen(&site, absorbed).await);
        let slot = cases::free_slots(&site, absorbed).await[0];
        let (app, by, reason) = (&site.app, cast.coordinator, reason());
        let choice = MergeChoice { taken: &[], reason: &reason, releases: true, split: None };
        let (merge, moved) = tokio::join!(
            ops::consultation::merge::merge(app, one, other, choice, by),
            ops::booking::appointment::reschedule(app, absorbed.id, Actor::Company, slot),
        );
        for problem in [merge.as_ref().err(), moved.as_ref().err()].into_iter().flatten() {
            assert!(matches!(problem, Problem::Stale | Problem::Refused(_)), "{n}: {problem}");
        }
        assert!(merge.is_ok() != moved.is_ok(), "{n}: {merge:?} {moved:?}");
        assert_eq!(cases::appointment(&site, absorbed).await.is_live(), moved.is_ok(), "{n}");
        let ended =
            ops::booking::appointment::cancel(app, absorbed.id, Actor::Company, "都合".to_owned()).await;
        assert_eq!(ended.is_ok(), moved.is_ok(), "{n}: a merged case has no booking");
    }
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// A coordinator replaces an expert who accepts at that moment: the request is answered or replaced, but not both.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_is_accepted_or_replaced_but_not_both() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let next = cases::expert(&site, "next@example.jp", "佐藤 次郎", Fields::Both).await;
    for n in 0..12 {
        let case = cases::matching(&site, &cast, &format!("contact{n}@example.co.jp")).await;
        let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
        let request = all.iter().find(|it| it.is_live()).unwrap().clone();
        let version = cases::record(&site, case).await.version;
        let successor = Successor::Expert(if request.expert == next { cast.expert } else { next });
        let (app, reason) = (&site.app, reason());
        let (accepted, replaced) = tokio::join!(
            ops::routing::assignment::accept(app, request.id, request.expert),
            ops::routing::replacement::release(
                app,
                request.id,
                Some(version),
                cast.center(),
                &reason,
                successor
            ),
        );
        assert!(accepted.is_ok() != replaced.is_ok(), "{n}: {accepted:?} {replaced:?}");
        let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
        let live: Vec<_> = all.iter().filter(|it| it.is_live()).collect();
        let [only] = live[..] else { panic!("{n}: {all:?}") };
        assert_eq!(only.expert == request.expert, accepted.is_ok(), "{n}");
        let expected = if accepted.is_ok() { "scheduling" } else { "matching" };
        assert_eq!(cases::state(&site, case).await, expected, "{n}");
    }
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn companies_are_merged_while_their_cases_are_booked() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    for n in 0..6 {
        let kept = cases::received(&site, &cast, &format!("kept{n}@example.co.jp")).await;
        let booking = cases::scheduling(&site, &cast, &format!("booking{n}@example.co.jp")).await;
        let company = async |case| cases::record(&site, case).await.company;
        let (one, other) = (company(kept).await, company(booking).await);
        let slot = cases::free_slots(&site, booking).await[0];
        let (app, by) = (&site.app, cast.coordinator);
        let reason = reason();
        let (choice, back) = (CompanyChoice::default(), CompanyChoice::default());
        let (merge, opposite, booked) = tokio::join!(
            ops::intake::company_merge::merge(app, one, other, choice, &reason, by),
            ops::intake::company_merge::merge(app, other, one, back, &reason, by),
            ops::booking::appointment::choose_slot(app, booking.id, Actor::Company, slot),
        );
        assert!(merge.is_ok() != opposite.is_ok(), "{n}: {merge:?} {opposite:?}");
        booked.unwrap();
        assert_eq!(cases::state(&site, booking).await, "booked");
        assert_eq!(company(kept).await, company(booking).await);
    }
    let filter = store::statistics::StatisticsFilter {
        year: domain::number::FiscalYear::new(2026).unwrap(),
        field: None,
        prefecture: None,
    };
    assert_eq!(store::statistics::of(&site.app.db, &filter).await.unwrap().companies, 6);
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}
