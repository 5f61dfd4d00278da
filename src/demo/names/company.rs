//! Invented companies: a stem that no known company uses, and an ending that is usual in the industry.
use domain::intake::company::{Industry, Organization};

use super::nth;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyName {
    /// The name with the legal form.
    pub name: String,
    /// The name without the legal form, in full-width katakana.
    pub kana: String,
}

/// Returns the `n`th company of an industry. Some hundred in each industry differ in name.
pub fn company(industry: Industry, organization: Organization, n: usize) -> CompanyName {
    let (stem, stem_kana) = nth(STEMS, n).unwrap_or_default();
    let (tail, tail_kana) = nth(tails(industry), n / STEMS.len() + n).unwrap_or_default();
    let bare = format!("{stem}{tail}");
    let name = match legal_form(organization) {
        Form::Before(form) => format!("{form}{bare}"),
        Form::Either(form) if n % 3 == 1 => format!("{bare}{form}"),
        Form::Either(form) => format!("{form}{bare}"),
        Form::After(form) => format!("{bare}{form}"),
    };
    CompanyName { name, kana: format!("{stem_kana}{tail_kana}") }
}

/// Returns the legal form of the `n`th applicant of an industry, most often a 株式会社.
pub fn organization(industry: Industry, n: usize) -> Organization {
    let usual: &[Organization] = match industry {
        Industry::Medical => &[Organization::Welfare, Organization::Welfare, Organization::StockCompany],
        Industry::Education => &[Organization::School, Organization::StockCompany, Organization::Npo],
        Industry::CompoundServices => &[Organization::Cooperative],
        Industry::Government => &[Organization::LocalGovernment],
        Industry::Agriculture
        | Industry::Fisheries
        | Industry::Mining
        | Industry::Construction
        | Industry::Manufacturing
        | Industry::Utilities
        | Industry::Information
        | Industry::Transport
        | Industry::Wholesale
        | Industry::Retail
        | Industry::Finance
        | Industry::RealEstate
        | Industry::Research
        | Industry::Accommodation
        | Industry::PersonalServices
        | Industry::OtherServices
        | Industry::Unclassified => &[
            Organization::StockCompany,
            Organization::StockCompany,
            Organization::StockCompany,
            Organization::StockCompany,
            Organization::StockCompany,
            Organization::StockCompany,
            Organization::LimitedCompany,
            Organization::LimitedLiabilityCompany,
            Organization::StockCompany,
            Organization::SoleProprietor,
            Organization::Association,
        ],
    };
    nth(usual, n).unwrap_or(Organization::StockCompany)
}

