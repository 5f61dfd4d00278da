//! The pages of a company after applying, which it opens by a link and without an account.
use madoguchi::{ops, store::accounts::link::Purpose};
use sea_orm::EntityTrait;

use crate::{
    cases::Case,
    site::{Reply, Site},
};

mod answering;
mod booking;
mod entering;
mod finishing;
mod promises;
mod seeing;
mod waiting;

/// The contact of another company than that of `CONTACT`.
const OTHER: &str = "other@example.co.jp";

async fn link_for(site: &Site, email: &str) -> String {
    let tx = site.app.begin().await.unwrap();
    let purpose = Purpose::SignIn { email_key: email.to_owned() };
    let token = ops::accounts::account::company_link(&tx, &purpose, site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    format!("/l/{token}")
}

pub async fn sign_in(site: &Site, email: &str) {
    let reply = site.post(&link_for(site, email).await, &[]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
}

pub fn my(case: Case, page: &str) -> String {
    format!("/my/{}{page}", case.number)
}

#[track_caller]
fn leads_to(reply: &Reply, path: &str) {
    assert_eq!((reply.status, reply.location.as_deref()), (303, Some(path)), "{}", reply.body);
}

#[track_caller]
fn hides(reply: &Reply, text: &str) {
    assert!(!reply.body.contains(text), "{text:?} in {}", reply.body);
}

/// Returns a text of everything that a company's visit could change.
async fn everything(site: &Site) -> String {
    let db = &site.app.db;
    let mut all = String::new();
    macro_rules! dump {
        ($($table:ident)*) => {$(
            let rows = entity::$table::Entity::find().all(db).await.unwrap();
            all.push_str(&format!("{} {}: {rows:?}\n", stringify!($table), rows.len()));
        )*};
    }
    dump!(appointment consultation event follow_up link mail_budget message outbox session);
    all
}
