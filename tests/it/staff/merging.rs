//! Two companies that are one, and applications under a number that another person may have typed.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use domain::{
    actor::Actor,
    id::{CompanyId, ConsultationId},
    intake::application::{Application, ApplicationForm, Intake},
    number::FiscalYear,
    text::TextLine,
};
use entity::{company, consultation};
use madoguchi::{
    doctor,
    ops::{
        self,
        intake::company_merge::{CompanyChoice, KeptSide},
    },
    problem::Problem,
    store::{self, intake::company_merge},
    worker,
};
use sea_orm::{EntityTrait, QueryOrder};
use uuid::Uuid;

use super::{at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::Site,
};

/// Returns the `n`th of some valid corporate numbers.
pub(super) fn number(n: u64) -> String {
    let digits = format!("{:012}", 100_000_000_000 + n);
    let sum: u64 =
        digits.bytes().rev().zip(1..).map(|(it, place)| u64::from(it - b'0') * (2 - place % 2)).sum();
    format!("{}{digits}", 9 - sum % 9)
}

fn form(name: &str, n: Option<u64>, email: &str) -> ApplicationForm {
    ApplicationForm {
        company_name: name.to_owned(),
        company_kana: String::new(),
        corporate_number: n.map(number).unwrap_or_default(),
        city: format!("{name}市"),
        phone: format!("03{:08}", n.unwrap_or(0)),
        contact_name: format!("{name} 担当"),
        ..cases::form(email)
    }
}

async fn taken(site: &Site, cast: &Cast, form: &ApplicationForm) -> Case {
    cases::unconfirmed(site, cast, form).await
}

/// A company applies on the web.
async fn applied(site: &Site, form: &ApplicationForm) -> Case {
    let app = &site.app;
    let draft = ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    let whole = ApplicationForm { company_kana: "カイシャ".to_owned(), ..form.clone() };
    ops::intake::apply::save(app, draft, |it| *it = whole).await.unwrap();
    ops::intake::apply::release(app, draft).await.unwrap();
    let record = ops::intake::apply::submit(app, draft, |_| ()).await.unwrap();
    Case { id: record.consultation.id, number: record.number }
}

async fn company_of(site: &Site, case: Case) -> CompanyId {
    cases::record(site, case).await.company
}

fn reason() -> TextLine {
    TextLine::parse("理由", "電話で確認", 200).unwrap()
}

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn facts_in_which_two_applications_agree_are_shown_and_the_companies_become_one() {
    let (site, cast) = center().await;
    let first = taken(&site, &cast, &form("みなと", Some(1), "a@minato.example.co.jp")).await;
    let mut again = form("湊製作所", None, "b@minato.example.co.jp");
    again.phone = "03-0000-0001".to_owned();
    let second = taken(&site, &cast, &again).await;
    let other = taken(&site, &cast, &form("ほか", Some(2), "c@example.com")).await;
    let page = site.get(&at(first.number, "?view=same-company")).await;
    page.shows("電話番号が一致、メールアドレスのドメインが一致");
    assert!(!page.body.contains(&other.number.to_string()));

    let compare = format!("/company-merge?with={}", second.number);
    let page = site.get(&at(first.number, &compare)).await;
    assert_eq!(page.status, 200);
    page.shows("湊製作所");
    page.shows("残す企業名");
    let with = second.number.to_string();
    let refused = site.post(&at(first.number, "/company-merge"), &[("with", &with)]).await;
    assert_eq!(refused.status, 422, "a reason is needed");
    let chosen = [("with", with.as_str()), ("name", "absorbed"), ("reason", "電話で確認")];
    done(&site.post(&at(first.number, "/company-merge"), &chosen).await);
    assert_eq!(company_of(&site, second).await, company_of(&site, first).await);
    let page = site.get(&at(second.number, "?view=same-company")).await;
    page.shows("同じ企業として登録");
    page.shows("湊製作所");
    site.get(&at(first.number, "?view=history")).await.shows("企業「湊製作所」を「湊製作所（法人番号");
    let twice = site.post(&at(first.number, "/company-merge"), &chosen).await;
    assert_eq!(twice.status, 409);
    twice.shows("すでに同じ企業です");

    let merge = company_merge::into(&site.app.db, company_of(&site, first).await).await.unwrap().remove(0);
    let merge = merge.id.to_string();
    done(&site.post(&at(second.number, "/company-unmerge"), &[("merge", &merge)]).await);
    assert_ne!(company_of(&site, second).await, company_of(&site, first).await);
    let again = site.post(&at(second.number, "/company-unmerge"), &[("merge", &merge)]).await;
    assert_eq!(again.status, 409);
    site.get(&at(second.number, "?view=history")).await.shows("統合を取り消しました");
    sound(&site).await;
}

