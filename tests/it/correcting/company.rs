//! The company's own corrections, its application as it was sent, and the company that a corporate number names.
use domain::consultation::correction::{CorrectedField, CorrectionSection};
use entity::conflict_of_interest;
use madoguchi::{ops, store};
use sea_orm::{EntityTrait, IntoActiveModel};

use super::{at, center, correct, done, is_sound, last, undo, values};
use crate::{
    cases::{self, CONTACT, Case, Cast, record},
    company::{my, sign_in},
    pdf_readers,
    site::{PASSWORD, Site},
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
    let typed = [("employees", "35"), ("reason", "採用したため")];
    done(&company.post(&my(case, "/correct/company"), &typed).await);
    site.get(&at(case.number, "?view=history")).await.shows("理由：採用したため");
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
    let saved = company.get(&my(case, "/application.pdf")).await;
    assert_eq!((saved.status, saved.header("content-type")), (200, Some("application/pdf")));
    let document = pdf_readers::text_of(&company.send_bytes(&my(case, "/application.pdf")).await);
    for shown in
        ["申込みの内容", &case.number.to_string(), "そのあとの訂正", "03-0000-0000", "訂正後：045-123-4567"]
    {
        assert!(document.contains(shown), "{shown}: {document}");
    }
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

    // The way by which a request came in is counted from its own column.
    done(&correct(&site, case, CorrectionSection::Request, &[("origin", "mail")]).await);
    assert_eq!(cases::record(&site, case).await.origin, codes::Origin::Mail);
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("「受付の方法」を訂正しました");
    history.shows("<del>電話</del> → <ins>メール</ins>");
    done(&undo(&site, case, last(&site, case).await).await);
    assert_eq!(cases::record(&site, case).await.origin, codes::Origin::Phone);
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

/// The third thing that the center is asked to confirm is the company itself, where an expert has conflicts of interest.
#[actix_web::test]
async fn cautions_lead_to_where_the_value_is_entered_also_on_the_plan_and_from_the_next_step() {
    let (site, cast) = center().await;
    let other = cases::received(&site, &cast, "client@example.co.jp").await;
    let known = conflict_of_interest::Model {
        expert_id: cast.expert.0,
        company_id: record(&site, other).await.company.0,
        reason: "顧問先".to_owned(),
    };
    let tx = site.app.begin().await.unwrap();
    conflict_of_interest::Entity::insert(known.into_active_model())
        .exec_without_returning(&tx)
        .await
        .unwrap();
    store::reference::revision::touch(&tx, store::reference::revision::RevisedPart::Experts).await.unwrap();
    tx.commit().await.unwrap();
    let case = cases::unconfirmed(&site, &cast, &cases::form(CONTACT)).await;
    site.get(&at(case.number, "")).await.shows("連絡先を訂正する<span class=\"vh\">（次にすること）");
    done(&site.post(&at(case.number, "/confirm-address"), &[("version", "1")]).await);
    let href = at(case.number, "/correct/company#corporate_number");
    let page = site.get(&at(case.number, "?view=candidates")).await;
    page.shows("利益相反がないか確認してください");
    page.shows(&href);
    site.get("/staff/plan").await.shows(&href);
    site.get(href.split('#').next().unwrap()).await.shows(r#"id="corporate_number""#);
    done(&correct(&site, case, CorrectionSection::Company, &[("corporate_number", NUMBER)]).await);
    let page = site.get(&at(case.number, "?view=candidates")).await;
    assert!(!page.body.contains("利益相反がないか確認してください"));

    // 「分野を確認し」 leads to the field.
    let version = record(&site, case).await.version.to_string();
    done(&site.post(&at(case.number, "/start-check"), &[("version", &version)]).await);
    let page = site.get(&at(case.number, "")).await;
    page.shows("分野を確認し");
    page.shows(&at(case.number, "/correct/request#field"));
    site.get(&at(case.number, "/correct/request")).await.shows(r#"id="field""#);
}

/// Makes consultations of one company, which the corporate number names.
async fn of_one_company(site: &Site, cast: &Cast, addresses: &[&str]) -> Vec<Case> {
    let mut all = Vec::new();
    for address in addresses {
        site.app.clock.advance(chrono::TimeDelta::minutes(1));
        let form = domain::intake::application::ApplicationForm {
            corporate_number: NUMBER.to_owned(),
            ..cases::form(address)
        };
        let case = cases::unconfirmed(site, cast, &form).await;
        ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
        all.push(case);
    }
    all
}

/// Each consultation keeps what it was applied for with, unless the center carries a correction over. Then every
/// history says so, and each correction can be taken back alone.
#[actix_web::test]
async fn the_data_of_a_shared_company_are_corrected_in_one_consultation_or_in_all() {
    let (site, cast) = center().await;
    let addresses = ["a@example.co.jp", "b@example.co.jp", "c@example.co.jp", "d@example.co.jp"];
    let all = of_one_company(&site, &cast, &addresses).await;
    let [first, second, third, ended] = all[..] else { panic!("{all:?}") };
    let (name, city) = (CorrectedField::CompanyName, CorrectedField::City);
    let section = CorrectionSection::Company;
    let version = record(&site, ended).await.version.to_string();
    let form = [("reason", "都合により"), ("version", &*version)];
    done(&site.post(&at(ended.number, "/withdraw"), &form).await);

    done(&correct(&site, third, section, &[("city", "中央区")]).await);
    let page = site.get(&at(first.number, "/correct/company")).await;
    page.shows("同じ企業のほかの相談も訂正する");
    page.shows(&format!("{}（受付済み）、{}（受付済み）", second.number, third.number));
    assert!(!page.body.contains(&ended.number.to_string()), "an ended consultation keeps its data");

    let alone = [("company_name", "株式会社みなと工業")];
    done(&correct(&site, first, section, &alone).await);
    assert_eq!(values(&site, second).await.get(name), "株式会社みなと製作所");
    assert_eq!(company_name(&site, first).await, "株式会社みなと製作所", "the latest one names the company");

    let typed =
        [("city", "千代田区"), ("corporate_number", "6000012050003"), ("others", "1"), ("reason", "移転")];
    done(&correct(&site, second, section, &typed).await);
    let page = site.get(&at(second.number, "")).await;
    page.shows(&format!("{}も訂正しました。", first.number));
    for (case, expected) in [(first, "千代田区"), (second, "千代田区"), (third, "中央区"), (ended, "港区")]
    {
        assert_eq!(values(&site, case).await.get(city), expected, "{}", case.number);
    }
    // The number decides to which company a consultation belongs.
    assert_eq!(values(&site, first).await.get(CorrectedField::CorporateNumber), NUMBER);
    assert_ne!(record(&site, first).await.company, record(&site, second).await.company);
    let history = site.get(&at(first.number, "?view=history")).await;
    history.shows("<del>港区</del> → <ins>千代田区</ins>");
    history.shows(&format!("理由：移転（{}の訂正にあわせて）", second.number));
    done(&undo(&site, first, last(&site, first).await).await);
    assert_eq!(values(&site, first).await.get(city), "港区");
    assert_eq!(values(&site, second).await.get(city), "千代田区");

    // The latest consultation names the company, by which possible duplicates are found.
    done(&correct(&site, ended, section, &[("company_name", "株式会社みなと商会")]).await);
    assert_eq!(company_name(&site, first).await, "株式会社みなと商会");
    is_sound(&site).await;
}

async fn company_name(site: &Site, case: Case) -> String {
    let id = record(site, case).await.company.0;
    entity::company::Entity::find_by_id(id).one(&site.app.db).await.unwrap().unwrap().name
}

/// A correction is not carried over to a consultation whose experts or time would not fit any more.
#[actix_web::test]
async fn a_correction_is_not_carried_over_where_it_would_not_fit() {
    let (site, cast) = center().await;
    let all = of_one_company(&site, &cast, &["a@example.co.jp", "b@example.co.jp"]).await;
    let (first, second) = (all[0], all[1]);
    done(&correct(&site, second, CorrectionSection::Request, &[("mode", "visit")]).await);
    let version = record(&site, second).await.version;
    ops::routing::assignment::request(&site.app, second.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    let typed = [("prefecture", "47"), ("others", "1")];
    done(&correct(&site, first, CorrectionSection::Company, &typed).await);
    site.get(&at(first.number, "")).await.shows(&format!("{}は、担当の専門家や日時が", second.number));
    assert_eq!(values(&site, first).await.get(CorrectedField::Prefecture), "47");
    assert_eq!(values(&site, second).await.get(CorrectedField::Prefecture), "13");
    is_sound(&site).await;
}
