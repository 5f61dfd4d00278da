//! The worklist: whose turn it is, searching, paging, and the cost of its queries.
use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::actor::Role;
use madoguchi::{
    ops,
    store::worklist::{
        InCharge, PageStart, WorklistCursor, WorklistFilter, WorklistTab, count_statement, statement,
    },
};
use sea_orm::{ConnectionTrait, DbBackend, Statement, sea_query::SelectStatement};
use uuid::Uuid;

use super::{act, center, done};
use crate::{
    cases::{self, CONTACT, received, scheduling},
    site::{PASSWORD, Site},
};

#[actix_web::test]
async fn every_case_is_in_the_list_of_whose_turn_it_is() {
    let (site, cast) = center().await;
    let ours = cases::unconfirmed(&site, &cast, &cases::form("a@example.co.jp")).await;
    let theirs = scheduling(&site, &cast, CONTACT).await;
    let over = received(&site, &cast, "c@example.co.jp").await;
    done(&act(&site, over, "/withdraw", &[("reason", "自社で解決した")]).await);
    for (path, shown) in [("/staff", ours), ("/staff?tab=company", theirs), ("/staff?tab=ended", over)] {
        let page = site.get(path).await;
        for case in [ours, theirs, over] {
            assert_eq!(page.body.contains(&case.number.to_string()), case.number == shown.number, "{path}");
        }
    }
    let page = site.get("/staff").await;
    page.shows("対応が必要（1）");
    page.shows("企業待ち（1）");
    page.shows("aria-sort=\"ascending\"");
    page.shows("連絡先未確認");
    let all = site.get("/staff/consultations").await;
    for case in [ours, theirs, over] {
        all.shows(&case.number.to_string());
    }
    assert_eq!(site.get("/staff?tab=all").await.location.as_deref(), Some("/staff/consultations"));
    site.get("/staff?tab=expert").await.shows("「専門家待ち」の案件はありません。");

    site.app.clock.advance(TimeDelta::days(7));
    site.sign_in("center@example.jp", PASSWORD).await;
    let late = site.get("/staff?overdue=1").await;
    late.shows("超過 11/26（木）");
    assert!(site.get("/staff?mine=1").await.body.contains("この条件に当てはまる相談はありません。"));
    done(&act(&site, ours, "/start-check", &[]).await);
    site.get("/staff?mine=1&field=ict&prefecture=13").await.shows(&ours.number.to_string());
    for none in ["/staff?mine=1&field=labor", "/staff?prefecture=27"] {
        site.get(none).await.shows("この条件に当てはまる相談はありません。");
    }
    site.get("/staff?tab=nonsense&field=x&prefecture=99&after=rubbish").await.shows(&ours.number.to_string());
}

#[actix_web::test]
async fn a_case_is_found_by_name_reading_and_number_in_any_width() {
    let (site, cast) = center().await;
    let mut form = cases::form(CONTACT);
    form.company_name = "株式会社　サンプル商事㈱".to_owned();
    form.company_kana = "サンプルショウジ".to_owned();
    form.corporate_number = "1234567890123".to_owned();
    form.corporate_number = domain::intake::company::CorporateNumber::from_base(700_110_005_901).to_string();
    let case = cases::unconfirmed(&site, &cast, &form).await;
    let other = cases::unconfirmed(&site, &cast, &cases::form("b@example.co.jp")).await;
    let corporate = form.corporate_number.clone();
    let wide: String =
        corporate.chars().filter_map(|it| char::from_u32(u32::from(it) - 0x30 + 0xFF10)).collect();
    for query in ["サンプル商事", "ｻﾝﾌﾟﾙ", "さんぷる", "サンプル 商事", corporate.as_str(), wide.as_str()]
    {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let page = site.get(&format!("/staff/consultations?q={query}")).await;
        page.shows(&case.number.to_string());
        assert!(!page.body.contains(&other.number.to_string()), "{query}");
    }
    for query in ["R08-000001", "r08-1", "Ｒ０８－０００００１", "Ｒ08ー000001"] {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let reply = site.get(&format!("/staff/consultations?q={query}")).await;
        assert_eq!(reply.location, Some(super::at(case.number, "")), "{query}");
    }
    site.get("/staff/consultations?q=R08-000999").await.shows("受付番号 R08-000999 の相談案件はありません");
    for nothing in ["%25", "_", "%5C", "%22%3E%3Cscript%3E"] {
        let page = site.get(&format!("/staff/consultations?q={nothing}")).await;
        page.shows("この条件に当てはまる相談はありません。");
        assert!(!page.body.contains("<script>"));
    }
}