#[actix_web::test]
async fn each_fact_alone_finds_the_other_application() {
    let (site, cast) = center().await;
    let whole = |n: usize| ApplicationForm {
        company_name: format!("会社{n}"),
        company_kana: ["アアア", "イイイ", "ウウウ", "エエエ", "オオオ", "カカカ", "キキキ", "ククク"][n]
            .to_owned(),
        corporate_number: number(10 + n as u64),
        city: format!("市{n}"),
        street: format!("町{n}-1"),
        phone: format!("03-1234-000{n}"),
        contact_name: format!("氏名 {n}"),
        ..cases::form(&format!("a@company{n}.example.co.jp"))
    };
    let first = taken(&site, &cast, &whole(0)).await;
    type Same = fn(&mut ApplicationForm, ApplicationForm);
    // Every text is typed in another way the second time.
    let facts: [(&str, Same); 7] = [
        ("法人番号が一致", |it, first| it.corporate_number = first.corporate_number),
        ("会社名が一致", |it, first| it.company_name = format!("株式会社 {}", first.company_name)),
        ("会社名のフリガナが一致", |it, _| "ああ　あ".clone_into(&mut it.company_kana)),
        ("所在地が一致", |it, _| {
            "市 ０".clone_into(&mut it.city);
            "町０－１".clone_into(&mut it.street);
        }),
        ("電話番号が一致", |it, first| it.phone = first.phone.replace('-', "")),
        ("担当者の氏名が一致", |it, first| it.contact_name = first.contact_name.replace(' ', "")),
        ("メールアドレスのドメインが一致", |it, _| {
            "b@company0.example.co.jp".clone_into(&mut it.email);
        }),
    ];
    for (n, (sentence, same)) in facts.into_iter().enumerate() {
        let mut form = whole(n + 1);
        same(&mut form, whole(0));
        let other = taken(&site, &cast, &form).await;
        let page = site.get(&at(other.number, "?view=same-company")).await;
        page.shows(sentence);
        page.shows(&first.number.to_string());
    }
    let page = site.get(&at(first.number, "?view=same-company")).await;
    for (sentence, _) in facts {
        page.shows(sentence);
    }
}

#[actix_web::test]
async fn a_merge_on_which_another_was_built_is_undone_after_it() {
    let (site, cast) = center().await;
    let mut cases = Vec::new();
    for n in 0..3 {
        let name = ["あ", "い", "う"][n];
        cases.push(taken(&site, &cast, &form(name, Some(n as u64), &format!("{n}@example.co.jp"))).await);
    }
    let mut companies = Vec::new();
    for case in &cases {
        companies.push(company_of(&site, *case).await);
    }
    let (app, by) = (&site.app, cast.coordinator);
    let merge = async |kept: usize, absorbed: usize| {
        let choice = CompanyChoice { name: KeptSide::Kept };
        ops::intake::company_merge::merge(app, companies[kept], companies[absorbed], choice, &reason(), by)
            .await
            .unwrap();
        company_merge::into(&app.db, companies[kept]).await.unwrap()[0].id
    };
    let first = merge(1, 2).await;
    let second = merge(0, 1).await;
    for case in &cases {
        assert_eq!(company_of(&site, *case).await, companies[0]);
    }
    // Every number leads to the one that is left.
    for n in 0..3 {
        let found = store::intake::company::by_number(&app.db, &number(n)).await.unwrap();
        assert_eq!(found, Some(companies[0]));
    }
    let later = taken(&site, &cast, &form("う", Some(2), "later@example.co.jp")).await;
    assert_eq!(company_of(&site, later).await, companies[0]);
    let Err(Problem::Refused(why)) = ops::intake::company_merge::undo(app, first, by).await else { panic!() };
    assert!(why.contains("「あ（法人番号"), "{why}");
    ops::intake::company_merge::undo(app, second, by).await.unwrap();
    assert_eq!(company_of(&site, cases[2]).await, companies[1]);
    ops::intake::company_merge::undo(app, first, by).await.unwrap();
    assert_eq!(company_of(&site, cases[2]).await, companies[2]);
    // Rows that came under its number since go with it.
    assert_eq!(company_of(&site, later).await, companies[2]);
    sound(&site).await;
}