enum Form {
    Before(&'static str),
    /// Before or after the name, as the company chooses.
    Either(&'static str),
    After(&'static str),
}

const fn legal_form(organization: Organization) -> Form {
    match organization {
        Organization::StockCompany => Form::Either("株式会社"),
        Organization::LimitedCompany => Form::Either("有限会社"),
        Organization::LimitedLiabilityCompany => Form::Either("合同会社"),
        Organization::OtherCompany => Form::Either("合資会社"),
        Organization::Npo => Form::Before("NPO法人"),
        Organization::Association => Form::Before("一般社団法人"),
        Organization::PublicInterest => Form::Before("公益財団法人"),
        Organization::Welfare => Form::Before("社会福祉法人"),
        Organization::School => Form::Before("学校法人"),
        Organization::Cooperative => Form::After("協同組合"),
        Organization::LocalGovernment | Organization::SoleProprietor | Organization::Other => Form::After(""),
    }
}

type Word = (&'static str, &'static str);

const STEMS: &[Word] = &[
    ("あおなぎ", "アオナギ"),
    ("朝汐", "アサシオ"),
    ("雨木", "アマギ"),
    ("いなほ野", "イナホノ"),
    ("岩ノ瀬", "イワノセ"),
    ("うみかぜ原", "ウミカゼハラ"),
    ("梅ヶ井", "ウメガイ"),
    ("えびね", "エビネ"),
    ("大楓", "オオカエデ"),
    ("おぼろ野", "オボロノ"),
    ("風早沢", "カザハヤザワ"),
    ("かすみ坂", "カスミザカ"),
    ("北みなも", "キタミナモ"),
    ("くすの木台", "クスノキダイ"),
    ("久礼田", "クレダ"),
    ("けやき堂", "ケヤキドウ"),
    ("こもれび谷", "コモレビダニ"),
    ("小夜島", "サヨジマ"),
    ("さざれ", "サザレ"),
    ("三ツ鐘", "ミツガネ"),
    ("しおさい町", "シオサイマチ"),
    ("白樫原", "シラカシハラ"),
    ("すずかぜ野", "スズカゼノ"),
    ("せせらぎ橋", "セセラギバシ"),
    ("空ノ木", "ソラノキ"),
    ("たちばな野", "タチバナノ"),
    ("千早谷", "チハヤダニ"),
    ("つむぎ屋", "ツムギヤ"),
    ("燈台坂", "トウダイザカ"),
    ("なぎさ堂", "ナギサドウ"),
    ("七ツ星原", "ナナツボシハラ"),
    ("西はるか", "ニシハルカ"),
    ("ぬくもり野", "ヌクモリノ"),
    ("ねむの木", "ネムノキ"),
    ("のどか台", "ノドカダイ"),
    ("はつかり", "ハツカリ"),
    ("東ひなた", "ヒガシヒナタ"),
    ("氷室橋", "ヒムロバシ"),
    ("ふたば野", "フタバノ"),
    ("ほのぼの坂", "ホノボノザカ"),
    ("真帆路", "マホロ"),
    ("みのり沢", "ミノリザワ"),
    ("むらさき野", "ムラサキノ"),
    ("めぐり屋", "メグリヤ"),
    ("もみじ台", "モミジダイ"),
    ("やまぶき堂", "ヤマブキドウ"),
    ("夕凪野", "ユウナギノ"),
    ("よもぎ沢", "ヨモギザワ"),
    ("凛和", "リンワ"),
    ("瑠璃ヶ浜", "ルリガハマ"),
    ("若鮎", "ワカアユ"),
    ("わらび野", "ワラビノ"),
];

const fn tails(industry: Industry) -> &'static [Word] {
    match industry {
        Industry::Agriculture => &[("農園", "ノウエン"), ("ファーム", "ファーム"), ("林産", "リンサン")],
        Industry::Fisheries => &[("水産", "スイサン"), ("漁業", "ギョギョウ")],
        Industry::Mining => &[("砕石", "サイセキ"), ("砂利", "ジャリ")],
        Industry::Construction => &[
            ("建設", "ケンセツ"),
            ("工務店", "コウムテン"),
            ("設備工業", "セツビコウギョウ"),
            ("電設", "デンセツ"),
        ],
        Industry::Manufacturing => &[
            ("製作所", "セイサクショ"),
            ("精工", "セイコウ"),
            ("食品", "ショクヒン"),
            ("化成", "カセイ"),
            ("木工", "モッコウ"),
        ],
        Industry::Utilities => &[("ガス", "ガス"), ("水道サービス", "スイドウサービス")],
        Industry::Information => &[
            ("システムズ", "システムズ"),
            ("ソフト", "ソフト"),
            ("情報サービス", "ジョウホウサービス"),
            ("デザイン", "デザイン"),
        ],
        Industry::Transport => &[("運輸", "ウンユ"), ("物流", "ブツリュウ"), ("交通", "コウツウ")],
        Industry::Wholesale => &[("商事", "ショウジ"), ("産業", "サンギョウ"), ("通商", "ツウショウ")],
        Industry::Retail => &[("商店", "ショウテン"), ("ストア", "ストア"), ("書房", "ショボウ")],
        Industry::Finance => &[("保険事務所", "ホケンジムショ"), ("リース", "リース")],
        Industry::RealEstate => &[("不動産", "フドウサン"), ("住宅管理", "ジュウタクカンリ")],
        Industry::Research => {
            &[("設計", "セッケイ"), ("測量", "ソクリョウ"), ("会計事務所", "カイケイジムショ")]
        }
        Industry::Accommodation => &[("旅館", "リョカン"), ("フーズ", "フーズ"), ("ホテル", "ホテル")],
        Industry::PersonalServices => &[("美容室", "ビヨウシツ"), ("トラベル", "トラベル")],
        Industry::Education => &[("学園", "ガクエン"), ("学習塾", "ガクシュウジュク")],
        Industry::Medical => &[("苑", "エン"), ("福祉会", "フクシカイ"), ("訪問看護", "ホウモンカンゴ")],
        Industry::CompoundServices => &[("農産", "ノウサン"), ("漁業", "ギョギョウ")],
        Industry::OtherServices => {
            &[("ビルサービス", "ビルサービス"), ("スタッフ", "スタッフ"), ("警備保障", "ケイビホショウ")]
        }
        Industry::Government => &[("町役場", "マチヤクバ"), ("村役場", "ムラヤクバ")],
        Industry::Unclassified => &[("企画", "キカク")],
    }
}
