//! The first text of an example that comes of a consultation.
use chrono::{Datelike, NaiveDate};
use codes::{Field, Industry};

use super::ExampleFacts;
use crate::{
    prefecture::Prefecture,
    publication::{Content, Facts},
    text::{BadText, Prose, TextLine, search_key, text_key},
};

/// The sentence that stands for the summary until an editor has written one.
pub const NO_SUMMARY: &str = "（取組の要約を1文で書いてください）";

/// The origin of the facts, as the public reads it.
const SOURCE: &str = "相談センターでの相談（企業の同意を得て掲載）";

/// The length of the longest text that is taken over, in characters.
const LONGEST_TEXT: usize = 2_000;

/// The facts of a consultation about its company, without any person's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsultedCompany {
    pub name: String,
    pub prefecture: Option<Prefecture>,
    pub industry: Option<Industry>,
    pub employees: Option<u32>,
    pub themes: Vec<String>,
    pub fields: Vec<Field>,
    /// The problem in the company's words.
    pub description: String,
    /// The expert's advice, as the company has read it.
    pub advice: String,
}

impl ConsultedCompany {
    /// Returns the draft from which an editor begins. Without the name it says nothing but the industry.
    pub fn draft(&self, is_named: bool, today: NaiveDate) -> Result<Content, BadText> {
        let industry = self.industry.unwrap_or(Industry::Unclassified);
        let organization = if is_named { self.name.clone() } else { unnamed(industry) };
        let prose = |text: &str| Prose::parse("文章", &shortened(text, LONGEST_TEXT), LONGEST_TEXT);
        let facts = ExampleFacts {
            organization: TextLine::parse("企業・団体", &shortened(&organization, 100), 100)?,
            prefecture: self.prefecture,
            industry,
            employees: self.employees,
            themes: self.themes.clone(),
            fields: self.fields.clone(),
            summary: TextLine::parse("取組の要約", NO_SUMMARY, 200)?,
            key_effect: None,
            before: crate::text::optional(&self.description, prose)?,
            measures: prose(if self.advice.trim().is_empty() { NO_SUMMARY } else { &self.advice })?,
            effects: None,
            quotation: None,
            quoted: None,
            year: today.year(),
            award: None,
            link: None,
            source: TextLine::parse("出典", SOURCE, 200)?,
            pictures: Vec::new(),
        };
        let title = format!("{}のテレワーク", shortened(&organization, 90));
        Ok(Content {
            title: TextLine::parse("見出し", &title, 100)?,
            body: None,
            facts: Facts::Example(facts),
        })
    }
}

fn unnamed(industry: Industry) -> String {
    if industry == Industry::Unclassified {
        "企業（名称は非公開）".to_owned()
    } else {
        format!("{}の企業（名称は非公開）", industry.label())
    }
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Returns whether a content still has the sentence that stands for the summary.
fn is_unwritten(content: &Content) -> bool {
    let Facts::Example(facts) = &content.facts else { return false };
    facts.summary.as_str() == NO_SUMMARY || facts.measures.as_str() == NO_SUMMARY
}

/// The words by which a consultation knows its company and its people. A text that is to be public must not have them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateWords {
    /// The names of the company, if it wants to have none in the text.
    pub companies: Vec<String>,
    pub people: Vec<String>,
    /// Mail addresses.
    pub addresses: Vec<String>,
    /// Telephone numbers, with hyphens or without.
    pub phones: Vec<String>,
}

/// The reason why a text is not shown to its company yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextRefused {
    #[error("取組の要約と、取り組んだことを書いてから、企業に確認を依頼してください。")]
    Unwritten,
    #[error("企業は、企業名を出さないことを希望しています。文章から企業名を取り除いてください。")]
    CompanyName,
    #[error("文章に、担当者の氏名が入っています。個人の氏名は、事例に載せられません。")]
    PersonName,
    #[error("文章に、担当者の連絡先が入っています。メールアドレスや電話番号は、事例に載せられません。")]
    ContactData,
}

/// The shortest telephone number that is looked for in a text, in digits. A shorter one may be any number.
const SHORTEST_PHONE: usize = 9;

impl PrivateWords {
    /// Refuses a text that is not written yet, or that has any of these words, however they are written.
    pub fn check(&self, content: &Content) -> Result<(), TextRefused> {
        if is_unwritten(content) {
            return Err(TextRefused::Unwritten);
        }
        let text = whole_text(content);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let has_phone = |it: &String| {
            let phone: String = it.chars().filter(char::is_ascii_digit).collect();
            phone.len() >= SHORTEST_PHONE && digits.contains(&phone)
        };
        let has = |names: &[String]| names.iter().any(|it| has_name(&text, it));
        if has(&self.companies) {
            return Err(TextRefused::CompanyName);
        }
        if has(&self.people) {
            return Err(TextRefused::PersonName);
        }
        if has(&self.addresses) || self.phones.iter().any(has_phone) {
            return Err(TextRefused::ContactData);
        }
        Ok(())
    }
}

/// Returns everything that a reader of the example reads, folded for comparison.
fn whole_text(content: &Content) -> String {
    let Facts::Example(facts) = &content.facts else { return String::new() };
    let body = content.body.as_ref().map(Prose::as_str);
    let pictures: Vec<_> = facts.pictures.iter().map(|it| it.alternative.as_str()).collect();
    let all = [
        facts.searched_text(content.title.as_str(), body, &pictures),
        facts.source.to_string(),
        facts.quoted.as_ref().map_or("", TextLine::as_str).to_owned(),
        facts.link.as_ref().map_or(String::new(), |it| it.as_str().to_owned()),
    ];
    all.iter().map(|it| text_key(it)).collect::<Vec<_>>().join("\n")
}

/// Returns whether a folded text has this name, with its legal form or without. One character alone is part of too many
/// words.
fn has_name(text: &str, name: &str) -> bool {
    let key = search_key(name);
    key.chars().count() > 1 && text.contains(&key)
}

/// Returns the content that is left when a company has withdrawn its consent: that there was an example.
pub fn erased(year: i32) -> Result<Content, BadText> {
    let gone = "掲載を取りやめました";
    let facts = ExampleFacts {
        organization: TextLine::parse("企業・団体", gone, 100)?,
        prefecture: None,
        industry: Industry::Unclassified,
        employees: None,
        themes: Vec::new(),
        fields: Vec::new(),
        summary: TextLine::parse("取組の要約", gone, 100)?,
        key_effect: None,
        before: None,
        measures: Prose::parse("取り組んだこと", gone, 100)?,
        effects: None,
        quotation: None,
        quoted: None,
        year,
        award: None,
        link: None,
        source: TextLine::parse("出典", gone, 100)?,
        pictures: Vec::new(),
    };
    Ok(Content { title: TextLine::parse("見出し", gone, 100)?, body: None, facts: Facts::Example(facts) })
}

#[cfg(test)]
mod tests;
