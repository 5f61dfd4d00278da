//! What the center records in the stead of a company or an expert who has telephoned.
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Represented},
    aftercare::{follow_up::FollowUpAnswer, report::ReportBody},
    booking::appointment::AppointmentState,
    consultation::ActionKind,
};
use madoguchi::{
    doctor,
    ops::{
        self,
        aftercare::report::{ReportDecision, Saving},
    },
    store, worker,
};
use sea_orm::EntityTrait;

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, record, state},
    site::Site,
};

/// Returns the latest event that is no note, with the actor.
async fn last_action(site: &Site, case: Case) -> (ActionKind, Actor) {
    let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    let last = events.into_iter().rev().find(|it| it.action != ActionKind::Note).unwrap();
    (last.action, last.by)
}

const fn of_company(cast: &Cast) -> Actor {
    Actor::Stead(cast.coordinator, Represented::Company)
}

const fn of_expert(cast: &Cast) -> Actor {
    Actor::Stead(cast.coordinator, Represented::Expert(cast.expert))
}

/// Checks that the history says who acted for whom, and that the chain of hashes holds.
async fn history_says(site: &Site, case: Case, who: &str) {
    site.get(&at(case.number, "?view=history")).await.shows(who);
    while worker::outbox::step(&site.app).await.unwrap() {}
    let findings = doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}

#[actix_web::test]
async fn the_answer_of_a_company_is_written_down() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let early = act(&site, case, "/answer", &[("text", "12台です。")]).await;
    assert_eq!(early.status, 409, "nothing was asked");
    assert!(!site.get(&at(case.number, "")).await.body.contains("企業の回答を記録する"));
    done(&act(&site, case, "/ask", &[("text", "台数を教えてください。")]).await);
    site.get(&at(case.number, "")).await.shows("企業の回答を記録する");
    site.get(&at(case.number, "/answer")).await.shows("tel:");
    let empty = act(&site, case, "/answer", &[("text", " ")]).await;
    assert_eq!(empty.status, 422);
    empty.shows("企業の回答を入力してください");
    let mails = cases::mails_to(&site, CONTACT).await.len();
    done(&act(&site, case, "/answer", &[("text", "12台です。")]).await);
    assert_eq!(state(&site, case).await, "checking");
    assert_eq!(last_action(&site, case).await, (ActionKind::Answer, of_company(&cast)));
    assert_eq!(
        cases::mails_to(&site, CONTACT).await.len(),
        mails,
        "nobody is told what they said themselves"
    );
    let page = site.get(&at(case.number, "?view=messages")).await;
    page.shows("12台です。");
    page.shows("企業（鈴木 花子が記録）");
    page.shows("電話");
    assert!(record(&site, case).await.due.unwrap().at().is_some(), "the clock runs again");
    history_says(&site, case, "鈴木 花子（センター）　企業の代行").await;
}

#[actix_web::test]
async fn a_time_is_chosen_moved_and_cancelled_for_a_company() {
    let (site, cast) = center().await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let slots = cases::free_slots(&site, case).await;
    let value = |n: usize| ops::intake::apply::slot_value(slots[n]);
    site.get(&at(case.number, "/slots")).await.shows("だれの申し出ですか");
    done(&act(&site, case, "/slots", &[("slot", &value(0)), ("said_by", "company")]).await);
    assert_eq!(last_action(&site, case).await, (ActionKind::ChooseSlot, of_company(&cast)));

    done(&act(&site, case, "/slots", &[("slot", &value(3)), ("said_by", &cast.expert.to_string())]).await);
    assert_eq!(last_action(&site, case).await, (ActionKind::Reschedule, of_expert(&cast)));
    assert_eq!(cases::appointment(&site, case).await.starts_at, slots[3].start());

    let form = [("reason", "社長が出張のため"), ("said_by", "company")];
    done(&act(&site, case, "/cancel", &form).await);
    assert_eq!(last_action(&site, case).await, (ActionKind::CancelAppointment, of_company(&cast)));
    let cancelled = cases::appointment(&site, case).await;
    assert!(matches!(cancelled.state, AppointmentState::CancelledByCompany { .. }), "{cancelled:?}");
    history_says(&site, case, "山田 太郎（専門家）の代行").await;

    let stranger = cases::expert(&site, "b@example.jp", "佐藤 次郎", domain::field::Fields::Both).await;
    let form = [("slot", &*value(0)), ("said_by", &*stranger.to_string())];
    let refused = act(&site, case, "/slots", &form).await;
    assert_eq!(refused.status, 404, "an expert without a part has said nothing");
    done(&act(&site, case, "/slots", &[("slot", &value(0)), ("said_by", "center")]).await);
    assert_eq!(last_action(&site, case).await, (ActionKind::ChooseSlot, cast.center()));
}

