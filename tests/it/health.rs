//! The pages for monitoring programs.
use chrono::TimeDelta;
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
