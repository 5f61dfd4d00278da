//! The demo: a programme that could be real, sound to the last row.
use std::collections::BTreeMap;

use domain::actor::Role;
use entity::{appointment, consultation, follow_up, message, outbox, report};
use madoguchi::{demo::programme, doctor};
use sea_orm::EntityTrait;

use crate::site::Site;

fn counted<'a>(all: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for it in all {
        *counts.entry(it).or_default() += 1;
    }
    counts
}

#[actix_web::test]
async fn the_demo_is_sound_and_shows_everything() {
    let site = Site::new().await;
    let (db, now) = (&site.app.db, site.app.clock.now());
    let began = std::time::Instant::now();
    programme::fill(&site.app, now).await.unwrap();
    println!("filled in {:?}", began.elapsed());
    let cases = consultation::Entity::find().all(db).await.unwrap();
    println!("{:?}", counted(cases.iter().map(|it| it.state.as_str())));
    let mails = outbox::Entity::find().all(db).await.unwrap();
    println!("{:?}", counted(mails.iter().map(|it| it.state.as_str())));
    println!("{:?}", counted(mails.iter().map(|it| it.kind.as_str())));
    let questions = follow_up::Entity::find().all(db).await.unwrap();
    println!("{:?}", counted(questions.iter().map(|it| it.state.as_str())));
    let sessions = appointment::Entity::find().all(db).await.unwrap();
    println!("{:?}", counted(sessions.iter().map(|it| it.state.as_str())));
    let reports = report::Entity::find().all(db).await.unwrap();
    println!("{:?}", counted(reports.iter().map(|it| it.state.as_str())));
    assert_eq!(doctor::examine(db, now).await.unwrap(), []);
}
