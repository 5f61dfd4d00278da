//! A programme for demonstration: seven months of it, played with the same operations that the pages use and a clock
//! that is moved from then until now. So the history, the mails, the questions and the statistics are consistent.
mod act;
mod applicants;
mod appointment;
mod cast;
mod consents;
mod desks;
mod editions;
mod events;
mod examples;
mod month;
mod network;
mod plot;
mod publications;
mod stage;
mod surveys;

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use domain::{calendar::japan_date, id::FollowUpId};
use entity::{account, case_number_counter, company, consultation};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, PaginatorTrait};
use tracing::{instrument::WithSubscriber, subscriber::NoSubscriber};

use super::dice::Dice;
use crate::{
    app::App,
    problem::Problem,
    store::reference::programme::{demo_filled_on, mark_demo},
};
use act::Case;
use stage::Stage;

pub use cast::PASSWORD;

/// The kinds of database that the demo may find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A database without data.
    Empty,
    /// The database holds the demo of this day.
    Ours,
    /// The database holds the demo of another day, or one that was not finished.
    Outdated,
    /// A database with other data.
    Foreign,
}

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("the invented programme failed at consultation {n}: {problem}")]
    Stuck { n: usize, problem: String },
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The time since the programme began.
const BEGAN: TimeDelta = TimeDelta::days(214);

/// Returns what kind of database a migrated database is.
pub async fn look(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Found, DbErr> {
    if let Some(day) = demo_filled_on(db).await? {
        return Ok(if day == Some(japan_date(now)) { Found::Ours } else { Found::Outdated });
    }
    let rows = account::Entity::find().count(db).await?
        + consultation::Entity::find().count(db).await?
        + company::Entity::find().count(db).await?
        + case_number_counter::Entity::find().count(db).await?;
    Ok(if rows == 0 { Found::Empty } else { Found::Foreign })
}

/// Fills an empty, migrated database with a programme up to `now`. The same day gives the same programme.
///
/// After a failure the database is `Outdated`.
pub async fn fill(app: &App, now: DateTime<Utc>) -> Result<(), DemoError> {
    // Log lines of seven invented months are of no use.
    tell(app, now.trunc_subsecs(0)).with_subscriber(NoSubscriber::new()).await
}

/// A step of the programme.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The people concerned look at the consultation again.
    Look,
    /// The company answers a question that it got by mail.
    Answer(FollowUpId),
}

/// The steps to come, in the order of time and then of planning.
#[derive(Default)]
struct Agenda {
    steps: BTreeMap<(DateTime<Utc>, usize), (usize, Step)>,
    planned: usize,
}

impl Agenda {
    fn plan(&mut self, at: DateTime<Utc>, case: usize, step: Step) {
        self.planned += 1;
        self.steps.insert((at, self.planned), (case, step));
    }
}

async fn tell(app: &App, now: DateTime<Utc>) -> Result<(), DemoError> {
    let day = japan_date(now);
    mark(app, None).await?;
    let mut dice = Dice::new(u64::from(day.to_epoch_days().unsigned_abs()));
    let cast = cast::hire(app, &mut dice, now - BEGAN).await?;
    publications::publish(app, cast.editor, now).await?;
    let (editor, experts) = (cast.editor, cast.experts.clone());
    let mut cases: Vec<_> = plot::plots(&mut dice, &cast, now).into_iter().map(Case::new).collect();
    applicants::fill_in(&mut cases, &mut dice);
    let mut stage = Stage::open(app, cast, dice, now - BEGAN, now).await?;
    stage.plan_absences().await?;
    let mut agenda = Agenda::default();
    for (at, case) in cases.iter().enumerate() {
        agenda.plan(case.plot.applies_at, at, Step::Look);
    }
    while let Some(((at, _), (n, step))) = agenda.steps.pop_first() {
        if at > now {
            break;
        }
        stage.go_on_until(at).await?;
        let Some(case) = cases.get_mut(n) else { continue };
        let done = match step {
            Step::Look => act::look(&mut stage, case).await,
            Step::Answer(question) => act::answer(&mut stage, case, question).await.map(|()| None),
        };
        let next = done.map_err(|it| DemoError::Stuck { n: case.plot.n, problem: format!("{it:?}") })?;
        stage.send_mail().await?;
        for (at, question) in case.questions.drain(..) {
            agenda.plan(at, n, Step::Answer(question));
        }
        if let Some(next) = next {
            agenda.plan(next.max(at + TimeDelta::minutes(1)), n, Step::Look);
        }
    }
    stage.leave_drafts().await?;
    stage.go_on_until(now).await?;
    let people = (stage.cast.editor, stage.cast.coordinators[0]);
    consents::tell(&stage.app, cases.iter().filter_map(|it| it.id), people).await?;
    stage.work().await?;
    desks::note(&stage.app).await?;
    events::hold(&stage.app, editor, &experts, now).await?;
    month::hold(&stage.app, editor, now).await?;
    surveys::hold(&stage.app, editor, now).await?;
    network::hold(&stage.app).await?;
    stage.work().await?;
    mark(app, Some(now)).await
}

async fn mark(app: &App, filled_at: Option<DateTime<Utc>>) -> Result<(), DemoError> {
    let tx = app.begin().await?;
    mark_demo(&tx, filled_at.map(japan_date)).await?;
    tx.commit().await?;
    Ok(())
}