#[actix_web::test]
async fn pages_follow_each_other_without_gaps_forward_and_back() {
    let (site, cast) = center().await;
    for n in 0..125 {
        // Some share their deadline to the microsecond, some do not.
        if n % 3 == 0 {
            site.app.clock.advance(TimeDelta::minutes(30));
        }
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    site.sign_in("center@example.jp", PASSWORD).await;
    for start in ["/staff", "/staff/consultations"] {
        let mut pages = Vec::new();
        let mut next = Some(start.to_owned());
        while let Some(path) = next {
            let body = site.get(&path).await.body;
            pages.push(numbers(&body));
            next = link(&body, "next");
            if next.is_none() {
                let back = link(&body, "prev").unwrap();
                assert_eq!(numbers(&site.get(&back).await.body), pages[1], "{start}");
            }
        }
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 25]);
        let all: BTreeSet<_> = pages.iter().flatten().collect();
        assert_eq!(all.len(), 125);
        let first = if start == "/staff" { "R08-000001" } else { "R08-000125" };
        assert_eq!(pages[0][0], first);
    }
}

/// Returns the numbers in the rows, in their order.
fn numbers(body: &str) -> Vec<String> {
    let rows = body.split("<th scope=\"row\">").skip(1);
    rows.map(|row| row.split_once("\">").unwrap().1.split('<').next().unwrap().to_owned()).collect()
}

fn link(body: &str, rel: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("rel=\"{rel}\" href=\""))?;
    Some(rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"))
}

/// Every page is read along the index: no query sorts, and none scans from the start.
#[actix_web::test]
async fn a_page_reads_along_one_index() {
    let site = Site::new().await;
    if site.app.db.get_database_backend() != DbBackend::Sqlite {
        return;
    }
    let now = site.app.clock.now();
    let cursor = PageStart::After(WorklistCursor { at: now, id: Uuid::nil() });
    for (tab, index) in [
        (WorklistTab::Center, "ix_consultation_turn_sort_at_id"),
        (WorklistTab::Company, "ix_consultation_turn_sort_at_id"),
        (WorklistTab::Expert, "ix_consultation_turn_sort_at_id"),
        (WorklistTab::Booked, "ix_consultation_turn_sort_at_id"),
        (WorklistTab::FollowUp, "ix_consultation_turn_sort_at_id"),
        (WorklistTab::Ended, "ix_consultation_turn_sort_at_id"),
        (WorklistTab::All, "ix_consultation_received_at_id"),
    ] {
        for from in [PageStart::Start, cursor] {
            let plan = plan(&site, tab, None, from).await;
            assert!(
                plan.iter().any(|it| it.contains("consultation USING INDEX") && it.contains(index)),
                "{tab:?} {plan:?}"
            );
            assert!(!plan.iter().any(|it| it.contains("TEMP B-TREE")), "{tab:?} {plan:?}");
        }
    }
}

/// With the statistics that the service keeps of its tables, the list of one coordinator, or of none, has an index of
/// its own.
#[actix_web::test]
async fn a_page_of_one_coordinator_reads_along_an_index_of_its_own() {
    let (site, cast) = center().await;
    if site.app.db.get_database_backend() != DbBackend::Sqlite {
        return;
    }
    for n in 0..48 {
        let case = received(&site, &cast, &format!("c{n}@example.co.jp")).await;
        if n % 2 == 0 {
            let to = cast.coordinator;
            ops::consultation::transfer::transfer(&site.app, case.id, None, to, to).await.unwrap();
        }
    }
    site.app.db.execute_unprepared("ANALYZE").await.unwrap();
    let cursor = PageStart::After(WorklistCursor { at: site.app.clock.now(), id: Uuid::nil() });
    for (tab, index) in [
        (WorklistTab::Center, "ix_consultation_turn_coordinator_id_sort_at_id"),
        (WorklistTab::Company, "ix_consultation_turn_coordinator_id_sort_at_id"),
        (WorklistTab::Ended, "ix_consultation_turn_coordinator_id_sort_at_id"),
        (WorklistTab::All, "ix_consultation_coordinator_id_received_at_id"),
    ] {
        for in_charge in [InCharge::Coordinator(cast.coordinator), InCharge::Nobody] {
            for from in [PageStart::Start, cursor] {
                let plan = plan(&site, tab, Some(in_charge), from).await;
                assert!(plan.iter().any(|it| it.contains(index)), "{tab:?} {in_charge:?} {plan:?}");
                assert!(!plan.iter().any(|it| it.contains("TEMP B-TREE")), "{tab:?} {in_charge:?} {plan:?}");
            }
        }
    }
}

