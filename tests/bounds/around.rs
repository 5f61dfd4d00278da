//! The other systems of the programme with 10,000 entries of each kind: public lists and entries against a bare page of the
//! same size, the matcher of the guide, and the sign-ups for the last seats of an event.
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    web::{self, ServiceConfig},
};
use chrono::TimeDelta;
use domain::{
    actor::Role,
    calendar::japan_date,
    campaign::RegistrationEntry,
    gathering::SeatKind,
    id::{AccountId, PublicationId},
    intake::contact::EmailAddress,
    prefecture::Prefecture,
    publication::{
        Content, Facts, Period, Publication, PublicationKind, RevisionAct,
        campaign::CampaignFacts,
        example::{ExampleFacts, Industry, similar::CompanyProfile},
        gathering::{GatheringFacts, GatheringKind, Venue},
        guide::{
            CompanySize, GuideAnswers, GuideFacts, GuideKind, GuidePurpose, TeleworkStatus,
            proposal::proposals,
        },
        news::{NewsCategory, NewsFacts, WebAddress},
    },
    text::{Prose, TextLine},
};
use madoguchi::{
    app::App,
    clock::Clock,
    ops::{
        self,
        accounts::account::NewAccount,
        file_import::ChosenFile,
        gathering::{Participant, SignUpForm},
        publication::{
            Seen,
            import::{ImportedContent, TakenAs},
        },
    },
    store,
};
use tokio::{sync::Barrier, task::JoinSet};
use uuid::Uuid;

use crate::{
    client::{Client, get, throughput},
    server::{app, serve, serve_bare},
    table::Table,
};

/// The entries of each kind.
const ENTRIES: usize = 10_000;
/// The most rows of a file.
const AT_ONCE: usize = 1_000;
const LASTING: Duration = Duration::from_secs(1);
const PEOPLE: usize = 200;
const SEATS: u16 = 50;

/// The page that the bare service answers with.
static BARE: Mutex<String> = Mutex::new(String::new());

pub async fn measure(table: &mut Table, engine: &'static str, url: &str) {
    let app = app(url).await;
    let editor = editor(&app).await;
    let started = Instant::now();
    for (kind, make) in [
        (PublicationKind::News, news as fn(usize) -> Content),
        (PublicationKind::Guide, guide),
        (PublicationKind::Example, example),
    ] {
        for first in (0..ENTRIES).step_by(AT_ONCE) {
            import(&app, editor, kind, (first..first + AT_ONCE).map(make).collect()).await;
        }
    }
    let took = started.elapsed().as_secs_f64();
    table.note(format!("{engine} took {} imported entries in {took:.1} s.", ENTRIES * 3));
    many_events(&app, editor).await;
    month(&app, editor).await;
    store::table_sizes::learn(&app.db).await.unwrap();
    pages(table, engine, &app).await;
    matcher(table, engine, &app).await;
    seats(table, engine, &app, editor).await;
}

/// Compares each public list, and one entry of each kind, with a bare page of the same size.
async fn pages(table: &mut Table, engine: &'static str, app: &App) {
    let address = serve(app.clone());
    let bare = serve_bare(bare_routes, app);
    for path in [
        "/news",
        "/news?page=250",
        "/news/15000",
        "/guide",
        "/guide/15000",
        "/cases",
        "/cases/15000",
        "/events",
        "/events/15000",
        "/month",
    ] {
        let (status, length) = Client::connect(address).await.exchange(&get(path, "")).await;
        assert_eq!(status, 200, "{path}");
        *BARE.lock().unwrap_or_else(PoisonError::into_inner) = "a".repeat(length);
        let bound = throughput(bare, &get("/page", ""), 200, LASTING).await;
        let page = throughput(address, &get(path, ""), 200, LASTING).await;
        let what = format!("{path} at {ENTRIES} entries ÷ bare page of the same size, {engine}");
        table.at_least(what, page / bound, 0.5);
    }
}

