//! The messages that wait for a response when a case is split.
use domain::{
    actor::Actor,
    id::{AccountId, DeskId},
    number::CaseNumber,
    text::Prose,
};
use madoguchi::{
    ops,
    store::{self, correspondence::message::Audience},
};
use uuid::Uuid;

use super::{act, center, done};
use crate::{
    cases::{self, CONTACT, Case},
    site::Site,
};

async fn says(site: &Site, case: Case, by: Actor, audience: Audience, text: &str) -> String {
    let text = Prose::parse("本文", text, 2000).unwrap();
    ops::correspondence::message::post(&site.app, case.id, by, audience, &text).await.unwrap();
    let thread = store::correspondence::message::of(&site.app.db, case.id, Audience::Center).await.unwrap();
    thread.last().unwrap().id.to_string()
}

/// A message of the desk waits in the case in which it is, whatever the coordinator chooses for that of the company; if
/// each case has a message without a response, both wait.
#[actix_web::test]
async fn a_message_waits_for_its_response_where_it_is() {
    let (site, cast) = center().await;
    let desk = Actor::Desk(DeskId(Uuid::new_v4()), Some(AccountId(Uuid::new_v4())));
    for (moved, awaited, waiting) in [
        ("company", "new", [true, true]),
        ("company", "first", [true, true]),
        ("desk", "first", [true, true]),
        ("both", "new", [false, true]),
        ("none", "first", [true, false]),
        ("none", "new", [true, true]),
    ] {
        let case = cases::received(&site, &cast, CONTACT).await;
        let of_company =
            says(&site, case, Actor::Company, Audience::Everyone, "規程についても相談したいです。").await;
        site.app.clock.advance(chrono::TimeDelta::minutes(1));
        let of_desk = says(&site, case, desk, Audience::Desk, "電話は午後にお願いします。").await;
        let key = Uuid::new_v4().to_string();
        let mut fields = vec![
            ("key", key.as_str()),
            ("field", "labor"),
            ("description", "就業規則の見直しについて。"),
            ("awaited", awaited),
        ];
        if matches!(moved, "company" | "both") {
            fields.push(("message", &of_company));
        }
        if matches!(moved, "desk" | "both") {
            fields.push(("message", &of_desk));
        }
        let reply = act(&site, case, "/split", &fields).await;
        done(&reply);
        let new = reply.location.unwrap().rsplit('/').next().unwrap().to_owned();
        let new = CaseNumber::parse(&new).unwrap();
        let new = store::consultation::by_number(&site.app.db, new).await.unwrap().unwrap();
        let waits = [cases::record(&site, case).await.response.is_some(), new.response.is_some()];
        assert_eq!(waits, waiting, "{moved} {awaited}");
    }
}
