//! What experts say about their time, and what the administrator knows of them.
use domain::{
    availability::{Absence, Exception, WeeklyRule},
    id::ExpertId,
};
use uuid::Uuid;

use super::room::follow_standing;
use crate::{
    app::App,
    problem::Problem,
    secret::{token, token_hash},
    store::{self, expert::Facts},
};

/// One change to an expert's own calendar.
#[derive(Clone, Debug)]
pub enum Change {
    AddRule(WeeklyRule),
    /// Several at once, such as the same hours on five weekdays.
    AddRules(Vec<WeeklyRule>),
    RemoveRule(Uuid),
    AddException(Exception),
    RemoveException(Uuid),
    AddAbsence(Absence, String),
    RemoveAbsence(Uuid),
}

/// Changes when an expert can be asked. What is booked already stays booked.
pub async fn change_availability(app: &App, expert: ExpertId, change: Change) -> Result<(), Problem> {
    let tx = app.begin().await?;
    match change {
        Change::AddRule(rule) => store::expert::add_rule(&tx, expert, &rule).await?,
        Change::AddRules(rules) => {
            for rule in &rules {
                store::expert::add_rule(&tx, expert, rule).await?;
            }
        }
        Change::RemoveRule(id) => store::expert::remove_rule(&tx, expert, id).await?,
        Change::AddException(exception) => store::expert::add_exception(&tx, expert, &exception).await?,
        Change::RemoveException(id) => store::expert::remove_exception(&tx, expert, id).await?,
        Change::AddAbsence(absence, note) => store::expert::add_absence(&tx, expert, absence, &note).await?,
        Change::RemoveAbsence(id) => store::expert::remove_absence(&tx, expert, id).await?,
    }
    tx.commit().await?;
    Ok(())
}

/// A new secret address for the expert's calendar, given back once; an earlier one is worth nothing from now on.
pub async fn make_feed(app: &App, expert: ExpertId) -> Result<String, Problem> {
    let token = token().map_err(anyhow::Error::from)?;
    let tx = app.begin().await?;
    store::expert::save_feed(&tx, expert, Some(token_hash(&token))).await?;
    tx.commit().await?;
    Ok(token)
}

/// Takes the secret address back.
pub async fn revoke_feed(app: &App, expert: ExpertId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::expert::save_feed(&tx, expert, None).await?;
    tx.commit().await?;
    Ok(())
}

/// Changes what routing knows of an expert. What is booked already stays booked; sessions ahead in the expert's standing
/// room follow it to another.
pub async fn change_facts(app: &App, expert: ExpertId, facts: &Facts) -> Result<(), Problem> {
    let (_, roster) = app.programme_and_experts().await?;
    let old = roster.get(expert).map(|it| it.video_url.clone()).unwrap_or_default();
    let tx = app.begin().await?;
    if !store::expert::save_facts(&tx, expert, facts).await? {
        return Err(Problem::NotFound);
    }
    tx.commit().await?;
    follow_standing(app, expert, &old, &facts.video_url).await
}
