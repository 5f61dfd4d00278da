//! The record of what editors have done: every route with which an editor acts leaves a line in it.
use std::collections::BTreeSet;

use codes::{EditorAct, ImportKind, PublicationKind};
use domain::{
    actor::Role,
    gathering::SeatKind,
    id::{AccountId, PublicationId},
    publication::{Content, Period, Publication},
};
use entity::{editor_act, publication, sign_up};
use image::ImageFormat;
use madoguchi::{
    ops::{self, publication::Seen},
    store,
};
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::{CSV, FROM_NOW, ITEM, NEWS_CSV, example, grant, kept, news, pictures};
use crate::{
    access::ROUTES,
    campaign,
    conversation::send,
    gathering,
    site::{PASSWORD, Reply, Site},
    survey,
    town::Person,
};

/// The routes whose acts `tests/it/publishing/consented.rs` tries: they need a consultation that becomes an example.
const ELSEWHERE: &[&str] = &["/staff/publish/cases/{id}/ask-company"];

/// An editor who is signed in, and what the acts are done on.
struct Desk {
    site: Site,
    editor: AccountId,
    tried: BTreeSet<&'static str>,
}

impl Desk {
    /// Does an act by the route of this pattern, which must leave one line, of this kind.
    async fn does(&mut self, pattern: &'static str, act: EditorAct, reply: impl AsyncFnOnce(&Site) -> Reply) {
        let before = editor_act::Entity::find().count(&self.site.app.db).await.unwrap();
        let reply = reply(&self.site).await;
        assert_eq!(reply.status, 303, "{pattern}: {}", reply.body);
        let query = editor_act::Entity::find()
            .order_by_desc(editor_act::COLUMN.at)
            .order_by_desc(editor_act::COLUMN.id);
        let rows = query.all(&self.site.app.db).await.unwrap();
        assert_eq!(rows.len() as u64, before + 1, "{pattern} leaves one line");
        assert_eq!(rows[0].act.code(), act.code(), "{pattern}");
        assert_eq!(rows[0].account_id, self.editor.0, "{pattern}");
        self.tried.insert(pattern);
    }

    /// Posts a form whose act was done before, which leaves no line.
    async fn repeats(&self, path: &str, form: &[(&str, &str)]) {
        let before = editor_act::Entity::find().count(&self.site.app.db).await.unwrap();
        let reply = self.site.post(path, form).await;
        assert_eq!(reply.status, 303, "{path}: {}", reply.body);
        let after = editor_act::Entity::find().count(&self.site.app.db).await.unwrap();
        assert_eq!(after, before, "{path}: nothing was done");
    }

    async fn publish(&self, content: Content) -> Publication {
        let draft = ops::publication::create(&self.site.app, content, self.editor).await.unwrap();
        let period = Period::new(self.site.app.clock.now(), None).unwrap();
        let seen = Seen { id: draft.id, revision: draft.revision };
        ops::publication::publish(&self.site.app, seen, period, self.editor).await.unwrap()
    }

    async fn revision(&self, id: PublicationId) -> String {
        store::publication::find(&self.site.app.db, id).await.unwrap().unwrap().revision.to_string()
    }
}

/// Returns the patterns of the routes with which an editor acts.
fn acting_routes() -> BTreeSet<&'static str> {
    let is_editors =
        |people: &[Person]| people.contains(&Person::Editor) && !people.contains(&Person::Visitor);
    // Everyone changes the own account, whose owner is told by mail.
    let is_own = |path: &str| path.starts_with("/account/");
    let acts = ROUTES.iter().filter(|it| it.0 == "POST" && is_editors(it.2) && !is_own(it.1));
    acts.map(|it| it.1).collect()
}

#[actix_web::test]
async fn every_act_of_an_editor_is_recorded() {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let mut desk = Desk { site, editor, tried: BTreeSet::new() };
    writes(&mut desk).await;
    imports(&mut desk).await;
    shows_pictures_and_files(&mut desk).await;
    holds_an_event(&mut desk).await;
    decides_in_the_month(&mut desk).await;
    makes_codes(&mut desk).await;
    publishes_results(&mut desk).await;
    let mut known = desk.tried.clone();
    known.extend(ELSEWHERE);
    assert_eq!(known, acting_routes(), "a route of editors is tried here, and its act is recorded");
    the_administrator_reads(&desk).await;
}

