//! The number of mails in a day that may go to one address and one domain and that one network may cause. They are
//! counted in the database, so that several servers share the count.
//!
//! A request counts against its network first. An address and a domain are counted only for a mail that is written, so
//! that requests that are refused, or that name an unknown address, use up the limits of no person but those who make them.
use chrono::{DateTime, Utc};
use domain::settings::{MailLimit, Settings};
use sea_orm::{DatabaseTransaction, TransactionTrait};

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

/// A mail that is written because a person asks for it.
#[derive(Clone, Copy, Debug)]
pub struct RequestedMail<'a> {
    /// The prefix of the keys, which keeps the mails of one kind from using up the limit of another: a person who requests
    /// links in a company's name must not keep an acknowledgement from that company.
    pub scope: &'a str,
    /// The address in lower case.
    pub email_key: &'a str,
    /// The keyed hash of the network from which the request comes.
    pub network: &'a str,
    /// Whether the reader of the address has proved it. The domain of such an address has no limit.
    pub proved: bool,
}

/// Counts a mail against its network, its address and, if the address is not proved, its domain.
pub async fn spend(
    app: &App,
    tx: &DatabaseTransaction,
    mail: RequestedMail<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<MailBudget, Problem> {
    match ask(app, tx, mail, settings, now).await? {
        MailBudget::Within => spend_reader(app, tx, mail, settings, now).await,
        MailBudget::Spent => Ok(MailBudget::Spent),
    }
}

/// Counts a request against its network alone: all its requests of a day, and those for the same address. The answer is
/// the same whether or not the address is known.
pub async fn ask(
    app: &App,
    tx: &DatabaseTransaction,
    mail: RequestedMail<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<MailBudget, Problem> {
    let RequestedMail { scope, email_key, network, .. } = mail;
    let keys = [
        format!("{scope}network/{network}"),
        format!("{scope}pair/{}", app.secret.pseudonym(&format!("{network} {email_key}"))),
    ];
    let day = domain::calendar::japan_date(now);
    let [from_network, for_address] = store::correspondence::mail_budget::count(tx, keys, day).await?;
    warn_when_nearly_spent(MailLimit::Network, from_network, settings);
    let within =
        from_network <= MailLimit::Network.of(settings) && for_address <= MailLimit::Address.of(settings);
    Ok(if within { MailBudget::Within } else { MailBudget::Spent })
}

/// Counts a mail against its address and, if that is not proved, its domain. A mail that one of the two refuses counts
/// against neither.
pub async fn spend_reader(
    app: &App,
    tx: &DatabaseTransaction,
    mail: RequestedMail<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<MailBudget, Problem> {
    let RequestedMail { scope, email_key, proved, .. } = mail;
    let day = domain::calendar::japan_date(now);
    let address = format!("{scope}address/{}", app.secret.pseudonym(email_key));
    let inner = tx.begin().await?;
    let [to_address] = store::correspondence::mail_budget::count(&inner, [address], day).await?;
    // One network alone cannot use this up: it may ask for the same address as often as for one that is not proved.
    let of_address = if proved { MailLimit::Network } else { MailLimit::Address };
    let mut within = to_address <= of_address.of(settings);
    if within && !proved {
        let domain = app.secret.pseudonym(&store::correspondence::outbox::domain_of(email_key));
        let keys = [format!("{scope}domain/{domain}")];
        let [to_domain] = store::correspondence::mail_budget::count(&inner, keys, day).await?;
        warn_when_nearly_spent(MailLimit::Domain, to_domain, settings);
        within = to_domain <= MailLimit::Domain.of(settings);
    }
    if within {
        inner.commit().await?;
        Ok(MailBudget::Within)
    } else {
        inner.rollback().await?;
        Ok(MailBudget::Spent)
    }
}

/// Counts a mail to an address that is not proved as `spend` does, as part of the change of a case.
pub async fn spend_in(
    work: &mut CaseTransaction<'_>,
    email_key: &str,
    network: &str,
) -> Result<MailBudget, Problem> {
    let (app, settings) = (work.app, work.context.settings.clone());
    let mail = RequestedMail { scope: "", email_key, network, proved: false };
    work.save(SpentMail { app, mail, settings: &settings }).await
}

/// A mail that is counted as part of the change of a case.
struct SpentMail<'a> {
    app: &'a App,
    mail: RequestedMail<'a>,
    settings: &'a Settings,
}

impl Save<MailBudget> for SpentMail<'_> {
    async fn save(self, to: Target<'_>) -> Result<MailBudget, Problem> {
        spend(self.app, to.tx, self.mail, self.settings, to.now).await
    }
}

/// A mail that is counted under each of these keys; the answer has the counts of the day.
pub struct CountedMail<const N: usize>(pub [String; N]);

impl<const N: usize> Save<[i32; N]> for CountedMail<N> {
    async fn save(self, to: Target<'_>) -> Result<[i32; N], Problem> {
        let day = domain::calendar::japan_date(to.now);
        Ok(store::correspondence::mail_budget::count(to.tx, self.0, day).await?)
    }
}

/// Tells the operator once a day for each key that a limit is nearly reached.
fn warn_when_nearly_spent(limit: MailLimit, count: i32, settings: &Settings) {
    if count == limit.nearly(settings) {
        tracing::warn!(limit = limit.code(), count, "a limit of mails a day is used up to four fifths");
    }
}
