//! One of two experts who did not come: the other one held the appointment and reports on it, and the field of the absent
//! one is still owed, without a use of the cap.
use chrono::TimeDelta;
use domain::{
    booking::appointment::AppointmentState,
    calendar::japan_date,
    due::{Due, DueKind},
    field::Field,
    id::ExpertId,
    number::FiscalYear,
};
use madoguchi::{
    doctor,
    ops::{self, aftercare::report::Saving},
    store::{self, statistics::StatisticsFilter},
    worker,
};

use super::{act, at, center, done, told_once::of_two};
use crate::{
    cases::{self, CONTACT, Case, appointment, mails_to, record, state},
    company,
    site::{PASSWORD, Site},
    substitute::center_email,
};

const ICT: &str = "ict@example.jp";
const LABOR: &str = "labor@example.jp";

async fn sound(site: &Site) {
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

async fn again(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

/// Lets the appointment of a case end.
async fn over(site: &Site, case: Case) {
    let ends_at = appointment(site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    again(site).await;
}

async fn used(site: &Site, case: Case) -> u16 {
    let year = FiscalYear::of(japan_date(site.app.clock.now())).unwrap();
    let record = record(site, case).await;
    store::intake::company::appointments_in(&site.app.db, &record, year).await.unwrap()
}

async fn counted(site: &Site, state: &str) -> u64 {
    let filter = StatisticsFilter { year: FiscalYear::new(2026).unwrap(), field: None, prefecture: None };
    let counts = store::statistics::of(&site.app.db, &filter).await.unwrap().by_outcome;
    counts.into_iter().find(|it| it.0.as_deref() == Some(state)).map_or(0, |it| it.1)
}

async fn count_of(site: &Site, to: &str, kind: &str) -> usize {
    mails_to(site, to).await.iter().filter(|it| it.kind == kind && it.dedup_key.is_none()).count()
}

/// Records, for the center, that an expert did not come.
async fn missed(site: &Site, case: Case, expert: ExpertId) {
    let expert = expert.to_string();
    done(&act(site, case, "/expert-no-show", &[("missed", &expert), ("said_by", "center")]).await);
}

#[actix_web::test]
async fn the_field_of_an_expert_who_did_not_come_is_owed_and_given_without_a_use_of_the_cap() {
    let (site, _, case, [ict, labor]) = of_two(true).await;
    over(&site, case).await;
    let page = site.get(&at(case.number, "/expert-no-show")).await;
    page.shows("来なかった専門家");
    page.shows("高橋 三郎さん");
    missed(&site, case, labor).await;
    let held = appointment(&site, case).await;
    assert_eq!((held.state.clone(), held.absent), (AppointmentState::Done, Some(labor)));
    let after = record(&site, case).await;
    assert_eq!(
        (state(&site, case).await, after.owed, after.appointments_done),
        ("consulted", Some(Field::Labor), 1)
    );
    assert!(after.response.is_some(), "the center has to respond");
    assert_eq!(after.due.as_ref().map(|it| it.kind), Some(DueKind::Report));

    // An apology that says what follows; the report is asked for from the one who came alone.
    let mail = mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "expert_missed").unwrap();
    for said in [
        "高橋 三郎さんが参加できませんでした",
        "申し訳ありません",
        "労務管理の相談は、まだ行われていません",
        "回数に数えません",
        "報告書は、",
    ] {
        assert!(mail.text_body.contains(said), "{said} in {}", mail.text_body);
    }
    assert_eq!(
        (count_of(&site, ICT, "report_due").await, count_of(&site, LABOR, "report_due").await),
        (1, 0)
    );
    assert_eq!(
        (count_of(&site, ICT, "expert_missed").await, count_of(&site, LABOR, "expert_missed").await),
        (0, 1)
    );
    site.get(&at(case.number, "")).await.shows("労務管理の相談は、まだ行われていません");
    site.get(&at(case.number, "?view=sessions")).await.shows("高橋 三郎さんは欠席");
    site.get("/staff?tab=unanswered").await.shows("残っている分野");
    let absent = site.visitor();
    assert_eq!(absent.sign_in(LABOR, PASSWORD).await.status, 303);
    assert!(
        !absent.get("/expert").await.body.contains("/report?session="),
        "the absent one reports on nothing"
    );
    assert_eq!((counted(&site, "partly_done").await, counted(&site, "done").await), (1, 0));
    assert_eq!(used(&site, case).await, 1);

    // The company chooses a time with the absent expert alone.
    let reader = site.visitor();
    company::sign_in(&reader, CONTACT).await;
    reader.get(&company::my(case, "")).await.shows("労務管理の相談の日時を選ぶ");
    reader.get(&company::my(case, "/further")).await.shows("今年度の相談の回数には数えません");
    done(&reader.post(&company::my(case, "/further"), &[]).await);
    assert_eq!(state(&site, case).await, "scheduling");
    let kept = count_of(&site, ICT, "request_withdrawn").await;
    assert_eq!(kept, 1, "the one who came is told that the next appointment is without them");
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, domain::actor::Actor::Company, slot)
        .await
        .unwrap();
    let booked = appointment(&site, case).await;
    assert_eq!((booked.experts.clone(), booked.makes_up), (vec![labor], true));
    assert_eq!(used(&site, case).await, 1, "it uses none of the cap");
    sound(&site).await;

    // Both report, each on what they held.
    over(&site, case).await;
    done(&act(&site, case, "/done", &[]).await);
    let after = record(&site, case).await;
    assert_eq!((after.owed, after.appointments_done, used(&site, case).await), (None, 2, 1));
    let all = store::booking::appointment::of(&site.app.db, case.id).await.unwrap();
    let body = domain::aftercare::report::ReportBody {
        present_state: "紙です。".to_owned(),
        advice: "段階的に。".to_owned(),
        next_steps: "3月まで。".to_owned(),
        ..Default::default()
    };
    let write = |at: usize, by: ExpertId| {
        ops::aftercare::report::write(&site.app, all[at].id, by, body.clone(), 0, Saving::Submit)
    };
    assert!(write(0, labor).await.is_err(), "who was not there writes no report");
    write(0, ict).await.unwrap();
    write(1, labor).await.unwrap();
    assert_eq!((counted(&site, "partly_done").await, counted(&site, "done").await), (1, 1));
    sound(&site).await;
}

#[actix_web::test]
async fn the_company_and_the_expert_who_came_can_say_that_one_of_two_did_not_come() {
    let (site, _, case, [ict, _]) = of_two(true).await;
    over(&site, case).await;
    let reader = site.visitor();
    company::sign_in(&reader, CONTACT).await;
    let path = company::my(case, "/expert-missed");
    reader.get(&path).await.shows("来なかった専門家");
    let empty = reader.post(&path, &[]).await;
    assert_eq!(empty.status, 422);
    empty.shows("来なかった専門家を選択してください");
    let stranger = ExpertId(uuid::Uuid::from_u128(9)).to_string();
    assert_eq!(reader.post(&path, &[("missed", &stranger)]).await.status, 409);
    done(&reader.post(&path, &[("missed", &ict.to_string())]).await);
    assert_eq!(record(&site, case).await.owed, Some(Field::Ict));
    reader.get(&company::my(case, "")).await.shows("一人の専門家が参加できませんでした");
    assert_eq!(count_of(&site, &center_email(&site).await, "expert_missed").await, 1);
    sound(&site).await;

    // The expert says it with the outcome.
    let (site, _, case, _) = of_two(true).await;
    over(&site, case).await;
    let expert = site.visitor();
    assert_eq!(expert.sign_in(ICT, PASSWORD).await.status, 303);
    let own = format!("/expert/consultations/{}/outcome", case.number);
    expert.get(&own).await.shows("実施（高橋 三郎さんは欠席）");
    let all = store::booking::appointment::of(&site.app.db, case.id).await.unwrap();
    let own_id = expert_of(&site, ICT).await;
    let absent = all[0].experts.iter().find(|it| **it != own_id).unwrap();
    done(&expert.post(&own, &[("outcome", &format!("partly_done:{absent}"))]).await);
    assert_eq!(record(&site, case).await.owed, Some(Field::Labor));
    sound(&site).await;
}

async fn expert_of(site: &Site, email: &str) -> ExpertId {
    let (_, roster) = site.app.programme_and_experts().await.unwrap();
    roster.all().iter().find(|it| it.email == email).unwrap().id
}

#[actix_web::test]
async fn an_absence_of_one_expert_is_corrected_with_all_that_follows_and_back() {
    let (site, _, case, [ict, labor]) = of_two(true).await;
    over(&site, case).await;
    done(&act(&site, case, "/done", &[]).await);
    let path = format!("/outcome/{}", appointment(&site, case).await.id);
    let correct = async |outcome: &str| {
        let form = [("outcome", outcome), ("reason", "企業から聞いた"), ("said_by", "center")];
        act(&site, case, &path, &form).await
    };
    site.get(&at(case.number, &path)).await.shows("実施（伊藤 一さんは欠席）");
    let due = record(&site, case).await.due;
    for absent in [ict, labor] {
        done(&correct(&format!("partly_done:{absent}")).await);
        let field = if absent == ict { Field::Ict } else { Field::Labor };
        let after = record(&site, case).await;
        assert_eq!((after.owed, after.appointments_done, &after.due), (Some(field), 1, &due));
        assert_eq!(appointment(&site, case).await.absent, Some(absent));
    }
    // Each expert is asked for the report when the other one was not there.
    for author in [ICT, LABOR] {
        assert!(count_of(&site, author, "report_due").await >= 1, "{author}");
    }
    assert_eq!(count_of(&site, CONTACT, "expert_missed").await, 2);
    assert_eq!(correct(&format!("partly_done:{labor}")).await.status, 409, "it is recorded already");
    site.get(&at(case.number, "?view=history"))
        .await
        .shows("「実施（伊藤 一さんは欠席）」から「実施（高橋 三郎さんは欠席）」に訂正しました");

    done(&correct("expert_no_show").await);
    let after = record(&site, case).await;
    assert_eq!((state(&site, case).await, after.owed, after.appointments_done), ("scheduling", None, 0));
    done(&correct(&format!("partly_done:{labor}")).await);
    let after = record(&site, case).await;
    assert_eq!(
        (state(&site, case).await, after.owed, after.appointments_done),
        ("consulted", Some(Field::Labor), 1)
    );
    assert!(after.due.as_ref().and_then(Due::at).is_some());
    done(&correct("done").await);
    assert_eq!((record(&site, case).await.owed, appointment(&site, case).await.absent), (None, None));
    let mail = mails_to(&site, CONTACT).await.into_iter().rfind(|it| it.kind == "outcome_corrected").unwrap();
    assert!(mail.text_body.contains("訂正前　：相談を実施（専門家の一人は欠席）"), "{}", mail.text_body);
    sound(&site).await;

    // Nothing is corrected under what stands on it: the time that makes up for it is booked.
    done(&correct(&format!("partly_done:{labor}")).await);
    done(&act(&site, case, "/further", &[]).await);
    site.app.clock.advance(TimeDelta::hours(1));
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, domain::actor::Actor::Company, slot)
        .await
        .unwrap();
    let refused = correct("done").await;
    assert_eq!(refused.status, 409);
    refused.shows("次の日時が予約されているため");
    sound(&site).await;
}