/// Returns the companies and the company of every case, as the database has them.
async fn world(site: &Site) -> (Vec<company::Model>, BTreeMap<Uuid, (Uuid, Option<Uuid>)>) {
    let companies =
        company::Entity::find().order_by_asc(company::Column::Id).all(&site.app.db).await.unwrap();
    let cases = consultation::Entity::find().all(&site.app.db).await.unwrap();
    (companies, cases.into_iter().map(|it| (it.id, (it.company_id, it.own_company_id))).collect())
}

/// Undoing every merge in the reverse order restores the world before, whatever happened; and each undoing restores the
/// world before its merge if nothing happened since.
#[actix_web::test]
async fn undone_merges_restore_exactly_what_was() {
    let (site, cast) = center().await;
    let (app, by) = (&site.app, cast.coordinator);
    let mut seed = 7_u64;
    let mut dice = move |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % n
    };
    let mut companies = Vec::new();
    for n in 0..8_usize {
        let own = (n % 3 != 0).then_some(n as u64);
        let case = taken(&site, &cast, &form(&format!("企業{n}"), own, &format!("{n}@example.co.jp"))).await;
        companies.push(company_of(&site, case).await);
        if own.is_some() {
            taken(&site, &cast, &form(&format!("企業{n}"), own, &format!("{n}@example.co.jp"))).await;
        }
    }
    let before = world(&site).await;
    let mut merges: Vec<Uuid> = Vec::new();
    for round in 0..60 {
        if dice(3) > 0 {
            let (kept, absorbed) = (companies[dice(8)], companies[dice(8)]);
            let side = |n| if n == 0 { KeptSide::Kept } else { KeptSide::Absorbed };
            let choice = CompanyChoice { name: side(dice(2)) };
            let earlier = world(&site).await;
            match ops::intake::company_merge::merge(app, kept, absorbed, choice, &reason(), by).await {
                Ok(()) => {
                    let id = company_merge::into(&app.db, kept).await.unwrap()[0].id;
                    if dice(4) == 0 {
                        ops::intake::company_merge::undo(app, id, by).await.unwrap();
                        assert_eq!(world(&site).await, earlier, "round {round}");
                    } else {
                        merges.push(id);
                    }
                }
                Err(Problem::Refused(_) | Problem::Stale) => assert_eq!(world(&site).await, earlier),
                Err(other) => panic!("{other}"),
            }
        } else if !merges.is_empty() {
            let at = dice(merges.len());
            let earlier = world(&site).await;
            match ops::intake::company_merge::undo(app, merges[at], by).await {
                Ok(()) => drop(merges.remove(at)),
                Err(Problem::Refused(_)) => assert_eq!(world(&site).await, earlier),
                Err(other) => panic!("{other}"),
            }
        }
        sound(&site).await;
    }
    while let Some(id) = merges.pop() {
        ops::intake::company_merge::undo(app, id, by).await.unwrap();
    }
    assert_eq!(world(&site).await, before);
    sound(&site).await;
}

#[actix_web::test]
async fn caps_and_statistics_count_the_merged_company_once() {
    let (site, cast) = center().await;
    let first = cases::consulted(&site, &cast, CONTACT).await;
    let second = taken(&site, &cast, &form("みなと", Some(1), "a@minato.example.co.jp")).await;
    let year = FiscalYear::new(2026).unwrap();
    let filter = store::statistics::StatisticsFilter { year, field: None, prefecture: None };
    let used = async |case: Case| {
        let record = cases::record(&site, case).await;
        store::intake::company::appointments_in(&site.app.db, &record, year).await.unwrap()
    };
    assert_eq!((used(first).await, used(second).await), (1, 0));
    assert_eq!(store::statistics::of(&site.app.db, &filter).await.unwrap().companies, 2);
    let (kept, absorbed) = (company_of(&site, first).await, company_of(&site, second).await);
    let choice = CompanyChoice::default();
    ops::intake::company_merge::merge(&site.app, kept, absorbed, choice, &reason(), cast.coordinator)
        .await
        .unwrap();
    assert_eq!((used(first).await, used(second).await), (1, 1));
    assert_eq!(store::statistics::of(&site.app.db, &filter).await.unwrap().companies, 1);
    let advised = store::routing::expert::advised(&site.app.db, kept).await.unwrap();
    assert!(advised.contains(&cast.expert), "the expert knows the company");
    sound(&site).await;
}

