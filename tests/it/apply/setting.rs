//! The data that an application needs: a programme, an expert with free time, and the answers of a company.
use domain::{
    actor::Role,
    booking::availability::{Span, WeeklyRule},
    field::Field,
    id::{AccountId, ExpertId},
    number::FiscalYear,
    settings::Settings,
};
use entity::{expert, outbox};
use madoguchi::store::{
    self,
    reference::{
        programme::Theme,
        revision::{RevisedPart, touch},
    },
};
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};

use crate::site::Site;

pub const TOPIC: &[(&str, &str)] = &[
    ("field", "labor"),
    ("theme", "labor_rules"),
    ("description", "在宅勤務の時間管理に困っています。"),
    ("mode", "online"),
];

pub const COMPANY: &[(&str, &str)] = &[
    ("company_name", "株式会社みなと製作所"),
    ("company_kana", "みなとせいさくしょ"),
    ("corporate_number", ""),
    ("organization", "kk"),
    ("postal_code", "２３１ー０００１"),
    ("prefecture", "14"),
    ("city", "横浜市中区"),
    ("street", "新港1-2-3"),
    ("building", ""),
    ("industry", "E"),
    ("employees", "28人"),
    ("regular_employees", "25"),
    ("capital", "1000万円"),
    ("telework_status", "planned"),
];

pub const CONTACT: &[(&str, &str)] = &[
    ("contact_name", "山田 花子"),
    ("contact_kana", "ヤマダ ハナコ"),
    ("department", "総務部"),
    ("position", ""),
    ("email", "hanako@minato.example.jp"),
    ("phone", "045-000-0000"),
];

/// Returns the company's answers with `changes` replaced or added.
pub fn company_with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    with(COMPANY, changes)
}

pub fn contact_with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    with(CONTACT, changes)
}

/// Makes a new draft and returns its address without a step.
pub async fn draft_at(site: &Site) -> String {
    let begun = site.post("/apply", &[]).await;
    begun.location.unwrap().strip_suffix("/topic").unwrap().to_owned()
}

/// Answers every step of the draft except the choice of a time.
pub async fn answer_all(site: &Site, draft: &str) {
    for (step, answers) in [("topic", TOPIC), ("company", COMPANY), ("contact", CONTACT)] {
        let reply = site.post(&format!("{draft}/{step}"), answers).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }
}

/// Makes a programme with a few themes and the year's settings.
pub async fn programme(site: &Site, change: impl FnOnce(&mut Settings)) {
    let admin = site.account(Role::Administrator, "admin@example.jp").await;
    let now = site.app.clock.now();
    let mut settings = Settings::default();
    change(&mut settings);
    let year = FiscalYear::of(domain::calendar::japan_date(now)).unwrap();
    let theme = |code: &str, field, label: &str| Theme { code: code.into(), field, label: label.into() };
    let themes = [
        theme("ict_network", Field::Ict, "テレワークの方式・ネットワーク"),
        theme("labor_rules", Field::Labor, "就業規則・テレワーク規程"),
        theme("labor_hours", Field::Labor, "労働時間管理"),
    ];
    let tx = site.app.begin().await.unwrap();
    store::reference::programme::ship_themes(&tx, themes).await.unwrap();
    let by = AccountId(admin.id.0);
    assert!(store::reference::programme::save_settings(&tx, year, &settings, 0, by, now).await.unwrap());
    tx.commit().await.unwrap();
}

/// Makes an expert in labour management who works online from nine to five on every weekday.
pub async fn expert(site: &Site, email: &str) -> ExpertId {
    let id = ExpertId(site.account(Role::Expert, email).await.id.0);
    let row = expert::Model {
        id: id.0,
        ict: false,
        labor: true,
        works_online: true,
        works_visit: false,
        home_prefecture: 14,
        daily_limit: 3,
        weekly_limit: 10,
        open_limit: 20,
        capacity: 20,
        video_url: "https://meet.example.jp/taro".to_owned(),
        profile: String::new(),
        active: true,
        feed_hash: None,
    };
    let tx = site.app.begin().await.unwrap();
    expert::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await.unwrap();
    for weekday in [
        chrono::Weekday::Mon,
        chrono::Weekday::Tue,
        chrono::Weekday::Wed,
        chrono::Weekday::Thu,
        chrono::Weekday::Fri,
    ] {
        // Quarter hours after 6:00.
        let span = Span::new(12, 44).unwrap();
        let rule = WeeklyRule { weekday, span, valid_from: None, valid_until: None };
        store::routing::expert::add_rule(&tx, id, &rule).await.unwrap();
    }
    touch(&tx, RevisedPart::Experts).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Returns every mail that was written, oldest first.
pub async fn outbox(site: &Site) -> Vec<outbox::Model> {
    outbox::Entity::find().order_by_asc(outbox::COLUMN.id).all(&site.app.db).await.unwrap()
}

/// Returns the values of all inputs of this name on a page, except 「センターに日程調整を依頼する」.
pub fn values_of(page: &str, name: &str) -> Vec<String> {
    let start = format!(r#"name="{name}""#);
    let rests = page.split(&start).skip(1).filter_map(|it| it.split(r#"value=""#).nth(1));
    rests.filter_map(|it| it.split('"').next()).filter(|it| *it != "none").map(str::to_owned).collect()
}

fn with<'a>(
    answers: &'static [(&'static str, &'static str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = answers.iter().filter(|(name, _)| !changes.iter().any(|(it, _)| it == name));
    kept.copied().chain(changes.iter().copied()).collect()
}
