//! The expert's pages, from the request to the report.
mod calendar;

use chrono::TimeDelta;
use domain::{field::Fields, id::AssignmentId, intake::application::ApplicationForm, text::TextLine};
use entity::weekly_rule;
use madoguchi::{
    ops::{self, aftercare::report::ReportDecision, intake::apply::slot_value},
    secret::Purpose,
    store,
};
use sea_orm::EntityTrait;

use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, free_slots, link, mails_to, record, state},
    site::{PASSWORD, Reply, Site},
};

const COMPANY: &str = "株式会社みなと製作所";

/// Makes a site whose browser is signed in as the expert of the cast.
async fn site() -> (Site, Cast) {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    sign_in(&site, "expert@example.jp").await;
    (site, cast)
}

async fn sign_in(site: &Site, email: &str) {
    assert_eq!(site.sign_in(email, PASSWORD).await.status, 303);
}

/// Applies with the first slot on offer; the system asks the best expert.
async fn with_slot(site: &Site, form: ApplicationForm) -> Case {
    let draft = ops::intake::apply::start(&site.app, "network".to_owned()).await.unwrap();
    ops::intake::apply::save(&site.app, draft, |it| *it = form.clone()).await.unwrap();
    let kept = ops::intake::apply::draft(&site.app, draft).await.unwrap();
    let slot = ops::intake::apply::slots(&site.app, &kept).await.unwrap().days().remove(0).1.remove(0);
    ops::intake::apply::hold(&site.app, draft, slot).await.unwrap();
    let record = ops::intake::apply::submit(&site.app, draft, |_| ()).await.unwrap();
    let id = record.consultation.id;
    ops::consultation::confirm_address(&site.app, id, domain::actor::Actor::Company).await.unwrap();
    Case { id, number: record.number }
}

fn path(case: Case) -> String {
    format!("/expert/consultations/{}", case.number)
}

/// Returns the token of the answer link of the expert who was asked last, and the assignment.
async fn token(site: &Site, case: Case) -> (String, AssignmentId) {
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    let expires = site.app.clock.now() + TimeDelta::days(60);
    (format!("/a/{}", site.app.secret.sign(Purpose::Assignment, request.id.0, expires)), request.id)
}

#[track_caller]
fn hides(reply: &Reply, text: &str) {
    assert!(!reply.body.contains(text), "{text:?} in {}", reply.body);
}

#[actix_web::test]
async fn an_expert_with_nothing_to_do_is_told_so() {
    let (site, _) = site().await;
    let page = site.get("/expert").await;
    assert_eq!(page.status, 200);
    page.shows("対応が必要な案件はありません。");
    page.shows("<p>予定はありません。</p>");
    page.shows("登録した空きを見る");
    let calendar = site.get("/expert/calendar?week=2026-W46").await;
    calendar.shows("<p>この週に予定はありません。</p>");
    // Only an expert without any weekly hours is told to enter them.
    for row in weekly_rule::Entity::find().all(&site.app.db).await.unwrap() {
        weekly_rule::Entity::delete_by_id(row.id).exec(&site.app.db).await.unwrap();
    }
    let tx = site.app.begin().await.unwrap();
    store::reference::revision::touch(&tx, store::reference::revision::RevisedPart::Experts).await.unwrap();
    tx.commit().await.unwrap();
    let hint = "予定はありません。空きを登録すると、企業が予約できるようになります。";
    site.get("/expert").await.shows(hint);
    site.get("/expert/calendar?week=2026-W46").await.shows(hint);
}

