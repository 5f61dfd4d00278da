//! The events of the invented programme: one that is over, and some that are coming, with people who have signed up.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    calendar::{at_japan, japan_date},
    gathering::SeatKind,
    id::{AccountId, ExpertId, PublicationId},
    intake::contact::EmailAddress,
    prefecture::Prefecture,
    publication::{
        Content, Facts, Period,
        gathering::{GatheringFacts, GatheringKind, Venue},
    },
    text::{Prose, TextLine},
};

use crate::{
    app::App,
    ops::{
        self,
        gathering::{Participant, SignUpForm},
        publication::Seen,
    },
    problem::Problem,
    store::gathering::sign_up,
};

/// One event: the days from today to it, its hours, its seats, and the people who sign up for each kind.
struct Planned {
    days: i64,
    hours: (u8, u8),
    kind: GatheringKind,
    title: &'static str,
    body: &'static str,
    /// The prefecture and the place of the venue.
    venue: Option<(u8, &'static str)>,
    seats: [Option<u16>; 2],
    people: [usize; 2],
    programme: &'static str,
}

const EVENTS: [Planned; 4] = [
    Planned {
        days: -40,
        hours: (13, 15),
        kind: GatheringKind::Seminar,
        title: "はじめてのテレワーク導入セミナー（秋）",
        body: "テレワークをこれから始める会社のためのセミナーです。",
        venue: None,
        seats: [None, Some(200)],
        people: [0, 0],
        programme: "13:00 開会\n13:10 講演「小さく始めるテレワーク」\n14:30 質疑応答",
    },
    Planned {
        days: 16,
        hours: (14, 16),
        kind: GatheringKind::Seminar,
        title: "テレワークの労務管理セミナー",
        body: "就業規則の直し方、労働時間の管理、費用の負担を、事例とともに説明します。\n\n- 対象：人事・総務のご担当の方\n- 費用：無料",
        venue: Some((5, "見本会館 秋田市見本町1-1")),
        seats: [Some(6), Some(100)],
        people: [8, 5],
        programme: "14:00 開会\n14:10 講演「テレワークと労働時間」\n15:20 事例の紹介\n15:50 質疑応答",
    },
    Planned {
        days: 24,
        hours: (10, 16),
        kind: GatheringKind::ConsultationDay,
        title: "オンライン個別相談会",
        body: "専門家が、1社ずつオンラインで相談に応じます。空いている時間から選んでお申し込みください。",
        venue: None,
        seats: [None, None],
        people: [0, 0],
        programme: "",
    },
    Planned {
        days: 65,
        hours: (13, 17),
        kind: GatheringKind::Ceremony,
        title: "テレワーク表彰式・記念講演",
        body: "今年度の受賞企業を表彰し、取組を紹介します。",
        venue: Some((13, "見本ホール 東京都千代田区見本1-2-3")),
        seats: [Some(150), Some(500)],
        people: [3, 2],
        programme: "13:00 開会\n13:20 表彰\n15:00 記念講演",
    },
];

/// Publishes all events and signs people up.
pub(super) async fn hold(
    app: &App,
    editor: AccountId,
    experts: &[ExpertId],
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    for it in &EVENTS {
        let content = it.content(now, experts).map_err(Problem::Internal)?;
        let draft = ops::publication::create(app, content, editor).await?;
        let from = now - TimeDelta::days(if it.days < 0 { 75 } else { 10 });
        let period = Period::new(from, None).map_err(|err| Problem::Internal(err.into()))?;
        let seen = Seen { id: draft.id, revision: draft.revision };
        ops::publication::publish(app, seen, period, editor).await?;
        for (seat, people) in SeatKind::ALL.into_iter().zip(it.people) {
            for n in 0..people {
                sign_up(app, draft.id, seat, n).await?;
            }
        }
        // The mail after an event that is over is not left to the first minute of the demo.
        ops::gathering::tend(app, draft.id).await?;
    }
    Ok(())
}

async fn sign_up(app: &App, event: PublicationId, seat: SeatKind, n: usize) -> Result<(), Problem> {
    let wrong = |err: anyhow::Error| Problem::Internal(err);
    let email = format!("{}{n}@participant.example.co.jp", seat.code());
    let form = SignUpForm {
        seat,
        person: Participant {
            name: TextLine::parse("", &format!("見本 参加者{}", n + 1), 60)
                .map_err(|err| wrong(err.into()))?,
            kana: None,
            organization: None,
        },
        email: EmailAddress::parse(&email).map_err(|err| wrong(err.into()))?,
    };
    // Each comes from a network of its own, so that no daily limit is reached.
    ops::gathering::request(app, event, form, &format!("demo/{event}/{email}")).await?;
    match sign_up::of_address(&app.db, event, &email).await? {
        Some(it) => ops::gathering::confirm(app, it.id).await,
        None => Ok(()),
    }
}

impl Planned {
    fn content(&self, now: DateTime<Utc>, experts: &[ExpertId]) -> anyhow::Result<Content> {
        let mut day = japan_date(now) + TimeDelta::days(self.days);
        // Weekends are moved to the Monday after, so that experts are free on a consultation day.
        while matches!(chrono::Datelike::weekday(&day), chrono::Weekday::Sat | chrono::Weekday::Sun) {
            day += TimeDelta::days(1);
        }
        let starts_at = at_japan(day, self.hours.0, 0);
        let is_day = self.kind == GatheringKind::ConsultationDay;
        let venue = |(code, address): (u8, &str)| -> anyhow::Result<Venue> {
            Ok(Venue {
                prefecture: Prefecture::from_code(code)?,
                address: TextLine::parse("", address, 100)?,
                access: None,
                barrier_free: Some(TextLine::parse("", "入口に段差なし、エレベーターあり", 100)?),
            })
        };
        let programme = domain::text::optional(self.programme, |it| Prose::parse("", it, 1_000))?;
        let facts = GatheringFacts {
            kind: self.kind,
            starts_at,
            ends_at: at_japan(day, self.hours.1, 0),
            deadline: starts_at - TimeDelta::days(1),
            venue: self.venue.map(venue).transpose()?,
            venue_seats: self.seats[0],
            online_seats: self.seats[1],
            organizers: TextLine::parse("", "テレワーク相談センター運営事務局", 100)?,
            supporters: None,
            programme,
            experts: if is_day { experts.iter().copied().take(8).collect() } else { Vec::new() },
        };
        Ok(Content {
            title: TextLine::parse("", self.title, 100)?,
            body: Some(Prose::parse("", self.body, 2_000)?),
            facts: Facts::Gathering(facts),
        })
    }
}
