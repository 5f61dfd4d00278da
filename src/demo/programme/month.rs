//! The telework month of the invented programme, with registrations in every state, and that of the year before.
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use codes::ImportKind;
use domain::{
    calendar::japan_date,
    campaign::{RegistrantKind, RegistrationEntry, RegistrationForm, RegistrationState},
    id::{AccountId, PublicationId, RegistrationId},
    intake::{
        application::{Intake, TICKED},
        company::{CorporateNumber, Industry, Organization, TeleworkStatus},
    },
    publication::{Content, Facts, Period, campaign::CampaignFacts},
    text::{Prose, TextLine},
};

use super::publications::put;
use crate::{
    app::App,
    demo::names,
    ops::{
        self,
        campaign::{RegistrationRequest, SeenRegistration},
        file_import::ChosenFile,
    },
    problem::Problem,
    store::{
        self,
        campaign::{Campaign, registration},
    },
};

const ACTIVITIES: [&str; 5] = [
    "在宅勤務を実施する",
    "サテライトオフィスを試す",
    "社内で制度を周知する",
    "勤務のルールを見直す",
    "セミナーに参加する",
];

const RULES: &str = "# 活動規約\n\n1. 登録の内容は、正しく入力してください。\n2. 名称と業種は、一覧に公表します。\n\
    3. ロゴは、活動を知らせる目的で使えます。色や形は変えないでください。\n4. 公序良俗に反する活動の登録は、お断りします。";

const BODY: &str = "11月は、テレワーク月間です。働く時間や場所を見直し、テレワークを試す企業・団体・個人を募集します。\n\n\
    - 登録すると、一覧に名称と業種が載ります。\n- 登録証を印刷し、ロゴを使えます。\n- 専門家への無料の相談も申し込めます。";

/// The numbers of registrations of the last month and of the present one.
const REGISTERED: [usize; 2] = [26, 34];

/// The state that a registration of the present month comes to.
#[derive(Clone, Copy)]
enum Reached {
    Unproved,
    Waiting,
    Approved,
    /// Approved, and another name waits for approval.
    Renamed,
    Rejected,
    Withdrawn,
}

/// Publishes both months and registers companies and persons.
pub(super) async fn hold(app: &App, editor: AccountId, now: DateTime<Utc>) -> Result<(), Problem> {
    let today = japan_date(now);
    let year = if today.month() == 12 { today.year() + 1 } else { today.year() };
    let last = publish(app, editor, year - 1, now, day(year - 1, 9, 1)?).await?;
    from_file(app, editor, &last).await?;
    // It takes registrations on the day of the demo, whatever day that is.
    let opens = day(year, 9, 1)?.min(today - TimeDelta::days(20));
    let present = publish(app, editor, year, now, opens).await?;
    logo(app, present.id, editor).await?;
    for n in 0..REGISTERED[1] {
        register(app, editor, &present, n).await?;
    }
    Ok(())
}

async fn publish(
    app: &App,
    editor: AccountId,
    year: i32,
    now: DateTime<Utc>,
    opens_on: NaiveDate,
) -> Result<Campaign, Problem> {
    let line = |text: &str| TextLine::parse("", text, 100).map_err(anyhow::Error::from);
    let prose = |text: &str| Prose::parse("", text, 4_000).map_err(anyhow::Error::from);
    let facts = CampaignFacts {
        starts_on: day(year, 11, 1)?,
        ends_on: day(year, 11, 30)?,
        opens_on,
        closes_on: day(year, 11, 30)?,
        activities: ACTIVITIES.iter().map(|it| line(it)).collect::<Result<_, _>>()?,
        rules: prose(RULES)?,
        certificate: None,
    };
    let title = line(&format!("テレワーク月間{year}"))?;
    let content = Content { title, body: Some(prose(BODY)?), facts: Facts::Campaign(facts) };
    put(app, editor, content, Period::new(now - TimeDelta::days(21), None)).await?;
    store::campaign::of_year(&app.db, year).await?.ok_or(Problem::NotFound)
}

/// Takes the registrations of the last month from a file. One of them was never decided about.
async fn from_file(app: &App, editor: AccountId, campaign: &Campaign) -> Result<(), Problem> {
    let mut entries = Vec::new();
    for n in 0..REGISTERED[0] {
        entries.push(entry(n, Intake::OnBehalf)?);
    }
    let file = ChosenFile {
        kind: ImportKind::Registration,
        campaign: Some(campaign.id),
        name: "前年の登録.csv".to_owned(),
        content: String::new(),
    };
    let import = ops::file_import::keep(app, file, editor).await?;
    ops::campaign::import::take(app, import, entries, editor).await?;
    let mut all = registration::all(&app.db, campaign.id).await?;
    let Some(mut it) = all.pop() else { return Ok(()) };
    it.life.state = RegistrationState::Lapsed;
    it.life.listed = None;
    let tx = app.begin().await?;
    registration::save(&tx, &it).await?;
    tx.commit().await?;
    Ok(())
}

