//! The survey and the questions after a consultation.
use chrono::TimeDelta;
use domain::{
    aftercare::follow_up::{FollowUpAnswer, FollowUpState, Kind, Progress},
    id::FollowUpId,
};
use entity::follow_up;
use madoguchi::{ops, store};
use sea_orm::{EntityTrait, QueryOrder};

use super::{hides, leads_to, my, sign_in};
use crate::{
    cases::{self, CONTACT, Cast},
    site::Site,
};

async fn answered(site: &Site, kind: Kind) -> Option<FollowUpAnswer> {
    let rows =
        follow_up::Entity::find().order_by_asc(follow_up::Column::DueAt).all(&site.app.db).await.unwrap();
    let row = rows.into_iter().find(|it| it.kind == kind).unwrap();
    let it = store::aftercare::follow_up::find(&site.app.db, FollowUpId(row.id)).await.unwrap().unwrap();
    match it.state {
        FollowUpState::Answered { answer, .. } => Some(answer),
        FollowUpState::Planned
        | FollowUpState::Sent { .. }
        | FollowUpState::Skipped
        | FollowUpState::Lapsed => None,
    }
}

const SURVEY: [(&str, &str); 4] = [
    ("purpose_achieved", "yes"),
    ("satisfied", "rather_yes"),
    ("will_consider", "rather_no"),
    ("comment", ""),
];