#[actix_web::test]
async fn a_wished_time_is_recorded_for_a_company() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    site.get(&at(case.number, "")).await.shows("企業の希望日時を記録する");
    site.get(&at(case.number, "/slots")).await.shows("企業の希望の日時を選んでください");
    let offers = ops::booking::hold::offers(&site.app, &record(&site, case).await).await.unwrap();
    let slot = offers.days().into_iter().find_map(|(_, slots)| slots.first().copied()).unwrap();
    let value = ops::intake::apply::slot_value(slot);
    done(&act(&site, case, "/slots", &[("slot", &value)]).await);
    let held = cases::appointment(&site, case).await;
    assert!(held.is_live() && !held.is_confirmed(), "{held:?}");
    assert_eq!(held.starts_at, slot.start());
    let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    let is_wish = |it: &&store::audit::event::HistoryEntry| {
        it.note.as_ref().is_some_and(|it| it.starts_with("希望の日時を選び直しました"))
    };
    assert_eq!(events.iter().find(is_wish).unwrap().by, of_company(&cast));
    assert!(!site.get(&at(case.number, "")).await.body.contains("企業の希望日時を記録する"));
    let again = act(&site, case, "/slots", &[("slot", &value)]).await;
    assert_eq!(again.status, 409, "a time is kept already");
    history_says(&site, case, "企業の代行").await;
}

#[actix_web::test]
async fn an_expert_answers_by_telephone() {
    let (site, cast) = center().await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().remove(0);
    let path = format!("/requests/{}", request.id);
    site.get(&at(case.number, "")).await.shows(&path);
    site.get(&at(case.number, &path)).await.shows("山田 太郎");
    let none = act(&site, case, &path, &[]).await;
    assert_eq!(none.status, 422);
    none.shows("専門家の回答を選択してください");
    let unsaid = act(&site, case, &path, &[("answer", "decline")]).await;
    assert_eq!(unsaid.status, 422);
    unsaid.shows("理由を入力してください");
    done(&act(&site, case, &path, &[("answer", "accept")]).await);
    assert_eq!(state(&site, case).await, "scheduling");
    assert_eq!(last_action(&site, case).await, (ActionKind::Accept, of_expert(&cast)));
    let again = act(&site, case, &path, &[("answer", "accept")]).await;
    assert_eq!(again.status, 409);
    history_says(&site, case, "山田 太郎（専門家）の代行").await;

    let other = cases::matching(&site, &cast, "b@example.co.jp").await;
    let request = store::routing::assignment::of(&site.app.db, other.id).await.unwrap().remove(0);
    let path = format!("/requests/{}", request.id);
    assert_eq!(act(&site, case, &path, &[("answer", "accept")]).await.status, 404, "of another case");
    done(&act(&site, other, &path, &[("answer", "decline"), ("reason", "入院のため")]).await);
    assert_eq!(state(&site, other).await, "checking");
    assert_eq!(last_action(&site, other).await, (ActionKind::Decline, of_expert(&cast)));
}

#[actix_web::test]
async fn the_outcome_and_the_report_are_recorded_for_an_expert() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let appointment = cases::appointment(&site, case).await;
    let write = format!("/report/{}/write", appointment.id);
    site.get(&at(case.number, &write)).await.shows("いまは書けません");
    site.app.clock.advance(appointment.ends_at - site.app.clock.now());
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    site.get(&at(case.number, "/done")).await.shows("専門家　山田 太郎");
    done(&act(&site, case, "/done", &[("said_by", &cast.expert.to_string())]).await);
    assert_eq!(last_action(&site, case).await, (ActionKind::RecordDone, of_expert(&cast)));

    site.get(&at(case.number, "?view=sessions")).await.shows("代わりに書く");
    let half = [("version", "0"), ("action", "submit"), ("present_state", "紙のタイムカード")];
    let reply = site.post(&at(case.number, &write), &half).await;
    assert_eq!(reply.status, 422);
    reply.shows("助言の内容を入力してください");
    let kept = [("version", "0"), ("action", "keep"), ("present_state", "紙のタイムカード")];
    done(&site.post(&at(case.number, &write), &kept).await);
    site.get(&at(case.number, &write)).await.shows("紙のタイムカード");
    let stale = site.post(&at(case.number, &write), &kept).await;
    assert_eq!(stale.status, 409, "a page from before the draft");
    let whole = [
        ("version", "1"),
        ("action", "submit"),
        ("present_state", "紙のタイムカード"),
        ("advice", "クラウドの勤怠管理"),
        ("next_steps", "規程の案"),
    ];
    done(&site.post(&at(case.number, &write), &whole).await);
    let report = store::aftercare::report::of_appointment(&site.app.db, appointment.id).await.unwrap();
    let report = report.unwrap();
    assert_eq!((report.author, report.state.code()), (cast.expert, "submitted"));
    site.get(&at(case.number, &write)).await.shows("いまは書けません");
    history_says(&site, case, "山田 太郎（専門家）の代行").await;
}

