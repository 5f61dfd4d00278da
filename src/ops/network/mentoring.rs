//! The acts of mentors, and the decisions of the center about them. Each is one transaction under the lock of the mentor.
use domain::{
    id::MentorId,
    network::{
        KEPT, MentorEntry, MentorStatus, NetworkRefused, PROVE_WITHIN, QuestionReturn, center_reminder_at,
    },
    text::Prose,
};
use uuid::Uuid;

use super::{
    mails::{key_of_mentor, mentor_page, to_mentor},
    relaying::come_back,
    transaction::refused,
};
use crate::{
    app::App,
    mail::mail_event::NetworkMailEvent,
    ops::{
        case::context::Context,
        correspondence::mail_budget::{MailBudget, RequestedMail, spend},
    },
    problem::Problem,
    secret::Purpose,
    store::{
        correspondence::outbox,
        network::{
            mentor::{self, Mentor},
            question,
        },
    },
};

/// The scope under which the mails of the network are counted in the daily limits.
pub(super) const SCOPE: &str = "network/";

/// The mentor whom a coordinator decides about, at the version that the page showed.
#[derive(Clone, Copy, Debug)]
pub struct SeenMentor {
    pub id: MentorId,
    pub version: i32,
}

/// A change of a mentor's state by the mentor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MentorChange {
    Pause,
    Resume,
    Leave,
}

/// Takes a registration and mails the link that proves the address. An address that has registered gets the link to its
/// page; the answer is the same. `network` is a keyed hash. Returns `TooMany` if the day's mails are used up, before
/// anything is kept.
pub async fn register(app: &App, entry: MentorEntry, network: &str) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let (now, key) = (context.now, entry.email.key());
    let tx = app.begin().await?;
    let requested = RequestedMail { scope: SCOPE, email_key: &key, network, proved: false };
    if spend(app, &tx, requested, &context.settings, now).await? == MailBudget::Spent {
        tx.commit().await?;
        return Err(Problem::TooMany);
    }
    let known = mentor::of_address(&tx, &key).await?;
    let until = now + PROVE_WITHIN;
    let it = match known {
        Some(known) if known.status != MentorStatus::Unproved => known,
        before => {
            let it = Mentor {
                id: before.as_ref().map_or_else(|| MentorId(Uuid::now_v7()), |it| it.id),
                status: MentorStatus::Unproved,
                entry,
                agreed_at: now,
                proved_at: None,
                until: Some(until),
                state_since: now,
                reason: None,
                is_erased: false,
                version: 1,
                due_at: None,
            };
            match before {
                Some(_) => mentor::save(&tx, &it).await?,
                None => mentor::insert(&tx, &it).await?,
            }
            it
        }
    };
    let page = mentor_page(app, it.id);
    let mail = to_mentor(app, &context, &it, NetworkMailEvent::ProveMentor { page: &page, until })?;
    outbox::push(&tx, vec![mail], &app.config.mail_reply_domain, now).await?;
    Ok(tx.commit().await?)
}

/// Returns the mentor of a page's token; `None` if the token is not ours or has expired, or the mentor was forgotten.
pub async fn mentor_of(app: &App, token: &str) -> Result<Option<Mentor>, Problem> {
    let Some(id) = app.secret.verify(Purpose::Mentor, token, app.clock.now()) else { return Ok(None) };
    Ok(mentor::find(&app.db, MentorId(id)).await?.filter(|it| !it.is_erased))
}

/// Proves the address: the mentor waits for the center. Doing so twice changes nothing.
pub async fn prove_mentor(app: &App, id: MentorId) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let it = mentor::lock(&tx, id).await?.ok_or(Problem::Expired)?;
    if it.status != MentorStatus::Unproved {
        return Ok(());
    }
    if it.until.is_none_or(|until| until <= now) {
        return Err(refused(NetworkRefused::ProvedTooLate));
    }
    let due_at = Some(center_reminder_at(now, &context.settings, &context.calendar));
    let after = in_state(it, MentorStatus::Applied, now);
    mentor::save(&tx, &Mentor { proved_at: Some(now), until: None, due_at, ..after }).await?;
    Ok(tx.commit().await?)
}

