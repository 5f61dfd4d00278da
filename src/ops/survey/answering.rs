//! Answering a survey: begun with a code or by everyone, saved question by question, given once.
use domain::{
    calendar::japan_date,
    id::{PublicationId, SurveyResponseId},
    publication::{
        Facts, Phase, Publication,
        survey::{SurveyFacts, SurveyForm},
    },
    survey::{IDLE_KEPT, QuestionAnswer, SurveyAccess, SurveyAnswers},
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::inviting::code_key;
use crate::{
    app::App,
    problem::Problem,
    secret::Purpose,
    store::{
        self,
        correspondence::mail_budget,
        survey::{
            Survey, code,
            response::{self, BegunResponse},
        },
    },
};

/// The most wrong codes that one network may try in a day.
const WRONG_CODES: i32 = 20;

/// The most answers that one network may begin in a day without a code.
const BEGUN_OPEN: i32 = 50;

const CLOSED: &str = "この調査は、回答を受け付けていません。";
const WRONG: &str =
    "この回答番号では回答できません。番号をもう一度確認してください。すでに回答した番号は、使えません。";

/// Answers that can be continued, with the survey and its questions.
#[derive(Clone, Debug)]
pub struct BegunSurvey {
    pub survey: Survey,
    pub facts: SurveyFacts,
    pub form: SurveyForm,
    pub response: BegunResponse,
}

/// Returns the token of the page on which answers are continued. It is valid while they are kept.
pub fn page_token(app: &App, survey: &Survey, id: SurveyResponseId) -> String {
    let until = survey.closes_at.max(app.clock.now() + IDLE_KEPT);
    app.secret.sign(Purpose::SurveyResponse, id.0, until)
}

/// Begins to answer, or goes on with what was saved under the code. The answer to a code that is wrong and to one that was
/// used is the same, and each is found by its keyed hash. `network` is a keyed hash. Returns `TooMany` if the network has
/// tried too often.
pub async fn begin(
    app: &App,
    id: PublicationId,
    typed: &str,
    network: &str,
) -> Result<(Survey, SurveyResponseId), Problem> {
    let now = app.clock.now();
    let day = japan_date(now);
    let tx = app.begin().await?;
    let survey = store::survey::find(&tx, id).await?.ok_or(Problem::NotFound)?;
    if !survey.is_open(now) {
        return Err(Problem::Refused(CLOSED.to_owned()));
    }
    let code = if survey.access == SurveyAccess::ByCode {
        let tries = format!("survey/code/{network}");
        if mail_budget::counted(&tx, &tries, day).await? >= WRONG_CODES {
            return Err(Problem::TooMany);
        }
        let found = code::lock_by_hash(&tx, id, &code_key(app, id, typed)).await?;
        let Some(found) = found.filter(|it| it.used_at.is_none()) else {
            mail_budget::count(&tx, [tries], day).await?;
            tx.commit().await?;
            return Err(Problem::Refused(WRONG.to_owned()));
        };
        if let Some(begun) = response::of_code(&tx, found.id).await? {
            return Ok((survey, begun.id));
        }
        Some(found.id)
    } else {
        let [begun] = mail_budget::count(&tx, [format!("survey/open/{network}")], day).await?;
        if begun > BEGUN_OPEN {
            return Err(Problem::TooMany);
        }
        None
    };
    let new = SurveyResponseId(Uuid::new_v4());
    let begun = BegunResponse { id: new, survey: id, code, answers: SurveyAnswers::default() };
    response::insert(&tx, &begun, now).await?;
    tx.commit().await?;
    Ok((survey, new))
}

/// Returns the answers of a page's token; `None` if the token is not ours or has expired, or the answers were given or
/// deleted.
pub async fn response_of(app: &App, token: &str) -> Result<Option<BegunSurvey>, Problem> {
    let Some(id) = app.secret.verify(Purpose::SurveyResponse, token, app.clock.now()) else {
        return Ok(None);
    };
    let Some(response) = response::find(&app.db, SurveyResponseId(id)).await? else { return Ok(None) };
    let survey = store::survey::find(&app.db, response.survey).await?.ok_or(Problem::NotFound)?;
    let publication = store::publication::find(&app.db, survey.id).await?.ok_or(Problem::NotFound)?;
    if publication.state.phase(app.clock.now()) != Phase::Current {
        return Ok(None);
    }
    let Some((facts, form)) = public_form(app, &publication).await? else { return Ok(None) };
    Ok(Some(BegunSurvey { survey, facts, form, response }))
}

/// Returns the facts and the questions of a survey as the public reads them.
async fn public_form(
    app: &App,
    publication: &Publication,
) -> Result<Option<(SurveyFacts, SurveyForm)>, Problem> {
    let Some(public) = publication.public_revision else { return Ok(None) };
    let revision = store::publication::revision(&app.db, publication.id, public).await?;
    let facts =
        revision.and_then(|it| if let Facts::Survey(it) = it.content.facts { Some(it) } else { None });
    Ok(facts.and_then(|it| it.form.clone().map(|form| (it, form))))
}

/// Saves the answer to one question. The others stay.
pub async fn save(
    app: &App,
    begun: &BegunSurvey,
    at: usize,
    answer: Option<QuestionAnswer>,
) -> Result<SurveyAnswers, Problem> {
    let (tx, mut response) = open(app, begun).await?;
    response.answers.set(at, answer);
    response::save(&tx, &response, app.clock.now()).await?;
    tx.commit().await?;
    Ok(response.answers)
}

/// Gives the answers: they count from now on, belong to no person, and their code is used.
pub async fn give(app: &App, begun: &BegunSurvey) -> Result<(), Problem> {
    let (tx, response) = open(app, begun).await?;
    let questions = &begun.form.questions;
    if response.answers.missing(questions).is_some() {
        return Err(Problem::Refused("回答が必要な質問が残っています。".to_owned()));
    }
    if let Some(id) = response.code
        && !code::use_once(&tx, id, app.clock.now()).await?
    {
        return Err(Problem::Expired);
    }
    let answers = response.answers.clone().whole(questions);
    // A random id, because one that is made of the time would tell when the answers were given.
    response::give(&tx, &response, SurveyResponseId(Uuid::new_v4()), &answers).await?;
    Ok(tx.commit().await?)
}

/// Locks answers of a survey that still takes them.
async fn open(app: &App, begun: &BegunSurvey) -> Result<(DatabaseTransaction, BegunResponse), Problem> {
    let tx = app.begin().await?;
    let response = response::lock(&tx, begun.response.id).await?.ok_or(Problem::Expired)?;
    if !begun.survey.is_open(app.clock.now()) {
        return Err(Problem::Refused(CLOSED.to_owned()));
    }
    Ok((tx, response))
}
