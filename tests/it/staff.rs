//! The center's pages, from outside.
mod acts;
mod inbox;
mod intake;
mod mail;
mod plan;

use domain::number::CaseNumber;

use crate::{
    cases::{self, Case, Cast},
    site::{PASSWORD, Reply, Site},
};

/// A site with its cast; the coordinator is signed in.
async fn center() -> (Site, Cast) {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    (site, cast)
}

fn at(number: CaseNumber, rest: &str) -> String {
    format!("/staff/consultations/{number}{rest}")
}

/// Sends a form of the case's page as it stands now.
async fn act(site: &Site, case: Case, rest: &str, form: &[(&str, &str)]) -> Reply {
    let version = cases::record(site, case).await.version.to_string();
    let mut form = form.to_vec();
    form.push(("version", &version));
    site.post(&at(case.number, rest), &form).await
}

/// The same; fails unless it was done, and gives the page that follows.
#[track_caller]
fn done(reply: &Reply) {
    assert_eq!(reply.status, 303, "{}", reply.body);
}
