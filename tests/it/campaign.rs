//! The telework month: from the draft over registration, proof and approval to the list, and what follows by itself.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Role,
    campaign::{RegistrationEntry, RegistrationForm, RegistrationStatus},
    id::{AccountId, PublicationId, RegistrationId},
    intake::application::Intake,
    publication::{Content, Facts, Period, Publication, campaign::CampaignFacts},
    text::{Prose, TextLine},
};
use entity::registration as registration_row;
use madoguchi::{
    doctor,
    ops::{
        self,
        campaign::{RegistrationRequest, SeenRegistration},
        publication::Seen,
    },
    store::{self, campaign::registration::Registration},
    worker,
};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use crate::{
    cases::{link, mails_to},
    site::{PASSWORD, Reply, Site},
};

mod approving;
mod files;
mod outreach;
mod silence;

const TITLE: &str = "テレワーク月間2026";

/// Returns a telework month of November of a year, with registrations from September until its end.
pub fn month(year: i32) -> Content {
    let day = |text: &str| format!("{year}-{text}").parse().unwrap();
    let facts = CampaignFacts {
        starts_on: day("11-01"),
        ends_on: day("11-30"),
        opens_on: day("09-01"),
        closes_on: day("11-30"),
        activities: vec![line("社内での周知"), line("全員で在宅勤務")],
        rules: Prose::parse("", "# 活動規約\n\n正しい内容を登録してください。", 1_000).unwrap(),
        certificate: None,
    };
    let body = Prose::parse("", "# ご案内\n\nどなたでも登録できます。", 100).unwrap();
    let title = line(&format!("テレワーク月間{year}"));
    Content { title, body: Some(body), facts: Facts::Campaign(facts) }
}

/// A file with one registration.
pub const CSV: &str = "登録する方,名称,フリガナ,都道府県,業種,テレワーク導入状況\n団体,取込みの団体,ダンタイ,秋田県,製造業,導入している\n";

/// Adds a logo to a telework month.
pub async fn logo(site: &Site, campaign: PublicationId, by: AccountId) {
    let bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let file = ops::correspondence::attachment::UploadedFile::new("ロゴ.png", "image/png", bytes);
    ops::publication::file::add(&site.app, campaign, file, by).await.unwrap();
}

fn line(text: &str) -> TextLine {
    TextLine::parse("", text, 200).unwrap()
}

/// Publishes a telework month, and returns it.
pub async fn published(site: &Site, by: AccountId, content: Content) -> Publication {
    let draft = ops::publication::create(&site.app, content, by).await.unwrap();
    publish_again(site, by, &draft).await
}

async fn publish_again(site: &Site, by: AccountId, it: &Publication) -> Publication {
    let period = Period::new(site.app.clock.now(), None).unwrap();
    let seen = Seen { id: it.id, revision: it.revision };
    ops::publication::publish(&site.app, seen, period, by).await.unwrap()
}

/// Makes a site with an editor and the telework month of 2026, which takes registrations.
async fn open() -> (Site, AccountId, Publication) {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let it = published(&site, editor, month(2026)).await;
    (site, editor, it)
}

/// Returns the form of a company, as it is sent.
fn typed<'a>(name: &'a str, email: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("kind", "company"),
        ("name", name),
        ("kana", "みほん"),
        ("prefecture", "05"),
        ("industry", "E"),
        ("employees", "１２"),
        ("activity", "社内での周知"),
        ("telework_status", "none"),
        ("teleworkers", "2"),
        ("contact_name", "佐藤 一郎"),
        ("email", email),
        ("rules", "1"),
    ]
}

fn with<'a>(
    mut form: Vec<(&'static str, &'a str)>,
    more: &[(&'static str, &'a str)],
) -> Vec<(&'static str, &'a str)> {
    form.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    form.extend(more);
    form
}

/// Returns a registration as an operation takes it.
pub fn company(name: &str, email: &str, opts_in: bool, rules_revision: i32) -> RegistrationRequest {
    let form = RegistrationForm {
        kind: "company".to_owned(),
        name: name.to_owned(),
        kana: "ミホン".to_owned(),
        prefecture: "05".to_owned(),
        industry: "E".to_owned(),
        employees: "12".to_owned(),
        activity: vec!["社内での周知".to_owned()],
        telework_status: "none".to_owned(),
        teleworkers: "2".to_owned(),
        contact_name: "佐藤 一郎".to_owned(),
        email: email.to_owned(),
        phone: "018-123-4567".to_owned(),
        rules: "1".to_owned(),
        ..RegistrationForm::default()
    };
    let entry = RegistrationEntry::parse(&form, &[line("社内での周知")], Intake::Company).unwrap();
    RegistrationRequest { entry, rules_revision, opts_in }
}