/// Approves a mentor, or rejects one with the reason.
pub async fn decide(app: &App, seen: SeenMentor, reason: Option<&Prose>) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let it = mentor::lock(&tx, seen.id).await?.ok_or(Problem::NotFound)?;
    if it.version != seen.version {
        return Err(Problem::Stale);
    }
    if it.status != MentorStatus::Applied {
        return Err(refused(NetworkRefused::NotNow));
    }
    let status = if reason.is_some() { MentorStatus::Rejected } else { MentorStatus::Listed };
    let after = in_state(it, status, now);
    let after =
        Mentor { reason: reason.map(ToString::to_string), due_at: reason.map(|_| now + KEPT), ..after };
    mentor::save(&tx, &after).await?;
    let page = mentor_page(app, after.id);
    let event = NetworkMailEvent::MentorDecided {
        page: &page,
        is_listed: reason.is_none(),
        reason: reason.map(Prose::as_str).unwrap_or_default(),
    };
    let mail = to_mentor(app, &context, &after, event)?;
    outbox::push(&tx, vec![mail], &app.config.mail_reply_domain, now).await?;
    Ok(tx.commit().await?)
}

/// Replaces the data of a mentor. The address stays, and so does its state: name, industry and topics of one that is
/// listed are approved anew only if the name changes.
pub async fn change(app: &App, id: MentorId, entry: MentorEntry) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let it = mentor::lock(&tx, id).await?.ok_or(Problem::Expired)?;
    let is_other = it.entry.name != entry.name || it.entry.topics != entry.topics;
    let entry = MentorEntry { email: it.entry.email.clone(), ..entry };
    let after = match it.status {
        MentorStatus::Listed | MentorStatus::Paused if is_other => {
            let due_at = Some(center_reminder_at(now, &context.settings, &context.calendar));
            Mentor { due_at, ..in_state(it, MentorStatus::Applied, now) }
        }
        MentorStatus::Listed | MentorStatus::Paused | MentorStatus::Applied => {
            Mentor { version: it.version + 1, ..it }
        }
        MentorStatus::Unproved | MentorStatus::Rejected | MentorStatus::Departed => {
            return Err(refused(NetworkRefused::NotNow));
        }
    };
    mentor::save(&tx, &Mentor { entry, ..after }).await?;
    Ok(tx.commit().await?)
}

/// Pauses: the mentor is not listed, and open questions go back to the center.
pub async fn pause(app: &App, id: MentorId) -> Result<(), Problem> {
    set(app, id, MentorChange::Pause).await
}

/// Ends a pause.
pub async fn resume(app: &App, id: MentorId) -> Result<(), Problem> {
    set(app, id, MentorChange::Resume).await
}

/// Leaves the network: open questions go back to the center, and person and address are erased later. One whose address is
/// not proved is deleted with all that was typed.
pub async fn leave(app: &App, id: MentorId) -> Result<(), Problem> {
    set(app, id, MentorChange::Leave).await
}

async fn set(app: &App, id: MentorId, change: MentorChange) -> Result<(), Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let it = mentor::lock(&tx, id).await?.ok_or(Problem::Expired)?;
    let status = match (change, it.status) {
        (MentorChange::Pause, MentorStatus::Listed) => MentorStatus::Paused,
        (MentorChange::Resume, MentorStatus::Paused) => MentorStatus::Listed,
        (MentorChange::Leave, MentorStatus::Departed) => return Ok(()),
        (MentorChange::Leave, _) => MentorStatus::Departed,
        (MentorChange::Pause | MentorChange::Resume, _) => return Err(refused(NetworkRefused::NotNow)),
    };
    let due_at = (status == MentorStatus::Departed).then(|| now + KEPT);
    let is_unproved = it.status == MentorStatus::Unproved;
    mentor::save(&tx, &Mentor { due_at, until: None, ..in_state(it, status, now) }).await?;
    if is_unproved {
        outbox::erase_by_key(&tx, &key_of_mentor(id)).await?;
    }
    tx.commit().await?;
    if status != MentorStatus::Listed {
        // A question is locked before its mentor is read, so each comes back in a transaction of its own.
        for question in question::open_of(&app.db, id).await? {
            come_back(app, question, QuestionReturn::MentorGone).await?;
        }
    }
    Ok(())
}

fn in_state(it: Mentor, status: MentorStatus, now: chrono::DateTime<chrono::Utc>) -> Mentor {
    Mentor { status, state_since: now, version: it.version + 1, ..it }
}
