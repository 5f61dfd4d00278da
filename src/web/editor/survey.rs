//! A survey whose questions are answered here: how it stands, its results with small counts hidden, its codes, and the raw
//! answers as a file.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    calendar::japan_date,
    id::PublicationId,
    publication::{Facts, Publication, PublicationKind, survey::SurveyForm},
    statistics::DisplayedCount,
    survey::{AnswerKind, QuestionResult, SurveyAccess, SurveyResponseStatus, results},
    wording::{iso_date, long_date},
};
use uuid::Uuid;

use super::list;
use crate::{
    app::App,
    ops::{self, survey::MOST_CODES},
    problem::Problem,
    store::{
        self,
        survey::{
            Survey,
            code::{self, CodeTally},
            response, result,
        },
    },
    url,
    web::kit::{
        csv_file, files,
        form::Fields,
        page::{self, Shell},
        session::EditorUser,
    },
};

#[derive(Template)]
#[template(path = "editor/survey.html")]
struct SurveyPage {
    shell: Shell,
    survey: Survey,
    is_open: bool,
    codes: CodeTally,
    begun: u64,
    given: u64,
    questions: Vec<ShownResult>,
    /// The day on which the results were published; `None` if they are not public.
    published: Option<String>,
    /// Why the results were not published.
    refused: Option<String>,
    links: SurveyLinks,
}

/// The addresses of the pages of a survey, as far as the reader may open them.
pub struct SurveyLinks {
    pub desk: String,
    pub entry: String,
    pub public: String,
    /// Whether the reader may invite people, as coordinators may.
    pub invites: bool,
}

/// The results of one question, with the length of each bar in hundredths of the longest.
struct ShownResult {
    number: usize,
    text: String,
    note: String,
    rows: Vec<(String, DisplayedCount, u64)>,
    unanswered: DisplayedCount,
    numbers: Option<(String, String)>,
}

#[get("/staff/surveys/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    page::html(&survey_page(&app, shell, *id, None).await?)
}

/// Publishes the results, or takes them from the public page.
#[post("/staff/surveys/{id}/results")]
pub async fn publish_results(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let survey = PublicationId(*id);
    let (done, sentence) = match form.get("action") {
        "publish" => (
            ops::survey::publish_results(&app, survey, user.id).await,
            "結果を、調査のお知らせのページに公表しました。",
        ),
        "withdraw" => {
            (ops::survey::withdraw_results(&app, survey, user.id).await, "結果の公表をやめました。")
        }
        _ => return Err(Problem::Unreadable),
    };
    match done {
        Ok(()) => Ok(page::see_other_with(url::survey_desk(survey), sentence)),
        Err(Problem::Refused(why)) => page::unprocessable(&survey_page(&app, shell, *id, Some(why)).await?),
        Err(problem) => Err(problem),
    }
}

async fn survey_page(
    app: &App,
    shell: Shell,
    id: Uuid,
    refused: Option<String>,
) -> Result<SurveyPage, Problem> {
    let (survey, form) = find(app, id).await?;
    let all = response::given(&app.db, survey.id).await?;
    let counted = results(&form.questions, &all);
    let questions = form.questions.all().iter().zip(counted).enumerate();
    let questions = questions.map(|(at, (question, result))| {
        let is_text = question.answer == AnswerKind::Text;
        shown(at + 1, question.text.to_string(), is_text, result)
    });
    let published = result::find(&app.db, survey.id).await?;
    Ok(SurveyPage {
        is_open: survey.is_open(app.clock.now()),
        codes: code::tally(&app.db, survey.id).await?,
        begun: response::count(&app.db, survey.id, SurveyResponseStatus::Begun).await?,
        given: response::count(&app.db, survey.id, SurveyResponseStatus::Given).await?,
        questions: questions.collect(),
        published: published.map(|it| long_date(it.at)),
        refused,
        links: links(&shell, &survey),
        shell,
        survey,
    })
}

/// Makes codes that are printed.
#[post("/staff/surveys/{id}/codes")]
pub async fn print_codes(
    app: Data<App>,
    user: EditorUser,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (survey, _) = find(&app, *id).await?;
    let desk = url::survey_desk(survey.id);
    let count = domain::text::amount(form.get("count")).parse().ok();
    let Some(count) = count.filter(|it| (1..=MOST_CODES).contains(it)) else {
        let why = format!("作っていません。回答番号の数は、1から{MOST_CODES}までの数字で入力してください。");
        return Ok(page::see_other_with(desk, &why));
    };
    ops::survey::print_codes(&app, survey.id, count, user.id).await?;
    Ok(page::see_other_with(desk, &format!("回答番号を{count}件作りました。CSVで受け取れます。")))
}

