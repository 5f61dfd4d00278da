use proptest::prelude::{prop, prop_assert_eq, proptest};

use super::{
    AnswerKind, BadAnswer, QuestionAnswer, QuestionBranch, QuestionFault, SurveyAnswers, SurveyCount,
    SurveyQuestion, SurveyQuestions, published, results,
};
use crate::{
    statistics::{DisplayedCount, LEAST},
    text::TextLine,
};

const TEXT: &str = "[1つ・必須] 導入していますか\n- はい\n- いいえ\n[複数] 形態は\n条件：問1＝はい\n- 在宅勤務\n- モバイル\n[数・必須] 人数\n条件：問2＝在宅勤務｜モバイル\n[文] ご意見";

fn questions() -> SurveyQuestions {
    SurveyQuestions::parse(TEXT).unwrap()
}

fn answered(chosen: &[(usize, &[&str])]) -> SurveyAnswers {
    let mut it = SurveyAnswers::default();
    for (at, typed) in chosen {
        let answer = questions().get(*at).unwrap().parse_answer(typed).unwrap();
        it.set(*at, answer);
    }
    it
}

#[test]
fn the_notation_is_read_and_written_again() {
    let it = questions();
    assert_eq!(it.all().len(), 4);
    assert_eq!(it.notation(), TEXT);
    assert_eq!(it.get(2).unwrap().branch, Some(QuestionBranch { question: 1, choices: vec![0, 1] }));
    for (text, why) in [
        ("", "質問を1つ以上"),
        ("はい", "1行目：質問を"),
        ("[丸] どれ", "1行目：「丸」という種類"),
        ("[1つ] どれ\n- はい", "問1：選択肢は"),
        ("[1つ] どれ\n- はい\n- はい", "問1：同じ選択肢"),
        ("[数] いくつ\n- はい", "2行目：選択肢は"),
        ("[1つ] どれ\n条件：問1＝はい\n- はい\n- いいえ", "2行目：問1の条件には"),
        ("[1つ] どれ\n- はい\n- いいえ\n[文] なぜ\n条件：問1＝どちらも", "5行目：問1に、選択肢「どちらも」"),
    ] {
        let refused = SurveyQuestions::parse(text).unwrap_err();
        assert!(refused.starts_with(why), "{text}: {refused}");
    }
}

/// A question cannot depend on itself or on a later one, however it was made.
#[test]
fn a_branch_leads_from_an_earlier_question_alone() {
    let line = |text| TextLine::parse("", text, 60).unwrap();
    let choices = || AnswerKind::Single(vec![line("はい"), line("いいえ")]);
    let of = |question| SurveyQuestion {
        text: line("問"),
        answer: choices(),
        is_required: false,
        branch: Some(QuestionBranch { question, choices: vec![0] }),
    };
    let plain = SurveyQuestion { branch: None, ..of(0) };
    assert_eq!(SurveyQuestions::new(vec![of(0)]), Err(QuestionFault::NotEarlier(1)));
    assert_eq!(SurveyQuestions::new(vec![plain.clone(), of(1)]), Err(QuestionFault::NotEarlier(2)));
    assert!(SurveyQuestions::new(vec![plain, of(0)]).is_ok());
    let stored = r#"[{"text":"問","answer":{"kind":"text"},"is_required":false,"branch":{"question":0,"choices":[0]}}]"#;
    assert!(serde_json::from_str::<SurveyQuestions>(stored).is_err());
}

#[test]
fn answers_open_and_close_the_questions_that_follow() {
    let questions = questions();
    let mut it = answered(&[(0, &["0"]), (1, &["0", "1"]), (2, &["１，２００"])]);
    assert_eq!(it.shown(&questions), [0, 1, 2, 3]);
    assert_eq!(it.get(2), Some(&QuestionAnswer::Number(1200)));
    assert_eq!(it.missing(&questions), None);
    it.set(0, Some(QuestionAnswer::Chosen(vec![1])));
    assert_eq!(it.shown(&questions), [0, 3], "the whole branch closes");
    let whole = it.whole(&questions);
    assert_eq!((whole.get(1), whole.get(2)), (None, None));
    assert_eq!(SurveyAnswers::default().missing(&questions), Some(0));
    let first = questions.get(0).unwrap();
    assert_eq!(first.parse_answer(&[]), Err(BadAnswer::NoneChosen));
    assert_eq!(first.parse_answer(&["0", "1"]), Err(BadAnswer::SeveralChosen));
    assert_eq!(first.parse_answer(&["7"]), Err(BadAnswer::NoneChosen), "no such choice");
    assert_eq!(questions.get(3).unwrap().parse_answer(&[" "]), Ok(None));
    assert_eq!(questions.get(2).unwrap().parse_answer(&["-1"]), Err(BadAnswer::NoNumber));
}

