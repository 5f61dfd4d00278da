//! Signing in with a password, staying signed in, and signing out.
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use domain::{actor::Role, intake::contact::EmailAddress};
use entity::sign_in_attempt as sign_in_attempt_row;
use futures_util::future::join_all;
use madoguchi::{
    ops::{
        self,
        accounts::{
            account::{NewAccount, SetUp, SignIn},
            browser::Browser,
            sign_in_attempt,
        },
    },
    problem::Problem,
    store::{
        self,
        accounts::{link::Purpose, session::Holder},
    },
    web::kit::session::STAFF_COOKIE,
};
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    cases,
    site::{PASSWORD, Site},
};

const WRONG: &str = "メールアドレスまたはパスワードを確認してください";

#[actix_web::test]
async fn a_password_opens_the_page_of_the_role() {
    let site = Site::new().await;
    for (role, home) in [
        (Role::Coordinator, "/staff"),
        (Role::Expert, "/expert"),
        (Role::Observer, "/stats"),
        (Role::Editor, "/staff/publish"),
        (Role::Administrator, "/admin"),
    ] {
        let email = format!("{}@example.jp", role.code());
        site.account(role, &email).await;
        let reply = site.sign_in(&email.to_uppercase(), PASSWORD).await;
        assert_eq!((reply.status, reply.location.as_deref()), (303, Some(home)));
    }
}

#[actix_web::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    for (public_url, secure) in [("http://127.0.0.1:8080", false), ("https://soudan.example.jp", true)] {
        let site = Site::with_settings(&[("MADOGUCHI_PUBLIC_URL", public_url)]).await;
        site.account(Role::Coordinator, "someone@example.jp").await;
        let reply = site.sign_in("someone@example.jp", PASSWORD).await;
        let name = if secure { format!("__Host-{STAFF_COOKIE}=") } else { format!("{STAFF_COOKIE}=") };
        let cookie = reply.cookies.iter().find(|it| it.starts_with(&name)).unwrap();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert_eq!(cookie.contains("Secure"), secure, "{cookie}");
        let device = reply.cookies.iter().find(|it| it.contains("madoguchi_device=")).unwrap();
        assert_eq!(device.starts_with("__Host-"), secure, "{device}");
        if secure {
            let plain = site.visitor();
            let value = cookie[name.len()..].split(';').next().unwrap();
            plain.set_cookie(STAFF_COOKIE, value).await;
            assert_eq!(plain.get("/staff").await.status, 303, "a cookie of before signs no one in");
            plain.set_cookie(name.trim_end_matches('='), value).await;
            assert_eq!(plain.get("/staff").await.status, 200);
        }
    }
}

#[actix_web::test]
async fn signing_in_leads_back_to_the_requested_page() {
    let site = Site::new().await;
    site.account(Role::Coordinator, "someone@example.jp").await;
    let form =
        [("email", "someone@example.jp"), ("password", PASSWORD), ("next", "/staff/mail?state=failed")];
    assert_eq!(
        site.post("/staff/sign-in", &form).await.location.as_deref(),
        Some("/staff/mail?state=failed")
    );
    let form = [("email", "someone@example.jp"), ("password", PASSWORD), ("next", "//evil.example/staff")];
    assert_eq!(site.post("/staff/sign-in", &form).await.location.as_deref(), Some("/staff"));
}

