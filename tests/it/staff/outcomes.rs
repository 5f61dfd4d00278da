//! What was recorded as the outcome of an appointment, and what took place whatever ends the consultation: a wrong
//! outcome is corrected with all that follows, and a report stays due.
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    aftercare::{follow_up::FollowUpState, report::ReportBody},
    booking::appointment::{AppointmentOutcome, AppointmentState},
    calendar::japan_date,
    consultation::ActionKind,
    due::{Due, DueKind},
    number::FiscalYear,
    text::TextLine,
};
use madoguchi::{
    doctor,
    ops::{self, aftercare::report::Saving},
    store::{self, statistics::StatisticsFilter},
    worker,
};

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, mails_to, record, state},
    company,
    site::{PASSWORD, Site},
};

async fn sound(site: &Site) {
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

async fn count_of_mails(site: &Site, to: &str, kind: &str) -> usize {
    mails_to(site, to).await.iter().filter(|it| it.kind == kind).count()
}

async fn again(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

/// Makes a case whose appointment has just ended, without an outcome.
async fn over(site: &Site, cast: &Cast, email: &str) -> Case {
    let case = cases::booked(site, cast, email).await;
    let ends_at = appointment(site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    again(site).await;
    case
}

async fn correction(site: &Site, case: Case) -> String {
    format!("/outcome/{}", appointment(site, case).await.id)
}

fn report() -> ReportBody {
    ReportBody {
        present_state: "紙です。".to_owned(),
        advice: "段階的に。".to_owned(),
        next_steps: "3月まで。".to_owned(),
        ..ReportBody::default()
    }
}

fn line(text: &str) -> TextLine {
    TextLine::parse("理由", text, 200).unwrap()
}

/// Returns how many appointments have ended in this way, by the statistics.
async fn counted(site: &Site, state: &str) -> u64 {
    let filter = StatisticsFilter { year: FiscalYear::new(2026).unwrap(), field: None, prefecture: None };
    let counts = store::statistics::of(&site.app.db, &filter).await.unwrap().by_outcome;
    counts.into_iter().find(|it| it.0.as_deref() == Some(state)).map_or(0, |it| it.1)
}

#[actix_web::test]
async fn an_absence_that_was_none_is_corrected_and_the_report_becomes_due() {
    let (site, cast) = center().await;
    let case = over(&site, &cast, CONTACT).await;
    done(&act(&site, case, "/no-show", &[]).await);
    assert_eq!(
        (counted(&site, "no_show").await, count_of_mails(&site, CONTACT, "missed_appointment").await),
        (1, 1)
    );
    site.app.clock.advance(TimeDelta::days(10));
    again(&site).await;
    let path = correction(&site, case).await;
    site.get(&at(case.number, "?view=sessions")).await.shows(&path);
    site.get(&at(case.number, &path)).await.shows("いまの記録：<b>企業の欠席</b>");
    let empty = act(&site, case, &path, &[]).await;
    assert_eq!(empty.status, 422);
    empty.shows("正しい結果を選択してください");
    empty.shows("訂正の理由を入力してください");
    let same = act(&site, case, &path, &[("outcome", "no_show"), ("reason", "x")]).await;
    assert_eq!(same.status, 409);
    same.shows("すでに「企業の欠席」と記録されています");

    let form = [("outcome", "done"), ("reason", "別の会議室で行っていた"), ("said_by", "center")];
    done(&act(&site, case, &path, &form).await);
    assert_eq!(state(&site, case).await, "consulted");
    let after = record(&site, case).await;
    assert_eq!(after.appointments_done, 1);
    let due = after.due.filter(|it| it.kind == DueKind::Report).as_ref().and_then(Due::at).unwrap();
    assert!(due > site.app.clock.now() + TimeDelta::days(6), "it is counted from today: {due}");
    assert_eq!((counted(&site, "no_show").await, counted(&site, "done").await), (0, 1));
    assert_eq!(count_of_mails(&site, "expert@example.jp", "outcome_corrected").await, 1);
    assert_eq!(
        count_of_mails(&site, "expert@example.jp", "report_due").await,
        1,
        "when it is overdue; the letter about the outcome asks for it now"
    );
    let mail = mails_to(&site, "expert@example.jp").await;
    let mail = mail.into_iter().find(|it| it.kind == "outcome_corrected").unwrap();
    assert!(mail.text_body.contains("までに、実施報告書を提出してください"), "{}", mail.text_body);
    let mail = mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "outcome_corrected").unwrap();
    assert!(mail.text_body.contains("このメールの内容が正しいものです"), "{}", mail.text_body);
    assert!(mail.text_body.contains("訂正後　：相談を実施"), "{}", mail.text_body);
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("「企業の欠席」から「実施」に訂正しました。理由：別の会議室で行っていた");

    // Correcting again takes it back.
    let form = [("outcome", "no_show"), ("reason", "思い違いだった"), ("said_by", "center")];
    done(&act(&site, case, &path, &form).await);
    assert_eq!((state(&site, case).await, record(&site, case).await.appointments_done), ("scheduling", 0));
    assert_eq!(record(&site, case).await.due, None);
    assert_eq!(count_of_mails(&site, CONTACT, "missed_appointment").await, 2);
    site.app.clock.advance(due + TimeDelta::hours(17) - site.app.clock.now());
    for _ in 0..4 {
        sound(&site).await;
        site.app.clock.advance(TimeDelta::days(1));
    }
    let overdue = mails_to(&site, "expert@example.jp").await;
    let overdue: Vec<_> =
        overdue.iter().filter(|it| it.kind == "report_due" && it.subject.contains("過ぎて")).collect();
    assert!(!overdue.is_empty() && overdue.iter().all(|it| it.state.code() == "suppressed"), "none is due");
}

#[actix_web::test]
async fn a_report_that_was_written_is_kept_when_the_appointment_was_none() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    again(&site).await;
    let id = appointment(&site, case).await.id;
    ops::aftercare::report::write(&site.app, id, cast.expert, report(), 0, Saving::Submit).await.unwrap();
    site.get("/staff?tab=reports").await.shows(&case.number.to_string());
    let path = correction(&site, case).await;
    let form = [("outcome", "no_show"), ("reason", "別の企業の報告だった"), ("said_by", "center")];
    done(&act(&site, case, &path, &form).await);
    assert_eq!(state(&site, case).await, "scheduling");
    assert!(!site.get("/staff?tab=reports").await.body.contains(&case.number.to_string()));
    site.get(&at(case.number, "?view=sessions")).await.shows("提出済み");
    let decided = act(&site, case, &format!("/report/{id}"), &[("decision", "approve")]).await;
    assert_eq!(decided.status, 409, "a report on nothing is not given to the company");
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    let page = expert.get(&format!("/expert/consultations/{}/report?session={id}", case.number)).await;
    page.shows("紙です。");
    page.shows("この報告書は使われていません");
    let form = [("outcome", "done"), ("reason", "やはり実施していた"), ("said_by", "center")];
    done(&act(&site, case, &path, &form).await);
    assert_eq!(state(&site, case).await, "consulted");
    site.get("/staff?tab=reports").await.shows(&case.number.to_string());
    sound(&site).await;
}

#[actix_web::test]
async fn an_outcome_on_which_something_stands_is_refused_with_the_way_on() {
    let (site, cast) = center().await;
    let case = over(&site, &cast, CONTACT).await;
    done(&act(&site, case, "/no-show", &[]).await);
    let path = correction(&site, case).await;
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let form = [("outcome", "done"), ("reason", "実施していた"), ("said_by", "center")];
    let refused = act(&site, case, &path, &form).await;
    assert_eq!(refused.status, 409);
    refused.shows("先に、次の予約または仮予約を取り消してください");
    refused.shows("実施していた");
    // Between the two absences nothing stands on the outcome.
    let form = [("outcome", "expert_no_show"), ("reason", "専門家が間違えた"), ("said_by", "center")];
    done(&act(&site, case, &path, &form).await);
    assert_eq!(state(&site, case).await, "booked");
    assert_eq!(count_of_mails(&site, CONTACT, "outcome_corrected").await, 1);

    let other = cases::approved(&site, &cast, "b@example.co.jp").await;
    again(&site).await;
    let form = [("outcome", "no_show"), ("reason", "来ていなかった"), ("said_by", "center")];
    let refused = act(&site, other, &correction(&site, other).await, &form).await;
    assert_eq!(refused.status, 409);
    refused.shows("報告書を企業に渡しているため");
    assert_eq!(state(&site, other).await, "follow_up");
    let strange = format!("/outcome/{}", uuid::Uuid::now_v7());
    assert_eq!(act(&site, other, &strange, &form).await.status, 404);
    sound(&site).await;
}

#[actix_web::test]
async fn questions_that_were_planned_are_dropped_and_planned_again_with_the_outcome() {
    let (site, cast) = center().await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    let planned = async || {
        let all = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap();
        all.iter().filter(|it| it.state == FollowUpState::Planned).count()
    };
    assert!(planned().await > 0);
    ops::consultation::plan_further_appointment(&site.app, case.id, cast.center(), None).await.unwrap();
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    site.app.clock.advance(appointment(&site, case).await.ends_at - site.app.clock.now());
    again(&site).await;
    done(&act(&site, case, "/no-show", &[]).await);
    ops::aftercare::further::take_back(&site.app, case.id, cast.center()).await.unwrap();
    assert_eq!(state(&site, case).await, "follow_up");
    let after_first = planned().await;
    assert!(after_first > 0, "the questions of the first appointment are asked");
    let form = [("outcome", "done"), ("reason", "実施していた"), ("said_by", "center")];
    done(&act(&site, case, &correction(&site, case).await, &form).await);
    assert_eq!((state(&site, case).await, planned().await), ("consulted", 0));
    let id = appointment(&site, case).await.id;
    ops::aftercare::report::write(&site.app, id, cast.expert, report(), 0, Saving::Submit).await.unwrap();
    let approve = ops::aftercare::report::ReportDecision::Approve;
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, approve).await.unwrap();
    assert!(planned().await > 0, "and those of the second one");
    sound(&site).await;
}