async fn register(app: &App, editor: AccountId, campaign: &Campaign, n: usize) -> Result<(), Problem> {
    let reached = match n {
        1 => Reached::Unproved,
        4 | 9 | 15 => Reached::Waiting,
        6 => Reached::Renamed,
        11 => Reached::Rejected,
        18 => Reached::Withdrawn,
        _ => Reached::Approved,
    };
    let (entry, rules_revision) = (entry(n, Intake::Company)?, campaign.rules_revision);
    let (email, name) = (email(n), entry.listing.name.search_key());
    let request = RegistrationRequest { entry: entry.clone(), rules_revision, opts_in: n.is_multiple_of(3) };
    // Each comes from a network of its own, so that no daily limit is reached.
    ops::campaign::request(app, campaign.id, request, &format!("demo/{email}")).await?;
    let found = registration::of_address(&app.db, campaign.id, &email, &name).await?;
    let id = found.ok_or(Problem::NotFound)?.id;
    if matches!(reached, Reached::Unproved) {
        return Ok(());
    }
    ops::campaign::prove(app, id).await?;
    let seen = seen(app, id).await?;
    match reached {
        Reached::Unproved | Reached::Waiting => return Ok(()),
        Reached::Rejected => {
            let reason = Prose::parse("", "名称を、登記のとおりに直してください。", 100);
            let reason = reason.map_err(anyhow::Error::from)?;
            ops::campaign::reject(app, seen, &reason, editor).await?;
        }
        Reached::Approved | Reached::Renamed | Reached::Withdrawn => {
            ops::campaign::approve(app, seen, editor).await?;
        }
    }
    if matches!(reached, Reached::Withdrawn) {
        ops::campaign::withdraw(app, id).await?;
    }
    if matches!(reached, Reached::Renamed) {
        let mut renamed = entry;
        let name = format!("{}ホールディングス", renamed.listing.name);
        renamed.listing.name = TextLine::parse("", &name, 120).map_err(anyhow::Error::from)?;
        ops::campaign::change(app, id, renamed, false).await?;
    }
    Ok(())
}

async fn seen(app: &App, id: RegistrationId) -> Result<SeenRegistration, Problem> {
    let it = registration::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    Ok(SeenRegistration { id, version: it.version })
}

/// Adds a logo: a picture of one dot.
async fn logo(app: &App, campaign: PublicationId, by: AccountId) -> Result<(), Problem> {
    const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc`\xf8\xcf\0\0\x02\x02\x01\0}\xb0\xdaQ\0\0\0\0IEND\xaeB`\x82";
    let file = ops::correspondence::attachment::UploadedFile::new("月間ロゴ.png", "image/png", DOT.to_vec());
    ops::publication::file::add(app, campaign, file, by).await
}

/// Returns the data of the `n`th registrant. Every eighth is a person.
fn entry(n: usize, intake: Intake) -> Result<RegistrationEntry, Problem> {
    let (place, person) = (n * 7 + 3, names::person(900 + n));
    let industry = Industry::ALL[n * 5 % 18];
    let (kind, organization) = match n {
        it if it % 8 == 5 => (RegistrantKind::Individual, Organization::SoleProprietor),
        it if it % 9 == 2 => (RegistrantKind::Group, Organization::Association),
        it if it % 13 == 7 => (RegistrantKind::LocalGovernment, Organization::LocalGovernment),
        _ => (RegistrantKind::Company, Organization::StockCompany),
    };
    let is_person = kind == RegistrantKind::Individual;
    let company = names::company(industry, organization, 900 + n);
    let number = CorporateNumber::from_base(990_000_000_000 + n as u64).to_string();
    let own = str::to_owned;
    let form = RegistrationForm {
        kind: own(kind.code()),
        name: if is_person { person.name.clone() } else { company.name },
        kana: if is_person { person.kana.clone() } else { company.kana },
        corporate_number: if is_person || n.is_multiple_of(4) { String::new() } else { number },
        // Every second registrant is from Tokyo or Osaka.
        prefecture: if n.is_multiple_of(2) {
            own(["13", "27"][n / 2 % 2])
        } else {
            (place % 47 + 1).to_string()
        },
        industry: own(industry.code()),
        employees: if is_person { String::new() } else { (8 + n * 13).to_string() },
        activity: vec![own(ACTIVITIES[n % 5]), own(ACTIVITIES[(n + 2) % 5])],
        telework_status: own(TeleworkStatus::ALL[n % 4].code()),
        teleworkers: if is_person { String::new() } else { (n % 8).to_string() },
        contact_name: person.name,
        email: if intake == Intake::Company { email(n) } else { String::new() },
        phone: String::new(),
        rules: own(TICKED),
        opt_in: String::new(),
    };
    let offered = ACTIVITIES.iter().map(|it| TextLine::parse("", it, 100)).collect::<Result<Vec<_>, _>>();
    let offered = offered.map_err(anyhow::Error::from)?;
    RegistrationEntry::parse(&form, &offered, intake)
        .map_err(|why| Problem::Internal(anyhow::anyhow!("registrant {n}: {why:?}")))
}

fn email(n: usize) -> String {
    format!("month{n}@registrant{n}.example.co.jp")
}

fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate, Problem> {
    let found = NaiveDate::from_ymd_opt(year, month, day);
    found.ok_or_else(|| Problem::Internal(anyhow::anyhow!("no such day in {year}")))
}
