//! A case that was split by mistake is put together again.
use domain::{
    actor::Actor,
    field::{Field, Fields},
    intake::application::{Application, Intake},
    text::{Prose, TextLine},
};
use entity::{application, case_merge, consultation, outbox};
use madoguchi::{
    doctor,
    ops::{self, case::actor::ActorAt, consultation::correction::CorrectionCause},
    store::{self, correspondence::message::Audience},
    worker,
};
use sea_orm::{EntityTrait, QueryOrder};
use uuid::Uuid;

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, mails_to, record},
    site::{Reply, Site},
};

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

async fn says(site: &Site, case: Case, text: &str) {
    let text = Prose::parse("本文", text, 2000).unwrap();
    ops::correspondence::message::post(&site.app, case.id, Actor::Company, Audience::Everyone, &text)
        .await
        .unwrap();
}

/// Makes a case of both fields, with themes of both and two messages.
async fn of_both(site: &Site, cast: &Cast) -> Case {
    let mut form = cases::form(CONTACT);
    form.field = vec!["ict".to_owned(), "labor".to_owned()];
    for (field, label) in [(Field::Ict, "セキュリティ"), (Field::Labor, "労働時間の管理")] {
        let label = TextLine::parse("テーマ", label, 60).unwrap();
        ops::reference::settings::add_theme(&site.app, field, &label).await.unwrap();
    }
    form.theme = site.app.programme().await.unwrap().themes.iter().map(|it| it.code.clone()).collect();
    let application = Application::parse(&form, Intake::OnBehalf).unwrap();
    let taken = ops::intake::apply::take_down(&site.app, &application, cast.center(), Uuid::new_v4(), true);
    let taken = taken.await.unwrap();
    let case = Case { id: taken.consultation.id, number: taken.number };
    says(site, case, "規程についても相談したいです。").await;
    site.app.clock.advance(chrono::TimeDelta::minutes(1));
    says(site, case, "勤怠の件です。").await;
    site.app.clock.advance(chrono::TimeDelta::minutes(1));
    case
}

/// Splits the labor field off, with the first message. Returns the new case.
async fn split(site: &Site, case: Case, awaited: &str) -> Case {
    let thread = store::correspondence::message::of(&site.app.db, case.id, Audience::Everyone).await.unwrap();
    let (moved, key) = (thread[0].id.to_string(), Uuid::new_v4().to_string());
    let form = [
        ("key", key.as_str()),
        ("field", "labor"),
        ("leave", "1"),
        ("message", &moved),
        ("awaited", awaited),
        ("description", "就業規則の見直し"),
    ];
    done(&act(site, case, "/split", &form).await);
    let rows = consultation::Entity::find().order_by_desc(consultation::Column::Number);
    let row = rows.one(&site.app.db).await.unwrap().unwrap();
    let number = domain::number::CaseNumber::parse(&row.number).unwrap();
    Case { id: domain::id::ConsultationId(row.id), number }
}

async fn rejoin(site: &Site, from: Case, with: Case) -> Reply {
    site.post(&at(from.number, "/rejoin"), &[("with", &with.number.to_string())]).await
}

/// Returns everything that has to be as it was: the case without the counts that rise with every act, its values, and the
/// texts of its own messages.
async fn world(
    site: &Site,
    case: Case,
) -> (consultation::Model, application::Model, Vec<String>, Vec<String>) {
    let db = &site.app.db;
    let row = consultation::Entity::find_by_id(case.id.0).one(db).await.unwrap().unwrap();
    let row = consultation::Model { event_count: 0, version: 0, ..row };
    let written = application::Entity::find_by_id(case.id.0).one(db).await.unwrap().unwrap();
    let thread = store::correspondence::message::of(db, case.id, Audience::Everyone).await.unwrap();
    let themes = store::consultation::themes(db, case.id).await.unwrap();
    (row, written, thread.into_iter().map(|it| it.body).collect(), themes)
}