#[actix_web::test]
async fn an_expert_corrects_an_outcome_of_their_own_until_the_case_is_closed() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    let path = format!("/expert/consultations/{}{}", case.number, correction(&site, case).await);
    expert.get(&format!("/expert/consultations/{}", case.number)).await.shows(&path);
    expert.get(&path).await.shows("いまの記録：<b>実施</b>");
    let form = [("outcome", "no_show"), ("reason", "押し間違えた")];
    done(&expert.post(&path, &form).await);
    assert_eq!(state(&site, case).await, "scheduling");
    let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    let last = events.iter().rev().find(|it| it.action == ActionKind::CorrectOutcome).unwrap();
    assert_eq!(last.by, Actor::Expert(cast.expert));
    cases::expert(&site, "b@example.jp", "佐藤 次郎", domain::field::Fields::Both).await;
    let other = site.visitor();
    assert_eq!(other.sign_in("b@example.jp", PASSWORD).await.status, 303);
    assert_eq!(other.post(&path, &form).await.status, 404, "an expert without a part");

    again(&site).await;
    done(&act(&site, case, "/unfulfilled", &[("reason", "unreachable")]).await);
    let id = appointment(&site, case).await.id;
    let (to, reason) = (AppointmentOutcome::Done, line("実施していた"));
    let closed = ops::consultation::outcome::correct(&site.app, id, Actor::Expert(cast.expert), to, &reason);
    assert!(closed.await.unwrap_err().to_string().contains("終了しています"));
    let form = [("outcome", "done"), ("reason", "実施していた"), ("said_by", &*cast.expert.to_string())];
    done(&act(&site, case, &correction(&site, case).await, &form).await);
    let after = record(&site, case).await;
    assert_eq!((state(&site, case).await, after.appointments_done), ("unfulfilled", 1));
    assert_eq!(after.due.map(|it| it.kind), Some(DueKind::Report), "the report is due all the same");
    sound(&site).await;
}

