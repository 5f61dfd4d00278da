//! The effect of a corrected name or corporate number on the company of a consultation.
use domain::{
    actor::{Actor, Party},
    consultation::correction::{CaseValues, CorrectedField, Correction, CorrectionRefused},
    id::{CompanyId, ConsultationId},
};

use crate::{
    ops::case::{
        save::{Save, Target},
        transaction::CaseTransaction,
    },
    problem::Problem,
    store::{
        self,
        consultation::correction::{SavedCorrection, filed_under, point_to},
        intake::company::{has_later, other_of_company, set_name, set_number},
    },
};

/// Changes the company under which the consultation was filed if it has this consultation alone. Otherwise the
/// consultation passes to the company with the corrected number, so that the other consultations keep theirs. A company
/// that was merged into another stays so. The company's name, by which possible duplicates are found, is the one of its
/// latest consultation as the center corrects it.
pub async fn follow(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    all: &[Correction],
    after: &CaseValues,
    undone: Option<&SavedCorrection>,
) -> Result<(), Problem> {
    let id = work.record.consultation.id;
    if all.iter().any(|it| it.field == CorrectedField::CorporateNumber) {
        let filed = filed_under(work.read(), id).await?;
        let earlier = undone.and_then(|it| it.company_before);
        match earlier {
            Some(earlier) if earlier != filed => go_to(work, earlier).await?,
            Some(_) | None => renumber(work, by, after, filed, undone.is_some()).await?,
        }
        // The number is not the one any more that an applicant has typed.
        work.record.number_unconfirmed = false;
    }
    if all.iter().any(|it| it.field == CorrectedField::CompanyName) {
        let filed = filed_under(work.read(), id).await?;
        if names_company(work, by, filed).await? {
            work.save(CompanyName(filed, after.get(CorrectedField::CompanyName))).await?;
        }
    }
    Ok(())
}

/// Returns whether the company is called as this consultation says. A company cannot rename another one, whose number
/// it may have typed.
async fn names_company(work: &CaseTransaction<'_>, by: Actor, filed: CompanyId) -> Result<bool, Problem> {
    if other_of_company(work.read(), filed, work.record.consultation.id).await?.is_none() {
        return Ok(true);
    }
    Ok(by.party() == Party::Coordinator && !has_later(work.read(), filed, &work.record).await?)
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
        && let Some((known, leading)) = store::intake::company::registered(work.read(), number).await?
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
    match other_of_company(work.read(), filed, id).await? {
        Some(other) if is_undone => Err(CorrectionRefused::CompanyShared { other }.into()),
        None => {
            if work.save(CompanyNumber(filed, number)).await? {
                Ok(())
            } else {
                Err(Problem::Stale)
            }
        }
        Some(_) => {
            let name = after.get(CorrectedField::CompanyName);
            let new = work.save(NewCompany { number, name }).await?;
            go_to(work, new).await
        }
    }
}

async fn go_to(work: &mut CaseTransaction<'_>, company: CompanyId) -> Result<(), Problem> {
    work.record.company = work.save(CompanyOf(work.record.consultation.id, company)).await?;
    Ok(())
}

/// The name of a company.
struct CompanyName<'a>(CompanyId, &'a str);

impl Save for CompanyName<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(set_name(to.tx, self.0, self.1).await?)
    }
}

/// The corporate number of a company; the answer is false if another company has it.
struct CompanyNumber(CompanyId, Option<String>);

impl Save<bool> for CompanyNumber {
    async fn save(self, to: Target<'_>) -> Result<bool, Problem> {
        Ok(set_number(to.tx, self.0, self.1).await?)
    }
}

/// A new company; the answer is its id.
struct NewCompany<'a> {
    number: Option<String>,
    name: &'a str,
}

impl Save<CompanyId> for NewCompany<'_> {
    async fn save(self, to: Target<'_>) -> Result<CompanyId, Problem> {
        Ok(store::intake::company::insert(to.tx, self.number, self.name, to.now).await?)
    }
}

/// The company under which a consultation is filed; the answer is the company to which it then belongs.
struct CompanyOf(ConsultationId, CompanyId);

impl Save<CompanyId> for CompanyOf {
    async fn save(self, to: Target<'_>) -> Result<CompanyId, Problem> {
        Ok(point_to(to.tx, self.0, self.1).await?)
    }
}
