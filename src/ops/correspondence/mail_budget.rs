//! The number of mails in a day that may go to one address and one domain and that one network may cause. They are
//! counted in the database, so that several servers share the count.
use chrono::{DateTime, Utc};
use domain::settings::Settings;
use sea_orm::DatabaseTransaction;

use crate::{
    app::App,
    ops::case::{
        save::{Save, Target},
        transaction::CaseTransaction,
    },
    problem::Problem,
    store,
};

/// Whether another mail may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailBudget {
    Within,
    Spent,
}

/// Counts a mail against its address, its domain and its network. The scope `scope` keeps the mails of one kind from
/// using up the limit of another: a person who requests links in a company's name must not keep an acknowledgement from
/// that company.
pub async fn spend(
    app: &App,
    tx: &DatabaseTransaction,
    scope: &str,
    email_key: &str,
    network: &str,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<MailBudget, Problem> {
    let day = domain::calendar::japan_date(now);
    let counts =
        store::correspondence::mail_budget::count(tx, keys(app, scope, email_key, network), day).await?;
    Ok(within(counts, settings))
}

/// Counts a mail as `spend` does, as part of the change of a case.
pub async fn spend_in(
    work: &mut CaseTransaction<'_>,
    email_key: &str,
    network: &str,
) -> Result<MailBudget, Problem> {
    let counts = work.save(CountedMail(keys(work.app, "", email_key, network))).await?;
    Ok(within(counts, &work.context.settings))
}

/// A mail that is counted under each of these keys; the answer has the counts of the day.
pub struct CountedMail<const N: usize>(pub [String; N]);

impl<const N: usize> Save<[i32; N]> for CountedMail<N> {
    async fn save(self, to: Target<'_>) -> Result<[i32; N], Problem> {
        let day = domain::calendar::japan_date(to.now);
        Ok(store::correspondence::mail_budget::count(to.tx, self.0, day).await?)
    }
}

/// Returns the keys of the count for the address, its domain and the network.
fn keys(app: &App, scope: &str, email_key: &str, network: &str) -> [String; 3] {
    let address = format!("{scope}address/{}", app.secret.pseudonym(email_key));
    let domain = app.secret.pseudonym(&store::correspondence::outbox::domain_of(email_key));
    let domain = format!("{scope}domain/{domain}");
    let network = format!("{scope}network/{network}");
    [address, domain, network]
}

fn within([to_address, to_domain, from_network]: [i32; 3], settings: &Settings) -> MailBudget {
    let within = to_address <= i32::from(settings.mails_per_address_a_day)
        && to_domain <= i32::from(settings.mails_per_domain_a_day)
        && from_network <= i32::from(settings.mails_per_network_a_day);
    if within { MailBudget::Within } else { MailBudget::Spent }
}
