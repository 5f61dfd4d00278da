//! The entries of the guide that a new installation begins with: those that the programme's founding page names
//! (`docs/spec/around.md` §6). They are drafts, because an editor has to compare them with their sources before the public
//! reads them.
use chrono::NaiveDate;

use super::{
    Content, Facts,
    guide::{CompanySize, GuideFacts, GuideKind, GuidePurpose, TeleworkStatus},
    news::{InvalidWebAddress, WebAddress},
};
use crate::text::{BadText, TextLine};

/// One entry as it is shipped.
#[derive(Clone, Copy, Debug)]
pub struct ShippedEntry {
    title: &'static str,
    office: &'static str,
    kind: GuideKind,
    gives: &'static str,
    link: &'static str,
    for_local_government: bool,
    sizes: &'static [CompanySize],
    statuses: &'static [TeleworkStatus],
    purposes: &'static [GuidePurpose],
    note: &'static str,
}

/// The reason why a shipped entry is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidShipped {
    #[error(transparent)]
    Text(#[from] BadText),
    #[error(transparent)]
    Address(#[from] InvalidWebAddress),
}

const ANY: ShippedEntry = ShippedEntry {
    title: "",
    office: "",
    kind: GuideKind::Guideline,
    gives: "",
    link: "",
    for_local_government: false,
    sizes: &[],
    statuses: &[],
    purposes: &[],
    note: "",
};

pub const SHIPPED: [ShippedEntry; 9] = [
    ShippedEntry {
        title: "テレワークセキュリティガイドライン",
        office: "総務省",
        gives: "テレワークに必要な情報セキュリティ対策を、経営者・管理者・勤務者の立場ごとに示しています。",
        link: "https://www.soumu.go.jp/main_sosiki/cybersecurity/telework/",
        purposes: &[GuidePurpose::Security, GuidePurpose::Tools],
        ..ANY
    },
    ShippedEntry {
        title: "テレワークの適切な導入及び実施の推進のためのガイドライン",
        office: "厚生労働省",
        gives: "労働時間、費用の負担、人事評価など、労務管理で決めておくことを示しています。",
        link: "https://telework.mhlw.go.jp/",
        purposes: &[GuidePurpose::Labor],
        ..ANY
    },
    ShippedEntry {
        title: "人材確保等支援助成金（テレワークコース）",
        office: "厚生労働省",
        kind: GuideKind::Grant,
        gives: "テレワークを制度として導入・実施した中小企業に、費用の一部を助成します。",
        link: "https://www.mhlw.go.jp/",
        sizes: &[CompanySize::UpTo20, CompanySize::UpTo100, CompanySize::UpTo300],
        purposes: &[GuidePurpose::Cost, GuidePurpose::Labor],
        note: "中小企業の範囲は、業種と資本金によっても変わります。",
        ..ANY
    },
    ShippedEntry {
        title: "デジタル化・AI導入補助金（旧 IT導入補助金）",
        office: "中小企業庁",
        kind: GuideKind::Grant,
        gives: "業務の効率化に使うITツールの導入費用の一部を補助します。",
        link: "https://www.chusho.meti.go.jp/",
        sizes: &[CompanySize::UpTo20, CompanySize::UpTo100, CompanySize::UpTo300],
        purposes: &[GuidePurpose::Cost, GuidePurpose::Tools],
        note: "2026年にIT導入補助金から名称が変わりました。公募の期間ごとに申請します。",
        ..ANY
    },
    ShippedEntry {
        title: "地方公共団体におけるテレワーク推進のための手引き",
        office: "総務省",
        kind: GuideKind::Tool,
        gives: "地方公共団体が職員のテレワークを導入する手順と事例をまとめています。",
        link: "https://www.soumu.go.jp/",
        for_local_government: true,
        ..ANY
    },
    ShippedEntry {
        title: "地域情報化アドバイザー派遣制度",
        office: "総務省",
        kind: GuideKind::Desk,
        gives: "地域の情報化に詳しい専門家を、地方公共団体などに派遣します。",
        link: "https://www.soumu.go.jp/",
        for_local_government: true,
        ..ANY
    },
    ShippedEntry {
        title: "テレワーク推進企業ネットワーク",
        office: "総務省",
        kind: GuideKind::Network,
        gives: "テレワークを先に導入した企業が、導入を考える企業の質問に答えます。",
        link: "https://www.soumu.go.jp/",
        statuses: &[TeleworkStatus::Planned, TeleworkStatus::NotPlanned, TeleworkStatus::Stopped],
        purposes: &[GuidePurpose::Advice],
        ..ANY
    },
    ShippedEntry {
        title: "地方創生テレワーク",
        office: "内閣府",
        kind: GuideKind::Desk,
        gives: "地方での勤務やサテライトオフィスの利用を考える企業に、情報と相談先を紹介します。",
        link: "https://www.chisou.go.jp/",
        purposes: &[GuidePurpose::Region],
        ..ANY
    },
    ShippedEntry {
        title: "ワーケーション",
        office: "観光庁",
        kind: GuideKind::Tool,
        gives: "仕事と休暇を組み合わせた働き方を、企業が取り入れるための情報をまとめています。",
        link: "https://www.mlit.go.jp/kankocho/",
        purposes: &[GuidePurpose::Region],
        ..ANY
    },
];

impl ShippedEntry {
    /// Returns the entry as content that was compared with its source on `checked_on`.
    pub fn content(&self, checked_on: NaiveDate) -> Result<Content, InvalidShipped> {
        let line = |text: &str| TextLine::parse("項目", text, 200);
        let facts = GuideFacts {
            office: line(self.office)?,
            kind: self.kind,
            gives: line(self.gives)?,
            for_local_government: self.for_local_government,
            sizes: self.sizes.to_vec(),
            prefectures: Vec::new(),
            industries: Vec::new(),
            statuses: self.statuses.to_vec(),
            purposes: self.purposes.to_vec(),
            opens: None,
            closes: None,
            link: WebAddress::parse(self.link)?,
            checked_on,
            valid_until: None,
            note: crate::text::optional(self.note, line)?,
            source: None,
        };
        Ok(Content { title: line(self.title)?, body: None, facts: Facts::Guide(facts) })
    }
}

#[cfg(test)]
mod tests {
    use super::SHIPPED;

    #[test]
    fn every_shipped_entry_can_be_saved() {
        for it in SHIPPED {
            it.content("2026-11-20".parse().unwrap()).unwrap();
        }
    }
}
