//! Mails to the relay address of a question to a mentor: the words go to the other side, and neither hears the other's
//! address.
use domain::{
    correspondence::inbound_mail::{
        InboundDecision, InboundFacts, InboundState, Quarantine, SenderRelation, triage,
    },
    id::NetworkQuestionId,
    network::NetworkSide,
};

use super::{InboundMail, claim, dropped, entry, facts};
use crate::{
    app::App,
    ops::network::{NetworkTransaction, undelivered, write_in},
    problem::Problem,
    secret::reply_subject,
    store::{
        self,
        correspondence::{bounce::Bounce, inbound_mail::InboundOutcome},
        network::{mentor, question},
    },
};

/// The side of a question to whose address we sent the relay address.
pub struct RelayClaim {
    question: NetworkQuestionId,
    side: NetworkSide,
    /// The address, lower-cased.
    sent_to: String,
}

/// Returns the question named by a relay address among the recipients.
pub async fn of(app: &App, received: &InboundMail) -> Result<Option<RelayClaim>, Problem> {
    for token in claim::tokens(app, received) {
        let Some(id) = reply_subject(&token).map(NetworkQuestionId) else { continue };
        let Some(it) = question::find(&app.db, id).await? else { continue };
        let mut known = vec![(NetworkSide::Asker, it.entry.email.key())];
        if let Some(mentor) = it.life.state.mentor() {
            let found = mentor::find(&app.db, mentor).await?;
            known.extend(found.map(|it| (NetworkSide::Mentor, it.entry.email.key())));
        }
        let Some((_, sent_to)) = app.secret.reply_verify(&token, known.iter().map(|it| it.1.as_str())) else {
            continue;
        };
        let side = known.iter().find(|it| it.1 == sent_to).map_or(NetworkSide::Asker, |it| it.0);
        return Ok(Some(RelayClaim { question: id, side, sent_to: sent_to.to_lowercase() }));
    }
    Ok(None)
}

/// Does what a mail to a relay address asks for.
pub async fn take(app: &App, received: &mut InboundMail, claim: &RelayClaim) -> Result<(), Problem> {
    let is_own = received.sender().as_deref() == Some(&*claim.sent_to);
    let relation = if is_own { SenderRelation::Participant } else { SenderRelation::None };
    let facts = facts(app, received, None, None).await?;
    let facts = InboundFacts { names_case: true, report_known: true, relation, ..facts };
    let quarantine = |why| InboundOutcome::quarantined(why, None);
    match triage(&facts) {
        _ if received.row.truncated => received.put(app, quarantine(Quarantine::TooLarge)).await,
        _ if !received.is_readable() => received.put(app, quarantine(Quarantine::Unreadable)).await,
        InboundDecision::Drop(why) => received.put(app, dropped(why, None)).await,
        InboundDecision::Quarantine(why) => received.put(app, quarantine(why)).await,
        InboundDecision::Calendar => received.put(app, quarantine(Quarantine::ForeignInvitation)).await,
        InboundDecision::AutoReply => {
            let outcome = "自動返信のため、質問の相手には送っていません。";
            received.put(app, outcome_of(InboundState::AutoReply, outcome)).await
        }
        InboundDecision::Bounce => bounced(app, received, claim).await,
        InboundDecision::Attach => relayed(app, received, claim).await,
    }
}

async fn relayed(app: &App, received: &InboundMail, claim: &RelayClaim) -> Result<(), Problem> {
    // The other side gets the author's own words alone: a quotation or a signature may have an address.
    let words = entry::own(app, received, &received.text)?;
    let mut work = NetworkTransaction::begin(app, claim.question).await?;
    match write_in(&mut work, claim.side, &words).await {
        Ok(()) => {}
        Err(Problem::Refused(_)) => {
            drop(work);
            return received.put(app, InboundOutcome::quarantined(Quarantine::NoCase, None)).await;
        }
        Err(problem) => return Err(problem),
    }
    // The state of an attached mail needs an entry of a consultation's thread.
    let outcome = outcome_of(InboundState::Discarded, "推進企業ネットワークの相手に送りました。");
    if received.settle(&work.tx, outcome).await? {
        work.commit().await?;
    }
    Ok(())
}

/// Records that a mail to a side did not arrive. A question whose mail did not reach its mentor is back at the center.
async fn bounced(app: &App, received: &InboundMail, claim: &RelayClaim) -> Result<(), Problem> {
    let report = received.report.clone().unwrap_or_default();
    let failure = report.failures.first().cloned().unwrap_or_default();
    let is_lost = failure.delivery == mime::bounce::DeliveryStatus::Lost;
    let tx = app.begin().await?;
    let outcome = format!("推進企業ネットワークのメールが、{} に届きませんでした。", claim.sent_to);
    let outcome = InboundOutcome { open: is_lost, ..outcome_of(InboundState::Bounce, &outcome) };
    if !received.settle(&tx, outcome).await? {
        return Ok(());
    }
    if failure.delivery != mime::bounce::DeliveryStatus::Delivered {
        let bounce = Bounce {
            reported_by: Some(received.id.0),
            address: claim.sent_to.clone(),
            mail: None,
            consultation: None,
            permanent: is_lost,
            status: failure.status.clone(),
            diagnostic: failure.diagnostic.clone(),
        };
        store::correspondence::bounce::note(&tx, bounce, app.clock.now()).await?;
    }
    tx.commit().await?;
    if is_lost && claim.side == NetworkSide::Mentor {
        undelivered(app, claim.question).await?;
    }
    Ok(())
}

fn outcome_of(state: InboundState, outcome: &str) -> InboundOutcome {
    InboundOutcome { state: Some(state), outcome: outcome.to_owned(), ..InboundOutcome::default() }
}