/// Registers and proves the address.
pub async fn waiting(
    site: &Site,
    campaign: PublicationId,
    name: &str,
    email: &str,
    opts_in: bool,
) -> Registration {
    let revision = store::campaign::find(&site.app.db, campaign).await.unwrap().unwrap().rules_revision;
    let request = company(name, email, opts_in, revision);
    ops::campaign::request(&site.app, campaign, request, email).await.unwrap();
    let it = of(site, email).await;
    ops::campaign::prove(&site.app, it.id).await.unwrap();
    of(site, email).await
}

pub async fn approved(
    site: &Site,
    campaign: PublicationId,
    by: AccountId,
    name: &str,
    email: &str,
    opts_in: bool,
) -> Registration {
    let it = waiting(site, campaign, name, email, opts_in).await;
    ops::campaign::approve(&site.app, seen(&it), by).await.unwrap()
}

/// Returns the registration of an address that was made last.
async fn of(site: &Site, email: &str) -> Registration {
    let row = registration_row::Entity::find()
        .filter(registration_row::COLUMN.email_key.eq(email))
        .order_by_desc(registration_row::COLUMN.created_at)
        .order_by_desc(registration_row::COLUMN.id)
        .one(&site.app.db)
        .await
        .unwrap()
        .unwrap();
    store::campaign::registration::find(&site.app.db, RegistrationId(row.id)).await.unwrap().unwrap()
}

fn seen(it: &Registration) -> SeenRegistration {
    SeenRegistration { id: it.id, version: it.version }
}

fn status(it: &Registration) -> RegistrationStatus {
    it.life.state.status()
}

async fn kinds(site: &Site, to: &str) -> Vec<String> {
    mails_to(site, to).await.into_iter().map(|it| it.kind).collect()
}

fn go_to(site: &Site, at: &str) {
    let at: DateTime<Utc> = format!("{at}+09:00").parse().unwrap();
    site.app.clock.advance(at - site.app.clock.now());
}

async fn work(site: &Site) {
    while worker::deadlines::step(&site.app).await.unwrap() {}
}

async fn send(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
}

