//! The surveys of the invented programme: one by letter whose answers go elsewhere, one that everyone answers here, one that
//! is over, and reports of doubtful requests.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    calendar::japan_date,
    id::AccountId,
    prefecture::Prefecture,
    publication::{
        Content, Facts, Period,
        guide::TeleworkStatus,
        survey::{SurveyAccess, SurveyChannel, SurveyFacts, SurveyForm, SurveyTarget},
    },
    survey::{
        SurveyQuestions,
        doubt::{DoubtForm, DoubtReport},
    },
    text::{Prose, TextLine},
};

use crate::{
    app::App,
    ops::{self, publication::Seen},
    problem::Problem,
};

const QUESTIONS: &str = "[1つ・必須] テレワークを導入していますか\n- 導入している\n- これから導入する\n- 導入していない\n\
    [複数] 実施している形態を選んでください\n条件：問1＝導入している\n- 在宅勤務\n- モバイル勤務\n- サテライトオフィス\n\
    [数] テレワークをしている人は何人ですか\n条件：問1＝導入している\n\
    [文] 困っていることがあれば教えてください";

/// The number of people who have answered.
const ANSWERS: usize = 24;

/// One survey: the days from today to its first and last day, its names, its channel, and whether it is answered here.
struct PlannedSurvey {
    days: (i64, i64),
    title: &'static str,
    firm: &'static str,
    channel: SurveyChannel,
    phone: &'static str,
    words: &'static str,
    note: &'static str,
    is_answered_here: bool,
}

const SURVEYS: [PlannedSurvey; 3] = [
    PlannedSurvey {
        days: (-20, 40),
        title: "企業のデジタル化等に関するアンケート調査",
        firm: "株式会社みほんテレワーク研究所",
        channel: SurveyChannel::Post,
        phone: "0120-000-101",
        words: "デジタル化等に関するアンケート",
        note: "奈良県内の企業から抽出した1,500社",
        is_answered_here: false,
    },
    PlannedSurvey {
        days: (-10, 30),
        title: "テレワークの実施状況に関する調査",
        firm: "みほん統計株式会社",
        channel: SurveyChannel::Email,
        phone: "0120-000-102",
        words: "テレワーク実施状況アンケート",
        note: "どなたでも回答できます",
        is_answered_here: true,
    },
    PlannedSurvey {
        days: (-120, -60),
        title: "テレワーク実践企業への聞き取り調査",
        firm: "みほんリサーチ合同会社",
        channel: SurveyChannel::Telephone,
        phone: "0120-000-103",
        words: "実践企業の聞き取り",
        note: "テレワークを実践する企業300社",
        is_answered_here: false,
    },
];

/// Publishes the surveys, answers the one that is answered here, and reports doubtful requests.
pub async fn hold(app: &App, editor: AccountId, now: DateTime<Utc>) -> Result<(), Problem> {
    for it in &SURVEYS {
        let draft = ops::publication::create(app, content(it, now)?, editor).await?;
        let seen = Seen { id: draft.id, revision: draft.revision };
        let from = (now + TimeDelta::days(it.days.0)).min(now);
        let period = Period::new(from, None).map_err(|err| Problem::Refused(err.to_string()))?;
        let published = ops::publication::publish(app, seen, period, editor).await?;
        if it.is_answered_here {
            for n in 0..ANSWERS {
                let (survey, response) =
                    ops::survey::begin(app, published.id, "", &format!("demo/{n}")).await?;
                let token = ops::survey::page_token(app, &survey, response);
                answer(app, &token, n).await?;
            }
        }
    }
    report(app, "総務調査センター", "封筒に印がなく、口座番号を書く欄があります。", "").await?;
    report(app, "みほん統計", "電話で従業員の氏名を聞かれました。別の番号からでした。", "050-0000-0199").await
}

fn content(it: &PlannedSurvey, now: DateTime<Utc>) -> Result<Content, Problem> {
    let line = |text: &str| TextLine::parse("", text, 200).map_err(anyhow::Error::from);
    let day = |days: i64| japan_date(now + TimeDelta::days(days));
    let form = if it.is_answered_here {
        let questions = SurveyQuestions::parse(QUESTIONS).map_err(Problem::Refused)?;
        let closes_on = day(it.days.1);
        Some(SurveyForm { access: SurveyAccess::Everyone, closes_on, thanks: None, questions })
    } else {
        None
    };
    let prefectures = match it.channel {
        SurveyChannel::Post => vec![Prefecture::from_code(29).map_err(anyhow::Error::from)?],
        SurveyChannel::Email | SurveyChannel::Telephone => Vec::new(),
    };
    let statuses = match it.channel {
        SurveyChannel::Telephone => vec![TeleworkStatus::Introduced],
        SurveyChannel::Post | SurveyChannel::Email => Vec::new(),
    };
    let facts = SurveyFacts {
        office: line("総務省")?,
        firm: Some(line(it.firm)?),
        target: SurveyTarget { prefectures, industries: Vec::new(), statuses, note: Some(line(it.note)?) },
        channels: vec![it.channel],
        starts_on: day(it.days.0),
        ends_on: day(it.days.1),
        contact: line(&format!("{} 調査事務局（平日9時から17時）", it.firm))?,
        phone: Some(line(it.phone)?),
        words: Some(line(it.words)?),
        pictures: Vec::new(),
        form,
    };
    let body = Prose::parse("", "ご協力をお願いします。回答するかどうかは、自由です。", 200);
    let body = body.map_err(anyhow::Error::from)?;
    Ok(Content { title: line(it.title)?, body: Some(body), facts: Facts::Survey(facts) })
}

async fn answer(app: &App, token: &str, n: usize) -> Result<(), Problem> {
    let number = (n * 3 + 1).to_string();
    let chosen = [
        if n % 4 == 3 {
            "2"
        } else if n % 3 == 2 {
            "1"
        } else {
            "0"
        },
        "0",
        &number,
        "",
    ];
    for (at, typed) in chosen.into_iter().enumerate() {
        let begun = ops::survey::response_of(app, token).await?.ok_or(Problem::Expired)?;
        let Some(question) = begun.form.questions.get(at) else { continue };
        if !begun.response.answers.shows(&begun.form.questions, at) {
            continue;
        }
        let parsed = question.parse_answer(&[typed]).map_err(|err| Problem::Refused(err.to_string()))?;
        ops::survey::save(app, &begun, at, parsed).await?;
    }
    let begun = ops::survey::response_of(app, token).await?.ok_or(Problem::Expired)?;
    ops::survey::give(app, &begun).await
}

async fn report(app: &App, sender: &str, description: &str, phone: &str) -> Result<(), Problem> {
    let form = DoubtForm {
        sender: sender.to_owned(),
        channel: SurveyChannel::Post.code().to_owned(),
        phone: phone.to_owned(),
        description: description.to_owned(),
        ..DoubtForm::default()
    };
    let report = DoubtReport::parse(&form).map_err(|_| Problem::Unreadable)?;
    ops::survey::doubt::report(app, &report, "demo").await
}