async fn writes(desk: &mut Desk) {
    desk.does("/staff/publish/{kind}/new", EditorAct::Created, async |it| {
        it.post("/staff/publish/news/new", &ITEM).await
    })
    .await;
    let row = publication::Entity::find().one(&desk.site.app.db).await.unwrap().unwrap();
    let (id, at) = (PublicationId(row.id), format!("/staff/publish/news/{}", row.id));
    desk.does("/staff/publish/{kind}/{id}", EditorAct::Edited, async |it| {
        let form = [&ITEM[..], &[("revision", "1")]].concat();
        it.post(&at, &form).await
    })
    .await;
    desk.does("/staff/publish/{kind}/{id}/restore", EditorAct::Restored, async |it| {
        it.post(&format!("{at}/restore"), &[("revision", "2"), ("restored", "1")]).await
    })
    .await;
    desk.does("/staff/publish/{kind}/{id}/publish", EditorAct::Published, async |it| {
        let form = [&FROM_NOW[..], &[("revision", "3")]].concat();
        it.post(&format!("{at}/publish"), &form).await
    })
    .await;
    desk.does("/staff/publish/{kind}/{id}/successor", EditorAct::SuccessorSaved, async |it| {
        it.post(&format!("{at}/successor"), &[("successor", "/help")]).await
    })
    .await;
    let revision = desk.revision(id).await;
    desk.does("/staff/publish/{kind}/{id}/archive", EditorAct::Archived, async |it| {
        it.post(&format!("{at}/archive"), &[("revision", &revision)]).await
    })
    .await;
    let draft = ops::publication::create(&desk.site.app, news("捨てる下書き"), desk.editor).await.unwrap();
    desk.does("/staff/publish/{kind}/{id}/delete", EditorAct::Deleted, async |it| {
        it.post(&format!("/staff/publish/news/{}/delete", draft.id), &[("revision", "1")]).await
    })
    .await;
    let entry = desk.publish(grant("確認する助成")).await;
    desk.does("/staff/publish/{kind}/{id}/checked", EditorAct::Edited, async |it| {
        let revision = entry.revision.to_string();
        it.post(&format!("/staff/publish/guide/{}/checked", entry.id), &[("revision", &revision)]).await
    })
    .await;
}

async fn imports(desk: &mut Desk) {
    desk.does("/staff/publish/{kind}/import", EditorAct::ImportKept, async |it| {
        let file = ("見本.csv", "text/csv", CSV.as_bytes());
        send(it, "/staff/publish/cases/import", &[], &[file]).await
    })
    .await;
    let file = kept(&desk.site, ImportKind::News, None, NEWS_CSV, desk.editor).await;
    let at = format!("/staff/publish/news/import/{file}");
    desk.does("/staff/publish/{kind}/import/{id}/take", EditorAct::ImportTaken, async |it| {
        it.post(&format!("{at}/take"), &[("as", "drafts")]).await
    })
    .await;
    desk.does("/staff/publish/{kind}/import/{id}/undo", EditorAct::ImportUndone, async |it| {
        it.post(&format!("{at}/undo"), &[]).await
    })
    .await;
}

async fn shows_pictures_and_files(desk: &mut Desk) {
    let it = desk.publish(example("画像のある事例")).await;
    let at = format!("/staff/publish/cases/{}/pictures", it.id);
    let revision = it.revision.to_string();
    desk.does("/staff/publish/{kind:cases|surveys}/{id}/pictures", EditorAct::Edited, async |site| {
        let fields = [("revision", revision.as_str()), ("alternative", "作業の様子")];
        let bytes = pictures::picture(120, ImageFormat::Png);
        send(site, &at, &fields, &[("見本.png", "image/png", &bytes)]).await
    })
    .await;
    let changed = store::publication::find(&desk.site.app.db, it.id).await.unwrap().unwrap();
    let (picture, revision) = (pictures::sha256(&changed), changed.revision.to_string());
    desk.does("/staff/publish/{kind:cases|surveys}/{id}/pictures/remove", EditorAct::Edited, async |site| {
        site.post(&format!("{at}/remove"), &[("revision", &revision), ("picture", &picture)]).await
    })
    .await;
    let month = campaign::published(&desk.site, desk.editor, campaign::month(2026)).await.id;
    desk.does("/staff/files/{id}", EditorAct::FileAdded, async |site| {
        let logo = ("ロゴ.png", "image/png", &b"\x89PNG\r\n\x1a\n"[..]);
        send(site, &format!("/staff/files/{month}"), &[], &[logo]).await
    })
    .await;
    let file = store::publication::file::of(&desk.site.app.db, month).await.unwrap()[0].id;
    desk.does("/staff/files/{id}/{file}/remove", EditorAct::FileRemoved, async |site| {
        site.post(&format!("/staff/files/{month}/{file}/remove"), &[]).await
    })
    .await;
    desk.repeats(&format!("/staff/files/{month}/{file}/remove"), &[]).await;
}

