//! The five winners of the minister's prize of テレワークトップランナー2025, which the ministry announced on 2025-10-31
//! (`docs/spec/programme.md` §4 and §7). Some of the names, and most details, are known from reports of others about the
//! announcement; the origin of each winner says from which. They are drafts, because an editor has to compare them with the
//! announcement before the public reads them. What the sources do not say is empty.
use super::{ExampleFacts, Field, Industry};
use crate::{
    prefecture::{NoPrefecture, Prefecture},
    publication::{
        Content, Facts,
        news::{InvalidWebAddress, WebAddress},
    },
    text::{BadText, Prose, TextLine, optional},
};

/// One winner as it is shipped.
#[derive(Clone, Copy, Debug)]
pub struct Winner {
    title: &'static str,
    organization: &'static str,
    prefecture: Option<u8>,
    industry: Industry,
    employees: Option<u32>,
    themes: &'static [&'static str],
    fields: &'static [Field],
    summary: &'static str,
    key_effect: &'static str,
    measures: &'static str,
    effects: &'static str,
    link: &'static str,
    /// The origin of the details, where it is not the announcement itself.
    details: &'static str,
}

/// The reason why a shipped winner is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWinner {
    #[error(transparent)]
    Text(#[from] BadText),
    #[error(transparent)]
    Address(#[from] InvalidWebAddress),
    #[error(transparent)]
    Prefecture(#[from] NoPrefecture),
}

const ANNOUNCEMENT: &str = "https://www.soumu.go.jp/menu_news/s-news/01ryutsu06_02000445.html";
const AWARD: &str = "テレワークトップランナー 総務大臣賞";
const YEAR: i32 = 2025;

pub const WINNERS: [Winner; 5] = [
    Winner {
        title: "災害復旧の現場で、建設機械を離れた場所から操作",
        organization: "株式会社大林組 北陸支店 能登半島災害復旧工事事務所",
        prefecture: Some(17),
        industry: Industry::Construction,
        employees: Some(13),
        themes: &["ict_network", "ict_device"],
        fields: &[Field::Ict],
        summary: "建設機械に後付けできる遠隔操作の装置を開発し、安全を確保しながら復旧の作業を進めました。",
        key_effect: "",
        measures: "建設機械を改造せず、さまざまなメーカーの機械に後付けできる遠隔操作の装置を開発しました。モニターと光回線を増やし、災害現場との通信を保ちながら作業しています。",
        effects: "災害現場での安全を確保しながら、復旧の作業を続けられました。",
        link: "https://www.soumu.go.jp/soutsu/hokuriku/press/2025/pre251031_01.html",
        details: "総務省 北陸総合通信局の報道資料（2025年10月31日）",
    },
    Winner {
        title: "建設物の立体映像を離れた場所から共有し、検査と打合せ",
        organization: "小柳建設株式会社",
        prefecture: None,
        industry: Industry::Construction,
        employees: None,
        themes: &["ict_meeting", "ict_management"],
        fields: &[Field::Ict],
        summary: "複合現実（MR）の技術で建設物の立体映像と工程表を共有し、離れた場所から検査や打合せを行っています。",
        key_effect: "",
        measures: "複合現実（MR）の技術を使ったアプリケーション「ホロストラクション」を開発し、建設物の立体映像と工程表を離れた場所から共有できるようにしました。",
        effects: "作業の手戻りと、移動の時間が減りました。",
        link: ANNOUNCEMENT,
        details: "第三者の記事（lightworks.co.jp）。総務省の発表との照合が必要",
    },
    Winner {
        title: "複数の自治体の団体が連携し、地域にテレワークの仕事をつくる",
        organization: "テレワーク社会課題解決検討タスクフォース",
        prefecture: None,
        industry: Industry::Unclassified,
        employees: None,
        themes: &["labor_tasks", "labor_training", "labor_care"],
        fields: &[Field::Labor],
        summary: "複数の自治体の企業・団体が連携し、子育てや介護で働きにくい住民のテレワークの仕事をつくっています。",
        key_effect: "",
        measures: "子育てや介護などで働く時間や場所に制約のある住民を、研修から業務の受託まで一体で支援しています。自治体や企業のデジタル化の業務を、地域の中で分担できる仕組みを整えました。",
        effects: "地域に就労の機会が生まれました。",
        link: ANNOUNCEMENT,
        details: "糸魚川市のページ（city.itoigawa.lg.jp）。企業・団体名は、総務省の発表との照合が必要",
    },
    Winner {
        title: "富士水質管理株式会社のテレワーク",
        organization: "富士水質管理株式会社",
        prefecture: None,
        industry: Industry::Utilities,
        employees: None,
        themes: &[],
        fields: &[],
        summary: "水質管理の仕事にテレワークを取り入れ、総務大臣賞を受賞しました。",
        key_effect: "",
        measures: "取組の内容は、総務省の発表をご覧ください。",
        effects: "",
        link: ANNOUNCEMENT,
        details: "第三者の記事（news.3rd-in.co.jp）。総務省の発表との照合が必要",
    },
    Winner {
        title: "農業で、現場の情報を共有して離れた場所から判断",
        organization: "株式会社GRA",
        prefecture: Some(4),
        industry: Industry::Agriculture,
        employees: None,
        themes: &["ict_cloud", "ict_management"],
        fields: &[Field::Ict],
        summary: "いちごの栽培の情報をクラウドで共有し、個人に頼る生産からチームでの生産に変えました。",
        key_effect: "年間の管理工数を約20%削減",
        measures: "栽培の情報をクラウドで共同で管理し、個人に頼る生産から、チームでの生産に変えました。2019年から、在宅勤務を制度にしています。",
        effects: "年間の管理工数を約20%減らし、宮城県の平均の1.5倍以上を収穫しました。",
        link: ANNOUNCEMENT,
        details: "第三者の記事（lightworks.co.jp、miyagi.publishing.3rd-in.co.jp）。総務省の発表との照合が必要",
    },
];

impl Winner {
    /// Returns the winner as the content of a publication.
    pub fn content(&self) -> Result<Content, InvalidWinner> {
        let line = |text: &str| TextLine::parse("項目", text, 200);
        let prose = |text: &str| Prose::parse("項目", text, 2_000);
        let facts = ExampleFacts {
            organization: line(self.organization)?,
            prefecture: self.prefecture.map(Prefecture::from_code).transpose()?,
            industry: self.industry,
            employees: self.employees,
            themes: self.themes.iter().map(|it| (*it).to_owned()).collect(),
            fields: self.fields.to_vec(),
            summary: line(self.summary)?,
            key_effect: optional(self.key_effect, line)?,
            before: None,
            measures: prose(self.measures)?,
            effects: optional(self.effects, prose)?,
            quotation: None,
            quoted: None,
            year: YEAR,
            award: Some(line(AWARD)?),
            link: Some(WebAddress::parse(self.link)?),
            source: line(&format!("表彰：総務省の報道資料（2025年10月31日）。内容：{}", self.details))?,
            pictures: Vec::new(),
        };
        Ok(Content { title: line(self.title)?, body: None, facts: Facts::Example(facts) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{AWARD, WINNERS};
    use crate::{
        publication::{Facts, example::award},
        theme,
    };

    #[test]
    fn every_winner_can_be_saved_and_names_known_themes_and_the_award() {
        let themes: BTreeSet<_> = theme::SHIPPED.iter().map(|it| it.code).collect();
        for winner in WINNERS {
            let content = winner.content().unwrap();
            let Facts::Example(facts) = content.facts else { panic!("no example") };
            assert!(facts.themes.iter().all(|it| themes.contains(it.as_str())), "{:?}", facts.themes);
        }
        assert!(award::named(AWARD).is_some());
    }
}
