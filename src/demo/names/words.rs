//! Texts of invented companies, coordinators and experts.
mod description;
mod report;

use domain::intake::company::Industry;

use super::nth;

pub use description::description;
pub use report::{ReportText, report};

/// The share of applicants of each industry, in percent.
pub const INDUSTRY_SHARES: &[(Industry, u32)] = &[
    (Industry::Manufacturing, 19),
    (Industry::Construction, 13),
    (Industry::Information, 11),
    (Industry::Medical, 9),
    (Industry::Wholesale, 8),
    (Industry::Retail, 6),
    (Industry::Research, 7),
    (Industry::OtherServices, 6),
    (Industry::Transport, 5),
    (Industry::Education, 4),
    (Industry::Accommodation, 3),
    (Industry::RealEstate, 3),
    (Industry::PersonalServices, 2),
    (Industry::Finance, 1),
    (Industry::Agriculture, 1),
    (Industry::Utilities, 1),
    (Industry::CompoundServices, 1),
];

/// Returns the `n`th entry of a thread: the company's if `from_company`, else the center's or an expert's.
pub fn message(from_company: bool, n: usize) -> &'static str {
    nth(if from_company { FROM_COMPANY } else { FROM_CENTER }, n).unwrap_or_default()
}

pub fn decline_reason(n: usize) -> &'static str {
    nth(
        &[
            "ご希望の日時に別の予定が入りました。",
            "担当件数が上限に近いため、今回は見送ります。",
            "業種の経験がなく、ほかの専門家のほうが適していると考えます。",
            "移動の都合で、ご希望の時刻に伺うことができません。",
        ],
        n,
    )
    .unwrap_or_default()
}

/// Returns an organization that a company is referred to, by the kind of help and not by name.
pub fn organization_referred(n: usize) -> &'static str {
    nth(
        &[
            "地域の商工会議所",
            "都道府県の働き方改革推進支援センター",
            "都道府県の産業支援センター",
            "最寄りの労働基準監督署",
        ],
        n,
    )
    .unwrap_or_default()
}

/// Returns a paragraph about an expert that companies see.
pub fn expert_profile(ict: bool, labor: bool, n: usize) -> &'static str {
    let profiles: &[&str] = match (ict, labor) {
        (true, true) => &[
            "中小企業の業務改善とテレワーク規程づくりの両方を支援してきました。現場に合う小さな一歩から始めます。",
            "社会保険労務士として制度を、ITコーディネーターとして仕組みを、一度にご相談いただけます。",
        ],
        (true, false) => &[
            "製造業と建設業のICT導入を中心に、通信環境と情報セキュリティの整備を支援しています。",
            "クラウドサービスの選び方と、社員が使い続けられる運用づくりが専門です。",
            "紙の業務の棚卸しから、電子化の順序を一緒に考えます。",
        ],
        (false, _) => &[
            "就業規則とテレワーク規程の整備、労働時間管理の実務を支援しています。",
            "医療・福祉の事業所で、勤務の見直しと両立支援に取り組んできました。",
            "評価と育成の仕組みづくりを通じて、離れて働くチームを支えます。",
        ],
    };
    nth(profiles, n).unwrap_or_default()
}

const FROM_COMPANY: &[&str] = &[
    "ご連絡ありがとうございます。従業員のうち事務職は8名です。まずはその8名での試行を考えています。",
    "当日は代表と総務担当の2名で参加します。資料の準備が必要でしたらお知らせください。",
    "現在使っている勤怠システムの名称を確認しました。オンラインでの打刻に対応しているとのことです。",
    "希望日を追加します。来週の火曜日か木曜日の午後でしたら調整できます。",
    "就業規則の該当箇所を読み直しました。始業・終業の時刻の記載しかなく、不安に思っています。",
    "事務所の回線は光回線です。社外からの接続は、まだ許可していません。",
    "前回のご助言のあと、試行を始めました。通話の取次ぎで困っているので、次回ご相談したいです。",
    "遅くなりました。役員会で了承を得ましたので、進めていただきたいです。",
];

const FROM_CENTER: &[&str] = &[
    "お申込みありがとうございます。ご相談の前に、テレワークの対象にしたい業務と人数をお知らせください。",
    "当日までに、現在の就業規則の労働時間に関する章をご用意いただくと、ご相談が進めやすくなります。",
    "ご希望の時間帯で専門家を調整しています。決まりましたら、メールでお知らせします。",
    "オンラインで実施します。パソコンのカメラとマイクの動作を、前日までにご確認ください。",
    "ご質問の件は、当日に専門家から説明します。事前に読んでいただける資料を、次の相談でご案内します。",
    "お電話でお話しした内容を記録しました。行き違いがありましたら、このメッセージにご返信ください。",
    "報告書をお送りしました。取組みを進めるなかで困ったことがありましたら、いつでもご連絡ください。",
];