#[actix_web::test]
async fn a_company_says_that_the_expert_did_not_come() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = site.visitor();
    company::sign_in(&company, CONTACT).await;
    let path = company::my(case, "/expert-missed");
    assert!(!company.get(&company::my(case, "")).await.body.contains("専門家が来なかったとき"));
    assert_eq!(company.post(&path, &[]).await.status, 409, "it has not begun");
    let starts_at = appointment(&site, case).await.starts_at;
    site.app.clock.advance(starts_at + TimeDelta::minutes(20) - site.app.clock.now());
    company::sign_in(&company, CONTACT).await;
    company.get(&company::my(case, "")).await.shows("専門家が来なかったとき");
    company.get(&path).await.shows("相談の回数に数えません");
    done(&company.post(&path, &[]).await);
    assert_eq!(state(&site, case).await, "scheduling");
    assert_eq!(appointment(&site, case).await.state, AppointmentState::ExpertNoShow);
    company.get(&company::my(case, "")).await.shows("専門家が参加できませんでした");
    let mail = mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "expert_missed").unwrap();
    assert!(mail.text_body.contains("申し訳ありません"), "{}", mail.text_body);
    assert!(mail.text_body.contains("次の候補をご案内します"), "{}", mail.text_body);
    assert_eq!(count_of_mails(&site, "expert@example.jp", "expert_missed").await, 1);
    let after = record(&site, case).await;
    assert!(after.response.is_some(), "the center has to respond");
    again(&site).await;
    site.get("/staff?tab=unanswered").await.shows(&case.number.to_string());
    let year = FiscalYear::of(japan_date(site.app.clock.now())).unwrap();
    assert_eq!(store::intake::company::appointments_in(&site.app.db, &after, year).await.unwrap(), 0);
    assert_eq!((counted(&site, "expert_no_show").await, counted(&site, "no_show").await), (1, 0));
    // Another time can be chosen at once, or another expert be asked.
    assert!(!cases::free_slots(&site, case).await.is_empty());
    site.get(&at(case.number, "")).await.shows("取消し・交代");
    sound(&site).await;
}

