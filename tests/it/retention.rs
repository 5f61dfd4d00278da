//! Data whose time is over are erased, those of held consultations are not, and nothing that names anyone is left.
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::{Actor, Role},
    id::{AccountId, ConsultationId},
    retention::{ERASED, RetentionPart},
    text::TextLine,
};
use entity::{attachment, company, consultation, erasure, inbound_raw, outbox, set_aside};
use madoguchi::{
    demo, doctor, ops,
    ops::consultation::{
        Ending,
        merge::{MergeChoice, SeenCase},
    },
    problem::Problem,
    store::{
        self,
        correspondence::message::Audience,
        retention::classification::{Kept, tables},
    },
    worker,
};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    cases::{self, Case, Cast},
    inbound, inbound_files,
    site::{PASSWORD, Site},
    tables::texts,
};

/// Moves the clock to an instant.
fn wait_until(site: &Site, text: &str) {
    let at: DateTime<Utc> = text.parse().unwrap();
    site.app.clock.advance(at - site.app.clock.now());
}

async fn erase_all(site: &Site) {
    while worker::retention::step(&site.app).await.unwrap() {}
    while worker::outbox::step(&site.app).await.unwrap() {}
}

/// Makes a case that has ended in November 2026, and an administrator.
async fn ended(site: &Site, cast: &Cast, email: &str) -> (Case, AccountId) {
    let case = cases::followed_up(site, cast, email, TimeDelta::days(7)).await;
    ops::consultation::end(&site.app, case.id, None, cast.center(), Ending::Complete).await.unwrap();
    (case, cast.coordinator)
}

async fn administrator(site: &Site) -> AccountId {
    site.account(Role::Administrator, "admin@example.jp").await.id
}

async fn row(site: &Site, id: ConsultationId) -> consultation::Model {
    consultation::Entity::find_by_id(id.0).one(&site.app.db).await.unwrap().unwrap()
}

fn is_sqlite(site: &Site) -> bool {
    site.app.db.get_database_backend() == DbBackend::Sqlite
}

/// Returns the names of the columns of a table.
async fn columns_of(site: &Site, table: &str) -> Vec<String> {
    let query = if is_sqlite(site) {
        format!("SELECT name FROM pragma_table_info('{table}')")
    } else {
        format!(
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' \
             AND table_name = '{table}'"
        )
    };
    texts(&site.app.db, &query).await
}

async fn table_names(site: &Site) -> Vec<String> {
    let query = if is_sqlite(site) {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
    };
    texts(&site.app.db, query).await.into_iter().filter(|it| it != "seaql_migrations").collect()
}

#[actix_web::test]
async fn every_column_of_the_database_has_a_class() {
    let site = Site::new().await;
    let mut there = BTreeSet::new();
    for table in table_names(&site).await {
        there.extend(columns_of(&site, &table).await.into_iter().map(|it| format!("{table}.{it}")));
    }
    let classified: Vec<String> = tables()
        .into_iter()
        .flat_map(|(table, _, columns)| columns.into_iter().map(move |(it, _)| format!("{table}.{it}")))
        .collect();
    let once: BTreeSet<_> = classified.iter().cloned().collect();
    assert_eq!(once.len(), classified.len(), "a column has two classes");
    let missing: Vec<_> = there.difference(&once).collect();
    let gone: Vec<_> = once.difference(&there).collect();
    assert!(missing.is_empty() && gone.is_empty(), "without a class: {missing:?}; gone: {gone:?}");
}

