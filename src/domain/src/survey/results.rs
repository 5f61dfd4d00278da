//! The results of a survey with small counts hidden, so that no answer of few people can be computed from the tables.
use serde::{Deserialize, Serialize};

use super::{
    answers::{QuestionAnswer, SurveyAnswers},
    questions::{AnswerKind, SurveyQuestion, SurveyQuestions},
};
use crate::statistics::{DisplayedCount, LEAST, MEDIAN_LEAST, protected};

/// The results of one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionResult {
    /// The number of people to whom it was shown; `None` if even that would reveal a small count.
    pub shown_to: Option<DisplayedCount>,
    /// The choices with their counts. A question without choices has the number of its answers alone.
    pub rows: Vec<(String, DisplayedCount)>,
    /// The number of people who gave no answer.
    pub unanswered: DisplayedCount,
    /// Mean and median of numbers, each with one decimal, if enough people have answered.
    pub numbers: Option<(String, String)>,
}

/// Returns the results of every question, in order.
///
/// The parts of a question are published as `statistics::protected` shows them. A question behind a branch tells how many
/// people chose the answers that lead to it, so that it shows nothing if a count of the earlier question is hidden, or if
/// several answers of a question with many answers lead to it.
pub fn results(questions: &SurveyQuestions, all: &[SurveyAnswers]) -> Vec<QuestionResult> {
    let mut found: Vec<QuestionResult> = Vec::new();
    for (at, question) in questions.all().iter().enumerate() {
        let is_open = question.branch.as_ref().is_none_or(|branch| {
            let source = questions.get(branch.question).map(|it| &it.answer);
            let is_plain = matches!(source, Some(AnswerKind::Single(_))) || branch.choices.len() == 1;
            is_plain && found.get(branch.question).is_some_and(QuestionResult::hides_nothing)
        });
        let shown: Vec<_> = all.iter().filter(|it| it.shows(questions, at)).collect();
        let answers: Vec<_> = shown.iter().filter_map(|it| it.get(at)).collect();
        let result = one(&question.answer, &answers, shown.len());
        found.push(if is_open { result } else { result.hidden() });
    }
    found
}

fn one(kind: &AnswerKind, answers: &[&QuestionAnswer], shown: usize) -> QuestionResult {
    let unanswered = count(shown - answers.len());
    let chosen = |choice: usize| {
        let has = |it: &&&QuestionAnswer| matches!(it, QuestionAnswer::Chosen(all) if all.contains(&choice));
        count(answers.iter().filter(has).count())
    };
    let choices = kind.choices();
    let counts: Vec<u64> = (0..choices.len()).map(chosen).collect();
    let (rows, unanswered) = match kind {
        AnswerKind::Single(_) => {
            let mut parts = counts;
            parts.push(unanswered);
            let mut safe = protected(&parts);
            let last = safe.pop().unwrap_or(DisplayedCount::Withheld);
            (safe, last)
        }
        AnswerKind::Multiple(_) => {
            let safe = |n: u64| part_of(n, count(shown));
            (counts.into_iter().map(safe).collect(), part_of(unanswered, count(shown)))
        }
        AnswerKind::Number | AnswerKind::Text => {
            (vec![part_of(count(answers.len()), count(shown))], part_of(unanswered, count(shown)))
        }
    };
    let labels = choices.iter().map(ToString::to_string);
    let labels: Vec<_> = if choices.is_empty() { vec!["回答".to_owned()] } else { labels.collect() };
    let is_shown = count(shown) == 0 || count(shown) >= LEAST;
    QuestionResult {
        shown_to: Some(if is_shown { DisplayedCount::Exact(count(shown)) } else { DisplayedCount::Few }),
        rows: labels.into_iter().zip(rows).collect(),
        unanswered,
        numbers: numbers(answers),
    }
}

/// Returns a part as it is published beside the whole: hidden if it or the rest is small. The reader does not see which of the
/// two it is: of 6 people, 5 would be the only part with a small rest that is not small itself.
fn part_of(part: u64, whole: u64) -> DisplayedCount {
    let is_small = |it: u64| (1..LEAST).contains(&it);
    if is_small(part) || is_small(whole.saturating_sub(part)) {
        DisplayedCount::Withheld
    } else {
        DisplayedCount::Exact(part)
    }
}

fn numbers(answers: &[&QuestionAnswer]) -> Option<(String, String)> {
    let mut all: Vec<u64> = answers
        .iter()
        .filter_map(|it| if let QuestionAnswer::Number(number) = it { Some(*number) } else { None })
        .collect();
    if count(all.len()) < MEDIAN_LEAST {
        return None;
    }
    all.sort_unstable();
    let (n, sum) = (all.len() as u128, all.iter().map(|it| u128::from(*it)).sum::<u128>());
    let middle = all.get(all.len() / 2).copied().unwrap_or_default();
    let other = all.get((all.len() - 1) / 2).copied().unwrap_or_default();
    Some((tenths(sum * 10 / n), tenths((u128::from(middle) + u128::from(other)) * 5)))
}

fn tenths(it: u128) -> String {
    format!("{}.{}", it / 10, it % 10)
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// The result of a question in the words with which it is published. It is kept as it is, so that nothing that is counted or
/// erased later changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedResult {
    pub question: String,
    /// The number of people to whom it was shown, in a sentence.
    pub note: String,
    pub rows: Vec<PublishedRow>,
    /// The number of people who gave no answer; empty for a question whose answers are not published.
    pub unanswered: String,
    /// Mean and median of numbers.
    pub numbers: Option<(String, String)>,
}

/// A choice with its count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRow {
    pub label: String,
    pub count: String,
    /// The length of the bar, in hundredths of the longest.
    pub length: u64,
}

/// Returns the results as `results` does, in words. Answers in words are not published.
pub fn published(questions: &SurveyQuestions, all: &[SurveyAnswers]) -> Vec<PublishedResult> {
    let counted = questions.all().iter().zip(results(questions, all));
    counted.map(|(question, it)| it.published(question)).collect()
}

impl QuestionResult {
    fn published(self, question: &SurveyQuestion) -> PublishedResult {
        let text = question.text.to_string();
        if question.answer == AnswerKind::Text {
            return PublishedResult {
                question: text,
                note: "文で書いた回答は、公表しません。".to_owned(),
                rows: Vec::new(),
                unanswered: String::new(),
                numbers: None,
            };
        }
        let note = match self.shown_to {
            None => "前の質問に人数の少ない答えがあるため、件数を公表しません。".to_owned(),
            Some(n) => format!("{n}人に質問しました。"),
        };
        let exact = |it: DisplayedCount| it.exact().unwrap_or_default();
        let longest = self.rows.iter().map(|(_, n)| exact(*n)).max().unwrap_or_default().max(1);
        let row = |(label, n): (String, DisplayedCount)| PublishedRow {
            label,
            count: n.to_string(),
            length: exact(n) * 100 / longest,
        };
        PublishedResult {
            question: text,
            note,
            rows: self.rows.into_iter().map(row).collect(),
            unanswered: self.unanswered.to_string(),
            numbers: self.numbers,
        }
    }

    fn hides_nothing(&self) -> bool {
        let all = self.rows.iter().map(|(_, it)| it).chain([&self.unanswered]);
        self.shown_to.is_some() && all.copied().all(|it| matches!(it, DisplayedCount::Exact(_)))
    }

    fn hidden(self) -> Self {
        Self {
            shown_to: None,
            rows: self.rows.into_iter().map(|(label, _)| (label, DisplayedCount::Withheld)).collect(),
            unanswered: DisplayedCount::Withheld,
            numbers: None,
        }
    }
}
