//! The adoption of telework by companies: rates that surveys have published and numbers of companies, each with its source
//! (`docs/spec/around.md` §9).
//!
//! The 通信利用動向調査 covers companies with 100 or more regular employees. Its rates never stand beside counts of
//! consultations, most of which come from smaller companies.
mod category;
mod shipped;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
pub use codes::{AdoptionDimension, SurveyStage};

pub use category::{REACH_SIZES, categories, category_label, industry_class};
pub use shipped::shipped;

use crate::{
    intake::application::Mistakes,
    text::{TextLine, amount, digits, optional, text_key},
};

/// The longest name of a survey, a base or a source, in characters.
const LONGEST_LINE: usize = 200;

/// One published figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptionFigure {
    pub survey: String,
    /// The year of the survey, which is no fiscal year.
    pub year: i32,
    pub stage: SurveyStage,
    /// The month whose state was surveyed, such as `2024-08`.
    pub as_of: Option<String>,
    pub dimension: AdoptionDimension,
    /// The code of the group of companies.
    pub category: String,
    /// The words for the companies of which the rate is a share.
    pub base: String,
    /// The number of companies: those that answered, or those that exist.
    pub companies: Option<u32>,
    /// The rate, in tenths of a percent; `None` for numbers of companies.
    pub rate: Option<u16>,
    pub source: AdoptionSource,
}

/// The place in which a figure was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptionSource {
    pub title: String,
    /// The address of the page, or the words with which the page can be found.
    pub address: String,
}

/// A figure, with the time at which it was loaded and the person who did; `None` for one that comes with the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedFigure {
    pub figure: AdoptionFigure,
    pub loaded: Option<(DateTime<Utc>, String)>,
}

/// The cells of a row of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdoptionForm {
    pub survey: String,
    pub year: String,
    pub stage: String,
    pub as_of: String,
    pub dimension: String,
    pub category: String,
    pub base: String,
    pub companies: String,
    pub rate: String,
    pub source_title: String,
    pub source_address: String,
}

/// The key under which a later figure replaces an earlier one.
pub type FigureKey = (String, i32, &'static str, &'static str, String);

impl AdoptionFigure {
    /// Reads a row and returns every mistake with the name of its field.
    pub fn parse(form: &AdoptionForm) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::new();
        let line = |label, raw: &str| TextLine::parse(label, raw, LONGEST_LINE).map(String::from);
        let survey = take(&mut mistakes, "survey", line("調査の名称", &form.survey));
        let year = take(&mut mistakes, "year", year(&form.year));
        let stage = take(&mut mistakes, "stage", stage(&form.stage));
        let as_of = take(&mut mistakes, "as_of", optional(&form.as_of, month)).flatten();
        let dimension = take(&mut mistakes, "dimension", dimension(&form.dimension));
        let category = dimension.and_then(|it| take(&mut mistakes, "category", category(it, &form.category)));
        let base = take(&mut mistakes, "base", line("母数の説明", &form.base));
        let companies = take(&mut mistakes, "companies", optional(&form.companies, companies)).flatten();
        let rate = take(&mut mistakes, "rate", optional(&form.rate, rate)).flatten();
        match dimension {
            Some(it) if it.counts_companies() => {
                require(
                    &mut mistakes,
                    "companies",
                    form.companies.trim().is_empty(),
                    "企業数を入力してください",
                );
                let has_rate = !form.rate.trim().is_empty();
                require(&mut mistakes, "rate", has_rate, "企業数の行では、割合を空欄にしてください");
            }
            Some(_) => require(&mut mistakes, "rate", form.rate.trim().is_empty(), "割合を入力してください"),
            None => {}
        }
        let title = take(&mut mistakes, "source_title", line("出典の名称", &form.source_title));
        let address = take(&mut mistakes, "source_address", line("出典のアドレス", &form.source_address));
        match (survey, year, stage, dimension, category, base, title, address) {
            (
                Some(survey),
                Some(year),
                Some(stage),
                Some(dimension),
                Some(category),
                Some(base),
                Some(title),
                Some(address),
            ) if mistakes.is_empty() => {
                let source = AdoptionSource { title, address };
                Ok(Self { survey, year, stage, as_of, dimension, category, base, companies, rate, source })
            }
            _ => Err(mistakes),
        }
    }

    /// Returns the key of the figure. The name of the survey counts however it is written.
    pub fn key(&self) -> FigureKey {
        (text_key(&self.survey), self.year, self.stage.code(), self.dimension.code(), self.category.clone())
    }

    /// Returns the label of its group of companies.
    pub fn group(&self) -> &'static str {
        category_label(self.dimension, &self.category).unwrap_or("その他")
    }

    /// Returns the rate as pages write it: 「47.3%」.
    pub fn percent(&self) -> Option<String> {
        self.rate.map(|it| format!("{}.{}%", it / 10, it % 10))
    }
}

