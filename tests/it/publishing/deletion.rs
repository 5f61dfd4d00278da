//! Deleting drafts that were never published.
use entity::{deleted_draft, example_picture, publication, publication_revision};
use madoguchi::{ops, store};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{ITEM, draft, editors_site, example, pictures, publish};

#[actix_web::test]
async fn a_draft_is_deleted_after_a_question_and_the_record_stays() {
    let site = editors_site().await;
    let address = draft(&site, "news", &ITEM).await;
    site.get(&address).await.shows("下書きを削除する");
    let question = site.get(&format!("{address}/delete")).await;
    question.shows("年末年始の休業");
    question.shows("元に戻すことはできません");
    assert_eq!(site.post(&format!("{address}/delete"), &[("revision", "2")]).await.status, 409);
    let reply = site.post(&format!("{address}/delete"), &[("revision", "1")]).await;
    assert_eq!(reply.location.as_deref(), Some("/staff/publish/news"));
    let list = site.get("/staff/publish/news").await;
    assert!(!list.body.contains("年末年始の休業"));
    list.shows("番号10001（1版）");
    assert_eq!(site.get(&address).await.status, 404);
    assert_eq!(publication_revision::Entity::find().count(&site.app.db).await.unwrap(), 0);
    assert_eq!(deleted_draft::Entity::find().count(&site.app.db).await.unwrap(), 1);
}

#[actix_web::test]
async fn pictures_go_with_a_draft_and_what_was_published_once_stays() {
    let site = editors_site().await;
    let editor = store::accounts::account::find_by_email(&site.app.db, "someone@example.jp").await;
    let editor = editor.unwrap().unwrap().id;
    let it = ops::publication::create(&site.app, example("画像のある下書き"), editor).await.unwrap();
    let it = pictures::added(&site, &it, editor).await;
    let seen = ops::publication::Seen { id: it.id, revision: it.revision };
    ops::publication::deletion::delete(&site.app, seen, editor).await.unwrap();
    assert_eq!(example_picture::Entity::find().count(&site.app.db).await.unwrap(), 0);

    // A publication that was planned and taken back has been published, although it is a draft again.
    let address = draft(&site, "news", &ITEM).await;
    publish(&site, &address, "1", &[]).await;
    let page = site.get(&format!("{address}/delete")).await;
    page.shows("公開したことのあるものは、削除できません");
    assert_eq!(site.post(&format!("{address}/delete"), &[("revision", "2")]).await.status, 409);
    assert_eq!(publication::Entity::find().count(&site.app.db).await.unwrap(), 1);
}
