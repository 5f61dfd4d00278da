//! A person's own account: the password, the second factor and the sessions.
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use domain::{actor::Role, id::AccountId};
use entity::{outbox, recovery_code, second_factor};
use madoguchi::{ops, problem::Problem, store, web::kit::session::STAFF_COOKIE};
use sea_orm::EntityTrait;

use crate::{
    cases,
    site::{PASSWORD, Reply, Site},
};

const SOMEONE: &str = "someone@example.jp";
const NEW_PASSWORD: &str = "nine quiet owls at dusk";
const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0";

/// Returns the value of a hidden field.
#[track_caller]
fn hidden(page: &Reply, name: &str) -> String {
    let (_, rest) = page.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Returns the code of an application for the secret that a page's form carries.
fn code(site: &Site, id: AccountId, encrypted: &str) -> String {
    let secret = site.app.secret.decrypt(id.0, encrypted).unwrap();
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let codes = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    codes.generate(site.app.clock.now().timestamp().try_into().unwrap()).to_string()
}

/// Returns the recovery codes that a page shows.
fn shown_codes(page: &Reply) -> Vec<String> {
    page.body.split("<li><code>").skip(1).map(|it| it.split('<').next().unwrap().to_owned()).collect()
}

/// Returns the kinds of the mails to an address, in their order.
async fn kinds(site: &Site, to: &str) -> Vec<String> {
    cases::mails_to(site, to).await.into_iter().map(|it: outbox::Model| it.kind).collect()
}

/// Sets up a second factor on the page of the account, and returns its encrypted secret and the recovery codes.
async fn with_factor(site: &Site, id: AccountId) -> (String, Vec<String>) {
    let page = site.get("/account/second-factor").await;
    let secret = hidden(&page, "secret");
    let code = code(site, id, &secret);
    let form = [("secret", secret.as_str()), ("current_password", PASSWORD), ("code", code.as_str())];
    let done = site.post("/account/second-factor", &form).await;
    assert_eq!(done.status, 200, "{}", done.body);
    (secret, shown_codes(&done))
}

async fn signed_in_as(role: Role) -> (Site, AccountId) {
    let site = Site::signed_in(role).await;
    let account = store::accounts::account::find_by_email(&site.app.db, SOMEONE).await.unwrap().unwrap();
    (site, account.id)
}

#[actix_web::test]
async fn a_password_is_changed_with_the_present_one() {
    let site = Site::signed_in(Role::Observer).await;
    let other = site.visitor();
    other.sign_in(SOMEONE, PASSWORD).await;
    site.get("/account").await.shows(SOMEONE);
    for (current, new, why) in [
        ("", NEW_PASSWORD, "今のパスワードを入力してください"),
        ("not the password", NEW_PASSWORD, "今のパスワードを確認してください"),
        (PASSWORD, "", "パスワードを入力してください"),
        (PASSWORD, "password1234", "よく使われているため"),
        (PASSWORD, "鈴木花子someone1", "お名前、メールアドレス、サービス名のほかに"),
    ] {
        let reply = site.post("/account/password", &[("current_password", current), ("password", new)]).await;
        assert_eq!(reply.status, 422);
        reply.shows(why);
    }
    let form = [("current_password", PASSWORD), ("password", NEW_PASSWORD)];
    let done = site.post("/account/password", &form).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/account")));
    site.get("/account").await.shows("パスワードを変更しました。");
    assert_eq!(other.get("/account").await.status, 303, "the other browser is signed out");
    assert_eq!(kinds(&site, SOMEONE).await.last().unwrap(), "password_changed");
    assert_eq!(site.visitor().sign_in(SOMEONE, PASSWORD).await.status, 422);
    assert_eq!(site.visitor().sign_in(SOMEONE, NEW_PASSWORD).await.status, 303);
}

#[actix_web::test]
async fn a_person_sees_the_own_devices_and_signs_them_out() {
    let site = Site::signed_in(Role::Expert).await;
    let form = [("email", SOMEONE), ("password", PASSWORD)];
    let other = site.visitor();
    let request =
        TestRequest::post().uri("/staff/sign-in").set_form(form).insert_header(("user-agent", EDGE));
    other.send(request.peer_addr("203.0.113.9:50000".parse().unwrap())).await;
    let page = site.get("/account").await;
    page.shows("Windowsのパソコン（Edge）");
    page.shows("203.0.113.0/24");
    page.shows("（この端末）");

    // Another person's browser stays signed in.
    site.account(Role::Observer, "observer@example.jp").await;
    let stranger = site.visitor();
    stranger.sign_in("observer@example.jp", PASSWORD).await;
    let theirs = madoguchi::secret::token_hash(&stranger.cookie(STAFF_COOKIE).await.unwrap());
    site.post("/account/sessions", &[("action", "one"), ("session", theirs.as_str())]).await;
    assert_eq!(stranger.get("/account").await.status, 200);

    let ended = hidden(&page, "session");
    let reply = site.post("/account/sessions", &[("action", "one"), ("session", ended.as_str())]).await;
    assert_eq!((reply.status, reply.location.as_deref()), (303, Some("/account")));
    let out = other.get("/account").await;
    assert_eq!(out.location.as_deref(), Some("/staff/sign-in?next=%2Faccount"));

    other.sign_in(SOMEONE, PASSWORD).await;
    site.post("/account/sessions", &[("action", "others")]).await;
    assert_eq!((other.get("/account").await.status, site.get("/account").await.status), (303, 200));
    assert_eq!(site.post("/account/sessions", &[("action", "one")]).await.status, 422);
}

#[actix_web::test]
async fn a_session_that_is_not_used_ends_after_the_time_of_its_role() {
    for (role, minutes) in [(Role::Administrator, 30), (Role::Coordinator, 120), (Role::Desk, 120)] {
        let site = Site::new().await;
        if role == Role::Desk {
            crate::office::desk(&site, "みなみ窓口", SOMEONE).await;
        } else {
            site.account(role, SOMEONE).await;
        }
        site.sign_in(SOMEONE, PASSWORD).await;
        site.goes_away();
        for _ in 0..2 {
            site.app.clock.advance(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
            assert_eq!(site.get("/account").await.status, 200, "reading a page keeps the session awake");
        }
        site.app.clock.advance(TimeDelta::minutes(minutes));
        assert_eq!(site.get("/account").await.status, 303, "{}", role.code());
    }
    let expert = Site::signed_in(Role::Expert).await;
    expert.goes_away();
    expert.app.clock.advance(TimeDelta::hours(12) - TimeDelta::seconds(1));
    assert_eq!(expert.get("/account").await.status, 200);
    expert.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(expert.get("/account").await.status, 303);
}

#[actix_web::test]
async fn the_owner_hears_of_a_sign_in_from_a_new_device() {
    let site = Site::signed_in(Role::Coordinator).await;
    assert!(kinds(&site, SOMEONE).await.is_empty(), "the first device is no news");
    site.post("/staff/sign-out", &[]).await;
    site.sign_in(SOMEONE, PASSWORD).await;
    assert!(kinds(&site, SOMEONE).await.is_empty(), "nor is a known one");
    site.visitor().sign_in(SOMEONE, PASSWORD).await;
    assert_eq!(kinds(&site, SOMEONE).await, ["new_device"]);
}

#[actix_web::test]
async fn a_code_is_asked_for_after_the_password_and_is_used_once() {
    let (site, id) = signed_in_as(Role::Editor).await;
    let page = site.get("/account/second-factor").await;
    page.shows("<svg");
    let secret = hidden(&page, "secret");
    let right = code(&site, id, &secret);
    for (password, code, why) in [
        ("not the password", right.as_str(), "今のパスワードを確認してください"),
        (PASSWORD, "", "確認コードを確認してください"),
    ] {
        let form = [("secret", secret.as_str()), ("current_password", password), ("code", code)];
        let reply = site.post("/account/second-factor", &form).await;
        assert_eq!(reply.status, 422);
        reply.shows(why);
        assert_eq!(hidden(&reply, "secret"), secret, "the application keeps what it has read");
    }
    let (secret, _) = with_factor(&site, id).await;
    assert_eq!(site.get("/account/second-factor").await.location.as_deref(), Some("/account"));
    assert_eq!(kinds(&site, SOMEONE).await, ["factor_set"]);

    let browser = site.visitor();
    let asked_for = browser.sign_in(SOMEONE, PASSWORD).await;
    asked_for.shows("確認コードを入力してください");
    assert_eq!(browser.cookie(STAFF_COOKIE).await, None, "the password alone opens nothing");
    let token = hidden(&asked_for, "token");
    let enter = |code: String| {
        let (browser, token) = (&browser, &token);
        async move {
            let form = [("token", token.as_str()), ("code", code.as_str())];
            browser.post("/staff/sign-in/code", &form).await
        }
    };
    let used = code(&site, id, &secret);
    assert_eq!(enter(used.clone()).await.status, 422, "the code that set it up is used");
    assert_eq!(enter(String::new()).await.status, 422);
    site.app.clock.advance(TimeDelta::seconds(30));
    let next = code(&site, id, &secret);
    let done = enter(next.clone()).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/staff/publish")));
    assert_eq!(enter(next).await.status, 422, "a code is used once");
    site.app.clock.advance(TimeDelta::minutes(10));
    let late = code(&site, id, &secret);
    assert_eq!(enter(late).await.status, 410, "the password has to be typed again");
}

#[actix_web::test]
async fn wrong_codes_lock_as_wrong_passwords_do() {
    let (site, id) = signed_in_as(Role::Editor).await;
    let (secret, _) = with_factor(&site, id).await;
    let stranger = site.visitor();
    let token = hidden(&stranger.sign_in(SOMEONE, PASSWORD).await, "token");
    for _ in 0..10 {
        let form = [("token", token.as_str()), ("code", "000000x")];
        assert_eq!(stranger.post("/staff/sign-in/code", &form).await.status, 422);
    }
    site.app.clock.advance(TimeDelta::seconds(30));
    let right = code(&site, id, &secret);
    let form = [("token", token.as_str()), ("code", right.as_str())];
    assert_eq!(stranger.post("/staff/sign-in/code", &form).await.status, 422, "locked out");
    assert!(kinds(&site, SOMEONE).await.contains(&"sign_in_locked".to_owned()));
}

#[actix_web::test]
async fn a_recovery_code_stands_in_once_and_is_stored_nowhere() {
    let (site, id) = signed_in_as(Role::Editor).await;
    let (_, codes) = with_factor(&site, id).await;
    assert_eq!(codes.len(), 10);
    let stored = recovery_code::Entity::find().all(&site.app.db).await.unwrap();
    let plain = codes[0].replace(' ', "");
    assert!(stored.iter().all(|it| it.code_hash.len() == 32 && !it.code_hash.contains(&plain)));
    let factor = second_factor::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    assert!(!factor.secret.contains(&site.app.secret.decrypt(id.0, &factor.secret).unwrap()));
    let typed = codes[0].to_uppercase();
    for (status, left) in [(303, "9個"), (422, "9個")] {
        let browser = site.visitor();
        let token = hidden(&browser.sign_in(SOMEONE, PASSWORD).await, "token");
        let form = [("token", token.as_str()), ("code", typed.as_str())];
        assert_eq!(browser.post("/staff/sign-in/code", &form).await.status, status);
        site.get("/account").await.shows(left);
    }
}

#[actix_web::test]
async fn the_owner_removes_a_factor_with_a_code() {
    let (site, id) = signed_in_as(Role::Editor).await;
    let (secret, codes) = with_factor(&site, id).await;
    let used = code(&site, id, &secret);
    assert_eq!(site.post("/account/second-factor/remove", &[("code", used.as_str())]).await.status, 422);
    let done = site.post("/account/second-factor/remove", &[("code", codes[3].as_str())]).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/account")));
    assert_eq!(kinds(&site, SOMEONE).await, ["factor_set", "factor_removed"]);
    assert_eq!(site.visitor().sign_in(SOMEONE, PASSWORD).await.status, 303);
}

#[actix_web::test]
async fn a_role_that_needs_a_factor_sets_it_up_at_the_first_sign_in() {
    let site = Site::with_settings(&[("MADOGUCHI_SECOND_FACTOR", "administrator,coordinator")]).await;
    let id = site.account(Role::Coordinator, SOMEONE).await.id;
    site.account(Role::Observer, "observer@example.jp").await;
    assert_eq!(site.visitor().sign_in("observer@example.jp", PASSWORD).await.status, 303, "others may");
    let page = site.sign_in(SOMEONE, PASSWORD).await;
    page.shows("2段階認証を設定してください");
    assert_eq!(site.cookie(STAFF_COOKIE).await, None);
    let (token, secret) = (hidden(&page, "token"), hidden(&page, "secret"));
    let set_up = |code: String| {
        let (site, token, secret) = (&site, &token, &secret);
        async move {
            let form = [("token", token.as_str()), ("secret", secret.as_str()), ("code", code.as_str())];
            site.post("/staff/sign-in/set-up", &form).await
        }
    };
    assert_eq!(set_up(String::new()).await.status, 422);
    let done = set_up(code(&site, id, &secret)).await;
    assert_eq!((done.status, shown_codes(&done).len()), (200, 10));
    done.shows(r#"href="/staff""#);
    assert_eq!(site.get("/staff").await.status, 200, "signed in");
    let again = set_up(code(&site, id, &secret)).await;
    assert_eq!(again.status, 409, "a second one does not replace the first");
    let refused = site.post("/account/second-factor/remove", &[("code", "000000")]).await;
    assert_eq!(refused.status, 409);
    refused.shows("あなたの役割では、2段階認証を解除できません。");
}

#[actix_web::test]
async fn another_administrator_resets_a_lost_factor() {
    let (site, id) = signed_in_as(Role::Editor).await;
    with_factor(&site, id).await;
    let admin = site.visitor();
    let own = site.account(Role::Administrator, "admin@example.jp").await.id;
    admin.sign_in("admin@example.jp", PASSWORD).await;
    admin.get(&format!("/admin/users/{id}")).await.shows("2段階認証を解除する");
    let reply = admin.post(&format!("/admin/users/{id}/second-factor"), &[]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(kinds(&site, SOMEONE).await, ["factor_set", "factor_reset"]);
    assert_eq!(site.get("/account").await.status, 303, "signed out everywhere");
    assert_eq!(
        site.sign_in(SOMEONE, PASSWORD).await.status,
        303,
        "the password alone, until it is set up anew"
    );
    let none_left = admin.post(&format!("/admin/users/{id}/second-factor"), &[]).await;
    assert_eq!(none_left.status, 409);
    assert!(ops::accounts::second_factor::reset(&site.app, own, own).await.is_err(), "not one's own");
}

#[actix_web::test]
async fn the_operator_resets_the_factor_of_the_only_administrator() {
    let (site, id) = signed_in_as(Role::Administrator).await;
    with_factor(&site, id).await;
    let reset = ops::accounts::second_factor::reset_by_operator(&site.app, id).await;
    assert_eq!(reset.unwrap().id, id);
    assert_eq!(site.get("/account").await.status, 303, "signed out everywhere");
    assert_eq!(kinds(&site, SOMEONE).await, ["factor_set", "factor_reset"]);
    let again = ops::accounts::second_factor::reset_by_operator(&site.app, id).await;
    assert!(matches!(again, Err(Problem::Refused(_))), "{again:?}");
}
