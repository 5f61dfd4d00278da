//! What a company sees and does after applying, by link and without an account.
use actix_web::http::Method;
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Role},
    follow_up::{Answer, FollowUpState, Kind, Progress},
    text::Prose,
    wording::{iso_date_time, month_day_time},
};
use entity::{consultation, follow_up, link, message, outbox, session};
use madoguchi::{
    ops,
    secret::token,
    store::{self, link::Purpose, message::Audience},
    web::session::COMPANY_COOKIE,
};
use sea_orm::{EntityTrait, QueryOrder};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::{PASSWORD, Reply, Site},
};

const OTHER: &str = "other@example.co.jp";

async fn link_for(site: &Site, email: &str) -> String {
    let tx = site.app.begin().await.unwrap();
    let purpose = Purpose::SignIn { email_key: email.to_owned() };
    let token = ops::account::company_link(&tx, &purpose, site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    format!("/l/{token}")
}

async fn sign_in(site: &Site, email: &str) {
    let reply = site.post(&link_for(site, email).await, &[]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
}

fn my(case: Case, page: &str) -> String {
    format!("/my/{}{page}", case.number)
}

#[track_caller]
fn leads_to(reply: &Reply, path: &str) {
    assert_eq!((reply.status, reply.location.as_deref()), (303, Some(path)), "{}", reply.body);
}

#[track_caller]
fn hides(reply: &Reply, text: &str) {
    assert!(!reply.body.contains(text), "{text:?} in {}", reply.body);
}

/// Everything that a company's visit could change.
async fn everything(site: &Site) -> String {
    let db = &site.app.db;
    let mut all = String::new();
    macro_rules! dump {
        ($($table:ident)*) => {$(
            let rows = $table::Entity::find().all(db).await.unwrap();
            all.push_str(&format!("{} {}: {rows:?}\n", stringify!($table), rows.len()));
        )*};
    }
    dump!(consultation follow_up link message outbox session);
    let budget = entity::mail_budget::Entity::find().all(db).await.unwrap();
    let events = entity::event::Entity::find().all(db).await.unwrap();
    let appointments = entity::appointment::Entity::find().all(db).await.unwrap();
    all + &format!("{budget:?} {} {appointments:?}", events.len())
}

#[actix_web::test]
async fn a_link_is_mailed_to_whoever_applied_and_the_answer_tells_nothing() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let known = site.post("/login", &[("email", " CONTACT@example.co.jp ")]).await;
    let unknown = site.post("/login", &[("email", "nobody@example.co.jp")]).await;
    leads_to(&known, "/login/sent");
    assert_eq!((known.location, known.headers.len()), (unknown.location, unknown.headers.len()));
    site.get("/login/sent").await.shows("ログイン用のリンクを送りました");
    assert!(cases::letters(&site, "nobody@example.co.jp").await.is_empty());
    let links = link::Entity::find().all(&site.app.db).await.unwrap();
    let to_companies = links.iter().filter(|it| it.email_key.is_some()).count();
    assert_eq!(to_companies, 2, "in the acknowledgement and in the sign-in mail");

    let mail = cases::letters(&site, "CONTACT@example.co.jp").await;
    let link = cases::link(&mail, "sign_in");
    site.get(&link).await.shows("ログインする</button>");
    leads_to(&site.post(&link, &[]).await, "/my");
    leads_to(&site.get("/my").await, &my(case, ""));
    leads_to(&site.get("/login").await, "/my");
    leads_to(&site.post("/my/sign-out", &[]).await, "/login");
    leads_to(&site.get("/my").await, "/login");

    let wrong = site.post("/login", &[("email", "contact")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("name@example.jp のような形");
}

#[actix_web::test]
async fn one_address_and_one_network_cause_so_many_mails_a_day() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    cases::received(&site, &cast, CONTACT).await;
    for email in [CONTACT, "nobody@example.co.jp"] {
        for _ in 0..5 {
            leads_to(&site.post("/login", &[("email", email)]).await, "/login/sent");
        }
        let reply = site.post("/login", &[("email", email)]).await;
        assert_eq!(reply.status, 429);
        reply.shows("今日は、これ以上メールを送れません");
    }
    let sent = cases::letters(&site, CONTACT).await;
    assert_eq!(sent.iter().filter(|it| it.kind == "sign_in").count(), 5);
    site.app.clock.advance(TimeDelta::days(1));
    leads_to(&site.post("/login", &[("email", CONTACT)]).await, "/login/sent");
}

#[actix_web::test]
async fn a_link_opens_once_for_its_purpose_until_its_time() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let path = link_for(&site, CONTACT).await;
    leads_to(&site.post(&path, &[("case", &case.number.to_string())]).await, &my(case, ""));
    let cookie = site.cookie(COMPANY_COOKIE).await.unwrap();
    // Whoever is in already is not stopped by an old link.
    leads_to(&site.get(&path).await, "/my");
    site.post("/my/sign-out", &[]).await;
    site.set_cookie(COMPANY_COOKIE, &cookie).await;
    leads_to(&site.get("/my").await, "/login");

    for reply in [site.get(&path).await, site.post(&path, &[]).await] {
        assert_eq!(reply.status, 410);
        reply.shows("このリンクは使えません");
        hides(&reply, CONTACT);
    }
    leads_to(&site.post(&format!("{path}/renew"), &[]).await, "/login/sent");
    let fresh = cases::link(&cases::letters(&site, CONTACT).await, "sign_in");
    site.app.clock.advance(ops::account::COMPANY_LINK);
    assert_eq!(site.get(&fresh).await.status, 410);
    assert_eq!(site.post(&fresh, &[]).await.status, 410);

    let unknown = format!("/l/{}", token().unwrap());
    let reply = site.get(&unknown).await;
    assert_eq!(reply.status, 410);
    hides(&reply, "新しいリンクを送る");
    assert_eq!(site.post(&format!("{unknown}/renew"), &[]).await.status, 410);
    let new = ops::account::NewAccount {
        email: domain::contact::EmailAddress::parse("new@example.jp").unwrap(),
        name: "新人 太郎".to_owned(),
        role: Role::Coordinator,
        desk: None,
    };
    let password = format!("/l/{}", ops::account::invite(&site.app, &new).await.unwrap().token);
    assert_eq!(site.get(&password).await.status, 410);
    assert_eq!(site.post(&password, &[]).await.status, 410);
    assert_eq!(site.post(&format!("{password}/renew"), &[]).await.status, 410);
    assert!(site.get(&password.replace("/l/", "/staff/set-password/")).await.status == 200, "still good");
}

#[actix_web::test]
async fn the_acknowledgements_link_confirms_the_address() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::unconfirmed(&site, &cast, &cases::form(CONTACT)).await;
    let link = cases::link(&cases::letters(&site, CONTACT).await, "acknowledgement");
    site.get(&link).await.shows("メールアドレスを確認する</button>");
    assert!(!cases::record(&site, case).await.consultation.address_confirmed);
    leads_to(&site.post(&link, &[]).await, &my(case, ""));
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
    let page = site.get(&my(case, "")).await;
    page.shows("メールアドレスを確認しました。");
    hides(&page, "メールアドレスの確認が終わっていません");

    // Whoever comes in by another link confirms on the page itself.
    let case = cases::unconfirmed(&site, &cast, &cases::form(OTHER)).await;
    sign_in(&site, OTHER).await;
    site.get(&my(case, "")).await.shows("メールアドレスの確認が終わっていません");
    leads_to(&site.post(&my(case, "/confirm"), &[]).await, &my(case, ""));
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
}

