//! The number of mails in a day that may go to one address and one domain and that one network may cause. They are
//! counted in the database, so that several servers share the count.
use chrono::{DateTime, Utc};
use domain::settings::Settings;
use sea_orm::DatabaseTransaction;

use crate::{app::App, problem::Problem, store};

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
    let address = format!("{scope}address/{}", app.secret.pseudonym(email_key));
    let domain = app.secret.pseudonym(&store::correspondence::outbox::domain_of(email_key));
    let domain = format!("{scope}domain/{domain}");
    let network = format!("{scope}network/{network}");
    let day = domain::calendar::japan_date(now);
    let keys = [address, domain, network];
    let [to_address, to_domain, from_network] =
        store::correspondence::mail_budget::count(tx, keys, day).await?;
    let within = to_address <= i32::from(settings.mails_per_address_a_day)
        && to_domain <= i32::from(settings.mails_per_domain_a_day)
        && from_network <= i32::from(settings.mails_per_network_a_day);
    Ok(if within { MailBudget::Within } else { MailBudget::Spent })
}
