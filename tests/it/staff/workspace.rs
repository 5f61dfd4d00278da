//! What the center notes for its own work: messages without a response, notes for the center alone, tasks, tags, cases
//! that are put aside, and who looks at a case.
use chrono::TimeDelta;
use domain::{actor::Actor, text::Prose};
use madoguchi::{
    doctor, ops,
    store::{self, correspondence::message::Audience},
    worker,
};

use super::{at, center};
use crate::{
    cases::{self, CONTACT, Case, mails_to},
    company,
    site::{PASSWORD, Site},
};

async fn says(site: &Site, case: Case, by: Actor, audience: Audience, text: &str) {
    let text = Prose::parse("本文", text, 2000).unwrap();
    ops::correspondence::message::post(&site.app, case.id, by, audience, &text).await.unwrap();
}

#[actix_web::test]
async fn a_message_waits_in_the_worklist_until_the_center_responds_whatever_the_state() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let number = case.number.to_string();
    let list = async || site.get("/staff?tab=unanswered").await;
    assert!(!list().await.body.contains(&number));
    says(&site, case, Actor::Company, Audience::Everyone, "駐車場はありますか。").await;
    let page = list().await;
    page.shows(&number);
    page.shows("未返信（1）");
    page.shows("未読");
    // It is Friday, 14:05, and Monday is a holiday: the response is due at the end of Tuesday.
    let due = cases::record(&site, case).await.response.unwrap();
    assert_eq!(due.due_at.to_rfc3339(), "2026-11-24T08:00:00+00:00");
    // A further message keeps the deadline.
    site.app.clock.advance(TimeDelta::days(1));
    says(&site, case, Actor::Expert(cast.expert), Audience::Internal, "資料を送りました。").await;
    assert_eq!(cases::record(&site, case).await.response, Some(due));
    site.sign_in("center@example.jp", PASSWORD).await;
    site.get(&at(case.number, "?view=messages")).await.shows("返信せずに対応済みにする");
    assert!(!list().await.body.contains("未読"), "it has been looked at");
    site.app.clock.advance(TimeDelta::days(5));
    site.sign_in("center@example.jp", PASSWORD).await;
    list().await.shows("超過");

    says(&site, case, cast.center(), Audience::Center, "電話でも確認する。").await;
    assert!(cases::record(&site, case).await.response.is_some(), "a note for the center is no response");
    says(&site, case, cast.center(), Audience::Everyone, "駐車場はあります。").await;
    assert_eq!(cases::record(&site, case).await.response, None);
    assert!(!list().await.body.contains(&number));

    // A message can be handled without a response, once.
    says(&site, case, Actor::Company, Audience::Everyone, "ありがとうございます。").await;
    for _ in 0..2 {
        assert_eq!(site.post(&at(case.number, "/answered"), &[]).await.status, 303);
    }
    assert_eq!(cases::record(&site, case).await.response, None);
    // The first look shows the banner too.
    site.get(&at(case.number, "")).await;
    let history = site.get(&at(case.number, "?view=history")).await.body;
    assert_eq!(history.matches("メッセージを対応済みにしました").count(), 1);
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn a_message_waits_until_the_center_writes_where_its_writer_can_read() {
    let (site, cast) = center().await;
    let expert = Actor::Expert(cast.expert);
    for (writer, audience, answers) in [
        (Actor::Company, Audience::Everyone, [false, false, true]),
        (expert, Audience::Internal, [false, true, true]),
    ] {
        let case = cases::booked(&site, &cast, CONTACT).await;
        let entries = [Audience::Center, Audience::Internal, Audience::Everyone];
        for (entry, ends) in entries.into_iter().zip(answers) {
            says(&site, case, writer, audience, "確認をお願いします。").await;
            says(&site, case, cast.center(), entry, "確認しました。").await;
            let waits = cases::record(&site, case).await.response;
            assert_eq!(waits.is_none(), ends, "{writer:?} waits after an entry for {entry:?}");
        }
    }
    // A message that is answered leaves the one that is not, with the deadline of its own.
    let case = cases::booked(&site, &cast, CONTACT).await;
    says(&site, case, expert, Audience::Internal, "資料はどこですか。").await;
    site.app.clock.advance(TimeDelta::days(1));
    says(&site, case, Actor::Company, Audience::Everyone, "駐車場はありますか。").await;
    let asked_at = site.app.clock.now();
    says(&site, case, cast.center(), Audience::Internal, "共有の場所にあります。").await;
    let waits = cases::record(&site, case).await.response.unwrap();
    assert_eq!(waits.since, asked_at);
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn a_message_that_came_meanwhile_is_shown_before_it_is_answered() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    says(&site, case, Actor::Company, Audience::Everyone, "駐車場はありますか。").await;
    let field = |body: &str| {
        let rest = body.split_once("name=\"seen\" value=\"").expect("the page tells what it showed").1;
        rest.split_once('"').unwrap().0.to_owned()
    };
    let seen = field(&site.get(&at(case.number, "?view=messages")).await.body);
    site.app.clock.advance(TimeDelta::minutes(1));
    says(&site, case, Actor::Company, Audience::Everyone, "やはり電車で行きます。").await;
    let handled = site.post(&at(case.number, "/answered"), &[("seen", &seen)]).await;
    assert_eq!(handled.status, 409);
    handled.shows("新しいメッセージが届きました");
    handled.shows("やはり電車で行きます。");
    let reply =
        site.post(&at(case.number, "/message"), &[("seen", &seen), ("text", "駐車場はあります。")]).await;
    assert_eq!(reply.status, 409);
    reply.shows("新しいメッセージが届きました");
    reply.shows("駐車場はあります。");
    assert!(cases::record(&site, case).await.response.is_some());
    let seen = field(&reply.body);
    let reply = site.post(&at(case.number, "/message"), &[("seen", &seen), ("text", "承知しました。")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(cases::record(&site, case).await.response, None);
}

#[actix_web::test]
async fn an_answer_to_a_question_has_the_clock_of_its_state_alone() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let version = cases::record(&site, case).await.version;
    let question = Prose::parse("質問", "従業員は何人ですか。", 2000).unwrap();
    ops::correspondence::message::ask(&site.app, case.id, version, cast.center(), &question).await.unwrap();
    says(&site, case, Actor::Company, Audience::Everyone, "28人です。").await;
    assert_eq!(cases::state(&site, case).await, "checking");
    assert_eq!(cases::record(&site, case).await.response, None);
    site.get("/staff").await.shows("未読");
}

#[actix_web::test]
async fn a_note_for_the_center_is_read_by_the_center_alone() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let mails = mails_to(&site, "expert@example.jp").await.len();
    let note = site.post(&at(case.number, "/center-note"), &[("center_note", "専門家には伝えない。")]).await;
    assert_eq!(note.status, 303, "{}", note.body);
    site.get(&at(case.number, "?view=messages")).await.shows("専門家には伝えない。");
    assert_eq!(mails_to(&site, "expert@example.jp").await.len(), mails, "nobody is told");
    for audience in [Audience::Internal, Audience::Everyone] {
        let thread = store::correspondence::message::of(&site.app.db, case.id, audience).await.unwrap();
        assert!(thread.iter().all(|it| !it.body.contains("専門家には伝えない")));
    }
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    let page = expert.get(&format!("/expert/consultations/{}", case.number)).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("専門家には伝えない"));
    let contact = site.visitor();
    company::sign_in(&contact, CONTACT).await;
    assert!(!contact.get(&company::my(case, "/messages")).await.body.contains("専門家には伝えない"));
    // An empty one is refused at its own field.
    let empty = site.post(&at(case.number, "/center-note"), &[("center_note", " ")]).await;
    assert_eq!(empty.status, 422);
    empty.shows("href=\"#center_note\"");
}

