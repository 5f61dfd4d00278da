//! The address that spoke for the company before a correction of its address.
use domain::{actor::Actor, consultation::correction::CorrectedField};

use crate::{
    ops::case::transaction::CaseTransaction,
    problem::Problem,
    store::{self, consultation::ProvenAddress},
};

/// Returns the proved address that spoke for the company right before the correction with this position, if its address
/// was not proved then. The corrections before it are played: one by the company leaves the proved address in its place,
/// one by the center does not.
pub(super) async fn spoke_before(
    work: &CaseTransaction<'_>,
    undone: i32,
) -> Result<Option<ProvenAddress>, Problem> {
    let id = work.record.consultation.id;
    let history = store::audit::event::of(work.read(), id).await?;
    let corrections = store::consultation::correction::of(work.read(), id).await?;
    let mut spoke: Option<ProvenAddress> = None;
    let mut before = Vec::new();
    for it in corrections.into_iter().filter(|it| it.field == CorrectedField::Email && it.seq < undone) {
        before.push((it.seq, spoke.clone()));
        if let Some(restored) = it.undoes.and_then(|seq| before.iter().find(|(it, _)| *it == seq)) {
            spoke.clone_from(&restored.1);
            continue;
        }
        let proved = it.old.zip(it.confirmed_before).map(|(email, at)| ProvenAddress { email, at });
        let is_own = history.iter().any(|event| event.seq == it.seq && event.by == Actor::Company);
        spoke = proved.or(spoke).filter(|_| is_own);
    }
    Ok(spoke)
}
