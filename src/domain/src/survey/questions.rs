//! The questions of a survey. A branch names an earlier question, so that no question can depend on itself.
use serde::{Deserialize, Serialize};

use crate::text::TextLine;

/// The most questions of a survey, and the most choices of a question.
pub const MOST_QUESTIONS: usize = 60;
pub const MOST_CHOICES: usize = 30;

/// The length of the longest question and of the longest choice, in characters.
pub const LONGEST_TEXT: usize = 300;

/// Questions of which every branch names an earlier question with choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<SurveyQuestion>", into = "Vec<SurveyQuestion>")]
pub struct SurveyQuestions(Vec<SurveyQuestion>);

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyQuestion {
    pub text: TextLine,
    pub answer: AnswerKind,
    pub is_required: bool,
    /// The answer to an earlier question with which alone it is shown.
    pub branch: Option<QuestionBranch>,
}

/// The kind of an answer, with its choices if it has any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "choices", rename_all = "snake_case")]
pub enum AnswerKind {
    Single(Vec<TextLine>),
    Multiple(Vec<TextLine>),
    Number,
    Text,
}

/// The condition that an earlier question was answered with one of these choices. Questions and choices are counted from
/// 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionBranch {
    pub question: usize,
    pub choices: Vec<usize>,
}

/// Why questions are no survey. The number of the question counts from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionFault {
    #[error("質問を1つ以上入力してください")]
    None,
    #[error("質問は{MOST_QUESTIONS}問までにしてください")]
    TooMany,
    #[error("問{0}：選択肢は、2つから{MOST_CHOICES}個までにしてください")]
    Choices(usize),
    #[error("問{0}：同じ選択肢が2つあります")]
    SameChoice(usize),
    #[error("問{0}：条件には、その問より前の、選択肢のある問を書いてください")]
    NotEarlier(usize),
    #[error("問{0}：条件の選択肢が、その問にありません")]
    NoSuchChoice(usize),
}

impl AnswerKind {
    pub fn choices(&self) -> &[TextLine] {
        match self {
            Self::Single(choices) | Self::Multiple(choices) => choices,
            Self::Number | Self::Text => &[],
        }
    }
}

impl SurveyQuestions {
    pub fn new(questions: Vec<SurveyQuestion>) -> Result<Self, QuestionFault> {
        if questions.is_empty() {
            return Err(QuestionFault::None);
        }
        if questions.len() > MOST_QUESTIONS {
            return Err(QuestionFault::TooMany);
        }
        for (at, it) in questions.iter().enumerate() {
            check(at + 1, it, questions.get(..at).unwrap_or_default())?;
        }
        Ok(Self(questions))
    }

    pub fn all(&self) -> &[SurveyQuestion] {
        &self.0
    }

    pub fn get(&self, at: usize) -> Option<&SurveyQuestion> {
        self.0.get(at)
    }
}

impl TryFrom<Vec<SurveyQuestion>> for SurveyQuestions {
    type Error = QuestionFault;

    fn try_from(questions: Vec<SurveyQuestion>) -> Result<Self, QuestionFault> {
        Self::new(questions)
    }
}

impl From<SurveyQuestions> for Vec<SurveyQuestion> {
    fn from(it: SurveyQuestions) -> Self {
        it.0
    }
}

fn check(number: usize, it: &SurveyQuestion, earlier: &[SurveyQuestion]) -> Result<(), QuestionFault> {
    let choices = it.answer.choices();
    let has_choices = matches!(it.answer, AnswerKind::Single(_) | AnswerKind::Multiple(_));
    if has_choices && !(2..=MOST_CHOICES).contains(&choices.len()) {
        return Err(QuestionFault::Choices(number));
    }
    if choices.iter().enumerate().any(|(at, it)| choices.iter().take(at).any(|other| other == it)) {
        return Err(QuestionFault::SameChoice(number));
    }
    let Some(branch) = &it.branch else { return Ok(()) };
    let named = earlier.get(branch.question).map(|it| it.answer.choices());
    let named = named.filter(|it| !it.is_empty()).ok_or(QuestionFault::NotEarlier(number))?;
    let is_there = !branch.choices.is_empty() && branch.choices.iter().all(|it| *it < named.len());
    if is_there { Ok(()) } else { Err(QuestionFault::NoSuchChoice(number)) }
}