#[actix_web::test]
async fn a_task_is_planned_shown_until_it_is_done_and_opened_again() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let owner = cast.coordinator.to_string();
    let add = async |title: &str, day: &str, owner: &str| {
        site.post(&at(case.number, "/tasks"), &[("title", title), ("due_on", day), ("owner", owner)]).await
    };
    assert_eq!(add("", "2026-11-25", "").await.status, 422);
    let past = add("資料を探す", "2026-11-19", "").await;
    assert_eq!(past.status, 422);
    past.shows("今日以降の日付を入力してください");
    past.shows("資料を探す");
    assert_eq!(add("資料を探す", "2026-11-25", "0193f0a0-0000-7000-8000-000000000000").await.status, 422);
    assert_eq!(add("資料を探す", "2026-11-25", &owner).await.status, 303);
    assert_eq!(add("見積り", "2026-11-24", "").await.status, 303);
    site.get(&at(case.number, "")).await.shows("資料を探す");
    assert!(!site.get("/staff").await.body.contains("自分の作業"), "it is not due yet");
    site.app.clock.advance(TimeDelta::days(5));
    site.sign_in("center@example.jp", PASSWORD).await;
    site.get("/staff").await.shows("作業を確認する（1件）");
    let mine = site.get("/staff/tasks").await;
    mine.shows("資料を探す");
    assert!(!mine.body.contains("見積り"));
    let open = site.get("/staff/tasks?list=open").await;
    open.shows("見積り");
    open.shows("超過");

    let task =
        store::worklist::task::list(&site.app.db, store::worklist::task::TaskFilter::Of(cast.coordinator), 9)
            .await
            .unwrap()
            .remove(0);
    let path = |rest: &str| format!("/staff/tasks/{}{rest}", task.id);
    let planned = site.post(&path(""), &[("due_on", "2026-12-01"), ("owner", "")]).await;
    assert_eq!(planned.status, 303);
    assert!(!site.get("/staff/tasks").await.body.contains("資料を探す"), "it has no owner now");
    for _ in 0..2 {
        assert_eq!(site.post(&path("/done"), &[("list", "open")]).await.status, 303);
    }
    site.get("/staff/tasks?list=done").await.shows("資料を探す");
    assert_eq!(site.post(&path("/reopen"), &[]).await.status, 303);
    site.get("/staff/tasks?list=open").await.shows("資料を探す");
    let history = site.get(&at(case.number, "?view=history")).await.body;
    assert_eq!(history.matches("作業「資料を探す」を終えました").count(), 1);
    assert_eq!(site.post("/staff/tasks/0193f0a0-0000-7000-8000-000000000000/done", &[]).await.status, 404);
}

