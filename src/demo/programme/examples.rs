//! The examples of the demo: the shipped winners, and invented companies.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    id::AccountId,
    prefecture::Prefecture,
    publication::{
        Content, Facts, Period,
        example::{ExampleFacts, Field, Industry, winner::WINNERS},
        news::WebAddress,
    },
    text::{Prose, TextLine, optional},
};

use super::publications::put;
use crate::{app::App, problem::Problem};

/// The number of the example that experts recommend in their reports: the newest.
pub(super) const RECOMMENDED: i32 = 10_015;

/// An invented example.
struct Invented {
    title: &'static str,
    organization: &'static str,
    prefecture: u8,
    industry: Industry,
    employees: u32,
    themes: &'static [&'static str],
    field: Field,
    summary: &'static str,
    key_effect: &'static str,
    before: &'static str,
    measures: &'static str,
    effects: &'static str,
    quotation: &'static str,
    year: i32,
    award: &'static str,
}

const ANY: Invented = Invented {
    title: "",
    organization: "",
    prefecture: 13,
    industry: Industry::Information,
    employees: 10,
    themes: &[],
    field: Field::Labor,
    summary: "",
    key_effect: "",
    before: "",
    measures: "",
    effects: "",
    quotation: "",
    year: 2025,
    award: "",
};

const INVENTED: [Invented; 10] = [
    Invented {
        title: "12人の製造業で、事務と設計から在宅勤務",
        organization: "株式会社見本製作所",
        prefecture: 5,
        industry: Industry::Manufacturing,
        employees: 12,
        themes: &["ict_network", "ict_security", "labor_rules"],
        field: Field::Ict,
        summary: "現場に行かない仕事を洗い出し、事務と設計の4人が週2日の在宅勤務を始めました。",
        key_effect: "冬の通勤時間を月に一人12時間削減",
        before: "図面が社内のパソコンにしかなく、雪の日は出社できずに仕事が止まっていました。",
        measures: "業務を一覧にして、出社が必要なものと不要なものに分けました。\n図面を共有の保管場所に移し、社外からは会社の端末だけがつながるようにしました。\n就業規則に、在宅勤務の対象と申請の手順を加えました。",
        effects: "雪の日も受注と設計の仕事が止まらなくなりました。",
        quotation: "まず4人で始め、困ったことを毎週話し合ったのがよかったと思います。",
        ..ANY
    },
    Invented {
        title: "就業規則を見直し、育児と両立できる働き方へ",
        organization: "見本会計事務所",
        prefecture: 4,
        industry: Industry::Research,
        employees: 8,
        themes: &["labor_rules", "labor_hours", "labor_care"],
        summary: "在宅勤務と中抜けの規程を整え、育児中の職員が働き続けられるようにしました。",
        key_effect: "育児による離職が0人に",
        before: "子どもの発熱のたびに休みを取り、年に1人が退職していました。",
        measures: "中抜けの時間の扱いと、始業・終業の報告の方法を規程に定めました。",
        effects: "休みの代わりに在宅勤務を選ぶ職員が増えました。",
        ..ANY
    },
    Invented {
        title: "建設現場の写真と日報を、現場から直接登録",
        organization: "見本建設株式会社",
        prefecture: 17,
        industry: Industry::Construction,
        employees: 45,
        themes: &["ict_cloud", "ict_device"],
        field: Field::Ict,
        summary: "現場の監督が会社に戻らずに、写真と日報を登録できるようにしました。",
        key_effect: "会社に戻る移動を週に3回削減",
        before: "日報を書くためだけに、現場から会社へ戻っていました。",
        measures: "通信できる端末を配り、写真と日報の保管場所を一つにしました。",
        effects: "直行直帰が増え、残業が減りました。",
        ..ANY
    },
    Invented {
        title: "コールセンターの業務を、自宅から",
        organization: "株式会社見本サポート",
        prefecture: 47,
        industry: Industry::OtherServices,
        employees: 180,
        themes: &["ict_security", "ict_paperless", "labor_evaluation"],
        field: Field::Ict,
        summary: "電話の応対を在宅で行えるようにし、評価の基準を時間から応対の質に変えました。",
        key_effect: "応募者が前の年の1.8倍",
        before: "通える範囲に人が少なく、募集をしても応募がありませんでした。",
        measures: "個人情報を画面に残さない仕組みと、応対を記録して助言する面談を始めました。",
        effects: "県外からも採用できるようになりました。",
        ..ANY
    },
    Invented {
        title: "小売業の本部で、週3日の在宅勤務",
        organization: "株式会社見本ストア",
        prefecture: 23,
        industry: Industry::Retail,
        employees: 320,
        themes: &["ict_meeting", "labor_training"],
        summary: "店舗との連絡をチャットにまとめ、本部の60人が週3日まで在宅で働いています。",
        before: "電話とファクスで連絡していたため、本部に人がいる必要がありました。",
        measures: "店舗ごとにチャットの部屋を作り、決まりごとを短い動画で伝えました。",
        effects: "連絡の行き違いが減りました。",
        ..ANY
    },
    Invented {
        title: "介護の記録を電子化し、記録の時間を短く",
        organization: "社会福祉法人見本会",
        prefecture: 34,
        industry: Industry::Medical,
        employees: 95,
        themes: &["ict_paperless", "labor_tasks"],
        field: Field::Ict,
        summary: "介護の記録と会議を電子化し、事務と計画の作成を自宅でもできるようにしました。",
        key_effect: "記録の時間を一日30分短縮",
        before: "紙の記録を書き写すために、夜まで残っていました。",
        measures: "記録を端末で入力し、計画を作る日は在宅勤務を選べるようにしました。",
        effects: "残業が減り、利用者と過ごす時間が増えました。",
        year: 2024,
        ..ANY
    },
    Invented {
        title: "運送会社の配車を、離れた場所から",
        organization: "見本運輸株式会社",
        prefecture: 11,
        industry: Industry::Transport,
        employees: 70,
        themes: &["ict_cloud", "ict_management"],
        field: Field::Ict,
        summary: "配車の表を共有にして、夜間の配車を自宅から行えるようにしました。",
        before: "夜間の配車のために、毎晩だれかが会社に泊まっていました。",
        measures: "配車の表と点呼の記録を共有し、当番の端末を決めました。",
        effects: "当番の負担が軽くなりました。",
        year: 2024,
        ..ANY
    },
    Invented {
        title: "サテライトオフィスで、地元の採用を増やす",
        organization: "株式会社見本システム",
        prefecture: 36,
        industry: Industry::Information,
        employees: 24,
        themes: &["labor_training", "labor_costs", "ict_meeting"],
        summary: "空き家をサテライトオフィスにして、地元に住む5人を採用しました。",
        key_effect: "地元から5人を採用",
        before: "都市部の会社に人材が流れ、採用に苦労していました。",
        measures: "通信費と光熱費の手当を決め、週に一度は全員で話す時間を設けました。",
        effects: "地元の学校から、見学と応募が来るようになりました。",
        award: "見本県テレワーク大賞",
        ..ANY
    },
    Invented {
        title: "旅館の予約と経理を、自宅でも",
        organization: "見本温泉旅館",
        prefecture: 20,
        industry: Industry::Accommodation,
        employees: 18,
        themes: &["ict_cloud", "labor_tasks"],
        field: Field::Ict,
        summary: "予約と経理の仕事を分け、休館日は自宅で行えるようにしました。",
        before: "休館日も、電話のために出勤していました。",
        measures: "電話を転送し、予約の台帳を共有にしました。",
        effects: "休館日に出勤する人が0人になりました。",
        year: 2023,
        ..ANY
    },
    Invented {
        title: "障害のある職員が、自宅から働く",
        organization: "株式会社見本データ",
        prefecture: 40,
        industry: Industry::Information,
        employees: 60,
        themes: &["labor_disability", "labor_health", "ict_security"],
        summary: "通勤の難しい職員6人が、自宅からデータの確認の仕事をしています。",
        before: "通勤の負担で、長く働くことが難しい職員がいました。",
        measures: "朝の短い会話で体調を確かめ、仕事の量を本人と決めています。",
        effects: "3年続けて、退職した職員がいません。",
        quotation: "体調に合わせて休みを入れながら働けます。",
        year: 2023,
        ..ANY
    },
];

