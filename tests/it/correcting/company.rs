//! The company's own corrections, its application as it was sent, and the company that a corporate number names.
use domain::consultation::correction::{CorrectedField, CorrectionSection};
use madoguchi::store;

use super::{at, center, correct, done, is_sound, last, undo, values};
use crate::{
    cases::{self, CONTACT, record},
    company::{my, sign_in},
    site::PASSWORD,
};

const NUMBER: &str = "7000012050002";

#[actix_web::test]
async fn a_company_corrects_its_own_data_and_sees_what_was_sent() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = site.visitor();
    sign_in(&company, CONTACT).await;
    company.get(&my(case, "")).await.shows("/application");
    let before = company.get(&my(case, "/application")).await;
    before.shows("訂正はありません。");
    before.shows("03-0000-0000");
    let form = company.get(&my(case, "/correct/request")).await;
    assert!(!form.body.contains(r#"name="mode""#), "the choice of experts is the center's");
    let typed = [("was_participants", ""), ("participants", "社長"), ("mode", "visit"), ("field", "labor")];
    done(&company.post(&my(case, "/correct/request"), &typed).await);
    done(&company.post(&my(case, "/correct/company"), &[("employees", "35")]).await);
    done(&company.post(&my(case, "/correct/contact"), &[("phone", "０４５（１２３）４５６７")]).await);
    let now = values(&site, case).await;
    assert_eq!(now.get(CorrectedField::Participants), "社長");
    assert_eq!(now.get(CorrectedField::Mode), "online");
    assert_eq!(now.get(CorrectedField::Fields), "ict");
    assert_eq!(now.get(CorrectedField::Phone), "045-123-4567");
    let wrong = company.post(&my(case, "/correct/company"), &[("employees", "多い")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("従業員数は、0以上の整数で入力してください");
    // Another person has corrected the value since the form was shown.
    done(&correct(&site, case, CorrectionSection::Company, &[("city", "千代田区"), ("fit", "seen")]).await);
    let late = company.post(&my(case, "/correct/company"), &[("was_city", "港区"), ("city", "中央区")]).await;
    assert_eq!(late.status, 409);
    late.shows("千代田区");
    late.shows(r#"value="中央区""#);
    let page = company.get(&my(case, "/application")).await;
    page.shows("28人");
    page.shows("<del>28人</del> → <ins>35人</ins>");
    page.shows("<del>03-0000-0000</del> → <ins>045-123-4567</ins>");
    page.shows("<del>港区</del> → <ins>千代田区</ins>");
    // A reason of the center stays there.
    done(
        &correct(&site, case, CorrectionSection::Company, &[("building", "別館"), ("reason", "秘密")]).await,
    );
    assert!(!company.get(&my(case, "/application")).await.body.contains("秘密"));
    is_sound(&site).await;
}

#[actix_web::test]
async fn a_corporate_number_leads_to_its_company_and_back() {
    let (site, cast) = center().await;
    let first = cases::received(&site, &cast, CONTACT).await;
    let own = record(&site, first).await.company;
    done(&correct(&site, first, CorrectionSection::Company, &[("corporate_number", NUMBER)]).await);
    assert_eq!(
        record(&site, first).await.company,
        own,
        "the company of this consultation alone gets the number"
    );
    let number = last(&site, first).await;
    let second = cases::received(&site, &cast, "second@example.co.jp").await;
    let other = record(&site, second).await.company;
    assert_ne!(other, own);
    done(&correct(&site, second, CorrectionSection::Company, &[("corporate_number", NUMBER)]).await);
    assert_eq!(record(&site, second).await.company, own);
    // The company is shared now, so that its number cannot be taken away.
    let shared = undo(&site, first, number).await;
    assert_eq!(shared.status, 409);
    shared.shows(&format!("ほかの相談（{}）があります", second.number));
    done(&undo(&site, second, last(&site, second).await).await);
    assert_eq!(record(&site, second).await.company, other);
    done(&undo(&site, first, number).await);
    assert!(store::intake::company::by_number(&site.app.db, NUMBER).await.unwrap().is_none());

    done(&correct(&site, first, CorrectionSection::Company, &[("corporate_number", NUMBER)]).await);
    let company = site.visitor();
    sign_in(&company, "second@example.co.jp").await;
    let typed = [("corporate_number", NUMBER)];
    let reply = company.post(&my(second, "/correct/company"), &typed).await;
    assert_eq!(reply.status, 409);
    reply.shows("この法人番号は、ほかの申込みで使われています");
    is_sound(&site).await;
}

#[actix_web::test]
async fn statistics_count_the_corrected_value() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let shown = |it: &'static str| format!("/stats?year=2026&prefecture={it}");
    // Another browser, which is told of nothing.
    let reader = site.visitor();
    assert_eq!(reader.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let (tokyo, okinawa) = (reader.get(&shown("13")).await.body, reader.get(&shown("47")).await.body);
    done(&correct(&site, case, CorrectionSection::Company, &[("prefecture", "47")]).await);
    assert_ne!(reader.get(&shown("13")).await.body, tokyo);
    assert_ne!(reader.get(&shown("47")).await.body, okinawa);
    done(&undo(&site, case, last(&site, case).await).await);
    assert_eq!(reader.get(&shown("13")).await.body, tokyo);
    assert_eq!(reader.get(&shown("47")).await.body, okinawa);
}

#[actix_web::test]
async fn a_missing_value_links_to_the_page_where_it_is_entered() {
    let (site, cast) = center().await;
    let form = domain::intake::application::ApplicationForm {
        prefecture: String::new(),
        industry: String::new(),
        mode: "visit".to_owned(),
        ..cases::form(CONTACT)
    };
    let case = cases::unconfirmed(&site, &cast, &form).await;
    done(&site.post(&at(case.number, "/confirm-address"), &[("version", "1")]).await);
    let page = site.get(&at(case.number, "?view=candidates")).await;
    for field in ["prefecture", "industry"] {
        let href = at(case.number, &format!("/correct/company#{field}"));
        page.shows(&href);
        let form = site.get(href.split('#').next().unwrap()).await;
        form.shows(&format!(r#"id="{field}""#));
    }
    done(&correct(&site, case, CorrectionSection::Company, &[("prefecture", "13"), ("industry", "E")]).await);
    let page = site.get(&at(case.number, "?view=candidates")).await;
    assert!(!page.body.contains("未登録"), "{}", page.body);
}
