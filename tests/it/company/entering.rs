//! Signing in by a link, which is mailed on demand, works once, and reveals nothing.
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Role},
    intake::contact::EmailAddress,
};
use entity::link;
use madoguchi::{
    ops::{self, accounts::account::NewAccount, consultation::Ending},
    secret::token,
    web::kit::session::COMPANY_COOKIE,
};
use sea_orm::EntityTrait;

use super::{OTHER, hides, leads_to, link_for, my, sign_in};
use crate::{
    cases::{self, CONTACT, Cast},
    site::Site,
};

#[actix_web::test]
async fn a_link_is_mailed_to_applicants_and_the_page_reveals_nothing() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let known = site.post("/login", &[("email", " CONTACT@example.co.jp ")]).await;
    let unknown = site.post("/login", &[("email", "nobody@example.co.jp")]).await;
    leads_to(&known, "/login/sent");
    assert_eq!((known.location, known.headers.len()), (unknown.location, unknown.headers.len()));
    site.get("/login/sent").await.shows("ログイン用のリンクを送りました");
    assert!(cases::mails_to(&site, "nobody@example.co.jp").await.is_empty());
    let links = link::Entity::find().all(&site.app.db).await.unwrap();
    let to_companies = links.iter().filter(|it| it.email_key.is_some()).count();
    assert_eq!(to_companies, 2, "in the acknowledgement and in the sign-in mail");

    let mail = cases::mails_to(&site, "CONTACT@example.co.jp").await;
    let link = cases::link(&mail, "sign_in");
    site.get(&link).await.shows("ログインする</button>");
    leads_to(&site.post(&link, &[]).await, "/my");
    leads_to(&site.get("/my").await, &my(case, ""));
    leads_to(&site.get("/login").await, "/my");
    let out = site.post("/my/sign-out", &[]).await;
    leads_to(&out, "/login");
    assert_eq!(out.header("clear-site-data"), Some("\"cache\", \"storage\""));
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
    let sent = cases::mails_to(&site, CONTACT).await;
    assert_eq!(sent.iter().filter(|it| it.kind == "sign_in").count(), 5);
    site.app.clock.advance(TimeDelta::days(1));
    leads_to(&site.post("/login", &[("email", CONTACT)]).await, "/login/sent");
}

/// Neither one network nor many that ask for addresses at the domain of a contact and of the center keep them out.
#[actix_web::test]
async fn after_310_requests_for_a_domain_the_real_contact_signs_in() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    site.account(Role::Coordinator, "center@example.co.jp").await;
    let ask = async |path: &str, email: &str, from: &str| {
        let request = TestRequest::post().uri(path).peer_addr(from.parse().unwrap());
        site.send(request.set_form([("email", email)])).await
    };
    for n in 0..310 {
        let (email, from) = (format!("x{n}@example.co.jp"), format!("198.18.{}.{}:1", n / 250, n % 250));
        let far = format!("198.{}.{}.1:1", 20 + n / 250, n % 250);
        for path in ["/login", "/staff/forgotten-password"] {
            let refused = ask(path, &email, &from).await.status == 429;
            // A network is refused after 30 requests; the page for accounts does not say so.
            assert_eq!(refused, path == "/login" && n % 250 >= 30, "{n}");
            assert_eq!(ask(path, &email, &far).await.status, 303);
        }
    }
    for _ in 0..6 {
        ask("/login", CONTACT, "203.0.113.1:1").await;
    }
    leads_to(&ask("/login", CONTACT, "192.0.2.7:1").await, "/login/sent");
    let mails = cases::mails_to(&site, CONTACT).await;
    assert_eq!(mails.iter().filter(|it| it.kind == "sign_in").count(), 6, "five for the other network");
    let link = cases::link(&mails, "sign_in");
    leads_to(&site.post(&link, &[]).await, "/my");
    leads_to(&site.get("/my").await, &my(case, ""));
    ask("/staff/forgotten-password", "center@example.co.jp", "192.0.2.7:1").await;
    assert_eq!(cases::mails_to(&site, "center@example.co.jp").await.len(), 1);
}

