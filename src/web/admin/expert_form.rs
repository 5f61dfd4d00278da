//! The form for an expert's facts.
use std::collections::BTreeSet;

use domain::{
    field::{Field, Fields as Topics},
    intake::company::Industry,
    prefecture::Prefecture,
    routing::ThemeCode,
    text::Prose,
};

use crate::{
    store::{
        reference::theme::ManagedTheme,
        routing::expert::{ExpertFacts, Profile},
    },
    web::kit::{
        form::{Choice, FieldErrors, Fields, prefectures},
        meeting_link,
    },
};

/// The choices that the form offers.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    pub fields: Vec<Choice>,
    pub themes: Vec<Choice>,
    pub ways: Vec<Choice>,
    pub prefectures: Vec<Choice>,
    pub industries: Vec<Choice>,
}

/// The values that the form for a new expert starts with.
const STARTING: [(&str, &str); 5] = [
    ("way", "online"),
    ("daily_limit", "2"),
    ("weekly_limit", "5"),
    ("open_limit", "10"),
    ("capacity", "12"),
];

impl Choices {
    /// Builds the choices. A retired theme is offered only to an expert who has it, so that saving keeps it.
    pub fn new(themes: &[ManagedTheme], form: &Fields) -> Self {
        let offered = themes.iter().filter(|it| it.active || form.has("theme", &it.code));
        let theme =
            |it: &ManagedTheme| Choice::new(it.code.clone(), format!("{}：{}", it.field.label(), it.label));
        Self {
            fields: Field::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
            themes: offered.map(theme).collect(),
            ways: vec![Choice::new("online", "オンライン"), Choice::new("visit", "訪問")],
            prefectures: prefectures(),
            industries: Industry::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
        }
    }
}

pub fn starting() -> Fields {
    STARTING.into_iter().collect()
}

/// Returns the form filled in with an expert's profile.
pub fn of_profile(it: &Profile) -> Fields {
    let mut form = Fields::default();
    it.fields.iter().for_each(|field| form.add("field", field.code()));
    it.themes.iter().for_each(|theme| form.add("theme", theme.0.clone()));
    it.industries.iter().for_each(|industry| form.add("industry", industry.code()));
    it.visits.iter().for_each(|&prefecture| form.add("visits", prefecture.two_digits()));
    if it.works_online {
        form.add("way", "online");
    }
    if !it.visits.is_empty() {
        form.add("way", "visit");
    }
    form.add("home", it.home.map(Prefecture::two_digits).unwrap_or_default());
    form.add("daily_limit", it.limits.per_day.to_string());
    form.add("weekly_limit", it.limits.per_week.to_string());
    form.add("open_limit", it.open_limit.to_string());
    form.add("capacity", it.capacity.to_string());
    form.add("video_url", it.video_url.clone());
    form.add("profile", it.profile.clone());
    form
}

/// Parses the form; every mistake is added to `errors`, not only the first.
pub fn parse(form: &Fields, themes: &[ManagedTheme], errors: &mut FieldErrors) -> Option<ExpertFacts> {
    let topics = Topics::from_flags(form.has("field", "ict"), form.has("field", "labor"));
    let fields = errors.take("field", topics.ok_or("相談の分野を選択してください"));
    let known = themes.iter().filter(|it| form.has("theme", &it.code));
    let themes = known.map(|it| ThemeCode(it.code.clone())).collect();
    let (works_online, works_visit) = (form.has("way", "online"), form.has("way", "visit"));
    if !works_online && !works_visit {
        errors.add("way", "実施方法を選択してください");
    }
    let home = errors.take("home", Prefecture::parse(form.get("home")));
    let visits: BTreeSet<_> = form.all("visits").filter_map(|it| Prefecture::parse(it).ok()).collect();
    if works_visit && visits.is_empty() {
        errors.add("visits", "訪問できる都道府県を選択してください");
    }
    let daily_limit = count(form, errors, "daily_limit", 10);
    let weekly_limit = count(form, errors, "weekly_limit", 50);
    let open_limit = count(form, errors, "open_limit", 200);
    let capacity = count(form, errors, "capacity", 200);
    let video_url = errors.take("video_url", meeting_link::parse(form.get("video_url"), works_online));
    let profile = errors.take("profile", Prose::parse("紹介文", form.get("profile"), 400));
    Some(ExpertFacts {
        fields: fields?,
        themes,
        industries: Industry::ALL.iter().copied().filter(|it| form.has("industry", it.code())).collect(),
        works_online,
        visits: if works_visit { visits } else { BTreeSet::new() },
        home: home?,
        daily_limit: daily_limit?,
        weekly_limit: weekly_limit?,
        open_limit: open_limit?,
        capacity: capacity?,
        video_url: video_url?,
        profile: profile?.to_string(),
    })
    .filter(|_| errors.is_empty())
}

fn count(form: &Fields, errors: &mut FieldErrors, name: &'static str, most: i16) -> Option<i16> {
    let typed = domain::text::digits(form.get(name)).parse::<i16>().ok();
    let right = typed.filter(|it| (1..=most).contains(it));
    errors.take(name, right.ok_or_else(|| format!("1から{most}までの数を入力してください")))
}