#[test]
fn small_counts_are_hidden_and_so_is_what_would_reveal_them() {
    let of = |yes: usize, no: usize| {
        let yes = (0..yes)
            .map(|n| answered(&[(0, &["0"]), (1, &["0"]), (2, &[if n % 2 == 0 { "10" } else { "20" }])]));
        let no = (0..no).map(|_| answered(&[(0, &["1"])]));
        results(&questions(), &yes.chain(no).collect::<Vec<_>>())
    };
    let open = of(6, 8);
    assert_eq!(open[0].rows[0].1, DisplayedCount::Exact(6));
    assert_eq!(open[1].shown_to, Some(DisplayedCount::Exact(6)));
    assert_eq!(open[1].rows[0].1, DisplayedCount::Exact(6));
    let few = of(3, 20);
    assert_eq!(few[0].rows[0].1, DisplayedCount::Withheld);
    assert_ne!(few[0].rows[1].1, DisplayedCount::Exact(20), "the total would reveal the three");
    assert_eq!(few[1].shown_to, None, "the number of those who saw it is the number of those who said yes");
    assert!(few[1].rows.iter().all(|(_, it)| *it == DisplayedCount::Withheld));
    assert_eq!(few[2].numbers, None);
    assert_eq!(of(2, 1)[0].rows[0].1, DisplayedCount::Withheld);
    assert_eq!(of(0, 0)[0].shown_to, Some(DisplayedCount::Exact(0)));
}

#[test]
fn a_choice_looks_the_same_whether_it_or_the_rest_is_small() {
    let of = |chosen: usize| {
        let yes = (0..6).map(|n| answered(&[(0, &["0"]), (1, &[if n < chosen { "0" } else { "1" }])]));
        let no = (0..8).map(|_| answered(&[(0, &["1"])]));
        results(&questions(), &yes.chain(no).collect::<Vec<_>>())[1].rows[0].1
    };
    for chosen in 1..6 {
        assert_eq!(of(chosen), DisplayedCount::Withheld, "{chosen} of 6");
    }
    assert_eq!([of(0), of(6)], [0, 6].map(DisplayedCount::Exact));
}

#[test]
fn a_median_needs_ten_numbers() {
    let questions = SurveyQuestions::parse("[数] 人数").unwrap();
    let mut it = SurveyAnswers::default();
    it.set(0, questions.get(0).unwrap().parse_answer(&["12"]).unwrap());
    let of = |people: usize| results(&questions, &vec![it.clone(); people])[0].numbers.clone();
    assert_eq!(of(9), None);
    assert_eq!(of(10), Some(("12.0".to_owned(), "12.0".to_owned())));
}

#[test]
fn published_results_hide_small_counts_and_have_no_words_of_people() {
    let mut all: Vec<_> = (0..6).map(|_| answered(&[(0, &["1"]), (3, &["とても個人的な意見"])])).collect();
    all.extend((0..7).map(|_| answered(&[(0, &["0"]), (1, &["0"]), (2, &["12"])])));
    let found = published(&questions(), &all);
    assert_eq!(found.len(), 4);
    let counts = |at: usize| found[at].rows.iter().map(|it| it.count.as_str()).collect::<Vec<_>>();
    assert_eq!((counts(0), found[0].note.as_str()), (vec!["7", "6"], "13人に質問しました。"));
    assert_eq!(found[0].rows[1].length, 85);
    assert!(found[3].rows.is_empty() && found[3].note.contains("公表しません"));
    let written = serde_json::to_string(&found).unwrap();
    assert!(!written.contains("個人的"), "{written}");
    all.truncate(8);
    let small = serde_json::to_string(&published(&questions(), &all)).unwrap();
    assert!(!small.contains("\"2\""), "two said yes: {small}");
}

proptest! {
    /// The number of answers to a small survey cannot be reckoned from any sums, whatever else is published and whenever, if
    /// another number would have been published in the same way.
    #[test]
    fn no_sum_tells_of_a_small_survey(
        counts in prop::collection::vec((0..12_u64, 0..9_u64), 1..10),
        others in prop::collection::vec((1..LEAST, 0..9_u64), 10),
    ) {
        let count = |(responses, unused_codes)| SurveyCount { responses, unused_codes };
        let surveys: Vec<_> = counts.into_iter().map(count).collect();
        let other = |(it, other): (&SurveyCount, (u64, u64))| if it.is_small() { count(other) } else { *it };
        let as_well: Vec<_> = surveys.iter().zip(others).map(other).collect();
        for from in 0..surveys.len() {
            for until in from..=surveys.len() {
                let sum = SurveyCount::of_published(&surveys[from..until]);
                prop_assert_eq!(sum, SurveyCount::of_published(&as_well[from..until]));
            }
        }
        let large: u64 = surveys.iter().map(|it| it.responses).filter(|it| *it >= LEAST).sum();
        prop_assert_eq!(SurveyCount::of_published(&surveys).responses, large);
    }
}

#[test]
fn the_center_sees_small_surveys_in_its_sums() {
    let count = |responses, unused_codes| SurveyCount { responses, unused_codes };
    let surveys = [count(3, 7), count(0, 2), count(6, 1)];
    assert_eq!(SurveyCount::of_all(&surveys), count(9, 10));
    assert_eq!(SurveyCount::of_published(&surveys), count(6, 3));
}