#[actix_web::test]
async fn a_link_opens_once_for_its_purpose_until_its_time() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let path = link_for(&site, CONTACT).await;
    leads_to(&site.post(&path, &[("case", &case.number.to_string())]).await, &my(case, ""));
    let cookie = site.cookie(COMPANY_COOKIE).await.unwrap();
    // A company that is signed in already is not stopped by an old link.
    leads_to(&site.get(&path).await, "/my");
    site.post("/my/sign-out", &[]).await;
    site.set_cookie(COMPANY_COOKIE, &cookie).await;
    leads_to(&site.get("/my").await, "/login");

    for reply in [site.get(&path).await, site.post(&path, &[]).await] {
        assert_eq!(reply.status, 410);
        reply.shows("このリンクは使えません");
        hides(&reply, CONTACT);
    }
    // A new link leads to where the old one led, and nowhere else.
    let number = case.number.to_string();
    let over = site.get(&format!("{path}?case={number}&to=messages")).await;
    over.shows(&format!(r#"name="case" value="{number}""#));
    over.shows(r#"name="to" value="messages""#);
    for (to, query) in [("messages", "&to=messages"), ("https://evil.example", "")] {
        let form = [("case", number.as_str()), ("to", to)];
        leads_to(&site.post(&format!("{path}/renew"), &form).await, "/login/sent");
        let fresh = cases::link(&cases::mails_to(&site, CONTACT).await, "sign_in");
        assert!(fresh.ends_with(&format!("?case={number}{query}")), "{fresh}");
    }
    leads_to(&site.post(&format!("{path}/renew"), &[("case", "https://evil.example")]).await, "/login/sent");
    let fresh = cases::link(&cases::mails_to(&site, CONTACT).await, "sign_in");
    assert!(!fresh.contains('?'), "{fresh}");
    site.app.clock.advance(ops::accounts::account::COMPANY_LINK);
    assert_eq!(site.get(&fresh).await.status, 410);
    assert_eq!(site.post(&fresh, &[]).await.status, 410);

    let unknown = format!("/l/{}", token().unwrap());
    let reply = site.get(&unknown).await;
    assert_eq!(reply.status, 410);
    hides(&reply, "新しいリンクを送る");
    assert_eq!(site.post(&format!("{unknown}/renew"), &[]).await.status, 410);
    let new = NewAccount {
        email: EmailAddress::parse("new@example.jp").unwrap(),
        name: "新人 太郎".to_owned(),
        role: Role::Coordinator,
        desk: None,
    };
    let password = format!("/l/{}", ops::accounts::account::invite(&site.app, &new).await.unwrap().token);
    assert_eq!(site.get(&password).await.status, 410);
    assert_eq!(site.post(&password, &[]).await.status, 410);
    assert_eq!(site.post(&format!("{password}/renew"), &[]).await.status, 410);
    assert!(site.get(&password.replace("/l/", "/staff/set-password/")).await.status == 200, "still good");
}

/// Each time, a confirmation, a page of the consultation, and signing in.
#[actix_web::test]
async fn a_link_ends_when_its_kind_says_and_no_sooner() {
    for (kind, days) in [("acknowledgement", 14), ("booked", 90), ("sign_in", 30)] {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        match kind {
            "acknowledgement" => _ = cases::unconfirmed(&site, &cast, &cases::form(CONTACT)).await,
            "booked" => _ = cases::booked(&site, &cast, CONTACT).await,
            _ => {
                cases::received(&site, &cast, CONTACT).await;
                site.post("/login", &[("email", CONTACT)]).await;
            }
        }
        let link = cases::link(&cases::mails_to(&site, CONTACT).await, kind);
        site.app.clock.advance(TimeDelta::days(days) - TimeDelta::seconds(1));
        assert_eq!(site.get(&link).await.status, 200, "{kind}");
        site.app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(site.get(&link).await.status, 410, "{kind}");
    }
}

#[actix_web::test]
async fn the_acknowledgements_link_confirms_the_address() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::unconfirmed(&site, &cast, &cases::form(CONTACT)).await;
    let link = cases::link(&cases::mails_to(&site, CONTACT).await, "acknowledgement");
    let page = site.get(&link).await;
    page.shows("メールアドレスを確認する</button>");
    page.shows("確認が終わると、専門家の調整が始まります。");
    assert!(!cases::record(&site, case).await.consultation.address_confirmed);
    // Once the center has confirmed the address by telephone, nothing waits for the link any more.
    let called = cases::received(&site, &cast, "called@example.co.jp").await;
    let late = cases::link(&cases::mails_to(&site, "called@example.co.jp").await, "acknowledgement");
    assert!(cases::record(&site, called).await.consultation.address_confirmed);
    hides(&site.get(&late).await, "専門家の調整が始まります");
    leads_to(&site.post(&link, &[]).await, &my(case, ""));
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
    let page = site.get(&my(case, "")).await;
    page.shows("メールアドレスを確認しました。");
    hides(&page, "メールアドレスの確認が終わっていません");

    // A company that signs in by another link confirms the address on the page itself.
    let case = cases::unconfirmed(&site, &cast, &cases::form(OTHER)).await;
    sign_in(&site, OTHER).await;
    site.get(&my(case, "")).await.shows("メールアドレスの確認が終わっていません");
    leads_to(&site.post(&my(case, "/confirm"), &[]).await, &my(case, ""));
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
}

/// A link that confirms the address leads to the page that its mail was about.
#[actix_web::test]
async fn a_link_that_confirms_leads_to_its_page() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::unconfirmed(&site, &cast, &cases::form(CONTACT)).await;
    let link = cases::link(&cases::mails_to(&site, CONTACT).await, "acknowledgement");
    let path = link.split('?').next().unwrap();
    let number = case.number.to_string();
    let form = [("case", number.as_str()), ("to", "messages")];
    leads_to(&site.post(path, &form).await, &my(case, "/messages"));
    assert!(cases::record(&site, case).await.consultation.address_confirmed);
}

/// No mail to a company holds a link that leads nowhere.
#[actix_web::test]
async fn every_link_in_a_mail_to_the_company_opens() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::followed_up(&site, &cast, CONTACT, TimeDelta::days(100)).await;
    ops::consultation::plan_further_appointment(&site.app, case.id, cast.center(), None).await.unwrap();
    let ending = Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, case.id, None, Actor::Company, ending).await.unwrap();
    site.post("/login", &[("email", CONTACT)]).await;
    let mails = cases::mails_to(&site, CONTACT).await;
    assert!(mails.len() > 6);
    for mail in mails {
        for url in mail.text_body.lines().filter(|it| it.starts_with("http://127")) {
            let path = url.strip_prefix("http://127.0.0.1:8080").unwrap();
            let status = site.get(path).await.status;
            // `/apply` has its own tests. A link may have expired by now, but it is known.
            assert!(
                status == 200 || path == "/apply" || path.starts_with("/l/") && status == 410,
                "{url}: {status}"
            );
        }
    }
}
