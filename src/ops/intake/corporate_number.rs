//! The corporate number of an application that anybody could have typed: the center confirms whose it is.
use domain::{
    actor::Actor,
    id::{AccountId, ConsultationId},
};

use crate::{app::App, ops::case::transaction::CaseTransaction, problem::Problem, store};

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

/// Records that the number is another company's. The consultation gets a company of its own.
pub async fn separate(app: &App, id: ConsultationId, by: AccountId) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    if !work.record.number_unconfirmed {
        return Err(Problem::Stale);
    }
    work.record.company = store::intake::company::separate(&work.tx, &work.record, work.now()).await?;
    work.record.number_unconfirmed = false;
    work.note(Actor::Coordinator(by), "法人番号は別の企業のものでした。別の企業として登録しました");
    work.commit().await?;
    Ok(())
}
