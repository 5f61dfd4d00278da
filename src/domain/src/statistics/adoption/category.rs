//! The groups of companies by which a survey and the census divide them.
use crate::{intake::company::Industry, prefecture::Region};

use super::AdoptionDimension;

/// The bands of employees of the census and of our own counts. The groups under 100 come first: the survey does not
/// cover them.
pub const REACH_SIZES: [(&str, &str); 4] =
    [("0-19", "20人未満"), ("20-99", "20から99人"), ("100-299", "100から299人"), ("300-", "300人以上")];

const SURVEY_SIZES: [(&str, &str); 6] = [
    ("100-299", "100から299人"),
    ("300-", "300人以上（合計）"),
    ("300-499", "300から499人"),
    ("500-999", "500から999人"),
    ("1000-1999", "1,000から1,999人"),
    ("2000-", "2,000人以上"),
];

const CAPITALS: [(&str, &str); 8] = [
    ("-10m", "1,000万円未満"),
    ("10m-30m", "1,000万円から3,000万円未満"),
    ("30m-50m", "3,000万円から5,000万円未満"),
    ("50m-100m", "5,000万円から1億円未満"),
    ("100m-500m", "1億円から5億円未満"),
    ("500m-1b", "5億円から10億円未満"),
    ("1b-5b", "10億円から50億円未満"),
    ("5b-", "50億円以上"),
];

/// The classes of industries of the survey.
const INDUSTRIES: [(&str, &str); 8] = [
    ("construction", "建設業"),
    ("manufacturing", "製造業"),
    ("information", "情報通信業"),
    ("transport", "運輸業・郵便業"),
    ("trade", "卸売業・小売業"),
    ("finance", "金融業・保険業"),
    ("real_estate", "不動産業"),
    ("services", "サービス業・その他"),
];

/// Returns the code and the label of each group, in the order of tables.
pub fn categories(dimension: AdoptionDimension) -> Vec<(&'static str, &'static str)> {
    match dimension {
        AdoptionDimension::National => vec![("all", "全体")],
        AdoptionDimension::Region | AdoptionDimension::CompaniesByRegion => {
            Region::ALL.map(|it| (it.code(), it.label())).to_vec()
        }
        AdoptionDimension::Area => vec![("urban", "都市部"), ("rural", "地方部")],
        AdoptionDimension::Size => SURVEY_SIZES.to_vec(),
        AdoptionDimension::Capital => CAPITALS.to_vec(),
        AdoptionDimension::Industry | AdoptionDimension::CompaniesByIndustry => INDUSTRIES.to_vec(),
        AdoptionDimension::CompaniesBySize => REACH_SIZES.to_vec(),
    }
}

/// Returns the label of a group; `None` for a code that the dimension does not have.
pub fn category_label(dimension: AdoptionDimension, code: &str) -> Option<&'static str> {
    categories(dimension).into_iter().find(|(it, _)| *it == code).map(|(_, label)| label)
}

/// Returns the class of the survey to which an industry belongs (`docs/spec/programme.md` §2.3).
pub const fn industry_class(industry: Industry) -> &'static str {
    match industry {
        Industry::Construction => "construction",
        Industry::Manufacturing => "manufacturing",
        Industry::Information => "information",
        Industry::Transport => "transport",
        Industry::Wholesale | Industry::Retail => "trade",
        Industry::Finance => "finance",
        Industry::RealEstate => "real_estate",
        Industry::Agriculture
        | Industry::Fisheries
        | Industry::Mining
        | Industry::Utilities
        | Industry::Research
        | Industry::Accommodation
        | Industry::PersonalServices
        | Industry::Education
        | Industry::Medical
        | Industry::CompoundServices
        | Industry::OtherServices
        | Industry::Government
        | Industry::Unclassified => "services",
    }
}
