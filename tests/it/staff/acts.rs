//! Every action of a coordinator: done if it is possible, refused if it is not.
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    aftercare::{
        follow_up::{FollowUpAnswer, SurveyAgreement, SurveyAnswer},
        report::ReportBody,
    },
    field::Fields,
};
use madoguchi::{
    ops::{self, aftercare::report::Saving},
    store,
};

use sea_orm::ConnectionTrait;

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, approved, booked, consulted, received, record, scheduling, state},
    deadlines::sound,
    site::Site,
};

#[actix_web::test]
async fn a_case_is_checked_asked_about_noted_and_given_to_an_expert() {
    let (site, cast) = center().await;
    let case = cases::unconfirmed(&site, &cast, &cases::form(CONTACT)).await;
    let page = site.get(&at(case.number, "")).await;
    page.shows("連絡先を確認してください。");
    page.shows("連絡先未確認");
    page.shows("在宅勤務の勤怠管理に困っています。");
    page.shows("2026年（令和8年）11月20日（金）14:05に開始");
    assert!(!page.body.contains("日時を変更する"), "only what is possible now is offered");

    site.get(&at(case.number, "/confirm-address")).await.shows("03-0000-0000");
    done(&act(&site, case, "/confirm-address", &[]).await);
    assert!(record(&site, case).await.consultation.address_confirmed);
    site.get(&at(case.number, "")).await.shows("連絡先を確認済みにしました。");

    done(&act(&site, case, "/start-check", &[]).await);
    assert_eq!(state(&site, case).await, "checking");
    assert_eq!(record(&site, case).await.coordinator, Some(cast.coordinator));

    let empty = act(&site, case, "/ask", &[("text", " ")]).await;
    assert_eq!(empty.status, 422);
    empty.shows("確認したいことを入力してください");
    done(&act(&site, case, "/ask", &[("text", "<b>台数</b>を教えてください。")]).await);
    assert_eq!(state(&site, case).await, "waiting_company");
    let page = site.get(&at(case.number, "?view=messages")).await;
    page.shows("&#60;b&#62;台数&#60;/b&#62;を教えてください。");
    page.shows("企業の回答を待つ間、停止しています");
    assert!(cases::mails_to(&site, CONTACT).await.iter().any(|it| it.kind == "question"));

    done(&act(&site, case, "/note", &[("note", "社長は火曜日が不在")]).await);
    done(&act(&site, case, "/message", &[("text", "お電話ください。")]).await);
    let page = site.get(&at(case.number, "?view=messages")).await;
    page.shows("内部メモ（企業には表示されません）");
    page.shows("鈴木 花子（センター）");
    let empty = act(&site, case, "/note", &[("note", "")]).await;
    assert_eq!(empty.status, 422);
    empty.shows("内部メモを入力してください");

    let answer = domain::text::Prose::parse("", "12台です。", 100).unwrap();
    let everyone = store::correspondence::message::Audience::Everyone;
    ops::correspondence::message::post(&site.app, case.id, domain::actor::Actor::Company, everyone, &answer)
        .await
        .unwrap();
    let page = site.get(&at(case.number, "?view=candidates")).await;
    page.shows("山田 太郎");
    page.shows("前後28日の相談が0件");
    let nobody = act(&site, case, "/request", &[]).await;
    assert_eq!(nobody.status, 422);
    nobody.shows("依頼する専門家を選択してください");
    let expert = cast.expert.to_string();
    done(&act(&site, case, "/request", &[("expert", &expert)]).await);
    assert_eq!(state(&site, case).await, "matching");
    let page = site.get(&at(case.number, "")).await;
    page.shows("山田 太郎さんに依頼しました。回答期限は11月25日（水）17:00です。");
    page.shows("依頼した理由");
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("専門家に依頼");
    history.shows("「担当者調整中」へ");
    site.get(&at(case.number, "?view=mail")).await.shows("担当依頼");
}

#[actix_web::test]
async fn both_fields_can_be_given_to_a_pair_and_others_are_told_why_not() {
    let (site, cast) = center().await;
    let ict = cases::expert(&site, "ict@example.jp", "佐藤 次郎", Fields::Ict).await;
    let labor = cases::expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    let mut form = cases::form(CONTACT);
    form.field = vec!["ict".to_owned(), "labor".to_owned()];
    let case = cases::unconfirmed(&site, &cast, &form).await;
    done(&act(&site, case, "/confirm-address", &[]).await);
    site.get(&at(case.number, "?view=candidates")).await.shows("ICTと労務管理の専門家を1人ずつ");
    let ict = ict.to_string();
    let half = act(&site, case, "/request", &[("expert", &ict)]).await;
    assert_eq!(half.status, 409);
    half.shows("候補の中から選んでください");
    half.shows(&format!("value=\"{ict}\" checked"));
    done(&act(&site, case, "/request", &[("expert", &ict), ("expert", &labor.to_string())]).await);
    assert_eq!(store::routing::assignment::of(&site.app.db, case.id).await.unwrap().len(), 2);

    let one = received(&site, &cast, "b@example.co.jp").await;
    let page = site.get(&at(one.number, "?view=candidates")).await;
    page.shows("候補でない専門家と理由（1人）");
    page.shows("分野が合いません（労務管理のみ）");
}

