//! Experts who are let go for a further appointment, and the end of an account with a booking and a report in one case:
//! each reader is told once.
use std::collections::BTreeMap;

use domain::{actor::Actor, due::Due, field::Fields, id::AccountId, wording::month_day_weekday};
use madoguchi::{
    ops::{
        self,
        accounts::deactivation::{Successors, deactivate},
        consultation::{NextTeam, plan_with_team},
        routing::replacement::Successor,
    },
    store,
};

use super::{EXPERT, ICT, LABOR, accept, of_two, once, release};
use crate::{
    cases::{self, CONTACT, Case, appointment, record, state},
    deadlines::asked_both,
    site::Site,
    staff::center,
};

/// Lets the appointment of a case end and records that it was held.
async fn held(site: &Site, case: Case, by: Actor) {
    let ends_at = appointment(site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    ops::booking::appointment::record_done(&site.app, case.id, by).await.unwrap();
}

/// An expert who has accepted hears once of each other expert who comes or goes; the one who has just acted knows it.
#[actix_web::test]
async fn an_expert_who_stays_hears_who_serves_the_case_besides() {
    let (site, cast) = center().await;
    let (case, ict, labor) = asked_both(&site, &cast, false).await;
    let sent = once(&site, &[case], accept(&site, case, ict)).await;
    assert!(sent.0.is_empty(), "nobody else serves it yet: {:?}", sent.kinds());
    let sent = once(&site, &[case], accept(&site, case, labor)).await;
    let body = sent.mail(ICT, "part_changed");
    assert!(body.contains("担当　　：伊藤 一、高橋 三郎\n変更前　：伊藤 一\n"), "{body}");
    sent.mail(CONTACT, "slots_to_choose");
    assert_eq!(sent.0.len(), 2, "{:?}", sent.kinds());
    let sent = once(&site, &[case], release(&site, case, labor, cast.center(), Successor::Later)).await;
    let body = sent.mail(ICT, "part_changed");
    assert!(body.contains("担当　　：伊藤 一\n") && body.contains("専門家を調整しています"), "{body}");
    // With a time, the mail about the booking names both.
    let (site, cast) = center().await;
    let (case, ict, labor) = asked_both(&site, &cast, true).await;
    accept(&site, case, ict).await;
    let sent = once(&site, &[case], accept(&site, case, labor)).await;
    assert!(sent.mail(ICT, "booked").contains("伊藤 一、高橋 三郎"));
}

#[actix_web::test]
async fn experts_who_are_let_go_for_a_further_appointment_are_told_once() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let due = record(&site, case).await.due.as_ref().and_then(Due::at).unwrap();
    let team = NextTeam { fields: Fields::Both, keeps: Vec::new() };
    let by = cast.center();
    let plan = async { plan_with_team(&site.app, case.id, by, None, Some(&team)).await.unwrap() };
    let sent = once(&site, &[case], plan).await;
    let body = sent.mail(EXPERT, "request_withdrawn");
    for said in ["次回の相談は、ほかの専門家に依頼します", &month_day_weekday(due), "までに提出してください"]
    {
        assert!(body.contains(said), "{said} in {body}");
    }
    assert!(!body.contains("手続きは必要ありません"), "{body}");
    sent.mail(CONTACT, "further_appointment");
    assert_eq!((sent.0.len(), state(&site, case).await), (2, "checking"));

    // With the report approved, nothing is left to do.
    let case = cases::approved(&site, &cast, "b@example.co.jp").await;
    let team = NextTeam { fields: Fields::Ict, keeps: Vec::new() };
    let plan = async { plan_with_team(&site.app, case.id, by, None, Some(&team)).await.unwrap() };
    let sent = once(&site, &[case], plan).await;
    let body = sent.mail(EXPERT, "request_withdrawn");
    assert!(body.contains("手続きは必要ありません") && !body.contains("提出してください"), "{body}");

    // An expert who stays is told nothing.
    let case = cases::approved(&site, &cast, "c@example.co.jp").await;
    let team = NextTeam { fields: Fields::Ict, keeps: vec![cast.expert] };
    let plan = async { plan_with_team(&site.app, case.id, by, None, Some(&team)).await.unwrap() };
    assert_eq!(once(&site, &[case], plan).await.kinds().len(), 1);
}

/// The account holds the next booking and the report on the last appointment of one case: the other expert gets one
/// mail with both.
#[actix_web::test]
async fn the_end_of_an_account_with_a_booking_and_a_report_in_one_case_is_one_mail() {
    for taken_over in [false, true] {
        let (site, cast, case, _) = of_two(true).await;
        held(&site, case, cast.center()).await;
        let plan = ops::consultation::plan_further_appointment(&site.app, case.id, Actor::Company, None);
        plan.await.unwrap();
        let slot = cases::free_slots(&site, case).await[0];
        ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
        let booked = appointment(&site, case).await;
        // The first of the two was asked for the report, and leaves.
        let [leaving, other] = [booked.experts[0], booked.experts[1]];
        let (_, roster) = site.app.programme_and_experts().await.unwrap();
        let fields = roster.get(leaving).unwrap().fields;
        let (mail, kind) = (
            roster.get(other).unwrap().email.clone(),
            if taken_over { "expert_changed" } else { "cancelled" },
        );
        let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", fields).await;
        let successor = taken_over.then(|| vec![sato]);
        let successors = Successors { coordinator: None, bookings: BTreeMap::from([(booked.id, successor)]) };
        let closing = async {
            let left = deactivate(&site.app, AccountId(leaving.0), cast.coordinator, &successors).await;
            assert_eq!(left.unwrap(), 0);
        };
        let sent = once(&site, &[case], closing).await;
        let body = sent.mail(&mail, kind);
        assert!(body.contains("実施した相談の報告書は、"), "{body}");
        assert!([ICT, LABOR].contains(&mail.as_str()));
        let reports = store::booking::expert_agenda::reports(&site.app.db, other).await.unwrap();
        assert_eq!(reports.len(), 1, "the report is the other expert's now");
        let history = store::audit::event::of(&site.app.db, case.id).await.unwrap();
        assert!(
            history.iter().any(|it| it.note.as_deref().is_some_and(|it| it.contains("実施報告書の作成を、")))
        );
    }
}

#[actix_web::test]
async fn the_end_of_an_account_with_an_acceptance_and_a_report_in_one_case_is_one_mail() {
    let (site, cast, case, [ict, labor]) = of_two(true).await;
    held(&site, case, cast.center()).await;
    let team = NextTeam { fields: Fields::Both, keeps: vec![ict, labor] };
    plan_with_team(&site.app, case.id, cast.center(), None, Some(&team)).await.unwrap();
    assert_eq!(state(&site, case).await, "scheduling");
    let first = store::booking::appointment::of(&site.app.db, case.id).await.unwrap()[0].experts[0];
    let nobody = Successors::default();
    let closing = async {
        deactivate(&site.app, AccountId(first.0), cast.coordinator, &nobody).await.unwrap();
    };
    let sent = once(&site, &[case], closing).await;
    let other = if first == ict { LABOR } else { ICT };
    sent.mail(other, "report_due");
    sent.mail(CONTACT, "team_changing");
    assert_eq!(sent.0.len(), 2, "{:?}", sent.kinds());
}
