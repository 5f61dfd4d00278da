//! The facts about a company, for the expert who has accepted its consultation.
use domain::{
    intake::{
        company::{Capital, Industry, Organization, TeleworkStatus},
        contact::Telephone,
    },
    prefecture::Prefecture,
};

use super::case::{SummaryRow, people, themes};
use crate::{
    app::App,
    problem::Problem,
    store::{self, consultation::Record},
};

/// Returns the rows about the company and its contact, and the company's own description of its problem.
pub async fn facts(app: &App, record: &Record) -> Result<(Vec<SummaryRow>, String), Problem> {
    let written = store::consultation::application(&app.db, record.consultation.id).await?;
    let themes = themes(app, record).await?;
    let Some((company, contact)) = written else {
        // The application was erased when its retention period ended.
        return Ok((vec![SummaryRow::new("会社名", &record.company_name)], String::new()));
    };
    let capital = company.capital.and_then(|it| u64::try_from(it).ok()).and_then(|it| it.try_into().ok());
    let person = [&contact.department, &contact.position, &contact.name];
    let person: Vec<_> = person.into_iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    let prefecture = record.prefecture.map(Prefecture::name).unwrap_or_default();
    let address = format!("{prefecture}{}{} {}", company.city, company.street, company.building);
    let mut rows = vec![
        SummaryRow::new("テーマ", themes),
        SummaryRow::new("希望する実施方法", record.mode.label()),
        SummaryRow::new("会社名", &record.company_name),
        SummaryRow::new("フリガナ", company.company_kana),
        SummaryRow::new("法人番号", company.corporate_number.unwrap_or_default()),
        SummaryRow::new(
            "組織区分",
            company.organization.and_then(|it| it.known()).map(Organization::label).unwrap_or_default(),
        ),
        SummaryRow::new("所在地", address.trim()),
        SummaryRow::new("業種", record.industry.map(Industry::label).unwrap_or_default()),
        SummaryRow::new("従業員数", people(company.employees)),
        SummaryRow::new("うち常時雇用する人", people(company.regular_employees)),
        SummaryRow::new("資本金", capital.map(|it: Capital| it.to_string()).unwrap_or_default()),
        SummaryRow::new(
            "テレワークの導入状況",
            company.telework_status.and_then(|it| it.known()).map(TeleworkStatus::label).unwrap_or_default(),
        ),
        SummaryRow::new("担当者", with_kana(&person.join(" "), &contact.kana)),
        SummaryRow::new("メールアドレス", contact.email.unwrap_or_default()),
        SummaryRow::new("電話番号", Telephone::shown(contact.phone.as_deref().unwrap_or_default())),
    ];
    let second = format!("{}　{}", contact.second_name, Telephone::shown(&contact.second_phone));
    let visit = record.visit_prefecture.map(Prefecture::name).unwrap_or_default();
    let more = [
        SummaryRow::new("もう一人の担当者", second.trim()),
        SummaryRow::new("訪問先", format!("{visit}{}", company.visit_place)),
        SummaryRow::new("相談の参加者", company.participants),
    ];
    rows.extend(more.into_iter().filter(|it| !it.value.is_empty()));
    Ok((rows, company.description))
}

/// Returns a person's name with its reading, if there is one.
fn with_kana(name: &str, kana: &str) -> String {
    if kana.is_empty() { name.to_owned() } else { format!("{name}（{kana}）") }
}
