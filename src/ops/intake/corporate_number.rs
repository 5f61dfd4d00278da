//! The corporate number of an application that anybody could have typed: the center confirms whose it is.
use domain::{
    actor::Actor,
    consultation::correction::{CaseValues, CorrectedField, CorrectionSection},
    id::{AccountId, CompanyId, ConsultationId},
    text::TextLine,
};

use crate::{
    app::App,
    ops::{
        case::{
            save::{Save, Target},
            transaction::CaseTransaction,
        },
        consultation::correction::{CorrectionCause, correct_in},
    },
    problem::Problem,
    store::{self, consultation::Record},
};

/// Records that the company has been found to have the number that it typed. Its appointments count toward its cap.
pub async fn confirm(app: &App, id: ConsultationId, by: AccountId) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    if !work.record.number_unconfirmed {
        return Ok(());
    }
    work.record.number_unconfirmed = false;
    work.note(Actor::Coordinator(by), "法人番号が企業のものであることを確認しました");
    work.commit().await?;
    Ok(())
}

/// Records that the number is another company's. The consultation gets a company of its own, and its application loses the
/// number: a correction, which can be taken back.
pub async fn separate(app: &App, id: ConsultationId, by: AccountId) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    if !work.record.number_unconfirmed {
        return Err(Problem::Stale);
    }
    let record = work.record.clone();
    work.record.company = work.save(SeparateCompany(&record)).await?;
    work.record.number_unconfirmed = false;
    let by = Actor::Coordinator(by);
    work.note(by, "法人番号は別の企業のものでした。別の企業として登録しました");
    let mut typed = CaseValues::default();
    typed.set(CorrectedField::CorporateNumber, "");
    let reason = TextLine::parse("理由", "別の企業の法人番号だったため", 200);
    let reason = reason.map_err(|why| Problem::Refused(why.to_string()))?;
    let cause = CorrectionCause::reason(Some(&reason));
    Box::pin(correct_in(&mut work, by, CorrectionSection::Company, &typed, cause)).await?;
    work.commit().await?;
    Ok(())
}

/// A company of its own for a consultation; the answer is its id.
struct SeparateCompany<'a>(&'a Record);

impl Save<CompanyId> for SeparateCompany<'_> {
    async fn save(self, to: Target<'_>) -> Result<CompanyId, Problem> {
        Ok(store::intake::company::separate(to.tx, self.0, to.now).await?)
    }
}
