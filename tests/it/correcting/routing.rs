//! Corrections of field, mode and place, and whether experts and times still fit.
use domain::{
    actor::Actor,
    consultation::correction::{CorrectedField, CorrectionSection},
    field::Fields,
    intake::application::ApplicationForm,
    routing::assignment::AssignmentState,
};
use madoguchi::{ops, store};

use super::{at, center, correct, done, form, is_sound, last, post, undo, values};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, record, state},
    company,
    inbound::{arrives, raw_mail},
    site::Site,
};

const REQUEST: CorrectionSection = CorrectionSection::Request;

#[actix_web::test]
async fn a_changed_mode_asks_whether_experts_and_time_still_fit() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let reply = correct(&site, case, REQUEST, &[("mode", "visit")]).await;
    assert_eq!(reply.status, 409);
    reply.shows("まだ訂正していません");
    reply.shows("<b>山田 太郎</b>");
    reply.shows("実施方法がオンラインのままです。");
    reply.shows(r#"name="fit" value="seen""#);
    assert_eq!(values(&site, case).await.get(CorrectedField::Mode), "online");
    done(&correct(&site, case, REQUEST, &[("mode", "visit"), ("fit", "seen")]).await);
    site.get(&at(case.number, "/correct/request")).await.shows("実施方法がオンラインのままです。");

    // Nothing is asked where no expert was asked yet.
    let new = cases::received(&site, &cast, "new@example.co.jp").await;
    done(&correct(&site, new, REQUEST, &[("mode", "visit")]).await);
    is_sound(&site).await;
}

#[actix_web::test]
async fn a_changed_prefecture_says_which_expert_does_not_go_there() {
    let (site, cast) = center().await;
    let case = cases::matching_of(&site, &cast, &visit_form()).await;
    let reply = correct(&site, case, CorrectionSection::Company, &[("prefecture", "47")]).await;
    assert_eq!(reply.status, 409);
    reply.shows("沖縄県への訪問に対応していません");
    let fits = correct(&site, case, REQUEST, &[("visit_prefecture", "13")]).await;
    assert_eq!(fits.status, 409);
    fits.shows("訂正したあとも合っています");
}

/// Makes a booked consultation of this form.
async fn booked(site: &Site, cast: &Cast, form: &ApplicationForm) -> Case {
    let case = cases::scheduling_of(site, cast, form).await;
    let slot = cases::free_slots(site, case).await[8];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    case
}

/// Returns the form of a company that wishes a visit.
fn visit_form() -> ApplicationForm {
    ApplicationForm { mode: "visit".into(), ..cases::form(CONTACT) }
}

#[actix_web::test]
async fn a_visit_gets_its_corrected_place_and_both_sides_are_told() {
    let (site, cast) = center().await;
    cases::visits_too(&site, cast.expert, &[14]).await;
    let case = booked(&site, &cast, &visit_form()).await;
    let before = appointment(&site, case).await;
    assert_eq!(before.place, "東京都港区見本1-2-3");
    let typed = [("visit_prefecture", "14"), ("visit_place", "横浜市中区見本町4-5"), ("fit", "seen")];
    done(&correct(&site, case, REQUEST, &typed).await);
    let after = appointment(&site, case).await;
    assert_eq!(after.place, "神奈川県横浜市中区見本町4-5");
    assert_eq!((after.starts_at, after.sequence), (before.starts_at, before.sequence + 1));
    for to in [CONTACT, "expert@example.jp"] {
        let mails = cases::mails_to(&site, to).await;
        let mail = mails.iter().rfind(|it| it.kind == "room").unwrap();
        assert!(mail.subject.contains("訪問先が変わりました"), "{}", mail.subject);
        assert!(mail.text_body.contains("横浜市中区見本町4-5"));
        assert!(mail.text_body.contains("日時は変わりません"));
    }
    is_sound(&site).await;
    done(&undo(&site, case, last(&site, case).await).await);
    done(&undo(&site, case, last(&site, case).await - 2).await);
    assert_eq!(appointment(&site, case).await.place, "東京都港区見本1-2-3");
    is_sound(&site).await;
}

/// 「訪問先の住所を、このメールへの返信でお知らせください。」
#[actix_web::test]
async fn the_missing_address_of_a_visit_comes_by_answering_the_mail() {
    let (site, cast) = center().await;
    let mut form = visit_form();
    (form.city, form.street, form.postal_code) = Default::default();
    let case = booked(&site, &cast, &form).await;
    assert_eq!(appointment(&site, case).await.place, "", "a prefecture is no address");
    let mails = cases::mails_to(&site, CONTACT).await;
    let confirmation = mails.iter().find(|it| it.kind == "booked").unwrap();
    assert!(
        confirmation.text_body.contains("訪問先の住所を、このメールへの返信で"),
        "{}",
        confirmation.text_body
    );
    let overview = at(case.number, "");
    site.get(&overview).await.shows("訪問先：未定");
    let reader = site.visitor();
    company::sign_in(&reader, CONTACT).await;
    let asks = "住所を、予約のメールへの返信か、メッセージでお知らせください。";
    reader.get(&company::my(case, "")).await.shows(asks);

    let raw = raw_mail(CONTACT, "madoguchi@example.jp", "Re: 予約", "港区見本町4-5です。");
    let mail = arrives(&site, &format!("In-Reply-To: <{}>\r\n{raw}", confirmation.message_id)).await;
    assert_eq!(mail.state.code(), "attached", "{}", mail.reason.code());
    assert!(record(&site, case).await.response.is_some(), "the center is to answer");
    let typed = [("visit_prefecture", "13"), ("visit_place", "港区見本町4-5"), ("fit", "seen")];
    done(&correct(&site, case, REQUEST, &typed).await);
    assert_eq!(appointment(&site, case).await.place, "東京都港区見本町4-5");
    for to in [CONTACT, "expert@example.jp"] {
        let mails = cases::mails_to(&site, to).await;
        assert!(
            mails.iter().rfind(|it| it.kind == "room").unwrap().text_body.contains("東京都港区見本町4-5")
        );
    }
    assert!(!site.get(&overview).await.body.contains("訪問先：未定"));
    assert!(!reader.get(&company::my(case, "")).await.body.contains(asks));
    is_sound(&site).await;
}

