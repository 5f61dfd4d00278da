//! An expert whose account is closed: a further appointment goes to another one, a report that is returned is rewritten by
//! the other one or by the center, and no mail says that the expert is asked.
use domain::{
    actor::{Actor, Role},
    aftercare::report::{ReportBody, ReportGap},
    booking::appointment::Appointment,
    id::{AccountId, ExpertId},
};
use madoguchi::{
    doctor,
    ops::{
        self,
        accounts::deactivation::{Successors, deactivate},
        aftercare::report::{ReportDecision, Saving},
    },
    store, worker,
};

use super::{act, at, center, done, told_once::of_two};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, mails_to, record, state},
    company,
    site::{PASSWORD, Site},
};

const TIME: &str = "同じ専門家の空いている日時から";

async fn sound(site: &Site) {
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

async fn again(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

/// Closes the account of an expert, after the administrator has seen what it holds, and hands everything over.
pub(super) async fn close(site: &Site, expert: ExpertId) -> String {
    let admin = match store::accounts::account::active(&site.app.db, Role::Administrator).await.unwrap().pop()
    {
        Some(it) => it.id,
        None => site.account(Role::Administrator, "admin@example.jp").await.id,
    };
    let visitor = site.visitor();
    assert_eq!(visitor.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    let page = visitor.get(&format!("/admin/users/{expert}/deactivate")).await.body;
    let left = deactivate(&site.app, AccountId(expert.0), admin, &Successors::default()).await.unwrap();
    assert_eq!(left, 0, "everything is handed over");
    page
}

async fn submit(site: &Site, held: &Appointment, by: ExpertId) {
    let body = ReportBody {
        present_state: "紙です。".to_owned(),
        advice: "段階的に。".to_owned(),
        next_steps: "3月まで。".to_owned(),
        ..ReportBody::default()
    };
    ops::aftercare::report::write(&site.app, held.id, by, body, 0, Saving::Submit).await.unwrap();
}

async fn send_back(site: &Site, case: Case, held: &Appointment) {
    let form = [("decision", "return"), ("reason", "時期を書いてください")];
    done(&act(site, case, &format!("/report/{}", held.id), &form).await);
}

async fn count(site: &Site, to: &str, kind: &str) -> usize {
    mails_to(site, to).await.iter().filter(|it| it.kind == kind).count()
}

/// Makes a case whose only report is approved and whose only expert has left since.
async fn left_behind(site: &Site, cast: &Cast) -> Case {
    let case = cases::approved(site, cast, CONTACT).await;
    close(site, cast.expert).await;
    again(site).await;
    case
}

#[actix_web::test]
async fn a_returned_report_of_a_closed_account_is_the_centers() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let held = appointment(&site, case).await;
    submit(&site, &held, cast.expert).await;
    again(&site).await;
    site.get(&at(case.number, &format!("/report/{}", held.id)))
        .await
        .shows("山田 太郎さんに理由を知らせ、書き直しを依頼します");
    let page = close(&site, cast.expert).await;
    assert!(page.contains("センターの確認を待つ報告書（1件）"), "{page}");
    assert!(page.contains(&case.number.to_string()), "{page}");

    site.get(&at(case.number, &format!("/report/{}", held.id))).await.shows("センターが書き直します");
    send_back(&site, case, &held).await;
    let page = site.get(&at(case.number, "")).await;
    page.shows("センターが書き直してください");
    page.shows("報告書を書く");
    assert_eq!(record(&site, case).await.report_by_center, Some(ReportGap::NoExpert));
    assert_eq!(count(&site, "expert@example.jp", "report_returned").await, 0);
    let account =
        store::accounts::account::find(&site.app.db, AccountId(cast.expert.0)).await.unwrap().unwrap();
    let held_still = ops::accounts::deactivation::holdings(&site.app, &account).await.unwrap();
    assert_eq!(held_still.to_hand_over(), 0, "the closed account holds nothing again");
    sound(&site).await;
}

#[actix_web::test]
async fn a_returned_report_of_a_closed_account_goes_to_the_other_expert() {
    let (site, cast, case, [ict, labor]) = of_two(true).await;
    let held = appointment(&site, case).await;
    site.app.clock.advance(held.ends_at - site.app.clock.now());
    ops::booking::appointment::record_done(&site.app, case.id, cast.center()).await.unwrap();
    submit(&site, &held, ict).await;
    close(&site, ict).await;
    again(&site).await;
    send_back(&site, case, &held).await;
    site.get(&at(case.number, "")).await.shows("高橋 三郎さんに理由を知らせました");
    assert_eq!(record(&site, case).await.report_by_center, None);
    assert_eq!(
        (
            count(&site, "ict@example.jp", "report_returned").await,
            count(&site, "labor@example.jp", "report_returned").await
        ),
        (0, 1)
    );
    let other = site.visitor();
    assert_eq!(other.sign_in("labor@example.jp", PASSWORD).await.status, 303);
    other.get("/expert").await.shows(&case.number.to_string());
    assert_eq!(held.experts.len(), 2);
    assert!(held.experts.contains(&labor));
    sound(&site).await;
}

#[actix_web::test]
async fn a_report_that_is_returned_after_its_expert_left_is_the_centers_beside_a_further_appointment() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let held = appointment(&site, case).await;
    submit(&site, &held, cast.expert).await;
    ops::consultation::plan_further_appointment(&site.app, case.id, cast.center(), None).await.unwrap();
    close(&site, cast.expert).await;
    again(&site).await;
    send_back(&site, case, &held).await;
    assert_eq!(record(&site, case).await.report_by_center, Some(ReportGap::NoExpert));
    site.get("/staff?tab=reports").await.shows(&case.number.to_string());
    sound(&site).await;
}

#[actix_web::test]
async fn a_company_that_wishes_a_further_appointment_without_its_expert_waits_for_the_center() {
    let (site, cast) = center().await;
    let case = left_behind(&site, &cast).await;
    let reader = site.visitor();
    company::sign_in(&reader, CONTACT).await;
    let page = reader.get(&company::my(case, "/further")).await;
    page.shows("担当する専門家をセンターが調整し");
    assert!(!page.body.contains(TIME), "{}", page.body);
    let reply = reader.post(&company::my(case, "/further"), &[]).await;
    done(&reply);
    assert_eq!(state(&site, case).await, "checking");
    let page = reader.get(&company::my(case, "")).await;
    page.shows("次回の相談を受け付けました。担当する専門家を調整します。");
    page.shows("次回の相談について、センターで専門家を調整しています");
    let mail =
        mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "further_appointment").unwrap();
    assert!(mail.text_body.contains("担当する専門家を調整しています"), "{}", mail.text_body);
    assert!(!mail.text_body.contains("山田"), "{}", mail.text_body);
    site.get("/staff").await.shows(&case.number.to_string());
    site.get(&at(case.number, "?view=history"))
        .await
        .shows("利用を停止しているため、山田 太郎さんを次回の担当から外しました");
    assert!(record(&site, case).await.due.is_some(), "the center has a deadline");

    // The center asks another expert, and the company then chooses a time.
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", domain::field::Fields::Both).await;
    let version = record(&site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[sato]).await.unwrap();
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let request = request.into_iter().find(|it| it.expert == sato).unwrap();
    ops::routing::assignment::accept(&site.app, request.id, sato).await.unwrap();
    assert_eq!(state(&site, case).await, "scheduling");
    assert!(!cases::free_slots(&site, case).await.is_empty());
    sound(&site).await;
}

