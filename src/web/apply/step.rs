//! The steps of the application, in their order.
use codes::codes;
use domain::{
    id::DraftId,
    intake::application::{ApplicationForm, ApplicationTopic, CompanyFacts, Contact, Intake, Mistakes},
};

use crate::{
    url,
    web::kit::form::{FieldErrors, Fields},
};

codes! {
    /// A step of the application, with the last part of its address and its label in the list of steps.
    pub enum Step {
        Topic = "topic" => "相談内容",
        Company = "company" => "会社",
        Contact = "contact" => "連絡先",
        Slot = "slot" => "希望日時",
        Confirm = "confirm" => "確認",
    }
}

impl Step {
    pub fn path(self, draft: DraftId) -> String {
        format!("{}/{}", url::draft(draft), self.code())
    }

    /// Returns the step's number, from 1 to 5.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Returns the heading of the step's page.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Topic => "相談したいこと",
            Self::Company => "会社・団体の情報",
            Self::Contact => "担当者の連絡先",
            Self::Slot => "希望する日時を選んでください",
            Self::Confirm => "申込み内容を確認してください",
        }
    }

    /// Returns the sentence for a visitor who opens a later step before this one is finished.
    pub const fn first(self) -> &'static str {
        match self {
            Self::Topic => "先に、相談したいことを入力してください。",
            Self::Company => "先に、会社・団体の情報を入力してください。",
            Self::Contact => "先に、担当者の連絡先を入力してください。",
            Self::Slot => "先に、希望する日時を選択してください。",
            Self::Confirm => "申込み内容を確認してください。",
        }
    }

    pub fn previous(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|it| *it < self)
    }

    pub fn next(self) -> Self {
        Self::ALL.into_iter().find(|it| *it > self).unwrap_or(Self::Confirm)
    }

    /// Returns the fields of the step's form that the draft keeps. The consent is not among them: it is given
    /// with the submission.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Topic => &["field", "theme", "description", "mode"],
            Self::Company => &[
                "company_name",
                "company_kana",
                "corporate_number",
                "organization",
                "postal_code",
                "prefecture",
                "city",
                "street",
                "building",
                "industry",
                "employees",
                "regular_employees",
                "capital",
                "telework_status",
            ],
            Self::Contact => &["contact_name", "contact_kana", "department", "position", "email", "phone"],
            Self::Slot => &["slot"],
            Self::Confirm => &["newsletter"],
        }
    }

    /// Returns all mistakes in the answers to the step's questions.
    pub fn mistakes(self, form: &ApplicationForm) -> FieldErrors {
        let mistakes: Mistakes = match self {
            Self::Topic => ApplicationTopic::parse(form).err(),
            Self::Company => CompanyFacts::parse(form, Intake::Company).err(),
            Self::Contact => Contact::parse(form, Intake::Company).err(),
            // These steps have no answers that could be wrong by themselves.
            Self::Slot | Self::Confirm => None,
        }
        .unwrap_or_default();
        let mut errors = FieldErrors::default();
        for (field, message) in mistakes {
            errors.add(field, message);
        }
        errors
    }

    /// Copies the values typed on the step's page into the form.
    pub fn keep(self, typed: &Fields, form: &mut ApplicationForm) {
        for name in self.fields() {
            form.set(name, typed.all(name));
        }
    }
}

/// Returns the form as the pages show it.
pub fn shown(form: &ApplicationForm) -> Fields {
    form.pairs().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use domain::intake::application::ApplicationForm;

    use super::Step;

    #[test]
    fn the_steps_ask_for_every_field_once() {
        let mut form = ApplicationForm::default();
        let fields: Vec<_> = Step::ALL.iter().flat_map(|it| it.fields()).collect();
        for name in &fields {
            form.set(name, ["x"]);
        }
        form.set("consent", ["x"]);
        let names: Vec<_> = form.pairs().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), fields.len() + 1);
        assert_eq!(serde_json::to_value(&form).unwrap().as_object().unwrap().len(), names.len());
    }

    #[test]
    fn each_step_leads_to_the_next_one() {
        for pair in Step::ALL.windows(2) {
            assert_eq!(pair[0].next(), pair[1]);
            assert_eq!(pair[1].previous(), Some(pair[0]));
        }
        assert_eq!(Step::Topic.previous(), None);
        assert_eq!(Step::Confirm.number(), 5);
    }
}