#[actix_web::test]
async fn a_survey_is_answered_on_the_telephone() {
    let (site, cast) = center().await;
    let case = cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(7)).await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let all = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap();
    let (survey, later) = (all[0].clone(), all[1].clone());
    site.get(&at(case.number, "?view=sessions")).await.shows(&format!("/questions/{}", survey.id));
    let path = format!("/questions/{}", survey.id);
    let half = site.post(&at(case.number, &path), &[("satisfied", "yes")]).await;
    assert_eq!(half.status, 422);
    let form =
        [("purpose_achieved", "yes"), ("satisfied", "yes"), ("will_consider", "rather_yes"), ("help", "1")];
    done(&site.post(&at(case.number, &path), &form).await);
    let page = site.get(&at(case.number, "?view=sessions")).await;
    page.shows("相談継続の希望");
    assert!(record(&site, case).await.wants_help_since.is_some());
    let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    assert!(events.iter().any(|it| it.by == of_company(&cast)), "{events:?}");
    let early =
        site.post(&at(case.number, &format!("/questions/{}", later.id)), &[("answer", "introduced")]).await;
    assert_eq!(early.status, 409, "a question that was not asked yet");
    history_says(&site, case, "企業の代行").await;
}

/// The company may change an answer for two weeks; the center corrects it later too.
#[actix_web::test]
async fn an_old_answer_is_corrected_in_the_companys_stead() {
    let (site, cast) = center().await;
    let case = cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(7)).await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let survey = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap().remove(0);
    let path = at(case.number, &format!("/questions/{}", survey.id));
    let said =
        |satisfied| [("purpose_achieved", "yes"), ("satisfied", satisfied), ("will_consider", "rather_yes")];
    done(&site.post(&path, &said("yes")).await);
    site.app.clock.advance(TimeDelta::days(15));
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    site.get(&path).await.shows("回答を記録する");
    done(&site.post(&path, &said("rather_yes")).await);
    let changed = store::aftercare::follow_up::find(&site.app.db, survey.id).await.unwrap().unwrap();
    assert!(
        matches!(changed.given(), Some(FollowUpAnswer::Survey(it)) if it.satisfied.code() == "rather_yes")
    );
    let page = site.get(&at(case.number, "?view=history")).await;
    page.shows("変更の期間のあとに訂正しました");
    page.shows("企業の代行");
}