#[actix_web::test]
async fn looking_changes_nothing() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let scheduling = cases::scheduling(&site, &cast, CONTACT).await;
    let booked = cases::booked(&site, &cast, CONTACT).await;
    let asked = cases::asked(&site, &cast, CONTACT, TimeDelta::days(7)).await;
    let center = cast.center();
    let text = Prose::parse("本文", "ご準備をお願いします。", 100).unwrap();
    ops::message::post(&site.app, booked.id, center, Audience::Everyone, &text).await.unwrap();
    let survey = cases::link(&cases::letters(&site, CONTACT).await, "survey");
    let unused = link_for(&site, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let before = everything(&site).await;
    let mut paths = vec!["/login".to_owned(), "/login/sent".to_owned(), "/my".to_owned(), survey, unused];
    for case in [scheduling, booked, asked] {
        for page in [
            "",
            "/messages",
            "/reschedule",
            "/reschedule?from=2026-12-10",
            "/cancel",
            "/cancel?what=session",
            "/cancel?what=consultation",
            "/report",
            "/survey",
            "/appointment.ics",
        ] {
            paths.push(my(case, page));
        }
    }
    for path in paths {
        for method in [Method::GET, Method::HEAD] {
            let request = actix_web::test::TestRequest::with_uri(&path).method(method);
            let status = site.send(request).await.status;
            assert!([200, 303, 404].contains(&status), "{path}: {status}");
        }
        assert_eq!(everything(&site).await, before, "{path}");
    }
}

