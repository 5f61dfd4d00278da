//! The answers to the questions of a survey, one after the other.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::questions::{AnswerKind, SurveyQuestion, SurveyQuestions};
use crate::text::{BadText, Prose, amount};

/// The length of the longest answer in words, in characters.
const LONGEST_ANSWER: usize = 2_000;

/// The largest number that is an answer.
const LARGEST: u64 = 1_000_000_000_000;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum QuestionAnswer {
    /// The chosen choices, counted from 0; one for a question with one answer.
    Chosen(Vec<usize>),
    Number(u64),
    Text(Prose),
}

/// The answers of one person, by question. An empty answer is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SurveyAnswers(BTreeMap<usize, QuestionAnswer>);

/// Why a typed answer is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    #[error("1つ選択してください")]
    NoneChosen,
    #[error("1つ以上選択してください")]
    NothingChosen,
    #[error("1つだけ選択してください")]
    SeveralChosen,
    #[error("0以上の整数を入力してください")]
    NoNumber,
    #[error("回答を入力してください")]
    NoText,
    #[error(transparent)]
    Text(#[from] BadText),
}

impl SurveyQuestion {
    /// Parses an answer as a form sends it: the numbers of the chosen choices, or the typed text. `None` if an answer is not
    /// required and none was given.
    pub fn parse_answer(&self, typed: &[&str]) -> Result<Option<QuestionAnswer>, BadAnswer> {
        let first = typed.first().copied().unwrap_or_default().trim();
        let missing = |why| if self.is_required { Err(why) } else { Ok(None) };
        match &self.answer {
            AnswerKind::Single(choices) | AnswerKind::Multiple(choices) => {
                let is_single = matches!(self.answer, AnswerKind::Single(_));
                let mut chosen: Vec<usize> = typed.iter().filter_map(|it| it.parse().ok()).collect();
                chosen.retain(|it| *it < choices.len());
                chosen.sort_unstable();
                chosen.dedup();
                match chosen.len() {
                    0 if is_single => missing(BadAnswer::NoneChosen),
                    0 => missing(BadAnswer::NothingChosen),
                    2.. if is_single => Err(BadAnswer::SeveralChosen),
                    _ => Ok(Some(QuestionAnswer::Chosen(chosen))),
                }
            }
            AnswerKind::Number if first.is_empty() => missing(BadAnswer::NoNumber),
            AnswerKind::Number => {
                let number = amount(first).parse().ok().filter(|it| *it <= LARGEST);
                number.map(|it| Some(QuestionAnswer::Number(it))).ok_or(BadAnswer::NoNumber)
            }
            AnswerKind::Text if first.is_empty() => missing(BadAnswer::NoText),
            AnswerKind::Text => Ok(Some(QuestionAnswer::Text(Prose::parse("回答", first, LONGEST_ANSWER)?))),
        }
    }

    /// Returns the words of an answer; empty if there is none.
    pub fn words_of(&self, answer: Option<&QuestionAnswer>) -> String {
        match answer {
            None => String::new(),
            Some(QuestionAnswer::Chosen(chosen)) => {
                let named = chosen.iter().filter_map(|it| self.answer.choices().get(*it));
                named.map(ToString::to_string).collect::<Vec<_>>().join("、")
            }
            Some(QuestionAnswer::Number(number)) => number.to_string(),
            Some(QuestionAnswer::Text(text)) => text.to_string(),
        }
    }
}

impl SurveyAnswers {
    pub fn get(&self, at: usize) -> Option<&QuestionAnswer> {
        self.0.get(&at)
    }

    /// Sets or removes the answer to a question.
    pub fn set(&mut self, at: usize, answer: Option<QuestionAnswer>) {
        match answer {
            Some(answer) => drop(self.0.insert(at, answer)),
            None => drop(self.0.remove(&at)),
        }
    }

    /// Returns whether a question is shown after these answers. A branch names an earlier question, so that this ends.
    pub fn shows(&self, questions: &SurveyQuestions, at: usize) -> bool {
        let Some(it) = questions.get(at) else { return false };
        let Some(branch) = &it.branch else { return true };
        let is_chosen = match self.get(branch.question) {
            Some(QuestionAnswer::Chosen(chosen)) => chosen.iter().any(|it| branch.choices.contains(it)),
            Some(QuestionAnswer::Number(_) | QuestionAnswer::Text(_)) | None => false,
        };
        is_chosen && branch.question < at && self.shows(questions, branch.question)
    }

    /// Returns the questions that are shown, in their order.
    pub fn shown(&self, questions: &SurveyQuestions) -> Vec<usize> {
        (0..questions.all().len()).filter(|it| self.shows(questions, *it)).collect()
    }

    /// Returns the first question that is shown and has to be answered, and is not.
    pub fn missing(&self, questions: &SurveyQuestions) -> Option<usize> {
        let is_open = |it: &usize| {
            self.get(*it).is_none() && questions.get(*it).is_some_and(|question| question.is_required)
        };
        self.shown(questions).into_iter().find(is_open)
    }

    /// Returns the answers to the questions that are shown: an earlier answer that leads elsewhere now counts for nothing.
    pub fn whole(mut self, questions: &SurveyQuestions) -> Self {
        let shown = self.shown(questions);
        self.0.retain(|at, _| shown.contains(at));
        self
    }

    /// Returns the answers without those in words.
    pub fn without_texts(mut self) -> Self {
        self.0.retain(|_, it| !matches!(it, QuestionAnswer::Text(_)));
        self
    }
}
