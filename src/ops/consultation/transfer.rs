//! The change of the coordinator who is in charge of a consultation.
use domain::{
    actor::{Actor, Role},
    id::{AccountId, ConsultationId},
};

use crate::{
    app::App,
    ops::case::{save::ActiveAccount, transaction::CaseTransaction},
    problem::Problem,
    store::{self, accounts::account::Account},
};

/// The outcome for one consultation that was to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// The coordinator is in charge now; the name of the one who was before.
    Done { before: Option<String> },
    /// The coordinator was in charge already.
    Already,
    /// It could not be handed over, and why.
    Refused(String),
}

/// Puts a coordinator in charge of a consultation. `version` is the one that the acting person saw.
pub async fn transfer(
    app: &App,
    id: ConsultationId,
    version: Option<i32>,
    by: AccountId,
    to: AccountId,
) -> Result<Transfer, Problem> {
    let to = successor(app, to).await?;
    let mut work = match version {
        Some(version) => CaseTransaction::begin_at(app, id, version).await?,
        None => CaseTransaction::begin(app, id).await?,
    };
    if !work.record.consultation.state.is_open() {
        let state = work.record.consultation.state.clone();
        return Err(domain::consultation::ActionRefused::HasEnded(state).into());
    }
    let before = work.record.coordinator;
    if before == Some(to.id) {
        return Ok(Transfer::Already);
    }
    let names = store::accounts::account::names(work.read(), before.map(|it| it.0)).await?;
    let before = before.and_then(|it| names.get(&it.0)).cloned();
    let note = match &before {
        Some(name) => format!("センターの担当を替えました：{name}さんから{}さんへ", to.name),
        None => format!("センターの担当を決めました：{}さん", to.name),
    };
    if work.lock(ActiveAccount(to.id)).await?.is_none() {
        return Err(no_successor());
    }
    work.record.coordinator = Some(to.id);
    work.note(Actor::Coordinator(by), note);
    work.commit().await?;
    Ok(Transfer::Done { before })
}

/// Puts a coordinator in charge of many consultations, each in a transaction of its own. Returns what became of each;
/// one that has ended in the meantime, for example, stays as it is.
pub async fn transfer_many(
    app: &App,
    cases: &[ConsultationId],
    by: AccountId,
    to: AccountId,
) -> Result<Vec<Transfer>, Problem> {
    let mut all = Vec::with_capacity(cases.len());
    for &id in cases {
        all.push(match transfer(app, id, None, by, to).await {
            Err(problem @ (Problem::Refused(_) | Problem::Stale)) => Transfer::Refused(problem.to_string()),
            other => other?,
        });
    }
    Ok(all)
}

/// Returns the active coordinator who is to be in charge.
pub async fn successor(app: &App, to: AccountId) -> Result<Account, Problem> {
    let found = store::accounts::account::find(&app.db, to).await?;
    let found = found.filter(|it| it.role == Role::Coordinator && it.active);
    found.ok_or_else(no_successor)
}

fn no_successor() -> Problem {
    Problem::Refused("選んだ人は、相談センターの担当になれません。選び直してください。".to_owned())
}
