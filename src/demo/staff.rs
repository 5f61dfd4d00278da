//! The people of the programme: coordinators, desks, and experts with their weeks.
use chrono::{DateTime, Utc, Weekday};
use domain::{
    actor::Role,
    booking::availability::{Schedule, Span, WeeklyRule},
    field::{Field, Fields},
    intake::company::Industry,
    prefecture::Prefecture,
    theme::SHIPPED,
};
use entity::{account, desk, expert, expert_industry, expert_prefecture, expert_theme, weekly_rule};
use uuid::Uuid;

use super::{dice::Dice, rows::Rows};
use crate::demo::names;

pub(super) struct Staff {
    pub coordinators: Vec<Uuid>,
    pub desks: Vec<Uuid>,
    pub experts: Vec<Expert>,
}

pub(super) struct Expert {
    pub id: Uuid,
    pub fields: Fields,
    pub home: Prefecture,
    /// The prefectures that they visit; empty for an expert who works only online.
    pub visits: Vec<Prefecture>,
    pub video_url: String,
    pub daily_limit: u8,
    pub schedule: Schedule,
}

const COORDINATORS: usize = 3;
const DESKS: usize = 5;

impl Staff {
    /// Invents the people and adds their rows to `rows`. No account has a password.
    pub fn invent(experts: usize, dice: &mut Dice, now: DateTime<Utc>, rows: &mut Rows) -> Self {
        let mut hire = |role: Role, email: String, n: usize, desk_id: Option<Uuid>, rows: &mut Rows| {
            let id = dice.id(now);
            rows.accounts.push(account::Model {
                id,
                email_key: email.clone(),
                email,
                name: names::person(n).name,
                role: role.into(),
                desk_id,
                password_hash: None,
                active: true,
                lock_told_at: None,
                created_at: now,
            });
            id
        };
        let coordinators = (0..COORDINATORS)
            .map(|n| hire(Role::Coordinator, format!("center{}@example.jp", n + 1), 500 + n, None, rows))
            .collect();
        let experts: Vec<_> = (0..experts)
            .map(|n| (n, hire(Role::Expert, format!("expert{:02}@example.jp", n + 1), n, None, rows)))
            .collect();
        let desks = (0..DESKS)
            .map(|n| {
                let prefecture = PREFECTURES_OF_DESKS[n];
                let id = Uuid::from_u128(DESK_IDS + n as u128);
                let name = format!("第{}一次相談窓口", n + 1);
                rows.desks.push(desk_row(id, name, prefecture, n));
                hire(Role::Desk, format!("desk{}@example.jp", n + 1), 600 + n, Some(id), rows);
                id
            })
            .collect();
        let experts = experts.into_iter().map(|(n, id)| Expert::invent(n, id, dice, now, rows)).collect();
        Self { coordinators, desks, experts }
    }
}

/// Returns a desk with an invented address and telephone number.
fn desk_row(id: Uuid, name: String, prefecture: i16, n: usize) -> desk::Model {
    let of = u8::try_from(prefecture).ok().and_then(|it| Prefecture::from_code(it).ok());
    let place = of.map(|it| names::place(it, n)).unwrap_or_default();
    desk::Model {
        id,
        name,
        prefecture,
        active: true,
        postal_code: Some(place.postal_code).filter(|it| !it.is_empty()),
        address: Some(format!("{}{}", place.city, place.street)),
        phone: Some(format!("0{}0-000-{:04}", n % 9 + 1, n + 1)),
        hours: Some("平日 9:00〜17:00（12:00〜13:00を除く）".to_owned()),
        subjects: Some("テレワークの始め方、使える助成金、専門家の相談の申込み".to_owned()),
        website: None,
    }
}

const PREFECTURES_OF_DESKS: [i16; DESKS] = [1, 13, 23, 27, 40];
/// The base of the desks' identifiers: a value that no other identifier has.
const DESK_IDS: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0000;

impl Expert {
    fn invent(n: usize, id: Uuid, dice: &mut Dice, now: DateTime<Utc>, rows: &mut Rows) -> Self {
        let fields = match n % 3 {
            0 => Fields::Both,
            1 => Fields::Ict,
            _ => Fields::Labor,
        };
        let home = nth_prefecture(n);
        let works_visit = n % 5 != 3;
        let visits = if works_visit {
            // Some experts also visit neighbouring regions, so that every company has experts near enough.
            let far = n.is_multiple_of(5);
            let goes =
                |it: &Prefecture| it.region() == home.region() || far && it.region().is_near(home.region());
            Prefecture::all().filter(goes).collect()
        } else {
            Vec::new()
        };
        let video_url = format!("https://meet.example.jp/expert-{:02}", n + 1);
        let daily_limit = 2 + u8::from(n.is_multiple_of(3)) + u8::from(n.is_multiple_of(5));
        rows.experts.push(expert::Model {
            id,
            ict: fields.contains(Field::Ict),
            labor: fields.contains(Field::Labor),
            works_online: true,
            works_visit,
            home_prefecture: i16::from(home.code()),
            daily_limit: i16::from(daily_limit),
            weekly_limit: i16::from(daily_limit) * 4,
            open_limit: 60,
            capacity: i16::from(daily_limit) * 10,
            video_url: video_url.clone(),
            profile: names::expert_profile(fields.contains(Field::Ict), fields.contains(Field::Labor), n)
                .to_owned(),
            active: true,
            feed_hash: None,
        });
        for it in &visits {
            rows.expert_prefectures
                .push(expert_prefecture::Model { expert_id: id, prefecture: i16::from(it.code()) });
        }
        for (at, theme) in SHIPPED.iter().enumerate().filter(|(_, it)| fields.contains(it.field)) {
            if (at + n).is_multiple_of(3) {
                rows.expert_themes.push(expert_theme::Model { expert_id: id, theme: theme.code.to_owned() });
            }
        }
        for industry in Industry::ALL.iter().skip(n % 5).step_by(5) {
            rows.expert_industries
                .push(expert_industry::Model { expert_id: id, industry: industry.code().to_owned() });
        }
        let schedule = week(n, id, dice, now, rows);
        Self { id, fields, home, visits, video_url, daily_limit, schedule }
    }
}

/// Invents a week: three to five days, mornings and afternoons of office hours.
fn week(n: usize, expert_id: Uuid, dice: &mut Dice, now: DateTime<Utc>, rows: &mut Rows) -> Schedule {
    let mut rules = Vec::new();
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    for (at, weekday) in days.into_iter().enumerate() {
        if at == n % 5 && !n.is_multiple_of(3) || at == (n + 2) % 5 && n % 3 == 2 {
            continue;
        }
        // 9:00, 12:00, 13:00 and 17:00 in quarter hours after 6:00.
        for (start, end) in [(12, 24), (28, 44)] {
            let Ok(span) = Span::new(start, end) else { continue };
            rules.push(WeeklyRule { weekday, span, valid_from: None, valid_until: None });
            rows.weekly_rules.push(weekly_rule::Model {
                id: dice.id(now),
                expert_id,
                weekday: i16::try_from(at).unwrap_or_default(),
                start_quarter: i16::from(start),
                end_quarter: i16::from(end),
                valid_from: None,
                valid_until: None,
            });
        }
    }
    Schedule { rules, ..Schedule::default() }
}

/// Returns the `n`th prefecture, in an order that keeps neighbours apart.
fn nth_prefecture(n: usize) -> Prefecture {
    let all: Vec<_> = Prefecture::all().collect();
    all[n * 12 % all.len()]
}