#[actix_web::test]
async fn the_absence_of_an_expert_is_recorded_for_a_company() {
    let (site, cast) = center().await;
    let case = over(&site, &cast, CONTACT).await;
    site.get(&at(case.number, "")).await.shows("専門家の欠席を記録する");
    site.get(&at(case.number, "/expert-no-show")).await.shows("企業に代わって記録します");
    done(&act(&site, case, "/expert-no-show", &[("said_by", "company")]).await);
    assert_eq!(state(&site, case).await, "scheduling");
    assert_eq!(count_of_mails(&site, CONTACT, "expert_missed").await, 1);
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("専門家の欠席を記録");
    history.shows("企業の代行");
    site.get(&at(case.number, "?view=sessions")).await.shows("専門家の欠席");
    sound(&site).await;
}

/// The time of a cancellation by an expert is not offered with that expert again, and every place says whose decision it
/// was.
#[actix_web::test]
async fn an_expert_who_cannot_come_is_not_offered_at_that_time_again() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let before = appointment(&site, case).await;
    let expert = cast.expert.to_string();
    let day = japan_date(before.starts_at);
    let absence = format!("/staff/absences/new?expert={expert}");
    let page = site.get(&at(case.number, "")).await;
    page.shows(&absence);
    page.shows(&format!("day={day}"));
    let page = site.get(&format!("{absence}&day={day}")).await;
    page.shows(&format!(r#"value="{expert}" selected"#));

    done(&act(&site, case, "/cancel", &[("reason", "発熱のため"), ("said_by", &expert)]).await);
    let cancelled = appointment(&site, case).await;
    assert!(matches!(cancelled.state, AppointmentState::CancelledByExpert { .. }), "{cancelled:?}");
    let offered = cases::free_slots(&site, case).await;
    let overlaps = |it: &domain::booking::availability::Slot| {
        it.start() < before.ends_at && before.starts_at < it.start() + (before.ends_at - before.starts_at)
    };
    assert!(!offered.is_empty() && !offered.iter().any(overlaps), "{offered:?}");
    site.get(&at(case.number, "?view=sessions")).await.shows("専門家都合で中止（発熱のため）");
    let mail = mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "cancelled").unwrap();
    assert!(mail.text_body.contains("専門家の都合により、下記の予約を取り消しました"), "{}", mail.text_body);
    let own =
        mails_to(&site, "expert@example.jp").await.into_iter().find(|it| it.kind == "cancelled").unwrap();
    assert!(own.text_body.contains("空きの登録から除きました"), "{}", own.text_body);
    let company = site.visitor();
    company::sign_in(&company, CONTACT).await;
    company.get(&company::my(case, "")).await.shows("専門家の都合により、予約を取り消しました");
    assert_eq!(counted(&site, "cancelled_by_expert").await, 1);
    let absences = site.get("/staff/absences").await;
    absences.shows("予約の取消しにより、空きから除きました");
    absences.shows("センター 鈴木 花子　専門家の代行");
    sound(&site).await;
}