#[actix_web::test]
async fn an_unknown_address_and_a_wrong_password_get_one_answer() {
    let site = Site::new().await;
    site.account(Role::Coordinator, "someone@example.jp").await;
    let wrong = site.sign_in("someone@example.jp", "not the password").await;
    let unknown = site.sign_in("nobody@example.jp", "not the password").await;
    assert_eq!((wrong.status, unknown.status), (422, 422));
    wrong.shows(WRONG);
    wrong.shows("<title>エラー：");
    assert_eq!(wrong.body.replace("someone@", "nobody@"), unknown.body);
    assert!(!wrong.body.contains("not the password"));
    let empty = site.sign_in("", "").await;
    empty.shows("入力内容を確認してください（2件）");
    empty.shows(r##"<a href="#password">パスワードを入力してください</a>"##);
}

#[actix_web::test]
async fn ten_wrong_passwords_lock_their_network_out_and_no_other() {
    let site = Site::new().await;
    site.account(Role::Coordinator, "someone@example.jp").await;
    let stranger = site.visitor();
    for _ in 0..9 {
        stranger.sign_in("someone@example.jp", "not the password").await.shows(WRONG);
    }
    assert_eq!(site.sign_in("someone@example.jp", PASSWORD).await.status, 303, "nine are forgiven");
    for _ in 0..10 {
        stranger.sign_in("someone@example.jp", "not the password").await.shows(WRONG);
    }
    stranger.sign_in("someone@example.jp", PASSWORD).await.shows(WRONG);
    let form = [("email", "someone@example.jp"), ("password", PASSWORD)];
    let elsewhere = TestRequest::post().uri("/staff/sign-in").set_form(form);
    let elsewhere = elsewhere.peer_addr("198.51.100.7:50000".parse().unwrap());
    assert_eq!(site.visitor().send(elsewhere).await.status, 303, "another network");
    assert_eq!(site.post("/staff/sign-out", &[]).await.status, 303);
    assert_eq!(site.sign_in("someone@example.jp", PASSWORD).await.status, 303, "a known device");

    site.app.clock.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    stranger.sign_in("someone@example.jp", PASSWORD).await.shows(WRONG);
    site.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(stranger.sign_in("someone@example.jp", PASSWORD).await.status, 303);
}

#[actix_web::test]
async fn each_lock_lasts_longer_and_the_owner_hears_once_a_day() {
    let site = Site::new().await;
    site.account(Role::Coordinator, "someone@example.jp").await;
    for minutes in [15, 30, 60] {
        for _ in 0..10 {
            site.sign_in("someone@example.jp", "not the password").await.shows(WRONG);
        }
        site.app.clock.advance(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
        site.sign_in("someone@example.jp", PASSWORD).await.shows(WRONG);
        site.app.clock.advance(TimeDelta::seconds(1));
    }
    let count = || async {
        let mails = cases::mails_to(&site, "someone@example.jp").await;
        mails.iter().filter(|it| it.kind == "sign_in_locked").count()
    };
    assert_eq!(count().await, 1);
    site.app.clock.advance(TimeDelta::hours(24));
    for _ in 0..10 {
        site.sign_in("someone@example.jp", "not the password").await.shows(WRONG);
    }
    assert_eq!(count().await, 2);
}

#[actix_web::test]
async fn one_network_cannot_guess_for_ever() {
    let site = Site::new().await;
    site.account(Role::Coordinator, "someone@example.jp").await;
    for _ in 0..39 {
        let now = site.app.clock.now();
        sign_in_attempt::count(&site.app, "0.0.0.0".parse().unwrap(), now).await.unwrap();
    }
    for _ in 0..3 {
        let right = site.sign_in("someone@example.jp", PASSWORD).await;
        assert_eq!(right.status, 303, "an attempt that succeeds does not count");
    }
    site.sign_in("nobody@example.jp", PASSWORD).await.shows(WRONG);
    let reply = site.sign_in("someone@example.jp", PASSWORD).await;
    assert_eq!(reply.status, 429);
    assert!(reply.header("retry-after").is_some());
    reply.shows("しばらくお待ちください");
    site.app.clock.advance(TimeDelta::minutes(15));
    assert_eq!(site.sign_in("someone@example.jp", PASSWORD).await.status, 303);
    // The count of a window that has ended is kept no longer.
    site.app.clock.advance(TimeDelta::minutes(16));
    ops::housekeeping::forget_expired(&site.app).await.unwrap();
    assert_eq!(sign_in_attempt_row::Entity::find().count(&site.app.db).await.unwrap(), 0);
}

/// Returns a browser at this address that the service does not know.
fn browser_at(address: &str) -> Browser<'static> {
    let address = address.parse().unwrap();
    Browser { address, network: "", user_agent: "", device: None, previous: None }
}

#[actix_web::test]
async fn attempts_at_the_same_time_do_not_pass_the_limit_together() {
    let site = Site::on_disk().await;
    let (mut tried, mut crowded, mut refused) = (0, 0, 0);
    for _ in 0..12 {
        let attempts = (0..20).map(|n| {
            let app = &site.app;
            async move {
                let email = format!("c{n}@example.jp");
                ops::accounts::account::sign_in(app, &email, "not the password", &browser_at("192.0.2.1"))
                    .await
            }
        });
        for outcome in join_all(attempts).await {
            match outcome {
                Ok(SignIn::Refused) => tried += 1,
                Err(Problem::Crowded) => crowded += 1,
                Err(Problem::TooMany) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(tried, 40);
    assert!(crowded > 0 && refused > 0, "{crowded} had no place, {refused} were refused");
    let other =
        ops::accounts::account::sign_in(&site.app, "c@example.jp", "x", &browser_at("192.0.2.2")).await;
    assert!(matches!(other, Ok(SignIn::Refused)), "{other:?}");
}

#[actix_web::test]
async fn a_sign_in_that_finds_no_place_is_asked_to_wait_and_counts_nowhere() {
    let site = Site::new().await;
    site.account(Role::Coordinator, "someone@example.jp").await;
    let mut places = Vec::new();
    while let Ok(place) = site.app.guard.place("0.0.0.0".parse().unwrap()) {
        places.push(place);
    }
    let reply = site.sign_in("someone@example.jp", PASSWORD).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("60")));
    reply.shows("ログインが込み合っています");
    assert_eq!(sign_in_attempt_row::Entity::find().count(&site.app.db).await.unwrap(), 0);
    drop(places);
    assert_eq!(site.sign_in("someone@example.jp", PASSWORD).await.status, 303);
}

#[actix_web::test]
async fn a_session_ends_by_time_by_signing_out_and_by_being_revoked() {
    let site = Site::signed_in(Role::Coordinator).await;
    let home = || async { site.get("/staff/sign-in").await.location };
    assert_eq!(home().await.as_deref(), Some("/staff"));
    let cookie = site.cookie(STAFF_COOKIE).await.unwrap();

    let out = site.post("/staff/sign-out", &[]).await;
    assert_eq!((out.status, out.location.as_deref()), (303, Some("/staff/sign-in")));
    assert_eq!(out.header("clear-site-data"), Some("\"cache\", \"storage\""));
    assert_eq!(site.cookie(STAFF_COOKIE).await, None);
    site.get("/staff/sign-in").await.shows("ログアウトしました。");
    assert!(!site.get("/staff/sign-in").await.body.contains("ログアウトしました。"), "shown once");
    site.set_cookie(STAFF_COOKIE, &cookie).await;
    assert_eq!(home().await, None, "the old cookie is worthless");

    site.sign_in("someone@example.jp", PASSWORD).await;
    assert_ne!(site.cookie(STAFF_COOKIE).await.unwrap(), cookie, "a new session has a new cookie");
    site.app.clock.advance(TimeDelta::hours(12));
    assert_eq!(home().await, None);

    site.sign_in("someone@example.jp", PASSWORD).await;
    let tx = site.app.begin().await.unwrap();
    let account =
        madoguchi::store::accounts::account::find_by_email(&tx, "someone@example.jp").await.unwrap().unwrap();
    tx.commit().await.unwrap();
    ops::accounts::account::revoke_all(&site.app, &Holder::Account(account.id)).await.unwrap();
    assert_eq!(home().await, None);

    site.sign_in("someone@example.jp", PASSWORD).await;
    ops::accounts::account::set_active(&site.app, account.id, false).await.unwrap();
    assert_eq!(home().await, None);
    site.sign_in("someone@example.jp", PASSWORD).await.shows(WRONG);
}

#[actix_web::test]
async fn an_invitation_sets_one_password_once() {
    let site = Site::new().await;
    let email = EmailAddress::parse("new@example.jp").unwrap();
    let new = NewAccount { email, name: "新人 太郎".to_owned(), role: Role::Coordinator, desk: None };
    let invitation = ops::accounts::account::invite(&site.app, &new).await.unwrap();
    assert!(ops::accounts::account::invite(&site.app, &new).await.is_err(), "one account for one address");
    let path = format!("/staff/set-password/{}", invitation.token);

    site.app.clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    site.get(&path).await.shows("new@example.jp");
    site.post(&path, &[("password", "short")]).await.shows("12文字以上128文字以内");
    site.post(&path, &[("password", "New@Example.jp")]).await.shows("メールアドレスと異なる");
    site.post(&path, &[("password", "password1234")]).await.shows("よく使われているため");
    site.post(&path, &[("password", "新人太郎madoguchi")])
        .await
        .shows("お名前、メールアドレス、サービス名のほかに");
    let done = site.post(&path, &[("password", PASSWORD)]).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/staff/sign-in")));
    let again = site.post(&path, &[("password", "another long password")]).await;
    assert_eq!(again.status, 410);
    again.shows("リンクの期限が切れています");
    assert_eq!(site.sign_in("new@example.jp", PASSWORD).await.status, 303);
}

#[actix_web::test]
async fn an_invitation_ends_after_seven_days() {
    let site = Site::new().await;
    let email = EmailAddress::parse("new@example.jp").unwrap();
    let new = NewAccount { email, name: "新人 太郎".to_owned(), role: Role::Coordinator, desk: None };
    let invitation = ops::accounts::account::invite(&site.app, &new).await.unwrap();
    let path = format!("/staff/set-password/{}", invitation.token);
    site.app.clock.advance(TimeDelta::days(7));
    assert_eq!(site.get(&path).await.status, 410);
    assert_eq!(site.post(&path, &[("password", PASSWORD)]).await.status, 410);
}

#[actix_web::test]
async fn a_forgotten_password_is_set_anew_by_mail_without_revealing_accounts() {
    let site = Site::new().await;
    site.account(Role::Coordinator, "center@example.jp").await;
    let mut answers = Vec::new();
    for email in ["Center@example.jp", "nobody@example.jp"] {
        let reply = site.post("/staff/forgotten-password", &[("email", email)]).await;
        answers.push((reply.status, reply.location.clone(), site.get("/staff/sign-in").await.body));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(site.post("/staff/forgotten-password", &[("email", "x")]).await.status, 422);

    let waiting = store::correspondence::outbox::page(
        &site.app.db,
        &store::correspondence::outbox::OutboxFilter::default(),
        None,
        10,
        site.app.clock.now(),
    )
    .await
    .unwrap();
    assert_eq!(waiting.len(), 1, "a mail to the one who has an account");
    let text = &waiting[0].text_body;
    let path = text.split_whitespace().find_map(|it| it.split_once("/staff/set-password/")).unwrap().1;
    let path = format!("/staff/set-password/{path}");
    assert_eq!(site.post(&path, &[("password", "another long password")]).await.status, 303);
    assert_eq!(site.sign_in("center@example.jp", "another long password").await.status, 303);
    let mails = cases::mails_to(&site, "center@example.jp").await;
    assert_eq!(mails.last().unwrap().kind, "password_changed", "the owner hears of it");
}

#[actix_web::test]
async fn the_first_start_offers_one_administrator_a_link_that_no_start_repeats() {
    let site = Site::new().await;
    let email = EmailAddress::parse("admin@example.jp").unwrap();
    let start = async || ops::accounts::account::set_up(&site.app, &email).await.unwrap();
    let SetUp::Link(first) = start().await else { panic!("no link") };
    assert!(matches!(start().await, SetUp::LinkGiven(account) if account.id == first.account.id));
    assert_eq!(site.get(&format!("/staff/set-password/{}", first.token)).await.status, 200);
    site.app.clock.advance(TimeDelta::days(7));
    let SetUp::Link(second) = start().await else { panic!("no link after the first has expired") };
    assert_eq!(first.account.id, second.account.id);
    assert_eq!(site.get(&format!("/staff/set-password/{}", first.token)).await.status, 410);
    let path = format!("/staff/set-password/{}", second.token);
    assert_eq!(site.post(&path, &[("password", PASSWORD)]).await.status, 303);
    assert!(matches!(start().await, SetUp::Done));
    let last = ops::accounts::account::set_active(&site.app, first.account.id, false).await;
    assert!(last.is_err(), "the last administrator stays");
}

#[actix_web::test]
async fn a_companys_link_is_spent_once() {
    let site = Site::new().await;
    let now = site.app.clock.now();
    let purpose = Purpose::SignIn { email_key: "contact@example.co.jp".to_owned() };
    let tx = site.app.begin().await.unwrap();
    let token = ops::accounts::account::company_link(&tx, &purpose, now).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(ops::accounts::account::peek_link(&site.app, &token).await.unwrap(), purpose);
    let tx = site.app.begin().await.unwrap();
    let signed_in = ops::accounts::account::spend_link(&tx, &token, None, now).await.unwrap();
    assert_eq!((signed_in.email_key.as_str(), signed_in.confirms), ("contact@example.co.jp", None));
    assert!(ops::accounts::account::spend_link(&tx, &token, None, now).await.is_err());
    tx.commit().await.unwrap();
    assert!(ops::accounts::account::peek_link(&site.app, &token).await.is_err());
    let as_password = TestRequest::get().uri(&format!("/staff/set-password/{token}"));
    assert_eq!(site.send(as_password).await.status, 410);
}
