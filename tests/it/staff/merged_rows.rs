//! Every table that refers to a case or a company has its place in a merge, and what the center works on goes along.
use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::{actor::Actor, id::ConsultationId, text::TextLine, worklist::Tag};
use entity::{case_tag, message_draft, task};
use madoguchi::{
    doctor, ops,
    store::{self, correspondence::message_draft::DraftWriter, worklist::task::TaskFilter},
    worker,
};
use ops::consultation::merge::{MergeChoice, SeenCase};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryOrder, Statement};

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast},
    inbound,
    site::Site,
};

/// Every column that refers to a case or a company, with what a merge means for its rows. The tests that are named show
/// it.
const PLACES: &[(&str, &str)] = &[
    ("application.consultation_id", "stays; values that are taken over are corrections of the kept case"),
    ("appointment.consultation_id", "stays; a case with a live one or one that took place is not absorbed"),
    ("assignment.consultation_id", "stays; a case with a live one is not absorbed"),
    ("case_merge.absorbed_id", "the merge itself"),
    ("case_merge.kept_id", "the merge itself"),
    ("case_tag.consultation_id", "the kept case gets those that it does not have"),
    ("case_visit.consultation_id", "stays; nobody looks at an absorbed case"),
    ("company.merged_into", "the merge itself; always the company that is left"),
    ("company_merge.absorbed_id", "the merge itself"),
    ("company_merge.kept_id", "the merge itself"),
    ("conflict_of_interest.company_id", "stays; one with an absorbed company is one with the kept company"),
    ("consultation.company_id", "the company that is left"),
    ("consultation.merged_into", "the merge itself; always the case that is left"),
    ("consultation.own_company_id", "the company under which the case was filed"),
    ("consultation_theme.consultation_id", "stays, as application.consultation_id"),
    ("contact.consultation_id", "stays; its address opens the kept case"),
    ("correction.company_before", "the company under which the case was filed; a merge of it is followed"),
    ("correction.consultation_id", "stays; a merge adds those of the values taken over, and undoes them"),
    ("desk_entry.from_case_id", "stays; the desk goes on with what it was handed"),
    ("desk_entry.handed_over_id", "stays; the desk reads how the kept case stands"),
    ("draft.consultation_id", "leads on to the state of the kept case"),
    (
        "erasure.consultation_id",
        "none; a case that was erased is not merged, and a merged one is erased with the kept one",
    ),
    ("event.consultation_id", "stays; the history of each case leads to its state"),
    ("example_consent.consultation_id", "none; a case in which an appointment took place is not absorbed"),
    ("follow_up.consultation_id", "none; a case in which an appointment took place is not absorbed"),
    ("inbound_mail.consultation_id", "shown with the kept case"),
    ("legal_hold.consultation_id", "stays; the kept case is not erased while the absorbed one is held"),
    (
        "link.consultation_id",
        "confirms the address of the absorbed case, and of the kept one if it is the same",
    ),
    ("mail_bounce.consultation_id", "stays with the mail"),
    ("message.consultation_id", "shown with the kept case"),
    ("message_draft.consultation_id", "goes to the kept case unless its writer has one there"),
    ("network_question.consultation_id", "stays; the answer goes to the address of the person who asked"),
    ("outbox.consultation_id", "shown with the kept case"),
    ("related_case.first_id", "shown with the kept case"),
    ("related_case.second_id", "shown with the kept case"),
    ("report.consultation_id", "none; a case in which an appointment took place is not absorbed"),
    ("task.consultation_id", "goes to the kept case"),
    ("waiting_list_entry.consultation_id", "none live; only a case with a booking waits"),
];

