//! Examples of companies like the one of a consultation: on the pages of the center and the company, on the report's form,
//! in the report and in its mail; and entries of the guide in the same places.
use domain::{
    actor::Actor,
    aftercare::report::ReportBody,
    id::AccountId,
    publication::{
        Content, Facts, Period,
        guide::{CompanySize, GuideFacts},
    },
};
use madoguchi::ops::{
    self,
    aftercare::report::{ReportDecision, Saving},
    publication::Seen,
};

use crate::{
    cases::{self, CONTACT, Cast},
    company, publishing,
    site::{PASSWORD, Site},
};

/// Publishes an example of a company like that of the tests' consultations, and returns its number.
async fn published(site: &Site, by: AccountId, title: &str) -> i32 {
    let draft = ops::publication::create(&site.app, publishing::example(title), by).await.unwrap();
    let seen = Seen { id: draft.id, revision: draft.revision };
    let period = Period::new(site.app.clock.now(), None).unwrap();
    ops::publication::publish(&site.app, seen, period, by).await.unwrap().number
}

#[actix_web::test]
async fn an_example_is_proposed_with_its_reason_attached_and_told_to_the_company() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let number = published(&site, cast.coordinator, "見本の製造業で在宅勤務").await;
    let ended = published(&site, cast.coordinator, "掲載を終える事例").await;
    let case = cases::consulted(&site, &cast, CONTACT).await;

    let center = site.visitor();
    assert_eq!(center.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let page = center.get(&format!("/staff/consultations/{}", case.number)).await;
    page.shows("似た会社の事例");
    page.shows("業種が同じ（製造業）");
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    let address = format!("/expert/consultations/{}/report", case.number);
    let form = expert.get(&address).await;
    form.shows("紹介する事例");
    form.shows(&format!("name=\"example\" id=\"example-2\" value=\"{number}\""));

    let appointment = cases::appointment(&site, case).await.id.to_string();
    let (number, ended) = (number.to_string(), ended.to_string());
    let mut written = vec![
        ("session", appointment.as_str()),
        ("version", "0"),
        ("present_state", "紙です。"),
        ("advice", "段階的に。"),
        ("next_steps", "3月まで。"),
        ("example", &number),
        ("example", &ended),
        ("action", "keep"),
    ];
    let reply = expert.post(&address, &written).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    expert.get(&address).await.shows(&format!("value=\"{number}\" checked"));
    written.retain(|it| it.0 != "action" && it.0 != "version");
    written.extend([("version", "1"), ("action", "submit")]);
    let many: Vec<_> = written.iter().copied().chain([("example", "1"); 4]).collect();
    let reply = expert.post(&address, &many).await;
    assert_eq!(reply.status, 422);
    reply.shows("紹介する事例は5件までにしてください");
    assert_eq!(expert.post(&address, &written).await.status, 303);

    // An example that has ended before the report is approved is in neither the mail nor the page.
    let found = madoguchi::store::publication::examples::numbered(&site.app.db, ended.parse().unwrap()).await;
    let seen = Seen { id: found.unwrap().unwrap().at.id, revision: 2 };
    ops::publication::archive(&site.app, seen, cast.coordinator).await.unwrap();
    let id = cases::appointment(&site, case).await.id;
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, ReportDecision::Approve).await.unwrap();
    let mails = cases::mails_to(&site, CONTACT).await;
    let body = &mails.iter().find(|it| it.kind == "report_ready").unwrap().text_body;
    assert!(body.contains("・見本の製造業で在宅勤務（株式会社見本製作所）"), "{body}");
    assert!(body.contains(&format!("/cases/{number}\n")), "{body}");
    assert!(!body.contains("掲載を終える事例"), "{body}");

    company::sign_in(&site, CONTACT).await;
    let page = site.get(&format!("/my/{}/report", case.number)).await;
    page.shows("専門家が紹介する事例");
    page.shows(&format!("href=\"/cases/{number}\""));
    assert!(!page.body.contains("掲載を終える事例"));
    site.get(&format!("/my/{}", case.number)).await.shows("表示した理由：");
}

