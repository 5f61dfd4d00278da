//! Sends the mail that is due.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    appointment::AppointmentState, assignment::AssignmentState, follow_up::FollowUpState, report::ReportState,
};
use lettre::message::Mailbox;
use uuid::Uuid;

use crate::{
    app::App,
    mail::{letter::MustHold, transport::SendError},
    problem::Problem,
    store::{
        self,
        outbox::{Leased, Outcome, lease, settle},
    },
};

/// How long a mail is leased; far longer than a server may take to answer.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How often a mail is tried before it is given up: for 72 hours.
const TRIES: i32 = 42;

/// Leases the mail that is due longest and hands it over. Says whether there was one.
///
/// The lease is committed before the mail is sent, and its fate as soon as it is known: after a crash in between, the
/// lease runs out and the mail is tried again with the same Message-ID. One at a time: of several, the last could
/// outwait its lease behind a slow server, and a second worker would send it too.
pub async fn step(app: &App) -> Result<bool, Problem> {
    if !store::outbox::any_due(&app.db, app.clock.now()).await? {
        return Ok(false);
    }
    let tx = app.begin().await?;
    let (token, mails) = lease(&tx, app.clock.now(), LEASE, 1).await?;
    tx.commit().await?;
    for mail in &mails {
        let (outcome, detail) = attempt(app, mail).await?;
        finish(app, mail, token, outcome, &detail).await?;
    }
    Ok(!mails.is_empty())
}

async fn attempt(app: &App, mail: &Leased) -> Result<(Outcome, String), Problem> {
    if let Some(why) = no_longer_true(app, mail).await? {
        return Ok((Outcome::Suppressed, why.to_owned()));
    }
    let reply_to = reply_to(app, mail)?;
    Ok(match app.mail.send(&mail.letter, &mail.message_id, app.clock.now(), reply_to.as_ref()).await {
        Ok(reply) => (Outcome::Sent, reply),
        Err(SendError::Refused(reply)) => (Outcome::Refused, reply),
        Err(SendError::Deferred(reply)) => (Outcome::Deferred, reply),
    })
}

/// What is about a consultation can be answered by mail.
fn reply_to(app: &App, mail: &Leased) -> Result<Option<Mailbox>, Problem> {
    let Some(consultation) = mail.letter.consultation else { return Ok(None) };
    let address = app.reply_address(consultation, &mail.letter.to);
    let address = address.parse().map_err(anyhow::Error::from)?;
    Ok(Some(Mailbox::new(app.mail.from.name.clone(), address)))
}

async fn finish(
    app: &App,
    mail: &Leased,
    token: Uuid,
    outcome: Outcome,
    detail: &str,
) -> Result<(), Problem> {
    let now = app.clock.now();
    let again_at = next_try(mail.attempts, now);
    let again_at = again_at.filter(|_| outcome == Outcome::Deferred);
    let tx = app.begin().await?;
    let ours = settle(&tx, mail, token, outcome, detail, again_at, now).await?;
    tx.commit().await?;
    match outcome {
        _ if !ours => tracing::warn!(mail.id = %mail.id, "the lease of mail {} was taken over", mail.id),
        Outcome::Sent => {
            tracing::info!(mail.id = %mail.id, mail.kind = mail.letter.kind.code(), "sent mail {}", mail.id);
        }
        Outcome::Suppressed => {
            tracing::info!(mail.id = %mail.id, mail.kind = mail.letter.kind.code(), "dropped mail {}: {detail}", mail.id);
        }
        Outcome::Deferred | Outcome::Refused => {
            tracing::warn!(mail.id = %mail.id, mail.attempts = mail.attempts + 1, "could not send mail {}", mail.id);
        }
    }
    Ok(())
}

/// When to try again after `attempts` earlier tries: 1, 2, 4, … minutes, at most two hours apart; `None` once that
/// makes three days.
pub fn next_try(attempts: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let minutes = (1_i64 << attempts.clamp(0, 7)).min(120);
    (attempts < TRIES).then(|| now + TimeDelta::minutes(minutes))
}

/// Why a planned mail must not go out any more, if so.
async fn no_longer_true(app: &App, mail: &Leased) -> Result<Option<&'static str>, Problem> {
    let Some(must_hold) = mail.letter.must_hold else { return Ok(None) };
    let db = &app.db;
    Ok(match must_hold {
        MustHold::AppointmentStands { appointment, sequence } => {
            let found = store::appointment::find(db, appointment).await?;
            let stands = found.is_some_and(|it| {
                it.state == AppointmentState::Confirmed
                    && it.sequence == sequence
                    && it.starts_at > app.clock.now()
            });
            (!stands).then_some("the appointment was moved or cancelled")
        }
        MustHold::AssignmentOffered { assignment } => {
            let found = store::assignment::find(db, assignment).await?;
            let offered = found.is_some_and(|it| it.state == AssignmentState::Offered);
            (!offered).then_some("the expert has answered")
        }
        MustHold::ReportMissing { appointment } => {
            let written = store::report::state_of(db, appointment).await?;
            let there = matches!(written, Some(ReportState::Submitted { .. } | ReportState::Approved { .. }));
            there.then_some("the report is there")
        }
        MustHold::OfferStands { offer } => {
            let found = store::waiting::find(db, offer).await?;
            let stands = found.is_some_and(|(_, it)| it.offer.stands(app.clock.now()));
            (!stands).then_some("the offer was answered or is over")
        }
        MustHold::FollowUpOpen { follow_up } => {
            let found = store::follow_up::find(db, follow_up).await?;
            let open = found.is_some_and(|it| matches!(it.state, FollowUpState::Sent { .. }));
            (!open).then_some("the question was answered or dropped")
        }
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::next_try;

    #[test]
    fn tries_grow_apart_and_end_after_three_days() {
        let mut now = DateTime::UNIX_EPOCH;
        let mut gaps = Vec::new();
        while let Some(again) = next_try(i32::try_from(gaps.len()).unwrap(), now) {
            gaps.push((again - now).num_minutes());
            now = again;
        }
        assert_eq!(gaps[..9], [1, 2, 4, 8, 16, 32, 64, 120, 120]);
        let lasted = now - DateTime::UNIX_EPOCH;
        assert!((TimeDelta::hours(70)..=TimeDelta::hours(73)).contains(&lasted), "{lasted}");
    }
}