/// Thousands of consultations are counted, so the counts read no row.
#[actix_web::test]
async fn the_counts_read_indexes_alone() {
    let site = Site::new().await;
    if site.app.db.get_database_backend() != DbBackend::Sqlite {
        return;
    }
    let plan = explained(&site, &count_statement(None, site.app.clock.now())).await;
    let found: Vec<_> = plan.iter().filter(|it| it.contains("ix_consultation_turn_sort_at_id")).collect();
    assert!(found.len() >= 4, "{plan:?}");
    assert!(found.iter().all(|it| it.contains("COVERING INDEX")), "{found:?}");
    let reports = plan.iter().find(|it| it.contains("report USING"));
    assert!(reports.is_some_and(|it| it.contains("COVERING INDEX")), "{plan:?}");
    assert!(!plan.iter().any(|it| it.contains("appointment")), "{plan:?}");
    for small in ["ix_consultation_report_by_center", "ix_consultation_report_due_ended"] {
        assert!(plan.iter().any(|it| it.contains(small)), "{small} {plan:?}");
    }
}

async fn plan(site: &Site, tab: WorklistTab, in_charge: Option<InCharge>, from: PageStart) -> Vec<String> {
    let filter = WorklistFilter { in_charge, ..WorklistFilter::default() };
    explained(site, &statement(tab, &filter, from, site.app.clock.now())).await
}

async fn explained(site: &Site, statement: &SelectStatement) -> Vec<String> {
    let built = site.app.db.get_database_backend().build(statement);
    let explain = format!("EXPLAIN QUERY PLAN {}", built.sql);
    let values = built.values.unwrap();
    let explain = Statement::from_sql_and_values(DbBackend::Sqlite, explain, values);
    let rows = site.app.db.query_all_raw(explain).await.unwrap();
    rows.iter().map(|it| it.try_get("", "detail").unwrap()).collect()
}

#[actix_web::test]
async fn the_centers_pages_are_for_coordinators() {
    for role in [Role::Expert, Role::Observer, Role::Editor, Role::Administrator] {
        let site = Site::signed_in(role).await;
        for path in [
            "/staff",
            "/staff/consultations",
            "/staff/consultations/R08-000001",
            "/staff/new",
            "/staff/schedule",
            "/staff/mail",
        ] {
            assert_eq!(site.get(path).await.status, 403, "{role:?} {path}");
        }
    }
    let site = Site::new().await;
    assert_eq!(site.get("/staff").await.location.as_deref(), Some("/staff/sign-in?next=%2Fstaff"));
}

#[actix_web::test]
async fn the_week_shows_the_appointments_of_all_experts() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let starts_at = cases::appointment(&site, case).await.starts_at;
    let week = domain::wording::iso_date(starts_at);
    let page = site.get(&format!("/staff/schedule?week={week}")).await;
    page.shows(&case.number.to_string());
    page.shows("山田 太郎");
    page.shows("勤労感謝の日");
    let mine = site.get(&format!("/staff/schedule?week={week}&expert={}", cast.expert)).await;
    mine.shows(&case.number.to_string());
    let none = site.get(&format!("/staff/schedule?week={week}&expert={}", Uuid::nil())).await;
    assert!(!none.body.contains(&case.number.to_string()));
    site.get("/staff/schedule?week=rubbish&expert=x").await.shows("（今週）");
    site.get("/staff/schedule?week=2027-06-02").await.shows("予定はありません。");
}
