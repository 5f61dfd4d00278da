//! The consequences of publishing the notice of a survey: if its questions are answered here, its row is made or changed.
use domain::{
    calendar::at_japan,
    publication::{
        Facts, Period, Publication,
        survey::{SurveyFacts, SurveyForm},
    },
    survey::{ADDRESSES_KEPT, SurveyResponseStatus, TEXTS_KEPT},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::transaction::SurveyTransaction;
use crate::{
    app::App,
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        survey::{Survey, code, response, result},
    },
};

const ANSWERED: &str =
    "回答が始まっているため、質問と回答の方法は変えられません。別の調査として作成してください。";

const RESULTS_ARE_PUBLIC: &str =
    "結果を公表しているため、回答を再び受け付けられません。先に、結果の公表をやめてください。";

/// Refuses other questions for a survey that people have begun to answer, before the publication is saved.
pub async fn check(
    tx: &DatabaseTransaction,
    before: &Publication,
    facts: &SurveyFacts,
) -> Result<(), Problem> {
    let Some(public) = before.public_revision else { return Ok(()) };
    if !is_used(tx, before).await? {
        return Ok(());
    }
    let earlier = store::publication::revision(tx, before.id, public).await?;
    let earlier =
        earlier.and_then(|it| if let Facts::Survey(it) = it.content.facts { it.form } else { None });
    let asks = |it: &Option<SurveyForm>| it.as_ref().map(|it| (it.access, it.questions.clone()));
    if asks(&earlier) == asks(&facts.form) { Ok(()) } else { Err(Problem::Refused(ANSWERED.to_owned())) }
}

/// Makes or changes the row of a survey whose notice was just published in `tx`, and commits.
pub async fn published(
    app: &App,
    context: Context,
    tx: DatabaseTransaction,
    publication: &Publication,
    facts: &SurveyFacts,
) -> Result<(), Problem> {
    let before = store::survey::lock(&tx, publication.id).await?;
    let (Some(form), Some(period)) = (&facts.form, publication.state.period()) else {
        // Questions that were never used are gone, and no answer is taken any more.
        if let Some(it) = before {
            let closes_at = it.closes_at.min(context.now);
            store::survey::save(&tx, &Survey { closes_at, due_at: Some(closes_at), ..it }).await?;
        }
        return Ok(tx.commit().await?);
    };
    let survey = row_of(publication, form, period, before.as_ref(), &context);
    if context.now < survey.closes_at && result::find(&tx, survey.id).await?.is_some() {
        return Err(Problem::Refused(RESULTS_ARE_PUBLIC.to_owned()));
    }
    if before.is_none() {
        store::survey::insert(&tx, &survey).await?;
    }
    SurveyTransaction { app, context, tx, survey, mails: Vec::new() }.commit().await
}

/// Refuses to end the notice of a survey that takes answers from people who were asked.
pub async fn may_end(
    tx: &DatabaseTransaction,
    publication: &Publication,
    context: &Context,
) -> Result<(), Problem> {
    let Some(it) = store::survey::lock(tx, publication.id).await? else { return Ok(()) };
    if context.now < it.closes_at && is_used(tx, publication).await? {
        let why = "回答を受け付けている間は、公開を終えられません。締切りを早めて公開し直すか、締切りのあとに終えてください。";
        return Err(Problem::Refused(why.to_owned()));
    }
    Ok(())
}

/// Returns whether codes were made for a survey, or answers begun.
async fn is_used(db: &impl ConnectionTrait, it: &Publication) -> Result<bool, Problem> {
    let codes = code::tally(db, it.id).await?;
    let begun = response::count(db, it.id, SurveyResponseStatus::Begun).await?;
    let given = response::count(db, it.id, SurveyResponseStatus::Given).await?;
    Ok(codes.printed + codes.invited + begun + given > 0)
}

fn row_of(
    publication: &Publication,
    form: &SurveyForm,
    period: Period,
    before: Option<&Survey>,
    context: &Context,
) -> Survey {
    let closes = at_japan(form.closes_on, 24, 0);
    let closes_at = period.until().map_or(closes, |it| it.min(closes));
    let now = context.now;
    // A survey that closes later again goes on, and keeps its data longer again.
    let still = |at: Option<chrono::DateTime<chrono::Utc>>, after: chrono::TimeDelta| {
        at.filter(|_| closes_at + after <= now)
    };
    Survey {
        id: publication.id,
        number: publication.number,
        title: publication.content.title.as_str().to_owned(),
        access: form.access,
        opens_at: before.map_or(period.from(), |it| it.opens_at.min(period.from())),
        closes_on: form.closes_on,
        closes_at,
        reminded_at: before.and_then(|it| it.reminded_at),
        closed_at: still(before.and_then(|it| it.closed_at), chrono::TimeDelta::zero()),
        erased_at: still(before.and_then(|it| it.erased_at), ADDRESSES_KEPT),
        texts_erased_at: still(before.and_then(|it| it.texts_erased_at), TEXTS_KEPT),
        due_at: None,
    }
}