#[actix_web::test]
async fn a_contact_goes_after_its_years_and_the_record_after_its_own_and_both_are_announced() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    administrator(&site).await;
    let (case, _) = ended(&site, &cast, cases::CONTACT).await;
    let other = cases::received(&site, &cast, "open@example.co.jp").await;
    let before = figures(&site).await;

    // The fiscal year of the end, and three whole ones.
    wait_until(&site, "2030-02-28T23:00:00Z");
    erase_all(&site).await;
    assert_eq!(cases::mails_to(&site, "admin@example.jp").await.len(), 0, "not yet announced");
    wait_until(&site, "2030-03-02T01:00:00Z");
    erase_all(&site).await;
    let mails = cases::mails_to(&site, "admin@example.jp").await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].subject.contains("4月1日"), "{mails:?}");
    assert!(mails[0].text_body.contains("連絡先を消去する案件：1件"), "{}", mails[0].text_body);
    assert!(mails[0].text_body.contains("記録を消去する案件：0件"), "{}", mails[0].text_body);
    wait_until(&site, "2030-03-31T14:59:59Z");
    erase_all(&site).await;
    assert_eq!(row(&site, case.id).await.contact_erased_at, None, "the year is not over in Japan");
    wait_until(&site, "2030-04-01T01:00:00Z");
    erase_all(&site).await;
    let after = row(&site, case.id).await;
    assert!(after.contact_erased_at.is_some() && after.record_erased_at.is_none());
    assert_ne!(after.company_name, ERASED);
    let person = store::consultation::person(&site.app.db, case.id).await.unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.email), ("", None));
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);

    // Nothing of it changes any more, and its page says why.
    let refused = ops::consultation::reopening::reopen(
        &site.app,
        case.id,
        after.version,
        cast.center(),
        &TextLine::parse("理由", "続きの相談", 200).unwrap(),
    )
    .await;
    assert!(matches!(&refused, Err(Problem::Refused(why)) if why.contains("消去")), "{refused:?}");
    let page = center(&site).await.get(&format!("/staff/consultations/{}", case.number)).await;
    assert_eq!(page.status, 200);
    page.shows(ERASED);
    page.shows("消去しました。内容は変更できません");
    assert!(!page.body.contains(cases::CONTACT));

    wait_until(&site, "2032-03-02T01:00:00Z");
    erase_all(&site).await;
    wait_until(&site, "2032-03-31T14:59:59Z");
    erase_all(&site).await;
    assert_eq!(row(&site, case.id).await.record_erased_at, None);
    wait_until(&site, "2032-04-01T02:00:00Z");
    erase_all(&site).await;
    let after = row(&site, case.id).await;
    assert_eq!((after.company_name.as_str(), after.search_key.as_str()), (ERASED, ""));
    assert!(after.record_erased_at.is_some());
    for path in [
        format!("/staff/consultations/{}", case.number),
        format!("/staff/consultations/{}?view=history", case.number),
    ] {
        let page = center(&site).await.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("勤怠"), "{path}");
    }
    assert_eq!(row(&site, other.id).await.contact_erased_at, None, "it goes on");
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
    assert_eq!(figures(&site).await, before, "the figures stay");
    assert!(erasure::Entity::find().count(&site.app.db).await.unwrap() >= 2);
}

/// Returns the statistics of the year as the center reads them, without the day on which they are read.
async fn figures(site: &Site) -> Vec<String> {
    let page = center(site).await.get("/stats?year=2026").await.body;
    let (_, after) = page.split_once("<main").unwrap();
    let lines: Vec<_> = after.lines().filter(|it| !it.contains("時点")).map(str::to_owned).collect();
    assert!(lines.len() > 50, "{after}");
    lines
}

/// Returns a browser in which a coordinator is signed in.
async fn center(site: &Site) -> Site {
    let browser = site.visitor();
    assert_eq!(browser.sign_in("center@example.jp", PASSWORD).await.status, 303);
    browser
}

