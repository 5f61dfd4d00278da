//! The values of a consultation that can be corrected.
use crate::codes;

codes! {
    /// A value of a consultation that can be corrected. The code is the name of the form's field, as far as the
    /// application asks for the value.
    pub enum CorrectedField {
        ContactName = "contact_name" => "担当者の氏名",
        ContactKana = "contact_kana" => "担当者のフリガナ",
        Department = "department" => "部署",
        Position = "position" => "役職",
        Email = "email" => "メールアドレス",
        Phone = "phone" => "電話番号",
        SecondName = "second_name" => "もう一人の担当者の氏名",
        SecondKana = "second_kana" => "もう一人の担当者のフリガナ",
        SecondEmail = "second_email" => "もう一人の担当者のメールアドレス",
        SecondPhone = "second_phone" => "もう一人の担当者の電話番号",
        CompanyName = "company_name" => "会社の正式名称",
        CompanyKana = "company_kana" => "会社のフリガナ",
        CorporateNumber = "corporate_number" => "法人番号",
        Organization = "organization" => "組織区分",
        PostalCode = "postal_code" => "郵便番号",
        Prefecture = "prefecture" => "都道府県",
        City = "city" => "市区町村",
        Street = "street" => "町域・番地",
        Building = "building" => "建物名",
        Industry = "industry" => "業種",
        Employees = "employees" => "総従業員数",
        RegularEmployees = "regular_employees" => "うち常時雇用する人数",
        Capital = "capital" => "資本金",
        TeleworkStatus = "telework_status" => "テレワーク導入状況",
        Fields = "field" => "相談の分野",
        Themes = "theme" => "テーマ",
        Mode = "mode" => "希望する実施方法",
        VisitPrefecture = "visit_prefecture" => "訪問先の都道府県",
        VisitPlace = "visit_place" => "訪問先の住所",
        Participants = "participants" => "相談の参加者",
        Description = "description" => "困っていること",
        Origin = "origin" => "受付の方法",
        MeetingLink = "meeting_link" => "オンライン相談の接続先",
    }
}