#[actix_web::test]
async fn a_split_is_undone_exactly_and_its_number_leads_back() {
    for (awaited, from_new) in [("both", false), ("new", true), ("first", false)] {
        let (site, cast) = center().await;
        let first = of_both(&site, &cast).await;
        let before = world(&site, first).await;
        let new = split(&site, first, awaited).await;
        assert_eq!(record(&site, first).await.consultation.fields, Fields::Ict);
        site.get(&at(first.number, "?view=same-company")).await.shows("分けたことを取り消す");
        site.get(&at(new.number, "?view=same-company")).await.shows("分けたことを取り消す");
        let (one, other) = if from_new { (new, first) } else { (first, new) };
        let reply = rejoin(&site, one, other).await;
        done(&reply);
        assert_eq!(reply.location, Some(at(first.number, "")));
        assert_eq!(world(&site, first).await, before, "{awaited}");
        let reply = site.get(&at(new.number, "")).await;
        assert_eq!(
            (reply.status, reply.location),
            (303, Some(at(first.number, ""))),
            "the number leads back"
        );
        let history = site.get(&at(first.number, "?view=history")).await;
        history.shows(&format!("{}に分けたことを取り消し", new.number));
        let mails: Vec<outbox::Model> = mails_to(&site, CONTACT).await;
        let merged: Vec<_> = mails.iter().filter(|it| it.kind == "case_merged").collect();
        let [mail] = &merged[..] else { panic!("{merged:?}") };
        assert!(mail.text_body.contains("もとの1つに戻しました"), "{}", mail.text_body);
        assert!(!mail.text_body.contains("同じご相談"), "{}", mail.text_body);
        for number in [first.number, new.number] {
            assert!(mail.text_body.contains(&number.to_string()), "{}", mail.text_body);
        }
        assert_eq!(rejoin(&site, first, new).await.status, 409, "once");
        sound(&site).await;

        // The undoing is undone too: two cases again, each with its messages.
        let merge = case_merge::Entity::find().one(&site.app.db).await.unwrap().unwrap().id.to_string();
        done(&site.post(&at(first.number, "/unmerge"), &[("merge", &merge)]).await);
        assert_eq!(record(&site, first).await.consultation.fields, Fields::Ict);
        assert_eq!(world(&site, new).await.2, ["規程についても相談したいです。"]);
        sound(&site).await;
    }
}

#[actix_web::test]
async fn a_split_on_which_something_was_built_is_not_undone_and_the_page_says_what() {
    let (site, cast) = center().await;
    // A message in the new case.
    let first = of_both(&site, &cast).await;
    let new = split(&site, first, "both").await;
    site.app.clock.advance(chrono::TimeDelta::minutes(1));
    says(&site, new, "資料を送ります。").await;
    let before = world(&site, first).await;
    let refused = rejoin(&site, first, new).await;
    assert_eq!(refused.status, 409);
    refused.shows("メッセージのやり取りがあります");
    refused.shows("統合してください");
    assert_eq!(world(&site, first).await, before);

    // A correction of the new case, and one of the first case's fields.
    let (site, cast) = center().await;
    let first = of_both(&site, &cast).await;
    let new = split(&site, first, "both").await;
    for case in [new, first] {
        let mut typed = domain::consultation::correction::CaseValues::default();
        let field = domain::consultation::correction::CorrectedField::Fields;
        typed.set(field, if case.id == new.id { "both" } else { "labor" });
        let by = ActorAt::new(cast.center(), record(&site, case).await.version);
        let section = domain::consultation::correction::CorrectionSection::Request;
        let cause = CorrectionCause::default();
        ops::consultation::correction::correct(&site.app, case.id, by, section, &typed, cause).await.unwrap();
    }
    let refused = rejoin(&site, new, first).await;
    assert_eq!(refused.status, 409);
    refused.shows(&format!("{}の相談の分野が訂正されています", new.number));
    refused.shows(&format!("{}の相談の分野が訂正されています", first.number));

    // An expert is asked, for the new case or for what is left.
    for in_new in [true, false] {
        let (site, cast) = center().await;
        let first = of_both(&site, &cast).await;
        let new = split(&site, first, "both").await;
        let case = if in_new { new } else { first };
        let version = record(&site, case).await.version;
        ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
            .await
            .unwrap();
        let refused = rejoin(&site, first, new).await;
        assert_eq!(refused.status, 409);
        refused.shows("専門家");
        assert!(record(&site, new).await.consultation.merged_into.is_none());
        sound(&site).await;
    }

    // Two cases that were never one.
    let (site, cast) = center().await;
    let (one, other) = (of_both(&site, &cast).await, cases::received(&site, &cast, "b@example.co.jp").await);
    rejoin(&site, one, other).await.shows("1つの案件を分けたものではありません");
}