#[actix_web::test]
async fn another_companys_case_is_not_found() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let own = cases::booked(&site, &cast, CONTACT).await;
    let other = cases::booked(&site, &cast, OTHER).await;
    let number = my(other, "");
    leads_to(&site.get(&number).await, "/login");
    sign_in(&site, CONTACT).await;
    assert_eq!(site.get(&my(own, "")).await.status, 200);
    let before = everything(&site).await;
    for page in ["", "/messages", "/reschedule", "/cancel", "/report", "/survey", "/appointment.ics"] {
        let reply = site.get(&my(other, page)).await;
        assert_eq!(reply.status, 404, "{page}");
        hides(&reply, &other.number.to_string());
    }
    for (page, form) in [
        ("/messages", vec![("message", "こんにちは")]),
        ("/messages/read", vec![]),
        ("/reschedule", vec![("slot", "2026-12-01T10:00:00+09:00")]),
        ("/cancel", vec![("what", "consultation")]),
        ("/survey", vec![]),
        ("/further", vec![]),
        ("/confirm", vec![]),
    ] {
        assert_eq!(site.post(&my(other, page), &form).await.status, 404, "{page}");
    }
    assert_eq!(everything(&site).await, before);
    for path in ["/my/R08-999999", "/my/nonsense", "/my/R08-999999/messages"] {
        assert_eq!(site.get(path).await.status, 404, "{path}");
    }
    // A password opens the center, not a company's pages.
    site.post("/my/sign-out", &[]).await;
    site.sign_in("center@example.jp", PASSWORD).await;
    leads_to(&site.get(&my(own, "")).await, "/login");
}

