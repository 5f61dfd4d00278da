//! The effect of a corrected name or corporate number on the company of a consultation.
use domain::{
    actor::{Actor, Party},
    consultation::correction::{CaseValues, CorrectedField, Correction, CorrectionRefused},
    id::CompanyId,
};

use crate::{
    ops::case::transaction::CaseTransaction,
    problem::Problem,
    store::{
        self,
        consultation::correction::{
            SavedCorrection, filed_under, other_of_company, point_to, set_name, set_number,
        },
    },
};

/// Changes the company under which the consultation was filed if it has this consultation alone. Otherwise the
/// consultation passes to the company with the corrected number, so that the other consultations keep theirs. A company
/// that was merged into another stays so.
pub async fn follow(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    all: &[Correction],
    after: &CaseValues,
    undone: Option<&SavedCorrection>,
) -> Result<(), Problem> {
    let id = work.record.consultation.id;
    if all.iter().any(|it| it.field == CorrectedField::CorporateNumber) {
        let filed = filed_under(&work.tx, id).await?;
        let earlier = undone.and_then(|it| it.company_before);
        match earlier {
            Some(earlier) if earlier != filed => go_to(work, earlier).await?,
            Some(_) | None => renumber(work, by, after, filed, undone.is_some()).await?,
        }
        // The number is not the one any more that an applicant has typed.
        work.record.number_unconfirmed = false;
    }
    if all.iter().any(|it| it.field == CorrectedField::CompanyName) {
        let filed = filed_under(&work.tx, id).await?;
        if other_of_company(&work.tx, filed, id).await?.is_none() {
            set_name(&work.tx, filed, after.get(CorrectedField::CompanyName)).await?;
        }
    }
    Ok(())
}

async fn renumber(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    after: &CaseValues,
    filed: CompanyId,
    is_undone: bool,
) -> Result<(), Problem> {
    let number = Some(after.get(CorrectedField::CorporateNumber).to_owned()).filter(|it| !it.is_empty());
    let id = work.record.consultation.id;
    if let Some(number) = &number
        && let Some((known, leading)) = store::intake::company::registered(&work.tx, number).await?
    {
        if known == filed {
            return Ok(());
        }
        // A company must not take another one's place by typing its number.
        if by.party() == Party::Company && leading != work.record.company {
            return Err(CorrectionRefused::OtherCompany.into());
        }
        return go_to(work, known).await;
    }
    match other_of_company(&work.tx, filed, id).await? {
        Some(other) if is_undone => Err(CorrectionRefused::CompanyShared { other }.into()),
        None => {
            if set_number(&work.tx, filed, number).await? {
                Ok(())
            } else {
                Err(Problem::Stale)
            }
        }
        Some(_) => {
            let name = after.get(CorrectedField::CompanyName);
            let new = store::intake::company::insert(&work.tx, number, name, work.now()).await?;
            go_to(work, new).await
        }
    }
}

async fn go_to(work: &mut CaseTransaction<'_>, company: CompanyId) -> Result<(), Problem> {
    work.record.company = point_to(&work.tx, work.record.consultation.id, company).await?;
    Ok(())
}
