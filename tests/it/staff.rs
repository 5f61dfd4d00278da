//! The center's pages over HTTP.
mod acts;
mod attendance;
mod by_telephone;
mod case_merging;
mod clocks;
mod closed_account;
mod endings;
mod finding;
mod informed;
mod intake;
mod mail;
mod merge_model;
mod merged_bookings;
mod merged_rows;
mod merging;
mod missing_expert;
mod next_field;
mod outcomes;
mod people;
mod plan;
mod quick_records;
mod rejoining;
mod report_gap;
mod splits;
mod stead;
mod strangers;
mod told_in_calls;
mod told_once;
mod traces;
mod unmerging;
mod wording;
mod worklist;
mod workspace;

use domain::number::CaseNumber;

use crate::{
    cases::{self, Case, Cast},
    site::{PASSWORD, Reply, Site},
};

/// Makes a site with its cast, with the coordinator signed in.
async fn center() -> (Site, Cast) {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    (site, cast)
}

fn at(number: CaseNumber, rest: &str) -> String {
    format!("/staff/consultations/{number}{rest}")
}

/// Sends a form of the consultation's page at its current version.
async fn act(site: &Site, case: Case, rest: &str, form: &[(&str, &str)]) -> Reply {
    let version = cases::record(site, case).await.version.to_string();
    let mut form = form.to_vec();
    form.push(("version", &version));
    site.post(&at(case.number, rest), &form).await
}

/// Fails unless the reply says that the action was done.
#[track_caller]
fn done(reply: &Reply) {
    assert_eq!(reply.status, 303, "{}", reply.body);
}
