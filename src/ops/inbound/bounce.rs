//! A mail of ours that did not arrive: the address is marked, and the center reaches for the telephone.
use domain::{actor::Actor, id::ConsultationId, inbound::InboundState};
use mime::bounce::{Failure, Outlook};
use sea_orm::DatabaseTransaction;

use super::{Claim, Letter};
use crate::{
    app::App,
    mail::occasion::Occasion,
    ops::case_transaction::CaseTransaction,
    problem::Problem,
    store::{
        self,
        bounce::Bounce,
        inbound::{Fate, Sent},
    },
};

/// What did not arrive, and where.
struct Missed {
    address: String,
    mail: Option<Sent>,
    consultation: Option<ConsultationId>,
    failure: Failure,
}

pub async fn take(app: &App, letter: &Letter, claim: Option<&Claim>) -> Result<(), Problem> {
    let missed = missed(app, letter, claim).await?;
    match missed.consultation {
        Some(case) => {
            let mut work = CaseTransaction::begin(app, case).await?;
            let center = work.context.settings.center_email.to_lowercase();
            if missed.failure.outlook == Outlook::Lost {
                work.note(Actor::System, format!("メールが届きませんでした：{}", missed.address));
                // To the center's own address it could not be said either.
                if missed.address.to_lowercase() != center {
                    let occasion = Occasion::Undelivered {
                        address: &missed.address,
                        reason: &missed.failure.diagnostic,
                    };
                    work.mail_center(occasion)?;
                }
            }
            if settle(&work.tx, letter, &missed, work.now()).await? {
                work.commit().await?;
            }
        }
        None => {
            let tx = app.begin().await?;
            settle(&tx, letter, &missed, app.clock.now()).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Our own record of whom we wrote to counts, not what the report says: a mail may have been forwarded.
async fn missed(app: &App, letter: &Letter, claim: Option<&Claim>) -> Result<Missed, Problem> {
    let report = letter.report.clone().unwrap_or_default();
    let mut sent = store::inbound::sent_as(&app.db, &report.message_ids).await?;
    // The report's own words come before what the headers of a thread drag along.
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
    Ok(Missed { address, mail, consultation, failure })
}

async fn settle(
    tx: &DatabaseTransaction,
    letter: &Letter,
    missed: &Missed,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<bool, Problem> {
    let (address, said) = (&missed.address, &missed.failure.diagnostic);
    let said = if said.is_empty() { String::new() } else { format!("（{said}）") };
    let outcome = match missed.failure.outlook {
        Outlook::Lost => format!("{address} に届きませんでした。電話で連絡してください。{said}"),
        Outlook::Delayed => format!("{address} への配信が遅れています。{said}"),
        Outlook::Delivered => format!("{address} に届きました。"),
    };
    let fate = Fate {
        state: Some(InboundState::Bounce),
        outcome,
        open: missed.failure.outlook == Outlook::Lost,
        consultation: missed.consultation,
        ..Fate::default()
    };
    if !letter.settle(tx, fate).await? {
        return Ok(false);
    }
    if missed.failure.outlook != Outlook::Delivered {
        let bounce = Bounce {
            reported_by: Some(letter.id.0),
            address: missed.address.clone(),
            mail: missed.mail.as_ref().map(|it| it.id),
            consultation: missed.consultation,
            permanent: missed.failure.outlook == Outlook::Lost,
            status: missed.failure.status.clone(),
            diagnostic: missed.failure.diagnostic.clone(),
        };
        store::bounce::note(tx, bounce, now).await?;
    }
    Ok(true)
}
