//! A field that leaves a consultation, and one that comes with a further appointment: each reader is told once.
use domain::{
    actor::Actor,
    booking::appointment::AppointmentState,
    consultation::{
        ActionKind,
        correction::{CaseValues, CorrectedField, CorrectionSection},
    },
    field::Fields,
    text::Prose,
};
use madoguchi::{
    ops::{
        self,
        case::actor::ActorAt,
        consultation::{NextTeam, correction::CorrectionCause},
    },
    store::{self, correspondence::message::Audience},
};

use super::{ICT, LABOR, accept, live, of_two, once};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, record, state},
    deadlines::asked_both,
    site::Site,
    staff::center,
};

/// Removes a field of a consultation.
async fn narrow(site: &Site, cast: &Cast, case: Case, fields: Fields) {
    let mut typed = CaseValues::default();
    typed.set(CorrectedField::Fields, fields.code());
    let by = ActorAt::new(cast.center(), record(site, case).await.version);
    let (section, cause) = (CorrectionSection::Request, CorrectionCause::default());
    ops::consultation::correction::correct(&site.app, case.id, by, section, &typed, cause).await.unwrap();
}

#[actix_web::test]
async fn a_field_that_leaves_takes_its_expert_along_and_nothing_else() {
    let (site, cast, case, [ict, labor]) = of_two(true).await;
    let before = appointment(&site, case).await;
    let sent = once(&site, &[case], narrow(&site, &cast, case, Fields::Ict)).await;
    let after = appointment(&site, case).await;
    assert_eq!((after.starts_at, &after.experts, after.is_confirmed()), (before.starts_at, &vec![ict], true));
    assert_eq!((state(&site, case).await, live(&site, case, ict).await.is_accepted()), ("booked", true));
    let mail = sent.mail(CONTACT, "fields_changed");
    for said in
        ["変更前　：ICT、労務管理", "変更後　：ICT\n", "高橋 三郎さん", "変わりません", "担当　　：伊藤 一"]
    {
        assert!(mail.contains(said), "{said} in {mail}");
    }
    assert!(sent.mail(LABOR, "request_withdrawn").contains("相談の分野から労務管理が外れたため"));
    sent.mail(ICT, "expert_changed");
    assert_eq!(sent.0.len(), 3, "{:?}", sent.kinds());
    assert!(
        !store::routing::assignment::of(&site.app.db, case.id)
            .await
            .unwrap()
            .iter()
            .any(|it| { it.is_live() && it.expert == labor })
    );

    // While the company chooses, it goes on choosing among the times of the other expert.
    let (site, cast, case, _) = of_two(false).await;
    let sent = once(&site, &[case], narrow(&site, &cast, case, Fields::Labor)).await;
    assert!(sent.mail(CONTACT, "fields_changed").contains("候補の日時から"));
    sent.mail(ICT, "request_withdrawn");
    let stays = sent.mail(LABOR, "part_changed");
    assert!(stays.contains("担当　　：高橋 三郎\n変更前　："), "{stays}");
    assert_eq!((sent.0.len(), state(&site, case).await), (3, "scheduling"));
    assert!(!cases::free_slots(&site, case).await.is_empty());
}

#[actix_web::test]
async fn an_acceptance_stays_and_is_enough_when_the_other_field_leaves() {
    for (slot, accepted) in [(true, true), (false, true), (true, false), (false, false)] {
        let (site, cast) = center().await;
        let (case, ict, _) = asked_both(&site, &cast, slot).await;
        if accepted {
            accept(&site, case, ict).await;
        }
        let sent = once(&site, &[case], narrow(&site, &cast, case, Fields::Ict)).await;
        sent.mail(LABOR, "request_withdrawn");
        let mail = sent.mail(CONTACT, "fields_changed");
        let (expected, said) = match (slot, accepted) {
            (true, true) => ("booked", "決まりました"),
            (false, true) => ("scheduling", "候補の日時から"),
            (true, false) => ("matching", "仮予約のままです"),
            (false, false) => ("matching", "専門家の回答の期限"),
        };
        assert_eq!(state(&site, case).await, expected);
        assert!(mail.contains(said), "{mail}");
        assert_eq!(sent.0.contains_key(ICT), accepted, "who stays hears of it: {:?}", sent.kinds());
        let history = store::audit::event::of(&site.app.db, case.id).await.unwrap();
        assert_eq!(history.iter().any(|it| it.action == ActionKind::SettleTeam), accepted);
        if !accepted {
            accept(&site, case, ict).await;
            assert_eq!(state(&site, case).await, if slot { "booked" } else { "scheduling" });
        }

        // No expert was found for the other field: the center removes it, and none is asked anew.
        let (site, cast) = center().await;
        let (case, ict, labor) = asked_both(&site, &cast, slot).await;
        accept(&site, case, ict).await;
        let id = live(&site, case, labor).await.id;
        let declined = ops::routing::assignment::decline(&site.app, id, labor, "多忙のため".to_owned());
        let sent = once(&site, &[case], declined).await;
        sent.mail(CONTACT, "back_at_center");
        assert_eq!(state(&site, case).await, "checking");
        let sent = once(&site, &[case], narrow(&site, &cast, case, Fields::Ict)).await;
        sent.mail(CONTACT, "fields_changed");
        assert_eq!(state(&site, case).await, if slot { "booked" } else { "scheduling" });
    }
}

