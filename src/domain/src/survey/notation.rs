//! The notation in which an editor writes questions: plain lines, so that a form without a script is enough.
//!
//! ```text
//! [1つ・必須] テレワークを導入していますか
//! - はい
//! - いいえ
//! [複数] 実施している形態は
//! 条件：問1＝はい
//! - 在宅勤務
//! - モバイルワーク
//! [数] 対象の人数
//! [文] ご意見
//! ```
use super::questions::{AnswerKind, LONGEST_TEXT, QuestionBranch, SurveyQuestion, SurveyQuestions};
use crate::text::{TextLine, digits};

/// The words of a kind of answer.
const KINDS: [&str; 4] = ["1つ", "複数", "数", "文"];

/// The word that marks a question that has to be answered.
const REQUIRED: &str = "必須";

/// The marks between the choices of a condition. A choice with one of them cannot be named in a condition.
const BETWEEN: [char; 2] = ['｜', '|'];

impl SurveyQuestions {
    /// Parses the notation. The error names the line or the question.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut questions: Vec<SurveyQuestion> = Vec::new();
        for (n, line) in text.lines().enumerate() {
            let line = line.trim();
            let at = |why: &dyn std::fmt::Display| format!("{}行目：{why}", n + 1);
            if line.is_empty() {
                continue;
            }
            if let Some(rest) = line.strip_prefix(['[', '［']) {
                questions.push(head(rest).map_err(|why| at(&why))?);
                continue;
            }
            let number = questions.len();
            let Some((last, earlier)) = questions.split_last_mut() else {
                return Err(at(&"質問を「[1つ]」「[複数]」「[数]」「[文]」のどれかで始めてください"));
            };
            if let Some(rest) = condition(line) {
                last.branch = Some(branch(rest, number, earlier).map_err(|why| at(&why))?);
            } else if let Some(rest) = line.strip_prefix(['-', '・', '－', 'ー']) {
                let choice = TextLine::parse("選択肢", rest, LONGEST_TEXT).map_err(|why| at(&why))?;
                match &mut last.answer {
                    AnswerKind::Single(choices) | AnswerKind::Multiple(choices) => choices.push(choice),
                    AnswerKind::Number | AnswerKind::Text => {
                        return Err(at(&"選択肢は、「[1つ]」か「[複数]」の質問に書いてください"));
                    }
                }
            } else {
                return Err(at(&"「[」で始まる質問、「-」で始まる選択肢、「条件：」のどれかにしてください"));
            }
        }
        Self::new(questions).map_err(|why| why.to_string())
    }

    /// Returns the notation of the questions, which `parse` reads again.
    pub fn notation(&self) -> String {
        let mut lines = Vec::new();
        for it in self.all() {
            let kind = match it.answer {
                AnswerKind::Single(_) => KINDS[0],
                AnswerKind::Multiple(_) => KINDS[1],
                AnswerKind::Number => KINDS[2],
                AnswerKind::Text => KINDS[3],
            };
            let required = if it.is_required { format!("・{REQUIRED}") } else { String::new() };
            lines.push(format!("[{kind}{required}] {}", it.text));
            if let Some(branch) = &it.branch {
                let of = self.get(branch.question).map_or(&[][..], |it| it.answer.choices());
                let named: Vec<_> = branch.choices.iter().filter_map(|it| of.get(*it)).collect();
                let named: Vec<_> = named.into_iter().map(TextLine::as_str).collect();
                lines.push(format!("条件：問{}＝{}", branch.question + 1, named.join("｜")));
            }
            lines.extend(it.answer.choices().iter().map(|it| format!("- {it}")));
        }
        lines.join("\n")
    }
}

/// Parses the line of a question after its first bracket.
fn head(rest: &str) -> Result<SurveyQuestion, String> {
    let (mark, text) =
        rest.split_once([']', '］']).ok_or("質問の種類を「[1つ]」のように、角かっこで閉じてください")?;
    let mark = mark.replace('１', "1");
    let mut parts = mark.split(['・', '･', '、', ' ']).map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let answer = match KINDS.iter().position(|it| *it == kind) {
        Some(0) => AnswerKind::Single(Vec::new()),
        Some(1) => AnswerKind::Multiple(Vec::new()),
        Some(2) => AnswerKind::Number,
        Some(_) => AnswerKind::Text,
        None => {
            return Err(format!("「{kind}」という種類はありません。1つ、複数、数、文のどれかにしてください"));
        }
    };
    let is_required = match parts.next() {
        None | Some("") => false,
        Some(REQUIRED) => true,
        Some(other) => return Err(format!("「{other}」は「{REQUIRED}」にしてください")),
    };
    let text = TextLine::parse("質問の文", text, LONGEST_TEXT).map_err(|why| why.to_string())?;
    Ok(SurveyQuestion { text, answer, is_required, branch: None })
}

fn condition(line: &str) -> Option<&str> {
    line.strip_prefix("条件")?.trim_start().strip_prefix(['：', ':'])
}

/// Parses the condition of a question with this number, such as 「問1＝はい｜検討中」.
fn branch(rest: &str, number: usize, earlier: &[SurveyQuestion]) -> Result<QuestionBranch, String> {
    let (question, named) =
        rest.split_once(['＝', '=']).ok_or("条件は「条件：問1＝はい」のように書いてください")?;
    let question = digits(question.trim().trim_start_matches('問'));
    let question: usize =
        question.trim().parse().map_err(|_| "条件の問の番号を、数字で書いてください".to_owned())?;
    let of = question.checked_sub(1).and_then(|at| earlier.get(at));
    let of = of.ok_or_else(|| format!("問{number}の条件には、それより前の問を書いてください"))?;
    let choices = named.split(BETWEEN).map(str::trim).map(|wanted| {
        let found = of.answer.choices().iter().position(|it| it.as_str() == wanted);
        found.ok_or_else(|| format!("問{question}に、選択肢「{wanted}」はありません"))
    });
    Ok(QuestionBranch { question: question - 1, choices: choices.collect::<Result<_, _>>()? })
}