/// Measures the matcher of the guide, and the proposals for a company, over 5,000 entries.
async fn matcher(table: &mut Table, engine: &'static str, app: &App) {
    let (shelf, now) = (app.shelf_to_show().await.unwrap(), app.clock.now());
    let today = japan_date(now);
    let entries: Vec<_> = shelf.guide(now, 90).take(5_000).collect();
    assert_eq!(entries.len(), 5_000);
    let (mut matched, mut proposed) = (Vec::new(), Vec::new());
    for n in 0..200 {
        let answers = GuideAnswers {
            prefecture: prefecture(n),
            size: Some(CompanySize::ALL[n % 4]),
            status: Some(TeleworkStatus::ALL[n % 4]),
            purpose: Some(GuidePurpose::ALL[n % 6]),
            industry: None,
        };
        let started = Instant::now();
        let found = entries.iter().filter(|(_, facts)| facts.matching(&answers, today).is_some()).count();
        matched.push(started.elapsed().as_secs_f64() * 1000.0);
        assert!(found < 5_000);
        let company = CompanyProfile {
            industry: Industry::ALL.get(n % 20).copied(),
            size: answers.size,
            prefecture: answers.prefecture,
            status: answers.status,
            themes: vec!["ict_security".to_owned()],
        };
        let started = Instant::now();
        assert!(proposals(entries.iter().map(|it| (it.0.number, it.1)), &company, today, 5).len() <= 5);
        proposed.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    for (what, mut times) in [("matcher", matched), ("proposals for a company", proposed)] {
        times.sort_by(f64::total_cmp);
        let what = format!("{what} over 5,000 entries of the guide, 99th percentile, {engine}");
        table.at_most(what, times[times.len() * 99 / 100], "ms", 5.0);
    }
}

/// Measures the sign-ups of 200 people at the same time for the last 50 seats: the form, and the button of the link.
async fn seats(table: &mut Table, engine: &'static str, app: &App, editor: AccountId) {
    let id = publish(app, event(app, ENTRIES, SEATS), editor).await.id;
    let start = Arc::new(Barrier::new(PEOPLE + 1));
    let mut people = JoinSet::new();
    for n in 0..PEOPLE {
        let (app, start) = (app.clone(), Arc::clone(&start));
        people.spawn(async move {
            let email = format!("person{n}@example{n}.co.jp");
            let form = SignUpForm {
                seat: SeatKind::Venue,
                person: Participant { name: line("佐藤 一郎"), kana: None, organization: None },
                email: EmailAddress::parse(&email).unwrap(),
            };
            start.wait().await;
            ops::gathering::request(&app, id, form, &email).await.unwrap();
            let it = store::gathering::sign_up::of_address(&app.db, id, &email).await.unwrap().unwrap();
            ops::gathering::confirm(&app, it.id).await.unwrap();
        });
    }
    start.wait().await;
    let started = Instant::now();
    while let Some(done) = people.join_next().await {
        done.unwrap();
    }
    let took = started.elapsed().as_secs_f64();
    let taken = store::gathering::sign_up::taken_numbers(&app.db, id, SeatKind::Venue).await.unwrap();
    assert_eq!(taken.len(), usize::from(SEATS), "exactly {SEATS} seats");
    table.at_most(format!("{PEOPLE} concurrent sign-ups for {SEATS} seats, {engine}"), took, "s", 3.0);
}

fn bare_routes(cfg: &mut ServiceConfig) {
    cfg.route("/page", web::get().to(page));
}

async fn page() -> HttpResponse {
    let body = BARE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body)
}

async fn editor(app: &App) -> AccountId {
    let email = EmailAddress::parse("editor@example.jp").unwrap();
    let new = NewAccount { email, name: "計測".to_owned(), role: Role::Editor, desk: None };
    ops::accounts::account::invite(app, &new).await.unwrap();
    store::accounts::account::find_by_email(&app.db, "editor@example.jp").await.unwrap().unwrap().id
}

async fn import(app: &App, by: AccountId, kind: PublicationKind, contents: Vec<Content>) {
    let of_file = codes::ImportKind::of_publication(kind).unwrap();
    let file = ChosenFile { kind: of_file, campaign: None, name: "a".to_owned(), content: String::new() };
    let id = ops::file_import::keep(app, file, by).await.unwrap();
    let rows = contents.into_iter().map(|content| ImportedContent { content, period: None }).collect();
    ops::publication::import::take(app, (kind, id), rows, TakenAs::Published, by).await.unwrap();
}

/// Publishes a content, and returns it.
async fn publish(app: &App, content: Content, by: AccountId) -> Publication {
    let draft = ops::publication::create(app, content, by).await.unwrap();
    let seen = Seen { id: draft.id, revision: draft.revision };
    let period = Period::new(app.clock.now(), None).unwrap();
    ops::publication::publish(app, seen, period, by).await.unwrap()
}