#[actix_web::test]
async fn a_held_consultation_is_kept_until_the_hold_is_lifted() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    administrator(&site).await;
    let (case, _) = ended(&site, &cast, cases::CONTACT).await;
    site.sign_in("admin@example.jp", PASSWORD).await;
    for (number, reason, why) in [
        ("R08-999999", "監査のため", "見つかりません"),
        ("abc", "監査のため", "R08-000123のような形"),
        (&case.number.to_string(), "", "理由"),
    ] {
        let reply = site.post("/admin/retention/holds", &[("held", number), ("reason", reason)]).await;
        assert_eq!(reply.status, 422, "{number} {reason}");
        reply.shows(why);
    }
    let number = case.number.to_string();
    let placed = site.post("/admin/retention/holds", &[("held", &number), ("reason", "監査のため")]).await;
    assert_eq!(placed.status, 303);
    // Twice is once.
    site.post("/admin/retention/holds", &[("held", &number), ("reason", "監査のため")]).await;
    assert_eq!(store::retention::hold::open(&site.app.db).await.unwrap().len(), 1);

    wait_until(&site, "2033-03-02T01:00:00Z");
    erase_all(&site).await;
    wait_until(&site, "2033-04-02T01:00:00Z");
    erase_all(&site).await;
    assert_eq!(row(&site, case.id).await.contact_erased_at, None);
    assert_eq!(cases::mails_to(&site, "admin@example.jp").await.len(), 0, "nothing is due that is held");

    site.sign_in("admin@example.jp", PASSWORD).await;
    let page = site.get("/admin/retention").await;
    page.shows("監査のため");
    let sure = [("sure", "yes"), ("part", "record")];
    let refused = site.post(&format!("/admin/retention/{number}/erase"), &sure).await;
    refused.shows("消去が停止されている案件です");
    let hold = store::retention::hold::open(&site.app.db).await.unwrap().remove(0);
    assert_eq!(site.post(&format!("/admin/retention/holds/{}/lift", hold.id), &[]).await.status, 303);
    assert_eq!(site.post(&format!("/admin/retention/holds/{}/lift", hold.id), &[]).await.status, 404);
    erase_all(&site).await;
    assert_eq!(row(&site, case.id).await.contact_erased_at, None, "it is announced first");
    site.app.clock.advance(TimeDelta::days(30));
    erase_all(&site).await;
    let after = row(&site, case.id).await;
    assert!(after.contact_erased_at.is_some() && after.record_erased_at.is_some());
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn an_administrator_erases_at_request_what_the_preview_names() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    administrator(&site).await;
    let (case, _) = ended(&site, &cast, cases::CONTACT).await;
    let open = cases::received(&site, &cast, "open@example.co.jp").await;
    site.sign_in("admin@example.jp", PASSWORD).await;
    let here = format!("/admin/retention/{}", case.number);
    let found = site.get(&format!("/admin/retention?number={}", case.number)).await;
    assert_eq!((found.status, found.location.as_deref()), (303, Some(here.as_str())));
    let page = site.get(&here).await;
    page.shows("残るもの");
    page.shows("2030年（令和12年）4月1日");
    site.get(&format!("/admin/retention/{}", open.number))
        .await
        .shows("相談が続いている案件は、消去できません");
    let refused = site
        .post(&format!("/admin/retention/{}/erase", open.number), &[("sure", "yes"), ("part", "contact")])
        .await;
    refused.shows("先に、案件を終了してください");
    let unsure = site.post(&format!("{here}/erase"), &[("part", "contact")]).await;
    assert_eq!(unsure.status, 422);
    assert_eq!(row(&site, case.id).await.contact_erased_at, None);

    let done = site.post(&format!("{here}/erase"), &[("sure", "yes"), ("part", "contact")]).await;
    assert_eq!(done.status, 303);
    let after = row(&site, case.id).await;
    assert!(after.contact_erased_at.is_some() && after.record_erased_at.is_none());
    site.get(&here).await.shows("に消去しました");
    assert_eq!(site.post(&format!("{here}/erase"), &[("sure", "yes"), ("part", "record")]).await.status, 303);
    assert!(row(&site, case.id).await.record_erased_at.is_some());
    let log = store::retention::log::latest(&site.app.db, 10).await.unwrap();
    assert_eq!(log.len(), 2);
    assert!(log.iter().all(|it| it.by == "鈴木 花子" && it.number == case.number.to_string()), "{log:?}");
    site.get("/admin/retention").await.shows("本人の求め");
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn a_change_of_the_years_is_announced_before_it_erases() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    administrator(&site).await;
    let (case, _) = ended(&site, &cast, cases::CONTACT).await;
    wait_until(&site, "2028-06-01T01:00:00Z");
    erase_all(&site).await;
    let year = domain::number::FiscalYear::of(domain::calendar::japan_date(site.app.clock.now())).unwrap();
    let programme = site.app.programme().await.unwrap();
    let settings = domain::settings::Settings {
        contact_retention_years: 1,
        ..programme.settings_at(site.app.clock.now()).clone()
    };
    ops::reference::settings::save(&site.app, year, &settings, 0, cast.coordinator).await.unwrap();
    erase_all(&site).await;
    assert_eq!(cases::mails_to(&site, "admin@example.jp").await.len(), 1);
    assert_eq!(row(&site, case.id).await.contact_erased_at, None);
    site.app.clock.advance(TimeDelta::days(30));
    erase_all(&site).await;
    assert!(row(&site, case.id).await.contact_erased_at.is_some());
}

