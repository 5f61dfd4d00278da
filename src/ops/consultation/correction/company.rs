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
        consultation::correction::{SavedCorrection, point_to},
        intake::company::{has_later, other_of_company, set_name, set_number},
    },
};

/// Changes the company if it has this consultation alone. Otherwise the consultation passes to the company with the
/// corrected number, so that the other consultations keep theirs. The company's name, by which possible duplicates are
/// found, is the one of its latest consultation as the center corrects it.
pub async fn follow(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    all: &[Correction],
    after: &CaseValues,
    undone: Option<&SavedCorrection>,
) -> Result<(), Problem> {
    if all.iter().any(|it| it.field == CorrectedField::CorporateNumber) {
        let earlier = undone.and_then(|it| it.company_before);
        match earlier {
            Some(earlier) if earlier != work.record.company => go_to(work, earlier).await?,
            Some(_) | None => renumber(work, by, after, undone.is_some()).await?,
        }
    }
    if all.iter().any(|it| it.field == CorrectedField::CompanyName) && names_company(work, by).await? {
        set_name(&work.tx, work.record.company, after.get(CorrectedField::CompanyName)).await?;
    }
    Ok(())
}

/// Returns whether the company is called as this consultation says. A company cannot rename another one, whose number
/// it may have typed.
async fn names_company(work: &CaseTransaction<'_>, by: Actor) -> Result<bool, Problem> {
    let (id, company) = (work.record.consultation.id, work.record.company);
    if other_of_company(&work.tx, company, id).await?.is_none() {
        return Ok(true);
    }
    Ok(by.party() == Party::Coordinator && !has_later(&work.tx, company, &work.record).await?)
}

async fn renumber(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    after: &CaseValues,
    is_undone: bool,
) -> Result<(), Problem> {
    let number = Some(after.get(CorrectedField::CorporateNumber).to_owned()).filter(|it| !it.is_empty());
    let (id, company) = (work.record.consultation.id, work.record.company);
    if let Some(number) = &number
        && let Some(known) = store::intake::company::by_number(&work.tx, number).await?
    {
        if known == company {
            return Ok(());
        }
        // A company must not take another one's place by typing its number.
        if by.party() == Party::Company {
            return Err(CorrectionRefused::OtherCompany.into());
        }
        return go_to(work, known).await;
    }
    match other_of_company(&work.tx, company, id).await? {
        Some(other) if is_undone => Err(CorrectionRefused::CompanyShared { other }.into()),
        None => {
            if set_number(&work.tx, company, number).await? {
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
    point_to(&work.tx, work.record.consultation.id, company).await?;
    work.record.company = company;
    Ok(())
}