impl AdoptionSource {
    /// Returns the address if it is one that a browser can open.
    pub fn link(&self) -> Option<&str> {
        Some(self.address.as_str()).filter(|it| it.starts_with("https://") || it.starts_with("http://"))
    }
}

/// Returns the figures that count: of those with the same key, the one that was loaded last. They are ordered by
/// dimension, year, group and stage.
pub fn current(mut figures: Vec<LoadedFigure>) -> Vec<LoadedFigure> {
    figures.sort_by_key(|it| it.loaded.as_ref().map(|(at, _)| *at));
    let mut newest = BTreeMap::new();
    for it in figures {
        newest.insert(it.figure.key(), it);
    }
    let mut current: Vec<_> = newest.into_values().collect();
    let place =
        |it: &AdoptionFigure| categories(it.dimension).iter().position(|(code, _)| *code == it.category);
    current.sort_by_key(|it| {
        (it.figure.dimension.code(), it.figure.year, place(&it.figure), it.figure.stage.code())
    });
    current
}

fn take<T, E: ToString>(mistakes: &mut Mistakes, field: &'static str, parsed: Result<T, E>) -> Option<T> {
    parsed.map_err(|err| mistakes.push((field, err.to_string()))).ok()
}

fn require(mistakes: &mut Mistakes, field: &'static str, is_wrong: bool, words: &str) {
    if is_wrong {
        mistakes.push((field, words.to_owned()));
    }
}

fn year(raw: &str) -> Result<i32, &'static str> {
    let year = digits(raw).parse().ok().filter(|it| (2000..=2100).contains(it));
    year.ok_or("調査年は、2024のように西暦で入力してください")
}

fn stage(raw: &str) -> Result<SurveyStage, &'static str> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok(SurveyStage::Unstated);
    }
    let known = SurveyStage::ALL.into_iter().find(|it| it.label() == raw || it.code() == raw);
    known.ok_or("速報・確報の区分は、速報、確報、公表時、後の資料のいずれかにするか、空欄にしてください")
}

/// Reads a month such as `2024-08` or 「2024年8月」.
fn month(raw: &str) -> Result<String, &'static str> {
    let wrong = "時点は、2024-08のように年と月で入力してください";
    let raw = raw.trim().replace(['年', '/'], "-");
    let (year, month) = raw.trim_end_matches('月').split_once('-').ok_or(wrong)?;
    let year: u16 = digits(year).parse().map_err(|_| wrong)?;
    let month: u16 = digits(month).parse().map_err(|_| wrong)?;
    if (2000..=2100).contains(&year) && (1..=12).contains(&month) {
        Ok(format!("{year}-{month:02}"))
    } else {
        Err(wrong)
    }
}

fn dimension(raw: &str) -> Result<AdoptionDimension, String> {
    let key = text_key(raw);
    let known =
        AdoptionDimension::ALL.into_iter().find(|it| text_key(it.label()) == key || it.code() == raw.trim());
    known.ok_or_else(|| {
        let labels = AdoptionDimension::ALL.map(AdoptionDimension::label).join("、");
        format!("集計の軸は、次のいずれかにしてください：{labels}")
    })
}

fn category(dimension: AdoptionDimension, raw: &str) -> Result<String, String> {
    let plain = |text: &str| text_key(text).replace(['・', ',', '、', ' '], "");
    let all = categories(dimension);
    if let [(only, _)] = all.as_slice()
        && raw.trim().is_empty()
    {
        return Ok((*only).to_owned());
    }
    let known = all.iter().find(|(code, label)| plain(label) == plain(raw) || *code == raw.trim());
    known.map(|(code, _)| (*code).to_owned()).ok_or_else(|| {
        let labels: Vec<_> = all.iter().map(|(_, label)| *label).collect();
        format!("{}の区分は、次のいずれかにしてください：{}", dimension.label(), labels.join("、"))
    })
}

fn companies(raw: &str) -> Result<u32, &'static str> {
    amount(raw).parse().map_err(|_| "企業数は、0以上の整数で入力してください")
}

/// Reads a rate with at most one decimal: 「47.3」 or 「47.3%」.
fn rate(raw: &str) -> Result<u16, &'static str> {
    let wrong = "割合は、47.3のように0から100までの数（小数第1位まで）で入力してください";
    let raw = raw.trim().trim_end_matches(['%', '％']).replace('．', ".");
    let (whole, tenth) = raw.split_once('.').unwrap_or((&raw, "0"));
    let whole: u16 = amount(whole).parse().map_err(|_| wrong)?;
    let tenth = amount(tenth);
    let tenth: u16 = if tenth.len() == 1 { tenth.parse().map_err(|_| wrong)? } else { return Err(wrong) };
    let rate = whole.checked_mul(10).and_then(|it| it.checked_add(tenth)).ok_or(wrong)?;
    if rate <= 1000 { Ok(rate) } else { Err(wrong) }
}

#[cfg(test)]
mod tests;