/// Publishes an entry of the guide that needs no condition but a size, and returns its number.
async fn published_guide(site: &Site, by: AccountId, title: &str, size: CompanySize) -> i32 {
    let content = publishing::grant(title);
    let Facts::Guide(facts) = content.facts.clone() else { unreachable!("a grant is an entry of the guide") };
    let facts = Facts::Guide(GuideFacts { sizes: vec![size], ..facts });
    let draft = ops::publication::create(&site.app, Content { facts, ..content }, by).await.unwrap();
    let seen = Seen { id: draft.id, revision: draft.revision };
    let period = Period::new(site.app.clock.now(), None).unwrap();
    ops::publication::publish(&site.app, seen, period, by).await.unwrap().number
}

#[actix_web::test]
async fn support_that_fits_is_proposed_with_its_reason_attached_and_told_with_the_day_of_its_check() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let record = cases::record(&site, case).await;
    let profile = madoguchi::store::publication::examples::profile(&site.app.db, &record).await.unwrap();
    let size = profile.size.unwrap();
    let other = CompanySize::ALL.into_iter().find(|it| *it != size).unwrap();
    let fits = published_guide(&site, cast.coordinator, "見本の助成金", size).await;
    let ended = published_guide(&site, cast.coordinator, "掲載を終える助成金", size).await;
    published_guide(&site, cast.coordinator, "規模の違う助成金", other).await;

    let center = site.visitor();
    assert_eq!(center.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let page = center.get(&format!("/staff/consultations/{}", case.number)).await;
    page.shows("合いそうな支援制度");
    page.shows(&format!("表示した理由：従業員数が{}", size.label()));
    assert!(!page.body.contains("規模の違う助成金"));
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    expert.get(&format!("/expert/consultations/{}", case.number)).await.shows("見本の助成金");
    let address = format!("/expert/consultations/{}/report", case.number);
    expert.get(&address).await.shows("紹介する支援制度");

    let appointment = cases::appointment(&site, case).await.id.to_string();
    let (fits, ended_number) = (fits.to_string(), ended.to_string());
    let written = [
        ("session", appointment.as_str()),
        ("version", "0"),
        ("present_state", "紙です。"),
        ("advice", "段階的に。"),
        ("next_steps", "3月まで。"),
        ("guide", &fits),
        ("guide", &ended_number),
        ("action", "submit"),
    ];
    let many: Vec<_> = written.iter().copied().chain([("guide", "1"); 4]).collect();
    let reply = expert.post(&address, &many).await;
    assert_eq!(reply.status, 422);
    reply.shows("紹介する支援制度は5件までにしてください");
    assert_eq!(expert.post(&address, &written).await.status, 303);

    // An entry that has ended before the report is approved is in neither the mail nor the page.
    let found = madoguchi::store::publication::guide::of_numbers(&site.app.db, &[ended]).await.unwrap();
    let seen = Seen { id: found[0].0.id, revision: 2 };
    ops::publication::archive(&site.app, seen, cast.coordinator).await.unwrap();
    let id = cases::appointment(&site, case).await.id;
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, ReportDecision::Approve).await.unwrap();
    let mails = cases::mails_to(&site, CONTACT).await;
    let body = &mails.iter().find(|it| it.kind == "report_ready").unwrap().text_body;
    assert!(body.contains("・見本の助成金（見本省）"), "{body}");
    assert!(body.contains("内容は変わることがあります。確認日：2026年（令和8年）11月20日（金）"), "{body}");
    assert!(!body.contains("掲載を終える助成金"), "{body}");

    company::sign_in(&site, CONTACT).await;
    let page = site.get(&format!("/my/{}/report", case.number)).await;
    page.shows("専門家が紹介する支援制度");
    page.shows("内容は変わることがあります。確認日：2026年（令和8年）11月20日（金）");
    assert!(!page.body.contains("掲載を終える助成金"));
    site.get(&format!("/my/{}", case.number)).await.shows("合いそうな支援制度");
}

#[actix_web::test]
async fn a_report_without_examples_has_no_word_of_them_in_its_mail() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let id = cases::appointment(&site, case).await.id;
    let body = ReportBody {
        present_state: "紙です。".to_owned(),
        advice: "段階的に。".to_owned(),
        next_steps: "3月まで。".to_owned(),
        ..ReportBody::default()
    };
    let by = Actor::Expert(cast.expert);
    ops::aftercare::report::write(&site.app, id, by, body, 0, Saving::Submit).await.unwrap();
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, ReportDecision::Approve).await.unwrap();
    let mails = cases::mails_to(&site, CONTACT).await;
    let body = &mails.iter().find(|it| it.kind == "report_ready").unwrap().text_body;
    assert!(!body.contains("事例") && !body.contains("支援制度"), "{body}");
}