/// Publishes one event, and adds the rows of the others like it.
async fn many_events(app: &App, by: AccountId) {
    let first = publish(app, event(app, 0, 20), by).await;
    let row = store::gathering::find(&app.db, first.id).await.unwrap().unwrap();
    let (now, tx) = (app.clock.now(), app.begin().await.unwrap());
    let number = store::publication::next_number(&tx, PublicationKind::Gathering).await.unwrap();
    let drafts: Vec<_> = (number..)
        .zip(1..ENTRIES)
        .map(|(number, n)| Publication::draft(PublicationId(Uuid::now_v7()), number, event(app, n, 20)))
        .collect();
    store::publication::save_all(&tx, &drafts, RevisionAct::Created, Some(by), now).await.unwrap();
    let public: Vec<_> = drafts.into_iter().map(|it| it.publish(Period::new(now, None).unwrap())).collect();
    store::publication::save_all(&tx, &public, RevisionAct::Published, Some(by), now).await.unwrap();
    for it in &public {
        let event = store::gathering::Gathering { id: it.id, number: it.number, ..row.clone() };
        store::gathering::insert(&tx, &event).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Publishes a telework month with 10,000 registrations.
async fn month(app: &App, by: AccountId) {
    let today = japan_date(app.clock.now());
    let year = chrono::Datelike::year(&today);
    let last = |month, day| chrono::NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let facts = CampaignFacts {
        starts_on: last(1, 1),
        ends_on: last(12, 31),
        opens_on: last(1, 1),
        closes_on: last(12, 31),
        activities: vec![line("社内での周知")],
        rules: prose(),
        certificate: None,
    };
    let content = Content { title: line("月間"), body: Some(prose()), facts: Facts::Campaign(facts) };
    let id = publish(app, content, by).await.id;
    for first in (0..ENTRIES).step_by(AT_ONCE) {
        let file = ChosenFile {
            kind: codes::ImportKind::Registration,
            campaign: Some(id),
            name: "a".to_owned(),
            content: String::new(),
        };
        let file = ops::file_import::keep(app, file, by).await.unwrap();
        let entries = (first..first + AT_ONCE).map(registration).collect();
        ops::campaign::import::take(app, file, entries, by).await.unwrap();
    }
}

fn registration(n: usize) -> RegistrationEntry {
    let form = domain::campaign::RegistrationForm {
        kind: "company".to_owned(),
        name: format!("見本会社{n}"),
        kana: "ミホンガイシャ".to_owned(),
        prefecture: prefecture(n).unwrap().two_digits(),
        industry: Industry::ALL[n % 20].code().to_owned(),
        telework_status: TeleworkStatus::ALL[n % 4].code().to_owned(),
        ..Default::default()
    };
    let offered = [line("社内での周知")];
    RegistrationEntry::parse(&form, &offered, domain::intake::application::Intake::OnBehalf).unwrap()
}

fn prefecture(n: usize) -> Option<Prefecture> {
    Prefecture::from_code(u8::try_from(n % 47 + 1).unwrap()).ok()
}

fn line(text: &str) -> TextLine {
    TextLine::parse("", text, 200).unwrap()
}

fn prose() -> Prose {
    let text = "# ご案内\n\nテレワークを始める企業の方へのお知らせです。\n\n- 一つ目\n- 二つ目\n\n".repeat(5);
    Prose::parse("", &text, 2_000).unwrap()
}

fn news(n: usize) -> Content {
    let facts = NewsFacts { category: NewsCategory::Notice, pinned: false, related: None };
    Content { title: line(&format!("お知らせ{n}")), body: Some(prose()), facts: Facts::News(facts) }
}

fn guide(n: usize) -> Content {
    let facts = GuideFacts {
        office: line("見本省"),
        kind: GuideKind::ALL[n % GuideKind::ALL.len()],
        gives: line("費用の一部を助成します。"),
        for_local_government: false,
        sizes: CompanySize::ALL[..n % 4].to_vec(),
        prefectures: prefecture(n).into_iter().filter(|_| n.is_multiple_of(2)).collect(),
        industries: Industry::ALL[..n % 5].to_vec(),
        statuses: TeleworkStatus::ALL[..n % 3].to_vec(),
        purposes: vec![GuidePurpose::ALL[n % 6]],
        opens: None,
        closes: None,
        link: WebAddress::parse(&format!("https://www.example.jp/{n}")).unwrap(),
        checked_on: japan_date(Clock::System.now()),
        valid_until: None,
        note: None,
        source: None,
    };
    Content { title: line(&format!("助成金{n}")), body: None, facts: Facts::Guide(facts) }
}

fn example(n: usize) -> Content {
    let facts = ExampleFacts {
        organization: line(&format!("株式会社見本製作所{n}")),
        prefecture: prefecture(n),
        industry: Industry::ALL[n % 20],
        employees: Some(12),
        themes: vec!["ict_network".to_owned()],
        fields: Vec::new(),
        summary: line("事務を在宅勤務にしました。"),
        key_effect: None,
        before: None,
        measures: prose(),
        effects: None,
        quotation: None,
        quoted: None,
        year: 2025,
        award: None,
        link: None,
        source: line("計測"),
        pictures: Vec::new(),
    };
    Content { title: line(&format!("事例{n}")), body: None, facts: Facts::Example(facts) }
}

fn event(app: &App, n: usize, seats: u16) -> Content {
    let starts_at = app.clock.now() + TimeDelta::days(30) + TimeDelta::minutes(i64::try_from(n).unwrap());
    let facts = GatheringFacts {
        kind: GatheringKind::Seminar,
        starts_at,
        ends_at: starts_at + TimeDelta::hours(2),
        deadline: starts_at - TimeDelta::days(1),
        venue: Some(Venue {
            prefecture: prefecture(n).unwrap(),
            address: line("見本会館"),
            access: None,
            barrier_free: None,
        }),
        venue_seats: Some(seats),
        online_seats: None,
        organizers: line("見本省"),
        supporters: None,
        programme: None,
        experts: Vec::new(),
    };
    let title = line(&format!("セミナー{n}"));
    Content { title, body: Some(prose()), facts: Facts::Gathering(facts) }
}