#[actix_web::test]
async fn merged_cases_are_erased_together_unless_one_of_them_is_held() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let by = administrator(&site).await;
    let mut seen = Vec::new();
    for email in [cases::CONTACT, "second@example.co.jp"] {
        let case = cases::received(&site, &cast, email).await;
        let version = cases::record(&site, case).await.version;
        seen.push((case, SeenCase { id: case.id, version }));
    }
    let reason = TextLine::parse("理由", "同じ相談のため", 200).unwrap();
    let choice = MergeChoice { taken: &[], reason: &reason, releases: false, split: None };
    ops::consultation::merge::merge(&site.app, seen[0].1, seen[1].1, choice, cast.coordinator).await.unwrap();
    let ([kept, absorbed], record) = ([seen[0].0, seen[1].0], RetentionPart::Record);
    let ending = Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, kept.id, None, cast.center(), ending).await.unwrap();
    ops::retention::place_hold(&site.app, absorbed.number, &reason, by).await.unwrap();
    for case in [kept, absorbed] {
        let refused = ops::retention::erase_at_request(&site.app, case.number, record, by).await;
        assert!(matches!(refused, Err(Problem::Refused(_))), "{refused:?}");
    }
    let hold = store::retention::hold::open(&site.app.db).await.unwrap().remove(0);
    ops::retention::lift_hold(&site.app, hold.id, by).await.unwrap();
    // Asked for by the number that the person knows.
    ops::retention::erase_at_request(&site.app, absorbed.number, record, by).await.unwrap();
    for case in [kept, absorbed] {
        assert!(row(&site, case.id).await.record_erased_at.is_some());
        let person = store::consultation::person(&site.app.db, case.id).await.unwrap().unwrap();
        assert_eq!((person.name.as_str(), person.email), ("", None));
        let page = center(&site).await.get(&format!("/staff/consultations/{}", case.number)).await;
        assert!([200, 303].contains(&page.status), "{}", case.number);
    }
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn mails_and_files_go_after_their_days_although_the_case_goes_on() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = inbound::waiting(&site, &cast, cases::CONTACT).await;
    let to = cases::mails_to(&site, cases::CONTACT).await;
    let reply_to = site.app.reply_address(case.id, cases::CONTACT);
    let raw = inbound::raw_mail(cases::CONTACT, &reply_to, "Re: 相談", "規程を送ります。");
    let mail = inbound::arrives(&site, &inbound_files::with_file(&raw)).await;
    assert_eq!(mail.consultation_id, Some(case.id.0));
    while worker::outbox::step(&site.app).await.unwrap() {}
    let settings = domain::settings::Settings::default();
    let began = site.app.clock.now();
    let stand = async || {
        let raw = inbound_raw::Entity::find().count(&site.app.db).await.unwrap();
        let words =
            outbox::Entity::find().filter(outbox::COLUMN.text_body.ne("")).count(&site.app.db).await.unwrap();
        let files = attachment::Entity::find()
            .filter(attachment::COLUMN.name.ne(""))
            .count(&site.app.db)
            .await
            .unwrap();
        (raw, words, files)
    };
    let (_, words, _) = stand().await;
    assert!(words > 0 && !to.is_empty());
    for (days, left) in [
        (settings.received_mail_days, (1, words, 1)),
        (settings.sent_mail_days, (0, words, 1)),
        (settings.attachment_days, (0, 0, 1)),
    ] {
        // The worker's other work would write more mails.
        let last = began + TimeDelta::days(i64::from(days)) - TimeDelta::minutes(1);
        site.app.clock.advance(last - site.app.clock.now());
        while worker::retention::step(&site.app).await.unwrap() {}
        assert_eq!(stand().await, left, "before {days} days");
    }
    site.app.clock.advance(TimeDelta::days(2));
    while worker::retention::step(&site.app).await.unwrap() {}
    assert_eq!(stand().await, (0, 0, 0));
    let thread = inbound::thread(&site, case, Audience::Center).await;
    assert!(thread.iter().any(|it| it.body.contains("規程を送ります")), "the text is part of the case");
    let browser = center(&site).await;
    let page = browser.get(&format!("/staff/mail/in/{}", mail.id)).await;
    page.shows("元のメールは、保存期間が過ぎたか、求めにより");
    assert_eq!(browser.get(&format!("/staff/mail/in/{}/raw", mail.id)).await.status, 404);
    let messages = browser.get(&format!("/staff/consultations/{}?view=messages", case.number)).await;
    messages.shows("消去しました");
    let log = store::retention::log::latest(&site.app.db, 10).await.unwrap();
    assert_eq!(log.len(), 3, "{log:?}");
}

