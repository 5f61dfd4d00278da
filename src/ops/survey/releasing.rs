//! The publication of the results of a survey.
use codes::EditorAct;
use domain::{
    id::{AccountId, PublicationId},
    publication::Facts,
    statistics::LEAST,
    survey::{SurveyQuestions, published},
};
use sea_orm::ConnectionTrait;

use super::transaction::SurveyTransaction;
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        survey::{response, result},
    },
};

/// Publishes the results of a survey that takes no answers any more, with small counts hidden. They are kept as they are now.
/// Doing so twice changes nothing.
pub async fn publish_results(app: &App, id: PublicationId, by: AccountId) -> Result<(), Problem> {
    let work = SurveyTransaction::begin(app, id).await?;
    if work.survey.closed_at.is_none() {
        return Err(refused("回答の受付が終わってから、公表できます。"));
    }
    if result::find(&work.tx, id).await?.is_some() {
        return Ok(());
    }
    let all = response::given(&work.tx, id).await?;
    if u64::try_from(all.len()).is_ok_and(|it| it < LEAST) {
        return Err(refused("回答が5件より少ないため、公表できません。"));
    }
    let questions = questions(&work.tx, id).await?;
    result::insert(&work.tx, id, &published(&questions, &all), (by, work.now())).await?;
    work.record(EditorAct::ResultsPublished, Some(all.len()), by).await?;
    work.commit().await
}

/// Takes the results of a survey from its page. Doing so twice changes nothing.
pub async fn withdraw_results(app: &App, id: PublicationId, by: AccountId) -> Result<(), Problem> {
    let work = SurveyTransaction::begin(app, id).await?;
    if !result::remove(&work.tx, id).await? {
        return Ok(());
    }
    work.record(EditorAct::ResultsWithdrawn, None, by).await?;
    work.commit().await
}

/// Returns the questions that people have answered.
async fn questions(db: &impl ConnectionTrait, id: PublicationId) -> Result<SurveyQuestions, Problem> {
    let it = store::publication::find(db, id).await?.ok_or(Problem::NotFound)?;
    let number = it.public_revision.unwrap_or(it.revision);
    let revision = store::publication::revision(db, id, number).await?.ok_or(Problem::NotFound)?;
    match revision.content.facts {
        Facts::Survey(facts) => facts.form.map(|it| it.questions).ok_or(Problem::NotFound),
        Facts::News(_) | Facts::Guide(_) | Facts::Example(_) | Facts::Gathering(_) | Facts::Campaign(_) => {
            Err(Problem::NotFound)
        }
    }
}

fn refused(why: &str) -> Problem {
    Problem::Refused(why.to_owned())
}