/// Days of absence without a booking leave a trace of the person who entered them, and of the person who removed them.
#[actix_web::test]
async fn days_of_absence_say_who_entered_them() {
    let (site, cast) = center().await;
    let day = domain::calendar::japan_date(site.app.clock.now()) + TimeDelta::days(200);
    let absence = domain::booking::availability::Absence { first: day, last: day, stand_in: None };
    let none =
        ops::routing::expert::record_absence(&site.app, cast.expert, absence, "研修", cast.coordinator);
    assert_eq!(none.await.unwrap().bookings, 0);
    let entries = store::routing::expert::entries(&site.app.db, cast.expert).await.unwrap();
    let removal = ops::routing::expert::AvailabilityChange::RemoveAbsence(entries.absences[0].0);
    ops::routing::expert::change_availability(&site.app, cast.expert, removal).await.unwrap();
    let page = site.get("/staff/absences").await;
    page.shows("不在の期間を登録しました");
    page.shows("センター 鈴木 花子　専門家の代行");
    page.shows("不在の期間の登録を取り消しました");
    page.shows("本人");
    let admin = Site::visitor(&site);
    site.account(domain::actor::Role::Administrator, "admin@example.jp").await;
    assert_eq!(admin.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    let today = japan_date(site.app.clock.now());
    admin.get(&format!("/admin/audit?from={today}&to={today}")).await.shows("不在の期間を登録しました");
    sound(&site).await;
}

#[actix_web::test]
async fn an_appointment_that_took_place_stays_when_its_case_is_unfulfilled_or_referred() {
    let (site, cast) = center().await;
    for (email, path, field, value) in [
        (CONTACT, "/unfulfilled", "reason", "unreachable"),
        ("b@example.co.jp", "/refer", "organization", "商工会議所"),
    ] {
        // One whose outcome was not recorded, so that the ending records it.
        let case = over(&site, &cast, email).await;
        done(&act(&site, case, path, &[(field, value)]).await);
        let after = record(&site, case).await;
        assert_eq!(after.appointments_done, 1);
        let due = after.due.as_ref().filter(|it| it.kind == DueKind::Report).and_then(Due::at).unwrap();
        site.get(&at(case.number, "")).await.shows("専門家の報告書を待っています");
        site.get("/staff?tab=reports").await.shows(&case.number.to_string());
        let expert = site.visitor();
        assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
        let own = format!("/expert/consultations/{}", case.number);
        expert.get(&own).await.shows("実施した相談の報告書を提出してください");
        expert.get("/expert").await.shows(&case.number.to_string());
        let id = appointment(&site, case).await.id.to_string();
        assert_eq!(expert.get(&format!("{own}/report")).await.status, 200);
        let form = [
            ("session", &*id),
            ("version", "0"),
            ("action", "submit"),
            ("present_state", "紙です。"),
            ("advice", "段階的に。"),
            ("next_steps", "3月まで。"),
        ];
        // The reminder goes out although the case has ended.
        site.app.clock.advance(due + TimeDelta::hours(17) - site.app.clock.now());
        for _ in 0..4 {
            sound(&site).await;
            site.app.clock.advance(TimeDelta::days(1));
        }
        let mails = mails_to(&site, "expert@example.jp").await;
        let about =
            |it: &&entity::outbox::Model| it.consultation_id == Some(case.id.0) && it.kind == "report_due";
        let sent = mails.iter().filter(about).filter(|it| it.state.code() == "sent").count();
        assert_eq!(sent, 2, "the request and the reminder");
        assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
        done(&expert.post(&format!("{own}/report"), &form).await);
        assert_eq!(record(&site, case).await.due, None);
        again(&site).await;
        done(&act(&site, case, &format!("/report/{id}"), &[("decision", "approve")]).await);
        assert_eq!(count_of_mails(&site, email, "report_ready").await, 1);
        assert!(!site.get("/staff?tab=reports").await.body.contains(&case.number.to_string()));
        done(&act(&site, case, "/reopen", &[("reason", "続きの相談")]).await);
        assert_eq!(state(&site, case).await, "follow_up");
        sound(&site).await;
    }
}

#[actix_web::test]
async fn a_case_that_ended_with_a_report_due_is_reopened_where_it_was() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    again(&site).await;
    let due = record(&site, case).await.due;
    done(&act(&site, case, "/unfulfilled", &[("reason", "no_expert")]).await);
    let mail = mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "unfulfilled").unwrap();
    assert!(!mail.text_body.contains("実施できませんでした"), "{}", mail.text_body);
    assert!(mail.text_body.contains("報告書をまとめます"), "{}", mail.text_body);
    assert_eq!(record(&site, case).await.due, due, "the deadline stays");
    done(&act(&site, case, "/reopen", &[("reason", "誤って終了した")]).await);
    assert_eq!((state(&site, case).await, record(&site, case).await.due), ("consulted", due));
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    let own = format!("/expert/consultations/{}", case.number);
    expert.get(&own).await.shows("実施報告書を提出してください");

    // An expert who is released for the next appointment still writes the report on the first.
    let team = ops::consultation::NextTeam { fields: domain::field::Fields::Ict, keeps: Vec::new() };
    ops::consultation::plan_with_team(&site.app, case.id, cast.center(), None, Some(&team)).await.unwrap();
    assert_eq!(expert.get(&format!("{own}/report")).await.status, 200);
    expert.get("/expert").await.shows(&case.number.to_string());
    sound(&site).await;
}