#[actix_web::test]
async fn a_field_whose_only_expert_leaves_loses_the_time_in_one_mail() {
    let (site, cast) = center().await;
    let (case, ict, labor) = asked_both(&site, &cast, true).await;
    accept(&site, case, labor).await;
    let id = live(&site, case, ict).await.id;
    ops::routing::assignment::decline(&site.app, id, ict, "多忙のため".to_owned()).await.unwrap();
    assert_eq!(state(&site, case).await, "checking");
    let sent = once(&site, &[case], narrow(&site, &cast, case, Fields::Ict)).await;
    assert!(sent.mail(CONTACT, "fields_changed").contains("仮予約を解除しました"));
    sent.mail(LABOR, "request_withdrawn");
    assert_eq!(appointment(&site, case).await.state, AppointmentState::Released);
    assert_eq!(state(&site, case).await, "checking");
}

/// An answer lets the consultation go on if its experts cover what is left after a field was removed meanwhile.
#[actix_web::test]
async fn an_answer_goes_on_with_the_experts_who_are_left() {
    let (site, cast) = center().await;
    let (case, ict, labor) = asked_both(&site, &cast, false).await;
    accept(&site, case, ict).await;
    let id = live(&site, case, labor).await.id;
    ops::routing::assignment::decline(&site.app, id, labor, "多忙のため".to_owned()).await.unwrap();
    let question = Prose::parse("確認したいこと", "労務管理も必要ですか。", 2000).unwrap();
    let version = record(&site, case).await.version;
    ops::correspondence::message::ask(&site.app, case.id, version, cast.center(), &question).await.unwrap();
    narrow(&site, &cast, case, Fields::Ict).await;
    assert_eq!(state(&site, case).await, "waiting_company", "the question stands");
    let answer = Prose::parse("回答", "いいえ。", 2000).unwrap();
    let said =
        ops::correspondence::message::post(&site.app, case.id, Actor::Company, Audience::Everyone, &answer);
    let sent = once(&site, &[case], said).await;
    sent.mail(CONTACT, "slots_to_choose");
    assert_eq!(state(&site, case).await, "scheduling");
}

#[actix_web::test]
async fn a_further_appointment_of_both_fields_is_told_and_leaves_no_field_behind() {
    let (site, cast) = center().await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", Fields::Labor).await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    let team = NextTeam { fields: Fields::Both, keeps: vec![cast.expert] };
    let plan = async || {
        let by = ActorAt::new(cast.center(), record(&site, case).await.version);
        ops::consultation::plan_with_team(&site.app, case.id, by, None, Some(&team)).await.unwrap();
    };
    let sent = once(&site, &[case], plan()).await;
    let mail = sent.mail(CONTACT, "further_appointment");
    for said in ["相談分野：ICT、労務管理（これまではICT）", "担当　　：山田 太郎", "手続きは必要ありません"]
    {
        assert!(mail.contains(said), "{said} in {mail}");
    }
    assert_eq!(state(&site, case).await, "checking");
    let dropped = ops::aftercare::further::take_back(&site.app, case.id, Actor::Company);
    let sent = once(&site, &[case], dropped).await;
    assert!(sent.mail(CONTACT, "further_dropped").contains("相談分野：ICT\n"));
    assert_eq!(
        (state(&site, case).await, record(&site, case).await.consultation.fields),
        ("follow_up", Fields::Ict)
    );

    // The expert who has agreed meanwhile is released, and the expert of the first appointment stays.
    plan().await;
    let version = record(&site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[sato]).await.unwrap();
    accept(&site, case, sato).await;
    assert_eq!(state(&site, case).await, "scheduling");
    let dropped = ops::aftercare::further::take_back(&site.app, case.id, cast.center());
    let sent = once(&site, &[case], dropped).await;
    sent.mail("sato@example.jp", "request_withdrawn");
    sent.mail(CONTACT, "further_dropped");
    assert_eq!(sent.0.len(), 2, "{:?}", sent.kinds());
    assert_eq!(record(&site, case).await.consultation.fields, Fields::Ict);
    assert!(live(&site, case, cast.expert).await.is_accepted());
    let corrections = store::consultation::correction::of(&site.app.db, case.id).await.unwrap();
    let undone: Vec<_> = corrections.iter().filter_map(|it| it.undoes).collect();
    assert_eq!((corrections.len(), undone.len()), (4, 2), "{corrections:?}");

    // A field that was corrected since stays.
    plan().await;
    narrow(&site, &cast, case, Fields::Labor).await;
    narrow(&site, &cast, case, Fields::Both).await;
    narrow(&site, &cast, case, Fields::Labor).await;
    ops::aftercare::further::take_back(&site.app, case.id, cast.center()).await.unwrap();
    assert_eq!(record(&site, case).await.consultation.fields, Fields::Labor);
}
