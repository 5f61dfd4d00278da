//! The worker's step in cases in which nothing happens: it costs by what is due, not by what exists.
use std::time::Instant;

use chrono::TimeDelta;
use codes::{ConsultationStatus, SilenceKind};
use entity::consultation;
use madoguchi::{app::App, worker};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use crate::{server::Filled, table::Table};

/// The cases whose next step is due: as many as the worker handles in one step.
const DUE: u64 = 100;

/// Compares the duration of a step with many consultations and with few, of which equally many are due.
pub async fn compare(table: &mut Table, small: &Filled, large: &Filled) {
    for filled in [small, large] {
        while worker::deadlines::step(&filled.app).await.unwrap() {}
    }
    let mut took = Vec::new();
    for filled in [small, large, small, large, small, large] {
        make_due(&filled.app).await;
        let begun = Instant::now();
        assert!(worker::deadlines::step(&filled.app).await.unwrap());
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
        assert!(!worker::deadlines::step(&filled.app).await.unwrap(), "one step has handled everything");
    }
    let best = |of: usize| took.iter().skip(of).step_by(2).copied().fold(f64::INFINITY, f64::min);
    let (small, large) = (best(0), best(1));
    let what = format!("step in {DUE} silent cases that are due, 200,000 ÷ 10,000 consultations");
    table.at_most(what, large / small, "×", 1.5);
    table.note(format!(
        "The step in {DUE} silent cases took {small:.1} ms with 10,000 and {large:.1} ms with 200,000 consultations."
    ));
}

/// Makes the first reminder due in cases whose company has to choose a time.
async fn make_due(app: &App) {
    let ids: Vec<Uuid> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.state.eq(ConsultationStatus::Scheduling.code()))
        .order_by_asc(consultation::COLUMN.id)
        .limit(DUE)
        .into_tuple()
        .all(&app.db)
        .await
        .unwrap();
    assert_eq!(ids.len() as u64, DUE, "too few cases in which the company has to choose a time");
    let now = app.clock.now();
    let tx = app.begin().await.unwrap();
    consultation::Entity::update_many()
        .col_expr(consultation::Column::SilenceKind, Expr::value(SilenceKind::Choice.code()))
        .col_expr(consultation::Column::SilenceSince, Expr::value(now - TimeDelta::days(5)))
        .col_expr(consultation::Column::SilenceStage, Expr::value(0_i16))
        .col_expr(consultation::Column::NextStepAt, Expr::value(now - TimeDelta::minutes(1)))
        .filter(consultation::COLUMN.id.is_in(ids))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