#[actix_web::test]
async fn a_report_that_no_expert_can_write_is_the_centers_turn() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let admin = site.account(domain::actor::Role::Administrator, "admin@example.jp").await.id;
    let account = domain::id::AccountId(cast.expert.0);
    let nobody = ops::accounts::deactivation::Successors::default();
    ops::accounts::deactivation::deactivate(&site.app, account, admin, &nobody).await.unwrap();
    again(&site).await;
    let page = site.get(&at(case.number, "")).await;
    page.shows("センターが実施報告書を書いてください");
    page.shows("報告書を書く");
    assert!(!page.body.contains("専門家の報告書を待っています"));
    let due = record(&site, case).await.due.as_ref().and_then(Due::at).unwrap();
    site.app.clock.advance(due + TimeDelta::hours(1) - site.app.clock.now());
    again(&site).await;
    for tab in ["/staff", "/staff?tab=reports", "/staff?overdue=1"] {
        site.get(tab).await.shows(&case.number.to_string());
    }
    assert!(!site.get("/staff?tab=expert").await.body.contains(&case.number.to_string()));
    let id = appointment(&site, case).await.id;
    let form = [
        ("version", "0"),
        ("author", &*cast.expert.to_string()),
        ("present_state", "紙です。"),
        ("advice", "段階的に。"),
        ("next_steps", "3月まで。"),
    ];
    done(&site.post(&at(case.number, &format!("/report/{id}/write")), &form).await);
    assert_eq!(record(&site, case).await.report_by_center, None);
    done(&act(&site, case, &format!("/report/{id}"), &[("decision", "approve")]).await);
    assert_eq!(state(&site, case).await, "follow_up");
    sound(&site).await;
}