#[actix_web::test]
async fn mails_and_files_of_a_held_case_are_kept() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let by = administrator(&site).await;
    let case = inbound::waiting(&site, &cast, cases::CONTACT).await;
    let reply_to = site.app.reply_address(case.id, cases::CONTACT);
    let raw = inbound::raw_mail(cases::CONTACT, &reply_to, "Re: 相談", "規程を送ります。");
    inbound::arrives(&site, &inbound_files::with_file(&raw)).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    let reason = TextLine::parse("理由", "監査のため", 200).unwrap();
    ops::retention::place_hold(&site.app, case.number, &reason, by).await.unwrap();
    site.app.clock.advance(TimeDelta::days(4000));
    while worker::retention::step(&site.app).await.unwrap() {}
    let own = outbox::Entity::find().filter(outbox::COLUMN.consultation_id.eq(case.id.0));
    let words = own.filter(outbox::COLUMN.text_body.eq("")).count(&site.app.db).await.unwrap();
    assert_eq!(words, 0, "mails without words");
    assert_eq!(inbound_raw::Entity::find().count(&site.app.db).await.unwrap(), 1);
    let files = attachment::Entity::find().filter(attachment::COLUMN.name.ne(""));
    assert_eq!(files.count(&site.app.db).await.unwrap(), 1);
}