#[actix_web::test]
async fn a_request_is_accepted_on_the_page_and_names_are_known_only_then() {
    let (site, cast) = site().await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    let path = path(case);
    let worklist = site.get("/expert").await;
    worklist.shows("回答待ちの依頼 <b>1件</b>");
    worklist.shows("製造業");
    for before in [
        worklist,
        site.get(&path).await,
        site.get(&format!("{path}/answer")).await,
        site.get("/expert/calendar").await,
    ] {
        assert_eq!(before.status, 200);
        for name in ["みなと", "田中", "勤怠管理に困って", CONTACT, "見本1-2-3"] {
            hides(&before, name);
        }
    }
    for act in ["slot", "cancel", "outcome", "next", "report"] {
        assert_eq!(site.get(&format!("{path}/{act}")).await.status, 404, "{act}");
    }
    let message = [("message", "こんにちは"), ("audience", "everyone")];
    assert_eq!(site.post(&format!("{path}/messages"), &message).await.status, 404);

    let reply = site.post(&format!("{path}/answer"), &[("answer", "accept")]).await;
    assert_eq!((reply.status, reply.location.as_deref()), (303, Some(path.as_str())));
    assert_eq!(state(&site, case).await, "scheduling");
    let page = site.get(&path).await;
    page.shows("担当を引き受けました。");
    for name in [COMPANY, "田中 一郎", "勤怠管理に困って", CONTACT, "東京都港区見本1-2-3"]
    {
        page.shows(name);
    }
    site.get(&format!("{path}/answer")).await.shows("担当を引き受けました");
}