#[actix_web::test]
async fn the_survey_is_answered_and_changed_for_a_fortnight() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    site.get(&my(case, "/survey")).await.shows("11月27日（金）にメールでお送りします");
    assert_eq!(site.post(&my(case, "/survey"), &SURVEY).await.status, 409);
    site.app.clock.advance(TimeDelta::days(2));
    for due in store::aftercare::follow_up::due(&site.app.db, site.app.clock.now(), &[], 10).await.unwrap() {
        ops::aftercare::follow_up::send(&site.app, domain::id::FollowUpId(due)).await.unwrap();
    }
    let page = site.get(&my(case, "/survey")).await;
    for sentence in
        ["問い合わせの目的が達成できた", "問い合わせへの対応に満足した", "テレワークの導入を積極的に検討する"]
    {
        page.shows(sentence);
    }
    let missing = site.post(&my(case, "/survey"), &SURVEY[1..]).await;
    assert_eq!(missing.status, 422);
    missing
        .shows(r##"<a href="#purpose_achieved">「問い合わせの目的が達成できた」の回答を選択してください"##);
    missing.shows(r#"value="rather_no" checked"#);

    let portal = site.get(&my(case, "")).await;
    portal.shows("お答えいただきたいことがあります");
    portal.shows("アンケートに答える</a>（1月27日（水）まで）");
    leads_to(&site.post(&my(case, "/survey"), &SURVEY).await, &my(case, "/survey?done=1"));
    let thanks = site.get(&my(case, "/survey?done=1")).await;
    thanks.shows("ありがとうございました。");
    thanks.shows("次は、2月26日（金）に「3か月後の確認」のメールをお送りします。");
    thanks.shows("まで変更できます");
    hides(&site.get(&my(case, "")).await, "お答えいただきたいことがあります");
    let events = cases::record(&site, case).await.event_count;
    leads_to(&site.post(&my(case, "/survey"), &SURVEY).await, &my(case, "/survey?done=1"));
    assert_eq!(cases::record(&site, case).await.event_count, events, "sent twice, kept once");
    let Some(FollowUpAnswer::Survey(first)) = answered(&site, Kind::Survey).await else {
        panic!("no answer")
    };
    assert!(!first.wants_further_appointment);
    site.get(&my(case, "/survey")).await.shows("まで変更できます");

    // The link in the mail leads to the same answer.
    let mailed = cases::link(&cases::mails_to(&site, CONTACT).await, "survey");
    let changed: Vec<_> = SURVEY.into_iter().chain([("help", "1")]).collect();
    site.app.clock.advance(TimeDelta::days(13));
    site.get(&mailed).await.shows(r#"value="rather_no" checked"#);
    leads_to(&site.post(&mailed, &changed).await, &format!("{mailed}?done=1"));
    site.get(&format!("{mailed}?done=1")).await.shows("までに、センターからご連絡します。");
    let Some(FollowUpAnswer::Survey(second)) = answered(&site, Kind::Survey).await else {
        panic!("no answer")
    };
    assert!(second.wants_further_appointment);
    site.app.clock.advance(TimeDelta::days(1));
    site.get(&mailed).await.shows("この質問の回答期間は終わりました。");
    assert_eq!(site.post(&mailed, &SURVEY).await.status, 409);
}

#[actix_web::test]
async fn one_click_in_a_mail_asks_and_a_button_answers() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(100)).await;
    let link = cases::link(&cases::mails_to(&site, CONTACT).await, "follow_up");
    let (path, query) = link.split_once('?').unwrap();
    assert_eq!(query, "answer=given_up");
    let page = site.get(&link).await;
    page.shows(r#"value="given_up" checked"#);
    assert_eq!(answered(&site, Kind::ThreeMonths).await, None, "a question, no answer");
    assert_eq!(site.post(path, &[]).await.status, 422);
    let form = [("answer", "introduced"), ("help", "1"), ("comment", "評価制度も相談したい。")];
    leads_to(&site.post(path, &form).await, &format!("{path}?done=1"));
    let thanks = site.get(&format!("{path}?done=1")).await;
    thanks.shows("ありがとうございました。");
    thanks.shows("さらに相談したいとのこと、承りました。");
    let Some(FollowUpAnswer::Progress(answer)) = answered(&site, Kind::ThreeMonths).await else {
        panic!("no answer")
    };
    assert_eq!((answer.progress, answer.wants_help), (Progress::Introduced, true));
    site.get(path).await.shows("評価制度も相談したい。");
    site.get(&format!("{path}?answer=expanded")).await.shows(r#"value="expanded" checked"#);

    let mut forged = path.to_owned();
    forged.replace_range(10..11, if &path[10..11] == "A" { "B" } else { "A" });
    for wrong in [forged.as_str(), "/f/x", &path[..path.len() - 3]] {
        for reply in [site.get(wrong).await, site.post(wrong, &form).await] {
            assert_eq!(reply.status, 410);
            reply.shows("このリンクは使えません");
        }
    }
}

#[actix_web::test]
async fn the_link_of_a_question_ends_after_four_hundred_days() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(7)).await;
    let link = cases::link(&cases::mails_to(&site, CONTACT).await, "survey");
    site.app.clock.advance(TimeDelta::days(400) - TimeDelta::seconds(1));
    assert_eq!(site.get(&link).await.status, 200);
    site.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(site.get(&link).await.status, 410);
}

/// A question that waits for its answer stands on the portal, whatever its kind, and can be answered there.
#[actix_web::test]
async fn an_open_question_stands_on_the_portal() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(100)).await;
    sign_in(&site, CONTACT).await;
    let page = site.get(&my(case, "")).await;
    page.shows("3か月後の確認に答える");
    let (_, rest) = page.body.split_once("/questions/").unwrap();
    let path = my(case, &format!("/questions/{}", rest.split('"').next().unwrap()));
    site.get(&path).await.shows("テレワークの状況");
    assert_eq!(site.post(&path, &[]).await.status, 422);
    leads_to(&site.post(&path, &[("answer", "expanded")]).await, &format!("{path}?done=1"));
    site.get(&format!("{path}?done=1")).await.shows("ありがとうございました。");
    hides(&site.get(&my(case, "")).await, "3か月後の確認に答える");
    assert_eq!(site.get(&my(case, "/questions/x")).await.status, 404);
    let planned = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap();
    let planned = planned.iter().find(|it| it.state == FollowUpState::Planned).unwrap();
    assert_eq!(site.get(&my(case, &format!("/questions/{}", planned.id))).await.status, 404, "not asked yet");
}
