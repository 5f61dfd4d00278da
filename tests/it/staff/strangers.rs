//! Merging companies or cases that agree in nothing, and what is no evidence.
use domain::intake::{application::ApplicationForm, company::CorporateNumber};
use madoguchi::{doctor, store};

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT},
    site::Site,
};

fn stranger(name: &str, email: &str, phone: &str) -> ApplicationForm {
    ApplicationForm {
        company_name: name.to_owned(),
        company_kana: String::new(),
        city: format!("{name}市"),
        street: name.to_owned(),
        phone: phone.to_owned(),
        contact_name: format!("{name} 太郎"),
        ..cases::form(email)
    }
}

async fn sound(site: &Site) {
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn a_merge_of_strangers_is_confirmed_in_a_second_step_that_keeps_what_was_typed() {
    let (site, cast) = center().await;
    let first =
        cases::unconfirmed(&site, &cast, &stranger("あおば", "a@one.example.jp", "03-1111-1111")).await;
    let second =
        cases::unconfirmed(&site, &cast, &stranger("みどり", "b@two.example.jp", "03-2222-2222")).await;
    let with = second.number.to_string();
    let form = [("with", with.as_str()), ("name", "absorbed"), ("reason", "電話で確認")];
    let refused = site.post(&at(first.number, "/company-merge"), &form).await;
    assert_eq!(refused.status, 422);
    refused.shows("法人番号、メールアドレス、会社名、フリガナ、電話番号、所在地のどれも一致しません。");
    refused.shows("value=\"電話で確認\"");
    refused.shows("value=\"absorbed\" checked");
    let vouched = [form[0], form[1], form[2], ("vouched", "1")];
    done(&site.post(&at(first.number, "/company-merge"), &vouched).await);

    // As one company they agree in that.
    let version = cases::record(&site, second).await.version.to_string();
    let form = [("with", with.as_str()), ("with_version", &version), ("reason", "同じ相談")];
    done(&act(&site, first, "/merge", &form).await);
    sound(&site).await;
}

#[actix_web::test]
async fn the_address_of_another_case_is_taken_over_only_if_it_is_chosen() {
    let (site, cast) = center().await;
    let mut form = cases::form("");
    form.email = String::new();
    let kept = cases::unconfirmed(&site, &cast, &form).await;
    let other = cases::received(&site, &cast, CONTACT).await;
    let page = site.get(&at(kept.number, &format!("/merge?with={}", other.number))).await;
    let choice = page.body.split("name=\"mail_address\"").collect::<Vec<_>>();
    assert_eq!(choice.len(), 3, "{}", page.body);
    assert!(choice[1].split('>').next().unwrap().contains("value=\"kept\" checked"), "{}", choice[1]);
    assert!(!choice[2].split('>').next().unwrap().contains("checked"), "{}", choice[2]);
}

#[actix_web::test]
async fn a_domain_of_many_companies_is_no_evidence_and_says_so() {
    let (site, cast) = center().await;
    let mut cases = Vec::new();
    for n in 0..8 {
        let form =
            stranger(&format!("会社{n}号"), &format!("c{n}@group.example.jp"), &format!("03-3333-000{n}"));
        cases.push(cases::unconfirmed(&site, &cast, &form).await);
        let page = site.get(&at(cases[0].number, "?view=same-company")).await;
        if n < 5 {
            assert_eq!(page.body.matches("メールアドレスのドメインが一致").count(), n, "{n}");
        } else {
            page.shows(&format!("（group.example.jp）は{}社が使っているため", n + 1));
            assert!(!page.body.contains("メールアドレスのドメインが一致"));
        }
    }
    let page = site.get(&at(cases[0].number, &format!("/merge?with={}", cases[1].number))).await;
    page.shows("一致した点：ありません");
}

#[actix_web::test]
async fn a_number_that_does_not_exist_and_the_own_number_are_told_apart() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    for page in ["/merge", "/company-merge"] {
        let unknown = site.get(&at(case.number, &format!("{page}?with=R08-000999"))).await;
        assert_eq!(unknown.status, 422);
        unknown.shows("受付番号R08-000999の相談案件はありません");
        unknown.shows("value=\"R08-000999\"");
        let own = site.get(&at(case.number, &format!("{page}?with={}", case.number))).await;
        assert_eq!(own.status, 422);
        own.shows("同じ案件どうしは統合できません");
        let form = [("with", "R08-000999"), ("reason", "電話で確認")];
        let unknown = site.post(&at(case.number, page), &form).await;
        assert_eq!(unknown.status, 422);
        unknown.shows("value=\"R08-000999\"");
    }
    let related = site.post(&at(case.number, "/related"), &[("with", "R08-000999")]).await;
    related.shows("受付番号R08-000999の相談案件はありません");
    related.shows("value=\"R08-000999\"");
}

#[actix_web::test]
async fn a_case_that_is_registered_as_another_company_loses_the_foreign_number() {
    let (site, cast) = center().await;
    let number = CorporateNumber::from_base(700_110_005_901).to_string();
    let mut first = stranger("あおば", "a@one.example.jp", "03-1111-1111");
    first.corporate_number.clone_from(&number);
    let owner = cases::unconfirmed(&site, &cast, &first).await;
    let second = ApplicationForm {
        corporate_number: number.clone(),
        company_kana: "ミドリ".to_owned(),
        ..stranger("みどり", "b@two.example.jp", "03-2222-2222")
    };
    let app = &site.app;
    let draft = madoguchi::ops::intake::apply::start(app, "network".to_owned()).await.unwrap();
    madoguchi::ops::intake::apply::save(app, draft, |it| *it = second).await.unwrap();
    madoguchi::ops::intake::apply::release(app, draft).await.unwrap();
    let record = madoguchi::ops::intake::apply::submit(app, draft, |_| ()).await.unwrap();
    assert!(record.number_unconfirmed);
    done(&site.post(&at(record.number, "/corporate-number"), &[("action", "separate")]).await);
    let (written, _) =
        store::consultation::application(&app.db, record.consultation.id).await.unwrap().unwrap();
    assert_eq!(written.corporate_number, None);
    let (kept, _) = store::consultation::application(&app.db, owner.id).await.unwrap().unwrap();
    assert_eq!(kept.corporate_number.as_deref(), Some(number.as_str()));
    site.get(&at(record.number, "?view=history")).await.shows("「法人番号」を訂正しました");
    sound(&site).await;
}

#[actix_web::test]
async fn equal_names_of_different_companies_are_told_apart_in_the_list() {
    let (site, cast) = center().await;
    let one = ApplicationForm {
        city: "港区".to_owned(),
        ..stranger("さくら", "a@one.example.jp", "03-1111-1111")
    };
    let two = ApplicationForm {
        city: "見本市".to_owned(),
        ..stranger("さくら", "b@two.example.jp", "03-2222-2222")
    };
    cases::unconfirmed(&site, &cast, &one).await;
    let alone = site.get("/staff").await;
    assert!(!alone.body.contains("港区"));
    cases::unconfirmed(&site, &cast, &two).await;
    let both = site.get("/staff").await;
    both.shows("港区");
    both.shows("見本市");
}