/// Returns the columns that refer to a case or a company: those with a foreign key, and those that are named so.
async fn columns(site: &Site) -> BTreeSet<String> {
    let db = &site.app.db;
    let backend = db.get_database_backend();
    let statement = if backend == DbBackend::Postgres {
        "SELECT k.table_name || '.' || k.column_name AS name FROM information_schema.table_constraints c \
         JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name \
         JOIN information_schema.constraint_column_usage u ON u.constraint_name = c.constraint_name \
         WHERE c.constraint_type = 'FOREIGN KEY' AND u.table_name IN ('consultation', 'company') \
         UNION SELECT table_name || '.' || column_name FROM information_schema.columns \
         WHERE table_schema = 'public' AND data_type = 'uuid' \
         AND (column_name LIKE '%consultation%' OR column_name LIKE '%company%' OR column_name LIKE '%merged_into%')"
    } else {
        "SELECT m.name || '.' || f.\"from\" AS name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
         WHERE m.type = 'table' AND f.\"table\" IN ('consultation', 'company') \
         UNION SELECT m.name || '.' || i.name FROM sqlite_master m JOIN pragma_table_info(m.name) i \
         WHERE m.type = 'table' AND i.type LIKE 'uuid%' \
         AND (i.name LIKE '%consultation%' OR i.name LIKE '%company%' OR i.name LIKE '%merged_into%')"
    };
    let rows = db.query_all_raw(Statement::from_string(backend, statement)).await.unwrap();
    rows.iter().map(|it| it.try_get("", "name").unwrap()).collect()
}

#[actix_web::test]
async fn every_column_that_refers_to_a_case_or_a_company_has_its_place_in_a_merge() {
    let site = Site::new().await;
    let known: BTreeSet<String> = PLACES.iter().map(|it| it.0.to_owned()).collect();
    let found = columns(&site).await;
    let new: Vec<_> = found.difference(&known).collect();
    assert!(new.is_empty(), "a merge has to say what becomes of {new:?}: see PLACES");
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "{gone:?} are not in the schema");
}

async fn merged(site: &Site, cast: &Cast, kept: Case, absorbed: Case) -> uuid::Uuid {
    let seen = async |case: Case| SeenCase { id: case.id, version: cases::record(site, case).await.version };
    let reason = TextLine::parse("理由", "同じ相談", 200).unwrap();
    let (one, other) = (seen(kept).await, seen(absorbed).await);
    let choice = MergeChoice { taken: &[], reason: &reason, releases: false, split: None };
    ops::consultation::merge::merge(&site.app, one, other, choice, cast.coordinator).await.unwrap();
    store::consultation::case_merge::into(&site.app.db, kept.id).await.unwrap().pop().unwrap().0.id
}

/// The rows on which the center works, as the database has them.
async fn rows(site: &Site) -> (Vec<task::Model>, Vec<case_tag::Model>, Vec<message_draft::Model>) {
    let db = &site.app.db;
    (
        task::Entity::find().order_by_asc(task::Column::Id).all(db).await.unwrap(),
        case_tag::Entity::find()
            .order_by_asc(case_tag::Column::ConsultationId)
            .order_by_asc(case_tag::Column::Tag)
            .all(db)
            .await
            .unwrap(),
        message_draft::Entity::find()
            .order_by_asc(message_draft::Column::ConsultationId)
            .order_by_asc(message_draft::Column::Form)
            .all(db)
            .await
            .unwrap(),
    )
}

