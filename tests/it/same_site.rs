//! Changes are accepted only from our own pages.
use actix_web::test::TestRequest;

use crate::site::Site;

#[actix_web::test]
async fn a_post_from_another_site_is_refused() {
    let site = Site::new().await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = TestRequest::post().uri("/staff/sign-out").insert_header((name, value));
        let reply = site.send(request).await;
        assert_eq!(reply.status, 403, "{name}: {value}");
        reply.shows("このページは表示できません");
        assert!(reply.cookies.is_empty());
    }
    let ours = TestRequest::post()
        .uri("/staff/sign-out")
        .insert_header(("origin", "http://127.0.0.1:8080"))
        .insert_header(("sec-fetch-site", "same-origin"));
    assert_eq!(site.send(ours).await.status, 303);
    let reading = TestRequest::get().uri("/").insert_header(("sec-fetch-site", "cross-site"));
    assert_eq!(site.send(reading).await.status, 200);
}
