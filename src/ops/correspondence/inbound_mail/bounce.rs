//! Handles reports about our mails: marks an address as unreachable, and asks the center to telephone.
use domain::{actor::Actor, correspondence::inbound_mail::InboundState, id::ConsultationId};
use mime::bounce::{DeliveryStatus, FailedRecipient};
use sea_orm::DatabaseTransaction;

use super::{CaseClaim, InboundMail};
use crate::{
    app::App,
    mail::mail_event::MailEvent,
    ops::{
        case::{
            save::{Save, Target},
            transaction::CaseTransaction,
        },
        consultation::{correction::replaced_by, to_call::address_lost},
    },
    problem::Problem,
    store::{
        self,
        correspondence::{
            bounce::Bounce,
            inbound_mail::{InboundOutcome, SentMail},
        },
    },
};

/// The mail that a report is about, and its recipient.
struct Missed {
    address: String,
    mail: Option<SentMail>,
    consultation: Option<ConsultationId>,
    failure: FailedRecipient,
    /// Whether the address was the contact's, and was corrected since.
    is_replaced: bool,
}

pub async fn take(app: &App, received: &InboundMail, claim: Option<&CaseClaim>) -> Result<(), Problem> {
    let missed = missed(app, received, claim).await?;
    match missed.consultation {
        Some(case) => {
            let mut work = CaseTransaction::begin_even_merged(app, case).await?;
            let center = work.context.settings.center_email.to_lowercase();
            if missed.failure.delivery == DeliveryStatus::Lost {
                let replaced = if missed.is_replaced { "（訂正前のアドレス）" } else { "" };
                work.note(Actor::System, format!("メールが届きませんでした：{}{replaced}", missed.address));
                // A mail to the center about the center's own address could not arrive either.
                if missed.address.to_lowercase() != center && !missed.is_replaced {
                    let mail_event = MailEvent::Undelivered {
                        address: &missed.address,
                        reason: &missed.failure.diagnostic,
                    };
                    work.mail_center(mail_event)?;
                }
            }
            if work.save(SettledReport(received, &missed)).await? {
                work.commit().await?;
            }
        }
        None => {
            let tx = app.begin().await?;
            settle(&tx, received, &missed, app.clock.now()).await?;
            tx.commit().await?;
        }
    }
    if missed.failure.delivery == DeliveryStatus::Lost {
        address_lost(app, &missed.address).await?;
    }
    Ok(())
}

/// Returns the mail that a report is about. The recipient is taken from our own record, not from the report, because
/// the mail may have been forwarded.
async fn missed(app: &App, received: &InboundMail, claim: Option<&CaseClaim>) -> Result<Missed, Problem> {
    let report = received.report.clone().unwrap_or_default();
    let mut sent = store::correspondence::inbound_mail::sent_as(&app.db, &report.message_ids).await?;
    // The Message-IDs that the report itself names come before those from the headers of its thread.
    sent.sort_by_key(|it| report.message_ids.iter().position(|id| *id == it.message_id));
    let mail = sent.into_iter().next();
    let address = match (&mail, claim) {
        (Some(mail), _) => mail.recipient.clone(),
        (None, Some(claim)) => claim.sent_to.clone(),
        (None, None) => String::new(),
    };
    let of_address = report.failures.iter().find(|it| it.address.eq_ignore_ascii_case(&address));
    let failure = of_address.or(report.failures.first()).cloned().unwrap_or_default();
    let consultation = mail.as_ref().and_then(|it| it.consultation).or(claim.map(|it| it.consultation));
    let is_replaced = match consultation {
        Some(id) => replaced_by(app, id, &address).await?.is_some(),
        None => false,
    };
    Ok(Missed { address, mail, consultation, failure, is_replaced })
}

/// The outcome of a report; the answer is false if another worker was first.
struct SettledReport<'a>(&'a InboundMail, &'a Missed);

impl Save<bool> for SettledReport<'_> {
    async fn save(self, to: Target<'_>) -> Result<bool, Problem> {
        settle(to.tx, self.0, self.1, to.now).await
    }
}

async fn settle(
    tx: &DatabaseTransaction,
    received: &InboundMail,
    missed: &Missed,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<bool, Problem> {
    let (address, said) = (&missed.address, &missed.failure.diagnostic);
    let said = if said.is_empty() { String::new() } else { format!("（{said}）") };
    let outcome = match missed.failure.delivery {
        DeliveryStatus::Lost if missed.is_replaced => {
            format!("{address} に届きませんでした。連絡先は、別のアドレスに訂正されています。{said}")
        }
        DeliveryStatus::Lost => format!("{address} に届きませんでした。電話で連絡してください。{said}"),
        DeliveryStatus::Delayed => format!("{address} への配信が遅れています。{said}"),
        DeliveryStatus::Delivered => format!("{address} に届きました。"),
    };
    let outcome = InboundOutcome {
        state: Some(InboundState::Bounce),
        outcome,
        open: missed.failure.delivery == DeliveryStatus::Lost && !missed.is_replaced,
        consultation: missed.consultation,
        ..InboundOutcome::default()
    };
    if !received.settle(tx, outcome).await? {
        return Ok(false);
    }
    if missed.failure.delivery != DeliveryStatus::Delivered {
        let bounce = Bounce {
            reported_by: Some(received.id.0),
            address: missed.address.clone(),
            mail: missed.mail.as_ref().map(|it| it.id),
            // An address that is the contact's no more does not mark the case.
            consultation: missed.consultation.filter(|_| !missed.is_replaced),
            permanent: missed.failure.delivery == DeliveryStatus::Lost,
            status: missed.failure.status.clone(),
            diagnostic: missed.failure.diagnostic.clone(),
        };
        store::correspondence::bounce::note(tx, bounce, now).await?;
    }
    Ok(true)
}
