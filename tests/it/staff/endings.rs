//! The words of an ending for each of its readers: after an appointment no reader is told that none could be held.
use madoguchi::{doctor, worker};
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{act, at, center, done};
use crate::{
    cases::{self, Case, appointment, mails_to, record, state},
    company,
    office::desk,
    site::{PASSWORD, Site},
};

/// Lets the consultation be one that the desk `desk1@example.jp` handed over.
async fn handed_over(site: &Site, case: Case, desk: domain::id::DeskId) {
    let change = entity::consultation::ActiveModel {
        id: Set(case.id.0),
        desk_id: Set(Some(desk.0)),
        origin: Set(codes::Origin::Desk.into()),
        ..Default::default()
    };
    let tx = site.app.begin().await.unwrap();
    entity::consultation::Entity::update(change).exec(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[actix_web::test]
async fn an_ending_says_to_every_reader_whether_an_appointment_took_place() {
    let (site, cast) = center().await;
    let desk = desk(&site, "みなみ窓口", "desk1@example.jp").await;
    let window = site.visitor();
    for (email, held, path, form, expected) in [
        (
            "a@example.co.jp",
            false,
            "/unfulfilled",
            ("reason", "no_expert"),
            "今回は相談を実施できませんでした。理由：担当できる専門家がいない",
        ),
        (
            "b@example.co.jp",
            true,
            "/unfulfilled",
            ("reason", "no_expert"),
            "相談を実施したあと、終了しました。理由：担当できる専門家がいない。",
        ),
        (
            "c@example.co.jp",
            false,
            "/refer",
            ("organization", "見本商工会議所"),
            "見本商工会議所をご案内しました。",
        ),
        (
            "d@example.co.jp",
            true,
            "/refer",
            ("organization", "見本商工会議所"),
            "相談を実施したあと、終了しました。見本商工会議所をご案内しました。",
        ),
        ("e@example.co.jp", false, "/withdraw", ("reason", "解決した"), "申込みは取り下げられました。"),
        ("f@example.co.jp", true, "/withdraw", ("reason", "解決した"), "相談はすべて終了しました。"),
    ] {
        let case = match held {
            true => cases::consulted(&site, &cast, email).await,
            false => cases::received(&site, &cast, email).await,
        };
        handed_over(&site, case, desk).await;
        assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
        done(&act(&site, case, path, &[form]).await);
        assert!(!record(&site, case).await.consultation.state.is_open());

        window.sign_in("desk1@example.jp", PASSWORD).await;
        window.get("/desk").await.shows(expected);
        let own = window.get(&format!("/desk/{}", case.number)).await;
        own.shows(expected);
        assert_eq!(own.body.contains("実施できませんでした"), !held && path == "/unfulfilled");
        let mail = mails_to(&site, "desk1@example.jp").await.pop().unwrap();
        assert_eq!(mail.kind, "hand_over_result");
        assert!(mail.text_body.contains(expected), "{}", mail.text_body);

        let reader = site.visitor();
        company::sign_in(&reader, email).await;
        let page = reader.get(&company::my(case, "")).await;
        assert_eq!(page.body.contains("実施できませんでした"), !held && path == "/unfulfilled");
        assert_eq!(page.body.contains("実施した相談の報告書は、"), held, "{}", page.body);
    }
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn a_desk_gets_its_result_once_more_when_the_outcome_is_corrected_after_the_end() {
    let (site, cast) = center().await;
    let desk = desk(&site, "みなみ窓口", "desk1@example.jp").await;
    let case = cases::consulted(&site, &cast, cases::CONTACT).await;
    handed_over(&site, case, desk).await;
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let window = site.visitor();
    window.sign_in("desk1@example.jp", PASSWORD).await;
    window.get("/desk").await.shows("相談が終わり、報告書を作成しています");
    done(&act(&site, case, "/unfulfilled", &[("reason", "unreachable")]).await);
    window.get("/desk").await.shows("相談を実施したあと、終了しました");

    let outcome = format!("/outcome/{}", appointment(&site, case).await.id);
    let form = [("outcome", "no_show"), ("reason", "記録の誤り"), ("said_by", "center")];
    done(&act(&site, case, &outcome, &form).await);
    assert_eq!(state(&site, case).await, "unfulfilled");
    window.get("/desk").await.shows("今回は相談を実施できませんでした");
    let results: Vec<_> = mails_to(&site, "desk1@example.jp")
        .await
        .into_iter()
        .filter(|it| it.kind == "hand_over_result")
        .map(|it| it.text_body)
        .collect();
    assert_eq!(results.len(), 2);
    assert!(results[1].contains("今回は相談を実施できませんでした"), "{}", results[1]);
    // Between two absences the result is the same: it is not sent again.
    let form = [("outcome", "expert_no_show"), ("reason", "記録の誤り"), ("said_by", "center")];
    done(&act(&site, case, &outcome, &form).await);
    let again = mails_to(&site, "desk1@example.jp").await;
    assert_eq!(again.iter().filter(|it| it.kind == "hand_over_result").count(), 2);
    site.get(&at(case.number, "")).await.shows("不成立");
}

/// A company that is referred to the desk which had handed it over comes back there: the desk reads what the center wrote to
/// the company, and what it is to do.
#[actix_web::test]
async fn a_desk_reads_what_is_to_be_done_when_a_company_is_referred() {
    let (site, cast) = center().await;
    let desk = desk(&site, "みなみ窓口", "desk1@example.jp").await;
    let window = site.visitor();
    for (email, organization, expected) in [
        ("a@example.co.jp", "みなみ窓口", "企業から連絡がありましたら、対応をお願いします。"),
        ("b@example.co.jp", "見本商工会議所", "での対応は必要ありません。"),
    ] {
        let case = cases::received(&site, &cast, email).await;
        handed_over(&site, case, desk).await;
        assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
        let form = [("organization", organization), ("note", "補助金の申請書を一緒に見てもらえます。")];
        done(&act(&site, case, "/refer", &form).await);
        let mail = mails_to(&site, "desk1@example.jp").await.pop().unwrap();
        assert_eq!(mail.kind, "hand_over_result");
        window.sign_in("desk1@example.jp", PASSWORD).await;
        let page = window.get(&format!("/desk/{}", case.number)).await;
        for said in [expected, "補助金の申請書を一緒に見てもらえます。"] {
            assert!(mail.text_body.contains(said), "{said} in {}", mail.text_body);
            page.shows(said);
        }
        let is_back = organization == "みなみ窓口";
        assert_eq!(mail.text_body.contains("対応をお願いします"), is_back, "{}", mail.text_body);
    }
}

/// Every person whose last mail said that the consultation has ended hears that it goes on.
#[actix_web::test]
async fn a_reopened_consultation_is_told_to_all_who_heard_of_its_end() {
    let (site, cast) = center().await;
    let desk = desk(&site, "みなみ窓口", "desk1@example.jp").await;
    for (email, held, follows) in [
        ("a@example.co.jp", false, "センターからご連絡します。"),
        ("b@example.co.jp", true, "報告書をまとめます。"),
    ] {
        let case = match held {
            true => cases::consulted(&site, &cast, email).await,
            false => cases::received(&site, &cast, email).await,
        };
        handed_over(&site, case, desk).await;
        assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
        done(&act(&site, case, "/withdraw", &[("reason", "解決した")]).await);
        done(&act(&site, case, "/reopen", &[("reason", "続きの相談")]).await);
        let mail = mails_to(&site, email).await.pop().unwrap();
        assert_eq!(mail.kind, "reopened");
        assert!(mail.text_body.contains(follows), "{}", mail.text_body);
        assert_eq!(mails_to(&site, "desk1@example.jp").await.pop().unwrap().kind, "hand_over_reopened");
        let found = mails_to(&site, "expert@example.jp").await;
        let found = found.iter().filter(|it| it.kind == "reopened" && it.consultation_id == Some(case.id.0));
        assert_eq!(found.count(), usize::from(held), "the expert stays after an appointment");
    }
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}