/// Publishes the examples, each some days after the one before it.
pub(super) async fn publish(app: &App, editor: AccountId, now: DateTime<Utc>) -> Result<(), Problem> {
    for winner in WINNERS {
        let content = winner.content().map_err(|err| Problem::Internal(err.into()))?;
        put(app, editor, content, Period::new(now - TimeDelta::days(200), None)).await?;
    }
    for (day, example) in (0..).zip(INVENTED.iter().rev()) {
        let content = example.content().map_err(Problem::Internal)?;
        put(app, editor, content, Period::new(now - TimeDelta::days(190 - 10 * day), None)).await?;
    }
    Ok(())
}

impl Invented {
    fn content(&self) -> Result<Content, anyhow::Error> {
        let line = |text: &str| TextLine::parse("項目", text, 200);
        let prose = |text: &str| Prose::parse("項目", text, 2_000);
        let facts = ExampleFacts {
            organization: line(self.organization)?,
            prefecture: Some(Prefecture::from_code(self.prefecture)?),
            industry: self.industry,
            employees: Some(self.employees),
            themes: self.themes.iter().map(|it| (*it).to_owned()).collect(),
            fields: vec![self.field],
            summary: line(self.summary)?,
            key_effect: optional(self.key_effect, line)?,
            before: optional(self.before, prose)?,
            measures: prose(self.measures)?,
            effects: optional(self.effects, prose)?,
            quotation: optional(self.quotation, line)?,
            quoted: optional(self.quotation, |_| line("担当者"))?,
            year: self.year,
            award: optional(self.award, line)?,
            link: Some(WebAddress::parse("https://www.example.jp/telework")?),
            source: line("見本の会社による説明")?,
            pictures: Vec::new(),
        };
        Ok(Content { title: line(self.title)?, body: None, facts: Facts::Example(facts) })
    }
}
