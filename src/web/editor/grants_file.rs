//! Reading a file of grants in the format of the public API of Jグランツ, the portal of the Digital Agency: a JSON object
//! whose `result` has the grants, as the list `GET /exp/v1/public/subsidies` and the details `…/subsidies/id/{id}` answer
//! it, or an array of such objects or of grants.
//!
//! The fields and the words of their values are those of the Digital Agency's documentation
//! (<https://developers.digital.go.jp/documents/jgrants/api/>) and of its own client
//! (<https://github.com/digital-go-jp/jgrants-mcp-server>). The list has `id`, `title`, `target_area_search`,
//! `target_number_of_employees`, `subsidy_max_limit`, `acceptance_start_datetime` and `acceptance_end_datetime`; the
//! details have `subsidy_catch_phrase`, `use_purpose`, `industry`, `institution_name` and
//! `front_subsidy_detail_page_url` beside them. The files of a grant, which the details carry, are left out.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    calendar::japan_date,
    intake::company::Industry,
    prefecture::Prefecture,
    publication::{
        Content, Facts, PublicationKind,
        guide::{CompanySize, GuideFacts, GuideKind, GuidePurpose, GuideSource},
    },
    text::{TextLine, text_key},
    wording::{iso_date, thousands},
};
use serde_json::{Map, Value, json};

use super::{
    form,
    import_row::{FileContext, ImportRow},
};
use crate::{
    ops::publication::import::ImportedContent,
    web::kit::{
        csv_file::{MOST_ROWS, industry_code},
        form::{FieldErrors, Fields},
    },
};

/// The name that the terms of use ask to show.
pub const SOURCE: &str = "Jグランツ";

/// The page of a grant, before its key.
const PAGE: &str = "https://www.jgrants-portal.go.jp/subsidy/";

/// The office of a grant whose file does not name it: the list does not.
const UNKNOWN_OFFICE: &str = "国・地方公共団体など（Jグランツに掲載）";

/// The fields of a grant that are kept.
const KEPT: [&str; 12] = [
    "id",
    "title",
    "subsidy_catch_phrase",
    "target_area_search",
    "target_number_of_employees",
    "industry",
    "use_purpose",
    "subsidy_max_limit",
    "acceptance_start_datetime",
    "acceptance_end_datetime",
    "front_subsidy_detail_page_url",
    "institution_name",
];

/// The areas that are wider than a prefecture, each with the codes of its first and last prefecture; two areas are in two
/// parts.
const AREAS: [(&str, &[(u8, u8)]); 9] = [
    ("北海道地方", &[(1, 1)]),
    ("東北地方", &[(2, 7)]),
    ("関東・甲信越地方", &[(8, 15), (19, 20)]),
    ("東海・北陸地方", &[(16, 18), (21, 24)]),
    ("近畿地方", &[(25, 30)]),
    ("中国地方", &[(31, 35)]),
    ("四国地方", &[(36, 39)]),
    ("九州・沖縄地方", &[(40, 47)]),
    ("全国", &[]),
];

/// The words for the greatest number of employees, each with the sizes that have companies of such numbers, and whether the
/// largest of these sizes has companies that the grant is not for.
const SIZES: [(&str, &[CompanySize], bool); 8] = [
    ("従業員数の制約なし", &[], false),
    ("5名以下", &[CompanySize::UpTo20], true),
    ("20名以下", &[CompanySize::UpTo20], false),
    ("50名以下", &[CompanySize::UpTo20, CompanySize::UpTo100], true),
    ("100名以下", &[CompanySize::UpTo20, CompanySize::UpTo100], false),
    ("300名以下", &[CompanySize::UpTo20, CompanySize::UpTo100, CompanySize::UpTo300], false),
    ("900名以下", &[], true),
    ("901名以上", &[CompanySize::Over300], true),
];

/// The purposes of use that name a purpose of the guide beside the cost.
const PURPOSES: [(&str, GuidePurpose); 4] = [
    ("設備整備・IT導入をしたい", GuidePurpose::Tools),
    ("雇用・職場環境を改善したい", GuidePurpose::Labor),
    ("人材育成を行いたい", GuidePurpose::Labor),
    ("まちづくり・地域振興支援がほしい", GuidePurpose::Region),
];

/// The reason why a file cannot be read at all. The words are for the person who chose it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGrantsFile {
    #[error("Jグランツの公開APIの応答（JSON）として読み取れませんでした")]
    NotGrants,
    #[error("補助金がありません")]
    Empty,
    #[error("一度に取り込めるのは{MOST_ROWS}件までです。ファイルを分けてください（現在{0}件）")]
    TooMany(usize),
}

