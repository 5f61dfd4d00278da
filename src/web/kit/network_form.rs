//! The fields of a question to a mentor, as visitors and companies with a consultation fill them in.
use domain::{
    intake::company::Industry,
    network::{QuestionEntry, QuestionForm},
    publication::guide::CompanySize,
};

use super::form::{Choice, FieldErrors, Fields, prefectures};
use crate::{
    app::App,
    problem::Problem,
    store::network::mentor::{self, Mentor},
};

/// The choices of the fields.
#[derive(Clone, Debug, Default)]
pub struct QuestionChoices {
    pub mentors: Vec<Choice>,
    pub industries: Vec<Choice>,
    pub sizes: Vec<Choice>,
    pub prefectures: Vec<Choice>,
}

impl QuestionChoices {
    /// Returns the choices with the mentors that take questions now.
    pub async fn of(app: &App) -> Result<Self, Problem> {
        let mentors = open_mentors(app)
            .await?
            .into_iter()
            .map(|it| Choice::new(it.id.to_string(), it.entry.name.to_string()).with_hint(place(&it)));
        Ok(Self {
            mentors: mentors.collect(),
            industries: Industry::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
            sizes: CompanySize::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
            prefectures: prefectures(),
        })
    }
}

/// Returns the mentors that are listed and take questions today.
pub async fn open_mentors(app: &App) -> Result<Vec<Mentor>, Problem> {
    let today = domain::calendar::japan_date(app.clock.now());
    let mut all = mentor::in_state(&app.db, domain::network::MentorStatus::Listed).await?;
    all.retain(|it| it.entry.is_open(today));
    Ok(all)
}

/// Returns prefecture, industry and size band of a mentor in one line.
pub fn place(it: &Mentor) -> String {
    let entry = &it.entry;
    format!("{}・{}・{}", entry.prefecture.name(), entry.industry.label(), entry.size().label())
}

/// Parses the form, or adds every error.
pub fn parse(form: &Fields, errors: &mut FieldErrors) -> Option<QuestionEntry> {
    let own = |name: &str| form.get(name).to_owned();
    let values = QuestionForm {
        company_name: own("company_name"),
        industry: own("industry"),
        size: own("size"),
        prefecture: own("prefecture"),
        contact_name: own("contact_name"),
        email: own("email"),
        text: own("text"),
        consent: own("consent"),
    };
    match QuestionEntry::parse(&values) {
        Ok(entry) => Some(entry),
        Err(mistakes) => {
            for (field, why) in mistakes {
                errors.add(field, why);
            }
            None
        }
    }
}