#[actix_web::test]
async fn tasks_tags_drafts_and_open_mail_go_along_and_come_back() {
    let (site, cast) = center().await;
    let (app, by) = (&site.app, cast.coordinator);
    let kept = cases::received(&site, &cast, CONTACT).await;
    let mut form = cases::form("other@example.co.jp");
    form.company_name = "湊製作所".to_owned();
    let absorbed = cases::unconfirmed(&site, &cast, &form).await;
    let tags = |all: &[&str]| all.iter().map(|it| Tag::parse(it).unwrap()).collect::<Vec<_>>();
    ops::worklist::tag::add(app, kept.id, &tags(&["補助金"]), by).await.unwrap();
    ops::worklist::tag::add(app, absorbed.id, &tags(&["補助金", "急ぎ"]), by).await.unwrap();
    let title = TextLine::parse("作業", "見積りの資料を探す", 100).unwrap();
    let day = domain::calendar::japan_date(app.clock.now() + TimeDelta::days(3));
    ops::worklist::task::add(app, absorbed.id, &title, Some(by), day, by).await.unwrap();
    let draft = async |case: Case, form: &str, text: &str| {
        ops::correspondence::message::save_draft(app, case.id, Actor::Coordinator(by), form, text)
            .await
            .unwrap();
    };
    draft(kept, "text", "残す案件の下書き").await;
    draft(absorbed, "text", "統合する案件の下書き").await;
    draft(absorbed, "note", "統合する案件のメモ").await;
    let to = app.reply_address(absorbed.id, "stranger@example.com");
    let mail = inbound::raw_mail("stranger@example.com", &to, "Re: お申込み", "第三者からの返信です。");
    inbound::arrives(&site, &mail).await;
    let before = rows(&site).await;

    let merge = merged(&site, &cast, kept, absorbed).await;
    let page = site.get(&at(kept.number, "")).await;
    page.shows("見積りの資料を探す");
    page.shows("急ぎ");
    let drafts = store::correspondence::message_draft::of(&app.db, kept.id, DraftWriter::Account(by.0)).await;
    let mut drafts = drafts.unwrap();
    drafts.sort();
    let text = |form: &str, body: &str| (form.to_owned(), body.to_owned());
    assert_eq!(drafts, [text("note", "統合する案件のメモ"), text("text", "残す案件の下書き")]);
    // It is found by the name and the tag of the absorbed one.
    let encoded = |text: &str| text.bytes().map(|it| format!("%{it:02X}")).collect::<String>();
    for query in [format!("q={}", encoded("湊製作所")), format!("tag={}", encoded("急ぎ"))] {
        let list = site.get(&format!("/staff/consultations?{query}")).await;
        list.shows(&kept.number.to_string());
        assert!(!list.body.contains(&format!("{}</a>", absorbed.number)), "{query}");
    }
    // A task that went along can be done.
    let open = store::worklist::task::list(&app.db, TaskFilter::Case(kept.id), 10).await.unwrap();
    ops::worklist::task::set_done(app, open[0].id, true, by).await.unwrap();
    ops::worklist::task::set_done(app, open[0].id, false, by).await.unwrap();

    ops::consultation::merge::undo(app, merge, by).await.unwrap();
    assert_eq!(rows(&site).await, before);
    site.get(&at(absorbed.number, "")).await.shows("見積りの資料を探す");
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&app.db, app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn related_cases_lead_to_each_other_through_merges() {
    let (site, cast) = center().await;
    let one = cases::received(&site, &cast, CONTACT).await;
    let two = cases::received(&site, &cast, "two@example.co.jp").await;
    let three = cases::received(&site, &cast, "three@example.co.jp").await;
    let with = |case: Case| case.number.to_string();
    let form = [("with", with(two)), ("related_note", "別の拠点の相談".to_owned())];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    done(&act(&site, one, "/related", &form).await);
    site.get(&at(two.number, "?view=same-company")).await.shows("別の拠点の相談");
    site.get(&at(two.number, "?view=history"))
        .await
        .shows(&format!("{}を関連する案件にしました", one.number));
    let itself = act(&site, one, "/related", &[("with", &with(one))]).await;
    assert_eq!(itself.status, 409);
    assert_eq!(act(&site, one, "/related", &[("with", "いいえ")]).await.status, 422);
    let related = async |id: ConsultationId| {
        let all = store::consultation::related_case::of(&site.app.db, id).await.unwrap();
        all.into_iter().map(|it| it.number).collect::<Vec<_>>()
    };
    // The relation of an absorbed case is shown with the kept one, and the absorbed one is replaced by it.
    let merge = merged(&site, &cast, three, two).await;
    assert_eq!(related(three.id).await, [one.number]);
    assert_eq!(related(one.id).await, [three.number]);
    ops::consultation::merge::undo(&site.app, merge, cast.coordinator).await.unwrap();
    assert_eq!(related(one.id).await, [two.number]);
    done(&act(&site, two, "/related/remove", &[("with", &with(one))]).await);
    assert!(related(one.id).await.is_empty());
}
