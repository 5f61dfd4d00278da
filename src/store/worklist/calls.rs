//! The calls that the center has to make: whom, at which number, and about what.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use codes::FollowUpStatus;
use domain::{
    aftercare::follow_up::{Addressee, FollowUp},
    id::ConsultationId,
};
use entity::{consultation as consultation_row, contact, follow_up};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::untold::{self, UntoldNews};
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
    /// Until when a time is held for the company.
    pub held_until: Option<DateTime<Utc>>,
    /// The news that the company has not heard, oldest first.
    pub news: Vec<UntoldNews>,
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
    /// The contact of a case that was merged into this one, whom no mail reaches.
    Merged { number: String, name: String, phone: Option<String> },
    /// A question that is asked by telephone.
    Question(Box<FollowUp>),
    /// Mail to the contact arrives again, and the mails that did not arrive are not sent again yet.
    Unsent,
    /// The reason is settled, and the call is not recorded yet.
    Settled,
}

/// Returns the calls about the consultations of `ids`. Some fifteen queries, whatever
/// their number.
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
    let mut merged = merged_into(db, &ids).await?;
    let absorbed = merged.values().flatten().map(|(it, _)| it);
    let addresses = contacts.iter().chain(absorbed).filter_map(|it| it.email_key.clone()).collect();
    let dead = correspondence::bounce::dead_among(db, addresses).await?;
    let confirmed: Vec<_> = ids.iter().map(|it| ConsultationId(*it)).collect();
    let confirmed = consultation::confirmed_among(db, confirmed).await?;
    let begun = appointment::confirmed_before(db, &ids, now).await?;
    let held = appointment::held_until_of(db, &ids).await?;
    let mut news = untold::of_many(db, &ids, now).await?;
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
            let held_until = held.get(&case).copied();
            let is_unheard = |(other, _): &(contact::Model, String)| {
                let is_reached = other.email_key.as_ref().is_some_and(|key| !dead.contains(key));
                !is_reached && (&other.name, &other.phone) != (&it.name, &it.phone)
            };
            let others: Vec<_> =
                merged.remove(&case).unwrap_or_default().into_iter().filter(is_unheard).collect();
            let call = call(it, (is_dead, is_confirmed), questions);
            let news = news.remove(&case).unwrap_or_default();
            let call = Call { has_begun, held_until, news, ..call };
            (case, with_merged(with_unsent(call), others))
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
    Call {
        name: contact.name,
        phone: contact.phone,
        reasons,
        has_begun: false,
        held_until: None,
        news: Vec::new(),
    }
}

/// Names the mails that did not arrive as the reason of a call that has no other.
fn with_unsent(mut call: Call) -> Call {
    if call.reasons == [CallReason::Settled] && !call.news.is_empty() {
        call.reasons = vec![CallReason::Unsent];
    }
    call
}

/// Adds the contacts of merged cases whom no mail reaches.
fn with_merged(mut call: Call, others: Vec<(contact::Model, String)>) -> Call {
    if !others.is_empty() {
        call.reasons.retain(|it| *it != CallReason::Settled);
    }
    let reason = |(it, number): (contact::Model, String)| CallReason::Merged {
        number,
        name: it.name,
        phone: it.phone,
    };
    call.reasons.extend(others.into_iter().map(reason));
    call
}

/// Returns the contacts of the open cases that were merged into those of `ids`, each with the number of its case.
async fn merged_into(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<(contact::Model, String)>>, DbErr> {
    let cases = consultation_row::Entity::find()
        .filter(consultation_row::COLUMN.merged_into.is_in(ids.iter().copied()))
        .filter(consultation_row::COLUMN.ended_at.is_null())
        .order_by_asc(consultation_row::COLUMN.number)
        .all(db)
        .await?;
    let contacts = contact::Entity::find()
        .filter(contact::COLUMN.consultation_id.is_in(cases.iter().map(|it| it.id)))
        .all(db)
        .await?;
    let mut contacts: HashMap<_, _> = contacts.into_iter().map(|it| (it.consultation_id, it)).collect();
    let mut merged = HashMap::<_, Vec<_>>::new();
    for case in cases {
        if let Some((into, contact)) = case.merged_into.zip(contacts.remove(&case.id)) {
            merged.entry(into).or_default().push((contact, case.number));
        }
    }
    Ok(merged)
}