/// Returns the text that is kept of a file: its grants without their files, with the day on which they were fetched.
pub fn kept(text: &str, fetched_on: NaiveDate) -> Result<String, BadGrantsFile> {
    let value: Value = serde_json::from_str(text).map_err(|_| BadGrantsFile::NotGrants)?;
    let mut grants = Vec::new();
    collect(&value, &mut grants, 0)?;
    let kept = grants.iter().map(|grant| {
        let fields = KEPT.into_iter().filter_map(|name| Some((name.to_owned(), grant.get(name)?.clone())));
        Value::Object(fields.collect())
    });
    match grants.len() {
        0 => Err(BadGrantsFile::Empty),
        count if count > MOST_ROWS => Err(BadGrantsFile::TooMany(count)),
        _ => {
            Ok(json!({ "fetched_on": iso_date(fetched_on), "result": kept.collect::<Vec<_>>() }).to_string())
        }
    }
}

/// Collects the grants of a value: an answer, a grant, or an array of these.
fn collect<'a>(
    value: &'a Value,
    grants: &mut Vec<&'a Map<String, Value>>,
    depth: usize,
) -> Result<(), BadGrantsFile> {
    match value {
        Value::Array(all) if depth < 3 => all.iter().try_for_each(|it| collect(it, grants, depth + 1)),
        Value::Object(it) => match it.get("result") {
            Some(result) if depth < 3 => collect(result, grants, depth + 1),
            None if it.contains_key("id") && it.contains_key("title") => {
                grants.push(it);
                Ok(())
            }
            Some(_) | None => Err(BadGrantsFile::NotGrants),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(BadGrantsFile::NotGrants)
        }
    }
}

/// Returns the grants of a text that `kept` has made, each as an entry of the guide or with all its faults.
pub fn rows(text: &str, context: &FileContext<'_>) -> Result<Vec<ImportRow>, BadGrantsFile> {
    let value: Value = serde_json::from_str(text).map_err(|_| BadGrantsFile::NotGrants)?;
    let fetched_on = value.get("fetched_on").and_then(Value::as_str).and_then(|it| it.parse().ok());
    let fetched_on: NaiveDate = fetched_on.ok_or(BadGrantsFile::NotGrants)?;
    let mut grants = Vec::new();
    collect(&value, &mut grants, 0)?;
    Ok((1..).zip(grants).map(|(place, it)| row(place, &Grant(it), fetched_on, context)).collect())
}

/// One grant as the file has it.
struct Grant<'a>(&'a Map<String, Value>);

impl Grant<'_> {
    /// Returns a value as text; empty if there is none.
    fn text(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(Value::String(it)) => it.trim().to_owned(),
            Some(Value::Number(it)) => it.to_string(),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => String::new(),
        }
    }

    /// Returns the words of a value with several.
    fn words(&self, name: &str) -> Vec<String> {
        let text = self.text(name);
        let words = text.split(" / ").map(str::trim).filter(|it| !it.is_empty());
        words.map(str::to_owned).collect()
    }

    /// Returns the instant of a value; `None` if there is none.
    fn instant(&self, name: &str) -> Result<Option<DateTime<Utc>>, String> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        let read = DateTime::parse_from_rfc3339(&text);
        read.map(|it| Some(it.to_utc())).map_err(|_| format!("日時「{text}」を読み取れませんでした"))
    }
}

fn row(place: u64, grant: &Grant<'_>, fetched_on: NaiveDate, context: &FileContext<'_>) -> ImportRow {
    let (mut form, mut errors, mut faults) = (Fields::default(), FieldErrors::default(), Vec::new());
    let title = grant.text("title");
    form.add("title", title.as_str());
    form.add("kind", GuideKind::Grant.code());
    form.add("office", cut(&grant.text("institution_name"), 60, UNKNOWN_OFFICE));
    form.add("gives", gives(grant));
    form.add("checked_on", iso_date(fetched_on));
    add_target(grant, &mut form, &mut faults);
    add_period(grant, &mut form, &mut faults);
    let key = grant.text("id");
    let page = grant.text("front_subsidy_detail_page_url");
    form.add("link", if page.is_empty() { format!("{PAGE}{key}") } else { page });
    let key = TextLine::parse("id", &key, 40).map_err(|err| err.to_string());
    let key = key.map_err(|err| faults.push(err)).ok();
    let content = form::parse(PublicationKind::Guide, &form, context.themes, context.today, &mut errors);
    faults.extend(errors.iter().map(|it| it.message.clone()));
    let name = TextLine::parse("出典", SOURCE, 40).ok();
    let source = name.zip(key).map(|(name, key)| GuideSource { name, key, fetched_on });
    let imported = content.zip(source).and_then(|(content, source)| {
        let Content { title, body, facts: Facts::Guide(facts) } = content else { return None };
        let facts = Facts::Guide(GuideFacts { source: Some(source), ..facts });
        Some(ImportedContent { content: Content { title, body, facts }, period: None })
    });
    ImportRow::new(place, &title, imported, faults)
}