/// A company without a mail address is called: no mail goes out that cannot go, only its words are kept for the call, and the
/// worklist says so.
#[actix_web::test]
async fn a_company_with_a_telephone_only_is_to_be_called() {
    let (site, cast) = center().await;
    let case = cases::unconfirmed(&site, &cast, &cases::form("")).await;
    assert!(!site.get("/staff?tab=calls").await.body.contains(&case.number.to_string()), "just taken down");
    done(&act(&site, case, "/confirm-address", &[]).await);
    done(&act(&site, case, "/ask", &[("text", "台数を教えてください。")]).await);
    assert!(record(&site, case).await.to_call_since.is_some());
    let list = site.get("/staff?tab=calls").await;
    list.shows(&case.number.to_string());
    list.shows("電話で連絡");
    site.get(&at(case.number, "")).await.shows("電話で伝えてください");
    let mails = entity::outbox::Entity::find().all(&site.app.db).await.unwrap();
    let to_others = ["expert@example.jp", "center@example.jp"];
    let is_to_company = |it: &&entity::outbox::Model| {
        it.consultation_id == Some(case.id.0) && !to_others.contains(&it.recipient.as_str())
    };
    let is_sent = |it: &&entity::outbox::Model| {
        let is_kept = it.state == codes::MailStatus::Suppressed && it.recipient.is_empty();
        is_to_company(it) && !is_kept
    };
    let to_company: Vec<_> = mails.iter().filter(is_sent).map(|it| (&it.kind, &it.recipient)).collect();
    assert!(to_company.is_empty(), "mails that cannot go: {to_company:?}");
    done(&act(&site, case, "/answer", &[("text", "12台です。")]).await);
    assert_eq!(record(&site, case).await.to_call_since, None, "the company was on the telephone");

    let expert = cast.expert.to_string();
    done(&act(&site, case, "/request", &[("expert", &expert)]).await);
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().remove(0);
    ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
    assert!(record(&site, case).await.to_call_since.is_some(), "a time is to be chosen");
    done(&act(&site, case, "/called", &[]).await);
    assert_eq!(record(&site, case).await.to_call_since, None);
    let again = act(&site, case, "/called", &[]).await;
    assert_eq!(again.status, 409);
    let slot = ops::intake::apply::slot_value(cases::free_slots(&site, case).await[0]);
    done(&act(&site, case, "/slots", &[("slot", &slot), ("said_by", "company")]).await);
    assert_eq!(record(&site, case).await.to_call_since, None, "the company has chosen on the telephone");
    history_says(&site, case, "企業の代行").await;

    // The subject of the call follows the appointment: before it, its time and place; after it, what became of it.
    let text = domain::text::Prose::parse("本文", "資料を用意しました。", 100).unwrap();
    let everyone = store::correspondence::message::Audience::Everyone;
    ops::correspondence::message::post(&site.app, case.id, cast.center(), everyone, &text).await.unwrap();
    site.get("/staff?tab=calls").await.shows("予約の日時と場所を伝え");
    let begins = cases::appointment(&site, case).await.starts_at;
    site.app.clock.advance(begins - site.app.clock.now());
    assert_eq!(site.sign_in("center@example.jp", crate::site::PASSWORD).await.status, 303);
    let list = site.get("/staff?tab=calls").await;
    list.shows("相談が行われたかどうかを聞き、実施または欠席を記録してください。");
    assert!(!list.body.contains("予約の日時と場所を伝え"), "{}", list.body);
}

/// A follow-up question to a company with a telephone only is a call to be made, with its number and the place where
/// the answer is recorded; the answer ends it.
#[actix_web::test]
async fn a_question_by_telephone_is_in_the_list_of_calls() {
    let (site, cast) = center().await;
    let case = cases::unconfirmed(&site, &cast, &cases::form("")).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let version = record(&site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().remove(0);
    ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, of_company(&cast), slot).await.unwrap();
    let ends_at = cases::appointment(&site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    ops::booking::appointment::record_done(&site.app, case.id, cast.center()).await.unwrap();
    let id = cases::appointment(&site, case).await.id;
    let body = ReportBody {
        present_state: "紙です。".to_owned(),
        advice: "段階的に。".to_owned(),
        next_steps: "3月まで。".to_owned(),
        ..ReportBody::default()
    };
    ops::aftercare::report::write(&site.app, id, cast.expert, body, 0, Saving::Submit).await.unwrap();
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, ReportDecision::Approve).await.unwrap();
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    done(&act(&site, case, "/called", &[]).await);
    site.app.clock.advance(chrono::TimeDelta::days(4));
    let due = store::aftercare::follow_up::due(&site.app.db, site.app.clock.now(), &[], 10).await.unwrap();
    ops::aftercare::follow_up::send(&site.app, domain::id::FollowUpId(due[0])).await.unwrap();
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let list = site.get("/staff?tab=calls").await;
    list.shows("href=\"tel:0300000000\"");
    list.shows("03-0000-0000");
    list.shows("アンケートを電話で聞く");
    let answer = format!("/questions/{}", due[0]);
    list.shows(&answer);
    let form = [("purpose_achieved", "yes"), ("satisfied", "yes"), ("will_consider", "yes"), ("comment", "")];
    done(&site.post(&at(case.number, &answer), &form).await);
    assert!(!site.get("/staff?tab=calls").await.body.contains(&case.number.to_string()));
}