#[actix_web::test]
async fn an_owed_field_outlasts_another_absence_and_ends_when_it_is_not_wished_for() {
    let (site, cast, case, [_, labor]) = of_two(true).await;
    over(&site, case).await;
    missed(&site, case, labor).await;
    done(&act(&site, case, "/further", &[]).await);
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, cast.center(), slot).await.unwrap();
    over(&site, case).await;
    done(&act(&site, case, "/expert-no-show", &[("said_by", "center")]).await);
    let after = record(&site, case).await;
    assert_eq!((state(&site, case).await, after.owed), ("scheduling", Some(Field::Labor)));
    assert_eq!(used(&site, case).await, 1);
    // Another expert of the field is asked in place of the absent one.
    let other = cases::expert(&site, "other@example.jp", "佐藤 次郎", domain::field::Fields::Labor).await;
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let id = all.iter().find(|it| it.is_live() && it.expert == labor).unwrap().id;
    let next = ops::routing::replacement::Successor::Expert(other);
    let why = domain::text::TextLine::parse("理由", "二度の欠席", 200).unwrap();
    ops::routing::replacement::release(&site.app, id, None, cast.center(), &why, next).await.unwrap();
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let request = all.iter().find(|it| it.is_live() && it.expert == other).unwrap();
    assert_eq!(request.fields, domain::field::Fields::Labor);
    ops::routing::assignment::accept(&site.app, request.id, other).await.unwrap();
    assert_eq!(state(&site, case).await, "scheduling", "every field that is wanted is accepted");
    sound(&site).await;

    done(&act(&site, case, "/drop-further", &[("said_by", "company")]).await);
    let after = record(&site, case).await;
    assert_eq!((state(&site, case).await, after.owed), ("consulted", None));
    sound(&site).await;
}

#[actix_web::test]
async fn a_single_expert_is_never_one_of_two() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    over(&site, case).await;
    assert!(!site.get(&at(case.number, "/expert-no-show")).await.body.contains("来なかった専門家"));
    let form = [("missed", &*cast.expert.to_string()), ("said_by", "center")];
    let refused = act(&site, case, "/expert-no-show", &form).await;
    assert_eq!(refused.status, 409);
    refused.shows("二人の専門家が担当する予約だけに");
    assert_eq!(state(&site, case).await, "booked");
}