#[actix_web::test]
async fn a_number_that_another_company_has_is_marked_until_the_center_has_confirmed_it() {
    let (site, cast) = center().await;
    let owner = taken(&site, &cast, &form("みなと", Some(1), CONTACT)).await;
    ops::consultation::confirm_address(&site.app, owner.id, Actor::Company).await.unwrap();
    assert!(!cases::record(&site, owner).await.number_unconfirmed, "the center has written it down");
    let stranger = applied(&site, &form("別の会社", Some(1), "stranger@example.com")).await;
    let marked = cases::record(&site, stranger).await;
    assert!(marked.number_unconfirmed);
    assert_eq!(marked.company, company_of(&site, owner).await);
    let page = site.get(&at(stranger.number, "")).await;
    page.shows("法人番号が未確認です");
    // Its appointments do not use up the cap of the company that has the number.
    site.app.clock.advance(chrono::TimeDelta::seconds(1));
    ops::consultation::confirm_address(&site.app, stranger.id, cast.center()).await.unwrap();
    assert!(cases::record(&site, stranger).await.number_unconfirmed, "a stranger's address proves nothing");
    let version = cases::record(&site, stranger).await.version;
    ops::routing::assignment::request(&site.app, stranger.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    let request = store::routing::assignment::of(&site.app.db, stranger.id).await.unwrap().pop().unwrap();
    ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
    let slot = cases::free_slots(&site, stranger).await[0];
    ops::booking::appointment::choose_slot(&site.app, stranger.id, Actor::Company, slot).await.unwrap();
    let year = FiscalYear::new(2026).unwrap();
    let used = async |case: Case| {
        let record = cases::record(&site, case).await;
        store::intake::company::appointments_in(&site.app.db, &record, year).await.unwrap()
    };
    assert_eq!((used(owner).await, used(stranger).await), (0, 1));

    // The company itself is known by its confirmed address.
    let own = applied(&site, &form("みなと", Some(1), CONTACT)).await;
    assert!(cases::record(&site, own).await.number_unconfirmed);
    ops::consultation::confirm_address(&site.app, own.id, Actor::Company).await.unwrap();
    assert!(!cases::record(&site, own).await.number_unconfirmed);

    let decide = async |case: Case, action: &str| {
        site.post(&at(case.number, "/corporate-number"), &[("action", action)]).await
    };
    done(&decide(stranger, "confirm").await);
    assert_eq!(used(owner).await, 1);
    let other = applied(&site, &form("三番目", Some(1), "third@example.com")).await;
    done(&decide(other, "separate").await);
    assert_ne!(company_of(&site, other).await, company_of(&site, owner).await);
    assert!(!cases::record(&site, other).await.number_unconfirmed);
    assert_eq!(decide(other, "separate").await.status, 409, "it is decided");
    sound(&site).await;
}

/// Fifty cases each; the limit is for a release build, in which this takes a few milliseconds.
#[actix_web::test]
async fn two_companies_with_many_cases_are_merged_in_a_moment() {
    let (site, cast) = center().await;
    let mut ids: Vec<ConsultationId> = Vec::new();
    for (n, name) in [(1, "一"), (2, "二")] {
        for _ in 0..50 {
            let form = form(name, Some(n), CONTACT);
            let application = Application::parse(&form, Intake::OnBehalf).unwrap();
            let by = cast.center();
            let taken = ops::intake::apply::take_down(&site.app, &application, by, Uuid::new_v4(), false);
            ids.push(taken.await.unwrap().consultation.id);
        }
    }
    let company = async |id| store::consultation::find(&site.app.db, id).await.unwrap().unwrap().company;
    let (kept, absorbed) = (company(ids[0]).await, company(ids[99]).await);
    let begun = Instant::now();
    let choice = CompanyChoice::default();
    ops::intake::company_merge::merge(&site.app, kept, absorbed, choice, &reason(), cast.coordinator)
        .await
        .unwrap();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(company_merge::cases(&site.app.db, kept).await.unwrap(), 100);
}
