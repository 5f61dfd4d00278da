//! The network of the invented programme: mentors of several industries, one that waits for approval, and questions in
//! several states.
use domain::{
    id::{MentorId, NetworkQuestionId},
    intake::application::TICKED,
    network::{
        MentorEntry, MentorForm, MentorStatus, NetworkQuestionStatus, NetworkSide, QuestionEntry,
        QuestionForm,
    },
    text::Prose,
};

use crate::{
    app::App,
    ops::{self, network::SeenMentor},
    problem::Problem,
    store::network::{mentor, question},
};

/// A mentor: name, industry, employees, prefecture, topics.
type PlannedMentor = (&'static str, &'static str, &'static str, &'static str, &'static str);

const MENTORS: [PlannedMentor; 4] = [
    ("みほん精機株式会社", "E", "48", "05", "製造業での在宅勤務の始め方\n図面の持ち出しの決まり"),
    ("みほん建設株式会社", "D", "85", "15", "現場と事務所の分担\nWeb会議の使い方"),
    ("みほん社会保険労務士法人", "L", "12", "27", "就業規則の見直し\n労働時間の管理"),
    ("みほん商店合同会社", "I2", "9", "40", "少人数での始め方"),
];

const QUESTIONS: [&str; 4] = [
    "在宅勤務の日の残業は、どのように管理していますか。",
    "紙の書類が多い会社では、何から始めるとよいですか。",
    "従業員12人で、テレワークの規程は必要ですか。",
    "現場の仕事がある会社で、事務だけ在宅勤務にしたときの不公平感はありませんでしたか。",
];

/// Registers the mentors and asks the questions.
pub async fn hold(app: &App) -> Result<(), Problem> {
    let mut listed = Vec::new();
    for (n, it) in MENTORS.iter().enumerate() {
        let id = register(app, n, it).await?;
        if n + 1 < MENTORS.len() {
            let version = mentor::find(&app.db, id).await?.ok_or(Problem::NotFound)?.version;
            ops::network::decide(app, SeenMentor { id, version }, None).await?;
            listed.push(id);
        }
    }
    for (n, words) in QUESTIONS.iter().enumerate() {
        let Some(to) = listed.get(n % listed.len().max(1)).copied() else { continue };
        let id = ask(app, n, words, to).await?;
        if n < 3 {
            let version = question::find(&app.db, id).await?.ok_or(Problem::NotFound)?.version;
            ops::network::pass_on(app, id, version, to).await?;
        }
        if n < 1 {
            let words = "前日までに上長へ届け出て、勤怠システムで記録しています。".to_owned();
            let words = Prose::try_from(words).map_err(anyhow::Error::from)?;
            ops::network::write(app, id, NetworkSide::Mentor, &words).await?;
        }
    }
    Ok(())
}

async fn register(app: &App, n: usize, it: &PlannedMentor) -> Result<MentorId, Problem> {
    let (name, industry, employees, prefecture, topics) = *it;
    let email = format!("mentor{n}@example.com");
    let form = MentorForm {
        name: name.to_owned(),
        industry: industry.to_owned(),
        employees: employees.to_owned(),
        prefecture: prefecture.to_owned(),
        topics: topics.to_owned(),
        a_month: "3".to_owned(),
        contact_name: "見本 太郎".to_owned(),
        email: email.clone(),
        consent: TICKED.to_owned(),
        ..MentorForm::default()
    };
    let entry = MentorEntry::parse(&form, false).map_err(|_| Problem::Unreadable)?;
    ops::network::register(app, entry, &format!("demo/mentor/{n}")).await?;
    let found = mentor::of_address(&app.db, &email).await?.ok_or(Problem::NotFound)?;
    if found.status == MentorStatus::Unproved {
        ops::network::prove_mentor(app, found.id).await?;
    }
    Ok(found.id)
}

async fn ask(app: &App, n: usize, words: &str, to: MentorId) -> Result<NetworkQuestionId, Problem> {
    let form = QuestionForm {
        company_name: format!("みほん質問{}社", n + 1),
        industry: "E".to_owned(),
        size: "20".to_owned(),
        prefecture: "05".to_owned(),
        contact_name: "見本 花子".to_owned(),
        email: format!("asker{n}@example.com"),
        text: words.to_owned(),
        consent: TICKED.to_owned(),
    };
    let entry = QuestionEntry::parse(&form).map_err(|_| Problem::Unreadable)?;
    ops::network::ask(app, entry, Some(to), &format!("demo/asker/{n}")).await?;
    let waiting = question::in_state(&app.db, NetworkQuestionStatus::Unproved, 100).await?;
    let id = waiting.first().ok_or(Problem::NotFound)?.id;
    ops::network::prove_question(app, id).await?;
    Ok(id)
}