#[actix_web::test]
async fn the_centers_further_appointment_does_not_offer_a_closed_account() {
    let (site, cast) = center().await;
    let case = left_behind(&site, &cast).await;
    let page = site.get(&at(case.number, "/further")).await;
    assert!(!page.body.contains("name=\"keep\""), "{}", page.body);
    done(&act(&site, case, "/further", &[]).await);
    assert_eq!(state(&site, case).await, "checking");
    sound(&site).await;
}

#[actix_web::test]
async fn an_expert_who_stays_plans_with_a_colleague_who_has_left() {
    let (site, cast, case, [ict, labor]) = of_two(true).await;
    let held = appointment(&site, case).await;
    site.app.clock.advance(held.ends_at - site.app.clock.now());
    ops::booking::appointment::record_done(&site.app, case.id, cast.center()).await.unwrap();
    submit(&site, &held, ict).await;
    let decided = ReportDecision::Approve;
    ops::aftercare::report::decide(&site.app, held.id, cast.coordinator, decided).await.unwrap();
    close(&site, labor).await;
    let expert = site.visitor();
    assert_eq!(expert.sign_in("ict@example.jp", PASSWORD).await.status, 303);
    let own = format!("/expert/consultations/{}", case.number);
    done(&expert.post(&format!("{own}/next"), &[]).await);
    expert.get(&own).await.shows("センターが、ほかの専門家を調整します");
    assert_eq!(state(&site, case).await, "checking");
    let live = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let live: Vec<_> = live.iter().filter(|it| it.is_live()).map(|it| it.expert).collect();
    assert_eq!(live, [ict], "the one who stays keeps the acceptance");
    sound(&site).await;
}