/// The appointments of a year are used up: the next application is accepted, and the center is told.
#[actix_web::test]
async fn an_application_past_the_yearly_cap_warns_the_center() {
    let (site, cast) = center().await;
    let form = |email: &str| domain::intake::application::ApplicationForm {
        corporate_number: "7000012050002".to_owned(),
        ..cases::form(email)
    };
    for n in 0..3 {
        let case = cases::unconfirmed(&site, &cast, &form(&format!("contact{n}@example.co.jp"))).await;
        ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
        let version = cases::record(&site, case).await.version;
        ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
            .await
            .unwrap();
        let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().remove(0);
        ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
        let page = site.get(&at(case.number, "")).await;
        assert!(!page.body.contains("上限の3回"), "the cap is not reached before the booking of case {n}");
        let slot = cases::free_slots(&site, case).await[0];
        ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    }
    let fourth = cases::unconfirmed(&site, &cast, &form(CONTACT)).await;
    site.get(&at(fourth.number, "")).await.shows("この企業の今年度の相談は3回で、上限の3回に達しています。");
    site.get(&at(fourth.number, "?view=history")).await.shows("上限の3回に達しています");
}

#[actix_web::test]
async fn the_center_chooses_moves_and_cancels_the_appointment() {
    let (site, cast) = center().await;
    let case = scheduling(&site, &cast, CONTACT).await;
    let page = site.get(&at(case.number, "/slots")).await;
    page.shows("この日時に決める");
    page.shows("さらに後の日時を見る");
    // It is 14:05 of this Friday: past times are not offered, and the next quarter hour is.
    page.shows(r#"value="2026-11-20T05:15:00Z""#);
    assert!(!page.body.contains("2026-11-20T05:00:00Z"), "{}", page.body);
    let empty = act(&site, case, "/slots", &[]).await;
    assert_eq!(empty.status, 422);
    empty.shows("日時を選択してください");
    done(&act(&site, case, "/slots", &[("slot", "2026-12-01T01:00:00Z")]).await);
    assert_eq!(state(&site, case).await, "booked");

    let other = scheduling(&site, &cast, "b@example.co.jp").await;
    let taken = act(&site, other, "/slots", &[("slot", "2026-12-01T01:30:00Z")]).await;
    assert_eq!(taken.status, 409);
    taken.shows("選んだ日時は、ほかの方の予約が先に入りました。");
    taken.shows("この日時に決める");

    site.get(&at(case.number, "/slots")).await.shows("この日時に変更する");
    done(&act(&site, case, "/slots", &[("slot", "2026-12-02T01:15:00Z")]).await);
    assert_eq!(cases::appointment(&site, case).await.sequence, 1);

    assert_eq!(act(&site, case, "/cancel", &[("reason", "")]).await.status, 422);
    done(&act(&site, case, "/cancel", &[("reason", "専門家の急病")]).await);
    assert_eq!(state(&site, case).await, "scheduling");
    site.get(&at(case.number, "?view=sessions")).await.shows("センター都合で中止（専門家の急病）");
}

#[actix_web::test]
async fn an_appointments_outcome_is_recorded_after_it_began() {
    let (site, cast) = center().await;
    let case = booked(&site, &cast, CONTACT).await;
    for early in ["/done", "/no-show"] {
        let refused = act(&site, case, early, &[]).await;
        assert_eq!(refused.status, 409);
        refused.shows("より前には記録できません");
    }
    let starts_at = cases::appointment(&site, case).await.starts_at;
    site.app.clock.advance(starts_at - site.app.clock.now());
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    done(&act(&site, case, "/no-show", &[]).await);
    assert_eq!(state(&site, case).await, "scheduling");

    let other = booked(&site, &cast, "b@example.co.jp").await;
    let starts_at = cases::appointment(&site, other).await.starts_at;
    site.app.clock.advance(starts_at - site.app.clock.now());
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    done(&act(&site, other, "/done", &[]).await);
    assert_eq!(state(&site, other).await, "consulted");
}

#[actix_web::test]
async fn a_report_is_read_returned_and_approved() {
    let (site, cast) = center().await;
    let case = consulted(&site, &cast, CONTACT).await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let appointment = cases::appointment(&site, case).await.id;
    let page = format!("/report/{appointment}");
    assert_eq!(site.get(&at(case.number, &page)).await.status, 404, "nothing is written yet");
    submit(&site, &cast, case, 0).await;
    site.get("/staff?tab=reports").await.shows(&case.number.to_string());
    site.get("/staff").await.shows("報告書の確認（1）");
    site.get(&at(case.number, "")).await.shows("提出された報告書を確認する");
    site.get(&at(case.number, &page)).await.shows("段階的に始める");

    let none = act(&site, case, &page, &[]).await;
    assert_eq!(none.status, 422);
    none.shows("報告書の確認結果を選択してください");
    assert_eq!(act(&site, case, &page, &[("decision", "return")]).await.status, 422);
    let back = [("decision", "return"), ("reason", "次回の時期が未記入")];
    done(&act(&site, case, &page, &back).await);
    let again = act(&site, case, &page, &[("decision", "approve")]).await;
    assert_eq!(again.status, 409);
    again.shows("まだ提出されていません");

    submit(&site, &cast, case, 3).await;
    done(&act(&site, case, &page, &[("decision", "approve")]).await);
    assert_eq!(state(&site, case).await, "follow_up");
    site.get(&at(case.number, "?view=sessions")).await.shows("3か月後の確認");

    let other = consulted(&site, &cast, "b@example.co.jp").await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    assert_eq!(site.get(&at(other.number, &page)).await.status, 404, "another consultation's report");
    let forged = act(&site, other, &page, &[("decision", "approve")]).await;
    assert_eq!(forged.status, 404);
    submit(&site, &cast, other, 0).await;
    let page = format!("/report/{}", cases::appointment(&site, other).await.id);
    done(&act(&site, other, &page, &[("decision", "continue")]).await);
    assert_eq!(state(&site, other).await, "scheduling");
}

async fn submit(site: &Site, cast: &Cast, case: Case, version: i32) {
    let body = ReportBody {
        present_state: "紙の勤怠管理".to_owned(),
        advice: "段階的に始める".to_owned(),
        next_steps: "規程の案を作る".to_owned(),
        ..ReportBody::default()
    };
    let appointment = cases::appointment(site, case).await.id;
    ops::aftercare::report::write(&site.app, appointment, cast.expert, body, version, Saving::Submit)
        .await
        .unwrap();
}

#[actix_web::test]
async fn a_further_appointment_past_the_cap_needs_a_reason() {
    let (site, cast) = center().await;
    let case = approved(&site, &cast, CONTACT).await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    site.get(&at(case.number, "/further")).await.shows("これまでに1回です（上限3回）");
    done(&act(&site, case, "/further", &[]).await);
    assert_eq!(state(&site, case).await, "scheduling");

    let year = domain::number::FiscalYear::new(2026).unwrap();
    let settings = domain::settings::Settings { appointment_cap: 1, ..Default::default() };
    ops::reference::settings::save(&site.app, year, &settings, 0, cast.coordinator).await.unwrap();
    let other = approved(&site, &cast, "b@example.co.jp").await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let capped = act(&site, other, "/further", &[]).await;
    assert_eq!(capped.status, 409);
    capped.shows("今年度の相談は1回までです");
    site.get(&at(other.number, "/further")).await.shows("だれの申し出ですか");
    // The company wishes for it; that it may be beyond the cap is for the coordinator who records the wish to say.
    let form = [("reason", "規程の作成まで支援するため"), ("said_by", "company")];
    done(&act(&site, other, "/further", &form).await);
    let page = site.get(&at(other.number, "?view=history")).await;
    page.shows("規程の作成まで支援するため");
    page.shows("企業の代行");
}

/// Past the yearly cap the service asks no expert by itself: the center decides.
#[actix_web::test]
async fn past_the_cap_nobody_is_asked_before_the_center_has_decided() {
    let (site, cast) = center().await;
    let year = domain::number::FiscalYear::new(2026).unwrap();
    let settings = domain::settings::Settings { appointment_cap: 1, ..Default::default() };
    ops::reference::settings::save(&site.app, year, &settings, 0, cast.coordinator).await.unwrap();
    let first = cases::booked(&site, &cast, CONTACT).await;
    let case = crate::deadlines::applied(&site, "b@example.co.jp", &["ict"]).await;
    // The center has linked the two: they are one company.
    let same = format!(
        "UPDATE consultation SET company_id = (SELECT company_id FROM consultation WHERE number = '{}') WHERE number = '{}'",
        first.number, case.number
    );
    site.app.db.execute_unprepared(&same).await.unwrap();
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    assert_eq!(state(&site, case).await, "received");
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    assert!(all.is_empty(), "{all:?}");
    assert!(cases::appointment(&site, case).await.is_live(), "the time is kept for the center");
    site.get(&at(case.number, "?view=history")).await.shows("今年度の相談が上限の回数に達しているため");
    let version = record(&site, case).await.version;
    let team = [cast.expert];
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &team).await.unwrap();
    sound(&site).await;
}

