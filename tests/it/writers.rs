//! Many writers at once: the database refuses none of them, and each sees the changes of the others.
use std::{collections::BTreeSet, sync::Arc};

use chrono::TimeDelta;
use domain::{
    actor::{Actor, Role},
    id::DraftId,
    intake::application::{Application, Intake},
};
use entity::{appointment, consultation, outbox, theme};
use madoguchi::{
    app::App,
    doctor,
    ops::{self, consultation::Ending},
    problem::Problem,
    store::{self, consultation::Record, write_batch::WriteBatch},
    worker,
};
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait, QueryFilter, TransactionTrait};
use tokio::{sync::Barrier, task::JoinSet};
use uuid::Uuid;

use crate::{
    cases::{self, Case, Cast},
    scratch::Scratch,
    site::Site,
};

#[tokio::test]
async fn a_batch_writes_each_row_once_or_nothing() {
    let scratch = Scratch::memory().await;
    let theme = |code: &str, label: &str| theme::ActiveModel {
        code: Set(code.to_owned()),
        field: Set(domain::field::Field::Ict.into()),
        label: Set(label.to_owned()),
        position: Set(1),
        active: Set(true),
    };
    let relabelled = |code: &str, label: &str| theme::ActiveModel {
        code: Set(code.to_owned()),
        label: Set(label.to_owned()),
        ..Default::default()
    };
    let tx = scratch.writer.begin().await.unwrap();
    let mut batch = WriteBatch::default();
    batch.insert_many([theme("one", "1"), theme("two", "2")]).unwrap();
    let refused = [
        batch.clone().insert(theme("two", "3")),
        batch.clone().update(relabelled("two", "3")),
        batch.clone().insert_many([theme("three", "3"), theme("three", "4")]),
        batch.clone().append(batch.clone()),
    ];
    for refused in refused {
        let why = refused.unwrap_err().to_string();
        assert!(why.contains("theme") && why.contains("two writes of one batch are for this row"), "{why}");
    }
    batch.write(&tx).await.unwrap();
    let mut batch = WriteBatch::default();
    batch.update(relabelled("one", "first")).unwrap();
    batch.update(relabelled("two", "second")).unwrap();
    batch.insert(theme("three", "third")).unwrap();
    batch.write(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let themes = theme::Entity::find().all(&scratch.db).await.unwrap();
    let labels: BTreeSet<_> = themes.iter().map(|it| (&*it.code, &*it.label, it.active)).collect();
    assert_eq!(
        labels,
        BTreeSet::from([("one", "first", true), ("three", "third", true), ("two", "second", true)])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_submissions_are_all_taken_and_numbered_without_a_gap() {
    let site = Site::on_disk().await;
    let mut drafts = Vec::new();
    for n in 0..50 {
        drafts.push(draft(&site, &format!("contact{n}@example.co.jp")).await);
    }
    let tasks = drafts.into_iter().map(|id| {
        let app = site.app.clone();
        async move { ops::intake::apply::submit(&app, id, |_| ()).await }
    });
    let serials: BTreeSet<_> =
        at_once(tasks).await.into_iter().map(|it| it.unwrap().number.to_string()).collect();
    let expected: BTreeSet<_> = (1..=50).map(|n| format!("R08-{n:06}")).collect();
    assert_eq!(serials, expected);
    assert_eq!(count_of(&site.app, "acknowledgement").await, 50);
    sound(&site.app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_form_that_is_sent_twenty_times_is_one_consultation() {
    let site = Site::on_disk().await;
    cases::expert(&site, "expert@example.jp", "山田 太郎", domain::field::Fields::Both).await;
    let id = draft(&site, cases::CONTACT).await;
    let kept = ops::intake::apply::draft(&site.app, id).await.unwrap();
    let slot = ops::intake::apply::slots(&site.app, &kept).await.unwrap().days()[0].1[0];
    ops::intake::apply::hold(&site.app, id, slot).await.unwrap();
    let tasks = (0..20).map(|_| {
        let app = site.app.clone();
        async move { ops::intake::apply::submit(&app, id, |_| ()).await }
    });
    one_consultation(&site, at_once(tasks).await).await;
    assert_eq!(appointment::Entity::find().count(&site.app.db).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_telephone_call_that_is_saved_twenty_times_is_one_consultation() {
    let site = Site::on_disk().await;
    let center = site.account(Role::Coordinator, "center@example.jp").await.id;
    let application = Application::parse(&cases::form(cases::CONTACT), Intake::OnBehalf).unwrap();
    let key = Uuid::new_v4();
    let tasks = (0..20).map(|_| {
        let (app, application) = (site.app.clone(), application.clone());
        async move {
            ops::intake::apply::take_down(&app, &application, Actor::Coordinator(center), key, false).await
        }
    });
    one_consultation(&site, at_once(tasks).await).await;
    let by = Actor::Coordinator(center);
    let next =
        ops::intake::apply::take_down(&site.app, &application, by, Uuid::new_v4(), false).await.unwrap();
    assert_eq!(next.number.to_string(), "R08-000002");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_two_coordinators_with_the_same_version_wins() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let other = site.account(Role::Coordinator, "center2@example.jp").await.id;
    for n in 0..10 {
        let case = cases::received(&site, &cast, &format!("contact{n}@example.co.jp")).await;
        let version = cases::record(&site, case).await.version;
        let tasks = [cast.coordinator, other].map(|by| {
            let app = site.app.clone();
            async move { (by, ops::consultation::start_check(&app, case.id, version, by).await) }
        });
        let (won, lost): (Vec<_>, Vec<_>) =
            at_once(tasks.into_iter()).await.into_iter().partition(|(_, done)| done.is_ok());
        assert_eq!(won.len(), 1);
        assert!(matches!(lost[..], [(_, Err(Problem::Stale))]), "{lost:?}");
        let record = cases::record(&site, case).await;
        assert_eq!((record.coordinator, record.version), (Some(won[0].0), version + 1));
    }
    sound(&site.app).await;
}

/// An expert accepts while the request lapses: one of the two happens, never half of each.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answer_against_a_lapse_leaves_one_clean_outcome() {
    let (site, cases) = all_answer_at_once(|turn| turn < 2).await;
    for case in cases {
        let state = cases::state(&site, case).await;
        assert!(["scheduling", "checking"].contains(&state), "{state}");
        assert_eq!(answers(&site.app, case).await, 1);
    }
    sound(&site.app).await;
}

/// The company withdraws as well, which is allowed after either of the others and makes both impossible.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_withdrawal_against_both_leaves_nothing_behind() {
    let (site, cases) = all_answer_at_once(|_| true).await;
    for case in cases {
        assert_eq!(cases::state(&site, case).await, "withdrawn");
        assert!(answers(&site.app, case).await <= 1);
        let assignments = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
        assert!(assignments.iter().all(|it| !it.is_live()), "{assignments:?}");
    }
    sound(&site.app).await;
}

/// Makes twelve overdue requests, and runs for each those of accepting (0), lapsing (1) and withdrawing (2) that `who`
/// names.
async fn all_answer_at_once(who: fn(usize) -> bool) -> (Site, Vec<Case>) {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let mut cases = Vec::new();
    let mut tasks = Vec::new();
    for n in 0..12 {
        let case = cases::matching(&site, &cast, &format!("contact{n}@example.co.jp")).await;
        cases.push(case);
        let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap().id;
        for turn in (0..3).map(|it| (it + n) % 3).filter(|&it| who(it)) {
            let app = site.app.clone();
            tasks.push(async move {
                match turn {
                    0 => ops::routing::assignment::accept(&app, request, cast.expert).await,
                    1 => ops::routing::assignment::lapse(&app, request).await,
                    _ => {
                        let ending = Ending::Withdraw { reason: None };
                        ops::consultation::end(&app, case.id, None, Actor::Company, ending).await
                    }
                }
            });
        }
    }
    site.app.clock.advance(TimeDelta::days(7));
    for done in at_once(tasks.into_iter()).await {
        assert!(matches!(done, Ok(()) | Err(Problem::Refused(_))), "{done:?}");
    }
    while worker::outbox::step(&site.app).await.unwrap() {}
    (site, cases)
}

/// Returns how often the history says that the expert answered or let the request lapse.
async fn answers(app: &App, case: Case) -> usize {
    let history = store::audit::event::of(&app.db, case.id).await.unwrap();
    history.iter().filter(|it| matches!(it.action.code(), "accept" | "decline")).count()
}

async fn one_consultation(site: &Site, done: Vec<Result<Record, Problem>>) {
    let ids: BTreeSet<_> = done.into_iter().map(|it| it.unwrap().consultation.id).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(consultation::Entity::find().count(&site.app.db).await.unwrap(), 1);
    assert_eq!(count_of(&site.app, "acknowledgement").await, 1);
    sound(&site.app).await;
}

/// Runs all of them from the same moment on.
async fn at_once<T: Send + 'static>(
    tasks: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = tasks.collect();
    let start = Arc::new(Barrier::new(tasks.len()));
    let mut running = JoinSet::new();
    for task in tasks {
        let start = Arc::clone(&start);
        running.spawn(async move {
            start.wait().await;
            task.await
        });
    }
    running.join_all().await
}

/// Makes a draft that is filled in completely.
async fn draft(site: &Site, email: &str) -> DraftId {
    let id = ops::intake::apply::start(&site.app, email.to_owned()).await.unwrap();
    ops::intake::apply::save(&site.app, id, |it| *it = cases::form(email)).await.unwrap();
    ops::intake::apply::release(&site.app, id).await.unwrap();
    id
}

async fn count_of(app: &App, kind: &str) -> u64 {
    outbox::Entity::find().filter(outbox::COLUMN.kind.eq(kind)).count(&app.db).await.unwrap()
}

async fn sound(app: &App) {
    assert_eq!(doctor::examine(&app.db, app.clock.now()).await.unwrap(), []);
}
