//! The form of a follow-up question: the company fills it in, or a coordinator who asks by telephone.
use std::fmt;

use domain::{
    aftercare::follow_up::{
        FollowUp, FollowUpAnswer, FollowUpState, Kind, Progress, ProgressAnswer, SurveyAgreement,
        SurveyAnswer,
    },
    text::{Prose, optional},
};

use super::form::{Choice, FieldErrors, Fields};

/// The length of the longest comment, in characters.
const LONGEST: usize = 1000;
const SENTENCES: [&str; 3] = ["purpose_achieved", "satisfied", "will_consider"];

/// The parts of the form that depend on the question.
#[derive(Clone, Debug)]
pub struct FollowUpForm {
    pub is_survey: bool,
    pub title: &'static str,
    /// The administrator's text of the question; may be empty.
    pub question: String,
    /// The name and the sentence of each question of the survey.
    pub sentences: Vec<(&'static str, &'static str)>,
    pub choices: Vec<Choice>,
}

impl FollowUpForm {
    pub fn of(it: &FollowUp) -> Self {
        let is_survey = it.kind == Kind::Survey;
        let agreements = || SurveyAgreement::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec();
        let progress = || Progress::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec();
        Self {
            is_survey,
            title: title(it.kind),
            question: it.step.question.clone(),
            sentences: SENTENCES.into_iter().zip(SurveyAnswer::SENTENCES).collect(),
            choices: if is_survey { agreements() } else { progress() },
        }
    }
}

/// Parses the answer to a question, or returns the errors of its fields.
pub fn read(it: &FollowUp, form: &Fields) -> Result<FollowUpAnswer, FieldErrors> {
    let mut errors = FieldErrors::default();
    let read = if it.kind == Kind::Survey { survey(form, &mut errors) } else { progress(form, &mut errors) };
    read.filter(|_| errors.is_empty()).ok_or(errors)
}

/// Returns the form filled in with the answer that was given before; an empty form if there is none.
pub fn given(it: &FollowUp) -> Fields {
    match &it.state {
        FollowUpState::Answered { answer, .. } => typed(answer),
        FollowUpState::Planned
        | FollowUpState::Sent { .. }
        | FollowUpState::Skipped
        | FollowUpState::Lapsed => Fields::default(),
    }
}

pub const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Survey => "アンケート",
        Kind::ThreeMonths | Kind::SixMonths | Kind::NextYear | Kind::Custom => {
            "その後の状況をお知らせください"
        }
    }
}

/// The error for a question that was left without an answer.
#[derive(Clone, Copy, Debug)]
struct NotChosen(&'static str);

impl fmt::Display for NotChosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "「{}」の回答を選択してください", self.0)
    }
}

fn survey(form: &Fields, errors: &mut FieldErrors) -> Option<FollowUpAnswer> {
    let mut answers = SENTENCES.into_iter().zip(SurveyAnswer::SENTENCES).map(|(name, sentence)| {
        errors.take(name, SurveyAgreement::from_code(form.get(name)).ok_or(NotChosen(sentence)))
    });
    let (first, second, third) = (answers.next()?, answers.next()?, answers.next()?);
    drop(answers);
    let comment = comment(form, errors);
    Some(FollowUpAnswer::Survey(SurveyAnswer {
        purpose_achieved: first?,
        satisfied: second?,
        will_consider: third?,
        wants_further_appointment: form.has("help", "1"),
        comment,
    }))
}

fn progress(form: &Fields, errors: &mut FieldErrors) -> Option<FollowUpAnswer> {
    let progress = Progress::from_code(form.get("answer")).ok_or(NotChosen("テレワークの状況"));
    let progress = errors.take("answer", progress);
    let comment = comment(form, errors);
    Some(FollowUpAnswer::Progress(ProgressAnswer {
        progress: progress?,
        wants_help: form.has("help", "1"),
        comment,
    }))
}

fn comment(form: &Fields, errors: &mut FieldErrors) -> String {
    let parsed = optional(form.get("comment"), |raw| Prose::parse("ご意見", raw, LONGEST));
    errors.take("comment", parsed).flatten().map(|it| it.as_str().to_owned()).unwrap_or_default()
}

/// Returns the form filled in with an answer.
fn typed(answer: &FollowUpAnswer) -> Fields {
    let (mut form, help, comment) = match answer {
        FollowUpAnswer::Survey(it) => {
            let given = [it.purpose_achieved, it.satisfied, it.will_consider];
            let fields = SENTENCES.into_iter().zip(given.map(SurveyAgreement::code)).collect::<Fields>();
            (fields, it.wants_further_appointment, &it.comment)
        }
        FollowUpAnswer::Progress(it) => {
            (Fields::from_iter([("answer", it.progress.code())]), it.wants_help, &it.comment)
        }
    };
    if help {
        form.add("help", "1");
    }
    form.add("comment", comment.as_str());
    form
}