async fn holds_an_event(desk: &mut Desk) {
    let event = gathering::published(&desk.site, desk.editor, gathering::event(Some(5), Some(5))).await.id;
    let at = format!("/staff/events/{event}");
    desk.does("/staff/events/{id}/walk-in", EditorAct::WalkInAdded, async |it| {
        let form = [("seat", SeatKind::Venue.code()), ("name", "佐藤 一郎")];
        it.post(&format!("{at}/walk-in"), &form).await
    })
    .await;
    let person = sign_up::Entity::find().one(&desk.site.app.db).await.unwrap().unwrap().id.to_string();
    desk.does("/staff/events/{id}/attendance", EditorAct::AttendanceMarked, async |it| {
        it.post(&format!("{at}/attendance"), &[("sign_up", &person), ("was_there", "no")]).await
    })
    .await;
    desk.does("/staff/events/{id}/online-link", EditorAct::LinkSaved, async |it| {
        it.post(&format!("{at}/online-link"), &[("online_link", "https://meet.example.jp/1")]).await
    })
    .await;
    desk.does("/staff/events/{id}/materials", EditorAct::MaterialsSaved, async |it| {
        it.post(&format!("{at}/materials"), &[("materials", "")]).await
    })
    .await;
    desk.does("/staff/events/{id}/call-off", EditorAct::CalledOff, async |it| {
        it.post(&format!("{at}/call-off"), &[("reason", "大雪のため")]).await
    })
    .await;
}

async fn decides_in_the_month(desk: &mut Desk) {
    let kind = publication::COLUMN.kind.eq(PublicationKind::Campaign.code());
    let month = publication::Entity::find().filter(kind).one(&desk.site.app.db).await.unwrap().unwrap().id;
    let it = campaign::waiting(&desk.site, PublicationId(month), "みほん", "a@example.co.jp", false).await;
    let at = format!("/staff/month/{month}");
    desk.does(
        "/staff/month/{id}/registrations/{registration}",
        EditorAct::RegistrationApproved,
        async |site| {
            let version = it.version.to_string();
            let form = [("action", "approve"), ("version", version.as_str())];
            site.post(&format!("{at}/registrations/{}", it.id), &form).await
        },
    )
    .await;
    desk.does("/staff/month/{id}/import", EditorAct::ImportKept, async |site| {
        let file = ("登録.csv", "text/csv", campaign::CSV.as_bytes());
        send(site, &format!("{at}/import"), &[], &[file]).await
    })
    .await;
    let month = Some(PublicationId(month));
    let file = kept(&desk.site, ImportKind::Registration, month, campaign::CSV, desk.editor).await;
    desk.does("/staff/month/{id}/import/{import}/take", EditorAct::ImportTaken, async |site| {
        site.post(&format!("{at}/import/{file}/take"), &[]).await
    })
    .await;
    desk.does("/staff/month/{id}/import/{import}/undo", EditorAct::ImportUndone, async |site| {
        site.post(&format!("{at}/import/{file}/undo"), &[]).await
    })
    .await;
}

async fn makes_codes(desk: &mut Desk) {
    let it = desk.publish(survey::notice(survey::form())).await.id;
    desk.does("/staff/surveys/{id}/codes", EditorAct::CodesMade, async |site| {
        site.post(&format!("/staff/surveys/{it}/codes"), &[("count", "3")]).await
    })
    .await;
}

async fn publishes_results(desk: &mut Desk) {
    let it = desk.publish(survey::notice(survey::open_form())).await;
    let visitor = desk.site.visitor();
    for _ in 0..5 {
        let page = visitor.post(&format!("/surveys/{}/answer", it.number), &[]).await.location.unwrap();
        survey::answer(&visitor, &page, true).await;
    }
    survey::go_to(&desk.site, "2026-12-21T09:00:00");
    survey::work(&desk.site).await;
    assert_eq!(desk.site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    desk.does("/staff/surveys/{id}/results", EditorAct::ResultsPublished, async |site| {
        site.post(&format!("/staff/surveys/{}/results", it.id), &[("action", "publish")]).await
    })
    .await;
    desk.does("/staff/surveys/{id}/results", EditorAct::ResultsWithdrawn, async |site| {
        site.post(&format!("/staff/surveys/{}/results", it.id), &[("action", "withdraw")]).await
    })
    .await;
    desk.repeats(&format!("/staff/surveys/{}/results", it.id), &[("action", "withdraw")]).await;
    let rows = editor_act::Entity::find().order_by_desc(editor_act::COLUMN.id).all(&desk.site.app.db).await;
    let rows = rows.unwrap();
    assert_eq!((rows[0].act.code(), rows[0].quantity), (EditorAct::ResultsWithdrawn.code(), None));
    let published = rows.iter().find(|it| it.act == EditorAct::ResultsPublished).unwrap();
    assert_eq!(published.quantity, Some(5));
}

async fn the_administrator_reads(desk: &Desk) {
    desk.site.account(Role::Administrator, "admin@example.jp").await;
    let admin = desk.site.visitor();
    assert_eq!(admin.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    let page = admin.get("/admin/audit?from=2026-11-20&to=2026-11-20").await;
    for words in ["下書きを削除", "回答番号を作成", "（3件）", "登録を承認", "テレワーク月間 2026"]
    {
        page.shows(words);
    }
    assert!(!page.body.contains("捨てる下書き"), "the record has no word of the texts");
    let none = admin.get("/admin/audit?from=2026-11-19&to=2026-11-19").await;
    assert!(!none.body.contains("回答番号を作成"));
    assert_eq!(desk.site.get("/admin/audit").await.status, 403);
}