#[actix_web::test]
async fn several_cases_are_listed() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    sign_in(&site, CONTACT).await;
    site.get("/my").await.shows("申込みはまだありません");
    let first = cases::received(&site, &cast, CONTACT).await;
    leads_to(&site.get("/my").await, &my(first, ""));
    let second = cases::booked(&site, &cast, CONTACT).await;
    let list = site.get("/my").await;
    for (case, state) in [(first, "受付済み"), (second, "予約確定")] {
        list.shows(&my(case, ""));
        list.shows(state);
    }
    // A mail's link leads to the case that it is about.
    let booked = cases::link(&cases::letters(&site, CONTACT).await, "booked");
    let page = site.get(&booked).await;
    page.shows(&format!(r#"name="case" value="{}""#, second.number));
    let (path, _) = booked.split_once('?').unwrap();
    leads_to(&site.post(path, &[("case", &second.number.to_string())]).await, &my(second, ""));
}

#[actix_web::test]
async fn a_time_is_chosen_moved_and_cancelled() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let page = site.get(&my(case, "")).await;
    page.shows("候補の日時から選んでください。");
    page.shows("日時を選ぶ");
    hides(&page, "日時を変更する");
    let slots = cases::free_slots(&site, case).await;
    let (first, second) = (iso_date_time(slots[0].start()), iso_date_time(slots[1].start()));

    let page = site.get(&my(case, "/reschedule")).await;
    page.shows(&format!(r#"id="slot" value="{first}""#));
    page.shows("さらに後の日時を見る（12月10日（木）から）");
    page.shows("担当 山田 太郎");
    assert_eq!(page.body.matches("<fieldset").count(), 10);
    let later = site.get(&my(case, "/reschedule?from=2026-12-10")).await;
    later.shows("12月10日（木）");
    hides(&later, "11月26日（木）");
    site.get(&my(case, "/reschedule?from=2027-12-10")).await.shows("空いている日時はありません");
    for wrong in ["", "2026-12-01", "2026-12-01T10:07:00+09:00"] {
        let reply = site.post(&my(case, "/reschedule"), &[("slot", wrong)]).await;
        assert_eq!(reply.status, 422, "{wrong}");
        reply.shows("希望する日時を選択してください");
    }
    let night = site.post(&my(case, "/reschedule"), &[("slot", "2026-12-01T20:00:00+09:00")]).await;
    assert_eq!(night.status, 409);

    leads_to(&site.post(&my(case, "/reschedule"), &[("slot", &first)]).await, &my(case, ""));
    leads_to(&site.post(&my(case, "/reschedule"), &[("slot", &first)]).await, &my(case, ""));
    let session = cases::session(&site, case).await;
    assert_eq!((session.starts_at, session.sequence), (slots[0].start(), 0), "sent twice, booked once");
    let page = site.get(&my(case, "")).await;
    page.shows("当日まで手続きは必要ありません。");
    page.shows("2026年（令和8年）11月26日（木）9:00から10:00");
    page.shows(r#"href="https://video.example.jp/expert""#);
    page.shows("山田 太郎");
    page.shows("11月25日（水）17:00まで");

    let moving = site.get(&my(case, "/reschedule")).await;
    moving.shows("いまの予約");
    hides(&moving, &format!(r#"value="{first}""#));
    leads_to(&site.post(&my(case, "/reschedule"), &[("slot", &second)]).await, &my(case, ""));
    assert_eq!(cases::session(&site, case).await.starts_at, slots[1].start());
    let moved = site.get(&my(case, "")).await;
    moved.shows(&format!("日時を{}に変更しました。", month_day_time(slots[1].start())));

    site.get(&my(case, "/cancel")).await.shows("取り消すものを選んでください");
    site.get(&my(case, "/cancel?what=session")).await.shows("予約を取り消す</button>");
    let form = [("what", "session"), ("reason", " ")];
    let empty = site.post(&my(case, "/cancel"), &form).await;
    assert_eq!(empty.status, 422);
    empty.shows("理由を入力してください");
    let form = [("what", "session"), ("reason", "急な出張のため")];
    leads_to(&site.post(&my(case, "/cancel"), &form).await, &my(case, ""));
    assert_eq!(cases::state(&site, case).await, "scheduling");
    assert_eq!(cases::session(&site, case).await.state.code(), "cancelled_by_company");
    site.get(&my(case, "")).await.shows("急な出張のため");
    assert_eq!(site.post(&my(case, "/cancel"), &form).await.status, 409);
}

#[actix_web::test]
async fn a_consultation_is_withdrawn_once() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let page = site.get(&my(case, "/cancel?what=consultation")).await;
    page.shows("取り下げを確定する</button>");
    page.shows("次の予約も取り消されます");
    let form = [("what", "consultation"), ("reason", "")];
    leads_to(&site.post(&my(case, "/cancel"), &form).await, &my(case, ""));
    assert_eq!(cases::state(&site, case).await, "withdrawn");
    let page = site.get(&my(case, "")).await;
    page.shows("あらためて申し込むことができます。");
    hides(&page, "取り下げる</a>");
    assert_eq!(site.post(&my(case, "/cancel"), &form).await.status, 409);
    assert_eq!(site.post(&my(case, "/further"), &[]).await.status, 409);
    leads_to(&site.get(&my(case, "/cancel")).await, &my(case, ""));
    leads_to(&site.get(&my(case, "/reschedule")).await, &my(case, ""));
    assert_eq!(site.get(&my(case, "/appointment.ics")).await.status, 404);
}

#[actix_web::test]
async fn after_the_limit_there_is_the_telephone() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let later = cases::free_slots(&site, case).await[20];
    sign_in(&site, CONTACT).await;
    // 17:00 of the business day before.
    let limit = "2026-11-25T08:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    site.app.clock.advance(limit - site.app.clock.now());
    let page = site.get(&my(case, "")).await;
    page.shows("変更できる期限（11月25日（水）17:00）を過ぎました");
    hides(&page, "日時を変更する</a>");
    let page = site.get(&my(case, "/reschedule")).await;
    page.shows("お電話ください");
    hides(&page, "<button class=\"btn\">");
    let form = [("slot", iso_date_time(later.start()))];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = site.post(&my(case, "/reschedule"), &form).await;
    assert_eq!(reply.status, 409);
    reply.shows("変更できる期限を過ぎました");
    let page = site.get(&my(case, "/cancel?what=session")).await;
    page.shows("取り消せる期限（11月25日（水）17:00）を過ぎました");
    hides(&page, "予約の取消しへ進む");
    let form = [("what", "session"), ("reason", "急な出張のため")];
    assert_eq!(site.post(&my(case, "/cancel"), &form).await.status, 409);
    assert_eq!(cases::state(&site, case).await, "booked");
}

#[actix_web::test]
async fn of_two_who_want_a_time_one_is_shown_others() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let rival = cases::scheduling(&site, &cast, OTHER).await;
    sign_in(&site, CONTACT).await;
    let slot = cases::free_slots(&site, case).await[0];
    ops::appointment::choose_slot(&site.app, rival.id, Actor::Company, slot).await.unwrap();
    let wanted = iso_date_time(slot.start());
    let reply = site.post(&my(case, "/reschedule"), &[("slot", &wanted)]).await;
    assert_eq!(reply.status, 409);
    reply.shows("選んだ日時は、ほかの方の予約が先に入りました。別の日時を選んでください。");
    hides(&reply, &format!(r#"value="{wanted}""#));
    let next = iso_date_time(cases::free_slots(&site, case).await[0].start());
    reply.shows(&format!(r#"value="{next}""#));
    leads_to(&site.post(&my(case, "/reschedule"), &[("slot", &next)]).await, &my(case, ""));
}

#[actix_web::test]
async fn a_message_while_the_center_waits_is_the_answer() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    site.get(&my(case, "/messages")).await.shows("まだメッセージはありません");
    let question = Prose::parse("質問", "従業員数を教えてください。", 100).unwrap();
    let version = cases::record(&site, case).await.version;
    ops::message::ask(&site.app, case.id, version, cast.center(), &question).await.unwrap();
    let memo = Prose::parse("メモ", "内部の所見です。", 100).unwrap();
    ops::message::post(&site.app, case.id, cast.center(), Audience::Internal, &memo).await.unwrap();
    let page = site.get(&my(case, "")).await;
    page.shows("メッセージに回答してください。");
    page.shows("新着1件");
    let page = site.get(&my(case, "/messages")).await;
    page.shows("従業員数を教えてください。");
    page.shows("回答をお待ちしています");
    hides(&page, "内部の所見");

    let empty = site.post(&my(case, "/messages"), &[("message", " ")]).await;
    assert_eq!(empty.status, 422);
    empty.shows("回答を入力してください");
    let form = [("message", "28人です。")];
    leads_to(&site.post(&my(case, "/messages"), &form).await, &my(case, "/messages"));
    leads_to(&site.post(&my(case, "/messages"), &form).await, &my(case, "/messages"));
    assert_eq!(cases::state(&site, case).await, "checking");
    let thread = store::message::of(&site.app.db, case.id, Audience::Everyone).await.unwrap();
    assert_eq!(thread.len(), 2, "sent twice, kept once");
    assert!(thread.iter().all(|it| it.read_by_company_at.is_some()));
    hides(&site.get(&my(case, "")).await, "新着");

    let text = Prose::parse("本文", "ありがとうございます。", 100).unwrap();
    ops::message::post(&site.app, case.id, cast.center(), Audience::Everyone, &text).await.unwrap();
    site.get(&my(case, "/messages")).await.shows("読みました</button>");
    leads_to(&site.post(&my(case, "/messages/read"), &[]).await, &my(case, "/messages"));
    hides(&site.get(&my(case, "/messages")).await, "新着");
    let long = "あ".repeat(2001);
    let reply = site.post(&my(case, "/messages"), &[("message", &long)]).await;
    assert_eq!(reply.status, 422);
    reply.shows("メッセージは2,000文字以内で入力してください（現在2,001文字）");
    reply.shows(&long);
}

#[actix_web::test]
async fn what_is_between_center_and_experts_is_not_shown() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::matching(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    hides(&site.get(&my(case, "")).await, "山田");
    let asked = store::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    let reason = "取引先のため辞退します".to_owned();
    ops::assignment::decline(&site.app, asked.id, cast.expert, reason).await.unwrap();
    let memo = Prose::parse("メモ", "内部の所見です。", 100).unwrap();
    ops::message::post(&site.app, case.id, cast.center(), Audience::Internal, &memo).await.unwrap();
    let page = site.get(&my(case, "")).await;
    page.shows("担当する専門家と日時を再調整しています");
    for secret in ["取引先", "山田", "内部", "expert@example.jp", "center@example.jp\"", "鈴木"] {
        hides(&page, secret);
        hides(&site.get(&my(case, "/messages")).await, secret);
    }
    page.shows("全0件");

    let done = cases::consulted(&site, &cast, CONTACT).await;
    site.get(&my(done, "/report")).await.shows("作成中です");
    let done = cases::approved(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let report = site.get(&my(done, "/report")).await;
    report.shows("クラウドの勤怠管理を段階的に始めてください。");
    report.shows("この報告書を印刷する");
    hides(&report, "内部だけの所見");
    hides(&report, "expert@example.jp");
    hides(&report, "video.example.jp");
    let page = site.get(&my(done, "")).await;
    page.shows("（1件）");
    page.shows("報告書を読む");
}

#[actix_web::test]
async fn a_booked_session_is_downloaded_as_a_calendar_entry() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let reply = site.get(&my(case, "/appointment.ics")).await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").is_some_and(|it| it.starts_with("text/calendar; charset=utf-8")));
    let session = cases::session(&site, case).await;
    for line in [
        "METHOD:PUBLISH".to_owned(),
        format!("UID:{}", session.uid),
        "DTSTART:20261126T000000Z".to_owned(),
        "DTEND:20261126T010000Z".to_owned(),
        "LOCATION:https://video.example.jp/expert".to_owned(),
    ] {
        reply.shows(&line);
    }
    hides(&reply, "expert@example.jp");
    let before = cases::scheduling(&site, &cast, CONTACT).await;
    assert_eq!(site.get(&my(before, "/appointment.ics")).await.status, 404);
}

#[actix_web::test]
async fn a_further_session_is_wished_for_up_to_the_cap() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    for left in [2, 1] {
        site.get(&my(case, "")).await.shows(&format!("あと{left}回相談できます"));
        leads_to(&site.post(&my(case, "/further"), &[]).await, &my(case, "/reschedule"));
        assert_eq!(cases::state(&site, case).await, "scheduling");
        let slot = iso_date_time(cases::free_slots(&site, case).await[0].start());
        site.post(&my(case, "/reschedule"), &[("slot", &slot)]).await;
        let ends_at = cases::session(&site, case).await.ends_at;
        site.app.clock.advance(ends_at - site.app.clock.now());
        ops::appointment::record_done(&site.app, case.id, Actor::Expert(cast.expert)).await.unwrap();
    }
    let page = site.get(&my(case, "")).await;
    page.shows("今年度の相談は3回までで、すべて利用されました。");
    hides(&page, "次回の相談を希望する");
    assert_eq!(site.post(&my(case, "/further"), &[]).await.status, 409);
    assert_eq!(cases::state(&site, case).await, "consulted");
}

async fn answered(site: &Site, kind: Kind) -> Option<Answer> {
    let rows =
        follow_up::Entity::find().order_by_asc(follow_up::Column::DueAt).all(&site.app.db).await.unwrap();
    let row = rows.into_iter().find(|it| it.kind == kind.code()).unwrap();
    let it = store::follow_up::find(&site.app.db, domain::id::FollowUpId(row.id)).await.unwrap().unwrap();
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
    for due in store::follow_up::due(&site.app.db, site.app.clock.now(), 10).await.unwrap() {
        ops::follow_up::send(&site.app, due.id).await.unwrap();
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

    leads_to(&site.post(&my(case, "/survey"), &SURVEY).await, &my(case, "/survey"));
    let events = cases::record(&site, case).await.event_count;
    leads_to(&site.post(&my(case, "/survey"), &SURVEY).await, &my(case, "/survey"));
    assert_eq!(cases::record(&site, case).await.event_count, events, "sent twice, kept once");
    let Some(Answer::Survey(first)) = answered(&site, Kind::Survey).await else { panic!("no answer") };
    assert!(!first.wants_further_session);
    site.get(&my(case, "/survey")).await.shows("まで変更できます");

    // The link in the mail leads to the same answer.
    let mailed = cases::link(&cases::letters(&site, CONTACT).await, "survey");
    let changed: Vec<_> = SURVEY.into_iter().chain([("help", "1")]).collect();
    site.app.clock.advance(TimeDelta::days(13));
    site.get(&mailed).await.shows(r#"value="rather_no" checked"#);
    leads_to(&site.post(&mailed, &changed).await, &mailed);
    let Some(Answer::Survey(second)) = answered(&site, Kind::Survey).await else { panic!("no answer") };
    assert!(second.wants_further_session);
    site.app.clock.advance(TimeDelta::days(1));
    site.get(&mailed).await.shows("この質問の回答期間は終わりました。");
    assert_eq!(site.post(&mailed, &SURVEY).await.status, 409);
}

#[actix_web::test]
async fn one_click_in_a_mail_asks_and_a_button_answers() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    cases::asked(&site, &cast, CONTACT, TimeDelta::days(100)).await;
    let link = cases::link(&cases::letters(&site, CONTACT).await, "follow_up");
    let (path, query) = link.split_once('?').unwrap();
    assert_eq!(query, "answer=given_up");
    let page = site.get(&link).await;
    page.shows(r#"value="given_up" checked"#);
    assert_eq!(answered(&site, Kind::ThreeMonths).await, None, "a question, no answer");
    assert_eq!(site.post(path, &[]).await.status, 422);
    let form = [("answer", "introduced"), ("help", "1"), ("comment", "評価制度も相談したい。")];
    leads_to(&site.post(path, &form).await, path);
    let Some(Answer::Progress(answer)) = answered(&site, Kind::ThreeMonths).await else {
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

/// No letter to a company leads nowhere.
#[actix_web::test]
async fn every_link_in_a_letter_to_the_company_opens() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::asked(&site, &cast, CONTACT, TimeDelta::days(100)).await;
    ops::consultation::plan_further_session(&site.app, case.id, cast.center(), None).await.unwrap();
    let ending = ops::consultation::Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, case.id, None, Actor::Company, ending).await.unwrap();
    site.post("/login", &[("email", CONTACT)]).await;
    let letters = cases::letters(&site, CONTACT).await;
    assert!(letters.len() > 6);
    for letter in letters {
        for url in letter.text_body.lines().filter(|it| it.starts_with("http://127")) {
            let path = url.strip_prefix("http://127.0.0.1:8080").unwrap();
            let status = site.get(path).await.status;
            // `/apply` has its own tests; a link may be over by now, but it is known.
            assert!(
                status == 200 || path == "/apply" || path.starts_with("/l/") && status == 410,
                "{url}: {status}"
            );
        }
    }
}