#[actix_web::test]
async fn declining_needs_a_reason_and_keeps_what_was_typed() {
    let (site, cast) = site().await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    let answer = format!("{}/answer", path(case));
    site.get(&format!("{answer}?answer=decline")).await.shows(r#"value="decline" checked"#);
    assert_eq!(state(&site, case).await, "matching", "looking changes nothing");

    let reply = site.post(&answer, &[("answer", "decline"), ("reason", " ")]).await;
    assert_eq!(reply.status, 422);
    reply.shows(r##"<a href="#reason">断る理由を入力してください</a>"##);
    reply.shows(r#"value="decline" checked"#);
    site.post(&answer, &[]).await.shows("回答を選択してください");

    let reply = site.post(&answer, &[("answer", "decline"), ("reason", "繁忙期のため")]).await;
    assert_eq!((reply.status, reply.location.as_deref()), (303, Some("/expert")));
    assert_eq!(state(&site, case).await, "checking");
    assert_eq!(site.get(&path(case)).await.status, 404);
    site.get(&answer).await.shows("担当を断りました");
}

#[actix_web::test]
async fn a_held_slot_is_answered_from_the_mail_without_signing_in() {
    let site = Site::new().await;
    Cast::new(&site).await;
    let case = with_slot(&site, cases::form(CONTACT)).await;
    assert_eq!(state(&site, case).await, "matching");
    let link = link(&mails_to(&site, "expert@example.jp").await, "request");
    let page = site.get(&link).await;
    assert_eq!((page.status, page.header("referrer-policy")), (200, Some("same-origin")));
    page.shows("11月26日（木）9:00から10:00");
    page.shows("東京都");
    page.shows("<dd>28人</dd>");
    hides(&page, "みなと");
    site.get(&format!("{link}?answer=accept")).await.shows(r#"value="accept" checked"#);
    assert_eq!(state(&site, case).await, "matching", "looking changes nothing");

    let reply = site.post(&link, &[("answer", "accept")]).await;
    assert_eq!((reply.status, reply.location.as_deref()), (303, Some(link.as_str())));
    assert_eq!(state(&site, case).await, "booked");
    let page = site.get(&link).await;
    page.shows("担当を引き受けました");
    page.shows("11月26日（木）9:00から10:00（オンライン・確定）");
    hides(&page, "みなと");
    site.post(&link, &[("answer", "decline"), ("reason", "やはり")]).await.shows("担当を引き受けました");
    assert_eq!(state(&site, case).await, "booked");

    sign_in(&site, "expert@example.jp").await;
    let page = site.get(&path(case)).await;
    page.shows("https://video.example.jp/expert");
    page.shows("予約を取り消す");
    hides(&page, "実施・欠席を記録する");
}

#[actix_web::test]
async fn a_near_booking_is_warned_of() {
    let (site, _) = site().await;
    let first = with_slot(&site, cases::form(CONTACT)).await;
    let (link, _) = token(&site, first).await;
    site.post(&link, &[("answer", "accept")]).await;
    hides(&site.get(&link).await, "近い時間に");
    let second = with_slot(&site, cases::form("second@example.co.jp")).await;
    let (link, _) = token(&site, second).await;
    let page = site.get(&link).await;
    page.shows("近い時間に、ほかの予約があります");
    page.shows("11月26日（木）9:00から10:00（オンライン・確定）");
}

#[actix_web::test]
async fn a_request_that_cannot_be_answered_any_more_says_so() {
    let (site, cast) = site().await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    let (link, request) = token(&site, case).await;
    for forged in ["/a/AAAA".to_owned(), format!("{link}x"), "/a/%E3%81%82".to_owned()] {
        let page = site.get(&forged).await;
        assert_eq!(page.status, 410, "{forged}");
        page.shows("このリンクからは回答できません");
    }
    site.app.clock.advance(TimeDelta::days(10));
    ops::routing::assignment::lapse(&site.app, request).await.unwrap();
    for page in [site.get(&link).await, site.post(&link, &[("answer", "accept")]).await] {
        assert_eq!(page.status, 200);
        page.shows("回答期限を過ぎたため、取り消しました");
    }
    sign_in(&site, "expert@example.jp").await;
    let answer = format!("{}/answer", path(case));
    site.post(&answer, &[("answer", "accept")]).await.shows("回答期限を過ぎたため");
    assert_eq!(state(&site, case).await, "checking");

    let case = cases::matching(&site, &cast, "second@example.co.jp").await;
    let (link, _) = token(&site, case).await;
    let ending = ops::consultation::Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, case.id, None, cast.center(), ending).await.unwrap();
    site.get(&link).await.shows("この依頼は、取り下げられました。");
    site.app.clock.advance(TimeDelta::days(61));
    assert_eq!(site.get(&link).await.status, 410, "the link is too old");
}

#[actix_web::test]
async fn the_link_of_a_request_ends_after_sixty_days() {
    let (site, cast) = site().await;
    cases::matching(&site, &cast, CONTACT).await;
    let link = cases::link(&cases::mails_to(&site, "expert@example.jp").await, "request");
    assert!(link.starts_with("/a/"), "{link}");
    site.app.clock.advance(TimeDelta::days(60) - TimeDelta::seconds(1));
    assert_eq!(site.get(&link).await.status, 200);
    site.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(site.get(&link).await.status, 410);
}

#[actix_web::test]
async fn other_peoples_consultations_do_not_exist() {
    let (site, cast) = site().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    cases::expert(&site, "other@example.jp", "別の 専門家", Fields::Both).await;
    sign_in(&site, "other@example.jp").await;
    let path = path(case);
    for act in ["", "/answer", "/slot", "/cancel", "/outcome", "/next", "/report"] {
        assert_eq!(site.get(&format!("{path}{act}")).await.status, 404, "{act}");
    }
    for act in ["/answer", "/messages", "/slot", "/cancel", "/outcome", "/next", "/report"] {
        let form = [("answer", "accept"), ("reason", "x"), ("outcome", "done"), ("message", "x")];
        assert_eq!(site.post(&format!("{path}{act}"), &form).await.status, 404, "{act}");
    }
    for odd in ["R08-999999", "nonsense", "R08-00000"] {
        assert_eq!(site.get(&format!("/expert/consultations/{odd}")).await.status, 404, "{odd}");
    }
    hides(&site.get("/expert").await, "みなと");
    hides(&site.get("/expert/calendar?week=2026-W48").await, "みなと");
}

#[actix_web::test]
async fn both_fields_wait_for_both_experts() {
    let site = Site::new().await;
    let center = site.account(domain::actor::Role::Coordinator, "center@example.jp").await.id;
    let ict = cases::expert(&site, "ict@example.jp", "山田 太郎", Fields::Ict).await;
    let labor = cases::expert(&site, "labor@example.jp", "佐藤 次郎", Fields::Labor).await;
    let cast = Cast { coordinator: center, expert: ict };
    let mut form = cases::form(CONTACT);
    form.field.push("labor".to_owned());
    let case = cases::unconfirmed(&site, &cast, &form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let version = record(&site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[ict, labor])
        .await
        .unwrap();

    sign_in(&site, "ict@example.jp").await;
    site.post(&format!("{}/answer", path(case)), &[("answer", "accept")]).await;
    assert_eq!(state(&site, case).await, "matching");
    let page = site.get(&path(case)).await;
    page.shows("もう一人の専門家の回答を待っています");
    page.shows("担当する分野：ICT");
    sign_in(&site, "labor@example.jp").await;
    hides(&site.get(&path(case)).await, "みなと");
    site.post(&format!("{}/answer", path(case)), &[("answer", "accept")]).await;
    assert_eq!(state(&site, case).await, "scheduling");

    let slot = slot_value(free_slots(&site, case).await[0]);
    let reply = site.post(&format!("{}/slot", path(case)), &[("slot", &slot)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(appointment(&site, case).await.experts.len(), 2);
    site.get(&path(case)).await.shows("山田 太郎、佐藤 次郎");
}

#[actix_web::test]
async fn a_time_is_settled_moved_and_cancelled() {
    let (site, cast) = site().await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let path = path(case);
    let slots = free_slots(&site, case).await;
    let page = site.get(&format!("{path}/slot")).await;
    page.shows("11月26日（木）<span class=\"free\">空き");
    page.shows("さらに後の日付を見る");
    let nothing = site.post(&format!("{path}/slot"), &[]).await;
    assert_eq!(nothing.status, 422);
    nothing.shows("日時を選択してください");

    let at = |n: usize| slot_value(slots[n]);
    let reply = site.post(&format!("{path}/slot"), &[("slot", &at(0))]).await;
    assert_eq!((reply.status, state(&site, case).await), (303, "booked"));
    let reply = site.post(&format!("{path}/slot"), &[("slot", &at(4))]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(appointment(&site, case).await.starts_at, slots[4].start());

    for (taken, status) in [("2026-12-01T20:00:00+09:00", 409), ("0", 422)] {
        let reply = site.post(&format!("{path}/slot"), &[("slot", taken)]).await;
        assert_eq!(reply.status, status, "{taken}");
        reply.shows(if status == 409 {
            "選んだ日時は、ほかの方の予約が先に入りました。"
        } else {
            "日時を選択してください"
        });
    }
    let cancel = format!("{path}/cancel");
    assert_eq!(site.post(&cancel, &[]).await.status, 422);
    assert_eq!(site.post(&cancel, &[("reason", "体調不良のため")]).await.status, 303);
    assert_eq!(state(&site, case).await, "scheduling");
    let again = site.post(&cancel, &[("reason", "体調不良のため")]).await;
    assert_eq!(again.status, 409);
    again.shows("体調不良のため");
}

#[actix_web::test]
async fn the_outcome_is_recorded_only_after_the_start() {
    let (site, cast) = site().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let outcome = format!("{}/outcome", path(case));
    let early = site.post(&outcome, &[("outcome", "done")]).await;
    assert_eq!(early.status, 409);
    early.shows("より前には記録できません");
    site.app.clock.advance(appointment(&site, case).await.ends_at - site.app.clock.now());
    sign_in(&site, "expert@example.jp").await;
    site.get("/expert").await.shows("実施・欠席の記録 <b>1件</b>");
    site.get(&path(case)).await.shows("実施・欠席を記録する");
    assert_eq!(site.post(&outcome, &[]).await.status, 422);
    let reply = site.post(&outcome, &[("outcome", "done")]).await;
    assert_eq!(reply.location, Some(format!("{}/report", path(case))));
    assert_eq!(state(&site, case).await, "consulted");
    site.get("/expert").await.shows("報告書の提出 <b>1件</b>");

    let case = cases::booked(&site, &cast, "second@example.co.jp").await;
    site.app.clock.advance(appointment(&site, case).await.ends_at - site.app.clock.now());
    sign_in(&site, "expert@example.jp").await;
    site.post(&format!("{}/outcome", path(case)), &[("outcome", "no_show")]).await;
    assert_eq!(state(&site, case).await, "scheduling");
}

#[actix_web::test]
async fn a_report_is_kept_handed_in_returned_and_handed_in_again() {
    let (site, cast) = site().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    sign_in(&site, "expert@example.jp").await;
    let appointment = appointment(&site, case).await.id;
    let report = format!("{}/report", path(case));
    let id = appointment.to_string();
    let write = |version: &'static str, action: &'static str, advice: &'static str| {
        let (id, report) = (id.clone(), report.clone());
        let site = &site;
        async move {
            let form = [
                ("session", id.as_str()),
                ("version", version),
                ("action", action),
                ("present_state", "紙の勤怠管理"),
                ("advice", advice),
                ("next_steps", "3月までに規程の案を作る"),
                ("further_session", "1"),
            ];
            site.post(&report, &form).await
        }
    };
    site.get(&report).await.shows(r#"name="version" value="0""#);
    let missing = write("0", "submit", "").await;
    assert_eq!(missing.status, 422);
    missing.shows("助言の内容を入力してください");
    missing.shows("紙の勤怠管理");
    let kept = write("0", "keep", "").await;
    assert_eq!(kept.status, 303);
    let page = site.get(kept.location.as_deref().unwrap()).await;
    page.shows("下書きを保存しました（10:00）。");
    page.shows("紙の勤怠管理");
    page.shows(r#"name="further_session" id="further_session" value="1" checked"#);

    let stale = write("0", "keep", "別の画面で書いた助言").await;
    assert_eq!(stale.status, 409);
    stale.shows("別の画面で書いた助言");
    stale.shows("先に保存された内容を見る");
    stale.shows(r#"name="version" value="1""#);

    assert_eq!(write("1", "submit", "段階的に始める").await.status, 303);
    site.get(&report).await.shows("実施報告書（提出済み）");
    let late = write("3", "keep", "まだ直す").await;
    assert_eq!(late.status, 409);
    late.shows("提出済みの報告書は変更できません");

    let reason = TextLine::parse("理由", "導入の時期が未記入です", 100).unwrap();
    let back = ReportDecision::Return { reason };
    ops::aftercare::report::decide(&site.app, appointment, cast.coordinator, back).await.unwrap();
    let worklist = site.get("/expert").await;
    worklist.shows("導入の時期が未記入です");
    worklist.shows("報告書を直す");
    let page = site.get(&report).await;
    page.shows("導入の時期が未記入です");
    page.shows(r#"name="version" value="4""#);
    assert_eq!(write("4", "submit", "段階的に始める。時期は4月").await.status, 303);
    ops::aftercare::report::decide(&site.app, appointment, cast.coordinator, ReportDecision::Approve)
        .await
        .unwrap();
    site.get(&report).await.shows("実施報告書（確認済み）");
    hides(&site.get("/expert").await, "報告書を直す");
    let next = format!("{}/next", path(case));
    site.get(&next).await.shows("3回まで");
    assert_eq!(site.post(&next, &[]).await.status, 303);
    assert_eq!(state(&site, case).await, "scheduling");
}

#[actix_web::test]
async fn the_thread_is_read_and_written() {
    let (site, cast) = site().await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let text = domain::text::Prose::parse("本文", "<b>資料</b>を送ります", 100).unwrap();
    let by = domain::actor::Actor::Company;
    ops::correspondence::message::post(
        &site.app,
        case.id,
        by,
        store::correspondence::message::Audience::Everyone,
        &text,
    )
    .await
    .unwrap();
    site.get("/expert").await.shows("企業から");
    site.get(&path(case)).await.shows("&#60;b&#62;資料&#60;/b&#62;を送ります");
    let messages = format!("{}/messages", path(case));
    let bad = site.post(&messages, &[("message", ""), ("audience", "")]).await;
    assert_eq!(bad.status, 422);
    bad.shows("入力内容を確認してください（2件）");
    let form = [("message", "内部の相談です"), ("audience", "internal")];
    assert_eq!(site.post(&messages, &form).await.status, 303);
    let page = site.get(&path(case)).await;
    page.shows("内部の相談です");
    page.shows("あなた");
    hides(&site.get("/expert").await, "企業から");
    let open = store::correspondence::message::of(
        &site.app.db,
        case.id,
        store::correspondence::message::Audience::Everyone,
    )
    .await
    .unwrap();
    assert_eq!(open.len(), 1, "the company does not see what is internal");
}