#[actix_web::test]
async fn a_company_is_kept_while_one_of_its_cases_is() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let by = administrator(&site).await;
    let with_number = |email: &str| domain::intake::application::ApplicationForm {
        corporate_number: "7000012050002".to_owned(),
        ..cases::form(email)
    };
    let mut both = Vec::new();
    for email in [cases::CONTACT, "second@example.co.jp"] {
        let case = cases::unconfirmed(&site, &cast, &with_number(email)).await;
        let ending = Ending::Withdraw { reason: None };
        ops::consultation::end(&site.app, case.id, None, cast.center(), ending).await.unwrap();
        both.push(case);
    }
    let company = row(&site, both[0].id).await.company_id;
    assert_eq!(row(&site, both[1].id).await.company_id, company);
    let name = async || company::Entity::find_by_id(company).one(&site.app.db).await.unwrap().unwrap().name;
    let erase = async |case: &Case| {
        ops::retention::erase_at_request(&site.app, case.number, RetentionPart::Record, by).await.unwrap();
    };
    erase(&both[0]).await;
    assert_ne!(name().await, ERASED);
    erase(&both[1]).await;
    assert_eq!(name().await, ERASED);
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// Everything that the demo knows of companies and persons is gone from the bytes of the database, its log and its files once
/// all times are over.
#[actix_web::test]
async fn nothing_of_anyone_is_left_of_the_demo_after_all_times() {
    let site = Site::on_disk().await;
    demo::programme::fill(&site.app, site.app.clock.now()).await.unwrap();
    let named = names_of_everyone(&site).await;
    assert!(named.len() > 500, "{}", named.len());
    end_all(&site).await;
    wait_until(&site, "2040-03-02T01:00:00Z");
    worker::once(&site.app).await;
    wait_until(&site, "2040-04-02T01:00:00Z");
    worker::once(&site.app).await;
    // Questions to mentors end, and go a year later.
    for _ in 0..3 {
        site.app.clock.advance(TimeDelta::days(400));
        worker::once(&site.app).await;
    }
    // The days of the mails that were written meanwhile.
    site.app.clock.advance(TimeDelta::days(1100));
    erase_all(&site).await;
    ops::housekeeping::forget_expired(&site.app).await.unwrap();
    ops::housekeeping::sweep_files(&site.app).await.unwrap();

    let stuck = set_aside::Entity::find().all(&site.app.db).await.unwrap();
    assert!(stuck.is_empty(), "every case can be erased: {stuck:?}");
    let left = left_in_columns(&site).await;
    assert!(left.is_empty(), "{}", left.join("\n"));
    // What is public, and the names of the programme's own people, stay.
    let kept = kept_words(&site).await;
    let gone: Vec<_> =
        named.iter().filter(|it| !kept.iter().any(|text| text.contains(it.as_str()))).collect();
    assert!(gone.len() > 400, "{}", gone.len());
    if is_sqlite(&site) {
        let _ = texts_or_none(&site, "PRAGMA wal_checkpoint(TRUNCATE)").await;
        site.app.db.execute_unprepared("VACUUM").await.unwrap();
        let _ = texts_or_none(&site, "PRAGMA wal_checkpoint(TRUNCATE)").await;
        let database = site.database_url().trim_start_matches("sqlite://").to_owned();
        let mut files: Vec<_> = ["", "-wal"].iter().map(|it| format!("{database}{it}").into()).collect();
        collect(&site.app.config.attachments.folder, &mut files);
        for file in files {
            let Ok(bytes) = fs::read(&file) else { continue };
            let found = contained(&bytes, &gone);
            assert!(found.is_empty(), "{}: {found:?}", file.display());
        }
    }
    assert_eq!(inbound_raw::Entity::find().count(&site.app.db).await.unwrap(), 0);
}

/// Returns those of the words that the bytes contain. The bytes are read once, however many words there are.
fn contained<'a>(bytes: &[u8], words: &[&'a String]) -> Vec<&'a str> {
    const HEAD: usize = 8;
    let mut by_head: HashMap<&[u8], Vec<&'a str>> = HashMap::new();
    for word in words {
        by_head.entry(&word.as_bytes()[..HEAD]).or_default().push(word);
    }
    let mut found = BTreeSet::new();
    for (at, head) in bytes.windows(HEAD).enumerate() {
        for word in by_head.get(head).into_iter().flatten() {
            if bytes[at..].starts_with(word.as_bytes()) {
                found.insert(*word);
            }
        }
    }
    found.into_iter().collect()
}

