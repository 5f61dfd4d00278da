//! Taking corrections back: the reason, the question whether experts and time fit, and what stands in the way.
use domain::consultation::correction::{CorrectedField, CorrectionSection};
use madoguchi::store;

use super::{at, center, correct, done, is_sound, last, undo, values};
use crate::cases::{self, CONTACT, Case, record};
use crate::site::{Reply, Site};

fn page_of(case: Case, seq: i32) -> String {
    at(case.number, &format!("/corrections/{seq}/undo"))
}

async fn undo_with(site: &Site, case: Case, seq: i32, form: &[(&str, &str)]) -> Reply {
    let version = record(site, case).await.version.to_string();
    let mut form = form.to_vec();
    form.push(("version", &version));
    site.post(&page_of(case, seq), &form).await
}

#[actix_web::test]
async fn the_page_shows_the_correction_and_keeps_the_reason() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    done(&correct(&site, case, CorrectionSection::Contact, &[("contact_name", "鈴木 一")]).await);
    let seq = last(&site, case).await;
    site.get(&at(case.number, "?view=history")).await.shows(&page_of(case, seq));
    let page = site.get(&page_of(case, seq)).await;
    assert_eq!(page.status, 200);
    page.shows("<del>田中 一郎</del> → <ins>鈴木 一</ins>");
    page.shows("訂正を取り消す");
    let long = "あ".repeat(201);
    let wrong = undo_with(&site, case, seq, &[("reason", &long)]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows(&long);
    done(&undo_with(&site, case, seq, &[("reason", "聞き間違い")]).await);
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("「担当者の氏名」の訂正を取り消しました");
    history.shows("理由：聞き間違い");
    let unknown = site.get(&page_of(case, 99)).await;
    assert_eq!(unknown.status, 409);
    unknown.shows("取り消す訂正が見つかりません。");
    is_sound(&site).await;
}

#[actix_web::test]
async fn an_obstacle_to_undoing_is_shown_with_a_link() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let section = CorrectionSection::Contact;
    done(&correct(&site, case, section, &[("contact_name", "鈴木 一")]).await);
    let first = last(&site, case).await;
    done(&correct(&site, case, section, &[("contact_name", "鈴木 二")]).await);
    let second = last(&site, case).await;
    let page = site.get(&page_of(case, first)).await;
    page.shows("先に取り消す訂正");
    page.shows("<ins>鈴木 二</ins>");
    page.shows(&page_of(case, second));
    assert!(!page.body.contains("取消しの理由"), "there is nothing to submit");
    assert_eq!(undo(&site, case, first).await.status, 409);
    done(&undo(&site, case, second).await);
    assert!(!site.get(&page_of(case, first)).await.body.contains("先に取り消す訂正"));

    // A company that another consultation has come to, and an expert who was asked for the added field.
    let number = [("corporate_number", "7000012050002")];
    done(&correct(&site, case, CorrectionSection::Company, &number).await);
    let numbered = last(&site, case).await;
    let other = cases::received(&site, &cast, "other@example.co.jp").await;
    done(&correct(&site, other, CorrectionSection::Company, &number).await);
    site.get(&page_of(case, numbered)).await.shows(&at(other.number, "/correct/company#corporate_number"));
}

/// Taking a correction back is a correction: it asks the same question.
#[actix_web::test]
async fn undoing_asks_whether_experts_and_time_still_fit() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let (section, visit) = (CorrectionSection::Request, [("mode", "visit")]);
    done(&correct(&site, case, section, &visit).await);
    let seq = last(&site, case).await;
    let version = record(&site, case).await.version;
    let experts = [cast.expert];
    madoguchi::ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &experts)
        .await
        .unwrap();
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().remove(0);
    madoguchi::ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
    let slot = cases::free_slots(&site, case).await[8];
    let by = domain::actor::Actor::Company;
    madoguchi::ops::booking::appointment::choose_slot(&site.app, case.id, by, slot).await.unwrap();
    site.get(&page_of(case, seq)).await.shows("実施方法が訪問のままです。");
    let reply = undo_with(&site, case, seq, &[("reason", "来所に変更")]).await;
    assert_eq!(reply.status, 409);
    reply.shows("まだ取り消していません。");
    reply.shows("実施方法が訪問のままです。");
    reply.shows(r#"name="fit" value="seen""#);
    reply.shows("来所に変更");
    assert_eq!(values(&site, case).await.get(CorrectedField::Mode), "visit");
    done(&undo_with(&site, case, seq, &[("fit", "seen")]).await);
    assert_eq!(values(&site, case).await.get(CorrectedField::Mode), "online");
    is_sound(&site).await;
}
