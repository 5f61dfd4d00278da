//! The application as the confirmation step shows it: every answer with a link to change it.
use domain::{
    field::Field,
    id::DraftId,
    intake::{
        application::{Application, ApplicationTopic, CompanyFacts, Contact},
        contact::Telephone,
    },
};

use super::step::Step;
use crate::store::reference::programme::Programme;

pub struct Section {
    pub title: &'static str,
    pub rows: Vec<ReviewRow>,
}

pub struct ReviewRow {
    pub label: &'static str,
    /// The answer; empty if nothing was typed.
    pub value: String,
    /// The address at which the answer is changed; from there the visitor returns to the confirmation.
    pub change: String,
}

pub fn sections(id: DraftId, application: &Application, programme: &Programme) -> Vec<Section> {
    vec![
        Section { title: Step::Topic.label(), rows: topic(id, &application.topic, programme) },
        Section { title: Step::Company.title(), rows: company(id, &application.company) },
        Section { title: Step::Contact.title(), rows: contact(id, &application.contact) },
    ]
}

/// Returns the address at which the answer to `field` is changed.
pub fn change(id: DraftId, step: Step, field: &str) -> String {
    format!("{}?from=confirm#{field}", step.path(id))
}

fn topic(id: DraftId, it: &ApplicationTopic, programme: &Programme) -> Vec<ReviewRow> {
    let row =
        |field, label, value: String| ReviewRow { label, value, change: change(id, Step::Topic, field) };
    let fields: Vec<_> = it.fields.iter().map(Field::label).collect();
    let known = programme.themes.iter().filter(|theme| it.themes.contains(&theme.code));
    let themes: Vec<_> = known.map(|it| it.label.as_str()).collect();
    vec![
        row("field", "相談の分野", fields.join("、")),
        row("theme", "テーマ", themes.join("、")),
        row("description", "困っていること", it.description.to_string()),
        row("mode", "実施方法", it.mode.label().to_owned()),
    ]
}

fn company(id: DraftId, it: &CompanyFacts) -> Vec<ReviewRow> {
    let row =
        |field, label, value: String| ReviewRow { label, value, change: change(id, Step::Company, field) };
    let prefecture = it.prefecture.map(|it| it.name().to_owned());
    let lines = [prefecture, text(it.city.as_ref()), text(it.street.as_ref())];
    let place: String = lines.into_iter().flatten().collect();
    vec![
        row("company_name", "会社の正式名称", it.name.to_string()),
        row("company_kana", "フリガナ", text(it.kana.as_ref()).unwrap_or_default()),
        row("corporate_number", "法人番号", text(it.corporate_number.as_ref()).unwrap_or_default()),
        row("organization", "組織区分", it.organization.map(|it| it.label().to_owned()).unwrap_or_default()),
        row("postal_code", "郵便番号", text(it.postal_code.as_ref()).unwrap_or_default()),
        row("prefecture", "所在地", place),
        row("building", "建物名", text(it.building.as_ref()).unwrap_or_default()),
        row("industry", "業種", it.industry.map(|it| it.label().to_owned()).unwrap_or_default()),
        row("employees", "総従業員数", text(it.employees.as_ref()).unwrap_or_default()),
        row(
            "regular_employees",
            "うち常時雇用する人数",
            text(it.regular_employees.as_ref()).unwrap_or_default(),
        ),
        row("capital", "資本金", text(it.capital.as_ref()).unwrap_or_default()),
        row(
            "telework_status",
            "テレワーク導入状況",
            it.telework_status.map(|it| it.label().to_owned()).unwrap_or_default(),
        ),
    ]
}

fn contact(id: DraftId, it: &Contact) -> Vec<ReviewRow> {
    let row =
        |field, label, value: String| ReviewRow { label, value, change: change(id, Step::Contact, field) };
    vec![
        row("contact_name", "担当者の氏名", it.name.to_string()),
        row("contact_kana", "フリガナ", text(it.kana.as_ref()).unwrap_or_default()),
        row("department", "部署", text(it.department.as_ref()).unwrap_or_default()),
        row("position", "役職", text(it.position.as_ref()).unwrap_or_default()),
        row("email", "メールアドレス", text(it.email.as_ref()).unwrap_or_default()),
        // However it was typed, a number has one form.
        row("phone", "電話番号", it.phone.as_ref().map(Telephone::grouped).unwrap_or_default()),
    ]
}

fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}