#[actix_web::test]
async fn the_reminder_of_an_outcome_says_whom_else_it_asks() {
    for is_closed in [false, true] {
        let (site, cast) = center().await;
        let case = cases::booked(&site, &cast, CONTACT).await;
        let ends_at = appointment(&site, case).await.ends_at;
        site.app.clock.advance(ends_at - site.app.clock.now());
        if is_closed {
            close(&site, cast.expert).await;
        }
        for _ in 0..8 {
            site.app.clock.advance(chrono::TimeDelta::days(1));
            worker::once(&site.app).await;
        }
        let to = crate::substitute::center_email(&site).await;
        let mail = mails_to(&site, &to).await.into_iter().find(|it| it.kind == "outcome_missing").unwrap();
        assert_eq!(
            mail.text_body.contains("専門家にも記録をお願いしています"),
            !is_closed,
            "{}",
            mail.text_body
        );
        assert_eq!(mail.text_body.contains("センターで記録してください"), is_closed, "{}", mail.text_body);
    }
}

#[actix_web::test]
async fn an_end_before_the_report_says_that_it_is_still_to_come() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let reader = site.visitor();
    company::sign_in(&reader, CONTACT).await;
    let page = reader.get(&company::my(case, "/cancel?action=withdraw")).await;
    page.shows("実施した相談の報告書は、できましたらお知らせします");
    assert!(!page.body.contains("報告書は、引き続き確認できます"), "{}", page.body);
    ops::consultation::end(
        &site.app,
        case.id,
        None,
        Actor::Company,
        ops::consultation::Ending::Withdraw { reason: None },
    )
    .await
    .unwrap();
    let mail = mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "finished").unwrap();
    assert!(mail.text_body.contains("実施した相談の報告書は、"), "{}", mail.text_body);
    assert!(!mail.text_body.contains("報告書は、引き続き"), "{}", mail.text_body);
}

#[actix_web::test]
async fn the_history_says_which_time_was_moved_cancelled_or_missed() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let time = |it: &Appointment| domain::wording::long_date_time_range(it.starts_at, it.ends_at);
    let first = time(&appointment(&site, case).await);
    let slot = cases::free_slots(&site, case).await[4];
    ops::booking::appointment::reschedule(&site.app, case.id, cast.center(), slot).await.unwrap();
    let second = time(&appointment(&site, case).await);
    ops::booking::appointment::cancel(&site.app, case.id, cast.center(), "入院".to_owned()).await.unwrap();
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let all = store::booking::appointment::of(&site.app.db, case.id).await.unwrap();
    let third = all.into_iter().find(Appointment::is_confirmed).unwrap();
    site.app.clock.advance(third.ends_at - site.app.clock.now());
    ops::booking::appointment::record_no_show(&site.app, case.id, cast.center()).await.unwrap();
    again(&site).await;
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows(&format!("{first}から{second}へ"));
    history.shows(&format!("{second}の予約：入院"));
    let missed = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    assert_eq!(missed.last().unwrap().note.as_deref(), Some(&*time(&third)));
}

#[actix_web::test]
async fn a_correction_after_the_end_promises_no_other_time() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let id = appointment(&site, case).await.id;
    again(&site).await;
    let page = site.get(&at(case.number, &format!("/outcome/{id}"))).await;
    page.shows("次の日時の選び方を送ります");
    done(&act(&site, case, "/unfulfilled", &[("reason", "no_expert")]).await);
    let page = site.get(&at(case.number, &format!("/outcome/{id}"))).await;
    page.shows("次の日時は選べません");
    assert!(!page.body.contains("次の日時の選び方"), "{}", page.body);
    let form = [("outcome", "no_show"), ("reason", "思い違い"), ("said_by", "center")];
    done(&act(&site, case, &format!("/outcome/{id}"), &form).await);
    let mails = mails_to(&site, "expert@example.jp").await;
    let mail = mails.into_iter().find(|it| it.kind == "outcome_corrected").unwrap();
    assert!(mail.text_body.contains("報告書があれば"), "{}", mail.text_body);
    // Between the two absences no report was asked for.
    let page = site.get(&at(case.number, &format!("/outcome/{id}"))).await;
    assert!(!page.body.contains("報告書の依頼を取り消します"), "{}", page.body);
}

#[actix_web::test]
async fn a_person_without_a_reading_has_no_empty_brackets() {
    let (site, cast) = center().await;
    let mut form = cases::form(CONTACT);
    form.contact_kana = String::new();
    let case = cases::scheduling_of(&site, &cast, &form).await;
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    let page = expert.get(&format!("/expert/consultations/{}", case.number)).await;
    page.shows("田中 一郎");
    assert!(!page.body.contains("（）"), "{}", page.body);
}