#[actix_web::test]
async fn a_missed_appointment_is_recorded_for_an_expert() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let appointment = cases::appointment(&site, case).await;
    let expert = cast.expert.to_string();
    let early = act(&site, case, "/no-show", &[("said_by", &expert)]).await;
    assert_eq!(early.status, 409, "it has not begun");
    site.app.clock.advance(appointment.ends_at - site.app.clock.now());
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let page = site.get(&at(case.number, "/no-show")).await;
    page.shows("専門家　山田 太郎");
    let company = act(&site, case, "/no-show", &[("said_by", "company")]).await;
    assert_eq!(company.status, 409, "a company does not record its own absence");
    done(&act(&site, case, "/no-show", &[("said_by", &expert)]).await);
    assert_eq!(state(&site, case).await, "scheduling");
    assert_eq!(last_action(&site, case).await, (ActionKind::RecordNoShow, of_expert(&cast)));
    assert!(matches!(cases::appointment(&site, case).await.state, AppointmentState::NoShow));
    assert!(cases::mails_to(&site, CONTACT).await.iter().any(|it| it.kind == "missed_appointment"));
    history_says(&site, case, "山田 太郎（専門家）の代行").await;
}

/// The days of absence are in the expert's calendar, and the history of each booking in them says who recorded them.
#[actix_web::test]
async fn an_absence_is_recorded_for_an_expert() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let day = domain::calendar::japan_date(cases::appointment(&site, case).await.starts_at);
    let expert = cast.expert.to_string();
    let parts = day.format("%Y %m %d").to_string();
    let [year, month, day_of_month] = parts.split(' ').collect::<Vec<_>>()[..] else { panic!("{parts}") };
    let form = |expert: &str, first_day: &str| {
        let all = [
            ("expert", expert),
            ("first_year", year),
            ("first_month", month),
            ("first_day", first_day),
            ("last_year", year),
            ("last_month", month),
            ("last_day", day_of_month),
            ("note", "入院"),
        ];
        all.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = async |form: &[(String, String)]| {
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        site.post("/staff/absences/new", &form).await
    };
    site.get("/staff/absences/new").await.shows("山田 太郎（両方）");
    let nobody = send(&form("", day_of_month)).await;
    assert_eq!(nobody.status, 422);
    nobody.shows("専門家を選択してください");
    let unreadable = send(&form(&expert, "40")).await;
    assert_eq!(unreadable.status, 422);
    let reply = send(&form(&expert, day_of_month)).await;
    assert_eq!(reply.location.as_deref(), Some("/staff/absences"), "{}", reply.body);
    let page = site.get("/staff/absences").await;
    page.shows("期間内の予約が1件あります。");
    page.shows(&case.number.to_string());
    let entries = store::routing::expert::entries(&site.app.db, cast.expert).await.unwrap();
    assert_eq!((entries.absences.len(), entries.absences[0].1.first), (1, day));
    assert_eq!(state(&site, case).await, "booked", "an absence frees no time");
    let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    let note = events.last().unwrap();
    assert_eq!((note.action, note.by), (ActionKind::Note, of_expert(&cast)));
    history_says(&site, case, "専門家の不在を登録しました").await;
    history_says(&site, case, "山田 太郎（専門家）の代行").await;
}

#[actix_web::test]
async fn a_follow_up_is_answered_on_the_telephone() {
    let (site, cast) = center().await;
    let case = cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(110)).await;
    site.sign_in("center@example.jp", crate::site::PASSWORD).await;
    let all = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap();
    let path = at(case.number, &format!("/questions/{}", all[1].id));
    let page = site.get(&path).await;
    page.shows("テレワークの状況");
    assert_eq!(site.post(&path, &[("answer", "perhaps")]).await.status, 422);
    done(&site.post(&path, &[("answer", "introduced"), ("comment", "全社で始めました。")]).await);
    let page = site.get(&at(case.number, "?view=sessions")).await;
    page.shows("全社で始めました。");
    let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    assert!(events.iter().any(|it| it.by == of_company(&cast)), "{events:?}");
    history_says(&site, case, "鈴木 花子（センター）　企業の代行").await;
}

/// A withdrawal is always the company's own wish.
#[actix_web::test]
async fn a_withdrawal_is_recorded_for_a_company() {
    let (site, cast) = center().await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    done(&act(&site, case, "/withdraw", &[("reason", "社内の事情")]).await);
    assert_eq!(state(&site, case).await, "withdrawn");
    assert_eq!(last_action(&site, case).await, (ActionKind::Withdraw, of_company(&cast)));
    history_says(&site, case, "企業の代行").await;
}