#[actix_web::test]
async fn consultations_end_in_every_way_and_are_reopened() {
    let (site, cast) = center().await;
    let ends = [
        ("/withdraw", ("reason", "自社で解決した"), "withdrawn"),
        ("/unfulfilled", ("reason", "not_eligible"), "unfulfilled"),
        ("/refer", ("organization", "見本県よろず相談所"), "referred"),
    ];
    for (path, filled, ended) in ends {
        let case = received(&site, &cast, &format!("{ended}@example.co.jp")).await;
        let empty = act(&site, case, path, &[]).await;
        assert_eq!(empty.status, 422, "{path}");
        done(&act(&site, case, path, &[filled]).await);
        assert_eq!(state(&site, case).await, ended);
        assert_eq!(act(&site, case, "/reopen", &[]).await.status, 422);
        done(&act(&site, case, "/reopen", &[("reason", "再度の申出")]).await);
        assert_eq!(state(&site, case).await, "checking");
    }
    let case = approved(&site, &cast, CONTACT).await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    done(&act(&site, case, "/complete", &[]).await);
    assert_eq!(state(&site, case).await, "completed");
}

/// Every action is sent as a forged POST, in a state that refuses it.
#[actix_web::test]
async fn a_forged_act_changes_nothing() {
    let (site, cast) = center().await;
    let open = received(&site, &cast, CONTACT).await;
    let ended = received(&site, &cast, "b@example.co.jp").await;
    done(&act(&site, ended, "/withdraw", &[("reason", "自社で解決した")]).await);
    let expert = cast.expert.to_string();
    let full = [
        ("text", "質問"),
        ("reason", "not_eligible"),
        ("organization", "見本県よろず相談所"),
        ("slot", "2026-12-01T01:00:00Z"),
        ("expert", expert.as_str()),
    ];
    for (case, paths, sentence) in [
        (
            open,
            // A time is the company's wish here (`stead.rs`).
            &["/cancel", "/no-show", "/done", "/further", "/complete", "/reopen"][..],
            "いまの状況（受付済み）では「",
        ),
        (
            ended,
            &[
                "/start-check",
                "/ask",
                "/confirm-address",
                "/release-hold",
                "/request",
                "/slots",
                "/cancel",
                "/no-show",
                "/done",
                "/further",
                "/complete",
                "/withdraw",
                "/unfulfilled",
                "/refer",
            ][..],
            "この相談は終了しています（取下げ）",
        ),
    ] {
        let before = record(&site, case).await;
        for path in paths {
            let refused = act(&site, case, path, &full).await;
            assert_eq!(refused.status, 409, "{path}");
            refused.shows(sentence);
            assert_eq!(record(&site, case).await, before, "{path}");
        }
    }
    let nothing_held = act(&site, open, "/release-hold", &[]).await;
    assert_eq!(nothing_held.status, 409);
    nothing_held.shows("仮予約はありません");
    assert_eq!(site.post(&at(open.number, "/explode"), &[]).await.status, 404);
    assert_eq!(site.get(&at(open.number, "/explode")).await.status, 404);
    assert_eq!(site.get("/staff/consultations/R08-999999").await.status, 404);
    assert_eq!(site.get("/staff/consultations/xyz").await.status, 404);
}