async fn sound(site: &Site) {
    work(site).await;
    send(site).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[track_caller]
fn hides(reply: &Reply, text: &str) {
    assert!(!reply.body.contains(text), "{text:?} in {}", reply.body);
}

/// The whole way over the pages: an editor publishes, a company registers and proves its address, the editor approves,
/// and the list shows name and industry.
#[actix_web::test]
async fn a_company_registers_is_approved_and_stands_in_the_list() {
    let site = Site::signed_in(Role::Editor).await;
    site.get("/staff/publish/month/new").await.shows("2026-11-01");
    let form = [
        ("title", TITLE),
        ("starts_date", "2026-11-01"),
        ("ends_date", "2026-11-30"),
        ("opens_date", "2026-09-01"),
        ("closes_date", "2026-11-30"),
        ("activities", "社内での周知\n全員で在宅勤務"),
        ("rules", "# 活動規約\n\n正しい内容を登録してください。"),
        ("body", "どなたでも登録できます。"),
    ];
    let reply = site.post("/staff/publish/month/new", &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let entry = reply.location.unwrap();
    let visitor = site.visitor();
    visitor.get("/month").await.shows("まだ決まっていません");
    assert_eq!(visitor.get("/month/2026").await.status, 404, "a draft has no page");
    let twice = site.post("/staff/publish/month/new", &form).await;
    assert_eq!(twice.status, 422);
    twice.shows("2026年のテレワーク月間は、すでにあります");
    let publish = [("revision", "1"), ("from_date", "2026-11-20"), ("from_time", "14:05")];
    let reply = site.post(&format!("{entry}/publish"), &publish).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    for (path, text) in [
        ("/", TITLE),
        ("/month", "登録を申し込む"),
        ("/month/2026", "まだ登録はありません"),
        ("/month/2026/rules", "正しい内容を登録"),
        ("/month/register", "活動規約に同意します"),
        ("/sitemap.xml", "/month/2026"),
    ] {
        visitor.get(path).await.shows(text);
    }
    let wrong = visitor.post("/month/register", &[("name", "見本社"), ("email", "x")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("入力内容を確認してください（10件）");
    wrong.shows("value=\"見本社\"");

    let reply = visitor.post("/month/register", &typed("株式会社みほん", "sato@example.co.jp")).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor.get(&reply.location.unwrap()).await.shows("まだ確定していません");
    let mail = mails_to(&site, "sato@example.co.jp").await;
    assert_eq!(mail.len(), 1);
    assert!(!mail[0].text_body.contains("佐藤") && !mail[0].text_body.contains("みほん"));
    let page = link(&mail, "registration_prove");
    let shown = visitor.get(&page).await;
    shown.shows("登録を確定する");
    hides(&shown, "みほん");
    hides(&visitor.get("/month/2026").await, "みほん");
    let desk = format!("/staff/month/{}", entry.rsplit_once('/').unwrap().1);
    hides(&site.get(&desk).await, "みほん");

    let reply = visitor.post(&page, &[("action", "prove")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor.get(&page).await.shows("承認待ち");
    hides(&visitor.get("/month/2026").await, "みほん");
    site.get("/staff/publish/month").await.shows("承認待ちの登録が1件あります");
    site.get(&desk).await.shows("株式会社みほん");
    let it = of(&site, "sato@example.co.jp").await;
    let registration = format!("{desk}/registrations/{}", it.id);
    site.get(&registration).await.shows("佐藤 一郎");
    let version = it.version.to_string();
    let refused =
        site.post(&registration, &[("action", "reject"), ("version", &version), ("reason", " ")]).await;
    assert_eq!(refused.status, 422);
    let reply = site.post(&registration, &[("action", "approve"), ("version", &version)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(reply.location.as_deref(), Some(desk.as_str()), "no other waits");
    let shown = visitor.get("/month/2026").await;
    shown.shows("株式会社みほん");
    shown.shows("製造業");
    for private in ["佐藤", "sato@", "秋田", "12人"] {
        hides(&visitor.get("/month/2026?q=%E3%83%9F%E3%83%9B%E3%83%B3").await, private);
    }
    assert_eq!(
        kinds(&site, "sato@example.co.jp").await,
        ["registration_prove", "registration_received", "registration_approved"]
    );
    let page = link(&mails_to(&site, "sato@example.co.jp").await, "registration_approved");
    let certificate = visitor.get(&format!("{page}/certificate")).await;
    certificate.shows("2026-00001");
    certificate.shows(&format!("href=\"{page}/certificate.pdf\""));
    let file = visitor.send_bytes(&format!("{page}/certificate.pdf")).await;
    let text = crate::pdf_readers::text_of(&file).replace('\n', "");
    for words in ["登録証", "株式会社みほん 殿", "2026-00001", "活動に取り組む登録者であることを証します"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    for private in ["佐藤", "sato@", "秋田"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    assert_eq!(file, visitor.send_bytes(&format!("{page}/certificate.pdf")).await, "the same bytes");
    site.get(&format!("{desk}/figures")).await.shows("登録は1件です");
    hides(&visitor.get("/stats").await, "<td class=\"num\">1</td>");
    sound(&site).await;
}

#[actix_web::test]
async fn the_list_is_searched_in_any_width_and_kana_and_by_industry() {
    let (site, editor, it) = open().await;
    for (n, name) in ["ﾐﾎﾝ電機", "髙橋商店", "見本㈱"].iter().enumerate() {
        approved(&site, it.id, editor, name, &format!("n{n}@example.co.jp"), false).await;
    }
    let find = async |words: &str| {
        let typed = url::form_urlencoded::byte_serialize(words.as_bytes()).collect::<String>();
        site.get(&format!("/month/2026?q={typed}")).await
    };
    for (words, name) in
        [("みほん電機", "ﾐﾎﾝ電機"), ("高橋", "髙橋商店"), ("株式会社見本", "見本㈱"), ("みほん", "髙橋商店")]
    {
        find(words).await.shows(name);
    }
    find("ない名前").await.shows("見つかりませんでした");
    find("%").await.shows("見つかりませんでした");
    site.get("/month/2026?industry=E").await.shows("3件");
    site.get("/month/2026?industry=G").await.shows("0件");
    site.get("/month/2026?page=99").await.shows("髙橋商店");
    site.get("/month/2026?row=%E3%83%9E").await.shows("3件");
    site.get("/month/2026?row=%E3%82%AB").await.shows("見つかりませんでした");
    sound(&site).await;
}

#[actix_web::test]
async fn the_answer_is_the_same_for_an_address_that_has_registered() {
    let (site, _, it) = open().await;
    waiting(&site, it.id, "みほん", "sato@example.co.jp", false).await;
    let form = with(typed("株式会社みほん", "SATO@example.co.jp"), &[("contact_name", "別の人")]);
    let reply = site.visitor().post("/month/register", &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(
        kinds(&site, "sato@example.co.jp").await,
        ["registration_prove", "registration_received", "registration_known"]
    );
    let rows = registration_row::Entity::find().all(&site.app.db).await.unwrap();
    assert_eq!(rows.len(), 1, "the same name in another writing is the same registration");
    assert_eq!(rows[0].contact_name.as_deref(), Some("佐藤 一郎"), "a stranger changes nothing");
    // Another name with the same address is another registration.
    let reply = site.visitor().post("/month/register", &typed("別の会社", "sato@example.co.jp")).await;
    assert_eq!(reply.status, 303);
    assert_eq!(registration_row::Entity::find().all(&site.app.db).await.unwrap().len(), 2);
    sound(&site).await;
}

#[actix_web::test]
async fn the_mails_that_a_visitor_can_cause_are_bounded() {
    let (site, _, _) = open().await;
    let visitor = site.visitor();
    for n in 0..30 {
        let (name, email) = (format!("会社{n}"), format!("n{n}@example{n}.co.jp"));
        assert_eq!(visitor.post("/month/register", &typed(&name, &email)).await.status, 303);
    }
    let more = visitor.post("/month/register", &typed("会社", "more@example.co.jp")).await;
    assert_eq!(more.status, 429, "thirty mails a day from one network");
    assert_eq!(registration_row::Entity::find().all(&site.app.db).await.unwrap().len(), 30);
    assert_eq!(site.get("/m/AAAA").await.status, 410);
}

#[actix_web::test]
async fn the_version_of_the_rules_is_kept_and_a_new_one_is_asked_for_again() {
    let (site, editor, it) = open().await;
    let first = waiting(&site, it.id, "みほん", "a@example.co.jp", false).await;
    assert_eq!(first.rules.unwrap().0, 2);
    // Another text leaves the version of the rules; other rules make a new one.
    let mut content = month(2026);
    content.title = line("テレワーク月間");
    let seen = Seen { id: it.id, revision: it.revision };
    let edited = ops::publication::edit(&site.app, seen, content.clone(), editor).await.unwrap();
    let it = publish_again(&site, editor, &edited).await;
    let rules = async || store::campaign::find(&site.app.db, it.id).await.unwrap().unwrap().rules_revision;
    assert_eq!(rules().await, 2);
    if let Facts::Campaign(facts) = &mut content.facts {
        facts.rules = Prose::parse("", "新しい規約", 100).unwrap();
    }
    let seen = Seen { id: it.id, revision: it.revision };
    let edited = ops::publication::edit(&site.app, seen, content, editor).await.unwrap();
    publish_again(&site, editor, &edited).await;
    assert_eq!(rules().await, 6);
    let form = with(typed("遅い会社", "b@example.co.jp"), &[("rules_revision", "2")]);
    let reply = site.visitor().post("/month/register", &form).await;
    assert_eq!(reply.status, 422);
    reply.shows("活動規約が変わりました");
    reply.shows("name=\"rules_revision\" value=\"6\"");
    let old =
        ops::campaign::request(&site.app, it.id, company("遅い会社", "b@example.co.jp", false, 2), "n").await;
    assert!(old.is_err());
    assert_eq!(of(&site, "a@example.co.jp").await.rules.unwrap().0, 2, "what was agreed to stays");
    let earlier = store::publication::revision(&site.app.db, it.id, 2).await.unwrap().unwrap();
    assert!(matches!(earlier.content.facts, Facts::Campaign(it) if it.rules.as_str().contains("正しい内容")));
    sound(&site).await;
}

/// Two editors: the second is told of the first, and loses nothing.
#[actix_web::test]
async fn two_editors_of_one_month_are_told_of_each_other() {
    let (site, editor, it) = open().await;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let seen = Seen { id: it.id, revision: it.revision };
    ops::publication::edit(&site.app, seen, month(2026), editor).await.unwrap();
    let form = [
        ("revision", "2"),
        ("title", "二人目の題名"),
        ("starts_date", "2026-11-01"),
        ("ends_date", "2026-11-30"),
        ("opens_date", "2026-09-01"),
        ("closes_date", "2026-11-30"),
        ("activities", "社内での周知"),
        ("rules", "規約"),
        ("body", "本文"),
    ];
    let reply = site.post(&format!("/staff/publish/month/{}", it.id), &form).await;
    assert_eq!(reply.status, 409);
    reply.shows("さんが先に保存しました");
    reply.shows("二人目の題名");
    // The year, and with it the public address, never changes.
    let other = with(
        form.to_vec(),
        &[
            ("revision", "3"),
            ("starts_date", "2027-11-01"),
            ("ends_date", "2027-11-30"),
            ("opens_date", "2027-09-01"),
            ("closes_date", "2027-11-30"),
        ],
    );
    let reply = site.post(&format!("/staff/publish/month/{}", it.id), &other).await;
    assert_eq!(reply.status, 422);
    reply.shows("年は、変えられません");
}
