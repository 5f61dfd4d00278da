//! The facts that a company states about itself.
use crate::codes;

codes! {
    /// 業種: a major division of the 日本標準産業分類, 14th revision, in force since 2024-04-01.
    ///
    /// Division I is split, because the law's thresholds differ between wholesale and retail
    /// (`docs/spec/programme.md` §2.5).
    pub enum Industry {
        Agriculture = "A" => "農業，林業",
        Fisheries = "B" => "漁業",
        Mining = "C" => "鉱業，採石業，砂利採取業",
        Construction = "D" => "建設業",
        Manufacturing = "E" => "製造業",
        Utilities = "F" => "電気・ガス・熱供給・水道業",
        Information = "G" => "情報通信業",
        Transport = "H" => "運輸業，郵便業",
        Wholesale = "I1" => "卸売業",
        Retail = "I2" => "小売業",
        Finance = "J" => "金融業，保険業",
        RealEstate = "K" => "不動産業，物品賃貸業",
        Research = "L" => "学術研究，専門・技術サービス業",
        Accommodation = "M" => "宿泊業，飲食サービス業",
        PersonalServices = "N" => "生活関連サービス業，娯楽業",
        Education = "O" => "教育，学習支援業",
        Medical = "P" => "医療，福祉",
        CompoundServices = "Q" => "複合サービス事業",
        OtherServices = "R" => "サービス業（他に分類されないもの）",
        Government = "S" => "公務（他に分類されるものを除く）",
        Unclassified = "T" => "分類不能の産業",
    }
}

codes! {
    /// 組織区分.
    pub enum Organization {
        StockCompany = "kk" => "株式会社",
        LimitedCompany = "yk" => "有限会社",
        LimitedLiabilityCompany = "gk" => "合同会社",
        OtherCompany = "company" => "その他の会社",
        Npo = "npo" => "NPO法人",
        Association = "association" => "一般社団・財団法人",
        PublicInterest = "public" => "公益社団・財団法人",
        Welfare = "welfare" => "医療法人・社会福祉法人",
        School = "school" => "学校法人",
        Cooperative = "coop" => "協同組合",
        LocalGovernment = "local_gov" => "地方公共団体",
        SoleProprietor = "sole" => "個人事業主",
        Other = "other" => "その他",
    }
}

codes! {
    /// テレワーク導入状況. The first three are the 通信利用動向調査's own categories.
    pub enum TeleworkStatus {
        Introduced = "introduced" => "導入している",
        Planned = "planned" => "導入していないが予定がある",
        NotPlanned = "none" => "導入していない（予定なし）",
        Stopped = "stopped" => "過去に導入し中止した",
    }
}

impl Industry {
    /// Returns the letter of the classification: `I` for wholesale and retail alike.
    pub fn division(self) -> char {
        self.code().chars().next().unwrap_or('T')
    }
}

impl Organization {
    /// Returns whether the organization is asked for its capital: companies are.
    pub const fn has_capital(self) -> bool {
        match self {
            Self::StockCompany
            | Self::LimitedCompany
            | Self::LimitedLiabilityCompany
            | Self::OtherCompany => true,
            Self::Npo
            | Self::Association
            | Self::PublicInterest
            | Self::Welfare
            | Self::School
            | Self::Cooperative
            | Self::LocalGovernment
            | Self::SoleProprietor
            | Self::Other => false,
        }
    }

    /// Returns whether the organization has a 法人番号. Sole proprietors have none, and their 個人番号 must not be asked for.
    pub fn has_corporate_number(self) -> bool {
        self != Self::SoleProprietor
    }
}