#[actix_web::test]
async fn the_second_of_two_coordinators_is_told_and_loses_nothing() {
    let (site, cast) = center().await;
    let case = received(&site, &cast, CONTACT).await;
    let seen = record(&site, case).await.version.to_string();
    done(&act(&site, case, "/note", &[("note", "先に保存したメモ")]).await);

    let typed = "二人目の<質問>";
    let stale = site.post(&at(case.number, "/ask"), &[("text", typed), ("version", &seen)]).await;
    assert_eq!(stale.status, 409);
    stale.shows("ほかの担当者が先に更新しました");
    stale.shows("二人目の&#60;質問&#62;");
    let now = record(&site, case).await.version;
    stale.shows(&format!("name=\"version\" value=\"{now}\""));
    assert_eq!(state(&site, case).await, "received");

    let expert = cast.expert.to_string();
    let stale = site.post(&at(case.number, "/request"), &[("expert", &expert), ("version", &seen)]).await;
    assert_eq!(stale.status, 409);
    stale.shows("ほかの担当者が先に更新しました");
    assert_eq!(
        site.post(&at(case.number, "/ask"), &[("text", typed)]).await.status,
        409,
        "no version at all"
    );
    done(&act(&site, case, "/ask", &[("text", typed)]).await);
}

/// Answers the survey with the wish for a further appointment.
async fn wants_help(site: &Site, case: Case, comment: &str) {
    let survey = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap().remove(0);
    let yes = SurveyAgreement::Yes;
    let answer = FollowUpAnswer::Survey(SurveyAnswer {
        purpose_achieved: yes,
        satisfied: yes,
        will_consider: yes,
        wants_further_appointment: true,
        comment: comment.to_owned(),
    });
    ops::aftercare::follow_up::answer(&site.app, survey.id, answer).await.unwrap();
}