async fn texts_or_none(site: &Site, query: &str) -> bool {
    site.app.db.execute_unprepared(query).await.is_ok()
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// Ends every case that is open.
async fn end_all(site: &Site) {
    let coordinator = entity::account::Entity::find().all(&site.app.db).await.unwrap();
    let by = coordinator.iter().find(|it| it.role == Role::Coordinator).unwrap().id;
    for it in consultation::Entity::find().all(&site.app.db).await.unwrap() {
        if it.ended_at.is_some() || it.merged_into.is_some() {
            continue;
        }
        let by = Actor::Coordinator(AccountId(by));
        let end = |ending| ops::consultation::end(&site.app, ConsultationId(it.id), None, by, ending);
        if end(Ending::Withdraw { reason: None }).await.is_err() {
            end(Ending::Complete).await.unwrap();
        }
    }
}

/// Returns what names or describes companies and persons in the cases, as they stand.
async fn names_of_everyone(site: &Site) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for query in [
        "SELECT name FROM contact",
        "SELECT kana FROM contact",
        "SELECT email FROM contact WHERE email IS NOT NULL",
        "SELECT phone FROM contact WHERE phone IS NOT NULL",
        "SELECT company_name FROM consultation",
        "SELECT description FROM application",
        "SELECT street FROM application",
        "SELECT body FROM message",
        "SELECT name FROM company",
        "SELECT recipient FROM outbox",
        "SELECT name FROM sign_up WHERE name IS NOT NULL",
        "SELECT contact_name FROM registration WHERE contact_name IS NOT NULL",
        "SELECT words FROM network_question WHERE words IS NOT NULL",
    ] {
        all.extend(texts(&site.app.db, query).await);
    }
    // The longest line of a text stands for it. A short word can stand in any other.
    let line = |it: String| it.lines().max_by_key(|line| line.len()).unwrap_or_default().trim().to_owned();
    all.into_iter().map(line).filter(|it| it.len() >= 8).collect()
}

/// Returns the columns of companies and persons that still hold something, though all times are over.
async fn left_in_columns(site: &Site) -> Vec<String> {
    let mut left = Vec::new();
    for (table, kept, columns) in tables() {
        if !matches!(kept, Kept::Contact | Kept::Record) {
            continue;
        }
        for (column, _) in columns.iter().filter(|(_, class)| class.is_erased()) {
            // Its choices stay, and its words are looked for in the bytes.
            if [("follow_up", "answer"), ("event", "detail"), ("report", "body")].contains(&(table, *column))
            {
                continue;
            }
            let query = format!(
                "SELECT CAST({column} AS text) FROM {table} WHERE {column} IS NOT NULL \
                 AND CAST({column} AS text) NOT IN ('', '{ERASED}')"
            );
            let found = texts(&site.app.db, &query).await;
            if let Some(first) = found.first() {
                left.push(format!("{table}.{column}: {} rows, {first:.60}", found.len()));
            }
        }
    }
    left
}

/// Returns all texts that may stay: of the tables that name nobody, and of the programme's own people.
async fn kept_words(site: &Site) -> Vec<String> {
    let mut all = Vec::new();
    // The keys of SQLite are octets.
    let is_text =
        |column: &str| if is_sqlite(site) { format!("typeof({column}) = 'text'") } else { "true".to_owned() };
    for (table, kept, columns) in tables() {
        for (column, class) in columns {
            // Mentors have not left, and some questions wait for the center.
            let goes_on = ["mentor", "network_question", "network_message"].contains(&table);
            let stays = matches!(kept, Kept::NamesNobody | Kept::Account) || goes_on;
            if stays || !class.is_erased() {
                let query = format!(
                    "SELECT CAST({column} AS text) FROM {table} WHERE {column} IS NOT NULL AND {}",
                    is_text(column)
                );
                all.extend(texts(&site.app.db, &query).await);
            }
        }
    }
    all
}
