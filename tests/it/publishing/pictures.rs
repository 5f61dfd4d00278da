//! The pictures of an example: from the editor's file to the page of the public, and away again.
use std::io::Cursor;

use domain::{actor::Role, id::AccountId, publication::Publication, text::TextLine};
use image::{DynamicImage, ImageFormat, RgbImage};
use madoguchi::{doctor, ops, store};

use super::{draft, editors_site, public_address, publish};
use crate::{
    conversation::send,
    site::{PASSWORD, Reply, Site},
};

const EXAMPLE: [(&str, &str); 7] = [
    ("title", "見本の事例"),
    ("organization", "株式会社見本製作所"),
    ("industry", "E"),
    ("year", "2025"),
    ("summary", "事務を在宅勤務にしました。"),
    ("measures", "図面を共有の保管場所に移しました。"),
    ("source", "見本の資料"),
];

/// Returns a picture of this width, 110 pixels high, in one colour.
pub fn picture(width: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let plain = RgbImage::from_pixel(width, 110, image::Rgb([0, 90, 160]));
    DynamicImage::from(plain).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Adds a picture to an example.
pub async fn added(site: &Site, it: &Publication, by: AccountId) -> Publication {
    let seen = ops::publication::Seen { id: it.id, revision: it.revision };
    let words = TextLine::parse("", "会議室の画面", 100).unwrap();
    let bytes = picture(120, ImageFormat::Png);
    ops::publication::picture::add(&site.app, seen, bytes, words, by).await.unwrap().unwrap()
}

/// Returns the hash of the only picture of a publication.
pub fn sha256(it: &Publication) -> String {
    it.content.facts.pictures().unwrap()[0].sha256.clone()
}

/// Sends the form of a picture.
async fn upload(site: &Site, address: &str, revision: &str, words: &str, file: Option<&[u8]>) -> Reply {
    let fields = [("revision", revision), ("alternative", words)];
    let files: Vec<_> = file.into_iter().map(|it| ("写真.jpg", "image/jpeg", it)).collect();
    send(site, &format!("{address}/pictures"), &fields, &files).await
}

#[actix_web::test]
async fn a_picture_is_added_with_its_words_and_shown_to_the_public() {
    let site = editors_site().await;
    let address = draft(&site, "cases", &EXAMPLE).await;
    let reply = upload(&site, &address, "1", "", None).await;
    assert_eq!(reply.status, 422);
    reply.shows("画像の説明を入力してください");
    reply.shows("画像を選択してください");
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let reply = upload(&site, &address, "1", "図", Some(svg)).await;
    assert_eq!(reply.status, 422);
    reply.shows("JPEGまたはPNGの画像を選択してください");

    let jpeg = picture(1_760, ImageFormat::Jpeg);
    let reply =
        upload(&site, &address, "1", "会議室の画面に、離れた支店の社員が映っている", Some(&jpeg)).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    // A form of texts that is saved afterwards keeps the picture.
    let changed: Vec<_> = EXAMPLE.into_iter().chain([("revision", "2")]).collect();
    assert_eq!(site.post(&address, &changed).await.status, 303);
    publish(&site, &address, "3", &[]).await;

    let (visitor, public) = (site.visitor(), public_address(&site).await);
    let page = visitor.get(&public).await;
    page.shows("alt=\"会議室の画面に、離れた支店の社員が映っている\" width=\"1600\" height=\"100\"");
    let src = page.body.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(src.starts_with(&format!("{public}/pictures/")), "{src}");
    let picture = visitor.get(&src).await;
    assert_eq!(picture.status, 200);
    assert_eq!(picture.header("content-type"), Some("image/jpeg"));
    assert_eq!(picture.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(picture.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    assert_eq!(visitor.get(&format!("{address}/pictures")).await.status, 303, "editors alone see this page");

    let reply = site.post(&format!("{address}/archive"), &[("revision", "4")]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(visitor.get(&src).await.status, 404, "nothing is sent of an example that has ended");
}

#[actix_web::test]
async fn pictures_are_bounded_and_none_gets_lost() {
    let site = editors_site().await;
    let address = draft(&site, "cases", &EXAMPLE).await;
    for (n, side) in [110, 120, 130].into_iter().enumerate() {
        let revision = (n + 1).to_string();
        let bytes = picture(side, ImageFormat::Png);
        assert_eq!(upload(&site, &address, &revision, "色", Some(&bytes)).await.status, 303);
    }
    let fourth = upload(&site, &address, "4", "色", Some(&picture(140, ImageFormat::Png))).await;
    assert_eq!(fourth.status, 409);
    fourth.shows("画像は3枚までです");
    let stale = upload(&site, &address, "2", "色", Some(&picture(140, ImageFormat::Png))).await;
    assert_eq!(stale.status, 409);

    let page = site.get(&format!("{address}/pictures")).await;
    let hash =
        page.body.split("name=\"picture\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let reply =
        site.post(&format!("{address}/pictures/remove"), &[("revision", "4"), ("picture", &hash)]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(site.get(&format!("{address}/pictures/{hash}")).await.status, 404);

    // The earlier revision still has it, and so has the disk.
    let reply = site.post(&format!("{address}/restore"), &[("revision", "5"), ("restored", "4")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(site.get(&format!("{address}/pictures/{hash}")).await.status, 200);
    site.app.clock.advance(chrono::TimeDelta::days(2));
    ops::housekeeping::sweep_files(&site.app).await.unwrap();
    let folder = &site.app.config.attachments.folder;
    let found = doctor::files::examine(&site.app.db, folder, site.app.clock.now()).await.unwrap();
    assert_eq!(found, []);
    assert!(madoguchi::files::measure(folder, &hash).await.unwrap().is_some());
}

#[actix_web::test]
async fn the_pictures_of_a_withdrawn_example_are_swept() {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let it = ops::publication::create(&site.app, super::example("見本の事例"), editor).await.unwrap();
    let it = added(&site, &it, editor).await;
    let hash = sha256(&it);
    let tx = site.app.begin().await.unwrap();
    store::publication::delete_drafts(&tx, &[it.id]).await.unwrap();
    tx.commit().await.unwrap();
    site.app.clock.advance(chrono::TimeDelta::days(2));
    ops::housekeeping::sweep_files(&site.app).await.unwrap();
    let folder = &site.app.config.attachments.folder;
    assert_eq!(madoguchi::files::measure(folder, &hash).await.unwrap(), None);
}
