//! The companies' answers to surveys and follow-up questions.
use domain::aftercare::follow_up::{
    FollowUpAnswer, Kind, Progress, ProgressAnswer, SurveyAgreement, SurveyAnswer,
};

use super::dice::Dice;

pub(super) fn answer(kind: Kind, dice: &mut Dice) -> FollowUpAnswer {
    if kind != Kind::Survey {
        return FollowUpAnswer::Progress(ProgressAnswer {
            progress: dice.weighted(PROGRESS).unwrap_or(Progress::Preparing),
            wants_help: dice.chance(10),
            comment: String::new(),
        });
    }
    let mut agreement = || dice.weighted(AGREEMENT).unwrap_or(SurveyAgreement::Yes);
    FollowUpAnswer::Survey(SurveyAnswer {
        purpose_achieved: agreement(),
        satisfied: agreement(),
        will_consider: agreement(),
        wants_further_appointment: dice.chance(15),
        comment: dice.pick(COMMENTS).unwrap_or_default().to_owned(),
    })
}

/// The share of each answer, in percent.
const AGREEMENT: &[(SurveyAgreement, u32)] = &[
    (SurveyAgreement::Yes, 55),
    (SurveyAgreement::RatherYes, 33),
    (SurveyAgreement::RatherNo, 9),
    (SurveyAgreement::No, 3),
];

/// The share of each answer, in percent.
const PROGRESS: &[(Progress, u32)] = &[
    (Progress::Introduced, 38),
    (Progress::Expanded, 12),
    (Progress::Preparing, 38),
    (Progress::GivenUp, 12),
];

const COMMENTS: &[&str] = &[
    "",
    "",
    "",
    "",
    "何から始めればよいか分かり、社内で話し合うきっかけになりました。",
    "規程の例をその場で一緒に直していただき、助かりました。",
    "時間が少し足りませんでした。費用の目安をもう少し詳しく知りたかったです。",
    "オンラインでも画面を見ながら相談でき、移動の負担がありませんでした。",
];