/// Adds the companies that a grant is for. A word that is not known is a fault: it may exclude companies.
fn add_target(grant: &Grant<'_>, form: &mut Fields, faults: &mut Vec<String>) {
    for word in grant.words("target_area_search") {
        match prefectures(&word) {
            Some(found) => found.iter().for_each(|it| form.add("prefecture", it.two_digits())),
            None => faults.push(format!("対象の地域「{word}」を読み取れませんでした")),
        }
    }
    let employees = grant.text("target_number_of_employees");
    match SIZES.iter().find(|(word, ..)| *word == employees) {
        Some((word, sizes, is_narrower)) => {
            sizes.iter().for_each(|it| form.add("size", it.code()));
            if *is_narrower {
                form.add("note", format!("対象の従業員数は{word}です。"));
            }
        }
        None if employees.is_empty() => {}
        None => faults.push(format!("対象の従業員数「{employees}」を読み取れませんでした")),
    }
    let words = grant.words("industry");
    let named = words.iter().flat_map(|it| industries(it, faults)).collect::<Vec<_>>();
    // A grant that names every industry restricts none.
    if Industry::ALL.iter().any(|it| !named.contains(it)) {
        named.iter().for_each(|it| form.add("industry", it.code()));
    }
    form.add("purpose", GuidePurpose::Cost.code());
    let wanted = grant.words("use_purpose");
    let purposes = PURPOSES.iter().filter(|(word, _)| wanted.iter().any(|it| it == word));
    let mut purposes: Vec<_> = purposes.map(|(_, it)| it.code()).collect();
    purposes.dedup();
    purposes.into_iter().for_each(|it| form.add("purpose", it));
}

/// Adds the time of application. After its last day the entry is not valid any more, so that it hides by itself.
fn add_period(grant: &Grant<'_>, form: &mut Fields, faults: &mut Vec<String>) {
    let mut instant = |name| grant.instant(name).map_err(|err| faults.push(err)).ok().flatten();
    if let Some(opens) = instant("acceptance_start_datetime") {
        form.add("opens", iso_date(japan_date(opens)));
    }
    if let Some(closes) = instant("acceptance_end_datetime") {
        // An end at midnight is the end of the day before.
        let last = iso_date(japan_date(closes - TimeDelta::seconds(1)));
        form.add("closes", last.as_str());
        form.add("valid_until", last);
    }
}

/// Returns the prefectures of an area; none for the whole country, and `None` for an unknown area.
fn prefectures(word: &str) -> Option<Vec<Prefecture>> {
    if let Some((_, parts)) = AREAS.iter().find(|(name, _)| *name == word) {
        let codes = parts.iter().flat_map(|(first, last)| *first..=*last);
        return Some(codes.filter_map(|it| Prefecture::from_code(it).ok()).collect());
    }
    let named = Prefecture::all().find(|it| it.name() == word);
    named.map(|it| vec![it])
}

/// Returns the industries that a word names. Ours divide 「卸売業、小売業」.
fn industries(word: &str, faults: &mut Vec<String>) -> Vec<Industry> {
    if text_key(&word.replace('、', "")) == text_key("卸売業小売業") {
        return vec![Industry::Wholesale, Industry::Retail];
    }
    let named = Industry::from_code(&industry_code(word));
    if named.is_none() {
        faults.push(format!("業種「{word}」を読み取れませんでした"));
    }
    named.into_iter().collect()
}

/// Returns what a grant gives, in one sentence.
fn gives(grant: &Grant<'_>) -> String {
    let limit = grant.text("subsidy_max_limit");
    let limit = limit.split('.').next().and_then(|it| it.parse::<u64>().ok()).filter(|it| *it > 0);
    let limit = limit.map(|it| format!("補助の上限は{}円です。", thousands(it)));
    let otherwise = limit.unwrap_or_else(|| "内容は、実施する機関のページで確認してください。".to_owned());
    cut(&grant.text("subsidy_catch_phrase"), 200, &otherwise)
}

/// Returns a text in one line of at most `most` characters; `otherwise` if it is empty.
fn cut(text: &str, most: usize, otherwise: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count() {
        0 => otherwise.to_owned(),
        count if count <= most => line,
        _ => line.chars().take(most - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests;
