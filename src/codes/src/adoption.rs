//! The figures about the adoption of telework that are taken from surveys and from the census of companies.
use crate::codes;

codes! {
    /// How far a published figure is final.
    pub enum SurveyStage {
        Preliminary = "preliminary" => "速報",
        Final = "final" => "確報",
        /// The value with which the result was announced, if a later document has another one.
        AtRelease = "at_release" => "公表時",
        /// The value of later documents.
        Revised = "revised" => "後の資料",
        Unstated = "unstated" => "区分の記載なし",
    }
}

codes! {
    /// The division of the companies to which a figure belongs. The first six have rates of a survey, the others numbers of
    /// companies.
    pub enum AdoptionDimension {
        National = "national" => "全国",
        Region = "region" => "地域",
        Area = "area" => "都市部・地方部",
        Size = "size" => "従業者規模",
        Capital = "capital" => "資本金",
        Industry = "industry" => "産業",
        CompaniesByRegion = "companies_region" => "企業数（地域）",
        CompaniesBySize = "companies_size" => "企業数（従業者規模）",
        CompaniesByIndustry = "companies_industry" => "企業数（産業）",
    }
}

impl AdoptionDimension {
    /// Returns whether its figures are numbers of companies and not rates.
    pub const fn counts_companies(self) -> bool {
        matches!(self, Self::CompaniesByRegion | Self::CompaniesBySize | Self::CompaniesByIndustry)
    }
}