/// The company says on the telephone, long after its answer, that it needs no further help.
#[actix_web::test]
async fn an_old_wish_for_help_is_taken_back_in_the_companys_stead() {
    let (site, cast) = center().await;
    let case = cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(7)).await;
    wants_help(&site, case, "").await;
    site.app.clock.advance(TimeDelta::days(30));
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let label = "次回の相談の希望を取り下げる";
    site.get(&at(case.number, "")).await.shows(label);
    site.get(&at(case.number, "/drop-help")).await.shows("企業に代わって記録します");
    assert!(record(&site, case).await.due.is_some(), "the center had to call");
    done(&act(&site, case, "/drop-help", &[]).await);
    let after = record(&site, case).await;
    assert_eq!(
        (after.wants_help_since, after.due, after.consultation.state.code()),
        (None, None, "follow_up")
    );
    let history = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    let last = history.last().unwrap();
    assert_eq!(last.by, Actor::Stead(cast.coordinator, domain::actor::Represented::Company));
    assert_eq!(last.note.as_deref(), Some("次回の相談の希望を取り下げました"));
    assert!(!site.get(&at(case.number, "")).await.body.contains(label));
    assert!(!site.get("/staff?tab=wishes").await.body.contains(&case.number.to_string()));
    let again = act(&site, case, "/drop-help", &[]).await;
    assert_eq!(again.status, 409);
    again.shows("すでに取り下げられているか、対応済みです");
    sound(&site).await;
}

/// A wish for further help comes back to the center with a deadline, and the last answer does not close the
/// consultation.
#[actix_web::test]
async fn a_wish_for_help_is_shown_until_it_is_answered() {
    let (site, cast) = center().await;
    let case = cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(7)).await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let number = case.number.to_string();
    assert!(!site.get("/staff").await.body.contains(&number), "nothing to do yet");
    site.get("/staff?tab=follow_up").await.shows(&number);
    wants_help(&site, case, "もう一度お願いします。").await;
    let list = site.get("/staff").await;
    list.shows(&number);
    list.shows("相談継続の希望");
    site.get(&at(case.number, "")).await.shows("企業が相談の継続を希望しています");
    site.get(&at(case.number, "?view=sessions")).await.shows("もう一度お願いします。");
    // The questions after it are not answered.
    for _ in 0..4 {
        site.app.clock.advance(TimeDelta::days(200));
        let now = site.app.clock.now();
        for it in store::aftercare::follow_up::due(&site.app.db, now, &[], 10).await.unwrap() {
            ops::aftercare::follow_up::send(&site.app, domain::id::FollowUpId(it)).await.unwrap();
        }
        for it in store::aftercare::follow_up::unanswered(&site.app.db, now - TimeDelta::days(100), &[], 10)
            .await
            .unwrap()
        {
            ops::aftercare::follow_up::lapse(&site.app, domain::id::FollowUpId(it)).await.unwrap();
        }
    }
    let plan = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap();
    assert!(plan.iter().all(domain::aftercare::follow_up::FollowUp::is_over));
    assert_eq!(state(&site, case).await, "follow_up", "who asked for help is not closed away");
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    site.get("/staff?tab=wishes").await.shows(&number);
    done(&act(&site, case, "/further", &[]).await);
    assert!(!site.get("/staff").await.body.contains(&number));
    assert!(!site.get("/staff?tab=wishes").await.body.contains(&number));
}
