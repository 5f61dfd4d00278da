//! Corrections that meet other corrections, bookings and acceptances.
use domain::{
    consultation::correction::{CaseValues, CorrectedField, Correction, CorrectionSection},
    routing::assignment::AssignmentState,
};
use madoguchi::ops::{case::actor::ActorAt, consultation::correction as ops_correction};

use super::*;

/// Corrects a value as a coordinator who has seen this version.
async fn correct(
    app: &App,
    cast: Cast,
    case: Case,
    version: i32,
    (field, value): (CorrectedField, &str),
) -> Result<Vec<Correction>, Problem> {
    let mut typed = CaseValues::default();
    typed.set(field, value);
    let section = CorrectionSection::of(field).unwrap();
    let by = ActorAt::new(cast.center(), version);
    let cause = ops_correction::CorrectionCause::default();
    ops_correction::correct(app, case.id, by, section, &typed, cause).await
}

/// Runs both at the same moment.
async fn at_once<A, B>(one: A, other: B) -> (A::Output, B::Output)
where
    A: Future + Send + 'static,
    B: Future + Send + 'static,
    A::Output: Send,
    B::Output: Send,
{
    let start = Arc::new(Barrier::new(2));
    let begin = Arc::clone(&start);
    let one = tokio::spawn(async move {
        begin.wait().await;
        one.await
    });
    let other = tokio::spawn(async move {
        start.wait().await;
        other.await
    });
    (one.await.unwrap(), other.await.unwrap())
}

/// Of many coordinators who correct one value at once, one does; the others are told that another was faster.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_two_coordinators_corrects_a_value() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, cases::CONTACT).await;
    let version = cases::record(&site, case).await.version;
    let start = Arc::new(Barrier::new(8));
    let mut running = JoinSet::new();
    for n in 0..8 {
        let (app, start) = (site.app.clone(), Arc::clone(&start));
        running.spawn(async move {
            start.wait().await;
            let name = format!("担当者{n}");
            let done = correct(&app, cast, case, version, (CorrectedField::ContactName, &name)).await;
            (name, done)
        });
    }
    let all = running.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, done)| done.is_ok());
    assert_eq!(won.len(), 1, "{won:?}");
    assert!(lost.iter().all(|(_, done)| matches!(done, Err(Problem::Stale))), "{lost:?}");
    let now = ops_correction::values(&site.app, case.id).await.unwrap();
    assert_eq!(now.get(CorrectedField::ContactName), won[0].0);
    let saved = store::consultation::correction::of(&site.app.db, case.id).await.unwrap();
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].new.as_deref(), Some(&*won[0].0));
    sound(&site.app).await;
}

/// A company chooses a time while the center changes the mode: the appointment is as the consultation was at that
/// moment, and a correction that came too late is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_correction_meets_a_booking() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    lift_limits(&site).await;
    let online = (AppointmentMode::Online, place(0));
    for n in 0..6 {
        let case = scheduling(&site, &cast, n, Fields::Ict, online, &[cast.expert]).await;
        let version = cases::record(&site, case).await.version;
        let (app, other) = (site.app.clone(), site.app.clone());
        let slot = cases::free_slots(&site, case).await[n];
        let book =
            async move { ops::booking::appointment::choose_slot(&app, case.id, Actor::Company, slot).await };
        let change =
            async move { correct(&other, cast, case, version, (CorrectedField::Mode, "visit")).await };
        let (booked, corrected) = at_once(book, change).await;
        let record = cases::record(&site, case).await;
        let live = store::booking::appointment::of(&site.app.db, case.id).await.unwrap();
        let live = live.into_iter().find(Appointment::is_live);
        match (&booked, &corrected) {
            // The booking came first.
            (Ok(()), Err(Problem::Stale)) => {
                assert_eq!(live.unwrap().mode, AppointmentMode::Online);
                assert_eq!(record.mode.code(), "online");
            }
            // The correction came first: the time may be too short for a visit.
            (Ok(()), Ok(_)) => assert_eq!(live.unwrap().mode, AppointmentMode::Visit),
            (Err(Problem::SlotTaken | Problem::Refused(_)), Ok(_)) => assert!(live.is_none()),
            other => panic!("{other:?}"),
        }
        sound(&site.app).await;
    }
}

/// An expert accepts while the center adds a field: the consultation never waits for a company's choice with a field
/// that has no expert.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_correction_meets_an_acceptance() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let ict = cases::expert(&site, "ict@example.jp", "佐藤 次郎", Fields::Ict).await;
    cases::expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    lift_limits(&site).await;
    for n in 0..6 {
        let mut form = cases::form(&format!("contact{n}@example.co.jp"));
        form.company_name = format!("株式会社見本{n}");
        let case = cases::unconfirmed(&site, &cast, &form).await;
        ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
        let version = cases::record(&site, case).await.version;
        ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[ict]).await.unwrap();
        let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().remove(0);
        let version = cases::record(&site, case).await.version;
        let (app, other) = (site.app.clone(), site.app.clone());
        let answer = async move { ops::routing::assignment::accept(&app, request.id, ict).await };
        let change =
            async move { correct(&other, cast, case, version, (CorrectedField::Fields, "both")).await };
        let (accepted, corrected) = at_once(answer, change).await;
        accepted.unwrap();
        let fields = cases::record(&site, case).await.consultation.fields;
        let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
        match corrected {
            Ok(_) => {
                assert_eq!((fields, cases::state(&site, case).await), (Fields::Both, "matching"));
                assert!(
                    all.iter()
                        .any(|it| { it.fields == Fields::Labor && it.state == AssignmentState::Offered })
                );
            }
            Err(Problem::Stale) => {
                assert_eq!((fields, cases::state(&site, case).await), (Fields::Ict, "scheduling"));
                assert_eq!(all.len(), 1);
            }
            Err(other) => panic!("{other:?}"),
        }
        sound(&site.app).await;
    }
}