#[actix_web::test]
async fn a_field_can_be_added_and_taken_away_with_its_expert_until_the_appointment_begins() {
    let (site, cast) = center().await;
    let ict = cases::expert(&site, "ict@example.jp", "佐藤 次郎", Fields::Ict).await;
    let labor = cases::expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let both = [("field", "ict"), ("field", "labor")];
    done(&correct(&site, case, REQUEST, &both).await);
    assert_eq!(record(&site, case).await.consultation.fields, Fields::Both);
    done(&correct(&site, case, REQUEST, &[("field", "ict")]).await);
    let version = record(&site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[ict]).await.unwrap();

    // While an expert is being asked, another is asked for the field that is added.
    let reply = correct(&site, case, REQUEST, &both).await;
    assert_eq!(reply.status, 409);
    reply.shows("労務管理を担当する専門家がいません。訂正すると、候補の先頭の専門家に同じ日時で依頼します。");
    done(&correct(&site, case, REQUEST, &[both[0], both[1], ("fit", "seen")]).await);
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    assert_eq!(all.iter().map(|it| it.fields).collect::<Vec<_>>(), [Fields::Ict, Fields::Labor]);
    let added = all[1].clone();
    assert!([labor, cast.expert].contains(&added.expert) && added.state == AssignmentState::Offered);
    for it in &all {
        ops::routing::assignment::accept(&site.app, it.id, it.expert).await.unwrap();
    }
    assert_eq!(state(&site, case).await, "scheduling");
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let before = appointment(&site, case).await;
    assert_eq!(before.experts.len(), 2);

    // The page says first what follows; the expert of the other field keeps the time.
    let question = correct(&site, case, REQUEST, &[("field", "ict")]).await;
    assert_eq!(question.status, 409);
    question.shows("さんは、担当から外れます。本人にメールで知らせます。");
    question.shows("日時とほかの専門家の担当は、そのままです。");
    let whole = form(&site, case, REQUEST, &[("field", "ict"), ("fit", "seen")]).await;
    let path = at(case.number, "/correct/request");
    done(&post(&site, &path, &whole).await);
    let after = appointment(&site, case).await;
    assert_eq!(
        (after.starts_at, after.experts, state(&site, case).await),
        (before.starts_at, vec![ict], "booked")
    );
    let version = record(&site, case).await.version;
    // The same form once more changes nothing and says so.
    done(&post(&site, &path, &whole).await);
    site.get(&at(case.number, "")).await.shows("訂正した項目はありません。すでに、この内容になっています。");
    assert_eq!(record(&site, case).await.version, version);
    is_sound(&site).await;

    // Taking it back gives the field again, for which an expert is then missing.
    let seq = last(&site, case).await;
    done(&undo(&site, case, seq).await);
    assert_eq!(record(&site, case).await.consultation.fields, Fields::Both);
    assert!(
        !store::routing::assignment::of(&site.app.db, case.id)
            .await
            .unwrap()
            .iter()
            .any(|it| { it.id == added.id && it.is_live() })
    );
    done(&correct(&site, case, REQUEST, &[("field", "ict"), ("fit", "seen")]).await);
    assert_eq!(state(&site, case).await, "booked");
    is_sound(&site).await;
}

#[actix_web::test]
async fn a_field_that_was_advised_stays() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    done(&correct(&site, case, REQUEST, &[("field", "ict"), ("field", "labor"), ("fit", "seen")]).await);
    let starts_at = appointment(&site, case).await.starts_at;
    site.app.clock.advance(starts_at - site.app.clock.now());
    assert_eq!(site.sign_in("center@example.jp", crate::site::PASSWORD).await.status, 303);
    let refused = correct(&site, case, REQUEST, &[("field", "labor"), ("fit", "seen")]).await;
    assert_eq!(refused.status, 409);
    refused.shows("ICTの専門家との相談が始まっているか、終わっているため、分野から外せません。");
    // The page leads on: to the outcome, which may have been another one, and to a case of its own.
    for (way, label) in [("?view=sessions", "相談の結果を記録する"), ("/split", "案件を分ける")]
    {
        refused.shows(&format!(r#"<a href="{}">{label}</a>"#, at(case.number, way)));
    }
    ops::booking::appointment::record_done(&site.app, case.id, cast.center()).await.unwrap();
    let refused = correct(&site, case, REQUEST, &[("field", "labor"), ("fit", "seen")]).await;
    let held = appointment(&site, case).await.id;
    refused.shows(&format!(
        r#"<a href="{}">相談の結果を訂正する</a>"#,
        at(case.number, &format!("/outcome/{held}"))
    ));
}
