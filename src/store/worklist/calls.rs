//! The calls that the center has to make: whom, at which number, and about what.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use codes::FollowUpStatus;
use domain::{
    aftercare::follow_up::{Addressee, FollowUp},
    id::ConsultationId,
};
use entity::{contact, follow_up};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::store::{aftercare, booking::appointment, consultation, correspondence};

/// A call to the contact of a consultation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    /// The number as it was stored; `None` if the contact has none.
    pub phone: Option<String>,
    pub reasons: Vec<CallReason>,
    /// Whether the booked appointment has begun, and its outcome is not recorded.
    pub has_begun: bool,
}

/// The reason for a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallReason {
    /// The contact has no mail address and has not heard the news.
    NoAddress,
    /// No mail reaches the contact's address.
    Undelivered { address: String },
    /// The contact's address was corrected and is not confirmed yet, so that mail waits.
    Unproved { address: String },
    /// A question that is asked by telephone.
    Question(Box<FollowUp>),
    /// The reason is settled, and the call is not recorded yet.
    Settled,
}

/// Returns the calls about the consultations of `ids`. Five queries.
pub async fn of_many(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Call>, DbErr> {
    let ids: Vec<_> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let contacts = contact::Entity::find()
        .filter(contact::COLUMN.consultation_id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let addresses = contacts.iter().filter_map(|it| it.email_key.clone()).collect();
    let dead = correspondence::bounce::dead_among(db, addresses).await?;
    let confirmed: Vec<_> = ids.iter().map(|it| ConsultationId(*it)).collect();
    let confirmed = consultation::confirmed_among(db, confirmed).await?;
    let begun = appointment::confirmed_before(db, &ids, now).await?;
    let mut by_case: HashMap<Uuid, Vec<FollowUp>> = HashMap::new();
    let rows = follow_up::Entity::find()
        .filter(follow_up::COLUMN.consultation_id.is_in(ids))
        .filter(follow_up::COLUMN.state.eq(FollowUpStatus::Sent.code()))
        .all(db)
        .await?;
    for row in &rows {
        let it = aftercare::follow_up::from_row(row)?;
        by_case.entry(it.consultation.0).or_default().push(it);
    }
    Ok(contacts
        .into_iter()
        .map(|it| {
            let is_dead = it.email_key.as_ref().is_some_and(|key| dead.contains(key));
            let questions = by_case.remove(&it.consultation_id).unwrap_or_default();
            let is_confirmed = confirmed.contains(&ConsultationId(it.consultation_id));
            let (case, has_begun) = (it.consultation_id, begun.contains(&it.consultation_id));
            (case, Call { has_begun, ..call(it, (is_dead, is_confirmed), questions) })
        })
        .collect())
}

fn call(contact: contact::Model, (is_dead, is_confirmed): (bool, bool), questions: Vec<FollowUp>) -> Call {
    let is_mailed = contact.email.is_some() && !is_dead;
    let by_telephone = |it: &FollowUp| !is_mailed || it.step.to == Addressee::Center;
    let mut reasons: Vec<_> =
        questions.into_iter().filter(by_telephone).map(|it| CallReason::Question(Box::new(it))).collect();
    match contact.email {
        Some(address) if is_dead => reasons.insert(0, CallReason::Undelivered { address }),
        Some(address) if !is_confirmed => reasons.insert(0, CallReason::Unproved { address }),
        None if reasons.is_empty() => reasons.push(CallReason::NoAddress),
        Some(_) | None => {}
    }
    if reasons.is_empty() {
        reasons.push(CallReason::Settled);
    }
    Call { name: contact.name, phone: contact.phone, reasons, has_begun: false }
}