/// Sends the codes that are printed.
#[get("/staff/surveys/{id}/codes.csv")]
pub async fn codes(app: Data<App>, _: EditorUser, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let (survey, _) = find(&app, *id).await?;
    let address = |code: &str| app.site.absolute(&url::survey_answer(survey.number, code));
    let rows = code::printed(&app.db, survey.id).await?.into_iter().map(|(id, _)| {
        let code = ops::survey::code_of(&app, id);
        vec![code.clone(), address(&code)]
    });
    let body = csv_file::written(["回答番号", "回答のページ"].into_iter(), rows);
    download(&app, &survey, "codes", body)
}

/// Sends all given answers, whose they are not known.
#[get("/staff/surveys/{id}/answers.csv")]
pub async fn answers(app: Data<App>, _: EditorUser, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let (survey, form) = find(&app, *id).await?;
    let questions = form.questions.all();
    let head: Vec<_> = (1..).zip(questions).map(|(n, it)| format!("問{n} {}", it.text)).collect();
    let all = response::given(&app.db, survey.id).await?;
    let cells = all.iter().map(|given| {
        questions.iter().enumerate().map(|(at, it)| it.words_of(given.get(at))).collect::<Vec<_>>()
    });
    let body = csv_file::written(head.iter().map(String::as_str), cells);
    download(&app, &survey, "answers", body)
}

fn download(
    app: &App,
    survey: &Survey,
    what: &str,
    body: Result<Vec<u8>, csv::Error>,
) -> Result<HttpResponse, Problem> {
    let body = body.map_err(|err| Problem::Internal(err.into()))?;
    let name = format!("survey-{}-{what}-{}.csv", survey.number, iso_date(japan_date(app.clock.now())));
    Ok(files::download(name, "text/csv; charset=utf-8", body))
}

/// Returns a survey with the questions that the public answers.
pub async fn find(app: &App, id: Uuid) -> Result<(Survey, SurveyForm), Problem> {
    let survey = store::survey::find(&app.db, PublicationId(id)).await?.ok_or(Problem::NotFound)?;
    let publication = store::publication::find(&app.db, survey.id).await?.ok_or(Problem::NotFound)?;
    let form = public_form(app, &publication).await?.ok_or(Problem::NotFound)?;
    Ok((survey, form))
}

async fn public_form(app: &App, it: &Publication) -> Result<Option<SurveyForm>, Problem> {
    let number = it.public_revision.unwrap_or(it.revision);
    let revision = store::publication::revision(&app.db, it.id, number).await?;
    Ok(revision.and_then(|it| if let Facts::Survey(it) = it.content.facts { it.form } else { None }))
}

pub fn links(shell: &Shell, survey: &Survey) -> SurveyLinks {
    let is_coordinator = shell.account.as_ref().is_some_and(|it| it.role == domain::actor::Role::Coordinator);
    SurveyLinks {
        desk: url::survey_desk(survey.id),
        entry: format!("{}/{}", list::address(PublicationKind::Survey), survey.id),
        public: url::publication(PublicationKind::Survey, survey.number),
        invites: is_coordinator && survey.access == SurveyAccess::ByCode,
    }
}

fn shown(number: usize, text: String, is_text: bool, it: QuestionResult) -> ShownResult {
    let exact = |it: &DisplayedCount| if let DisplayedCount::Exact(n) = it { *n } else { 0 };
    let longest = it.rows.iter().map(|(_, n)| exact(n)).max().unwrap_or_default().max(1);
    let note = match it.shown_to {
        None => "前の質問に人数の少ない答えがあるため、件数を表示しません。".to_owned(),
        Some(n) if is_text => format!("{n}人に表示しました。文の回答は、CSVで読めます。"),
        Some(n) => format!("{n}人に表示しました。"),
    };
    let rows = it.rows.into_iter().map(|(label, n)| {
        let length = exact(&n) * 100 / longest;
        (label, n, length)
    });
    ShownResult { number, text, note, rows: rows.collect(), unanswered: it.unanswered, numbers: it.numbers }
}

impl SurveyPage {
    fn is_by_code(&self) -> bool {
        self.survey.access == SurveyAccess::ByCode
    }
}
