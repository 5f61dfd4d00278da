//! The pages for monitoring programs.
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use domain::calendar::japan_date;
use madoguchi::store;

use crate::site::Site;

#[actix_web::test]
async fn a_service_without_a_worker_is_ready_when_its_database_is() {
    let site = Site::new().await;
    assert_eq!(site.get("/healthz").await.status, 200);
    assert_eq!(site.get("/readyz").await.status, 200);
    site.app.db.clone().close().await.unwrap();
    site.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(site.get("/healthz").await.status, 200);
    assert_eq!(site.get("/readyz").await.status, 503);
}

#[actix_web::test]
async fn a_silent_worker_makes_the_service_not_ready() {
    let mut site = Site::new().await;
    site.change(|app| app.runs_worker = true);
    assert_eq!(site.get("/readyz").await.body, "the worker is silent\n");

    let tx = site.app.begin().await.unwrap();
    store::heartbeat::record(&tx, "w", site.app.clock.now()).await.unwrap();
    store::heartbeat::record(&tx, "w", site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(site.get("/readyz").await.status, 200);
    site.app.clock.advance(TimeDelta::minutes(2));
    assert_eq!(site.get("/readyz").await.status, 503);
}

#[actix_web::test]
async fn a_limit_of_mails_that_is_nearly_reached_is_counted() {
    let site = Site::new().await;
    let metrics = async || {
        let request = TestRequest::get().uri("/metrics").peer_addr("127.0.0.1:1".parse().unwrap());
        site.send(request).await
    };
    let today = japan_date(site.app.clock.now());
    for (tries, expected) in [(239, 0), (1, 1)] {
        let tx = site.app.begin().await.unwrap();
        for _ in 0..tries {
            let keys = ["domain/somewhere".to_owned()];
            store::correspondence::mail_budget::count(&tx, keys, today).await.unwrap();
        }
        tx.commit().await.unwrap();
        let all = metrics().await;
        all.shows(&format!("madoguchi_mail_limits_nearly_spent{{limit=\"domain\"}} {expected}"));
        all.shows("madoguchi_mail_limits_nearly_spent{limit=\"network\"} 0");
    }
    site.app.clock.advance(TimeDelta::days(1));
    metrics().await.shows("madoguchi_mail_limits_nearly_spent{limit=\"domain\"} 0");
    madoguchi::ops::housekeeping::forget_expired(&site.app).await.unwrap();
    let key = "domain/somewhere";
    assert_eq!(store::correspondence::mail_budget::counted(&site.app.db, key, today).await.unwrap(), 0);
}

#[actix_web::test]
async fn the_operator_alone_is_told_that_the_proxy_is_not_named() {
    let https = ("MADOGUCHI_PUBLIC_URL", "https://soudan.example.jp");
    let from = |peer: &str| TestRequest::get().uri("/readyz").peer_addr(peer.parse().unwrap());
    let site = Site::with_settings(&[https]).await;
    site.send(from("127.0.0.1:1")).await.shows("MADOGUCHI_TRUSTED_PROXIES");
    let visitor = from("127.0.0.1:1").insert_header(("x-forwarded-for", "203.0.113.9"));
    assert_eq!(site.send(visitor).await.body, "ready\n");
    let named = Site::with_settings(&[https, ("MADOGUCHI_TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    assert_eq!(named.send(from("127.0.0.1:1")).await.body, "ready\n");
}
