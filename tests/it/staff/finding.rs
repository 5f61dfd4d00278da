//! The worklist by coordinator, and what the search finds.
use domain::{actor::Role, consultation::correction::CorrectionSection};
use madoguchi::ops;

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case},
    site::{PASSWORD, Reply, Site},
};

async fn search(site: &Site, typed: &str) -> Reply {
    let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
    site.get(&format!("/staff/consultations?q={query}")).await
}

#[actix_web::test]
async fn the_list_of_one_coordinator_or_of_nobody_has_its_own_counts_and_stays_in_the_address() {
    let (site, cast) = center().await;
    let other = site.account(Role::Coordinator, "other@example.jp").await.id;
    let mine = cases::received(&site, &cast, CONTACT).await;
    let theirs = cases::received(&site, &cast, "b@example.co.jp").await;
    let free = cases::received(&site, &cast, "c@example.co.jp").await;
    let late = cases::scheduling(&site, &cast, "d@example.co.jp").await;
    for (case, to) in [(mine, cast.coordinator), (theirs, other), (late, other)] {
        ops::consultation::transfer::transfer(&site.app, case.id, None, cast.coordinator, to).await.unwrap();
    }
    let all = [mine, theirs, free];
    let shown = |page: &Reply| all.map(|it: Case| page.body.contains(&it.number.to_string()));
    let page = site.get("/staff?coordinator=me").await;
    assert_eq!(shown(&page), [true, false, false]);
    page.shows("対応が必要（1）");
    page.shows("企業待ち（0）");
    page.shows("href=\"/staff?tab=company&#38;coordinator=me\"");
    let page = site.get("/staff?coordinator=none").await;
    assert_eq!(shown(&page), [false, false, true]);
    page.shows("<option value=\"none\" selected>");
    let path = format!("/staff?coordinator={other}");
    let page = site.get(&path).await;
    assert_eq!(shown(&page), [false, true, false]);
    page.shows("対応が必要（1）");
    page.shows("企業待ち（1）");
    page.shows(&format!("<option value=\"{other}\" selected>"));
    page.shows("担当 鈴木 花子");
    let everybody = site.get("/staff").await;
    assert_eq!(shown(&everybody), [true, true, true]);
    everybody.shows("対応が必要（3）");
    assert_eq!(shown(&site.get("/staff?mine=1").await), [true, false, false], "an earlier address");
    assert_eq!(site.get("/staff?coordinator=rubbish").await.status, 200);
}

#[actix_web::test]
async fn a_case_is_found_by_telephone_in_any_form_and_by_what_it_was_called_before() {
    let (site, cast) = center().await;
    let mut form = cases::form(CONTACT);
    form.phone = "045-123-4567".to_owned();
    let case = cases::unconfirmed(&site, &cast, &form).await;
    let other = cases::unconfirmed(&site, &cast, &cases::form("b@example.co.jp")).await;
    let finds = |page: &Reply| page.body.contains(&case.number.to_string());
    for typed in [
        "045-123-4567",
        "0451234567",
        "０４５−１２３−４５６７",
        "(045) 123-4567",
        "+81-45-123-4567",
        "123-4567",
    ] {
        let page = search(&site, typed).await;
        assert!(finds(&page), "{typed}");
        assert!(!page.body.contains(&other.number.to_string()), "{typed}");
    }
    let typed = [("contact_name", "鈴木　次郎")];
    done(&super::super::correcting::correct(&site, case, CorrectionSection::Contact, &typed).await);
    let typed = [("company_name", "合同会社ことぶき")];
    done(&super::super::correcting::correct(&site, case, CorrectionSection::Company, &typed).await);
    for typed in ["鈴木次郎", "鈴木 次郎", "ことぶき", "合同会社ことぶき"] {
        assert!(finds(&search(&site, typed).await), "{typed}");
    }
    // What it was called before; the other case is still called so.
    for typed in ["田中一郎", "田中　一郎", "みなと製作所", "株式会社みなと製作所", "タナカイチロウ"]
    {
        let page = search(&site, typed).await;
        assert!(finds(&page) && page.body.contains(&other.number.to_string()), "{typed}");
    }
    assert!(!finds(&search(&site, "どこにもない").await));
}

#[actix_web::test]
async fn a_substitute_who_is_asked_stands_in_the_next_step() {
    let (site, cast) = center().await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", domain::field::Fields::Both).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    assert!(!site.get(&at(case.number, "")).await.body.contains("代わりの担当を依頼しています"));
    let assignment =
        madoguchi::store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    let form = [("action", "ask"), ("expert", &*sato.to_string()), ("reason", "長期の出張")];
    done(&act(&site, case, &format!("/experts/{}", assignment.id), &form).await);
    site.get(&at(case.number, "")).await.shows("佐藤 次郎さんに、代わりの担当を依頼しています。");
}

#[actix_web::test]
async fn the_reminders_of_a_moved_appointment_are_not_planned_any_more() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let planned = async || {
        let mails = cases::mails_to(&site, CONTACT).await;
        mails.iter().filter(|it| it.kind == "reminder" && it.state.code() == "waiting").count()
    };
    assert_eq!(planned().await, 1);
    let slot = *cases::free_slots(&site, case).await.last().unwrap();
    ops::booking::appointment::reschedule(&site.app, case.id, cast.center(), slot).await.unwrap();
    assert_eq!(planned().await, 1, "that of the new time alone");
    ops::booking::appointment::cancel(&site.app, case.id, cast.center(), "都合".to_owned()).await.unwrap();
    assert_eq!(planned().await, 0);
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}