#[actix_web::test]
async fn cases_are_grouped_by_tags() {
    let (site, cast) = center().await;
    let (first, second) = (
        cases::received(&site, &cast, CONTACT).await,
        cases::received(&site, &cast, "b@example.co.jp").await,
    );
    let tag = async |case: Case, tags: &str| site.post(&at(case.number, "/tags"), &[("tags", tags)]).await;
    assert_eq!(tag(first, "至急、ＩＴ導入，至急").await.status, 303);
    assert_eq!(tag(first, "至急").await.status, 303, "it has it already");
    assert_eq!(tag(first, " ").await.status, 422);
    assert_eq!(tag(first, &"長".repeat(21)).await.status, 422);
    let many: Vec<_> = (0..11).map(|it| format!("札{it}")).collect();
    let refused = tag(first, &many.join("、")).await;
    assert_eq!(refused.status, 409);
    refused.shows("10個まで");
    assert_eq!(store::worklist::tag::of(&site.app.db, first.id).await.unwrap(), ["IT導入", "至急"]);
    let list = site.get("/staff?tag=%E8%87%B3%E6%80%A5").await;
    list.shows(&first.number.to_string());
    assert!(!list.body.contains(&second.number.to_string()));
    for _ in 0..2 {
        assert_eq!(site.post(&at(first.number, "/tags/remove"), &[("tag", "至急")]).await.status, 303);
    }
    assert_eq!(store::worklist::tag::of(&site.app.db, first.id).await.unwrap(), ["IT導入"]);
}

#[actix_web::test]
async fn a_case_that_is_put_aside_comes_back_on_its_day_or_with_a_message() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let number = case.number.to_string();
    let snooze = async |day: &str| site.post(&at(case.number, "/snooze"), &[("until", day)]).await;
    for wrong in ["", "2026-11-20", "2027-11-21", "あした"] {
        assert_eq!(snooze(wrong).await.status, 422, "{wrong}");
    }
    assert_eq!(snooze("2026-11-25").await.status, 303);
    assert!(!site.get("/staff").await.body.contains(&number));
    site.get("/staff?tab=snoozed").await.shows(&number);
    site.get(&at(case.number, "")).await.shows("11月25日（水）に対応一覧に戻ります");
    says(&site, case, Actor::Company, Audience::Everyone, "追加の質問です。").await;
    site.get("/staff").await.shows(&number);

    assert_eq!(snooze("2026-11-25").await.status, 303);
    assert_eq!(site.post(&at(case.number, "/snooze"), &[("action", "wake")]).await.status, 303);
    site.get("/staff").await.shows(&number);
    assert_eq!(snooze("2026-11-25").await.status, 303);
    site.app.clock.advance(
        "2026-11-25T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - site.app.clock.now(),
    );
    site.sign_in("center@example.jp", PASSWORD).await;
    site.get("/staff").await.shows(&number);
    assert!(!site.get("/staff?tab=snoozed").await.body.contains(&number));
}

#[actix_web::test]
async fn a_coordinator_sees_who_else_looks_at_the_case() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    site.account(domain::actor::Role::Coordinator, "second@example.jp").await;
    let second = site.visitor();
    assert_eq!(second.sign_in("second@example.jp", PASSWORD).await.status, 303);
    assert!(!site.get(&at(case.number, "")).await.body.contains("いま見ている人"));
    second.get(&at(case.number, "")).await.shows("いま見ている人");
    site.get(&at(case.number, "")).await.shows("いま見ている人");
    site.get("/staff").await.shows("いま見ている人");
    site.app.clock.advance(TimeDelta::minutes(11));
    assert!(!site.get(&at(case.number, "")).await.body.contains("いま見ている人"));
    assert!(!site.get("/staff").await.body.contains("いま見ている人"), "one's own look is none of another");
}

#[actix_web::test]
async fn an_ended_case_waits_for_no_response_and_is_not_put_aside() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    says(&site, case, Actor::Company, Audience::Everyone, "取りやめたいです。").await;
    assert_eq!(site.post(&at(case.number, "/snooze"), &[("until", "2026-11-25")]).await.status, 303);
    let version = cases::record(&site, case).await.version;
    let ending = ops::consultation::Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, case.id, Some(version), cast.center(), ending).await.unwrap();
    let record = cases::record(&site, case).await;
    assert_eq!((record.response, record.snoozed_until), (None, None));
}
